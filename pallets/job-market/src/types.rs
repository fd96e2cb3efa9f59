//! What the pallet stores, generic over plain types so that tests need no runtime, and the codes it answers with.

use crate::{faults::FaultRate, Config};
use alloc::string::String;
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
    traits::{fungible, ConstU32},
    BoundedVec,
};
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::{
    blob::BlobRef,
    capability::Benchmark,
    digest::{Agreement, Digest, Distance, Tolerance},
    jury::{JuryCause, Verdicts},
    market::{DeclineReason, JobKind, JobState, MemberOutcome, MAX_REPLICAS},
    provider::{BackendClass, Candidate},
    ModelId, ProviderId, Tier, H256,
};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::{traits::Zero, Perbill};

pub use hearth_primitives::reason::Refusal;

/// The longest name of a model, in bytes of UTF-8.
pub const MAX_NAME_LEN: u32 = 64;

/// Most members of a round: everybody drawn first, and a replacement for each. DO NOT REDUCE: stored rounds would no longer decode.
pub const MAX_MEMBERS: u32 = 2 * MAX_REPLICAS;

/// Blocks whose randomness is kept.
pub const RING_LEN: u32 = 256;

/// How often a draw is put off, for which there is no randomness any more, or are too few jurors just then.
pub const MAX_TRIES: u8 = 10;

/// The most offers that one call of `retire_model` drops.
pub const DROP_LIMIT: u32 = 32;

/// The round of the replicas.
pub const REPLICAS: Tier = 0;

/// The round of the first jury.
pub const JURY1: Tier = 1;

/// The round of the second jury, whose verdict is final.
pub const JURY2: Tier = 2;

/// A model that jobs can name.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Model<AccountId, Balance> {
    /// A short name, UTF-8.
    pub name: BoundedVec<u8, ConstU32<MAX_NAME_LEN>>,
    /// Who registered it and holds the deposit.
    pub owner: AccountId,
    /// The ONNX file; its id is the model's.
    pub blob: BlobRef,
    /// The longest input, in bytes.
    pub max_input_len: u64,
    /// The longest output, in bytes.
    pub max_output_len: u64,
    /// Blocks from a draw to the last commitment.
    pub max_exec: u32,
    /// What honest results may differ by.
    pub tolerance: Tolerance,
    /// The floor that the output half is divided by, in Q16.16.
    pub output_scale: u32,
    /// Held from the owner.
    pub deposit: Balance,
    /// Jobs that have not ended.
    pub active_jobs: u32,
    /// Whether it takes no new jobs.
    pub retired: bool,
    /// Whether wrong results are unpaid and never slashed.
    pub pay_only: bool,
    /// How often its jobs found no verdict.
    pub faults: FaultRate,
}

/// A job, from its submission until it is pruned.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Job<AccountId, Balance, BlockNumber> {
    /// Whether it is paid for or a capability challenge.
    pub kind: JobKind,
    /// Who pays; the protocol's account for a challenge.
    pub customer: AccountId,
    /// The model.
    pub model: ModelId,
    /// The input.
    pub input: BlobRef,
    /// Replicas wanted.
    pub replicas: u32,
    /// Price of one replica.
    pub price: Balance,
    /// What each member's bond is locked by.
    pub lock: Balance,
    /// The fee that is due if the job is finalised; after its end, the fee that was taken.
    pub fee: Balance,
    /// Still held from the customer.
    pub held: Balance,
    /// Given back to the customer.
    pub refunded: Balance,
    /// Where it stands.
    pub state: JobState,
    /// The round that is running, or ran last.
    pub tier: Tier,
    /// The block of its submission.
    pub submitted_at: BlockNumber,
    /// When the state ends; for an ended job, when its record is pruned. The agenda holds the job under this block.
    pub deadline: BlockNumber,
    /// The block of the last reveal.
    pub revealed_at: Option<BlockNumber>,
    /// The block of its end.
    pub ended_at: Option<BlockNumber>,
    /// The largest distance between two revealed digests of replicas, in each half.
    pub max_distance: Option<Distance>,
    /// The probability of an audit.
    pub audit: Perbill,
    /// Due to the audit pool if the job is finalised and could be audited; after its end, what the pool was given of the escrow. That is also,
    /// of shares that no result earned, what the jurors of a model that pays only cost beyond what the job brought otherwise.
    pub premium: Balance,
    /// When an accepted job is paid for. Its deadline is earlier while it waits for the lot.
    pub accepted_until: Option<BlockNumber>,
    /// Why a jury was called.
    pub cause: Option<JuryCause>,
    /// Who disputes the result.
    pub challenger: Option<Dispute<AccountId, Balance>>,
    /// Who disputes the first verdict.
    pub appellant: Option<Dispute<AccountId, Balance>>,
    /// What jurors were paid for it, at its end.
    pub jury_fees: Balance,
    /// What the pool got for it before its end: penalties of its members.
    pub brought: Balance,
    /// Whether a wrong result of it is slashed, as it was when the job was submitted.
    pub slashes: bool,
    /// How often the draw that is due was put off.
    pub tries: u8,
}

impl<AccountId, Balance: Zero, BlockNumber> Job<AccountId, Balance, BlockNumber> {
    /// One that begins in the block `submitted_at`: a paid job with its wait for the draw, a challenge, for which it is known who is asked, with
    /// the time to compute. There is no money in it, and nobody is slashed for it.
    pub fn new(
        kind: JobKind,
        customer: AccountId,
        model: ModelId,
        input: BlobRef,
        replicas: u32,
        submitted_at: BlockNumber,
        deadline: BlockNumber,
    ) -> Self {
        let state = match kind {
            JobKind::Paid => JobState::Submitted,
            JobKind::Challenge { .. } => JobState::Computing,
        };
        Self {
            kind,
            customer,
            model,
            input,
            replicas,
            price: Zero::zero(),
            lock: Zero::zero(),
            fee: Zero::zero(),
            held: Zero::zero(),
            refunded: Zero::zero(),
            state,
            tier: REPLICAS,
            submitted_at,
            deadline,
            revealed_at: None,
            ended_at: None,
            max_distance: None,
            audit: Perbill::zero(),
            premium: Zero::zero(),
            accepted_until: None,
            cause: None,
            challenger: None,
            appellant: None,
            jury_fees: Zero::zero(),
            brought: Zero::zero(),
            slashes: false,
            tries: 0,
        }
    }
}

/// A bond that somebody put up against a result or a verdict.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Dispute<AccountId, Balance> {
    /// Who.
    pub who: AccountId,
    /// Held from it until it is settled.
    pub bond: Balance,
    /// Once settled, whether it came back.
    pub returned: Option<bool>,
}

/// What a jury says of a result.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Judgement {
    /// Right, wrong, or neither.
    pub verdict: Agreement,
    /// Whether enough jurors call it wrong, on devices of different makers, to take somebody's money for it.
    pub slashable: bool,
}

/// What disputes and faults cost. Counts are of prices of the job.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Penalties {
    /// For a member that does not commit in time.
    pub no_show: u32,
    /// For a member that commits and does not reveal; also the lock on a juror's bond.
    pub non_reveal: u32,
    /// The bond of a challenge.
    pub challenge_bond: u32,
    /// The bond of an appeal.
    pub appeal_bond: u32,
    /// The customer's part of a slash.
    pub customer: u32,
    /// The challenger's part of a slash.
    pub challenger: Perbill,
}

/// How far a round's draws have come.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub enum Stage {
    /// The first members compute.
    Drawn,
    /// Members are missing; the job's deadline is the block in which replacements are drawn.
    RedrawDue,
    /// Replacements compute. There is no third draw.
    Redrawn,
}

/// The members of one draw of a job, and what they did.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Round<AccountId, Balance> {
    /// The digest's seed, one for all members, replacements too: digests under different seeds cannot be compared.
    pub seed: H256,
    /// How far the draws have come.
    pub stage: Stage,
    /// What is locked behind each member.
    pub lock: Balance,
    /// In the order of the draws.
    pub members: BoundedVec<Member<AccountId, Balance>, ConstU32<MAX_MEMBERS>>,
}

/// A provider in a round. Its bond is bound to a paid job or a jury as long as it has no outcome, and its slot until it has revealed or has
/// one.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Member<AccountId, Balance> {
    /// The provider.
    pub provider: ProviderId,
    /// Who is paid.
    pub owner: AccountId,
    /// The key that reports in this round, whatever key the provider has later.
    pub operator: AccountId,
    /// What it said it computes on.
    pub backend: BackendClass,
    /// Its commitment.
    pub commitment: Option<H256>,
    /// What it revealed.
    pub revealed: Option<Revealed>,
    /// How it came out.
    pub outcome: Option<MemberOutcome>,
    /// What it was paid.
    pub paid: Balance,
    /// What it was penalised by.
    pub taken: Balance,
    /// What the last jury says of its result.
    pub judged: Option<Judgement>,
}

/// An opened commitment.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Revealed {
    /// Under the round's seed.
    pub digest: Digest,
    /// Where the output stands.
    pub output: BlobRef,
    /// A juror's opinions.
    pub verdicts: Option<Verdicts>,
}

impl<AccountId, Balance: Zero> Member<AccountId, Balance> {
    /// One that was drawn.
    pub fn new(drawn: Candidate<AccountId>) -> Self {
        let Candidate { provider, owner, operator, backend, .. } = drawn;
        Self {
            provider,
            owner,
            operator,
            backend,
            commitment: None,
            revealed: None,
            outcome: None,
            paid: Zero::zero(),
            taken: Zero::zero(),
            judged: None,
        }
    }
}

impl<AccountId, Balance> Member<AccountId, Balance> {
    /// Whether it still has something to do.
    pub fn is_busy(&self) -> bool {
        self.outcome.is_none() && self.revealed.is_none()
    }

    /// Whether it is bound and has not committed.
    pub fn is_awaited(&self) -> bool {
        self.outcome.is_none() && self.commitment.is_none()
    }

    /// What it has revealed, if its result still counts: in the replicas' round, what a jury judges.
    pub fn stands(&self) -> Option<Revealed> {
        self.revealed.filter(|_| self.outcome.is_none())
    }

    /// Whether it is bound and has committed.
    pub fn has_committed(&self) -> bool {
        self.outcome.is_none() && self.commitment.is_some()
    }
}

impl<AccountId, Balance> Round<AccountId, Balance> {
    /// Members that are still to commit or decline.
    pub fn awaited(&self) -> usize {
        self.members.iter().filter(|m| m.is_awaited()).count()
    }

    /// Members that have committed.
    pub fn committed(&self) -> usize {
        self.members.iter().filter(|m| m.has_committed()).count()
    }

    /// The reasons of those who declined, in the order of the draw.
    pub fn declined(&self) -> impl Iterator<Item = DeclineReason> + '_ {
        self.members.iter().filter_map(|m| match m.outcome {
            Some(MemberOutcome::Declined(reason)) => Some(reason),
            _ => None,
        })
    }

    /// Whether every commitment is open.
    pub fn all_revealed(&self) -> bool {
        self.members.iter().all(|m| !m.has_committed() || m.revealed.is_some())
    }
}

/// The chain's randomness at the end of one block.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct RingEntry<BlockNumber> {
    /// The block.
    pub block: BlockNumber,
    /// Every VRF output up to the block, hashed into a chain.
    pub accumulated: H256,
    /// The randomness of the block's epoch.
    pub epoch: H256,
}

/// A capability challenge that does not fit into one block.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Challenge {
    /// Decides the order in which providers are asked.
    pub seed: H256,
    /// Places when it began.
    pub places: u32,
    /// How many of them were visited.
    pub next: u32,
}

/// What a new chain's capability challenges ask for, with the model, which belongs to nobody and costs no deposit.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisBenchmark {
    /// The model's name.
    pub name: String,
    /// The ONNX file.
    pub blob: BlobRef,
    /// The longest output, in bytes.
    pub max_output_len: u64,
    /// Blocks from the beginning of a challenge to the last commitment.
    pub max_exec: u32,
    /// What honest results may differ by.
    pub tolerance: Tolerance,
    /// The floor that the output half is divided by, in Q16.16.
    pub output_scale: u32,
    /// Which model it is, the length of its input, and what a run is worth.
    pub benchmark: Benchmark,
}

/// The balance of the market's currency.
pub type BalanceOf<T> = <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;
/// A fee on its way to those who get it.
pub type FeeOf<T> = fungible::Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;
/// A model's record in this runtime.
pub type ModelOf<T> = Model<<T as frame_system::Config>::AccountId, BalanceOf<T>>;
/// A job's record in this runtime.
pub type JobOf<T> = Job<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;
/// A round in this runtime.
pub type RoundOf<T> = Round<<T as frame_system::Config>::AccountId, BalanceOf<T>>;
/// A member in this runtime.
pub type MemberOf<T> = Member<<T as frame_system::Config>::AccountId, BalanceOf<T>>;
/// A candidate in this runtime.
pub type CandidateOf<T> = hearth_primitives::provider::Candidate<<T as frame_system::Config>::AccountId>;
