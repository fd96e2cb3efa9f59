//! A Hearth node.
//!
//! | module | holds |
//! |---|---|
//! | [`cli`] | flags and subcommands |
//! | [`command`] | what each subcommand does |
//! | [`chain_spec`] | which chain to join |
//! | [`service`] | the parts of a running node, wired together |
//! | [`rpc`] | the JSON-RPC methods |
//! | [`blobs`] | models, inputs and outputs, and their exchange between nodes |
//! | [`inference`] | the supervisor that runs jobs in a worker process |
//! | [`benchmarking`] | transactions for `benchmark extrinsic` |

mod benchmarking;
mod blobs;
mod chain_spec;
mod cli;
mod command;
mod inference;
mod rpc;
mod service;

fn main() -> sc_cli::Result<()> {
    command::run()
}
