//! The digest of a result, and how two digests compare on chain.
//!
//! A digest is 32 wrapping numbers in Q16.16: a hidden half, from tensors inside the model, and an output half. The halves are judged
//! apart, each by the mean absolute wrapping difference of its components, because outputs alone are blind where they saturate.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Components in each half of a digest.
pub const HALF_LEN: usize = 16;

/// Random projections of a result, in Q16.16: 128 bytes.
#[derive(
    Clone, Copy, Debug, Decode, DecodeWithMemTracking, Default, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo,
)]
pub struct Digest {
    /// Projections of up to eight tensors inside the model.
    pub hidden: [i32; HALF_LEN],
    /// Projections of the output tensors.
    pub output: [i32; HALF_LEN],
}

/// How far two digests of one job stand apart: the sums of the absolute wrapping differences of each half, in 2^-16.
#[derive(
    Clone, Copy, Debug, Decode, DecodeWithMemTracking, Default, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo,
)]
pub struct Distance {
    /// Sum over the 16 hidden components.
    pub hidden: u64,
    /// Sum over the 16 output components.
    pub output: u64,
}

/// What a model's honest results may differ by: the mean absolute difference in each half, in 2^-16.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
pub struct Tolerance {
    /// For the hidden half.
    pub hidden: u32,
    /// For the output half.
    pub output: u32,
}

impl Default for Tolerance {
    /// Measured on five real models: honest results stay at or under 1 in the hidden half, weights rounded to f16 show 12 or more.
    fn default() -> Self {
        Self { hidden: 4, output: 8 }
    }
}

/// The verdict on a pair of digests.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// Both halves within tolerance.
    Agree,
    /// Neither close enough to agree nor far enough to convict.
    Grey,
    /// A half at or beyond twice its tolerance.
    Deviant,
}

impl Digest {
    /// The distance to `other`; symmetric, zero for equal digests, and unchanged when one vector is added to both.
    pub fn distance(&self, other: &Self) -> Distance {
        let sum =
            |a: &[i32; HALF_LEN], b: &[i32; HALF_LEN]| a.iter().zip(b).map(|(x, y)| u64::from(x.wrapping_sub(*y).unsigned_abs())).sum();
        Distance { hidden: sum(&self.hidden, &other.hidden), output: sum(&self.output, &other.output) }
    }

    /// The verdict on the pair under `tolerance`.
    pub fn compare(&self, other: &Self, tolerance: Tolerance) -> Agreement {
        self.distance(other).judge(tolerance)
    }
}

impl Distance {
    /// `agree` iff both means are within tolerance, `deviant` iff one reaches twice its tolerance (and more than zero), else `grey`.
    pub fn judge(&self, tolerance: Tolerance) -> Agreement {
        let limit = |tol: u32| u64::from(tol) * HALF_LEN as u64;
        let (hidden, output) = (limit(tolerance.hidden), limit(tolerance.output));
        if self.hidden <= hidden && self.output <= output {
            Agreement::Agree
        } else if (self.hidden > 0 && self.hidden >= 2 * hidden) || (self.output > 0 && self.output >= 2 * output) {
            Agreement::Deviant
        } else {
            Agreement::Grey
        }
    }

    /// The mean absolute difference of each half, in 2^-16, as people read it.
    pub fn means(&self) -> (f64, f64) {
        (self.hidden as f64 / HALF_LEN as f64, self.output as f64 / HALF_LEN as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn digests() -> impl Strategy<Value = Digest> {
        (any::<[i32; 16]>(), any::<[i32; 16]>()).prop_map(|(hidden, output)| Digest { hidden, output })
    }

    proptest! {
        #[test]
        fn distance_is_a_symmetric_premetric(a in digests(), b in digests()) {
            prop_assert_eq!(a.distance(&b), b.distance(&a));
            prop_assert_eq!(a.distance(&a), Distance::default());
        }

        #[test]
        fn distance_ignores_a_common_mask(a in digests(), b in digests(), mask in digests()) {
            let add = |d: &Digest| Digest {
                hidden: core::array::from_fn(|i| d.hidden[i].wrapping_add(mask.hidden[i])),
                output: core::array::from_fn(|i| d.output[i].wrapping_add(mask.output[i])),
            };
            prop_assert_eq!(add(&a).distance(&add(&b)), a.distance(&b));
        }

        #[test]
        fn judge_is_monotone(hidden in 0u64..1 << 20, output in 0u64..1 << 20, more in 0u64..1 << 20, th in 0u32..1 << 14, to in 0u32..1 << 14) {
            let rank = |a| match a { Agreement::Agree => 0, Agreement::Grey => 1, Agreement::Deviant => 2 };
            let tolerance = Tolerance { hidden: th, output: to };
            let near = Distance { hidden, output }.judge(tolerance);
            let far = Distance { hidden: hidden + more, output: output + more }.judge(tolerance);
            prop_assert!(rank(near) <= rank(far));
        }
    }

    #[test]
    fn judge_keeps_the_halves_apart() {
        let tolerance = Tolerance { hidden: 4, output: 8 };
        let judge = |hidden, output| Distance { hidden, output }.judge(tolerance);
        assert_eq!(judge(64, 128), Agreement::Agree);
        assert_eq!(judge(65, 0), Agreement::Grey);
        assert_eq!(judge(128, 0), Agreement::Deviant);
        assert_eq!(judge(0, 255), Agreement::Grey);
        assert_eq!(judge(0, 256), Agreement::Deviant);
    }
}
