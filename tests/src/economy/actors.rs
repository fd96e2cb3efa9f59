//! Who takes part, what they start with, and how unequal they are.
//!
//! All numbers in this file are assumptions: who is there, in which proportions, with how much, and at which cost.

use super::{chain::bond_for, chance::Chance, market::JOB_PRICE, self_dealing::Dealer};
use hearth_runtime::{
    constants::{GENESIS_ISSUANCE, HRT},
    Balance,
};
use pallet_reward_emission::Share;

/// Of ten actors, so many are customers.
const CUSTOMERS_IN_TEN: u32 = 4;

/// Of twenty actors, so many could be providers. The rest hold and stake.
const PROVIDERS_IN_TWENTY: u32 = 7;

/// One in so many holders is a whale.
const WHALES: usize = 50;

/// Validators, as many as the presets of the runtime elect at most.
const VALIDATORS: usize = 50;

/// The treasury's part of the genesis issuance, as in the presets; then the whales' and the other holders'. The rest is the float.
const ENDOWMENTS: [Balance; 3] = [GENESIS_ISSUANCE / 5, GENESIS_ISSUANCE / 4, GENESIS_ISSUANCE * 35 / 100];

/// What each self-dealer starts with.
const DEALER_FUNDS: Balance = 200_000 * HRT;

/// The replicas that customers want; as often as they stand here.
const REPLICAS: [u32; 10] = [1, 2, 2, 2, 2, 2, 2, 3, 3, 5];

/// The slots that providers have; as often as they stand here.
const SLOTS: [u32; 9] = [1, 1, 1, 2, 2, 2, 4, 4, 8];

/// One in so many jobs ends without a verdict.
const UNDECIDED: f64 = 200.0;

/// Somebody who buys inference.
pub struct Customer {
    /// Its jobs, relative to an average customer's.
    weight: f64,
    /// Replicas of each.
    pub replicas: u32,
    /// What a replica is worth to it, in dollars.
    pub worth: f64,
    /// Jobs that it wants and has not submitted, a fraction.
    wanted: f64,
    /// Jobs that ought to have ended undecided and have not, a fraction.
    failing: f64,
}

impl Customer {
    /// One of many that are alike.
    pub fn alike(weight: f64, replicas: u32, worth: f64) -> Self {
        Self { weight, replicas, worth, wanted: 0.0, failing: 0.0 }
    }

    /// The jobs that it submits in an era.
    pub fn jobs(&mut self, demand: f64) -> u64 {
        whole(&mut self.wanted, self.weight * demand)
    }

    /// How many of `jobs` end undecided.
    pub fn undecided(&mut self, jobs: u64) -> u64 {
        whole(&mut self.failing, jobs as f64 / UNDECIDED).min(jobs)
    }
}

/// Adds to a rest; takes out the whole part.
fn whole(rest: &mut f64, amount: f64) -> u64 {
    *rest += amount;
    let whole = rest.floor();
    *rest -= whole;
    whole as u64
}

/// Where a provider stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// Not registered.
    Out,
    /// Drawn and challenged.
    Active,
    /// Gone; its bond is free from this week on.
    Unbonding(u32),
}

/// Somebody with GPUs, who registers when it pays.
pub struct Provider {
    /// Slots, all of them proven in each era in which it is active.
    pub slots: u32,
    /// What running them costs in a week, in dollars.
    pub cost: f64,
    /// Dollars.
    pub capital: f64,
    /// Where it stands.
    pub state: State,
    /// Valid jobs since it registered.
    pub valid: u32,
    /// HRT at hand.
    pub free: Balance,
    /// HRT held as its bond.
    pub bond: Balance,
    /// Owed by ended eras.
    pub claimable: Balance,
    /// Replicas computed in this era.
    pub places: u64,
    /// Burned in its name in this era.
    pub burned: Balance,
    /// Paid by customers in this week.
    pub from_jobs: Balance,
    /// Shared out by pools in this week.
    pub from_pool: Balance,
}

impl Provider {
    /// Its HRT, bond and claims included.
    pub fn holdings(&self) -> Balance {
        self.free + self.bond + self.claimable
    }

    /// Whether it is drawn.
    pub fn is_active(&self) -> bool {
        self.state == State::Active
    }
}

/// Somebody who holds and stakes: a validator, a nominator, a whale.
pub struct Staker {
    /// HRT at hand.
    pub free: Balance,
    /// HRT at stake.
    pub staked: Balance,
    /// The yearly yield below which it does not stake.
    pub asks: f64,
    /// Whether it is one of the few who hold much.
    pub whale: bool,
    /// Whether it validates.
    pub validator: bool,
}

/// Everybody at genesis, the treasury, and the float.
pub struct Population {
    /// Who buys.
    pub customers: Vec<Customer>,
    /// Who computes, or could.
    pub providers: Vec<Provider>,
    /// Who holds and stakes, the largest first.
    pub stakers: Vec<Staker>,
    /// Who trades with itself.
    pub dealers: Vec<Dealer>,
    /// The treasury's HRT.
    pub treasury: Balance,
    /// HRT with everybody else.
    pub float: Balance,
}

impl Population {
    /// So many actors.
    pub fn genesis(actors: u32, chance: &mut Chance) -> Self {
        let customers: Vec<_> = (0..actors * CUSTOMERS_IN_TEN / 10)
            .map(|_| {
                let replicas = REPLICAS[chance.below(REPLICAS.len() as u64) as usize];
                Customer::alike(chance.log_normal(0.6, 1.0), replicas, chance.log_normal(JOB_PRICE, 0.5))
            })
            .collect();
        let providers: Vec<_> = (0..actors * PROVIDERS_IN_TWENTY / 20).map(|_| provider(chance)).collect();
        let stakers = stakers(actors as usize - customers.len() - providers.len(), chance);
        let dealers = Dealer::at_each_price(DEALER_FUNDS);
        let held = stakers.iter().map(|staker| staker.free + staker.staked).chain(dealers.iter().map(|dealer| dealer.funds));
        let float = GENESIS_ISSUANCE - ENDOWMENTS[0] - held.sum::<Balance>() - providers.iter().map(Provider::holdings).sum::<Balance>();
        Self { customers, providers, stakers, dealers, treasury: ENDOWMENTS[0], float }
    }
}

/// A provider; a quarter of them are registered at genesis.
fn provider(chance: &mut Chance) -> Provider {
    let slots = SLOTS[chance.below(SLOTS.len() as u64) as usize];
    let cost = 7.0 * chance.log_normal(2.2, 0.8) * f64::from(slots);
    let capital = chance.log_normal(400.0, 1.0) * f64::from(slots);
    let active = chance.happens(0.25);
    Provider {
        slots,
        cost,
        capital,
        state: if active { State::Active } else { State::Out },
        valid: 0,
        free: 0,
        bond: if active { bond_for(slots) } else { 0 },
        claimable: 0,
        places: 0,
        burned: 0,
        from_jobs: 0,
        from_pool: 0,
    }
}

/// Whales, whose holdings fall as 1, 1/2, 1/3 …, and others, whose holdings are Pareto's. Three fifths of all is staked; the largest validate.
fn stakers(count: usize, chance: &mut Chance) -> Vec<Staker> {
    let whales = (count / WHALES).max(1);
    let large = (0..whales).map(|i| 1e9 / (i + 1) as f64).collect::<Vec<_>>();
    let small = (whales..count).map(|_| 1e6 * chance.pareto(1.2)).collect::<Vec<_>>();
    let amounts = share_out(ENDOWMENTS[1], &large).into_iter().chain(share_out(ENDOWMENTS[2], &small));
    let mut stakers: Vec<_> = amounts
        .enumerate()
        .map(|(i, held)| {
            let staked = held * 3 / 5;
            Staker { free: held - staked, staked, asks: chance.log_normal(0.025, 0.6), whale: i < whales, validator: false }
        })
        .collect();
    stakers.sort_by_key(|staker| std::cmp::Reverse(staker.staked));
    stakers.iter_mut().take(VALIDATORS).for_each(|staker| staker.validator = true);
    stakers
}

/// Shares an amount out by weight, to the last planck.
fn share_out(amount: Balance, weights: &[f64]) -> Vec<Balance> {
    let weights: Vec<u128> = weights.iter().map(|weight| *weight as u128).collect();
    let mut share = Share { left: amount, weight: weights.iter().sum() };
    weights.into_iter().map(|weight| share.take(weight)).collect()
}

/// Gini's coefficient: 0 where all have the same, towards 1 where one has all.
pub fn gini(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let (count, total) = (values.len() as f64, values.iter().sum::<f64>());
    if total <= 0.0 {
        return 0.0;
    }
    let ranked: f64 = values.iter().zip(1u32..).map(|(value, rank)| value * f64::from(rank)).sum();
    2.0 * ranked / (count * total) - (count + 1.0) / count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gini_knows_its_extremes() {
        assert!(gini(vec![3.0; 10]).abs() < 1e-12);
        let mut one = vec![0.0; 99];
        one.push(5.0);
        assert!((gini(one) - 0.99).abs() < 1e-12);
        assert!((gini(vec![1.0, 2.0, 3.0, 4.0]) - 0.25).abs() < 1e-12);
        assert_eq!(gini(Vec::new()), 0.0);
    }

    #[test]
    fn genesis_holds_all_that_was_issued() {
        let people = Population::genesis(200, &mut Chance::seeded(1));
        let held: Balance = people.stakers.iter().map(|staker| staker.free + staker.staked).sum();
        let others: Balance = people.providers.iter().map(Provider::holdings).chain(people.dealers.iter().map(|dealer| dealer.funds)).sum();
        assert_eq!(held, ENDOWMENTS[1] + ENDOWMENTS[2]);
        assert_eq!(held + others + people.treasury + people.float, GENESIS_ISSUANCE);
        assert_eq!((people.customers.len(), people.providers.len(), people.stakers.len()), (80, 70, 50));
    }

    #[test]
    fn jobs_and_undecided_keep_their_rates() {
        let mut customer = Customer::alike(0.3, 2, 1.0);
        let jobs: u64 = (0..10_000).map(|_| customer.jobs(1.0)).sum();
        assert!((2_999..=3_000).contains(&jobs), "{jobs}");
        let undecided: u64 = (0..1_000).map(|_| customer.undecided(20)).sum();
        assert!((99..=100).contains(&undecided), "{undecided}");
    }
}
