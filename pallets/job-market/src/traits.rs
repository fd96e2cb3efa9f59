//! What a runtime supplies besides types and numbers.

/// Where the market's randomness comes from. Asked in `on_initialize` only.
pub trait BlockRandomness {
    /// The VRF output of the parent block, if its author gave one.
    fn parent_vrf() -> Option<[u8; 32]>;

    /// The randomness of the epoch.
    fn epoch() -> [u8; 32];
}

/// What the benchmarks need of the runtime around the pallet.
#[cfg(feature = "runtime-benchmarks")]
pub trait BenchmarkHelper<AccountId, Balance> {
    /// Registers a provider of so many slots with an owner of its own, who exists, and a bond that covers `lock`, that offers `model` at
    /// `ask` and whose work of an ended era is not settled; returns its operator. Each `index` is another provider.
    fn provider(index: u32, slots: u32, model: hearth_primitives::ModelId, ask: Balance, lock: Balance) -> AccountId;
}
