//! How often jobs of a model find no verdict. Where that is too often its results differ by themselves, and nobody may be slashed for them.
//! Pure.
//!
//! Only what juries could not decide counts: a provider that answers grey, to have its own model pay only, does not change it.

use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::Perbill;

/// Jobs of a model that ended with or without a verdict, the last ones counting most.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct FaultRate {
    /// All.
    pub jobs: u32,
    /// Those without.
    pub faults: u32,
}

impl FaultRate {
    /// Counts one more job; returns whether the faults are more than `limit` of a whole window. With each full window both numbers halve.
    pub fn count(&mut self, fault: bool, window: u32, limit: Perbill) -> bool {
        self.jobs = self.jobs.saturating_add(1);
        self.faults = self.faults.saturating_add(fault.into());
        let over = self.faults > limit.mul_floor(window);
        if self.jobs >= window {
            *self = Self { jobs: self.jobs / 2, faults: self.faults / 2 };
        }
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMIT: Perbill = Perbill::from_percent(2);

    #[test]
    fn count_is_over_with_the_first_above_the_limit() {
        let mut rate = FaultRate::default();
        // Two in a hundred of 256 are five.
        assert!((0..5).all(|_| !rate.count(true, 256, LIMIT)));
        assert!((0..200).all(|_| !rate.count(false, 256, LIMIT)));
        assert!(rate.count(true, 256, LIMIT));
    }

    proptest! {
        #[test]
        fn count_forgives_rare_faults(every in 110u32..400, jobs in 0u32..4_000) {
            let mut rate = FaultRate::default();
            for job in 1..=jobs {
                prop_assert!(!rate.count(job % every == 0, 256, LIMIT), "{rate:?} after {job}");
                prop_assert!(rate.faults <= rate.jobs);
            }
        }
    }
}
