//! `withdraw`.

use crate::{mock::*, Error, Event, OperatorOf, OwnerOf, Pallet, Providers};
use frame_support::{assert_noop, assert_ok};
use hearth_primitives::{market::MemberOutcome, provider::ProviderPool};

#[test]
fn withdraw_works() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        let bonded = record(0).bonded;
        let free = Balances::free_balance(ALICE);
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        advance_to(1 + UNBONDING);
        assert_ok!(ProviderRegistry::withdraw(signed(ALICE)));
        assert_eq!(last_event(), Event::<Test>::Withdrawn { provider: 0, owner: ALICE, released: bonded }.into());
        assert_eq!(bond_on_hold(ALICE), 0);
        assert_eq!(Balances::free_balance(ALICE), free + bonded);
        assert_eq!(Providers::<Test>::get(0), None);
        assert_eq!(OwnerOf::<Test>::get(ALICE), None);
        assert_eq!(OperatorOf::<Test>::get(operator_of(ALICE)), None);
        assert_eq!(Closed::all(), [(0, ALICE)], "its rewards are paid before it is forgotten");
    });
}

#[test]
fn withdraw_frees_the_owner_for_a_new_id() {
    TestExt::default().provider(ALICE, 1, true).execute_with(|| {
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        advance_to(1 + UNBONDING);
        assert_ok!(ProviderRegistry::withdraw(signed(ALICE)));
        assert_ok!(register(ALICE, 1));
        assert_eq!(OwnerOf::<Test>::get(ALICE), Some(1));
        assert_eq!(record(1).standing, Default::default());
    });
}

#[test]
fn withdraw_before_its_time_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_noop!(ProviderRegistry::withdraw(signed(ALICE)), Error::<Test>::NotLeaving);
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        advance_to(UNBONDING);
        assert_noop!(ProviderRegistry::withdraw(signed(ALICE)), Error::<Test>::Unbonding);
    });
}

#[test]
fn withdraw_while_a_job_runs_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_ok!(Pallet::<Test>::bind(0, UNIT));
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        advance_to(2 * UNBONDING);
        assert_noop!(ProviderRegistry::withdraw(signed(ALICE)), Error::<Test>::SlotsInUse);
        release(0, UNIT, MemberOutcome::Valid);
        assert_ok!(ProviderRegistry::withdraw(signed(ALICE)));
    });
}

#[test]
fn withdraw_without_a_provider_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_noop!(ProviderRegistry::withdraw(signed(operator_of(ALICE))), Error::<Test>::NotOwner);
    });
}
