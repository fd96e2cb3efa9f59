//! Providers: who is drawn, who is paid what, and who comes and goes.
//!
//! Drawing every replica of millions of jobs would be slow, so an era's replicas go to providers by what the draw gives on average: each
//! newcomer first takes those that a place is kept for until it is trusted, all others are shared by slots. `attack` draws some for real.

use super::{
    actors::{Provider, State},
    chain::{bond_for, trusted_after, unbonding_weeks, WEEK},
    chance::Chance,
    emission::Emission,
    market::{replicas_per_slot, Flow, Market},
};
use hearth_runtime::Balance;
use pallet_reward_emission::{EraPool, Share};

/// Points for a slot that was proven in an era: a benchmark's units of work. Any number does, all slots being alike.
pub const POINTS: u128 = 1_000;

/// The probability that a provider claims in a week.
const CLAIMS: f64 = 0.5;

/// The probability that somebody outside looks in a week whether it pays to enter, and that a provider looks whether it pays to stay.
const LOOKS: [f64; 2] = [0.1, 0.2];

/// Who enters wants so many times its cost, and weeks of cost in reserve.
const MARGIN: f64 = 1.1;
const RESERVE: f64 = 2.0;

/// Slots of those who are drawn.
pub fn slots(providers: &[Provider]) -> u64 {
    active(providers).map(|provider| u64::from(provider.slots)).sum()
}

/// Slots of those whom the chain does not trust yet.
pub fn newcomer_slots(providers: &[Provider]) -> u64 {
    active(providers).filter(|provider| provider.valid < trusted_after()).map(|provider| u64::from(provider.slots)).sum()
}

/// Those who are drawn.
pub fn active(providers: &[Provider]) -> impl Iterator<Item = &Provider> {
    providers.iter().filter(|provider| provider.is_active())
}

/// Replicas that can be computed in an era.
pub fn room(providers: &[Provider]) -> u64 {
    slots(providers) * replicas_per_slot()
}

/// An era's work: replicas, their pay, and proven slots. Returns points, and what was burned and counted.
pub fn compute(providers: &mut [Provider], flow: &Flow, chance: &mut Chance) -> (u128, Balance) {
    place(providers, flow, chance);
    let weight = u128::from(flow.places);
    let (mut pay, mut burned) = (Share { left: flow.pay, weight }, Share { left: flow.counted, weight });
    let mut points = 0;
    for provider in providers.iter_mut().filter(|provider| provider.is_active()) {
        let places = u128::from(provider.places);
        let paid = pay.take(places);
        provider.free += paid;
        provider.from_jobs += paid;
        provider.burned = burned.take(places);
        provider.valid = provider.valid.saturating_add(u32::try_from(provider.places).unwrap_or(u32::MAX));
        points += POINTS * u128::from(provider.slots);
    }
    (points, flow.counted - burned.left)
}

/// Says how many replicas each provider computes.
fn place(providers: &mut [Provider], flow: &Flow, chance: &mut Chance) {
    let (all, new) = (slots(providers), newcomer_slots(providers));
    let share = |whole: u64, part: u64, total: u64| (u128::from(whole) * u128::from(part) / u128::from(total.max(1))) as u64;
    let mut left = flow.places;
    for provider in providers.iter_mut().filter(|provider| provider.is_active()) {
        let lacks = u64::from(trusted_after().saturating_sub(provider.valid));
        provider.places = lacks.min(share(flow.newcomer_places, u64::from(provider.slots), new)).min(left);
        left -= provider.places;
    }
    // Systematic sampling: from a random start, every so many slots get a replica. All are given, and nobody is always rounded down.
    let start = u128::from(chance.below(all));
    let (mut seen, mut given) = (0u64, 0u64);
    for provider in providers.iter_mut().filter(|provider| provider.is_active()) {
        seen += u64::from(provider.slots);
        let upto = ((u128::from(left) * u128::from(seen) + start) / u128::from(all)) as u64;
        provider.places += upto - given;
        given = upto;
    }
}

/// Takes the providers' shares of an ended era; returns their sum.
pub fn settle(providers: &mut [Provider], pool: &mut EraPool<Balance>) -> Balance {
    let mut taken = 0;
    for provider in providers.iter_mut().filter(|provider| provider.is_active()) {
        let share = pool.take(POINTS * u128::from(provider.slots), provider.burned);
        provider.claimable += share;
        provider.from_pool += share;
        taken += share;
    }
    taken
}

/// Who came and went in a week.
#[derive(Clone, Copy, Debug, Default)]
pub struct Churn {
    /// Registered.
    pub entered: u32,
    /// Left.
    pub left: u32,
}

/// A week's end: claims, costs, and decisions by what a slot earned in the week.
pub fn week(providers: &mut [Provider], market: &mut Market, emission: &mut Emission, chance: &mut Chance, now: u32) -> Churn {
    let income = income_per_slot(providers, market, emission);
    let mut churn = Churn::default();
    for provider in providers.iter_mut() {
        let earns = income * f64::from(provider.slots);
        match provider.state {
            State::Active => {
                if chance.happens(CLAIMS) {
                    provider.claim(emission);
                }
                provider.run(market);
                let unwilling = earns < provider.cost && chance.happens(LOOKS[1]);
                if unwilling || provider.capital < 0.0 {
                    provider.leave(emission, now);
                    churn.left += 1;
                }
            }
            State::Unbonding(until) if now >= until => provider.withdraw(market),
            State::Unbonding(_) => {}
            State::Out => {
                let willing = earns > MARGIN * provider.cost && chance.happens(LOOKS[0]);
                if willing && provider.enter(market) {
                    churn.entered += 1;
                }
            }
        }
    }
    churn
}

/// Dollars that a slot earned in the week; where there is none, what the first one would have.
fn income_per_slot(providers: &[Provider], market: &Market, emission: &Emission) -> f64 {
    let earned: Balance = active(providers).map(|provider| provider.from_jobs + provider.from_pool).sum();
    match slots(providers) {
        0 => market.dollars(emission.last.providers * Balance::from(WEEK)),
        slots => market.dollars(earned) / slots as f64,
    }
}

impl Provider {
    fn claim(&mut self, emission: &mut Emission) {
        let amount = std::mem::take(&mut self.claimable);
        emission.pay_provider(amount);
        self.free += amount;
    }

    /// Pays for a week: sells what that costs, and half of the rest.
    fn run(&mut self, market: &mut Market) {
        let needs = market.buys(self.cost).min(self.free);
        let sold = needs + (self.free - needs) / 2;
        self.free -= sold;
        self.capital += market.sell(sold) - self.cost;
    }

    /// The registry pays out what is owed; the bond takes its time.
    fn leave(&mut self, emission: &mut Emission, now: u32) {
        self.claim(emission);
        self.state = State::Unbonding(now + unbonding_weeks());
        self.places = 0;
        self.burned = 0;
    }

    /// Takes the bond and sells everything.
    fn withdraw(&mut self, market: &mut Market) {
        let all = std::mem::take(&mut self.free) + std::mem::take(&mut self.bond);
        self.capital = (self.capital + market.sell(all)).max(0.0);
        self.state = State::Out;
    }

    /// Buys a bond and registers, if it has the capital.
    fn enter(&mut self, market: &mut Market) -> bool {
        let bond = bond_for(self.slots).max(market.useful_bond(self.slots));
        let price = market.dollars(bond);
        if self.capital < price + RESERVE * self.cost || market.float < bond {
            return false;
        }
        market.float -= bond;
        self.capital -= price;
        self.bond = bond;
        self.valid = 0;
        self.state = State::Active;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::economy::actors::Population;
    use hearth_primitives::market::MemberOutcome;
    use hearth_runtime::constants::HRT;

    fn flow(jobs: u64) -> Flow {
        let mut flow = Flow::default();
        flow.add(2, HRT + 3, jobs, MemberOutcome::Valid);
        flow
    }

    #[test]
    fn compute_places_and_pays_everything() {
        let mut chance = Chance::seeded(3);
        let mut providers = Population::genesis(400, &mut chance).providers;
        for jobs in [1, 17, 5_000] {
            let before: Balance = providers.iter().map(|provider| provider.free).sum();
            let flow = flow(jobs);
            let (points, counted) = compute(&mut providers, &flow, &mut chance);
            assert_eq!(providers.iter().map(|provider| provider.places).sum::<u64>(), 2 * jobs);
            assert_eq!(providers.iter().map(|provider| provider.free).sum::<Balance>(), before + flow.pay);
            assert_eq!(active(&providers).map(|provider| provider.burned).sum::<Balance>(), counted);
            assert_eq!((points, counted), (POINTS * u128::from(slots(&providers)), flow.counted));

            let mut pool = Emission::genesis().end_era(points, counted);
            let whole = pool.left();
            assert_eq!((settle(&mut providers, &mut pool), pool.left()), (whole, 0));
        }
        assert_eq!(newcomer_slots(&providers), 0, "after so many jobs everybody is trusted");
    }

    #[test]
    fn compute_keeps_a_place_for_newcomers() {
        let mut chance = Chance::seeded(4);
        let mut providers = Population::genesis(400, &mut chance).providers;
        providers.iter_mut().for_each(|provider| provider.valid = trusted_after());
        providers.iter_mut().find(|provider| provider.is_active()).expect("there are providers").valid = 0;
        compute(&mut providers, &flow(1_000), &mut chance);
        let newcomer = active(&providers).next().expect("there are providers");
        assert!(newcomer.places >= u64::from(trusted_after()), "it got only {}", newcomer.places);
    }
}
