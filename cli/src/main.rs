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
//! | `quote`, `dispute`, `why` | what a job costs; challenges and appeals; what a job means for an account's money |
//! | `operator` | whose key reports for a provider, and the consent of its holder |
//! | `chain` | the connection to a node, and Hearth's runtime APIs |
//! | `state`, `stored` | storage and constants at one block; what the market and the registry keep there |
//! | `staking`, `ledger` | who has what at stake, and the form in which the chain keeps it |
//! | `payout` | what eras owe to those who have something at stake |
//! | `tx` | signing, submission, and what became of it |
//! | `transfer` | blobs to and from a node |
//! | `secret` | where a signing key comes from; accounts |
//! | `job_text`, `jury_text`, `job_stakes` | how a job and its juries are told to people, and what hangs on it besides its escrow |
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
mod dispute;
mod error;
mod gov;
mod job;
mod job_stakes;
mod job_text;
mod jury_text;
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
mod quote;
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
mod why;

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
