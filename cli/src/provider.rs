//! `hearth provider`: selling inference.

use crate::{
    amount::Amount,
    args::Options,
    chain::{Chain, Provider},
    commission::Commission,
    error::{Error, Result},
    model,
    money::Money,
    operator::Operator,
    secret::{account, account_of},
    tx::{amount_value, id_value, submit, Call, Receipt},
    ui::{line, table},
    units,
};
use clap::Subcommand;
use hearth_primitives::{
    provider::{BackendClass, Capability, ProviderStatus},
    reward::RewardsView,
    ProviderId,
};
use serde::Serialize;
use subxt::{dynamic::Value, utils::AccountId32};

/// The pallet of providers and of what is behind them.
pub const PALLET: &str = "ProviderRegistry";

/// The pallet that pays what eras owe them.
pub const REWARDS: &str = "RewardEmission";

/// What can be done with providers.
#[derive(Debug, Subcommand)]
pub enum ProviderVerb {
    /// Become a provider: hold a bond, name the key that reports and consents. The signing account is the owner: it bonds and is paid.
    Register {
        #[command(flatten)]
        operator: Operator,
        /// What the node computes on: cpu, nvidia, amd, intel, apple, other_gpu, software_gpu.
        #[arg(long, value_parser = units::backend)]
        backend: BackendClass,
        /// Jobs at once.
        #[arg(long, default_value_t = 1)]
        slots: u32,
        /// The bond; the least that the slots need, if not given. Jobs lock 25 times their price of it.
        #[arg(long, value_name = "HRT")]
        bond: Option<Amount>,
    },
    /// Offer a model, or change the ask.
    Offer {
        /// The model's id or name.
        #[arg(long)]
        model: String,
        /// The price per replica below which to stay out.
        #[arg(long, value_name = "HRT")]
        ask: Amount,
    },
    /// End the offer of a model.
    WithdrawOffer {
        /// The model's id or name.
        #[arg(long)]
        model: String,
    },
    /// How the signing account's provider stands, or another's.
    Status {
        /// The provider's id.
        #[arg(long, conflicts_with = "account")]
        id: Option<ProviderId>,
        /// Its owner or operator.
        #[arg(long, value_parser = account)]
        account: Option<AccountId32>,
    },
    /// Every provider.
    List,
    /// Change the backend and the slots.
    Update {
        /// What the node computes on.
        #[arg(long, value_parser = units::backend)]
        backend: BackendClass,
        /// Jobs at once.
        #[arg(long)]
        slots: u32,
    },
    /// Add to the bond.
    BondExtra {
        /// How much.
        #[arg(long, value_name = "HRT")]
        amount: Amount,
    },
    /// Name another key that reports and consents. The old one keeps nothing but the money on its account.
    SetOperator {
        #[command(flatten)]
        operator: Operator,
    },
    /// Let others put money behind the provider, or change how much. They share what ended eras owe it; the prices of its jobs are the
    /// owner's alone.
    AcceptBacking {
        /// The most that all of them may have active together. 0 takes no more: what they have stays until they remove it.
        #[arg(long, value_name = "HRT")]
        limit: Amount,
    },
    /// Set the part that the owner takes of what backers would earn. It can be lowered at any time, and raised once an era by a step.
    Commission {
        /// Such as 8%, or 0.08.
        #[arg(value_name = "PERCENT")]
        rate: Commission,
    },
    /// Pay out what ended eras owe the signing account's provider, or another's, to its owner.
    Claim {
        /// The provider's id, where it is another's.
        #[arg(long)]
        id: Option<ProviderId>,
    },
    /// End every offer and start unbonding. Running jobs go on and are paid.
    Leave,
    /// After unbonding: get the bond back.
    Withdraw,
}

/// A provider with its owner's money.
#[derive(Debug, Serialize)]
struct Status {
    #[serde(flatten)]
    provider: Provider,
    /// The part of the bond that no job locks.
    unlocked: Amount,
    rewards: RewardsView<Amount>,
    owner_balance: Money,
    operator_balance: Money,
}

/// What a change leads to.
#[derive(Debug, Serialize)]
struct Changed {
    provider: ProviderId,
    #[serde(flatten)]
    receipt: Receipt,
}

impl ProviderVerb {
    /// Does what was asked.
    pub async fn run(self, options: &Options) -> Result<()> {
        let output = options.output();
        match self {
            Self::List => return output.print(&options.connect().await?.providers().await?, |all| list_text(all)),
            Self::Status { id, account } => {
                return output.print(&status(options, id, account).await?, status_text);
            }
            _ => {}
        }
        let signer = options.given().signer()?;
        let owner = account_of(&signer);
        // A consent that is missing is said before a node is asked.
        let binding = self.operator().map(|operator| operator.binding(&owner)).transpose()?;
        let chain = options.connect().await?;
        let operator = binding.map(|binding| binding.values(chain.genesis(), &owner)).unwrap_or_default();
        let (call, doing) = self.call(&chain, &owner, operator).await?;
        let receipt = submit(&chain, &signer, call, doing).await?;
        let told = [(PALLET, "Registered"), (PALLET, "Withdrawn"), (REWARDS, "Claimed")];
        let provider = match told.iter().find_map(|(pallet, event)| receipt.event_number(pallet, event, "provider")) {
            Some(id) => id as ProviderId,
            None => mine(&chain, &owner).await?,
        };
        output.print(&Changed { provider, receipt }, |changed| format!("{doing}: done, provider {}", changed.provider))
    }

    /// Whom a verb names as operator.
    fn operator(&self) -> Option<&Operator> {
        match self {
            Self::Register { operator, .. } | Self::SetOperator { operator } => Some(operator),
            _ => None,
        }
    }

    /// The transaction of a verb, and what is said while it goes on. `operator` is what a verb that names one passes first.
    async fn call(self, chain: &Chain, owner: &AccountId32, operator: Vec<Value>) -> Result<(Call, &'static str)> {
        let call = |name, args| Call::new(PALLET, name, args);
        Ok(match self {
            Self::Register { backend, slots, bond, .. } => {
                let bond = match bond {
                    Some(bond) => bond,
                    None => least_bond(chain, slots).await?,
                };
                line(&format!("a bond of {bond} will be held; `hearth provider leave` starts its way back"));
                let terms = vec![backend_value(backend), Value::u128(slots.into()), amount_value(bond)];
                (call("register", [operator, terms].concat()), "registering the provider")
            }
            Self::Offer { model, ask } => {
                let id = model::find(chain, &model).await?.id;
                (call("offer", vec![id_value(id), amount_value(ask)]), "offering the model")
            }
            Self::WithdrawOffer { model } => {
                let id = model::find(chain, &model).await?.id;
                (call("withdraw_offer", vec![id_value(id)]), "ending the offer")
            }
            Self::Update { backend, slots } => {
                (call("update", vec![backend_value(backend), Value::u128(slots.into())]), "changing backend and slots")
            }
            Self::BondExtra { amount } => (call("bond_extra", vec![amount_value(amount)]), "adding to the bond"),
            Self::SetOperator { .. } => (call("set_operator", operator), "naming the operator"),
            Self::AcceptBacking { limit } => {
                let provider = find(chain, mine(chain, owner).await?).await?;
                line(&limit_text(&provider, limit));
                (call("accept_backing", vec![amount_value(limit)]), "setting how much backing is accepted")
            }
            Self::Commission { rate } => {
                let present = Commission(find(chain, mine(chain, owner).await?).await?.commission);
                let state = chain.state().await?;
                let (step, most) = (state.constant(PALLET, "MaxCommissionStep")?, state.constant(PALLET, "MaxCommission")?);
                check_commission(present, rate, Commission(step), Commission(most))?;
                line(&format!("the commission was {present}; what ended eras owe is shared out at that first"));
                (call("set_commission", vec![Value::u128(rate.0.into())]), "setting the commission")
            }
            Self::Claim { id } => {
                let id = match id {
                    Some(id) => id,
                    None => mine(chain, owner).await?,
                };
                (Call::new(REWARDS, "claim", vec![Value::u128(id.into())]), "claiming the rewards")
            }
            Self::Leave => (call("leave", vec![]), "leaving"),
            Self::Withdraw => (call("withdraw", vec![]), "withdrawing the bond"),
            Self::Status { .. } | Self::List => return Err(Error::usage("this verb needs no transaction")),
        })
    }
}

/// A class as the chain's metadata names it.
fn backend_value(backend: BackendClass) -> Value {
    Value::unnamed_variant(format!("{backend:?}"), [])
}

async fn least_bond(chain: &Chain, slots: u32) -> Result<Amount> {
    let base = chain.amount_constant(PALLET, "MinBond").await?;
    let per_slot = chain.amount_constant(PALLET, "BondPerSlot").await?;
    Ok(base.saturating_add(Amount(per_slot.0.saturating_mul(slots.into()))))
}

async fn mine(chain: &Chain, account: &AccountId32) -> Result<ProviderId> {
    let id = chain.provider_of(account).await?;
    id.ok_or_else(|| Error::failed(format!("{account} neither owns nor operates a provider; see `hearth provider register --help`")))
}

/// The provider of an id.
pub async fn find(chain: &Chain, id: ProviderId) -> Result<Provider> {
    let provider = chain.provider(id).await?;
    provider.ok_or_else(|| Error::failed(format!("there is no provider {id}; see `hearth provider list`")))
}

/// What it means to accept backing up to `limit`.
fn limit_text(provider: &Provider, limit: Amount) -> String {
    let Provider { id, backed, .. } = provider;
    if limit > *backed {
        let commission = Commission(provider.commission);
        return format!(
            "others can have {limit} behind provider {id} in all; they share what ended eras owe it, and you keep {commission} of their part"
        );
    }
    format!("nobody can add to the {backed} that backers have behind provider {id}; what they have stays until they remove it")
}

/// Whether the chain would take a commission, unless it was raised in this era already: that it says itself.
fn check_commission(present: Commission, asked: Commission, step: Commission, most: Commission) -> Result<()> {
    if asked <= present {
        return Ok(());
    }
    if asked > most {
        return Err(Error::failed(format!("a commission is raised to {most} at most; it is {present} now, ask for less")));
    }
    let next = present.saturating_add(step);
    if asked > next {
        return Err(Error::failed(format!(
            "a commission is raised by {step} at most in an era; it is {present} now, so ask for {next} at most, and again in the next era"
        )));
    }
    Ok(())
}

async fn status(options: &Options, id: Option<ProviderId>, account: Option<AccountId32>) -> Result<Status> {
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
    let provider = find(&chain, id).await?;
    let (owner_balance, operator_balance) = (chain.money(&provider.owner).await?, chain.money(&provider.operator).await?);
    let rewards = chain.rewards_of(id).await?;
    Ok(Status { unlocked: provider.bonded.saturating_sub(provider.locked), provider, rewards, owner_balance, operator_balance })
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

fn standing_text(status: &ProviderStatus<u32>) -> String {
    match status {
        ProviderStatus::Active => "active: may be drawn for the models that it offers".to_string(),
        ProviderStatus::Offline => {
            "offline: it missed a capability challenge and is drawn for no job until it passes one; see its node's log".to_string()
        }
        ProviderStatus::Leaving(until) => format!("leaving: not drawn any more; `hearth provider withdraw` from block {until} on"),
        ProviderStatus::Jailed(until) => {
            format!("jailed: a jury convicted it; it is drawn for nothing and can be brought back from block {until} on")
        }
    }
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

fn status_text(status: &Status) -> String {
    let Status { provider, unlocked, rewards, owner_balance, operator_balance } = status;
    let (shown, commission) = (&provider.standing, Commission(provider.commission));
    let mut text = table(&[
        ("provider", provider.id.to_string()),
        ("status", standing_text(&provider.status)),
        ("backend", provider.backend.name().to_string()),
        ("slots", format!("{} of {} in use by jobs", provider.slots_in_use, provider.slots)),
        ("bond", format!("{} held from the owner", provider.bonded)),
        ("locked", format!("{} of it by running jobs, {unlocked} free for more", provider.locked)),
        ("backing", backing_text(provider)),
        ("commission", format!("{commission} of what backers would earn")),
        ("standing", format!("{} valid jobs in a row, {} in all, {} missed", shown.valid_in_a_row, shown.valid, shown.missed)),
        ("capability", capability_text(&provider.capability)),
        ("rewards", format!("{} to claim for the owner: `hearth provider claim`", rewards.claimable)),
        ("this era", format!("{} units of work proven, {} burned by its paid jobs", rewards.points, rewards.burned)),
        ("owner", provider.owner.to_string()),
        ("", format!("{} available, {} held", owner_balance.available, owner_balance.held)),
        ("operator", provider.operator.to_string()),
        ("", format!("{} available for fees", operator_balance.available)),
    ]);
    if provider.offers.is_empty() {
        text.push_str("offers nothing; jobs come only to models that it offers: see `hearth provider offer --help`\n");
    }
    for offer in &provider.offers {
        text.push_str(&format!("offers {:?} for {} or more per replica\n", offer.model, offer.ask));
    }
    text
}

fn list_text(providers: &[Provider]) -> String {
    if providers.is_empty() {
        return "no providers yet; see `hearth provider register --help`".to_string();
    }
    let rows = providers.iter().map(|provider| {
        let Provider { id, owner, slots, backed, backing_limit, backers, .. } = provider;
        let (status, backend, offers) = (status_name(&provider.status), provider.backend.name(), provider.offers.len());
        let (free, commission) = (slots.saturating_sub(provider.slots_in_use), Commission(provider.commission));
        let backing = format!("{backed} of {backing_limit} backed by {backers} at {commission}");
        format!("{id:>5}  {status:7}  {backend:12}  {free}/{slots} slots free  {offers} offers  {backing}  {owner}\n")
    });
    rows.collect()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use hearth_primitives::{
        provider::{OfferView, Standing},
        H256,
    };

    /// One of 300 HRT, with 50 HRT of two backers behind it.
    pub fn provider() -> Provider {
        Provider {
            id: 3,
            owner: AccountId32([1; 32]),
            operator: AccountId32([2; 32]),
            backend: BackendClass::SoftwareGpu,
            slots: 4,
            slots_in_use: 1,
            bonded: Amount(300_000_000_000_000),
            locked: Amount(25_000_000_000_000),
            lockable: Amount(325_000_000_000_000),
            slashes: 0,
            backed: Amount(50_000_000_000_000),
            backing_limit: Amount(400_000_000_000_000),
            backers: 2,
            commission: 100_000_000,
            status: ProviderStatus::Active,
            standing: Standing { valid_in_a_row: 5, valid: 9, missed: 1 },
            capability: Capability { pending: 0, filled: 3, missed: 1, challenged_at: Some(55) },
            offers: vec![OfferView { model: H256::repeat_byte(9), ask: Amount(500_000_000_000) }],
        }
    }

    fn status_of(provider: Provider) -> Status {
        let owner_balance = Money { available: Amount(1_500_000_000_000), held: Amount(300_000_000_000_000), ..Money::default() };
        let rewards = RewardsView { claimable: Amount(2_000_000_000_000), points: 7, burned: Amount(0) };
        Status { unlocked: Amount(275_000_000_000_000), provider, rewards, owner_balance, operator_balance: Money::default() }
    }

    #[test]
    fn status_in_json() {
        let json = serde_json::to_value(status_of(provider())).unwrap();
        assert_eq!(json["id"], 3);
        assert_eq!(json["backend"], "software_gpu");
        assert_eq!(json["status"], "active");
        assert_eq!(json["bonded"]["hrt"], "300");
        assert_eq!(json["locked"]["planck"], "25000000000000");
        assert_eq!(json["unlocked"]["hrt"], "275");
        assert_eq!(json["backed"]["hrt"], "50");
        assert_eq!(json["backing_limit"]["hrt"], "400");
        assert_eq!(json["backers"], 2);
        assert_eq!(json["commission"], 100_000_000);
        assert_eq!(json["standing"]["valid_in_a_row"], 5);
        assert_eq!(json["offers"][0]["ask"]["hrt"], "0.5");
        assert_eq!(json["owner_balance"]["available"]["hrt"], "1.5");
        assert_eq!(json["owner"], AccountId32([1; 32]).to_string());
    }

    #[test]
    fn status_text_says_what_each_number_is() {
        let text = status_text(&status_of(provider()));
        for part in [
            "1 of 4 in use",
            "300 HRT held from the owner",
            "25 HRT of it by running jobs, 275 HRT free",
            "5 valid jobs in a row",
            "challenged at block 55: 3 seats filled, 1 missed",
            "50 HRT active, of 400 HRT that the owner accepts; 2 backers",
            "10% of what backers would earn",
            "2 HRT to claim",
            "for 0.5 HRT",
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        let offline = Provider { status: ProviderStatus::Offline, capability: Capability::default(), ..provider() };
        let text = status_text(&status_of(offline));
        assert!(text.contains("missed a capability challenge") && text.contains("not challenged yet"), "{text}");
        let leaving = Provider { status: ProviderStatus::Leaving(77), offers: vec![], ..provider() };
        let text = status_text(&status_of(leaving));
        assert!(text.contains("from block 77") && text.contains("provider offer"), "{text}");
        let alone = Provider { backed: Amount(0), backing_limit: Amount(0), backers: 0, ..provider() };
        let text = status_text(&status_of(alone));
        assert!(text.contains("none accepted") && text.contains("accept-backing"), "{text}");
    }

    #[test]
    fn list_has_a_line_for_each_with_what_is_behind_it() {
        let text = list_text(&[provider(), Provider { id: 4, status: ProviderStatus::Leaving(77), ..provider() }]);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert!(lines[0].contains("3/4 slots free") && lines[0].contains("50 HRT of 400 HRT backed by 2 at 10%"), "{text}");
        assert!(lines[1].contains("leaving") && lines[1].ends_with(&AccountId32([1; 32]).to_string()), "{text}");
        assert!(list_text(&[]).contains("provider register"));
    }

    #[test]
    fn limit_is_told_by_what_backers_have() {
        let text = |limit| limit_text(&provider(), Amount(limit));
        let more = text(50_000_000_000_001);
        assert!(more.contains("50.000000000001 HRT behind provider 3 in all") && more.contains("you keep 10%"), "{more}");
        for limit in [0, 50_000_000_000_000] {
            assert!(text(limit).contains("nobody can add to the 50 HRT"), "{}", text(limit));
        }
    }

    #[test]
    fn commission_rises_by_a_step_up_to_the_most() {
        let check = |present: &str, asked: &str| {
            let [present, asked, step, most] = [present, asked, "5%", "50%"].map(|text| text.parse().unwrap());
            check_commission(present, asked, step, most).map_err(|error| error.to_string())
        };
        for (present, asked) in [("10%", "10%"), ("10%", "0%"), ("60%", "55%"), ("10%", "15%"), ("47%", "50%")] {
            assert_eq!(check(present, asked), Ok(()), "{present} to {asked}");
        }
        assert!(check("10%", "15.1%").unwrap_err().contains("15% at most"));
        for present in ["10%", "47%", "60%"] {
            assert!(check(present, "61%").unwrap_err().contains("to 50% at most"));
        }
    }

    #[test]
    fn backend_value_is_the_variants_name() {
        assert_eq!(backend_value(BackendClass::OtherGpu), Value::unnamed_variant("OtherGpu", []));
    }
}
