//! What the market and the registry keep and the runtime API does not tell, by the names of the chain's metadata: only the fields that are
//! used here.
//!
//! The derived decoding needs the standard `Result`, so nothing here imports this program's.

use hearth_primitives::{JobId, ProviderId};
use subxt::{ext::scale_decode::DecodeAsType, utils::AccountId32};

/// `JobMarket.Jobs`: who disputes a job.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Disputes {
    /// Whoever challenges the result.
    pub challenger: Option<Dispute>,
    /// Whoever appeals against the first verdict.
    pub appellant: Option<Dispute>,
}

/// A bond against a result or a verdict.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Dispute {
    /// Whose.
    pub who: AccountId32,
    /// In planck.
    pub bond: u128,
    /// Once settled, whether it came back.
    pub returned: Option<bool>,
}

/// `JobMarket.Rounds`: the members of one draw.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Round {
    /// What is locked behind each member without an outcome, in planck.
    pub lock: u128,
}

/// `JobMarket.Models`: a model.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Model {
    /// How often its jobs found no verdict.
    pub faults: FaultRate,
}

/// Jobs that ended with or without a verdict.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct FaultRate {
    /// All that are counted.
    pub jobs: u32,
    /// Those without.
    pub faults: u32,
}

/// `ProviderRegistry.Deferred`: a slash that waits.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Slash {
    /// Whose.
    pub provider: ProviderId,
    /// The job whose jury convicted.
    pub job: JobId,
    /// Held from the owner for its appeal, in planck; none where it did not appeal.
    pub appeal: Option<u128>,
}
