//! One duty from its first blob to its outcome in the mailbox.
//!
//! Whatever happens on the way, an outcome stands before the deadline: a result, or the reason why there is none. Only a mailbox that cannot
//! be written, and work that is given up, leave none. A juror's result has its opinions in it.

use super::{
    mailbox::{Mailbox, Part},
    metrics::Metrics,
    slots::{utf8, Slot, Slots},
    worker::{RunEnd, WorkerError},
};
use crate::blobs::{
    fetch::FetchError,
    store::{BlobError, Pin},
    BlobStore, Fetcher,
};
use hearth_primitives::{
    blob::BlobRef,
    capability,
    digest::Digest,
    jury::Verdicts,
    mailbox::{Entry, RunResult},
    market::{DeclineReason, Duty},
    worker::RunRequest,
};
use rand::{rngs::OsRng, RngCore};
use std::{
    fs, io,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

/// Times that a worker may fail at one job.
const ATTEMPTS: u32 = 2;

/// When an outcome must stand.
#[derive(Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    /// At this time.
    pub fn new(at: Instant) -> Self {
        Self(at)
    }

    fn left(&self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

/// What is needed to do a job.
pub struct Jobs {
    /// The node's blobs.
    pub store: BlobStore,
    /// Gets blobs from peers.
    pub fetcher: Fetcher,
    /// Takes the outcome.
    pub mailbox: Arc<Mailbox>,
    /// Give workers.
    pub slots: Arc<Slots>,
    /// Count.
    pub metrics: Metrics,
}

/// A blob in the store, verified, and kept there.
struct Fetched {
    blob: BlobRef,
    path: PathBuf,
    _pin: Option<Pin>,
}

/// What a run gives: a digest for each of the duty's seeds, and the output, which is in the store.
type Run = (Vec<Digest>, BlobRef);

/// Why a worker's attempt gave no result, when another may.
#[derive(Debug, thiserror::Error)]
enum AttemptError {
    #[error(transparent)]
    Worker(#[from] WorkerError),
    #[error("the worker reports that it failed: {0}")]
    Itself(String),
    #[error("the output cannot be stored: {0}")]
    Output(#[from] BlobError),
}

impl Jobs {
    /// Does a duty. Whether an outcome stands in the mailbox; if not, the log says why.
    pub async fn perform(&self, duty: &Duty<u32>, deadline: Deadline) -> bool {
        let outcome = self.compute(duty, deadline).await.and_then(|run| self.result(duty, run));
        self.leave(duty, outcome)
    }

    /// What is to be committed of a run.
    fn result(&self, duty: &Duty<u32>, (digests, output): Run) -> Result<RunResult, DeclineReason> {
        let digest = duty.digest_under(duty.seed, &digests).ok_or(DeclineReason::WorkerFailed)?;
        let verdicts = if duty.is_jurors() { Some(self.judge(duty, &digests)?) } else { None };
        let mut salt = [0; 32];
        OsRng.fill_bytes(&mut salt);
        Ok(RunResult { digest, output, salt, verdicts })
    }

    /// A juror's opinions, by its own run.
    fn judge(&self, duty: &Duty<u32>, digests: &[Digest]) -> Result<Verdicts, DeclineReason> {
        let (part, tolerance) = (Part::of(duty), duty.tolerance);
        let Some(verdicts) = duty.verdicts(digests) else {
            log::error!(target: "hearth::inference", "{part} is declined: this node cannot judge {} results", duty.accused.len());
            return Err(DeclineReason::WorkerFailed);
        };
        for (at, accused) in duty.accused.iter().enumerate() {
            let Some((opinion, own)) = verdicts.on(at).zip(duty.digest_under(accused.seed, digests)) else { continue };
            let (hidden, output) = own.distance(&accused.digest).means();
            log::info!(
                target: "hearth::inference",
                "{part}: provider {}'s result is found {opinion:?}: it is off by {hidden:.1} inside the model (tolerated: {}) and {output:.1} in its output ({})",
                accused.provider, tolerance.hidden, tolerance.output,
            );
            self.metrics.opinion(opinion);
        }
        Ok(verdicts)
    }

    /// Says no to a duty at once.
    pub fn decline(&self, duty: &Duty<u32>, reason: DeclineReason) -> bool {
        self.leave(duty, Err(reason))
    }

    fn leave(&self, duty: &Duty<u32>, outcome: Result<RunResult, DeclineReason>) -> bool {
        let part = Part::of(duty);
        self.metrics.outcome(&outcome, duty.is_jurors());
        let left = self.mailbox.deposit(part, Entry { seed: duty.seed, outcome });
        if let Err(error) = &left {
            log::error!(target: "hearth::inference", "the outcome of {part} could not be kept: {error}");
        }
        left.is_ok()
    }

    async fn compute(&self, duty: &Duty<u32>, deadline: Deadline) -> Result<Run, DeclineReason> {
        let part = Part::of(duty);
        log::info!(target: "hearth::inference", "{part}: model {:?}, input {:?}, {:?} left", duty.model.id, duty.input.id, deadline.left());
        let waiting = self.metrics.waiting();
        self.make(duty).await;
        let model = self.fetch(duty.model, DeclineReason::ModelUnavailable, part, deadline);
        let input = self.fetch(duty.input, DeclineReason::InputUnavailable, part, deadline);
        let (model, input) = tokio::try_join!(model, input)?;
        let take = tokio::time::timeout(deadline.left(), self.slots.take(duty.provider));
        let Ok(mut taken) = take.await else {
            log::warn!(target: "hearth::inference", "{part} is declined: its provider's slots were all taken until its deadline");
            return Err(DeclineReason::WorkerFailed);
        };
        drop(waiting);
        let mut failures = 0;
        loop {
            let attempt = self.attempt(duty, &model, &input, taken.slot(), deadline);
            let error = match tokio::time::timeout(deadline.left(), attempt).await {
                Ok(Ok(end)) => return end,
                Ok(Err(error)) => error,
                Err(_) => {
                    log::warn!(target: "hearth::inference", "{part} is declined: no worker could start before its deadline");
                    return Err(DeclineReason::WorkerFailed);
                }
            };
            self.metrics.worker_failed();
            // A worker that does not start is waited for until the deadline; one that fails at the job gets a second try.
            if !is_start(&error) {
                failures += 1;
            }
            log::warn!(target: "hearth::inference", "{part}, failure {failures} of {ATTEMPTS}: {error}");
            if failures == ATTEMPTS || deadline.left().is_zero() {
                return Err(DeclineReason::WorkerFailed);
            }
        }
    }

    /// Puts into the store what every node can make by itself. Should that fail, what is missing is fetched like any blob.
    async fn make(&self, duty: &Duty<u32>) {
        let (store, seed) = (self.store.clone(), duty.input_seed());
        let (generated, built_in) = (duty.generated, duty.model == capability::GENESIS_MODEL);
        if generated.is_none() && !built_in {
            return;
        }
        let made = tokio::task::spawn_blocking(move || {
            if let Some(elements) = generated {
                store.put(&capability::input(seed, elements))?;
            }
            if built_in && store.len(capability::GENESIS_MODEL.id).is_none() {
                store.put(&capability::genesis_model())?;
            }
            Ok::<_, BlobError>(())
        });
        match made.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => log::warn!(target: "hearth::inference", "{}: what it needs cannot be stored: {error}", Part::of(duty)),
            Err(error) => log::error!(target: "hearth::inference", "{}: what it needs cannot be made: {error}", Part::of(duty)),
        }
    }

    /// One run in a slot. The inner result is the job's; the outer error is the worker's, after which another attempt may do better.
    async fn attempt(
        &self,
        duty: &Duty<u32>,
        model: &Fetched,
        input: &Fetched,
        slot: &mut Slot,
        deadline: Deadline,
    ) -> Result<Result<Run, DeclineReason>, AttemptError> {
        let part = Part::of(duty);
        let output_path = slot.dir.join("output");
        let worker = self.slots.ready(duty.provider, slot).await?;
        match fs::remove_file(&output_path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(WorkerError::Spawn { path: output_path, source }.into()),
            _ => {}
        }
        let request = RunRequest {
            model: model.blob,
            model_path: utf8(&model.path)?,
            input: input.blob,
            input_path: utf8(&input.path)?,
            output_path: utf8(&output_path)?,
            max_output_len: duty.max_output_len,
            seeds: duty.seeds(),
            output_scale: duty.output_scale,
        };
        let _running = self.metrics.running();
        // A little less than all the time, so that the time-out is the worker's and is logged as such.
        let limit = deadline.left().saturating_sub(Duration::from_millis(50));
        match worker.run(request, limit).await? {
            RunEnd::Failed { reason: DeclineReason::WorkerFailed, message } => {
                // It checks its device now and may end over that: the next attempt is another process's.
                slot.worker = None;
                Err(AttemptError::Itself(message))
            }
            RunEnd::Failed { reason, message } => {
                log::info!(target: "hearth::inference", "{part} cannot be computed ({reason:?}): {message}");
                Ok(Err(reason))
            }
            RunEnd::Done { digests, output, millis } => {
                let store = self.store.clone();
                let path = output_path.clone();
                let import = tokio::task::spawn_blocking(move || store.import(&path, output));
                import.await.map_err(|error| WorkerError::Unfit(error.to_string()))??;
                // It is in the store; the copy would be removed before the next run anyway.
                let _ = fs::remove_file(&output_path);
                self.metrics.run_took(Duration::from_millis(millis));
                log::info!(target: "hearth::inference", "{part}: done in {millis} ms, output {:?} of {} bytes", output.id, output.len);
                Ok(Ok((digests, output)))
            }
        }
    }

    /// Gets a blob, trying until the deadline.
    async fn fetch(&self, blob: BlobRef, missing: DeclineReason, part: Part, deadline: Deadline) -> Result<Fetched, DeclineReason> {
        let failed = |error: &dyn std::fmt::Display| {
            log::warn!(target: "hearth::inference", "{part} is declined ({missing:?}): {error}");
            missing
        };
        loop {
            self.fetcher.fetch(blob.into(), deadline.left()).await.map_err(|error| match error {
                // This node's disk is nobody else's fault.
                FetchError::Store(error) => {
                    failed(&error);
                    DeclineReason::WorkerFailed
                }
                error => failed(&error),
            })?;
            let store = self.store.clone();
            let path = tokio::task::spawn_blocking(move || (store.pin(blob.id), store.checked_path(blob.id)));
            match path.await {
                Ok((_pin, Ok(path))) => return Ok(Fetched { blob, path, _pin }),
                // Collected or found spoilt in between: once more.
                _ if !deadline.left().is_zero() => tokio::time::sleep(Duration::from_millis(100)).await,
                _ => return Err(failed(&"it does not stay in the store")),
            }
        }
    }
}

/// Whether an attempt failed before the worker had the job.
fn is_start(error: &AttemptError) -> bool {
    use WorkerError::*;
    let AttemptError::Worker(error) = error else { return false };
    matches!(error, Missing(_) | Spawn { .. } | DiedAtStart(_) | NoHello(_) | WrongVersion { .. })
}

#[cfg(test)]
#[path = "job_tests.rs"]
mod tests;
