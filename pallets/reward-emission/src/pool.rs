//! How the providers' part of an era is shared out, by weight, to whoever comes in whatever order. Pure.

use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::traits::tokens::Balance;
use scale_info::TypeInfo;
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, Perbill, Rounding, SaturatedConversion};

/// Money that belongs to those who earned a weight together.
///
/// While there is no more money than weight, nobody is paid more than the weight that it earned.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Share<B> {
    /// What is not paid yet.
    pub left: B,
    /// The weight of those who are not paid yet.
    pub weight: u128,
}

impl<B: Balance> Share<B> {
    /// Pays for `part` of the weight, rounded down. Who comes last takes the exact rest, so nothing is ever lost; who comes after *n*
    /// others gets at most *n* plancks more than if it had come first.
    pub fn take(&mut self, part: u128) -> B {
        let part = part.min(self.weight);
        let left = self.left.saturated_into::<u128>();
        let taken = multiply_by_rational_with_rounding(left, part, self.weight, Rounding::Down).unwrap_or_default();
        let taken = B::saturated_from(taken).min(self.left);
        self.left -= taken;
        self.weight = self.weight.saturating_sub(part);
        taken
    }
}

/// The providers' part of an ended era.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct EraPool<B> {
    /// For proven capacity; the weight is points.
    pub proven: Share<B>,
    /// For paid jobs; the weight is what their fees burned, and the money is never more.
    pub jobs: Share<B>,
}

impl<B: Balance> EraPool<B> {
    /// Shares out up to `amount` for the work of an era. Paid jobs earn what they burned, up to `job_share` of the amount; proven capacity
    /// earns the rest. A side without weight gets nothing: the pool then holds less than `amount`.
    pub fn share_out(amount: B, job_share: Perbill, points: u128, burned: B) -> Self {
        let jobs = burned.min(job_share.mul_floor(amount));
        let proven = if points > 0 { amount.saturating_sub(jobs) } else { B::zero() };
        Self { proven: Share { left: proven, weight: points }, jobs: Share { left: jobs, weight: burned.saturated_into() } }
    }

    /// Pays a provider for both sides.
    pub fn take(&mut self, points: u128, burned: B) -> B {
        self.proven.take(points).saturating_add(self.jobs.take(burned.saturated_into()))
    }

    /// What is not paid yet.
    pub fn left(&self) -> B {
        self.proven.left.saturating_add(self.jobs.left)
    }

    /// Whether nobody can come any more.
    pub fn is_spent(&self) -> bool {
        self.proven.weight == 0 && self.jobs.weight == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts() -> impl Strategy<Value = Vec<u128>> {
        proptest::collection::vec(prop_oneof![1..10u128, 1..=u128::from(u64::MAX)], 1..40)
    }

    proptest! {
        #[test]
        fn take_pays_everything_in_any_order(left in any::<u128>(), parts in parts()) {
            let weight: u128 = parts.iter().sum();
            let mut share = Share { left, weight };
            let mut paid = 0u128;
            for (earlier, part) in parts.iter().enumerate() {
                let taken = share.take(*part);
                let ideal = multiply_by_rational_with_rounding(left, *part, weight, Rounding::Down).expect("a part of what is left fits");
                prop_assert!(taken >= ideal && taken - ideal <= earlier as u128, "{taken} instead of {ideal}");
                paid += taken;
            }
            prop_assert_eq!((share, paid), (Share { left: 0, weight: 0 }, left));
        }

        #[test]
        fn take_never_pays_more_than_there_is(
            left in any::<u128>(),
            weight in any::<u128>(),
            parts in proptest::collection::vec(any::<u128>(), 1..10),
        ) {
            let mut share = Share { left, weight };
            let mut paid = 0u128;
            for part in parts {
                paid += share.take(part);
                prop_assert_eq!(paid + share.left, left);
            }
        }

        #[test]
        fn take_never_pays_more_than_was_earned(parts in parts(), scarcity in 0..=1_000_000_000u32) {
            let weight: u128 = parts.iter().sum();
            let mut share = Share { left: Perbill::from_parts(scarcity).mul_floor(weight), weight };
            for part in parts {
                prop_assert!(share.take(part) <= part);
            }
        }

        #[test]
        fn share_out_never_gives_jobs_more_than_they_burned(
            amount in any::<u128>(),
            job_share in 0..=1_000_000_000u32,
            points in any::<u128>(),
            burned in any::<u128>(),
        ) {
            let job_share = Perbill::from_parts(job_share);
            let pool = EraPool::share_out(amount, job_share, points, burned);
            prop_assert!(pool.jobs.left <= burned && pool.jobs.left <= job_share.mul_floor(amount));
            prop_assert!(pool.left() <= amount);
            prop_assert_eq!(pool.left() == amount, points > 0 || pool.jobs.left == amount);
        }
    }

    #[test]
    fn take_of_no_weight_pays_nothing() {
        let mut share = Share { left: 5u128, weight: 0 };
        assert_eq!(share.take(3), 0);
        share.weight = 2;
        assert_eq!(share.take(0), 0);
        assert_eq!(share, Share { left: 5, weight: 2 });
    }

    #[test]
    fn share_out_leaves_the_rest_of_the_job_share_to_proven_capacity() {
        let fifth = Perbill::from_percent(20);
        let pool = EraPool::share_out(1_000u128, fifth, 7, 50);
        assert_eq!(pool, EraPool { proven: Share { left: 950, weight: 7 }, jobs: Share { left: 50, weight: 50 } });
        let pool = EraPool::share_out(1_000u128, fifth, 7, 5_000);
        assert_eq!(pool, EraPool { proven: Share { left: 800, weight: 7 }, jobs: Share { left: 200, weight: 5_000 } });
        let pool = EraPool::share_out(1_000u128, fifth, 0, 50);
        assert_eq!(pool, EraPool { proven: Share { left: 0, weight: 0 }, jobs: Share { left: 50, weight: 50 } });
        assert!(EraPool::share_out(1_000u128, fifth, 0, 0).is_spent());
    }
}
