//! `claim`.

use crate::{mock::*, Earning, Earnings, EraPools, Eras, Error, Event, TotalClaimable};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

/// What an ended era gave for proven capacity.
fn for_proven(era: u32) -> Balance {
    Eras::<Test>::get(era).expect("the era ended").proven
}

#[test]
fn claim_pays_the_owner_whoever_calls() {
    TestExt::default().execute_with(|| {
        proven(0, 10);
        end_era();
        assert_ok!(claim(0));
        assert_eq!(free(&owner(0)), for_proven(0));
        let paid = Event::Claimed { provider: 0, owner: owner(0), amount: for_proven(0) };
        assert_eq!(events().last(), Some(&paid));
        assert_eq!((Earnings::<Test>::iter().count(), EraPools::<Test>::iter().count()), (0, 0));
        assert_eq!(TotalClaimable::<Test>::get(), 0);
        assert_eq!(free(&provider_pot()), 1);
    });
}

#[test]
fn claim_shares_by_points_and_the_last_takes_the_rest() {
    TestExt::default().execute_with(|| {
        for (provider, points) in [(0, 1), (1, 1), (2, 1)] {
            proven(provider, points);
        }
        end_era();
        for provider in [2, 0, 1] {
            assert_ok!(claim(provider));
        }
        let all = for_proven(0);
        assert_eq!(free(&owner(0)) + free(&owner(1)) + free(&owner(2)), all);
        assert_eq!(free(&owner(2)), all / 3);
        assert_eq!(free(&owner(1)), all - all / 3 - (all - all / 3) / 2);
    });
}

#[test]
fn claim_pays_both_sides() {
    TestExt::default().execute_with(|| {
        pay_fee(1_000, &[0, 1]);
        proven(0, 3);
        proven(1, 1);
        end_era();
        assert_ok!(claim(0));
        assert_ok!(claim(1));
        let all = for_proven(0);
        assert_eq!(free(&owner(0)), 250 + all * 3 / 4);
        assert_eq!(free(&owner(1)), 250 + all - all * 3 / 4);
    });
}

#[test]
fn claim_in_an_era_of_work_keeps_the_work() {
    TestExt::default().execute_with(|| {
        proven(0, 10);
        end_era();
        proven(0, 4);
        assert_ok!(claim(0));
        assert_eq!(free(&owner(0)), for_proven(0));
        assert_eq!(Earnings::<Test>::get(0), Some(Earning { era: 1, points: 4, burned: 0, claimable: 0 }));
        end_era();
        assert_ok!(claim(0));
        assert_eq!(free(&owner(0)), for_proven(0) + for_proven(1));
    });
}

#[test]
fn claim_can_wait_for_as_long_as_it_takes() {
    TestExt::default().execute_with(|| {
        proven(0, 10);
        end_era();
        let owed = for_proven(0);
        end_eras(2 * HISTORY);
        assert_ok!(claim(0));
        assert_eq!(free(&owner(0)), owed);
    });
}

#[test]
fn claim_of_nothing_fails() {
    TestExt::default().execute_with(|| {
        assert_noop!(claim(0), Error::<Test>::NothingToClaim);
        proven(0, 10);
        assert_noop!(claim(0), Error::<Test>::NothingToClaim);
        end_era();
        assert_ok!(claim(0));
        assert_noop!(claim(0), Error::<Test>::NothingToClaim);
    });
}

#[test]
fn claim_for_a_stranger_or_by_nobody_fails() {
    TestExt::default().execute_with(|| {
        assert_noop!(claim(PROVIDERS), Error::<Test>::UnknownProvider);
        proven(0, 10);
        end_era();
        assert_noop!(RewardEmission::claim(RuntimeOrigin::none(), 0), DispatchError::BadOrigin);
    });
}
