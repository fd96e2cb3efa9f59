//! The asking side of the protocol between nodes: which peers there are, one request to one of them, and what becomes of those that lie.
//! It is a trait, so that fetching is tested without a network.

use super::protocol::{Request, Response, REQUEST_TIMEOUT};
use codec::{DecodeAll, Encode};
use futures::future::BoxFuture;
use sc_network::{service::traits::NetworkService, IfDisconnected, ProtocolName, ReputationChange};
use sc_network_sync::SyncingService;
use sc_network_types::PeerId;
use sp_runtime::traits::Block as BlockT;
use std::sync::Arc;

/// Why a peer gave no response.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// It is gone, does not speak the protocol, or did not answer in time.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// Its bytes are not a response.
    #[error("the response does not decode: {0}")]
    Malformed(String),
}

/// What a peer did that no honest node does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Misbehaviour {
    /// Sent something that is not an answer to what was asked.
    BadResponse,
    /// Sent bytes that do not hash to the id.
    WrongBytes,
}

/// The peers of this node.
pub trait Peers: Send + Sync + 'static {
    /// Those connected now.
    fn connected(&self) -> BoxFuture<'_, Vec<PeerId>>;

    /// Sends a request and waits for the response.
    fn request(&self, peer: PeerId, request: Request) -> BoxFuture<'_, Result<Response, RequestError>>;

    /// Takes note of a peer's misbehaviour.
    fn report(&self, peer: PeerId, misbehaviour: Misbehaviour);
}

/// [`Peers`] on the node's network.
pub struct NetworkedPeers<Block: BlockT> {
    network: Arc<dyn NetworkService>,
    sync: Arc<SyncingService<Block>>,
    protocol: ProtocolName,
}

impl<Block: BlockT> NetworkedPeers<Block> {
    /// `protocol` is the name in the configuration made by [`super::protocol::request_response_config`].
    pub fn new(network: Arc<dyn NetworkService>, sync: Arc<SyncingService<Block>>, protocol: ProtocolName) -> Self {
        Self { network, sync, protocol }
    }
}

impl<Block: BlockT> Peers for NetworkedPeers<Block> {
    fn connected(&self) -> BoxFuture<'_, Vec<PeerId>> {
        Box::pin(async move {
            // It fails only while the node shuts down.
            let peers = self.sync.peers_info().await.unwrap_or_default();
            peers.into_iter().map(|(peer, _)| peer).collect()
        })
    }

    fn request(&self, peer: PeerId, request: Request) -> BoxFuture<'_, Result<Response, RequestError>> {
        Box::pin(async move {
            let request = self.network.request(peer, self.protocol.clone(), request.encode(), None, IfDisconnected::ImmediateError);
            let (bytes, _) = tokio::time::timeout(REQUEST_TIMEOUT * 2, request)
                .await
                .map_err(|_| RequestError::NoAnswer("timed out".into()))?
                .map_err(|error| RequestError::NoAnswer(error.to_string()))?;
            Response::decode_all(&mut &bytes[..]).map_err(|error| RequestError::Malformed(error.to_string()))
        })
    }

    fn report(&self, peer: PeerId, misbehaviour: Misbehaviour) {
        let change = match misbehaviour {
            Misbehaviour::BadResponse => ReputationChange::new(-(1 << 12), "bad blob response"),
            Misbehaviour::WrongBytes => ReputationChange::new(-(1 << 28), "blob bytes do not hash to the id"),
        };
        self.network.report_peer(peer, change);
    }
}
