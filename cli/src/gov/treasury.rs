//! `hearth gov budget` and `payout`: what was promised out of the treasury, and claiming it.

use crate::{
    amount::Amount,
    args::Options,
    chain::{Budget, Chain},
    error::{Error, Result},
    gov::{
        proposal,
        spends::{find, spends, Spend},
        tracks::Origin,
    },
    tx::{estimate, submit, Call, Receipt},
    ui::{line, table},
    units,
};
use clap::Subcommand;
use hearth_primitives::governance::BudgetId;
use serde::Serialize;
use std::time::Duration;
use subxt::dynamic::Value;

/// The pallet's name.
pub const PALLET: &str = "Treasury";

/// What can be done with budgets.
#[derive(Debug, Subcommand)]
pub enum BudgetVerb {
    /// The budgets, and the payments that were approved and not claimed.
    List,
    /// Pay all that is due of a budget to its beneficiary. Anybody may; whoever signs pays the fee.
    Claim {
        /// The budget.
        #[arg(value_name = "ID")]
        budget: BudgetId,
    },
}

#[derive(Debug, Serialize)]
struct Listing {
    /// The block by whose state it is told.
    block: u32,
    budgets: Vec<Budget>,
    spends: Vec<Spend>,
}

#[derive(Debug, Serialize)]
struct Claimed {
    budget: BudgetId,
    paid: Amount,
    #[serde(flatten)]
    receipt: Receipt,
}

#[derive(Debug, Serialize)]
struct PaidOut {
    #[serde(flatten)]
    spend: Spend,
    #[serde(flatten)]
    receipt: Receipt,
}

impl BudgetVerb {
    /// Does what was asked.
    pub async fn run(self, options: &Options) -> Result<()> {
        match self {
            Self::List => list(options).await,
            Self::Claim { budget } => claim(options, budget).await,
        }
    }
}

async fn list(options: &Options) -> Result<()> {
    let chain = options.connect().await?;
    let (budgets, spends) = (chain.budgets().await?, spends(&chain.state().await?).await?);
    let (block, block_time) = (chain.block().await?, chain.block_time().await?);
    options.output().print(&Listing { block, budgets, spends }, |listing| list_text(listing, block_time))
}

async fn claim(options: &Options, id: BudgetId) -> Result<()> {
    let signer = options.given().signer()?;
    let chain = options.connect().await?;
    let budget = due(&chain, id).await?;
    line(&format!("{} is due to {}", budget.due, budget.beneficiary));
    let call = Call::new(proposal::PALLET, "claim_budget", vec![Value::u128(id.into())]);
    line(&format!("the transaction itself costs about {}", estimate(&chain, &signer, &call).await?));
    let receipt = submit(&chain, &signer, call, "claiming from the budget").await?;
    let claimed = Claimed { budget: id, paid: receipt.event_sum(proposal::PALLET, "BudgetPaid", "amount"), receipt };
    options.output().print(&claimed, |claimed| format!("{} paid to {}", claimed.paid, budget.beneficiary))
}

/// A budget of which something is due.
async fn due(chain: &Chain, id: BudgetId) -> Result<Budget> {
    let found = chain.budgets().await?.into_iter().find(|budget| budget.id == id);
    let budget = found.ok_or_else(|| Error::failed(format!("there is no budget {id}; see `hearth gov budget list`")))?;
    match (budget.due, budget.next) {
        (Amount(0), Some(next)) => Err(Error::failed(format!("nothing is due of budget {id} now; the next is at block {next}"))),
        (Amount(0), None) => Err(Error::failed(format!("nothing is due of budget {id} now; it waits for its next milestone"))),
        _ => Ok(budget),
    }
}

/// Claims an approved payment. The treasury pays at once, so its record is removed in the same transaction.
pub async fn payout(options: &Options, id: u32) -> Result<()> {
    let signer = options.given().signer()?;
    let chain = options.connect().await?;
    let spend = find(spends(&chain.state().await?).await?, id, chain.block().await?)?;
    line(&format!("{} will be paid to {}", spend.amount, spend.beneficiary));
    let call = |name| Call::new(PALLET, name, vec![Value::u128(id.into())]);
    let call = Call::all(vec![call("payout"), call("check_status")]);
    line(&format!("the transaction itself costs about {}", estimate(&chain, &signer, &call).await?));
    let receipt = submit(&chain, &signer, call, "paying out").await?;
    options.output().print(&PaidOut { spend, receipt }, |paid| format!("{} paid to {}", paid.spend.amount, paid.spend.beneficiary))
}

fn list_text(listing: &Listing, block_time: Duration) -> String {
    let budgets = listing.budgets.iter().map(|budget| budget_text(budget, listing.block, block_time));
    let spends = listing.spends.iter().map(|spend| spend.text(listing.block, block_time));
    let text: String = budgets.chain(spends).collect();
    if text.is_empty() {
        return "nothing is promised out of the treasury; `hearth gov propose budget` asks for it".to_string();
    }
    text
}

fn budget_text(budget: &Budget, block: u32, block_time: Duration) -> String {
    let Budget { id, maker, beneficiary, promised, paid, due, next, stopped } = budget;
    let later = match (stopped, next) {
        (Some(at), _) => format!("nothing more: it was stopped at block {at}"),
        (None, Some(next)) => {
            format!("more at block {next}, in about {}", units::show_blocks(next.saturating_sub(block), block_time))
        }
        (None, None) => "more as milestones are reached, if any are left".to_string(),
    };
    let due = if *due > Amount(0) { format!("{due} now: `hearth gov budget claim {id}`") } else { "nothing now".to_string() };
    let rows = [
        ("  for", beneficiary.to_string()),
        ("  promised", format!("{promised} by {}, of which {paid} are paid", Origin::from(*maker))),
        ("  due", due),
        ("  later", later),
    ];
    format!("budget {id}\n{}", table(&rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hearth_primitives::governance::Maker;
    use subxt::utils::AccountId32;

    const HRT: u128 = 1_000_000_000_000;

    fn budget() -> Budget {
        Budget {
            id: 3,
            maker: Maker::SmallSpender,
            beneficiary: AccountId32([7; 32]),
            promised: Amount(30 * HRT),
            paid: Amount(10 * HRT),
            due: Amount(5 * HRT),
            next: Some(120),
            stopped: None,
        }
    }

    #[test]
    fn budget_tells_what_is_due_and_what_comes() {
        let text = budget_text(&budget(), 100, Duration::from_secs(3));
        for part in [
            "30 HRT by small_spender, of which 10 HRT are paid",
            "5 HRT now: `hearth gov budget claim 3`",
            "more at block 120, in about 60 seconds",
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        let stopped = Budget { stopped: Some(90), next: None, due: Amount(0), ..budget() };
        let text = budget_text(&stopped, 100, Duration::from_secs(3));
        assert!(text.contains("stopped at block 90") && text.contains("nothing now"), "{text}");
    }

    #[test]
    fn listing_in_json() {
        let listing = Listing { block: 100, budgets: vec![budget()], spends: vec![] };
        let json = serde_json::to_value(&listing).unwrap();
        assert_eq!(json["budgets"][0]["due"]["hrt"], "5");
        assert_eq!(json["budgets"][0]["maker"], "small_spender");
        let nothing = Listing { block: 100, budgets: vec![], spends: vec![] };
        assert!(list_text(&nothing, Duration::from_secs(3)).contains("propose budget"));
    }
}
