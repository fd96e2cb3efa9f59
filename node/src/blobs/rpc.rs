//! `blob_*` over JSON-RPC. Reading is for everybody; uploading is for those that may call unsafe methods (by default: on loopback), since
//! it fills the disk.
//!
//! | code | means | data |
//! |---|---|---|
//! | 9001 | there is no such blob here, nor with a peer | |
//! | 9002 | the store is full, or all upload sessions are taken | |
//! | 9003 | a length or an offset is out of range | |
//! | 9004 | no upload has this token | |
//! | 9005 | the chunk is not the next, or the upload is not complete | `{"expected": offset}` |
//! | 9006 | length or hash are not as declared | |
//! | 9007 | the node failed: disk, state | |
//! | -32601 | uploading is not allowed over this connection | |

use super::{
    fetch::{FetchError, Fetcher, Want},
    gc::References,
    store::{BlobError, BlobStore},
    upload::{UploadError, UploadLimits, Uploads},
};
use hearth_primitives::blob::{BlobId, BlobRef, MAX_CHUNK_LEN};
use jsonrpsee::{
    core::{async_trait, RpcResult},
    proc_macros::rpc,
    types::{ErrorObject, ErrorObjectOwned},
    Extensions,
};
use sc_rpc_api::check_if_safe;
use sp_core::Bytes;
use std::{sync::Arc, time::Duration};

/// How long a read waits for peers. A fetch that takes longer goes on where it stood when the caller asks again.
const PATIENCE: Duration = Duration::from_secs(40);

/// Blobs over JSON-RPC.
#[rpc(server)]
pub trait BlobApi {
    /// Begins an upload; returns its token.
    #[method(name = "blob_upload_start", blocking, with_extensions)]
    fn upload_start(&self, id: BlobId, len: u64) -> RpcResult<String>;

    /// Adds the next chunk, at most 1 MiB; returns the offset of the one after it.
    #[method(name = "blob_upload_chunk", blocking, with_extensions)]
    fn upload_chunk(&self, token: String, offset: u64, chunk: Bytes) -> RpcResult<u64>;

    /// Verifies and stores the blob; returns its id and length.
    #[method(name = "blob_upload_finish", blocking, with_extensions)]
    fn upload_finish(&self, token: String) -> RpcResult<BlobRef>;

    /// Id and length of a blob in this node's store, or null. Asked by one who may upload, it keeps the blob as long as an upload now would:
    /// whoever is told that there is nothing to send must find it there afterwards.
    #[method(name = "blob_stat", blocking, with_extensions)]
    fn stat(&self, id: BlobId) -> RpcResult<Option<BlobRef>>;

    /// Up to `len` bytes, at most 1 MiB, from `offset`; fewer at the end. A blob that is not here is fetched from peers first, if the chain
    /// refers to it.
    #[method(name = "blob_read")]
    async fn read(&self, id: BlobId, offset: u64, len: u32) -> RpcResult<Bytes>;
}

/// The implementation of [`BlobApiServer`].
pub struct Blob {
    store: BlobStore,
    fetcher: Fetcher,
    references: Arc<dyn References>,
    uploads: Arc<Uploads>,
}

impl Blob {
    /// Serves `store`.
    pub fn new(store: BlobStore, fetcher: Fetcher, references: Arc<dyn References>) -> Self {
        let uploads = Uploads::new(store.clone(), UploadLimits::default());
        Self { store, fetcher, references, uploads }
    }
}

#[async_trait]
impl BlobApiServer for Blob {
    fn upload_start(&self, ext: &Extensions, id: BlobId, len: u64) -> RpcResult<String> {
        check_if_safe(ext)?;
        Ok(self.uploads.start(BlobRef { id, len }).map_err(RpcError)?)
    }

    fn upload_chunk(&self, ext: &Extensions, token: String, offset: u64, chunk: Bytes) -> RpcResult<u64> {
        check_if_safe(ext)?;
        Ok(self.uploads.chunk(&token, offset, &chunk).map_err(RpcError)?)
    }

    fn upload_finish(&self, ext: &Extensions, token: String) -> RpcResult<BlobRef> {
        check_if_safe(ext)?;
        Ok(self.uploads.finish(&token).map_err(RpcError)?)
    }

    fn stat(&self, ext: &Extensions, id: BlobId) -> RpcResult<Option<BlobRef>> {
        let len = if check_if_safe(ext).is_ok() { self.store.renew(id) } else { self.store.len(id) };
        Ok(len.map(|len| BlobRef { id, len }))
    }

    async fn read(&self, id: BlobId, offset: u64, len: u32) -> RpcResult<Bytes> {
        if len > MAX_CHUNK_LEN {
            return Err(error(9003, format!("{len} bytes are more than the {MAX_CHUNK_LEN} of one read"), None));
        }
        match self.read_stored(id, offset, len).await? {
            Err(BlobError::NotFound(_)) => {}
            result => return Ok(result.map_err(|error| RpcError(error.into()))?.into()),
        }
        let references = self.references.clone();
        let referenced = blocking(move || references.referenced(&[id])).await?.map_err(|reason| error(9007, reason, None))?;
        if referenced.first() != Some(&true) {
            return Err(error(9001, format!("blob {id:?} is not in this node's store and the chain does not refer to it"), None));
        }
        self.fetcher.fetch(Want { id, len: None }, PATIENCE).await.map_err(|reason| match reason {
            FetchError::Store(reason) => RpcError(reason.into()).into(),
            reason => error(9001, format!("{reason}; ask again, or ask a node that has it"), None),
        })?;
        Ok(self.read_stored(id, offset, len).await?.map_err(|error| RpcError(error.into()))?.into())
    }
}

impl Blob {
    async fn read_stored(&self, id: BlobId, offset: u64, len: u32) -> RpcResult<Result<Vec<u8>, BlobError>> {
        let store = self.store.clone();
        blocking(move || store.read(id, offset, len)).await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> RpcResult<T> {
    tokio::task::spawn_blocking(work).await.map_err(|reason| error(9007, reason.to_string(), None))
}

/// An error on its way to the caller.
struct RpcError(UploadError);

impl From<RpcError> for ErrorObjectOwned {
    fn from(RpcError(reason): RpcError) -> Self {
        let (code, expected) = match &reason {
            UploadError::UnknownToken => (9004, None),
            UploadError::TooMany(_) => (9002, None),
            UploadError::ChunkLength(_) => (9003, None),
            UploadError::WrongOffset { expected, .. } => (9005, Some(*expected)),
            UploadError::Incomplete { written, .. } => (9005, Some(*written)),
            UploadError::Store(reason) => match reason {
                BlobError::NotFound(_) => (9001, None),
                BlobError::Full { .. } => (9002, None),
                BlobError::TooLong(_) | BlobError::OutOfRange { .. } => (9003, None),
                BlobError::WrongLength { .. } | BlobError::WrongHash { .. } => (9006, None),
                BlobError::Io { .. } => (9007, None),
            },
        };
        error(code, reason.to_string(), expected)
    }
}

fn error(code: i32, message: String, expected: Option<u64>) -> ErrorObjectOwned {
    ErrorObject::owned(code, message, expected.map(|expected| serde_json::json!({ "expected": expected })))
}

#[cfg(test)]
#[path = "rpc_tests.rs"]
mod tests;
