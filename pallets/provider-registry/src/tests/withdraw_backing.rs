//! `withdraw_backing`.

use crate::{mock::*, BackedBy, BackingTotals, Backings, Chunk, Error, Event};
use frame_support::{assert_noop, assert_ok};

#[test]
fn withdraw_backing_releases_what_is_due() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        assert_ok!(back(BOB, 0, 50 * UNIT));
        assert_ok!(unback(BOB, 0, 10 * UNIT));
        advance_to(2);
        assert_ok!(unback(BOB, 0, 20 * UNIT));
        assert_noop!(withdraw_backing(BOB, 0), Error::<Test>::NothingDue);
        advance_to(1 + UNBONDING);
        assert_ok!(withdraw_backing(BOB, 0));
        assert_eq!(last_event(), Event::<Test>::BackingWithdrawn { provider: 0, backer: BOB, released: 10 * UNIT }.into());
        assert_eq!((backing_on_hold(BOB), Balances::free_balance(BOB)), (40 * UNIT, ENDOWMENT - 40 * UNIT));
        assert_eq!(backing(0, BOB).unbonding.into_inner(), [Chunk { amount: 20 * UNIT, until: 2 + UNBONDING }]);
        assert!(ClosedBackers::get().is_empty());
    });
}

#[test]
fn withdraw_backing_of_the_last_part_forgets_the_backer() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        assert_ok!(back(BOB, 0, 50 * UNIT));
        assert_ok!(back(CAROL, 0, 10 * UNIT));
        assert_ok!(unback(BOB, 0, 50 * UNIT));
        advance_to(1 + UNBONDING);
        assert_ok!(withdraw_backing(BOB, 0));
        assert_eq!((Backings::<Test>::get(0, BOB), BackedBy::<Test>::contains_key(BOB)), (None, false));
        assert_eq!(totals(0), (10 * UNIT, 1));
        assert_eq!((Balances::free_balance(BOB), ClosedBackers::get()), (ENDOWMENT, vec![(0, BOB)]));
        assert_noop!(withdraw_backing(BOB, 0), Error::<Test>::NotBacker);
        assert_ok!(unback(CAROL, 0, 10 * UNIT));
        advance_to(1 + 2 * UNBONDING);
        assert_ok!(withdraw_backing(CAROL, 0));
        assert!(!BackingTotals::<Test>::contains_key(0));
    });
}

#[test]
fn withdraw_backing_of_a_gone_provider_releases_everything() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        assert_ok!(back(BOB, 0, 50 * UNIT));
        assert_ok!(back(CAROL, 0, 30 * UNIT));
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        advance_to(UNBONDING);
        assert_ok!(unback(BOB, 0, 20 * UNIT));
        assert_noop!(withdraw_backing(BOB, 0), Error::<Test>::NothingDue);
        assert_noop!(withdraw_backing(CAROL, 0), Error::<Test>::NothingDue);
        advance_to(1 + UNBONDING);
        assert_ok!(ProviderRegistry::withdraw(signed(ALICE)));
        forget_rewards();
        for backer in [BOB, CAROL] {
            let active = backing(0, backer).active;
            assert_ok!(withdraw_backing(backer, 0));
            assert_eq!((Balances::free_balance(backer), backing_on_hold(backer)), (ENDOWMENT, 0));
            assert_eq!(Credited::get().last(), Some(&(0, backer, active)));
        }
        assert_eq!(ClosedBackers::get(), [(0, BOB), (0, CAROL)]);
    });
}

#[test]
fn withdraw_backing_is_not_needed_for_the_owner_to_go() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        assert_ok!(back(BOB, 0, 50 * UNIT));
        leave_and_withdraw(ALICE);
        assert_eq!((bond_on_hold(ALICE), backing_on_hold(BOB)), (0, 50 * UNIT));
        // The owner comes back as another provider, which the backer does not back.
        assert_ok!(register(ALICE, 1));
        accept_all(ALICE);
        assert_ok!(back(BOB, 1, 10 * UNIT));
        assert_ok!(withdraw_backing(BOB, 0));
        assert_eq!(backing_on_hold(BOB), 10 * UNIT);
    });
}

#[test]
fn withdraw_backing_by_a_stranger_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_noop!(withdraw_backing(BOB, 0), Error::<Test>::NotBacker);
        assert_noop!(withdraw_backing(BOB, 9), Error::<Test>::NotBacker);
    });
}
