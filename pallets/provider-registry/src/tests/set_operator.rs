//! `set_operator`.

use crate::{mock::*, Error, Event, OperatorOf};
use frame_support::{assert_noop, assert_ok};
use hearth_primitives::{
    provider::{operator_consent, ProviderPool},
    H256,
};
use sp_runtime::testing::TestSignature;

#[test]
fn set_operator_works() {
    TestExt::default().provider(ALICE, 1, true).execute_with(|| {
        let standing = record(0).standing;
        assert_ok!(set_operator(ALICE, 150));
        assert_eq!(record(0).operator, 150);
        assert_eq!(record(0).standing, standing);
        assert_eq!(Balances::free_balance(150), FLOAT);
        assert_eq!(last_event(), Event::<Test>::OperatorSet { provider: 0, old: operator_of(ALICE), new: 150 }.into());
    });
}

#[test]
fn set_operator_leaves_nothing_to_the_old_key() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_ok!(set_operator(ALICE, 150));
        assert_eq!(OperatorOf::<Test>::get(operator_of(ALICE)), None);
        assert_eq!(<ProviderRegistry as ProviderPool<_, _, _>>::provider_of(&operator_of(ALICE)), None);
        assert_eq!(<ProviderRegistry as ProviderPool<_, _, _>>::provider_of(&150), Some(0));
        // The old key is free for another provider.
        assert_ok!(register_with(BOB, operator_of(ALICE), 1, 200 * UNIT));
    });
}

#[test]
fn set_operator_to_a_taken_key_fails() {
    TestExt::default().provider(ALICE, 1, false).provider(BOB, 1, false).execute_with(|| {
        assert_noop!(set_operator(ALICE, operator_of(BOB)), Error::<Test>::OperatorTaken);
        assert_noop!(set_operator(ALICE, operator_of(ALICE)), Error::<Test>::OperatorTaken);
    });
}

#[test]
fn set_operator_without_its_consent_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        let with = |consent| ProviderRegistry::set_operator(signed(ALICE), 150, consent);
        let elsewhere = TestSignature(150, operator_consent(H256::repeat_byte(1), &ALICE));
        for refused in [None, consent(ALICE, ALICE), consent(ALICE, operator_of(ALICE)), consent(BOB, 150), Some(elsewhere)] {
            assert_noop!(with(refused), Error::<Test>::NoConsent);
        }
        assert_ok!(with(consent(ALICE, 150)));
    });
}

#[test]
fn set_operator_to_the_owner_needs_no_consent() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_ok!(ProviderRegistry::set_operator(signed(ALICE), ALICE, None));
        assert_eq!(record(0).operator, ALICE);
    });
}

#[test]
fn set_operator_with_a_consent_to_the_former_owner_fails() {
    TestExt::default().provider(ALICE, 1, false).provider(BOB, 1, false).execute_with(|| {
        let given = consent(ALICE, 150);
        assert_ok!(ProviderRegistry::set_operator(signed(ALICE), 150, given.clone()));
        assert_ok!(set_operator(ALICE, 151));
        assert_noop!(ProviderRegistry::set_operator(signed(BOB), 150, given.clone()), Error::<Test>::NoConsent);
        // To Alice it still holds: a consent does not end.
        assert_ok!(ProviderRegistry::set_operator(signed(ALICE), 150, given));
    });
}

#[test]
fn set_operator_by_the_operator_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_noop!(set_operator(operator_of(ALICE), 150), Error::<Test>::NotOwner);
    });
}

#[test]
fn set_operator_while_leaving_works() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        assert_ok!(set_operator(ALICE, 150));
    });
}
