//! What the benchmarks measure. The numbers are the runtime's: its benchmarks make them.
//!
//! The pallet itself charges for its two claims alone, each measured with ten thousand backers behind the provider. That one costs the same
//! with a single backer is measured beside it. The market and the registry measure the rest within their own transitions and calls, and an
//! era ends with a session, which takes a whole block's weight.

use frame_support::weights::Weight;

/// The weights of the calls, and of what other pallets make this one do.
pub trait WeightInfo {
    /// `claim`, of the owner whom ten thousand back.
    fn claim() -> Weight;
    /// `claim`, of the owner whom one backs.
    fn claim_with_one_backer() -> Weight;
    /// `claim_backing`, of one of ten thousand.
    fn claim_backing() -> Weight;
    /// `claim_backing`, of the only one.
    fn claim_backing_with_one_backer() -> Weight;
    /// The end of an era.
    fn era_payout() -> Weight;
    /// The fee of a job that so many providers computed.
    fn take_fee(earners: u32) -> Weight;
    /// Work that a provider proved.
    fn proven() -> Weight;
}

/// For tests: everything costs one and every earner of a fee one more, so that a test can tell them apart.
#[cfg(feature = "std")]
impl WeightInfo for () {
    fn claim() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn claim_with_one_backer() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn claim_backing() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn claim_backing_with_one_backer() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn era_payout() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn take_fee(earners: u32) -> Weight {
        Weight::from_parts(1, 1).saturating_mul(u64::from(earners).saturating_add(1))
    }
    fn proven() -> Weight {
        Weight::from_parts(1, 1)
    }
}
