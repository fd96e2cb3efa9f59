//! Providers: who computes, on what, how an operator consents, and the trait by which the market draws and binds them.

use crate::{market::MemberOutcome, JobId, ModelId, ProviderId, H256};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// What a provider computes on, as it says itself. A jury must span two of these, so a maker's bug convicts nobody.
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
pub enum BackendClass {
    /// burn-flex on a processor.
    Cpu,
    /// A GPU by NVIDIA.
    Nvidia,
    /// A GPU by AMD.
    Amd,
    /// A GPU by Intel.
    Intel,
    /// A GPU by Apple.
    Apple,
    /// Another GPU by Qualcomm, Arm, Imagination and so on.
    OtherGpu,
    /// A GPU in software: lavapipe, SwiftShader.
    SoftwareGpu,
}

impl BackendClass {
    /// Every class, in order of its index.
    pub const ALL: [Self; 7] = [Self::Cpu, Self::Nvidia, Self::Amd, Self::Intel, Self::Apple, Self::OtherGpu, Self::SoftwareGpu];

    /// The name as it stands in JSON and on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Nvidia => "nvidia",
            Self::Amd => "amd",
            Self::Intel => "intel",
            Self::Apple => "apple",
            Self::OtherGpu => "other_gpu",
            Self::SoftwareGpu => "software_gpu",
        }
    }
}

/// Separates consents from every other use of an operator's key: no transaction of the chain begins like this.
pub const CONSENT_DOMAIN: &[u8] = b"hearth/operator";

/// What an operator signs to let `owner` bind its key to the owner's provider: domain ‖ genesis ‖ owner, the last two SCALE-encoded. The bytes
/// are signed as they are, without the `<Bytes>` that wallets put around a message.
///
/// It holds on one chain, for one owner, and does not end: who no longer consents takes the key out of its node.
pub fn operator_consent(genesis: H256, owner: &impl Encode) -> Vec<u8> {
    let mut message = CONSENT_DOMAIN.to_vec();
    (genesis, owner).encode_to(&mut message);
    message
}

/// Where a provider stands.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum ProviderStatus<BlockNumber> {
    /// May be drawn.
    Active,
    /// Has left; the bond is released at the block given.
    Leaving(BlockNumber),
    /// Missed its last capability challenge: its offers stand, and it is drawn for no job until it passes one.
    Offline,
    /// A jury convicted it: it is drawn for nothing. Its owner can bring it back from the block given.
    Jailed(BlockNumber),
}

/// What a provider has shown. It grows by verified work alone.
#[derive(
    Clone, Copy, Debug, Decode, DecodeWithMemTracking, Default, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo,
)]
pub struct Standing {
    /// Valid jobs of models whose content is slashed, and capability challenges that were passed, since the last job or challenge that was
    /// not.
    pub valid_in_a_row: u32,
    /// Valid jobs in all, and capability challenges that were passed.
    pub valid: u32,
    /// Jobs for which it was drawn and gave nothing usable: absent, declined, not revealed, wrong.
    pub missed: u32,
}

/// How a provider stands with the slots that it claims: see [`ChallengePool`].
#[derive(
    Clone, Copy, Debug, Decode, DecodeWithMemTracking, Default, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo,
)]
pub struct Capability<BlockNumber> {
    /// Seats of the challenge that runs. No other begins before they are settled.
    pub pending: u32,
    /// Seats of the last challenge that were filled: with a commitment in time, which was opened unless nobody else had one.
    pub filled: u32,
    /// Seats of the last challenge that were missed.
    pub missed: u32,
    /// The block in which the last challenge began.
    pub challenged_at: Option<BlockNumber>,
}

/// An offer to run a model.
#[derive(Clone, Copy, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct OfferView<Balance> {
    /// The model.
    pub model: ModelId,
    /// The price per replica below which the provider stays out.
    pub ask: Balance,
}

/// A provider, as anybody may see it.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct ProviderView<AccountId, Balance, BlockNumber> {
    /// The id.
    pub id: ProviderId,
    /// Who bonds and is paid.
    pub owner: AccountId,
    /// Whose key reports.
    pub operator: AccountId,
    /// What it computes on.
    pub backend: BackendClass,
    /// Jobs it runs at once.
    pub slots: u32,
    /// Slots taken by jobs now.
    pub slots_in_use: u32,
    /// Held from the owner.
    pub bonded: Balance,
    /// What jobs and slashes that are deferred lock now, of the bond and of what backs it.
    pub locked: Balance,
    /// What juries may still lock, of the bond and of what backs it. Replicas leave a fifth of all for them.
    pub lockable: Balance,
    /// Slashes that are deferred.
    pub slashes: u32,
    /// What backers have active behind it.
    pub backed: Balance,
    /// The most that backers may have active behind it.
    pub backing_limit: Balance,
    /// Accounts that have something bonded behind it, active or unbonding.
    pub backers: u32,
    /// The owner's part of what backers would earn, in parts of 10^9.
    pub commission: u32,
    /// Where it stands.
    pub status: ProviderStatus<BlockNumber>,
    /// What it has shown.
    pub standing: Standing,
    /// Its last capability challenge.
    pub capability: Capability<BlockNumber>,
    /// Its offers.
    pub offers: Vec<OfferView<Balance>>,
}

/// A part of a backing that is on its way back.
#[derive(Clone, Copy, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct UnbondingView<Balance, BlockNumber> {
    /// How much.
    pub amount: Balance,
    /// The block from which it can be withdrawn.
    pub until: BlockNumber,
}

/// What an account has bonded behind a provider, and what that has earned.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct BackingView<Balance, BlockNumber> {
    /// Behind which provider.
    pub provider: ProviderId,
    /// What shares in the provider's rewards.
    pub active: Balance,
    /// What does not any more, in order of the calls.
    pub unbonding: Vec<UnbondingView<Balance, BlockNumber>>,
    /// Can be withdrawn now. All of it, once the provider is gone.
    pub withdrawable: Balance,
    /// Can be claimed now.
    pub claimable: Balance,
}

/// A provider that may be drawn for a job.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Candidate<AccountId> {
    /// The provider.
    pub provider: ProviderId,
    /// Who is paid.
    pub owner: AccountId,
    /// Who reports.
    pub operator: AccountId,
    /// Its weight in the draw: free slots, for a jury all slots; at least 1.
    pub weight: u32,
    /// What it computes on.
    pub backend: BackendClass,
    /// Whether it may be the only replica.
    pub trusted: bool,
}

impl<AccountId: PartialEq> Candidate<AccountId> {
    /// Whether an account owns or operates it.
    pub fn is_of(&self, who: &AccountId) -> bool {
        self.owner == *who || self.operator == *who
    }
}

/// Why a provider could not be bound to a job.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PoolError {
    /// No such provider, or it has left.
    NotActive,
    /// Every slot is taken.
    NoFreeSlot,
    /// The bond does not cover the lock.
    BondTooSmall,
}

/// What a convicted provider loses when the deferral ends, and who gets it. What is left is the treasury's.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Slash<AccountId, Balance> {
    /// The job.
    pub job: JobId,
    /// All of it. Locked until then.
    pub amount: Balance,
    /// Who is paid how much of it, in this order: at most [`MAX_PAYEES`].
    pub payees: Vec<(AccountId, Balance)>,
}

/// The most whom a slash pays besides the treasury.
pub const MAX_PAYEES: u32 = 3;

/// What the market needs of the registry: who can be drawn, the binding of bond and slot to a job, and what is taken of a bond.
///
/// What a provider can lock is its bond and what backs it.
pub trait ProviderPool<AccountId, Balance, BlockNumber> {
    /// Those that offer `model` at or below `price`, since before the block `joined_before`, with a free slot and `lock` to lock, in order
    /// of id. None that has changed its class, its slots or its operator since. A part of what each can lock is left for juries. At most
    /// [`Self::max_candidates`] are looked at.
    fn candidates(model: ModelId, price: Balance, lock: Balance, joined_before: BlockNumber) -> Vec<Candidate<AccountId>>;

    /// Those that may judge a job of `model`: as [`Self::candidates`], but a seat takes no slot, so that a busy network can judge as well;
    /// they weigh by all their slots, and may lock all they have. Each with whether it can lock `lock` now.
    fn jurors(model: ModelId, price: Balance, lock: Balance, joined_before: BlockNumber) -> Vec<(Candidate<AccountId>, bool)>;

    /// The most offers of one model.
    fn max_candidates() -> u32;

    /// How many providers offer `model` now.
    fn offer_count(model: ModelId) -> u32;

    /// Takes a slot of `provider` and locks `lock` of its bond.
    fn bind(provider: ProviderId, lock: Balance) -> Result<(), PoolError>;

    /// Locks `lock` of `provider`'s bond for a seat in a jury, which takes no slot.
    fn bind_juror(provider: ProviderId, lock: Balance) -> Result<(), PoolError>;

    /// Frees the slot that [`Self::bind`] took: the provider has computed and shown its result. The bond stays locked.
    fn free_slot(provider: ProviderId);

    /// Frees the bond that [`Self::bind`] or [`Self::bind_juror`] locked, and notes how the provider came out of the job: a valid one makes its
    /// streak longer only if it `counts`. The slot must be free.
    fn unbind(provider: ProviderId, lock: Balance, outcome: MemberOutcome, counts: bool);

    /// Takes `amount` of what stands behind `provider`, at once; returns how much of it `to` has got. To be called after [`Self::unbind`]
    /// has freed as much. The bond pays first: what backers owe of it is collected when they come for their money, for the treasury.
    fn penalise(provider: ProviderId, amount: Balance, to: &AccountId) -> Balance;

    /// A jury convicted `provider`: jails it, and locks what it is to lose until the deferral ends. To be called before [`Self::unbind`]
    /// frees at least as much.
    fn defer_slash(provider: ProviderId, slash: Slash<AccountId, Balance>);

    /// The provider whose operator is `operator`, if it may report: also while it is leaving.
    fn provider_of(operator: &AccountId) -> Option<ProviderId>;

    /// Forgets the offers of a model that no longer exists, at most `limit` of them; returns how many were removed.
    fn drop_offers(model: ModelId, limit: u32) -> u32;
}

/// What the market needs of the registry for capability challenges: whom it can challenge, and what becomes of the claim.
///
/// A challenge asks a provider to fill a *seat* for each of its free slots, all at the same time.
pub trait ChallengePool<AccountId> {
    /// How many providers there are to be challenged: all that have not left.
    fn challengeable() -> u32;

    /// The one at `place`, below [`Self::challengeable`], with its free slots as weight: none while a challenge of it runs, or if every slot
    /// is taken. Places change hands when a provider leaves.
    fn at_place(place: u32) -> Option<Candidate<AccountId>>;

    /// The one at `place` that may judge others' challenges, with all its slots as weight: whoever is trusted and may be drawn for jobs, also
    /// while a challenge of it runs or its slots are taken.
    fn juror_at(place: u32) -> Option<Candidate<AccountId>>;

    /// A jury found that a seat of `provider` was filled with a wrong result: it is offline until it passes a challenge, and its streak is
    /// over.
    fn fail_challenge(provider: ProviderId);

    /// The result in a seat of `provider` stood. The first one of a challenge makes its streak longer.
    fn pass_challenge(provider: ProviderId);

    /// A challenge of so many seats begins.
    fn begin_challenge(provider: ProviderId, seats: u32);

    /// A seat was filled or missed. With the last one the challenge ends: who missed every seat is offline; who missed some does not have the
    /// slots that it claims, and keeps as many as it filled; who filled one is online.
    fn settle_seat(provider: ProviderId, filled: bool);
}

/// What the registry needs of the market: which models may be offered.
pub trait ModelDirectory {
    /// Whether providers may offer `model`: it is registered and not retired.
    fn accepts_offers(model: ModelId) -> bool;

    /// Registers a model that accepts offers, at whatever cost, and returns its id.
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_model() -> ModelId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operator_consent_is_domain_genesis_and_owner() {
        let message = operator_consent(H256::repeat_byte(1), &[2u8; 32]);
        assert_eq!(message, [&b"hearth/operator"[..], &[1; 32], &[2; 32]].concat());
    }
}
