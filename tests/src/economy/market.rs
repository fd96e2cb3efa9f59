//! The market: the price of HRT, how many jobs customers want, and what jobs cost and pay by the chain's own maths.
//!
//! Fiat is a made-up US dollar. The price of HRT is a geometric Brownian motion that nothing in the simulation moves. Customers pay for
//! jobs in fiat terms, and bid more while there are more jobs than slots. Everybody whom the simulation does not know by name is the
//! *float*: it sells to customers and new providers and buys from the rest, at the price.

use super::{
    actors::Customer,
    chain::{hrt, job_blocks, lock_multiple, min_price, numbers, ERA, ERA_BLOCKS},
    chance::Chance,
};
use hearth_primitives::market::MemberOutcome;
use hearth_runtime::{constants::HRT, Balance};
use pallet_job_market::math::{quote, settle};
use pallet_reward_emission::YEAR;
use std::iter::repeat_n;

/// The price of HRT at genesis, in dollars. Assumed, as everything below.
const FIRST_PRICE: f64 = 0.10;

/// The yearly deviation of the logarithm of the price of HRT.
const PRICE_VOLATILITY: f64 = 0.5;

/// The yearly growth of the jobs that customers want.
const JOB_GROWTH: f64 = 0.30;

/// The yearly deviation of the logarithm of the jobs wanted.
const JOB_VOLATILITY: f64 = 0.3;

/// What an average replica is worth to customers, in dollars.
pub const JOB_PRICE: f64 = 0.01;

/// Blocks that a job is computed for: the longest that models have by default.
const COMPUTING: u32 = 100;

/// The price of HRT, the bids, and the float.
pub struct Market {
    /// Of one HRT, in dollars.
    pub price: f64,
    /// What customers bid, as a multiple of what a replica was worth to them at genesis; 1 or more.
    pub bid: f64,
    /// HRT with everybody else.
    pub float: Balance,
    /// The logarithm of demand beside its growth.
    drift: f64,
}

impl Market {
    /// At genesis, with this float.
    pub fn genesis(float: Balance) -> Self {
        Self { price: FIRST_PRICE, bid: 1.0, float, drift: 0.0 }
    }

    /// An era passes.
    pub fn step(&mut self, chance: &mut Chance) {
        let root = (ERA as f64 / YEAR as f64).sqrt();
        self.price *= (PRICE_VOLATILITY * root * chance.normal()).exp();
        self.drift += JOB_VOLATILITY * root * chance.normal();
    }

    /// Jobs that an average customer wants in an era at this age. Those who must bid twice as much want half.
    pub fn demand(&self, age: u64) -> f64 {
        (1.0 + JOB_GROWTH).powf(age as f64 / YEAR as f64) * self.drift.exp() / self.bid
    }

    /// A week passes: bids rise while jobs find no slot, and fall back slowly.
    pub fn adapt(&mut self, unserved: u64) {
        self.bid = if unserved > 0 { self.bid * 1.05 } else { (self.bid * 0.97).max(1.0) };
    }

    /// An amount in dollars.
    pub fn dollars(&self, amount: Balance) -> f64 {
        hrt(amount) * self.price
    }

    /// What dollars buy.
    pub fn buys(&self, dollars: f64) -> Balance {
        (dollars / self.price * HRT as f64) as Balance
    }

    /// The price of a replica that was worth so many dollars at genesis.
    pub fn price_of(&self, dollars: f64) -> Balance {
        self.buys(dollars * self.bid).max(min_price())
    }

    /// Sells to the float; returns dollars.
    pub fn sell(&mut self, amount: Balance) -> f64 {
        self.float += amount;
        self.dollars(amount)
    }

    /// The bond with which a provider of so many slots can be drawn for an average job in each of them.
    pub fn useful_bond(&self, slots: u32) -> Balance {
        self.price_of(JOB_PRICE) * Balance::from(lock_multiple()) * Balance::from(slots)
    }
}

/// Replicas that a slot computes in an era when it is never idle.
pub fn replicas_per_slot() -> u64 {
    ERA_BLOCKS / job_blocks(COMPUTING)
}

/// What jobs moved.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flow {
    /// Jobs that providers were drawn for.
    pub jobs: u64,
    /// Jobs for which there was no slot or no HRT.
    pub unserved: u64,
    /// Replicas that were computed.
    pub places: u64,
    /// Of them, those that a newcomer is drawn for as long as there is one: one of each job with two or more.
    pub newcomer_places: u64,
    /// Left the customers.
    pub spent: Balance,
    /// To providers.
    pub pay: Balance,
    /// Fees, burned.
    pub burned: Balance,
    /// The part of what was burned that counts as work: equal parts for those who computed a job, rounded down.
    pub counted: Balance,
    /// Fees, to the treasury.
    pub treasury: Balance,
    /// Fees, to block authors.
    pub author: Balance,
}

impl Flow {
    /// Adds `count` jobs that are alike and end with `outcome` for all members.
    pub fn add(&mut self, replicas: u32, price: Balance, count: u64, outcome: MemberOutcome) {
        let quote = quote(replicas, price, numbers().fee_rate, numbers().audit_rate);
        let due = if outcome == MemberOutcome::Valid { quote.fee } else { 0 };
        let settled = settle(quote.escrow, price, due, repeat_n(outcome, replicas as usize));
        // As `pallet_reward_emission` splits a fee and counts what it burned.
        let split = numbers().fee_split;
        let (burned, author) = (split.burn.mul_floor(settled.fee), split.author().mul_floor(settled.fee));
        let each = burned / Balance::from(replicas);

        let times = Balance::from(count);
        self.jobs += count;
        self.places += count * u64::from(replicas);
        self.newcomer_places += if replicas > 1 { count } else { 0 };
        self.spent += (quote.escrow - settled.refund) * times;
        self.pay += settled.payouts.iter().sum::<Balance>() * times;
        self.burned += burned * times;
        self.counted += each * Balance::from(replicas) * times;
        self.author += author * times;
        self.treasury += (settled.fee - burned - author) * times;
    }

    /// Adds another flow.
    pub fn extend(&mut self, other: &Self) {
        self.jobs += other.jobs;
        self.unserved += other.unserved;
        self.places += other.places;
        self.newcomer_places += other.newcomer_places;
        self.spent += other.spent;
        self.pay += other.pay;
        self.burned += other.burned;
        self.counted += other.counted;
        self.treasury += other.treasury;
        self.author += other.author;
    }
}

/// An era of customers' jobs, as far as there is room for their replicas. Another customer comes first in each era. They buy what jobs cost
/// when they submit them.
pub fn serve(customers: &mut [Customer], market: &mut Market, demand: f64, era: u32, room: u64) -> Flow {
    let mut flow = Flow::default();
    let first = era as usize % customers.len().max(1);
    let (later, sooner) = customers.split_at_mut(first);
    for customer in sooner.iter_mut().chain(later.iter_mut()) {
        let wanted = customer.jobs(demand);
        let price = market.price_of(customer.worth);
        let escrow = quote(customer.replicas, price, numbers().fee_rate, numbers().audit_rate).escrow;
        let payable = u64::try_from((market.float - flow.spent) / escrow).unwrap_or(u64::MAX);
        let drawn = wanted.min((room - flow.places) / u64::from(customer.replicas)).min(payable);
        let undecided = customer.undecided(drawn);
        flow.add(customer.replicas, price, drawn - undecided, MemberOutcome::Valid);
        flow.add(customer.replicas, price, undecided, MemberOutcome::Undecided);
        flow.unserved += wanted - drawn;
    }
    market.float -= flow.spent;
    flow
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flow_adds_up() {
        let mut flow = Flow::default();
        flow.add(2, 1_000_003, 7, MemberOutcome::Valid);
        flow.add(3, 999_999, 5, MemberOutcome::Undecided);
        assert_eq!(flow.spent, flow.pay + flow.burned + flow.treasury + flow.author);
        assert_eq!(flow.pay, 2 * 1_000_003 * 7 + 3 * 499_999 * 5);
        assert!(flow.counted <= flow.burned);
        assert_eq!((flow.jobs, flow.places, flow.newcomer_places), (12, 29, 12));
    }

    #[test]
    fn serve_stops_where_slots_or_money_end() {
        let customers = || vec![Customer::alike(1.0, 2, JOB_PRICE), Customer::alike(1.0, 3, JOB_PRICE)];
        let mut market = Market::genesis(1_000_000 * HRT);
        let flow = serve(&mut customers(), &mut market, 100.0, 0, 401);
        assert_eq!((flow.jobs, flow.unserved, flow.places), (167, 33, 401));
        assert_eq!(market.float + flow.spent, 1_000_000 * HRT);

        let mut poor = Market::genesis(HRT);
        let flow = serve(&mut customers(), &mut poor, 100.0, 1, 401);
        assert!(flow.spent <= HRT && flow.unserved > 0);
    }
}
