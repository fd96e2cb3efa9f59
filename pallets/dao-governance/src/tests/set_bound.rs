//! `set_bound`.

use crate::{mock::*, Bounds, Error, Event, Origin};
use frame_support::{assert_noop, assert_ok};
use hearth_primitives::governance::Bound;
use sp_runtime::DispatchError;

const WIDE: Bound = Bound { least: 0, most: 1_000 };

#[test]
fn set_bound_lets_a_parameter_go_further() {
    TestExt.execute_with(|| {
        assert_noop!(DaoGovernance::set_parameter(RuntimeOrigin::root(), fee(30)), Error::<Test>::OutOfBounds);
        assert_ok!(DaoGovernance::set_bound(RuntimeOrigin::root(), fee_key(), WIDE));
        assert_eq!(events(), [Event::BoundSet { key: fee_key(), old: Bound { least: 1, most: 20 }, new: WIDE }]);
        assert_ok!(DaoGovernance::set_parameter(RuntimeOrigin::root(), fee(30)));
        // No other parameter's.
        assert_noop!(DaoGovernance::set_parameter(RuntimeOrigin::root(), floor(21)), Error::<Test>::OutOfBounds);
    });
}

#[test]
fn set_bound_back_leaves_nothing() {
    TestExt.execute_with(|| {
        assert_ok!(DaoGovernance::set_bound(RuntimeOrigin::root(), fee_key(), WIDE));
        assert_ok!(DaoGovernance::set_bound(RuntimeOrigin::root(), fee_key(), Bound { least: 1, most: 20 }));
        assert_eq!(Bounds::<Test>::iter().count(), 0);
    });
}

#[test]
fn set_bound_does_not_leave_the_value_outside() {
    TestExt.execute_with(|| {
        for bound in [Bound { least: 6, most: 20 }, Bound { least: 0, most: 4 }, Bound { least: 20, most: 1 }] {
            assert_noop!(DaoGovernance::set_bound(RuntimeOrigin::root(), fee_key(), bound), Error::<Test>::BadBound);
        }
        assert_ok!(DaoGovernance::set_bound(RuntimeOrigin::root(), fee_key(), Bound { least: 5, most: 5 }));
    });
}

#[test]
fn set_bound_is_roots_alone() {
    TestExt.execute_with(|| {
        for origin in [RuntimeOrigin::signed(1), Origin::MarketParams.into(), Origin::Emergency.into()] {
            assert_noop!(DaoGovernance::set_bound(origin, fee_key(), WIDE), DispatchError::BadOrigin);
        }
    });
}
