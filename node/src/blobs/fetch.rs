//! Fetching a blob from the connected peers: each is asked in turn, chunks are asked ahead, and the whole is verified at the end.
//!
//! What was received survives a peer that goes away, a round without success and a caller that gave up; the next attempt goes on from
//! there. One blob is never fetched twice at once. A hash is of the whole blob, so when bytes of several peers do not fit together nobody
//! knows who lied: from then on that blob is taken from one peer at a time, and the next wrong whole has a culprit.
//!
//! A length on chain is its author's claim. A peer is asked for its own first, so a wrong claim on chain never makes honest peers look bad.

use super::{
    peers::{Misbehaviour, Peers, RequestError},
    protocol::{Request, Response, REQUEST_TIMEOUT},
    staging::Staging,
    store::{BlobError, BlobStore, Sweep},
};
use futures::{stream, StreamExt};
use hearth_primitives::blob::{BlobId, BlobRef, MAX_BLOB_LEN, MAX_CHUNK_LEN};
use rand::seq::SliceRandom;
use sc_network_types::PeerId;
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{Mutex as AsyncMutex, Semaphore};

/// Blobs fetched at once.
const FETCHES: usize = 8;

/// Chunks asked of a peer ahead of the one that is awaited.
const AHEAD: usize = 4;

/// After so long nobody is expected to ask again for a blob that could not be had, and what came of it is dropped.
const STALE: Duration = Duration::from_secs(900);

/// How often a busy peer is asked again before the next one is.
const BUSY_RETRIES: u32 = 5;

/// What a blob's reference says before it is here.
#[derive(Clone, Copy, Debug)]
pub struct Want {
    /// The blob.
    pub id: BlobId,
    /// Its length where the chain says it. Without it the peer's word counts, up to [`MAX_BLOB_LEN`].
    pub len: Option<u64>,
}

impl From<BlobRef> for Want {
    fn from(blob: BlobRef) -> Self {
        Self { id: blob.id, len: Some(blob.len) }
    }
}

/// Why a blob could not be had now.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No peer is connected.
    #[error("blob {0:?} is not here and no peer is connected")]
    NoPeers(BlobId),
    /// None of the connected peers gave it.
    #[error("none of {asked} connected peers gave blob {id:?}")]
    Unavailable {
        /// The blob.
        id: BlobId,
        /// Peers asked.
        asked: usize,
    },
    /// It is here, and longer or shorter than its reference says: no peer can ever help.
    #[error("blob {id:?} has {actual} bytes, not the {declared} of its reference")]
    WrongReference {
        /// The blob.
        id: BlobId,
        /// In the reference.
        declared: u64,
        /// True.
        actual: u64,
    },
    /// It could not be stored.
    #[error(transparent)]
    Store(#[from] BlobError),
}

/// The pace of a fetcher.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// After so long a request has failed.
    pub request: Duration,
    /// A peer that takes longer for a chunk, on average, makes way for the next.
    pub chunk: Duration,
    /// Between two rounds through the peers, and before a busy peer is asked again a tenth of it.
    pub pause: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { request: REQUEST_TIMEOUT, chunk: Duration::from_secs(3), pause: Duration::from_secs(5) }
    }
}

/// What is known of a blob that is on its way.
#[derive(Default)]
struct Progress {
    staging: Option<Staging>,
    /// Who gave the bytes in `staging`.
    sources: HashSet<PeerId>,
    /// Who lied about this blob.
    banned: HashSet<PeerId>,
    /// Whether bytes of several peers once did not fit together.
    one_source: bool,
}

impl Progress {
    /// Gives back the room reserved for bytes of which none came.
    fn drop_empty(&mut self) {
        if self.staging.as_ref().is_some_and(|staging| staging.written() == 0) {
            self.staging = None;
        }
    }
}

/// A blob on its way, and when it was last asked for.
struct Fetch {
    progress: Arc<AsyncMutex<Progress>>,
    asked_at: Instant,
}

struct Inner {
    store: BlobStore,
    peers: Arc<dyn Peers>,
    pace: Pace,
    fetches: Mutex<HashMap<BlobId, Fetch>>,
    permits: Semaphore,
}

impl Inner {
    fn lock_fetches(&self) -> MutexGuard<'_, HashMap<BlobId, Fetch>> {
        self.fetches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sweep for Inner {
    fn sweep(&self) {
        self.lock_fetches().retain(|_, fetch| Arc::strong_count(&fetch.progress) > 1 || fetch.asked_at.elapsed() < STALE);
    }
}

/// Fetches blobs into a store. Clones share everything.
#[derive(Clone)]
pub struct Fetcher {
    inner: Arc<Inner>,
}

/// What a peer's attempt led to, when not to the blob.
enum Next {
    /// Ask another.
    Peer,
    /// No peer can help.
    Stop(FetchError),
}

impl From<BlobError> for Next {
    fn from(error: BlobError) -> Self {
        Self::Stop(error.into())
    }
}

impl Fetcher {
    /// Fetches into `store` from `peers`.
    pub fn new(store: BlobStore, peers: Arc<dyn Peers>) -> Self {
        Self::with_pace(store, peers, Pace::default())
    }

    /// The same at another pace.
    pub fn with_pace(store: BlobStore, peers: Arc<dyn Peers>, pace: Pace) -> Self {
        let inner = Arc::new(Inner { store, peers, pace, fetches: Mutex::default(), permits: Semaphore::new(FETCHES) });
        let sweeper = Arc::downgrade(&inner);
        inner.store.on_sweep(sweeper);
        Self { inner }
    }

    /// Returns once the blob is in the store, verified, or when `patience` is over: then with the last round's error.
    pub async fn fetch(&self, want: Want, patience: Duration) -> Result<BlobRef, FetchError> {
        let deadline = Instant::now() + patience;
        // However little patience there is: what is here is given.
        if let Some(blob) = self.stored(want).await? {
            return Ok(blob);
        }
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let error = match tokio::time::timeout(left, self.round(want)).await {
                Ok(Ok(blob)) => return Ok(blob),
                Ok(Err(error @ FetchError::WrongReference { .. })) => return Err(error),
                Ok(Err(error)) => error,
                Err(_) => {
                    let progress = self.progress(want.id);
                    // Somebody else's fetch of the same blob may hold it.
                    if let Ok(mut progress) = progress.try_lock() {
                        progress.drop_empty();
                    }
                    return Err(FetchError::Unavailable { id: want.id, asked: self.inner.peers.connected().await.len() });
                }
            };
            log::debug!(target: "hearth::blobs", "{error}");
            if deadline.saturating_duration_since(Instant::now()) <= self.inner.pace.pause {
                return Err(error);
            }
            tokio::time::sleep(self.inner.pace.pause).await;
        }
    }

    /// Asks every connected peer once.
    async fn round(&self, want: Want) -> Result<BlobRef, FetchError> {
        let progress = self.progress(want.id);
        let mut progress = progress.lock().await;
        // Another's fetch of the same blob may just have ended.
        if let Some(blob) = self.stored(want).await? {
            return Ok(blob);
        }
        // The semaphore is never closed; if it were, one fetch more would do no harm.
        let _permit = self.inner.permits.acquire().await.ok();
        let mut peers = self.inner.peers.connected().await;
        if peers.is_empty() {
            return Err(FetchError::NoPeers(want.id));
        }
        peers.shuffle(&mut rand::thread_rng());
        peers.sort_by_key(|peer| !progress.sources.contains(peer));
        let asked = peers.len();
        for peer in peers {
            if progress.banned.contains(&peer) {
                continue;
            }
            match self.ask_for_rest(peer, want, &mut progress).await {
                Ok(blob) => {
                    self.inner.lock_fetches().remove(&want.id);
                    return Ok(blob);
                }
                Err(Next::Peer) => progress.drop_empty(),
                Err(Next::Stop(error)) => return Err(error),
            }
        }
        if progress.staging.is_none() && progress.banned.is_empty() {
            self.inner.lock_fetches().remove(&want.id);
        }
        Err(FetchError::Unavailable { id: want.id, asked })
    }

    /// The blob, if it is in the store and whole.
    async fn stored(&self, want: Want) -> Result<Option<BlobRef>, FetchError> {
        let store = self.inner.store.clone();
        let found = tokio::task::spawn_blocking(move || store.checked_path(want.id).map(|_| store.len(want.id))).await;
        let actual = match found {
            Ok(Ok(Some(len))) => len,
            Ok(Ok(None)) | Ok(Err(BlobError::NotFound(_))) | Err(_) => return Ok(None),
            Ok(Err(error)) => return Err(error.into()),
        };
        match want.len {
            Some(declared) if declared != actual => Err(FetchError::WrongReference { id: want.id, declared, actual }),
            _ => Ok(Some(BlobRef { id: want.id, len: actual })),
        }
    }

    /// Takes from one peer what is still missing.
    async fn ask_for_rest(&self, peer: PeerId, want: Want, progress: &mut Progress) -> Result<BlobRef, Next> {
        let len = match self.ask(peer, Request::Stat(want.id)).await {
            Ok(Response::Stat(len)) if len <= MAX_BLOB_LEN => len,
            Ok(Response::NotFound | Response::Busy) | Err(RequestError::NoAnswer(_)) => return Err(Next::Peer),
            Ok(_) | Err(RequestError::Malformed(_)) => return Err(self.ban(peer, Misbehaviour::BadResponse, progress)),
        };
        if want.len.is_some_and(|wanted| wanted != len) {
            log::debug!(target: "hearth::blobs", "{peer} has blob {:?} with {len} bytes, wanted {:?}", want.id, want.len);
            return Err(Next::Peer);
        }
        let fits = |staging: &Staging| staging.blob().len == len;
        let mixes = progress.one_source && !progress.sources.contains(&peer);
        if mixes || !progress.staging.as_ref().is_some_and(fits) {
            progress.staging = None;
            progress.sources.clear();
        }
        let staging = match progress.staging.take() {
            Some(staging) => staging,
            None => self.inner.store.stage(BlobRef { id: want.id, len })?,
        };
        let staging = progress.staging.insert(staging);
        let began = Instant::now();
        let chunk_len = u64::from(MAX_CHUNK_LEN);
        let mut offset = staging.written();
        let pieces = std::iter::from_fn(|| {
            let piece = (offset, (len - offset).min(chunk_len) as u32);
            offset += u64::from(piece.1);
            (piece.1 > 0).then_some(piece)
        });
        let mut answers = stream::iter(pieces)
            .map(|(offset, len)| async move { (len, self.ask(peer, Request::Read { id: want.id, offset, len }).await) })
            .buffered(AHEAD);
        let mut received = 0;
        while let Some((len, answer)) = answers.next().await {
            match answer {
                Ok(Response::Chunk(bytes)) if bytes.len() == len as usize => {
                    staging.append(&bytes)?;
                    progress.sources.insert(peer);
                }
                Ok(Response::NotFound | Response::Busy) | Err(RequestError::NoAnswer(_)) => return Err(Next::Peer),
                Ok(_) | Err(RequestError::Malformed(_)) => {
                    drop(answers);
                    return Err(self.ban(peer, Misbehaviour::BadResponse, progress));
                }
            }
            received += 1;
            // What is complete is verified at once, however long it took.
            let missing = staging.written() < staging.blob().len;
            if missing && !progress.one_source && began.elapsed() > self.inner.pace.request + self.inner.pace.chunk * received {
                log::debug!(target: "hearth::blobs", "{peer} is slow with blob {:?}: the next is asked", want.id);
                return Err(Next::Peer);
            }
        }
        drop(answers);
        self.finish(peer, progress).await
    }

    /// Verifies what is complete; finds out who is to blame if it is wrong.
    async fn finish(&self, peer: PeerId, progress: &mut Progress) -> Result<BlobRef, Next> {
        let Some(staging) = progress.staging.take() else { return Err(Next::Peer) };
        let sources = std::mem::take(&mut progress.sources);
        match tokio::task::spawn_blocking(move || staging.finish()).await {
            Ok(Ok(blob)) => Ok(blob),
            Ok(Err(BlobError::WrongHash { .. })) if sources.len() <= 1 => {
                // All bytes may be of a peer before this one. No bytes at all are the whole that this one claims.
                let culprit = sources.into_iter().next().unwrap_or(peer);
                Err(self.ban(culprit, Misbehaviour::WrongBytes, progress))
            }
            Ok(Err(BlobError::WrongHash { declared, .. })) => {
                log::debug!(target: "hearth::blobs", "the parts of blob {declared:?} from {} peers do not fit together", sources.len());
                progress.one_source = true;
                Err(Next::Peer)
            }
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(Next::Peer),
        }
    }

    /// One request, patiently when the peer is busy.
    async fn ask(&self, peer: PeerId, request: Request) -> Result<Response, RequestError> {
        for _ in 0..BUSY_RETRIES {
            let answer = self.inner.peers.request(peer, request.clone());
            match tokio::time::timeout(self.inner.pace.request, answer).await {
                Err(_) => return Err(RequestError::NoAnswer("timed out".into())),
                Ok(Ok(Response::Busy)) => tokio::time::sleep(self.inner.pace.pause / 10).await,
                Ok(answer) => return answer,
            }
        }
        Ok(Response::Busy)
    }

    fn ban(&self, peer: PeerId, misbehaviour: Misbehaviour, progress: &mut Progress) -> Next {
        log::debug!(target: "hearth::blobs", "{peer} is reported: {misbehaviour:?}");
        self.inner.peers.report(peer, misbehaviour);
        progress.banned.insert(peer);
        if progress.sources.contains(&peer) {
            progress.staging = None;
            progress.sources.clear();
        }
        Next::Peer
    }

    fn progress(&self, id: BlobId) -> Arc<AsyncMutex<Progress>> {
        let mut fetches = self.inner.lock_fetches();
        let fetch = fetches.entry(id).or_insert_with(|| Fetch { progress: Arc::default(), asked_at: Instant::now() });
        fetch.asked_at = Instant::now();
        fetch.progress.clone()
    }
}

#[cfg(test)]
#[path = "fetch_tests.rs"]
mod tests;
