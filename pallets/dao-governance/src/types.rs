//! The pallet's records, generic over plain types so that they need no runtime.

use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::traits::tokens;
use scale_info::TypeInfo;
use sp_runtime::Perbill;

/// The most changes that wait for the house at once. DO NOT REDUCE: the stored list would no longer decode.
pub const MAX_CHANGES: u32 = 16;

/// The most budgets that can be claimed from at once.
pub const MAX_BUDGETS: u32 = 1_000;

/// The most pauses at once. DO NOT REDUCE: the stored list would no longer decode.
pub const MAX_PAUSES: u32 = 32;

/// The most objections that are removed at once.
pub const CLEAR_LIMIT: u32 = 64;

/// A change of a parameter that holders have passed, and the house may still stop.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Change<KeyValue, Balance, BlockNumber> {
    /// The parameter and the value that it is to have.
    pub key_value: KeyValue,
    /// The block in which it comes into force, if it is not stopped.
    pub until: BlockNumber,
    /// All voices of the house when the window began.
    pub total: Balance,
    /// Those that object.
    pub against: Balance,
}

impl<KeyValue, Balance: tokens::Balance, BlockNumber> Change<KeyValue, Balance, BlockNumber> {
    /// By what the voices against it are measured: all voices when the window began or all there are `now`, whatever is more, and `least` at
    /// least. So nobody is a small house's veto, and a house that has grown is not bound by the few who were there before.
    pub fn house(&self, now: Balance, least: Balance) -> Balance {
        self.total.max(now).max(least)
    }

    /// The voices that stop it, when it takes `threshold` of `house`: one planck at least, so that a silent house stops nothing.
    pub fn needed(threshold: Perbill, house: Balance) -> Balance {
        threshold.mul_ceil(house).max(Balance::one())
    }

    /// Whether they are against it.
    pub fn is_stopped(&self, threshold: Perbill, house: Balance) -> bool {
        self.against >= Self::needed(threshold, house)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type TestChange = Change<(), u128, u32>;

    fn change(total: u128, against: u128) -> TestChange {
        Change { key_value: (), until: 0, total, against }
    }

    #[test]
    fn change_is_stopped_by_its_threshold_and_not_by_silence() {
        let third = Perbill::from_percent(33);
        assert!(!change(0, 0).is_stopped(third, 0));
        assert!(change(0, 1).is_stopped(third, 0));
        assert!(!change(0, 32).is_stopped(third, 100) && change(0, 33).is_stopped(third, 100));
        assert!(!change(0, 0).is_stopped(Perbill::zero(), 100));
    }

    #[test]
    fn change_is_measured_by_the_larger_house() {
        assert_eq!([change(100, 0).house(70, 50), change(70, 0).house(100, 50), change(7, 0).house(10, 50)], [100, 100, 50]);
    }

    proptest! {
        #[test]
        fn change_that_all_object_to_is_stopped(total in 1u128.., threshold in 0u32..=1_000_000_000) {
            let threshold = Perbill::from_parts(threshold);
            prop_assert!(change(total, total).is_stopped(threshold, total));
            prop_assert!(!change(total, 0).is_stopped(threshold, total));
            prop_assert!(TestChange::needed(threshold, total) <= total);
        }
    }
}
