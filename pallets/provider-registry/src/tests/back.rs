//! `back`.

use crate::{mock::*, BackedBy, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{ArithmeticError, TokenError};

#[test]
fn back_works() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        assert_ok!(back(BOB, 0, 20 * UNIT));
        assert_eq!(last_event(), Event::<Test>::Backed { provider: 0, backer: BOB, amount: 20 * UNIT, active: 20 * UNIT }.into());
        assert_eq!((backing(0, BOB).active, backing_on_hold(BOB)), (20 * UNIT, 20 * UNIT));
        assert_eq!(Balances::free_balance(BOB), ENDOWMENT - 20 * UNIT);
        // More of the same backer, less than the least that a backing begins with.
        assert_ok!(back(BOB, 0, UNIT));
        assert_eq!(last_event(), Event::<Test>::Backed { provider: 0, backer: BOB, amount: UNIT, active: 21 * UNIT }.into());
        assert_ok!(back(CAROL, 0, 10 * UNIT));
        assert_eq!(totals(0), (31 * UNIT, 2));
        assert_eq!(BackedBy::<Test>::get(BOB).into_inner(), [0]);
    });
}

#[test]
fn back_credits_what_was_earned_before() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        assert_ok!(back(BOB, 0, 20 * UNIT));
        assert_ok!(back(BOB, 0, 5 * UNIT));
        assert_eq!(Credited::get(), [(0, BOB, 0), (0, BOB, 20 * UNIT)]);
        let settled_at: Vec<_> = Settled::get().iter().map(|(_, stake)| stake.backed).collect();
        assert_eq!(settled_at, [0, 20 * UNIT]);
    });
}

#[test]
fn back_beyond_the_limit_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_ok!(ProviderRegistry::accept_backing(signed(ALICE), 30 * UNIT));
        assert_ok!(back(BOB, 0, 15 * UNIT));
        assert_noop!(back(CAROL, 0, 15 * UNIT + 1), Error::<Test>::BackingFull);
        assert_ok!(back(CAROL, 0, 15 * UNIT));
        // What unbonds makes room.
        assert_ok!(unback(BOB, 0, 15 * UNIT));
        assert_ok!(back(CAROL, 0, 15 * UNIT));
    });
}

#[test]
fn back_with_too_little_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        assert_noop!(back(BOB, 0, 10 * UNIT - 1), Error::<Test>::BackingTooSmall);
        assert_noop!(back(BOB, 0, 0), Error::<Test>::BackingTooSmall);
        assert_ok!(back(BOB, 0, 10 * UNIT));
        // What unbonds does not count.
        assert_ok!(unback(BOB, 0, 10 * UNIT));
        assert_noop!(back(BOB, 0, UNIT), Error::<Test>::BackingTooSmall);
    });
}

#[test]
fn back_without_the_money_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        assert_noop!(back(BOB, 0, ENDOWMENT), TokenError::FundsUnavailable);
        assert_noop!(back(BOB, 0, Balance::MAX), TokenError::FundsUnavailable);
        assert_ok!(back(BOB, 0, 10 * UNIT));
        assert_noop!(back(BOB, 0, Balance::MAX), ArithmeticError::Overflow);
    });
}

#[test]
fn back_of_the_own_a_leaving_or_no_provider_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        assert_noop!(back(ALICE, 0, 10 * UNIT), Error::<Test>::OwnProvider);
        assert_noop!(back(BOB, 1, 10 * UNIT), Error::<Test>::UnknownProvider);
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        assert_noop!(back(BOB, 0, 10 * UNIT), Error::<Test>::Leaving);
    });
}

#[test]
fn back_while_a_slash_waits_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        let slash = convict(0, UNIT, &[]);
        assert_noop!(back(BOB, 0, 10 * UNIT), Error::<Test>::SlashPending);
        assert!(ProviderRegistry::cancel_slash(slash));
        assert_ok!(back(BOB, 0, 10 * UNIT));
    });
}

#[test]
fn back_of_too_many_providers_fails() {
    TestExt::default().provider(4, 1, false).provider(5, 1, false).provider(6, 1, false).execute_with(|| {
        [4, 5, 6].into_iter().for_each(accept_all);
        assert_ok!(back(BOB, 2, 10 * UNIT));
        assert_ok!(back(BOB, 0, 10 * UNIT));
        assert_eq!(BackedBy::<Test>::get(BOB).into_inner(), [0, 2]);
        assert_noop!(back(BOB, 1, 10 * UNIT), Error::<Test>::TooManyBacked);
        assert_ok!(back(BOB, 2, 10 * UNIT));
        assert_eq!(backing_on_hold(BOB), 30 * UNIT);
    });
}
