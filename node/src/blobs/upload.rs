//! Uploads over RPC: a session per blob, its length and id declared at the start, its bytes sent in order.
//!
//! Sessions live in memory: after a restart an upload starts again. They are limited in number, and one that nobody adds to is dropped.

use super::{
    staging::Staging,
    store::{BlobError, BlobStore, Sweep},
};
use hearth_primitives::blob::{BlobRef, MAX_CHUNK_LEN};
use rand::{rngs::OsRng, RngCore};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// What uploads may take.
#[derive(Clone, Copy, Debug)]
pub struct UploadLimits {
    /// Sessions at once.
    pub sessions: usize,
    /// How long a session may stand without a new chunk.
    pub idle: Duration,
}

impl Default for UploadLimits {
    fn default() -> Self {
        Self { sessions: 32, idle: Duration::from_secs(600) }
    }
}

/// Why an upload could not go on.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// No session has this token: never given, finished, or dropped because nothing came for too long.
    #[error("there is no upload with this token; begin again with blob_upload_start")]
    UnknownToken,
    /// Every session is taken.
    #[error("this node takes {0} uploads at once; try again when one has ended")]
    TooMany(usize),
    /// The chunk is empty or over [`MAX_CHUNK_LEN`].
    #[error("a chunk has {0} bytes; it must have 1 to {MAX_CHUNK_LEN}")]
    ChunkLength(usize),
    /// The chunk is not the next one.
    #[error("the chunk begins at {got}; the next byte wanted is {expected}")]
    WrongOffset {
        /// Where to go on.
        expected: u64,
        /// What came.
        got: u64,
    },
    /// Finished before every byte was there.
    #[error("the upload has {written} of {declared} bytes; go on at offset {written}")]
    Incomplete {
        /// Where to go on.
        written: u64,
        /// The blob's length.
        declared: u64,
    },
    /// The store refused.
    #[error(transparent)]
    Store(#[from] BlobError),
}

struct Session {
    staging: Staging,
    touched: Instant,
}

/// The sessions of a node.
pub struct Uploads {
    store: BlobStore,
    limits: UploadLimits,
    sessions: Mutex<HashMap<String, Arc<Mutex<Session>>>>,
}

impl Uploads {
    /// No sessions yet.
    pub fn new(store: BlobStore, limits: UploadLimits) -> Arc<Self> {
        let uploads = Arc::new(Self { store, limits, sessions: Mutex::default() });
        let sweeper = Arc::downgrade(&uploads);
        uploads.store.on_sweep(sweeper);
        uploads
    }

    /// Opens a session; returns its token. Room for the whole blob is reserved.
    pub fn start(&self, blob: BlobRef) -> Result<String, UploadError> {
        self.sweep();
        let mut sessions = lock(&self.sessions);
        if sessions.len() >= self.limits.sessions {
            return Err(UploadError::TooMany(self.limits.sessions));
        }
        let staging = self.store.stage(blob)?;
        let mut token = [0; 16];
        OsRng.fill_bytes(&mut token);
        let token = hex::encode(token);
        sessions.insert(token.clone(), Arc::new(Mutex::new(Session { staging, touched: Instant::now() })));
        Ok(token)
    }

    /// Adds the next chunk; returns the offset of the one after it. After an error the session stands where it stood.
    pub fn chunk(&self, token: &str, offset: u64, bytes: &[u8]) -> Result<u64, UploadError> {
        if bytes.is_empty() || bytes.len() > MAX_CHUNK_LEN as usize {
            return Err(UploadError::ChunkLength(bytes.len()));
        }
        let session = self.session(token)?;
        let mut session = lock(&session);
        let expected = session.staging.written();
        if offset != expected {
            return Err(UploadError::WrongOffset { expected, got: offset });
        }
        session.staging.append(bytes)?;
        session.touched = Instant::now();
        Ok(session.staging.written())
    }

    /// Verifies and stores the blob. The session ends, unless bytes are still missing.
    pub fn finish(&self, token: &str) -> Result<BlobRef, UploadError> {
        {
            let session = self.session(token)?;
            let session = lock(&session);
            let (written, declared) = (session.staging.written(), session.staging.blob().len);
            if written != declared {
                return Err(UploadError::Incomplete { written, declared });
            }
        }
        let session = lock(&self.sessions).remove(token).ok_or(UploadError::UnknownToken)?;
        // A chunk that comes at the same moment still holds the session; its sender and this caller contradict each other.
        let session = Arc::try_unwrap(session).map_err(|_| UploadError::UnknownToken)?;
        let session = session.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(session.staging.finish()?)
    }

    fn session(&self, token: &str) -> Result<Arc<Mutex<Session>>, UploadError> {
        lock(&self.sessions).get(token).cloned().ok_or(UploadError::UnknownToken)
    }
}

impl Sweep for Uploads {
    fn sweep(&self) {
        lock(&self.sessions).retain(|_, session| lock(session).touched.elapsed() < self.limits.idle);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A session's state changes only after its write succeeded, so it is whole even if a thread panicked with the lock.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blobs::store::Limits;
    use hearth_primitives::H256;

    fn uploads(limits: UploadLimits) -> (tempfile::TempDir, BlobStore, Arc<Uploads>) {
        let dir = tempfile::tempdir().unwrap();
        let store = BlobStore::open(dir.path(), Limits { max_bytes: 8 << 20, staging_age: Duration::ZERO }).unwrap();
        let uploads = Uploads::new(store.clone(), limits);
        (dir, store, uploads)
    }

    #[test]
    fn upload_in_chunks_stores_the_blob() {
        let (_dir, store, uploads) = uploads(UploadLimits::default());
        let bytes: Vec<u8> = (0..MAX_CHUNK_LEN + 10).map(|n| n as u8).collect();
        let blob = BlobRef::of(&bytes);
        let token = uploads.start(blob).unwrap();
        let mut offset = 0;
        while offset < blob.len {
            let end = (offset + 700_000).min(blob.len);
            offset = uploads.chunk(&token, offset, &bytes[offset as usize..end as usize]).unwrap();
            assert_eq!(offset, end);
        }
        assert_eq!(uploads.finish(&token).unwrap(), blob);
        assert_eq!(store.read(blob.id, u64::from(MAX_CHUNK_LEN), 100).unwrap(), &bytes[MAX_CHUNK_LEN as usize..]);
        assert!(matches!(uploads.finish(&token), Err(UploadError::UnknownToken)));
        assert_eq!(store.used(), (blob.len, 0));
    }

    #[test]
    fn upload_out_of_order_says_where_to_go_on() {
        let (_dir, _store, uploads) = uploads(UploadLimits::default());
        let token = uploads.start(BlobRef::of(b"hello world")).unwrap();
        assert_eq!(uploads.chunk(&token, 0, b"hello ").unwrap(), 6);
        assert!(matches!(uploads.chunk(&token, 0, b"hello "), Err(UploadError::WrongOffset { expected: 6, got: 0 })));
        assert!(matches!(uploads.finish(&token), Err(UploadError::Incomplete { written: 6, declared: 11 })));
        assert!(matches!(uploads.chunk(&token, 6, b"world and more"), Err(UploadError::Store(BlobError::WrongLength { .. }))));
        assert_eq!(uploads.chunk(&token, 6, b"world").unwrap(), 11);
        uploads.finish(&token).unwrap();
    }

    #[test]
    fn upload_of_other_bytes_is_refused_and_leaves_nothing() {
        let (dir, store, uploads) = uploads(UploadLimits::default());
        let token = uploads.start(BlobRef::of(b"what was promised")).unwrap();
        uploads.chunk(&token, 0, b"what came instead").unwrap();
        assert!(matches!(uploads.finish(&token), Err(UploadError::Store(BlobError::WrongHash { .. }))));
        assert_eq!(store.used(), (0, 0));
        assert_eq!(std::fs::read_dir(dir.path().join("staging")).unwrap().count(), 0);
    }

    #[test]
    fn uploads_are_limited_in_number_size_and_idleness() {
        let (_dir, store, uploads) = uploads(UploadLimits { sessions: 2, idle: Duration::from_millis(100) });
        let blob = BlobRef { id: H256::repeat_byte(1), len: 3 << 20 };
        uploads.start(blob).unwrap();
        let second = uploads.start(blob).unwrap();
        assert!(matches!(uploads.start(BlobRef::of(b"third")), Err(UploadError::TooMany(2))));
        assert_eq!(store.used().1, 6 << 20);
        std::thread::sleep(Duration::from_millis(150));
        // The idle sessions make way, with the room that they reserved.
        uploads.start(BlobRef { len: 8 << 20, ..blob }).unwrap();
        assert!(matches!(uploads.start(BlobRef::of(b"no room")), Err(UploadError::Store(BlobError::Full { free: 0, .. }))));
        assert!(matches!(uploads.chunk(&second, 0, b"x"), Err(UploadError::UnknownToken)));
    }

    #[test]
    fn sweep_gives_back_the_room_of_idle_sessions() {
        let (_dir, store, uploads) = uploads(UploadLimits { sessions: 2, idle: Duration::from_millis(100) });
        uploads.start(BlobRef { id: H256::repeat_byte(1), len: 3 << 20 }).unwrap();
        store.sweep();
        assert_eq!(store.used(), (0, 3 << 20));
        std::thread::sleep(Duration::from_millis(150));
        store.sweep();
        assert_eq!(store.used(), (0, 0));
    }

    #[test]
    fn upload_chunk_of_a_bad_length_is_refused() {
        let (_dir, _store, uploads) = uploads(UploadLimits::default());
        let token = uploads.start(BlobRef { id: H256::zero(), len: 4 << 20 }).unwrap();
        assert!(matches!(uploads.chunk(&token, 0, &[]), Err(UploadError::ChunkLength(0))));
        assert!(matches!(uploads.chunk(&token, 0, &vec![0; MAX_CHUNK_LEN as usize + 1]), Err(UploadError::ChunkLength(_))));
        assert!(matches!(uploads.start(BlobRef { id: H256::zero(), len: u64::MAX }), Err(UploadError::Store(BlobError::TooLong(_)))));
    }

    #[test]
    fn upload_of_an_empty_blob_needs_no_chunk() {
        let (_dir, store, uploads) = uploads(UploadLimits::default());
        let blob = BlobRef::of(b"");
        let token = uploads.start(blob).unwrap();
        assert_eq!(uploads.finish(&token).unwrap(), blob);
        assert_eq!(store.read(blob.id, 0, 5).unwrap(), b"");
    }
}
