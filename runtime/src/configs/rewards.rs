//! RewardEmission: how much is minted, who gets it, and where the fees of jobs go.

use crate::{
    chain_parameters::{ChainEpochSlots, ChainSessionsPerEra},
    configs::{
        money::{ToAuthor, TreasuryAccount},
        parameters::dynamic_params::emission,
    },
    constants::{CLAIM_ERAS, SLOT_MILLIS},
    weights, Balances, ProviderRegistry, Runtime,
};
use frame_support::{
    parameter_types,
    traits::{ConstU32, Get},
    PalletId,
};
use pallet_reward_emission::{FeeSplit, Schedule, Split};

/// The emission's id; its pots have no key.
pub const EMISSION: PalletId = PalletId(*b"hrth/emi");

parameter_types! {
    pub const EmissionPallet: PalletId = EMISSION;
}

/// How the yearly rate falls.
pub struct EmissionSchedule;

impl Get<Schedule> for EmissionSchedule {
    fn get() -> Schedule {
        Schedule { initial: emission::InitialRate::get(), decay: emission::Decay::get(), tail: emission::TailRate::get() }
    }
}

/// Who gets which part of what is minted; the rest is the treasury's.
pub struct EmissionSplit;

impl Get<Split> for EmissionSplit {
    fn get() -> Split {
        Split { staking: emission::StakingShare::get(), providers: emission::ProviderShare::get() }
    }
}

/// What becomes of the fee of a job; the rest is the block author's.
pub struct JobFeeSplit;

impl Get<FeeSplit> for JobFeeSplit {
    fn get() -> FeeSplit {
        FeeSplit { burn: emission::FeeBurned::get(), treasury: emission::FeeToTreasury::get() }
    }
}

/// The longest time for which one era mints, in milliseconds: a few times what an era should last. A chain that stood still mints no more.
pub struct MaxCatchUp;

impl Get<u64> for MaxCatchUp {
    fn get() -> u64 {
        let slots = ChainEpochSlots::get().saturating_mul(ChainSessionsPerEra::get().into());
        slots.saturating_mul(SLOT_MILLIS).saturating_mul(emission::CatchUpEras::get().into())
    }
}

impl pallet_reward_emission::Config for Runtime {
    type Author = ToAuthor;
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    type BenchmarkHelper = crate::configs::benchmark_providers::BenchmarkProviders;
    type Currency = Balances;
    type FeeSplit = JobFeeSplit;
    type HistoryDepth = ConstU32<CLAIM_ERAS>;
    type JobShare = emission::JobShare;
    type MaxCatchUp = MaxCatchUp;
    type PalletId = EmissionPallet;
    type Schedule = EmissionSchedule;
    type Split = EmissionSplit;
    type Stakes = ProviderRegistry;
    type Treasury = TreasuryAccount;
    type WeightInfo = weights::pallet_reward_emission::WeightInfo<Runtime>;
}
