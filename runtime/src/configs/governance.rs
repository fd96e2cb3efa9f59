//! Preimage, Scheduler, ConvictionVoting, Referenda, Treasury, DaoGovernance and MultiBlockMigrations: how holders decide, who pays for it,
//! and how a new runtime takes over.
//!
//! Every period is measured in this chain's days of governance: [`ChainGovernanceDay`].

use crate::{
    chain_parameters::ChainGovernanceDay,
    configs::{
        money::{TreasuryAccount, TREASURY},
        parameters::{dynamic_params::authority, Governed},
        patient_scheduler::PatientScheduler,
        slashes::AllSlashes,
        system::MAXIMUM_BLOCK_WEIGHT,
        voting_currency::VotingCurrency,
    },
    constants::{deposit, DAYS, HRT},
    weights, AccountId, Balance, Balances, BlockNumber, DaoGovernance, OriginCaller, Preimage, ProviderRegistry, Referenda, Runtime,
    RuntimeCall, RuntimeEvent, RuntimeHoldReason, RuntimeOrigin, System, Treasury,
};
use frame_support::{
    migrations::ForceUnstuckOnFailedMigration,
    parameter_types,
    traits::{
        fungible::HoldConsideration,
        tokens::{currency::ActiveIssuanceOf, pay::PayFromAccount, UnityAssetBalanceConversion},
        AsEnsureOriginWithArg, ConstU128, ConstU32, EqualPrivilegeOnly, Get, LinearStoragePrice,
    },
    weights::Weight,
    PalletId,
};
use frame_system::{EnsureRoot, EnsureSigned};
use pallet_dao_governance::{EnsureAuthority, EnsureSpender, Tracks};
use sp_runtime::{traits::AccountIdLookup, Perbill, Permill};

/// Most votes of one account on one track.
const MAX_VOTES: u32 = 128;

/// Most calls that the scheduler makes in one block. Referenda need one for each that is voted on, so it must be dear to fill a block; what
/// they need then is put off to one of the next.
const MAX_SCHEDULED: u32 = 256;

/// Most referenda that wait on one track while others are decided.
const MAX_QUEUED: u32 = 100;

/// The voices by which a smaller house is measured: the first provider of a chain is no veto of what its holders decide.
const HOUSE_MINIMUM: Balance = 10_000 * HRT;

parameter_types! {
    pub const PreimageHoldReason: RuntimeHoldReason = RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
    // Two items: the status of a preimage and its bytes.
    pub const PreimageBaseDeposit: Balance = deposit(2, 64);
    pub const PreimageByteDeposit: Balance = deposit(0, 1);
    /// What scheduled calls may take of a block, and migrations; a runtime upgrade is the largest. The rest is for those who use the chain, and
    /// for whoever votes on what comes next.
    pub MaxHookWeight: Weight = Perbill::from_percent(50) * MAXIMUM_BLOCK_WEIGHT;
    pub const TreasuryPallet: PalletId = TREASURY;
    /// The treasury burns nothing.
    pub const TreasuryBurn: Permill = Permill::zero();
}

/// So many hours of governance, in blocks.
pub struct Hours<const HOURS: u32>;

impl<const HOURS: u32> Get<BlockNumber> for Hours<HOURS> {
    fn get() -> BlockNumber {
        DaoGovernance::hours(HOURS)
    }
}

/// Blocks for which a change waits for the providers, and the next model of challenges is known to them.
pub struct HouseWindow;

impl Get<BlockNumber> for HouseWindow {
    fn get() -> BlockNumber {
        DaoGovernance::hours(authority::HouseHours::get())
    }
}

/// The longest pause, in blocks.
pub struct MaxPause;

impl Get<BlockNumber> for MaxPause {
    fn get() -> BlockNumber {
        DaoGovernance::hours(authority::PauseHours::get())
    }
}

/// What is held for a preimage.
pub type PreimagePrice = LinearStoragePrice<PreimageBaseDeposit, PreimageByteDeposit, Balance>;

impl pallet_preimage::Config for Runtime {
    type Consideration = HoldConsideration<AccountId, Balances, PreimageHoldReason, PreimagePrice>;
    type Currency = Balances;
    type ManagerOrigin = EnsureRoot<AccountId>;
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_preimage::weights::SubstrateWeight<Runtime>;
}

impl pallet_scheduler::Config for Runtime {
    type BlockNumberProvider = System;
    type MaxScheduledPerBlock = ConstU32<MAX_SCHEDULED>;
    type MaximumWeight = MaxHookWeight;
    type OriginPrivilegeCmp = EqualPrivilegeOnly;
    type PalletsOrigin = OriginCaller;
    type Preimages = Preimage;
    type RuntimeCall = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type RuntimeOrigin = RuntimeOrigin;
    type ScheduleOrigin = EnsureRoot<AccountId>;
    type WeightInfo = pallet_scheduler::weights::SubstrateWeight<Runtime>;
}

impl pallet_conviction_voting::Config for Runtime {
    type BlockNumberProvider = System;
    type Currency = VotingCurrency;
    // What the treasury has cannot vote.
    type MaxTurnout = ActiveIssuanceOf<Balances, AccountId>;
    type MaxVotes = ConstU32<MAX_VOTES>;
    type Polls = Referenda;
    type RuntimeEvent = RuntimeEvent;
    type VoteLockingPeriod = Hours<{ 7 * 24 }>;
    type VotingHooks = ();
    type WeightInfo = pallet_conviction_voting::weights::SubstrateWeight<Runtime>;
}

impl pallet_referenda::Config for Runtime {
    type AlarmInterval = ConstU32<1>;
    type BlockNumberProvider = System;
    type CancelOrigin = EnsureRoot<AccountId>;
    type Currency = Balances;
    type KillOrigin = EnsureRoot<AccountId>;
    type MaxQueued = ConstU32<MAX_QUEUED>;
    type Preimages = Preimage;
    type RuntimeCall = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type Scheduler = PatientScheduler;
    type Slash = Treasury;
    type SubmissionDeposit = ConstU128<{ 10 * HRT }>;
    type SubmitOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
    type Tally = pallet_conviction_voting::TallyOf<Runtime>;
    type Tracks = Tracks<Runtime>;
    type UndecidingTimeout = Hours<{ 14 * 24 }>;
    type Votes = pallet_conviction_voting::VotesOf<Runtime>;
    type WeightInfo = pallet_referenda::weights::SubstrateWeight<Runtime>;
}

impl pallet_treasury::Config for Runtime {
    type AssetKind = ();
    type BalanceConverter = UnityAssetBalanceConversion;
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    type BenchmarkHelper = ();
    type Beneficiary = AccountId;
    type BeneficiaryLookup = AccountIdLookup<AccountId, ()>;
    type BlockNumberProvider = System;
    type Burn = TreasuryBurn;
    type BurnDestination = ();
    type Currency = Balances;
    // Closes the deprecated way of spending, which pays without a claim.
    type MaxApprovals = ConstU32<0>;
    type PalletId = TreasuryPallet;
    type Paymaster = PayFromAccount<Balances, TreasuryAccount>;
    type PayoutPeriod = Hours<{ 30 * 24 }>;
    type RejectOrigin = EnsureRoot<AccountId>;
    type RuntimeEvent = RuntimeEvent;
    type SpendFunds = ();
    type SpendOrigin = EnsureSpender<Runtime>;
    type SpendPeriod = ConstU32<DAYS>;
    type WeightInfo = pallet_treasury::weights::SubstrateWeight<Runtime>;
}

impl pallet_dao_governance::Config for Runtime {
    #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
    type BenchmarkHelper = crate::configs::benchmark_providers::BenchmarkProviders;
    type BigSpendLimit = authority::BigSpendLimit;
    type Currency = Balances;
    type Day = ChainGovernanceDay;
    type House = ProviderRegistry;
    type HouseMinimum = ConstU128<HOUSE_MINIMUM>;
    type HouseThreshold = authority::HouseThreshold;
    type HouseWindow = HouseWindow;
    type MaxPause = MaxPause;
    type Origins = EnsureAuthority;
    type Parameters = Governed;
    type Slashes = AllSlashes;
    type SmallSpendLimit = authority::SmallSpendLimit;
    type Treasury = TreasuryAccount;
    type Unit = ConstU128<HRT>;
    type WeightInfo = weights::pallet_dao_governance::WeightInfo<Runtime>;
}

impl pallet_migrations::Config for Runtime {
    type CursorMaxLen = ConstU32<65_536>;
    // While a chain is stuck, blocks take nothing but inherents: nobody could vote for a runtime that mends what failed. A state that is
    // migrated in part is bad, and a chain that nobody can mend is worse.
    type FailedMigrationHandler = ForceUnstuckOnFailedMigration;
    type IdentifierMaxLen = ConstU32<256>;
    type MaxServiceWeight = MaxHookWeight;
    type MigrationStatusHandler = ();
    #[cfg(feature = "next")]
    type Migrations = crate::next::CountSent;
    #[cfg(not(feature = "next"))]
    type Migrations = ();
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_migrations::weights::SubstrateWeight<Runtime>;
}
