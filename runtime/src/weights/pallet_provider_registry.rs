//! Weights of `pallet_provider_registry`, measured on 2026-11-24 in 20 steps of 10 repeats (AMD EPYC).
//!
//! `scripts/benchmark.sh pallet_provider_registry` writes this file; changes by hand are lost.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_provider_registry`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_provider_registry::WeightInfo for WeightInfo<T> {
    // Storage: `System::BlockHash` (r:1 w:0)
    // Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:1)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::OperatorOf` (r:1 w:1)
    // Proof: `ProviderRegistry::OperatorOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::NextProviderId` (r:1 w:1)
    // Proof: `ProviderRegistry::NextProviderId` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:0 w:1)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // At least 236_050_000 picoseconds.
    fn register() -> Weight {
        Weight::from_parts(275_314_000, 6_196).saturating_add(T::DbWeight::get().reads_writes(7, 7))
    }
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:0)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:1)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    // At least 109_103_000 picoseconds.
    fn bond_extra() -> Weight {
        Weight::from_parts(171_300_000, 3_640).saturating_add(T::DbWeight::get().reads_writes(10, 7))
    }
    // Storage: `System::BlockHash` (r:1 w:0)
    // Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::OperatorOf` (r:1 w:2)
    // Proof: `ProviderRegistry::OperatorOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:0)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:1)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // At least 182_330_000 picoseconds.
    fn set_operator() -> Weight {
        Weight::from_parts(203_600_000, 6_196).saturating_add(T::DbWeight::get().reads_writes(6, 5))
    }
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:0)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:1)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // At least 35_205_000 picoseconds.
    fn update() -> Weight {
        Weight::from_parts(38_211_000, 3_599).saturating_add(T::DbWeight::get().reads_writes(2, 1))
    }
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:0)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Models` (r:1 w:0)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Offers` (r:1 w:1)
    // Proof: `ProviderRegistry::Offers` (`max_values`: None, `max_size`: Some(6194), added: 8669, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::OfferedBy` (r:1 w:1)
    // Proof: `ProviderRegistry::OfferedBy` (`max_values`: None, `max_size`: Some(2062), added: 4537, mode: `MaxEncodedLen`)
    // At least 94_957_000 picoseconds.
    fn offer() -> Weight {
        Weight::from_parts(104_475_000, 9_659).saturating_add(T::DbWeight::get().reads_writes(5, 2))
    }
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:0)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::OfferedBy` (r:1 w:1)
    // Proof: `ProviderRegistry::OfferedBy` (`max_values`: None, `max_size`: Some(2062), added: 4537, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Offers` (r:1 w:1)
    // Proof: `ProviderRegistry::Offers` (`max_values`: None, `max_size`: Some(6194), added: 8669, mode: `MaxEncodedLen`)
    // At least 80_751_000 picoseconds.
    fn withdraw_offer() -> Weight {
        Weight::from_parts(88_836_000, 9_659).saturating_add(T::DbWeight::get().reads_writes(4, 2))
    }
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:0)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:1)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::OfferedBy` (r:1 w:1)
    // Proof: `ProviderRegistry::OfferedBy` (`max_values`: None, `max_size`: Some(2062), added: 4537, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Offers` (r:64 w:64)
    // Proof: `ProviderRegistry::Offers` (`max_values`: None, `max_size`: Some(6194), added: 8669, mode: `MaxEncodedLen`)
    // `o` from 0 to 64.
    // At least 41_447_000 picoseconds.
    fn leave(o: u32) -> Weight {
        Weight::from_parts(44_958_286, 5_527)
            .saturating_add(T::DbWeight::get().reads_writes(3, 2))
            .saturating_add(Weight::from_parts(18_416_263, 0).saturating_mul(o.into()))
            .saturating_add(Weight::from_parts(0, 8_669).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(1).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().writes(1).saturating_mul(o.into()))
    }
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:1)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:1)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Earnings` (r:1 w:1)
    // Proof: `RewardEmission::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:0)
    // Proof: `RewardEmission::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Open` (r:1 w:1)
    // Proof: `RewardEmission::Open` (`max_values`: Some(1), `max_size`: Some(48), added: 543, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::OperatorOf` (r:0 w:1)
    // Proof: `ProviderRegistry::OperatorOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // At least 113_181_000 picoseconds.
    fn withdraw() -> Weight {
        Weight::from_parts(246_800_000, 6_196).saturating_add(T::DbWeight::get().reads_writes(13, 12))
    }
    fn back() -> Weight {
        Weight::from_parts(228_400_000, 3_640).saturating_add(T::DbWeight::get().reads_writes(12, 10))
    }
    fn unback() -> Weight {
        Weight::from_parts(102_700_000, 3_740).saturating_add(T::DbWeight::get().reads_writes(9, 7))
    }
    fn withdraw_backing() -> Weight {
        Weight::from_parts(251_900_000, 6_196).saturating_add(T::DbWeight::get().reads_writes(12, 10))
    }
    fn set_commission() -> Weight {
        Weight::from_parts(78_600_000, 3_640).saturating_add(T::DbWeight::get().reads_writes(8, 5))
    }
    fn accept_backing() -> Weight {
        Weight::from_parts(36_100_000, 3_640).saturating_add(T::DbWeight::get().reads_writes(2, 1))
    }
}
