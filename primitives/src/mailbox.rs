//! The mailbox: what a node's supervisor leaves in the offchain database, for the market pallet's offchain worker to report.
//!
//! Entries are SCALE, under keys in the persistent storage of offchain workers. An entry carries its round's seed, so one that a reorg
//! has made stale is seen as such; it carries its salt, so a node that was killed opens the same commitment when it comes back. In the other
//! direction the offchain worker notes what its watch over the agenda finds, for the node's metrics.

use crate::{blob::BlobRef, digest::Digest, jury::Verdicts, market::DeclineReason, JobId, ProviderId, Tier, H256};
use alloc::vec::Vec;
use codec::{Decode, Encode};

/// What became of one run.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Entry {
    /// The seed of the round for which the run was made.
    pub seed: H256,
    /// The result, or why there is none.
    pub outcome: Result<RunResult, DeclineReason>,
}

/// A result that waits to be committed and revealed.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct RunResult {
    /// Under the round's seed.
    pub digest: Digest,
    /// In the node's blob store.
    pub output: BlobRef,
    /// 32 random bytes of the operating system's.
    pub salt: [u8; 32],
    /// Of a juror: see [`crate::market::Duty::verdicts`]. Of a replica it says nothing.
    pub verdicts: Option<Verdicts>,
}

/// The key of the entry for a provider's part in a round.
pub fn key(job: JobId, tier: Tier, provider: ProviderId) -> Vec<u8> {
    let mut key = b"hearth/result/".to_vec();
    (job, tier, provider).encode_to(&mut key);
    key
}

/// Where the offchain worker leaves its [`Watch`].
pub const WATCH_KEY: &[u8] = b"hearth/watch";

/// What the watch over the agenda has come to.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, PartialEq)]
pub struct Watch {
    /// Blocks by which the agenda is behind.
    pub late: u32,
    /// Jobs that this node has poked, ever.
    pub pokes: u64,
}
