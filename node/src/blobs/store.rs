//! The directory of blobs.
//!
//! `blobs/<first byte>/<id>` holds the finished ones, `staging/` those being written. A blob enters by a rename of a file whose length and
//! hash were verified and which was synced to the disk, so a kill at any moment leaves either the whole blob or none. Leftovers in
//! `staging/` are cleaned at the next start. A blob found at a start is hashed again before its first use: a disk may have spoilt it.

use super::staging::Staging;
use blake2::{digest::consts::U32, Blake2b, Digest};
use hearth_primitives::{
    blob::{BlobId, BlobRef, MAX_BLOB_LEN},
    H256,
};
use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, SystemTime},
};

/// What a store may hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The total of finished and staged blobs, in bytes.
    pub max_bytes: u64,
    /// How long a blob that the chain does not refer to is kept.
    pub staging_age: Duration,
}

/// Why a blob could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is no such blob here.
    #[error("blob {0:?} is not in this node's store")]
    NotFound(BlobId),
    /// Longer than any node stores.
    #[error("a blob of {0} bytes is longer than the limit of {MAX_BLOB_LEN}")]
    TooLong(u64),
    /// The store has no room.
    #[error("the blob store is full: {needed} bytes are needed and {free} are free; raise --blob-store-size")]
    Full {
        /// The blob's length.
        needed: u64,
        /// Bytes left under the limit.
        free: u64,
    },
    /// The bytes are fewer or more than declared.
    #[error("the blob was declared with {declared} bytes and has {actual}")]
    WrongLength {
        /// In the blob's reference.
        declared: u64,
        /// Counted.
        actual: u64,
    },
    /// The bytes are not those of the id.
    #[error("the bytes hash to {actual:?}, not to {declared:?}")]
    WrongHash {
        /// In the blob's reference.
        declared: BlobId,
        /// Computed.
        actual: BlobId,
    },
    /// A read begins behind the end.
    #[error("offset {offset} is behind the end of a blob of {len} bytes")]
    OutOfRange {
        /// Asked for.
        offset: u64,
        /// The blob's length.
        len: u64,
    },
    /// The disk failed.
    #[error("{path}: {source}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Gives an I/O error its path.
pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> BlobError + '_ {
    move |source| BlobError::Io { path: path.to_owned(), source }
}

/// A blob in the index.
struct Item {
    len: u64,
    stored_at: SystemTime,
    /// Whether this process has seen that the bytes hash to the id.
    checked: bool,
    pins: u32,
}

impl Item {
    fn is_collectable(&self, age: Duration) -> bool {
        // A time in the future, from a clock that was set back, counts as young.
        self.pins == 0 && SystemTime::now().duration_since(self.stored_at).is_ok_and(|since| since >= age)
    }
}

#[derive(Default)]
struct Index {
    items: HashMap<BlobId, Item>,
    /// Bytes of finished blobs.
    stored: u64,
    /// Bytes promised to blobs being written.
    reserved: u64,
}

/// Whoever keeps transfers that may be abandoned, with the room reserved for them.
pub(super) trait Sweep: Send + Sync {
    /// Lets go of the abandoned ones.
    fn sweep(&self);
}

pub(super) struct Inner {
    root: PathBuf,
    limits: Limits,
    index: Mutex<Index>,
    sweepers: Mutex<Vec<Weak<dyn Sweep>>>,
}

/// A content-addressed store. Clones share it. Its methods block on the disk: in async code call them in `spawn_blocking`.
#[derive(Clone)]
pub struct BlobStore {
    pub(super) inner: Arc<Inner>,
}

/// Keeps a blob from being collected while it lives.
pub struct Pin {
    store: BlobStore,
    id: BlobId,
}

impl Drop for Pin {
    fn drop(&mut self) {
        if let Some(item) = self.store.index().items.get_mut(&self.id) {
            item.pins = item.pins.saturating_sub(1);
        }
    }
}

impl BlobStore {
    /// Opens the store in `root`, creating it when missing and removing what a killed process left half written.
    pub fn open(root: impl Into<PathBuf>, limits: Limits) -> Result<Self, BlobError> {
        let root = root.into();
        let inner = Inner { root, limits, index: Mutex::default(), sweepers: Mutex::default() };
        let staging = inner.staging_dir();
        if staging.exists() {
            fs::remove_dir_all(&staging).map_err(at(&staging))?;
        }
        fs::create_dir_all(&staging).map_err(at(&staging))?;
        let blobs = inner.blobs_dir();
        fs::create_dir_all(&blobs).map_err(at(&blobs))?;
        sync_dir(&inner.root)?;
        let mut index = Index::default();
        for shard in fs::read_dir(&blobs).map_err(at(&blobs))? {
            let shard = shard.map_err(at(&blobs))?.path();
            if !shard.is_dir() {
                continue;
            }
            for file in fs::read_dir(&shard).map_err(at(&shard))? {
                let file = file.map_err(at(&shard))?;
                // A file that we did not name is somebody else's: it is neither counted nor touched.
                let Some(id) = file.file_name().to_str().and_then(parse_id) else { continue };
                let path = file.path();
                let meta = file.metadata().map_err(at(&path))?;
                if path != inner.path(id) || !meta.is_file() {
                    continue;
                }
                let stored_at = meta.modified().map_err(at(&path))?;
                index.stored = index.stored.saturating_add(meta.len());
                index.items.insert(id, Item { len: meta.len(), stored_at, checked: false, pins: 0 });
            }
        }
        *inner.index() = index;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// How long a blob that the chain does not refer to is kept.
    pub fn staging_age(&self) -> Duration {
        self.inner.limits.staging_age
    }

    /// Bytes taken: (finished, promised to blobs being written).
    pub fn used(&self) -> (u64, u64) {
        let index = self.index();
        (index.stored, index.reserved)
    }

    /// The blob's length, if it is here.
    pub fn len(&self, id: BlobId) -> Option<u64> {
        self.index().items.get(&id).map(|item| item.len)
    }

    /// Begins to write a blob; room for all of it is reserved until the writing ends.
    pub fn stage(&self, blob: BlobRef) -> Result<Staging, BlobError> {
        if blob.len > MAX_BLOB_LEN {
            return Err(BlobError::TooLong(blob.len));
        }
        let reservation = self.reserve(blob.len)?;
        Staging::create(self.clone(), blob, reservation)
    }

    /// Stores bytes that are at hand.
    pub fn put(&self, bytes: &[u8]) -> Result<BlobRef, BlobError> {
        let mut staging = self.stage(BlobRef::of(bytes))?;
        staging.append(bytes)?;
        staging.finish()
    }

    /// Copies a file into the store, verified against `blob`. The file stays.
    pub fn import(&self, path: &Path, blob: BlobRef) -> Result<BlobRef, BlobError> {
        let mut file = File::open(path).map_err(at(path))?;
        let actual = file.metadata().map_err(at(path))?.len();
        if actual != blob.len {
            return Err(BlobError::WrongLength { declared: blob.len, actual });
        }
        let mut staging = self.stage(blob)?;
        let mut piece = vec![0; 1024 * 1024];
        loop {
            match file.read(&mut piece).map_err(at(path))? {
                0 => return staging.finish(),
                n => staging.append(&piece[..n])?,
            }
        }
    }

    /// Up to `len` bytes from `offset`; fewer at the end of the blob, none at its end.
    pub fn read(&self, id: BlobId, offset: u64, len: u32) -> Result<Vec<u8>, BlobError> {
        let path = self.checked_path(id)?;
        let whole = self.len(id).ok_or(BlobError::NotFound(id))?;
        let left = whole.checked_sub(offset).ok_or(BlobError::OutOfRange { offset, len: whole })?;
        let mut file = File::open(&path).map_err(at(&path))?;
        file.seek(SeekFrom::Start(offset)).map_err(at(&path))?;
        let mut bytes = vec![0; left.min(u64::from(len)) as usize];
        file.read_exact(&mut bytes).map_err(at(&path))?;
        Ok(bytes)
    }

    /// The file of a blob whose bytes this process has verified. A spoilt blob is removed and reads as [`BlobError::NotFound`].
    pub fn checked_path(&self, id: BlobId) -> Result<PathBuf, BlobError> {
        let path = self.inner.path(id);
        match self.index().items.get(&id) {
            None => return Err(BlobError::NotFound(id)),
            Some(Item { checked: true, .. }) => return Ok(path),
            Some(_) => {}
        }
        let found = match hash_file(&path) {
            Ok(hashed) => hashed,
            Err(BlobError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => (H256::zero(), 0),
            Err(error) => return Err(error),
        };
        self.judge(id, found)
    }

    /// Keeps or removes a blob that was not checked yet, by the hash and the length found on disk.
    fn judge(&self, id: BlobId, found: (BlobId, u64)) -> Result<PathBuf, BlobError> {
        let mut index = self.index();
        let Some(item) = index.items.get_mut(&id) else { return Err(BlobError::NotFound(id)) };
        if found == (id, item.len) {
            item.checked = true;
        }
        // A file that was hashed by two at once may be removed and stored anew by now: what is checked is not what was found spoilt.
        if item.checked {
            return Ok(self.inner.path(id));
        }
        log::warn!(target: "hearth::blobs", "blob {id:?} is spoilt on disk (it hashes to {:?}): it is removed and will be fetched again", found.0);
        self.remove(&mut index, id)?;
        Err(BlobError::NotFound(id))
    }

    /// The blob's length, if it is here; it then counts as stored now, after a restart too.
    pub fn renew(&self, id: BlobId) -> Option<u64> {
        let mut index = self.index();
        let item = index.items.get_mut(&id)?;
        item.stored_at = SystemTime::now();
        // A disk that refuses shortens the blob's stay only if the node is started again.
        let _ = File::open(self.inner.path(id)).and_then(|file| file.set_modified(item.stored_at));
        Some(item.len)
    }

    /// Has `sweeper` told now and then to let go of what was abandoned, for as long as it lives.
    pub(super) fn on_sweep(&self, sweeper: Weak<dyn Sweep>) {
        self.sweepers().push(sweeper);
    }

    /// Gives back the room of abandoned transfers. Blocks on the disk.
    pub(super) fn sweep(&self) {
        let mut sweepers = self.sweepers();
        sweepers.retain(|sweeper| sweeper.strong_count() > 0);
        let live: Vec<_> = sweepers.iter().filter_map(Weak::upgrade).collect();
        drop(sweepers);
        for sweeper in live {
            sweeper.sweep();
        }
    }

    fn sweepers(&self) -> MutexGuard<'_, Vec<Weak<dyn Sweep>>> {
        self.inner.sweepers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a blob from being collected for as long as the pin lives. `None` if it is not here.
    pub fn pin(&self, id: BlobId) -> Option<Pin> {
        self.index().items.get_mut(&id)?.pins += 1;
        Some(Pin { store: self.clone(), id })
    }

    /// Ids of unpinned blobs that were stored at least `age` ago.
    pub(super) fn older_than(&self, age: Duration) -> Vec<BlobId> {
        self.index().items.iter().filter(|(_, item)| item.is_collectable(age)).map(|(id, _)| *id).collect()
    }

    /// Removes a blob unless it was pinned or stored anew meanwhile; returns the bytes freed.
    pub(super) fn remove_if_older(&self, id: BlobId, age: Duration) -> Result<u64, BlobError> {
        let mut index = self.index();
        match index.items.get(&id) {
            Some(item) if item.is_collectable(age) => self.remove(&mut index, id),
            _ => Ok(0),
        }
    }

    fn remove(&self, index: &mut Index, id: BlobId) -> Result<u64, BlobError> {
        let path = self.inner.path(id);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&path)(error)),
            _ => {}
        }
        let len = index.items.remove(&id).map_or(0, |item| item.len);
        index.stored = index.stored.saturating_sub(len);
        Ok(len)
    }

    /// Moves a finished, verified and synced file into its place.
    pub(super) fn adopt(&self, file: &Path, blob: BlobRef) -> Result<(), BlobError> {
        let path = self.inner.path(blob.id);
        let shard = self.inner.shard(blob.id);
        let mut index = self.index();
        if !shard.exists() {
            fs::create_dir(&shard).map_err(at(&shard))?;
            sync_dir(&self.inner.blobs_dir())?;
        }
        fs::rename(file, &path).map_err(at(&path))?;
        sync_dir(&shard)?;
        let pins = index.items.get(&blob.id).map_or(0, |item| item.pins);
        let item = Item { len: blob.len, stored_at: SystemTime::now(), checked: true, pins };
        let before = index.items.insert(blob.id, item).map_or(0, |item| item.len);
        index.stored = index.stored.saturating_sub(before).saturating_add(blob.len);
        Ok(())
    }

    fn reserve(&self, len: u64) -> Result<Reservation, BlobError> {
        let mut index = self.index();
        let free = self.inner.limits.max_bytes.saturating_sub(index.stored).saturating_sub(index.reserved);
        if len > free {
            return Err(BlobError::Full { needed: len, free });
        }
        index.reserved += len;
        Ok(Reservation { store: self.clone(), len })
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        self.inner.index()
    }
}

impl Inner {
    fn index(&self) -> MutexGuard<'_, Index> {
        // Every change under the lock is complete before anything in it can panic.
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn staging_dir(&self) -> PathBuf {
        self.root.join("staging")
    }

    fn blobs_dir(&self) -> PathBuf {
        self.root.join("blobs")
    }

    fn shard(&self, id: BlobId) -> PathBuf {
        self.blobs_dir().join(format!("{:02x}", id.as_bytes()[0]))
    }

    fn path(&self, id: BlobId) -> PathBuf {
        self.shard(id).join(hex::encode(id))
    }
}

/// Room that a blob being written will need; given back when dropped.
pub(super) struct Reservation {
    store: BlobStore,
    len: u64,
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut index = self.store.inner.index();
        index.reserved = index.reserved.saturating_sub(self.len);
    }
}

fn parse_id(name: &str) -> Option<BlobId> {
    let mut id = H256::zero();
    hex::decode_to_slice(name, id.as_bytes_mut()).ok()?;
    Some(id)
}

fn hash_file(path: &Path) -> Result<(BlobId, u64), BlobError> {
    let mut file = File::open(path).map_err(at(path))?;
    let mut hasher = Blake2b::<U32>::new();
    let mut piece = vec![0; 1024 * 1024];
    let mut len = 0;
    loop {
        match file.read(&mut piece).map_err(at(path))? {
            0 => return Ok((H256(hasher.finalize().into()), len)),
            n => {
                hasher.update(&piece[..n]);
                len += n as u64;
            }
        }
    }
}

/// Makes renames and new entries in a directory survive a power cut.
fn sync_dir(dir: &Path) -> Result<(), BlobError> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(at(dir))
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
