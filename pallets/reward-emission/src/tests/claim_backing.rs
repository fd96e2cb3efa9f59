//! `claim_backing`.

use crate::{backers_part, mock::*, BackerEarnings, BackerPools, Error, Event, TotalClaimable};
use frame_support::{assert_noop, assert_ok};
use hearth_primitives::reward::ProviderStakes;
use sp_runtime::DispatchError;

#[test]
fn claim_backing_pays_the_backer_whoever_calls() {
    TestExt::default().execute_with(|| {
        back(0, &backer(0), BOND);
        proven(0, 10);
        end_era();
        // Half of the stake, less a tenth of what it earns.
        let part = for_proven(0) / 2 - for_proven(0) / 20;
        assert_ok!(claim_backing(0, &backer(0)));
        assert!(free(&backer(0)).abs_diff(part) <= 1);
        let paid = Event::BackingClaimed { provider: 0, backer: backer(0), amount: free(&backer(0)) };
        assert_eq!(events().last(), Some(&paid));
        assert_ok!(claim(0));
        assert_eq!(free(&owner(0)), for_proven(0) - free(&backer(0)));
        let kept = (BackerPools::<Test>::iter().count(), BackerEarnings::<Test>::iter().count(), TotalClaimable::<Test>::get());
        assert_eq!(kept, (0, 0, 0));
        assert_eq!(free(&provider_pot()), 1);
    });
}

#[test]
fn claim_backing_shares_by_what_is_active() {
    TestExt::default().execute_with(|| {
        for (index, active) in [(0, BOND), (1, 3 * BOND), (2, 4 * BOND)] {
            back(0, &backer(index), active);
        }
        proven(0, 10);
        end_era();
        let part = backers_part(for_proven(0), &Registry::stake_of(0));
        for index in [2, 0, 1] {
            assert_ok!(claim_backing(0, &backer(index)));
        }
        for (index, ideal) in [(0, part / 8), (1, part * 3 / 8), (2, part / 2)] {
            assert!(free(&backer(index)).abs_diff(ideal) <= 1);
        }
    });
}

#[test]
fn claim_backing_can_wait_for_as_long_as_it_takes() {
    TestExt::default().execute_with(|| {
        back(0, &backer(0), BOND);
        back(0, &backer(1), BOND);
        let mut part = 0;
        for era in 0..2 * HISTORY {
            proven(0, 10);
            end_era();
            part += backers_part(for_proven(era), &Registry::stake_of(0));
        }
        assert_ok!(claim_backing(0, &backer(0)));
        assert!(free(&backer(0)).abs_diff(part / 2) <= 1);
    });
}

#[test]
fn claim_backing_when_the_provider_is_gone_works() {
    TestExt::default().execute_with(|| {
        back(0, &backer(0), BOND);
        back(0, &backer(1), BOND);
        proven(0, 10);
        end_era();
        let part = backers_part(for_proven(0), &Registry::stake_of(0));
        forget(0);
        assert_eq!(free(&owner(0)), for_proven(0) - part);
        assert_noop!(claim(0), Error::<Test>::UnknownProvider);
        assert_ok!(claim_backing(0, &backer(0)));
        assert!(free(&backer(0)).abs_diff(part / 2) <= 1);
        assert_ok!(claim_backing(0, &backer(1)));
        assert!(free(&backer(1)).abs_diff(part / 2) <= 1);
        // What rounding has left goes to whoever is the last to go.
        withdraw_backing(0, &backer(0));
        withdraw_backing(0, &backer(1));
        assert_eq!(free(&backer(0)) + free(&backer(1)), part);
    });
}

#[test]
fn claim_backing_of_nothing_fails() {
    TestExt::default().execute_with(|| {
        assert_noop!(claim_backing(0, &backer(0)), Error::<Test>::NothingToClaim);
        back(0, &backer(0), BOND);
        proven(0, 10);
        assert_noop!(claim_backing(0, &backer(0)), Error::<Test>::NothingToClaim);
        end_era();
        assert_noop!(claim_backing(0, &backer(1)), Error::<Test>::NothingToClaim);
        assert_noop!(claim_backing(1, &backer(0)), Error::<Test>::NothingToClaim);
        assert_ok!(claim_backing(0, &backer(0)));
        assert_noop!(claim_backing(0, &backer(0)), Error::<Test>::NothingToClaim);
    });
}

#[test]
fn claim_backing_by_nobody_fails() {
    TestExt::default().execute_with(|| {
        back(0, &backer(0), BOND);
        proven(0, 10);
        end_era();
        assert_noop!(RewardEmission::claim_backing(RuntimeOrigin::none(), 0, backer(0)), DispatchError::BadOrigin);
    });
}
