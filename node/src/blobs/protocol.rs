//! The protocol by which nodes hand blobs to each other: `/<genesis>/hearth/blobs/1`, SCALE requests and responses over the SDK's
//! request-response protocols. This file: the messages and the serving side.
//!
//! A request is answered from the store alone: serving never makes a node fetch. Memory is bounded by the queue and by
//! [`SERVED_AT_ONCE`] chunks; who asks beyond that hears [`Response::Busy`] and comes back.

use super::store::{BlobError, BlobStore};
use codec::{Decode, DecodeAll, Encode};
use futures::StreamExt;
use hearth_primitives::blob::{BlobId, MAX_CHUNK_LEN};
use sc_network::{
    request_responses::{IncomingRequest, OutgoingResponse},
    NetworkBackend, ReputationChange,
};
use sp_runtime::traits::Block as BlockT;
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, task::JoinSet};

/// Requests that wait for the serving task; the network refuses more.
const QUEUE_LEN: usize = 64;

/// Requests answered from the disk at once.
pub const SERVED_AT_ONCE: usize = 8;

/// After so long an unanswered request has failed.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// A request is a variant, an id, an offset and a length.
const MAX_REQUEST_LEN: u64 = 64;

/// A response is a variant, a compact length and a chunk.
const MAX_RESPONSE_LEN: u64 = MAX_CHUNK_LEN as u64 + 16;

/// What a peer loses for a request that no honest node sends.
const MALFORMED: ReputationChange = ReputationChange::new(-(1 << 12), "malformed blob request");

/// From the asking node.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum Request {
    /// How long is it?
    Stat(BlobId),
    /// A piece of it.
    Read {
        /// The blob.
        id: BlobId,
        /// Where the piece begins, in bytes.
        offset: u64,
        /// Its length, 1 to [`MAX_CHUNK_LEN`]; the answer is shorter at the blob's end.
        len: u32,
    },
}

/// From the serving node.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq)]
pub enum Response {
    /// To [`Request::Stat`]: the length in bytes.
    Stat(u64),
    /// To [`Request::Read`].
    Chunk(Vec<u8>),
    /// The blob is not here, or ends before the offset.
    NotFound,
    /// Ask again later.
    Busy,
}

/// The protocol's configuration for the network, and the queue for [`serve`].
pub fn request_response_config<Block, Network>(
    genesis_hash: &Block::Hash,
    fork_id: Option<&str>,
) -> (Network::RequestResponseProtocolConfig, async_channel::Receiver<IncomingRequest>)
where
    Block: BlockT,
    Network: NetworkBackend<Block, Block::Hash>,
{
    let (sender, receiver) = async_channel::bounded(QUEUE_LEN);
    let name = protocol_name(genesis_hash.as_ref(), fork_id);
    let config =
        Network::request_response_config(name.into(), Vec::new(), MAX_REQUEST_LEN, MAX_RESPONSE_LEN, REQUEST_TIMEOUT, Some(sender));
    (config, receiver)
}

fn protocol_name(genesis_hash: &[u8], fork_id: Option<&str>) -> String {
    let genesis = hex::encode(genesis_hash);
    match fork_id {
        Some(fork) => format!("/{genesis}/{fork}/hearth/blobs/1"),
        None => format!("/{genesis}/hearth/blobs/1"),
    }
}

/// Answers requests for as long as the network sends them.
pub async fn serve(store: BlobStore, requests: async_channel::Receiver<IncomingRequest>) {
    futures::pin_mut!(requests);
    let permits = Arc::new(Semaphore::new(SERVED_AT_ONCE));
    let mut reads = JoinSet::new();
    while let Some(IncomingRequest { peer, payload, pending_response }) = requests.next().await {
        while reads.try_join_next().is_some() {}
        let request = match parse(&payload) {
            Some(request) => request,
            None => {
                log::debug!(target: "hearth::blobs", "malformed request from {peer}");
                let _ =
                    pending_response.send(OutgoingResponse { result: Err(()), reputation_changes: vec![MALFORMED], sent_feedback: None });
                continue;
            }
        };
        // A receiver that is gone means a peer that is gone: nothing to do about it.
        let reply = move |response: Response| {
            let _ = pending_response.send(OutgoingResponse {
                result: Ok(response.encode()),
                reputation_changes: Vec::new(),
                sent_feedback: None,
            });
        };
        match permits.clone().try_acquire_owned() {
            Err(_) => reply(Response::Busy),
            Ok(permit) => {
                let store = store.clone();
                reads.spawn_blocking(move || {
                    reply(answer(&store, request));
                    drop(permit);
                });
            }
        }
    }
}

/// A request that an honest node may send.
fn parse(payload: &[u8]) -> Option<Request> {
    let request = Request::decode_all(&mut &payload[..]).ok()?;
    match request {
        Request::Read { len, .. } if len == 0 || len > MAX_CHUNK_LEN => None,
        request => Some(request),
    }
}

fn answer(store: &BlobStore, request: Request) -> Response {
    match request {
        Request::Stat(id) => store.len(id).map_or(Response::NotFound, Response::Stat),
        Request::Read { id, offset, len } => match store.read(id, offset, len) {
            Ok(chunk) => Response::Chunk(chunk),
            Err(BlobError::NotFound(_) | BlobError::OutOfRange { .. }) => Response::NotFound,
            Err(error) => {
                log::warn!(target: "hearth::blobs", "blob {id:?} could not be read for a peer: {error}");
                Response::Busy
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blobs::store::Limits;
    use futures::channel::oneshot;
    use proptest::prelude::*;
    use sc_network_types::PeerId;

    fn store() -> (tempfile::TempDir, BlobStore) {
        let dir = tempfile::tempdir().unwrap();
        let store = BlobStore::open(dir.path(), Limits { max_bytes: 1 << 24, staging_age: Duration::ZERO }).unwrap();
        (dir, store)
    }

    async fn ask(queue: &async_channel::Sender<IncomingRequest>, payload: Vec<u8>) -> OutgoingResponse {
        let (pending_response, answer) = oneshot::channel();
        queue.send(IncomingRequest { peer: PeerId::random(), payload, pending_response }).await.unwrap();
        answer.await.unwrap()
    }

    #[tokio::test]
    async fn serve_answers_stat_and_read_from_the_store() {
        let (_dir, store) = store();
        let blob = store.put(b"0123456789").unwrap();
        let (queue, requests) = async_channel::bounded(4);
        tokio::spawn(serve(store, requests));
        for (request, expected) in [
            (Request::Stat(blob.id), Response::Stat(10)),
            (Request::Read { id: blob.id, offset: 8, len: 100 }, Response::Chunk(b"89".to_vec())),
            (Request::Read { id: blob.id, offset: 10, len: 1 }, Response::Chunk(vec![])),
            (Request::Read { id: blob.id, offset: 11, len: 1 }, Response::NotFound),
            (Request::Stat(BlobId::zero()), Response::NotFound),
        ] {
            let response = ask(&queue, request.encode()).await;
            assert_eq!(Response::decode_all(&mut &response.result.unwrap()[..]).unwrap(), expected);
            assert!(response.reputation_changes.is_empty());
        }
    }

    #[tokio::test]
    async fn serve_lowers_the_reputation_of_who_sends_garbage() {
        let (_dir, store) = store();
        let (queue, requests) = async_channel::bounded(4);
        tokio::spawn(serve(store, requests));
        let mut too_much = Request::Stat(BlobId::zero()).encode();
        too_much.push(0);
        for payload in [
            vec![],
            vec![9; 40],
            too_much,
            Request::Read { id: BlobId::zero(), offset: 0, len: MAX_CHUNK_LEN + 1 }.encode(),
            Request::Read { id: BlobId::zero(), offset: 0, len: 0 }.encode(),
        ] {
            let response = ask(&queue, payload).await;
            assert_eq!(response.result, Err(()));
            assert_eq!(response.reputation_changes.len(), 1);
        }
        // It still serves.
        assert!(ask(&queue, Request::Stat(BlobId::zero()).encode()).await.result.is_ok());
    }

    #[test]
    fn messages_fit_the_declared_limits() {
        let longest = Request::Read { id: BlobId::zero(), offset: u64::MAX, len: MAX_CHUNK_LEN };
        assert!(longest.encoded_size() as u64 <= MAX_REQUEST_LEN);
        assert!(Response::Chunk(vec![0; MAX_CHUNK_LEN as usize]).encoded_size() as u64 <= MAX_RESPONSE_LEN);
    }

    #[test]
    fn protocol_name_separates_chains_and_forks() {
        assert_eq!(protocol_name(&[0xab, 1], None), "/ab01/hearth/blobs/1");
        assert_eq!(protocol_name(&[0xab, 1], Some("f")), "/ab01/f/hearth/blobs/1");
    }

    proptest! {
        #[test]
        fn garbage_is_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = parse(&bytes);
        }
    }
}
