//! `release_brake`.

use crate::{mock::*, Error, Event, Origin};
use frame_support::{assert_noop, assert_ok};
use hearth_primitives::governance::{Brake, Pause};
use sp_runtime::DispatchError;

#[test]
fn release_brake_ends_that_pause() {
    TestExt.execute_with(|| {
        for pause in [Pause::NewJobs, Pause::Slashing] {
            assert_ok!(DaoGovernance::pull_brake(Origin::Emergency.into(), pause, 5));
        }
        assert_ok!(DaoGovernance::release_brake(Origin::Emergency.into(), Pause::NewJobs));
        assert_eq!(events().last(), Some(&Event::BrakeReleased { pause: Pause::NewJobs }));
        assert!(!DaoGovernance::pauses_jobs(Default::default()) && DaoGovernance::pauses_slashing());
        assert_noop!(DaoGovernance::release_brake(RuntimeOrigin::root(), Pause::NewJobs), Error::<Test>::NotPaused);
        assert_noop!(DaoGovernance::release_brake(RuntimeOrigin::signed(1), Pause::Slashing), DispatchError::BadOrigin);
        assert_ok!(DaoGovernance::release_brake(RuntimeOrigin::root(), Pause::Slashing));
    });
}

#[test]
fn release_brake_begins_the_rest() {
    TestExt.execute_with(|| {
        let pull = || DaoGovernance::pull_brake(Origin::Emergency.into(), Pause::Slashing, MAX_PAUSE);
        assert_ok!(pull());
        run_to(3);
        assert_ok!(DaoGovernance::release_brake(Origin::Emergency.into(), Pause::Slashing));
        assert_noop!(pull(), Error::<Test>::PausedLately);
        run_to(2 + MAX_PAUSE);
        assert_noop!(pull(), Error::<Test>::PausedLately);
        run_to(3 + MAX_PAUSE);
        assert_ok!(pull());
        // It was told once that it was released.
        assert_eq!(events().iter().filter(|event| matches!(event, Event::BrakeReleased { .. })).count(), 1);
    });
}
