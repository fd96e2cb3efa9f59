//! Rewards: what the pallets tell each other about work that earns, and what anybody may ask.

use crate::ProviderId;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// An era of rewards, counted from zero.
pub type EraIndex = u32;

/// Where a job's fee goes when the job is paid. `Credit` is the fee itself: it cannot get lost.
pub trait FeeSink<Credit> {
    /// Takes the fee of a job that `earners` computed, who all were paid.
    fn take(fee: Credit, earners: &[ProviderId]);
}

/// What earns a part of the providers' pool besides fees.
pub trait ProvenWork {
    /// `provider` proved `points` units of work in a capability challenge, in time.
    fn proven(provider: ProviderId, points: u128);
}

impl ProvenWork for () {
    fn proven(_: ProviderId, _: u128) {}
}

/// What a registry of providers asks of whoever keeps their rewards, and their backers'.
///
/// An ended era is shared out by the stakes as they are when it is settled. So the registry asks for it **before** it changes a bond, a
/// backing or a commission: then those share an era who had something at stake when it ended.
pub trait RewardAccounts<AccountId, Balance> {
    /// The era that runs.
    fn current_era() -> EraIndex;

    /// The bond or the commission of `provider` is about to change: shares out what ended eras owe it.
    fn settle(provider: ProviderId);

    /// The backing of `provider` by `backer` is about to change: settles, and credits the backer with its part until now.
    fn settle_backer(provider: ProviderId, backer: &AccountId);

    /// What `backer` can claim of what `provider` earned.
    fn backer_claimable(provider: ProviderId, backer: &AccountId) -> Balance;

    /// `provider` will be forgotten: shares out what ended eras owe it, pays the owner's part to `owner`, and drops what it earned in the
    /// era that runs.
    fn close(provider: ProviderId, owner: &AccountId);

    /// Nothing of `backer` is bonded behind `provider` any more: pays what it was credited with.
    fn close_backer(provider: ProviderId, backer: &AccountId);

    /// Lets `provider` earn in an era that then ends, at whatever cost, so that there is something to settle.
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_earnings(provider: ProviderId);
}

impl<AccountId, Balance: Default> RewardAccounts<AccountId, Balance> for () {
    fn current_era() -> EraIndex {
        0
    }

    fn settle(_: ProviderId) {}

    fn settle_backer(_: ProviderId, _: &AccountId) {}

    fn backer_claimable(_: ProviderId, _: &AccountId) -> Balance {
        Balance::default()
    }

    fn close(_: ProviderId, _: &AccountId) {}

    fn close_backer(_: ProviderId, _: &AccountId) {}

    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_earnings(_: ProviderId) {}
}

/// What whoever keeps rewards asks of the registry of providers: who is paid, and by which parts.
pub trait ProviderStakes<AccountId, Balance> {
    /// Who is paid for the work of `provider`.
    fn owner_of(provider: ProviderId) -> Option<AccountId>;

    /// What stands behind `provider` now. A provider that was forgotten may still have backers.
    fn stake_of(provider: ProviderId) -> Stake<Balance>;

    /// What `backer` has active behind `provider` now: its part of [`Stake::backed`].
    fn backing_of(provider: ProviderId, backer: &AccountId) -> Balance;
}

/// What stands behind a provider, and how what it earns is divided.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Stake<Balance> {
    /// The owner's bond.
    pub bonded: Balance,
    /// What backers have active, by which they share among themselves: with what they lost until it is taken out of each.
    pub backed: Balance,
    /// What of it is there, by which they share with the owner.
    pub worth: Balance,
    /// The owner's part of what backers would earn, in parts of 10^9.
    pub commission: u32,
}

/// What an ended era minted and shared out.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct EraView<Balance> {
    /// The era.
    pub era: EraIndex,
    /// Its length, in milliseconds.
    pub duration: u64,
    /// All that was minted at its end.
    pub minted: Balance,
    /// To validators and nominators.
    pub staking: Balance,
    /// To providers, for proven capacity.
    pub proven: Balance,
    /// To providers, for paid jobs: never more than those burned.
    pub jobs: Balance,
    /// To the treasury, with what the pools did not pay out.
    pub treasury: Balance,
    /// Burned from the fees of jobs while it ran.
    pub burned: Balance,
    /// Units of work that were proven while it ran.
    pub points: u128,
}

/// What a provider can ask of its rewards.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct RewardsView<Balance> {
    /// Can be claimed now.
    pub claimable: Balance,
    /// Units of work proven in the era that runs.
    pub points: u128,
    /// Burned by its paid jobs in the era that runs.
    pub burned: Balance,
}
