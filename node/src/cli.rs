//! Flags and subcommands.

use clap::{Args, Parser, Subcommand as ClapSubcommand};
use sc_cli::RunCmd;
use std::path::PathBuf;

/// The command line.
#[derive(Debug, Parser)]
pub struct Cli {
    /// What to do instead of running a node.
    #[command(subcommand)]
    pub subcommand: Option<Subcommand>,

    /// Flags of a running node.
    #[command(flatten)]
    pub run: RunCmd,

    /// Flags of the inference supervisor.
    #[command(flatten)]
    pub inference: InferenceParams,

    /// Flags of the blob store.
    #[command(flatten)]
    pub blobs: BlobParams,
}

/// What to do instead of running a node.
#[derive(Debug, ClapSubcommand)]
// There is one, made once.
#[allow(clippy::large_enum_variant)]
pub enum Subcommand {
    /// Generate, inspect and insert keys.
    #[command(subcommand)]
    Key(sc_cli::KeySubcommand),

    /// Print a chain's specification (older form of export-chain-spec).
    #[allow(deprecated)]
    BuildSpec(sc_cli::BuildSpecCmd),

    /// Write a chain's specification to a file.
    ExportChainSpec(sc_cli::ExportChainSpecCmd),

    /// Execute a block again and check it.
    CheckBlock(sc_cli::CheckBlockCmd),

    /// Write blocks to a file.
    ExportBlocks(sc_cli::ExportBlocksCmd),

    /// Write the state of a block into a specification.
    ExportState(sc_cli::ExportStateCmd),

    /// Read blocks from a file.
    ImportBlocks(sc_cli::ImportBlocksCmd),

    /// Remove a chain's database.
    PurgeChain(sc_cli::PurgeChainCmd),

    /// Undo blocks that are not final.
    Revert(sc_cli::RevertCmd),

    /// Print what the database holds.
    ChainInfo(sc_cli::ChainInfoCmd),

    /// Measure the runtime, the database and the machine.
    #[cfg(feature = "runtime-benchmarks")]
    #[command(subcommand)]
    Benchmark(frame_benchmarking_cli::BenchmarkCmd),
}

/// Flags of the inference supervisor.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Inference")]
pub struct InferenceParams {
    /// The worker's executable. Without it: hearth-inference-worker beside this executable, else in PATH.
    #[arg(long, value_name = "PATH", conflicts_with = "no_inference")]
    pub inference_worker: Option<PathBuf>,

    /// What the worker computes on: `auto` takes the best GPU that passes a self-test, else the processor; `flex` is the processor;
    /// `wgpu` is a GPU, `wgpu:NAME` one whose adapter's name contains NAME.
    #[arg(long, value_name = "DEVICE", default_value = "auto", value_parser = device, conflicts_with = "no_inference")]
    pub inference_device: String,

    /// Serve the chain only, even when the keystore holds operators' keys.
    #[arg(long)]
    pub no_inference: bool,
}

/// Flags of the blob store.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Blobs")]
pub struct BlobParams {
    /// The most that models, inputs and outputs may take on the disk, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 20_480, value_parser = clap::value_parser!(u64).range(1..=1 << 30))]
    pub blob_store_size: u64,

    /// How long a blob that the chain does not refer to is kept, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600, value_parser = clap::value_parser!(u64).range(1..))]
    pub blob_staging_age: u64,
}

fn device(text: &str) -> Result<String, String> {
    match text.split_once(':') {
        None if ["auto", "flex", "wgpu"].contains(&text) => Ok(text.into()),
        Some(("wgpu", filter)) if !filter.is_empty() => Ok(text.into()),
        _ => Err("give `auto`, `flex`, `wgpu` or `wgpu:NAME`".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn device_takes_only_what_the_worker_takes() {
        for good in ["auto", "flex", "wgpu", "wgpu:llvmpipe", "wgpu:RTX 4090"] {
            assert_eq!(device(good).as_deref(), Ok(good));
        }
        for bad in ["", "gpu", "wgpu:", "flex:0", "auto:x"] {
            assert!(device(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn flags_have_safe_defaults_and_bounds() {
        let cli = Cli::try_parse_from(["hearth-node", "--dev"]).unwrap();
        assert!(!cli.inference.no_inference);
        assert_eq!(cli.inference.inference_device, "auto");
        assert_eq!(cli.blobs.blob_staging_age, 3_600);
        assert!(Cli::try_parse_from(["hearth-node", "--blob-store-size", "0"]).is_err());
        assert!(Cli::try_parse_from(["hearth-node", "--no-inference", "--inference-worker", "x"]).is_err());
    }
}
