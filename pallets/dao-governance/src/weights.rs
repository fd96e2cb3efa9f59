//! What the benchmarks measure. The numbers are the runtime's: its benchmarks make them.

use frame_support::weights::Weight;

/// The weights of the calls, and of what happens by itself.
pub trait WeightInfo {
    /// `set_parameter` that puts a value in force.
    fn set_parameter() -> Weight;
    /// `set_parameter` that opens a change before a house of `p` providers.
    fn open_change(p: u32) -> Weight;
    /// `set_bound`.
    fn set_bound() -> Weight;
    /// `object`.
    fn object() -> Weight;
    /// `clear_objections`, all that one call clears.
    fn clear_objections() -> Weight;
    /// `cancel_slash` among as many as there can be.
    fn cancel_slash() -> Weight;
    /// `create_budget`.
    fn create_budget() -> Weight;
    /// `reach_milestone`.
    fn reach_milestone() -> Weight;
    /// `claim_budget` that ends the budget.
    fn claim_budget() -> Weight;
    /// `stop_budget`.
    fn stop_budget() -> Weight;
    /// `pull_brake`.
    fn pull_brake() -> Weight;
    /// `release_brake`.
    fn release_brake() -> Weight;
    /// A block in which nothing ends.
    fn begin_block() -> Weight;
    /// The end of a window: the change comes into force.
    fn settle_change() -> Weight;
    /// The voices of a house of `p` providers, once in a block in which a window ends.
    fn count_house(p: u32) -> Weight;
    /// The end of a pause, or of its rest.
    fn end_pause() -> Weight;
}

/// For tests: everything costs one, and every provider that is counted one more.
#[cfg(feature = "std")]
impl WeightInfo for () {
    fn set_parameter() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn open_change(p: u32) -> Weight {
        Weight::from_parts(1, 1).saturating_mul(u64::from(p).saturating_add(1))
    }
    fn set_bound() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn object() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn clear_objections() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn cancel_slash() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn begin_block() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn settle_change() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn count_house(p: u32) -> Weight {
        Weight::from_parts(1, 1).saturating_mul(u64::from(p).saturating_add(1))
    }
    fn create_budget() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn reach_milestone() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn claim_budget() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn stop_budget() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn pull_brake() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn release_brake() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn end_pause() -> Weight {
        Weight::from_parts(1, 1)
    }
}
