//! `update`.

use crate::{mock::*, Error, Event, Pallet};
use frame_support::{assert_noop, assert_ok};
use hearth_primitives::{
    market::MemberOutcome,
    provider::{BackendClass, ProviderPool},
};

#[test]
fn update_works() {
    TestExt::default().provider(ALICE, 2, false).execute_with(|| {
        assert_ok!(ProviderRegistry::update(signed(ALICE), BackendClass::Amd, 1));
        assert_eq!((record(0).backend, record(0).slots), (BackendClass::Amd, 1));
        assert_eq!(last_event(), Event::<Test>::Updated { provider: 0, backend: BackendClass::Amd, slots: 1 }.into());
    });
}

#[test]
fn update_notes_when_something_changed() {
    TestExt::default().provider(ALICE, 2, false).execute_with(|| {
        let update = |block, backend, slots| {
            advance_to(block);
            assert_ok!(ProviderRegistry::update(signed(ALICE), backend, slots));
            record(0).changed_at
        };
        assert_eq!(update(5, BackendClass::Cpu, 2), 0);
        assert_eq!(update(6, BackendClass::Amd, 2), 6);
        assert_eq!(update(7, BackendClass::Amd, 1), 7);
        assert_eq!(update(8, BackendClass::Amd, 1), 7);
        advance_to(9);
        assert_ok!(set_operator(ALICE, 150));
        assert_eq!(record(0).changed_at, 9);
    });
}

#[test]
fn update_to_more_slots_than_the_bond_covers_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_noop!(ProviderRegistry::update(signed(ALICE), BackendClass::Cpu, 2), Error::<Test>::BondTooSmall);
        assert_ok!(ProviderRegistry::bond_extra(signed(ALICE), BondPerSlot::get()));
        assert_ok!(ProviderRegistry::update(signed(ALICE), BackendClass::Cpu, 2));
    });
}

#[test]
fn update_to_no_more_slots_needs_no_bond_that_was_raised_since() {
    TestExt::default().provider(ALICE, 3, false).execute_with(|| {
        BondPerSlot::set(1_000 * UNIT);
        assert_ok!(ProviderRegistry::update(signed(ALICE), BackendClass::Amd, 3));
        assert_ok!(ProviderRegistry::update(signed(ALICE), BackendClass::Amd, 2));
        assert_noop!(ProviderRegistry::update(signed(ALICE), BackendClass::Amd, 3), Error::<Test>::BondTooSmall);
        assert_eq!((record(0).backend, record(0).slots), (BackendClass::Amd, 2));
    });
}

#[test]
fn update_below_the_slots_in_use_fails() {
    TestExt::default().provider(ALICE, 3, false).execute_with(|| {
        assert_ok!(Pallet::<Test>::bind(0, UNIT));
        assert_ok!(Pallet::<Test>::bind(0, UNIT));
        assert_noop!(ProviderRegistry::update(signed(ALICE), BackendClass::Cpu, 1), Error::<Test>::SlotsInUse);
        release(0, UNIT, MemberOutcome::Valid);
        assert_ok!(ProviderRegistry::update(signed(ALICE), BackendClass::Cpu, 1));
    });
}

#[test]
fn update_with_slots_out_of_bounds_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_noop!(ProviderRegistry::update(signed(ALICE), BackendClass::Cpu, 0), Error::<Test>::NoSlots);
        assert_noop!(ProviderRegistry::update(signed(ALICE), BackendClass::Cpu, MAX_SLOTS + 1), Error::<Test>::TooManySlots);
    });
}

#[test]
fn update_while_leaving_or_without_a_provider_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_noop!(ProviderRegistry::update(signed(BOB), BackendClass::Cpu, 1), Error::<Test>::NotOwner);
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        assert_noop!(ProviderRegistry::update(signed(ALICE), BackendClass::Cpu, 1), Error::<Test>::Leaving);
    });
}
