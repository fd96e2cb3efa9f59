//! A provider's slots: as many runs at once as the chain says, each with a worker process of its own, started when first needed.

use super::worker::{Worker, WorkerCommand, WorkerError};
use hearth_primitives::ProviderId;
use std::{
    collections::{BTreeSet, HashMap},
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{sync::Notify, task::JoinHandle};

/// The most worker processes for one provider, whatever the chain says: a process takes memory.
const MAX_SLOTS: u32 = 64;

/// The first pause after a worker did not start; it doubles with every failure.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// One slot: a directory and, once it was needed, a worker.
pub struct Slot {
    index: u32,
    /// Where the worker runs and writes.
    pub dir: PathBuf,
    /// None before the first run and after a failure.
    pub worker: Option<Worker>,
    /// A worker on its way. A job whose deadline passes meanwhile leaves it to the next: its device may take longer to be tested than the
    /// job has.
    starting: Option<JoinHandle<Result<Worker, WorkerError>>>,
    used_at: Instant,
}

struct PoolState {
    slots: u32,
    /// Indices of all slots that exist, idle or taken.
    existing: BTreeSet<u32>,
    idle: Vec<Slot>,
}

struct Pool {
    state: Mutex<PoolState>,
    freed: Notify,
}

/// Failed starts in a row, over all slots: they share the executable.
#[derive(Default)]
struct Starts {
    failed: u32,
    not_before: Option<Instant>,
}

/// The slots of every provider of this node.
pub struct Slots {
    command: WorkerCommand,
    scratch: PathBuf,
    pools: Mutex<HashMap<ProviderId, Arc<Pool>>>,
    starts: Mutex<Starts>,
}

/// A slot that is taken; dropping it gives the slot back, and ends its worker if that is in the middle of a run.
pub struct Taken {
    slot: Option<Slot>,
    pool: Arc<Pool>,
}

impl Slots {
    /// No slots yet. `scratch` is emptied.
    pub fn new(command: WorkerCommand, scratch: PathBuf) -> io::Result<Self> {
        match fs::remove_dir_all(&scratch) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir_all(&scratch)?,
        }
        Ok(Self { command, scratch, pools: Mutex::default(), starts: Mutex::default() })
    }

    /// Sets how many jobs a provider runs at once. Runs beyond a smaller number end in peace.
    pub fn resize(&self, provider: ProviderId, slots: u32) {
        let pool = self.pool(provider);
        lock(&pool.state).slots = slots.clamp(1, MAX_SLOTS);
        pool.freed.notify_waiters();
    }

    /// Waits for a free slot.
    pub async fn take(&self, provider: ProviderId) -> Taken {
        let pool = self.pool(provider);
        loop {
            // Registered before the look, so that a slot freed in between is not missed.
            let freed = pool.freed.notified();
            if let Some(slot) = self.try_take(provider, &pool) {
                return Taken { slot: Some(slot), pool: pool.clone() };
            }
            freed.await;
        }
    }

    fn try_take(&self, provider: ProviderId, pool: &Pool) -> Option<Slot> {
        let mut state = lock(&pool.state);
        let taken = state.existing.len() - state.idle.len();
        if taken >= state.slots as usize {
            return None;
        }
        // The one used last: the others' workers may then be ended for idleness.
        if let Some(slot) = state.idle.pop() {
            return Some(slot);
        }
        let index = (0..).find(|index| !state.existing.contains(index))?;
        state.existing.insert(index);
        Some(Slot { index, dir: self.scratch.join(format!("{provider}-{index}")), worker: None, starting: None, used_at: Instant::now() })
    }

    /// Makes sure that a slot has a worker that is ready. After failed starts it waits first, longer each time. The error is of one attempt:
    /// the caller decides whether to try again.
    pub async fn ready<'a>(&self, provider: ProviderId, slot: &'a mut Slot) -> Result<&'a mut Worker, WorkerError> {
        let usable = slot.worker.as_mut().is_some_and(Worker::is_ready);
        if !usable {
            slot.worker = None;
            if slot.starting.is_none() {
                let not_before = self.starts().not_before;
                if let Some(not_before) = not_before {
                    tokio::time::sleep_until(not_before.into()).await;
                }
            }
            let (index, dir) = (slot.index, &slot.dir);
            let starting = slot.starting.get_or_insert_with(|| self.start(provider, index, dir));
            let started = starting.await.unwrap_or_else(|error| Err(WorkerError::DiedAtStart(error.to_string())));
            slot.starting = None;
            self.note(started.as_ref().err());
            let worker = started?;
            let device = worker.device();
            log::info!(
                target: "hearth::inference",
                "worker {} of provider {provider} runs on {} ({}) as {:?}, because {}; build {}",
                slot.index, device.name, device.backend, device.class, device.reason, worker.build(),
            );
            slot.worker = Some(worker);
        }
        slot.used_at = Instant::now();
        slot.worker.as_mut().ok_or_else(|| WorkerError::Died("it is gone".into()))
    }

    /// Starts a worker in a task of its own, which goes on when nobody waits for it.
    fn start(&self, provider: ProviderId, index: u32, dir: &Path) -> JoinHandle<Result<Worker, WorkerError>> {
        let (command, dir, label) = (self.command.clone(), dir.to_owned(), format!("{provider}/{index}"));
        tokio::spawn(async move {
            fs::create_dir_all(&dir).map_err(|source| WorkerError::Spawn { path: dir.clone(), source })?;
            Worker::start(&command, &dir, &label).await
        })
    }

    /// Ends the workers of slots that were not used for so long.
    pub fn end_idle(&self, idle: Duration) {
        for pool in lock(&self.pools).values() {
            for slot in lock(&pool.state).idle.iter_mut().filter(|slot| slot.used_at.elapsed() >= idle) {
                slot.worker = None;
                // What starts this long ago has ended: in a worker that nobody needed, or in an error.
                slot.starting = None;
            }
        }
    }

    fn note(&self, error: Option<&WorkerError>) {
        let mut starts = self.starts();
        match error {
            None => *starts = Starts::default(),
            Some(error) => {
                let pause = FIRST_PAUSE.saturating_mul(1 << starts.failed.min(16)).min(LONGEST_PAUSE);
                log::error!(target: "hearth::inference", "{error}. The next attempt follows in {pause:?}; jobs that cannot wait are declined.");
                *starts = Starts { failed: starts.failed.saturating_add(1), not_before: Some(Instant::now() + pause) };
            }
        }
    }

    fn starts(&self) -> MutexGuard<'_, Starts> {
        lock(&self.starts)
    }

    fn pool(&self, provider: ProviderId) -> Arc<Pool> {
        let new = || {
            let state = PoolState { slots: 1, existing: BTreeSet::new(), idle: Vec::new() };
            Arc::new(Pool { state: Mutex::new(state), freed: Notify::new() })
        };
        lock(&self.pools).entry(provider).or_insert_with(new).clone()
    }
}

impl Taken {
    /// The slot.
    pub fn slot(&mut self) -> &mut Slot {
        self.slot.as_mut().expect("taken out only in drop; qed")
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let Some(mut slot) = self.slot.take() else { return };
        if !slot.worker.as_mut().is_some_and(Worker::is_ready) {
            slot.worker = None;
        }
        slot.used_at = Instant::now();
        let mut state = lock(&self.pool.state);
        if state.existing.len() > state.slots as usize {
            state.existing.remove(&slot.index);
        } else {
            state.idle.push(slot);
        }
        drop(state);
        self.pool.freed.notify_waiters();
    }
}

/// The path of a slot's file as the protocol wants it.
pub fn utf8(path: &Path) -> Result<String, WorkerError> {
    let not_utf8 = || WorkerError::Spawn { path: path.to_owned(), source: io::Error::other("the path is not UTF-8") };
    path.to_str().map(str::to_owned).ok_or_else(not_utf8)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing under these locks panics half-way through a change.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::worker::tests::{scripted, WORKS};
    use tokio::time::timeout;

    const SOON: Duration = Duration::from_millis(100);

    fn slots(script: &str) -> (tempfile::TempDir, Slots) {
        let dir = tempfile::tempdir().unwrap();
        let slots = Slots::new(scripted(dir.path(), script), dir.path().join("scratch")).unwrap();
        (dir, slots)
    }

    #[tokio::test]
    async fn take_gives_as_many_as_the_chain_says() {
        let (_dir, slots) = slots(WORKS);
        slots.resize(1, 2);
        let mut first = slots.take(1).await;
        let mut second = slots.take(1).await;
        assert_ne!(first.slot().dir, second.slot().dir);
        assert!(timeout(SOON, slots.take(1)).await.is_err());
        // Another provider has its own.
        slots.take(2).await;
        drop(first);
        let third = timeout(SOON, slots.take(1)).await.unwrap();
        // Fewer slots: the runs go on, but no more begin until enough have ended.
        slots.resize(1, 1);
        drop(third);
        assert!(timeout(SOON, slots.take(1)).await.is_err());
        drop(second);
        timeout(SOON, slots.take(1)).await.unwrap();
        slots.resize(1, 3);
        let all = (slots.take(1).await, slots.take(1).await, slots.take(1).await);
        assert!(timeout(SOON, slots.take(1)).await.is_err());
        drop(all);
    }

    #[tokio::test]
    async fn take_wakes_every_waiter_in_turn() {
        let (_dir, slots) = slots(WORKS);
        let run = || async {
            let _taken = slots.take(1).await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        let all = futures::future::join_all((0..20).map(|_| run()));
        timeout(Duration::from_secs(10), all).await.unwrap();
    }

    #[tokio::test]
    async fn ready_keeps_a_worker_between_runs_and_ends_an_idle_one() {
        let (dir, slots) = slots(&format!("echo x >> \"$dir/starts\"\n{WORKS}"));
        for _ in 0..3 {
            let mut taken = slots.take(1).await;
            slots.ready(1, taken.slot()).await.unwrap();
        }
        slots.end_idle(Duration::from_secs(60));
        assert!(slots.take(1).await.slot().worker.is_some());
        assert_eq!(fs::read_to_string(dir.path().join("starts")).unwrap().lines().count(), 1);
        slots.end_idle(Duration::ZERO);
        let mut taken = slots.take(1).await;
        assert!(taken.slot().worker.is_none());
        slots.ready(1, taken.slot()).await.unwrap();
        assert_eq!(fs::read_to_string(dir.path().join("starts")).unwrap().lines().count(), 2);
    }

    #[tokio::test]
    async fn ready_waits_longer_after_each_failed_start_and_forgets_it_after_a_good_one() {
        // It starts at the third attempt.
        let (_dir, slots) = slots(&format!("echo x >> \"$dir/starts\"\n[ $(wc -l < \"$dir/starts\") -gt 2 ] || exit 1\n{WORKS}"));
        let mut taken = slots.take(1).await;
        let began = Instant::now();
        assert!(slots.ready(1, taken.slot()).await.is_err());
        assert!(began.elapsed() < FIRST_PAUSE);
        assert!(slots.ready(1, taken.slot()).await.is_err());
        assert!(began.elapsed() >= FIRST_PAUSE);
        slots.ready(1, taken.slot()).await.unwrap();
        assert!(began.elapsed() >= FIRST_PAUSE * 3);
        assert_eq!(slots.starts().failed, 0);
    }
}
