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

/// What a registry of providers asks of whoever keeps their rewards.
pub trait RewardAccounts<AccountId> {
    /// `provider` will be forgotten: pays what ended eras owe it to `owner`, and drops what it earned in the era that runs.
    fn close(provider: ProviderId, owner: &AccountId);
}

impl<AccountId> RewardAccounts<AccountId> for () {
    fn close(_: ProviderId, _: &AccountId) {}
}

/// What whoever keeps rewards asks of the registry of providers.
pub trait ProviderOwners<AccountId> {
    /// Who is paid for the work of `provider`.
    fn owner_of(provider: ProviderId) -> Option<AccountId>;
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
