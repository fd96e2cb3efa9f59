//! `bond_extra`.

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{ArithmeticError, TokenError};

#[test]
fn bond_extra_works() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        let before = record(0).bonded;
        assert_ok!(ProviderRegistry::bond_extra(signed(ALICE), 7 * UNIT));
        assert_eq!(record(0).bonded, before + 7 * UNIT);
        assert_eq!(bond_on_hold(ALICE), before + 7 * UNIT);
        assert_eq!(last_event(), Event::<Test>::BondAdded { provider: 0, amount: 7 * UNIT, bonded: before + 7 * UNIT }.into());
    });
}

#[test]
fn bond_extra_settles_at_the_old_bond() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        let before = record(0).bonded;
        assert_ok!(ProviderRegistry::bond_extra(signed(ALICE), 7 * UNIT));
        let settled_at: Vec<_> = Settled::get().iter().map(|(_, stake)| stake.bonded).collect();
        assert_eq!(settled_at, [before]);
    });
}

#[test]
fn bond_extra_without_a_provider_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_noop!(ProviderRegistry::bond_extra(signed(BOB), UNIT), Error::<Test>::NotOwner);
        assert_noop!(ProviderRegistry::bond_extra(signed(operator_of(ALICE)), UNIT), Error::<Test>::NotOwner);
    });
}

#[test]
fn bond_extra_without_the_money_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_noop!(ProviderRegistry::bond_extra(signed(ALICE), ENDOWMENT), TokenError::FundsUnavailable);
        assert_noop!(ProviderRegistry::bond_extra(signed(ALICE), Balance::MAX), ArithmeticError::Overflow);
    });
}

#[test]
fn bond_extra_while_leaving_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        assert_noop!(ProviderRegistry::bond_extra(signed(ALICE), UNIT), Error::<Test>::Leaving);
    });
}
