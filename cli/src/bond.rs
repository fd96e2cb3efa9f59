//! What validators and nominators do alike with a bond: what it is for, making and raising it. Its way back is in
//! [`unbond`](crate::unbond). Whether an account can pay for what is held of it is asked for backers too.

use crate::{
    amount::Amount,
    chain::Chain,
    error::{Error, Result},
    ledger::{Ledger, Payee},
    money::Money,
    secret::account_of,
    staking::{Staking, PALLET},
    tx::{amount_value, estimate, Call},
    ui::line,
};
use clap::Args;
use serde::Serialize;
use subxt::utils::AccountId32;
use subxt_signer::sr25519::Keypair;

/// What a bond is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Validating.
    Validator,
    /// Nominating.
    Nominator,
}

impl Role {
    /// The noun of the command line.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Validator => "validator",
            Self::Nominator => "nominate",
        }
    }

    /// Who does it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Validator => "validator",
            Self::Nominator => "nominator",
        }
    }

    /// The least bond for it.
    pub async fn least_bond(self, staking: &Staking) -> Result<Amount> {
        let name = match self {
            Self::Validator => "MinValidatorBond",
            Self::Nominator => "MinNominatorBond",
        };
        staking.amount(name).await
    }

    /// What an account does now.
    pub async fn of(staking: &Staking, stash: &AccountId32) -> Result<Option<Self>> {
        if staking.prefs(stash).await?.is_some() {
            return Ok(Some(Self::Validator));
        }
        Ok(staking.nominations(stash).await?.map(|_| Self::Nominator))
    }
}

/// A bond to make or to raise.
#[derive(Args, Clone, Debug)]
pub struct Bonding {
    /// What is to be at stake in all: as much is bonded as is missing.
    #[arg(long, value_name = "HRT")]
    bond: Amount,
    /// Where rewards go: `stash` is the account itself, `staked` its bond. A new bond pays to the stash if nothing is said.
    #[arg(long, value_name = "stash|staked|ADDRESS")]
    payee: Option<Payee>,
}

impl Bonding {
    /// The calls that are needed for it, and the stake after them. `least` is what the role takes.
    pub fn calls(&self, ledger: Option<&Ledger>, role: Role, least: Amount) -> Result<(Vec<Call>, Amount)> {
        let active = ledger.map_or(Amount(0), |ledger| Amount(ledger.active));
        let stake = active.max(self.bond);
        if stake < least {
            return Err(Error::failed(format!("a {} bonds {least} at least; raise --bond", role.name())));
        }
        let call = |name, args| Call::new(PALLET, name, args);
        let mut calls = Vec::new();
        match ledger {
            None => {
                let payee = self.payee.as_ref().unwrap_or(&Payee::Stash);
                calls.push(call("bond", vec![amount_value(self.bond), payee.value()]));
            }
            Some(_) => {
                let missing = self.missing(ledger);
                if missing > Amount(0) {
                    calls.push(call("bond_extra", vec![amount_value(missing)]));
                }
                calls.extend(self.payee.as_ref().map(|payee| call("set_payee", vec![payee.value()])));
            }
        }
        Ok((calls, stake))
    }

    /// What has to be bonded in addition.
    fn missing(&self, ledger: Option<&Ledger>) -> Amount {
        self.bond.saturating_sub(ledger.map_or(Amount(0), |ledger| Amount(ledger.active)))
    }

    /// Says what `call` holds and costs before it is signed, and stops if the account cannot pay.
    pub async fn afford(&self, chain: &Chain, staking: &Staking, signer: &Keypair, call: &Call, ledger: Option<&Ledger>) -> Result<()> {
        let stash = account_of(signer);
        let (money, missing) = (staking.state.money(&stash).await?, self.missing(ledger));
        let fee = estimate(chain, signer, call).await?;
        line(&format!("{missing} will be bonded; the transaction itself costs about {fee}"));
        check_means(&stash, &money, missing, fee, "--bond")
    }
}

/// Stops if an account with this money cannot pay `fee` and then bond `amount`, which `option` gave.
pub fn check_means(account: &AccountId32, money: &Money, amount: Amount, fee: Amount, option: &str) -> Result<()> {
    if pays(money, amount, fee) {
        return Ok(());
    }
    Err(short(account, money, amount.saturating_add(fee), &format!("send it more, or lower {option}")))
}

/// Says what the transaction of a bond costs whose amount the chain sets, and stops if the signing account cannot pay both.
pub async fn put_up(chain: &Chain, signer: &Keypair, call: &Call, bond: Amount) -> Result<()> {
    let account = account_of(signer);
    let (money, fee) = (chain.money(&account).await?, estimate(chain, signer, call).await?);
    line(&format!("the transaction itself costs about {fee}"));
    if pays(&money, bond, fee) {
        return Ok(());
    }
    Err(short(&account, &money, bond.saturating_add(fee), "send it more"))
}

fn short(account: &AccountId32, money: &Money, needed: Amount, next: &str) -> Error {
    let Money { available, holdable, .. } = money;
    Error::failed(format!("{account} needs {needed} for bond and fee, and has {holdable} to bond and {available} to spend; {next}"))
}

/// Whether an account can pay a fee and then bond an amount. Frozen money can be bonded, but pays no fee.
fn pays(money: &Money, bonded: Amount, fee: Amount) -> bool {
    money.available >= fee && money.holdable >= bonded.saturating_add(fee)
}

/// The ledger of an account that has bonded.
pub async fn bonded(staking: &Staking, stash: &AccountId32, role: Role) -> Result<Ledger> {
    let noun = role.noun();
    let ledger = staking.ledger(stash).await?;
    ledger.ok_or_else(|| Error::failed(format!("{stash} has bonded nothing; see `hearth {noun} start --help`")))
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::ledger::Chunk;
    use subxt::dynamic::Value;

    fn bonding(bond: u128, payee: Option<Payee>) -> Bonding {
        Bonding { bond: Amount(bond), payee }
    }

    /// What is at stake, and what is on its way out.
    pub fn ledger(active: u128, unlocking: &[(u128, u32)]) -> Ledger {
        let total = unlocking.iter().fold(active, |total, (value, _)| total + value);
        Ledger { total, active, unlocking: unlocking.iter().map(|&(value, era)| Chunk { value, era }).collect() }
    }

    fn call(name: &'static str, args: Vec<Value>) -> Call {
        Call::new(PALLET, name, args)
    }

    #[test]
    fn bond_is_made_where_there_is_none() {
        let (calls, stake) = bonding(100, None).calls(None, Role::Validator, Amount(100)).unwrap();
        assert_eq!(calls, [call("bond", vec![Value::u128(100), Payee::Stash.value()])]);
        assert_eq!(stake, Amount(100));
        let (calls, _) = bonding(100, Some(Payee::Staked)).calls(None, Role::Validator, Amount(0)).unwrap();
        assert_eq!(calls, [call("bond", vec![Value::u128(100), Payee::Staked.value()])]);
    }

    #[test]
    fn bond_is_raised_to_what_is_asked() {
        let old = ledger(60, &[(10, 9)]);
        let (calls, stake) = bonding(100, None).calls(Some(&old), Role::Nominator, Amount(100)).unwrap();
        assert_eq!((calls, stake), (vec![call("bond_extra", vec![Value::u128(40)])], Amount(100)));
        // Never lowered.
        let (calls, stake) = bonding(50, None).calls(Some(&old), Role::Nominator, Amount(60)).unwrap();
        assert_eq!((calls, stake), (vec![], Amount(60)));
        let (calls, _) = bonding(60, Some(Payee::Stash)).calls(Some(&old), Role::Nominator, Amount(0)).unwrap();
        assert_eq!(calls, [call("set_payee", vec![Payee::Stash.value()])]);
    }

    #[test]
    fn bond_below_the_least_is_refused() {
        let error = bonding(99, None).calls(None, Role::Validator, Amount(100)).unwrap_err().to_string();
        assert!(error.contains("a validator bonds") && error.contains("--bond"), "{error}");
        assert!(bonding(99, None).calls(Some(&ledger(99, &[])), Role::Nominator, Amount(100)).is_err());
    }

    #[test]
    fn fee_is_paid_from_what_is_not_frozen() {
        let money = |available, holdable| Money { available: Amount(available), holdable: Amount(holdable), held: Amount(0) };
        assert!(pays(&money(100, 100), Amount(90), Amount(10)));
        assert!(!pays(&money(100, 100), Amount(91), Amount(10)));
        assert!(pays(&money(10, 100), Amount(90), Amount(10)));
        assert!(!pays(&money(9, 100), Amount(50), Amount(10)));
        let check = |available| check_means(&AccountId32([1; 32]), &money(available, 100), Amount(50), Amount(10), "--amount");
        assert!(check(10).is_ok());
        assert!(check(9).unwrap_err().to_string().ends_with("lower --amount"));
    }
}
