//! Models, jobs, rounds and reports: the market's vocabulary. What juries add to it stands in [`crate::jury`], the reasons for which money
//! moves in [`crate::reason`].

use crate::{
    blob::BlobRef,
    digest::{Agreement, Digest, Distance, Tolerance},
    jury::{Accused, JuryCause, JuryStep, JuryView, Verdicts},
    provider::BackendClass,
    JobId, ModelId, ProviderId, Tier, H256,
};
use alloc::{string::String, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Most replicas of one job, and most members of one round.
pub const MAX_REPLICAS: u32 = 7;

/// What an audit costs the pool that pays jurors, in prices of the job: three jurors, and one so that it grows.
pub const AUDIT_PRICES: u32 = 4;

/// Most reports in one extrinsic.
pub const MAX_REPORTS: u32 = 32;

/// Where a job stands.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Paid for, waiting for the draw.
    #[codec(index = 0)]
    Submitted,
    /// Drawn providers compute and commit.
    #[codec(index = 1)]
    Computing,
    /// Commitments are closed; they are being opened.
    #[codec(index = 2)]
    Revealing,
    /// Three others run the job again and judge the replicas' results.
    #[codec(index = 3)]
    Jury1(JuryStep),
    /// The replicas agree; payment follows at the end of the window.
    #[codec(index = 4)]
    Accepted,
    /// A jury has judged, and the verdict can be appealed.
    #[codec(index = 5)]
    Appealable,
    /// Seven others judge, for good.
    #[codec(index = 6)]
    Jury2(JuryStep),
    /// Paid. Terminal.
    #[codec(index = 7)]
    Finalised,
    /// Ended before there was a result; refunded. Terminal.
    #[codec(index = 8)]
    Cancelled(CancelReason),
    /// Ended without a verdict: revealers get half, the rest is refunded, nobody is slashed. Terminal.
    #[codec(index = 9)]
    Unresolved(UnresolvedReason),
}

impl JobState {
    /// Whether the job has ended.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Finalised | Self::Cancelled(_) | Self::Unresolved(_))
    }

    /// How far a jury has come, if one is called.
    pub fn jury_step(&self) -> Option<JuryStep> {
        match self {
            Self::Jury1(step) | Self::Jury2(step) => Some(*step),
            _ => None,
        }
    }

    /// Whether members or jurors compute and commit.
    pub fn is_computing(&self) -> bool {
        *self == Self::Computing || self.jury_step() == Some(JuryStep::Computing)
    }

    /// Whether commitments are being opened.
    pub fn is_revealing(&self) -> bool {
        *self == Self::Revealing || self.jury_step() == Some(JuryStep::Revealing)
    }
}

/// What a job is for.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// A customer pays for it.
    Paid,
    /// A group of a capability challenge: the protocol asks, nobody pays, and what is proven earns.
    Challenge {
        /// Values of the generated input: see [`crate::capability::input`].
        elements: u32,
        /// Units of work that each member proves.
        work: u64,
    },
}

/// Why a job was cancelled.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// Fewer eligible providers than replicas at the draw.
    TooFewProviders,
    /// Too few providers committed in time, after a redraw.
    TooFewCommitments,
    /// Every drawn provider declined; the last reason given.
    Declined(DeclineReason),
    /// No replica revealed.
    NotRevealed,
    /// The draw was served so late, again and again, that its randomness had left the ring.
    DrawExpired,
}

/// Why a job ended without a verdict.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum UnresolvedReason {
    /// Two replicas' digests do not agree.
    Disagreement,
    /// A replica committed and did not reveal.
    NotRevealed,
    /// There are too few providers who may judge: nobody is convicted in a small network.
    TooFewJurors,
    /// Two juries were called, and too few of their results agreed.
    NoQuorum,
}

/// Why a drawn provider does not compute a job.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    /// The model's blob was not to be had.
    ModelUnavailable,
    /// The input's blob was not to be had.
    InputUnavailable,
    /// The model is not a well-formed ONNX graph.
    ModelInvalid,
    /// The model needs an operator that the engine lacks.
    UnsupportedOperator,
    /// The input's names, shapes or dtypes are not the model's.
    InputInvalid,
    /// Time, memory or output size would pass a limit.
    LimitExceeded,
    /// The result has no digest: NaN, infinity or zero norm.
    ResultFault,
    /// The provider's own worker failed.
    WorkerFailed,
}

/// One line of a provider's report.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub enum Report {
    /// A result is ready; nothing of it is shown yet.
    Commit {
        /// The job.
        job: JobId,
        /// The round.
        tier: Tier,
        /// See [`crate::commitment::commitment`].
        commitment: H256,
    },
    /// Opens a commitment.
    Reveal {
        /// The job.
        job: JobId,
        /// The round.
        tier: Tier,
        /// The result's digest under the round's seed.
        digest: Digest,
        /// Where the result stands.
        output: BlobRef,
        /// The salt of the commitment.
        salt: [u8; 32],
    },
    /// This provider will not compute the job.
    Decline {
        /// The job.
        job: JobId,
        /// The round.
        tier: Tier,
        /// Why.
        reason: DeclineReason,
    },
    /// Opens a juror's commitment.
    Judge {
        /// The job.
        job: JobId,
        /// The jury's round.
        tier: Tier,
        /// The digest of the juror's own result under the jury's seed.
        digest: Digest,
        /// Where the juror's result stands.
        output: BlobRef,
        /// What it says of each accused.
        verdicts: Verdicts,
        /// The salt of the commitment.
        salt: [u8; 32],
    },
}

impl Report {
    /// The job that the line is about.
    pub fn job(&self) -> JobId {
        match self {
            Self::Commit { job, .. } | Self::Reveal { job, .. } | Self::Decline { job, .. } | Self::Judge { job, .. } => *job,
        }
    }

    /// The round that the line is about.
    pub fn tier(&self) -> Tier {
        match self {
            Self::Commit { tier, .. } | Self::Reveal { tier, .. } | Self::Decline { tier, .. } | Self::Judge { tier, .. } => *tier,
        }
    }
}

/// How a member of a round came out of it.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum MemberOutcome {
    /// Its result stood; it is paid P. Of a juror: its result agreed with enough others'.
    Valid,
    /// It revealed and the job ended without a verdict; it is paid P / 2.
    Undecided,
    /// It did not commit in time; unpaid.
    Absent,
    /// It said that it would not compute; unpaid.
    Declined(DeclineReason),
    /// It committed and did not reveal; unpaid.
    NotRevealed,
    /// The job was cancelled, or a jury broken up, by others' absence; unpaid.
    Cancelled,
    /// A jury can call its result neither right nor wrong; unpaid.
    Grey,
    /// A jury calls its result wrong; unpaid. Not slashed: the jury was not large or not mixed enough, or the model pays only.
    Deviant,
    /// A jury convicted it: unpaid, and the lock on its bond is slashed unless governance cancels that in time.
    Slashed,
    /// A juror whose result is not among those that agree; unpaid.
    Outlier,
}

/// A registered model.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct ModelView<AccountId, Balance, BlockNumber> {
    /// The id: the blob's.
    pub id: ModelId,
    /// A short name, UTF-8.
    pub name: String,
    /// Who registered it and holds the deposit.
    pub owner: AccountId,
    /// The ONNX file.
    pub blob: BlobRef,
    /// The longest input, in bytes of safetensors.
    pub max_input_len: u64,
    /// The longest output, in bytes of safetensors.
    pub max_output_len: u64,
    /// Blocks from the draw to the last commitment.
    pub max_exec: BlockNumber,
    /// What honest results may differ by.
    pub tolerance: Tolerance,
    /// The floor that the output half is divided by, in Q16.16; see [`crate::projection::digest`].
    pub output_scale: u32,
    /// Held from the owner.
    pub deposit: Balance,
    /// Providers that offer it now.
    pub offers: u32,
    /// Jobs of it that have not ended.
    pub active_jobs: u32,
    /// Whether it takes no new jobs.
    pub retired: bool,
    /// Whether wrong results of it are unpaid and never slashed: it is not calibrated, or too many of its jobs found no verdict.
    pub pay_only: bool,
}

/// A member of a round, as anybody may see it.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct MemberView<AccountId, Balance> {
    /// The provider.
    pub provider: ProviderId,
    /// The key that reports for it in this round.
    pub operator: AccountId,
    /// What it says it computes on.
    pub backend: BackendClass,
    /// Whether it committed.
    pub committed: bool,
    /// Its digest, once revealed.
    pub digest: Option<Digest>,
    /// Its output, once revealed.
    pub output: Option<BlobRef>,
    /// How it came out, once the job ended (or it declined).
    pub outcome: Option<MemberOutcome>,
    /// What it was paid.
    pub paid: Balance,
    /// What the last jury says of its result.
    pub judged: Option<Agreement>,
    /// A juror's own opinion on each accused, once revealed.
    pub verdicts: Option<Verdicts>,
}

/// A job, as anybody may see it.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct JobView<AccountId, Balance, BlockNumber> {
    /// The id.
    pub id: JobId,
    /// What it is for.
    pub kind: JobKind,
    /// Who pays; the protocol's account for a challenge.
    pub customer: AccountId,
    /// The model.
    pub model: ModelId,
    /// The input, safetensors.
    pub input: BlobRef,
    /// Replicas wanted.
    pub replicas: u32,
    /// Price of one replica.
    pub price: Balance,
    /// Still held from the customer for this job.
    pub held: Balance,
    /// The fee taken, once ended.
    pub fee: Balance,
    /// Given back to the customer so far.
    pub refunded: Balance,
    /// Where it stands.
    pub state: JobState,
    /// The block of its submission.
    pub submitted_at: BlockNumber,
    /// The block at which the present state ends; none for ended jobs.
    pub deadline: Option<BlockNumber>,
    /// The block of the last reveal, when the customer has its answer.
    pub revealed_at: Option<BlockNumber>,
    /// The block of its end.
    pub ended_at: Option<BlockNumber>,
    /// The members of round 0, in the order of the draw.
    pub members: Vec<MemberView<AccountId, Balance>>,
    /// The largest distance between two revealed digests of replicas.
    pub max_distance: Option<Distance>,
    /// The probability of an audit, in parts of 10^9.
    pub audit: u32,
    /// Of what is held, what pays for audits; once ended, what was taken for them.
    pub premium: Balance,
    /// Why a jury was called.
    pub cause: Option<JuryCause>,
    /// Who disputes the result with a bond.
    pub challenger: Option<AccountId>,
    /// Who disputes the first verdict with a bond.
    pub appellant: Option<AccountId>,
    /// The juries, in order.
    pub juries: Vec<JuryView<AccountId, Balance>>,
}

/// What a node has to do for one of its operators.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Duty<BlockNumber> {
    /// The job.
    pub job: JobId,
    /// The round.
    pub tier: Tier,
    /// The provider whose operator asks.
    pub provider: ProviderId,
    /// The digest's seed, fixed for the round.
    pub seed: H256,
    /// What is to be done now.
    pub step: DutyStep,
    /// The block at which the step's time is over.
    pub deadline: BlockNumber,
    /// The ONNX file.
    pub model: BlobRef,
    /// The input, safetensors.
    pub input: BlobRef,
    /// If the input is generated from the seed: the number of its values, for [`crate::capability::input`].
    pub generated: Option<u32>,
    /// The longest output, in bytes.
    pub max_output_len: u64,
    /// The floor of the output half, in Q16.16.
    pub output_scale: u32,
    /// What honest results may differ by.
    pub tolerance: Tolerance,
    /// Of a juror: the results to judge. Each has a seed of its own, under which the juror's run is to be digested too.
    pub accused: Vec<Accused>,
}

impl<BlockNumber> Duty<BlockNumber> {
    /// The seed from which a generated input follows: that of the replicas' round, for jurors too.
    pub fn input_seed(&self) -> H256 {
        self.accused.first().map_or(self.seed, |accused| accused.seed)
    }

    /// The seeds under which the run is digested: the round's, then each of the accused's, once.
    pub fn seeds(&self) -> Vec<H256> {
        let mut seeds = Vec::from([self.seed]);
        for accused in &self.accused {
            if !seeds.contains(&accused.seed) {
                seeds.push(accused.seed);
            }
        }
        seeds
    }

    /// Whether it is a juror's.
    pub fn is_jurors(&self) -> bool {
        self.tier > 0
    }

    /// Of the run's digests under [`Self::seeds`], the one under this seed.
    pub fn digest_under(&self, seed: H256, digests: &[Digest]) -> Option<Digest> {
        digests.get(self.seeds().iter().position(|known| *known == seed)?).copied()
    }

    /// A juror's opinion on each accused, by its own digests under [`Self::seeds`]; none if one is missing, or there are too many accused.
    pub fn verdicts(&self, digests: &[Digest]) -> Option<Verdicts> {
        let opinion = |accused: &Accused| {
            let own = self.digest_under(accused.seed, digests)?;
            Some(own.compare(&accused.digest, self.tolerance))
        };
        self.accused.iter().enumerate().try_fold(Verdicts::default(), |verdicts, (at, accused)| verdicts.with(at, opinion(accused)?))
    }
}

/// The step of a [`Duty`].
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum DutyStep {
    /// Compute, then commit (or decline).
    Commit,
    /// Committed; nothing to do until commitments close.
    Wait,
    /// Open the commitment, given here.
    Reveal(H256),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jury::MAX_ACCUSED;

    fn digest(at: i32) -> Digest {
        Digest { hidden: [at; 16], output: [at; 16] }
    }

    /// A juror's duty, with the seed and the digest of each accused.
    fn duty(accused: &[(u8, i32)]) -> Duty<u32> {
        let blob = BlobRef::of(b"blob");
        let accuse = |(seed, at): &(u8, i32)| Accused { provider: 1, seed: H256::repeat_byte(*seed), digest: digest(*at), output: blob };
        Duty {
            job: 1,
            tier: 1,
            provider: 2,
            seed: H256::repeat_byte(9),
            step: DutyStep::Commit,
            deadline: 1,
            model: blob,
            input: blob,
            generated: None,
            max_output_len: 1,
            output_scale: 0,
            tolerance: Tolerance { hidden: 4, output: 8 },
            accused: accused.iter().map(accuse).collect(),
        }
    }

    #[test]
    fn seeds_are_the_rounds_then_each_of_the_accused_once() {
        let seeds = |accused: &[(u8, i32)]| duty(accused).seeds().iter().map(|seed| seed.0[0]).collect::<Vec<_>>();
        assert_eq!(seeds(&[]), [9]);
        assert_eq!(seeds(&[(1, 0), (1, 0), (2, 0), (9, 0), (1, 0)]), [9, 1, 2]);
    }

    #[test]
    fn verdicts_compare_under_the_seed_of_each_accused() {
        // The juror's run is at 0 under its own seed, at 100 under seed 1, at 200 under seed 2.
        let own = [digest(0), digest(100), digest(200)];
        let verdicts = duty(&[(1, 100), (2, 205), (1, 200), (2, 200)]).verdicts(&own).unwrap();
        let opinions: Vec<_> = (0..5).map(|at| verdicts.on(at)).collect();
        assert_eq!(opinions, [Some(Agreement::Agree), Some(Agreement::Grey), Some(Agreement::Deviant), Some(Agreement::Agree), None]);
    }

    #[test]
    fn verdicts_need_every_digest_and_room_for_each_opinion() {
        assert_eq!(duty(&[(1, 0)]).verdicts(&[digest(0)]), None);
        let most = [(1, 0); MAX_ACCUSED];
        assert!(duty(&most).verdicts(&[digest(0); 2]).is_some());
        assert_eq!(duty(&[&most[..], &[(1, 0)]].concat()).verdicts(&[digest(0); 2]), None);
    }
}
