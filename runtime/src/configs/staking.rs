//! Staking and its election: who may validate, what is at stake, and what becomes of rewards that nobody claims.
//!
//! The election runs on chain, once an era, over bounded lists of voters and targets. Staking is reached through `sp_staking`'s traits
//! alone, so that another pallet can take its place.

use crate::{
    chain_parameters::{ChainSessionsPerEra, ChainSlashDeferral},
    configs::{consensus::MAX_AUTHORITIES, money::ToTreasury},
    constants::{BONDING_ERAS, CLAIM_ERAS},
    AccountId, Balance, Balances, RewardEmission, Runtime, RuntimeEvent, RuntimeHoldReason, Session, Staking, Timestamp,
};
use frame_election_provider_support::{
    bounds::{ElectionBounds, ElectionBoundsBuilder},
    onchain, SequentialPhragmen,
};
use frame_support::{
    parameter_types,
    traits::{ConstU32, Nothing},
};
use frame_system::EnsureRoot;
use pallet_reward_emission::{FromStakingPot, RemainderFromPot};
use pallet_staking::EraInfo;
use sp_runtime::Perbill;
use sp_staking::{currency_to_vote::U128CurrencyToVote, EraIndex};

/// Most nominators of one validator that are paid in one page of a payout.
pub const MAX_NOMINATORS_PER_VALIDATOR: u32 = 512;

/// Most validators that one nominator names.
const MAX_NOMINATIONS: u32 = 16;

/// Most stakers, validators and nominators together, that an election counts.
const MAX_ELECTING_VOTERS: u32 = 5_000;

/// Most candidates that an election counts.
pub const MAX_ELECTABLE_TARGETS: u32 = 500;

parameter_types! {
    pub Bounds: ElectionBounds =
        ElectionBoundsBuilder::default().voters_count(MAX_ELECTING_VOTERS.into()).targets_count(MAX_ELECTABLE_TARGETS.into()).build();
    pub const SortSupports: bool = true;
}

/// Elections by sequential Phragmén in the block in which they are due.
pub struct Phragmen;

impl onchain::Config for Phragmen {
    type Bounds = Bounds;
    type DataProvider = Staking;
    type MaxBackersPerWinner = ConstU32<MAX_ELECTING_VOTERS>;
    type MaxWinnersPerPage = ConstU32<MAX_AUTHORITIES>;
    type Solver = SequentialPhragmen<AccountId, Perbill>;
    type Sort = SortSupports;
    type System = Runtime;
    type WeightInfo = frame_election_provider_support::weights::SubstrateWeight<Runtime>;
}

/// How large the worlds of Staking's benchmarks are.
pub struct StakingBenchmarks;

impl pallet_staking::BenchmarkingConfig for StakingBenchmarks {
    type MaxNominators = ConstU32<1_000>;
    type MaxValidators = ConstU32<MAX_AUTHORITIES>;
}

impl pallet_staking::Config for Runtime {
    type AdminOrigin = EnsureRoot<AccountId>;
    type BenchmarkingConfig = StakingBenchmarks;
    type BondingDuration = ConstU32<BONDING_ERAS>;
    type Currency = Balances;
    type CurrencyBalance = Balance;
    type CurrencyToVote = U128CurrencyToVote;
    type ElectionProvider = onchain::OnChainExecution<Phragmen>;
    type EraPayout = RewardEmission;
    type EventListeners = ();
    type Filter = Nothing;
    type GenesisElectionProvider = onchain::OnChainExecution<Phragmen>;
    type HistoryDepth = ConstU32<CLAIM_ERAS>;
    type MaxControllersInDeprecationBatch = ConstU32<1>;
    type MaxExposurePageSize = ConstU32<MAX_NOMINATORS_PER_VALIDATOR>;
    type MaxUnlockingChunks = ConstU32<32>;
    type MaxValidatorSet = ConstU32<MAX_AUTHORITIES>;
    type NextNewSession = Session;
    type NominationsQuota = pallet_staking::FixedNominationsQuota<MAX_NOMINATIONS>;
    type OldCurrency = Balances;
    type Reward = FromStakingPot<Runtime>;
    type RewardRemainder = RemainderFromPot<Runtime>;
    type RuntimeEvent = RuntimeEvent;
    type RuntimeHoldReason = RuntimeHoldReason;
    type SessionInterface = Self;
    type SessionsPerEra = ChainSessionsPerEra;
    type Slash = ToTreasury;
    type SlashDeferDuration = ChainSlashDeferral;
    type TargetList = pallet_staking::UseValidatorsMap<Self>;
    type UnixTime = Timestamp;
    type VoterList = pallet_staking::UseNominatorsAndValidatorsMap<Self>;
    type WeightInfo = pallet_staking::weights::SubstrateWeight<Runtime>;
}

/// What of the rewards of `era` nobody has claimed, rounded down: the parts of the pages that were not paid, as
/// `pallet_staking::Pallet::payout_stakers` would have paid them.
pub fn unclaimed_rewards(era: EraIndex) -> Balance {
    let Some(reward) = pallet_staking::ErasValidatorReward::<Runtime>::get(era) else { return 0 };
    let points = pallet_staking::ErasRewardPoints::<Runtime>::get(era);
    let parts = pallet_staking::ErasStakersOverview::<Runtime>::iter_prefix(era).map(|(validator, overview)| {
        let earned = points.individual.get(&validator).copied().unwrap_or_default();
        let payout = Perbill::from_rational(earned, points.total.max(1)) * reward;
        let claimed = pallet_staking::ClaimedRewards::<Runtime>::get(era, &validator);
        let stake_of = |page| EraInfo::<Runtime>::get_paged_exposure(era, &validator, page).map_or(0, |exposure| exposure.page_total());
        // A validator whom nobody nominates has one page all the same.
        let pages = 0..overview.page_count.max(1);
        let open = pages.filter(|page| !claimed.contains(page)).map(stake_of).fold(0, Balance::saturating_add);
        Perbill::from_rational(open, overview.total.max(1)).mul_floor(payout)
    });
    parts.fold(0, Balance::saturating_add)
}
