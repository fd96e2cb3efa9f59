//! The outbox towards the market pallet's offchain worker: entries of [`hearth_primitives::mailbox`] in the node's offchain database.
//!
//! The database queues its writes in memory, and a commitment whose salt is lost can never be opened. So every entry stands first in a
//! journal of small synced files, and only then in the database. The journal also remembers entries of other forks: when a reorg brings
//! a seed back, so comes the salt of the commitment that may be on chain already. One entry is never overwritten by another of its seed.

use crate::blobs::{store::Pin, BlobStore};
use codec::{DecodeAll, Encode};
use hearth_primitives::{
    mailbox,
    mailbox::{Entry, Watch, WATCH_KEY},
    market::Duty,
    JobId, ProviderId, Tier, H256,
};
use sp_core::offchain::{OffchainStorage, STORAGE_PREFIX};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// A provider's part in a round of a job.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Part {
    /// The job.
    pub job: JobId,
    /// The round.
    pub tier: Tier,
    /// The provider.
    pub provider: ProviderId,
}

impl Part {
    /// The part that a duty is about.
    pub fn of(duty: &Duty<u32>) -> Self {
        Self { job: duty.job, tier: duty.tier, provider: duty.provider }
    }

    fn key(&self) -> Vec<u8> {
        mailbox::key(self.job, self.tier, self.provider)
    }
}

impl fmt::Display for Part {
    /// As the log names it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tier {
            0 => write!(f, "job {}", self.job),
            jury => write!(f, "jury {jury} of job {}", self.job),
        }
    }
}

/// The journal could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}")]
pub struct MailboxError {
    path: PathBuf,
    source: io::Error,
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> MailboxError + '_ {
    move |source| MailboxError { path: path.to_owned(), source }
}

/// What this module needs of [`OffchainStorage`], which is no trait object.
trait Database: Send {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>>;
    fn set(&mut self, key: &[u8], value: &[u8]);
    fn remove(&mut self, key: &[u8]);
}

impl<S: OffchainStorage> Database for S {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        OffchainStorage::get(self, STORAGE_PREFIX, key)
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        OffchainStorage::set(self, STORAGE_PREFIX, key, value)
    }

    fn remove(&mut self, key: &[u8]) {
        OffchainStorage::remove(self, STORAGE_PREFIX, key)
    }
}

/// An entry, and what keeps its output from being collected.
struct Kept {
    entry: Entry,
    _output: Option<Pin>,
}

struct State {
    database: Box<dyn Database>,
    entries: BTreeMap<(Part, H256), Kept>,
}

/// The entries of this node.
pub struct Mailbox {
    dir: PathBuf,
    blobs: BlobStore,
    state: Mutex<State>,
}

impl Mailbox {
    /// Reads the journal in `dir`. A file that does not decode is left from a spoilt disk: it is removed, with a warning.
    pub fn open(dir: PathBuf, storage: impl OffchainStorage + 'static, blobs: BlobStore) -> Result<Self, MailboxError> {
        fs::create_dir_all(&dir).map_err(at(&dir))?;
        let mut entries = BTreeMap::new();
        for file in fs::read_dir(&dir).map_err(at(&dir))? {
            let path = file.map_err(at(&dir))?.path();
            let bytes = fs::read(&path).map_err(at(&path))?;
            match <((JobId, Tier, ProviderId), Entry)>::decode_all(&mut &bytes[..]) {
                Ok(((job, tier, provider), entry)) => {
                    let part = Part { job, tier, provider };
                    entries.insert((part, entry.seed), keep(&blobs, entry));
                }
                Err(error) => {
                    // Also an unfinished file of a killed process: nothing was published from it.
                    log::warn!(target: "hearth::inference", "{} is not a whole entry ({error}): removed", path.display());
                    fs::remove_file(&path).map_err(at(&path))?;
                }
            }
        }
        Ok(Self { dir, blobs, state: Mutex::new(State { database: Box::new(storage), entries }) })
    }

    /// Whether there is an entry for this part under this seed; if so, the database shows it afterwards.
    pub fn publish(&self, part: Part, seed: H256) -> Result<bool, MailboxError> {
        let mut state = self.lock();
        let shown = state.database.get(&part.key());
        if let Some(kept) = state.entries.get(&(part, seed)) {
            let wanted = kept.entry.encode();
            if shown.as_ref() != Some(&wanted) {
                state.database.set(&part.key(), &wanted);
            }
            return Ok(true);
        }
        // The journal may have been deleted, or another process may have written: what the database has is as good.
        match shown.map(|bytes| Entry::decode_all(&mut &bytes[..])) {
            Some(Ok(entry)) if entry.seed == seed => {
                self.write(part, &entry)?;
                state.entries.insert((part, seed), keep(&self.blobs, entry));
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Leaves an entry: durable first, then visible. An entry that is there for the same seed stays.
    pub fn deposit(&self, part: Part, entry: Entry) -> Result<(), MailboxError> {
        let seed = entry.seed;
        if self.publish(part, seed)? {
            return Ok(());
        }
        self.write(part, &entry)?;
        self.lock().entries.insert((part, seed), keep(&self.blobs, entry));
        self.publish(part, seed).map(|_| ())
    }

    /// The parts that have entries.
    pub fn parts(&self) -> BTreeSet<Part> {
        self.lock().entries.keys().map(|(part, _)| *part).collect()
    }

    /// Removes every entry of a part.
    pub fn forget(&self, part: Part) -> Result<(), MailboxError> {
        let mut state = self.lock();
        let seeds: Vec<_> = state.entries.keys().filter(|(known, _)| *known == part).map(|(_, seed)| *seed).collect();
        for seed in seeds {
            let path = self.path(part, seed);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&path)(error)),
                _ => state.entries.remove(&(part, seed)),
            };
        }
        state.database.remove(&part.key());
        Ok(())
    }

    /// What the offchain worker has noted of its watch over the agenda; nothing if it has not.
    pub fn watch(&self) -> Watch {
        let noted = self.lock().database.get(WATCH_KEY);
        noted.and_then(|bytes| Watch::decode_all(&mut &bytes[..]).ok()).unwrap_or_default()
    }

    fn path(&self, Part { job, tier, provider }: Part, seed: H256) -> PathBuf {
        self.dir.join(format!("{job}-{tier}-{provider}-{}", hex::encode(seed)))
    }

    /// Writes the journal's file so that it survives whatever comes next.
    fn write(&self, part: Part, entry: &Entry) -> Result<(), MailboxError> {
        let path = self.path(part, entry.seed);
        let unfinished = path.with_extension("part");
        let Part { job, tier, provider } = part;
        let mut file = File::create(&unfinished).map_err(at(&unfinished))?;
        let bytes = ((job, tier, provider), entry).encode();
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(at(&unfinished))?;
        fs::rename(&unfinished, &path).map_err(at(&path))?;
        File::open(&self.dir).and_then(|dir| dir.sync_all()).map_err(at(&self.dir))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The journal's files are the truth; the state in memory only ever lags behind them by one whole entry.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn keep(blobs: &BlobStore, entry: Entry) -> Kept {
    let output = entry.outcome.as_ref().ok().and_then(|result| blobs.pin(result.output.id));
    Kept { entry, _output: output }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        blobs::{
            gc::{collect_garbage, References},
            Limits,
        },
        inference::testing::Shared,
    };
    use hearth_primitives::{
        blob::{BlobId, BlobRef},
        digest::Digest,
        jury::Verdicts,
        mailbox::RunResult,
        market::DeclineReason,
    };
    use sp_core::offchain::{storage::OffchainDb, OffchainDbExt};
    use std::time::Duration;

    const PART: Part = Part { job: 7, tier: 0, provider: 3 };

    fn entry(seed: u8, salt: u8) -> Entry {
        let digest = Digest { hidden: [1; 16], output: [2; 16] };
        let result = RunResult { digest, output: BlobRef::of(b"output"), salt: [salt; 32], verdicts: None };
        Entry { seed: H256::repeat_byte(seed), outcome: Ok(result) }
    }

    fn open(dir: &Path, database: &Shared) -> (Mailbox, BlobStore) {
        let limits = Limits { max_bytes: 1 << 20, staging_age: Duration::ZERO };
        let blobs = BlobStore::open(dir.join("blobs"), limits).unwrap();
        (Mailbox::open(dir.join("mailbox"), database.clone(), blobs.clone()).unwrap(), blobs)
    }

    #[test]
    fn deposit_survives_the_loss_of_the_database() {
        let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
        open(dir.path(), &database).0.deposit(PART, entry(1, 9)).unwrap();
        assert_eq!(database.shown(PART), Some(entry(1, 9)));
        // The database's queue was lost with the process.
        let database = Shared::default();
        let (mailbox, _) = open(dir.path(), &database);
        assert_eq!(database.shown(PART), None);
        assert!(mailbox.publish(PART, H256::repeat_byte(1)).unwrap());
        assert_eq!(database.shown(PART), Some(entry(1, 9)));
    }

    #[test]
    fn deposit_keeps_a_jurors_opinions_apart_from_a_replicas_result() {
        let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
        let juror = Part { tier: 1, ..PART };
        let mut said = entry(2, 8);
        said.outcome = said.outcome.map(|result| RunResult { verdicts: Some(Verdicts(0b1101)), ..result });
        let (mailbox, _) = open(dir.path(), &database);
        mailbox.deposit(PART, entry(1, 9)).unwrap();
        mailbox.deposit(juror, said.clone()).unwrap();
        drop(mailbox);
        let database = Shared::default();
        let (mailbox, _) = open(dir.path(), &database);
        assert!(mailbox.publish(PART, H256::repeat_byte(1)).unwrap() && mailbox.publish(juror, H256::repeat_byte(2)).unwrap());
        assert_eq!((database.shown(PART), database.shown(juror)), (Some(entry(1, 9)), Some(said)));
        assert_eq!((PART.to_string(), juror.to_string()), ("job 7".into(), "jury 1 of job 7".into()));
    }

    #[test]
    fn deposit_never_replaces_a_salt() {
        let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
        let (mailbox, _) = open(dir.path(), &database);
        mailbox.deposit(PART, entry(1, 9)).unwrap();
        mailbox.deposit(PART, entry(1, 8)).unwrap();
        assert_eq!(database.shown(PART), Some(entry(1, 9)));
    }

    #[test]
    fn publish_follows_the_seed_of_the_best_chain_and_back() {
        let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
        let (mailbox, _) = open(dir.path(), &database);
        mailbox.deposit(PART, entry(1, 9)).unwrap();
        assert!(!mailbox.publish(PART, H256::repeat_byte(2)).unwrap());
        mailbox.deposit(PART, entry(2, 8)).unwrap();
        assert_eq!(database.shown(PART), Some(entry(2, 8)));
        assert!(mailbox.publish(PART, H256::repeat_byte(1)).unwrap());
        assert_eq!(database.shown(PART), Some(entry(1, 9)));
    }

    #[test]
    fn publish_adopts_what_the_database_has() {
        let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
        open(dir.path(), &database).0.deposit(PART, entry(1, 9)).unwrap();
        fs::remove_dir_all(dir.path().join("mailbox")).unwrap();
        let (mailbox, _) = open(dir.path(), &database);
        assert!(mailbox.parts().is_empty());
        assert!(mailbox.publish(PART, H256::repeat_byte(1)).unwrap());
        assert_eq!(mailbox.parts(), [PART].into());
        assert_eq!(fs::read_dir(dir.path().join("mailbox")).unwrap().count(), 1);
    }

    #[test]
    fn forget_removes_all_of_a_part() {
        let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
        let (mailbox, _) = open(dir.path(), &database);
        mailbox.deposit(PART, entry(1, 9)).unwrap();
        mailbox.deposit(PART, Entry { seed: H256::repeat_byte(2), outcome: Err(DeclineReason::WorkerFailed) }).unwrap();
        mailbox.forget(PART).unwrap();
        assert_eq!((database.shown(PART), mailbox.parts().len()), (None, 0));
        assert_eq!(fs::read_dir(dir.path().join("mailbox")).unwrap().count(), 0);
        mailbox.forget(PART).unwrap();
    }

    #[test]
    fn open_passes_over_files_that_are_no_entries() {
        let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
        open(dir.path(), &database).0.deposit(PART, entry(1, 9)).unwrap();
        fs::write(dir.path().join("mailbox/7-0-3-half.part"), [1, 2, 3]).unwrap();
        let (mailbox, _) = open(dir.path(), &database);
        assert_eq!(mailbox.parts(), [PART].into());
        assert_eq!(fs::read_dir(dir.path().join("mailbox")).unwrap().count(), 1);
    }

    #[test]
    fn output_of_an_entry_is_not_collected() {
        struct Nothing;
        impl References for Nothing {
            fn referenced(&self, ids: &[BlobId]) -> Result<Vec<bool>, String> {
                Ok(vec![false; ids.len()])
            }
        }
        let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
        let (mailbox, blobs) = open(dir.path(), &database);
        let output = blobs.put(b"output").unwrap();
        mailbox.deposit(PART, entry(1, 9)).unwrap();
        collect_garbage(&blobs, &Nothing).unwrap();
        assert!(blobs.len(output.id).is_some());
        mailbox.forget(PART).unwrap();
        collect_garbage(&blobs, &Nothing).unwrap();
        assert_eq!(blobs.len(output.id), None);
    }

    #[test]
    fn watch_reads_what_offchain_workers_note() {
        let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
        let (mailbox, _) = open(dir.path(), &database);
        assert_eq!(mailbox.watch(), Watch::default());
        let noted = Watch { late: 12, pokes: 3 };
        let mut externalities = sp_io::TestExternalities::default();
        externalities.register_extension(OffchainDbExt::new(OffchainDb::new(database)));
        externalities.execute_with(|| sp_runtime::offchain::storage::StorageValueRef::persistent(WATCH_KEY).set(&noted));
        assert_eq!(mailbox.watch(), noted);
    }

    #[test]
    fn offchain_workers_read_what_is_deposited() {
        let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
        let (mailbox, _) = open(dir.path(), &database);
        mailbox.deposit(PART, entry(1, 9)).unwrap();
        // The worker's side of the same prefix and key.
        let mut externalities = sp_io::TestExternalities::default();
        externalities.register_extension(OffchainDbExt::new(OffchainDb::new(database)));
        externalities.execute_with(|| {
            let key = PART.key();
            let value = sp_runtime::offchain::storage::StorageValueRef::persistent(&key);
            assert_eq!(value.get::<Entry>().unwrap(), Some(entry(1, 9)));
        });
    }
}
