//! What a runtime supplies besides types and numbers.

use hearth_primitives::ProviderId;

/// What the benchmarks need of the runtime around the pallet.
pub trait BenchmarkHelper<AccountId> {
    /// Registers a provider with an owner who exists and so many backers: [`Self::backer`] of the numbers below. Each `index` is another.
    fn provider(index: u32, backers: u32) -> ProviderId;

    /// A backer. The first exists, so that it can be paid any amount.
    fn backer(index: u32) -> AccountId;
}
