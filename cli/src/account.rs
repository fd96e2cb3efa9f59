//! `hearth account`: what an account has, what of it is held and why, what comes back when, and what it can claim.

use crate::{amount::Amount, args::Options, chain::Account, error::Result, payout::eras_text, secret::account, ui::table, units};
use clap::Subcommand;
use hearth_primitives::account::{Claimable, ClaimableFrom, HoldFor, Release, Unbonding, UnbondingFrom};
use serde::Serialize;
use std::time::Duration;
use subxt::utils::AccountId32;

/// What can be asked of accounts.
#[derive(Debug, Subcommand)]
pub enum AccountVerb {
    /// What the signing account has, or another: available, held and for what, unbonding until when, and what it can claim.
    Status {
        /// The account.
        #[arg(value_parser = account, value_name = "ADDRESS")]
        address: Option<AccountId32>,
    },
}

#[derive(Debug, Serialize)]
struct Status {
    account: AccountId32,
    #[serde(flatten)]
    view: Account,
}

impl AccountVerb {
    /// Does what was asked.
    pub async fn run(self, options: &Options) -> Result<()> {
        let Self::Status { address } = self;
        let account = options.account_or_signer(address)?;
        let chain = options.connect().await?;
        let (view, block_time) = (chain.account(&account).await?, chain.block_time().await?);
        options.output().print(&Status { account, view }, |status| status_text(status, block_time))
    }
}

/// `block_time` is how long a block takes.
fn status_text(status: &Status, block_time: Duration) -> String {
    let view = &status.view;
    let mut rows = vec![
        ("account", status.account.to_string()),
        ("available", view.available.to_string()),
        ("total", format!("{}, with what is held", view.total)),
    ];
    rows.extend(view.held.iter().map(|held| ("held", format!("{} {}", held.amount, hold_text(held.reason)))));
    rows.extend(view.unbonding.iter().map(|part| ("unbonding", unbonding_text(part, view.block, block_time))));
    rows.extend(view.claimable.iter().map(|claim| ("claimable", claimable_text(claim, &status.account))));
    table(&rows)
}

fn hold_text(reason: HoldFor) -> &'static str {
    match reason {
        HoldFor::JobEscrow => "for jobs that have not ended; see `hearth job list`",
        HoldFor::ModelDeposit => "for models that it registered, until they are retired",
        HoldFor::ProviderBond => "as the bond of its provider; see `hearth provider status`",
        HoldFor::Backing => "behind providers, with what is unbonding; see `hearth back status`",
        HoldFor::Staking => "bonded to validate or to nominate, with what is unbonding",
        HoldFor::SessionKeys => "for session keys",
        HoldFor::Deposit => "as deposits for proxies, calls of several signatories and referenda",
        HoldFor::Preimage => "for calls that referenda decide on, until they are taken away",
        HoldFor::Other => "reserved for another reason",
        HoldFor::Dispute => "as bonds of challenges and appeals, until the verdicts",
        HoldFor::SlashAppeal => "as bonds of appeals against slashes, until they are cancelled or executed",
    }
}

/// `now` is the block by whose state it is told.
fn unbonding_text(part: &Unbonding<Amount, u32>, now: u32, block_time: Duration) -> String {
    let (from, withdraw) = match part.from {
        UnbondingFrom::Staking => ("stake".to_string(), "`hearth nominate withdraw` (or `hearth validator withdraw`)".to_string()),
        UnbondingFrom::ProviderBond => ("the provider's bond".to_string(), "`hearth provider withdraw`".to_string()),
        UnbondingFrom::Backing(id) => (format!("the backing of provider {id}"), format!("`hearth back withdraw --provider {id}`")),
    };
    let about = |block: u32| format!("in about {}", units::show_blocks(block.saturating_sub(now), block_time));
    match part.until {
        Release::Due => format!("{} of {from}: free, {withdraw} fetches it", part.amount),
        Release::Block(block) => format!("{} of {from}: free from block {block} on, {}", part.amount, about(block)),
        Release::Era { era, block } => {
            format!("{} of {from}: free when era {era} is planned, about block {block}, {}", part.amount, about(block))
        }
    }
}

/// How much, and the command that claims it for `account`, whoever signs.
fn claimable_text(claim: &Claimable<AccountId32, Amount>, account: &AccountId32) -> String {
    match &claim.source {
        ClaimableFrom::Provider(id) => format!("{} of provider {id}: `hearth provider claim --id {id}`", claim.amount),
        ClaimableFrom::Backing(id) => {
            format!("{} of the backing of provider {id}: `hearth back claim --provider {id} --backer {account}`", claim.amount)
        }
        ClaimableFrom::Staking { validator, eras } => {
            format!("{} of stake in {}: `hearth validator payout --validator {validator}`", claim.amount, eras_text(eras))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::tests::account;
    use hearth_primitives::account::Held;

    const OWNER: AccountId32 = AccountId32([1; 32]);

    fn status() -> Status {
        Status { account: OWNER, view: account() }
    }

    #[test]
    fn status_in_json_has_the_chains_codes() {
        let json = serde_json::to_value(status()).unwrap();
        assert_eq!(json["account"], OWNER.to_string());
        assert_eq!(json["available"]["hrt"], "1.5");
        assert_eq!(json["held"][0]["reason"], "staking");
        assert_eq!(json["held"][1]["reason"], "provider_bond");
        assert_eq!(json["held"][2]["reason"], "backing");
        assert_eq!(json["held"][0]["amount"]["hrt"], "5");
        assert_eq!(json["unbonding"][0]["until"], "due");
        assert_eq!(json["unbonding"][1]["until"]["era"]["era"], 9);
        assert_eq!(json["unbonding"][1]["until"]["era"]["block"], 1_300);
        assert_eq!(json["unbonding"][2]["until"]["block"], 700);
        assert_eq!(json["unbonding"][2]["from"], "provider_bond");
        assert_eq!(json["unbonding"][3]["from"]["backing"], 5);
        assert_eq!(json["claimable"][0]["source"]["provider"], 3);
        assert_eq!(json["claimable"][1]["source"]["staking"]["validator"], AccountId32([2; 32]).to_string());
        assert_eq!(json["claimable"][1]["source"]["staking"]["eras"][1], 4);
        assert_eq!(json["claimable"][2]["source"]["backing"], 5);
    }

    #[test]
    fn status_text_says_what_each_amount_is_and_what_fetches_it() {
        let text = status_text(&status(), Duration::from_secs(3));
        let payout = format!("3 HRT of stake in eras 3 and 4: `hearth validator payout --validator {}`", AccountId32([2; 32]));
        let claim = format!("0.25 HRT of the backing of provider 5: `hearth back claim --provider 5 --backer {OWNER}`");
        for part in [
            "1.5 HRT",
            "5 HRT bonded to validate or to nominate",
            "300 HRT as the bond of its provider",
            "40 HRT behind providers",
            "2 HRT of stake: free, `hearth nominate withdraw`",
            // 1,200 blocks of three seconds, and 600.
            "2 HRT of stake: free when era 9 is planned, about block 1300, in about 60 minutes",
            "300 HRT of the provider's bond: free from block 700 on, in about 30 minutes",
            "40 HRT of the backing of provider 5: free from block 300 on, in about 10 minutes",
            "of provider 3: `hearth provider claim --id 3`",
            &payout,
            &claim,
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        let due = Unbonding { amount: Amount(1), from: UnbondingFrom::Backing(5), until: Release::Due };
        let text = unbonding_text(&due, 100, Duration::from_secs(3));
        assert!(text.ends_with("free, `hearth back withdraw --provider 5` fetches it"), "{text}");
    }

    #[test]
    fn status_text_has_words_for_every_reason() {
        let reasons = [
            HoldFor::JobEscrow,
            HoldFor::ModelDeposit,
            HoldFor::ProviderBond,
            HoldFor::Backing,
            HoldFor::Staking,
            HoldFor::SessionKeys,
            HoldFor::Deposit,
            HoldFor::Preimage,
            HoldFor::Other,
            HoldFor::Dispute,
            HoldFor::SlashAppeal,
        ];
        let mut status = status();
        status.view.held = reasons.map(|reason| Held { amount: Amount(1), reason }).to_vec();
        let text = status_text(&status, Duration::from_secs(3));
        let held: std::collections::BTreeSet<_> = text.lines().filter(|line| line.starts_with("held")).collect();
        assert_eq!(held.len(), reasons.len(), "{text}");
    }

    #[test]
    fn status_of_an_account_with_nothing_is_three_lines() {
        let nothing = Account { block: 7, total: Amount(0), available: Amount(0), held: vec![], unbonding: vec![], claimable: vec![] };
        let text = status_text(&Status { account: OWNER, view: nothing }, Duration::from_secs(3));
        assert_eq!(text.lines().count(), 3, "{text}");
    }
}
