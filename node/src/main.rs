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

// The SDK's errors are large; a node sees one in its life.
#![allow(clippy::result_large_err)]

#[cfg(feature = "runtime-benchmarks")]
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
