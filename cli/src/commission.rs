//! A validator's or a provider's commission: a percentage for people, parts per billion for the chain.

use crate::share::{self, ShareError};
use serde::{Serialize, Serializer};
use std::{fmt, str::FromStr};

/// All of it, in parts.
const WHOLE: u32 = 1_000_000_000;

/// Digits after the point of a fraction of one; a percentage has two fewer.
const DECIMALS: u32 = 9;

/// Parts per billion.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Commission(pub u32);

/// Why a text is no commission.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CommissionError {
    /// Neither a percentage nor a fraction.
    #[error("a commission is a percentage such as 5%, or a fraction such as 0.05")]
    NotANumber,
    /// Finer than a part.
    #[error("a commission is counted in parts per billion; write fewer digits after the point")]
    TooFine,
    /// More than all of it, or perhaps meant as a percentage.
    #[error("a commission lies between 0% and 100%; five percent is 5% or 0.05")]
    TooLarge,
}

impl Commission {
    /// The sum, or all of it.
    pub fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0).min(WHOLE))
    }
}

impl From<ShareError> for CommissionError {
    fn from(error: ShareError) -> Self {
        match error {
            ShareError::NotANumber => Self::NotANumber,
            ShareError::TooFine => Self::TooFine,
            ShareError::TooLarge => Self::TooLarge,
        }
    }
}

impl FromStr for Commission {
    type Err = CommissionError;

    fn from_str(text: &str) -> Result<Self, CommissionError> {
        let parts = share::parse(text, DECIMALS)?;
        u32::try_from(parts).map(Self).map_err(|_| CommissionError::TooLarge)
    }
}

impl fmt::Display for Commission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&share::show(self.0.into(), DECIMALS, DECIMALS - 2))
    }
}

/// As a percentage.
impl Serialize for Commission {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn commission_reads_percentages_and_fractions() {
        let cases = [
            ("0%", 0),
            ("0", 0),
            ("5%", 50_000_000),
            ("0.05", 50_000_000),
            (" 5 % ", 50_000_000),
            ("2.5%", 25_000_000),
            ("0.0000001%", 1),
            ("0.000000001", 1),
            ("0.999999999", WHOLE - 1),
            ("100%", WHOLE),
        ];
        for (text, parts) in cases {
            assert_eq!(text.parse(), Ok(Commission(parts)), "{text}");
        }
    }

    #[test]
    fn commission_refuses_what_is_none() {
        for text in ["", "%", ".", "5.%", ".5", "-1%", "+1%", "5,5%", "1e1%", "five", "5%%", "0.x", "0.xxxxxxxxxxxx"] {
            assert_eq!(text.parse::<Commission>(), Err(CommissionError::NotANumber), "{text}");
        }
        for text in ["1", "5", "100", "1.5", "100.1%", "101%", "99999999999999999999999%"] {
            assert_eq!(text.parse::<Commission>(), Err(CommissionError::TooLarge), "{text}");
        }
        for text in ["0.00000001%", "0.0000000001"] {
            assert_eq!(text.parse::<Commission>(), Err(CommissionError::TooFine), "{text}");
        }
    }

    #[test]
    fn commission_is_never_more_than_all_of_it() {
        assert_eq!(Commission(50_000_000).saturating_add(Commission(25_000_000)).to_string(), "7.5%");
        assert_eq!(Commission(WHOLE - 1).saturating_add(Commission(2)), Commission(WHOLE));
    }

    proptest! {
        #[test]
        fn commission_survives_writing_and_reading(parts in 0..=WHOLE) {
            prop_assert_eq!(Commission(parts).to_string().parse(), Ok(Commission(parts)));
            prop_assert_eq!(serde_json::to_value(Commission(parts)).unwrap(), Commission(parts).to_string());
        }

        #[test]
        fn commission_never_panics_on_text(text in ".{0,40}") {
            let _ = text.parse::<Commission>();
        }
    }
}
