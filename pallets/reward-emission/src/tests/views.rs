//! What the runtime API shows.

use crate::{mock::*, Eras};
use frame_support::assert_ok;
use hearth_primitives::reward::{EraView, RewardsView};
use sp_runtime::Perquintill;

#[test]
fn era_views_are_the_last_ones_newest_first() {
    TestExt::default().execute_with(|| {
        assert_eq!(RewardEmission::era_views(10), vec![]);
        end_eras(4);
        let eras = |last| RewardEmission::era_views(last).iter().map(|view| view.era).collect::<Vec<_>>();
        assert_eq!(eras(u32::MAX), [3, 2, 1]);
        assert_eq!(eras(2), [3, 2]);
        assert!(eras(0).is_empty());
    });
}

#[test]
fn era_view_shows_the_record() {
    TestExt::default().execute_with(|| {
        proven(0, 10);
        pay_fee(100, &[0]);
        end_era();
        let record = Eras::<Test>::get(0).expect("the era ended");
        let view = EraView {
            era: 0,
            duration: ERA,
            minted: record.minted,
            staking: record.staking,
            proven: record.proven,
            jobs: 50,
            treasury: record.treasury,
            burned: 50,
            points: 10,
        };
        assert_eq!(RewardEmission::era_views(1), vec![view]);
        assert_eq!(record.minted, record.staking + record.proven + record.jobs + record.treasury);
    });
}

#[test]
fn rewards_are_what_a_claim_would_pay() {
    TestExt::default().execute_with(|| {
        let nothing = RewardsView { claimable: 0, points: 0, burned: 0 };
        assert_eq!(RewardEmission::rewards_of(0), nothing);
        proven(0, 10);
        proven(1, 5);
        pay_fee(100, &[0]);
        assert_eq!(RewardEmission::rewards_of(0), RewardsView { claimable: 0, points: 10, burned: 50 });
        end_era();
        let first = RewardEmission::rewards_of(0).claimable;
        assert_eq!(RewardEmission::rewards_of(0), RewardsView { claimable: first, ..nothing.clone() });
        proven(0, 3);
        assert_eq!(RewardEmission::rewards_of(0), RewardsView { claimable: first, points: 3, burned: 0 });
        end_era();
        let both = RewardEmission::rewards_of(0).claimable;
        assert!(both > first && first > 50);
        assert_ok!(claim(0));
        assert_eq!(free(&owner(0)), both);
        assert_eq!(RewardEmission::rewards_of(0), nothing);
    });
}

#[test]
fn inflation_is_the_rate_of_the_age() {
    TestExt::default().execute_with(|| {
        assert_eq!(RewardEmission::inflation(), Perquintill::from_percent(8));
        end_era_after(100 * ERA);
        assert_eq!(RewardEmission::inflation(), Curve::get().rate(100 * ERA));
    });
}
