//! `register`.

use crate::{mock::*, BackingTerms, Error, Event, NextProviderId, OperatorOf, OwnerOf, Pallet, Provider};
use frame_support::{assert_noop, assert_ok};
use hearth_primitives::{
    provider::{operator_consent, BackendClass, ProviderStatus, Standing},
    H256,
};
use sp_runtime::{testing::TestSignature, TokenError};

#[test]
fn register_works() {
    TestExt::default().execute_with(|| {
        let bond = 200 * UNIT;
        assert_ok!(ProviderRegistry::register(signed(ALICE), 101, consent(ALICE, 101), BackendClass::Nvidia, 4, bond));
        let expected = Provider {
            owner: ALICE,
            operator: 101,
            backend: BackendClass::Nvidia,
            slots: 4,
            slots_in_use: 0,
            bonded: bond,
            locked: 0,
            slashes: 0,
            status: ProviderStatus::Active,
            capability: Default::default(),
            place: Some(0),
            changed_at: 1,
            proven: false,
            jail: Default::default(),
            terms: BackingTerms { commission: DefaultCommission::get(), raised_in: None, limit: 0 },
            standing: Standing::default(),
        };
        assert_eq!(record(0), expected);
        assert_eq!(OwnerOf::<Test>::get(ALICE), Some(0));
        assert_eq!(OperatorOf::<Test>::get(101), Some(0));
        assert_eq!(bond_on_hold(ALICE), bond);
        assert_eq!(Balances::free_balance(101), FLOAT);
        assert_eq!(Balances::free_balance(ALICE), ENDOWMENT - bond - FLOAT);
        let event = Event::<Test>::Registered { provider: 0, owner: ALICE, operator: 101, backend: BackendClass::Nvidia, slots: 4, bond };
        assert_eq!(last_event(), event.into());
    });
}

#[test]
fn register_gives_each_its_own_id() {
    TestExt::default().execute_with(|| {
        assert_ok!(register(ALICE, 1));
        assert_ok!(register(BOB, 1));
        assert_eq!((record(0).owner, record(1).owner), (ALICE, BOB));
        assert_eq!(NextProviderId::<Test>::get(), 2);
    });
}

#[test]
fn register_fills_the_operator_only_up_to_the_float() {
    TestExt::default().execute_with(|| {
        Balances::force_set_balance(RuntimeOrigin::root(), 101, FLOAT - 1).expect("root may");
        assert_ok!(register(ALICE, 1));
        assert_eq!(Balances::free_balance(101), FLOAT);
        assert_eq!(Balances::free_balance(ALICE), ENDOWMENT - bond_on_hold(ALICE) - 1);

        Balances::force_set_balance(RuntimeOrigin::root(), 102, 2 * FLOAT).expect("root may");
        assert_ok!(register(BOB, 1));
        assert_eq!(Balances::free_balance(102), 2 * FLOAT);
        assert_eq!(Balances::free_balance(BOB), ENDOWMENT - bond_on_hold(BOB));
    });
}

#[test]
fn register_with_the_owner_as_operator_moves_nothing() {
    TestExt::default().execute_with(|| {
        let bond = Pallet::<Test>::bond_for(1);
        assert_ok!(ProviderRegistry::register(signed(ALICE), ALICE, None, BackendClass::Cpu, 1, bond));
        assert_eq!(Balances::free_balance(ALICE), ENDOWMENT - bond);
    });
}

#[test]
fn register_twice_fails() {
    TestExt::default().execute_with(|| {
        assert_ok!(register(ALICE, 1));
        assert_noop!(register_with(ALICE, 150, 1, 200 * UNIT), Error::<Test>::AlreadyOwner);
    });
}

#[test]
fn register_with_anothers_operator_fails() {
    TestExt::default().execute_with(|| {
        assert_ok!(register(ALICE, 1));
        assert_noop!(register_with(BOB, operator_of(ALICE), 1, 200 * UNIT), Error::<Test>::OperatorTaken);
    });
}

#[test]
fn register_without_the_operators_consent_fails() {
    TestExt::default().execute_with(|| {
        let bond = Pallet::<Test>::bond_for(1);
        let with = |consent| ProviderRegistry::register(signed(ALICE), 101, consent, BackendClass::Cpu, 1, bond);
        let elsewhere = TestSignature(101, operator_consent(H256::repeat_byte(1), &ALICE));
        for refused in [
            None,
            // Signed by the owner herself, and by another operator.
            consent(ALICE, ALICE),
            consent(ALICE, 102),
            // To another owner, and on another chain.
            consent(BOB, 101),
            Some(elsewhere),
        ] {
            assert_noop!(with(refused), Error::<Test>::NoConsent);
        }
        assert_ok!(with(consent(ALICE, 101)));
    });
}

#[test]
fn register_with_a_consent_seen_in_the_pool_fails() {
    TestExt::default().execute_with(|| {
        // Bob copies what Alice has sent, and is quicker.
        let seen = consent(ALICE, 101);
        assert_noop!(
            ProviderRegistry::register(signed(BOB), 101, seen.clone(), BackendClass::Cpu, 1, 200 * UNIT),
            Error::<Test>::NoConsent
        );
        assert_ok!(ProviderRegistry::register(signed(ALICE), 101, seen, BackendClass::Cpu, 1, 200 * UNIT));
    });
}

#[test]
fn register_with_a_small_bond_fails() {
    TestExt::default().execute_with(|| {
        let bond = Pallet::<Test>::bond_for(3);
        assert_eq!(bond, 130 * UNIT);
        assert_noop!(register_with(ALICE, 101, 3, bond - 1), Error::<Test>::BondTooSmall);
        assert_ok!(register_with(ALICE, 101, 3, bond));
    });
}

#[test]
fn register_with_slots_out_of_bounds_fails() {
    TestExt::default().execute_with(|| {
        assert_noop!(register(ALICE, 0), Error::<Test>::NoSlots);
        assert_noop!(register(ALICE, MAX_SLOTS + 1), Error::<Test>::TooManySlots);
        assert_noop!(register(ALICE, u32::MAX), Error::<Test>::TooManySlots);
        assert_ok!(register(ALICE, MAX_SLOTS));
    });
}

#[test]
fn register_without_the_money_fails() {
    TestExt::default().execute_with(|| {
        assert_noop!(register_with(ALICE, 101, 1, ENDOWMENT), TokenError::FundsUnavailable);
        // The bond fits, the float does not fit any more.
        assert_noop!(register_with(ALICE, 101, 1, ENDOWMENT - FLOAT), TokenError::Frozen);
        assert_eq!(OwnerOf::<Test>::get(ALICE), None);
    });
}

#[test]
fn register_beyond_the_last_id_fails() {
    TestExt::default().execute_with(|| {
        NextProviderId::<Test>::put(u32::MAX);
        assert_noop!(register(ALICE, 1), Error::<Test>::NoIdLeft);
    });
}
