//! What the calls' weights depend on. The numbers are the runtime's: its benchmarks make them.

use frame_support::weights::Weight;

/// The weight of every call.
pub trait WeightInfo {
    /// `register`.
    fn register() -> Weight;
    /// `bond_extra`.
    fn bond_extra() -> Weight;
    /// `set_operator`.
    fn set_operator() -> Weight;
    /// `update`.
    fn update() -> Weight;
    /// `offer`.
    fn offer() -> Weight;
    /// `withdraw_offer`.
    fn withdraw_offer() -> Weight;
    /// `leave`, with so many offers to end.
    fn leave(offers: u32) -> Weight;
    /// `withdraw`.
    fn withdraw() -> Weight;
    /// `back`.
    fn back() -> Weight;
    /// `unback`.
    fn unback() -> Weight;
    /// `withdraw_backing`.
    fn withdraw_backing() -> Weight;
    /// `set_commission`.
    fn set_commission() -> Weight;
    /// `accept_backing`.
    fn accept_backing() -> Weight;
    /// `unjail`.
    fn unjail() -> Weight;
    /// `appeal_slash`, the last of those that are due in a block.
    fn appeal_slash() -> Weight;
    /// `collect`.
    fn collect() -> Weight;
    /// A slash that is executed, with everybody paid and an appeal lost.
    fn execute_slash() -> Weight;
    /// A block of the slashes' agenda, empty.
    fn serve_slashes() -> Weight;
}

/// For tests: every call costs one and every offer that `leave` ends one more, so that a test can tell them apart.
#[cfg(feature = "std")]
impl WeightInfo for () {
    fn register() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn bond_extra() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn set_operator() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn update() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn offer() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn withdraw_offer() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn leave(offers: u32) -> Weight {
        Weight::from_parts(1, 1).saturating_mul(u64::from(offers).saturating_add(1))
    }
    fn withdraw() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn back() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn unback() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn withdraw_backing() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn set_commission() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn accept_backing() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn unjail() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn appeal_slash() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn collect() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn execute_slash() -> Weight {
        Weight::from_parts(1, 1)
    }
    fn serve_slashes() -> Weight {
        Weight::from_parts(1, 1)
    }
}
