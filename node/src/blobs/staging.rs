//! A blob that is still being written: bytes come in order, the hash grows with them, and only what verifies enters the store.

use super::store::{at, BlobError, BlobStore, Reservation};
use blake2::{digest::consts::U32, Blake2b, Digest};
use hearth_primitives::{blob::BlobRef, H256};
use std::{
    fs::{self, File},
    io::{Seek, SeekFrom, Write},
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

/// A blob being written; its file goes away with it unless it is finished.
pub struct Staging {
    store: BlobStore,
    blob: BlobRef,
    path: PathBuf,
    file: File,
    hasher: Blake2b<U32>,
    written: u64,
    _room: Reservation,
}

impl Staging {
    pub(super) fn create(store: BlobStore, blob: BlobRef, room: Reservation) -> Result<Self, BlobError> {
        // The directory is emptied at every start, so a counter names files uniquely.
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let path = store.inner.staging_dir().join(format!("{:016x}.part", NEXT.fetch_add(1, Ordering::Relaxed)));
        let file = File::create_new(&path).map_err(at(&path))?;
        Ok(Self { store, blob, path, file, hasher: Blake2b::new(), written: 0, _room: room })
    }

    /// What is being written.
    pub fn blob(&self) -> BlobRef {
        self.blob
    }

    /// Bytes written so far: where the next ones belong.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Adds the next bytes. More than declared are refused and nothing of them is kept.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        let actual = self.written.saturating_add(bytes.len() as u64);
        if actual > self.blob.len {
            return Err(BlobError::WrongLength { declared: self.blob.len, actual });
        }
        // An earlier write may have failed half-way, with the disk full: go on behind what counts.
        self.file.seek(SeekFrom::Start(self.written)).and_then(|_| self.file.write_all(bytes)).map_err(at(&self.path))?;
        self.hasher.update(bytes);
        self.written = actual;
        Ok(())
    }

    /// Verifies length and hash, syncs, and moves the blob into the store.
    pub fn finish(self) -> Result<BlobRef, BlobError> {
        if self.written != self.blob.len {
            return Err(BlobError::WrongLength { declared: self.blob.len, actual: self.written });
        }
        let actual = H256(self.hasher.clone().finalize().into());
        if actual != self.blob.id {
            return Err(BlobError::WrongHash { declared: self.blob.id, actual });
        }
        // A failed write may have left bytes behind the end.
        self.file.set_len(self.written).and_then(|()| self.file.sync_all()).map_err(at(&self.path))?;
        self.store.adopt(&self.path, self.blob)?;
        Ok(self.blob)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After a finish the name is gone already; a leftover that cannot be removed now is removed at the next start.
        let _ = fs::remove_file(&self.path);
    }
}
