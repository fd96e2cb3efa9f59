//! The supervisor: it follows the best chain, and has this node's worker processes compute what the chain drew its operators for.
//!
//! For every operator key in the keystore (key type [`OPERATOR_KEY_TYPE`]) the chain lists duties. For each duty the supervisor fetches
//! the model and the input, waits for one of the provider's slots, runs the worker, stores the output, and leaves the outcome in the
//! mailbox, from where the market pallet's offchain worker reports it in a signed extrinsic. It signs and submits nothing itself, and no
//! failure of a worker, a peer or the disk reaches the rest of the node.
//!
//! A juror's duty goes the same way. Its run is digested under the jury's seed and under that of the results that it judges; the outcome
//! holds what it thinks of each.
//!
//! | module | holds |
//! |---|---|
//! | [`duties`] | what the chain wants, read through the runtime API |
//! | [`scheduler`] | which duties to start, to give up, to decline: decisions only |
//! | [`job`] | one duty from the first blob to the outcome |
//! | [`slots`] | a provider's slots, and the worker process of each |
//! | [`worker`] | one worker process |
//! | [`mailbox`] | the outcomes, durable before they are visible |
//! | [`metrics`] | for Prometheus |
//!
//! Wiring, in the node's service, after the network was built, unless `--no-inference`:
//!
//! ```ignore
//! if let Some(offchain_storage) = backend.offchain_storage() {
//!     let task = inference::run(inference::Params {
//!         client, offchain_storage, keystore, sync: sync_service, store, fetcher,
//!         worker: WorkerCommand::serve(worker_path, &device),
//!         data_dir: config.data_path.join("inference"),
//!         block_time: Duration::from_secs(3),
//!         registry: config.prometheus_registry().cloned(),
//!     });
//!     task_manager.spawn_handle().spawn("inference", Some("hearth"), task);
//! }
//! ```

pub mod duties;
mod job;
pub mod mailbox;
mod metrics;
mod scheduler;
mod slots;
pub mod worker;

pub use worker::WorkerCommand;

use crate::blobs::{BlobStore, Fetcher};
use duties::{Chain, ClientChain};
use futures::{Stream, StreamExt};
use hearth_primitives::{api::InferenceMarketApi, OPERATOR_KEY_TYPE};
use job::{Deadline, Jobs};
use mailbox::{Mailbox, Part};
use metrics::Metrics;
use sc_client_api::BlockchainEvents;
use scheduler::{Plan, Scheduler};
use slots::Slots;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_consensus::SyncOracle;
use sp_core::{crypto::KeyTypeId, offchain::OffchainStorage};
use sp_keystore::KeystorePtr;
use sp_runtime::{traits::Block as BlockT, AccountId32};
use std::{
    collections::HashMap,
    fmt::Display,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};
use substrate_prometheus_endpoint::Registry;
use tokio::task::{AbortHandle, JoinSet};

/// How often the chain is looked at when no block comes.
const TICK: Duration = Duration::from_secs(3);

/// After so long without a run a worker process is ended.
const IDLE: Duration = Duration::from_secs(600);

/// What the supervisor needs of the node.
pub struct Params<Client, Storage> {
    /// The client.
    pub client: Arc<Client>,
    /// The offchain workers' persistent storage.
    pub offchain_storage: Storage,
    /// Holds the operators' keys.
    pub keystore: KeystorePtr,
    /// While it syncs, the node's best block is history and its duties are nobody's.
    pub sync: Arc<dyn SyncOracle + Send + Sync>,
    /// The node's blobs.
    pub store: BlobStore,
    /// Gets blobs from peers.
    pub fetcher: Fetcher,
    /// How workers are started.
    pub worker: WorkerCommand,
    /// A directory of the supervisor's own, in the node's data directory: `mailbox/` must last, `scratch/` need not.
    pub data_dir: PathBuf,
    /// The time of a block, to make times of the chain's deadlines.
    pub block_time: Duration,
    /// For metrics.
    pub registry: Option<Registry>,
}

/// Supervises until it is dropped. It ends by itself only if its directories cannot be used, and says so in the log.
pub async fn run<Block, Client, Storage>(params: Params<Client, Storage>)
where
    Block: BlockT,
    Client: ProvideRuntimeApi<Block> + HeaderBackend<Block> + BlockchainEvents<Block> + Send + Sync + 'static,
    Client::Api: InferenceMarketApi<Block, AccountId32, u128, u32>,
    Storage: OffchainStorage + 'static,
{
    let Params { client, offchain_storage, keystore, sync, store, fetcher, worker, data_dir, block_time, registry } = params;
    let mailbox = match Mailbox::open(data_dir.join("mailbox"), offchain_storage, store.clone()) {
        Ok(mailbox) => Arc::new(mailbox),
        Err(error) => return log::error!(target: "hearth::inference", "no inference on this node: {error}"),
    };
    let metrics = Metrics::register(registry.as_ref());
    let blocks = client.import_notification_stream().filter_map(|block| async move { block.is_new_best.then_some(()) });
    let operators = move || {
        let keys = keystore.sr25519_public_keys(KeyTypeId(OPERATOR_KEY_TYPE));
        keys.into_iter().map(|key| AccountId32::new(key.0)).collect::<Vec<_>>()
    };
    let slots = match Slots::new(worker, data_dir.join("scratch")) {
        Ok(slots) => Arc::new(slots),
        Err(error) => return log::error!(target: "hearth::inference", "no inference on this node: {error}"),
    };
    let chain = Arc::new(ClientChain::new(client, operators, sync));
    let jobs = Jobs { store, fetcher, mailbox, slots, metrics };
    supervise(chain, blocks.boxed(), jobs, Scheduler::new(block_time)).await
}

/// A line in the log when something begins to fail, not one every three seconds.
#[derive(Default)]
struct Complaint(Option<String>);

impl Complaint {
    fn make(&mut self, what: &str, error: Option<impl Display>) {
        let error = error.map(|error| error.to_string());
        if let Some(error) = error.as_ref().filter(|error| Some(*error) != self.0.as_ref()) {
            log::warn!(target: "hearth::inference", "{what}: {error}");
        }
        self.0 = error;
    }
}

/// The loop: at every block, and every few seconds, compare what the chain wants with what is under way.
async fn supervise(chain: Arc<dyn Chain>, mut blocks: impl Stream<Item = ()> + Unpin, jobs: Jobs, mut scheduler: Scheduler) {
    let jobs = Arc::new(jobs);
    let mut tasks = JoinSet::new();
    let mut handles: HashMap<Part, AbortHandle> = HashMap::new();
    let mut tick = tokio::time::interval(TICK);
    let (mut chain_fails, mut mailbox_fails) = (Complaint::default(), Complaint::default());
    loop {
        tokio::select! {
            Some(()) = blocks.next() => {}
            _ = tick.tick() => {}
            Some(ended) = tasks.join_next_with_id() => {
                let (id, well) = match ended {
                    Ok((id, well)) => (id, well),
                    Err(error) => {
                        if error.is_panic() {
                            log::error!(target: "hearth::inference", "a job's task broke off: {error}");
                        }
                        (error.id(), false)
                    }
                };
                // A task that was given up has left the map, and another may run for its part.
                if let Some(part) = handles.iter().find(|(_, handle)| handle.id() == id).map(|(part, _)| *part) {
                    handles.remove(&part);
                    scheduler.ended(part, well, Instant::now());
                }
                if !well {
                    continue;
                }
            }
        }
        let (asked, parts) = (chain.clone(), jobs.mailbox.parts());
        let snapshot = match tokio::task::spawn_blocking(move || asked.snapshot()).await {
            Ok(Ok(Some(snapshot))) => snapshot,
            Ok(Ok(None)) => continue,
            Ok(Err(error)) => {
                chain_fails.make("the chain could not be asked for duties", Some(error));
                continue;
            }
            Err(error) => {
                chain_fails.make("the chain could not be asked for duties", Some(error));
                continue;
            }
        };
        chain_fails.make("", None::<String>);
        jobs.metrics.watch(jobs.mailbox.watch());
        let plan = scheduler.plan(&snapshot, &parts, Instant::now(), |part, seed| {
            let published = jobs.mailbox.publish(part, seed);
            mailbox_fails.make("the mailbox cannot be used", published.as_ref().err());
            // Without a journal nothing may be computed: its salt could be lost.
            published.ok()
        });
        let Plan { start, decline, cancel, ask } = plan;
        for part in cancel {
            if let Some(handle) = handles.remove(&part) {
                log::info!(target: "hearth::inference", "{part} is given up: the best chain does not ask for it any more");
                handle.abort();
            }
        }
        for (duty, deadline) in start {
            // A juror's seat comes on top of the slots.
            let seat = u32::from(duty.is_jurors());
            let slots = snapshot.slots.get(&duty.provider).copied().unwrap_or(1).saturating_add(seat);
            jobs.slots.resize(duty.provider, slots);
            let (jobs, part) = (jobs.clone(), Part::of(&duty));
            let task = async move { jobs.perform(&duty, Deadline::new(deadline)).await };
            handles.insert(part, tasks.spawn(task));
        }
        for duty in decline {
            log::warn!(target: "hearth::inference", "{} is declined: too little time is left for it", Part::of(&duty));
            jobs.decline(&duty, hearth_primitives::market::DeclineReason::WorkerFailed);
        }
        if !ask.is_empty() {
            let (asked, list) = (chain.clone(), ask.clone());
            if let Ok(Ok(ended)) = tokio::task::spawn_blocking(move || asked.ended(&list)).await {
                for part in ask.into_iter().zip(ended).filter(|(_, ended)| *ended).map(|(part, _)| part) {
                    mailbox_fails.make("the mailbox cannot be cleaned", jobs.mailbox.forget(part).err());
                }
            }
        }
        jobs.slots.end_idle(IDLE);
    }
}

#[cfg(test)]
mod testing;

#[cfg(test)]
#[path = "supervisor_tests.rs"]
mod tests;
