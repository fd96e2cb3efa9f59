//! `unback`.

use crate::{mock::*, Chunk, Error, Event};
use frame_support::{assert_noop, assert_ok};

#[test]
fn unback_works() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        assert_ok!(back(BOB, 0, 50 * UNIT));
        advance_to(5);
        forget_rewards();
        assert_ok!(unback(BOB, 0, 20 * UNIT));
        let until = 5 + UNBONDING;
        assert_eq!(last_event(), Event::<Test>::Unbacked { provider: 0, backer: BOB, amount: 20 * UNIT, until }.into());
        assert_eq!(backing(0, BOB).active, 30 * UNIT);
        assert_eq!(backing(0, BOB).unbonding.into_inner(), [Chunk { amount: 20 * UNIT, until }]);
        assert_eq!(totals(0), (30 * UNIT, 1));
        assert_eq!(backing_on_hold(BOB), 50 * UNIT);
        assert_eq!(Credited::get(), [(0, BOB, 50 * UNIT)]);
    });
}

#[test]
fn unback_of_more_than_is_active_takes_all() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        assert_ok!(back(BOB, 0, 50 * UNIT));
        assert_ok!(unback(BOB, 0, Balance::MAX));
        let until = 1 + UNBONDING;
        assert_eq!(last_event(), Event::<Test>::Unbacked { provider: 0, backer: BOB, amount: 50 * UNIT, until }.into());
        assert_eq!(totals(0), (0, 1));
    });
}

#[test]
fn unback_in_one_block_makes_one_chunk() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        assert_ok!(back(BOB, 0, 50 * UNIT));
        assert_ok!(unback(BOB, 0, 5 * UNIT));
        assert_ok!(unback(BOB, 0, 6 * UNIT));
        assert_eq!(backing(0, BOB).unbonding.into_inner(), [Chunk { amount: 11 * UNIT, until: 1 + UNBONDING }]);
    });
}

#[test]
fn unback_in_too_many_parts_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        assert_ok!(back(BOB, 0, 50 * UNIT));
        for block in 1..=u64::from(MAX_CHUNKS) {
            advance_to(block);
            assert_ok!(unback(BOB, 0, UNIT));
        }
        assert_ok!(unback(BOB, 0, UNIT));
        advance_to(1 + UNBONDING);
        assert_noop!(unback(BOB, 0, UNIT), Error::<Test>::TooManyUnbonding);
        assert_ok!(withdraw_backing(BOB, 0));
        assert_ok!(unback(BOB, 0, UNIT));
    });
}

#[test]
fn unback_that_leaves_too_little_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        assert_ok!(back(BOB, 0, 15 * UNIT));
        assert_noop!(unback(BOB, 0, 5 * UNIT + 1), Error::<Test>::BackingTooSmall);
        assert_noop!(unback(BOB, 0, 15 * UNIT - 1), Error::<Test>::BackingTooSmall);
        assert_ok!(unback(BOB, 0, 5 * UNIT));
        assert_ok!(unback(BOB, 0, 10 * UNIT));
    });
}

#[test]
fn unback_of_nothing_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        assert_noop!(unback(BOB, 0, UNIT), Error::<Test>::NotBacker);
        assert_ok!(back(BOB, 0, 15 * UNIT));
        assert_noop!(unback(CAROL, 0, UNIT), Error::<Test>::NotBacker);
        assert_noop!(unback(BOB, 0, 0), Error::<Test>::NothingToUnback);
        assert_ok!(unback(BOB, 0, 15 * UNIT));
        assert_noop!(unback(BOB, 0, UNIT), Error::<Test>::NothingToUnback);
    });
}

#[test]
fn unback_from_a_provider_that_leaves_or_is_gone_works() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        assert_ok!(back(BOB, 0, 50 * UNIT));
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        assert_ok!(unback(BOB, 0, 10 * UNIT));
        advance_to(1 + UNBONDING);
        assert_ok!(ProviderRegistry::withdraw(signed(ALICE)));
        assert_ok!(unback(BOB, 0, 10 * UNIT));
        // That it is not due does not matter any more.
        assert_ok!(withdraw_backing(BOB, 0));
        assert_eq!(backing_on_hold(BOB), 0);
    });
}
