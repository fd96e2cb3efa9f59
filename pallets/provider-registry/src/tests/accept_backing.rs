//! `accept_backing`.

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};

#[test]
fn accept_backing_works() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_noop!(back(BOB, 0, 10 * UNIT), Error::<Test>::BackingFull);
        assert_ok!(ProviderRegistry::accept_backing(signed(ALICE), 30 * UNIT));
        assert_eq!(last_event(), Event::<Test>::BackingAccepted { provider: 0, limit: 30 * UNIT }.into());
        assert_ok!(back(BOB, 0, 20 * UNIT));
    });
}

#[test]
fn accept_backing_of_less_keeps_what_there_is() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        accept_all(ALICE);
        assert_ok!(back(BOB, 0, 20 * UNIT));
        assert_ok!(ProviderRegistry::accept_backing(signed(ALICE), 0));
        assert_eq!(backing(0, BOB).active, 20 * UNIT);
        assert_noop!(back(BOB, 0, UNIT), Error::<Test>::BackingFull);
        assert_ok!(unback(BOB, 0, 5 * UNIT));
    });
}

#[test]
fn accept_backing_without_a_provider_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_noop!(ProviderRegistry::accept_backing(signed(BOB), UNIT), Error::<Test>::NotOwner);
        assert_noop!(ProviderRegistry::accept_backing(signed(operator_of(ALICE)), UNIT), Error::<Test>::NotOwner);
    });
}
