//! `hearth nominate status`: how a nominator stands.

use crate::{
    amount::Amount,
    args::Options,
    commission::Commission,
    error::Result,
    ledger::{EraIndex, Page, Payee, UnappliedSlash},
    payout::{eras_text, owed, Owed},
    staking::{Staking, Unbonding},
    ui::table,
};
use serde::Serialize;
use subxt::utils::AccountId32;

#[derive(Debug, Serialize)]
struct Status {
    stash: AccountId32,
    nominating: bool,
    /// Where rewards go; none where nothing was ever bonded.
    payee: Option<Payee>,
    /// What is at stake from the next election on.
    bonded: Amount,
    unbonding: Vec<Unbonding>,
    era: EraIndex,
    validators: Vec<Backed>,
    /// What ended eras owe, by the validators whom they elected.
    unclaimed: Vec<Owed>,
    slashes: Vec<Slash>,
}

/// A nominated validator.
#[derive(Debug, Serialize)]
struct Backed {
    validator: AccountId32,
    /// Whether it is elected for this era.
    active: bool,
    /// How much of the nominator's stake is behind it in this era.
    stake: Amount,
    /// None where it is no candidate any more.
    commission: Option<Commission>,
}

/// A slash that waits.
#[derive(Debug, Serialize)]
struct Slash {
    /// The era at whose beginning it is applied, unless it is cancelled before.
    era: EraIndex,
    /// The validator who is at fault.
    validator: AccountId32,
    /// What the nominator loses.
    amount: Amount,
}

/// Shows how the signing account nominates, or another.
pub async fn show(options: &Options, address: Option<AccountId32>) -> Result<()> {
    let stash = options.account_or_signer(address)?;
    let chain = options.connect().await?;
    let staking = Staking::read(&chain).await?;
    let eras = staking.eras;
    let ledger = staking.ledger(&stash).await?.unwrap_or_default();
    let targets = staking.nominations(&stash).await?;
    let nominating = targets.is_some();
    let targets = targets.unwrap_or_default();
    let mut validators = Vec::new();
    for validator in &targets {
        validators.push(backed(&staking, *validator, &stash).await?);
    }
    let status = Status {
        stash,
        nominating,
        payee: staking.payee(&stash).await?,
        bonded: Amount(ledger.active),
        unbonding: eras.unbonding(&ledger),
        era: eras.active,
        validators,
        unclaimed: owed(&chain, &stash).await?,
        slashes: slashes(&staking.slashes().await?, &stash),
    };
    options.output().print(&status, |status| status_text(status, &eras.when(eras.next())))
}

/// How a validator and the nominator's stake behind it stand in this era.
async fn backed(staking: &Staking, validator: AccountId32, stash: &AccountId32) -> Result<Backed> {
    let era = staking.eras.active;
    let overview = staking.overview(era, &validator).await?;
    let mut stake = 0;
    for page in 0..overview.as_ref().map_or(0, |overview| overview.page_count) {
        if let Some(found) = stake_in(&staking.page(era, &validator, page).await?, stash) {
            stake = found;
            break;
        }
    }
    let commission = staking.prefs(&validator).await?.map(|prefs| Commission(prefs.commission));
    Ok(Backed { validator, active: overview.is_some(), stake: Amount(stake), commission })
}

/// A nominator's stake in a page.
fn stake_in(page: &Page, stash: &AccountId32) -> Option<u128> {
    page.others.iter().find(|exposed| exposed.who == *stash).map(|exposed| exposed.value)
}

/// What of the slashes that wait is the nominator's.
fn slashes(waiting: &[(EraIndex, UnappliedSlash)], stash: &AccountId32) -> Vec<Slash> {
    let own = waiting.iter().filter_map(|(era, slash)| {
        let (_, amount) = slash.others.iter().find(|(who, _)| who == stash)?;
        Some(Slash { era: *era, validator: slash.validator, amount: Amount(*amount) })
    });
    own.collect()
}

/// `next` is the era that can be elected next, and when it begins.
fn status_text(status: &Status, next: &str) -> String {
    let standing = if status.nominating { "nominating" } else { "not nominating; `hearth nominate start` changes that" };
    let payee = status.payee.as_ref().map_or_else(|| "none".to_string(), |payee| payee.to_string());
    let mut rows = vec![
        ("nominator", status.stash.to_string()),
        ("status", standing.to_string()),
        ("rewards go to", payee),
        ("at stake", format!("{}, counted from {next} on", status.bonded)),
    ];
    rows.extend(status.unbonding.iter().map(|part| ("unbonding", part.text("nominate"))));
    rows.push(("this era", status.era.to_string()));
    rows.extend(status.validators.iter().map(|backed| ("nominates", backed_text(backed))));
    let owed = status.unclaimed.iter().map(|owed| format!("{}: {} behind {}", eras_text(&owed.eras), owed.amount, owed.validator));
    rows.extend(owed.map(|text| ("unclaimed", text)));
    let slashes = status.slashes.iter();
    let slashes = slashes.map(|slash| format!("applied in era {}: {} behind {}", slash.era, slash.amount, slash.validator));
    rows.extend(slashes.map(|text| ("slash waits", text)));
    if let Some(owed) = status.unclaimed.first() {
        rows.push(("next", format!("hearth validator payout --validator {}", owed.validator)));
    }
    table(&rows)
}

fn backed_text(backed: &Backed) -> String {
    let commission = backed.commission.map_or_else(|| "no candidate any more".to_string(), |commission| format!("takes {commission}"));
    let active = if backed.active { format!("active, {} of yours behind it", backed.stake) } else { "not elected".to_string() };
    format!("{}: {active}, {commission}", backed.validator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{bond::tests::ledger, ledger::Exposed, staking::tests::eras};

    const STASH: AccountId32 = AccountId32([7; 32]);
    const ONE: AccountId32 = AccountId32([1; 32]);
    const TWO: AccountId32 = AccountId32([2; 32]);

    fn status() -> Status {
        Status {
            stash: STASH,
            nominating: true,
            payee: Some(Payee::Account(ONE)),
            bonded: Amount(1_500_000_000_000),
            unbonding: eras().unbonding(&ledger(0, &[(7, 8), (7, 9)])),
            era: 7,
            validators: vec![
                Backed { validator: ONE, active: true, stake: Amount(1_000_000_000_000), commission: Some(Commission(50_000_000)) },
                Backed { validator: TWO, active: false, stake: Amount(0), commission: None },
            ],
            unclaimed: vec![Owed { validator: ONE, eras: vec![4, 5], amount: Amount(2_000_000_000_000) }],
            slashes: vec![Slash { era: 9, validator: TWO, amount: Amount(500_000_000_000) }],
        }
    }

    #[test]
    fn status_in_json() {
        let json = serde_json::to_value(status()).unwrap();
        assert_eq!(json["payee"]["account"], ONE.to_string());
        assert_eq!(json["unbonding"][0]["free"], true);
        assert_eq!(json["unbonding"][1]["free"], false);
        assert_eq!(json["validators"][0]["active"], true);
        assert_eq!(json["validators"][0]["stake"]["hrt"], "1");
        assert_eq!(json["validators"][0]["commission"], "5%");
        assert!(json["validators"][1]["commission"].is_null());
        assert_eq!(json["unclaimed"][0]["eras"][1], 5);
        assert_eq!(json["slashes"][0]["amount"]["hrt"], "0.5");
    }

    #[test]
    fn status_text_says_what_each_number_is() {
        let text = status_text(&status(), "era 9 (in about 2 hours)");
        let payout = format!("hearth validator payout --validator {ONE}");
        for part in [
            "1.5 HRT, counted from era 9",
            "`hearth nominate withdraw`",
            "active, 1 HRT of yours behind it, takes 5%",
            "not elected, no candidate any more",
            "eras 4 and 5: 2 HRT behind",
            "applied in era 9: 0.5 HRT behind",
            &payout,
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        let idle = Status { nominating: false, validators: vec![], unclaimed: vec![], slashes: vec![], ..status() };
        let text = status_text(&idle, "era 9");
        assert!(text.contains("`hearth nominate start`") && !text.contains("payout"), "{text}");
    }

    #[test]
    fn stake_and_slashes_are_the_nominators_own() {
        let others = vec![Exposed { who: ONE, value: 3 }, Exposed { who: STASH, value: 4 }];
        let page = Page { others };
        assert_eq!((stake_in(&page, &STASH), stake_in(&page, &TWO)), (Some(4), None));
        let slash = |others| UnappliedSlash { validator: TWO, own: 1, others };
        let own = slashes(&[(8, slash(vec![(ONE, 5)])), (9, slash(vec![(ONE, 5), (STASH, 6)]))], &STASH);
        assert_eq!(own.iter().map(|slash| (slash.era, slash.amount)).collect::<Vec<_>>(), [(9, Amount(6))]);
    }
}
