//! The watchtower: who pokes what when the agenda is far behind, against a real keystore, offchain database and pool.

use super::offchain::Node;
use crate::{
    mock::*,
    offchain::RESEND_AFTER,
    watchtower::{choose, is_busy, lot, BUSY, HELPERS, LATE},
    Call,
};
use frame_support::assert_ok;
use hearth_primitives::{
    mailbox::{Watch, WATCH_KEY},
    market::{Duty, DutyStep, JobState, Report},
    JobId, H256,
};
use sp_runtime::offchain::storage::StorageValueRef;
use std::collections::BTreeSet;

/// From a submission to the block in which its draw, if nobody served it, is late enough.
const LONG: BlockNumber = 3 + LATE as BlockNumber;

fn noted() -> Watch {
    StorageValueRef::persistent(WATCH_KEY).get().unwrap().unwrap_or_default()
}

/// What the worker handed to the pool: pokes only.
fn pokes(node: &Node) -> Vec<(u32, JobId)> {
    let job = |(nonce, call)| {
        let RuntimeCall::JobMarket(Call::poke { job }) = call else { panic!("another call: {call:?}") };
        (nonce, job)
    };
    node.calls().into_iter().map(job).collect()
}

/// Includes a poke in the present block.
fn include(node: &Node, (nonce, job): (u32, JobId)) {
    assert_eq!(System::account_nonce(&node.operator), nonce);
    System::inc_account_nonce(&node.operator);
    assert_ok!(JobMarket::poke(RuntimeOrigin::signed(node.operator.clone()), job));
}

#[test]
fn watchtower_pokes_what_is_long_overdue() {
    Node::run(3, |node| {
        // It has no duties of its own.
        ProviderRegistry::withdraw_offer(RuntimeOrigin::signed(owner(0)), model()).unwrap();
        let jobs: BTreeSet<_> = (0..3).map(|_| submit(2, PRICE)).collect();
        run_full_blocks(LONG - 1);
        assert_eq!(pokes(&node), vec![]);
        run_full_blocks(1);
        let sent = pokes(&node);
        assert!(matches!(sent[..], [(0, job)] if jobs.contains(&job)), "{sent:?}");
        assert_eq!(noted(), Watch { late: LONG as u32, pokes: 1 });
        include(&node, sent[0]);
        assert_eq!(state(sent[0].1), JobState::Computing);
        // What has been served is not poked again.
        run_full_blocks(1);
        let next = pokes(&node);
        assert!(matches!(next[..], [(1, job)] if jobs.contains(&job) && job != sent[0].1), "{next:?}");
        // Then the agenda catches up, and there is nothing to do.
        run_for(1);
        assert_eq!(pokes(&node), vec![]);
        assert_eq!(noted(), Watch { late: 0, pokes: 2 });
        assert!(jobs.iter().all(|job| state(*job) == JobState::Computing));
    });
}

#[test]
fn watchtower_has_one_poke_in_flight() {
    Node::run(2, |node| {
        submit(2, PRICE);
        run_full_blocks(LONG);
        let first = pokes(&node);
        assert_eq!(first.len(), 1);
        for _ in 0..RESEND_AFTER {
            assert_eq!(pokes(&node), vec![]);
            run_full_blocks(1);
        }
        assert_eq!(pokes(&node), first);
    });
}

#[test]
fn watchtower_reports_first() {
    Node::run(1, |node| {
        let (computed, late) = (submit(1, PRICE), submit(1, PRICE));
        run_full_blocks(LONG);
        assert_ok!(JobMarket::poke(RuntimeOrigin::signed(OTHER), computed));
        node.deliver(computed, Ok(result(0, 0)));
        let sent = node.calls();
        let [(0, RuntimeCall::JobMarket(Call::report { reports }))] = &sent[..] else { panic!("{sent:?}") };
        assert!(matches!(reports[..], [Report::Commit { job, .. }] if job == computed));
        System::inc_account_nonce(&node.operator);
        assert_ok!(JobMarket::report(RuntimeOrigin::signed(node.operator.clone()), reports.clone()));
        // Its reveal is due at once, so the late job waits for others.
        assert!(matches!(&node.calls()[..], [(1, RuntimeCall::JobMarket(Call::report { .. }))]));
        assert_eq!(state(late), JobState::Submitted);
    });
}

#[test]
fn watchtower_needs_a_provider_or_money() {
    Node::run(2, |node| {
        submit(2, PRICE);
        run_full_blocks(LONG);
        set_operator(0, operator(0)).unwrap();
        let has = |money| {
            assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), node.operator.clone(), money));
        };
        has(ExistentialDeposit::get() + MinPrice::get() - 1);
        assert_eq!(pokes(&node), vec![]);
        has(ExistentialDeposit::get() + MinPrice::get());
        assert_eq!(pokes(&node).len(), 1);
    });
}

#[test]
fn choose_gives_a_few_keys_their_turn_in_each_block_and_spreads_them() {
    let (keys, overdue): (u32, Vec<JobId>) = (400, (0..50).collect());
    let mut chosen = BTreeSet::new();
    let mut turns = 0;
    for block in 0..100u64 {
        for key in 0..keys {
            if let Some(job) = choose(lot(H256::repeat_byte(block as u8), block, &key), keys, &overdue) {
                turns += 1;
                chosen.insert(job);
            }
        }
    }
    assert!((turns / 2..turns * 2).contains(&(100 * HELPERS)), "{turns} turns");
    assert_eq!(chosen.len(), overdue.len());
    // In a small network each key has its turn in every block.
    assert!((0..100u64).all(|block| choose(lot(H256::zero(), block, &1u8), HELPERS, &overdue).is_some()));
    assert_eq!(choose(lot(H256::zero(), 1u64, &1u8), 0, &overdue[..1]), Some(0));
    assert_eq!(choose(lot(H256::zero(), 1u64, &1u8), 0, &[]), None);
}

#[test]
fn is_busy_before_the_end_of_a_time_to_commit() {
    let duty = |step, deadline| Duty::<u64> {
        job: 3,
        tier: 1,
        provider: 5,
        seed: H256::zero(),
        step,
        deadline,
        model: blob(0),
        input: input(),
        generated: None,
        max_output_len: 9,
        output_scale: 1,
        tolerance: Default::default(),
        accused: Vec::new(),
    };
    let (now, busy) = (100, u64::from(BUSY));
    for (deadline, is) in [(now, false), (now + 1, true), (now + busy, true), (now + busy + 1, false)] {
        assert_eq!(is_busy(&[duty(DutyStep::Commit, deadline)], now), is, "{deadline}");
        assert!(!is_busy(&[duty(DutyStep::Wait, deadline), duty(DutyStep::Reveal(H256::zero()), deadline)], now));
    }
}
