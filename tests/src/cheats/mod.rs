//! Cheats, tried out: an adversary of a tenth and of a third, on the runtime's own state transition, by its own calls.
//!
//! | file | holds |
//! |---|---|
//! | [`strategy`] | the adversary's ways, as what is done in a seat |
//! | [`results`] | what machines make of a job: digests as far apart as real ones |
//! | [`chain`] | the chain in this process: a market's first block, blocks, calls |
//! | [`world`] | one market from its first block to its last slash, and what it came to |
//! | [`theory`] | what each strategy should bring, by formulas |
//! | [`report`] | tables, what must hold, JSON |
//!
//! `docs/cheats.md` says what is modelled and what is not. The same options give the same result.

pub mod chain;
pub mod report;
pub mod results;
pub mod strategy;
pub mod theory;
pub mod world;

use chain::PROVIDERS;
use report::{Row, Summary};
use sp_io::TestExternalities;
use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        Mutex,
    },
    thread,
    time::Instant,
};
use strategy::Strategy;

/// The adversary's shares, in providers of [`PROVIDERS`]: a tenth and a third.
pub const OWN: [u32; 2] = [PROVIDERS / 10, PROVIDERS / 3];

/// What to simulate.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Of each strategy, at each share.
    pub jobs: u32,
    /// Of all chance.
    pub seed: u64,
    /// What an honest run costs, as a part of the price.
    pub cost: f64,
}

/// One strategy at one share.
#[derive(Clone, Copy, Debug)]
pub struct Market {
    /// What the adversary does.
    pub strategy: Strategy,
    /// The share, in providers.
    pub share: u32,
    /// Its providers: the first ones. None where it is customers who cheat.
    pub own: u32,
    /// Customers who challenge for nothing, as if they were so many of the providers.
    pub challengers: u32,
    /// Jobs to submit.
    pub jobs: u32,
    /// Of all chance in it.
    pub seed: u64,
    /// What an honest run costs, in prices.
    pub cost: f64,
}

impl Market {
    /// A strategy at a share of so many providers.
    pub fn new(strategy: Strategy, share: u32, options: &Options) -> Self {
        let (own, challengers) = if strategy.is_customers() { (0, share) } else { (share, 0) };
        Self { strategy, share, own, challengers, jobs: options.jobs, seed: options.seed, cost: options.cost }
    }

    /// Runs it in a chain of its own.
    pub fn play(self) -> Row {
        TestExternalities::default().execute_with(|| {
            let setting = chain::setting(self.share, self.cost, self.strategy.audit());
            Row::new(&self, &setting, &world::play(self))
        })
    }
}

/// Simulates everything, on as many threads as the machine has; `done` is told of each market that has ended.
pub fn run(options: &Options, done: impl Fn(&Row, usize, usize, f64) + Sync) -> Summary {
    let markets: Vec<Market> =
        OWN.iter().flat_map(|share| Strategy::ALL.iter().map(|strategy| Market::new(*strategy, *share, options))).collect();
    let rows: Vec<Mutex<Option<Row>>> = markets.iter().map(|_| Mutex::new(None)).collect();
    let (next, ended) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let threads = thread::available_parallelism().map_or(1, |count| count.get()).min(markets.len());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(market) = markets.get(at) else { break };
                let began = Instant::now();
                let row = market.play();
                done(&row, ended.fetch_add(1, Ordering::Relaxed) + 1, markets.len(), began.elapsed().as_secs_f64());
                *rows[at].lock().expect("nobody panics with a row in hand") = Some(row);
            });
        }
    });
    let rows = rows.into_iter().filter_map(|row| row.into_inner().expect("nobody panics with a row in hand")).collect();
    Summary::new(options, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEW: Options = Options { jobs: 150, seed: 3, cost: 0.3 };

    fn played(strategy: Strategy, share: u32) -> Row {
        Market::new(strategy, share, &FEW).play()
    }

    #[test]
    fn play_keeps_the_books_whatever_the_strategy() {
        for strategy in Strategy::ALL {
            let row = played(strategy, OWN[1]);
            assert_eq!(row.failures_of_state(), Vec::<String>::new(), "{strategy:?}");
            assert_eq!((row.jobs, row.counts.honest_slashed), (150, 0), "{strategy:?}");
            assert!(row.attempts > 0, "{strategy:?}");
            assert!(row.counts.withheld == 0 || strategy.withholds(), "{strategy:?}");
            // Hardly by chance, with so few jobs, but for those whose gain is nearly certain.
            if ![Strategy::ColludingReplicas, Strategy::WithholdsBlocks, Strategy::LyingJuror].contains(&strategy) {
                assert_eq!(row.gain < 0.0, strategy.is_deterred(), "{row:?}");
            }
        }
    }

    #[test]
    fn play_is_the_same_for_the_same_seed() {
        let json = |seed| {
            let options = Options { seed, ..FEW };
            serde_json::to_string(&Market::new(Strategy::QuantisedWeights, OWN[0], &options).play()).expect("a row can be written")
        };
        assert_eq!(json(7), json(7));
        assert_ne!(json(7), json(8));
    }

    #[test]
    fn play_without_an_adversary_pays_everybody() {
        let row = played(Strategy::IdleJurors, 0);
        assert_eq!((row.attempts, row.counts.false_paid, row.counts.unresolved, row.counts.framed), (0, 0, 0, 0));
        assert!((row.honest_gain - 0.7).abs() < 1e-9, "{row:?}");
        assert_eq!(row.failures_of_state(), Vec::<String>::new());
    }

    #[test]
    fn play_refuses_what_is_stolen_late_or_second() {
        for strategy in [Strategy::CopiedReveal, Strategy::CommitsTwice, Strategy::AnswersLate] {
            let row = played(strategy, OWN[0]);
            assert!(row.counts.refused > 0 && row.counts.stolen == 0, "{row:?}");
        }
    }
}
