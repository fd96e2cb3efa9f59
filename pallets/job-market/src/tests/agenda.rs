//! The agenda: a budget that overflows loses nothing, and what is late is served first.

use crate::{mock::*, Agenda, AgendaCursor, Pallet, WeightInfo};
use frame_support::weights::Weight;
use hearth_primitives::market::JobState;

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
