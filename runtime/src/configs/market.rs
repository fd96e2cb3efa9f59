//! ProviderRegistry, JobMarket and the chain's parameters; where the market's randomness comes from.

#[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
use crate::configs::benchmark_providers::BenchmarkProviders;
use crate::{
    chain_parameters::{self, ChainAcceptedWindow, ChainChallengePeriod},
    configs::system::MAXIMUM_BLOCK_WEIGHT,
    constants::{DAYS, EPOCH_SLOTS, HOURS, HRT, MILLI_HRT, SESSIONS_PER_ERA, SLASH_DEFERRAL_ERAS},
    weights, Babe, Balances, BlockNumber, JobMarket, ProviderRegistry, RewardEmission, Runtime, RuntimeHoldReason, Signature,
};
use frame_support::{
    parameter_types,
    traits::{ConstU128, ConstU32, ConstU64},
    weights::Weight,
    PalletId,
};
use pallet_job_market::BlockRandomness;
use sp_runtime::Perbill;

/// Blocks from agreement to payment on a public chain: ten minutes in which results can be disputed.
pub const ACCEPTED_WINDOW: BlockNumber = 200;

parameter_types! {
    pub const MarketPallet: PalletId = PalletId(*b"hrth/mkt");
    /// On top of what the replicas are paid.
    pub const FeeRate: Perbill = Perbill::from_percent(5);
    /// The owner's part of what the backers of a new provider would earn.
    pub const DefaultCommission: Perbill = Perbill::from_percent(10);
    /// No owner raises it further.
    pub const MaxCommission: Perbill = Perbill::from_percent(50);
    /// Nor faster, in an era.
    pub const MaxCommissionStep: Perbill = Perbill::from_percent(5);
    /// Nobody audits yet, so nobody pays for audits.
    pub const AuditRate: Perbill = Perbill::zero();
    /// A quarter of a block at most goes to transitions that are due.
    pub MaxServiceWeight: Weight = MAXIMUM_BLOCK_WEIGHT / 4;
}

impl pallet_provider_registry::Config for Runtime {
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    type BenchmarkHelper = BenchmarkProviders;
    type BondPerSlot = ConstU128<{ 100 * HRT }>;
    type Currency = Balances;
    type DefaultCommission = DefaultCommission;
    type MaxBackedProviders = ConstU32<16>;
    type MaxCommission = MaxCommission;
    type MaxCommissionStep = MaxCommissionStep;
    type MaxOffersPerProvider = ConstU32<64>;
    type MaxProvidersPerModel = ConstU32<256>;
    type MaxSlots = ConstU32<64>;
    type MaxUnbondingChunks = ConstU32<8>;
    type MinBacking = ConstU128<{ 10 * HRT }>;
    type MinBond = ConstU128<{ 100 * HRT }>;
    type Models = JobMarket;
    type OperatorFloat = ConstU128<HRT>;
    type OperatorSignature = Signature;
    type Rewards = RewardEmission;
    type RuntimeHoldReason = RuntimeHoldReason;
    type TrustedAfter = ConstU32<20>;
    type UnbondingPeriod = ConstU32<{ 14 * DAYS }>;
    type WeightInfo = weights::pallet_provider_registry::WeightInfo<Runtime>;
}

impl chain_parameters::Config for Runtime {
    type DefaultAcceptedWindow = ConstU32<ACCEPTED_WINDOW>;
    type DefaultChallengePeriod = ConstU32<HOURS>;
    type DefaultEpochSlots = ConstU64<EPOCH_SLOTS>;
    type DefaultSessionsPerEra = ConstU32<SESSIONS_PER_ERA>;
    type DefaultSlashDeferral = ConstU32<SLASH_DEFERRAL_ERAS>;
}

impl pallet_job_market::Config for Runtime {
    type AcceptedWindow = ChainAcceptedWindow;
    type AuditRate = AuditRate;
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    type BenchmarkHelper = BenchmarkProviders;
    type ChallengePeriod = ChainChallengePeriod;
    type ChallengeRetention = ConstU32<HOURS>;
    type Currency = Balances;
    type DrawDelay = ConstU32<3>;
    type Fees = RewardEmission;
    type FeeRate = FeeRate;
    type LockMultiple = ConstU32<25>;
    type MaxExec = ConstU32<1_200>;
    type MaxJobsPerCustomer = ConstU32<256>;
    type MaxServiceWeight = MaxServiceWeight;
    type MinExec = ConstU32<10>;
    type MinPrice = ConstU128<MILLI_HRT>;
    type ModelDepositBase = ConstU128<{ 10 * HRT }>;
    type ModelDepositPerMib = ConstU128<{ 100 * MILLI_HRT }>;
    type OperatorCrypto = pallet_job_market::offchain::crypto::OperatorCrypto;
    type PalletId = MarketPallet;
    type Providers = ProviderRegistry;
    type Randomness = BabeRandomness;
    type Retention = ConstU32<DAYS>;
    type RevealPeriod = ConstU32<20>;
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
