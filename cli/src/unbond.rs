//! The way back of a bond, for validators and nominators alike: end what it is for, unbond, withdraw.

use crate::{
    amount::Amount,
    args::Options,
    bond::{bonded, Role},
    error::{Error, Result},
    ledger::{EraIndex, Ledger},
    secret::account_of,
    staking::{Staking, Unbonding, PALLET},
    tx::{amount_value, submit, Call, Receipt},
};
use clap::Args;
use serde::Serialize;
use subxt::{dynamic::Value, utils::AccountId32};

/// An amount to unbond.
#[derive(Args, Clone, Debug)]
pub struct Unbond {
    /// How much.
    #[arg(long, value_name = "HRT")]
    amount: Amount,
}

#[derive(Debug, Serialize)]
struct Unbonded {
    stash: AccountId32,
    /// What was unbonded: all, where the rest would have been dust.
    unbonded: Amount,
    /// What stays at stake.
    bonded: Amount,
    unbonding: Vec<Unbonding>,
    #[serde(flatten)]
    receipt: Receipt,
}

impl Unbond {
    /// Starts the way back of a part of the signing account's bond.
    pub async fn run(self, options: &Options, role: Role) -> Result<()> {
        let signer = options.given().signer()?;
        let stash = account_of(&signer);
        let chain = options.connect().await?;
        let staking = Staking::read(&chain).await?;
        let ledger = bonded(&staking, &stash, role).await?;
        let present = Role::of(&staking, &stash).await?;
        let least = match present {
            Some(present) => present.least_bond(&staking).await?,
            None => Amount(0),
        };
        self.check(&ledger, present.unwrap_or(role), least)?;
        let call = Call::new(PALLET, "unbond", vec![amount_value(self.amount)]);
        let receipt = submit(&chain, &signer, call, "unbonding").await?;

        let unbonded = receipt.event_sum(PALLET, "Unbonded", "amount");
        let staking = Staking::read(&chain).await?;
        let ledger = staking.ledger(&stash).await?.unwrap_or_default();
        let unbonding = staking.eras.unbonding(&ledger);
        let result = Unbonded { stash, unbonded, bonded: Amount(ledger.active), unbonding, receipt };
        options.output().print(&result, |result| unbonded_text(result, role))
    }

    /// Whether so much can be unbonded by an account that has to keep `least`.
    fn check(&self, ledger: &Ledger, role: Role, least: Amount) -> Result<()> {
        let (active, noun) = (Amount(ledger.active), role.noun());
        if self.amount == Amount(0) {
            return Err(Error::usage("there is nothing to unbond in 0 HRT; raise --amount"));
        }
        if self.amount > active {
            return Err(Error::failed(format!("{active} is at stake and can be unbonded; lower --amount, or see `hearth {noun} status`")));
        }
        let rest = active.saturating_sub(self.amount);
        // Who unbonds all that the ledger holds ends its role by that.
        if rest < least && self.amount < Amount(ledger.total) {
            let most = active.saturating_sub(least);
            return Err(Error::failed(format!(
                "a {} keeps {least} at least; unbond {most} at most, or end it first with `hearth {noun} stop`",
                role.name()
            )));
        }
        Ok(())
    }
}

fn unbonded_text(result: &Unbonded, role: Role) -> String {
    let parts = result.unbonding.iter().map(|part| format!("{}\n", part.text(role.noun())));
    format!("{} unbonded, {} stays at stake\n{}", result.unbonded, result.bonded, parts.collect::<String>())
}

#[derive(Debug, Serialize)]
struct Withdrawn {
    stash: AccountId32,
    withdrawn: Amount,
    #[serde(flatten)]
    receipt: Receipt,
}

/// Fetches what of the signing account's bond has become free.
pub async fn withdraw(options: &Options, role: Role) -> Result<()> {
    let signer = options.given().signer()?;
    let stash = account_of(&signer);
    let chain = options.connect().await?;
    let staking = Staking::read(&chain).await?;
    let ledger = bonded(&staking, &stash, role).await?;
    check_withdrawal(&ledger, &staking.eras.unbonding(&ledger), role)?;
    let spans = staking.slashing_spans(&stash).await?;
    let call = Call::new(PALLET, "withdraw_unbonded", vec![Value::u128(spans.into())]);
    let receipt = submit(&chain, &signer, call, "withdrawing").await?;
    let withdrawn = Withdrawn { stash, withdrawn: receipt.event_sum(PALLET, "Withdrawn", "amount"), receipt };
    options.output().print(&withdrawn, |done| format!("{} withdrawn to {}", done.withdrawn, done.stash))
}

/// Whether there is something to fetch. A bond of which nothing is left can be closed too.
fn check_withdrawal(ledger: &Ledger, unbonding: &[Unbonding], role: Role) -> Result<()> {
    if unbonding.iter().any(|part| part.free) || (unbonding.is_empty() && ledger.active == 0) {
        return Ok(());
    }
    let noun = role.noun();
    Err(Error::failed(match unbonding.first() {
        Some(first) => format!("nothing is free yet; the first is {}", first.text(noun)),
        None => format!("nothing is on its way out of the bond; `hearth {noun} unbond` starts it"),
    }))
}

#[derive(Debug, Serialize)]
struct Stopped {
    stash: AccountId32,
    role: Role,
    /// The first era without it.
    from_era: EraIndex,
    /// How long it takes until then, about.
    ends_in_seconds: u64,
    #[serde(flatten)]
    receipt: Receipt,
}

/// Ends what the signing account's bond is for. The bond stays.
pub async fn stop(options: &Options, role: Role) -> Result<()> {
    let signer = options.given().signer()?;
    let stash = account_of(&signer);
    let chain = options.connect().await?;
    let staking = Staking::read(&chain).await?;
    if Role::of(&staking, &stash).await? != Some(role) {
        let (name, noun) = (role.name(), role.noun());
        return Err(Error::failed(format!("{stash} is no {name}, so there is nothing to stop; see `hearth {noun} status`")));
    }
    let receipt = submit(&chain, &signer, Call::new(PALLET, "chill", vec![]), "stopping").await?;
    let eras = staking.eras;
    let stopped = Stopped { stash, role, from_era: eras.next(), ends_in_seconds: eras.until(eras.next()).as_secs(), receipt };
    options.output().print(&stopped, |stopped| {
        let duty = match role {
            Role::Validator => "keep the node running until then: while an era lasts, its validators do",
            Role::Nominator => "until then what is at stake earns, and can be slashed",
        };
        let (noun, when) = (role.noun(), eras.when(stopped.from_era));
        format!("{} is no {} from {when} on; {duty}. The bond stays until `hearth {noun} unbond`", stopped.stash, role.name())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{bond::tests::ledger, staking::tests::eras};

    #[test]
    fn unbond_keeps_what_the_role_takes() {
        let check = |amount, ledger: &Ledger, least| {
            let checked = Unbond { amount: Amount(amount) }.check(ledger, Role::Nominator, Amount(least));
            checked.map_err(|error| error.to_string())
        };
        let old = ledger(100, &[]);
        assert_eq!(check(90, &old, 10), Ok(()));
        assert!(check(91, &old, 10).unwrap_err().contains("`hearth nominate stop`"));
        assert!(check(101, &old, 10).unwrap_err().contains("lower --amount"));
        assert!(check(0, &old, 10).unwrap_err().contains("raise --amount"));
        assert_eq!(check(91, &old, 0), Ok(()));
        // All of it ends the role, unless a part is still on its way out: then the chain refuses.
        assert_eq!(check(100, &old, 10), Ok(()));
        assert!(check(100, &ledger(100, &[(1, 9)]), 10).is_err());
    }

    #[test]
    fn withdrawal_waits_for_the_first_part() {
        let check = |ledger: &Ledger| {
            let checked = check_withdrawal(ledger, &eras().unbonding(ledger), Role::Validator);
            checked.map_err(|error| error.to_string())
        };
        assert!(check(&ledger(100, &[])).unwrap_err().contains("`hearth validator unbond`"));
        assert!(check(&ledger(100, &[(5, 9), (6, 10)])).unwrap_err().contains("era 9"));
        assert_eq!(check(&ledger(100, &[(5, 8), (6, 10)])), Ok(()));
        assert_eq!(check(&ledger(0, &[])), Ok(()));
    }

    #[test]
    fn unbonded_tells_what_stays_and_what_comes_when() {
        let receipt = Receipt::default();
        let unbonding = eras().unbonding(&ledger(5, &[(7, 9)]));
        let result = Unbonded { stash: AccountId32([1; 32]), unbonded: Amount(7), bonded: Amount(5), unbonding, receipt };
        let text = unbonded_text(&result, Role::Validator);
        assert!(text.contains("era 9 on") && text.lines().count() == 2, "{text}");
        let json = serde_json::to_value(&result).unwrap();
        assert_eq!(json["bonded"]["planck"], "5");
        assert_eq!(json["unbonding"][0]["era"], 9);
        assert_eq!(json["unbonding"][0]["free"], false);
        assert!(json["transaction"].is_string());
    }
}
