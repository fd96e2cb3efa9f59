//! Removal of blobs that the chain does not refer to.
//!
//! A blob is kept while the chain refers to it, while something in this node pins it, and for the staging age after it was stored:
//! an upload comes before the extrinsic that refers to it, and an output before its reveal.

use super::store::{BlobError, BlobStore};
use hearth_primitives::{api::InferenceMarketApi, blob::BlobId};
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_consensus::SyncOracle;
use sp_runtime::{traits::Block as BlockT, AccountId32};
use std::{marker::PhantomData, sync::Arc, time::Duration};

/// Ids asked of the chain in one call.
const BATCH: usize = 256;

/// Whether the chain refers to blobs, at the best block.
pub trait References: Send + Sync {
    /// One answer per id. An error is a sentence for the log.
    fn referenced(&self, ids: &[BlobId]) -> Result<Vec<bool>, String>;
}

/// [`References`] by the runtime API of a client.
pub struct ClientReferences<Block, Client> {
    client: Arc<Client>,
    _block: PhantomData<fn() -> Block>,
}

impl<Block, Client> ClientReferences<Block, Client> {
    /// Asks `client`.
    pub fn new(client: Arc<Client>) -> Self {
        Self { client, _block: PhantomData }
    }
}

impl<Block, Client> References for ClientReferences<Block, Client>
where
    Block: BlockT,
    Client: ProvideRuntimeApi<Block> + HeaderBackend<Block> + Send + Sync,
    Client::Api: InferenceMarketApi<Block, AccountId32, u128, u32>,
{
    fn referenced(&self, ids: &[BlobId]) -> Result<Vec<bool>, String> {
        let best = self.client.info().best_hash;
        let answers = self.client.runtime_api().blobs_referenced(best, ids.to_vec()).map_err(|error| error.to_string())?;
        match answers.len() == ids.len() {
            true => Ok(answers),
            false => Err(format!("the runtime gave {} answers to {} ids", answers.len(), ids.len())),
        }
    }
}

/// What a collection did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Collected {
    /// Blobs removed.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Why a collection stopped.
#[derive(Debug, thiserror::Error)]
pub enum GcError {
    /// The chain's state could not be asked.
    #[error("the chain could not be asked which blobs it refers to: {0}")]
    Chain(String),
    /// A file could not be removed.
    #[error(transparent)]
    Store(#[from] BlobError),
}

/// Removes blobs that are older than the staging age and neither pinned nor referred to. Blocks on the disk.
pub fn collect_garbage(store: &BlobStore, references: &dyn References) -> Result<Collected, GcError> {
    let age = store.staging_age();
    let mut collected = Collected::default();
    for ids in store.older_than(age).chunks(BATCH) {
        let referenced = references.referenced(ids).map_err(GcError::Chain)?;
        for (id, _) in ids.iter().zip(referenced).filter(|(_, referenced)| !referenced) {
            let bytes = store.remove_if_older(*id, age)?;
            if store.len(*id).is_none() {
                collected.blobs += 1;
                collected.bytes += bytes;
            }
        }
    }
    Ok(collected)
}

/// Collects now and then, for as long as the node runs; not while it syncs, when the best block knows nothing of newer references. Room of
/// abandoned transfers is given back at any time.
pub async fn run(store: BlobStore, references: Arc<dyn References>, sync: Arc<dyn SyncOracle + Send + Sync>) {
    let pause = (store.staging_age() / 4).clamp(Duration::from_secs(5), Duration::from_secs(600));
    loop {
        tokio::time::sleep(pause).await;
        let sweeping = store.clone();
        if let Err(error) = tokio::task::spawn_blocking(move || sweeping.sweep()).await {
            log::error!(target: "hearth::blobs", "abandoned transfers were not dropped: {error}");
        }
        if sync.is_major_syncing() {
            continue;
        }
        let (kept, references) = (store.clone(), references.clone());
        let collected = tokio::task::spawn_blocking({
            let store = store.clone();
            move || collect_garbage(&store, &*references)
        });
        match collected.await {
            Ok(Ok(Collected { blobs: 0, .. })) => {}
            Ok(Ok(Collected { blobs, bytes })) => {
                let (stored, _) = kept.used();
                log::info!(target: "hearth::blobs", "removed {blobs} blobs ({bytes} bytes) that the chain does not refer to; {stored} bytes are kept");
            }
            Ok(Err(error)) => log::warn!(target: "hearth::blobs", "blobs were not collected: {error}"),
            Err(error) => log::error!(target: "hearth::blobs", "the collection of blobs broke off: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blobs::store::Limits;
    use std::collections::HashSet;

    struct Chain(HashSet<BlobId>);

    impl References for Chain {
        fn referenced(&self, ids: &[BlobId]) -> Result<Vec<bool>, String> {
            assert!(ids.len() <= BATCH);
            Ok(ids.iter().map(|id| self.0.contains(id)).collect())
        }
    }

    struct Broken;

    impl References for Broken {
        fn referenced(&self, _: &[BlobId]) -> Result<Vec<bool>, String> {
            Err("no state".into())
        }
    }

    fn store(age: Duration) -> (tempfile::TempDir, BlobStore) {
        let dir = tempfile::tempdir().unwrap();
        let store = BlobStore::open(dir.path(), Limits { max_bytes: 1 << 20, staging_age: age }).unwrap();
        (dir, store)
    }

    #[test]
    fn collect_garbage_removes_only_what_nobody_refers_to() {
        let (_dir, store) = store(Duration::ZERO);
        let stray = store.put(b"stray").unwrap();
        let kept = store.put(b"kept").unwrap();
        let pinned = store.put(b"pinned").unwrap();
        let pin = store.pin(pinned.id).unwrap();
        let chain = Chain([kept.id].into());
        assert_eq!(collect_garbage(&store, &chain).unwrap(), Collected { blobs: 1, bytes: 5 });
        assert_eq!(store.len(stray.id), None);
        assert_eq!(store.read(kept.id, 0, 10).unwrap(), b"kept");
        drop(pin);
        assert_eq!(collect_garbage(&store, &chain).unwrap(), Collected { blobs: 1, bytes: 6 });
        assert_eq!(store.used(), (4, 0));
    }

    #[test]
    fn collect_garbage_keeps_young_blobs_and_those_stored_anew() {
        let (_dir, store) = store(Duration::from_millis(400));
        let blob = store.put(b"young").unwrap();
        assert_eq!(collect_garbage(&store, &Chain(HashSet::new())).unwrap(), Collected::default());
        std::thread::sleep(Duration::from_millis(300));
        store.put(b"young").unwrap();
        std::thread::sleep(Duration::from_millis(200));
        assert_eq!(collect_garbage(&store, &Chain(HashSet::new())).unwrap(), Collected::default());
        assert!(store.len(blob.id).is_some());
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(collect_garbage(&store, &Chain(HashSet::new())).unwrap().blobs, 1);
    }

    #[test]
    fn collect_garbage_asks_in_batches_and_removes_nothing_when_the_chain_is_silent() {
        let (_dir, store) = store(Duration::ZERO);
        for n in 0..(BATCH as u32 + 3) {
            store.put(&n.to_le_bytes()).unwrap();
        }
        assert!(matches!(collect_garbage(&store, &Broken), Err(GcError::Chain(_))));
        assert_eq!(collect_garbage(&store, &Chain(HashSet::new())).unwrap().blobs, BATCH as u64 + 3);
    }
}
