//! Poking: anybody serves a job that the agenda has not come to, with the same result.

use crate::{mock::*, Error};
use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use hearth_primitives::market::{CancelReason, JobState};

fn poke(job: u64) -> sp_runtime::DispatchResultWithInfo<frame_support::dispatch::PostDispatchInfo> {
    JobMarket::poke(RuntimeOrigin::signed(OTHER), job)
}

#[test]
fn poke_does_nothing_before_the_deadline() {
    TestExt::market(2).execute_with(|| {
        let job = submit(2, PRICE);
        assert_noop!(poke(job), Error::<Test>::NothingDue);
        run_for(3);
        // The agenda was faster.
        assert_noop!(poke(job), Error::<Test>::NothingDue);
        assert_noop!(poke(job + 1), Error::<Test>::UnknownJob);
    });
}

#[test]
fn poke_is_free_and_does_what_the_agenda_would() {
    TestExt::market(2).execute_with(|| {
        let job = submit(2, PRICE);
        run_full_blocks(3);
        assert_eq!(state(job), JobState::Submitted);
        let info = poke(job).unwrap();
        assert_eq!(info.pays_fee, Pays::No);
        assert!(info.actual_weight.unwrap().all_lte(JobMarket::poke_weight()));
        assert_eq!(state(job), JobState::Computing);
    });
}

#[test]
fn poke_applies_every_transition_at_its_own_deadline() {
    let late_by = |blocks: u64, poked: bool| {
        let mut ext = TestExt::market(2).build();
        ext.execute_with(|| {
            let job = drawn(2);
            commit_all(job, |_| 0);
            reveal_line(job, &result(members(job)[0], 0));
            report_ok(members(job)[0], reveal_line(job, &result(members(job)[0], 0)));
            let start = System::block_number();
            run_full_blocks(blocks);
            if poked {
                assert_ok!(poke(job));
            } else {
                run_for(1);
            }
            check();
            run_to(start + 20 + RETENTION);
            (view(job), total(&CUSTOMER), total(&owner(0)), total(&owner(1)))
        })
    };
    let on_time = late_by(19, false);
    for (blocks, poked) in [(20, false), (20, true), (33, true), (60, false)] {
        assert_eq!(late_by(blocks, poked), on_time, "served {blocks} blocks late");
    }
}

#[test]
fn poke_long_after_the_end_prunes() {
    TestExt::market(2).execute_with(|| {
        let job = accepted(2);
        run_full_blocks(200 + RETENTION);
        assert_ok!(poke(job));
        assert_eq!(JobMarket::job(job), None);
        assert_noop!(poke(job), Error::<Test>::UnknownJob);
        assert_eq!(held(&CUSTOMER), 0);
    });
}

#[test]
fn poke_of_a_draw_whose_randomness_is_gone_draws_again() {
    TestExt::market(2).execute_with(|| {
        let job = submit(2, PRICE);
        let due = view(job).deadline.unwrap();
        run_full_blocks(3 + 255);
        // The last block in which the draw could be made.
        assert!(JobMarket::ring_entry(due - 1).is_some());
        run_full_blocks(1);
        assert!(JobMarket::ring_entry(due - 1).is_none());
        assert_ok!(poke(job));
        assert_eq!((state(job), view(job).deadline), (JobState::Submitted, Some(System::block_number() + 3)));
        // By randomness that nobody knew.
        assert_noop!(poke(job), Error::<Test>::NothingDue);
        run_for(3);
        assert_eq!(state(job), JobState::Computing);
        assert_eq!(crate::Jobs::<Test>::get(job).unwrap().tries, 0);
    });
}

#[test]
fn poke_of_a_draw_that_comes_too_late_every_time_cancels() {
    TestExt::market(2).execute_with(|| {
        let job = submit(2, PRICE);
        for _ in 0..crate::MAX_TRIES {
            run_full_blocks(3 + 256);
            assert_ok!(poke(job));
            assert_eq!(state(job), JobState::Submitted);
        }
        run_full_blocks(3 + 256);
        assert_ok!(poke(job));
        let view = view(job);
        assert_eq!(view.state, JobState::Cancelled(CancelReason::DrawExpired));
        assert_eq!((view.ended_at, view.refunded), (Some(System::block_number()), 21 * UNIT));
    });
}

#[test]
fn poke_draws_the_same_as_the_agenda() {
    let drawn_by = |blocks: u64, poked: bool| {
        let mut ext = TestExt::market(9).build();
        ext.execute_with(|| {
            let job = submit(3, PRICE);
            if poked {
                run_full_blocks(blocks);
                assert_ok!(poke(job));
            } else {
                run_for(blocks);
            }
            (members(job), crate::Rounds::<Test>::get(job, 0).unwrap().seed)
        })
    };
    assert_eq!(drawn_by(3, false), drawn_by(3, true));
    assert_eq!(drawn_by(3, false), drawn_by(100, true));
}
