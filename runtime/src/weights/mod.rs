//! What the calls of this chain's own pallets cost, as `scripts/benchmark.sh` measured it.

pub mod pallet_dao_governance;
pub mod pallet_job_market;
pub mod pallet_provider_registry;
pub mod pallet_reward_emission;
