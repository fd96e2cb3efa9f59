//! Which pallets are benchmarked. `scripts/benchmark.sh` runs them and writes what they measure into [`crate::weights`].

use crate::{
    AllPalletsWithSystem, Babe, Balances, DaoGovernance, Grandpa, JobMarket, Multisig, ProviderRegistry, Proxy, RewardEmission, Runtime,
    Sudo, Timestamp, Utility,
};
use alloc::{string::String, vec::Vec};
use frame_benchmarking::{define_benchmarks, BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::traits::{StorageInfo, StorageInfoTrait, WhitelistedStorageKeys};
use frame_system_benchmarking::{extensions::Pallet as SystemExtensions, Pallet as SystemBench};

impl frame_system_benchmarking::Config for Runtime {}

define_benchmarks!(
    [frame_system, SystemBench::<Runtime>]
    [frame_system_extensions, SystemExtensions::<Runtime>]
    [pallet_babe, Babe]
    [pallet_balances, Balances]
    [pallet_dao_governance, DaoGovernance]
    [pallet_grandpa, Grandpa]
    [pallet_job_market, JobMarket]
    [pallet_multisig, Multisig]
    [pallet_provider_registry, ProviderRegistry]
    [pallet_proxy, Proxy]
    [pallet_reward_emission, RewardEmission]
    [pallet_sudo, Sudo]
    [pallet_timestamp, Timestamp]
    [pallet_utility, Utility]
);

/// What can be benchmarked, and the storage that it touches.
pub fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
    let mut list = Vec::new();
    list_benchmarks!(list, extra);
    (list, AllPalletsWithSystem::storage_info())
}

/// Runs a benchmark.
pub fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
    let whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
    let mut batches = Vec::new();
    let params = (&config, &whitelist);
    add_benchmarks!(params, batches);
    Ok(batches)
}
