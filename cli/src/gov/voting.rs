//! What the chain keeps of an account's votes, by the names of its metadata, and the rules by which votes count and lock.
//!
//! The rules are those of `pallet-conviction-voting`. The derived decoding needs the standard `Result`, so nothing here imports this
//! program's.

use crate::{amount::Amount, chain::Stage};
use serde::{Serialize, Serializer};
use std::fmt;
use subxt::{dynamic::Value, ext::scale_decode::DecodeAsType, utils::AccountId32};

/// The pallet's name.
pub const PALLET: &str = "ConvictionVoting";

/// The bit of a vote's byte that says aye.
const AYE: u8 = 0b1000_0000;

/// The bits of a vote's byte that say its conviction.
const CONVICTION: u8 = 0b0111_1111;

/// `ConvictionVoting.VotingFor`: what an account does on a track.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub enum Voting {
    /// It votes itself.
    Casting(Casting),
    /// Another votes with its tokens.
    Delegating(Delegating),
}

/// Votes of its own.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Casting {
    /// Each with its referendum.
    pub votes: Vec<(u32, AccountVote)>,
    /// What others delegated to it.
    pub delegations: Delegations,
    /// What earlier votes lock: until a block, and how much.
    pub prior: (u32, u128),
}

/// A delegation.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Delegating {
    /// How much.
    pub balance: u128,
    /// Who votes with it.
    pub target: AccountId32,
    /// How strongly.
    pub conviction: Conviction,
    /// What others delegated to it. Nobody votes with that.
    pub delegations: Delegations,
    /// What earlier votes lock: until a block, and how much.
    pub prior: (u32, u128),
}

/// What others delegated.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Delegations {
    /// Weighted by conviction.
    pub votes: u128,
}

/// A vote.
#[derive(Clone, Copy, Debug, DecodeAsType, Eq, PartialEq)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub enum AccountVote {
    /// One way, with conviction.
    Standard {
        /// Aye or nay, and the conviction.
        vote: u8,
        /// How much.
        balance: u128,
    },
    /// Both ways.
    Split {
        /// For it.
        aye: u128,
        /// Against it.
        nay: u128,
    },
    /// Both ways and neither.
    SplitAbstain {
        /// For it.
        aye: u128,
        /// Against it.
        nay: u128,
        /// Support without a side.
        abstain: u128,
    },
}

/// By how much a vote is multiplied, for how long the tokens are locked if it wins.
#[derive(Clone, Copy, Debug, DecodeAsType, Eq, PartialEq)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub enum Conviction {
    /// A tenth of the tokens; no lock after the end.
    None,
    /// Once the tokens; one period.
    Locked1x,
    /// Twice; two periods.
    Locked2x,
    /// Three times; four periods.
    Locked3x,
    /// Four times; eight periods.
    Locked4x,
    /// Five times; sixteen periods.
    Locked5x,
    /// Six times; thirty-two periods.
    Locked6x,
}

impl Conviction {
    const ALL: [Self; 7] = [Self::None, Self::Locked1x, Self::Locked2x, Self::Locked3x, Self::Locked4x, Self::Locked5x, Self::Locked6x];

    /// The conviction of a level from 0 to 6, else the highest.
    pub fn of(level: u8) -> Self {
        Self::ALL.get(usize::from(level)).copied().unwrap_or(Self::Locked6x)
    }

    /// From 0 to 6.
    pub fn level(self) -> u8 {
        self as u8
    }

    /// Lock periods after the end of a referendum that it won, or of a delegation.
    pub fn periods(self) -> u32 {
        match self {
            Self::None => 0,
            locked => 1u32 << (locked.level() - 1),
        }
    }

    /// The votes that an amount gives.
    pub fn votes(self, amount: Amount) -> Amount {
        Amount(match self {
            Self::None => amount.0 / 10,
            locked => amount.0.saturating_mul(locked.level().into()),
        })
    }

    /// As a call's argument.
    pub fn value(self) -> Value {
        Value::unnamed_variant(format!("{self:?}"), [])
    }
}

/// "a tenth", "2 times".
impl fmt::Display for Conviction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("a tenth of the tokens"),
            Self::Locked1x => f.write_str("as many as tokens"),
            locked => write!(f, "{} times the tokens", locked.level()),
        }
    }
}

/// As its level.
impl Serialize for Conviction {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.level())
    }
}

/// Which way a vote goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// For it.
    Aye,
    /// Against it.
    Nay,
    /// Support without a side: it counts for neither.
    Abstain,
    /// Both ways; not from this program.
    #[value(skip)]
    Split,
}

impl Side {
    /// As it is written on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aye => "aye",
            Self::Nay => "nay",
            Self::Abstain => "abstain",
            Self::Split => "split",
        }
    }
}

impl AccountVote {
    /// A vote for a call's argument. Without a side it has no conviction.
    pub fn new(side: Side, amount: Amount, conviction: Conviction) -> Self {
        match side {
            Side::Aye => Self::Standard { vote: AYE | conviction.level(), balance: amount.0 },
            Side::Nay => Self::Standard { vote: conviction.level(), balance: amount.0 },
            Side::Abstain | Side::Split => Self::SplitAbstain { aye: 0, nay: 0, abstain: amount.0 },
        }
    }

    /// As a call's argument.
    pub fn value(self) -> Value {
        let number = Value::u128;
        match self {
            Self::Standard { vote, balance } => {
                Value::named_variant("Standard", [("vote", number(vote.into())), ("balance", number(balance))])
            }
            Self::Split { aye, nay } => Value::named_variant("Split", [("aye", number(aye)), ("nay", number(nay))]),
            Self::SplitAbstain { aye, nay, abstain } => {
                Value::named_variant("SplitAbstain", [("aye", number(aye)), ("nay", number(nay)), ("abstain", number(abstain))])
            }
        }
    }

    /// Which way it goes.
    pub fn side(self) -> Side {
        match self {
            Self::Standard { vote, .. } if vote & AYE == AYE => Side::Aye,
            Self::Standard { .. } => Side::Nay,
            Self::SplitAbstain { aye: 0, nay: 0, .. } => Side::Abstain,
            Self::Split { .. } | Self::SplitAbstain { .. } => Side::Split,
        }
    }

    /// All tokens in it.
    pub fn amount(self) -> Amount {
        Amount(match self {
            Self::Standard { balance, .. } => balance,
            Self::Split { aye, nay } => aye.saturating_add(nay),
            Self::SplitAbstain { aye, nay, abstain } => aye.saturating_add(nay).saturating_add(abstain),
        })
    }

    /// How strongly it is meant; none where it goes both ways.
    pub fn conviction(self) -> Conviction {
        match self {
            Self::Standard { vote, .. } => Conviction::of(vote & CONVICTION),
            Self::Split { .. } | Self::SplitAbstain { .. } => Conviction::None,
        }
    }

    /// Until when it locks, where its referendum stands at `stage` and a lock period has `period` blocks.
    ///
    /// The winning side's conviction locks; all others are free when the referendum has ended.
    pub fn until(self, stage: Option<&Stage>, period: u32, now: u32) -> Until {
        let (end, winner) = match stage {
            Some(Stage::Approved(end)) => (*end, Side::Aye),
            Some(Stage::Rejected(end)) => (*end, Side::Nay),
            Some(Stage::Cancelled(_) | Stage::TimedOut(_) | Stage::Killed(_)) | None => return Until::Free,
            Some(_) => return Until::Ongoing,
        };
        let until = end.saturating_add(period.saturating_mul(self.conviction().periods()));
        if self.side() == winner && until > now {
            Until::Block(until)
        } else {
            Until::Free
        }
    }
}

/// Until when a vote locks its tokens.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// Its referendum has not ended: until it is removed, or as the outcome says.
    Ongoing,
    /// Until a block.
    Block(u32),
    /// It locks nothing any more.
    Free,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conviction_multiplies_votes_and_periods() {
        let all: Vec<_> = (0..=6).map(Conviction::of).collect();
        assert_eq!(all.iter().map(|conviction| conviction.level()).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(all.iter().map(|conviction| conviction.periods()).collect::<Vec<_>>(), [0, 1, 2, 4, 8, 16, 32]);
        assert_eq!(all.iter().map(|conviction| conviction.votes(Amount(100)).0).collect::<Vec<_>>(), [10, 100, 200, 300, 400, 500, 600]);
        assert_eq!(Conviction::Locked3x.value(), Value::unnamed_variant("Locked3x", []));
        assert_eq!(serde_json::to_value(Conviction::Locked3x).unwrap(), 3);
    }

    #[test]
    fn votes_are_read_as_they_are_written() {
        for (side, level) in [(Side::Aye, 0), (Side::Aye, 6), (Side::Nay, 3)] {
            let vote = AccountVote::new(side, Amount(7), Conviction::of(level));
            assert_eq!((vote.side(), vote.amount(), vote.conviction().level()), (side, Amount(7), level));
        }
        let abstain = AccountVote::new(Side::Abstain, Amount(7), Conviction::Locked6x);
        assert_eq!((abstain.side(), abstain.amount(), abstain.conviction()), (Side::Abstain, Amount(7), Conviction::None));
        assert_eq!(AccountVote::Split { aye: 1, nay: 2 }.side(), Side::Split);
        let value = Value::named_variant("Standard", [("vote", Value::u128(0x82)), ("balance", Value::u128(7))]);
        assert_eq!(AccountVote::new(Side::Aye, Amount(7), Conviction::Locked2x).value(), value);
    }

    #[test]
    fn only_the_winning_sides_conviction_locks() {
        let (approved, rejected, cancelled) = (Stage::Approved(100), Stage::Rejected(100), Stage::Cancelled(100));
        let until = |side, level, stage: &Stage, now| AccountVote::new(side, Amount(7), Conviction::of(level)).until(Some(stage), 10, now);
        assert_eq!(until(Side::Aye, 3, &approved, 100), Until::Block(140));
        assert_eq!(until(Side::Nay, 1, &rejected, 100), Until::Block(110));
        for (side, level, stage, now) in [
            (Side::Aye, 3, &approved, 140),
            (Side::Aye, 0, &approved, 100),
            (Side::Nay, 6, &approved, 100),
            (Side::Aye, 6, &rejected, 100),
            (Side::Aye, 6, &cancelled, 100),
            (Side::Abstain, 0, &approved, 100),
        ] {
            assert_eq!(until(side, level, stage, now), Until::Free, "{side:?} {level} {stage:?} {now}");
        }
        assert_eq!(until(Side::Aye, 3, &Stage::Deciding(100), 90), Until::Ongoing);
        assert_eq!(AccountVote::new(Side::Aye, Amount(7), Conviction::Locked1x).until(None, 10, 0), Until::Free);
    }
}
