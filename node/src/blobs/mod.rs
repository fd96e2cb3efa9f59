//! Blobs: models, inputs and outputs, kept by their hash, uploaded over JSON-RPC and passed from node to node in chunks.
//!
//! The chain holds a blob's id (blake2-256) and length; the bytes stand here. What the chain does not refer to is staging and is removed
//! once it is old enough.
//!
//! | module | holds |
//! |---|---|
//! | [`store`] | the directory of blobs: verified on write, on first read after a start, limited in size |
//! | [`staging`] | a blob that is still being written |
//! | [`upload`] | uploads over RPC, chunk by chunk |
//! | [`gc`] | removal of what the chain does not refer to |
//! | [`protocol`] | the request-response protocol between nodes: the serving side |
//! | [`peers`] | the same protocol's asking side |
//! | [`fetch`] | fetching a blob from whichever peer has it |
//! | [`rpc`] | `blob_*` |
//!
//! Wiring, in the node's service:
//!
//! ```ignore
//! let store = BlobStore::open(base_path.join("blobs"), Limits { max_bytes, staging_age })?;
//! // before the network is built
//! let (config, requests) = protocol::request_response_config::<Block, Network>(&genesis_hash, fork_id);
//! let protocol = config.protocol_name().clone();
//! net_config.add_request_response_protocol(config);
//! // after it
//! spawn("blobs-serve", protocol::serve(store.clone(), requests));
//! let fetcher = Fetcher::new(store.clone(), Arc::new(NetworkedPeers::new(network, sync_service, protocol)));
//! let references = Arc::new(ClientReferences::new(client));
//! spawn("blobs-gc", gc::run(store.clone(), references.clone(), sync_service));
//! module.merge(rpc::Blob::new(store, fetcher, references).into_rpc())?;
//! ```

pub mod fetch;
pub mod gc;
pub mod peers;
pub mod protocol;
pub mod rpc;
pub mod staging;
pub mod store;
pub mod upload;

pub use fetch::Fetcher;
pub use gc::ClientReferences;
pub use peers::NetworkedPeers;
pub use store::{BlobStore, Limits};
