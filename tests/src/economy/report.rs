//! What a simulation leaves behind: rows for `economy.csv` and `self_dealing.csv`, and the findings as JSON or for people.

use super::{
    attack::{Odds, WANTED},
    checks::Check,
    plots,
    self_dealing::{TrialRow, USUAL},
    sybil::SplitRow,
    world::Outcome,
};
use crate::Error;
use serde::Serialize;
use serde_json::Value;
use std::{fmt::Write, fs::create_dir_all, path::Path};

/// A week. Amounts are HRT, those with `attack` in their name and `price` dollars; shares and rates are parts of one.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its number, from one.
    pub week: u32,
    /// The chain's age at its end.
    pub years: f64,
    /// Of one HRT.
    pub price: f64,
    /// All that exists.
    pub supply: f64,
    /// All that was minted since genesis.
    pub minted: f64,
    /// The yearly rate of minting.
    pub inflation: f64,
    /// The same less what was burned in the week, as a yearly rate.
    pub net_inflation: f64,
    /// What is staked, as a part of the supply.
    pub staked_share: f64,
    /// What stakers earned in the week, as a yearly rate.
    pub staking_yield: f64,
    /// To validators and nominators, block authors' parts of fees included.
    pub income_stakers: f64,
    /// To providers, from customers.
    pub income_providers_jobs: f64,
    /// To providers, from pools. Self-dealers' shares are in it.
    pub income_providers_pool: f64,
    /// To the treasury.
    pub income_treasury: f64,
    /// Burned.
    pub burned: f64,
    /// Jobs that providers were drawn for.
    pub jobs: u64,
    /// Jobs that found no slot.
    pub jobs_unserved: u64,
    /// What customers bid, as a multiple of the bids at genesis.
    pub bid: f64,
    /// Providers who are drawn.
    pub providers: u32,
    /// Their slots.
    pub slots: u64,
    /// Providers who came.
    pub providers_entered: u32,
    /// Providers who went.
    pub providers_left: u32,
    /// Gini's coefficient of providers' income in the week.
    pub gini_provider_income: f64,
    /// Gini's coefficient of what providers and stakers hold.
    pub gini_holdings: f64,
    /// A third of the stake.
    pub attack_consensus: f64,
    /// The same as a part of all HRT for sale.
    pub attack_consensus_of_float: f64,
    /// Both replicas of a tenth of a model's jobs, by trusted providers alone.
    pub attack_replicas: f64,
    /// The same with a newcomer in the place that is kept for one.
    pub attack_replicas_with_newcomer: f64,
}

/// The findings.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Of all chance.
    pub seed: u64,
    /// Simulated.
    pub years: u32,
    /// Customers, providers and holders.
    pub actors: u32,
    /// Simulated, in whole weeks.
    pub eras: u32,
    /// HRT at genesis.
    pub genesis_supply: f64,
    /// HRT burned since genesis.
    pub burned: f64,
    /// The treasury's HRT.
    pub treasury: f64,
    /// The part of the supply that whales hold.
    pub whales_share: f64,
    /// The first week.
    pub first: Option<Row>,
    /// The last week.
    pub last: Option<Row>,
    /// Self-dealing, as in `self_dealing.csv`.
    pub self_dealing: Vec<TrialRow>,
    /// One GPU, registered in several ways.
    pub sybils: Vec<SplitRow>,
    /// How often an attacker has both replicas of a job.
    pub both_replicas: Vec<Odds>,
    /// The mean slots of whom draws took first, expected and drawn: the simulation gives out replicas by slots.
    pub mean_slots_drawn: [f64; 2],
    /// What must hold.
    pub checks: Vec<Check>,
}

/// Writes tables and plots into a folder, which it makes.
pub fn write(outcome: &Outcome, folder: &Path) -> Result<(), Error> {
    create_dir_all(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    table(&folder.join("economy.csv"), "week", &outcome.rows)?;
    table(&folder.join("self_dealing.csv"), "strategy", &outcome.summary.self_dealing)?;
    plots::write(outcome, folder)
}

/// A line of names, then a line for each row; the column `first` in front, the others by name. Cells are numbers, and names without quotation
/// marks, so nothing has to be escaped.
fn table<T: Serialize>(path: &Path, first: &str, rows: &[T]) -> Result<(), Error> {
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        let Value::Object(mut cells) = serde_json::to_value(row)? else { return Err("a row has named fields".into()) };
        let front = cells.remove(first).ok_or_else(|| format!("a row has no {first}"))?;
        if index == 0 {
            let names = cells.keys().map(String::as_str);
            writeln!(text, "{}", [first].into_iter().chain(names).collect::<Vec<_>>().join(","))?;
        }
        writeln!(text, "{}", [&front].into_iter().chain(cells.values()).map(Value::to_string).collect::<Vec<_>>().join(","))?;
    }
    Ok(std::fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))?)
}

impl Summary {
    /// The checks that failed, as sentences.
    pub fn failures(&self) -> Vec<String> {
        let failed = self.checks.iter().filter(|check| !check.holds);
        failed.map(|check| format!("It does not hold that {}: {}.", check.claim, check.found)).collect()
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = format!("{} years, {} eras, {} actors, seed {}\n", self.years, self.eras, self.actors, self.seed);
        if let (Some(first), Some(last)) = (&self.first, &self.last) {
            self.economy(&mut text, first, last);
        }
        self.dealing(&mut text);
        self.attacks(&mut text);
        text += "\nWhat must hold\n";
        for check in &self.checks {
            let mark = if check.holds { "holds" } else { "FAILS" };
            line(&mut text, &format!("{mark}: {}", check.claim), &format!("({})", check.found));
        }
        text
    }

    fn economy(&self, text: &mut String, first: &Row, last: &Row) {
        let percent = |part: f64| format!("{:.2} %", 100.0 * part);
        let rows = [
            ("supply, HRT", short(first.supply), short(last.supply)),
            ("price, $", format!("{:.4}", first.price), format!("{:.4}", last.price)),
            ("minting, yearly", percent(first.inflation), percent(last.inflation)),
            ("less what is burned", percent(first.net_inflation), percent(last.net_inflation)),
            ("staked", percent(first.staked_share), percent(last.staked_share)),
            ("staking yield, yearly", percent(first.staking_yield), percent(last.staking_yield)),
            ("providers", first.providers.to_string(), last.providers.to_string()),
            ("slots", first.slots.to_string(), last.slots.to_string()),
            ("jobs", short(first.jobs as f64), short(last.jobs as f64)),
            ("bids, of those at genesis", format!("{:.2}", first.bid), format!("{:.2}", last.bid)),
            ("to stakers, HRT", short(first.income_stakers), short(last.income_stakers)),
            ("to providers by jobs, HRT", short(first.income_providers_jobs), short(last.income_providers_jobs)),
            ("to providers by pools, HRT", short(first.income_providers_pool), short(last.income_providers_pool)),
            ("to the treasury, HRT", short(first.income_treasury), short(last.income_treasury)),
            ("burned, HRT", short(first.burned), short(last.burned)),
            ("Gini of providers' income", format!("{:.3}", first.gini_provider_income), format!("{:.3}", last.gini_provider_income)),
            ("Gini of holdings", format!("{:.3}", first.gini_holdings), format!("{:.3}", last.gini_holdings)),
            ("a third of the stake, $", short(first.attack_consensus), short(last.attack_consensus)),
            ("  of all HRT for sale", percent(first.attack_consensus_of_float), percent(last.attack_consensus_of_float)),
            ("both replicas, $", short(first.attack_replicas), short(last.attack_replicas)),
            ("  with a newcomer, $", short(first.attack_replicas_with_newcomer), short(last.attack_replicas_with_newcomer)),
        ];
        *text += "\n                              first week    last week\n";
        for (name, first, last) in rows {
            let _ = writeln!(text, "  {name:<26}{first:>12} {last:>12}");
        }
        let (burned, treasury, whales) = (short(self.burned), short(self.treasury), percent(self.whales_share));
        let _ = writeln!(text, "\nBurned in all {burned} HRT; the treasury has {treasury} HRT; whales hold {whales} of the supply.");
        let _ = writeln!(text, "Both replicas: those of {:.0} % of one model's jobs, where its list of offers is full.", 100.0 * WANTED);
    }

    fn dealing(&self, text: &mut String) {
        *text += "\nTrading with oneself: HRT in an era, on average\n";
        *text += "  strategy                              price     jobs         fee      reward         net\n";
        for row in self.self_dealing.iter().filter(|row| row.jobs_per_era == USUAL) {
            let TrialRow { strategy, price, jobs_per_era, fee_paid, reward, net, .. } = row;
            let _ = writeln!(text, "  {strategy:<35}{price:>8} {jobs_per_era:>8}{fee_paid:>12.5}{reward:>12.5}{net:>12.5}");
        }
        *text += "\nOne GPU of eight slots\n  registrations  gain, planck  extra bond, HRT  replicas per job\n";
        for row in &self.sybils {
            let SplitRow { registrations, best_gain_planck, extra_bond, replicas_per_job } = row;
            let _ = writeln!(text, "  {registrations:>13} {best_gain_planck:>13} {extra_bond:>16} {replicas_per_job:>17.4}");
        }
    }

    fn attacks(&self, text: &mut String) {
        *text += "\nBoth replicas of a job, by the attacker's share of trusted slots in a list\n";
        *text += "  share   slots      cost, $  expected   drawn   drawn with the only newcomer\n";
        for odds in &self.both_replicas {
            let Odds { share, slots, expected, drawn, drawn_with_newcomer, .. } = odds;
            let cost = short(odds.cost);
            let _ = writeln!(text, "  {share:>5.3} {slots:>7} {cost:>12} {expected:>9.4} {drawn:>7.4} {drawn_with_newcomer:>10.4}");
        }
        let [expected, drawn] = self.mean_slots_drawn;
        let _ = writeln!(text, "Slots of whom draws took first: {drawn:.3} on average, {expected:.3} if they are taken by slots.");
    }
}

fn line(text: &mut String, what: &str, more: &str) {
    let _ = writeln!(text, "  {what} {more}");
}

/// A number in at most four digits and a unit.
fn short(number: f64) -> String {
    let units = [(1e9, " bn"), (1e6, " M"), (1e3, " k")];
    match units.into_iter().find(|(size, _)| number.abs() >= *size) {
        Some((size, unit)) => format!("{:.2}{unit}", number / size),
        None => format!("{number:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_keeps_three_or_more_digits() {
        assert_eq!([0.0, 12.345, 1_234.0, 9_876_543.0, 1.5e9].map(short), ["0.00", "12.35", "1.23 k", "9.88 M", "1.50 bn"]);
    }
}
