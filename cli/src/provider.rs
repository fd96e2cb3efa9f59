//! `hearth provider`: selling inference.

use crate::{
    amount::Amount,
    args::Options,
    chain::{Chain, Provider},
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
    provider::{BackendClass, ProviderStatus},
    reward::RewardsView,
    ProviderId,
};
use serde::Serialize;
use subxt::{dynamic::Value, utils::AccountId32};

const PALLET: &str = "ProviderRegistry";

const REWARDS: &str = "RewardEmission";

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

async fn status(options: &Options, id: Option<ProviderId>, account: Option<AccountId32>) -> Result<Status> {
    let account = match (id, account) {
        (None, None) => Some(account_of(&options.given().signer()?)),
        (_, account) => account,
    };
    let chain = options.connect().await?;
    let id = match (id, account) {
        (Some(id), _) => id,
        (None, Some(account)) => mine(&chain, &account).await?,
        (None, None) => return Err(Error::usage("name a provider with --id or --account")),
    };
    let provider = chain.provider(id).await?;
    let provider = provider.ok_or_else(|| Error::failed(format!("there is no provider {id}; see `hearth provider list`")))?;
    let (owner_balance, operator_balance) = (chain.money(&provider.owner).await?, chain.money(&provider.operator).await?);
    let rewards = chain.rewards_of(id).await?;
    Ok(Status { unlocked: provider.bonded.saturating_sub(provider.locked), provider, rewards, owner_balance, operator_balance })
}

fn standing_text(status: &ProviderStatus<u32>) -> String {
    match status {
        ProviderStatus::Active => "active: may be drawn for the models that it offers".to_string(),
        ProviderStatus::Leaving(until) => format!("leaving: not drawn any more; `hearth provider withdraw` from block {until} on"),
    }
}

fn status_text(status: &Status) -> String {
    let Status { provider, unlocked, rewards, owner_balance, operator_balance } = status;
    let shown = &provider.standing;
    let mut text = table(&[
        ("provider", provider.id.to_string()),
        ("status", standing_text(&provider.status)),
        ("backend", provider.backend.name().to_string()),
        ("slots", format!("{} of {} in use by jobs", provider.slots_in_use, provider.slots)),
        ("bond", format!("{} held from the owner", provider.bonded)),
        ("locked", format!("{} of it by running jobs, {unlocked} free for more", provider.locked)),
        ("standing", format!("{} valid jobs in a row, {} in all, {} missed", shown.valid_in_a_row, shown.valid, shown.missed)),
        ("rewards", format!("{} to claim: `hearth provider claim`", rewards.claimable)),
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
        let status = if provider.status == ProviderStatus::Active { "active" } else { "leaving" };
        let (free, backend) = (provider.slots.saturating_sub(provider.slots_in_use), provider.backend.name());
        format!(
            "{:>5}  {status:7}  {backend:12}  {free}/{} slots free  {} offers  {}\n",
            provider.id,
            provider.slots,
            provider.offers.len(),
            provider.owner
        )
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hearth_primitives::{
        provider::{OfferView, Standing},
        H256,
    };

    fn provider() -> Provider {
        Provider {
            id: 3,
            owner: AccountId32([1; 32]),
            operator: AccountId32([2; 32]),
            backend: BackendClass::SoftwareGpu,
            slots: 4,
            slots_in_use: 1,
            bonded: Amount(300_000_000_000_000),
            locked: Amount(25_000_000_000_000),
            status: ProviderStatus::Active,
            standing: Standing { valid_in_a_row: 5, valid: 9, missed: 1 },
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
            "2 HRT to claim",
            "for 0.5 HRT",
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        let leaving = Provider { status: ProviderStatus::Leaving(77), offers: vec![], ..provider() };
        let text = status_text(&status_of(leaving));
        assert!(text.contains("from block 77") && text.contains("provider offer"), "{text}");
    }

    #[test]
    fn backend_value_is_the_variants_name() {
        assert_eq!(backend_value(BackendClass::OtherGpu), Value::unnamed_variant("OtherGpu", []));
    }
}
