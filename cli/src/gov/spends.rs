//! Payments out of the treasury that referenda approved and nobody has claimed, by the names of the chain's metadata.

use crate::{
    amount::Amount,
    error::{Error, Result},
    gov::{
        treasury::PALLET,
        values::{bytes32, number, small},
    },
    state::State,
    units,
};
use serde::Serialize;
use std::time::Duration;
use subxt::{
    dynamic::{At, Value},
    utils::AccountId32,
};

/// An approved payment.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Spend {
    /// Its number.
    pub spend: u32,
    /// How much.
    pub amount: Amount,
    /// Who is paid.
    pub beneficiary: AccountId32,
    /// The block from which on it can be claimed.
    pub from: u32,
    /// The block at which it cannot be claimed any more.
    pub until: u32,
}

impl Spend {
    /// By what the chain keeps of it.
    fn new(spend: u32, status: &Value) -> Option<Self> {
        Some(Self {
            spend,
            amount: Amount(number(status.at("amount")?)?),
            beneficiary: AccountId32(bytes32(status.at("beneficiary")?)?),
            from: small(status.at("valid_from")?)?,
            until: small(status.at("expire_at")?)?,
        })
    }

    /// A line about it, told at block `now`.
    pub fn text(&self, now: u32, block_time: Duration) -> String {
        let Self { spend, amount, beneficiary, from, until } = self;
        let about = |block: u32| format!("block {block}, in about {}", units::show_blocks(block.saturating_sub(now), block_time));
        let how = if now >= *until {
            "lost: nobody claimed it in time".to_string()
        } else if now < *from {
            format!("from {} on", about(*from))
        } else {
            format!("`hearth gov payout {spend}` pays it until {}", about(*until))
        };
        format!("payment {spend}: {amount} to {beneficiary}; {how}\n")
    }
}

/// All of them, in order of number.
pub async fn spends(state: &State) -> Result<Vec<Spend>> {
    let found: Vec<((u32,), Value)> = state.entries(PALLET, "Spends", ()).await?;
    let mut spends: Vec<_> = found.iter().filter_map(|((id,), status)| Spend::new(*id, status)).collect();
    spends.sort_by_key(|spend| spend.spend);
    Ok(spends)
}

/// One of them, if it can be claimed at block `now`.
pub fn find(spends: Vec<Spend>, id: u32, now: u32) -> Result<Spend> {
    let found = spends.into_iter().find(|spend| spend.spend == id);
    let spend = found.ok_or_else(|| Error::failed(format!("no payment {id} was approved, or it is paid; see `hearth gov budget list`")))?;
    if now < spend.from {
        return Err(Error::failed(format!("payment {id} can be claimed from block {} on; wait for it", spend.from)));
    }
    if now >= spend.until {
        return Err(Error::failed(format!("payment {id} could be claimed before block {}; propose it anew", spend.until)));
    }
    Ok(spend)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spend() -> Spend {
        let status = Value::named_composite([
            ("asset_kind", Value::unnamed_composite([])),
            ("amount", Value::u128(5_000_000_000_000)),
            ("beneficiary", Value::unnamed_composite([Value::from_bytes([7; 32])])),
            ("valid_from", Value::u128(100)),
            ("expire_at", Value::u128(200)),
            ("status", Value::unnamed_variant("Pending", [])),
        ]);
        Spend::new(3, &status).unwrap()
    }

    #[test]
    fn spend_is_read_and_told() {
        let told = |now| spend().text(now, Duration::from_secs(3));
        assert!(told(80).contains("from block 100, in about 60 seconds on"));
        assert!(told(180).contains("`hearth gov payout 3` pays it until block 200"));
        assert!(told(200).contains("lost"));
        assert!(told(100).starts_with(&format!("payment 3: 5 HRT to {}", AccountId32([7; 32]))));
        assert_eq!(serde_json::to_value(spend()).unwrap()["amount"]["hrt"], "5");
    }

    #[test]
    fn find_wants_what_can_be_claimed() {
        let find = |id, now| find(vec![spend()], id, now).map_err(|error| error.to_string());
        assert_eq!(find(3, 100), Ok(spend()));
        assert!(find(3, 99).unwrap_err().contains("block 100"));
        assert!(find(3, 200).unwrap_err().contains("propose it anew"));
        assert!(find(4, 100).unwrap_err().contains("gov budget list"));
    }
}
