//! `create_budget`.

use crate::{mock::*, Budgets, Error, Event, Origin, Plan, MAX_BUDGETS};
use frame_support::{assert_noop, assert_ok, dispatch_context::run_in_context};
use hearth_primitives::governance::{BudgetView, Maker};
use sp_runtime::DispatchError;

#[test]
fn create_budget_promises_and_moves_nothing() {
    TestExt.execute_with(|| {
        assert_ok!(DaoGovernance::create_budget(Origin::SmallSpender.into(), 1, recurring(UNIT, 3)));
        assert_eq!(events(), [Event::BudgetCreated { budget: 0, maker: Maker::SmallSpender, beneficiary: 1, promised: 3 * UNIT }]);
        let view = BudgetView {
            id: 0,
            maker: Maker::SmallSpender,
            beneficiary: 1,
            promised: 3 * UNIT,
            paid: 0,
            due: 0,
            next: Some(10),
            stopped: None,
        };
        assert_eq!(DaoGovernance::budget_views(), [view]);
        assert_eq!(treasure(), TREASURE);
    });
}

#[test]
fn create_budget_is_limited_by_its_maker() {
    TestExt.execute_with(|| {
        let create = |origin: RuntimeOrigin, amount| DaoGovernance::create_budget(origin, 1, milestones(&[amount]));
        assert_ok!(create(Origin::SmallSpender.into(), SMALL));
        assert_noop!(create(Origin::SmallSpender.into(), SMALL + 1), Error::<Test>::OverLimit);
        assert_ok!(create(Origin::BigSpender.into(), BIG));
        assert_noop!(create(Origin::BigSpender.into(), BIG + 1), Error::<Test>::OverLimit);
        assert_ok!(create(RuntimeOrigin::root(), BIG + 1));
        for origin in [RuntimeOrigin::signed(1), Origin::Emergency.into(), Origin::MarketParams.into()] {
            assert_noop!(create(origin, 1), DispatchError::BadOrigin);
        }
    });
}

#[test]
fn create_budget_in_a_batch_goes_no_further_than_alone() {
    TestExt.execute_with(|| {
        run_in_context(|| {
            let create = |amount| DaoGovernance::create_budget(Origin::SmallSpender.into(), 1, milestones(&[amount]));
            assert_ok!(create(SMALL - UNIT));
            assert_ok!(create(UNIT));
            assert_noop!(create(UNIT), Error::<Test>::OverLimit);
            // Another's limit is its own.
            assert_ok!(DaoGovernance::create_budget(Origin::BigSpender.into(), 1, milestones(&[BIG])));
        });
        run_in_context(|| {
            assert_ok!(DaoGovernance::create_budget(Origin::SmallSpender.into(), 1, milestones(&[SMALL])));
        });
    });
}

#[test]
fn create_budget_refuses_what_is_no_promise() {
    TestExt.execute_with(|| {
        for plan in [recurring(0, 3), recurring(1, 0), milestones(&[]), milestones(&[Balance::MAX, 1])] {
            assert_noop!(DaoGovernance::create_budget(RuntimeOrigin::root(), 1, plan), Error::<Test>::EmptyBudget);
        }
        // A token it must be in all, and nothing for what is over.
        let create = |plan| DaoGovernance::create_budget(RuntimeOrigin::root(), 1, plan);
        for plan in [recurring(UNIT / 3, 3), milestones(&[1, UNIT - 2])] {
            assert_noop!(create(plan), Error::<Test>::BudgetTooSmall);
        }
        assert_ok!(create(milestones(&[1, UNIT - 1])));
        // A plan of block 0 begins now.
        run_to(11);
        assert_ok!(create(Plan::Recurring { instalment: UNIT, count: 3, first: 0, every: 10 }));
        let plan = Budgets::<Test>::get(1).map(|budget| budget.plan);
        assert_eq!(plan, Some(Plan::Recurring { instalment: UNIT, count: 3, first: 11, every: 10 }));
    });
}

#[test]
fn create_budget_is_bounded() {
    TestExt.execute_with(|| {
        for _ in 0..MAX_BUDGETS {
            assert_ok!(DaoGovernance::create_budget(RuntimeOrigin::root(), 1, milestones(&[UNIT])));
        }
        assert_noop!(DaoGovernance::create_budget(RuntimeOrigin::root(), 1, milestones(&[UNIT])), Error::<Test>::TooManyBudgets);
        assert_ok!(DaoGovernance::stop_budget(RuntimeOrigin::root(), 5));
        assert_ok!(DaoGovernance::create_budget(RuntimeOrigin::root(), 1, milestones(&[UNIT])));
        assert_eq!(Budgets::<Test>::count(), MAX_BUDGETS);
    });
}
