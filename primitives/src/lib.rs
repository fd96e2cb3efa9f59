//! What two or more of {pallets, node, worker, command line} must agree on, and nothing else.
//!
//! | module | holds |
//! |---|---|
//! | [`capability`] | capability challenges: the generated input, and the model of a new chain |
//! | [`blob`] | content-addressed blobs: ids, references, limits |
//! | [`commitment`] | the hash a provider publishes before it reveals |
//! | [`digest`] | the 128-byte digest of a result and how two digests compare |
//! | [`projection`] | how a worker makes a digest from tensors |
//! | [`market`] | models, jobs, rounds and reports |
//! | [`jury`] | juries: causes, steps, the accused, and jurors' opinions |
//! | [`reason`] | why money moves or does not, as codes |
//! | [`provider`] | providers, backend classes, an operator's consent, and the trait between the two pallets |
//! | [`governance`] | governed parameters, as anybody may see them |
//! | [`reward`] | what earns, and the traits between the pallets that pay for it |
//! | [`account`] | what an account has, and what stake and work may earn |
//! | [`onnx`] | small ONNX files, written from scratch |
//! | [`mailbox`] | what a node leaves in the offchain database for its offchain worker |
//! | [`worker`] | the protocol between a node and `hearth-inference-worker` |
//! | [`api`] | the runtime API (feature `runtime-api`) |
//!
//! It has no dependency on the SDK unless the feature `runtime-api` asks for it, so that the engine can use it too.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod account;
#[cfg(feature = "runtime-api")]
pub mod api;
pub mod blob;
pub mod capability;
pub mod commitment;
pub mod digest;
pub mod governance;
pub mod jury;
pub mod mailbox;
pub mod market;
#[cfg(feature = "std")]
pub mod onnx;
#[cfg(feature = "std")]
pub mod projection;
pub mod provider;
pub mod reason;
pub mod reward;
pub mod worker;

pub use primitive_types::H256;

/// A provider's stable number. Keys rotate; this never changes and is never given twice.
pub type ProviderId = u32;

/// A job's number, counted from zero.
pub type JobId = u64;

/// A model's id: the blake2-256 of its ONNX file, so a model is registered once.
pub type ModelId = H256;

/// The round of a job: 0 for the replicas, 1 and 2 for the juries.
pub type Tier = u8;

/// The key type under which a node keeps its operators' sr25519 keys.
pub const OPERATOR_KEY_TYPE: [u8; 4] = *b"hrth";

/// blake2-256, the chain's hash.
pub fn blake2_256(data: &[u8]) -> H256 {
    use blake2::{digest::consts::U32, Blake2b, Digest as _};
    H256(Blake2b::<U32>::digest(data).into())
}
