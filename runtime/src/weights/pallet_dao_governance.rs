//! Weights of `pallet_dao_governance`, measured on 2026-11-24 in 20 steps of 10 repeats (AMD EPYC).
//!
//! `scripts/benchmark.sh pallet_dao_governance` writes this file; changes by hand are lost.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_dao_governance`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_dao_governance::WeightInfo for WeightInfo<T> {
    // Storage: `Parameters::Parameters` (r:35 w:1)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::GovernanceDay` (r:1 w:0)
    // Proof: `ChainParameters::GovernanceDay` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::EpochSlots` (r:1 w:0)
    // Proof: `ChainParameters::EpochSlots` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::SessionsPerEra` (r:1 w:0)
    // Proof: `ChainParameters::SessionsPerEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::SlashDeferral` (r:1 w:0)
    // Proof: `ChainParameters::SlashDeferral` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::AcceptedWindow` (r:1 w:0)
    // Proof: `ChainParameters::AcceptedWindow` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::ChallengePeriod` (r:1 w:0)
    // Proof: `ChainParameters::ChallengePeriod` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::Bounds` (r:1 w:0)
    // Proof: `DaoGovernance::Bounds` (`max_values`: None, `max_size`: Some(50), added: 2525, mode: `MaxEncodedLen`)
    // At least 263_983_000 picoseconds.
    fn set_parameter() -> Weight {
        // With ten numbers more since.
        Weight::from_parts(350_000_000, 113_985).saturating_add(T::DbWeight::get().reads_writes(52, 1))
    }
    // Storage: `Parameters::Parameters` (r:35 w:0)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::GovernanceDay` (r:1 w:0)
    // Proof: `ChainParameters::GovernanceDay` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::EpochSlots` (r:1 w:0)
    // Proof: `ChainParameters::EpochSlots` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::SessionsPerEra` (r:1 w:0)
    // Proof: `ChainParameters::SessionsPerEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::SlashDeferral` (r:1 w:0)
    // Proof: `ChainParameters::SlashDeferral` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::AcceptedWindow` (r:1 w:0)
    // Proof: `ChainParameters::AcceptedWindow` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::ChallengePeriod` (r:1 w:0)
    // Proof: `ChainParameters::ChallengePeriod` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::NextChange` (r:1 w:1)
    // Proof: `DaoGovernance::NextChange` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::PlaceCount` (r:1 w:0)
    // Proof: `ProviderRegistry::PlaceCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Places` (r:101 w:0)
    // Proof: `ProviderRegistry::Places` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:101 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::Changes` (r:1 w:1)
    // Proof: `DaoGovernance::Changes` (`max_values`: Some(1), `max_size`: Some(945), added: 1440, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::Bounds` (r:0 w:1)
    // Proof: `DaoGovernance::Bounds` (`max_values`: None, `max_size`: Some(50), added: 2525, mode: `MaxEncodedLen`)
    // `p` from 1 to 100.
    // At least 337_660_000 picoseconds.
    fn open_change(p: u32) -> Weight {
        // With ten numbers more since.
        Weight::from_parts(430_000_000, 113_985)
            .saturating_add(T::DbWeight::get().reads_writes(56, 3))
            .saturating_add(Weight::from_parts(13_465_236, 0).saturating_mul(p.into()))
            .saturating_add(Weight::from_parts(0, 2_656).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(2).saturating_mul(p.into()))
    }
    // Storage: `Parameters::Parameters` (r:1 w:0)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::Bounds` (r:1 w:1)
    // Proof: `DaoGovernance::Bounds` (`max_values`: None, `max_size`: Some(50), added: 2525, mode: `MaxEncodedLen`)
    // At least 26_810_000 picoseconds.
    fn set_bound() -> Weight {
        Weight::from_parts(31_980_000, 3_515).saturating_add(T::DbWeight::get().reads_writes(2, 1))
    }
    // Storage: `ProviderRegistry::OwnerOf` (r:1 w:0)
    // Proof: `ProviderRegistry::OwnerOf` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:1 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `Parameters::Parameters` (r:1 w:0)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::Changes` (r:1 w:1)
    // Proof: `DaoGovernance::Changes` (`max_values`: Some(1), `max_size`: Some(945), added: 1440, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::Objections` (r:1 w:1)
    // Proof: `DaoGovernance::Objections` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
    // At least 63_007_000 picoseconds.
    fn object() -> Weight {
        Weight::from_parts(113_191_000, 3_646).saturating_add(T::DbWeight::get().reads_writes(5, 2))
    }
    // Storage: `DaoGovernance::Changes` (r:1 w:0)
    // Proof: `DaoGovernance::Changes` (`max_values`: Some(1), `max_size`: Some(945), added: 1440, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::Objections` (r:65 w:64)
    // Proof: `DaoGovernance::Objections` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
    // At least 351_275_000 picoseconds.
    fn clear_objections() -> Weight {
        Weight::from_parts(596_863_000, 164_465).saturating_add(T::DbWeight::get().reads_writes(66, 64))
    }
    // Storage: `Staking::ActiveEra` (r:1 w:0)
    // Proof: `Staking::ActiveEra` (`max_values`: Some(1), `max_size`: Some(13), added: 508, mode: `MaxEncodedLen`)
    // Storage: `Staking::UnappliedSlashes` (r:1 w:1)
    // Proof: `Staking::UnappliedSlashes` (`max_values`: None, `max_size`: None, mode: `Measured`)
    // At least 26_276_904_000 picoseconds.
    fn cancel_slash() -> Weight {
        Weight::from_parts(31_972_924_000, 2_468_395).saturating_add(T::DbWeight::get().reads_writes(2, 1))
    }
    // Storage: `DaoGovernance::CounterForBudgets` (r:1 w:1)
    // Proof: `DaoGovernance::CounterForBudgets` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::NextBudget` (r:1 w:1)
    // Proof: `DaoGovernance::NextBudget` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::Budgets` (r:1 w:1)
    // Proof: `DaoGovernance::Budgets` (`max_values`: None, `max_size`: Some(328), added: 2803, mode: `MaxEncodedLen`)
    // At least 29_004_000 picoseconds.
    fn create_budget() -> Weight {
        Weight::from_parts(48_871_000, 3_793).saturating_add(T::DbWeight::get().reads_writes(3, 3))
    }
    // Storage: `DaoGovernance::Budgets` (r:1 w:1)
    // Proof: `DaoGovernance::Budgets` (`max_values`: None, `max_size`: Some(328), added: 2803, mode: `MaxEncodedLen`)
    // At least 30_066_000 picoseconds.
    fn reach_milestone() -> Weight {
        Weight::from_parts(39_093_000, 3_793).saturating_add(T::DbWeight::get().reads_writes(1, 1))
    }
    // Storage: `DaoGovernance::Budgets` (r:1 w:1)
    // Proof: `DaoGovernance::Budgets` (`max_values`: None, `max_size`: Some(328), added: 2803, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::CounterForBudgets` (r:1 w:1)
    // Proof: `DaoGovernance::CounterForBudgets` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // At least 104_666_000 picoseconds.
    fn claim_budget() -> Weight {
        Weight::from_parts(151_733_000, 6_196).saturating_add(T::DbWeight::get().reads_writes(4, 4))
    }
    // Storage: `DaoGovernance::Budgets` (r:1 w:1)
    // Proof: `DaoGovernance::Budgets` (`max_values`: None, `max_size`: Some(328), added: 2803, mode: `MaxEncodedLen`)
    // At least 31_018_000 picoseconds.
    fn stop_budget() -> Weight {
        Weight::from_parts(37_690_000, 3_793).saturating_add(T::DbWeight::get().reads_writes(1, 1))
    }
    // Storage: `Parameters::Parameters` (r:1 w:0)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::GovernanceDay` (r:1 w:0)
    // Proof: `ChainParameters::GovernanceDay` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::Pauses` (r:1 w:1)
    // Proof: `DaoGovernance::Pauses` (`max_values`: Some(1), `max_size`: Some(1185), added: 1680, mode: `MaxEncodedLen`)
    // At least 41_467_000 picoseconds.
    fn pull_brake() -> Weight {
        Weight::from_parts(45_254_000, 3_501).saturating_add(T::DbWeight::get().reads_writes(3, 1))
    }
    // Storage: `DaoGovernance::Pauses` (r:1 w:1)
    // Proof: `DaoGovernance::Pauses` (`max_values`: Some(1), `max_size`: Some(1185), added: 1680, mode: `MaxEncodedLen`)
    // At least 29_786_000 picoseconds.
    fn release_brake() -> Weight {
        Weight::from_parts(33_151_000, 2_670).saturating_add(T::DbWeight::get().reads_writes(1, 1))
    }
    // Storage: `DaoGovernance::Changes` (r:1 w:0)
    // Proof: `DaoGovernance::Changes` (`max_values`: Some(1), `max_size`: Some(945), added: 1440, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::Pauses` (r:1 w:1)
    // Proof: `DaoGovernance::Pauses` (`max_values`: Some(1), `max_size`: Some(1185), added: 1680, mode: `MaxEncodedLen`)
    // Storage: `Parameters::Parameters` (r:1 w:0)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::GovernanceDay` (r:1 w:0)
    // Proof: `ChainParameters::GovernanceDay` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // At least 26_018_000 picoseconds.
    fn end_pause() -> Weight {
        Weight::from_parts(28_614_000, 3_501).saturating_add(T::DbWeight::get().reads_writes(4, 1))
    }
    // Storage: `DaoGovernance::Changes` (r:1 w:0)
    // Proof: `DaoGovernance::Changes` (`max_values`: Some(1), `max_size`: Some(945), added: 1440, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::Pauses` (r:1 w:0)
    // Proof: `DaoGovernance::Pauses` (`max_values`: Some(1), `max_size`: Some(1185), added: 1680, mode: `MaxEncodedLen`)
    // Storage: `Parameters::Parameters` (r:1 w:0)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::GovernanceDay` (r:1 w:0)
    // Proof: `ChainParameters::GovernanceDay` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // At least 26_019_000 picoseconds.
    fn begin_block() -> Weight {
        Weight::from_parts(28_022_000, 3_501).saturating_add(T::DbWeight::get().reads_writes(4, 0))
    }
    // Storage: `ProviderRegistry::PlaceCount` (r:1 w:0)
    // Proof: `ProviderRegistry::PlaceCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Places` (r:101 w:0)
    // Proof: `ProviderRegistry::Places` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:101 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `Parameters::Parameters` (r:1 w:0)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // `p` from 1 to 100.
    // At least 35_837_000 picoseconds.
    fn count_house(p: u32) -> Weight {
        Weight::from_parts(29_530_474, 3_646)
            .saturating_add(T::DbWeight::get().reads_writes(4, 0))
            .saturating_add(Weight::from_parts(13_324_185, 0).saturating_mul(p.into()))
            .saturating_add(Weight::from_parts(0, 2_656).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(2).saturating_mul(p.into()))
    }
    // Storage: `DaoGovernance::Changes` (r:1 w:1)
    // Proof: `DaoGovernance::Changes` (`max_values`: Some(1), `max_size`: Some(945), added: 1440, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::PlaceCount` (r:1 w:0)
    // Proof: `ProviderRegistry::PlaceCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Places` (r:2 w:0)
    // Proof: `ProviderRegistry::Places` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `ProviderRegistry::Providers` (r:2 w:0)
    // Proof: `ProviderRegistry::Providers` (`max_values`: None, `max_size`: Some(181), added: 2656, mode: `MaxEncodedLen`)
    // Storage: `Parameters::Parameters` (r:36 w:1)
    // Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::GovernanceDay` (r:1 w:0)
    // Proof: `ChainParameters::GovernanceDay` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::EpochSlots` (r:1 w:0)
    // Proof: `ChainParameters::EpochSlots` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::SessionsPerEra` (r:1 w:0)
    // Proof: `ChainParameters::SessionsPerEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::SlashDeferral` (r:1 w:0)
    // Proof: `ChainParameters::SlashDeferral` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::AcceptedWindow` (r:1 w:0)
    // Proof: `ChainParameters::AcceptedWindow` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `ChainParameters::ChallengePeriod` (r:1 w:0)
    // Proof: `ChainParameters::ChallengePeriod` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::Bounds` (r:1 w:0)
    // Proof: `DaoGovernance::Bounds` (`max_values`: None, `max_size`: Some(50), added: 2525, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::Objections` (r:65 w:64)
    // Proof: `DaoGovernance::Objections` (`max_values`: None, `max_size`: Some(40), added: 2515, mode: `MaxEncodedLen`)
    // Storage: `DaoGovernance::Pauses` (r:1 w:0)
    // Proof: `DaoGovernance::Pauses` (`max_values`: Some(1), `max_size`: Some(1185), added: 1680, mode: `MaxEncodedLen`)
    // At least 652_307_000 picoseconds.
    fn settle_change() -> Weight {
        // With ten numbers more since.
        Weight::from_parts(945_000_000, 164_465).saturating_add(T::DbWeight::get().reads_writes(125, 66))
    }
}
