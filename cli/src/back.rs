//! `hearth back`: putting money behind a provider, and getting it back. How it stands is in [`back_status`](crate::back_status).

use crate::{
    amount::Amount,
    args::Options,
    back_status::{self, part_text},
    bond::check_means,
    chain::{Backing, Chain, Provider},
    commission::Commission,
    error::{Error, Result},
    provider::{self, PALLET, REWARDS},
    secret::{account, account_of},
    tx::{account_value, amount_value, estimate, submit, Call, Receipt},
    ui::{line, table},
    units,
};
use clap::{Args, Subcommand};
use hearth_primitives::{
    provider::{ProviderStatus, UnbondingView},
    ProviderId,
};
use serde::Serialize;
use std::time::Duration;
use subxt::{dynamic::Value, utils::AccountId32};

/// What can be done as a backer.
#[derive(Debug, Subcommand)]
pub enum BackVerb {
    /// Put money behind another's provider, or more of it. It shares what eras owe the provider, from the era that runs on.
    Add {
        /// The provider's id; `hearth provider list` tells who accepts how much.
        #[arg(long, value_name = "ID")]
        provider: ProviderId,
        /// How much.
        #[arg(long, value_name = "HRT")]
        amount: Amount,
    },
    /// Start the way back of what is behind a provider. It earns nothing any more, not even in the era that runs.
    Remove {
        /// The provider's id.
        #[arg(long, value_name = "ID")]
        provider: ProviderId,
        #[command(flatten)]
        part: Part,
    },
    /// Fetch what has become free, or everything once the provider is gone. The rewards are paid with the last part.
    Withdraw {
        /// The provider's id.
        #[arg(long, value_name = "ID")]
        provider: ProviderId,
    },
    /// Pay out what ended eras owe the signing account for backing a provider, or another. Anybody may; whoever signs pays the fee.
    Claim {
        /// The provider's id.
        #[arg(long, value_name = "ID")]
        provider: ProviderId,
        /// Who is paid; the signing account, if nothing is said.
        #[arg(long, value_parser = account, value_name = "ADDRESS")]
        backer: Option<AccountId32>,
    },
    /// Take out of a backing what slashes took of it, so that it shares in rewards by what is left. Anybody may; whoever signs pays the fee.
    Collect {
        /// The provider's id.
        #[arg(long, value_name = "ID")]
        provider: ProviderId,
        /// Whose backing it is; the signing account's, if nothing is said.
        #[arg(long, value_parser = account, value_name = "ADDRESS")]
        backer: Option<AccountId32>,
    },
    /// What the signing account has behind providers, or another, and how these stand.
    Status {
        /// The backer.
        #[arg(value_parser = account, value_name = "ADDRESS")]
        address: Option<AccountId32>,
    },
}

/// How much to take back.
#[derive(Args, Clone, Debug)]
#[group(required = true, multiple = false)]
pub struct Part {
    /// So much.
    #[arg(long, value_name = "HRT")]
    amount: Option<Amount>,
    /// All that is active.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Serialize)]
struct Added {
    backer: AccountId32,
    provider: ProviderId,
    added: Amount,
    /// All that shares in the rewards now.
    active: Amount,
    commission: Commission,
    #[serde(flatten)]
    receipt: Receipt,
}

#[derive(Debug, Serialize)]
struct Removed {
    backer: AccountId32,
    provider: ProviderId,
    removed: Amount,
    /// What stays behind the provider.
    active: Amount,
    unbonding: Vec<UnbondingView<Amount, u32>>,
    #[serde(flatten)]
    receipt: Receipt,
}

#[derive(Debug, Serialize)]
struct Withdrawn {
    backer: AccountId32,
    provider: ProviderId,
    withdrawn: Amount,
    /// Rewards that were paid with it: nothing, unless it was the last part.
    claimed: Amount,
    #[serde(flatten)]
    receipt: Receipt,
}

#[derive(Debug, Serialize)]
struct Claimed {
    backer: AccountId32,
    provider: ProviderId,
    claimed: Amount,
    #[serde(flatten)]
    receipt: Receipt,
}

#[derive(Debug, Serialize)]
struct Collected {
    backer: AccountId32,
    provider: ProviderId,
    /// What was lost, and is taken: nothing, if it was taken before.
    collected: Amount,
    #[serde(flatten)]
    receipt: Receipt,
}

/// What the chain asks of backers.
struct Rules {
    /// The least that a backer has active behind a provider.
    least: Amount,
    /// Blocks from the removal of a part until it is free.
    unbonding: u32,
    block_time: Duration,
}

impl Rules {
    async fn read(chain: &Chain) -> Result<Self> {
        let (state, block_time) = (chain.state().await?, chain.block_time().await?);
        Ok(Self { least: Amount(state.constant(PALLET, "MinBacking")?), unbonding: state.constant(PALLET, "UnbondingPeriod")?, block_time })
    }
}

impl BackVerb {
    /// Does what was asked.
    pub async fn run(self, options: &Options) -> Result<()> {
        match self {
            Self::Add { provider, amount } => add(options, provider, amount).await,
            Self::Remove { provider, part } => remove(options, provider, part).await,
            Self::Withdraw { provider } => withdraw(options, provider).await,
            Self::Claim { provider, backer } => claim(options, provider, backer).await,
            Self::Collect { provider, backer } => collect(options, provider, backer).await,
            Self::Status { address } => back_status::show(options, address).await,
        }
    }
}

async fn add(options: &Options, id: ProviderId, amount: Amount) -> Result<()> {
    let signer = options.given().signer()?;
    let backer = account_of(&signer);
    let chain = options.connect().await?;
    let rules = Rules::read(&chain).await?;
    let provider = provider::find(&chain, id).await?;
    let active = chain.backing_of(id, &backer).await?.map(|backing| backing.active).unwrap_or_default();
    check_addition(&provider, &backer, active, amount, rules.least)?;
    let call = Call::new(PALLET, "back", vec![Value::u128(id.into()), amount_value(amount)]);
    let (fee, money) = (estimate(&chain, &signer, &call).await?, chain.money(&backer).await?);
    line(&addition_text(&provider, amount, &rules));
    line(&format!("the transaction itself costs about {fee}"));
    check_means(&backer, &money, amount, fee, "--amount")?;
    let receipt = submit(&chain, &signer, call, "backing the provider").await?;

    let (added, active) = (receipt.event_sum(PALLET, "Backed", "amount"), receipt.event_sum(PALLET, "Backed", "active"));
    let added = Added { backer, provider: id, added, active, commission: Commission(provider.commission), receipt };
    options.output().print(&added, |added| {
        table(&[
            ("backer", added.backer.to_string()),
            ("provider", added.provider.to_string()),
            ("added", added.added.to_string()),
            ("active", added.active.to_string()),
            ("commission", added.commission.to_string()),
            ("next", "hearth back status".to_string()),
        ])
    })
}

/// Whether `backer`, who has `active` behind a provider, can add an amount.
fn check_addition(provider: &Provider, backer: &AccountId32, active: Amount, amount: Amount, least: Amount) -> Result<()> {
    let (id, limit) = (provider.id, provider.backing_limit);
    if amount == Amount(0) {
        return Err(Error::usage("there is nothing to add in 0 HRT; raise --amount"));
    }
    if provider.owner == *backer {
        return Err(Error::failed(format!("provider {id} is {backer}'s own; add to its bond with `hearth provider bond-extra`")));
    }
    let other = "choose another; see `hearth provider list`";
    if matches!(provider.status, ProviderStatus::Leaving(_)) {
        return Err(Error::failed(format!("provider {id} is leaving and takes no more backing; {other}")));
    }
    if limit == Amount(0) {
        return Err(Error::failed(format!("the owner of provider {id} accepts no backing; {other}")));
    }
    let room = limit.saturating_sub(provider.backed);
    if amount > room {
        return Err(Error::failed(format!(
            "the owner of provider {id} accepts a backing of {limit} in all, of which {room} is free; lower --amount, or {other}"
        )));
    }
    if active.saturating_add(amount) < least {
        return Err(Error::failed(format!("a backer has {least} behind a provider at least; raise --amount")));
    }
    Ok(())
}

/// What is said before money is put behind a provider.
fn addition_text(provider: &Provider, amount: Amount, rules: &Rules) -> String {
    let (id, commission) = (provider.id, Commission(provider.commission));
    let back = units::show_blocks(rules.unbonding, rules.block_time);
    let mut text = format!(
        "{amount} will be locked behind provider {id}, whose owner keeps a commission of {commission}\nit comes back about {back} ({} blocks) \
         after `hearth back remove`, and earns nothing in that time",
        rules.unbonding
    );
    match provider.status {
        ProviderStatus::Active | ProviderStatus::Leaving(_) => {}
        ProviderStatus::Offline => {
            text.push_str(&format!("\nprovider {id} is offline: drawn for nothing until it passes a capability challenge"))
        }
        ProviderStatus::Jailed(until) => text.push_str(&format!(
            "\nprovider {id} is jailed until block {until}: a jury convicted it, and the slash is taken of all that backs it then"
        )),
    }
    text
}

/// What `backer` has behind a provider.
async fn find(chain: &Chain, provider: ProviderId, backer: &AccountId32) -> Result<Backing> {
    let backing = chain.backing_of(provider, backer).await?;
    backing.ok_or_else(|| Error::failed(format!("{backer} has nothing behind provider {provider}; see `hearth back status {backer}`")))
}

async fn remove(options: &Options, provider: ProviderId, part: Part) -> Result<()> {
    let signer = options.given().signer()?;
    let backer = account_of(&signer);
    let chain = options.connect().await?;
    let rules = Rules::read(&chain).await?;
    let amount = part.of(&find(&chain, provider, &backer).await?, rules.least)?;
    let call = Call::new(PALLET, "unback", vec![Value::u128(provider.into()), amount_value(amount)]);
    let receipt = submit(&chain, &signer, call, "starting the way back").await?;

    let removed = receipt.event_sum(PALLET, "Unbacked", "amount");
    let after = chain.backing_of(provider, &backer).await?;
    let (active, unbonding) = after.map(|backing| (backing.active, backing.unbonding)).unwrap_or_default();
    let block = chain.block().await?;
    let removed = Removed { backer, provider, removed, active, unbonding, receipt };
    options.output().print(&removed, |removed| removed_text(removed, block, rules.block_time))
}

impl Part {
    /// How much it is of a backing. What is left active has to be nothing, or `least` and more.
    fn of(&self, backing: &Backing, least: Amount) -> Result<Amount> {
        let (active, provider) = (backing.active, backing.provider);
        if active == Amount(0) {
            return Err(Error::failed(format!("nothing is active behind provider {provider} any more; see `hearth back status`")));
        }
        let amount = if self.all { active } else { self.amount.unwrap_or_default() };
        if amount == Amount(0) {
            return Err(Error::usage("there is nothing to take back in 0 HRT; raise --amount"));
        }
        if amount > active {
            return Err(Error::failed(format!("{active} is active behind provider {provider}; lower --amount, or take --all of it")));
        }
        let rest = active.saturating_sub(amount);
        if rest > Amount(0) && rest < least {
            let most = active.saturating_sub(least);
            return Err(Error::failed(format!(
                "a backer keeps {least} behind a provider at least; take {most} at most with --amount, or --all of it"
            )));
        }
        Ok(amount)
    }
}

/// `block` is the block by whose state it is told.
fn removed_text(removed: &Removed, block: u32, block_time: Duration) -> String {
    let Removed { provider, removed, active, unbonding, .. } = removed;
    let parts = unbonding.iter().map(|part| format!("{}\n", part_text(part, *provider, block, block_time)));
    format!("{removed} on its way back, {active} stays behind provider {provider}\n{}", parts.collect::<String>())
}

async fn withdraw(options: &Options, provider: ProviderId) -> Result<()> {
    let signer = options.given().signer()?;
    let backer = account_of(&signer);
    let chain = options.connect().await?;
    let backing = find(&chain, provider, &backer).await?;
    check_withdrawal(&backing, chain.block().await?, chain.block_time().await?)?;
    let call = Call::new(PALLET, "withdraw_backing", vec![Value::u128(provider.into())]);
    let receipt = submit(&chain, &signer, call, "withdrawing").await?;
    let withdrawn = receipt.event_sum(PALLET, "BackingWithdrawn", "released");
    let claimed = receipt.event_sum(REWARDS, "BackingClaimed", "amount");
    let withdrawn = Withdrawn { backer, provider, withdrawn, claimed, receipt };
    options.output().print(&withdrawn, withdrawn_text)
}

/// Whether there is something to fetch in `block`.
fn check_withdrawal(backing: &Backing, block: u32, block_time: Duration) -> Result<()> {
    if backing.withdrawable > Amount(0) {
        return Ok(());
    }
    let provider = backing.provider;
    Err(Error::failed(match backing.unbonding.first() {
        Some(first) => format!("nothing is free yet; the first is {}", part_text(first, provider, block, block_time)),
        None => format!("nothing is on its way back; `hearth back remove --provider {provider}` starts it"),
    }))
}

fn withdrawn_text(done: &Withdrawn) -> String {
    let Withdrawn { backer, withdrawn, claimed, .. } = done;
    match *claimed {
        Amount(0) => format!("{withdrawn} withdrawn to {backer}"),
        _ => format!("{withdrawn} withdrawn to {backer}, and {claimed} of rewards paid"),
    }
}

async fn claim(options: &Options, provider: ProviderId, backer: Option<AccountId32>) -> Result<()> {
    let signer = options.given().signer()?;
    let backer = backer.unwrap_or_else(|| account_of(&signer));
    let chain = options.connect().await?;
    check_claim(&find(&chain, provider, &backer).await?, &backer)?;
    let call = Call::new(REWARDS, "claim_backing", vec![Value::u128(provider.into()), account_value(&backer)]);
    let receipt = submit(&chain, &signer, call, "claiming the rewards").await?;
    let claimed = Claimed { backer, provider, claimed: receipt.event_sum(REWARDS, "BackingClaimed", "amount"), receipt };
    options.output().print(&claimed, |done| format!("{} paid to {} for backing provider {}", done.claimed, done.backer, done.provider))
}

async fn collect(options: &Options, provider: ProviderId, backer: Option<AccountId32>) -> Result<()> {
    let signer = options.given().signer()?;
    let backer = backer.unwrap_or_else(|| account_of(&signer));
    let chain = options.connect().await?;
    let call = Call::new(PALLET, "collect", vec![Value::u128(provider.into()), account_value(&backer)]);
    let receipt = submit(&chain, &signer, call, "taking out what was lost").await?;
    let collected = Collected { backer, provider, collected: receipt.event_sum(PALLET, "LossCollected", "amount"), receipt };
    options
        .output()
        .print(&collected, |done| format!("{} taken of {}'s backing of provider {}", done.collected, done.backer, done.provider))
}

/// Whether `backer` is owed something.
fn check_claim(backing: &Backing, backer: &AccountId32) -> Result<()> {
    if backing.claimable > Amount(0) {
        return Ok(());
    }
    Err(Error::failed(format!(
        "ended eras owe {backer} nothing for backing provider {}; what it earns in an era is claimed when the era is over",
        backing.provider
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chain::tests::backing, provider::tests};

    const BACKER: AccountId32 = AccountId32([9; 32]);

    const SLOT: Duration = Duration::from_secs(3);

    const fn hrt(amount: u128) -> Amount {
        Amount(amount * 1_000_000_000_000)
    }

    fn rules() -> Rules {
        Rules { least: hrt(10), unbonding: 403_200, block_time: SLOT }
    }

    #[test]
    fn addition_keeps_to_what_the_owner_accepts() {
        let check = |provider: &Provider, active, amount| {
            let checked = check_addition(provider, &BACKER, active, amount, hrt(10));
            checked.map_err(|error| error.to_string())
        };
        // 50 HRT of 400 HRT are there.
        let provider = tests::provider();
        for (active, amount) in [(hrt(0), hrt(350)), (hrt(0), hrt(10)), (hrt(10), Amount(1))] {
            assert_eq!(check(&provider, active, amount), Ok(()), "{amount} to {active}");
        }
        let full = check(&provider, hrt(0), hrt(351)).unwrap_err();
        assert!(full.contains("400 HRT in all, of which 350 HRT is free; lower --amount"), "{full}");
        assert!(check(&provider, hrt(0), hrt(9)).unwrap_err().contains("10 HRT behind a provider at least"));
        assert!(check(&provider, hrt(0), hrt(0)).unwrap_err().contains("raise --amount"));

        let closed = Provider { backing_limit: hrt(0), ..tests::provider() };
        let leaving = Provider { status: ProviderStatus::Leaving(77), ..tests::provider() };
        let own = Provider { owner: BACKER, ..tests::provider() };
        for (provider, words) in [
            (closed, "accepts no backing; choose another; see `hearth provider list`"),
            (leaving, "is leaving"),
            (own, "`hearth provider bond-extra`"),
        ] {
            let error = check(&provider, hrt(0), hrt(20)).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn addition_says_what_is_locked_for_how_long_and_what_the_owner_keeps() {
        let text = addition_text(&tests::provider(), hrt(1_000), &rules());
        for part in ["1000 HRT will be locked behind provider 3", "a commission of 10%", "about 2 weeks (403200 blocks)"] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        assert!(!text.contains("offline"), "{text}");
        let offline = Provider { status: ProviderStatus::Offline, ..tests::provider() };
        assert!(addition_text(&offline, hrt(1_000), &rules()).contains("offline: drawn for nothing until it passes"));
    }

    #[test]
    fn removal_leaves_nothing_or_enough() {
        let part = |amount| Part { amount: Some(amount), all: false };
        let all = Part { amount: None, all: true };
        let of = |part: &Part, active| {
            let backing = Backing { active, ..backing(3) };
            part.of(&backing, hrt(10)).map_err(|error| error.to_string())
        };
        assert_eq!(of(&all, hrt(1_000)), Ok(hrt(1_000)));
        for amount in [1, 990, 1_000] {
            assert_eq!(of(&part(hrt(amount)), hrt(1_000)), Ok(hrt(amount)));
        }
        assert!(of(&part(hrt(991)), hrt(1_000)).unwrap_err().contains("take 990 HRT at most with --amount, or --all"));
        assert!(of(&part(hrt(1_001)), hrt(1_000)).unwrap_err().contains("1000 HRT is active behind provider 3; lower --amount"));
        assert!(of(&part(hrt(0)), hrt(1_000)).unwrap_err().contains("raise --amount"));
        assert!(of(&all, hrt(0)).unwrap_err().contains("`hearth back status`"));
    }

    #[test]
    fn removed_tells_what_stays_and_what_comes_when() {
        let Backing { unbonding, active, .. } = backing(3);
        let removed = Removed { backer: BACKER, provider: 3, removed: hrt(40), active, unbonding, receipt: Receipt::default() };
        let text = removed_text(&removed, 100, SLOT);
        for part in [
            "40 HRT on its way back, 1000 HRT stays behind provider 3",
            "20 HRT: free, `hearth back withdraw --provider 3` fetches it",
            "40 HRT: free from block 300 on, in about 10 minutes",
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        assert_eq!(text.lines().count(), 3, "{text}");
        let json = serde_json::to_value(&removed).unwrap();
        assert_eq!(json["backer"], BACKER.to_string());
        assert_eq!(json["removed"]["hrt"], "40");
        assert_eq!(json["active"]["hrt"], "1000");
        assert_eq!(json["unbonding"][1]["amount"]["hrt"], "40");
        assert_eq!(json["unbonding"][1]["until"], 300);
        assert!(json["transaction"].is_string());
    }

    #[test]
    fn withdrawal_waits_for_the_first_part() {
        let check = |backing: &Backing| check_withdrawal(backing, 80, SLOT).map_err(|error| error.to_string());
        assert_eq!(check(&backing(3)), Ok(()));
        let early = Backing { withdrawable: Amount(0), ..backing(3) };
        let error = check(&early).unwrap_err();
        assert!(error.contains("the first is 20 HRT: free from block 90 on, in about 30 seconds"), "{error}");
        let none = Backing { unbonding: vec![], ..early };
        assert!(check(&none).unwrap_err().contains("`hearth back remove --provider 3`"));
    }

    #[test]
    fn withdrawn_tells_rewards_where_some_were_paid() {
        let done = |claimed| Withdrawn { backer: BACKER, provider: 3, withdrawn: hrt(20), claimed, receipt: Receipt::default() };
        assert_eq!(withdrawn_text(&done(hrt(0))), format!("20 HRT withdrawn to {BACKER}"));
        assert!(withdrawn_text(&done(hrt(2))).ends_with("and 2 HRT of rewards paid"));
        let json = serde_json::to_value(done(hrt(2))).unwrap();
        assert_eq!((json["withdrawn"]["hrt"].as_str(), json["claimed"]["hrt"].as_str()), (Some("20"), Some("2")));
    }

    #[test]
    fn claim_needs_something_that_is_owed() {
        assert!(check_claim(&backing(3), &BACKER).is_ok());
        let nothing = Backing { claimable: Amount(0), ..backing(3) };
        let error = check_claim(&nothing, &BACKER).unwrap_err().to_string();
        assert!(error.contains(&BACKER.to_string()) && error.contains("when the era is over"), "{error}");
    }

    #[test]
    fn added_and_claimed_in_json() {
        let commission = Commission(100_000_000);
        let added = Added { backer: BACKER, provider: 3, added: hrt(5), active: hrt(15), commission, receipt: Receipt::default() };
        let json = serde_json::to_value(added).unwrap();
        assert_eq!((json["provider"].as_u64(), json["commission"].as_str()), (Some(3), Some("10%")));
        assert_eq!((json["added"]["hrt"].as_str(), json["active"]["hrt"].as_str()), (Some("5"), Some("15")));
        assert!(json["block"].is_string());
        let claimed = Claimed { backer: BACKER, provider: 3, claimed: Amount(1), receipt: Receipt::default() };
        let json = serde_json::to_value(claimed).unwrap();
        assert_eq!((json["backer"].as_str(), json["claimed"]["planck"].as_str()), (Some(BACKER.to_string().as_str()), Some("1")));
    }
}
