//! Submissions: the escrow, the refusals, and the draw that follows.

use crate::{mock::*, Error, NextJobId};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::DispatchResultWithPostInfo,
    traits::{LockableCurrency, WithdrawReasons},
};
use hearth_primitives::{
    blob::BlobRef,
    market::{CancelReason, JobState, MAX_REPLICAS},
    ModelId,
};
use std::collections::BTreeSet;

fn try_submit(who: AccountId, model: ModelId, len: u64, replicas: u32, price: Balance) -> DispatchResultWithPostInfo {
    JobMarket::submit_job(RuntimeOrigin::signed(who), model, BlobRef { len, ..input() }, replicas, price, None)
}

#[test]
fn submit_job_holds_shares_and_fee() {
    TestExt::market(2).execute_with(|| {
        let job = submit(2, PRICE);
        let view = view(job);
        assert_eq!((view.state, view.deadline), (JobState::Submitted, Some(view.submitted_at + 3)));
        assert_eq!((view.held, view.fee, held(&CUSTOMER)), (21 * UNIT, 0, 21 * UNIT));
        assert_eq!(JobMarket::quote(2, PRICE), (21 * UNIT, UNIT));
        assert_eq!(JobMarket::jobs_of(&CUSTOMER), vec![job]);
        assert_eq!(JobMarket::blobs_referenced(&[input().id, model(), ModelId::zero()]), vec![true, true, false]);
    });
}

#[test]
fn submit_job_refuses_what_cannot_be_run_or_paid() {
    TestExt::market(2).execute_with(|| {
        let submit = |model, len, replicas, price| try_submit(CUSTOMER, model, len, replicas, price);
        assert_noop!(submit(blob(7).id, 1, 1, PRICE), Error::<Test>::UnknownModel);
        assert_noop!(submit(model(), 1, 0, PRICE), Error::<Test>::BadReplicas);
        assert_noop!(submit(model(), 1, MAX_REPLICAS + 1, PRICE), Error::<Test>::BadReplicas);
        assert_noop!(submit(model(), 1, 1, MinPrice::get() - 1), Error::<Test>::PriceTooLow);
        assert_noop!(submit(model(), 0, 1, PRICE), Error::<Test>::InputEmpty);
        assert_noop!(submit(model(), MAX_LEN + 1, 1, PRICE), Error::<Test>::InputTooLong);
        assert_noop!(submit(model(), MAX_LEN, 2, ENDOWMENT), Error::<Test>::CannotPay);
        assert_noop!(submit(model(), MAX_LEN, 7, Balance::MAX), Error::<Test>::CannotPay);
        NextJobId::<Test>::put(u64::MAX);
        assert_noop!(submit(model(), MAX_LEN, 1, PRICE), Error::<Test>::NoIdLeft);
    });
}

#[test]
fn submit_job_leaves_what_is_locked() {
    TestExt::market(2).execute_with(|| {
        // Of the million, half must stay, and what is held for jobs does not stay.
        Balances::set_lock(*b"testlock", &CUSTOMER, ENDOWMENT / 2, WithdrawReasons::all());
        let (half, price) = (ENDOWMENT / 2, ENDOWMENT / 4);
        assert_noop!(try_submit(CUSTOMER, model(), MAX_LEN, 1, half), Error::<Test>::CannotPay);
        assert_ok!(try_submit(CUSTOMER, model(), MAX_LEN, 1, price));
        Balances::set_lock(*b"testlock", &CUSTOMER, half + held(&CUSTOMER), WithdrawReasons::all());
        assert_noop!(try_submit(CUSTOMER, model(), MAX_LEN, 1, price), Error::<Test>::CannotPay);
    });
}

#[test]
fn submit_job_of_a_paused_model_fails_and_what_runs_is_paid() {
    TestExt::market(2).execute_with(|| {
        let running = drawn(2);
        Paused::set(vec![model()]);
        assert_noop!(try_submit(CUSTOMER, model(), 1, 1, PRICE), Error::<Test>::Paused);
        commit_all(running, |_| 0);
        reveal_all(running, |_| 0);
        run_for(AcceptedWindow::get());
        assert_eq!(state(running), JobState::Finalised);
        Paused::set(Vec::new());
        assert_ok!(try_submit(CUSTOMER, model(), 1, 1, PRICE));
    });
}

#[test]
fn submit_job_is_bounded_per_customer() {
    TestExt::market(0).execute_with(|| {
        for _ in 0..MaxJobsPerCustomer::get() {
            submit(1, PRICE);
        }
        assert_noop!(try_submit(CUSTOMER, model(), 1, 1, PRICE), Error::<Test>::TooManyJobs);
        assert_ok!(try_submit(OTHER, model(), 1, 1, PRICE));
        // All are cancelled for want of providers, and pruned in time.
        run_for(DrawDelay::get() + RETENTION);
        assert_ok!(try_submit(CUSTOMER, model(), 1, 1, PRICE));
    });
}

#[test]
fn draw_takes_distinct_providers_and_binds_them() {
    TestExt::market(7).execute_with(|| {
        let job = drawn(7);
        let distinct: BTreeSet<_> = members(job).into_iter().collect();
        assert_eq!(distinct.len(), 7);
        for id in distinct {
            let provider = pallet_provider_registry::Providers::<Test>::get(id).unwrap();
            assert_eq!((provider.slots_in_use, provider.locked), (1, 25 * PRICE));
        }
    });
}

#[test]
fn draw_depends_on_the_chain_and_not_on_the_customer() {
    let draw = |salt: u64, price: Balance| {
        let mut ext = TestExt::market(8).build();
        ext.execute_with(|| {
            Salt::set(salt);
            run_for(1);
            let job = submit(2, price);
            run_for(3);
            let seed = crate::Rounds::<Test>::get(job, 0).unwrap().seed;
            (seed, members(job))
        })
    };
    assert_eq!(draw(1, PRICE), draw(1, PRICE));
    assert_eq!(draw(1, PRICE), draw(1, 2 * PRICE));
    let seeds: BTreeSet<_> = (0..20).map(|salt| draw(salt, PRICE).0).collect();
    let drawn: BTreeSet<_> = (0..20).map(|salt| draw(salt, PRICE).1).collect();
    assert!(seeds.len() == 20 && drawn.len() > 5);
}

#[test]
fn draw_seed_holds_randomness_from_after_the_submission() {
    let seed = |salt_after: u64| {
        let mut ext = TestExt::market(8).build();
        ext.execute_with(|| {
            let job = submit(2, PRICE);
            // The next block writes the VRF output of the submission's own block.
            Salt::set(salt_after);
            run_for(3);
            crate::Rounds::<Test>::get(job, 0).unwrap().seed
        })
    };
    assert_ne!(seed(1), seed(2));
}

#[test]
fn draw_passes_over_the_customers_own_provider() {
    TestExt::market(2).execute_with(|| {
        for who in [owner(0), operator(1)] {
            frame_support::assert_ok!(pallet_balances::Pallet::<Test>::force_set_balance(RuntimeOrigin::root(), who.clone(), ENDOWMENT));
            let job = NextJobId::<Test>::get();
            assert_ok!(try_submit(who, model(), 1, 2, PRICE));
            run_for(3);
            assert_eq!(state(job), JobState::Cancelled(CancelReason::TooFewProviders));
        }
    });
}

#[test]
fn draw_passes_over_those_who_ask_more_or_came_later() {
    TestExt::market(2).execute_with(|| {
        let cheap = submit(2, PRICE / 10 - 1 + MinPrice::get());
        ProviderRegistry::offer(RuntimeOrigin::signed(owner(1)), model(), PRICE / 10 + 1).unwrap();
        run_for(3);
        assert_eq!(state(cheap), JobState::Cancelled(CancelReason::TooFewProviders));
        let dear = submit(2, PRICE);
        let low = submit(2, MinPrice::get());
        run_for(3);
        assert_eq!((state(dear), state(low)), (JobState::Computing, JobState::Cancelled(CancelReason::TooFewProviders)));
    });
}

#[test]
fn draw_of_a_single_replica_takes_the_trusted() {
    TestExt::market(0).newcomers(3).execute_with(|| {
        let alone = submit(1, PRICE);
        let pair = submit(2, PRICE);
        run_for(3);
        assert_eq!(state(alone), JobState::Cancelled(CancelReason::TooFewProviders));
        assert_eq!(state(pair), JobState::Computing);
    });
    TestExt::market(1).newcomers(3).execute_with(|| assert_eq!(members(drawn(1)), vec![0]));
}

#[test]
fn draw_counts_slots() {
    TestExt::market(1).execute_with(|| {
        let jobs: Vec<_> = (0..=SLOTS).map(|_| submit(1, PRICE)).collect();
        run_for(3);
        let computing = jobs.iter().filter(|job| state(**job) == JobState::Computing).count();
        assert_eq!(computing, SLOTS as usize);
    });
}
