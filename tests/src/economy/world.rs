//! The world: everybody, era by era and week by week.
//!
//! An era: the price moves, customers and dealers submit jobs, providers compute them and prove their slots, the chain mints and shares
//! out. A week's end: stakers are paid and reconsider, providers claim, pay their costs, come and go, strategies are tried, and a row is
//! written.

use super::{
    actors::{gini, Customer, Population, Provider, Staker},
    attack::{mean_slots, odds, Costs, LISTED},
    chain::{hrt, WEEK, WEEKS_PER_YEAR},
    chance::Chance,
    checks::{Books, Check},
    emission::Emission,
    market::{serve, Flow, Market},
    providers::{self, active},
    report::{Row, Summary},
    self_dealing::{Dealer, Trial},
    stakers,
    sybil::Split,
    Options,
};
use hearth_runtime::Balance;

/// What a week sums up.
#[derive(Default)]
struct Week {
    flow: Flow,
    pool: Balance,
    /// To stakers, block authors' parts included.
    stakers: Balance,
    /// The treasury's at the week's start.
    treasury: Balance,
    /// The supply at the week's start, and what was burned until then.
    supply: Balance,
    burned: Balance,
}

impl Week {
    fn starting(treasury: Balance, emission: &Emission) -> Self {
        Self { treasury: treasury + emission.treasury, supply: emission.supply, burned: emission.burned, ..Default::default() }
    }
}

/// Everybody, and the books.
pub struct World {
    chance: Chance,
    customers: Vec<Customer>,
    /// Who computes, or could.
    pub providers: Vec<Provider>,
    stakers: Vec<Staker>,
    dealers: Vec<Dealer>,
    /// The market and the float.
    pub market: Market,
    emission: Emission,
    /// The treasury's, beside what it got of what was minted.
    treasury: Balance,
    /// Fees that wait for block authors.
    authors: Balance,
    eras: u32,
    week: Week,
    books: Books,
    trials: Vec<Trial>,
    splits: Vec<Split>,
}

/// What a simulation came to.
pub struct Outcome {
    /// One for each week.
    pub rows: Vec<Row>,
    /// Attempts at self-dealing.
    pub trials: Vec<Trial>,
    /// Those who traded with themselves.
    pub dealers: Vec<Dealer>,
    /// The findings.
    pub summary: Summary,
}

impl World {
    /// Before the first era.
    pub fn genesis(options: &Options) -> Self {
        let mut chance = Chance::seeded(options.seed);
        let people = Population::genesis(options.actors, &mut chance);
        let emission = Emission::genesis();
        let week = Week::starting(people.treasury, &emission);
        Self {
            chance,
            customers: people.customers,
            providers: people.providers,
            stakers: people.stakers,
            dealers: people.dealers,
            market: Market::genesis(people.float),
            emission,
            treasury: people.treasury,
            authors: 0,
            eras: 0,
            week,
            books: Books::default(),
            trials: Trial::all(),
            splits: Split::all(),
        }
    }

    /// Runs so many weeks.
    pub fn run(mut self, options: &Options) -> Outcome {
        let mut rows = Vec::new();
        for _ in 0..options.weeks() {
            for _ in 0..WEEK {
                self.era();
            }
            rows.push(self.end_week());
        }
        self.conclude(options, rows)
    }

    fn era(&mut self) {
        self.market.step(&mut self.chance);
        let (demand, room) = (self.market.demand(self.emission.age), providers::room(&self.providers));
        let mut flow = serve(&mut self.customers, &mut self.market, demand, self.eras, room);
        let (points, mut counted) = providers::compute(&mut self.providers, &flow, &mut self.chance);
        self.week.flow.extend(&flow);
        for dealer in &mut self.dealers {
            let dealt = dealer.deal();
            counted += dealt.counted;
            flow.extend(&dealt);
        }
        self.emission.burn(flow.burned);
        self.treasury += flow.treasury;
        self.authors += flow.author;

        let mut pool = self.emission.end_era(points, counted);
        self.week.pool += providers::settle(&mut self.providers, &mut pool);
        for dealer in &mut self.dealers {
            self.week.pool += dealer.settle(&mut pool);
        }
        self.eras += 1;
    }

    fn end_week(&mut self) -> Row {
        let (paid, fees) = (self.emission.pay_stakers(), std::mem::take(&mut self.authors));
        self.week.stakers = paid + fees;
        let staked = stakers::staked(&self.stakers);
        let yearly_yield = self.week.stakers as f64 * WEEKS_PER_YEAR / staked.max(1) as f64;
        stakers::pay(&mut self.stakers, paid, fees, &mut self.market);
        stakers::decide(&mut self.stakers, yearly_yield, &mut self.chance);

        let incomes = active(&self.providers).map(|provider| hrt(provider.from_jobs + provider.from_pool)).collect();
        let now = self.eras / WEEK;
        let churn = providers::week(&mut self.providers, &mut self.market, &mut self.emission, &mut self.chance, now);
        self.dealers.iter_mut().for_each(|dealer| dealer.claim(&mut self.emission));

        let last = self.emission.last;
        self.trials.iter_mut().for_each(|trial| trial.attempt(&last));
        self.splits.iter_mut().for_each(|split| split.attempt(&last));
        self.books.close(&self.emission, self.claimable(), self.balances());

        let row = self.row(yearly_yield, churn, gini(incomes));
        self.market.adapt(self.week.flow.unserved);
        for provider in &mut self.providers {
            (provider.from_jobs, provider.from_pool) = (0, 0);
        }
        self.week = Week::starting(self.treasury, &self.emission);
        row
    }

    fn row(&self, yearly_yield: f64, churn: providers::Churn, income_gini: f64) -> Row {
        let (emission, week, market) = (&self.emission, &self.week, &self.market);
        let staked = stakers::staked(&self.stakers);
        let costs = Costs::of(self, staked);
        let holdings = self.providers.iter().map(Provider::holdings).chain(self.stakers.iter().map(|staker| staker.free + staker.staked));
        let growth = emission.supply as f64 / week.supply as f64 - 1.0;
        Row {
            week: self.eras / WEEK,
            years: f64::from(self.eras / WEEK) / WEEKS_PER_YEAR,
            price: market.price,
            supply: hrt(emission.supply),
            minted: hrt(emission.minted),
            inflation: emission.rate(),
            net_inflation: growth * WEEKS_PER_YEAR,
            staked_share: staked as f64 / emission.supply as f64,
            staking_yield: yearly_yield,
            income_stakers: hrt(week.stakers),
            income_providers_jobs: hrt(week.flow.pay),
            income_providers_pool: hrt(week.pool),
            income_treasury: hrt(self.treasury + emission.treasury - week.treasury),
            burned: hrt(emission.burned - week.burned),
            jobs: week.flow.jobs,
            jobs_unserved: week.flow.unserved,
            bid: market.bid,
            providers: active(&self.providers).count() as u32,
            slots: providers::slots(&self.providers),
            providers_entered: churn.entered,
            providers_left: churn.left,
            gini_provider_income: income_gini,
            gini_holdings: gini(holdings.filter(|held| *held > 0).map(hrt).collect()),
            attack_consensus: costs.consensus,
            attack_consensus_of_float: costs.consensus_of_float,
            attack_replicas: costs.replicas,
            attack_replicas_with_newcomer: costs.replicas_with_newcomer,
        }
    }

    /// All that providers and dealers can claim.
    fn claimable(&self) -> Balance {
        let providers: Balance = self.providers.iter().map(|provider| provider.claimable).sum();
        providers + self.dealers.iter().map(|dealer| dealer.claimable).sum::<Balance>()
    }

    /// All that anybody has: it must be the supply.
    fn balances(&self) -> Balance {
        let stakers: Balance = self.stakers.iter().map(|staker| staker.free + staker.staked).sum();
        let providers: Balance = self.providers.iter().map(Provider::holdings).sum();
        let dealers: Balance = self.dealers.iter().map(|dealer| dealer.funds + dealer.claimable).sum();
        let treasury = self.treasury + self.emission.treasury;
        stakers + providers + dealers + treasury + self.authors + self.market.float + self.emission.staking_pot
    }

    fn conclude(mut self, options: &Options, rows: Vec<Row>) -> Outcome {
        let mut slots: Vec<u32> = active(&self.providers).map(|provider| provider.slots).collect();
        // Any of them may be in a list: a random part, if there are more than it holds.
        for i in 0..slots.len() {
            let other = i + self.chance.below((slots.len() - i) as u64) as usize;
            slots.swap(i, other);
        }
        slots.truncate(LISTED);
        let weekly = active(&self.providers).map(|provider| provider.cost).sum::<f64>() / providers::slots(&self.providers).max(1) as f64;
        let checks = Check::all(&self.books, &self.emission, &self.trials, &self.dealers, &self.splits);
        let summary = Summary {
            seed: options.seed,
            years: options.years,
            actors: options.actors,
            eras: self.eras,
            genesis_supply: hrt(hearth_runtime::constants::GENESIS_ISSUANCE),
            burned: hrt(self.emission.burned),
            treasury: hrt(self.treasury + self.emission.treasury),
            whales_share: stakers::with_whales(&self.stakers) as f64 / self.emission.supply as f64,
            first: rows.first().cloned(),
            last: rows.last().cloned(),
            self_dealing: self.trials.iter().map(Trial::row).chain(self.dealers.iter().map(Dealer::row)).collect(),
            sybils: self.splits.iter().map(|split| split.row(&slots, options.seed)).collect(),
            both_replicas: odds(&slots, &self.market, weekly, options.seed),
            mean_slots_drawn: mean_slots(&slots, options.seed),
            checks,
        };
        Outcome { rows, trials: self.trials, dealers: self.dealers, summary }
    }
}
