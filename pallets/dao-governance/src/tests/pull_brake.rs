//! `pull_brake`.

use crate::{mock::*, Error, Event, Origin, Pauses, MAX_PAUSES};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use hearth_primitives::{
    governance::{Brake, Pause, PauseView},
    ModelId,
};
use sp_runtime::DispatchError;

const MODEL: ModelId = ModelId::repeat_byte(1);
const OTHER: ModelId = ModelId::repeat_byte(2);

fn pull(pause: Pause, blocks: BlockNumber) -> DispatchResult {
    DaoGovernance::pull_brake(Origin::Emergency.into(), pause, blocks)
}

/// Whether jobs of the one and of the other model are paused, and slashing.
fn paused() -> [bool; 3] {
    [DaoGovernance::pauses_jobs(MODEL), DaoGovernance::pauses_jobs(OTHER), DaoGovernance::pauses_slashing()]
}

#[test]
fn pull_brake_pauses_what_it_says_and_ends_by_itself() {
    for (pause, expected) in
        [(Pause::NewJobs, [true, true, false]), (Pause::Model(MODEL), [true, false, false]), (Pause::Slashing, [false, false, true])]
    {
        TestExt.execute_with(|| {
            assert_eq!(paused(), [false; 3]);
            assert_ok!(pull(pause, 5));
            assert_eq!((paused(), events()), (expected, vec![Event::BrakePulled { pause, until: 6 }]));
            assert_eq!(DaoGovernance::pause_views(), [PauseView { pause, until: 6 }]);
            run_to(5);
            assert_eq!(paused(), expected);
            // Whatever comes first in the block: the pause is over.
            System::set_block_number(6);
            assert_eq!(paused(), [false; 3]);
            System::set_block_number(5);
            run_to(6);
            assert_eq!((paused(), events().last()), ([false; 3], Some(&Event::BrakeReleased { pause })));
            assert_eq!(DaoGovernance::pause_views(), []);
            // Once it has rested nothing of it is left, and nothing more was told.
            run_to(6 + MAX_PAUSE);
            assert_eq!((Pauses::<Test>::get().len(), events().len()), (0, 2));
        });
    }
}

#[test]
fn pull_brake_anew_is_roots_alone_until_it_has_rested() {
    TestExt.execute_with(|| {
        let pull_by_root = |blocks| DaoGovernance::pull_brake(RuntimeOrigin::root(), Pause::Slashing, blocks);
        assert_ok!(pull(Pause::Slashing, 5));
        assert_noop!(pull(Pause::Slashing, 5), Error::<Test>::PausedLately);
        run_to(4);
        assert_ok!(pull_by_root(5));
        assert_eq!(DaoGovernance::pause_views(), [PauseView { pause: Pause::Slashing, until: 9 }]);
        assert_ok!(pull_by_root(1));
        assert_eq!(DaoGovernance::pause_views(), [PauseView { pause: Pause::Slashing, until: 5 }]);
        // Others are not concerned.
        assert_ok!(pull(Pause::NewJobs, 5));
        run_to(4 + MAX_PAUSE);
        assert_eq!(paused(), [false; 3]);
        assert_noop!(pull(Pause::Slashing, 1), Error::<Test>::PausedLately);
        run_to(5 + MAX_PAUSE);
        assert_ok!(pull(Pause::Slashing, MAX_PAUSE));
    });
}

#[test]
fn pull_brake_is_bounded_in_time_and_number() {
    TestExt.execute_with(|| {
        for blocks in [0, MAX_PAUSE + 1, BlockNumber::MAX] {
            assert_noop!(pull(Pause::NewJobs, blocks), Error::<Test>::BadPause);
        }
        for model in 0..MAX_PAUSES {
            assert_ok!(pull(Pause::Model(ModelId::repeat_byte(model as u8)), MAX_PAUSE));
        }
        assert_noop!(pull(Pause::NewJobs, 1), Error::<Test>::TooManyPauses);
        assert_ok!(DaoGovernance::pull_brake(RuntimeOrigin::root(), Pause::Model(MODEL), 1));
    });
}

#[test]
fn pull_brake_is_for_emergencies() {
    TestExt.execute_with(|| {
        for origin in [RuntimeOrigin::signed(1), Origin::MarketParams.into(), Origin::ModelCurator.into()] {
            assert_noop!(DaoGovernance::pull_brake(origin, Pause::NewJobs, 1), DispatchError::BadOrigin);
        }
        assert_ok!(DaoGovernance::pull_brake(RuntimeOrigin::root(), Pause::NewJobs, 1));
    });
}
