//! The offchain worker, against a real keystore, offchain database and pool.

use crate::{
    mock::*,
    offchain::{line, may_send, Sent, RESEND_AFTER},
    Call, JURY1, REPLICAS,
};
use codec::{Decode, Encode};
use frame_support::{storage::with_transaction, traits::Hooks};
use hearth_primitives::{
    blake2_256,
    jury::Verdicts,
    mailbox,
    market::{DeclineReason, Duty, DutyStep, JobState, Report},
    JobId, ProviderId, H256,
};
use proptest::prelude::*;
use sp_core::{
    crypto::KeyTypeId,
    offchain::{
        testing::{TestOffchainExt, TestTransactionPoolExt},
        OffchainDbExt, OffchainWorkerExt, StorageKind, TransactionPoolExt,
    },
};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use sp_runtime::{DispatchError, TransactionOutcome};

const KEY: KeyTypeId = KeyTypeId(hearth_primitives::OPERATOR_KEY_TYPE);

/// A node with the operator's key of provider 0 of a market, and its pool.
pub struct Node {
    pub operator: AccountId,
    /// Takes what the pool has been handed.
    pool: Box<dyn Fn() -> Vec<Vec<u8>>>,
}

impl Node {
    pub fn run(trusted: u32, test: impl FnOnce(Node)) {
        let mut ext = TestExt::market(trusted).build();
        let keystore = MemoryKeystore::new();
        let key = keystore.sr25519_generate_new(KEY, Some("//Operator")).unwrap();
        let (offchain, _) = TestOffchainExt::new();
        let (pool, state) = TestTransactionPoolExt::new();
        ext.register_extension(OffchainDbExt::new(offchain.clone()));
        ext.register_extension(OffchainWorkerExt::new(offchain));
        ext.register_extension(TransactionPoolExt::new(pool));
        ext.register_extension(KeystoreExt::new(keystore));
        ext.execute_with(|| {
            let operator = AccountId::from(key.0);
            set_operator(0, operator.clone()).unwrap();
            test(Node { operator, pool: Box::new(move || core::mem::take(&mut state.write().transactions)) });
            check();
        });
    }

    /// The offchain worker's run on the present block; returns what it handed to the pool: nonce and call.
    pub fn calls(&self) -> Vec<(u32, RuntimeCall)> {
        // A worker's changes to the state (the sender's nonce) are thrown away.
        let discard = || {
            JobMarket::offchain_worker(System::block_number());
            TransactionOutcome::Rollback(Ok::<_, DispatchError>(()))
        };
        with_transaction(discard).unwrap();
        (self.pool)().into_iter().map(|bytes| self.decode(&bytes)).collect()
    }

    /// The same, where there are only reports: nonce and lines.
    fn work(&self) -> Vec<(u32, Vec<Report>)> {
        let lines = |(nonce, call)| {
            let RuntimeCall::JobMarket(Call::report { reports }) = call else { panic!("another call") };
            (nonce, reports.into_inner())
        };
        self.calls().into_iter().map(lines).collect()
    }

    fn decode(&self, bytes: &[u8]) -> (u32, RuntimeCall) {
        let extrinsic = Extrinsic::decode(&mut &bytes[..]).unwrap();
        let sp_runtime::generic::Preamble::Signed(who, nonce, ()) = extrinsic.preamble else { panic!("not signed") };
        assert_eq!(who, self.operator);
        (nonce, extrinsic.function)
    }

    /// Includes a report in the present block.
    fn include(&self, (nonce, lines): (u32, Vec<Report>)) {
        assert_eq!(System::account_nonce(&self.operator), nonce);
        System::inc_account_nonce(&self.operator);
        JobMarket::report(RuntimeOrigin::signed(self.operator.clone()), lines.try_into().unwrap()).unwrap();
    }

    /// The supervisor's part: the outcome of a run.
    pub fn deliver(&self, job: JobId, outcome: Result<mailbox::RunResult, DeclineReason>) {
        let seed = crate::Rounds::<Test>::get(job, REPLICAS).unwrap().seed;
        put(job, 0, &mailbox::Entry { seed, outcome });
    }
}

fn put(job: JobId, provider: ProviderId, entry: &impl Encode) {
    sp_io::offchain::local_storage_set(StorageKind::PERSISTENT, &mailbox::key(job, REPLICAS, provider), &entry.encode());
}

#[test]
fn worker_brings_a_job_to_its_end() {
    Node::run(1, |node| {
        let job = drawn(1);
        assert_eq!(node.work(), vec![], "nothing is computed yet");
        node.deliver(job, Ok(result(0, 0)));
        run_for(1);
        let sent = node.work();
        assert!(matches!(&sent[..], [(0, lines)] if matches!(lines[..], [Report::Commit { .. }])));
        run_for(1);
        node.include(sent[0].clone());
        let sent = node.work();
        assert!(matches!(&sent[..], [(1, lines)] if matches!(lines[..], [Report::Reveal { .. }])));
        run_for(1);
        node.include(sent[0].clone());
        assert_eq!(state(job), JobState::Accepted);
        assert_eq!(node.work(), vec![]);
    });
}

#[test]
fn worker_judges_as_it_reports() {
    Node::run(9, |node| {
        set_operator(0, operator(0)).unwrap();
        let judged = || {
            let job = drawn(2);
            let liar = members(job)[1];
            let off = |provider: ProviderId| if provider == liar { 1_000 } else { 0 };
            commit_all(job, off);
            reveal_all(job, off);
            (job, seat_jury(job))
        };
        // The draw does not regard operators, if they are set in time: one of those it will fall on gets the node's key.
        let (_, jury) = with_transaction(|| TransactionOutcome::Rollback(Ok::<_, DispatchError>(judged()))).unwrap();
        set_operator(jury[0], node.operator.clone()).unwrap();
        let (job, seated) = judged();
        assert_eq!(seated, jury);

        let duty = JobMarket::duties(&node.operator).pop().unwrap();
        let own = result(jury[0], 0);
        let verdicts = duty.verdicts(&vec![own.digest; duty.seeds().len()]);
        let entry = mailbox::Entry { seed: duty.seed, outcome: Ok(mailbox::RunResult { verdicts, ..own }) };
        sp_io::offchain::local_storage_set(StorageKind::PERSISTENT, &mailbox::key(job, JURY1, jury[0]), &entry.encode());
        let sent = node.work();
        assert!(matches!(&sent[..], [(0, lines)] if matches!(lines[..], [Report::Commit { tier: JURY1, .. }])), "{sent:?}");
        node.include(sent[0].clone());
        jury[1..].iter().for_each(|id| work(*id, 0));
        let sent = node.work();
        assert!(matches!(&sent[..], [(1, lines)] if matches!(lines[..], [Report::Judge { tier: JURY1, .. }])), "{sent:?}");
        node.include(sent[0].clone());
        jury[1..].iter().for_each(|id| work(*id, 0));
        assert_eq!(state(job), JobState::Appealable);
    });
}

#[test]
fn worker_batches_all_that_is_due() {
    Node::run(1, |node| {
        let jobs: Vec<_> = (0..3).map(|_| submit(1, PRICE)).collect();
        run_for(3);
        node.deliver(jobs[0], Ok(result(0, 0)));
        node.deliver(jobs[1], Err(DeclineReason::UnsupportedOperator));
        node.deliver(jobs[2], Ok(result(0, 2)));
        let sent = node.work();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].1.iter().map(Report::job).collect::<Vec<_>>(), jobs);
        assert_eq!(sent[0].1[1], decline_line(jobs[1], DeclineReason::UnsupportedOperator));
    });
}

#[test]
fn worker_waits_for_what_is_in_flight_and_tries_again() {
    Node::run(1, |node| {
        let job = drawn(1);
        node.deliver(job, Ok(result(0, 0)));
        let first = node.work();
        assert_eq!(first.len(), 1);
        // The same block again, as an overlapping run would, and the blocks after it.
        assert_eq!(node.work(), vec![]);
        for _ in 1..RESEND_AFTER {
            run_for(1);
            assert_eq!(node.work(), vec![]);
        }
        // The pool lost it without a word.
        run_for(1);
        assert_eq!(node.work(), first);
    });
}

#[test]
fn worker_does_not_repeat_refused_lines_in_every_block() {
    Node::run(1, |node| {
        let job = drawn(1);
        node.deliver(job, Ok(result(0, 0)));
        let sent = node.work();
        // Included, and without effect.
        System::inc_account_nonce(&node.operator);
        run_for(1);
        assert_eq!(node.work(), vec![]);
        run_for(u64::from(RESEND_AFTER) - 1);
        assert_eq!(node.work(), vec![(1, sent[0].1.clone())]);
    });
}

#[test]
fn worker_follows_a_reorg() {
    Node::run(1, |node| {
        let job = drawn(1);
        node.deliver(job, Ok(result(0, 0)));
        let sent = node.work();
        let before = (crate::Jobs::<Test>::get(job).unwrap(), crate::Rounds::<Test>::get(job, REPLICAS).unwrap());
        let reveal = with_transaction(|| {
            node.include(sent[0].clone());
            let reveal = node.work();
            TransactionOutcome::Rollback(Ok::<_, DispatchError>(reveal))
        })
        .unwrap();
        assert_eq!(reveal.len(), 1);
        // The block with the commitment is gone: so is the reveal, and the commitment is sent once more.
        assert_eq!(before, (crate::Jobs::<Test>::get(job).unwrap(), crate::Rounds::<Test>::get(job, REPLICAS).unwrap()));
        assert_eq!(node.work(), vec![]);
        run_for(u64::from(RESEND_AFTER));
        assert_eq!(node.work(), sent);
    });
}

#[test]
fn worker_passes_over_stale_and_broken_entries() {
    Node::run(1, |node| {
        let (stale, broken, good) = (submit(1, PRICE), submit(1, PRICE), submit(1, PRICE));
        run_for(3);
        put(stale, 0, &mailbox::Entry { seed: H256::repeat_byte(1), outcome: Ok(result(0, 0)) });
        put(broken, 0, &[0xffu8; 3]);
        node.deliver(good, Ok(result(0, 0)));
        let sent = node.work();
        assert_eq!(sent[0].1.iter().map(Report::job).collect::<Vec<_>>(), [good]);
    });
}

#[test]
fn worker_keeps_silent_when_it_is_too_late() {
    Node::run(1, |node| {
        let job = drawn(1);
        node.deliver(job, Ok(result(0, 0)));
        run_for(u64::from(MAX_EXEC) - 1);
        assert_eq!(node.work(), vec![], "the next block closes commitments before it takes calls");
    });
}

#[test]
fn worker_without_duties_or_keys_does_nothing() {
    Node::run(1, |node| {
        drawn(1);
        set_operator(0, operator(0)).unwrap();
        let job = submit(1, PRICE);
        run_for(3);
        // The job is the other operator's now, whatever the mailbox holds.
        node.deliver(job, Ok(result(0, 0)));
        assert_eq!(node.work(), vec![]);
    });
}

fn duty(step: DutyStep) -> Duty<u64> {
    let (model, input) = (blob(0), input());
    Duty {
        job: 3,
        tier: 0,
        provider: 5,
        seed: H256::repeat_byte(8),
        step,
        deadline: 9,
        model,
        input,
        generated: None,
        max_output_len: 9,
        output_scale: 1,
        tolerance: Default::default(),
        accused: Vec::new(),
    }
}

#[test]
fn line_reveals_only_what_was_committed() {
    let genesis = H256::repeat_byte(1);
    let seed = H256::repeat_byte(8);
    let entry = |off| mailbox::Entry { seed, outcome: Ok(result(5, off)) };
    let Some(Report::Commit { commitment, .. }) = line(&duty(DutyStep::Commit), entry(0), genesis, &operator(5)) else { panic!() };
    let reveal = duty(DutyStep::Reveal(commitment));
    assert!(matches!(line(&reveal, entry(0), genesis, &operator(5)), Some(Report::Reveal { .. })));
    assert_eq!(line(&reveal, entry(1), genesis, &operator(5)), None);
    assert_eq!(line(&reveal, entry(0), genesis, &operator(6)), None);
    let failed = mailbox::Entry { seed, outcome: Err(DeclineReason::WorkerFailed) };
    assert_eq!(line(&reveal, failed, genesis, &operator(5)), None);
    assert_eq!(line(&duty(DutyStep::Wait), entry(0), genesis, &operator(5)), None);
}

#[test]
fn line_of_a_juror_has_its_opinions_and_none_without_them() {
    let (genesis, seed) = (H256::repeat_byte(1), H256::repeat_byte(8));
    let said = |verdicts| mailbox::Entry { seed, outcome: Ok(mailbox::RunResult { verdicts, ..result(5, 0) }) };
    let juror = |step| Duty { tier: 1, ..duty(step) };
    let idle = line(&juror(DutyStep::Commit), said(None), genesis, &operator(5));
    assert!(matches!(idle, Some(Report::Decline { reason: DeclineReason::WorkerFailed, .. })), "{idle:?}");
    let opinions = Some(Verdicts(3));
    let Some(Report::Commit { commitment, .. }) = line(&juror(DutyStep::Commit), said(opinions), genesis, &operator(5)) else { panic!() };
    let reveal = juror(DutyStep::Reveal(commitment));
    assert!(matches!(line(&reveal, said(opinions), genesis, &operator(5)), Some(Report::Judge { verdicts: Verdicts(3), .. })));
    assert_eq!(line(&reveal, said(Some(Verdicts(1))), genesis, &operator(5)), None);
}

proptest! {
    #[test]
    fn may_send_has_one_in_flight_and_never_stops(
        at in 0u64..50,
        now in 0u64..50,
        last in 0u64..5,
        nonce in 0u64..5,
        same in any::<bool>(),
    ) {
        let lines = blake2_256(b"lines");
        let sent = Sent { at, nonce: last, lines: if same { lines } else { H256::zero() } };
        let may = may_send(Some(&sent), now, nonce, lines);
        let fresh = at <= now && now - at < u64::from(RESEND_AFTER);
        prop_assert!(may || fresh, "an old note stops the worker");
        if fresh && (nonce <= last || same) {
            prop_assert!(!may);
        }
        if nonce > last && !same {
            prop_assert!(may);
        }
    }
}
