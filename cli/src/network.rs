//! `hearth network`: what the network paid to those who stake and work, and what it may pay.

use crate::{amount::Amount, args::Options, error::Result, share, ui::table, units};
use clap::Subcommand;
use hearth_primitives::{
    account::{WorkYield, YieldView},
    reward::EraView,
};
use serde::{Serialize, Serializer};
use std::{fmt, time::Duration};

/// What can be asked of the network.
#[derive(Debug, Subcommand)]
pub enum NetworkVerb {
    /// What the last ended eras minted, and for whom.
    Rewards {
        /// How many eras; the chain remembers 84.
        #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
        eras: u32,
    },
    /// What stake and work may earn. These are estimates: they hold while inflation, stake and work stay as they are.
    Yields,
}

/// A rate in parts of 10^18: a percentage for people and in JSON, cut after four digits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Rate(u128);

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&share::show(self.0, 18, 4))
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// See [`YieldView`], which says what each estimate assumes.
#[derive(Debug, Serialize)]
struct Yields {
    inflation: Rate,
    staked: Rate,
    staking: Rate,
    work: WorkYield<Amount>,
    /// What a unit of work earned, rounded down; none where none was proven.
    per_unit: Option<Amount>,
}

impl From<YieldView<Amount>> for Yields {
    fn from(view: YieldView<Amount>) -> Self {
        let per_unit = view.work.amount.0.checked_div(view.work.points).map(Amount);
        Self {
            inflation: Rate(view.inflation.into()),
            staked: Rate(view.staked.into()),
            staking: Rate(view.staking),
            work: view.work,
            per_unit,
        }
    }
}

impl NetworkVerb {
    /// Does what was asked.
    pub async fn run(self, options: &Options) -> Result<()> {
        let (chain, output) = (options.connect().await?, options.output());
        match self {
            Self::Rewards { eras } => output.print(&chain.eras(eras).await?, |eras| rewards_text(eras)),
            Self::Yields => output.print(&Yields::from(chain.yields().await?), yields_text),
        }
    }
}

fn rewards_text(eras: &[EraView<Amount>]) -> String {
    if eras.is_empty() {
        return "no era has ended yet".to_string();
    }
    let text = eras.iter().map(|era| {
        let EraView { minted, staking, proven, jobs, treasury, burned, points, .. } = era;
        let head = format!("era {}: {minted} minted for {}\n", era.era, units::show_duration(Duration::from_millis(era.duration)));
        let rows = table(&[
            ("  stake", staking.to_string()),
            ("  proven work", format!("{proven}, for {points} units")),
            ("  paid jobs", format!("{jobs}, whose fees burned {burned}")),
            ("  treasury", treasury.to_string()),
        ]);
        head + &rows
    });
    text.collect()
}

fn yields_text(yields: &Yields) -> String {
    let Yields { inflation, staked, staking, work, per_unit } = yields;
    let work = match per_unit {
        Some(per_unit) => {
            format!("{per_unit} for a unit, on average over {} eras: {} for {} units", work.eras, work.amount, work.points)
        }
        None => format!("no estimate: none was proven in the last {} eras", work.eras),
    };
    table(&[
        ("inflation", format!("{inflation} a year, of all HRT")),
        ("staked", format!("{staked} of all HRT")),
        ("stake", format!("about {staking} a year on average, before validators' commissions")),
        ("work", work),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    const HRT: u128 = 1_000_000_000_000;

    fn yields(points: u128) -> Yields {
        let work = WorkYield { eras: 4, duration: 86_400_000, amount: Amount(7 * HRT), points };
        YieldView { inflation: 79_800_000_000_000_000, staked: 400_000_000_000_000_000, staking: 16 * 10u128.pow(18), work }.into()
    }

    #[test]
    fn rate_is_a_percentage() {
        let percent = 10u128.pow(16);
        for (parts, text) in [
            (0, "0%"),
            (percent - 1, "0.9999%"),
            (percent, "1%"),
            (8 * percent + percent / 4, "8.25%"),
            (percent / 10_000, "0.0001%"),
            (1_600 * percent, "1600%"),
            (u128::MAX, "34028236692093846346337.4607%"),
        ] {
            assert_eq!(Rate(parts).to_string(), text);
        }
    }

    #[test]
    fn yields_tell_what_they_are_of() {
        let text = yields_text(&yields(14));
        for part in ["7.98% a year", "40% of all HRT", "about 1600% a year", "0.5 HRT for a unit", "7 HRT for 14 units"] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        assert!(yields_text(&yields(0)).contains("none was proven in the last 4 eras"));
    }

    #[test]
    fn yields_in_json() {
        let json = serde_json::to_value(yields(14)).unwrap();
        assert_eq!(json["inflation"], "7.98%");
        assert_eq!(json["staking"], "1600%");
        assert_eq!(json["work"]["points"], 14);
        assert_eq!(json["per_unit"]["hrt"], "0.5");
        assert!(serde_json::to_value(yields(0)).unwrap()["per_unit"].is_null());
    }

    #[test]
    fn rewards_tell_who_got_what_of_each_era() {
        let era = EraView {
            era: 7,
            duration: 21_600_000,
            minted: Amount(100 * HRT),
            staking: Amount(40 * HRT),
            proven: Amount(44 * HRT),
            jobs: Amount(HRT),
            treasury: Amount(15 * HRT),
            burned: Amount(2 * HRT),
            points: 30,
        };
        let text = rewards_text(&[era.clone(), EraView { era: 6, ..era }]);
        for part in ["era 7: 100 HRT minted for 6 hours", "era 6: ", "44 HRT, for 30 units", "1 HRT, whose fees burned 2 HRT"] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        assert_eq!(text.lines().count(), 10);
        assert_eq!(rewards_text(&[]), "no era has ended yet");
    }
}
