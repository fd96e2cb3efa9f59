//! The agenda: a budget that overflows loses nothing, and what is late is served first.

use crate::{mock::*, Agenda, AgendaCursor, Jobs, Pallet, WeightInfo};
use frame_support::{
    traits::{fungible::Mutate, Hooks},
    weights::Weight,
};
use hearth_primitives::{blake2_256, market::JobState, JobId, ProviderId};

fn budget(transitions: u64) -> Weight {
    let step = <() as WeightInfo>::serve_job().saturating_add(Pallet::<Test>::worst_step());
    let block = <() as WeightInfo>::challenge(0).saturating_add(<() as WeightInfo>::serve_block());
    block.saturating_add(step.saturating_mul(transitions))
}

#[test]
fn agenda_serves_within_its_budget_and_the_rest_next() {
    TestExt::market(40).execute_with(|| {
        let jobs: Vec<_> = (0..8).map(|_| submit(1, PRICE)).collect();
        let waiting = || jobs.iter().filter(|job| state(**job) == JobState::Submitted).count();
        run_for(2);
        ServiceWeight::set(budget(1));
        // The heaviest transition must fit before any is begun; a lighter one leaves room for the next.
        run_for(1);
        let left = waiting();
        assert!(left > 0 && left < 8, "{left} of 8 wait");
        assert_eq!(AgendaCursor::<Test>::get(), Some(System::block_number()));
        check();
        for _ in 0..8 {
            run_for(1);
            check();
        }
        assert_eq!(waiting(), 0);
        assert_eq!(AgendaCursor::<Test>::get(), Some(System::block_number() + 1));
    });
}

#[test]
fn agenda_catches_up_over_many_blocks() {
    TestExt::market(4).execute_with(|| {
        let jobs: Vec<_> = (0..6)
            .map(|_| {
                let job = submit(1, PRICE);
                run_full_blocks(1);
                job
            })
            .collect();
        run_full_blocks(30);
        run_for(1);
        assert!(jobs.iter().all(|job| state(*job) == JobState::Computing));
        assert_eq!(AgendaCursor::<Test>::get(), Some(System::block_number() + 1));
    });
}

#[test]
fn agenda_weighs_no_more_than_its_budget() {
    TestExt::market(40).execute_with(|| {
        for _ in 0..8 {
            submit(1, PRICE);
        }
        run_for(2);
        ServiceWeight::set(budget(2));
        let next = System::block_number() + 1;
        System::set_block_number(next);
        let weight = Pallet::<Test>::begin_block(next);
        assert!(weight.all_lte(budget(2).saturating_add(<() as WeightInfo>::extend_ring())));
        assert!(weight.all_gt(<() as WeightInfo>::draw(40)));
    });
}

/// The present state of a job ends in `block`.
fn make_due(job: JobId, block: BlockNumber) {
    Jobs::<Test>::mutate(job, |slot| {
        let record = slot.as_mut().unwrap();
        Agenda::<Test>::remove(record.deadline, job);
        record.deadline = block;
        record.accepted_until = record.accepted_until.map(|_| block);
    });
    Agenda::<Test>::insert(block, job, ());
}

#[test]
fn agenda_serves_the_worst_block_within_its_budget_and_the_rest_in_the_next() {
    TestExt::market(40).slots(64).execute_with(|| {
        calibrate();
        let customers: Vec<_> = (0..40u8).map(|n| AccountId::new(blake2_256(&[b'c', n]).0)).collect();
        for who in &customers {
            Balances::mint_into(who, ENDOWMENT).unwrap();
        }
        // Eight of each are all that one may have.
        let mut places = customers.iter().flat_map(|who| core::iter::repeat_n(who.clone(), 8));
        let mut submit = |count: usize, replicas: u32| -> Vec<JobId> {
            let first = crate::NextJobId::<Test>::get();
            for who in places.by_ref().take(count) {
                JobMarket::submit_job(RuntimeOrigin::signed(who), model(), input(), replicas, UNIT, None).unwrap();
            }
            (first..crate::NextJobId::<Test>::get()).collect()
        };
        let answer = |jobs: &[JobId], lies: bool| {
            for job in jobs {
                let liar = members(*job).last().copied().filter(|_| lies);
                let off = |id: ProviderId| if Some(id) == liar { 1_000 } else { 0 };
                commit_all(*job, off);
                reveal_all(*job, off);
            }
        };
        // Records to be removed.
        let over = submit(60, 2);
        run_for(DrawDelay::get());
        answer(&over, false);
        run_for(200);
        // Convictions to be carried out.
        let judged = submit(20, 3);
        run_for(DrawDelay::get());
        answer(&judged, true);
        run_for(DrawDelay::get());
        for _ in 0..2 {
            (0..40).for_each(|id| work(id, 0));
        }
        assert!(judged.iter().all(|job| state(*job) == JobState::Appealable));
        // Jobs to be paid, juries to be drawn, members who did not come, and draws.
        let (agreed, disputed, silent) = (submit(60, 3), submit(60, 3), submit(60, 2));
        run_for(DrawDelay::get());
        answer(&agreed, false);
        answer(&disputed, true);
        let fresh = submit(60, 7);
        let due = System::block_number() + DrawDelay::get();
        let jobs: Vec<_> = [over, judged, agreed, disputed, silent, fresh].concat();
        assert_eq!(jobs.len(), 320);
        jobs.iter().for_each(|job| make_due(*job, due));
        run_to(due - 1);
        check();

        // A quarter of a second.
        let budget = Weight::from_parts(250_000_000_000, u64::MAX);
        ServiceWeight::set(budget);
        let most = budget.saturating_add(<() as WeightInfo>::extend_ring());
        let late = || Jobs::<Test>::iter_values().filter(|job| job.deadline <= System::block_number()).count();
        let mut left = vec![jobs.len()];
        while left.last().is_some_and(|left| *left > 0) {
            let next = System::block_number() + 1;
            System::set_block_number(next);
            ProviderRegistry::on_initialize(next);
            let weight = Pallet::<Test>::begin_block(next);
            assert!(weight.all_lte(most), "{weight:?}");
            check();
            left.push(late());
            assert!(left.len() < 60, "{left:?}");
        }
        // More than one block, and every one did its part.
        assert!(left.len() > 3 && left[1] < 320, "{left:?}");
        assert_eq!(AgendaCursor::<Test>::get(), Some(System::block_number() + 1));
    });
}

#[test]
fn agenda_forgets_what_is_pruned() {
    TestExt::market(2).execute_with(|| {
        let job = accepted(2);
        let output = result(0, 0).output.id;
        run_for(200 + RETENTION - 1);
        assert_eq!(state(job), JobState::Finalised);
        // Nobody computes the job any more, and its output can still be fetched.
        assert_eq!(JobMarket::blobs_referenced(&[output, input().id]), vec![true, false]);
        run_for(1);
        assert_eq!((JobMarket::job(job), Agenda::<Test>::iter().count()), (None, 0));
        assert_eq!(JobMarket::blobs_referenced(&[output, input().id, model()]), vec![false, false, true]);
        assert!(JobMarket::jobs_of(&CUSTOMER).is_empty());
        assert_eq!(crate::Rounds::<Test>::iter().count(), 0);
    });
}

#[test]
fn ring_is_a_chain_of_every_block() {
    TestExt::market(0).execute_with(|| {
        run_to(300);
        let entries: Vec<_> = (44..300).map(|block| JobMarket::ring_entry(block).unwrap().accumulated).collect();
        let distinct: std::collections::BTreeSet<_> = entries.iter().collect();
        assert_eq!(distinct.len(), 256);
        assert_eq!((JobMarket::ring_entry(43), JobMarket::ring_entry(300)), (None, None));
    });
}
