//! The registry's records, generic over plain types so that they need no runtime.

use codec::{Decode, Encode, MaxEncodedLen};
use hearth_primitives::{
    provider::{BackendClass, ProviderStatus, Standing},
    ProviderId,
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
    /// The part of the bond that jobs lock now.
    pub locked: Balance,
    /// Where it stands.
    pub status: ProviderStatus<BlockNumber>,
    /// What it has shown.
    pub standing: Standing,
}

impl<AccountId, Balance: Copy + Saturating + Zero, BlockNumber> Provider<AccountId, Balance, BlockNumber> {
    /// Whether it may be drawn and may offer.
    pub fn is_active(&self) -> bool {
        matches!(self.status, ProviderStatus::Active)
    }

    /// Slots that no job takes.
    pub fn free_slots(&self) -> u32 {
        self.slots.saturating_sub(self.slots_in_use)
    }

    /// The part of the bond that no job locks.
    pub fn free_bond(&self) -> Balance {
        self.bonded.saturating_sub(self.locked)
    }

    /// Whether nothing of it is bound to a job.
    pub fn is_idle(&self) -> bool {
        self.slots_in_use == 0 && self.locked.is_zero()
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
