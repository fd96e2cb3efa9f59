//! What attacks cost: a third of the stake, and both replicas of a job.
//!
//! Who computes both replicas of a job decides its result, and needs no GPU to do so: two colluding providers agree on anything. Capability
//! challenges make it own the hardware all the same, since whoever misses one goes offline. So both are counted: bonds, which come back
//! when they are free, and the hardware's cost for as long as bonds are bound.

use super::{
    chain::{bond_of, max_offers, max_slots, unbonding_weeks},
    market::Market,
    providers::{active, newcomer_slots, slots},
    world::World,
};
use codec::Encode;
use hearth_primitives::{
    blake2_256,
    provider::{BackendClass, Candidate},
    H256,
};
use hearth_runtime::Balance;
use pallet_job_market::draw::{draw, round_seed};
use serde::Serialize;

/// The part of jobs with two replicas of which the attacker wants both.
pub const WANTED: f64 = 0.1;

/// Shares of a list's trusted slots that are tried.
const SHARES: [f64; 8] = [0.01, 0.05, 0.1, 0.2, 0.333, 0.5, 0.667, 0.8];

/// Jobs that are drawn for each of them.
const DRAWS: u64 = 4_000;

/// Honest providers in the lists that are drawn from; attackers fill them up.
pub const LISTED: usize = 200;

/// What attacks cost in a week.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// A third of the stake at the price of HRT, in dollars. Buying so much would raise the price: this is a lower bound.
    pub consensus: f64,
    /// The same, as a part of all HRT that is for sale. Above 1 it cannot be bought.
    pub consensus_of_float: f64,
    /// Both replicas of [`WANTED`] of a model's jobs by trusted providers alone, in dollars.
    pub replicas: f64,
    /// The same with a newcomer in the place that is kept for one.
    pub replicas_with_newcomer: f64,
}

impl Costs {
    /// In a world as it is.
    pub fn of(world: &World, staked: Balance) -> Self {
        let market = &world.market;
        // Half of what is staked by others is a third of both.
        let third = staked / 2;
        let (count, all) = (active(&world.providers).count() as f64, slots(&world.providers) as f64);
        // One model's list; attacks are on models, not on the market.
        let listed = (f64::from(max_offers()) / count.max(1.0)).min(1.0);
        let newcomers = newcomer_slots(&world.providers) as f64 * listed;
        let trusted = all * listed - newcomers;
        let weekly = active(&world.providers).map(|provider| provider.cost).sum::<f64>() / all.max(1.0);

        // The first pick falls on all slots, the second on those of the other kind, so the two are independent.
        let own = f64::from(max_slots());
        let place = own / (own + newcomers);
        let with_newcomer = match WANTED / place {
            share if share < 1.0 => slots_for(share, trusted) + own,
            _ => f64::INFINITY,
        };
        let alone = slots_for(WANTED.sqrt(), all * listed);
        Self {
            consensus: market.dollars(third),
            consensus_of_float: third as f64 / market.float.max(1) as f64,
            replicas: cost(market, alone, weekly),
            replicas_with_newcomer: cost(market, with_newcomer.min(alone), weekly),
        }
    }
}

/// Slots that are this share of all when the others have `honest`.
fn slots_for(share: f64, honest: f64) -> f64 {
    (honest * share / (1.0 - share)).ceil()
}

/// Dollars for bonds of so many slots, and for running them until the bonds are free.
fn cost(market: &Market, slots: f64, weekly: f64) -> f64 {
    let bond = bond_of(owners(slots as u32), slots as u32);
    market.dollars(bond) + slots * weekly * f64::from(unbonding_weeks())
}

/// The fewest owners who can have so many slots and be drawn twice.
fn owners(slots: u32) -> u32 {
    slots.div_ceil(max_slots()).max(2)
}

/// How often an attacker gets both replicas.
#[derive(Clone, Debug, Serialize)]
pub struct Odds {
    /// The attacker's part of the trusted slots in a list.
    pub share: f64,
    /// Its trusted slots, beside those of the honest.
    pub slots: u32,
    /// What they cost, in dollars.
    pub cost: f64,
    /// The probability without newcomers: the square of the share.
    pub expected: f64,
    /// The same as it was drawn.
    pub drawn: f64,
    /// As it was drawn when the attacker has the only newcomer, which takes the place that is kept for one. The share itself is expected.
    pub drawn_with_newcomer: f64,
}

/// The odds against a list of honest providers with these slots.
pub fn odds(honest: &[u32], market: &Market, weekly: f64, seed: u64) -> Vec<Odds> {
    let all: u32 = honest.iter().sum();
    let odds_of = |share: f64| {
        let slots = (slots_for(share, f64::from(all)) as u32).max(2);
        let attackers = parts(slots);
        let both = |newcomer: bool| {
            let list = list(honest, &attackers, newcomer);
            let won = |job: &u64| drawn(&list, seed, *job).iter().all(|member| member.provider >= honest.len() as u32);
            (0..DRAWS).filter(won).count() as f64 / DRAWS as f64
        };
        Odds {
            share,
            slots,
            cost: cost(market, f64::from(slots), weekly),
            expected: share * share,
            drawn: both(false),
            drawn_with_newcomer: both(true),
        }
    };
    SHARES.map(odds_of).to_vec()
}

/// Slots as evenly as can be among [`owners`].
fn parts(slots: u32) -> Vec<u32> {
    let owners = owners(slots);
    (0..owners).map(|i| slots / owners + u32::from(i < slots % owners)).collect()
}

/// A list of offers: honest providers, then attackers with an owner each, all trusted; and a newcomer of the attacker's, if it has one.
pub fn list(honest: &[u32], attackers: &[u32], newcomer: bool) -> Vec<Candidate<u32>> {
    let trusted = honest.iter().chain(attackers).map(|slots| (*slots, true));
    let all = trusted.chain(newcomer.then(|| (max_slots(), false)));
    all.zip(0u32..)
        .map(|((weight, trusted), id)| Candidate { provider: id, owner: id, operator: id, weight, backend: BackendClass::Nvidia, trusted })
        .collect()
}

/// Who is drawn for the two replicas of a job.
pub fn drawn(list: &[Candidate<u32>], seed: u64, job: u64) -> Vec<Candidate<u32>> {
    let accumulated = blake2_256(&seed.encode());
    draw(round_seed(accumulated, H256::zero(), job, 0), list.to_vec(), 2)
}

/// The mean slots of whom a draw takes first, as expected of a draw by slots and as drawn: the simulation gives out replicas by slots.
pub fn mean_slots(honest: &[u32], seed: u64) -> [f64; 2] {
    let list = list(honest, &[], false);
    let total: f64 = honest.iter().map(|slots| f64::from(*slots)).sum();
    let expected = honest.iter().map(|slots| f64::from(*slots).powi(2)).sum::<f64>() / total.max(1.0);
    let first = |job| drawn(&list, seed, job).first().map_or(0.0, |member| f64::from(member.weight));
    [expected, (0..DRAWS).map(first).sum::<f64>() / DRAWS as f64]
}

#[cfg(test)]
mod tests {
    use super::*;

    const HONEST: [u32; 60] = [4; 60];

    #[test]
    fn odds_are_what_the_draw_gives() {
        for odds in odds(&HONEST, &Market::genesis(0), 10.0, 1) {
            // The attacker's own owners exclude each other, so few large ones get less than the square.
            assert!(odds.drawn < odds.expected + 0.04, "{odds:?}");
            assert!((odds.drawn_with_newcomer - odds.share).abs() < 0.04, "{odds:?}");
        }
    }

    #[test]
    fn mean_slots_are_those_of_a_draw_by_slots() {
        let slots: Vec<u32> = (0..100).map(|i| 1 + i % 8).collect();
        let [expected, drawn] = mean_slots(&slots, 2);
        assert!((drawn / expected - 1.0).abs() < 0.04, "{drawn}, not {expected}");
    }

    #[test]
    fn parts_are_all_slots_among_two_or_more() {
        for slots in [2, 3, 64, 129, 1_000] {
            let parts = parts(slots);
            assert!(parts.len() >= 2 && parts.iter().all(|part| (1..=max_slots()).contains(part)));
            assert_eq!(parts.iter().sum::<u32>(), slots);
        }
    }
}
