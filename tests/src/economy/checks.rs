//! What must hold in every run, whatever the seed.

use super::{
    emission::Emission,
    self_dealing::{Dealer, Trial},
    sybil::Split,
};
use hearth_runtime::Balance;
use serde::Serialize;

/// The largest relative distance of what was minted from the formula.
const CURVE_TOLERANCE: f64 = 1e-9;

/// The books of all weeks.
#[derive(Default)]
pub struct Books {
    weeks: u32,
    /// The first week after which minted money was missing, or there was too much.
    unbalanced: Option<u32>,
    /// The first week after which all balances were not the supply.
    uncovered: Option<u32>,
}

impl Books {
    /// Closes a week, when providers can claim `claimable` and all together have `balances`.
    pub fn close(&mut self, emission: &Emission, claimable: Balance, balances: Balance) {
        self.weeks += 1;
        let week = Some(self.weeks);
        if !emission.is_conserved(claimable) || emission.provider_pot != claimable {
            self.unbalanced = self.unbalanced.or(week);
        }
        if balances != emission.supply {
            self.uncovered = self.uncovered.or(week);
        }
    }
}

/// Something that must hold.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What.
    pub claim: String,
    /// Whether it did.
    pub holds: bool,
    /// What was found.
    pub found: String,
}

impl Check {
    fn new(claim: &str, holds: bool, found: String) -> Self {
        Self { claim: claim.to_string(), holds, found }
    }

    /// Every check of a run.
    pub fn all(books: &Books, emission: &Emission, trials: &[Trial], dealers: &[Dealer], splits: &[Split]) -> Vec<Self> {
        let deviation = emission.worst_deviation();
        let best = trials.iter().max_by(|a, b| a.net_per_fee().total_cmp(&b.net_per_fee()));
        let attempts = best.map_or("nothing was tried".to_string(), |trial| {
            let lost = -100.0 * trial.net_per_fee();
            format!("{} attempts; the best of them, {}, lost {lost:.1} % of its fees", trials.len(), trial.strategy.name)
        });
        let winners = dealers.iter().filter(|dealer| !dealer.loses()).count();
        let gain = splits.iter().map(|split| split.gain).max().unwrap_or_default();
        let since = |week: Option<u32>| week.map_or("in every week".to_string(), |week| format!("not after week {week}"));
        vec![
            Self::new(
                "what was minted follows the curve within 1e-9",
                deviation <= CURVE_TOLERANCE,
                format!("the largest distance was {deviation:.1e}"),
            ),
            Self::new(
                "what was minted is what was paid, what is claimable and what the treasury got, to the planck",
                books.unbalanced.is_none(),
                since(books.unbalanced),
            ),
            Self::new("all balances are the supply, to the planck", books.uncovered.is_none(), since(books.uncovered)),
            Self::new(
                "trading with oneself loses money, with every strategy at every price",
                winners == 0 && trials.iter().all(|trial| trial.best < 0),
                format!("{attempts}; of {} dealers {winners} did not lose", dealers.len()),
            ),
            Self::new(
                "a GPU registered as several providers earns no more of the pool than as one",
                splits.iter().all(Split::earns_no_more),
                format!("the largest gain was {gain} planck"),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn books_remember_the_first_week_that_did_not_balance() {
        let emission = Emission::genesis();
        let mut books = Books::default();
        books.close(&emission, 0, emission.supply);
        assert_eq!((books.unbalanced, books.uncovered), (None, None));
        books.close(&emission, 1, emission.supply - 1);
        books.close(&emission, 0, emission.supply);
        assert_eq!((books.unbalanced, books.uncovered), (Some(2), Some(2)));
        let checks = Check::all(&books, &emission, &[], &[], &[]);
        assert_eq!(checks.iter().map(|check| check.holds).collect::<Vec<_>>(), [true, false, false, true, true]);
    }
}
