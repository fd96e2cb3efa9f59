//! Capability challenges, from their beginning to what they prove.

use crate::{mock::*, CapabilityBenchmark, CurrentChallenge, Error, Event, Jobs, Models, NextJobId, OperatorJobs, Pallet, Refusal};
use hearth_primitives::{
    blob::BlobRef,
    capability,
    jury::JuryStep,
    market::{CancelReason, DeclineReason, DutyStep, JobKind, JobState, MemberOutcome, UnresolvedReason},
    provider::{Capability, ProviderStatus},
    JobId, ProviderId,
};
use std::collections::BTreeMap;

/// Goes on until a challenge begins, and has no other follow; returns its groups' jobs.
fn challenge() -> Vec<JobId> {
    let jobs = begin();
    CapabilityBenchmark::<Test>::kill();
    jobs
}

/// Goes on until a challenge begins; returns its groups' jobs.
fn begin() -> Vec<JobId> {
    CapabilityBenchmark::<Test>::put(benchmark().benchmark);
    for _ in 0..100 * CHALLENGE_PERIOD {
        let first = NextJobId::<Test>::get();
        System::reset_events();
        run_for(1);
        let begun = |record: &frame_system::EventRecord<RuntimeEvent, _>| {
            matches!(record.event, RuntimeEvent::JobMarket(Event::ChallengeBegun { .. }))
        };
        if System::events().iter().any(begun) {
            return (first..NextJobId::<Test>::get()).collect();
        }
    }
    panic!("no challenge began")
}

fn provider(id: ProviderId) -> pallet_provider_registry::ProviderOf<Test> {
    pallet_provider_registry::Providers::<Test>::get(id).unwrap()
}

/// What the last challenge of a provider came to: seats pending, filled, missed.
fn seats(id: ProviderId) -> (u32, u32, u32) {
    let Capability { pending, filled, missed, .. } = provider(id).capability;
    (pending, filled, missed)
}

fn proven() -> Vec<(ProviderId, u128)> {
    Proven::get().into_iter().collect()
}

/// The members commit to and open the same result, but those for whom `fill` says no.
fn answer(jobs: &[JobId], fill: impl Fn(JobId, ProviderId) -> bool) {
    for step in [commit_line, |job, _, result: &_| reveal_line(job, result)] {
        for job in jobs {
            for id in members(*job) {
                if fill(*job, id) && Jobs::<Test>::get(job).is_some_and(|job| !job.state.is_terminal()) {
                    report_ok(id, step(*job, id, &result(id, 0)));
                }
            }
        }
        // Who has not committed by then is absent.
        run_for(MAX_EXEC.into());
    }
}

/// To the end of everything that a challenge began.
fn run_to_the_end(jobs: &[JobId]) {
    for _ in 0..1_000 {
        if jobs.iter().all(|job| Jobs::<Test>::get(job).is_none_or(|job| job.state.is_terminal())) {
            return;
        }
        run_for(1);
    }
    panic!("a challenge never ended")
}

#[test]
fn challenge_asks_each_for_its_free_slots_in_different_groups() {
    TestExt::challenged(&[3, 1, 2]).execute_with(|| {
        let jobs = challenge();
        assert_eq!(jobs.iter().map(|job| members(*job).len()).collect::<Vec<_>>(), [3, 2, 1]);
        let mut asked = BTreeMap::<ProviderId, u32>::new();
        for job in &jobs {
            let view = view(*job);
            assert_eq!(view.kind, JobKind::Challenge { elements: 16, work: WORK });
            assert_eq!((view.customer, view.price, view.held), (Pallet::<Test>::protocol_account(), 0, 0));
            assert_eq!((view.state, view.deadline), (JobState::Computing, Some(System::block_number() + u64::from(MAX_EXEC))));
            view.members.iter().for_each(|member| *asked.entry(member.provider).or_default() += 1);
        }
        assert_eq!(asked, [(0, 3), (1, 1), (2, 2)].into());
        assert_eq!(seats(0), (3, 0, 0));
        // A challenge takes no slot: customers' jobs go on being drawn.
        assert_eq!(provider(0).slots_in_use, 0);
    });
}

#[test]
fn challenge_gives_its_input_by_the_seed() {
    TestExt::challenged(&[1, 1]).execute_with(|| {
        let job = challenge()[0];
        let duty = Pallet::<Test>::duties(&operator(0)).pop().unwrap();
        assert_eq!((duty.job, duty.step, duty.generated), (job, DutyStep::Commit, Some(16)));
        assert_eq!(duty.input, BlobRef::of(&capability::input(duty.seed, 16)));
        assert_eq!(duty.model, benchmark().blob);
    });
}

#[test]
fn challenge_that_agrees_proves_work() {
    TestExt::challenged(&[2, 2, 1]).execute_with(|| {
        let jobs = challenge();
        answer(&jobs, |_, _| true);
        run_to_the_end(&jobs);
        assert_eq!(jobs.iter().map(|job| members(*job).len()).collect::<Vec<_>>(), [3, 2]);
        assert!(jobs.iter().all(|job| state(*job) == JobState::Finalised));
        let work = u128::from(WORK);
        assert_eq!(proven(), [(0, 2 * work), (1, 2 * work), (2, work)]);
        assert_eq!([0, 1, 2].map(seats), [(0, 2, 0), (0, 2, 0), (0, 1, 0)]);
        // A challenge makes the streak longer once, however many seats it has.
        assert_eq!(provider(1).standing.valid_in_a_row, TrustedAfter::get() + 1);
        run_for(ChallengeRetention::get());
        assert!(jobs.iter().all(|job| !Jobs::<Test>::contains_key(job)));
        assert_eq!(OperatorJobs::<Test>::iter().count(), 0);
    });
}

#[test]
fn challenge_missed_takes_a_provider_offline_and_one_passed_brings_it_back() {
    TestExt::challenged(&[1, 1, 1]).execute_with(|| {
        let jobs = challenge();
        answer(&jobs, |_, id| id != 0);
        run_to_the_end(&jobs);
        assert_eq!((provider(0).status, seats(0)), (ProviderStatus::Offline, (0, 0, 1)));
        assert_eq!(proven().len(), 2);
        // Its offer stands, and it is drawn for nothing.
        let job = submit(3, PRICE);
        run_for(DrawDelay::get());
        assert_eq!(state(job), JobState::Cancelled(CancelReason::TooFewProviders));

        let jobs = challenge();
        assert_eq!(provider(0).status, ProviderStatus::Offline);
        answer(&jobs, |_, _| true);
        // The seat is filled; the work is proven when the window is over.
        assert_eq!((provider(0).status, seats(0)), (ProviderStatus::Active, (0, 1, 0)));
        assert_eq!(members(drawn(3)).len(), 3);
    });
}

#[test]
fn challenge_with_a_declined_seat_misses_it_whatever_the_reason() {
    TestExt::challenged(&[1, 1, 1]).execute_with(|| {
        let jobs = challenge();
        report_ok(0, decline_line(jobs[0], DeclineReason::ModelUnavailable));
        answer(&jobs, |_, id| id != 0);
        run_to_the_end(&jobs);
        assert_eq!(provider(0).status, ProviderStatus::Offline);
    });
}

#[test]
fn challenge_partly_missed_reduces_the_claim() {
    TestExt::challenged(&[4, 2, 2]).execute_with(|| {
        let jobs = challenge();
        // One machine: whichever seat it takes first is the only one that it fills in time.
        let first = jobs.iter().copied().find(|job| members(*job).contains(&0)).unwrap();
        answer(&jobs, |job, id| id != 0 || job == first);
        run_to_the_end(&jobs);
        assert_eq!((provider(0).status, provider(0).slots, seats(0)), (ProviderStatus::Active, 1, (0, 1, 3)));
        assert_eq!(Proven::get()[&0], u128::from(WORK));
        assert_eq!((provider(1).slots, provider(2).slots), (2, 2));
    });
}

#[test]
fn challenge_leaves_slots_that_jobs_take() {
    TestExt::challenged(&[4, 1, 1]).execute_with(|| {
        let group = challenge()[0];
        assert_eq!(members(group).len(), 3);
        assert!([drawn(3), drawn(1)].into_iter().all(|job| members(job).contains(&0)));
        assert_eq!(provider(0).slots_in_use, 2);
        commit_all(group, |_| 0);
        reveal_all(group, |_| 0);
        // Three of its seats are missed, and two of its slots are not idle.
        run_for(u64::from(MAX_EXEC) - 2 * DrawDelay::get());
        assert_eq!((seats(0), provider(0).slots), ((0, 1, 3), 2));
    });
}

#[test]
fn challenge_with_dissent_pays_nobody_in_the_group_without_a_jury() {
    TestExt::challenged(&[1, 1, 1]).execute_with(|| {
        let job = challenge()[0];
        commit_all(job, |id| if id == 2 { 1 << 20 } else { 0 });
        reveal_all(job, |id| if id == 2 { 1 << 20 } else { 0 });
        run_for(DrawDelay::get());
        assert_eq!(state(job), JobState::Unresolved(UnresolvedReason::TooFewJurors));
        assert!(proven().is_empty());
        // Nobody can say who was wrong; all were there.
        assert!((0..3).all(|id| provider(id).status == ProviderStatus::Active && seats(id) == (0, 1, 0)));
    });
}

#[test]
fn challenge_with_dissent_is_judged_and_who_was_wrong_has_failed_it() {
    TestExt::challenged(&[1; 12]).execute_with(|| {
        let jobs = challenge();
        let (job, group) = (jobs[0], members(jobs[0]));
        let off = |id| if id == group[0] { 1 << 20 } else { 0 };
        commit_all(job, off);
        reveal_all(job, off);
        run_for(DrawDelay::get());
        let jury = jurors(job);
        assert_eq!((state(job), jury.len()), (JobState::Jury1(JuryStep::Computing), 3));
        assert!(jury.iter().all(|id| !group.contains(id)));
        let before = Proven::get();
        jury.iter().chain(&jury).for_each(|id| work(*id, 0));
        assert_eq!(state(job), JobState::Finalised);
        let gained = |id: &ProviderId| Proven::get().get(id).copied().unwrap_or_default() - before.get(id).copied().unwrap_or_default();
        assert!(group[1..].iter().chain(&jury).all(|id| gained(id) == u128::from(WORK)));
        assert_eq!((gained(&group[0]), provider(group[0]).status), (0, ProviderStatus::Offline));
        assert_eq!(view(job).members[0].outcome, Some(MemberOutcome::Deviant));
    });
}

#[test]
fn challenge_goes_on_without_who_hides_its_result() {
    TestExt::challenged(&[1, 1, 1]).execute_with(|| {
        let job = challenge()[0];
        commit_all(job, |_| 0);
        for id in [0, 1] {
            report_ok(id, reveal_line(job, &result(id, 0)));
        }
        run_for(RevealPeriod::get());
        assert_eq!(state(job), JobState::Accepted);
        run_to_the_end(&[job]);
        assert_eq!(proven().into_iter().map(|(id, _)| id).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(provider(2).status, ProviderStatus::Offline);
        assert_eq!(view(job).members[2].outcome, Some(MemberOutcome::NotRevealed));
    });
}

#[test]
fn challenge_of_one_alone_shows_that_it_is_there_and_earns_nothing() {
    TestExt::challenged(&[1]).execute_with(|| {
        let job = challenge()[0];
        report_ok(0, commit_line(job, 0, &result(0, 0)));
        assert_eq!(state(job), JobState::Cancelled(CancelReason::TooFewCommitments));
        assert_eq!((provider(0).status, seats(0)), (ProviderStatus::Active, (0, 1, 0)));
        assert!(proven().is_empty());
        let job = challenge()[0];
        run_to_the_end(&[job]);
        assert_eq!(provider(0).status, ProviderStatus::Offline);
    });
}

#[test]
fn challenge_where_one_alone_reveals_proves_its_seat_and_earns_nothing() {
    TestExt::challenged(&[1, 1]).execute_with(|| {
        let job = challenge()[0];
        commit_all(job, |_| 0);
        report_ok(1, reveal_line(job, &result(1, 0)));
        run_for(RevealPeriod::get());
        assert_eq!(state(job), JobState::Cancelled(CancelReason::NotRevealed));
        assert_eq!((provider(0).status, provider(1).status), (ProviderStatus::Offline, ProviderStatus::Active));
        assert!(proven().is_empty());
    });
}

#[test]
fn challenge_answered_late_is_missed() {
    TestExt::challenged(&[1, 1, 1]).execute_with(|| {
        let job = challenge()[0];
        for id in [1, 2] {
            report_ok(id, commit_line(job, id, &result(id, 0)));
        }
        run_for(MAX_EXEC.into());
        assert_eq!(refused(0, commit_line(job, 0, &result(0, 0))), Refusal::NotComputing);
        assert_eq!(provider(0).status, ProviderStatus::Offline);
    });
}

#[test]
fn challenge_passes_over_who_is_being_challenged() {
    TestExt::challenged(&[1, 1]).execute_with(|| {
        let first = begin();
        // Nobody answers, and until the deadline nobody is asked again, whatever chance has it.
        run_for(u64::from(MAX_EXEC) - 1);
        assert_eq!(NextJobId::<Test>::get(), first[0] + 1);
    });
}

#[test]
fn challenge_passes_over_busy_slots_and_those_who_left() {
    TestExt::challenged(&[1, 1, 2]).execute_with(|| {
        ProviderRegistry::leave(RuntimeOrigin::signed(owner(0))).unwrap();
        let job = drawn(2);
        assert_eq!(members(job).len(), 2);
        let groups = loop {
            let begun = begin();
            if !begun.is_empty() {
                break begun;
            }
        };
        assert_eq!(groups.len(), 1);
        assert_eq!(members(groups[0]), [2]);
    });
}

#[test]
fn challenge_of_many_goes_on_in_the_next_block() {
    const MANY: u32 = 150;
    TestExt::challenged(&[1; 3]).execute_with(|| {
        for n in 0..MANY {
            <crate::mock::Helper as crate::BenchmarkHelper<_, _>>::provider(n, 1, benchmark().blob.id, 0, 0);
        }
        let first = begin();
        let asked = |jobs: &[JobId]| jobs.iter().map(|job| members(*job).len() as u32).sum::<u32>();
        assert_eq!(asked(&first), (MANY + 3).div_ceil(2));
        let next = NextJobId::<Test>::get();
        run_for(1);
        let second: Vec<_> = (next..NextJobId::<Test>::get()).collect();
        assert_eq!(asked(&first) + asked(&second), MANY + 3);
        assert!(first.iter().chain(&second).all(|job| members(*job).len() >= 6));
        assert_eq!(CurrentChallenge::<Test>::get(), None);
    });
}

#[test]
fn challenge_is_pinned_while_a_provider_unbonds() {
    TestExt::challenged(&[1, 1]).execute_with(|| {
        let job = challenge()[0];
        ProviderRegistry::leave(RuntimeOrigin::signed(owner(0))).unwrap();
        run_for(UnbondingPeriod::get());
        // The job has ended by then; a longer one would have to be waited for.
        assert!(Jobs::<Test>::get(job).is_some_and(|job| job.state.is_terminal()));
        assert_eq!(seats(0), (0, 0, 1));
        assert!(matches!(provider(0).status, ProviderStatus::Leaving(_)));
        ProviderRegistry::withdraw(RuntimeOrigin::signed(owner(0))).unwrap();
    });
}

#[test]
fn challenge_keeps_its_model() {
    TestExt::challenged(&[1, 1]).execute_with(|| {
        let retire = || JobMarket::retire_model(RuntimeOrigin::signed(Pallet::<Test>::protocol_account()), benchmark().blob.id);
        assert_eq!(retire().unwrap_err().error, Error::<Test>::ModelOfChallenges.into());
        CapabilityBenchmark::<Test>::kill();
        run_for(20 * CHALLENGE_PERIOD);
        assert_eq!(NextJobId::<Test>::get(), 0);
        retire().unwrap();
        assert!(!Models::<Test>::contains_key(benchmark().blob.id));
    });
}
