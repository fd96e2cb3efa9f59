//! `set_operator`.

use crate::{mock::*, Error, Event, OperatorOf};
use frame_support::{assert_noop, assert_ok};
use hearth_primitives::provider::ProviderPool;

#[test]
fn set_operator_works() {
    TestExt::default().provider(ALICE, 1, true).execute_with(|| {
        let standing = record(0).standing;
        assert_ok!(ProviderRegistry::set_operator(signed(ALICE), 150));
        assert_eq!(record(0).operator, 150);
        assert_eq!(record(0).standing, standing);
        assert_eq!(Balances::free_balance(150), FLOAT);
        assert_eq!(last_event(), Event::<Test>::OperatorSet { provider: 0, old: operator_of(ALICE), new: 150 }.into());
    });
}

#[test]
fn set_operator_leaves_nothing_to_the_old_key() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_ok!(ProviderRegistry::set_operator(signed(ALICE), 150));
        assert_eq!(OperatorOf::<Test>::get(operator_of(ALICE)), None);
        assert_eq!(<ProviderRegistry as ProviderPool<_, _, _>>::provider_of(&operator_of(ALICE)), None);
        assert_eq!(<ProviderRegistry as ProviderPool<_, _, _>>::provider_of(&150), Some(0));
        // The old key is free for another provider.
        assert_ok!(ProviderRegistry::register(
            signed(BOB),
            operator_of(ALICE),
            hearth_primitives::provider::BackendClass::Amd,
            1,
            200 * UNIT
        ));
    });
}

#[test]
fn set_operator_to_a_taken_key_fails() {
    TestExt::default().provider(ALICE, 1, false).provider(BOB, 1, false).execute_with(|| {
        assert_noop!(ProviderRegistry::set_operator(signed(ALICE), operator_of(BOB)), Error::<Test>::OperatorTaken);
        assert_noop!(ProviderRegistry::set_operator(signed(ALICE), operator_of(ALICE)), Error::<Test>::OperatorTaken);
    });
}

#[test]
fn set_operator_by_the_operator_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_noop!(ProviderRegistry::set_operator(signed(operator_of(ALICE)), 150), Error::<Test>::NotOwner);
    });
}

#[test]
fn set_operator_while_leaving_works() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        assert_ok!(ProviderRegistry::set_operator(signed(ALICE), 150));
    });
}
