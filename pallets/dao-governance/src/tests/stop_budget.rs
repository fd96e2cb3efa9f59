//! `stop_budget`.

use crate::{mock::*, Budgets, Error, Event, Origin};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn stop_budget_leaves_what_was_due() {
    TestExt.execute_with(|| {
        assert_ok!(DaoGovernance::create_budget(Origin::SmallSpender.into(), 1, recurring(UNIT, 10)));
        run_to(25);
        assert_ok!(DaoGovernance::stop_budget(Origin::SmallSpender.into(), 0));
        assert_eq!(events().last(), Some(&Event::BudgetStopped { budget: 0, due: 2 * UNIT }));
        assert_noop!(DaoGovernance::stop_budget(Origin::SmallSpender.into(), 0), Error::<Test>::Stopped);
        run_to(500);
        assert_ok!(DaoGovernance::claim_budget(RuntimeOrigin::signed(1), 0));
        assert_eq!((Balances::free_balance(1), Budgets::<Test>::count()), (2 * UNIT, 0));
    });
}

#[test]
fn stop_budget_of_which_nothing_is_due_ends_it() {
    TestExt.execute_with(|| {
        assert_ok!(DaoGovernance::create_budget(Origin::SmallSpender.into(), 1, recurring(UNIT, 10)));
        assert_ok!(DaoGovernance::stop_budget(Origin::SmallSpender.into(), 0));
        assert_eq!((events().last(), Budgets::<Test>::count()), (Some(&Event::BudgetEnded { budget: 0 }), 0));
    });
}

#[test]
fn stop_budget_is_for_the_maker_and_root() {
    TestExt.execute_with(|| {
        assert_ok!(DaoGovernance::create_budget(Origin::SmallSpender.into(), 1, recurring(UNIT, 10)));
        for origin in [Origin::BigSpender.into(), RuntimeOrigin::signed(1), Origin::Emergency.into()] {
            assert_noop!(DaoGovernance::stop_budget(origin, 0), DispatchError::BadOrigin);
        }
        assert_noop!(DaoGovernance::stop_budget(RuntimeOrigin::root(), 1), Error::<Test>::UnknownBudget);
        assert_ok!(DaoGovernance::stop_budget(RuntimeOrigin::root(), 0));
    });
}
