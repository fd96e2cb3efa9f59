//! `reach_milestone`.

use crate::{mock::*, Error, Event, Origin};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn reach_milestone_makes_the_next_amount_due() {
    TestExt.execute_with(|| {
        assert_ok!(DaoGovernance::create_budget(Origin::BigSpender.into(), 1, milestones(&[5 * UNIT, 7 * UNIT])));
        assert_ok!(DaoGovernance::reach_milestone(Origin::BigSpender.into(), 0));
        assert_eq!(events().last(), Some(&Event::MilestoneReached { budget: 0 }));
        assert_eq!(DaoGovernance::budget_views()[0].due, 5 * UNIT);
        assert_ok!(DaoGovernance::reach_milestone(RuntimeOrigin::root(), 0));
        assert_eq!(DaoGovernance::budget_views()[0].due, 12 * UNIT);
        assert_noop!(DaoGovernance::reach_milestone(Origin::BigSpender.into(), 0), Error::<Test>::NoMilestone);
    });
}

#[test]
fn reach_milestone_is_for_the_maker_and_for_what_has_some() {
    TestExt.execute_with(|| {
        assert_ok!(DaoGovernance::create_budget(Origin::BigSpender.into(), 1, milestones(&[5 * UNIT, 7 * UNIT])));
        assert_ok!(DaoGovernance::create_budget(Origin::BigSpender.into(), 1, recurring(UNIT, 7)));
        for origin in [Origin::SmallSpender.into(), RuntimeOrigin::signed(1), Origin::Emergency.into()] {
            assert_noop!(DaoGovernance::reach_milestone(origin, 0), DispatchError::BadOrigin);
        }
        assert_noop!(DaoGovernance::reach_milestone(Origin::BigSpender.into(), 1), Error::<Test>::NoMilestone);
        assert_noop!(DaoGovernance::reach_milestone(Origin::BigSpender.into(), 2), Error::<Test>::UnknownBudget);
        assert_ok!(DaoGovernance::stop_budget(Origin::BigSpender.into(), 1));
        assert_ok!(DaoGovernance::reach_milestone(Origin::BigSpender.into(), 0));
        assert_ok!(DaoGovernance::stop_budget(Origin::BigSpender.into(), 0));
        assert_noop!(DaoGovernance::reach_milestone(Origin::BigSpender.into(), 0), Error::<Test>::Stopped);
    });
}
