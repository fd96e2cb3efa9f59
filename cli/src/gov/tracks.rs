//! `hearth gov tracks`: how referenda are decided, and in whose name their calls are made.

use crate::{
    amount::Amount,
    args::Options,
    chain::Track,
    error::{Error, Result},
    gov::{normal, quantity::counted},
    share::Share,
    ui::table,
    units,
};
use hearth_primitives::governance::{Guardian, Maker};
use serde::Serialize;
use std::{fmt, str::FromStr, time::Duration};
use subxt::dynamic::Value;

/// In whose name a referendum's call is made. Each has one track, of its name.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// All holders', on the strictest track: may do anything.
    Root,
    /// Sets the market's and the registry's numbers.
    MarketParams,
    /// Sets what is minted, and what becomes of fees.
    EmissionParams,
    /// Chooses the model of capability challenges.
    ModelCurator,
    /// Pays from the treasury, up to a small limit.
    SmallSpender,
    /// Pays from the treasury, up to a big limit.
    BigSpender,
    /// Ends deferred slashes.
    SlashCanceller,
    /// Pulls the emergency brake.
    Emergency,
}

impl Origin {
    const ALL: [Self; 8] = [
        Self::Root,
        Self::MarketParams,
        Self::EmissionParams,
        Self::ModelCurator,
        Self::SmallSpender,
        Self::BigSpender,
        Self::SlashCanceller,
        Self::Emergency,
    ];

    /// The track's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::MarketParams => "market_params",
            Self::EmissionParams => "emission_params",
            Self::ModelCurator => "model_curator",
            Self::SmallSpender => "small_spender",
            Self::BigSpender => "big_spender",
            Self::SlashCanceller => "slash_canceller",
            Self::Emergency => "emergency",
        }
    }

    /// As a call's argument.
    pub fn value(self) -> Value {
        match self {
            Self::Root => Value::unnamed_variant("system", [Value::unnamed_variant("Root", [])]),
            own => Value::unnamed_variant("DaoGovernance", [Value::unnamed_variant(format!("{own:?}"), [])]),
        }
    }

    /// Its track.
    pub fn track(self, tracks: &[Track]) -> Result<&Track> {
        find(tracks, self.name())
    }
}

impl From<Guardian> for Origin {
    fn from(guardian: Guardian) -> Self {
        match guardian {
            Guardian::Root => Self::Root,
            Guardian::MarketParams => Self::MarketParams,
            Guardian::EmissionParams => Self::EmissionParams,
        }
    }
}

impl From<Maker> for Origin {
    fn from(maker: Maker) -> Self {
        match maker {
            Maker::Root => Self::Root,
            Maker::SmallSpender => Self::SmallSpender,
            Maker::BigSpender => Self::BigSpender,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let wanted = normal(text);
        let found = Self::ALL.into_iter().find(|origin| normal(origin.name()) == wanted);
        found.ok_or_else(|| format!("an origin is one of: {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// A track by its name or number.
pub fn find<'a>(tracks: &'a [Track], wanted: &str) -> Result<&'a Track> {
    let name = normal(wanted);
    let found = tracks.iter().find(|track| normal(&track.name) == name || track.id.to_string() == wanted);
    found.ok_or_else(|| Error::failed(format!("there is no track {wanted}; see `hearth gov tracks`")))
}

/// A track's name, or its number where the chain has no such track any more.
pub fn name(tracks: &[Track], id: u16) -> String {
    tracks.iter().find(|track| track.id == id).map_or_else(|| id.to_string(), |track| track.name.clone())
}

/// A track for programs.
#[derive(Debug, Serialize)]
struct Row {
    track: u16,
    /// Also its origin.
    name: String,
    deposit: Amount,
    max_deciding: u32,
    /// In blocks, as the other periods.
    prepare: u32,
    decide: u32,
    confirm: u32,
    enact: u32,
    approval: Ends,
    support: Ends,
}

/// What is needed when a decision begins, and when it ends.
#[derive(Debug, Serialize)]
struct Ends {
    begin: Share,
    end: Share,
}

impl From<[u32; 2]> for Ends {
    fn from([begin, end]: [u32; 2]) -> Self {
        Self { begin: Share(begin), end: Share(end) }
    }
}

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at first, {} in the end", self.begin.short(), self.end.short())
    }
}

impl From<Track> for Row {
    fn from(track: Track) -> Self {
        let Track { id, name, max_deciding, deposit, prepare, decide, confirm, enact, approval, support } = track;
        let (approval, support) = (approval.into(), support.into());
        Self { track: id, name, deposit, max_deciding, prepare, decide, confirm, enact, approval, support }
    }
}

/// Shows every track.
pub async fn show(options: &Options) -> Result<()> {
    let chain = options.connect().await?;
    let rows: Vec<_> = chain.tracks().await?.into_iter().map(Row::from).collect();
    let block_time = chain.block_time().await?;
    options.output().print(&rows, |rows| rows.iter().map(|row| row_text(row, block_time)).collect())
}

fn row_text(row: &Row, block_time: Duration) -> String {
    let period = |blocks: u32| format!("{} ({})", counted(blocks.into(), "block"), units::show_blocks(blocks, block_time));
    let head = format!("{} (track {}), origin {}\n", row.name, row.track, row.name);
    head + &table(&[
        ("  deposit", format!("{} until it has ended; {} decided at once", row.deposit, row.max_deciding)),
        ("  prepared", format!("for {}", period(row.prepare))),
        ("  decided", format!("within {}", period(row.decide))),
        ("  confirmed", format!("for {}", period(row.confirm))),
        ("  enacted", format!("after {}", period(row.enact))),
        ("  approval", row.approval.to_string()),
        ("  support", row.support.to_string()),
    ])
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Root's track, and that of the market's parameters.
    pub fn tracks() -> Vec<Track> {
        let track = |id, name: &str, hrt: u128| Track {
            id,
            name: name.to_string(),
            max_deciding: 10,
            deposit: Amount(hrt * 1_000_000_000_000),
            prepare: 20,
            decide: 1_000,
            confirm: 100,
            enact: 50,
            approval: [1_000_000_000, 500_000_000],
            support: [250_000_000, 5_000_000],
        };
        vec![track(0, "root", 50_000), track(10, "market_params", 5_000)]
    }

    #[test]
    fn origins_are_read_in_any_writing() {
        for text in ["market_params", "market-params", "MarketParams", "MARKETPARAMS"] {
            assert_eq!(text.parse(), Ok(Origin::MarketParams), "{text}");
        }
        assert!("sudo".parse::<Origin>().unwrap_err().contains("slash_canceller"));
        for origin in Origin::ALL {
            assert_eq!(origin.name().parse(), Ok(origin));
            assert_eq!(serde_json::to_value(origin).unwrap(), origin.name());
        }
    }

    #[test]
    fn origins_are_the_variants_of_the_chain() {
        assert_eq!(Origin::Root.value(), Value::unnamed_variant("system", [Value::unnamed_variant("Root", [])]));
        let own = Value::unnamed_variant("DaoGovernance", [Value::unnamed_variant("BigSpender", [])]);
        assert_eq!(Origin::BigSpender.value(), own);
    }

    #[test]
    fn tracks_are_found_by_name_and_number() {
        let tracks = tracks();
        for wanted in ["10", "market_params", "Market-Params"] {
            assert_eq!(find(&tracks, wanted).unwrap().id, 10, "{wanted}");
        }
        assert!(find(&tracks, "11").unwrap_err().to_string().contains("hearth gov tracks"));
        assert_eq!(Origin::Root.track(&tracks).unwrap().id, 0);
        assert_eq!((name(&tracks, 0), name(&tracks, 7)), ("root".to_string(), "7".to_string()));
    }

    #[test]
    fn row_tells_blocks_and_time() {
        let row = Row::from(tracks().remove(1));
        let text = row_text(&row, Duration::from_secs(3));
        for part in ["5000 HRT", "within 1000 blocks (50 minutes)", "100% at first, 50% in the end", "25% at first, 0.5% in the end"] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        let json = serde_json::to_value(&row).unwrap();
        assert_eq!((json["track"].as_u64(), json["approval"]["end"].as_str()), (Some(10), Some("50%")));
        assert_eq!(json["deposit"]["hrt"], "5000");
    }
}
