//! The offchain worker: reports what the node computed, as replica or as juror. It reads duties from the chain and results from the mailbox,
//! signs one extrinsic per operator for all that is due, and hands it to the pool. It never computes, never waits, and believes nothing that
//! the pool says. A key that has nothing to report watches over the agenda: see `watchtower`.
//!
//! | what can go wrong | what stands against it |
//! |---|---|
//! | runs of successive blocks overlap | a lock per operator, tried once, around the decision to send; it ends by itself |
//! | two extrinsics with one nonce | at most one of an operator's is in flight; the last one is remembered with its nonce |
//! | the pool drops one and says nothing | only a duty that moved on is done; after [`RESEND_AFTER`] blocks the lines are sent again |
//! | a reorg takes a report back, or changes the draw | duties are read anew in each block; an entry of another seed is passed over |
//! | a line is refused again and again | the same lines are sent once in [`RESEND_AFTER`] blocks, not in every one |
//! | a chain that was started anew finds old notes | a note from a block that has not come yet is void |

use crate::{Call, Config, Pallet, REPLICAS};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::{traits::ConstU32, BoundedVec};
use frame_system::{
    offchain::{Account, ForAll, SendSignedTransaction, Signer},
    pallet_prelude::BlockNumberFor,
};
use hearth_primitives::{
    blake2_256,
    commitment::commitment,
    mailbox::{self, Entry},
    market::{DeclineReason, Duty, DutyStep, Report, MAX_REPORTS},
    H256,
};
use sp_runtime::{
    offchain::{
        storage::StorageValueRef,
        storage_lock::{BlockAndTime, StorageLock},
        Duration,
    },
    traits::One,
    Saturating,
};

/// The keys of operators, as the runtime's `OperatorCrypto`.
pub mod crypto {
    use frame_system::offchain::AppCrypto;
    use sp_core::sr25519::{Public as RawPublic, Signature as RawSignature};
    use sp_runtime::{MultiSignature, MultiSigner};

    mod app {
        use sp_core::crypto::KeyTypeId;
        use sp_runtime::app_crypto::{app_crypto, sr25519};

        app_crypto!(sr25519, KeyTypeId(hearth_primitives::OPERATOR_KEY_TYPE));
    }

    /// An operator's public key.
    pub type OperatorPublic = app::Public;

    /// Signs as an operator.
    pub struct OperatorCrypto;

    impl AppCrypto<MultiSigner, MultiSignature> for OperatorCrypto {
        type RuntimeAppPublic = app::Public;
        type GenericPublic = RawPublic;
        type GenericSignature = RawSignature;
    }
}

/// Blocks after which lines that are still due are sent again.
pub const RESEND_AFTER: u32 = 5;
/// After so many blocks and so much time a lock whose holder died is free.
const LOCK_BLOCKS: u32 = 2;
const LOCK_TIME: Duration = Duration::from_millis(10_000);

/// What is remembered of an operator's last extrinsic, in the node's offchain database.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub(crate) struct Sent<BlockNumber, Nonce> {
    /// The block on whose state it was built.
    pub at: BlockNumber,
    /// Its nonce.
    pub nonce: Nonce,
    /// The hash of its call, with all lines.
    pub lines: H256,
}

/// Whether a call, `lines` or a poke, may be sent now, by what was sent last. Pure.
pub(crate) fn may_send<B, N>(last: Option<&Sent<B, N>>, now: B, nonce: N, lines: H256) -> bool
where
    B: Copy + PartialOrd + Saturating + From<u32>,
    N: PartialOrd,
{
    let Some(last) = last else { return true };
    let void = last.at > now;
    let old = now.saturating_sub(last.at) >= RESEND_AFTER.into();
    let in_flight = nonce <= last.nonce;
    let without_effect = lines == last.lines;
    void || old || !(in_flight || without_effect)
}

/// The line for a duty, by the mailbox's entry for it; none if there is nothing to say yet, or the entry is of another round. Pure.
pub(crate) fn line<B>(duty: &Duty<B>, entry: Entry, genesis: H256, operator: &impl Encode) -> Option<Report> {
    if entry.seed != duty.seed {
        return None;
    }
    let (job, tier) = (duty.job, duty.tier);
    let opening = |result: &mailbox::RunResult| {
        let said = result.verdicts.filter(|_| tier != REPLICAS).map(|verdicts| verdicts.bytes());
        let said = said.as_ref().map(|bytes| &bytes[..]).unwrap_or_default();
        commitment(genesis, job, tier, operator, &result.digest, result.output.id, said, &result.salt)
    };
    match (duty.step, entry.outcome) {
        // A juror that has no opinions has not done its work.
        (DutyStep::Commit, Ok(mailbox::RunResult { verdicts: None, .. })) if tier != REPLICAS => {
            Some(Report::Decline { job, tier, reason: DeclineReason::WorkerFailed })
        }
        (DutyStep::Commit, Ok(result)) => Some(Report::Commit { job, tier, commitment: opening(&result) }),
        (DutyStep::Commit, Err(reason)) => Some(Report::Decline { job, tier, reason }),
        (DutyStep::Reveal(committed), Ok(result)) if opening(&result) == committed => {
            let mailbox::RunResult { digest, output, salt, verdicts } = result;
            Some(match verdicts.filter(|_| tier != REPLICAS) {
                Some(verdicts) => Report::Judge { job, tier, digest, output, verdicts, salt },
                None => Report::Reveal { job, tier, digest, output, salt },
            })
        }
        (DutyStep::Reveal(_), _) => {
            log::error!(target: "runtime::job-market", "job {job}: the mailbox does not hold what was committed; it cannot be revealed");
            None
        }
        (DutyStep::Wait, _) => None,
    }
}

impl<T: Config> Pallet<T> {
    /// The hook: for each operator's key in the node's keystore, sends what is due. If that is nothing, and the agenda is far behind, a poke.
    pub(crate) fn report_results(now: BlockNumberFor<T>) {
        let overdue = Self::look_out(now);
        for account in Signer::<T, T::OperatorCrypto, ForAll>::keystore_accounts() {
            let duties = Self::duties(&account.id);
            match BoundedVec::<Report, ConstU32<MAX_REPORTS>>::try_from(Self::due_lines(&account.id, &duties, now)) {
                Ok(lines) if !lines.is_empty() => {
                    let count = lines.len();
                    Self::send(&account, Call::report { reports: lines }, format_args!("a report of {count} lines"), now);
                }
                _ => Self::watch(&account, &duties, &overdue, now),
            }
        }
    }

    /// The lines that can still apply in the next block, the most urgent first.
    fn due_lines(operator: &T::AccountId, duties: &[Duty<BlockNumberFor<T>>], now: BlockNumberFor<T>) -> Vec<Report> {
        let duties = duties.iter().filter(|duty| duty.deadline > now.saturating_add(One::one()));
        let mut genesis = None;
        let lines = duties.filter_map(|duty| {
            let key = mailbox::key(duty.job, duty.tier, duty.provider);
            let entry = match StorageValueRef::persistent(&key).get::<Entry>() {
                Ok(entry) => entry?,
                Err(_) => {
                    log::error!(target: "runtime::job-market", "job {}: the mailbox's entry does not decode", duty.job);
                    return None;
                }
            };
            line(duty, entry, *genesis.get_or_insert_with(Self::genesis_hash), operator)
        });
        lines.take(MAX_REPORTS as usize).collect()
    }

    /// Signs and submits a call, unless the key's last extrinsic is still under way. Whether the pool took it.
    pub(crate) fn send(account: &Account<T>, call: Call<T>, what: core::fmt::Arguments<'_>, now: BlockNumberFor<T>) -> bool {
        let lock_key = (b"hearth/report/lock", &account.id).encode();
        let mut lock =
            StorageLock::<BlockAndTime<frame_system::Pallet<T>>>::with_block_and_time_deadline(&lock_key, LOCK_BLOCKS, LOCK_TIME);
        let Ok(_guard) = lock.try_lock() else { return false };

        let note_key = (b"hearth/report/sent", &account.id).encode();
        let mut note = StorageValueRef::persistent(&note_key);
        let last = note.get::<Sent<BlockNumberFor<T>, T::Nonce>>().unwrap_or_default();
        let nonce = frame_system::Pallet::<T>::account_nonce(&account.id);
        let hash = blake2_256(&call.encode());
        if !may_send(last.as_ref(), now, nonce, hash) {
            return false;
        }
        // Noted before it is sent: a node that dies in between waits, and does not send twice.
        note.set(&Sent { at: now, nonce, lines: hash });
        let signer = Signer::<T, T::OperatorCrypto>::any_account();
        match signer.send_single_signed_transaction(account, call) {
            Some(Ok(())) => {
                log::debug!(target: "runtime::job-market", "{what} was handed to the pool");
                true
            }
            refused => {
                note.clear();
                let why = if refused.is_some() { "the pool refused it" } else { "it could not be signed" };
                log::warn!(target: "runtime::job-market", "{what} was not sent: {why}; what is still due is tried again next block");
                false
            }
        }
    }
}
