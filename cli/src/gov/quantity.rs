//! Numbers of governed parameters as their units tell them: amounts, percentages, blocks.

use crate::{
    amount::{Amount, AmountError},
    share::{self, ShareError},
    units,
};
use hearth_primitives::governance::{Bound, Unit};
use serde::Serialize;
use std::time::Duration;

/// Why a text is no number of a unit.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum QuantityError {
    /// Of plancks.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// Of parts.
    #[error(transparent)]
    Share(#[from] ShareError),
    /// Of anything that is counted.
    #[error("this is a whole number of {0}, such as 20")]
    NotANumber(&'static str),
}

/// A number for people and for programs.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Quantity {
    /// As the chain counts it; a string, as JSON readers lose digits of large numbers.
    pub number: String,
    /// With its unit.
    pub text: String,
}

impl Quantity {
    /// A number of a unit.
    pub fn new(number: u128, unit: Unit) -> Self {
        Self { number: number.to_string(), text: show(number, unit) }
    }
}

/// A number of a unit: "6%", "10 HRT", "20 blocks".
pub fn show(number: u128, unit: Unit) -> String {
    match unit {
        Unit::Blocks => counted(number, "block"),
        Unit::Hours => format!("{} of governance", counted(number, "hour")),
        Unit::Plancks => Amount(number).to_string(),
        Unit::Count => number.to_string(),
        Unit::Billionths => share::show(number, 9, 7),
        Unit::Quintillionths => share::show(number, 18, 16),
    }
}

/// The same, where blocks are told as time too.
pub fn show_timed(number: u128, unit: Unit, block_time: Duration) -> String {
    let text = show(number, unit);
    match (unit, u32::try_from(number)) {
        (Unit::Blocks, Ok(blocks)) => format!("{text} ({})", units::show_blocks(blocks, block_time)),
        _ => text,
    }
}

/// "between 0% and 20%".
pub fn show_bound(bound: &Bound, unit: Unit) -> String {
    format!("between {} and {}", show(bound.least, unit), show(bound.most, unit))
}

/// "1 block", "2 blocks".
pub fn counted(number: u128, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// What [`show`] writes, with or without the unit's name.
pub fn parse(text: &str, unit: Unit) -> Result<u128, QuantityError> {
    let counted = |names: &[&str], of| {
        let text = text.trim();
        let number = names.iter().find_map(|name| text.strip_suffix(*name)).unwrap_or(text).trim_end();
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        number.parse::<u128>().ok().filter(|_| is_number).ok_or(QuantityError::NotANumber(of))
    };
    match unit {
        Unit::Blocks => counted(&["blocks", "block"], "blocks"),
        Unit::Hours => counted(&["hours of governance", "hour of governance", "hours", "hour", "h"], "hours"),
        Unit::Plancks => Ok(text.parse::<Amount>()?.0),
        Unit::Count => counted(&[], "things"),
        Unit::Billionths => Ok(share::parse(text, 9)?),
        Unit::Quintillionths => Ok(share::parse(text, 18)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const UNITS: [Unit; 6] = [Unit::Blocks, Unit::Hours, Unit::Plancks, Unit::Count, Unit::Billionths, Unit::Quintillionths];

    #[test]
    fn parse_takes_each_unit_with_and_without_its_name() {
        for (text, unit, number) in [
            ("20", Unit::Blocks, 20),
            ("20 blocks", Unit::Blocks, 20),
            ("1block", Unit::Blocks, 1),
            ("72h", Unit::Hours, 72),
            ("72 hours", Unit::Hours, 72),
            ("10 HRT", Unit::Plancks, 10_000_000_000_000),
            ("256", Unit::Count, 256),
            ("6%", Unit::Billionths, 60_000_000),
            ("0.06", Unit::Billionths, 60_000_000),
            ("8%", Unit::Quintillionths, 80_000_000_000_000_000),
        ] {
            assert_eq!(parse(text, unit), Ok(number), "{text}");
        }
    }

    #[test]
    fn parse_says_what_is_expected() {
        assert!(parse("+20", Unit::Blocks).unwrap_err().to_string().contains("blocks"));
        assert!(parse("", Unit::Count).is_err() && parse("20%", Unit::Count).is_err());
        assert!(parse("6", Unit::Billionths).unwrap_err().to_string().contains("percent"));
        assert!(parse("ten", Unit::Plancks).unwrap_err().to_string().contains("HRT"));
    }

    #[test]
    fn blocks_are_told_as_time_too() {
        assert_eq!(show_timed(20, Unit::Blocks, Duration::from_secs(3)), "20 blocks (60 seconds)");
        assert_eq!(show_timed(1, Unit::Count, Duration::from_secs(3)), "1");
        assert_eq!(show_bound(&Bound { least: 0, most: 200_000_000 }, Unit::Billionths), "between 0% and 20%");
    }

    proptest! {
        #[test]
        fn quantity_survives_writing_and_reading(number in 0..=1_000_000_000u128, unit in 0..UNITS.len()) {
            prop_assert_eq!(parse(&show(number, UNITS[unit]), UNITS[unit]), Ok(number));
        }
    }
}
