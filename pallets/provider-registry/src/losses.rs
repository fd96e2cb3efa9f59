//! What slashes and penalties take of the backing of a provider, without anybody walking through backers. Pure.
//!
//! All backing of a provider loses by the same part at the same time. So one number is kept, *what is left* of a unit that was there from
//! the beginning, and each backing remembers the number as it was when the backing was touched last, its *mark*: it is worth what it holds,
//! times what is left by now, divided by the mark. The number is kept precise however little is left, by its *scale*: else a small loss would
//! take everything of those who came after many. When nothing is left the count begins anew in another
//! *generation*, and backings of an earlier one are worth nothing.
//!
//! Every rounding is down, so that backings together are never worth more than the total says; it is under a planck for each time that a
//! backing is touched.

use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::traits::tokens::Balance;
use scale_info::TypeInfo;
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, Rounding, SaturatedConversion};

/// What is left of a unit that lost nothing: 2^100.
const ONE: u128 = 1 << 100;

/// Below it what is left is counted in smaller units, so that a backing's value has no less than 60 bits.
const PRECISE: u128 = 1 << 60;

/// The bits by which units become smaller.
const STEP: u32 = 40;

/// What is left at least where anything is: with a step it is precise again. A loss that leaves less than 2^-40 takes everything.
const LEAST: u128 = PRECISE >> STEP;

/// What is left of backing that was there from the beginning of a generation; also a backing's mark.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Losses {
    /// Of a unit, times 2^(100 + 40 · scale).
    left: u128,
    /// How often units became smaller.
    scale: u32,
    /// How often nothing was left.
    generation: u32,
}

impl Default for Losses {
    fn default() -> Self {
        Self { left: ONE, scale: 0, generation: 0 }
    }
}

impl Losses {
    /// What `held` is worth that was touched last at `mark`.
    pub fn value<B: Balance>(&self, held: B, mark: &Self) -> B {
        if self == mark {
            return held;
        }
        if self.generation != mark.generation {
            return B::zero();
        }
        let bits = self.scale.saturating_sub(mark.scale).saturating_mul(STEP);
        // A step in the divisor where it has room: else what is left could be 2^40 times the mark, and what is held times that too much.
        let step = if mark.left.leading_zeros() >= STEP { STEP.min(bits) } else { 0 };
        let value = part(held.saturated_into::<u128>(), self.left, mark.left << step);
        B::saturated_from(value.checked_shr(bits - step).unwrap_or_default()).min(held)
    }

    /// Takes `amount` of backing that is worth `value`; returns what was taken. That is all of it where next to nothing would be left.
    pub fn take<B: Balance>(&mut self, amount: B, value: B) -> B {
        let amount = amount.min(value);
        if amount.is_zero() {
            return amount;
        }
        let [kept, all] = [value.saturating_sub(amount), value].map(|amount| amount.saturated_into::<u128>());
        let left = part(self.left, kept, all);
        if left >= LEAST {
            let bits = if left < PRECISE { STEP } else { 0 };
            self.left = left << bits;
            self.scale = self.scale.saturating_add(u32::from(bits > 0));
            return amount;
        }
        *self = Self { left: ONE, scale: 0, generation: self.generation.saturating_add(1) };
        value
    }
}

/// How `amount` is taken of a bond `own` and backing that is worth `others`: by their parts, but `least` of the bond if it has as much.
/// Returns the bond's part and the backing's; together they are `amount`, or all that there is.
pub fn shares<B: Balance>(amount: B, own: B, others: B, least: B) -> (B, B) {
    let all = own.saturating_add(others);
    let amount = amount.min(all);
    let [of, backing, whole] = [amount, others, all].map(|amount| amount.saturated_into::<u128>());
    let backings = B::saturated_from(part(of, backing, whole)).min(others);
    let bonds = amount.saturating_sub(backings).max(least.min(amount)).min(own);
    (bonds, amount.saturating_sub(bonds).min(others))
}

/// amount · part / whole, rounded down; nothing of nothing.
pub(crate) fn part(amount: u128, part: u128, whole: u128) -> u128 {
    multiply_by_rational_with_rounding(amount, part, whole, Rounding::Down).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn backings_together_are_never_worth_more_than_the_total(
            helds in prop::collection::vec(0u128..1 << 90, 1..6),
            steps in prop::collection::vec((0u128..1 << 92, prop::option::of(0usize..6)), 0..30),
        ) {
            let (mut losses, mut helds) = (Losses::default(), helds.into_iter().map(|held| (held, Losses::default())).collect::<Vec<_>>());
            let mut value: u128 = helds.iter().map(|(held, _)| held).sum();
            for (amount, touched) in steps {
                let taken = losses.take(amount, value);
                prop_assert!(taken >= amount.min(value) && taken <= value);
                prop_assert!(taken - amount.min(value) <= value >> STEP, "{taken} of {value} for {amount}");
                value -= taken;
                if let Some((held, mark)) = touched.and_then(|at| helds.get_mut(at)) {
                    let before = losses.value(*held, mark);
                    (*held, *mark) = (before, losses);
                    prop_assert_eq!(losses.value(*held, mark), before);
                }
                let worth: u128 = helds.iter().map(|(held, mark)| losses.value(*held, mark)).sum();
                prop_assert!(worth <= value, "{worth} of {value}");
            }
        }

        #[test]
        fn a_loss_is_shared_by_what_is_held(held in 1u128..1 << 80, other in 1u128..1 << 80, parts in 0u128..1_000) {
            let (mut losses, mark) = (Losses::default(), Losses::default());
            let all = held + other;
            let amount = all / 1_000 * parts;
            losses.take(amount, all);
            let exact = held - held * parts / 1_000;
            prop_assert!(losses.value(held, &mark).abs_diff(exact) <= held / (1 << 40) + 1_001);
        }

        #[test]
        fn shares_are_the_amount_or_all(amount in 0u128..1 << 100, own in 0u128..1 << 100, others in 0u128..1 << 100, least in 0u128..1 << 100) {
            let (bonds, backings) = shares(amount, own, others, least);
            prop_assert!(bonds <= own && backings <= others);
            prop_assert_eq!(bonds + backings, amount.min(own + others));
            prop_assert!(bonds >= least.min(amount).min(own));
        }
    }

    #[test]
    fn shares_go_by_the_parts() {
        assert_eq!(shares(100u128, 300, 100, 0), (75, 25));
        assert_eq!(shares(100u128, 300, 100, 90), (90, 10));
        assert_eq!(shares(100u128, 50, 450, 90), (50, 50));
        // What cannot be divided is the owner's.
        assert_eq!(shares(1u128, 1, 1_000, 0), (1, 0));
        assert_eq!(shares(1_000u128, 30, 20, 0), (30, 20));
        assert_eq!(shares(1_000u128, 0, 0, 5), (0, 0));
    }

    #[test]
    fn take_after_many_losses_takes_no_more_than_it_is_asked() {
        let (mut losses, first, held) = (Losses::default(), Losses::default(), 1u128 << 90);
        for halvings in 1..1_000 {
            let mark = losses;
            assert_eq!(losses.take(50u128, 100), 50);
            assert_eq!((losses.value(100u128, &mark), losses.value(1u128 << 70, &mark)), (50, 1 << 69));
            assert_eq!(losses.value(held, &first), held.checked_shr(halvings).unwrap_or_default());
        }
        // Who comes now loses its part of a small loss and no more.
        let mark = losses;
        assert_eq!(losses.take(1u128, 1_000), 1);
        assert!((998_999..=999_000).contains(&losses.value(1_000_000u128, &mark)));
    }

    #[test]
    fn take_of_everything_begins_a_generation() {
        let (mut losses, mark) = (Losses::default(), Losses::default());
        assert_eq!(losses.take(100u128, 100), 100);
        assert_eq!(losses.value(50u128, &mark), 0);
        let mark = losses;
        assert_eq!(losses.take(10u128, 40), 10);
        assert_eq!((losses.value(40u128, &mark), losses.value(50u128, &Losses::default())), (30, 0));
    }
}
