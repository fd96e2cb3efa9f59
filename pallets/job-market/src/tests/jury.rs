//! Juries: who sits in them, whom they judge, and what that costs and pays.

use super::scenes::*;
use crate::{mock::*, Event, Jobs, Refusal, Rounds, JURY1, JURY2, REPLICAS};
use frame_support::{assert_ok, traits::fungible::Mutate};
use hearth_primitives::{
    digest::Agreement,
    jury::{JuryCause, JuryStep, Verdicts},
    mailbox::RunResult,
    market::{DeclineReason, JobState, MemberOutcome, Report, UnresolvedReason},
    provider::ProviderStatus,
    reason::Reason,
};

#[test]
fn dissent_is_judged_by_three_strangers_and_the_liar_pays() {
    large().execute_with(|| {
        calibrate();
        let (before, customer) = (pool(), total(&CUSTOMER));
        let (job, liar) = dissent(2);
        let honest = members(job)[0];
        let jury = seat_jury(job);
        assert_eq!(jury.len(), 3);
        assert!(jury.iter().all(|id| !members(job).contains(id) && provider(*id).locked == 10 * PRICE));
        sit(job, |_| 0);
        assert_eq!((state(job), view(job).deadline), (JobState::Appealable, Some(System::block_number() + 200)));
        // They are free, and paid when the job ends.
        assert!(jury.iter().all(|id| provider(*id).is_idle() && total(&owner(*id)) == ENDOWMENT - UNIT));
        assert_eq!((pool(), why(job, owner(jury[0]))), (before, vec![(Reason::Pending, 0)]));
        run_for(200);
        assert_eq!(state(job), JobState::Finalised);
        assert!(jury.iter().all(|id| total(&owner(*id)) == ENDOWMENT - UNIT + PRICE));
        assert_eq!((pool(), Jobs::<Test>::get(job).unwrap().jury_fees), (before - 3 * PRICE, 3 * PRICE));
        System::assert_has_event(Event::JurorPaid { job, tier: JURY1, provider: jury[0], paid: PRICE }.into());
        assert_eq!(outcomes(job), [(MemberOutcome::Valid, PRICE), (MemberOutcome::Slashed, 0)]);
        // The liar's share went back, and nothing is taken of its bond yet.
        assert_eq!((view(job).refunded, total(&CUSTOMER)), (PRICE, customer - PRICE - PRICE / 10));
        let Some(slash) = ProviderRegistry::slash_views().pop() else { panic!() };
        assert_eq!((slash.offender, slash.own), (owner(liar), 25 * PRICE));
        assert!(matches!(provider(liar).status, ProviderStatus::Jailed(_)));
        assert_eq!((provider(liar).standing.valid_in_a_row, provider(liar).locked), (0, 25 * PRICE));
        assert_eq!((provider(honest).standing.valid_in_a_row, provider(honest).locked), (4, 0));

        let treasury = total(&TREASURY);
        run_for(DEFERRAL);
        // Three prices for the jury, one for the customer, and of the rest half each.
        assert_eq!(pool(), before - 3 * PRICE + 3 * PRICE + 21 * PRICE / 2);
        assert_eq!(total(&TREASURY), treasury + 21 * PRICE / 2);
        assert_eq!(total(&CUSTOMER), customer - PRICE / 10);
        assert_eq!((provider(liar).bonded, provider(liar).locked), (ENDOWMENT / 2 - 25 * PRICE, 0));
    });
}

#[test]
fn slash_that_governance_cancels_costs_nothing() {
    large().execute_with(|| {
        let (_, liar) = convicted();
        run_for(200);
        let slash = ProviderRegistry::slash_views().pop().unwrap();
        assert!(ProviderRegistry::cancel_slash(slash.id));
        run_for(3 * DEFERRAL);
        assert_eq!((provider(liar).bonded, provider(liar).status), (ENDOWMENT / 2, ProviderStatus::Active));
    });
}

#[test]
fn model_that_pays_only_slashes_nobody() {
    large().execute_with(|| {
        let (job, liar) = dissent(2);
        seat_jury(job);
        sit(job, |_| 0);
        run_for(200);
        assert_eq!(outcomes(job), [(MemberOutcome::Valid, PRICE), (MemberOutcome::Deviant, 0)]);
        assert!(ProviderRegistry::slash_views().is_empty() && provider(liar).is_idle());
        assert_eq!(provider(liar).status, ProviderStatus::Active);
    });
}

#[test]
fn grey_is_unpaid_and_not_slashed() {
    large().execute_with(|| {
        calibrate();
        let job = drawn(2);
        let odd = members(job)[1];
        let off = |p| if p == odd { 5 } else { 0 };
        commit_all(job, off);
        reveal_all(job, off);
        seat_jury(job);
        sit(job, |_| 0);
        run_for(200);
        assert_eq!(outcomes(job), [(MemberOutcome::Valid, PRICE), (MemberOutcome::Grey, 0)]);
        assert_eq!((ProviderRegistry::slash_views().len(), provider(odd).standing.valid_in_a_row), (0, 3));
    });
}

#[test]
fn jurors_whose_results_do_not_cluster_are_unpaid_and_have_no_say() {
    large().execute_with(|| {
        calibrate();
        let (job, _) = dissent(2);
        let jury = seat_jury(job);
        // One echoes what the liar revealed: it knows the old digest, and not what stands under the new seed.
        let echo = jury[2];
        for id in [jury[0], jury[1], jury[0], jury[1]] {
            work(id, 0);
        }
        let lie = Verdicts::default().with(0, Agreement::Deviant).and_then(|said| said.with(1, Agreement::Agree));
        work_as(echo, 500, |_, _| lie);
        assert!(state(job).is_computing() || state(job).is_revealing());
        for id in [jury[0], jury[1]] {
            work(id, 0);
        }
        work_as(echo, 500, |_, _| lie);
        assert_eq!(state(job), JobState::Appealable);
        let seats = || view(job).juries[0].members.iter().map(|m| (m.outcome.unwrap(), m.paid)).collect::<Vec<_>>();
        assert_eq!(seats(), [(MemberOutcome::Valid, 0), (MemberOutcome::Valid, 0), (MemberOutcome::Outlier, 0)]);
        assert_eq!(view(job).members.iter().map(|m| m.judged.unwrap()).collect::<Vec<_>>(), [Agreement::Agree, Agreement::Deviant]);
        run_for(200);
        assert_eq!(seats(), [(MemberOutcome::Valid, PRICE), (MemberOutcome::Valid, PRICE), (MemberOutcome::Outlier, 0)]);
    });
}

#[test]
fn jurors_without_an_opinion_on_every_result_have_no_say() {
    large().execute_with(|| {
        calibrate();
        let (job, _) = dissent(2);
        let jury = seat_jury(job);
        let half = Verdicts::default().with(0, Agreement::Agree);
        for _ in 0..2 {
            jury[..2].iter().for_each(|id| work(*id, 0));
            work_as(jury[2], 0, |_, _| half);
        }
        let outcomes: Vec<_> = view(job).juries[0].members.iter().map(|m| m.outcome.unwrap()).collect();
        assert_eq!(outcomes, [MemberOutcome::Valid, MemberOutcome::Valid, MemberOutcome::Outlier]);
        assert_eq!(view(job).members.iter().map(|m| m.judged.unwrap()).collect::<Vec<_>>(), [Agreement::Agree, Agreement::Deviant]);
    });
}

#[test]
fn jurors_who_repeat_what_was_revealed_have_no_say() {
    large().execute_with(|| {
        let (job, _) = dissent(2);
        let jury = seat_jury(job);
        let agrees = Verdicts::default().with(0, Agreement::Agree).and_then(|said| said.with(1, Agreement::Agree));
        for _ in 0..2 {
            jury[..2].iter().for_each(|id| work(*id, 0));
            // The digest of the honest replica, as it was shown under another seed.
            work_with(jury[2], |_| RunResult { verdicts: agrees, ..result(jury[2], 0) });
        }
        assert_eq!(view(job).juries[0].members[2].outcome, Some(MemberOutcome::Outlier));
    });
}

#[test]
fn jurors_who_do_not_come_or_hide_are_penalised_at_once() {
    large().execute_with(|| {
        let (job, _) = dissent(2);
        let jury = seat_jury(job);
        let before = pool();
        jury[..2].iter().for_each(|id| work(*id, 0));
        run_for(MAX_EXEC.into());
        assert_eq!((provider(jury[2]).bonded, pool()), (ENDOWMENT / 2 - PRICE, before + PRICE));
        assert_eq!(state(job), JobState::Jury1(JuryStep::Revealing));
        work(jury[0], 0);
        run_for(RevealPeriod::get());
        assert_eq!((provider(jury[1]).bonded, pool()), (ENDOWMENT / 2 - 10 * PRICE, before + 11 * PRICE));
        // One alone is no quorum: the second jury is called, of seven others.
        assert_eq!((state(job), Jobs::<Test>::get(job).unwrap().tier), (JobState::Jury2(JuryStep::Drawing), JURY2));
        let second = seat_jury(job);
        assert_eq!(second.len(), 7);
        assert!(second.iter().all(|id| !jury.contains(id) && !members(job).contains(id)));
        sit(job, |_| 0);
        assert_eq!(state(job), JobState::Finalised);
        assert_eq!(outcomes(job), [(MemberOutcome::Valid, PRICE), (MemberOutcome::Deviant, 0)]);
    });
}

#[test]
fn two_juries_without_a_quorum_leave_it_unresolved() {
    large().execute_with(|| {
        calibrate();
        let customer = total(&CUSTOMER);
        let (job, _) = dissent(2);
        seat_jury(job);
        sit(job, |id| 1_000 * id as i32);
        assert_eq!(state(job), JobState::Jury2(JuryStep::Drawing));
        seat_jury(job);
        sit(job, |id| 1_000 * id as i32);
        assert_eq!(state(job), JobState::Unresolved(UnresolvedReason::NoQuorum));
        assert_eq!(outcomes(job), [(MemberOutcome::Undecided, PRICE / 2); 2]);
        assert_eq!((total(&CUSTOMER), pool()), (customer - PRICE, POOL - 10));
        assert_eq!(crate::Models::<Test>::get(model()).unwrap().faults.faults, 1);
    });
}

#[test]
fn model_without_verdicts_pays_only_in_the_end() {
    large().execute_with(|| {
        calibrate();
        for n in 1..=3 {
            let (job, _) = dissent(2);
            for _ in 0..2 {
                seat_jury(job);
                sit(job, |id| 1_000 * id as i32);
            }
            assert_eq!(state(job), JobState::Unresolved(UnresolvedReason::NoQuorum));
            // Two in a hundred may.
            assert_eq!(JobMarket::model(model()).unwrap().pay_only, n == 3);
        }
        System::assert_has_event(Event::PayOnlySet { model: model(), pay_only: true }.into());
    });
}

#[test]
fn pool_that_is_short_is_shared_by_the_jurors() {
    large().execute_with(|| {
        calibrate();
        Balances::burn_from(
            &JobMarket::pool_account(),
            POOL - 10 - PRICE,
            frame_support::traits::tokens::Preservation::Preserve,
            frame_support::traits::tokens::Precision::Exact,
            frame_support::traits::tokens::Fortitude::Polite,
        )
        .unwrap();
        let (job, _) = dissent(2);
        seat_jury(job);
        sit(job, |_| 0);
        run_for(200);
        let paid: Vec<_> = view(job).juries[0].members.iter().map(|m| (m.outcome.unwrap(), m.paid)).collect();
        assert_eq!(paid, [(MemberOutcome::Valid, PRICE / 3); 3]);
        assert_eq!(pool(), PRICE % 3);
    });
}

#[test]
fn jurors_of_a_model_that_pays_only_get_what_the_job_brings() {
    large().execute_with(|| {
        let (before, customer) = (pool(), total(&CUSTOMER));
        let (job, _) = dissent(2);
        seat_jury(job);
        sit(job, |_| 0);
        run_for(200);
        // The share that the liar did not earn, in three equal parts; the pool has what cannot be divided.
        let paid: Vec<_> = view(job).juries[0].members.iter().map(|m| m.paid).collect();
        assert_eq!((paid, pool()), (vec![PRICE / 3; 3], before + PRICE % 3));
        let ended = view(job);
        assert_eq!((ended.premium, ended.refunded, total(&CUSTOMER)), (PRICE, 0, customer - 2 * PRICE - PRICE / 10));
    });
}

#[test]
fn juries_of_ones_own_model_gain_nothing_of_the_pool() {
    // All are one's own: whoever judges, appeals and challenges takes out no more than it put in.
    large().execute_with(|| {
        let mine = || (0..14).map(|id| total(&owner(id))).chain([total(&CUSTOMER), total(&OTHER)]).sum::<Balance>();
        let (before, had) = (pool(), mine());
        let (dissenting, _) = dissent(2);
        seat_jury(dissenting);
        sit(dissenting, |_| 5);
        assert_ok!(appeal(OTHER, dissenting));
        seat_jury(dissenting);
        sit(dissenting, |_| 0);
        assert_eq!(state(dissenting), JobState::Finalised);
        assert!(pool() >= before && mine() <= had);
        let challenged = accepted(2);
        assert_ok!(challenge(OTHER, challenged));
        seat_jury(challenged);
        sit(challenged, |_| 1_000);
        assert_ok!(appeal(OTHER, challenged));
        seat_jury(challenged);
        sit(challenged, |_| 0);
        assert!(pool() >= before && mine() <= had);
        assert!(view(challenged).juries.iter().all(|jury| jury.members.iter().all(|m| m.paid <= PRICE)));
    });
}

#[test]
fn jury_that_cannot_be_seated_now_is_drawn_again_and_the_lot_is_remembered() {
    large().execute_with(|| {
        let (job, _) = audited(0);
        let before = lock_all();
        run_for(DrawDelay::get());
        assert_eq!((state(job), view(job).cause), (JobState::Jury1(JuryStep::Drawing), Some(JuryCause::Audit)));
        run_for(4 * DrawDelay::get());
        assert_eq!(Jobs::<Test>::get(job).unwrap().tries, 5);
        (0..14).zip(before).for_each(|(id, locked)| set_locked(id, locked));
        run_for(DrawDelay::get());
        assert_eq!(state(job), JobState::Jury1(JuryStep::Computing));
        sit(job, |_| 0);
        run_for(200);
        assert_eq!((state(job), view(job).premium), (JobState::Finalised, 4 * PRICE));
    });
}

#[test]
fn jury_that_can_never_be_seated_is_none_after_ten_tries() {
    large().execute_with(|| {
        let (job, _) = audited(0);
        let until = view(job).deadline;
        let before = lock_all();
        run_for(11 * DrawDelay::get());
        (0..14).zip(before).for_each(|(id, locked)| set_locked(id, locked));
        assert_eq!((state(job), view(job).deadline, view(job).cause), (JobState::Accepted, until, None));
        run_for(200);
        assert_eq!((state(job), view(job).premium), (JobState::Finalised, 0));
    });
}

#[test]
fn jury_whose_randomness_is_gone_is_drawn_again() {
    large().execute_with(|| {
        let (job, _) = dissent(2);
        run_full_blocks(300);
        run_for(1);
        assert_eq!(state(job), JobState::Jury1(JuryStep::Drawing));
        seat_jury(job);
    });
    large().execute_with(|| {
        let (job, _) = audited(0);
        run_full_blocks(300);
        run_for(1);
        assert_eq!(state(job), JobState::Accepted);
        run_for(DrawDelay::get());
        assert_eq!(state(job), JobState::Jury1(JuryStep::Computing));
    });
}

#[test]
fn second_jury_that_stays_away_undoes_no_conviction() {
    large().execute_with(|| {
        let (job, liar) = convicted();
        let before = total(&owner(liar));
        assert_ok!(appeal(owner(liar), job));
        // Three of the seven decline: the others are no quorum.
        let jury = seat_jury(job);
        for id in &jury[..3] {
            report_ok(*id, Report::Decline { job, tier: JURY2, reason: DeclineReason::ModelUnavailable });
        }
        jury[3..].iter().for_each(|id| work(*id, 0));
        assert_eq!((state(job), outcomes(job)[1]), (JobState::Finalised, (MemberOutcome::Slashed, 0)));
        assert_eq!((total(&owner(liar)), ProviderRegistry::slash_views().len()), (before, 1));
        assert_eq!(crate::Models::<Test>::get(model()).unwrap().faults.faults, 0);
    });
}

#[test]
fn second_jury_whose_results_differ_leaves_the_verdict_and_spares_the_bond() {
    large().execute_with(|| {
        let (job, _) = convicted();
        assert_ok!(appeal(OTHER, job));
        seat_jury(job);
        sit(job, |id| 1_000 * id as i32);
        assert_eq!(outcomes(job), [(MemberOutcome::Valid, PRICE), (MemberOutcome::Deviant, 0)]);
        assert_eq!((state(job), ProviderRegistry::slash_views().len()), (JobState::Finalised, 0));
        // The model's results differ by themselves.
        assert_eq!(crate::Models::<Test>::get(model()).unwrap().faults.faults, 1);
    });
}

#[test]
fn jurors_who_decline_make_no_fault_of_the_models() {
    large().execute_with(|| {
        calibrate();
        let (job, other) = (accepted(1), total(&OTHER));
        assert_ok!(challenge(OTHER, job));
        for tier in [JURY1, JURY2] {
            for id in seat_jury(job) {
                report_ok(id, Report::Decline { job, tier, reason: DeclineReason::InputInvalid });
            }
        }
        // Nobody shows the result to be wrong.
        assert_eq!((state(job), outcomes(job)), (JobState::Finalised, vec![(MemberOutcome::Valid, PRICE)]));
        assert_eq!((total(&OTHER), crate::Models::<Test>::get(model()).unwrap().faults.faults), (other, 0));
    });
}

#[test]
fn whether_a_job_may_slash_is_fixed_at_its_submission() {
    large().execute_with(|| {
        calibrate();
        let (slashes, _) = dissent(2);
        JobMarket::set_pay_only(RuntimeOrigin::root(), model(), true).unwrap();
        let (spares, _) = dissent(2);
        calibrate();
        run_for(DrawDelay::get());
        for job in [slashes, spares] {
            sit(job, |_| 0);
        }
        run_for(200);
        assert_eq!([slashes, spares].map(|job| outcomes(job)[1].0), [MemberOutcome::Slashed, MemberOutcome::Deviant]);
    });
}

#[test]
fn newcomers_and_parties_never_judge() {
    TestExt::market(7).newcomers(6).execute_with(|| {
        let job = accepted(1);
        // A challenger who owns a provider is no juror of its own case.
        let outsider = (0..7).find(|id| !members(job).contains(id)).unwrap();
        assert_ok!(challenge(owner(outsider), job));
        let jury = seat_jury(job);
        assert!(jury.iter().all(|id| *id < 7 && *id != outsider && !members(job).contains(id)), "{jury:?}");
        sit(job, |_| 0);
    });
}

#[test]
fn jurors_lines_are_bound_to_jury_and_round() {
    large().execute_with(|| {
        let (job, _) = dissent(2);
        let first = seat_jury(job)[0];
        assert_eq!(refused(first, commit_line(job, first, &result(first, 0))), Refusal::WrongTier);
        assert_eq!(refused(members(job)[0], Report::Commit { job, tier: JURY1, commitment: Default::default() }), Refusal::NotMember);
        let jury = jurors(job);
        jury.iter().for_each(|id| work(*id, 0));
        // A replica's way to open is none for a juror.
        let own = result(first, 0);
        let opening = Report::Reveal { job, tier: JURY1, digest: own.digest, output: own.output, salt: own.salt };
        assert_eq!(refused(first, opening), Refusal::WrongTier);
        let other = Verdicts(0);
        let opening = Report::Judge { job, tier: JURY1, digest: own.digest, output: own.output, verdicts: other, salt: own.salt };
        assert_eq!(refused(first, opening), Refusal::DoesNotOpen);
        jury.iter().for_each(|id| work(*id, 0));
        assert_eq!(state(job), JobState::Appealable);
    });
}

#[test]
fn seeds_of_rounds_differ_and_duties_show_both() {
    large().execute_with(|| {
        let (job, liar) = dissent(2);
        let juror = seat_jury(job)[0];
        let duty = JobMarket::duties(&operator(juror)).pop().unwrap();
        let seed = |tier| Rounds::<Test>::get(job, tier).unwrap().seed;
        assert_eq!(duty.seeds(), [seed(JURY1), seed(REPLICAS)]);
        assert_ne!(seed(JURY1), seed(REPLICAS));
        assert_eq!(duty.accused.iter().map(|accused| accused.provider).collect::<Vec<_>>(), members(job));
        assert_eq!(duty.accused.last().map(|accused| accused.digest), Some(result(liar, 1_000).digest));
        assert_eq!(duty.input_seed(), seed(REPLICAS));
    });
}

#[test]
fn why_tells_everybody_in_codes() {
    large().execute_with(|| {
        let job = drawn(3);
        let [a, b, silent] = members(job)[..] else { panic!() };
        assert_eq!(why(job, CUSTOMER), [(Reason::Escrow, 3 * PRICE + 3 * PRICE / 20)]);
        assert_eq!(why(job, owner(a)), [(Reason::Pending, 0)]);
        assert_eq!(why(job, OTHER), []);
        commit_all(job, |_| 0);
        for id in [a, b] {
            report_ok(id, reveal_line(job, &result(id, 0)));
        }
        run_for(RevealPeriod::get());
        assert_eq!(why(job, operator(silent)), [(Reason::NotRevealed, 10 * PRICE)]);
        let jury = seat_jury(job);
        sit(job, |_| 0);
        run_for(200);
        assert_eq!(why(job, owner(jury[0])), [(Reason::JurorAgreed, PRICE)]);
        assert_eq!(why(job, owner(a)), [(Reason::ResultStood, PRICE)]);
        assert_eq!(why(job, CUSTOMER), [(Reason::Fee, 3 * PRICE / 20), (Reason::EscrowRest, PRICE)]);
    });
}

#[test]
fn verdict_does_not_depend_on_who_reveals_first() {
    let played = |order: [usize; 3]| {
        let mut ext = TestExt::market(14).build();
        ext.execute_with(|| {
            let (job, _) = dissent(2);
            let jury = seat_jury(job);
            // Two of them are close to each other, the third agrees with one.
            let off = [0, 4, 8];
            for _ in 0..2 {
                order.into_iter().for_each(|n| work(jury[n], off[n]));
            }
            check();
            (view(job), pool())
        })
    };
    let first = played([0, 1, 2]);
    assert_eq!(first.0.state, JobState::Appealable);
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        assert_eq!(played(order), first, "{order:?}");
    }
}

#[test]
fn jury_is_drawn_and_judges_the_same_whoever_serves_it() {
    let played = |late: u64, poked: bool| {
        let mut ext = TestExt::market(14).build();
        ext.execute_with(|| {
            let (job, _) = dissent(2);
            let jury = seat_jury(job);
            jury.iter().for_each(|id| work(*id, 0));
            work(jury[0], 0);
            work(jury[1], 0);
            // The third hides; its deadline and the appeal's end are served late.
            run_full_blocks(RevealPeriod::get() + 200 + late);
            if poked {
                assert_ok!(JobMarket::poke(RuntimeOrigin::signed(OTHER), job));
            }
            run_for(1);
            check();
            (view(job), pool(), jury.into_iter().map(|id| provider(id).bonded).collect::<Vec<_>>())
        })
    };
    let on_time = played(0, false);
    assert_eq!(on_time.0.state, JobState::Finalised);
    for (late, poked) in [(0, true), (17, false), (17, true)] {
        assert_eq!(played(late, poked), on_time, "{late} blocks late");
    }
}
