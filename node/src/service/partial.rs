//! What every subcommand needs of a node: client, database, keys, pool, and the queue that checks blocks.

use super::equivocations::ReportEquivocations;
use hearth_runtime::{apis::RuntimeApi, opaque::Block, BlockNumber, Hash};
use sc_consensus_babe::{BabeBlockImport, BabeLink, BabeWorkerHandle};
use sc_consensus_grandpa::{GrandpaBlockImport, LinkHalf, SharedAuthoritySet};
use sc_executor::WasmExecutor;
use sc_service::{error::Error, Configuration, KeystoreContainer, TaskManager};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_inherents::CreateInherentDataProviders;
use std::sync::Arc;

/// The node's client. The runtime needs no host functions beyond the SDK's, so every executor can run it.
pub type Client = sc_service::TFullClient<Block, RuntimeApi, WasmExecutor<sp_io::SubstrateHostFunctions>>;

/// The database.
pub type Backend = sc_service::TFullBackend<Block>;

/// The rule for the best chain.
pub type SelectChain = sc_consensus::LongestChain<Backend, Block>;

/// The transaction pool.
pub type Pool = sc_transaction_pool::TransactionPoolHandle<Block, Client>;

/// GRANDPA's authorities.
pub type AuthoritySet = SharedAuthoritySet<Hash, BlockNumber>;

/// Slot and time of a block that is checked or made.
pub type Inherents = Arc<
    dyn CreateInherentDataProviders<
        Block,
        (),
        InherentDataProviders = (sp_consensus_babe::inherents::InherentDataProvider, sp_timestamp::InherentDataProvider),
    >,
>;

/// GRANDPA's part of the import.
pub type FinalityImport = GrandpaBlockImport<Backend, Block, Client, SelectChain>;

/// How blocks enter the database.
pub type BlockImport = ReportEquivocations<BabeBlockImport<Block, Client, FinalityImport, Inherents, SelectChain>>;

/// Blocks between two justifications that are kept, as light clients need them.
pub const JUSTIFICATION_PERIOD: u32 = 512;

/// The parts.
pub struct Partial {
    /// The client.
    pub client: Arc<Client>,
    /// The database.
    pub backend: Arc<Backend>,
    /// The keys.
    pub keystore: KeystoreContainer,
    /// The rule for the best chain.
    pub select_chain: SelectChain,
    /// Checks and imports blocks from elsewhere.
    pub import_queue: sc_consensus::DefaultImportQueue<Block>,
    /// The transaction pool.
    pub pool: Arc<Pool>,
    /// How blocks enter the database.
    pub block_import: BlockImport,
    /// From the import to the voter.
    pub grandpa_link: LinkHalf<Block, Client, SelectChain>,
    /// From the import to the author.
    pub babe_link: BabeLink<Block>,
    /// BABE's worker.
    pub babe_worker: BabeWorkerHandle<Block>,
    /// Slot and time of new blocks.
    pub inherents: Inherents,
    /// Where the chain's specification or the command line asks for it.
    pub telemetry: Option<Telemetry>,
}

/// Opens the chain's database and builds the parts.
pub fn partial(config: &Configuration) -> Result<(Partial, TaskManager), Error> {
    let telemetry = config
        .telemetry_endpoints
        .clone()
        .filter(|endpoints| !endpoints.is_empty())
        .map(|endpoints| -> Result<_, sc_telemetry::Error> {
            let worker = TelemetryWorker::new(16)?;
            let telemetry = worker.handle().new_telemetry(endpoints);
            Ok((worker, telemetry))
        })
        .transpose()?;

    let executor = sc_service::new_wasm_executor(&config.executor);
    let (client, backend, keystore, mut task_manager) =
        sc_service::new_full_parts(config, telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()), executor, Vec::new())?;
    let client = Arc::new(client);
    let telemetry = telemetry.map(|(worker, telemetry)| {
        task_manager.spawn_handle().spawn("telemetry", None, worker.run());
        telemetry
    });
    let handle = telemetry.as_ref().map(Telemetry::handle);

    let select_chain = sc_consensus::LongestChain::new(backend.clone());
    let pool = Arc::new(
        sc_transaction_pool::Builder::new(task_manager.spawn_essential_handle(), client.clone(), config.role.is_authority().into())
            .with_options(config.transaction_pool.clone())
            .with_prometheus(config.prometheus_registry())
            .build(),
    );

    let (finality_import, grandpa_link) =
        sc_consensus_grandpa::block_import(client.clone(), JUSTIFICATION_PERIOD, &client, select_chain.clone(), handle.clone())?;
    let babe_config = sc_consensus_babe::configuration(&*client)?;
    let slot_duration = babe_config.slot_duration();
    let inherents: Inherents = Arc::new(move |_, ()| async move {
        let timestamp = sp_timestamp::InherentDataProvider::from_system_time();
        let slot = sp_consensus_babe::inherents::InherentDataProvider::from_timestamp_and_slot_duration(*timestamp, slot_duration);
        Ok((slot, timestamp))
    });
    let reports = OffchainTransactionPoolFactory::new(pool.clone());
    let (block_import, babe_link) = sc_consensus_babe::block_import(
        babe_config,
        finality_import.clone(),
        client.clone(),
        inherents.clone(),
        select_chain.clone(),
        reports.clone(),
    )?;
    let block_import = ReportEquivocations::new(block_import, client.clone(), select_chain.clone(), reports);
    let (import_queue, babe_worker) = sc_consensus_babe::import_queue(sc_consensus_babe::ImportQueueParams {
        link: babe_link.clone(),
        block_import: block_import.clone(),
        justification_import: Some(Box::new(finality_import)),
        client: client.clone(),
        slot_duration,
        spawner: &task_manager.spawn_essential_handle(),
        registry: config.prometheus_registry(),
        telemetry: handle,
    })?;

    // Their tasks are essential and end with them: they must outlive whoever uses the parts.
    task_manager.keep_alive((pool.clone(), babe_worker.clone()));
    let parts = Partial {
        client,
        backend,
        keystore,
        select_chain,
        import_queue,
        pool,
        block_import,
        grandpa_link,
        babe_link,
        babe_worker,
        inherents,
        telemetry,
    };
    Ok((parts, task_manager))
}
