//! RewardEmission: how much is minted, who gets it, and where the fees of jobs go.

use crate::{
    chain_parameters::{ChainEpochSlots, ChainSessionsPerEra},
    configs::money::{ToAuthor, TreasuryAccount},
    constants::{CLAIM_ERAS, SLOT_MILLIS},
    weights, Balances, ProviderRegistry, Runtime,
};
use frame_support::{
    parameter_types,
    traits::{ConstU32, Get},
    PalletId,
};
use pallet_reward_emission::{FeeSplit, Schedule, Split};
use sp_runtime::{Perbill, Perquintill};

/// The emission's id; its pots have no key.
pub const EMISSION: PalletId = PalletId(*b"hrth/emi");

parameter_types! {
    pub const EmissionPallet: PalletId = EMISSION;
    /// 8 % in the first year, 15 % less each year, 1.5 % in the end.
    pub EmissionSchedule: Schedule =
        Schedule { initial: Perquintill::from_percent(8), decay: Perquintill::from_percent(15), tail: Perquintill::from_rational(15u64, 1_000) };
    /// The rest, 15 %, is the treasury's.
    pub const EmissionSplit: Split = Split { staking: Perbill::from_percent(40), providers: Perbill::from_percent(45) };
    /// The rest, 20 %, is the block author's.
    pub const JobFeeSplit: FeeSplit = FeeSplit { burn: Perbill::from_percent(50), treasury: Perbill::from_percent(30) };
    /// The part of the providers' pool that paid jobs may earn; the rest is for proven capacity.
    pub const JobShare: Perbill = Perbill::from_percent(20);
}

/// The longest time for which one era mints, in milliseconds: twice what an era should last. A chain that stood still mints no more.
pub struct MaxCatchUp;

impl Get<u64> for MaxCatchUp {
    fn get() -> u64 {
        let slots = ChainEpochSlots::get().saturating_mul(ChainSessionsPerEra::get().into());
        slots.saturating_mul(2 * SLOT_MILLIS)
    }
}

impl pallet_reward_emission::Config for Runtime {
    type Author = ToAuthor;
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    type BenchmarkHelper = crate::configs::benchmark_providers::BenchmarkProviders;
    type Currency = Balances;
    type FeeSplit = JobFeeSplit;
    type HistoryDepth = ConstU32<CLAIM_ERAS>;
    type JobShare = JobShare;
    type MaxCatchUp = MaxCatchUp;
    type PalletId = EmissionPallet;
    type Schedule = EmissionSchedule;
    type Split = EmissionSplit;
    type Stakes = ProviderRegistry;
    type Treasury = TreasuryAccount;
    type WeightInfo = weights::pallet_reward_emission::WeightInfo<Runtime>;
}
