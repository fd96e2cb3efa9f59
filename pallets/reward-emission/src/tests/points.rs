//! Proven work, settling, and the end of a provider.

use crate::{mock::*, Earning, Earnings, EraPools, Eras, Event, Open, TotalClaimable, Totals};
use frame_support::assert_ok;
use hearth_primitives::reward::RewardAccounts;

fn close(provider: u32) {
    RewardEmission::close(provider, &owner(provider));
}

#[test]
fn points_add_up() {
    TestExt::default().execute_with(|| {
        proven(0, 10);
        proven(1, 5);
        proven(0, 7);
        assert_eq!(Earnings::<Test>::get(0), Some(Earning { era: 0, points: 17, burned: 0, claimable: 0 }));
        assert_eq!(Open::<Test>::get(), Totals { points: 22, burned: 0, swept: 0 });
        proven(2, 0);
        assert_eq!(Earnings::<Test>::get(2), None);
    });
}

#[test]
fn points_in_a_later_era_settle_the_earlier_one() {
    TestExt::default().execute_with(|| {
        proven(0, 10);
        proven(1, 10);
        end_era();
        end_era();
        let half = Eras::<Test>::get(0).expect("the era ended").proven / 2;
        proven(0, 3);
        assert_eq!(Earnings::<Test>::get(0), Some(Earning { era: 2, points: 3, burned: 0, claimable: half }));
        assert_eq!(TotalClaimable::<Test>::get(), half);
        assert_eq!(EraPools::<Test>::get(0).map(|pool| pool.proven.weight), Some(10));
        // A fee settles as well, and what a provider takes last removes the pool.
        pay_fee(100, &[1]);
        assert_eq!(Earnings::<Test>::get(1).map(|earning| (earning.era, earning.points, earning.burned)), Some((2, 0, 50)));
        assert!(!EraPools::<Test>::contains_key(0));
    });
}

#[test]
fn points_beyond_what_can_be_counted_are_not_paid() {
    TestExt::default().execute_with(|| {
        proven(0, u128::MAX - 1);
        proven(1, 5);
        assert_eq!(Earnings::<Test>::get(1).map(|earning| earning.points), Some(1));
        proven(2, 5);
        assert_eq!(Earnings::<Test>::get(2), None);
        end_era();
        assert_ok!(claim(0));
    });
}

#[test]
fn close_pays_ended_eras_and_drops_the_one_that_runs() {
    TestExt::default().execute_with(|| {
        proven(0, 10);
        end_era();
        proven(0, 3);
        pay_fee(100, &[0, 1]);
        let owed = Eras::<Test>::get(0).expect("the era ended").proven;
        close(0);
        assert_eq!(free(&owner(0)), owed);
        assert_eq!(events().last(), Some(&Event::Claimed { provider: 0, owner: owner(0), amount: owed }));
        assert_eq!(Earnings::<Test>::get(0), None);
        assert_eq!(Open::<Test>::get(), Totals { points: 0, burned: 25, swept: 0 });
    });
}

#[test]
fn close_settles_first() {
    TestExt::default().execute_with(|| {
        proven(0, 10);
        proven(1, 10);
        end_era();
        close(0);
        assert_eq!(free(&owner(0)), Eras::<Test>::get(0).expect("the era ended").proven / 2);
        assert_eq!((Open::<Test>::get(), TotalClaimable::<Test>::get()), (Totals::default(), 0));
        close(1);
        assert_eq!((EraPools::<Test>::iter().count(), free(&provider_pot())), (0, 1));
    });
}

#[test]
fn close_of_a_provider_without_work_changes_nothing() {
    TestExt::default().execute_with(|| {
        close(0);
        assert_eq!((events(), Earnings::<Test>::iter().count()), (vec![], 0));
    });
}
