//! The JSON-RPC methods beside the SDK's own: the accounts' nonces and fees, consensus, checkpoints for light clients, blobs.

use crate::service::{AuthoritySet, Backend, Client, Pool, SelectChain};
use hearth_runtime::opaque::Block;
use jsonrpsee::{Methods, RpcModule};
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_babe_rpc::{Babe, BabeApiServer};
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaJustificationStream, SharedVoterState};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_rpc::SubscriptionTaskExecutor;
use sc_sync_state_rpc::{SyncState, SyncStateApiServer};
use sp_keystore::KeystorePtr;
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};

/// What the methods need of the node.
pub struct Deps {
    /// The client.
    pub client: Arc<Client>,
    /// The transaction pool.
    pub pool: Arc<Pool>,
    /// The rule for the best chain.
    pub select_chain: SelectChain,
    /// The chain's specification.
    pub chain_spec: Box<dyn sc_chain_spec::ChainSpec>,
    /// The keys.
    pub keystore: KeystorePtr,
    /// BABE's worker.
    pub babe_worker: BabeWorkerHandle<Block>,
    /// GRANDPA's authorities.
    pub authority_set: AuthoritySet,
    /// GRANDPA's rounds.
    pub voter_state: SharedVoterState,
    /// GRANDPA's justifications, as they come.
    pub justifications: GrandpaJustificationStream<Block>,
    /// Proofs of finality.
    pub finality_proofs: Arc<FinalityProofProvider<Backend, Block>>,
    /// The blobs' methods.
    pub blobs: Methods,
}

/// The methods.
pub fn module(deps: &Deps, executor: SubscriptionTaskExecutor) -> Result<RpcModule<()>, Box<dyn std::error::Error + Send + Sync>> {
    let mut module = RpcModule::new(());
    module.merge(System::new(deps.client.clone(), deps.pool.clone()).into_rpc())?;
    module.merge(TransactionPayment::new(deps.client.clone()).into_rpc())?;
    module.merge(Babe::new(deps.client.clone(), deps.babe_worker.clone(), deps.keystore.clone(), deps.select_chain.clone()).into_rpc())?;
    module.merge(
        Grandpa::new(
            executor,
            deps.authority_set.clone(),
            deps.voter_state.clone(),
            deps.justifications.clone(),
            deps.finality_proofs.clone(),
        )
        .into_rpc(),
    )?;
    module.merge(
        SyncState::new(deps.chain_spec.cloned_box(), deps.client.clone(), deps.authority_set.clone(), deps.babe_worker.clone())?.into_rpc(),
    )?;
    module.merge(deps.blobs.clone())?;
    Ok(module)
}
