//! The registry's records, generic over plain types so that they need no runtime.

use crate::terms::BackingTerms;
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use hearth_primitives::{
    provider::{BackendClass, Capability, ProviderStatus, Standing, MAX_PAYEES},
    JobId, ProviderId,
};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::traits::{Saturating, Zero};

/// A provider.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Provider<AccountId, Balance, BlockNumber> {
    /// Who bonds and is paid.
    pub owner: AccountId,
    /// Whose key reports.
    pub operator: AccountId,
    /// What it computes on, as it says itself.
    pub backend: BackendClass,
    /// Jobs it runs at once.
    pub slots: u32,
    /// Slots taken by jobs now.
    pub slots_in_use: u32,
    /// Held from the owner.
    pub bonded: Balance,
    /// What jobs and deferred slashes lock now, of the bond and of what backs it.
    pub locked: Balance,
    /// Slashes that are deferred.
    pub slashes: u32,
    /// On which terms it takes backers.
    pub terms: BackingTerms<Balance>,
    /// Where it stands.
    pub status: ProviderStatus<BlockNumber>,
    /// What it has shown.
    pub standing: Standing,
    /// Its last capability challenge.
    pub capability: Capability<BlockNumber>,
    /// Its place among those that can be challenged; none once it has left.
    pub place: Option<u32>,
    /// The block in which its backend, slots or operator changed last: as it is now it is only known since then.
    pub changed_at: BlockNumber,
    /// Whether the last challenge has counted for its standing, which each does once, however many seats it had.
    pub proven: bool,
    /// What to know of its time in jail.
    pub jail: Jail<BlockNumber>,
}

/// What to know of a jailed provider; nothing of others.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Jail<BlockNumber> {
    /// Whether it was offline, or has failed a challenge since: then it has to pass one when it comes out.
    pub offline: bool,
    /// Until when convictions jail it that can be cancelled no more.
    pub convicted_until: Option<BlockNumber>,
}

impl<AccountId, Balance: Copy + Saturating + Zero, BlockNumber: Default> Provider<AccountId, Balance, BlockNumber> {
    /// Whether it may be drawn for jobs.
    pub fn is_active(&self) -> bool {
        matches!(self.status, ProviderStatus::Active)
    }

    /// Whether it has left.
    pub fn is_leaving(&self) -> bool {
        matches!(self.status, ProviderStatus::Leaving(_))
    }

    /// Whether a jury convicted it and its owner has not brought it back.
    pub fn is_jailed(&self) -> bool {
        matches!(self.status, ProviderStatus::Jailed(_))
    }

    /// Lets it out of jail, to where it was before.
    pub fn set_free(&mut self) {
        let Jail { offline, .. } = core::mem::take(&mut self.jail);
        self.status = if offline { ProviderStatus::Offline } else { ProviderStatus::Active };
    }

    /// Whether the last challenge found fewer slots than were claimed.
    pub fn was_reduced(&self) -> bool {
        self.capability.filled > 0 && self.capability.missed > 0
    }

    /// Slots that no job takes.
    pub fn free_slots(&self) -> u32 {
        self.slots.saturating_sub(self.slots_in_use)
    }

    /// Whether nothing of it is bound to a job, a challenge or a slash.
    pub fn is_idle(&self) -> bool {
        self.slots_in_use == 0 && self.locked.is_zero() && self.capability.pending == 0
    }
}

/// Numbers a deferred slash; never given twice.
pub type SlashIndex = u32;

/// What a convicted provider loses when the deferral ends, if nobody cancels it.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct DeferredSlash<AccountId, Balance, BlockNumber> {
    /// The provider.
    pub provider: ProviderId,
    /// Its owner.
    pub owner: AccountId,
    /// The job whose jury convicted it.
    pub job: JobId,
    /// All of it; locked until then.
    pub amount: Balance,
    /// Who is paid how much of it, in this order. The rest is the treasury's.
    pub payees: BoundedVec<(AccountId, Balance), ConstU32<MAX_PAYEES>>,
    /// Until when the conviction jails the provider.
    pub until: BlockNumber,
    /// The valid jobs in a row that the conviction ended; it gets them back if the slash is cancelled.
    pub streak: u32,
    /// What it had missed with the conviction. If it has missed more since, the streak would be over anyway.
    pub missed: u32,
    /// Held from the owner, if it appealed.
    pub appeal: Option<Balance>,
}

impl<AccountId, Balance: Copy + Saturating + Zero, BlockNumber> DeferredSlash<AccountId, Balance, BlockNumber> {
    /// What is paid out of it when it is executed.
    pub fn at_once(&self) -> Balance {
        self.payees.iter().fold(Zero::zero(), |sum: Balance, (_, part)| sum.saturating_add(*part))
    }
}

/// A provider's offer, in its model's list.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Offer<Balance, BlockNumber> {
    /// Who offers.
    pub provider: ProviderId,
    /// The price per replica below which it stays out.
    pub ask: Balance,
    /// The block in which the offer was made, at this ask.
    pub since: BlockNumber,
}

/// A provider that exists from the first block.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisProvider<AccountId, Balance> {
    /// Who bonds; endowed by the balances' genesis.
    pub owner: AccountId,
    /// Whose key reports.
    pub operator: AccountId,
    /// What it computes on.
    pub backend: BackendClass,
    /// Jobs it runs at once.
    pub slots: u32,
    /// Held from the owner.
    pub bond: Balance,
    /// Whether it starts with the standing of a provider that may be the only replica.
    pub trusted: bool,
}
