//! Content-addressed blobs: models, inputs and outputs. The chain knows their ids and lengths; the bytes stand in nodes' stores.

use crate::{blake2_256, H256};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// A blob's id: the blake2-256 of its bytes.
pub type BlobId = H256;

/// The longest piece of a blob in one message, in bytes: between nodes and over JSON-RPC alike.
pub const MAX_CHUNK_LEN: u32 = 1024 * 1024;

/// The longest blob that any node stores, in bytes.
pub const MAX_BLOB_LEN: u64 = 4 * 1024 * 1024 * 1024;

/// A blob as the chain refers to it.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
pub struct BlobRef {
    /// blake2-256 of the bytes.
    pub id: BlobId,
    /// Length in bytes.
    pub len: u64,
}

impl BlobRef {
    /// The reference to `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self { id: blake2_256(bytes), len: bytes.len() as u64 }
    }
}
