//! The watchtower: a node that finds the agenda far behind serves an overdue job by a `poke`, which does the same whoever sends it and
//! whenever. Blocks serve what is due by themselves, so there is seldom anything to do, and nothing hangs on who does it.
//!
//! Any key of the operators' type in a node's keystore watches: an operator's, or one that belongs to no provider and has money for fees.
//!
//! | what can go wrong | what stands against it |
//! |---|---|
//! | a delay that the agenda makes up for by itself | nothing is done about jobs that are late by less than [`LATE`] blocks |
//! | all nodes poke at once, and the same job | by chance about [`HELPERS`] keys have their turn in a block, each with a job of its own chance |
//! | a poke stands in the way of the operator's own report | reports go first; no poke is sent within [`BUSY`] blocks of the end of a time to commit; it is valid for a few blocks only |
//! | somebody was faster, and the poke costs its fee | seldom, by the turns; each key has one in flight |

use crate::{draw, offchain::RESEND_AFTER, Agenda, AgendaCursor, Call, Config, Pallet};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::traits::{
    fungible::Inspect,
    tokens::{Fortitude, Preservation},
    Get,
};
use frame_system::{offchain::Account, pallet_prelude::BlockNumberFor};
use hearth_primitives::{
    blake2_256,
    mailbox::{Watch, WATCH_KEY},
    market::{Duty, DutyStep},
    provider::{ChallengePool, ProviderPool},
    JobId, H256,
};
use sp_runtime::{
    offchain::storage::StorageValueRef,
    traits::{One, UniqueSaturatedInto},
    Saturating,
};

/// Blocks by which a job must be late before anybody helps.
pub const LATE: u32 = 10;

/// How many keys have their turn in a block, on average, if each provider's key watches.
pub const HELPERS: u32 = 8;

/// An operator that may have to commit within so many blocks sends nothing else.
pub const BUSY: u32 = 10;

// A poke that is in flight, or lost, must not hold up a report for longer.
const _: () = assert!(RESEND_AFTER < BUSY);

/// The most jobs among which a key chooses.
pub const MAX_OVERDUE: usize = 256;

/// The most blocks of the agenda that are looked through for them.
const MAX_BLOCKS: usize = 256;

/// Separates the lots of keys from every other hash.
const WATCH_DOMAIN: &[u8] = b"hearth/watch";

/// The lot of a key in the block after `parent`, number `now`. Pure.
pub(crate) fn lot(parent: H256, now: impl Encode, key: &impl Encode) -> H256 {
    let mut preimage = WATCH_DOMAIN.to_vec();
    (parent, now, key).encode_to(&mut preimage);
    blake2_256(&preimage)
}

/// Which of the overdue jobs a key serves by its lot, if it has its turn among so many keys. Pure.
pub(crate) fn choose(lot: H256, keys: u32, overdue: &[JobId]) -> Option<JobId> {
    let turns = keys.div_ceil(HELPERS);
    if draw::pick(lot, 0, turns.into()) != 0 {
        return None;
    }
    overdue.get(draw::pick(lot, 1, overdue.len() as u64) as usize).copied()
}

/// Whether an operator may have to commit so soon that nothing may stand in its way. Pure.
pub(crate) fn is_busy<B>(duties: &[Duty<B>], now: B) -> bool
where
    B: Copy + PartialOrd + Saturating + From<u32>,
{
    let soon = now.saturating_add(BUSY.into());
    duties.iter().any(|duty| duty.step == DutyStep::Commit && duty.deadline > now && duty.deadline <= soon)
}

impl<T: Config> Pallet<T> {
    /// Looks whether the agenda is behind, and notes it; returns the jobs that are late by [`LATE`] blocks or more, the latest first.
    pub(crate) fn look_out(now: BlockNumberFor<T>) -> Vec<JobId> {
        let Some(cursor) = AgendaCursor::<T>::get() else { return Vec::new() };
        let late: u32 = now.saturating_add(One::one()).saturating_sub(cursor).unique_saturated_into();
        note(|watch| (watch.late != late).then_some(Watch { late, ..watch }));
        let last = now.saturating_sub(LATE.into());
        let blocks = core::iter::successors(Some(cursor), |block| Some((*block).saturating_add(One::one())));
        let due = blocks.take_while(|block| *block <= last).take(MAX_BLOCKS);
        due.flat_map(Agenda::<T>::iter_key_prefix).take(MAX_OVERDUE).collect()
    }

    /// For a key that has nothing to report: pokes one of the overdue jobs, if it is the key's turn.
    pub(crate) fn watch(account: &Account<T>, duties: &[Duty<BlockNumberFor<T>>], overdue: &[JobId], now: BlockNumberFor<T>) {
        if overdue.is_empty() || is_busy(duties, now) {
            return;
        }
        let lot = lot(frame_system::Pallet::<T>::parent_hash(), now, &account.id);
        let Some(job) = choose(lot, T::Providers::challengeable(), overdue) else { return };
        if !Self::can_watch(&account.id) {
            return;
        }
        if Self::send(account, Call::poke { job }, format_args!("a poke of job {job}"), now) {
            log::info!(target: "runtime::job-market", "the chain's agenda is behind: this node pokes job {job}, one of {} late ones", overdue.len());
            note(|watch| Some(Watch { pokes: watch.pokes.saturating_add(1), ..watch }));
        }
    }

    /// Whether a key is an operator's, or has enough of its own for a fee, which a poke costs if another was faster.
    fn can_watch(key: &T::AccountId) -> bool {
        let money = || T::Currency::reducible_balance(key, Preservation::Preserve, Fortitude::Polite);
        T::Providers::provider_of(key).is_some() || money() >= T::MinPrice::get()
    }
}

/// Changes what the node's metrics read. Where two blocks' runs overlap, one change may be lost: nothing else depends on it.
fn note(change: impl FnOnce(Watch) -> Option<Watch>) {
    let _ = StorageValueRef::persistent(WATCH_KEY).mutate::<Watch, (), _>(|before| {
        let before = before.ok().flatten().unwrap_or_default();
        let after = change(before).ok_or(())?;
        match (before.late < LATE, after.late < LATE) {
            (true, false) => {
                log::warn!(target: "runtime::job-market", "the chain's agenda is {} blocks behind: jobs wait for it", after.late)
            }
            (false, true) => log::info!(target: "runtime::job-market", "the chain's agenda has caught up"),
            _ => {}
        }
        Ok(after)
    });
}
