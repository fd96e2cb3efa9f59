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
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::PlaceCount` (r:1 w:1)
    // Proof: `ProviderRegistry::PlaceCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:0 w:1)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Places` (r:0 w:1)
    // Proof: `ProviderRegistry::Places` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // At least 242_442_000 picoseconds.
    fn register() -> Weight {
        Weight::from_parts(377_684_000, 6_196).saturating_add(T::DbWeight::get().reads_writes(8, 9))
    }
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:0)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:1)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Earnings` (r:1 w:1)
    // Proof: `RewardEmission::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:0)
    // Proof: `RewardEmission::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::EraPools` (r:1 w:1)
    // Proof: `RewardEmission::EraPools` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::BackingTotals` (r:1 w:0)
    // Proof: `ProviderRegistry::BackingTotals` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::TotalClaimable` (r:1 w:1)
    // Proof: `RewardEmission::TotalClaimable` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
    // At least 139_851_000 picoseconds.
    fn bond_extra() -> Weight {
        Weight::from_parts(203_319_000, 3_646).saturating_add(T::DbWeight::get().reads_writes(9, 6))
    }
    // Storage: `System::BlockHash` (r:1 w:0)
    // Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::OperatorOf` (r:1 w:2)
    // Proof: `ProviderRegistry::OperatorOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:0)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:1)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // At least 182_170_000 picoseconds.
    fn set_operator() -> Weight {
        Weight::from_parts(210_913_000, 6_196).saturating_add(T::DbWeight::get().reads_writes(6, 5))
    }
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:0)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:1)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // At least 36_178_000 picoseconds.
    fn update() -> Weight {
        Weight::from_parts(51_156_000, 3_646).saturating_add(T::DbWeight::get().reads_writes(2, 1))
    }
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:0)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `JobMarket::Models` (r:1 w:0)
    // Proof: `JobMarket::Models` (`max_values`: None, `max_size`: Some(239), added: 2714, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Offers` (r:1 w:1)
    // Proof: `ProviderRegistry::Offers` (`max_values`: None, `max_size`: Some(6194), added: 8669, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::OfferedBy` (r:1 w:1)
    // Proof: `ProviderRegistry::OfferedBy` (`max_values`: None, `max_size`: Some(2062), added: 4537, mode: `MaxEncodedLen`)
    // At least 99_376_000 picoseconds.
    fn offer() -> Weight {
        Weight::from_parts(174_696_000, 9_659).saturating_add(T::DbWeight::get().reads_writes(5, 2))
    }
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:0)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::OfferedBy` (r:1 w:1)
    // Proof: `ProviderRegistry::OfferedBy` (`max_values`: None, `max_size`: Some(2062), added: 4537, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Offers` (r:1 w:1)
    // Proof: `ProviderRegistry::Offers` (`max_values`: None, `max_size`: Some(6194), added: 8669, mode: `MaxEncodedLen`)
    // At least 85_309_000 picoseconds.
    fn withdraw_offer() -> Weight {
        Weight::from_parts(166_861_000, 9_659).saturating_add(T::DbWeight::get().reads_writes(4, 2))
    }
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:0)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:2 w:2)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::OfferedBy` (r:1 w:1)
    // Proof: `ProviderRegistry::OfferedBy` (`max_values`: None, `max_size`: Some(2062), added: 4537, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Offers` (r:64 w:64)
    // Proof: `ProviderRegistry::Offers` (`max_values`: None, `max_size`: Some(6194), added: 8669, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::PlaceCount` (r:1 w:1)
    // Proof: `ProviderRegistry::PlaceCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Places` (r:1 w:2)
    // Proof: `ProviderRegistry::Places` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // `o` from 0 to 64.
    // At least 59_561_000 picoseconds.
    fn leave(o: u32) -> Weight {
        Weight::from_parts(96_901_326, 6_302)
            .saturating_add(T::DbWeight::get().reads_writes(6, 6))
            .saturating_add(Weight::from_parts(26_917_709, 0).saturating_mul(o.into()))
            .saturating_add(Weight::from_parts(0, 8_669).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(1).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().writes(1).saturating_mul(o.into()))
    }
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:1)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:1)
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
    // Storage: `RewardEmission::Open` (r:1 w:1)
    // Proof: `RewardEmission::Open` (`max_values`: Some(1), `max_size`: Some(48), added: 543, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::OperatorOf` (r:0 w:1)
    // Proof: `ProviderRegistry::OperatorOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // At least 214_580_000 picoseconds.
    fn withdraw() -> Weight {
        Weight::from_parts(343_571_000, 6_196).saturating_add(T::DbWeight::get().reads_writes(12, 11))
    }
    // Storage: `ProviderRegistry::Providers` (r:1 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::BackingTotals` (r:1 w:1)
    // Proof: `ProviderRegistry::BackingTotals` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Earnings` (r:1 w:1)
    // Proof: `RewardEmission::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:0)
    // Proof: `RewardEmission::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::EraPools` (r:1 w:1)
    // Proof: `RewardEmission::EraPools` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::BackerPools` (r:1 w:1)
    // Proof: `RewardEmission::BackerPools` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::TotalClaimable` (r:1 w:1)
    // Proof: `RewardEmission::TotalClaimable` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Backings` (r:1 w:1)
    // Proof: `ProviderRegistry::Backings` (`max_values`: None, `max_size`: Some(237), added: 2712, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::BackerEarnings` (r:1 w:1)
    // Proof: `RewardEmission::BackerEarnings` (`max_values`: None, `max_size`: Some(108), added: 2583, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::BackedBy` (r:1 w:1)
    // Proof: `ProviderRegistry::BackedBy` (`max_values`: None, `max_size`: Some(113), added: 2588, mode: `MaxEncodedLen`)
    // At least 182_360_000 picoseconds.
    fn back() -> Weight {
        Weight::from_parts(214_490_000, 3_702).saturating_add(T::DbWeight::get().reads_writes(12, 10))
    }
    // Storage: `ProviderRegistry::Backings` (r:1 w:1)
    // Proof: `ProviderRegistry::Backings` (`max_values`: None, `max_size`: Some(237), added: 2712, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Earnings` (r:1 w:1)
    // Proof: `RewardEmission::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:0)
    // Proof: `RewardEmission::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::EraPools` (r:1 w:1)
    // Proof: `RewardEmission::EraPools` (`max_values`: None, `max_size`: Some(76), added: 2551, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::BackingTotals` (r:1 w:1)
    // Proof: `ProviderRegistry::BackingTotals` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::BackerPools` (r:1 w:1)
    // Proof: `RewardEmission::BackerPools` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::TotalClaimable` (r:1 w:1)
    // Proof: `RewardEmission::TotalClaimable` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::BackerEarnings` (r:1 w:1)
    // Proof: `RewardEmission::BackerEarnings` (`max_values`: None, `max_size`: Some(108), added: 2583, mode: `MaxEncodedLen`)
    // At least 101_630_000 picoseconds.
    fn unback() -> Weight {
        Weight::from_parts(109_114_000, 3_702).saturating_add(T::DbWeight::get().reads_writes(9, 7))
    }
    // Storage: `ProviderRegistry::Backings` (r:1 w:1)
    // Proof: `ProviderRegistry::Backings` (`max_values`: None, `max_size`: Some(237), added: 2712, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::Earnings` (r:1 w:1)
    // Proof: `RewardEmission::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:0)
    // Proof: `RewardEmission::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::BackingTotals` (r:1 w:1)
    // Proof: `ProviderRegistry::BackingTotals` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::BackerEarnings` (r:1 w:1)
    // Proof: `RewardEmission::BackerEarnings` (`max_values`: None, `max_size`: Some(108), added: 2583, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::BackerPools` (r:1 w:1)
    // Proof: `RewardEmission::BackerPools` (`max_values`: None, `max_size`: Some(60), added: 2535, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(157), added: 2632, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::BackedBy` (r:1 w:1)
    // Proof: `ProviderRegistry::BackedBy` (`max_values`: None, `max_size`: Some(113), added: 2588, mode: `MaxEncodedLen`)
    // Storage: `RewardEmission::TotalClaimable` (r:1 w:1)
    // Proof: `RewardEmission::TotalClaimable` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // At least 226_362_000 picoseconds.
    fn withdraw_backing() -> Weight {
        Weight::from_parts(236_401_000, 6_196).saturating_add(T::DbWeight::get().reads_writes(12, 10))
    }
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:0)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:1)
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
    // At least 75_221_000 picoseconds.
    fn set_commission() -> Weight {
        Weight::from_parts(81_442_000, 3_646).saturating_add(T::DbWeight::get().reads_writes(8, 5))
    }
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:0)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:1)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // At least 35_757_000 picoseconds.
    fn accept_backing() -> Weight {
        Weight::from_parts(41_357_000, 3_646).saturating_add(T::DbWeight::get().reads_writes(2, 1))
    }
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:0)
    // Storage: `ProviderRegistry::Providers` (r:1 w:1)
    // Not measured yet.
    fn unjail() -> Weight {
        Weight::from_parts(50_000_000, 3_646).saturating_add(T::DbWeight::get().reads_writes(2, 1))
    }
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:0)
    // Storage: `ProviderRegistry::Deferred` (r:65 w:1)
    // Storage: `System::Account` (r:1 w:1)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Not measured yet.
    fn appeal_slash() -> Weight {
        Weight::from_parts(600_000_000, 180_000).saturating_add(T::DbWeight::get().reads_writes(68, 3))
    }
    // Storage: `ProviderRegistry::Backings` (r:1 w:1)
    // Storage: `RewardEmission::Earnings` (r:1 w:1)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:0)
    // Storage: `RewardEmission::EraPools` (r:1 w:1)
    // Storage: `ProviderRegistry::BackingTotals` (r:1 w:1)
    // Storage: `ProviderRegistry::Providers` (r:1 w:0)
    // Storage: `RewardEmission::BackerPools` (r:1 w:1)
    // Storage: `RewardEmission::TotalClaimable` (r:1 w:1)
    // Storage: `RewardEmission::BackerEarnings` (r:1 w:1)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Storage: `System::Account` (r:3 w:3)
    // Storage: `ProviderRegistry::BackedBy` (r:1 w:1)
    // Not measured yet.
    fn collect() -> Weight {
        Weight::from_parts(400_000_000, 9_000).saturating_add(T::DbWeight::get().reads_writes(14, 12))
    }
    // Storage: `ProviderRegistry::Deferred` (r:1 w:1)
    // Storage: `ProviderRegistry::Providers` (r:1 w:1)
    // Storage: `ProviderRegistry::BackingTotals` (r:1 w:1)
    // Storage: `RewardEmission::Earnings` (r:1 w:1)
    // Storage: `RewardEmission::CurrentEra` (r:1 w:0)
    // Storage: `RewardEmission::EraPools` (r:1 w:1)
    // Storage: `RewardEmission::BackerPools` (r:1 w:1)
    // Storage: `RewardEmission::TotalClaimable` (r:1 w:1)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Storage: `System::Account` (r:5 w:5)
    // Not measured yet.
    fn execute_slash() -> Weight {
        Weight::from_parts(500_000_000, 18_000).saturating_add(T::DbWeight::get().reads_writes(14, 13))
    }
    // Storage: `DaoGovernance::Pauses` (r:1 w:0)
    // Storage: `Parameters::Parameters` (r:1 w:0)
    // Storage: `ProviderRegistry::SlashCursor` (r:1 w:1)
    // Storage: `ProviderRegistry::Deferred` (r:1 w:0)
    // Not measured yet.
    fn serve_slashes() -> Weight {
        Weight::from_parts(25_000_000, 3_501).saturating_add(T::DbWeight::get().reads_writes(4, 1))
    }
}
