//! `set_parameter`.

use super::ORIGINS;
use crate::{mock::*, Changes, Error, Event, Origin, MAX_CHANGES};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResultWithPostInfo};
use sp_runtime::DispatchError;

fn set(origin: impl Into<RuntimeOrigin>, key_value: RuntimeParameters) -> DispatchResultWithPostInfo {
    DaoGovernance::set_parameter(origin.into(), key_value)
}

#[test]
fn set_parameter_names_the_old_and_the_new_value() {
    TestExt.execute_with(|| {
        assert_ok!(set(RuntimeOrigin::root(), fee(7)));
        assert_eq!(number(&fee_key()), 7);
        assert_eq!(events(), [Event::ParameterSet { key: fee_key(), old: fee_value(5), new: fee_value(7) }]);
        assert_ok!(set(RuntimeOrigin::root(), first_fee()));
        assert_eq!(events().last(), Some(&Event::ParameterSet { key: fee_key(), old: fee_value(7), new: fee_value(5) }));
        assert_eq!(pallet_parameters::Parameters::<Test>::iter().count(), 0);
    });
}

#[test]
fn set_parameter_outside_of_the_bound_changes_nothing() {
    TestExt.execute_with(|| {
        for value in [0, 21, u32::MAX] {
            assert_noop!(set(RuntimeOrigin::root(), fee(value)), Error::<Test>::OutOfBounds);
        }
        for value in [1, 20] {
            assert_ok!(set(RuntimeOrigin::root(), fee(value)));
        }
    });
}

#[test]
fn set_parameter_against_the_others_changes_nothing() {
    TestExt.execute_with(|| {
        assert_noop!(set(RuntimeOrigin::root(), floor(6)), Error::<Test>::Unsound);
        assert_ok!(set(RuntimeOrigin::root(), fee(6)));
        assert_ok!(set(RuntimeOrigin::root(), floor(6)));
        assert_noop!(set(RuntimeOrigin::root(), first_fee()), Error::<Test>::Unsound);
    });
}

#[test]
fn set_parameter_mends_numbers_that_contradict_each_other() {
    TestExt.execute_with(|| {
        // As another runtime could leave them: the floor far above the fee.
        pallet_parameters::Parameters::<Test>::insert(floor_key(), RuntimeParametersValue::Market(market::ParametersValue::Floor(12)));
        assert_ok!(set(RuntimeOrigin::root(), fee(8)));
        assert_ok!(set(RuntimeOrigin::root(), rate(81)));
        assert_noop!(set(RuntimeOrigin::root(), fee(21)), Error::<Test>::OutOfBounds);
        assert_ok!(set(RuntimeOrigin::root(), floor(8)));
        // From here on they stay sound.
        assert_noop!(set(RuntimeOrigin::root(), fee(7)), Error::<Test>::Unsound);
    });
}

#[test]
fn set_parameter_of_the_guardian_waits_for_the_house() {
    TestExt.execute_with(|| {
        assert_ok!(set(Origin::MarketParams, fee(6)));
        assert_eq!(events(), [Event::ChangeOpened { change: 0, key_value: fee(6), until: 1 + WINDOW }]);
        run_to(WINDOW);
        assert_eq!((number(&fee_key()), Changes::<Test>::get().len()), (5, 1));
        run_to(1 + WINDOW);
        assert_eq!((number(&fee_key()), Changes::<Test>::get().len()), (6, 0));
        let set = Event::ParameterSet { key: fee_key(), old: fee_value(5), new: fee_value(6) };
        assert_eq!(events()[1..], [set, Event::ChangeEnacted { change: 0 }]);
    });
}

#[test]
fn set_parameter_of_the_guardian_fails_at_once_outside_of_the_rails() {
    TestExt.execute_with(|| {
        assert_noop!(set(Origin::MarketParams, fee(21)), Error::<Test>::OutOfBounds);
        assert_noop!(set(Origin::MarketParams, floor(6)), Error::<Test>::Unsound);
    });
}

#[test]
fn set_parameter_fails_in_the_end_if_the_rails_have_moved() {
    TestExt.execute_with(|| {
        assert_ok!(set(Origin::MarketParams, fee(4)));
        assert_ok!(set(Origin::MarketParams, fee(2)));
        assert_ok!(set(RuntimeOrigin::root(), floor(3)));
        run_to(1 + WINDOW);
        assert_eq!(number(&fee_key()), 4);
        let failed = Event::ChangeFailed { change: 1, error: Error::<Test>::Unsound.into() };
        assert_eq!(events().last(), Some(&failed));
    });
}

#[test]
fn set_parameter_opens_a_bounded_number_of_changes() {
    TestExt.execute_with(|| {
        for _ in 0..MAX_CHANGES {
            assert_ok!(set(Origin::EmissionParams, rate(81)));
        }
        assert_noop!(set(Origin::EmissionParams, rate(81)), Error::<Test>::TooManyChanges);
        run_to(1 + WINDOW);
        assert_ok!(set(Origin::EmissionParams, rate(82)));
    });
}

#[test]
fn set_parameter_is_the_guardians() {
    TestExt.execute_with(|| {
        assert_ok!(set(Origin::MarketParams, fee(6)));
        assert_ok!(set(Origin::EmissionParams, rate(81)));
        let strangers: [(RuntimeOrigin, RuntimeParameters); 5] = [
            (Origin::MarketParams.into(), rate(82)),
            (Origin::EmissionParams.into(), fee(7)),
            (Origin::MarketParams.into(), limit(1)),
            (Origin::Emergency.into(), fee(7)),
            (RuntimeOrigin::signed(1), fee(7)),
        ];
        for (origin, key_value) in strangers {
            assert_noop!(set(origin, key_value), DispatchError::BadOrigin);
        }
        assert_ok!(set(RuntimeOrigin::root(), limit(1)));
    });
}

#[test]
fn set_parameter_has_no_way_around() {
    TestExt.execute_with(|| {
        let around = |origin: RuntimeOrigin| Parameters::set_parameter(origin, fee(0));
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::signed(1), RuntimeOrigin::none()] {
            assert_noop!(around(origin), DispatchError::BadOrigin);
        }
        for origin in ORIGINS {
            assert_noop!(around(origin.into()), DispatchError::BadOrigin);
        }
    });
}
