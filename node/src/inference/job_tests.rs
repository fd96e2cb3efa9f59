//! Jobs with scripted workers: what goes wrong, and which outcome then stands in the mailbox.

use super::*;
use crate::inference::{
    testing::{duty, jobs, jury_duty, Shared},
    worker::tests::{digest, judges, WORKS},
};
use hearth_primitives::{
    digest::Agreement,
    market::Duty,
    worker::{decode, Request},
    H256,
};

struct Outcome {
    dir: tempfile::TempDir,
    jobs: Jobs,
    outcome: Result<RunResult, DeclineReason>,
    took: Duration,
}

async fn outcome_of(script: &str, duty: Duty<u32>, time: Duration) -> Outcome {
    let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
    let jobs = jobs(dir.path(), script, &database);
    let began = Instant::now();
    assert!(jobs.perform(&duty, Deadline::new(began + time)).await);
    let took = began.elapsed();
    let entry = database.shown(Part::of(&duty)).unwrap();
    assert_eq!(entry.seed, duty.seed);
    Outcome { dir, jobs, outcome: entry.outcome, took }
}

const LONG: Duration = Duration::from_secs(30);

/// How often the script wrote a line to the file `runs`.
fn runs(outcome: &Outcome) -> usize {
    fs::read_to_string(outcome.dir.path().join("runs")).unwrap_or_default().lines().count()
}

#[tokio::test]
async fn job_that_works_leaves_a_result_and_stores_the_output() {
    let it = outcome_of(WORKS, duty(1, 0), LONG).await;
    let result = it.outcome.unwrap();
    assert_eq!((result.digest, result.output), (digest(), BlobRef::of(b"output")));
    assert_ne!(result.salt, [0; 32]);
    assert_eq!(it.jobs.store.read(result.output.id, 0, 100).unwrap(), b"output");
    assert!(!it.dir.path().join("scratch/1-0/output").exists());
}

#[tokio::test]
async fn job_that_fails_by_itself_is_not_repeated() {
    let script = r#"say hello; while take; do echo x >> "$dir/runs"; say failed; done"#;
    let it = outcome_of(script, duty(1, 0), LONG).await;
    assert_eq!(it.outcome, Err(DeclineReason::UnsupportedOperator));
    assert_eq!(runs(&it), 1);
}

#[tokio::test]
async fn job_whose_worker_crashes_is_repeated_once() {
    // The first process dies in the run, the second works.
    let script = format!("echo x >> \"$dir/runs\"; [ $(wc -l < \"$dir/runs\") = 1 ] && {{ say hello; take; kill -9 $$; }}\n{WORKS}");
    let it = outcome_of(&script, duty(1, 0), LONG).await;
    assert!(it.outcome.is_ok());
    assert_eq!(runs(&it), 2);
}

#[tokio::test]
async fn job_at_which_a_worker_says_it_failed_is_repeated_by_another() {
    // The first process would take a second request and never answer it.
    let script = format!(
        "echo x >> \"$dir/runs\"; [ $(wc -l < \"$dir/runs\") = 1 ] && {{ say hello; take; say worker_failed; take; exec sleep 5; }}\n{WORKS}"
    );
    let it = outcome_of(&script, duty(1, 0), LONG).await;
    assert!(it.outcome.is_ok());
    assert_eq!(runs(&it), 2);
}

#[tokio::test]
async fn job_that_cannot_wait_for_a_start_leaves_it_to_the_next() {
    let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
    let script = format!("echo x >> \"$dir/starts\"; sleep 1\n{WORKS}");
    let jobs = jobs(dir.path(), &script, &database);
    for (job, time, done) in [(1, Duration::from_millis(300), false), (2, LONG, true)] {
        assert!(jobs.perform(&duty(job, 0), Deadline::new(Instant::now() + time)).await);
        assert_eq!(database.shown(Part::of(&duty(job, 0))).unwrap().outcome.is_ok(), done);
    }
    assert_eq!(fs::read_to_string(dir.path().join("starts")).unwrap().lines().count(), 1);
}

#[tokio::test]
async fn job_at_which_every_worker_fails_is_declined_after_two() {
    for script in [
        r#"say hello; take; echo x >> "$dir/runs"; exit 1"#,
        r#"say hello; take; echo x >> "$dir/runs"; echo this is no frame; exec sleep 5"#,
        r#"say hello; take; echo x >> "$dir/runs"; say no_digest; exec sleep 5"#,
        // No output where the answer says there is one.
        r#"say hello; while take; do echo x >> "$dir/runs"; say done; done"#,
        // An output that is not what the answer says.
        r#"say hello; while take; do echo x >> "$dir/runs"; printf other_ > output; printf tampered > output; say done; done"#,
        r#"say hello; while take; do [ "$len" = 1 ] && exit 0; echo x >> "$dir/runs"; say worker_failed; done"#,
    ] {
        let it = outcome_of(script, duty(1, 0), LONG).await;
        assert_eq!(it.outcome, Err(DeclineReason::WorkerFailed), "{script}");
        assert_eq!(runs(&it), 2, "{script}");
        assert!(it.took < LONG / 2);
    }
}

#[tokio::test]
async fn job_whose_worker_hangs_is_declined_at_the_deadline() {
    let it = outcome_of("say hello; take; exec sleep 60", duty(1, 0), Duration::from_secs(1)).await;
    assert_eq!(it.outcome, Err(DeclineReason::WorkerFailed));
    assert!(it.took < Duration::from_secs(3));
}

#[tokio::test]
async fn job_without_a_worker_that_starts_is_declined_near_the_deadline() {
    for script in ["exit 1", "say hello_old; exec sleep 60", "exec sleep 60"] {
        let it = outcome_of(script, duty(1, 0), Duration::from_millis(1500)).await;
        assert_eq!(it.outcome, Err(DeclineReason::WorkerFailed), "{script}");
        assert!(it.took >= Duration::from_secs(1) && it.took < Duration::from_secs(5), "{script}: {:?}", it.took);
    }
}

#[tokio::test]
async fn job_without_its_blobs_is_declined_near_the_deadline_with_the_reason() {
    let absent = BlobRef::of(b"absent");
    let time = Duration::from_millis(400);
    let it = outcome_of(WORKS, Duty { model: absent, ..duty(1, 0) }, time).await;
    assert_eq!(it.outcome, Err(DeclineReason::ModelUnavailable));
    assert!(it.took < Duration::from_secs(3));
    let it = outcome_of(WORKS, Duty { input: absent, ..duty(1, 0) }, time).await;
    assert_eq!(it.outcome, Err(DeclineReason::InputUnavailable));
}

#[tokio::test]
async fn job_makes_what_every_node_can_make() {
    let wanted = duty(1, 0);
    let input = capability::input(wanted.seed, 16);
    let made = Duty { model: capability::GENESIS_MODEL, input: BlobRef::of(&input), generated: Some(16), ..wanted };
    let it = outcome_of(WORKS, made.clone(), LONG).await;
    assert!(it.outcome.is_ok(), "{:?}", it.outcome);
    assert_eq!(it.jobs.store.read(made.input.id, 0, 4_096).unwrap(), input);
    assert_eq!(it.jobs.store.len(made.model.id), Some(made.model.len));
    // What the chain names is another input than this node can make.
    let it = outcome_of(WORKS, Duty { generated: Some(15), ..made }, Duration::from_millis(400)).await;
    assert_eq!(it.outcome, Err(DeclineReason::InputUnavailable));
}

#[tokio::test]
async fn job_of_a_juror_leaves_its_own_digest_and_an_opinion_on_each() {
    let it = outcome_of(&judges(), jury_duty(1, 0, &[0, 5, 1_000]), LONG).await;
    let result = it.outcome.as_ref().unwrap();
    assert_eq!((result.digest, result.output), (digest(), BlobRef::of(b"output")));
    let verdicts = result.verdicts.unwrap();
    let opinions: Vec<_> = (0..4).map(|at| verdicts.on(at)).collect();
    assert_eq!(opinions, [Some(Agreement::Agree), Some(Agreement::Grey), Some(Agreement::Deviant), None]);
    // One run, under the jury's seed and once under that of the accused.
    let sent = fs::read(it.dir.path().join("scratch/1-0/request")).unwrap();
    let Request::Run(request) = decode::<Request>(&sent).unwrap() else { panic!() };
    assert_eq!(request.seeds, [H256::repeat_byte(2), H256::repeat_byte(1)]);
}

#[tokio::test]
async fn job_of_a_replica_has_no_opinions() {
    let it = outcome_of(WORKS, duty(1, 0), LONG).await;
    assert_eq!(it.outcome.unwrap().verdicts, None);
}

#[tokio::test]
async fn job_of_a_juror_whose_worker_digests_once_is_declined() {
    let it = outcome_of(WORKS, jury_duty(1, 0, &[0]), LONG).await;
    assert_eq!(it.outcome, Err(DeclineReason::WorkerFailed));
}

#[tokio::test]
async fn job_of_a_juror_that_is_to_judge_too_many_is_declined() {
    let it = outcome_of(&judges(), jury_duty(1, 0, &[0; 9]), LONG).await;
    assert_eq!(it.outcome, Err(DeclineReason::WorkerFailed));
}

#[tokio::test]
async fn job_of_a_juror_is_made_from_the_seed_of_the_accused() {
    let wanted = jury_duty(1, 0, &[0]);
    let input = capability::input(wanted.accused[0].seed, 16);
    let made = Duty { input: BlobRef::of(&input), generated: Some(16), ..wanted };
    let it = outcome_of(&judges(), made.clone(), LONG).await;
    assert!(it.outcome.is_ok(), "{:?}", it.outcome);
    assert_eq!(it.jobs.store.read(made.input.id, 0, 4_096).unwrap(), input);
    // The jury's seed makes another input.
    let other = BlobRef::of(&capability::input(made.seed, 16));
    let it = outcome_of(&judges(), Duty { input: other, ..made }, Duration::from_millis(400)).await;
    assert_eq!(it.outcome, Err(DeclineReason::InputUnavailable));
}

#[tokio::test]
async fn job_whose_reference_is_wrong_is_declined_at_once() {
    let wrong = BlobRef { len: 6, ..BlobRef::of(b"model") };
    let it = outcome_of(WORKS, Duty { model: wrong, ..duty(1, 0) }, LONG).await;
    assert_eq!(it.outcome, Err(DeclineReason::ModelUnavailable));
    assert!(it.took < LONG / 2);
}

#[tokio::test]
async fn jobs_never_share_a_slot() {
    let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
    let script = r#"
say hello
while take; do
    [ "$len" = 1 ] && exit 0
    mkdir "$dir/lock" || touch "$dir/clash"
    sleep 0.1
    rmdir "$dir/lock"
    printf output > output
    say done
done
"#;
    let jobs = jobs(dir.path(), script, &database);
    let deadline = Deadline::new(Instant::now() + LONG);
    let duties: Vec<_> = (0..5).map(|job| duty(job, 0)).collect();
    let all = duties.iter().map(|duty| jobs.perform(duty, deadline));
    assert_eq!(futures::future::join_all(all).await, [true; 5]);
    assert!(!dir.path().join("clash").exists());
    let salts: std::collections::BTreeSet<_> =
        duties.iter().map(|duty| database.shown(Part::of(duty)).unwrap().outcome.unwrap().salt).collect();
    assert_eq!(salts.len(), 5);
}

#[tokio::test]
async fn job_that_cannot_leave_its_outcome_says_so() {
    let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
    let jobs = jobs(dir.path(), WORKS, &database);
    fs::remove_dir_all(dir.path().join("mailbox")).unwrap();
    assert!(!jobs.perform(&duty(1, 0), Deadline::new(Instant::now() + LONG)).await);
    assert_eq!(database.shown(Part::of(&duty(1, 0))), None);
}
