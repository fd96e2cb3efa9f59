//! `hearth`: the command line of customers and providers.
//!
//! | file | holds |
//! |---|---|
//! | `args` | the nouns, the global options, and the dispatch to the nouns |
//! | `key`, `provider`, `model`, `job`, `blob` | one noun each: its verbs and what they print |
//! | `chain` | the connection to a node: runtime API, storage, constants |
//! | `tx` | signing, submission, and what became of it |
//! | `transfer` | blobs to and from a node |
//! | `secret` | where a signing key comes from; accounts |
//! | `job_text` | how a job is told to people |
//! | `money` | an account's balance |
//! | `amount`, `units` | how amounts, ids and lengths are read and written |
//! | `ui` | results on stdout, progress on stderr |
//! | `error` | what is said when something fails |
//!
//! Results go to stdout, as text or (`--json`) as one JSON value; everything else goes to stderr. Exit codes: 0 done, 1 failed, 2 used wrongly.

mod amount;
mod args;
mod blob;
mod chain;
mod error;
mod job;
mod job_text;
mod key;
mod model;
mod money;
mod provider;
mod secret;
mod transfer;
mod tx;
mod ui;
mod units;

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
