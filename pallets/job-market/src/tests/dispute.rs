//! Audits, challenges and appeals: who has a result or a verdict judged, and who pays for that.

use super::scenes::*;
use crate::{mock::*, Error};
use frame_support::{
    assert_noop, assert_ok,
    traits::{LockableCurrency, WithdrawReasons},
};
use hearth_primitives::{
    digest::Agreement,
    jury::{JuryCause, JuryStep},
    market::{JobState, MemberOutcome},
    provider::ProviderStatus,
    reason::Reason,
};
use sp_runtime::Perbill;

#[test]
fn bonds_of_disputes_leave_what_is_locked() {
    large().execute_with(|| {
        let (job, lock) = (accepted(2), |amount| Balances::set_lock(*b"testlock", &OTHER, amount, WithdrawReasons::all()));
        lock(ENDOWMENT - 4 * PRICE + 1);
        assert_noop!(challenge(OTHER, job), Error::<Test>::CannotPay);
        lock(ENDOWMENT - 4 * PRICE);
        assert_ok!(challenge(OTHER, job));
        assert_eq!((held(&OTHER), JobMarket::escrow_of(&OTHER)), (0, 4 * PRICE));
        seat_jury(job);
        sit(job, |_| 0);
        lock(ENDOWMENT - 8 * PRICE + 1);
        assert_noop!(appeal(OTHER, job), Error::<Test>::CannotPay);
        lock(ENDOWMENT - 8 * PRICE);
        assert_ok!(appeal(OTHER, job));
        assert_eq!(JobMarket::escrow_of(&OTHER), 12 * PRICE);
    });
}

#[test]
fn audit_is_made_in_a_busy_network() {
    TestExt::market(8).slots(2).execute_with(|| {
        let job = crate::NextJobId::<Test>::get();
        let all = Some(Perbill::one());
        assert_ok!(JobMarket::submit_job(RuntimeOrigin::signed(CUSTOMER), model(), input(), 1, PRICE, all));
        run_for(DrawDelay::get());
        for who in [OTHER, MODELLER].iter().flat_map(|who| core::iter::repeat_n(who.clone(), 8)) {
            assert_ok!(JobMarket::submit_job(RuntimeOrigin::signed(who), model(), input(), 1, PRICE, None));
        }
        run_for(1);
        commit_all(job, |_| 0);
        reveal_all(job, |_| 0);
        // One block before the lot falls every slot is taken.
        run_for(2);
        assert!((0..8).all(|id| provider(id).slots_in_use == 2));
        run_for(1);
        assert_eq!((state(job), view(job).cause), (JobState::Jury1(JuryStep::Computing), Some(JuryCause::Audit)));
        assert_eq!(jurors(job).len(), 3);
        assert!((0..8).all(|id| provider(id).slots_in_use == 2));
    });
}

#[test]
fn audit_finds_who_lies_alone() {
    large().execute_with(|| {
        calibrate();
        let (job, liar) = audited(1_000);
        assert_eq!(view(job).held, PRICE + PRICE / 20 + 4 * PRICE);
        run_for(DrawDelay::get());
        assert_eq!((state(job), view(job).cause), (JobState::Jury1(JuryStep::Computing), Some(JuryCause::Audit)));
        sit(job, |_| 0);
        run_for(200);
        assert_eq!(outcomes(job), [(MemberOutcome::Slashed, 0)]);
        // No result stood: no fee. The jury had to be paid all the same.
        assert_eq!((view(job).fee, view(job).premium, view(job).refunded), (0, 4 * PRICE, PRICE + PRICE / 20));
        assert!(matches!(provider(liar).status, ProviderStatus::Jailed(_)));
    });
}

#[test]
fn audit_of_an_honest_job_costs_the_premium_and_the_pool_grows() {
    large().execute_with(|| {
        let before = pool();
        let (job, _) = audited(0);
        run_for(DrawDelay::get());
        sit(job, |_| 0);
        run_for(200);
        assert_eq!((state(job), outcomes(job)), (JobState::Finalised, vec![(MemberOutcome::Valid, PRICE)]));
        assert_eq!((pool(), view(job).refunded), (before + PRICE, 0));
    });
}

#[test]
fn audit_falls_by_the_lot_and_its_premium_is_due_wherever_it_falls() {
    large().execute_with(|| {
        AuditRate::set(Perbill::from_percent(50));
        let (mut audited, mut premiums) = (0, 0);
        for _ in 0..20 {
            let job = accepted(2);
            assert_eq!(view(job).deadline, Some(System::block_number() + 200), "the lot does not put the payment off");
            run_for(DrawDelay::get());
            if state(job) != JobState::Accepted {
                audited += 1;
                sit(job, |_| 0);
            }
            run_for(200);
            assert_eq!(view(job).premium, 2 * PRICE);
            premiums += view(job).premium;
            run_for(RETENTION);
        }
        assert!((4..=16).contains(&audited), "{audited} of 20");
        assert_eq!(pool(), POOL - 10 + premiums - audited * 3 * PRICE);
    });
}

#[test]
fn audit_in_a_small_network_is_none_and_costs_nothing() {
    TestExt::market(5).execute_with(|| {
        let customer = total(&CUSTOMER);
        let (job, _) = audited(1_000);
        run_for(200);
        assert_eq!((state(job), view(job).premium), (JobState::Finalised, 0));
        assert_eq!(total(&CUSTOMER), customer - PRICE - PRICE / 20);
    });
}

#[test]
fn audit_that_too_few_can_finish_leaves_the_result_accepted() {
    TestExt::market(6).execute_with(|| {
        let (job, accused) = audited(0);
        assert_eq!(seat_jury(job).len(), 3);
        // None of them comes, and of the two others no second jury can be made.
        run_for(u64::from(MAX_EXEC) + DrawDelay::get());
        assert_eq!((state(job), outcomes(job)), (JobState::Finalised, vec![(MemberOutcome::Valid, PRICE)]));
        // It is valid, and makes the streak no longer: the model is only paid for.
        assert_eq!((provider(accused).standing.valid, provider(accused).standing.valid_in_a_row), (4, 3));
    });
}

#[test]
fn challenge_that_is_right_is_rewarded() {
    large().execute_with(|| {
        calibrate();
        let job = drawn(2);
        commit_all(job, |_| 1_000);
        reveal_all(job, |_| 1_000);
        // The two agreed on a lie, and somebody noticed.
        let other = total(&OTHER);
        assert_ok!(challenge(OTHER, job));
        assert_noop!(challenge(OTHER, job), Error::<Test>::NotAccepted);
        assert_eq!(why(job, OTHER), [(Reason::DisputeBond, 4 * PRICE)]);
        seat_jury(job);
        sit(job, |_| 0);
        run_for(200);
        assert_eq!(outcomes(job), [(MemberOutcome::Slashed, 0); 2]);
        assert_eq!(total(&OTHER), other);
        assert_eq!(why(job, OTHER), [(Reason::BondReturned, 4 * PRICE), (Reason::SlashToChallenger, 10 * PRICE)]);
        run_for(DEFERRAL);
        assert_eq!(total(&OTHER), other + 2 * 5 * PRICE);
    });
}

#[test]
fn challenge_that_is_wrong_pays_for_the_jury() {
    large().execute_with(|| {
        let (job, before) = (accepted(2), total(&OTHER));
        assert_ok!(challenge(OTHER, job));
        seat_jury(job);
        sit(job, |_| 0);
        run_for(200);
        assert_eq!(outcomes(job), [(MemberOutcome::Valid, PRICE); 2]);
        assert_eq!((total(&OTHER), pool()), (before - 4 * PRICE, POOL - 10 + PRICE));
        assert_eq!(why(job, OTHER), [(Reason::BondLost, 4 * PRICE)]);
    });
}

#[test]
fn challenge_in_a_small_network_gives_the_bond_back() {
    TestExt::market(6).execute_with(|| {
        let (job, before) = (accepted(2), total(&OTHER));
        let paid_at = view(job).deadline;
        assert_ok!(challenge(OTHER, job));
        run_for(DrawDelay::get());
        assert_eq!((state(job), view(job).deadline, total(&OTHER)), (JobState::Accepted, paid_at, before));
        assert_eq!(view(job).premium, 0);
        assert_eq!(Balances::free_balance(&OTHER), before);
        run_to(paid_at.unwrap());
        assert_eq!(state(job), JobState::Finalised);
    });
}

#[test]
fn challenge_is_for_accepted_jobs_that_somebody_pays_for() {
    large().execute_with(|| {
        let job = drawn(2);
        assert_noop!(challenge(OTHER, job), Error::<Test>::NotAccepted);
        assert_noop!(challenge(OTHER, 9), Error::<Test>::UnknownJob);
        assert_noop!(appeal(OTHER, job), Error::<Test>::NotAppealable);
        let job = accepted(2);
        assert_noop!(challenge(AccountId::new([88; 32]), job), Error::<Test>::CannotPay);
        run_full_blocks(200);
        // The agenda is behind; the job is over all the same.
        assert_noop!(challenge(OTHER, job), Error::<Test>::NotAccepted);
    });
}

#[test]
fn appeal_that_changes_the_verdict_is_returned_and_the_second_word_counts() {
    large().execute_with(|| {
        calibrate();
        let job = accepted(1);
        let accused = members(job)[0];
        assert_ok!(challenge(OTHER, job));
        seat_jury(job);
        // Three who lie for once, together: the honest one is called wrong.
        sit(job, |_| 1_000);
        assert_eq!(view(job).members[0].judged, Some(Agreement::Deviant));
        let (before, other) = (total(&owner(accused)), total(&OTHER));
        assert_ok!(appeal(owner(accused), job));
        seat_jury(job);
        sit(job, |_| 0);
        assert_eq!((state(job), outcomes(job)), (JobState::Finalised, vec![(MemberOutcome::Valid, PRICE)]));
        assert_eq!(total(&owner(accused)), before + PRICE);
        // And the challenger was wrong.
        assert_eq!(total(&OTHER), other - 4 * PRICE);
        assert!(ProviderRegistry::slash_views().is_empty());
    });
}

#[test]
fn appeal_that_changes_nothing_is_lost() {
    large().execute_with(|| {
        let (job, liar) = convicted();
        let before = total(&owner(liar));
        assert_ok!(appeal(owner(liar), job));
        assert_noop!(appeal(OTHER, job), Error::<Test>::NotAppealable);
        seat_jury(job);
        sit(job, |_| 0);
        assert_eq!(outcomes(job)[1], (MemberOutcome::Slashed, 0));
        assert_eq!(total(&owner(liar)), before - 8 * PRICE);
        let owners = [(Reason::Convicted, 25 * PRICE), (Reason::BondLost, 8 * PRICE)];
        assert_eq!(why(job, owner(liar)), owners);
    });
}

#[test]
fn appeal_that_nobody_can_hear_is_returned_and_nobody_is_slashed() {
    // Seven may judge at first, and four the second time.
    TestExt::market(9).execute_with(|| {
        let (job, liar) = convicted();
        let before = total(&owner(liar));
        assert_ok!(appeal(owner(liar), job));
        run_for(DrawDelay::get());
        assert_eq!((state(job), outcomes(job)[1]), (JobState::Finalised, (MemberOutcome::Deviant, 0)));
        assert_eq!((total(&owner(liar)), ProviderRegistry::slash_views().len()), (before, 0));
    });
}
