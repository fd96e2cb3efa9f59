//! What each subcommand does.

use crate::{
    chain_spec,
    cli::{Cli, Subcommand},
    service::{self, Backend, Client, Partial},
};
use hearth_runtime::opaque::Block;
use sc_cli::{OffchainWorkerEnabled, SubstrateCli};
use sc_consensus::DefaultImportQueue;
use sc_network::config::NetworkBackendType;
use sc_service::{ChainSpec, Configuration, TaskManager};
use std::{future::Future, sync::Arc};

impl SubstrateCli for Cli {
    fn impl_name() -> String {
        "Hearth Node".into()
    }

    fn impl_version() -> String {
        env!("SUBSTRATE_CLI_IMPL_VERSION").into()
    }

    fn description() -> String {
        env!("CARGO_PKG_DESCRIPTION").into()
    }

    fn author() -> String {
        "the Hearth developers".into()
    }

    fn support_url() -> String {
        "the README of the repository".into()
    }

    fn copyright_start_year() -> i32 {
        2026
    }

    fn executable_name() -> String {
        "hearth-node".into()
    }

    fn load_spec(&self, id: &str) -> Result<Box<dyn ChainSpec>, String> {
        Ok(Box::new(chain_spec::load(id)?))
    }
}

/// Parses the command line and does what it says.
pub fn run() -> sc_cli::Result<()> {
    let cli = Cli::from_args();
    match &cli.subcommand {
        None => run_node(&cli),
        Some(Subcommand::Key(cmd)) => cmd.run(&cli),
        #[allow(deprecated)]
        Some(Subcommand::BuildSpec(cmd)) => cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.chain_spec, config.network)),
        Some(Subcommand::ExportChainSpec(cmd)) => cmd.run(cli.load_spec(&cmd.chain)?),
        Some(Subcommand::CheckBlock(cmd)) => {
            cli.create_runner(cmd)?.async_run(|config| with_queue(&config, |client, queue| cmd.run(client, queue)))
        }
        Some(Subcommand::ExportBlocks(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            let database = config.database.clone();
            with_client(&config, |client, _| cmd.run(client, database))
        }),
        Some(Subcommand::ExportState(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            let spec = config.chain_spec.cloned_box();
            with_client(&config, |client, _| cmd.run(client, spec))
        }),
        Some(Subcommand::ImportBlocks(cmd)) => {
            cli.create_runner(cmd)?.async_run(|config| with_queue(&config, |client, queue| cmd.run(client, queue)))
        }
        Some(Subcommand::PurgeChain(cmd)) => cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.database)),
        Some(Subcommand::Revert(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            with_client(&config, |client, backend| {
                let aux_revert = Box::new(|client: Arc<Client>, backend, blocks| {
                    sc_consensus_babe::revert(client.clone(), backend, blocks)?;
                    sc_consensus_grandpa::revert(client, blocks)?;
                    Ok(())
                });
                cmd.run(client, backend, Some(aux_revert))
            })
        }),
        Some(Subcommand::ChainInfo(cmd)) => cli.create_runner(cmd)?.sync_run(|config| cmd.run::<Block>(&config)),
        #[cfg(feature = "runtime-benchmarks")]
        Some(Subcommand::Benchmark(cmd)) => cli.create_runner(cmd)?.sync_run(|config| crate::benchmarking::run(cmd, config)),
    }
}

/// Opens the chain's database and makes a task of it.
fn with_client<F>(config: &Configuration, task: impl FnOnce(Arc<Client>, Arc<Backend>) -> F) -> sc_cli::Result<(F, TaskManager)>
where
    F: Future<Output = sc_cli::Result<()>>,
{
    let (Partial { client, backend, import_queue, .. }, mut task_manager) = service::partial(config)?;
    // Its task is essential and ends with it.
    task_manager.keep_alive(import_queue);
    Ok((task(client, backend), task_manager))
}

/// The same for a task that imports blocks.
fn with_queue<F>(config: &Configuration, task: impl FnOnce(Arc<Client>, DefaultImportQueue<Block>) -> F) -> sc_cli::Result<(F, TaskManager)>
where
    F: Future<Output = sc_cli::Result<()>>,
{
    let (Partial { client, import_queue, .. }, task_manager) = service::partial(config)?;
    Ok((task(client, import_queue), task_manager))
}

fn run_node(cli: &Cli) -> sc_cli::Result<()> {
    let runner = cli.create_runner(&cli.run)?;
    let (inference, blobs) = (cli.inference.clone(), cli.blobs.clone());
    // The SDK runs offchain workers on validators only; a provider needs them to report, whatever its role.
    let offchain_workers_wanted = !matches!(cli.run.offchain_worker_params.enabled, OffchainWorkerEnabled::Never);
    runner.run_node_until_exit(|mut config| async move {
        config.offchain_worker.enabled |= offchain_workers_wanted && !inference.no_inference;
        if let NetworkBackendType::Libp2p = config.network.network_backend {
            return Err(sc_cli::Error::Input("this node has one network backend, litep2p: leave --network-backend out".into()));
        }
        service::full(config, inference, blobs).map_err(sc_cli::Error::Service)
    })
}
