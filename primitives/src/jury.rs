//! Juries: why one is called, how far it has come, whom it judges, and a juror's opinions in a few bits.
//!
//! A juror runs the job once and makes two digests of the run: one under the jury's own seed, which shows that it worked, and one under the
//! seed of those it judges, which it compares with what they revealed.

use crate::{
    blob::BlobRef,
    digest::{Agreement, Digest},
    market::MemberView,
    ProviderId, Tier, H256,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The most results that a jury judges.
pub const MAX_ACCUSED: usize = 8;

/// How far a jury has come.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum JuryStep {
    /// It waits for its draw.
    #[codec(index = 0)]
    Drawing,
    /// Jurors compute and commit.
    #[codec(index = 1)]
    Computing,
    /// Commitments are closed; they are being opened.
    #[codec(index = 2)]
    Revealing,
}

/// Why a jury was called.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum JuryCause {
    /// Two replicas' digests do not agree.
    #[codec(index = 0)]
    Dissent,
    /// A replica committed and did not reveal.
    #[codec(index = 1)]
    NotRevealed,
    /// The lot fell on the job.
    #[codec(index = 2)]
    Audit,
    /// Somebody put up a bond against the result.
    #[codec(index = 3)]
    Challenge,
}

/// A revealed result that a jury judges.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct Accused {
    /// Whose it is.
    pub provider: ProviderId,
    /// The seed under which it was digested.
    pub seed: H256,
    /// What was revealed.
    pub digest: Digest,
    /// Where the result stands.
    pub output: BlobRef,
}

/// A juror's opinions, two bits for each accused in the order of the duty, the first in the lowest bits: 0 none, 1 agrees, 2 grey, 3 deviant.
#[derive(
    Clone, Copy, Debug, Decode, DecodeWithMemTracking, Default, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo,
)]
pub struct Verdicts(pub u16);

impl Verdicts {
    /// With this opinion on the accused number `at` besides; none if there is no such number.
    pub fn with(self, at: usize, opinion: Agreement) -> Option<Self> {
        let bits = match opinion {
            Agreement::Agree => 1u16,
            Agreement::Grey => 2,
            Agreement::Deviant => 3,
        };
        (at < MAX_ACCUSED).then(|| Self(self.0 & !(3 << (2 * at)) | bits << (2 * at)))
    }

    /// The opinion on the accused number `at`.
    pub fn on(&self, at: usize) -> Option<Agreement> {
        if at >= MAX_ACCUSED {
            return None;
        }
        match self.0 >> (2 * at) & 3 {
            1 => Some(Agreement::Agree),
            2 => Some(Agreement::Grey),
            3 => Some(Agreement::Deviant),
            _ => None,
        }
    }

    /// What a commitment binds of them: see [`crate::commitment::commitment`].
    pub fn bytes(&self) -> [u8; 2] {
        self.0.to_le_bytes()
    }
}

/// A jury, as anybody may see it.
#[derive(Clone, Debug, Decode, Deserialize, Encode, Eq, PartialEq, Serialize, TypeInfo)]
pub struct JuryView<AccountId, Balance> {
    /// Its round: 1 or 2.
    pub tier: Tier,
    /// How many must agree.
    pub quorum: u32,
    /// The jurors, in the order of the draw.
    pub members: Vec<MemberView<AccountId, Balance>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn opinions() -> impl Strategy<Value = Agreement> {
        prop_oneof![Just(Agreement::Agree), Just(Agreement::Grey), Just(Agreement::Deviant)]
    }

    proptest! {
        #[test]
        fn verdicts_say_what_was_put_in(list in prop::collection::vec(opinions(), 0..=MAX_ACCUSED)) {
            let verdicts = list.iter().enumerate().try_fold(Verdicts::default(), |sum, (at, opinion)| sum.with(at, *opinion)).unwrap();
            for (at, opinion) in list.iter().enumerate() {
                prop_assert_eq!(verdicts.on(at), Some(*opinion));
            }
            prop_assert!((list.len()..MAX_ACCUSED + 2).all(|at| verdicts.on(at).is_none()));
        }

        #[test]
        fn verdicts_can_be_put_in_again(bits in any::<u16>(), at in 0..MAX_ACCUSED, opinion in opinions()) {
            let after = Verdicts(bits).with(at, opinion).unwrap();
            prop_assert_eq!(after.on(at), Some(opinion));
            prop_assert!((0..MAX_ACCUSED).all(|other| other == at || after.on(other) == Verdicts(bits).on(other)));
        }
    }

    #[test]
    fn verdicts_beyond_the_last_are_refused() {
        assert_eq!(Verdicts::default().with(MAX_ACCUSED, Agreement::Agree), None);
        assert_eq!(Verdicts(u16::MAX).on(MAX_ACCUSED), None);
    }
}
