//! A running node.

use super::{
    partial::{partial, Partial, JUSTIFICATION_PERIOD},
    worker,
};
use crate::{
    blobs::{
        self,
        rpc::{Blob, BlobApiServer},
        BlobStore, ClientReferences, Fetcher, Limits, NetworkedPeers,
    },
    cli::{BlobParams, InferenceParams},
    inference::{self, WorkerCommand},
    rpc,
};
use futures::StreamExt;
use hearth_primitives::OPERATOR_KEY_TYPE;
use hearth_runtime::{opaque::Block, Hash, SLOT_MILLIS};
use sc_client_api::{Backend as _, BlockBackend};
use sc_consensus_babe::{BabeParams, SlotProportion};
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaParams, SharedVoterState, VotingRulesBuilder};
use sc_network::{config::FullNetworkConfiguration, event::Event, Litep2pNetworkBackend, NetworkBackend, NetworkEventStream};
use sc_network_sync::strategy::warp::WarpSyncConfig;
use sc_service::{error::Error, BuildNetworkParams, Configuration, SpawnTasksParams, TaskManager};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_core::crypto::KeyTypeId;
use sp_keystore::Keystore;
use std::{sync::Arc, time::Duration};

/// How long GRANDPA waits before it repeats its gossip.
const GOSSIP_DURATION: Duration = Duration::from_millis(333);

/// The part of a slot in which a block is filled; the rest is for its way to the others.
const PROPOSAL_PORTION: f32 = 0.5;

/// The network. The SDK's older one, libp2p, would double the code of the whole service.
type Network = Litep2pNetworkBackend;

/// Starts a node. It runs until the task manager goes.
pub fn full(config: Configuration, inference_params: InferenceParams, blob_params: BlobParams) -> Result<TaskManager, Error> {
    let worker = worker::find(inference_params.inference_worker)?;
    let (parts, mut task_manager) = partial(&config)?;
    let Partial {
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
        mut telemetry,
    } = parts;
    let keystore = keystore.keystore();
    insert_dev_operator(&config, &*keystore)?;

    let role = config.role;
    let genesis =
        client.block_hash(0)?.ok_or_else(|| Error::Other("the database has no genesis block; purge it with purge-chain".into()))?;
    let registry = config.prometheus_registry().cloned();

    // Blobs.
    let limits = Limits {
        max_bytes: blob_params.blob_store_size.saturating_mul(1 << 20),
        staging_age: Duration::from_secs(blob_params.blob_staging_age),
    };
    let store = BlobStore::open(config.data_path.join("blobs"), limits).map_err(|error| Error::Application(Box::new(error)))?;

    // Network.
    let metrics = <Network as NetworkBackend<Block, Hash>>::register_notification_metrics(registry.as_ref());
    let mut net_config = FullNetworkConfiguration::<_, _, Network>::new(&config.network, registry.clone());
    let grandpa_protocol = sc_consensus_grandpa::protocol_standard_name(&genesis, &config.chain_spec);
    let (grandpa_config, grandpa_notifications) = sc_consensus_grandpa::grandpa_peers_set_config::<Block, Network>(
        grandpa_protocol.clone(),
        metrics.clone(),
        net_config.peer_store_handle(),
    );
    net_config.add_notification_protocol(grandpa_config);
    let (blob_config, blob_requests) = blobs::protocol::request_response_config::<Block, Network>(&genesis, config.chain_spec.fork_id());
    let blob_protocol = sc_network::service::traits::RequestResponseConfig::protocol_name(&blob_config).clone();
    net_config.add_request_response_protocol(blob_config);
    let warp_sync = Arc::new(sc_consensus_grandpa::warp_proof::NetworkProvider::new(
        backend.clone(),
        grandpa_link.shared_authority_set().clone(),
        Vec::new(),
    ));
    let (network, system_rpc_tx, tx_handler_controller, sync, _bitswap) = sc_service::build_network(BuildNetworkParams {
        config: &config,
        net_config,
        client: client.clone(),
        transaction_pool: pool.clone(),
        spawn_handle: task_manager.spawn_handle(),
        spawn_essential_handle: task_manager.spawn_essential_handle(),
        import_queue,
        block_announce_validator_builder: None,
        warp_sync_config: Some(WarpSyncConfig::WithProvider(warp_sync)),
        block_relay: None,
        metrics,
        gap_sync_body_policy: None,
    })?;

    // Blobs, on the network.
    let fetcher = Fetcher::new(store.clone(), Arc::new(NetworkedPeers::new(network.clone(), sync.clone(), blob_protocol)));
    let references = Arc::new(ClientReferences::new(client.clone()));
    task_manager.spawn_handle().spawn("blobs-serve", Some("hearth"), blobs::protocol::serve(store.clone(), blob_requests));
    task_manager.spawn_handle().spawn("blobs-gc", Some("hearth"), blobs::gc::run(store.clone(), references.clone(), sync.clone()));

    // Offchain workers: they only read the mailbox and report, so they get no HTTP.
    if config.offchain_worker.enabled {
        let workers = sc_offchain::OffchainWorkers::new(sc_offchain::OffchainWorkerOptions {
            runtime_api_provider: client.clone(),
            keystore: Some(keystore.clone()),
            offchain_db: backend.offchain_storage(),
            transaction_pool: Some(OffchainTransactionPoolFactory::new(pool.clone())),
            network_provider: Arc::new(network.clone()),
            is_validator: role.is_authority(),
            enable_http_requests: false,
            custom_extensions: |_| Vec::new(),
        })?;
        let run = workers.run(client.clone(), task_manager.spawn_handle());
        task_manager.spawn_handle().spawn("offchain-workers-runner", Some("offchain-worker"), run);
    }

    // Inference.
    if inference_params.no_inference {
        log::info!(target: "hearth::inference", "this node serves the chain only, as --no-inference says");
    } else if let (Some(path), Some(offchain_storage)) = (worker, backend.offchain_storage()) {
        let keys = keystore.sr25519_public_keys(KeyTypeId(OPERATOR_KEY_TYPE)).len();
        log::info!(target: "hearth::inference", "{keys} operators' keys; jobs run in {} on {}", path.display(), inference_params.inference_device);
        let supervisor = inference::run(inference::Params {
            client: client.clone(),
            offchain_storage,
            keystore: keystore.clone(),
            sync: sync.clone(),
            store: store.clone(),
            fetcher: fetcher.clone(),
            worker: WorkerCommand::serve(path, &inference_params.inference_device),
            data_dir: config.data_path.join("inference"),
            block_time: Duration::from_millis(SLOT_MILLIS),
            registry: registry.clone(),
        });
        task_manager.spawn_handle().spawn("inference", Some("hearth"), supervisor);
    } else {
        log::info!(target: "hearth::inference", "this node serves the chain only: there is no hearth-inference-worker beside it or in PATH");
    }

    // RPC.
    let voter_state = SharedVoterState::empty();
    let deps = rpc::Deps {
        client: client.clone(),
        pool: pool.clone(),
        select_chain: select_chain.clone(),
        chain_spec: config.chain_spec.cloned_box(),
        keystore: keystore.clone(),
        babe_worker,
        authority_set: grandpa_link.shared_authority_set().clone(),
        voter_state: voter_state.clone(),
        justifications: grandpa_link.justification_stream(),
        finality_proofs: FinalityProofProvider::new_for_service(backend.clone(), Some(grandpa_link.shared_authority_set().clone())),
        blobs: Blob::new(store, fetcher, references).into_rpc().into(),
    };

    let force_authoring = config.force_authoring;
    let finalises = !config.disable_grandpa;
    let name = config.network.node_name.clone();
    let discovery = sc_authority_discovery::WorkerConfig {
        publish_non_global_ips: config.network.allow_non_globals_in_dht,
        public_addresses: config.network.public_addresses.clone(),
        persisted_cache_directory: config.network.net_config_path.clone(),
        ..Default::default()
    };

    sc_service::spawn_tasks(SpawnTasksParams {
        config,
        client: client.clone(),
        backend,
        task_manager: &mut task_manager,
        keystore: keystore.clone(),
        transaction_pool: pool.clone(),
        rpc_builder: Box::new(move |executor| rpc::module(&deps, executor).map_err(Error::Application)),
        network: network.clone(),
        system_rpc_tx,
        tx_handler_controller,
        sync_service: sync.clone(),
        telemetry: telemetry.as_mut(),
        tracing_execute_block: None,
    })?;
    let telemetry = telemetry.as_ref().map(|telemetry| telemetry.handle());

    if role.is_authority() {
        let proposer = sc_basic_authorship::ProposerFactory::new(
            task_manager.spawn_handle(),
            client.clone(),
            pool.clone(),
            registry.as_ref(),
            telemetry.clone(),
        );
        let babe = sc_consensus_babe::start_babe(BabeParams {
            keystore: keystore.clone(),
            client: client.clone(),
            select_chain,
            env: proposer,
            block_import,
            sync_oracle: sync.clone(),
            justification_sync_link: sync.clone(),
            create_inherent_data_providers: inherents,
            force_authoring,
            backoff_authoring_blocks: Some(sc_consensus_slots::BackoffAuthoringOnFinalizedHeadLagging::default()),
            babe_link,
            block_proposal_slot_portion: SlotProportion::new(PROPOSAL_PORTION),
            max_block_proposal_slot_portion: None,
            telemetry: telemetry.clone(),
        })?;
        task_manager.spawn_essential_handle().spawn_blocking("babe-proposer", Some("block-authoring"), babe);

        let events = network.event_stream("authority-discovery").filter_map(|event| async move {
            match event {
                Event::Dht(event) => Some(event),
                _ => None,
            }
        });
        let (worker, _service) = sc_authority_discovery::new_worker_and_service_with_config(
            discovery,
            client,
            Arc::new(network.clone()),
            Box::pin(events),
            sc_authority_discovery::Role::PublishAndDiscover(keystore.clone()),
            registry.clone(),
            task_manager.spawn_handle(),
        );
        task_manager.spawn_handle().spawn("authority-discovery", Some("networking"), worker.run());
    }

    if finalises {
        let voter = sc_consensus_grandpa::run_grandpa_voter(GrandpaParams {
            config: sc_consensus_grandpa::Config {
                gossip_duration: GOSSIP_DURATION,
                justification_generation_period: JUSTIFICATION_PERIOD,
                name: Some(name),
                observer_enabled: false,
                keystore: role.is_authority().then_some(keystore),
                local_role: role,
                telemetry: telemetry.clone(),
                protocol_name: grandpa_protocol,
            },
            link: grandpa_link,
            network,
            sync: Arc::new(sync),
            notification_service: grandpa_notifications,
            voting_rule: VotingRulesBuilder::default().build(),
            prometheus_registry: registry,
            shared_voter_state: voter_state,
            telemetry,
            offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(pool),
        })?;
        task_manager.spawn_essential_handle().spawn_blocking("grandpa-voter", None, voter);
    }
    Ok(task_manager)
}

/// Where a development seed makes the validator's keys, it makes an operator's too: `//Alice//operator` for `--alice` and `--dev`.
fn insert_dev_operator(config: &Configuration, keystore: &dyn Keystore) -> Result<(), Error> {
    if let Some(seed) = &config.dev_key_seed {
        keystore
            .sr25519_generate_new(KeyTypeId(OPERATOR_KEY_TYPE), Some(&format!("{seed}//operator")))
            .map_err(|error| Error::Other(format!("the operator's development key cannot be stored: {error}")))?;
    }
    Ok(())
}
