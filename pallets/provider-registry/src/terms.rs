//! On which terms a provider takes backers: how much, and at which commission. Pure.

use codec::{Decode, Encode, MaxEncodedLen};
use hearth_primitives::reward::EraIndex;
use scale_info::TypeInfo;
use sp_runtime::{traits::Zero, Perbill};

/// What a provider asks of its backers, and how many it takes.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct BackingTerms<Balance> {
    /// The owner's part of what backers would earn.
    pub commission: Perbill,
    /// The last era in which the commission was raised.
    pub raised_in: Option<EraIndex>,
    /// The most that backers may have active together.
    pub limit: Balance,
}

/// Why a commission cannot be set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CommissionRefusal {
    /// It was raised in this era.
    Raised,
    /// It would rise too far at once.
    StepTooLarge,
    /// It would be more than any commission may be.
    TooHigh,
}

impl<Balance: Zero> BackingTerms<Balance> {
    /// A new provider's terms. It takes no backers: what they share in is the owner's, who must want them.
    pub fn new(commission: Perbill) -> Self {
        Self { commission, raised_in: None, limit: Zero::zero() }
    }
}

impl<Balance> BackingTerms<Balance> {
    /// Sets the commission. It falls as often and as far as the owner likes; it rises once an era, by `step` and up to `max` at most.
    pub fn set_commission(&mut self, rate: Perbill, era: EraIndex, step: Perbill, max: Perbill) -> Result<(), CommissionRefusal> {
        if rate > self.commission {
            if rate > max {
                return Err(CommissionRefusal::TooHigh);
            }
            if self.raised_in == Some(era) {
                return Err(CommissionRefusal::Raised);
            }
            if rate - self.commission > step {
                return Err(CommissionRefusal::StepTooLarge);
            }
            self.raised_in = Some(era);
        }
        self.commission = rate;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STEP: Perbill = Perbill::from_percent(5);
    const MAX: Perbill = Perbill::from_percent(50);

    fn at(percent: u32) -> BackingTerms<u128> {
        BackingTerms::new(Perbill::from_percent(percent))
    }

    fn set(terms: &mut BackingTerms<u128>, percent: u32, era: EraIndex) -> Result<(), CommissionRefusal> {
        terms.set_commission(Perbill::from_percent(percent), era, STEP, MAX)
    }

    #[test]
    fn set_commission_falls_freely() {
        let mut terms = at(60);
        // Also where it is more than it might be raised to.
        for percent in [55, 10, 10, 3, 0] {
            assert_eq!(set(&mut terms, percent, 0), Ok(()));
            assert_eq!((terms.commission, terms.raised_in), (Perbill::from_percent(percent), None));
        }
    }

    #[test]
    fn set_commission_rises_once_an_era() {
        let mut terms = at(10);
        assert_eq!(set(&mut terms, 12, 0), Ok(()));
        assert_eq!(set(&mut terms, 13, 0), Err(CommissionRefusal::Raised));
        assert_eq!(set(&mut terms, 5, 0), Ok(()));
        assert_eq!(set(&mut terms, 6, 0), Err(CommissionRefusal::Raised));
        assert_eq!(set(&mut terms, 6, 1), Ok(()));
        assert_eq!(terms.raised_in, Some(1));
    }

    #[test]
    fn set_commission_rises_by_a_step_up_to_the_cap() {
        let mut terms = at(44);
        assert_eq!(set(&mut terms, 50, 0), Err(CommissionRefusal::StepTooLarge));
        assert_eq!(set(&mut terms, 49, 0), Ok(()));
        assert_eq!(set(&mut terms, 51, 1), Err(CommissionRefusal::TooHigh));
        assert_eq!(set(&mut terms, 50, 1), Ok(()));
    }

    proptest! {
        #[test]
        fn set_commission_stays_within_what_the_eras_allow(
            start in 0..=500_000_000u32,
            asks in proptest::collection::vec((0..=1_000_000_000u32, 0..2u32), 1..60),
        ) {
            let mut terms = BackingTerms::<u128>::new(Perbill::from_parts(start));
            let mut era = 0;
            for (parts, eras) in asks {
                era += eras;
                let (before, asked) = (terms.clone(), Perbill::from_parts(parts));
                match terms.set_commission(asked, era, STEP, MAX) {
                    Ok(()) => prop_assert_eq!(terms.commission, asked),
                    Err(_) => prop_assert!(asked > before.commission && terms == before),
                }
                prop_assert!(terms.commission <= MAX);
                // Each era that has begun gives one step at most.
                let allowed = u64::from(start) + u64::from(STEP.deconstruct()) * u64::from(era + 1);
                prop_assert!(u64::from(terms.commission.deconstruct()) <= allowed);
            }
        }
    }
}
