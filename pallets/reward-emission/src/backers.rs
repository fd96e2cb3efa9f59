//! How what a provider earns is divided between its owner and its backers, and how each backer finds its part without anybody walking
//! through backers. Pure.
//!
//! A pool keeps one number, *what a unit of backing has earned since the pool began*, and each backer the value of that number up to which
//! it was credited, its *mark*. What is due to it is its backing times the difference. The number is a fixed-point one with [`FRACTION`]
//! bits behind the point: an era adds less than 2^(128 + 96) to it, and there are 2^32 eras at most, so it fits 256 bits whatever happens.
//!
//! Every rounding is down and stays in the pool: less than a planck each time a backer is credited, and less than one for each 2^96 plancks
//! of backing when an era comes in. Whoever backs alone is credited with all that the pool has, so that nothing stays for ever.

use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::traits::tokens::Balance;
use hearth_primitives::reward::Stake;
use primitive_types::U256;
use scale_info::TypeInfo;
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, Perbill, Rounding, SaturatedConversion};

/// Bits behind the point of what a unit has earned.
const FRACTION: u32 = 96;

/// The backers' part of what a provider earned: by what is there of their backing, of all that is at stake, less the commission. Rounded down,
/// for the owner.
pub fn backers_part<B: Balance>(earned: B, stake: &Stake<B>) -> B {
    let (worth, all) = (stake.worth, stake.bonded.saturating_add(stake.worth));
    let [earned, worth, all] = [earned, worth, all].map(|amount| amount.saturated_into::<u128>());
    let part = multiply_by_rational_with_rounding(earned, worth, all, Rounding::Down).unwrap_or_default();
    let kept = Perbill::one() - Perbill::from_parts(stake.commission);
    kept.mul_floor(B::saturated_from(part))
}

/// What the backers of a provider share.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct BackerPool<B> {
    /// What a unit of backing has earned since the pool began, times 2^96.
    pub per_unit: U256,
    /// What no backer was credited with yet.
    pub left: B,
}

/// What a backer has earned behind a provider.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct BackerEarning<B> {
    /// Up to where it was credited: the pool's [`BackerPool::per_unit`] at that time.
    pub mark: U256,
    /// What it was credited with and not paid.
    pub claimable: B,
}

impl<B: Balance> BackerPool<B> {
    /// Adds what those earned who back with `backed` together.
    pub fn add(&mut self, amount: B, backed: B) {
        let amount_scaled = U256::from(amount.saturated_into::<u128>()) << FRACTION;
        let each = amount_scaled.checked_div(U256::from(backed.saturated_into::<u128>())).unwrap_or_default();
        self.per_unit = self.per_unit.saturating_add(each);
        self.left = self.left.saturating_add(amount);
    }

    /// Takes out what is due to whoever backs with `active` of `backed` and was credited up to `mark`. Who has all of it takes everything,
    /// and the pool begins anew.
    fn take(&mut self, active: B, backed: B, mark: U256) -> B {
        if !active.is_zero() && active >= backed {
            return core::mem::take(self).left;
        }
        let since = self.per_unit.saturating_sub(mark);
        let due = since.full_mul(U256::from(active.saturated_into::<u128>())) >> FRACTION;
        let taken = B::saturated_from(u128::try_from(due).unwrap_or(u128::MAX)).min(self.left);
        self.left -= taken;
        taken
    }

    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.per_unit.is_zero() && self.left.is_zero()
    }
}

impl<B: Balance> BackerEarning<B> {
    /// Credits a backer who has `active` of `backed` with what is due to it from `pool`.
    pub fn credit(&mut self, pool: &mut BackerPool<B>, active: B, backed: B) {
        let due = pool.take(active, backed, self.mark);
        self.claimable = self.claimable.saturating_add(due);
        self.mark = pool.per_unit;
    }

    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.mark.is_zero() && self.claimable.is_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use primitive_types::U512;
    use proptest::prelude::*;

    /// Backers in the tests.
    const BACKERS: usize = 4;

    /// A pool and its backers, and what each should have: the sum, over all that came in, of its exact part.
    #[derive(Default)]
    struct World {
        pool: BackerPool<u128>,
        active: [u128; BACKERS],
        earnings: [BackerEarning<u128>; BACKERS],
        credits: [u128; BACKERS],
        came: Vec<(u128, [u128; BACKERS])>,
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Earn(u128),
        Credit(usize),
        Set(usize, u128),
    }

    impl World {
        fn backed(&self) -> u128 {
            self.active.iter().sum()
        }

        fn perform(&mut self, step: Step) {
            let backed = self.backed();
            match step {
                Step::Earn(amount) if backed > 0 => {
                    self.pool.add(amount, backed);
                    self.came.push((amount, self.active));
                }
                Step::Earn(_) => {}
                Step::Credit(who) => {
                    self.earnings[who].credit(&mut self.pool, self.active[who], backed);
                    self.credits[who] += 1;
                }
                Step::Set(who, active) => {
                    self.perform(Step::Credit(who));
                    self.active[who] = active;
                }
            }
        }

        fn earned(&self) -> u128 {
            self.came.iter().map(|(amount, _)| amount).sum()
        }

        fn credited(&self) -> u128 {
            self.earnings.iter().map(|earning| earning.claimable).sum()
        }

        /// What `who` should have, as a fraction whose denominator is the product of all that was backed.
        fn exact(&self, who: usize) -> (U512, U512) {
            let sum = |actives: &[u128; BACKERS]| U512::from(actives.iter().sum::<u128>());
            let whole = self.came.iter().fold(U512::one(), |product, (_, actives)| product * sum(actives));
            let part =
                |(amount, actives): &(u128, [u128; BACKERS])| U512::from(*amount) * U512::from(actives[who]) * (whole / sum(actives));
            (self.came.iter().map(part).fold(U512::zero(), |total, part| total + part), whole)
        }
    }

    /// Steps that change what those of some numbers have. At most six earn, so that the exact fractions fit 512 bits.
    fn steps(who: core::ops::Range<usize>) -> impl Strategy<Value = Vec<Step>> {
        let active = prop_oneof![0..10u128, 0..1u128 << 38];
        let other = prop_oneof![(0..BACKERS).prop_map(Step::Credit), (who, active).prop_map(|(who, active)| Step::Set(who, active)),];
        let earn = prop_oneof![0..100u128, 0..1u128 << 60].prop_map(Step::Earn);
        let round = (proptest::collection::vec(other, 0..8), earn).prop_map(|(mut steps, earn)| {
            steps.push(earn);
            steps
        });
        proptest::collection::vec(round, 0..=6).prop_map(|rounds| rounds.concat())
    }

    proptest! {
        #[test]
        fn credit_is_the_exact_part_rounded_down(
            always in proptest::array::uniform2(1..1u128 << 38),
            steps in steps(2..BACKERS),
            order in Just((0..BACKERS).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            // With two who always back, nobody ever has everything.
            let mut world = World { active: [always[0], always[1], 0, 0], ..Default::default() };
            steps.into_iter().for_each(|step| world.perform(step));
            order.into_iter().for_each(|who| world.perform(Step::Credit(who)));
            for who in 0..BACKERS {
                let (part, whole) = world.exact(who);
                let claimable = U512::from(world.earnings[who].claimable);
                prop_assert!(claimable * whole <= part);
                prop_assert!(part < (claimable + world.credits[who] + 1u32) * whole);
            }
            prop_assert_eq!(world.credited() + world.pool.left, world.earned());
        }

        #[test]
        fn credit_in_any_order_is_the_same(
            active in proptest::array::uniform4(1..1u128 << 90),
            amounts in proptest::collection::vec(0..1u128 << 90, 1..20),
            order in Just((0..BACKERS).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let credited = |order: Vec<usize>| {
                let mut world = World { active, ..Default::default() };
                let backed = world.backed();
                amounts.iter().for_each(|amount| world.pool.add(*amount, backed));
                order.into_iter().for_each(|who| world.perform(Step::Credit(who)));
                world.earnings
            };
            prop_assert_eq!(credited((0..BACKERS).collect()), credited(order));
        }

        #[test]
        fn everything_is_credited_once_nobody_backs(steps in steps(0..BACKERS)) {
            let mut world = World::default();
            for step in steps.into_iter().chain((0..BACKERS).map(|who| Step::Set(who, 0))) {
                world.perform(step);
                prop_assert_eq!(world.credited() + world.pool.left, world.earned());
                prop_assert!(world.backed() > 0 || world.pool.is_empty());
            }
            prop_assert_eq!(world.credited(), world.earned());
            // What rounding left to whoever was last is less than a planck for each credit and each time that something came.
            let rounded = world.credits.iter().sum::<u128>() + world.came.len() as u128;
            for who in 0..BACKERS {
                let (part, whole) = world.exact(who);
                prop_assert!(U512::from(world.earnings[who].claimable) * whole <= part + U512::from(rounded) * whole);
            }
        }

        #[test]
        fn take_never_pays_more_than_there_is(
            calls in proptest::collection::vec((any::<u128>(), any::<u128>(), any::<u128>(), any::<u64>()), 1..20),
        ) {
            let mut pool = BackerPool::<u128>::default();
            for (amount, active, backed, mark) in calls {
                pool.add(amount, backed);
                let before = pool.left;
                let taken = pool.take(active, backed, U256::from(mark) << 128u32);
                prop_assert_eq!(taken + pool.left, before);
            }
        }

        #[test]
        fn backers_part_is_exact_and_rounded_down(
            earned in any::<u128>(),
            bonded in 0..u128::MAX / 2,
            backed in 0..u128::MAX / 2,
            commission in 0..=1_000_000_000u32,
        ) {
            let part = backers_part(earned, &Stake { bonded, backed, worth: backed, commission });
            let whole = U512::from(bonded + backed) * U512::from(1_000_000_000u32);
            let exact = U512::from(earned) * U512::from(backed) * U512::from(1_000_000_000 - commission);
            prop_assert!(U512::from(part) * whole <= exact);
            // Two roundings: by the stakes, then by the commission.
            prop_assert!(exact <= U512::from(part) * whole + whole * U512::from(2u32));
        }
    }

    #[test]
    fn backers_part_needs_backers() {
        let of = |bonded, worth, commission| backers_part(1_000u128, &Stake { bonded, backed: 700, worth, commission });
        // Also where all that they have was lost.
        assert_eq!(of(0, 0, 0), 0);
        assert_eq!(of(500, 0, 0), 0);
        assert_eq!(of(500, 500, 0), 500);
        assert_eq!(of(500, 500, 100_000_000), 450);
        assert_eq!(of(0, 1, 0), 1_000);
        assert_eq!(of(500, 500, 1_000_000_000), 0);
        assert_eq!(of(500, 500, u32::MAX), 0);
    }

    #[test]
    fn per_unit_fits_whatever_comes_in_every_era() {
        let mut pool = BackerPool::default();
        pool.add(u128::MAX, 1u128);
        assert!(pool.per_unit.checked_mul(U256::from(u32::MAX) + U256::one()).is_some());
        // Nobody to share it: it waits for whoever comes.
        let mut pool = BackerPool::default();
        pool.add(5u128, 0);
        assert_eq!((pool.per_unit, pool.left), (U256::zero(), 5));
    }
}
