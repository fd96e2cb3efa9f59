//! Weights of `pallet_reward_emission`, measured on 2026-11-24 in 20 steps of 10 repeats (AMD EPYC).
//!
//! `scripts/benchmark.sh pallet_reward_emission` writes this file; changes by hand are lost.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_reward_emission`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_reward_emission::WeightInfo for WeightInfo<T> {
    // Storage: `ProviderRegistry::Providers` (r:1 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Earnings` (r:1 w:1)
    // Proof: `RewardEmission::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:0)
    // Proof: `RewardEmission::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::EraPools` (r:1 w:1)
    // Proof: `RewardEmission::EraPools` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::BackingTotals` (r:1 w:0)
    // Proof: `ProviderRegistry::BackingTotals` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::BackerPools` (r:1 w:1)
    // Proof: `RewardEmission::BackerPools` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::TotalClaimable` (r:1 w:1)
    // Proof: `RewardEmission::TotalClaimable` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // At least 203_249_000 picoseconds.
    fn claim() -> Weight {
        Weight::from_parts(220_141_000, 6_196).saturating_add(T::DbWeight::get().reads_writes(9, 6))
    }
    // Storage: `ProviderRegistry::Providers` (r:1 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Earnings` (r:1 w:1)
    // Proof: `RewardEmission::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:0)
    // Proof: `RewardEmission::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::EraPools` (r:1 w:1)
    // Proof: `RewardEmission::EraPools` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::BackingTotals` (r:1 w:0)
    // Proof: `ProviderRegistry::BackingTotals` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::BackerPools` (r:1 w:1)
    // Proof: `RewardEmission::BackerPools` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::TotalClaimable` (r:1 w:1)
    // Proof: `RewardEmission::TotalClaimable` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // At least 131_184_000 picoseconds.
    fn claim_with_one_backer() -> Weight {
        Weight::from_parts(140_362_000, 6_196).saturating_add(T::DbWeight::get().reads_writes(9, 6))
    }
    // Storage: `RewardEmission::Earnings` (r:1 w:1)
    // Proof: `RewardEmission::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:0)
    // Proof: `RewardEmission::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::EraPools` (r:1 w:1)
    // Proof: `RewardEmission::EraPools` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::BackingTotals` (r:1 w:0)
    // Proof: `ProviderRegistry::BackingTotals` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::BackerPools` (r:1 w:1)
    // Proof: `RewardEmission::BackerPools` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::TotalClaimable` (r:1 w:1)
    // Proof: `RewardEmission::TotalClaimable` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Backings` (r:1 w:0)
    // Proof: `ProviderRegistry::Backings` (`max_values`: None, `max_size`: Some(237), added: 2712, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::BackerEarnings` (r:1 w:1)
    // Proof: `RewardEmission::BackerEarnings` (`max_values`: None, `max_size`: Some(108), added: 2583, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // At least 256_017_000 picoseconds.
    fn claim_backing() -> Weight {
        Weight::from_parts(316_160_000, 6_196).saturating_add(T::DbWeight::get().reads_writes(11, 7))
    }
    // Storage: `RewardEmission::Earnings` (r:1 w:1)
    // Proof: `RewardEmission::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:0)
    // Proof: `RewardEmission::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::EraPools` (r:1 w:1)
    // Proof: `RewardEmission::EraPools` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::BackingTotals` (r:1 w:0)
    // Proof: `ProviderRegistry::BackingTotals` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::BackerPools` (r:1 w:1)
    // Proof: `RewardEmission::BackerPools` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::TotalClaimable` (r:1 w:1)
    // Proof: `RewardEmission::TotalClaimable` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Backings` (r:1 w:0)
    // Proof: `ProviderRegistry::Backings` (`max_values`: None, `max_size`: Some(237), added: 2712, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::BackerEarnings` (r:1 w:1)
    // Proof: `RewardEmission::BackerEarnings` (`max_values`: None, `max_size`: Some(108), added: 2583, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // At least 147_165_000 picoseconds.
    fn claim_backing_with_one_backer() -> Weight {
        Weight::from_parts(196_957_000, 6_196).saturating_add(T::DbWeight::get().reads_writes(11, 7))
    }
    // Storage: `ChainParameters::EpochSlots` (r:1 w:0)
    // Proof: `ChainParameters::EpochSlots` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::SessionsPerEra` (r:1 w:0)
    // Proof: `ChainParameters::SessionsPerEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:1)
    // Proof: `RewardEmission::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Open` (r:1 w:1)
    // Proof: `RewardEmission::Open` (`max_values`: Some(1), `max_size`: Some(48), added: 543, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Age` (r:1 w:1)
    // Proof: `RewardEmission::Age` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:3 w:3)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::EraPools` (r:0 w:1)
    // Proof: `RewardEmission::EraPools` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Eras` (r:0 w:2)
    // Proof: `RewardEmission::Eras` (`max_values`: None, `max_size`: Some(132), added: 2607, mode: `MaxEncodedLen`)
    // At least 128_940_000 picoseconds.
    fn era_payout() -> Weight {
        Weight::from_parts(207_998_000, 8_799).saturating_add(T::DbWeight::get().reads_writes(8, 9))
    }
    // Storage: `RewardEmission::Open` (r:1 w:1)
    // Proof: `RewardEmission::Open` (`max_values`: Some(1), `max_size`: Some(48), added: 543, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Earnings` (r:7 w:7)
    // Proof: `RewardEmission::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:0)
    // Proof: `RewardEmission::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::EraPools` (r:1 w:1)
    // Proof: `RewardEmission::EraPools` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::BackingTotals` (r:7 w:0)
    // Proof: `ProviderRegistry::BackingTotals` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:7 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::BackerPools` (r:7 w:7)
    // Proof: `RewardEmission::BackerPools` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::TotalClaimable` (r:1 w:1)
    // Proof: `RewardEmission::TotalClaimable` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // `e` from 1 to 7.
    // At least 114_373_000 picoseconds.
    fn take_fee(e: u32) -> Weight {
        Weight::from_parts(145_635_622, 3_593)
            .saturating_add(T::DbWeight::get().reads_writes(5, 4))
            .saturating_add(Weight::from_parts(40_504_103, 0).saturating_mul(e.into()))
            .saturating_add(Weight::from_parts(0, 2_656).saturating_mul(e.into()))
            .saturating_add(T::DbWeight::get().reads(4).saturating_mul(e.into()))
            .saturating_add(T::DbWeight::get().writes(2).saturating_mul(e.into()))
    }
    // Storage: `ProviderRegistry::Providers` (r:1 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Open` (r:1 w:1)
    // Proof: `RewardEmission::Open` (`max_values`: Some(1), `max_size`: Some(48), added: 543, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Earnings` (r:1 w:1)
    // Proof: `RewardEmission::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:0)
    // Proof: `RewardEmission::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::EraPools` (r:1 w:1)
    // Proof: `RewardEmission::EraPools` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::BackingTotals` (r:1 w:0)
    // Proof: `ProviderRegistry::BackingTotals` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::BackerPools` (r:1 w:1)
    // Proof: `RewardEmission::BackerPools` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::TotalClaimable` (r:1 w:1)
    // Proof: `RewardEmission::TotalClaimable` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // At least 52_048_000 picoseconds.
    fn proven() -> Weight {
        Weight::from_parts(61_074_000, 3_646).saturating_add(T::DbWeight::get().reads_writes(8, 5))
    }
}
