//! Amounts of HRT: decimal for people, planck for the chain. One HRT is 10^12 planck.

use codec::{Decode, Encode};
use serde::{ser::SerializeStruct, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// Digits after the point.
const DECIMALS: usize = 12;

/// Planck in one HRT.
const PLANCK_PER_HRT: u128 = 10u128.pow(DECIMALS as u32);

/// An amount in planck, encoded as the chain's balances are.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, Ord, PartialEq, PartialOrd)]
pub struct Amount(pub u128);

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AmountError {
    /// Neither a decimal number nor a number of planck.
    #[error("an amount is a decimal number of HRT such as 1.5, or a number of planck such as 1500000000000planck")]
    NotANumber,
    /// Finer than a planck.
    #[error("HRT has {DECIMALS} digits after the point; write fewer")]
    TooFine,
    /// Beyond 128 bits.
    #[error("the amount is larger than any balance can be")]
    TooLarge,
}

impl Amount {
    /// The decimal number of HRT, without trailing zeros: "1.5".
    pub fn decimal(&self) -> String {
        let (whole, part) = (self.0 / PLANCK_PER_HRT, self.0 % PLANCK_PER_HRT);
        if part == 0 {
            return whole.to_string();
        }
        let part = format!("{part:0DECIMALS$}");
        format!("{whole}.{}", part.trim_end_matches('0'))
    }

    /// The sum, or the largest amount.
    pub fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, or zero.
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} HRT", self.decimal())
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        let text = text.trim();
        if let Some(planck) = text.strip_suffix("planck") {
            return number(planck.trim_end()).map(Self);
        }
        let text = text.strip_suffix("HRT").unwrap_or(text).trim_end();
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        if part.len() > DECIMALS {
            return Err(AmountError::TooFine);
        }
        // Zeros on the right bring the part to planck: "5" after the point is 500,000,000,000.
        let part = number(part)? * 10u128.pow((DECIMALS - part.len()) as u32);
        let whole = number(whole)?.checked_mul(PLANCK_PER_HRT).ok_or(AmountError::TooLarge)?;
        whole.checked_add(part).map(Self).ok_or(AmountError::TooLarge)
    }
}

/// Digits only: `u128::from_str` would also take a sign.
fn number(digits: &str) -> Result<u128, AmountError> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AmountError::NotANumber);
    }
    digits.parse().map_err(|_| AmountError::TooLarge)
}

/// Both forms, as strings: JSON readers lose digits of large numbers.
impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut both = serializer.serialize_struct("Amount", 2)?;
        both.serialize_field("hrt", &self.decimal())?;
        both.serialize_field("planck", &self.0.to_string())?;
        both.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amount_reads_hrt_and_planck() {
        let cases = [
            ("0", 0),
            ("1", PLANCK_PER_HRT),
            ("1.5", 1_500_000_000_000),
            ("1.50", 1_500_000_000_000),
            (" 1.5 HRT ", 1_500_000_000_000),
            ("0.001HRT", 1_000_000_000),
            ("0.000000000001", 1),
            ("1500 planck", 1500),
            ("340282366920938463463374607431768211455planck", u128::MAX),
        ];
        for (text, planck) in cases {
            assert_eq!(text.parse(), Ok(Amount(planck)), "{text}");
        }
    }

    #[test]
    fn amount_refuses_what_is_none() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1,5", "1e3", "one", "1.5.2", "0x10", "planck", "1.5planck", "HRT", "１"] {
            assert_eq!(text.parse::<Amount>(), Err(AmountError::NotANumber), "{text}");
        }
        assert_eq!("0.0000000000001".parse::<Amount>(), Err(AmountError::TooFine));
        assert_eq!("340282366920938463463374608".parse::<Amount>(), Err(AmountError::TooLarge));
        assert_eq!("999999999999999999999999999999999999999999".parse::<Amount>(), Err(AmountError::TooLarge));
    }

    #[test]
    fn amount_in_json_keeps_every_digit() {
        let json = serde_json::to_string(&Amount(u128::MAX)).unwrap();
        assert_eq!(json, r#"{"hrt":"340282366920938463463374607.431768211455","planck":"340282366920938463463374607431768211455"}"#);
    }

    proptest! {
        #[test]
        fn amount_survives_writing_and_reading(planck in prop_oneof![any::<u128>(), 0..10 * PLANCK_PER_HRT]) {
            let amount = Amount(planck);
            prop_assert_eq!(amount.decimal().parse(), Ok(amount));
            prop_assert_eq!(amount.to_string().parse(), Ok(amount));
            prop_assert_eq!(format!("{planck}planck").parse(), Ok(amount));
        }

        #[test]
        fn amount_never_panics_on_text(text in ".{0,60}") {
            let _ = text.parse::<Amount>();
        }
    }
}
