//! Why money moves or does not, and why a line of a report did not apply: one list of codes, the same in events, in the runtime API and on
//! the command line.

use crate::{market::DeclineReason, Tier};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Why an amount was paid, given back, taken, withheld or refused. Indices are for good.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Paid: the result stood. The price of a replica, from the escrow.
    #[codec(index = 0)]
    ResultStood,
    /// Paid: it was revealed, and no verdict was found. Half the price, from the escrow.
    #[codec(index = 1)]
    NoVerdict,
    /// Paid: the juror's result agreed with enough others'. The price, or an equal part of what the audit pool has for the job, from the pool,
    /// when the job ends.
    #[codec(index = 2)]
    JurorAgreed,
    /// Held: a job's escrow, until it ends.
    #[codec(index = 3)]
    Escrow,
    /// Given back: what of the escrow was paid to nobody.
    #[codec(index = 4)]
    EscrowRest,
    /// Taken: the fee, since a result stood.
    #[codec(index = 5)]
    Fee,
    /// Taken: the premium, to the audit pool, since the job could be audited or a jury was called; and of shares that no result earned what
    /// the jurors of a model that pays only cost.
    #[codec(index = 6)]
    Premium,
    /// Held: the bond of a challenge or an appeal, until the verdict.
    #[codec(index = 7)]
    DisputeBond,
    /// Given back: the bond of a challenge or an appeal that was right, or could not be heard.
    #[codec(index = 8)]
    BondReturned,
    /// Taken: the bond of a challenge or an appeal that changed nothing, to the audit pool.
    #[codec(index = 9)]
    BondLost,
    /// Taken at once: it was drawn and did not commit in time. To the audit pool.
    #[codec(index = 10)]
    NoShow,
    /// Taken at once: it committed and did not reveal. To the audit pool.
    #[codec(index = 11)]
    NotRevealed,
    /// A jury convicted it: taken when the deferral ends, or not at all if governance cancels the slash. The registry lists those that wait.
    #[codec(index = 12)]
    Convicted,
    /// The customer's part of a slash: paid when it is executed, or not at all if it is cancelled.
    #[codec(index = 13)]
    SlashToCustomer,
    /// The challenger's part of a slash: paid when it is executed, or not at all if it is cancelled.
    #[codec(index = 14)]
    SlashToChallenger,
    /// Not paid: a jury calls the result wrong, and does not convict.
    #[codec(index = 15)]
    Deviant,
    /// Not paid: a jury can call the result neither right nor wrong.
    #[codec(index = 16)]
    Grey,
    /// Not paid: the juror's result is not among those that agree.
    #[codec(index = 17)]
    Outlier,
    /// Not paid: the provider declined.
    #[codec(index = 18)]
    Declined(DeclineReason),
    /// Not paid: the job was cancelled, or the jury broken up, by others' absence.
    #[codec(index = 19)]
    Cancelled,
    /// Nothing yet: the round goes on, or the job, at whose end a juror is paid.
    #[codec(index = 20)]
    Pending,
    /// A line of a report did not apply.
    #[codec(index = 21)]
    Refused(Refusal),
}

/// What a job means for an account's money: one line for each part that it had in it.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct Why<Balance> {
    /// The round, of a member or juror; none for customers and whoever disputes.
    pub tier: Option<Tier>,
    /// Why.
    pub reason: Reason,
    /// How much.
    pub amount: Balance,
}

/// Why a line of a report did not apply. Nothing changed.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No such job, or it is pruned.
    UnknownJob,
    /// The job is not in this round, or the line is not one of such a round.
    WrongTier,
    /// The signer is no member of the round, or was replaced.
    NotMember,
    /// Commitments are not open: the round was not drawn yet, or is past computing.
    NotComputing,
    /// Commitments are not closed, or the round is past revealing.
    NotRevealing,
    /// The member has committed.
    AlreadyCommitted,
    /// The member has revealed.
    AlreadyRevealed,
    /// The member never committed, so there is nothing to open.
    NotCommitted,
    /// Digest, output, verdicts and salt are not what was committed to by this operator for this job and round.
    DoesNotOpen,
    /// The output is empty or longer than the model allows.
    OutputLength,
}
