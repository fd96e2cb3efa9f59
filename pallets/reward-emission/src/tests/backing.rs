//! Who shares in an era, and what becomes of backers' rewards when somebody goes.

use crate::{backers_part, mock::*, BackerEarnings, BackerPools, Error, Event, TotalClaimable};
use frame_support::{assert_noop, assert_ok};
use hearth_primitives::reward::{ProviderStakes, RewardAccounts, Stake};
use sp_runtime::Perbill;

#[test]
fn backing_after_the_end_of_an_era_has_no_part_in_it() {
    TestExt::default().execute_with(|| {
        back(0, &backer(0), BOND);
        proven(0, 10);
        end_era();
        let part = backers_part(for_proven(0), &Registry::stake_of(0));
        back(0, &backer(1), 1_000 * BOND);
        assert_noop!(claim_backing(0, &backer(1)), Error::<Test>::NothingToClaim);
        assert_ok!(claim_backing(0, &backer(0)));
        assert!(free(&backer(0)).abs_diff(part) <= 1);
    });
}

#[test]
fn backing_within_an_era_shares_in_all_of_it() {
    TestExt::default().execute_with(|| {
        back(0, &backer(0), BOND);
        proven(0, 10);
        back(0, &backer(1), BOND);
        end_era();
        assert_ok!(claim_backing(0, &backer(0)));
        assert_ok!(claim_backing(0, &backer(1)));
        assert!(free(&backer(0)).abs_diff(free(&backer(1))) <= 1);
    });
}

#[test]
fn backing_that_ended_within_an_era_has_no_part_in_it() {
    TestExt::default().execute_with(|| {
        back(0, &backer(0), BOND);
        proven(0, 10);
        back(0, &backer(0), 0);
        end_era();
        assert_noop!(claim_backing(0, &backer(0)), Error::<Test>::NothingToClaim);
        assert_ok!(claim(0));
        assert_eq!(free(&owner(0)), for_proven(0));
    });
}

#[test]
fn backing_that_ended_after_an_era_keeps_its_part() {
    TestExt::default().execute_with(|| {
        back(0, &backer(0), BOND);
        back(0, &backer(1), BOND);
        proven(0, 10);
        end_era();
        let part = backers_part(for_proven(0), &Registry::stake_of(0));
        back(0, &backer(0), 0);
        proven(0, 10);
        end_era();
        assert_ok!(claim_backing(0, &backer(0)));
        assert!(free(&backer(0)).abs_diff(part / 2) <= 1);
    });
}

#[test]
fn backing_is_shared_in_at_the_commission_of_its_era() {
    TestExt::default().execute_with(|| {
        back(0, &backer(0), BOND);
        proven(0, 10);
        end_era();
        set_commission(Perbill::from_percent(50));
        proven(0, 10);
        end_era();
        let stake = |commission| Stake { bonded: BOND, backed: BOND, worth: BOND, commission };
        let part = backers_part(for_proven(0), &stake(100_000_000)) + backers_part(for_proven(1), &stake(500_000_000));
        assert_ok!(claim_backing(0, &backer(0)));
        assert_eq!(free(&backer(0)), part);
    });
}

#[test]
fn backing_of_nobody_leaves_everything_to_the_owner() {
    TestExt::default().execute_with(|| {
        proven(0, 10);
        end_era();
        assert_ok!(claim(0));
        assert_eq!((free(&owner(0)), BackerPools::<Test>::iter().count()), (for_proven(0), 0));
    });
}

#[test]
fn backing_shares_by_what_slashes_left_of_it() {
    TestExt::default().execute_with(|| {
        back(0, &backer(0), 2 * BOND);
        for (left, earned) in [(50, 225), (0, 0)] {
            Left::set(Perbill::from_percent(left));
            pay_fee(1_000, &[0]);
            end_era();
            assert_eq!(RewardEmission::rewards_of_backer(0, &backer(0)), earned);
            assert_eq!(claim_backing(0, &backer(0)).is_ok(), earned > 0);
        }
        assert_ok!(claim(0));
        assert_eq!((free(&backer(0)), free(&owner(0))), (225, 275 + 500));
    });
}

#[test]
fn backing_shares_in_paid_jobs_too() {
    TestExt::default().execute_with(|| {
        back(0, &backer(0), BOND);
        pay_fee(1_000, &[0]);
        end_era();
        assert_ok!(claim_backing(0, &backer(0)));
        assert_ok!(claim(0));
        // Half of the 500 that were burned, less a tenth.
        assert_eq!((free(&backer(0)), free(&owner(0))), (225, 275));
    });
}

#[test]
fn close_backer_pays_what_was_credited_and_keeps_nothing() {
    TestExt::default().execute_with(|| {
        back(0, &backer(0), BOND);
        back(0, &backer(1), BOND);
        proven(0, 10);
        end_era();
        let part = backers_part(for_proven(0), &Registry::stake_of(0));
        for index in 0..2 {
            withdraw_backing(0, &backer(index));
            let amount = free(&backer(index));
            assert_eq!(events().last(), Some(&Event::BackingClaimed { provider: 0, backer: backer(index), amount }));
        }
        assert_eq!(free(&backer(0)) + free(&backer(1)), part);
        assert_eq!((BackerPools::<Test>::iter().count(), BackerEarnings::<Test>::iter().count()), (0, 0));
        assert_ok!(claim(0));
        assert_eq!(TotalClaimable::<Test>::get(), 0);
    });
}

#[test]
fn close_backer_of_nothing_changes_nothing() {
    TestExt::default().execute_with(|| {
        withdraw_backing(0, &backer(0));
        assert_eq!(events(), vec![]);
    });
}

#[test]
fn close_of_a_provider_keeps_what_is_its_backers() {
    TestExt::default().execute_with(|| {
        back(0, &backer(0), BOND);
        back(0, &backer(1), BOND);
        proven(0, 10);
        end_era();
        let part = backers_part(for_proven(0), &Registry::stake_of(0));
        // What it does in the era in which it goes is nobody's.
        proven(0, 10);
        forget(0);
        end_era();
        assert_eq!((TotalClaimable::<Test>::get(), free(&provider_pot())), (part, 1 + part));
        withdraw_backing(0, &backer(0));
        withdraw_backing(0, &backer(1));
        assert_eq!((TotalClaimable::<Test>::get(), free(&provider_pot())), (0, 1));
    });
}

#[test]
fn backer_claimable_is_what_a_claim_would_pay() {
    TestExt::default().execute_with(|| {
        let claimable = |index| RewardEmission::backer_claimable(0, &backer(index));
        back(0, &backer(0), BOND);
        back(0, &backer(1), 2 * BOND);
        proven(0, 10);
        assert_eq!((claimable(0), claimable(1)), (0, 0));
        end_era();
        // Before the era is settled, afterwards, and with another that is not.
        let first = (claimable(0), claimable(1));
        RewardEmission::settle(0);
        assert_eq!((claimable(0), claimable(1)), first);
        assert_eq!(RewardEmission::rewards_of(0).claimable, for_proven(0) - backers_part(for_proven(0), &Registry::stake_of(0)));
        proven(0, 10);
        end_era();
        let (one, other, own) = (claimable(0), claimable(1), RewardEmission::rewards_of(0).claimable);
        assert!(one > first.0 && other > first.1);
        assert_ok!(claim_backing(0, &backer(0)));
        assert_ok!(claim_backing(0, &backer(1)));
        assert_ok!(claim(0));
        assert_eq!((free(&backer(0)), free(&backer(1)), free(&owner(0))), (one, other, own));
        assert_eq!((claimable(0), claimable(1)), (0, 0));
    });
}
