//! What a budget promises, and how much of it is due. Pure.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    traits::{tokens, ConstU32},
    BoundedVec,
};
use hearth_primitives::governance::Maker;
use scale_info::TypeInfo;
use sp_runtime::{traits::AtLeast32BitUnsigned, SaturatedConversion};

/// The most milestones of a budget. DO NOT REDUCE: stored budgets would no longer decode.
pub const MAX_MILESTONES: u32 = 16;

/// What a budget promises.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub enum Plan<Balance, BlockNumber> {
    /// The same amount again and again.
    #[codec(index = 0)]
    Recurring {
        /// What is due each time.
        instalment: Balance,
        /// How many times.
        count: u32,
        /// The block from which the first is due; that in which the budget is made, if it is later.
        first: BlockNumber,
        /// Blocks from each to the next.
        every: BlockNumber,
    },
    /// An amount for each milestone that the budget's maker says is reached, in their order.
    #[codec(index = 1)]
    Milestones {
        /// The amounts.
        amounts: BoundedVec<Balance, ConstU32<MAX_MILESTONES>>,
        /// How many are reached.
        reached: u32,
    },
}

impl<Balance: tokens::Balance, BlockNumber: AtLeast32BitUnsigned + Copy> Plan<Balance, BlockNumber> {
    /// All that it promises. None if that is more than a balance holds.
    pub fn total(&self) -> Option<Balance> {
        match self {
            Self::Recurring { instalment, count, .. } => instalment.checked_mul(&(*count).into()),
            Self::Milestones { amounts, .. } => amounts.iter().try_fold(Balance::zero(), |sum, amount| sum.checked_add(amount)),
        }
    }

    /// What it promises at first. None if that is nothing or too much, or if something were due before anybody could say so.
    pub fn promised(&self) -> Option<Balance> {
        let fresh = match self {
            Self::Recurring { every, .. } => !every.is_zero(),
            Self::Milestones { reached, .. } => *reached == 0,
        };
        self.total().filter(|total| fresh && !total.is_zero())
    }

    /// The same with nothing due before `now`: instalments that would have been begin then.
    pub fn not_before(mut self, now: BlockNumber) -> Self {
        if let Self::Recurring { first, .. } = &mut self {
            *first = now.max(*first);
        }
        self
    }

    /// All that has become due by `now`, paid or not. Never more than is promised, and never less than before.
    pub fn earned(&self, now: BlockNumber) -> Balance {
        match self {
            Self::Recurring { first, .. } if now < *first => Balance::zero(),
            Self::Recurring { instalment, count, first, every } => {
                let passed = now.saturating_sub(*first) / (*every).max(BlockNumber::one());
                let times = passed.saturated_into::<u32>().saturating_add(1).min(*count);
                instalment.saturating_mul(times.into())
            }
            Self::Milestones { amounts, reached } => {
                amounts.iter().take(*reached as usize).fold(Balance::zero(), |sum, amount| sum.saturating_add(*amount))
            }
        }
    }

    /// The block after `now` in which more becomes due, if that is known.
    pub fn next(&self, now: BlockNumber) -> Option<BlockNumber> {
        match self {
            Self::Recurring { count: 0, .. } | Self::Milestones { .. } => None,
            Self::Recurring { first, .. } if now < *first => Some(*first),
            Self::Recurring { count, first, every, .. } => {
                let passed = now.saturating_sub(*first) / (*every).max(BlockNumber::one());
                let times = passed.saturated_into::<u32>().saturating_add(1);
                (times < *count).then(|| first.saturating_add(every.saturating_mul(times.into())))
            }
        }
    }

    /// One more milestone is reached; whether there was one.
    pub fn reach(&mut self) -> bool {
        match self {
            Self::Milestones { amounts, reached } if (*reached as usize) < amounts.len() => {
                *reached = reached.saturating_add(1);
                true
            }
            _ => false,
        }
    }
}

/// Whose money goes to whom, and how far.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Budget<AccountId, Balance, BlockNumber> {
    /// In whose name it was made.
    pub maker: Maker,
    /// Who is paid.
    pub beneficiary: AccountId,
    /// What is promised.
    pub plan: Plan<Balance, BlockNumber>,
    /// What was paid.
    pub paid: Balance,
    /// The block in which it was stopped: nothing more becomes due.
    pub stopped: Option<BlockNumber>,
}

impl<AccountId, Balance: tokens::Balance, BlockNumber: AtLeast32BitUnsigned + Copy> Budget<AccountId, Balance, BlockNumber> {
    /// What can be claimed.
    pub fn due(&self, now: BlockNumber) -> Balance {
        self.plan.earned(self.stopped.map_or(now, |stopped| stopped.min(now))).saturating_sub(self.paid)
    }

    /// Whether nothing can be claimed any more, now or later.
    pub fn is_done(&self, now: BlockNumber) -> bool {
        let paid_in_full = self.plan.earned(BlockNumber::max_value()) == self.paid && !self.waits_for_milestones();
        paid_in_full || (self.stopped.is_some() && self.due(now).is_zero())
    }

    fn waits_for_milestones(&self) -> bool {
        matches!(&self.plan, Plan::Milestones { amounts, reached } if (*reached as usize) < amounts.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type TestPlan = Plan<u128, u32>;

    fn recurring(instalment: u128, count: u32, first: u32, every: u32) -> TestPlan {
        Plan::Recurring { instalment, count, first, every }
    }

    fn milestones(amounts: &[u128]) -> TestPlan {
        Plan::Milestones { amounts: amounts.to_vec().try_into().expect("a test has few milestones"), reached: 0 }
    }

    fn plan() -> impl Strategy<Value = TestPlan> {
        prop_oneof![
            (0..1u128 << 90, 0..100u32, 0..1_000u32, 0..100u32)
                .prop_map(|(instalment, count, first, every)| recurring(instalment, count, first, every)),
            proptest::collection::vec(0..1u128 << 90, 0..=MAX_MILESTONES as usize).prop_map(|amounts| milestones(&amounts)),
        ]
    }

    #[test]
    fn recurring_is_due_from_its_first_block() {
        let plan = recurring(10, 3, 100, 5);
        assert_eq!(plan.promised(), Some(30));
        let earned = [99, 100, 104, 105, 110, 115, u32::MAX].map(|now| plan.earned(now));
        assert_eq!(earned, [0, 10, 10, 20, 30, 30, 30]);
        let next = [99, 100, 104, 105, 109, 110].map(|now| plan.next(now));
        assert_eq!(next, [Some(100), Some(105), Some(105), Some(110), Some(110), None]);
    }

    #[test]
    fn milestones_are_due_as_they_are_reached() {
        let mut plan = milestones(&[5, 7]);
        assert_eq!((plan.promised(), plan.earned(u32::MAX)), (Some(12), 0));
        assert!(plan.reach());
        assert_eq!(plan.earned(0), 5);
        assert!(plan.reach() && !plan.reach());
        assert_eq!(plan.earned(0), 12);
    }

    #[test]
    fn promised_is_none_for_what_is_no_promise() {
        for plan in [recurring(0, 3, 0, 1), recurring(10, 0, 0, 1), recurring(10, 3, 0, 0), recurring(u128::MAX, 2, 0, 1)] {
            assert_eq!(plan.promised(), None, "{plan:?}");
        }
        assert_eq!(milestones(&[]).promised(), None);
        assert_eq!(milestones(&[u128::MAX, 1]).promised(), None);
        let mut begun = milestones(&[5, 7]);
        begun.reach();
        assert_eq!(begun.promised(), None);
    }

    proptest! {
        #[test]
        fn budget_pays_what_it_promised_and_no_more(
            plan in plan(),
            steps in proptest::collection::vec((0..200u32, any::<bool>(), any::<bool>()), 0..40),
            stop_at in proptest::option::of(0..40usize),
        ) {
            let Some(promised) = plan.promised() else { return Ok(()) };
            let mut budget = Budget { maker: Maker::Root, beneficiary: (), plan, paid: 0, stopped: None };
            let (mut now, mut most) = (0u32, None);
            for (step, (blocks, reach, claim)) in steps.into_iter().enumerate() {
                now += blocks;
                if budget.stopped.is_none() && stop_at == Some(step) {
                    budget.stopped = Some(now);
                    most = Some(budget.paid + budget.due(now));
                }
                if reach && budget.stopped.is_none() {
                    budget.plan.reach();
                }
                let due = budget.due(now);
                prop_assert!(budget.due(now + 1_000) >= due, "what is due was taken back");
                if claim {
                    budget.paid += due;
                    prop_assert_eq!(budget.due(now), 0);
                }
                prop_assert!(budget.paid + budget.due(u32::MAX) <= most.unwrap_or(promised));
            }
            // Whoever waits long enough gets everything, unless it was stopped.
            while budget.stopped.is_none() && budget.plan.reach() {}
            budget.paid += budget.due(u32::MAX);
            prop_assert_eq!(budget.paid, most.unwrap_or(promised));
            prop_assert!(budget.is_done(u32::MAX));
        }
    }
}
