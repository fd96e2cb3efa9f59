//! `hearth gov params`: the numbers that holders govern, and the changes of them that wait for the providers.

use crate::{
    amount::Amount,
    args::Options,
    chain::{Chain, Change},
    error::{Error, Result},
    gov::{
        normal,
        quantity::{self, Quantity},
        tracks::Origin,
    },
    ui::table,
    units,
};
use hearth_primitives::governance::{ChangeId, ParameterInfo, ParameterView, Unit};
use serde::Serialize;
use std::time::Duration;
use subxt::dynamic::Value;

/// What is shown.
#[derive(Debug, Serialize)]
struct Listing {
    /// The block by whose state it is told.
    block: u32,
    parameters: Vec<Row>,
    changes: Vec<Waiting>,
}

/// A parameter.
#[derive(Debug, Serialize)]
struct Row {
    /// As it is written here: "market.fee-rate".
    name: String,
    meaning: String,
    unit: Unit,
    guardian: Origin,
    value: Quantity,
    least: Quantity,
    most: Quantity,
}

/// A change that comes into force unless the providers stop it.
#[derive(Debug, Serialize)]
pub struct Waiting {
    /// The change.
    pub change: ChangeId,
    /// The parameter.
    pub name: String,
    /// Its value until then.
    pub from: Quantity,
    /// Its value from then on; none for the one with which the chain began.
    pub to: Option<Quantity>,
    /// The block in which it comes into force.
    pub until: u32,
    /// The voices that object.
    pub against: Amount,
    /// The voices that stop it.
    pub needed: Amount,
    /// All voices.
    pub total: Amount,
}

/// Shows every parameter, or one.
pub async fn show(options: &Options, wanted: Option<String>) -> Result<()> {
    let chain = options.connect().await?;
    let all = chain.parameters().await?;
    let changes = waiting(&chain, &all).await?;
    let shown: Vec<_> = match &wanted {
        None => all.iter().collect(),
        Some(wanted) => vec![find(&all, wanted)?],
    };
    let parameters: Vec<_> = shown.into_iter().map(Row::new).collect();
    let changes = changes.into_iter().filter(|change| parameters.iter().any(|row| row.name == change.name)).collect();
    let (block, block_time) = (chain.block().await?, chain.block_time().await?);
    let listing = Listing { block, parameters, changes };
    options.output().print(&listing, |listing| match wanted {
        None => list_text(listing, block_time),
        Some(_) => listing.parameters.iter().map(|row| row_text(row, listing, block_time)).collect(),
    })
}

/// The changes that wait.
pub async fn waiting(chain: &Chain, parameters: &[ParameterView]) -> Result<Vec<Waiting>> {
    Ok(chain.changes().await?.into_iter().filter_map(|change| Waiting::new(change, parameters)).collect())
}

/// A parameter by its name, alone or after its group's, in any writing.
pub fn find<'a>(parameters: &'a [ParameterView], wanted: &str) -> Result<&'a ParameterView> {
    let name = normal(wanted);
    let is_named = |info: &ParameterInfo| normal(&info.name) == name || normal(&full_name(&info.group, &info.name)) == name;
    let found: Vec<_> = parameters.iter().filter(|view| is_named(&view.info)).collect();
    match found[..] {
        [one] => Ok(one),
        [] => Err(Error::failed(format!("there is no parameter {wanted}; `hearth gov params` lists all"))),
        _ => Err(Error::failed(format!("several groups have a parameter {wanted}; write the group too, as `hearth gov params` does"))),
    }
}

/// "market.fee-rate".
pub fn full_name(group: &str, name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push('-');
        }
        words.push(letter.to_ascii_lowercase());
    }
    format!("{group}.{words}")
}

/// [`full_name`] of a parameter.
pub fn name_of(info: &ParameterInfo) -> String {
    full_name(&info.group, &info.name)
}

/// A parameter as a call's argument; with `rest` after its name.
fn variant(info: &ParameterInfo, rest: Option<Value>) -> Value {
    let name = Value::unnamed_variant(info.name.clone(), [Some(Value::unnamed_composite([])), rest].into_iter().flatten());
    Value::unnamed_variant(pascal(&info.group), [name])
}

/// A parameter's key as a call's argument.
pub fn key_value(info: &ParameterInfo) -> Value {
    variant(info, None)
}

/// A parameter and its value as a call's argument.
pub fn parameter_value(info: &ParameterInfo, value: u128) -> Value {
    variant(info, Some(Value::unnamed_variant("Some", [Value::u128(value)])))
}

/// A group's module as the chain names its variant: "market" is `Market`.
fn pascal(group: &str) -> String {
    let words = group.split('_').map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}

impl Row {
    fn new(view: &ParameterView) -> Self {
        let info = &view.info;
        let quantity = |number| Quantity::new(number, info.unit);
        Self {
            name: name_of(info),
            meaning: info.meaning.clone(),
            unit: info.unit,
            guardian: info.guardian.into(),
            value: quantity(view.value),
            least: quantity(info.bound.least),
            most: quantity(info.bound.most),
        }
    }

    /// The value, blocks as time too.
    fn value_text(&self, block_time: Duration) -> String {
        let number = self.value.number.parse().unwrap_or_default();
        quantity::show_timed(number, self.unit, block_time)
    }
}

impl Waiting {
    fn new(change: Change, parameters: &[ParameterView]) -> Option<Self> {
        let name = full_name(&change.group, &change.name);
        let unit = parameters.iter().find(|view| name_of(&view.info) == name)?.info.unit;
        let Change { id, from, to, until, against, needed, total, .. } = change;
        let (from, to) = (Quantity::new(from, unit), to.map(|to| Quantity::new(to, unit)));
        Some(Self { change: id, name, from, to, until, against, needed, total })
    }

    /// "market.fee-rate from 5% to 6% at block 120 ...", told at `block`.
    pub fn text(&self, block: u32, block_time: Duration) -> String {
        let to = self.to.as_ref().map_or("the value with which the chain began", |to| to.text.as_str());
        let about = units::show_blocks(self.until.saturating_sub(block), block_time);
        format!(
            "{} from {} to {to} at block {}, in about {about}; providers with {} of voices object, {} of {} stop it: `hearth gov object {}`",
            self.name, self.from.text, self.until, self.against, self.needed, self.total, self.change
        )
    }
}

fn list_text(listing: &Listing, block_time: Duration) -> String {
    let rows: Vec<_> = listing
        .parameters
        .iter()
        .map(|row| {
            let (value, least, most) = (row.value_text(block_time), &row.least.text, &row.most.text);
            (row.name.as_str(), format!("{value}, between {least} and {most}, by {}", row.guardian))
        })
        .collect();
    let changes = listing.changes.iter().map(|change| format!("change {}: {}\n", change.change, change.text(listing.block, block_time)));
    table(&rows) + &changes.collect::<String>()
}

fn row_text(row: &Row, listing: &Listing, block_time: Duration) -> String {
    let mut rows = vec![
        ("parameter", row.name.clone()),
        ("meaning", row.meaning.clone()),
        ("value", row.value_text(block_time)),
        ("bounds", format!("between {} and {}; only root moves them", row.least.text, row.most.text)),
        ("guardian", format!("{}, besides root", row.guardian)),
    ];
    rows.extend(listing.changes.iter().map(|change| ("change", change.text(listing.block, block_time))));
    rows.push(("next", format!("hearth gov propose parameter {} VALUE", row.name)));
    table(&rows)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use hearth_primitives::governance::{Bound, Guardian};

    /// The fee of jobs and the house's window.
    pub fn parameters() -> Vec<ParameterView> {
        let view = |group: &str, name: &str, unit, guardian, bound, value| ParameterView {
            key: vec![],
            info: ParameterInfo { group: group.into(), name: name.into(), meaning: "What it says.".into(), unit, guardian, bound },
            value,
        };
        vec![
            view("market", "FeeRate", Unit::Billionths, Guardian::MarketParams, Bound { least: 0, most: 200_000_000 }, 50_000_000),
            view("market", "DrawDelay", Unit::Blocks, Guardian::MarketParams, Bound { least: 2, most: 20 }, 3),
            view("authority", "HouseHours", Unit::Hours, Guardian::Root, Bound { least: 24, most: 336 }, 72),
        ]
    }

    fn change() -> Change {
        Change {
            id: 3,
            group: "market".into(),
            name: "FeeRate".into(),
            from: 50_000_000,
            to: Some(60_000_000),
            until: 120,
            against: Amount(10_000_000_000_000),
            needed: Amount(33_000_000_000_000),
            total: Amount(99_000_000_000_000),
        }
    }

    #[test]
    fn parameters_are_found_in_any_writing() {
        let all = parameters();
        for wanted in ["market.fee-rate", "FeeRate", "fee_rate", "MARKET.FEERATE"] {
            assert_eq!(find(&all, wanted).unwrap().info.name, "FeeRate", "{wanted}");
        }
        assert!(find(&all, "fee").unwrap_err().to_string().contains("hearth gov params"));
        let mut twice = parameters();
        twice.push(ParameterView { info: ParameterInfo { group: "registry".into(), ..all[0].info.clone() }, ..all[0].clone() });
        assert!(find(&twice, "FeeRate").unwrap_err().to_string().contains("group"));
        assert!(find(&twice, "registry.fee-rate").is_ok());
    }

    #[test]
    fn names_are_those_of_the_command_line_and_of_the_chain() {
        assert_eq!(full_name("market", "ModelDepositPerMib"), "market.model-deposit-per-mib");
        assert_eq!((pascal("market"), pascal("two_words")), ("Market".to_string(), "TwoWords".to_string()));
        let (info, unit) = (&parameters()[0].info, Value::unnamed_composite([]));
        let key = Value::unnamed_variant("Market", [Value::unnamed_variant("FeeRate", [unit.clone()])]);
        assert_eq!(key_value(info), key);
        let some = Value::unnamed_variant("Some", [Value::u128(7)]);
        assert_eq!(parameter_value(info, 7), Value::unnamed_variant("Market", [Value::unnamed_variant("FeeRate", [unit, some])]));
    }

    #[test]
    fn listing_tells_values_bounds_guardians_and_changes() {
        let (all, block_time) = (parameters(), Duration::from_secs(3));
        let changes = vec![Waiting::new(change(), &all).unwrap()];
        let listing = Listing { block: 100, parameters: all.iter().map(Row::new).collect(), changes };
        let text = list_text(&listing, block_time);
        for part in [
            "market.fee-rate        5%, between 0% and 20%, by market_params",
            "3 blocks (9 seconds), between 2 blocks and 20 blocks",
            "72 hours of governance, between",
            "change 3: market.fee-rate from 5% to 6% at block 120, in about 60 seconds",
            "`hearth gov object 3`",
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        let text = row_text(&listing.parameters[0], &listing, block_time);
        assert!(text.contains("What it says.") && text.contains("propose parameter market.fee-rate"), "{text}");
        let json = serde_json::to_value(&listing).unwrap();
        assert_eq!(json["parameters"][0]["value"]["text"], "5%");
        assert_eq!(json["parameters"][0]["value"]["number"], "50000000");
        assert_eq!(json["parameters"][0]["guardian"], "market_params");
        assert_eq!(json["parameters"][0]["unit"], "billionths");
        assert_eq!(json["changes"][0]["to"]["text"], "6%");
    }
}
