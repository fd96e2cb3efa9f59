//! `hearth nominate`: putting a bond behind validators. How it stands is in [`nominate_status`](crate::nominate_status).

use crate::{
    amount::Amount,
    args::Options,
    bond::{bonded, Bonding, Role},
    error::{Error, Result},
    ledger::EraIndex,
    nominate_status,
    secret::{account, account_of},
    staking::{Staking, PALLET},
    tx::{address_value, submit, Call, Receipt},
    ui::{line, table},
    unbond::{stop, withdraw, Unbond},
};
use clap::{Args, Subcommand};
use serde::Serialize;
use subxt::{dynamic::Value, utils::AccountId32};

/// What can be done as a nominator.
#[derive(Debug, Subcommand)]
pub enum NominateVerb {
    /// Bond and nominate validators. The stake earns where they are elected, and is slashed with theirs.
    Start {
        #[command(flatten)]
        bonding: Bonding,
        #[command(flatten)]
        targets: Targets,
    },
    /// Nominate other validators.
    Change {
        #[command(flatten)]
        targets: Targets,
    },
    /// Stop nominating. The bond stays.
    Stop,
    /// How the signing account nominates, or another.
    Status {
        /// The nominator.
        #[arg(value_parser = account, value_name = "ADDRESS")]
        address: Option<AccountId32>,
    },
    /// Start the way back of a part of the bond.
    Unbond(Unbond),
    /// Fetch what of the bond has become free. Rewards are paid only while something is bonded: have them paid out first.
    Withdraw,
}

/// Validators to nominate.
#[derive(Args, Clone, Debug)]
pub struct Targets {
    /// A validator; say it again for each further one. The election decides which of them the stake goes to.
    #[arg(long = "validator", required = true, value_parser = account, value_name = "ADDRESS")]
    validators: Vec<AccountId32>,
}

#[derive(Debug, Serialize)]
struct Nominated {
    nominator: AccountId32,
    bonded: Amount,
    validators: Vec<AccountId32>,
    /// The first era for which it counts.
    from_era: EraIndex,
    #[serde(flatten)]
    receipt: Receipt,
}

impl NominateVerb {
    /// Does what was asked.
    pub async fn run(self, options: &Options) -> Result<()> {
        match self {
            Self::Start { bonding, targets } => nominate(options, Some(bonding), targets).await,
            Self::Change { targets } => nominate(options, None, targets).await,
            Self::Stop => stop(options, Role::Nominator).await,
            Self::Status { address } => nominate_status::show(options, address).await,
            Self::Unbond(unbond) => unbond.run(options, Role::Nominator).await,
            Self::Withdraw => withdraw(options, Role::Nominator).await,
        }
    }
}

/// Nominates with a bond to make or to raise, or with the present one.
async fn nominate(options: &Options, bonding: Option<Bonding>, targets: Targets) -> Result<()> {
    targets.check_each_once()?;
    let signer = options.given().signer()?;
    let nominator = account_of(&signer);
    let chain = options.connect().await?;
    let staking = Staking::read(&chain).await?;
    targets.check_candidates(&staking, &nominator).await?;
    let (call, bonded) = match bonding {
        Some(bonding) => {
            let ledger = staking.ledger(&nominator).await?;
            let least = Role::Nominator.least_bond(&staking).await?;
            let (mut calls, bonded) = bonding.calls(ledger.as_ref(), Role::Nominator, least)?;
            calls.push(targets.call());
            let call = Call::all(calls);
            bonding.afford(&chain, &staking, &signer, &call, ledger.as_ref()).await?;
            (call, bonded)
        }
        None => (targets.call(), Amount(bonded(&staking, &nominator, Role::Nominator).await?.active)),
    };
    if staking.prefs(&nominator).await?.is_some() {
        line("the account validates until now: nominating ends that");
    }
    let receipt = submit(&chain, &signer, call, "nominating").await?;

    let eras = staking.eras;
    let nominated = Nominated { nominator, bonded, validators: targets.validators, from_era: eras.next(), receipt };
    options.output().print(&nominated, |nominated| {
        let mut rows = vec![("nominator", nominated.nominator.to_string()), ("at stake", nominated.bonded.to_string())];
        rows.extend(nominated.validators.iter().map(|validator| ("nominates", validator.to_string())));
        rows.push(("counts", format!("from {} on", eras.when(nominated.from_era))));
        rows.push(("next", "hearth nominate status".to_string()));
        table(&rows)
    })
}

impl Targets {
    /// Whether each is named once: the chain would count a second time as nothing.
    fn check_each_once(&self) -> Result<()> {
        let mut named = self.validators.clone();
        named.sort();
        match named.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(Error::usage(format!("{} is named twice; name each validator once", pair[0]))),
            None => Ok(()),
        }
    }

    /// Whether each is a candidate who takes this nominator: the chain itself takes anybody's name.
    async fn check_candidates(&self, staking: &Staking, nominator: &AccountId32) -> Result<()> {
        let present = staking.nominations(nominator).await?.unwrap_or_default();
        for validator in &self.validators {
            let next = "choose another; see `hearth validator list`";
            match staking.prefs(validator).await? {
                None => return Err(Error::failed(format!("{validator} is no validator; {next}"))),
                Some(prefs) if prefs.blocked && !present.contains(validator) => {
                    return Err(Error::failed(format!("{validator} takes no new nominators; {next}")));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn call(&self) -> Call {
        let targets = self.validators.iter().map(address_value);
        Call::new(PALLET, "nominate", vec![Value::unnamed_composite(targets)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(bytes: &[u8]) -> Targets {
        Targets { validators: bytes.iter().map(|byte| AccountId32([*byte; 32])).collect() }
    }

    #[test]
    fn targets_are_named_once_each() {
        assert!(targets(&[2, 1, 3]).check_each_once().is_ok());
        let error = targets(&[2, 1, 3, 2]).check_each_once().unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains(&AccountId32([2; 32]).to_string()), "{error}");
    }

    #[test]
    fn nominate_takes_addresses() {
        let address = |byte| Value::unnamed_variant("Id", [Value::from_bytes([byte; 32])]);
        let expected = Call::new(PALLET, "nominate", vec![Value::unnamed_composite([address(1), address(2)])]);
        assert_eq!(targets(&[1, 2]).call(), expected);
    }
}
