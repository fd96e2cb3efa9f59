//! Reports: commit, reveal, decline, and everything that must not work.

use crate::{mock::*, Error, Refusal::*, Rounds, REPLICAS};
use frame_support::{assert_noop, dispatch::Pays};
use hearth_primitives::{
    blob::BlobRef,
    market::{CancelReason, DeclineReason, JobState, MemberOutcome, Report, UnresolvedReason},
};

#[test]
fn report_commits_close_when_all_are_in() {
    TestExt::market(3).execute_with(|| {
        let job = drawn(2);
        let [a, b] = members(job)[..] else { panic!() };
        report_ok(a, commit_line(job, a, &result(a, 0)));
        assert_eq!(state(job), JobState::Computing);
        report_ok(b, commit_line(job, b, &result(b, 1)));
        let now = System::block_number();
        assert_eq!((state(job), view(job).deadline), (JobState::Revealing, Some(now + 20)));
        report_ok(b, reveal_line(job, &result(b, 1)));
        run_for(4);
        report_ok(a, reveal_line(job, &result(a, 0)));
        let view = view(job);
        assert_eq!((view.state, view.deadline), (JobState::Accepted, Some(now + 204)));
        assert_eq!(view.revealed_at, Some(now + 4));
        assert_eq!(view.max_distance.map(|d| (d.hidden, d.output)), Some((16, 16)));
    });
}

#[test]
fn report_of_a_copied_commitment_does_not_open() {
    TestExt::market(2).execute_with(|| {
        let job = drawn(2);
        let [honest, thief] = members(job)[..] else { panic!() };
        let stolen = commit_line(job, honest, &result(honest, 0));
        report_ok(honest, stolen.clone());
        report_ok(thief, stolen);
        let opening = reveal_line(job, &result(honest, 0));
        report_ok(honest, opening.clone());
        // The very same opening, now that it is public.
        assert_eq!(refused(thief, opening), DoesNotOpen);
        run_for(20 + DrawDelay::get());
        // Nobody is left who could judge the honest one.
        assert_eq!(state(job), JobState::Unresolved(UnresolvedReason::TooFewJurors));
        let outcome = |p| view(job).members.iter().find(|m| m.provider == p).map(|m| (m.outcome, m.paid));
        assert_eq!(outcome(honest), Some((Some(MemberOutcome::Undecided), PRICE / 2)));
        assert_eq!(outcome(thief), Some((Some(MemberOutcome::NotRevealed), 0)));
    });
}

#[test]
fn report_of_a_commitment_from_another_job_does_not_open() {
    TestExt::market(1).execute_with(|| {
        let (first, second) = (submit(1, PRICE), submit(1, PRICE));
        run_for(3);
        let replayed = match commit_line(first, 0, &result(0, 0)) {
            Report::Commit { commitment, .. } => Report::Commit { job: second, tier: REPLICAS, commitment },
            other => panic!("{other:?}"),
        };
        report_ok(0, replayed);
        assert_eq!(refused(0, reveal_line(second, &result(0, 0))), DoesNotOpen);
    });
}

#[test]
fn report_must_open_what_was_committed() {
    TestExt::market(1).execute_with(|| {
        let job = drawn(1);
        let committed = result(0, 0);
        report_ok(0, commit_line(job, 0, &committed));
        let mut other = committed.clone();
        other.digest.hidden[3] += 1;
        assert_eq!(refused(0, reveal_line(job, &other)), DoesNotOpen);
        other = committed.clone();
        other.output.id = blob(3).id;
        assert_eq!(refused(0, reveal_line(job, &other)), DoesNotOpen);
        other = committed.clone();
        other.salt[0] ^= 1;
        assert_eq!(refused(0, reveal_line(job, &other)), DoesNotOpen);
        for len in [0, MAX_LEN + 1] {
            other = committed.clone();
            other.output = BlobRef { len, ..committed.output };
            assert_eq!(refused(0, reveal_line(job, &other)), OutputLength);
        }
        report_ok(0, reveal_line(job, &committed));
        assert!(JobMarket::blobs_referenced(&[committed.output.id])[0]);
    });
}

#[test]
fn report_refuses_early_late_and_doubled_lines() {
    TestExt::market(3).execute_with(|| {
        let job = submit(2, PRICE);
        assert_eq!(refused(0, commit_line(job, 0, &result(0, 0))), NotMember);
        run_for(3);
        let [a, b] = members(job)[..] else { panic!() };
        let outsider = (0..3).find(|p| ![a, b].contains(p)).unwrap();
        let (commit, reveal) = (commit_line(job, a, &result(a, 0)), reveal_line(job, &result(a, 0)));

        assert_eq!(refused(a, reveal.clone()), NotRevealing);
        assert_eq!(refused(outsider, commit.clone()), NotMember);
        report_ok(a, commit.clone());
        assert_eq!(refused(a, commit.clone()), AlreadyCommitted);
        assert_eq!(refused(a, decline_line(job, DeclineReason::WorkerFailed)), AlreadyCommitted);
        // Not before the other has committed too: who sees a result first could claim it.
        assert_eq!(refused(a, reveal.clone()), NotRevealing);
        report_ok(b, commit_line(job, b, &result(b, 0)));
        assert_eq!(refused(a, commit.clone()), NotComputing);
        report_ok(a, reveal.clone());
        assert_eq!(refused(a, reveal.clone()), AlreadyRevealed);
        assert_eq!(refused(a, decline_line(job, DeclineReason::WorkerFailed)), NotComputing);
        report_ok(b, reveal_line(job, &result(b, 0)));
        assert_eq!(refused(a, reveal), NotRevealing);
    });
}

#[test]
fn report_refuses_wrong_tiers_and_unknown_jobs() {
    TestExt::market(1).execute_with(|| {
        let job = drawn(1);
        assert_eq!(refused(0, Report::Decline { job, tier: 1, reason: DeclineReason::WorkerFailed }), WrongTier);
        assert_eq!(refused(0, decline_line(job + 1, DeclineReason::WorkerFailed)), UnknownJob);
        assert_noop!(report(0, vec![]), Error::<Test>::NoReports);
    });
}

#[test]
fn report_lines_stand_for_themselves() {
    TestExt::market(1).execute_with(|| {
        let (a, b) = (submit(1, PRICE), submit(1, PRICE));
        run_for(3);
        let lines = vec![
            commit_line(a, 0, &result(0, 0)),
            commit_line(99, 0, &result(0, 0)),
            reveal_line(a, &result(0, 0)),
            commit_line(b, 0, &result(0, 0)),
        ];
        let info = report(0, lines).unwrap();
        assert_eq!(info.pays_fee, Pays::Yes);
        assert_eq!((state(a), state(b)), (JobState::Accepted, JobState::Revealing));
    });
}

#[test]
fn report_weighs_what_it_did() {
    TestExt::market(1).execute_with(|| {
        let (first, second) = (submit(1, PRICE), submit(1, PRICE));
        run_for(DrawDelay::get());
        let cheap = report(0, vec![commit_line(first, 0, &result(0, 0))]).unwrap().actual_weight.unwrap();
        assert!(cheap.all_lt(JobMarket::report_weight(1)));
        // A line that ends the job weighs more, and no more than was charged.
        let dear = report(0, vec![decline_line(second, DeclineReason::InputInvalid)]).unwrap().actual_weight.unwrap();
        assert!(state(second).is_terminal());
        assert!(cheap.all_lt(dear) && dear.all_lte(JobMarket::report_weight(1)));
    });
}

#[test]
fn report_by_the_operator_of_the_draw_counts_after_a_rotation() {
    TestExt::market(1).execute_with(|| {
        let job = drawn(1);
        set_operator(0, AccountId::new([77; 32])).unwrap();
        assert_eq!(JobMarket::duties(&AccountId::new([77; 32])), vec![]);
        report_ok(0, commit_line(job, 0, &result(0, 0)));
        report_ok(0, reveal_line(job, &result(0, 0)));
        assert_eq!(state(job), JobState::Accepted);
    });
}

#[test]
fn decline_frees_the_slot_and_the_job_goes_on_with_enough() {
    TestExt::market(3).execute_with(|| {
        let job = drawn(3);
        let [a, b, c] = members(job)[..] else { panic!() };
        report_ok(b, decline_line(job, DeclineReason::WorkerFailed));
        let freed = pallet_provider_registry::Providers::<Test>::get(b).unwrap();
        assert_eq!((freed.slots_in_use, freed.locked), (0, 0));
        assert_eq!(refused(b, commit_line(job, b, &result(b, 0))), NotMember);
        report_ok(a, commit_line(job, a, &result(a, 0)));
        report_ok(c, commit_line(job, c, &result(c, 0)));
        assert_eq!(state(job), JobState::Revealing);
    });
}

#[test]
fn decline_by_all_for_the_jobs_fault_cancels_at_once() {
    TestExt::market(2).execute_with(|| {
        let job = drawn(2);
        let [a, b] = members(job)[..] else { panic!() };
        // In whatever order they answer, the reason is that of the last in the order of the draw.
        report_ok(b, decline_line(job, DeclineReason::UnsupportedOperator));
        report_ok(a, decline_line(job, DeclineReason::ModelInvalid));
        let view = view(job);
        assert_eq!(view.state, JobState::Cancelled(CancelReason::Declined(DeclineReason::UnsupportedOperator)));
        assert_eq!((view.refunded, view.fee, view.held, held(&CUSTOMER)), (21 * UNIT, 0, 0, 0));
        assert_eq!(view.members[0].outcome, Some(MemberOutcome::Declined(DeclineReason::ModelInvalid)));
    });
}

#[test]
fn decline_for_a_providers_fault_is_replaced_once() {
    TestExt::market(2).execute_with(|| {
        let job = drawn(1);
        let first = members(job)[0];
        let seed = Rounds::<Test>::get(job, REPLICAS).unwrap().seed;
        report_ok(first, decline_line(job, DeclineReason::WorkerFailed));
        assert_eq!((state(job), view(job).deadline), (JobState::Computing, Some(System::block_number() + 3)));
        run_for(3);
        let second = members(job)[1];
        assert_ne!(first, second);
        assert_eq!(Rounds::<Test>::get(job, REPLICAS).unwrap().seed, seed);
        assert_eq!(view(job).deadline, Some(System::block_number() + u64::from(MAX_EXEC)));
        report_ok(second, decline_line(job, DeclineReason::ModelUnavailable));
        assert_eq!(state(job), JobState::Cancelled(CancelReason::Declined(DeclineReason::ModelUnavailable)));
    });
}
