//! ProviderRegistry, JobMarket and the chain's parameters; where the market's randomness comes from.

#[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
use crate::configs::benchmark_providers::BenchmarkProviders;
use crate::{
    chain_parameters,
    configs::{
        money::TreasuryAccount,
        parameters::dynamic_params::{market, registry},
        system::MAXIMUM_BLOCK_WEIGHT,
        voting_currency::VotingCurrency,
    },
    constants::{DAYS, EPOCH_SLOTS, HOURS, SESSIONS_PER_ERA, SLASH_DEFERRAL_ERAS},
    weights, AccountId, Babe, Balances, BlockNumber, DaoGovernance, JobMarket, ProviderRegistry, RewardEmission, Runtime,
    RuntimeHoldReason, Signature,
};
use frame_support::{
    parameter_types,
    traits::{ConstU32, ConstU64, EitherOfDiverse, Get},
    weights::Weight,
    PalletId,
};
use frame_system::EnsureRoot;
use pallet_dao_governance::EnsureModelCurator;
use pallet_job_market::{BlockRandomness, Penalties};

/// Blocks from agreement to payment at the beginning of a public chain: ten minutes in which results can be disputed.
pub const ACCEPTED_WINDOW: BlockNumber = 200;

parameter_types! {
    pub const MarketPallet: PalletId = PalletId(*b"hrth/mkt");
}

/// What transitions that are due may take of a block.
pub struct MaxServiceWeight;

impl Get<Weight> for MaxServiceWeight {
    fn get() -> Weight {
        market::ServiceShare::get() * MAXIMUM_BLOCK_WEIGHT
    }
}

/// What slashes that are due may take of a block.
pub struct MaxSlashWeight;

impl Get<Weight> for MaxSlashWeight {
    fn get() -> Weight {
        registry::SlashShare::get() * MAXIMUM_BLOCK_WEIGHT
    }
}

/// Blocks between a conviction and its slash.
pub struct SlashDeferral;

impl Get<BlockNumber> for SlashDeferral {
    fn get() -> BlockNumber {
        DaoGovernance::hours(registry::SlashHours::get())
    }
}

/// Blocks in jail.
pub struct JailPeriod;

impl Get<BlockNumber> for JailPeriod {
    fn get() -> BlockNumber {
        DaoGovernance::hours(registry::JailHours::get())
    }
}

/// What disputes and faults cost.
pub struct MarketPenalties;

impl Get<Penalties> for MarketPenalties {
    fn get() -> Penalties {
        Penalties {
            no_show: market::NoShowPenalty::get(),
            non_reveal: market::NonRevealPenalty::get(),
            challenge_bond: market::ChallengeBond::get(),
            appeal_bond: market::AppealBond::get(),
            customer: market::CustomerShare::get(),
            challenger: market::ChallengerShare::get(),
        }
    }
}

impl pallet_provider_registry::Config for Runtime {
    type AppealBond = registry::SlashAppealBond;
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    type BenchmarkHelper = BenchmarkProviders;
    type BondPerSlot = registry::BondPerSlot;
    type Brake = DaoGovernance;
    type Currency = Balances;
    type DefaultCommission = registry::DefaultCommission;
    type JailPeriod = JailPeriod;
    type MaxBackedProviders = ConstU32<16>;
    type MaxCommission = registry::MaxCommission;
    type MaxCommissionStep = registry::MaxCommissionStep;
    type MaxOffersPerProvider = ConstU32<64>;
    type MaxProvidersPerModel = ConstU32<256>;
    type MaxSlashWeight = MaxSlashWeight;
    type MaxSlots = registry::MaxSlots;
    type MaxUnbondingChunks = ConstU32<8>;
    type MinBacking = registry::MinBacking;
    type MinBond = registry::MinBond;
    type Models = JobMarket;
    type OperatorFloat = registry::OperatorFloat;
    type OperatorSignature = Signature;
    type Rewards = RewardEmission;
    type RuntimeHoldReason = RuntimeHoldReason;
    type SlashDeferral = SlashDeferral;
    type Treasury = TreasuryAccount;
    type TrustedAfter = registry::TrustedAfter;
    type UnbondingPeriod = registry::UnbondingPeriod;
    type WeightInfo = weights::pallet_provider_registry::WeightInfo<Runtime>;
}

impl chain_parameters::Config for Runtime {
    type DefaultAcceptedWindow = ConstU32<ACCEPTED_WINDOW>;
    type DefaultChallengePeriod = ConstU32<HOURS>;
    type DefaultEpochSlots = ConstU64<EPOCH_SLOTS>;
    type DefaultGovernanceDay = ConstU32<DAYS>;
    type DefaultSessionsPerEra = ConstU32<SESSIONS_PER_ERA>;
    type DefaultSlashDeferral = ConstU32<SLASH_DEFERRAL_ERAS>;
}

impl pallet_job_market::Config for Runtime {
    type AcceptedWindow = market::AcceptedWindow;
    type AuditRate = market::AuditRate;
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    type BenchmarkHelper = BenchmarkProviders;
    type Brake = DaoGovernance;
    type ChallengePeriod = market::ChallengePeriod;
    type ChallengeRetention = market::ChallengeRetention;
    type CuratorOrigin = EitherOfDiverse<EnsureRoot<AccountId>, EnsureModelCurator>;
    type Currency = Balances;
    type DrawDelay = market::DrawDelay;
    type FaultLimit = market::FaultLimit;
    type FaultWindow = market::FaultWindow;
    type Fees = RewardEmission;
    type FeeRate = market::FeeRate;
    type LockMultiple = market::LockMultiple;
    type MaxExec = market::MaxExec;
    type MaxJobsPerCustomer = market::MaxJobsPerCustomer;
    type MaxServiceWeight = MaxServiceWeight;
    type MinExec = market::MinExec;
    type MinJurors = market::MinJurors;
    type MinPrice = market::MinPrice;
    type ModelDepositBase = market::ModelDepositBase;
    type ModelDepositPerMib = market::ModelDepositPerMib;
    type OnEscrowChange = VotingCurrency;
    type OperatorCrypto = pallet_job_market::offchain::crypto::OperatorCrypto;
    type PalletId = MarketPallet;
    type Penalties = MarketPenalties;
    type Providers = ProviderRegistry;
    type Randomness = BabeRandomness;
    type Retention = market::Retention;
    type RevealPeriod = market::RevealPeriod;
    type RuntimeHoldReason = RuntimeHoldReason;
    type WeightInfo = weights::pallet_job_market::WeightInfo<Runtime>;
    type Work = RewardEmission;
}

/// BABE's randomness, as it is when a block begins.
pub struct BabeRandomness;

impl BlockRandomness for BabeRandomness {
    fn parent_vrf() -> Option<[u8; 32]> {
        Babe::author_vrf_randomness()
    }

    fn epoch() -> [u8; 32] {
        Babe::randomness()
    }
}
