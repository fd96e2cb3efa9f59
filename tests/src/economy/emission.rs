//! What the chain mints and for whom, by the pallet's own maths; and the formula that it must follow.
//!
//! The split at the end of an era repeats what `pallet_reward_emission` does there in storage; the curve, the pool and its shares are the
//! pallet's functions. Pots are paid weekly here. What providers have not claimed stays theirs; what stakers have not claimed after
//! [`CLAIM_ERAS`] goes to the treasury.

use super::chain::{numbers, ERA, WEEK};
use hearth_runtime::{
    constants::{CLAIM_ERAS, GENESIS_ISSUANCE},
    Balance,
};
use pallet_reward_emission::{EraPool, Schedule, YEAR};
use std::collections::VecDeque;

/// One part in so many of staking's payouts is never claimed. Assumed.
const UNCLAIMED: Balance = 100;

/// How an era ended.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ended {
    /// The providers' part of what was minted, before it was known what the pool pays out.
    pub providers: Balance,
    /// Points that providers proved.
    pub points: u128,
    /// Burned by jobs, as far as it was counted for providers.
    pub burned: Balance,
}

/// The books of the emission. All amounts are sums since genesis, pots excepted.
pub struct Emission {
    /// All that exists.
    pub supply: Balance,
    /// Of the chain, in milliseconds.
    pub age: u64,
    /// Minted.
    pub minted: Balance,
    /// Burned.
    pub burned: Balance,
    /// What the treasury got of what was minted.
    pub treasury: Balance,
    /// Not paid to stakers yet.
    pub staking_pot: Balance,
    /// Not paid to providers yet.
    pub provider_pot: Balance,
    /// Paid to stakers.
    pub paid_stakers: Balance,
    /// Paid to providers.
    pub paid_providers: Balance,
    /// The last era.
    pub last: Ended,
    /// The part of the staking pot that nobody has claimed, by week, oldest first.
    unclaimed: VecDeque<Balance>,
    formula: Formula,
}

impl Emission {
    /// Before the first era.
    pub fn genesis() -> Self {
        Self {
            supply: GENESIS_ISSUANCE,
            age: 0,
            minted: 0,
            burned: 0,
            treasury: 0,
            staking_pot: 0,
            provider_pot: 0,
            paid_stakers: 0,
            paid_providers: 0,
            last: Ended::default(),
            unclaimed: VecDeque::new(),
            formula: Formula { supply: GENESIS_ISSUANCE as f64, minted: 0.0, worst: 0.0 },
        }
    }

    /// Mints for an era in which providers proved `points` and jobs burned `burned` in their name; returns what providers share.
    pub fn end_era(&mut self, points: u128, burned: Balance) -> EraPool<Balance> {
        let (schedule, split) = (numbers().schedule, numbers().split);
        let (from, to) = (self.age, self.age + ERA);
        let minted = schedule.issuance(self.supply, from, to);
        let (staking, providers) = (split.staking.mul_floor(minted), split.providers.mul_floor(minted));
        let pool = EraPool::share_out(providers, numbers().job_share, points, burned);
        self.supply += minted;
        self.age = to;
        self.minted += minted;
        self.staking_pot += staking;
        self.provider_pot += pool.left();
        self.treasury += minted - staking - pool.left();
        self.last = Ended { providers, points, burned };
        self.formula.mint(area(&schedule, years(from), years(to)), self.minted);
        pool
    }

    /// Destroys an amount.
    pub fn burn(&mut self, amount: Balance) {
        self.supply -= amount;
        self.burned += amount;
        self.formula.supply -= amount as f64;
    }

    /// Pays a provider's claim.
    pub fn pay_provider(&mut self, amount: Balance) {
        self.provider_pot -= amount;
        self.paid_providers += amount;
    }

    /// Takes a week's payout to stakers from the pot, and sweeps what was not claimed in time; returns the payout.
    pub fn pay_stakers(&mut self) -> Balance {
        let due = self.staking_pot - self.unclaimed.iter().sum::<Balance>();
        let forgotten = due / UNCLAIMED;
        self.unclaimed.push_back(forgotten);
        if self.unclaimed.len() > (CLAIM_ERAS / WEEK) as usize {
            let swept = self.unclaimed.pop_front().unwrap_or_default();
            self.staking_pot -= swept;
            self.treasury += swept;
        }
        let paid = due - forgotten;
        self.staking_pot -= paid;
        self.paid_stakers += paid;
        paid
    }

    /// Whether all that was minted is with somebody, exactly, when providers can claim `claimable`.
    pub fn is_conserved(&self, claimable: Balance) -> bool {
        self.minted == self.paid_stakers + self.paid_providers + self.staking_pot + claimable + self.treasury
    }

    /// The yearly rate at which the chain mints now.
    pub fn rate(&self) -> f64 {
        parts(numbers().schedule.rate(self.age).deconstruct())
    }

    /// The largest relative distance so far of what was minted from the formula.
    pub fn worst_deviation(&self) -> f64 {
        self.formula.worst
    }
}

/// The same in floating point, from the formula alone; it is told what was burned.
struct Formula {
    supply: f64,
    minted: f64,
    worst: f64,
}

impl Formula {
    /// Mints the part `area` of the supply, and compares.
    fn mint(&mut self, area: f64, minted: Balance) {
        let due = self.supply * area;
        self.supply += due;
        self.minted += due;
        self.worst = self.worst.max((minted as f64 / self.minted - 1.0).abs());
    }
}

/// The area under the curve between two ages in years: the integral of max(tail, initial · (1 − decay)^⌊t⌋ · (1 − decay · frac(t))).
fn area(schedule: &Schedule, from: f64, to: f64) -> f64 {
    let [initial, decay, tail] = [schedule.initial, schedule.decay, schedule.tail].map(|rate| parts(rate.deconstruct()));
    let (mut at, mut sum) = (from, 0.0);
    while at < to {
        let (year, end) = (at.floor(), to.min(at.floor() + 1.0));
        let start = initial * (1.0 - decay).powf(year);
        // When the falling line meets the tail, if it does within the year.
        let meets = if start > tail { ((1.0 - tail / start) / decay).min(1.0) } else { 0.0 };
        let turn = (year + meets).clamp(at, end);
        sum += start * (turn - at) * (1.0 - decay * (at + turn - 2.0 * year) / 2.0) + tail * (end - turn);
        at = end;
    }
    sum
}

fn years(age: u64) -> f64 {
    age as f64 / YEAR as f64
}

fn parts(of_quintillion: u64) -> f64 {
    of_quintillion as f64 / 1e18
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn area_is_that_of_trapezoids_and_the_tail() {
        let schedule = numbers().schedule;
        let close = |from: f64, to: f64, expected: f64| {
            let found = area(&schedule, from, to);
            assert!((found / expected - 1.0).abs() < 1e-10, "{found} from {from} to {to}, not {expected}");
        };
        close(0.0, 1.0, 0.074);
        close(1.0, 2.0, 0.074 * 0.85);
        close(99.0, 100.0, 0.015);
        // The line meets the tail within the eleventh year.
        let slices: f64 = (0..3_000).map(|i| area(&schedule, 9.5 + f64::from(i) / 1e3, 9.5 + f64::from(i + 1) / 1e3)).sum();
        close(9.5, 12.5, slices);
    }

    #[test]
    fn emission_is_conserved_and_follows_the_formula() {
        let mut emission = Emission::genesis();
        let mut claimable = 0;
        for era in 0..3_000u32 {
            emission.burn(1_234_567 * u128::from(era));
            let mut pool = emission.end_era(7, 1_234_567);
            let share = pool.take(7, 1_234_567);
            assert_eq!(pool.left(), 0);
            claimable += share;
            if era % WEEK == 0 {
                emission.pay_stakers();
                emission.pay_provider(claimable);
                claimable = 0;
            }
            assert!(emission.is_conserved(claimable), "after era {era}");
            assert_eq!(emission.supply, GENESIS_ISSUANCE + emission.minted - emission.burned);
        }
        assert!(emission.worst_deviation() < 1e-9, "{}", emission.worst_deviation());
    }

    #[test]
    fn pay_stakers_sweeps_what_nobody_claims() {
        let mut emission = Emission::genesis();
        emission.end_era(1, 0);
        let due = emission.staking_pot;
        assert_eq!(emission.pay_stakers(), due - due / UNCLAIMED);
        let before = emission.treasury;
        for _ in 0..CLAIM_ERAS / WEEK {
            assert_eq!(emission.pay_stakers(), 0);
        }
        assert_eq!((emission.staking_pot, emission.treasury), (0, before + due / UNCLAIMED));
    }
}
