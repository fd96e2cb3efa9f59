//! Reports validators that make two blocks in one slot.
//!
//! sc-consensus-babe 0.60 looks for them too, but in the import, where a header has lost its seal: the proofs that it makes hold no signature, and no
//! runtime accepts them. So this looks at the sealed headers, before that. What it has seen stands in the client's auxiliary storage, under
//! keys of its own, and survives a restart.

use super::partial::{Client, SelectChain};
use hearth_runtime::{opaque::Block, Hash, Header, SLOT_MILLIS};
use sc_client_api::AuxStore;
use sc_consensus::{BlockCheckParams, BlockImport, BlockImportParams, ImportResult};
use sc_consensus_babe::{AuthorityId, BabeApi, CompatibleDigestItem, PreDigest};
use sc_consensus_slots::check_equivocation;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_api::{ApiExt, ProvideRuntimeApi};
use sp_consensus::{BlockOrigin, SelectChain as _};
use sp_consensus_babe::{Slot, SlotDuration};
use sp_runtime::traits::Header as _;
use std::sync::Arc;

/// Apart from the keys of sc-consensus-babe, whose headers have no seals.
const PREFIX: &[u8] = b"hearth/sealed/";

/// An import that reports equivocations before it hands a block on.
#[derive(Clone)]
pub struct ReportEquivocations<I> {
    inner: I,
    client: Arc<Client>,
    select_chain: SelectChain,
    pool: OffchainTransactionPoolFactory<Block>,
}

impl<I> ReportEquivocations<I> {
    /// Reports by transactions through `pool`, and imports into `inner`.
    pub fn new(inner: I, client: Arc<Client>, select_chain: SelectChain, pool: OffchainTransactionPoolFactory<Block>) -> Self {
        Self { inner, client, select_chain, pool }
    }

    /// Whether the sealed header is its author's second of the slot; if so, says it to the chain. The seal is verified already.
    async fn look(&self, header: Header) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let parent = *header.parent_hash();
        let Some(claim) = header.digest().logs().iter().find_map(|log| log.as_babe_pre_digest()) else { return Ok(()) };
        let Some(author) = self.author(parent, &claim)? else { return Ok(()) };
        let now = Slot::from_timestamp(sp_timestamp::Timestamp::current(), SlotDuration::from_millis(SLOT_MILLIS));
        let store = Apart(&*self.client);
        let Some(proof) = check_equivocation::<_, Header, AuthorityId>(&store, now, claim.slot(), &header, &author)? else { return Ok(()) };
        let hashes = (proof.first_header.hash(), proof.second_header.hash());
        log::warn!(target: "hearth::consensus", "{author} made two blocks in slot {}: {hashes:?}", claim.slot());

        // The state of the parent knows the keys of the session; if the block is the session's first, a later one does.
        let best = self.select_chain.best_chain().await?.hash();
        for at in [parent, best] {
            let owner = self.client.runtime_api().generate_key_ownership_proof(at, claim.slot(), author.clone())?;
            if let Some(owner) = owner {
                let mut api = self.client.runtime_api();
                api.register_extension(self.pool.offchain_transaction_pool(best));
                api.submit_report_equivocation_unsigned_extrinsic(best, proof, owner)?;
                return Ok(());
            }
        }
        log::warn!(target: "hearth::consensus", "{author} is in no session's set any more, and is not reported");
        Ok(())
    }

    /// Whose turn a slot was. None, if it is in neither the parent's epoch nor the next, as after a standstill.
    fn author(&self, parent: Hash, claim: &PreDigest) -> Result<Option<AuthorityId>, sp_api::ApiError> {
        let api = self.client.runtime_api();
        for next in [false, true] {
            let epoch = if next { api.next_epoch(parent)? } else { api.current_epoch(parent)? };
            let end = epoch.start_slot + epoch.duration;
            if (epoch.start_slot..end).contains(&claim.slot()) {
                return Ok(epoch.authorities.get(claim.authority_index() as usize).map(|(author, _)| author.clone()));
            }
        }
        Ok(None)
    }
}

#[async_trait::async_trait]
impl<I> BlockImport<Block> for ReportEquivocations<I>
where
    I: BlockImport<Block> + Send + Sync,
{
    type Error = I::Error;

    async fn check_block(&self, block: BlockCheckParams<Block>) -> Result<ImportResult, Self::Error> {
        self.inner.check_block(block).await
    }

    async fn import_block(&self, block: BlockImportParams<Block>) -> Result<ImportResult, Self::Error> {
        // What is old was reported when it was new, and the state before it may be gone.
        let new = matches!(block.origin, BlockOrigin::NetworkBroadcast | BlockOrigin::ConsensusBroadcast | BlockOrigin::Own);
        if let Some(header) = new.then(|| block.post_header()) {
            if let Err(error) = self.look(header).await {
                log::warn!(target: "hearth::consensus", "a block cannot be looked at for equivocations: {error}");
            }
        }
        self.inner.import_block(block).await
    }
}

/// A store of which every key begins with [`PREFIX`].
struct Apart<'a, S>(&'a S);

fn apart(key: &[u8]) -> Vec<u8> {
    [PREFIX, key].concat()
}

impl<S: AuxStore> AuxStore for Apart<'_, S> {
    fn insert_aux<'a, 'b: 'a, 'c: 'a, I: IntoIterator<Item = &'a (&'c [u8], &'c [u8])>, D: IntoIterator<Item = &'a &'b [u8]>>(
        &self,
        insert: I,
        delete: D,
    ) -> sp_blockchain::Result<()> {
        let inserted: Vec<_> = insert.into_iter().map(|(key, value)| (apart(key), *value)).collect();
        let deleted: Vec<_> = delete.into_iter().map(|key| apart(key)).collect();
        let inserted: Vec<_> = inserted.iter().map(|(key, value)| (key.as_slice(), *value)).collect();
        let deleted: Vec<_> = deleted.iter().map(Vec::as_slice).collect();
        self.0.insert_aux(&inserted, &deleted)
    }

    fn get_aux(&self, key: &[u8]) -> sp_blockchain::Result<Option<Vec<u8>>> {
        self.0.get_aux(&apart(key))
    }
}
