//! What a runtime supplies besides types and numbers.

use hearth_primitives::ProviderId;

/// What the benchmarks need of the runtime around the pallet.
pub trait BenchmarkHelper {
    /// Registers a provider with an owner who exists; returns its id.
    fn provider() -> ProviderId;
}
