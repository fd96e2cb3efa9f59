//! Parts of a whole: percentages for people, parts of a power of ten for the chain.

use serde::{Serialize, Serializer};
use std::{fmt, str::FromStr};

/// Parts of 10^9, which the chain tells of referenda and of parameters.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Share(pub u32);

/// Why a text is no part of a whole.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ShareError {
    /// Neither a percentage nor a fraction.
    #[error("a share is a percentage such as 5%, or a fraction such as 0.05")]
    NotANumber,
    /// Finer than a part.
    #[error("the chain does not count so fine; write fewer digits after the point")]
    TooFine,
    /// More than all of it, or perhaps meant as a percentage.
    #[error("a share lies between 0% and 100%; five percent is 5% or 0.05")]
    TooLarge,
}

/// Parts of 10^`decimals`, as a percentage ("5%") or a fraction ("0.05").
pub fn parse(text: &str, decimals: u32) -> Result<u128, ShareError> {
    let (text, all) = (text.trim(), 10u128.pow(decimals));
    // Without a sign, 1 is as likely meant as one percent as it is as all.
    let (number, decimals, most) = match text.strip_suffix('%') {
        Some(percent) => (percent.trim_end(), decimals.saturating_sub(2), all),
        None => (text, decimals, all - 1),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let len = part.len() as u32;
    if len > decimals && is_number(part) {
        return Err(ShareError::TooFine);
    }
    // Zeros on the right bring the part to parts: of 10^9, "5" after the point of a percentage is 5,000,000.
    let part = digits(part)? * 10u128.pow(decimals.saturating_sub(len));
    let whole = digits(whole)?.checked_mul(10u128.pow(decimals)).ok_or(ShareError::TooLarge)?;
    whole.checked_add(part).filter(|parts| *parts <= most).ok_or(ShareError::TooLarge)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits only: `u128::from_str` would also take a sign.
fn digits(text: &str) -> Result<u128, ShareError> {
    if !is_number(text) {
        return Err(ShareError::NotANumber);
    }
    text.parse().map_err(|_| ShareError::TooLarge)
}

/// Parts of 10^`decimals` as a percentage, cut after so many digits: "8.25%".
pub fn show(parts: u128, decimals: u32, digits: u32) -> String {
    let (step, steps) = (10u128.pow(decimals.saturating_sub(2).saturating_sub(digits)), 10u128.pow(digits));
    let (whole, part) = (parts / step / steps, parts / step % steps);
    if part == 0 {
        return format!("{whole}%");
    }
    let width = digits as usize;
    let part = format!("{part:0width$}");
    format!("{whole}.{}%", part.trim_end_matches('0'))
}

impl Share {
    /// For people, who need no more than two digits after the point.
    pub fn short(self) -> String {
        show(self.0.into(), 9, 2)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&show(self.0.into(), 9, 7))
    }
}

impl FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Self, ShareError> {
        u32::try_from(parse(text, 9)?).map(Self).map_err(|_| ShareError::TooLarge)
    }
}

/// As a percentage.
impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parse_counts_in_the_parts_of_the_chain() {
        for (text, decimals, parts) in [
            ("5%", 9, 50_000_000),
            ("0.05", 9, 50_000_000),
            ("8.25%", 18, 82_500_000_000_000_000),
            ("100%", 18, 10u128.pow(18)),
            ("0.000000000000000001", 18, 1),
        ] {
            assert_eq!(parse(text, decimals), Ok(parts), "{text}");
        }
        assert_eq!(parse("0.0000000001", 9), Err(ShareError::TooFine));
        assert_eq!(parse("5", 9), Err(ShareError::TooLarge));
        assert_eq!(parse("five", 9), Err(ShareError::NotANumber));
    }

    #[test]
    fn show_cuts_and_never_rounds_up() {
        assert_eq!(show(999_999_999, 9, 7), "99.9999999%");
        assert_eq!(Share(999_999_999).short(), "99.99%");
        assert_eq!(Share(1).short(), "0%");
        assert_eq!(Share(125_000_000).to_string(), "12.5%");
        assert_eq!(serde_json::to_value(Share(125_000_000)).unwrap(), "12.5%");
    }

    proptest! {
        #[test]
        fn share_survives_writing_and_reading(parts in 0..=1_000_000_000u32) {
            prop_assert_eq!(parse(&Share(parts).to_string(), 9), Ok(parts.into()));
            prop_assert_eq!(Share(parts).to_string().parse(), Ok(Share(parts)));
        }

        #[test]
        fn parse_never_panics_on_text(text in ".{0,60}") {
            let _ = parse(&text, 9);
            let _ = parse(&text, 18);
        }
    }
}
