//! An account, as its owner asks for it: what can be spent, what is kept and why, what comes back and when, what can be claimed; and what
//! stake and work may earn.
//!
//! Reasons are codes: the same in the runtime API and on the command line, which puts them into words.

use crate::ProviderId;
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// An era as Staking counts it, which is not how [rewards](crate::reward::EraIndex) are counted.
pub type StakingEra = u32;

/// An account's money at one block. One that does not exist has nothing of anything.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct AccountView<AccountId, Balance, BlockNumber> {
    /// The block.
    pub block: BlockNumber,
    /// All that the account has, free and held.
    pub total: Balance,
    /// Can be spent now: what is free, without what is frozen and without the existential deposit.
    pub available: Balance,
    /// Kept from spending.
    pub held: Vec<Held<Balance>>,
    /// On its way out of a bond. Until it is withdrawn it is a part of what is held.
    pub unbonding: Vec<Unbonding<Balance, BlockNumber>>,
    /// Owed by ended eras. It belongs to the account once somebody claims it, and is no part of the total until then.
    pub claimable: Vec<Claimable<AccountId, Balance>>,
}

/// An amount that is kept from spending.
#[derive(Clone, Copy, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct Held<Balance> {
    /// How much.
    pub amount: Balance,
    /// Why.
    pub reason: HoldFor,
}

/// Why an amount is held.
#[derive(Clone, Copy, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum HoldFor {
    /// A customer's jobs that have not ended.
    JobEscrow,
    /// An owner's models.
    ModelDeposit,
    /// The bond of an owner's provider.
    ProviderBond,
    /// What a backer has behind providers, with what is on its way out of it.
    Backing,
    /// A validator's or nominator's bond, with what is on its way out of it.
    Staking,
    /// A validator's session keys.
    SessionKeys,
    /// Proxies, the calls of several signatories that wait, and referenda.
    Deposit,
    /// The calls that an account laid down for others to decide on.
    Preimage,
    /// A reserve with a name of its own; no pallet of this chain makes any.
    Other,
    /// Challenges of results and appeals against verdicts, until the verdict.
    Dispute,
    /// Appeals of an owner against slashes, until they are cancelled or executed.
    SlashAppeal,
}

/// An amount on its way out of a bond.
#[derive(Clone, Copy, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct Unbonding<Balance, BlockNumber> {
    /// How much. A slash can still take a part of it.
    pub amount: Balance,
    /// Out of which bond.
    pub from: UnbondingFrom,
    /// When it can be withdrawn.
    pub until: Release<BlockNumber>,
}

/// A bond that an amount comes out of.
#[derive(Clone, Copy, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum UnbondingFrom {
    /// A validator's or nominator's.
    Staking,
    /// That of a provider that is leaving: all of it.
    ProviderBond,
    /// A backer's, behind this provider.
    Backing(ProviderId),
}

/// When an amount can be withdrawn.
#[derive(Clone, Copy, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum Release<BlockNumber> {
    /// Now.
    Due,
    /// From a block on, if no job is under way then.
    Block(BlockNumber),
    /// When Staking plans an era, which it does a session before the era begins.
    Era {
        /// The era.
        era: StakingEra,
        /// The block in which it is planned, about: as if every slot had a block and no era were forced or put off.
        block: BlockNumber,
    },
}

/// An amount that ended eras owe.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct Claimable<AccountId, Balance> {
    /// How much, to the planck: what a claim would pay now.
    pub amount: Balance,
    /// Who or what earned it.
    pub source: ClaimableFrom<AccountId>,
}

/// What earned an amount.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum ClaimableFrom<AccountId> {
    /// The account's provider.
    Provider(ProviderId),
    /// A provider that the account backs.
    Backing(ProviderId),
    /// The account's stake. It is paid to whom the account chose as its payee, together with all others behind the validator.
    Staking {
        /// With which validator it was at stake: the account itself, if it validated.
        validator: AccountId,
        /// In which eras, the earliest first.
        eras: Vec<StakingEra>,
    },
}

/// What stake and work may earn. These are estimates: each field says what it assumes.
///
/// Rates are in parts of 10^18.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct YieldView<Balance> {
    /// All that is minted in a year, by what exists. Assumes that the rate stays as it is: it falls, as the schedule says.
    pub inflation: u64,
    /// What is at stake in the era that runs, by what exists.
    pub staked: u64,
    /// What a year brings to what is at stake, by what is at stake. Far above one where little is, so it takes more than 64 bits; nothing
    /// where nothing is.
    ///
    /// Assumes that inflation, supply and stake stay as they are and that rewards are not bonded again. It is before commissions, and the
    /// average over all validators: they earn by the blocks that they make, whatever is behind each, so with one that has less behind it
    /// each HRT earns more.
    pub staking: u128,
    /// What work earned in the last eras.
    pub work: WorkYield<Balance>,
}

/// What providers earned by proven work in the last ended eras together. The amount by the points is what a unit of work earned; a provider
/// who takes it for the next era assumes that as much is minted, and as much proven, in it as in those.
#[derive(Clone, Copy, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct WorkYield<Balance> {
    /// How many eras these are; none where none has ended.
    pub eras: u32,
    /// Their length together, in milliseconds.
    pub duration: u64,
    /// What was minted for proven work.
    pub amount: Balance,
    /// Units of work that were proven.
    pub points: u128,
}
