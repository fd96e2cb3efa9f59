//! ProviderRegistry, JobMarket and their parameters; where the market's randomness comes from and who gets its fees.

use crate::{
    configs::{
        money::{ToAuthor, ToTreasury},
        system::MAXIMUM_BLOCK_WEIGHT,
    },
    constants::{DAYS, HRT, MILLI_HRT},
    market_parameters::{self, AcceptedWindow},
    weights, AccountId, Babe, Balance, Balances, BlockNumber, JobMarket, ProviderRegistry, Runtime, RuntimeHoldReason,
};
use frame_support::{
    parameter_types,
    traits::{fungible::Credit, ConstU128, ConstU32, Get, Imbalance, OnUnbalanced},
    weights::Weight,
};
use pallet_job_market::BlockRandomness;
use sp_runtime::Perbill;

/// Blocks from agreement to payment on a public chain: ten minutes in which results can be disputed.
pub const ACCEPTED_WINDOW: BlockNumber = 200;

parameter_types! {
    /// On top of what the replicas are paid.
    pub const FeeRate: Perbill = Perbill::from_percent(5);
    /// Nobody audits yet, so nobody pays for audits.
    pub const AuditRate: Perbill = Perbill::zero();
    /// A quarter of a block at most goes to transitions that are due.
    pub MaxServiceWeight: Weight = MAXIMUM_BLOCK_WEIGHT / 4;
}

impl pallet_provider_registry::Config for Runtime {
    type BondPerSlot = ConstU128<{ 100 * HRT }>;
    type Currency = Balances;
    type MaxOffersPerProvider = ConstU32<64>;
    type MaxProvidersPerModel = ConstU32<256>;
    type MaxSlots = ConstU32<64>;
    type MinBond = ConstU128<{ 100 * HRT }>;
    type Models = JobMarket;
    type OperatorFloat = ConstU128<HRT>;
    type RuntimeHoldReason = RuntimeHoldReason;
    type TrustedAfter = ConstU32<20>;
    type UnbondingPeriod = ConstU32<{ 14 * DAYS }>;
    type WeightInfo = weights::pallet_provider_registry::WeightInfo<Runtime>;
}

impl market_parameters::Config for Runtime {
    type DefaultAcceptedWindow = ConstU32<ACCEPTED_WINDOW>;
}

impl pallet_job_market::Config for Runtime {
    type AcceptedWindow = ChainAcceptedWindow;
    type AuditRate = AuditRate;
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    type BenchmarkHelper = BenchmarkProviders;
    type Currency = Balances;
    type DrawDelay = ConstU32<3>;
    type FeeHandler = SplitJobFee;
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
    type Providers = ProviderRegistry;
    type Randomness = BabeRandomness;
    type Retention = ConstU32<DAYS>;
    type RevealPeriod = ConstU32<20>;
    type RuntimeHoldReason = RuntimeHoldReason;
    type WeightInfo = weights::pallet_job_market::WeightInfo<Runtime>;
}

/// This chain's accepted window, from its state.
pub struct ChainAcceptedWindow;

impl Get<BlockNumber> for ChainAcceptedWindow {
    fn get() -> BlockNumber {
        AcceptedWindow::<Runtime>::get()
    }
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

/// Splits a job's fee: half is burned, 30 % go to the treasury, 20 % to the block's author.
pub struct SplitJobFee;

impl OnUnbalanced<Credit<AccountId, Balances>> for SplitJobFee {
    fn on_nonzero_unbalanced(fee: Credit<AccountId, Balances>) {
        let (burned, rest) = fee.ration(50, 50);
        let (treasury, author) = rest.ration(30, 20);
        drop(burned);
        ToTreasury::on_unbalanced(treasury);
        ToAuthor::on_unbalanced(author);
    }
}

/// Registers the providers that the market's benchmarks draw.
#[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
pub struct BenchmarkProviders;

#[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
impl pallet_job_market::BenchmarkHelper<AccountId, Balance> for BenchmarkProviders {
    fn provider(index: u32, model: hearth_primitives::ModelId, ask: Balance, lock: Balance) -> AccountId {
        use codec::Encode;
        use frame_support::traits::fungible::Mutate;
        use hearth_primitives::provider::BackendClass;
        use sp_io::hashing::blake2_256;

        let owner = AccountId::from(blake2_256(&("benchmark provider", index).encode()));
        let operator = AccountId::from(blake2_256(&("benchmark operator", index).encode()));
        let bond = lock + 1_000 * HRT;
        Balances::set_balance(&owner, bond + 1_000 * HRT);
        ProviderRegistry::register(Some(owner.clone()).into(), operator.clone(), BackendClass::Cpu, 1, bond)
            .expect("a fresh owner with enough money can register");
        ProviderRegistry::offer(Some(owner).into(), model, ask).expect("a fresh provider can offer a model that accepts offers");
        operator
    }
}
