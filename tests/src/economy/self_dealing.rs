//! Trading with oneself: owners who pay their own providers for jobs, to earn what burned fees count for.
//!
//! *Attempts* try every strategy at every price and volume on the last era of each week, as it was, and change nothing. They are kind to
//! the dealer: the draw always takes its providers, it takes its share last and with it all that rounding leaves, its jobs never shrink
//! what its own points earn, and computing costs nothing. *Dealers* are actors: a pair of colluding owners at each price, who trade with
//! themselves in every era, with money of their own.

use super::{
    chain::{hrt, min_price, numbers},
    emission::{Emission, Ended},
    market::Flow,
};
use hearth_primitives::market::MemberOutcome;
use hearth_runtime::Balance;
use pallet_reward_emission::EraPool;
use serde::Serialize;
use sp_runtime::Perbill;

/// Prices of a replica, as multiples of the lowest.
const PRICES: [u32; 7] = [1, 3, 10, 30, 100, 300, 1_000];

/// Jobs in an era.
const VOLUMES: [u64; 4] = [1, USUAL, 4_096, 262_144];

/// As many as one account may submit.
pub const USUAL: u64 = 64;

/// A way to trade with oneself.
#[derive(Clone, Copy, Debug)]
pub struct Strategy {
    /// Its name.
    pub name: &'static str,
    /// Replicas of each job.
    replicas: u32,
    /// Of them, those that go to the dealer's own providers, each with an owner of its own.
    own: u32,
    /// The part of all blocks that the dealer makes.
    blocks: Perbill,
}

/// All of them.
pub const STRATEGIES: [Strategy; 6] = [
    Strategy { name: "alone", replicas: 1, own: 1, blocks: Perbill::zero() },
    Strategy { name: "alone beside a stranger", replicas: 2, own: 1, blocks: Perbill::zero() },
    Strategy { name: "two colluding owners", replicas: 2, own: 2, blocks: Perbill::zero() },
    Strategy { name: "seven colluding owners", replicas: 7, own: 7, blocks: Perbill::zero() },
    Strategy { name: "two owners and a third of the blocks", replicas: 2, own: 2, blocks: Perbill::from_parts(333_333_333) },
    Strategy { name: "two owners and every block", replicas: 2, own: 2, blocks: Perbill::one() },
];

/// What a strategy came to at one price and volume.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Which.
    pub strategy: Strategy,
    /// Of a replica.
    pub price: Balance,
    /// In an era.
    pub jobs: u64,
    /// Eras that it was tried in.
    eras: u32,
    fee: Balance,
    burned: Balance,
    reward: Balance,
    net: i128,
    /// The net of the era that was best for the dealer.
    pub best: i128,
}

/// A row of `self_dealing.csv`. Amounts are HRT per era, on average over the eras that were tried.
#[derive(Clone, Debug, Serialize)]
pub struct TrialRow {
    /// Which.
    pub strategy: String,
    /// Of a replica.
    pub price: f64,
    /// In an era.
    pub jobs_per_era: u64,
    /// Fees paid.
    pub fee_paid: f64,
    /// Of them, burned.
    pub burned: f64,
    /// Rewards and block authors' parts that came back.
    pub reward: f64,
    /// What was won.
    pub net: f64,
    /// The same in the era that was best for the dealer.
    pub best_net: f64,
}

impl Trial {
    /// Every strategy at every price and volume, not tried yet.
    pub fn all() -> Vec<Self> {
        let mut trials = Vec::new();
        for strategy in STRATEGIES {
            for price in prices() {
                for jobs in VOLUMES {
                    trials.push(Self { strategy, price, jobs, eras: 0, fee: 0, burned: 0, reward: 0, net: 0, best: i128::MIN });
                }
            }
        }
        trials
    }

    /// Tries it in an era.
    pub fn attempt(&mut self, era: &Ended) {
        let Strategy { replicas, own, blocks, .. } = self.strategy;
        let mut flow = Flow::default();
        flow.add(replicas, self.price, self.jobs, MemberOutcome::Valid);
        let to_itself = self.price * Balance::from(own) * Balance::from(self.jobs);
        let counted = flow.counted / Balance::from(replicas) * Balance::from(own);
        let all = era.burned + flow.counted;
        let mut pool = EraPool::share_out(era.providers, numbers().job_share, era.points, all);
        pool.take(era.points, all - counted);
        let reward = pool.take(0, counted) + blocks.mul_ceil(flow.author);
        let net = (to_itself + reward) as i128 - flow.spent as i128;

        self.eras += 1;
        self.fee += flow.burned + flow.treasury + flow.author;
        self.burned += flow.burned;
        self.reward += reward;
        self.net += net;
        self.best = self.best.max(net);
    }

    /// What was won, in parts of the fees that were paid.
    pub fn net_per_fee(&self) -> f64 {
        self.net as f64 / self.fee as f64
    }

    /// For the table.
    pub fn row(&self) -> TrialRow {
        let each = |amount: f64| amount / f64::from(self.eras.max(1));
        TrialRow {
            strategy: self.strategy.name.to_string(),
            price: hrt(self.price),
            jobs_per_era: self.jobs,
            fee_paid: each(hrt(self.fee)),
            burned: each(hrt(self.burned)),
            reward: each(hrt(self.reward)),
            net: each(signed(self.net)),
            best_net: signed(self.best),
        }
    }
}

/// The prices that are tried.
fn prices() -> impl Iterator<Item = Balance> {
    PRICES.into_iter().map(|times| min_price() * Balance::from(times))
}

/// An amount or a loss in HRT.
fn signed(amount: i128) -> f64 {
    hrt(amount.unsigned_abs()) * amount.signum() as f64
}

/// A pair of colluding owners who trade with themselves.
pub struct Dealer {
    price: Balance,
    /// HRT at hand.
    pub funds: Balance,
    /// Owed by ended eras.
    pub claimable: Balance,
    /// Counted in this era.
    counted: Balance,
    eras: u32,
    fees: Balance,
    burned: Balance,
    got: Balance,
}

impl Dealer {
    /// One for each price.
    pub fn at_each_price(funds: Balance) -> Vec<Self> {
        prices().map(|price| Self { price, funds, claimable: 0, counted: 0, eras: 0, fees: 0, burned: 0, got: 0 }).collect()
    }

    /// Trades for an era, if its funds last; returns what that moved between others.
    pub fn deal(&mut self) -> Flow {
        let mut flow = Flow::default();
        flow.add(2, self.price, USUAL, MemberOutcome::Valid);
        if flow.spent > self.funds {
            self.counted = 0;
            return Flow::default();
        }
        let fee = flow.spent - flow.pay;
        self.funds -= fee;
        self.counted = flow.counted;
        self.eras += 1;
        self.fees += fee;
        self.burned += flow.burned;
        flow
    }

    /// Takes its share of the ended era.
    pub fn settle(&mut self, pool: &mut EraPool<Balance>) -> Balance {
        let share = pool.take(0, std::mem::take(&mut self.counted));
        self.claimable += share;
        self.got += share;
        share
    }

    /// Claims.
    pub fn claim(&mut self, emission: &mut Emission) {
        let amount = std::mem::take(&mut self.claimable);
        emission.pay_provider(amount);
        self.funds += amount;
    }

    /// Whether it got less than it paid.
    pub fn loses(&self) -> bool {
        self.eras == 0 || self.got < self.fees
    }

    /// For the table.
    pub fn row(&self) -> TrialRow {
        let each = |amount: f64| amount / f64::from(self.eras.max(1));
        let net = each(hrt(self.got) - hrt(self.fees));
        TrialRow {
            strategy: "two colluding owners, as actors".to_string(),
            price: hrt(self.price),
            jobs_per_era: USUAL,
            fee_paid: each(hrt(self.fees)),
            burned: each(hrt(self.burned)),
            reward: each(hrt(self.got)),
            net,
            best_net: net,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hearth_runtime::HRT;

    #[test]
    fn attempt_never_pays_in_any_era() {
        let eras = [
            Ended { providers: 20_000 * HRT, points: 6_000_000, burned: 300 * HRT },
            Ended { providers: 20_000 * HRT, points: 0, burned: 0 },
            Ended { providers: 5_000 * HRT, points: 1, burned: 10_000 * HRT },
            Ended { providers: 0, points: 1, burned: 1 },
        ];
        for mut trial in Trial::all() {
            for era in &eras {
                trial.attempt(era);
            }
            assert!(trial.best < 0, "{} at {} with {} jobs wins {}", trial.strategy.name, trial.price, trial.jobs, trial.best);
        }
    }

    #[test]
    fn attempt_at_its_best_gets_back_what_was_burned() {
        let mut trial = Trial::all().into_iter().find(|trial| trial.strategy.own == 2 && trial.jobs == USUAL).expect("there is one");
        trial.attempt(&Ended { providers: 20_000 * HRT, points: 1_000, burned: 0 });
        assert_eq!((trial.reward, trial.net), (trial.burned, trial.burned as i128 - trial.fee as i128));
        assert!((trial.net_per_fee() + 0.5).abs() < 1e-6);
    }

    #[test]
    fn deal_costs_half_of_the_fee() {
        let mut emission = Emission::genesis();
        for mut dealer in Dealer::at_each_price(10 * HRT) {
            let flow = dealer.deal();
            let mut pool = emission.end_era(1_000, flow.counted);
            let share = dealer.settle(&mut pool);
            dealer.claim(&mut emission);
            assert!(dealer.loses() && share == flow.counted);
            assert_eq!(dealer.funds + flow.spent - flow.pay, 10 * HRT + share);
        }
    }
}
