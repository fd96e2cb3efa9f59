//! The records of the emission, and how a runtime says who gets which part. Generic over plain types, so that they need no runtime.

use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::traits::tokens::Balance;
use hearth_primitives::reward::EraIndex;
use scale_info::TypeInfo;
use sp_runtime::{traits::Saturating, Perbill};

/// Who gets which part of what is minted. The rest is the treasury's, with all that rounding leaves.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Split {
    /// To validators and nominators.
    pub staking: Perbill,
    /// To providers.
    pub providers: Perbill,
}

impl Split {
    /// Whether the parts are no more than the whole.
    pub fn is_valid(&self) -> bool {
        self.staking <= Perbill::one() - self.providers
    }
}

/// What becomes of the fee of a job. The rest is the block author's; what rounding leaves is the treasury's.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct FeeSplit {
    /// Burned, and counted for those who computed the job.
    pub burn: Perbill,
    /// To the treasury.
    pub treasury: Perbill,
}

impl FeeSplit {
    /// The block author's part.
    pub fn author(&self) -> Perbill {
        Perbill::one().saturating_sub(self.burn).saturating_sub(self.treasury)
    }

    /// Whether the parts are no more than the whole.
    pub fn is_valid(&self) -> bool {
        self.burn <= Perbill::one() - self.treasury
    }
}

/// What has come together in the era that runs.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Totals<B> {
    /// Units of work that were proven.
    pub points: u128,
    /// Burned from the fees of jobs, in the name of those who computed them.
    pub burned: B,
    /// Moved from the staking pot to the treasury.
    pub swept: B,
}

impl<B: Balance> Totals<B> {
    /// Counts more work; returns what of it was counted, which is all unless a total would overflow: then it stays exact and the work is
    /// not paid.
    pub fn add(&mut self, points: u128, burned: B) -> (u128, B) {
        let points = points.min(u128::MAX.saturating_sub(self.points));
        let burned = burned.min(B::max_value().saturating_sub(self.burned));
        self.points = self.points.saturating_add(points);
        self.burned = self.burned.saturating_add(burned);
        (points, burned)
    }

    /// Takes back work that was counted.
    pub fn remove(&mut self, points: u128, burned: B) {
        self.points = self.points.saturating_sub(points);
        self.burned = self.burned.saturating_sub(burned);
    }
}

/// What a provider has earned and not been paid.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Earning<B> {
    /// The one era of the work below. If it has ended, its pool owes for them.
    pub era: EraIndex,
    /// Units of work that it proved in the era.
    pub points: u128,
    /// Burned by its paid jobs in the era.
    pub burned: B,
    /// Owed from settled eras.
    pub claimable: B,
}

impl<B: Balance> Earning<B> {
    /// Whether there is work that was not settled.
    pub fn has_work(&self) -> bool {
        self.points > 0 || !self.burned.is_zero()
    }

    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        !self.has_work() && self.claimable.is_zero()
    }

    /// Takes the work out.
    pub fn take_work(&mut self) -> (u128, B) {
        (core::mem::take(&mut self.points), core::mem::take(&mut self.burned))
    }
}

/// What became of an ended era: see [`hearth_primitives::reward::EraView`], which shows it.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct EraRecord<B> {
    /// Its length, in milliseconds.
    pub duration: u64,
    /// All that was minted at its end.
    pub minted: B,
    /// Minted into the staking pot.
    pub staking: B,
    /// Minted into the provider pot for proven capacity.
    pub proven: B,
    /// Minted into the provider pot for paid jobs.
    pub jobs: B,
    /// To the treasury: the rest of what was minted, and what was swept from the staking pot while the era ran.
    pub treasury: B,
    /// Burned from the fees of jobs while it ran, in the name of those who computed them.
    pub burned: B,
    /// Units of work that were proven while it ran.
    pub points: u128,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_are_valid_up_to_the_whole() {
        let percent = Perbill::from_percent;
        assert!(Split { staking: percent(40), providers: percent(60) }.is_valid());
        assert!(!Split { staking: percent(41), providers: percent(60) }.is_valid());
        assert!(FeeSplit { burn: percent(100), treasury: percent(0) }.is_valid());
        assert!(!FeeSplit { burn: percent(100), treasury: Perbill::from_parts(1) }.is_valid());
        assert_eq!(FeeSplit { burn: percent(50), treasury: percent(30) }.author(), percent(20));
    }

    #[test]
    fn totals_count_what_they_can_hold() {
        let mut totals = Totals { points: u128::MAX - 5, burned: u64::MAX - 1, swept: 0u64 };
        assert_eq!(totals.add(3, 1), (3, 1));
        assert_eq!(totals.add(3, 1), (2, 0));
        assert_eq!((totals.points, totals.burned), (u128::MAX, u64::MAX));
        totals.remove(u128::MAX, 1);
        assert_eq!((totals.points, totals.burned), (0, u64::MAX - 1));
    }
}
