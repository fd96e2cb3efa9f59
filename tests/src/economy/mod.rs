//! The economy of the chain, simulated: eras of six hours over years, with the pallets' own maths for every amount.
//!
//! | file | holds |
//! |---|---|
//! | [`chain`] | the chain's numbers, from the runtime |
//! | [`world`] | everybody, era by era and week by week |
//! | [`actors`] | who takes part, what they start with; Gini's coefficient |
//! | [`market`] | the price of HRT, demand, what jobs cost and pay |
//! | [`providers`] | who is drawn and paid, who comes and goes |
//! | [`stakers`] | what staking pays, and who stakes for it |
//! | [`emission`] | what is minted and for whom, and the formula that it must follow |
//! | [`self_dealing`], [`sybil`] | what trading with oneself and splitting a GPU come to |
//! | [`attack`] | what a third of the stake and both replicas of a job cost |
//! | [`checks`] | what must hold in every run |
//! | [`report`], [`plots`] | tables, findings, drawings |
//! | [`chance`] | every random number, from one seed |
//!
//! `docs/economy.md` says what is modelled and what is not. The same options on the same machine give the same result.

pub mod actors;
pub mod attack;
pub mod chain;
pub mod chance;
pub mod checks;
pub mod emission;
pub mod market;
pub mod plots;
pub mod providers;
pub mod report;
pub mod self_dealing;
pub mod stakers;
pub mod sybil;
pub mod world;

use chain::{ERA, WEEK};
use pallet_reward_emission::YEAR;
use world::{Outcome, World};

/// What to simulate.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How long; of the last year, whole weeks.
    pub years: u32,
    /// Of all chance.
    pub seed: u64,
    /// Customers, providers and holders together.
    pub actors: u32,
}

impl Options {
    /// The fewest actors of a market in which every job can be drawn.
    pub const MIN_ACTORS: u32 = 100;

    /// Whole weeks.
    pub fn weeks(&self) -> u32 {
        (u64::from(self.years) * YEAR / (u64::from(WEEK) * ERA)) as u32
    }
}

/// Simulates.
pub fn run(options: &Options) -> Outcome {
    World::genesis(options).run(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(seed: u64) -> Outcome {
        run(&Options { years: 1, seed, actors: 200 })
    }

    #[test]
    fn run_of_a_year_holds_every_check() {
        for seed in 1..=3 {
            let outcome = year(seed);
            assert_eq!(outcome.summary.failures(), Vec::<String>::new(), "seed {seed}");
            assert_eq!((outcome.rows.len(), outcome.summary.eras), (52, 1_456));
            let last = outcome.rows.last().expect("there are weeks");
            assert!(last.providers > 0 && last.jobs > 0 && last.staked_share > 0.0, "{last:?}");
        }
    }

    #[test]
    fn run_is_the_same_for_the_same_seed() {
        let json = |seed| serde_json::to_string(&year(seed).summary).expect("a summary can be written");
        assert_eq!(json(7), json(7));
        assert_ne!(json(7), json(8));
    }

    #[test]
    fn run_mints_what_the_curve_says() {
        let outcome = year(1);
        let last = outcome.rows.last().expect("there are weeks");
        // 7.4 % of the genesis issuance in the first year by the formula, compounded, less two days and what was burned.
        assert!((0.073..0.080).contains(&(last.minted / outcome.summary.genesis_supply)), "{}", last.minted);
        assert!(outcome.rows.windows(2).all(|pair| pair[0].inflation > pair[1].inflation));
    }

    #[test]
    fn write_leaves_tables_and_drawings() {
        let folder = tempfile::tempdir().expect("a folder for tests");
        report::write(&year(1), folder.path()).expect("what was simulated can be written");
        let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect(name);
        assert_eq!(text("economy.csv").lines().count(), 53);
        assert!(text("self_dealing.csv").lines().count() > 100);
        for name in plots::NAMES {
            let svg = text(name);
            assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>") && svg.contains("polyline"), "{name}");
        }
    }
}
