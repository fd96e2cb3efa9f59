//! The ends of a job, and where the money goes at each.

use crate::{mock::*, Event};
use frame_support::{assert_ok, traits::fungible::MutateFreeze};
use hearth_primitives::{
    jury::JuryStep,
    market::{CancelReason, DeclineReason, JobState, MemberOutcome, UnresolvedReason},
    ProviderId,
};

fn standing(provider: ProviderId) -> (u32, u32) {
    let provider = pallet_provider_registry::Providers::<Test>::get(provider).unwrap();
    assert_eq!((provider.slots_in_use, provider.locked), (0, 0));
    (provider.standing.valid, provider.standing.missed)
}

/// What an account has gained since it had `before`.
fn gain(who: &AccountId, before: Balance) -> i128 {
    total(who) as i128 - before as i128
}

#[test]
fn finalised_pays_members_and_fee() {
    TestExt::market(2).execute_with(|| {
        let issuance = Balances::total_issuance();
        let before = [CUSTOMER, owner(0), owner(1), TREASURY, AUTHOR].map(|who| total(&who));
        let job = accepted(2);
        run_for(199);
        assert_eq!((state(job), held(&CUSTOMER)), (JobState::Accepted, 21 * UNIT));
        run_for(1);
        let view = view(job);
        assert_eq!((view.state, view.ended_at), (JobState::Finalised, Some(System::block_number())));
        assert_eq!((view.held, view.fee, view.refunded, held(&CUSTOMER)), (0, UNIT, 0, 0));
        assert!(view.members.iter().all(|m| (m.outcome, m.paid) == (Some(MemberOutcome::Valid), PRICE)));
        let after = [CUSTOMER, owner(0), owner(1), TREASURY, AUTHOR];
        let gains: Vec<_> = after.iter().zip(before).map(|(who, before)| gain(who, before)).collect();
        let unit = UNIT as i128;
        assert_eq!(gains, [-21 * unit, 10 * unit, 10 * unit, 300, 200]);
        assert_eq!((issuance - Balances::total_issuance(), Burned::get()), (500, 500));
        assert_eq!(standing(0), (4, 0));
    });
}

#[test]
fn finalised_refunds_absent_shares() {
    TestExt::market(3).execute_with(|| {
        let before = total(&CUSTOMER);
        let job = drawn(3);
        let [a, b, absent] = members(job)[..] else { panic!() };
        for p in [a, b] {
            report_ok(p, commit_line(job, p, &result(p, 0)));
        }
        run_for(u64::from(MAX_EXEC));
        assert_eq!(standing(absent), (3, 1));
        // Nobody is left for the redraw: it goes on with two.
        run_for(3);
        assert_eq!(state(job), JobState::Revealing);
        for p in [a, b] {
            report_ok(p, reveal_line(job, &result(p, 0)));
        }
        run_for(200);
        let view = view(job);
        assert_eq!((view.state, view.refunded, view.fee), (JobState::Finalised, PRICE, PRICE * 3 / 20));
        assert_eq!(view.members[2].outcome, Some(MemberOutcome::Absent));
        assert_eq!(gain(&CUSTOMER, before), -(2 * PRICE as i128) - (PRICE * 3 / 20) as i128);
    });
}

#[test]
fn absent_members_are_replaced_once_under_the_same_seed() {
    TestExt::market(6).execute_with(|| {
        let job = drawn(3);
        let first = members(job);
        report_ok(first[0], commit_line(job, first[0], &result(first[0], 0)));
        let missed = view(job).deadline.unwrap();
        run_to(missed);
        assert_eq!((state(job), view(job).deadline), (JobState::Computing, Some(missed + 3)));
        run_for(3);
        let all = members(job);
        assert_eq!((all.len(), &all[..3]), (5, &first[..]));
        assert_eq!(view(job).deadline, Some(missed + 3 + u64::from(MAX_EXEC)));
        for p in &all[3..] {
            report_ok(*p, commit_line(job, *p, &result(*p, 0)));
        }
        assert_eq!(state(job), JobState::Revealing);
        for p in [first[0], all[3], all[4]] {
            report_ok(p, reveal_line(job, &result(p, 0)));
        }
        run_for(200);
        let paid: Vec<_> = view(job).members.iter().map(|m| m.paid).collect();
        assert_eq!(paid, [PRICE, 0, 0, PRICE, PRICE]);
        assert_eq!(view(job).refunded, 0);
    });
}

#[test]
fn too_few_commitments_cancel_with_a_full_refund() {
    TestExt::market(4).execute_with(|| {
        let before = total(&CUSTOMER);
        let job = drawn(2);
        let [a, absent] = members(job)[..] else { panic!() };
        report_ok(a, commit_line(job, a, &result(a, 0)));
        run_for(u64::from(MAX_EXEC) + 3 + u64::from(MAX_EXEC));
        let view = view(job);
        assert_eq!(view.state, JobState::Cancelled(CancelReason::TooFewCommitments));
        assert_eq!((view.refunded, view.fee, total(&CUSTOMER)), (21 * UNIT, 0, before));
        let outcomes: Vec<_> = view.members.iter().map(|m| m.outcome.unwrap()).collect();
        assert_eq!(outcomes, [MemberOutcome::Cancelled, MemberOutcome::Absent, MemberOutcome::Absent]);
        // The one that did its part is not blamed.
        assert_eq!((standing(a), standing(absent)), ((3, 0), (3, 1)));
    });
}

#[test]
fn too_few_providers_cancel_with_a_full_refund() {
    TestExt::market(1).execute_with(|| {
        let before = total(&CUSTOMER);
        let job = submit(2, PRICE);
        run_for(3);
        assert_eq!(state(job), JobState::Cancelled(CancelReason::TooFewProviders));
        assert_eq!((total(&CUSTOMER), held(&CUSTOMER), view(job).members.len()), (before, 0, 0));
    });
}

#[test]
fn disagreement_pays_half_and_no_fee() {
    TestExt::market(2).execute_with(|| {
        let before = total(&CUSTOMER);
        let issuance = Balances::total_issuance();
        let job = drawn(2);
        let liar = members(job)[1];
        let off = |p| if p == liar { 5 } else { 0 };
        commit_all(job, off);
        reveal_all(job, off);
        assert_eq!(state(job), JobState::Jury1(JuryStep::Drawing));
        run_for(DrawDelay::get());
        let view = view(job);
        // Grey in the hidden half: neither agreement nor proof of anything.
        assert_eq!(view.state, JobState::Unresolved(UnresolvedReason::TooFewJurors));
        assert_eq!(view.max_distance.map(|d| (d.hidden, d.output)), Some((80, 80)));
        assert!(view.members.iter().all(|m| (m.outcome, m.paid) == (Some(MemberOutcome::Undecided), PRICE / 2)));
        assert_eq!((view.refunded, view.fee, gain(&CUSTOMER, before)), (11 * UNIT, 0, -(10 * UNIT as i128)));
        assert_eq!(Balances::total_issuance(), issuance);
    });
}

#[test]
fn one_dissenter_among_many_leaves_it_unresolved() {
    TestExt::market(7).execute_with(|| {
        let job = drawn(7);
        let liar = members(job)[3];
        let off = |p| if p == liar { 1_000 } else { 0 };
        commit_all(job, off);
        reveal_all(job, off);
        run_for(DrawDelay::get());
        assert_eq!(state(job), JobState::Unresolved(UnresolvedReason::TooFewJurors));
        assert_eq!(view(job).refunded, 7 * PRICE / 2 + 7 * PRICE / 20);
    });
}

#[test]
fn unopened_commitments_leave_it_unresolved() {
    TestExt::market(3).execute_with(|| {
        let job = drawn(3);
        commit_all(job, |_| 0);
        let [a, b, silent] = members(job)[..] else { panic!() };
        for p in [a, b] {
            report_ok(p, reveal_line(job, &result(p, 0)));
        }
        run_for(19);
        assert_eq!(state(job), JobState::Revealing);
        run_for(1);
        assert_eq!(state(job), JobState::Jury1(JuryStep::Drawing));
        // Who hides a result is out at once.
        assert_eq!(standing(silent), (3, 1));
        run_for(DrawDelay::get());
        assert_eq!(state(job), JobState::Unresolved(UnresolvedReason::TooFewJurors));
        let paid: Vec<_> = view(job).members.iter().map(|m| m.paid).collect();
        assert_eq!(paid, [PRICE / 2, PRICE / 2, 0]);
        assert_eq!(standing(silent), (3, 1));
    });
}

#[test]
fn unopened_single_commitment_cancels() {
    TestExt::market(1).execute_with(|| {
        let job = drawn(1);
        commit_all(job, |_| 0);
        run_for(20);
        assert_eq!(state(job), JobState::Cancelled(CancelReason::NotRevealed));
        assert_eq!(view(job).members[0].outcome, Some(MemberOutcome::NotRevealed));
        assert_eq!(view(job).refunded, PRICE + PRICE / 20);
    });
}

#[test]
fn declined_by_all_keeps_the_reason_when_nobody_replaces_them() {
    TestExt::market(2).execute_with(|| {
        let before = total(&CUSTOMER);
        let job = drawn(2);
        let [first, last] = members(job)[..] else { panic!() };
        report_ok(last, decline_line(job, DeclineReason::InputUnavailable));
        report_ok(first, decline_line(job, DeclineReason::ModelUnavailable));
        assert_eq!(state(job), JobState::Computing);
        run_for(3);
        assert_eq!(state(job), JobState::Cancelled(CancelReason::Declined(DeclineReason::InputUnavailable)));
        assert_eq!((total(&CUSTOMER), held(&CUSTOMER)), (before, 0));
    });
}

#[test]
fn nobody_but_decliners_and_absents_is_cancelled() {
    TestExt::market(2).execute_with(|| {
        let job = drawn(2);
        report_ok(members(job)[0], decline_line(job, DeclineReason::WorkerFailed));
        run_for(u64::from(MAX_EXEC) + 3);
        assert_eq!(state(job), JobState::Cancelled(CancelReason::TooFewCommitments));
        let missed: Vec<_> = members(job).into_iter().map(|p| standing(p).1).collect();
        assert_eq!(missed.iter().sum::<u32>(), 2);
    });
}

#[test]
fn a_freeze_of_the_customers_does_not_stop_payment() {
    TestExt::market(2).execute_with(|| {
        let job = accepted(2);
        assert_ok!(Balances::set_freeze(&0, &CUSTOMER, total(&CUSTOMER)));
        run_for(200);
        assert_eq!((state(job), held(&CUSTOMER)), (JobState::Finalised, 0));
        assert!(view(job).members.iter().all(|m| m.paid == PRICE));
    });
}

#[test]
fn a_failed_payment_is_refunded_and_stops_nothing() {
    TestExt::market(2).execute_with(|| {
        let before = total(&CUSTOMER);
        let job = accepted(2);
        // An account that can take no more, for as long as the payment lasts.
        let set_free = |free| frame_system::Account::<Test>::mutate(owner(0), |a| core::mem::replace(&mut a.data.free, free));
        let free = set_free(Balance::MAX);
        run_for(200);
        set_free(free);
        let view = view(job);
        assert_eq!((view.state, view.fee, view.refunded), (JobState::Finalised, UNIT, PRICE));
        let paid = |p| view.members.iter().find(|m| m.provider == p).map(|m| (m.outcome, m.paid));
        assert_eq!(paid(0), Some((Some(MemberOutcome::Valid), 0)));
        assert_eq!(paid(1), Some((Some(MemberOutcome::Valid), PRICE)));
        assert_eq!(gain(&CUSTOMER, before), -(11 * UNIT as i128));
        System::assert_has_event(Event::PaymentFailed { job, to: owner(0), amount: PRICE }.into());
    });
}
