//! What several of the supervisor's tests need.

use super::{
    duties::{Chain, ChainError, Snapshot},
    job::Jobs,
    mailbox::{Mailbox, Part},
    metrics::Metrics,
    slots::Slots,
    worker::tests::{scripted, second_digest},
};
use crate::blobs::{
    fetch::{Fetcher, Pace},
    peers::{Misbehaviour, Peers, RequestError},
    protocol::{Request, Response},
    BlobStore, Limits,
};
use futures::future::BoxFuture;
use hearth_primitives::{
    blob::BlobRef,
    digest::Digest,
    jury::Accused,
    mailbox::Entry,
    market::{Duty, DutyStep},
    JobId, H256,
};
use sc_network_types::PeerId;
use sp_core::offchain::{storage::InMemOffchainStorage, OffchainStorage, STORAGE_PREFIX};
use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

/// A duty to commit, of provider 1.
pub fn duty(job: JobId, deadline: u32) -> Duty<u32> {
    Duty {
        generated: None,
        job,
        tier: 0,
        provider: 1,
        seed: H256::repeat_byte(1),
        step: DutyStep::Commit,
        deadline,
        model: BlobRef::of(b"model"),
        input: BlobRef::of(b"input"),
        max_output_len: 100,
        output_scale: 0,
        tolerance: Default::default(),
        accused: Vec::new(),
    }
}

/// A duty of provider 1 to judge a result for each of `offs`, which stands so far from its own in each component.
pub fn jury_duty(job: JobId, deadline: u32, offs: &[i32]) -> Duty<u32> {
    let replicas = duty(job, deadline);
    let (seed, own) = (replicas.seed, second_digest());
    let far = |off: &i32| Digest { hidden: own.hidden.map(|at| at + off), output: own.output.map(|at| at + off) };
    let accuse = |(provider, off): (u32, &i32)| Accused { provider, seed, digest: far(off), output: BlobRef::of(b"theirs") };
    Duty { tier: 1, seed: H256::repeat_byte(2), accused: (10..).zip(offs).map(accuse).collect(), ..replicas }
}

/// A database that its user and the test both see.
#[derive(Clone, Default)]
pub struct Shared(pub Arc<Mutex<InMemOffchainStorage>>);

impl OffchainStorage for Shared {
    fn set(&mut self, prefix: &[u8], key: &[u8], value: &[u8]) {
        self.0.lock().unwrap().set(prefix, key, value)
    }

    fn remove(&mut self, prefix: &[u8], key: &[u8]) {
        self.0.lock().unwrap().remove(prefix, key)
    }

    fn get(&self, prefix: &[u8], key: &[u8]) -> Option<Vec<u8>> {
        self.0.lock().unwrap().get(prefix, key)
    }

    fn compare_and_set(&mut self, prefix: &[u8], key: &[u8], old: Option<&[u8]>, new: &[u8]) -> bool {
        self.0.lock().unwrap().compare_and_set(prefix, key, old, new)
    }
}

impl Shared {
    /// The entry that an offchain worker reads.
    pub fn shown(&self, part: Part) -> Option<Entry> {
        let key = hearth_primitives::mailbox::key(part.job, part.tier, part.provider);
        let bytes = OffchainStorage::get(self, STORAGE_PREFIX, &key)?;
        Some(codec::DecodeAll::decode_all(&mut &bytes[..]).unwrap())
    }
}

/// A chain whose snapshot the test sets.
#[derive(Clone)]
pub struct FakeChain(pub Arc<Mutex<Result<Option<Snapshot>, String>>>);

impl FakeChain {
    /// At `best`, with these duties.
    pub fn set(&self, best: u32, duties: &[Duty<u32>]) {
        *self.0.lock().unwrap() = Ok(Some(Snapshot { best, duties: duties.to_vec(), slots: [(1, 1)].into() }));
    }
}

impl Chain for FakeChain {
    fn snapshot(&self) -> Result<Option<Snapshot>, ChainError> {
        self.0.lock().unwrap().clone().map_err(ChainError)
    }

    fn ended(&self, parts: &[Part]) -> Result<Vec<bool>, ChainError> {
        Ok(vec![true; parts.len()])
    }
}

/// No peers at all.
struct Alone;

impl Peers for Alone {
    fn connected(&self) -> BoxFuture<'_, Vec<PeerId>> {
        Box::pin(async { Vec::new() })
    }

    fn request(&self, _: PeerId, _: Request) -> BoxFuture<'_, Result<Response, RequestError>> {
        Box::pin(async { Err(RequestError::NoAnswer("nobody is there".into())) })
    }

    fn report(&self, _: PeerId, _: Misbehaviour) {}
}

/// Everything a job needs, in `dir`, with workers that run `script`; model and input are in the store.
pub fn jobs(dir: &Path, script: &str, database: &Shared) -> Jobs {
    let limits = Limits { max_bytes: 1 << 20, staging_age: Duration::from_secs(60) };
    let store = BlobStore::open(dir.join("blobs"), limits).unwrap();
    store.put(b"model").unwrap();
    store.put(b"input").unwrap();
    let pace = Pace { request: Duration::from_millis(100), chunk: Duration::from_millis(100), pause: Duration::from_millis(50) };
    Jobs {
        fetcher: Fetcher::with_pace(store.clone(), Arc::new(Alone), pace),
        mailbox: Arc::new(Mailbox::open(dir.join("mailbox"), database.clone(), store.clone()).unwrap()),
        slots: Arc::new(Slots::new(scripted(dir, script), dir.join("scratch")).unwrap()),
        metrics: Metrics::register(None),
        store,
    }
}
