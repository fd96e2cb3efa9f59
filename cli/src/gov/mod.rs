//! `hearth gov`: deciding together. Referenda and votes, the numbers that they govern, and the treasury.
//!
//! | file | holds |
//! |---|---|
//! | `tracks` | origins, and how their referenda are decided |
//! | `params`, `quantity` | governed numbers, and how they are written |
//! | `proposal`, `upgrade`, `propose` | what can be proposed, a new runtime among it; putting it to a referendum |
//! | `words`, `sentences`, `values` | calls in words |
//! | `referendum` | one referendum: where it stands, and what it would do |
//! | `voting`, `locks` | what the chain keeps of votes; what they lock and until when |
//! | `vote`, `delegate` | voting, and letting another vote |
//! | `status` | how referenda stand |
//! | `deposits` | placing a deposit, and getting deposits back |
//! | `treasury`, `spends` | budgets, and payments that were approved |
//! | `house` | what providers object to, and slashes |

mod delegate;
mod deposits;
mod house;
mod locks;
pub mod params;
mod proposal;
mod propose;
mod quantity;
mod referendum;
mod sentences;
mod spends;
mod status;
mod tracks;
mod treasury;
mod upgrade;
mod values;
mod vote;
mod voting;
mod words;

use crate::{args::Options, error::Result, secret::account};
use clap::Subcommand;
use delegate::{Delegate, Undelegate};
use hearth_primitives::governance::ChangeId;
use propose::Propose;
use subxt::utils::AccountId32;
use treasury::BudgetVerb;
use vote::Vote;

/// What can be done in governance.
#[derive(Debug, Subcommand)]
pub enum GovVerb {
    /// How referenda are decided: deposits, periods, and the approval and support that they need.
    Tracks,
    /// The governed parameters with their bounds, and the changes that providers can still stop.
    Params {
        /// One of them, such as market.fee-rate or FeeRate.
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
    /// Put something to a referendum: submit it, and place the deposit with which its decision begins, in one transaction.
    Propose(Propose),
    /// Place the decision deposit of a referendum that has none.
    Deposit {
        /// The referendum.
        #[arg(value_name = "INDEX")]
        referendum: u32,
    },
    /// Vote, or change a vote. What it locks, and until when, is said before anything is signed. An account that delegated its votes on the
    /// track overrides its delegate so: in the same transaction the delegation on that track ends, for all its referenda. `hearth gov
    /// delegate` gives it back, once the own vote is removed (`hearth gov unlock` does that when the referendum has ended).
    Vote(Vote),
    /// Take back a vote, and free what it alone locked. Of a referendum that has ended, it may still be locked by the outcome.
    RemoveVote {
        /// The referendum.
        #[arg(value_name = "INDEX")]
        referendum: u32,
    },
    /// Let another account vote with one's tokens, on one track or on all. Who votes on a referendum anyway overrides the delegate: see
    /// `hearth gov vote --help`.
    Delegate(Delegate),
    /// End a delegation. What it locked stays locked for the time of its conviction.
    Undelegate(Undelegate),
    /// Free all that votes lock no longer, in one transaction. Votes that still lock something stay: removed early, they would lock the
    /// largest amount of all until the last block of all.
    Unlock,
    /// The referenda that have not ended, how they stand and whether they would pass now; or one, also when it has ended.
    Status {
        /// One referendum.
        #[arg(value_name = "INDEX")]
        referendum: Option<u32>,
        /// Also what this account voted, and what its votes lock until when.
        #[arg(long, value_parser = account, value_name = "ADDRESS")]
        account: Option<AccountId32>,
    },
    /// Budgets and approved payments out of the treasury: list them, claim what is due.
    #[command(subcommand)]
    Budget(BudgetVerb),
    /// Claim a payment that a referendum approved. Anybody may; its beneficiary is paid.
    Payout {
        /// The payment; `hearth gov budget list` tells.
        #[arg(value_name = "ID")]
        spend: u32,
    },
    /// The slashes that can still be cancelled.
    Slashes,
    /// As a provider's owner: object to a change of a parameter that holders passed.
    Object {
        /// The change; `hearth gov params` tells.
        #[arg(value_name = "CHANGE")]
        change: ChangeId,
        /// Take the objection back.
        #[arg(long)]
        withdraw: bool,
    },
    /// Get back the deposits of a referendum that has ended, and those for calls of one's own that no referendum needs any more.
    Refund {
        /// The referendum.
        #[arg(value_name = "INDEX")]
        referendum: u32,
    },
}

impl GovVerb {
    /// Does what was asked.
    pub async fn run(self, options: &Options) -> Result<()> {
        match self {
            Self::Tracks => tracks::show(options).await,
            Self::Params { name } => params::show(options, name).await,
            Self::Propose(propose) => propose.run(options).await,
            Self::Deposit { referendum } => deposits::place(options, referendum).await,
            Self::Vote(vote) => vote.run(options).await,
            Self::RemoveVote { referendum } => vote::remove(options, referendum).await,
            Self::Delegate(delegate) => delegate.run(options).await,
            Self::Undelegate(undelegate) => undelegate.run(options).await,
            Self::Unlock => locks::unlock(options).await,
            Self::Status { referendum: None, account } => status::list(options, account).await,
            Self::Status { referendum: Some(index), account } => status::show(options, index, account).await,
            Self::Budget(verb) => verb.run(options).await,
            Self::Payout { spend } => treasury::payout(options, spend).await,
            Self::Slashes => house::slashes(options).await,
            Self::Object { change, withdraw } => house::object(options, change, !withdraw).await,
            Self::Refund { referendum } => deposits::refund(options, referendum).await,
        }
    }
}

/// A name without what people write differently: case, dashes, points.
fn normal(name: &str) -> String {
    name.chars().filter(|letter| letter.is_ascii_alphanumeric()).map(|letter| letter.to_ascii_lowercase()).collect()
}
