//! Governance: what its pallet and others tell each other, and what anybody may ask.

use crate::{blake2_256, JobId, ModelId, ProviderId, H256};
use alloc::{string::String, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Between which numbers a governed parameter stays, both included.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
pub struct Bound {
    /// The least.
    pub least: u128,
    /// The most.
    pub most: u128,
}

impl Bound {
    /// Whether a number lies between them.
    pub fn contains(&self, number: u128) -> bool {
        (self.least..=self.most).contains(&number)
    }
}

/// What a governed parameter's number counts.
#[derive(Clone, Copy, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Blocks.
    Blocks,
    /// Hours of governance, which are shorter where people wait for tests.
    Hours,
    /// The token's smallest unit.
    Plancks,
    /// Things.
    Count,
    /// Parts of 10^9 of a whole.
    Billionths,
    /// Parts of 10^18 of a whole.
    Quintillionths,
}

/// Whose referenda set a parameter, besides Root's.
#[derive(Clone, Copy, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum Guardian {
    /// Nobody else's.
    Root,
    /// Those on the market's and the registry's numbers.
    MarketParams,
    /// Those on what is minted and on fees.
    EmissionParams,
}

/// What a governed parameter is.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct ParameterInfo {
    /// What it belongs to: the market, the registry and so on.
    pub group: String,
    /// Its name within the group.
    pub name: String,
    /// What it says.
    pub meaning: String,
    /// What its number counts.
    pub unit: Unit,
    /// Whose referenda set it.
    pub guardian: Guardian,
    /// Between which numbers it stays.
    pub bound: Bound,
}

/// A governed parameter, as it is.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct ParameterView {
    /// SCALE of its key, as calls name it.
    pub key: Vec<u8>,
    /// What it is, with the bound in force.
    pub info: ParameterInfo,
    /// Its number.
    pub value: u128,
}

/// A change of a parameter that holders have passed and providers may still stop; counted from zero.
pub type ChangeId = u32;

/// What governance asks of the registry about all its providers, who are the provider house.
pub trait ProviderHouse<AccountId, Balance> {
    /// The provider of an owner, and its voice: what it bonded, as far as its standing carries. None once it has left.
    fn member(owner: &AccountId) -> Option<(ProviderId, Balance)>;

    /// All voices together; a good estimate where there are too many to count.
    fn total() -> Balance;

    /// How many providers [`Self::total`] looks at.
    fn counted() -> u32;
}

/// A change of a parameter that waits for the end of the house's window.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct ChangeView<Balance, BlockNumber> {
    /// The change.
    pub id: ChangeId,
    /// What the parameter belongs to.
    pub group: String,
    /// Its name within the group.
    pub name: String,
    /// Its number now.
    pub from: u128,
    /// Its number then; none if it goes back to the one with which the chain began.
    pub to: Option<u128>,
    /// The block in which it comes into force.
    pub until: BlockNumber,
    /// The voices that object.
    pub against: Balance,
    /// The voices that stop it, if the house stays as it is.
    pub needed: Balance,
    /// All voices when the window began.
    pub total: Balance,
}

/// Names a deferred slash, and with it any other of the same era that is equal in everything. It goes on naming it when others are reported or
/// cancelled, when the brake puts it off, and when it is appealed.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
pub struct SlashId {
    /// Of a validator's slash: the era with whose start it is executed, if it is not put off. Of a provider's: the block.
    pub due: u32,
    /// blake2-256 of the slash as it is stored; of a provider's, of what of it does not change.
    pub hash: H256,
}

impl SlashId {
    /// Names a provider's slash that follows from a job, number `index` of those that are due in the block `due`.
    pub fn of_provider(due: u32, index: u32, provider: ProviderId, job: JobId) -> Self {
        Self { due, hash: blake2_256(&(b"hearth/slash", index, provider, job).encode()) }
    }
}

/// A slash that waits to be executed, and can be cancelled until then.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct SlashView<AccountId, Balance> {
    /// The slash.
    pub id: SlashId,
    /// Who is slashed for what it did.
    pub offender: AccountId,
    /// What it loses itself.
    pub own: Balance,
    /// What those lose who staked behind it, together.
    pub others: Balance,
    /// Whether the offender appealed with a bond. A validator cannot.
    pub appealed: bool,
}

/// What the emergency brake can pause.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum Pause {
    /// Submissions of jobs, and the beginning of capability challenges. Jobs that were submitted go on: they are drawn and paid.
    #[codec(index = 0)]
    NewJobs,
    /// The same of one model.
    #[codec(index = 1)]
    Model(ModelId),
    /// Slashes that are due; they are executed when the pause is over.
    #[codec(index = 2)]
    Slashing,
}

/// What others ask of the emergency brake.
pub trait Brake {
    /// Whether no job of `model` may be submitted, and no challenge of it begin.
    fn pauses_jobs(model: ModelId) -> bool;

    /// Whether no slash may be executed.
    fn pauses_slashing() -> bool;
}

impl Brake for () {
    fn pauses_jobs(_: ModelId) -> bool {
        false
    }

    fn pauses_slashing() -> bool {
        false
    }
}

/// What governance asks the market to tell it, so that what is paid to others does not vote.
pub trait OnEscrowChange<AccountId> {
    /// What is held from `who` for its jobs, challenges and appeals has changed.
    fn on_escrow_change(who: &AccountId);
}

impl<AccountId> OnEscrowChange<AccountId> for () {
    fn on_escrow_change(_: &AccountId) {}
}

/// A pause that lasts.
#[derive(Clone, Copy, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct PauseView<BlockNumber> {
    /// What is paused.
    pub pause: Pause,
    /// The block in which it ends by itself.
    pub until: BlockNumber,
}

/// A budget's number, counted from zero.
pub type BudgetId = u32;

/// In whose name a budget was made.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Deserialize,
    Encode,
    Eq,
    MaxEncodedLen,
    Ord,
    PartialEq,
    PartialOrd,
    Serialize,
    TypeInfo,
)]
#[serde(rename_all = "snake_case")]
pub enum Maker {
    /// All holders'.
    Root,
    /// The small spenders'.
    SmallSpender,
    /// The big spenders'.
    BigSpender,
}

/// A budget, as anybody may see it.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct BudgetView<AccountId, Balance, BlockNumber> {
    /// The budget.
    pub id: BudgetId,
    /// In whose name it was made, and who can stop it besides Root.
    pub maker: Maker,
    /// Who is paid.
    pub beneficiary: AccountId,
    /// All that it promised.
    pub promised: Balance,
    /// What was paid.
    pub paid: Balance,
    /// What can be claimed now.
    pub due: Balance,
    /// The block in which more becomes due, if that is known.
    pub next: Option<BlockNumber>,
    /// The block in which it was stopped.
    pub stopped: Option<BlockNumber>,
}

/// A track of referenda. Parts are of 10^9.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct TrackView<Balance, BlockNumber> {
    /// Its number.
    pub id: u16,
    /// Its name, which is its origin's.
    pub name: String,
    /// Referenda that are decided at once; others wait.
    pub max_deciding: u32,
    /// Reserved from whoever wants a referendum decided, until it has ended.
    pub deposit: Balance,
    /// Blocks from a submission to the first block in which it can be decided.
    pub prepare: BlockNumber,
    /// Blocks after which a referendum is rejected if it does not pass.
    pub decide: BlockNumber,
    /// Blocks for which it must pass without a break.
    pub confirm: BlockNumber,
    /// Blocks from its approval to its enactment, at least.
    pub enact: BlockNumber,
    /// The approval that it needs at the beginning of its decision, and at the end.
    pub approval: [u32; 2],
    /// The support that it needs at the beginning of its decision, and at the end.
    pub support: [u32; 2],
}

/// Where a referendum stands.
#[derive(Clone, Copy, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum ReferendumStage<BlockNumber> {
    /// It waits for the decision deposit, and is over at the block given without it.
    NeedsDeposit(BlockNumber),
    /// Its decision begins at the block given.
    Preparing(BlockNumber),
    /// It waits until others of its track are decided.
    Queued,
    /// It is decided, and rejected at the block given if it does not pass.
    Deciding(BlockNumber),
    /// It passes, and is approved at the block given if it goes on to.
    Confirming(BlockNumber),
    /// It was approved at the block given; its call is made in the track's time.
    Approved(BlockNumber),
    /// It was rejected at the block given.
    Rejected(BlockNumber),
    /// Somebody who may cancelled it at the block given.
    Cancelled(BlockNumber),
    /// It was never decided; over at the block given.
    TimedOut(BlockNumber),
    /// Somebody who may ended it at the block given; its deposits are lost.
    Killed(BlockNumber),
}

/// What a referendum lacks to pass.
#[derive(Clone, Copy, Debug, Decode, Default, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct Missing<Balance> {
    /// Votes for it, weighted by conviction; none if no number would do.
    pub ayes: Option<Balance>,
    /// Tokens behind it, before conviction.
    pub support: Balance,
}

/// How the votes of a referendum stand. Parts are of 10^9.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct VotesView<Balance> {
    /// Votes for it, weighted by conviction.
    pub ayes: Balance,
    /// Votes against it, weighted by conviction.
    pub nays: Balance,
    /// Tokens behind it, before conviction.
    pub support: Balance,
    /// All tokens that can vote.
    pub electorate: Balance,
    /// Ayes, as a part of all votes; and what it would need now.
    pub approval: [u32; 2],
    /// Support, as a part of all that can vote; and what it would need now.
    pub turnout: [u32; 2],
    /// Whether it would pass if it ended now.
    pub passes: bool,
    /// What it lacks to pass now; nothing if it passes.
    pub missing: Missing<Balance>,
}

/// A referendum that has not ended, as anybody may see it.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct ReferendumView<AccountId, Balance, BlockNumber> {
    /// Its number.
    pub index: u32,
    /// Its track.
    pub track: u16,
    /// Who submitted it.
    pub submitter: AccountId,
    /// When.
    pub submitted: BlockNumber,
    /// blake2-256 of the call.
    pub call_hash: H256,
    /// SCALE of the call, if the chain has it and it is not too long to show.
    pub call: Option<Vec<u8>>,
    /// Where it stands.
    pub stage: ReferendumStage<BlockNumber>,
    /// How its votes stand.
    pub votes: VotesView<Balance>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bound_includes_its_ends() {
        let bound = Bound { least: 2, most: 4 };
        assert_eq!([1, 2, 3, 4, 5].map(|number| bound.contains(number)), [false, true, true, true, false]);
        assert!(!Bound { least: 4, most: 2 }.contains(3));
    }
}
