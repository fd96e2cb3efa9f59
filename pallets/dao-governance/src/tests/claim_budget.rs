//! `claim_budget`.

use crate::{mock::*, Budgets, Error, Event, Origin};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use sp_runtime::DispatchError;

/// Anybody claims.
fn claim(budget: u32) -> DispatchResult {
    DaoGovernance::claim_budget(RuntimeOrigin::signed(9), budget)
}

#[test]
fn claim_budget_pays_instalments_as_they_become_due() {
    TestExt.execute_with(|| {
        assert_ok!(DaoGovernance::create_budget(Origin::SmallSpender.into(), 1, recurring(UNIT, 3)));
        assert_noop!(claim(0), Error::<Test>::NothingDue);
        run_to(10);
        assert_ok!(claim(0));
        assert_noop!(claim(0), Error::<Test>::NothingDue);
        assert_eq!((Balances::free_balance(1), treasure()), (UNIT, TREASURE - UNIT));
        assert_eq!(events().last(), Some(&Event::BudgetPaid { budget: 0, beneficiary: 1, amount: UNIT }));
        // Who waits gets all at once.
        run_to(1_000);
        assert_ok!(claim(0));
        assert_eq!((Balances::free_balance(1), treasure()), (3 * UNIT, TREASURE - 3 * UNIT));
        assert_eq!((events().last(), Budgets::<Test>::count()), (Some(&Event::BudgetEnded { budget: 0 }), 0));
        assert_noop!(claim(0), Error::<Test>::UnknownBudget);
    });
}

#[test]
fn claim_budget_waits_for_a_treasury_that_can_pay() {
    TestExt.execute_with(|| {
        assert_ok!(DaoGovernance::create_budget(RuntimeOrigin::root(), 1, milestones(&[TREASURE + 1])));
        assert_ok!(DaoGovernance::reach_milestone(RuntimeOrigin::root(), 0));
        assert_noop!(claim(0), Error::<Test>::CannotPay);
        assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), TREASURY, 2 * TREASURE));
        assert_ok!(claim(0));
        assert_eq!(Balances::free_balance(1), TREASURE + 1);
    });
}

#[test]
fn claim_budget_needs_a_signer() {
    TestExt.execute_with(|| {
        assert_ok!(DaoGovernance::create_budget(RuntimeOrigin::root(), 1, recurring(UNIT, 1)));
        run_to(10);
        assert_noop!(DaoGovernance::claim_budget(RuntimeOrigin::none(), 0), DispatchError::BadOrigin);
    });
}
