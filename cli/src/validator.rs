//! `hearth validator`: making blocks, and being paid for it.

use crate::{
    amount::Amount,
    args::Options,
    bond::{bonded, Bonding, Role},
    commission::Commission,
    error::{Error, Result},
    ledger::{EraIndex, Prefs},
    payout::{pages_per_transaction, unclaimed, Unclaimed},
    secret::{account, account_of},
    session_keys::Keys,
    staking::{Staking, PALLET},
    tx::{account_value, submit, Call, Receipt},
    ui::{line, table},
    unbond::{stop, withdraw, Unbond},
    validator_status,
};
use clap::{Args, Subcommand};
use serde::Serialize;
use subxt::{dynamic::Value, utils::AccountId32};

/// What can be done as a validator.
#[derive(Debug, Subcommand)]
pub enum ValidatorVerb {
    /// Have the node make session keys for the signing account, and set them on chain. The node at --url must be the validator's own: it
    /// keeps the secrets. It makes keys on the loopback only, or with --rpc-methods unsafe. --print needs no transaction.
    Keys(Keys),
    /// Bond and validate, or change how. The validators are elected once an era, those with the largest stake behind them.
    Start(Start),
    /// Stop validating. The bond stays, and so do the duties until the era ends.
    Stop,
    /// How the signing account validates, or another.
    Status {
        /// The validator.
        #[arg(value_parser = account, value_name = "ADDRESS")]
        address: Option<AccountId32>,
    },
    /// The validators of this era, and those that wait to be elected.
    List,
    /// Pay what ended eras owe a validator and its nominators. Anybody may; whoever signs pays the fee.
    Payout(Payout),
    /// Start the way back of a part of the bond.
    Unbond(Unbond),
    /// Fetch what of the bond has become free. Rewards are paid only while something is bonded: pay out first.
    Withdraw,
}

/// How to validate.
#[derive(Args, Clone, Debug)]
pub struct Start {
    #[command(flatten)]
    bonding: Bonding,
    /// The part of the rewards that is taken before the rest is shared with nominators. The present one, or the least allowed, if nothing
    /// is said.
    #[arg(long, value_name = "PERCENT")]
    commission: Option<Commission>,
}

#[derive(Debug, Serialize)]
struct Started {
    validator: AccountId32,
    bonded: Amount,
    commission: Commission,
    /// The first era for which it can be elected.
    from_era: EraIndex,
    #[serde(flatten)]
    receipt: Receipt,
}

/// Rewards to pay.
#[derive(Args, Clone, Debug)]
pub struct Payout {
    /// The validator; the signing account, if nothing is said.
    #[arg(long, value_parser = account, value_name = "ADDRESS")]
    validator: Option<AccountId32>,
    /// Only this era.
    #[arg(long)]
    era: Option<EraIndex>,
}

/// A page of an era.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
struct EraPage {
    era: EraIndex,
    page: u32,
}

#[derive(Debug, Serialize)]
struct PaidOut {
    validator: AccountId32,
    /// What was paid for: none if nothing was owed.
    pages: Vec<EraPage>,
    /// What validator and nominators got together.
    paid: Amount,
    transactions: Vec<Receipt>,
}

impl ValidatorVerb {
    /// Does what was asked.
    pub async fn run(self, options: &Options) -> Result<()> {
        match self {
            Self::Keys(keys) => keys.run(options).await,
            Self::Start(start) => start.run(options).await,
            Self::Stop => stop(options, Role::Validator).await,
            Self::Status { address } => validator_status::show(options, address).await,
            Self::List => validator_status::list(options).await,
            Self::Payout(payout) => payout.run(options).await,
            Self::Unbond(unbond) => unbond.run(options, Role::Validator).await,
            Self::Withdraw => withdraw(options, Role::Validator).await,
        }
    }
}

impl Start {
    async fn run(self, options: &Options) -> Result<()> {
        let signer = options.given().signer()?;
        let validator = account_of(&signer);
        let chain = options.connect().await?;
        let staking = Staking::read(&chain).await?;
        if staking.session_keys(&validator).await?.is_none() {
            return Err(Error::failed(format!(
                "{validator} has no session keys, with which its node would make blocks; run `hearth validator keys` first"
            )));
        }
        let least = Commission(staking.state.value(PALLET, "MinCommission", ()).await?.unwrap_or_default());
        let prefs = prefs(self.commission, staking.prefs(&validator).await?, least)?;
        let ledger = staking.ledger(&validator).await?;
        let least = Role::Validator.least_bond(&staking).await?;
        let (mut calls, bonded) = self.bonding.calls(ledger.as_ref(), Role::Validator, least)?;
        calls.push(Call::new(PALLET, "validate", vec![prefs_value(&prefs)]));
        let call = Call::all(calls);
        if staking.nominations(&validator).await?.is_some() {
            line("the account nominates until now: validating ends that");
        }
        self.bonding.afford(&chain, &staking, &signer, &call, ledger.as_ref()).await?;
        let receipt = submit(&chain, &signer, call, "starting to validate").await?;

        let eras = staking.eras;
        let commission = Commission(prefs.commission);
        let started = Started { validator, bonded, commission, from_era: eras.next(), receipt };
        options.output().print(&started, |started| {
            table(&[
                ("validator", started.validator.to_string()),
                ("at stake", started.bonded.to_string()),
                ("commission", started.commission.to_string()),
                ("elected", format!("for {} at the earliest", eras.when(started.from_era))),
                ("next", "hearth validator status".to_string()),
            ])
        })
    }
}

/// How to validate: as asked, else as until now.
fn prefs(asked: Option<Commission>, present: Option<Prefs>, least: Commission) -> Result<Prefs> {
    let present_commission = present.as_ref().map(|prefs| Commission(prefs.commission).max(least));
    let commission = asked.or(present_commission).unwrap_or(least);
    if commission < least {
        return Err(Error::failed(format!("a validator takes {least} at least; raise --commission")));
    }
    Ok(Prefs { commission: commission.0, blocked: present.is_some_and(|prefs| prefs.blocked) })
}

/// Preferences as a call's argument.
fn prefs_value(prefs: &Prefs) -> Value {
    Value::named_composite([("commission", Value::u128(prefs.commission.into())), ("blocked", Value::bool(prefs.blocked))])
}

impl Payout {
    async fn run(self, options: &Options) -> Result<()> {
        let signer = options.given().signer()?;
        let validator = self.validator.unwrap_or_else(|| account_of(&signer));
        let chain = options.connect().await?;
        let staking = Staking::read(&chain).await?;
        // The chain pays nobody who has withdrawn everything.
        bonded(&staking, &validator, Role::Validator).await?;
        let pages = self.pages(&validator, unclaimed(&staking, &validator).await?)?;

        let size: u32 = staking.state.constant(PALLET, "MaxExposurePageSize")?;
        let mut paid = PaidOut { validator, pages, paid: Amount(0), transactions: Vec::new() };
        for pages in paid.pages.chunks(pages_per_transaction(size)) {
            let calls = pages.iter().map(|page| page.call(&validator)).collect();
            let doing = format!("paying out {} of {} pages", pages.len(), paid.pages.len());
            let receipt = submit(&chain, &signer, Call::all(calls), &doing).await?;
            paid.paid = paid.paid.saturating_add(receipt.event_sum(PALLET, "Rewarded", "amount"));
            paid.transactions.push(receipt);
        }
        options.output().print(&paid, paid_text)
    }

    /// The pages to pay.
    fn pages(&self, validator: &AccountId32, owed: Vec<Unclaimed>) -> Result<Vec<EraPage>> {
        let owed = owed.into_iter().filter(|owed| self.era.is_none_or(|era| era == owed.era));
        let pages: Vec<_> = owed.flat_map(|owed| owed.pages.into_iter().map(move |page| EraPage { era: owed.era, page })).collect();
        match self.era {
            Some(era) if pages.is_empty() => Err(Error::failed(format!(
                "era {era} owes {validator} nothing: it has not ended, is paid, or the validator earned nothing; see `hearth validator status`"
            ))),
            _ => Ok(pages),
        }
    }
}

impl EraPage {
    /// The call that pays it.
    fn call(&self, validator: &AccountId32) -> Call {
        let args = vec![account_value(validator), Value::u128(self.era.into()), Value::u128(self.page.into())];
        Call::new(PALLET, "payout_stakers_by_page", args)
    }
}

fn paid_text(paid: &PaidOut) -> String {
    if paid.pages.is_empty() {
        return format!("{} is owed nothing: all eras that have ended are paid", paid.validator);
    }
    let mut eras: Vec<_> = paid.pages.iter().map(|page| page.era.to_string()).collect();
    eras.dedup();
    table(&[
        ("validator", paid.validator.to_string()),
        ("eras", eras.join(", ")),
        ("paid", format!("{} to the validator and its nominators", paid.paid)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payout::tests::unpaid;

    const OWNER: AccountId32 = AccountId32([7; 32]);

    #[test]
    fn prefs_are_those_asked_for_or_those_until_now() {
        let (asked, least) = (Some(Commission(7)), Commission(5));
        let present = |commission| Some(Prefs { commission, blocked: true });
        let taken = |asked, present| prefs(asked, present, least).map(|prefs| (prefs.commission, prefs.blocked)).map_err(|_| ());
        assert_eq!(taken(asked, None), Ok((7, false)));
        assert_eq!(taken(asked, present(9)), Ok((7, true)));
        assert_eq!(taken(None, present(9)), Ok((9, true)));
        assert_eq!(taken(None, present(1)), Ok((5, true)));
        assert_eq!(taken(None, None), Ok((5, false)));
        assert_eq!(taken(Some(Commission(4)), present(9)), Err(()));
    }

    #[test]
    fn prefs_value_has_the_chains_field_names() {
        let fields = [("commission", Value::u128(50_000_000)), ("blocked", Value::bool(true))];
        assert_eq!(prefs_value(&Prefs { commission: 50_000_000, blocked: true }), Value::named_composite(fields));
    }

    #[test]
    fn payout_is_of_all_eras_or_of_one() {
        let payout = |era| Payout { validator: None, era };
        let owed = || vec![unpaid(3, &[0]), unpaid(4, &[0, 2])];
        let page = |era, page| EraPage { era, page };
        assert_eq!(payout(None).pages(&OWNER, owed()).unwrap(), [page(3, 0), page(4, 0), page(4, 2)]);
        assert_eq!(payout(Some(4)).pages(&OWNER, owed()).unwrap(), [page(4, 0), page(4, 2)]);
        assert!(payout(Some(5)).pages(&OWNER, owed()).unwrap_err().to_string().contains("era 5 owes"));
        assert!(payout(None).pages(&OWNER, vec![]).unwrap().is_empty());
    }

    #[test]
    fn paid_text_names_each_era_once() {
        let pages = vec![EraPage { era: 3, page: 0 }, EraPage { era: 4, page: 0 }, EraPage { era: 4, page: 1 }];
        let paid = PaidOut { validator: OWNER, pages, paid: Amount(1_500_000_000_000), transactions: vec![Receipt::default()] };
        let text = paid_text(&paid);
        assert!(text.contains("3, 4\n") && text.contains("1.5 HRT"), "{text}");
        let json = serde_json::to_value(&paid).unwrap();
        assert_eq!((json["pages"][2]["era"].as_u64(), json["pages"][2]["page"].as_u64()), (Some(4), Some(1)));
        assert_eq!(json["paid"]["hrt"], "1.5");
        assert!(json["transactions"][0]["block"].is_string());
        let nothing = PaidOut { pages: vec![], transactions: vec![], ..paid };
        assert!(paid_text(&nothing).contains("owed nothing"));
    }
}
