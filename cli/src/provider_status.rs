//! `hearth provider status` and `list`: how providers stand.

use crate::{
    amount::Amount,
    args::Options,
    chain::{Chain, Provider},
    commission::Commission,
    error::{Error, Result},
    model::{Class, Faults},
    money::Money,
    provider::{find, mine, PALLET},
    share::Share,
    slashes::{deferred, of_provider, Deferred},
    ui::table,
    units,
};
use hearth_primitives::{
    provider::{Capability, ProviderStatus, Standing},
    reward::RewardsView,
    ModelId, ProviderId,
};
use serde::Serialize;
use std::time::Duration;
use subxt::utils::AccountId32;

/// A provider, and what follows from what it has shown.
#[derive(Debug, Serialize)]
struct Row {
    #[serde(flatten)]
    provider: Provider,
    /// Whether it has as many valid jobs in a row as make it trusted; else it is on probation.
    trusted: bool,
    /// The part of its jobs that it missed; none before its first.
    fault_rate: Option<Share>,
}

/// A provider with its owner's money.
#[derive(Debug, Serialize)]
struct Status {
    #[serde(flatten)]
    row: Row,
    /// Valid jobs in a row that make a provider trusted.
    trusted_after: u32,
    /// The block by whose state it is told.
    block: u32,
    /// Its offers with their models.
    models: Vec<Offered>,
    /// Slashes that wait.
    deferred: Vec<Deferred>,
    rewards: RewardsView<Amount>,
    owner_balance: Money,
    operator_balance: Money,
}

/// An offer with its model.
#[derive(Debug, Serialize)]
struct Offered {
    model: ModelId,
    name: String,
    ask: Amount,
    class: Class,
    /// How often jobs of the model found no verdict.
    faults: Faults,
}

impl Row {
    fn new(provider: Provider, trusted_after: u32) -> Self {
        let trusted = provider.standing.valid_in_a_row >= trusted_after;
        Self { trusted, fault_rate: fault_rate(&provider.standing), provider }
    }
}

/// Shows every provider.
pub async fn list(options: &Options) -> Result<()> {
    let chain = options.connect().await?;
    let trusted_after = trusted_after(&chain).await?;
    let rows: Vec<_> = chain.providers().await?.into_iter().map(|provider| Row::new(provider, trusted_after)).collect();
    options.output().print(&rows, |rows| list_text(rows, trusted_after))
}

/// Shows a provider: of an id, or that of an account, else the signing account's.
pub async fn show(options: &Options, id: Option<ProviderId>, account: Option<AccountId32>) -> Result<()> {
    // Who is meant is known before a node is asked.
    let account = match id {
        Some(_) => None,
        None => Some(options.account_or_signer(account)?),
    };
    let chain = options.connect().await?;
    let id = match (id, account) {
        (Some(id), _) => id,
        (None, Some(account)) => mine(&chain, &account).await?,
        (None, None) => return Err(Error::usage("name a provider with --id or --account")),
    };
    let block_time = chain.block_time().await?;
    options.output().print(&status(&chain, id).await?, |status| status_text(status, block_time))
}

async fn status(chain: &Chain, id: ProviderId) -> Result<Status> {
    let provider = find(chain, id).await?;
    let (owner_balance, operator_balance) = (chain.money(&provider.owner).await?, chain.money(&provider.operator).await?);
    let deferred = if provider.slashes > 0 { of_provider(deferred(chain).await?, id) } else { Vec::new() };
    let (rewards, models, trusted_after) = (chain.rewards_of(id).await?, offered(chain, &provider).await?, trusted_after(chain).await?);
    let (row, block) = (Row::new(provider, trusted_after), chain.block().await?);
    Ok(Status { row, trusted_after, block, models, deferred, rewards, owner_balance, operator_balance })
}

async fn trusted_after(chain: &Chain) -> Result<u32> {
    chain.state().await?.constant(PALLET, "TrustedAfter")
}

/// What a provider offers, with the models. One that is gone takes the offer with it.
async fn offered(chain: &Chain, provider: &Provider) -> Result<Vec<Offered>> {
    let state = chain.state().await?;
    let mut models = Vec::new();
    for offer in &provider.offers {
        let Some(model) = chain.model(offer.model).await? else { continue };
        let faults = Faults::read(&state, model.id).await?;
        models.push(Offered { model: model.id, ask: offer.ask, class: Class::of(&model), faults, name: model.name });
    }
    Ok(models)
}

/// The part of a provider's jobs that it missed.
fn fault_rate(standing: &Standing) -> Option<Share> {
    let jobs = u64::from(standing.valid) + u64::from(standing.missed);
    let parts = (u64::from(standing.missed) * 1_000_000_000).checked_div(jobs)?;
    u32::try_from(parts).ok().map(Share)
}

/// Where a provider stands, in a word.
pub fn status_name(status: &ProviderStatus<u32>) -> &'static str {
    match status {
        ProviderStatus::Active => "active",
        ProviderStatus::Offline => "offline",
        ProviderStatus::Leaving(_) => "leaving",
        ProviderStatus::Jailed(_) => "jailed",
    }
}

/// Told at `block`.
fn place_text(status: &ProviderStatus<u32>, block: u32, block_time: Duration) -> String {
    match status {
        ProviderStatus::Active => "active: may be drawn for the models that it offers".to_string(),
        ProviderStatus::Offline => {
            "offline: it missed a capability challenge and is drawn for no job until it passes one; see its node's log".to_string()
        }
        ProviderStatus::Leaving(until) => format!("leaving: not drawn any more; `hearth provider withdraw` from block {until} on"),
        ProviderStatus::Jailed(until) if *until <= block => {
            "jailed: a jury convicted it; its time is over, and `hearth provider return` brings it back".to_string()
        }
        ProviderStatus::Jailed(until) => {
            let left = units::show_blocks(until.saturating_sub(block), block_time);
            format!(
                "jailed: a jury convicted it, and it is drawn for nothing; `hearth provider return` from block {until} on, in about {left}"
            )
        }
    }
}

fn standing_text(row: &Row, trusted_after: u32) -> String {
    let Standing { valid_in_a_row, valid, missed } = row.provider.standing;
    let stage = if row.trusted {
        format!("trusted: {valid_in_a_row} valid jobs in a row; may be the only replica, and a juror")
    } else {
        format!("on probation: {valid_in_a_row} valid jobs in a row of {trusted_after}")
    };
    let rate = row.fault_rate.map(|rate| format!(" ({})", rate.short())).unwrap_or_default();
    format!("{stage}; {valid} valid in all, {missed} missed{rate}")
}

fn capability_text(shown: &Capability<u32>) -> String {
    let Capability { pending, filled, missed, challenged_at } = shown;
    match challenged_at {
        None => "not challenged yet".to_string(),
        Some(block) if *pending > 0 => format!("challenged at block {block}: {filled} seats filled, {missed} missed, {pending} to come"),
        Some(block) => format!("challenged at block {block}: {filled} seats filled, {missed} missed"),
    }
}

fn backing_text(provider: &Provider) -> String {
    let Provider { backed, backing_limit, backers, .. } = provider;
    if *backing_limit == Amount(0) && *backers == 0 {
        return "none accepted; see `hearth provider accept-backing --help`".to_string();
    }
    format!("{backed} active, of {backing_limit} that the owner accepts; {backers} backers")
}

fn status_text(status: &Status, block_time: Duration) -> String {
    let Status { row, trusted_after, block, models, deferred, rewards, owner_balance, operator_balance } = status;
    let provider = &row.provider;
    let mut text = table(&[
        ("provider", provider.id.to_string()),
        ("status", place_text(&provider.status, *block, block_time)),
        ("backend", provider.backend.name().to_string()),
        ("slots", format!("{} of {} in use by jobs", provider.slots_in_use, provider.slots)),
        ("bond", format!("{} held from the owner", provider.bonded)),
        (
            "locked",
            format!("{} by running jobs and slashes that wait, {} of bond and backing free for more", provider.locked, provider.lockable),
        ),
        ("backing", backing_text(provider)),
        ("commission", format!("{} of what backers would earn", Commission(provider.commission))),
        ("standing", standing_text(row, *trusted_after)),
        ("capability", capability_text(&provider.capability)),
        ("rewards", format!("{} to claim for the owner: `hearth provider claim`", rewards.claimable)),
        ("this era", format!("{} units of work proven, {} burned by its paid jobs", rewards.points, rewards.burned)),
        ("owner", provider.owner.to_string()),
        ("", format!("{} available, {} held", owner_balance.available, owner_balance.held)),
        ("operator", provider.operator.to_string()),
        ("", format!("{} available for fees", operator_balance.available)),
    ]);
    if models.is_empty() {
        text.push_str("offers nothing; jobs come only to models that it offers: see `hearth provider offer --help`\n");
    }
    text.extend(models.iter().map(|offered| {
        let Offered { model, name, ask, class, faults } = offered;
        format!("offers {name} for {ask} or more per replica ({}, {}; {model:?})\n", class.name(), faults.text())
    }));
    text.extend(deferred.iter().map(|slash| slash.text(*block, block_time)));
    text
}

fn list_text(rows: &[Row], trusted_after: u32) -> String {
    if rows.is_empty() {
        return "no providers yet; see `hearth provider register --help`".to_string();
    }
    rows.iter().map(|row| row_text(row, trusted_after)).collect()
}

fn row_text(row: &Row, trusted_after: u32) -> String {
    let Provider { id, owner, slots, backed, backing_limit, backers, .. } = &row.provider;
    let (backend, offers) = (row.provider.backend.name(), row.provider.offers.len());
    let status = match row.provider.status {
        ProviderStatus::Jailed(until) => format!("jailed until block {until}"),
        other => status_name(&other).to_string(),
    };
    let free = slots.saturating_sub(row.provider.slots_in_use);
    let stage = if row.trusted { "trusted".to_string() } else { format!("{}/{trusted_after} valid", row.provider.standing.valid_in_a_row) };
    let missed = row.fault_rate.map(|rate| format!(", {} missed", rate.short())).unwrap_or_default();
    let backing = format!("{backed} of {backing_limit} backed by {backers} at {}", Commission(row.provider.commission));
    format!("{id:>5}  {status:7}  {backend:12}  {free}/{slots} slots free  {offers} offers  {stage}{missed}  {backing}  {owner}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::tests::faults, provider::tests::provider, slashes::tests::of_a_provider};
    use hearth_primitives::provider::OfferView;

    const SLOT: Duration = Duration::from_secs(3);

    fn status_of(provider: Provider) -> Status {
        let owner_balance = Money { available: Amount(1_500_000_000_000), held: Amount(300_000_000_000_000), ..Money::default() };
        let rewards = RewardsView { claimable: Amount(2_000_000_000_000), points: 7, burned: Amount(0) };
        let offer = |offer: &OfferView<Amount>| Offered {
            model: offer.model,
            name: "magika".to_string(),
            ask: offer.ask,
            class: Class::PayOnly,
            faults: faults(),
        };
        Status {
            models: provider.offers.iter().map(offer).collect(),
            deferred: if provider.slashes > 0 { vec![of_a_provider(None)] } else { vec![] },
            row: Row::new(provider, 20),
            trusted_after: 20,
            block: 100,
            rewards,
            owner_balance,
            operator_balance: Money::default(),
        }
    }

    fn text_of(provider: Provider) -> String {
        status_text(&status_of(provider), SLOT)
    }

    #[test]
    fn status_in_json() {
        let json = serde_json::to_value(status_of(Provider { slashes: 1, ..provider() })).unwrap();
        assert_eq!(json["id"], 3);
        assert_eq!(json["backend"], "software_gpu");
        assert_eq!(json["status"], "active");
        assert_eq!(json["bonded"]["hrt"], "300");
        assert_eq!(json["locked"]["planck"], "25000000000000");
        assert_eq!(json["lockable"]["hrt"], "325");
        assert_eq!(json["backed"]["hrt"], "50");
        assert_eq!(json["backing_limit"]["hrt"], "400");
        assert_eq!(json["backers"], 2);
        assert_eq!(json["commission"], 100_000_000);
        assert_eq!(json["standing"]["valid_in_a_row"], 5);
        assert_eq!(json["trusted"], false);
        assert_eq!(json["trusted_after"], 20);
        assert_eq!(json["fault_rate"], "10%");
        assert_eq!(json["offers"][0]["ask"]["hrt"], "0.5");
        assert_eq!(json["models"][0]["name"], "magika");
        assert_eq!(json["models"][0]["class"], "pay_only");
        assert_eq!(json["models"][0]["faults"]["faults"], 3);
        assert_eq!(json["slashes"], 1);
        assert_eq!(json["deferred"][0]["conviction"]["job"], 7);
        assert_eq!(json["owner_balance"]["available"]["hrt"], "1.5");
        assert_eq!(json["owner"], AccountId32([1; 32]).to_string());
    }

    #[test]
    fn status_text_says_what_each_number_is() {
        let text = text_of(provider());
        for part in [
            "1 of 4 in use",
            "300 HRT held from the owner",
            "25 HRT by running jobs and slashes that wait, 325 HRT of bond and backing free",
            "on probation: 5 valid jobs in a row of 20; 9 valid in all, 1 missed (10%)",
            "challenged at block 55: 3 seats filled, 1 missed",
            "50 HRT active, of 400 HRT that the owner accepts; 2 backers",
            "10% of what backers would earn",
            "2 HRT to claim",
            "offers magika for 0.5 HRT or more per replica (pay-only, 3 of 120 jobs found no verdict; 0x0909",
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        let offline = text_of(Provider { status: ProviderStatus::Offline, capability: Capability::default(), ..provider() });
        assert!(offline.contains("missed a capability challenge") && offline.contains("not challenged yet"), "{offline}");
        let leaving = text_of(Provider { status: ProviderStatus::Leaving(77), offers: vec![], ..provider() });
        assert!(leaving.contains("from block 77") && leaving.contains("provider offer"), "{leaving}");
        let alone = text_of(Provider { backed: Amount(0), backing_limit: Amount(0), backers: 0, ..provider() });
        assert!(alone.contains("none accepted") && alone.contains("accept-backing"), "{alone}");
    }

    #[test]
    fn status_text_tells_of_jail_and_slashes() {
        let jailed = |until| text_of(Provider { status: ProviderStatus::Jailed(until), slashes: 1, ..provider() });
        let text = jailed(120);
        assert!(text.contains("`hearth provider return` from block 120 on, in about 60 seconds"), "{text}");
        assert!(text.contains("loses 20 HRT") && text.contains("hearth provider appeal 120:0x"), "{text}");
        assert!(jailed(100).contains("its time is over"), "{}", jailed(100));
    }

    #[test]
    fn standing_is_trusted_after_so_many_valid_jobs() {
        let standing = Standing { valid_in_a_row: 20, valid: 30, missed: 0 };
        let row = Row::new(Provider { standing, ..provider() }, 20);
        assert!(standing_text(&row, 20).starts_with("trusted: 20 valid jobs in a row"), "{}", standing_text(&row, 20));
        assert_eq!(fault_rate(&standing), Some(Share(0)));
        assert_eq!(fault_rate(&Standing::default()), None);
        let worst = Standing { valid_in_a_row: 0, valid: 0, missed: u32::MAX };
        assert_eq!(fault_rate(&worst), Some(Share(1_000_000_000)));
    }

    #[test]
    fn list_has_a_line_for_each_with_how_it_stands_and_what_is_behind_it() {
        let leaving = Provider { id: 4, status: ProviderStatus::Leaving(77), ..provider() };
        let jailed = Provider { id: 5, status: ProviderStatus::Jailed(120), standing: Standing::default(), ..provider() };
        let rows = [provider(), leaving, jailed].map(|provider| Row::new(provider, 20));
        let text = list_text(&rows, 20);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines[0].contains("3/4 slots free") && lines[0].contains("5/20 valid, 10% missed"), "{text}");
        assert!(lines[0].contains("50 HRT of 400 HRT backed by 2 at 10%"), "{text}");
        assert!(lines[1].contains("leaving") && lines[1].ends_with(&AccountId32([1; 32]).to_string()), "{text}");
        assert!(lines[2].contains("jailed until block 120") && !lines[2].contains("missed"), "{text}");
        assert!(list_text(&[], 20).contains("provider register"));
    }
}
