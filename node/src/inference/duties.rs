//! What the chain wants of this node at its best block. A trait, so that the supervisor is tested without a chain.

use super::mailbox::Part;
use hearth_primitives::{api::InferenceMarketApi, market::Duty, ProviderId};
use sp_api::{ApiError, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use sp_consensus::SyncOracle;
use sp_runtime::{
    traits::{Block as BlockT, UniqueSaturatedInto},
    AccountId32,
};
use std::{
    collections::{hash_map::Entry, HashMap},
    marker::PhantomData,
    sync::Arc,
};

/// The chain as the supervisor sees it at one block.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The best block's number.
    pub best: u32,
    /// Everything to be done for any of this node's operators.
    pub duties: Vec<Duty<u32>>,
    /// Jobs at once, for each provider that has duties.
    pub slots: HashMap<ProviderId, u32>,
}

/// The chain could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ChainError(pub String);

impl From<ApiError> for ChainError {
    fn from(error: ApiError) -> Self {
        Self(error.to_string())
    }
}

/// Answers about the best block. Its methods block: they execute the runtime.
pub trait Chain: Send + Sync + 'static {
    /// What is to be done; none while the node syncs.
    fn snapshot(&self) -> Result<Option<Snapshot>, ChainError>;

    /// For each part, whether its job has ended or is gone.
    fn ended(&self, parts: &[Part]) -> Result<Vec<bool>, ChainError>;
}

/// [`Chain`] by the runtime API of a client.
pub struct ClientChain<Block, Client, Operators> {
    client: Arc<Client>,
    operators: Operators,
    sync: Arc<dyn SyncOracle + Send + Sync>,
    _block: PhantomData<fn() -> Block>,
}

impl<Block, Client, Operators> ClientChain<Block, Client, Operators> {
    /// `operators` gives the accounts whose keys this node has now.
    pub fn new(client: Arc<Client>, operators: Operators, sync: Arc<dyn SyncOracle + Send + Sync>) -> Self {
        Self { client, operators, sync, _block: PhantomData }
    }
}

impl<Block, Client, Operators> Chain for ClientChain<Block, Client, Operators>
where
    Block: BlockT,
    Client: ProvideRuntimeApi<Block> + HeaderBackend<Block> + Send + Sync + 'static,
    Client::Api: InferenceMarketApi<Block, AccountId32, u128, u32>,
    Operators: Fn() -> Vec<AccountId32> + Send + Sync + 'static,
{
    fn snapshot(&self) -> Result<Option<Snapshot>, ChainError> {
        if self.sync.is_major_syncing() {
            return Ok(None);
        }
        let info = self.client.info();
        let api = self.client.runtime_api();
        let mut snapshot = Snapshot { best: info.best_number.unique_saturated_into(), ..Default::default() };
        for operator in (self.operators)() {
            snapshot.duties.extend(api.duties(info.best_hash, operator)?);
        }
        for duty in &snapshot.duties {
            if let Entry::Vacant(slots) = snapshot.slots.entry(duty.provider) {
                if let Some(provider) = api.provider(info.best_hash, duty.provider)? {
                    slots.insert(provider.slots);
                }
            }
        }
        Ok(Some(snapshot))
    }

    fn ended(&self, parts: &[Part]) -> Result<Vec<bool>, ChainError> {
        let best = self.client.info().best_hash;
        let api = self.client.runtime_api();
        let ended = |part: &Part| Ok(api.job(best, part.job)?.is_none_or(|job| job.state.is_terminal()));
        parts.iter().map(ended).collect()
    }
}
