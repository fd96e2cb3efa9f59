//! What the chain keeps of stakers, by the names of its metadata: only the fields that are used here. [`staking`](crate::staking) reads it.
//!
//! The derived decoding needs the standard `Result`, so nothing here imports this program's.

use crate::{secret::account, tx::account_value};
use serde::Serialize;
use std::{fmt, str::FromStr};
use subxt::{dynamic::Value, ext::scale_decode::DecodeAsType, utils::AccountId32};

/// An era's number.
pub type EraIndex = u32;

/// `Staking.Ledger`: what an account has bonded.
#[derive(Clone, Debug, DecodeAsType, Default)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Ledger {
    /// All of it, in planck.
    pub total: u128,
    /// What is at stake.
    pub active: u128,
    /// What is on its way out, the earliest first.
    pub unlocking: Vec<Chunk>,
}

/// A part of a bond that is on its way out.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Chunk {
    /// In planck.
    pub value: u128,
    /// The era from whose planning on it can be withdrawn.
    pub era: EraIndex,
}

/// `Staking.Validators`: how an account validates.
#[derive(Clone, Debug, DecodeAsType, Default)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Prefs {
    /// In parts per billion.
    pub commission: u32,
    /// Whether new nominators are turned away.
    pub blocked: bool,
}

/// `Staking.Nominators`: whom an account nominates.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Nominations {
    /// The validators.
    pub targets: Vec<AccountId32>,
}

/// `Staking.ActiveEra`.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct ActiveEra {
    /// Its number.
    pub index: EraIndex,
    /// When it began, in milliseconds of Unix time; none in its first block.
    pub start: Option<u64>,
}

/// `Staking.ErasRewardPoints`: what the validators did in an era.
#[derive(Clone, Debug, DecodeAsType, Default)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Points {
    /// Of all.
    pub total: u32,
    /// Of each.
    pub individual: Vec<(AccountId32, u32)>,
}

/// `Staking.ErasStakersOverview`: what stands behind a validator in an era.
#[derive(Clone, Debug, DecodeAsType, Default)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Overview {
    /// In planck.
    pub total: u128,
    /// The validator's own part of it.
    pub own: u128,
    /// How many nominators are behind the rest.
    pub nominator_count: u32,
    /// The pages that they fill.
    pub page_count: u32,
}

/// `Staking.ErasStakersPaged`: some of the nominators behind a validator in an era.
#[derive(Clone, Debug, DecodeAsType, Default)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Page {
    /// Each of them.
    pub others: Vec<Exposed>,
}

/// A nominator behind a validator.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Exposed {
    /// The nominator.
    pub who: AccountId32,
    /// Its stake behind this validator, in planck.
    pub value: u128,
}

/// `Staking.UnappliedSlashes`: a slash that waits for its era.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct UnappliedSlash {
    /// The validator.
    pub validator: AccountId32,
    /// What it loses, in planck.
    pub own: u128,
    /// What its nominators lose.
    pub others: Vec<(AccountId32, u128)>,
}

/// `Staking.SlashingSpans`.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Spans {
    /// The spans before the present one.
    pub prior: Vec<EraIndex>,
}

/// `Staking.Payee`: where an account's rewards go.
#[derive(Clone, Debug, DecodeAsType, Eq, PartialEq, Serialize)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[serde(rename_all = "snake_case")]
pub enum Payee {
    /// Into the bond.
    Staked,
    /// To the account itself, to spend.
    Stash,
    /// To the account that controls the bond; the chain has only stashes that control themselves.
    Controller,
    /// To another account.
    Account(AccountId32),
    /// To nobody.
    None,
}

impl Payee {
    /// As a call's argument.
    pub fn value(&self) -> Value {
        match self {
            Self::Staked => Value::unnamed_variant("Staked", []),
            Self::Stash => Value::unnamed_variant("Stash", []),
            Self::Controller => Value::unnamed_variant("Controller", []),
            Self::Account(account) => Value::unnamed_variant("Account", [account_value(account)]),
            Self::None => Value::unnamed_variant("None", []),
        }
    }
}

impl FromStr for Payee {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "stash" => Ok(Self::Stash),
            "staked" => Ok(Self::Staked),
            address => {
                let other = |reason: String| format!("rewards go to `stash`, to `staked`, or to an address: {reason}");
                account(address).map(Self::Account).map_err(other)
            }
        }
    }
}

impl fmt::Display for Payee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Staked => write!(f, "the bond"),
            Self::Stash | Self::Controller => write!(f, "the account itself"),
            Self::Account(account) => write!(f, "{account}"),
            Self::None => write!(f, "nobody"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    #[test]
    fn payee_reads_two_words_and_addresses() {
        assert_eq!("stash".parse(), Ok(Payee::Stash));
        assert_eq!("staked".parse(), Ok(Payee::Staked));
        assert_eq!(ALICE.parse(), Ok(Payee::Account(account(ALICE).unwrap())));
        for other in ["", "Stash", "controller", "none", "5Grwva"] {
            assert!(other.parse::<Payee>().unwrap_err().contains("`staked`"), "{other}");
        }
    }

    #[test]
    fn payee_is_the_variant_of_its_name() {
        let alice = account(ALICE).unwrap();
        assert_eq!(Payee::Stash.value(), Value::unnamed_variant("Stash", []));
        assert_eq!(Payee::Account(alice).value(), Value::unnamed_variant("Account", [account_value(&alice)]));
        assert_eq!(serde_json::to_value(Payee::Staked).unwrap(), "staked");
        assert_eq!(serde_json::to_value(Payee::Account(alice)).unwrap()["account"], ALICE);
        assert_eq!(Payee::Account(alice).to_string(), ALICE);
    }
}
