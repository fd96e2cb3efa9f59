//! `hearth`: the command line of customers, providers, validators, nominators, backers and holders.
//!
//! | file | holds |
//! |---|---|
//! | `args` | the nouns, the global options, and the dispatch to the nouns |
//! | `key`, `account`, `provider`, `model`, `job`, `blob` | one noun each: its verbs and what they print |
//! | `validator`, `nominate`, `back`, `network` | likewise |
//! | `gov` | the noun of holders, who decide together: one file for each of its verbs |
//! | `validator_status`, `nominate_status`, `session_keys`, `back_status` | the larger verbs of validators, nominators and backers |
//! | `bond`, `unbond` | what validators and nominators do alike |
//! | `provider_status`, `slashes` | how providers stand; slashes that wait, and appeals against them |
//! | `operator` | whose key reports for a provider, and the consent of its holder |
//! | `chain` | the connection to a node, and Hearth's runtime APIs |
//! | `state`, `stored` | storage and constants at one block; what the market and the registry keep there |
//! | `staking`, `ledger` | who has what at stake, and the form in which the chain keeps it |
//! | `payout` | what eras owe to those who have something at stake |
//! | `tx` | signing, submission, and what became of it |
//! | `transfer` | blobs to and from a node |
//! | `secret` | where a signing key comes from; accounts |
//! | `job_text` | how a job is told to people |
//! | `money` | an account's balance |
//! | `amount`, `share`, `commission`, `units` | how amounts, percentages, ids and lengths are read and written |
//! | `ui` | results on stdout, progress on stderr |
//! | `error`, `advice` | what is said when something fails, and when the chain refuses |
//!
//! Results go to stdout, as text or (`--json`) as one JSON value; everything else goes to stderr. Exit codes: 0 done, 1 failed, 2 used wrongly.

mod account;
mod advice;
mod amount;
mod args;
mod back;
mod back_status;
mod blob;
mod bond;
mod chain;
mod commission;
mod error;
mod gov;
mod job;
mod job_text;
mod key;
mod ledger;
mod model;
mod money;
mod network;
mod nominate;
mod nominate_status;
mod operator;
mod payout;
mod provider;
mod provider_status;
mod secret;
mod session_keys;
mod share;
mod slashes;
mod staking;
mod state;
mod stored;
mod transfer;
mod tx;
mod ui;
mod unbond;
mod units;
mod validator;
mod validator_status;

use clap::Parser;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match args::Cli::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            ui::line(&format!("error: {error}"));
            ExitCode::from(error.exit_code())
        }
    }
}
