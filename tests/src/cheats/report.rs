//! What a simulation found, for people and as JSON, and what must hold of it.

use super::{
    chain::PROVIDERS,
    theory::Setting,
    world::{Counts, Outcome},
    Market, Options,
};
use serde::Serialize;
use std::fmt::Write;

/// One strategy at one share. Gains are in prices of a replica.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The adversary's part of all providers; of all customers where those cheat.
    pub share: f64,
    /// What it does.
    pub strategy: &'static str,
    /// Whether the protocol claims that it does not pay.
    pub deterred: bool,
    /// Jobs submitted.
    pub jobs: u32,
    /// Seats, or challenges, in which it was tried.
    pub attempts: u64,
    /// What happened how often.
    #[serde(flatten)]
    pub counts: Counts,
    /// What an attempt brought beyond honesty.
    pub gain: f64,
    /// Its standard error.
    pub error: f64,
    /// The same by the formulas.
    pub predicted: f64,
    /// What a seat brought to honest providers.
    pub honest_gain: f64,
    /// The most that an honest run may cost and a false answer be worth, together, where honesty pays: as juries are drawn.
    pub deterrent: f64,
    /// The same where the adversary's authors withhold blocks.
    pub deterrent_withheld: f64,
    /// The first of them by q·(1 − κ)·u·(S + P).
    pub inequality: f64,
    /// What does not hold of the chain's state.
    state: Vec<String>,
}

impl Row {
    /// Of what a market came to.
    pub fn new(market: &Market, setting: &Setting, outcome: &Outcome) -> Self {
        let Outcome { jobs, endless, unbalanced, broken, undue, .. } = outcome;
        let mut state = Vec::new();
        if *endless > 0 {
            state.push(format!("{endless} of {jobs} jobs do not end"));
        }
        if let Some((id, expected, found)) = unbalanced {
            state.push(format!("the owner of provider {id} has {found} planck more, and the records say {expected}"));
        }
        state.extend(broken.clone());
        if *undue > 0 {
            state.push(format!("{undue} slashes are due and were not executed"));
        }
        Self {
            share: f64::from(market.share) / f64::from(PROVIDERS),
            strategy: market.strategy.name(),
            deterred: market.strategy.is_deterred(),
            jobs: *jobs,
            attempts: outcome.gain.count,
            counts: outcome.counts,
            gain: outcome.gain.mean(),
            error: outcome.gain.error(),
            predicted: setting.gain(market.strategy),
            honest_gain: outcome.honest.mean(),
            deterrent: setting.deterrent(),
            deterrent_withheld: setting.with_blocks_withheld().deterrent(),
            inequality: setting.inequality(),
            state,
        }
    }

    /// What does not hold of the chain's state, as sentences.
    pub fn failures_of_state(&self) -> Vec<String> {
        self.state.clone()
    }

    fn label(&self) -> String {
        format!("{} at {:.0} %", self.strategy, 100.0 * self.share)
    }
}

/// Something that must hold of every row.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What.
    pub claim: &'static str,
    /// Where it did not, with what was found.
    pub broken: Vec<String>,
}

impl Check {
    fn new(claim: &'static str, rows: &[Row], found: impl Fn(&Row) -> Option<String>) -> Self {
        let broken = rows.iter().filter_map(|row| found(row).map(|found| format!("{}: {found}", row.label()))).collect();
        Self { claim, broken }
    }

    /// Every check.
    fn all(rows: &[Row]) -> Vec<Self> {
        let some = |count: u32, what: &str| (count > 0).then(|| format!("{count} {what}"));
        vec![
            Self::new("every job ends, the pallets' invariants hold, and each owner's money is what the records say", rows, |row| {
                (!row.state.is_empty()).then(|| row.state.join("; "))
            }),
            Self::new("no honest provider is slashed", rows, |row| some(row.counts.honest_slashed, "slashed")),
            Self::new("no jury with an honest quorum convicts an honest provider", rows, |row| {
                some(row.counts.framed_by_honest, "convicted")
            }),
            Self::new("nothing that is stolen, late or committed second applies", rows, |row| some(row.counts.stolen, "lines applied")),
            Self::new("each strategy was tried", rows, |row| (row.attempts == 0).then(|| "no attempt".into())),
            Self::new("no cheat that the protocol deters gains by it", rows, |row| {
                (row.deterred && row.gain >= 0.0).then(|| format!("an attempt brings {:+.3} ± {:.3}", row.gain, row.error))
            }),
            Self::new("honesty pays", rows, |row| (row.honest_gain <= 0.0).then(|| format!("a seat brings {:+.3}", row.honest_gain))),
        ]
    }
}

/// The findings.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Of all chance.
    pub seed: u64,
    /// Of each strategy, at each share.
    pub jobs: u32,
    /// What an honest run costs, as a part of the price.
    pub cost: f64,
    /// Providers in each market.
    pub providers: u32,
    /// One for each strategy and share.
    pub rows: Vec<Row>,
    /// What must hold.
    pub checks: Vec<Check>,
}

impl Summary {
    /// Of all markets.
    pub fn new(options: &Options, rows: Vec<Row>) -> Self {
        let &Options { jobs, seed, cost } = options;
        Self { seed, jobs, cost, providers: PROVIDERS, checks: Check::all(&rows), rows }
    }

    /// What must hold and does not, as sentences.
    pub fn failures(&self) -> Vec<String> {
        let broken = self.checks.iter().filter(|check| !check.broken.is_empty());
        broken.map(|check| format!("It does not hold that {}: {}.", check.claim, check.broken.join("; "))).collect()
    }

    /// For people.
    pub fn text(&self) -> String {
        let Self { seed, jobs, cost, providers, rows, checks } = self;
        let mut text = format!("{jobs} jobs of each strategy, {providers} providers, a run costs {cost} of the price, seed {seed}\n");
        let mut shares: Vec<f64> = rows.iter().map(|row| row.share).collect();
        shares.dedup();
        for share in shares {
            let rows: Vec<&Row> = rows.iter().filter(|row| row.share == share).collect();
            let _ = writeln!(text, "\nThe adversary has {:.0} %", 100.0 * share);
            table(&mut text, &rows);
            if let Some(row) = rows.first() {
                let Row { deterrent, deterrent_withheld, inequality, .. } = row;
                let _ = writeln!(text, "  Honesty pays while C + V < {deterrent:.2} prices; by q·(1 − κ)·u·(S + P), {inequality:.2}.");
                let _ = writeln!(text, "  Where the adversary withholds blocks, while C + V < {deterrent_withheld:.2}.");
            }
        }
        text += "\nWhat must hold\n";
        for check in checks {
            let mark = if check.broken.is_empty() { "holds" } else { "FAILS" };
            let _ = writeln!(text, "  {mark}: {}", check.claim);
            for broken in &check.broken {
                let _ = writeln!(text, "         {broken}");
            }
        }
        text
    }
}

/// Columns: tried, not paid, slashed; false results paid for; jobs without a verdict; honest results convicted by the adversary's juries, and
/// slashed; gains.
fn table(text: &mut String, rows: &[&Row]) {
    let names = ["tried", "caught", "slashed", "false", "open", "framed", "honest"];
    let [tried, caught, slashed, false_paid, open, framed, honest] = names;
    let _ = writeln!(
        text,
        "  {:<24}{tried:>9}{caught:>9}{slashed:>9}{false_paid:>8}{open:>8}{framed:>8}{honest:>8}{:>9} {:<6}{:>9}{:>9}",
        "strategy", "gain", "±", "formula", "honesty"
    );
    for row in rows {
        let Row { strategy, attempts, counts, .. } = row;
        let Counts { caught, convicted, false_paid, unresolved, framed, honest_slashed, .. } = counts;
        let Row { gain, error, predicted, honest_gain, .. } = row;
        let note = match (row.deterred, row.counts.withheld) {
            (false, _) => "  (not deterred)".to_string(),
            (true, 0) => String::new(),
            (true, withheld) => format!("  ({withheld} blocks withheld)"),
        };
        let _ = writeln!(
            text,
            "  {strategy:<24}{attempts:>9}{caught:>9}{convicted:>9}{false_paid:>8}{unresolved:>8}{framed:>8}{honest_slashed:>8}{gain:>+9.2} \
             {error:<6.2}{predicted:>+9.2}{honest_gain:>+9.2}{note}"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cheats::strategy::Strategy;

    fn row() -> Row {
        let options = Options { jobs: 100, seed: 1, cost: 0.3 };
        let setting = Setting { providers: 60.0, own: 6.0, cost: 0.3, audit: 0.05, stake: 25.0, no_show: 1.0, non_reveal: 10.0, bond: 4.0 };
        let mut outcome = Outcome { jobs: 100, ..Default::default() };
        outcome.gain.add(-2.0);
        outcome.gain.add(-1.4);
        outcome.honest.add(0.7);
        Row::new(&Market::new(Strategy::GoesSilent, 6, &options), &setting, &outcome)
    }

    fn summary(rows: Vec<Row>) -> Summary {
        Summary::new(&Options { jobs: 100, seed: 1, cost: 0.3 }, rows)
    }

    #[test]
    fn failures_are_none_where_all_holds() {
        let summary = summary(vec![row()]);
        assert_eq!(summary.failures(), Vec::<String>::new());
        let text = summary.text();
        assert!(text.contains("goes silent") && text.contains("-1.70") && !text.contains("FAILS"), "{text}");
    }

    #[test]
    fn text_counts_withheld_blocks_and_marks_what_is_not_deterred() {
        let text = summary(vec![Row { counts: Counts { withheld: 12, ..row().counts }, ..row() }]).text();
        assert!(text.contains("(12 blocks withheld)") && !text.contains("not deterred"), "{text}");
        let text = summary(vec![Row { deterred: false, ..row() }]).text();
        assert!(text.contains("(not deterred)") && !text.contains("blocks withheld"), "{text}");
    }

    #[test]
    fn failures_name_strategy_and_share() {
        let broken = [
            Row { counts: Counts { honest_slashed: 1, ..row().counts }, ..row() },
            Row { counts: Counts { framed_by_honest: 1, ..row().counts }, ..row() },
            Row { counts: Counts { stolen: 2, ..row().counts }, ..row() },
            Row { attempts: 0, ..row() },
            Row { gain: 0.1, ..row() },
            Row { honest_gain: 0.0, ..row() },
            Row { state: vec!["the market: a job is lost".into()], ..row() },
        ];
        for row in broken {
            let failures = summary(vec![row.clone()]).failures();
            assert_eq!(failures.len(), 1, "{row:?}");
            assert!(failures[0].contains("goes silent at 10 %"), "{failures:?}");
        }
        assert_eq!(summary(vec![Row { gain: 0.1, deterred: false, ..row() }]).failures(), Vec::<String>::new());
    }
}
