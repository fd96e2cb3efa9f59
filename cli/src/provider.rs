//! `hearth provider`: selling inference. How providers stand is in [`provider_status`], slashes are in [`slashes`].

use crate::{
    amount::Amount,
    args::Options,
    chain::{Chain, Provider},
    commission::Commission,
    error::{Error, Result},
    model,
    operator::Operator,
    provider_status,
    secret::{account, account_of},
    slashes,
    tx::{amount_value, id_value, submit, Call, Receipt},
    ui::line,
    units,
};
use clap::Subcommand;
use hearth_primitives::{
    provider::{BackendClass, ProviderStatus},
    ProviderId,
};
use serde::Serialize;
use std::time::Duration;
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
    /// The slashes that wait for the signing account's provider, or another's: how much, when, for what, and whether its owner appealed.
    Slashes {
        /// The provider's owner or operator.
        #[arg(value_parser = account, value_name = "ADDRESS")]
        address: Option<AccountId32>,
    },
    /// Appeal against a slash of the signing account's provider, with a bond that comes back if holders cancel it.
    Appeal {
        /// As `hearth provider slashes` prints it.
        #[arg(value_name = "SLASH")]
        slash: String,
    },
    /// Have the provider drawn again after a conviction, once its time in jail is over.
    Return,
    /// End every offer and start unbonding. Running jobs go on and are paid.
    Leave,
    /// After unbonding: get the bond back.
    Withdraw,
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
        match self {
            Self::List => return provider_status::list(options).await,
            Self::Status { id, account } => return provider_status::show(options, id, account).await,
            Self::Slashes { address } => return slashes::show(options, address).await,
            Self::Appeal { slash } => return slashes::appeal(options, &slash).await,
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
        options.output().print(&Changed { provider, receipt }, |changed| format!("{doing}: done, provider {}", changed.provider))
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
            Self::Return => {
                let provider = find(chain, mine(chain, owner).await?).await?;
                let (block, block_time) = (chain.block().await?, chain.block_time().await?);
                check_return(&provider, least_bond(chain, provider.slots).await?, block, block_time)?;
                (call("unjail", vec![]), "bringing the provider back")
            }
            Self::Leave => (call("leave", vec![]), "leaving"),
            Self::Withdraw => (call("withdraw", vec![]), "withdrawing the bond"),
            Self::Status { .. } | Self::List | Self::Slashes { .. } | Self::Appeal { .. } => {
                return Err(Error::usage("this verb makes its own transaction, or none"))
            }
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

/// The provider that an account owns or operates.
pub async fn mine(chain: &Chain, account: &AccountId32) -> Result<ProviderId> {
    let id = chain.provider_of(account).await?;
    id.ok_or_else(|| Error::failed(format!("{account} neither owns nor operates a provider; see `hearth provider register --help`")))
}

/// The provider of an id.
pub async fn find(chain: &Chain, id: ProviderId) -> Result<Provider> {
    let provider = chain.provider(id).await?;
    provider.ok_or_else(|| Error::failed(format!("there is no provider {id}; see `hearth provider list`")))
}

/// Whether a provider can be brought back in the block after `block`, where its slots need a bond of `least`.
fn check_return(provider: &Provider, least: Amount, block: u32, block_time: Duration) -> Result<()> {
    let id = provider.id;
    let until = match provider.status {
        ProviderStatus::Jailed(until) => until,
        ProviderStatus::Active => return Err(Error::failed(format!("provider {id} is active: there is nothing to bring it back from"))),
        ProviderStatus::Offline => {
            return Err(Error::failed(format!("provider {id} is offline, and comes back by itself with the next challenge that it passes")))
        }
        ProviderStatus::Leaving(_) => {
            return Err(Error::failed(format!("provider {id} is leaving; register another once its bond is back")))
        }
    };
    if until > block.saturating_add(1) {
        let left = units::show_blocks(until.saturating_sub(block), block_time);
        return Err(Error::failed(format!(
            "provider {id} is jailed until block {until}, for about {left}; if its slash is cancelled it is free at once: see `hearth provider \
             slashes`"
        )));
    }
    if provider.bonded < least {
        let missing = least.saturating_sub(provider.bonded);
        return Err(Error::failed(format!(
            "the bond of provider {id} is {} and its {} slots need {least}; add to it with `hearth provider bond-extra --amount {}`, or \
             claim fewer slots with `hearth provider update`",
            provider.bonded,
            provider.slots,
            missing.decimal()
        )));
    }
    Ok(())
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

#[cfg(test)]
pub mod tests {
    use super::*;
    use hearth_primitives::{
        provider::{Capability, OfferView, Standing},
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

    #[test]
    fn return_is_of_the_jailed_once_their_time_is_over() {
        let check = |status, bonded: u128, block| {
            let provider = Provider { status, bonded: Amount(bonded * 1_000_000_000_000), ..provider() };
            check_return(&provider, Amount(500_000_000_000_000), block, Duration::from_secs(3)).map_err(|error| error.to_string())
        };
        let jailed = ProviderStatus::Jailed(120);
        // The call is in the next block.
        assert_eq!(check(jailed, 500, 119), Ok(()));
        let early = check(jailed, 500, 100).unwrap_err();
        assert!(early.contains("until block 120, for about 60 seconds") && early.contains("hearth provider slashes"), "{early}");
        let poor = check(jailed, 300, 120).unwrap_err();
        assert!(poor.contains("4 slots need 500 HRT") && poor.contains("bond-extra --amount 200"), "{poor}");
        for (status, said) in [
            (ProviderStatus::Active, "nothing to bring it back from"),
            (ProviderStatus::Offline, "by itself"),
            (ProviderStatus::Leaving(9), "leaving"),
        ] {
            assert!(check(status, 500, 120).unwrap_err().contains(said), "{said}");
        }
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
