//! The handle against workers of shell script: one that works, and one for each way of not working.

use super::*;
use hearth_primitives::{blob::BlobRef, digest::Digest, market::DeclineReason, provider::BackendClass, H256};
use std::fs;

/// Writes the messages' frames and a script that uses them into `dir`, and makes it the command.
///
/// In the script, `$1` is `dir`; `hello`, `done`, `judged`, `failed` and `bye` send frames; `take` reads a request and fails at the end of the
/// input.
pub fn scripted(dir: &Path, script: &str) -> WorkerCommand {
    let hello = |version| Hello {
        version,
        build: "scripted".into(),
        device: Device {
            backend: "flex".into(),
            name: "shell".into(),
            driver: String::new(),
            class: BackendClass::Cpu,
            reason: "a test".into(),
        },
    };
    let output = BlobRef::of(b"output");
    let done = |digests| Response::Done { digests, output, millis: 5 };
    let failed = |reason| Response::Failed { reason, message: "as told".into() };
    for (name, frame) in [
        ("hello", protocol::encode(&hello(PROTOCOL_VERSION))),
        ("hello_old", protocol::encode(&hello(PROTOCOL_VERSION + 1))),
        ("done", protocol::encode(&done(vec![digest()]))),
        ("judged", protocol::encode(&done(vec![digest(), second_digest()]))),
        ("no_digest", protocol::encode(&done(vec![]))),
        ("failed", protocol::encode(&failed(DeclineReason::UnsupportedOperator))),
        ("worker_failed", protocol::encode(&failed(DeclineReason::WorkerFailed))),
        ("bye", protocol::encode(&Response::Bye)),
    ] {
        fs::write(dir.join(name), frame.unwrap()).unwrap();
    }
    let prelude = r#"
say() { cat "$dir/$1"; }
take() { len=$(head -c 4 | od -An -tu4 | tr -d ' '); [ -n "$len" ] && head -c "$len" > request; }
dir=$1
"#;
    let path = dir.join("worker.sh");
    fs::write(&path, format!("{prelude}{script}\n")).unwrap();
    let args = vec![path.to_str().unwrap().into(), dir.to_str().unwrap().into()];
    WorkerCommand { path: "/bin/sh".into(), args, hello_timeout: Duration::from_secs(2) }
}

/// The digest in the scripts' answers.
pub fn digest() -> Digest {
    Digest { hidden: [3; 16], output: [4; 16] }
}

/// Under the second seed, in the answers to jurors.
pub fn second_digest() -> Digest {
    Digest { hidden: [30; 16], output: [40; 16] }
}

/// A script that answers every request well and ends when told to.
pub const WORKS: &str = r#"
say hello
while take; do
    # A shutdown is a single byte.
    [ "$len" = 1 ] && { say bye; touch "$dir/ended"; exit 0; }
    printf output > output
    say done
done
touch "$dir/ended"
"#;

/// The same for jurors, whose runs are digested under two seeds.
pub fn judges() -> String {
    WORKS.replace("say done", "say judged")
}

fn request(dir: &Path) -> RunRequest {
    let path = |name: &str| dir.join(name).to_str().unwrap().to_owned();
    RunRequest {
        model: BlobRef::of(b"model"),
        model_path: path("model"),
        input: BlobRef::of(b"input"),
        input_path: path("input"),
        output_path: path("output"),
        max_output_len: 100,
        seeds: vec![H256::repeat_byte(1)],
        output_scale: 0,
    }
}

async fn start(script: &str) -> (tempfile::TempDir, Result<Worker, WorkerError>) {
    let dir = tempfile::tempdir().unwrap();
    let worker = Worker::start(&scripted(dir.path(), script), dir.path(), "test").await;
    (dir, worker)
}

async fn run(script: &str) -> Result<RunEnd, WorkerError> {
    let (dir, worker) = start(script).await;
    worker.unwrap().run(request(dir.path()), Duration::from_millis(800)).await
}

#[tokio::test]
async fn run_works_twice_on_one_process_and_ends_when_dropped() {
    let (dir, worker) = start(WORKS).await;
    let mut worker = worker.unwrap();
    assert_eq!(worker.device().name, "shell");
    assert_eq!(worker.build(), "scripted");
    for _ in 0..2 {
        assert!(worker.is_ready());
        let end = worker.run(request(dir.path()), Duration::from_secs(10)).await.unwrap();
        let RunEnd::Done { digests, output, millis: 5 } = end else { panic!("{end:?}") };
        assert_eq!((digests, output), (vec![digest()], BlobRef::of(b"output")));
    }
    let sent = fs::read(dir.path().join("request")).unwrap();
    assert_eq!(protocol::decode::<Request>(&sent).unwrap(), Request::Run(request(dir.path())));
    drop(worker);
    for _ in 0..100 {
        if dir.path().join("ended").exists() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the worker did not end");
}

#[tokio::test]
async fn run_under_two_seeds_gives_two_digests_in_their_order() {
    let (dir, worker) = start(&judges()).await;
    let seeds = vec![H256::repeat_byte(2), H256::repeat_byte(1)];
    let asked = RunRequest { seeds, ..request(dir.path()) };
    let end = worker.unwrap().run(asked.clone(), Duration::from_secs(10)).await.unwrap();
    assert!(matches!(end, RunEnd::Done { digests, .. } if digests == [digest(), second_digest()]));
    let sent = fs::read(dir.path().join("request")).unwrap();
    assert_eq!(protocol::decode::<Request>(&sent).unwrap(), Request::Run(asked));
}

#[tokio::test]
async fn run_that_fails_leaves_the_worker_ready() {
    let (dir, worker) = start("say hello; take; say failed; take; say done; sleep 5").await;
    let mut worker = worker.unwrap();
    let end = worker.run(request(dir.path()), Duration::from_secs(10)).await.unwrap();
    assert!(matches!(end, RunEnd::Failed { reason: DeclineReason::UnsupportedOperator, message } if message == "as told"));
    assert!(worker.is_ready());
    assert!(matches!(worker.run(request(dir.path()), Duration::from_secs(10)).await, Ok(RunEnd::Done { .. })));
}

#[tokio::test]
async fn start_of_what_is_not_there_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    let command = WorkerCommand::serve(dir.path().join("none"), "auto");
    assert!(matches!(Worker::start(&command, dir.path(), "test").await, Err(WorkerError::Missing(_))));
    let text = WorkerError::Missing("none".into()).to_string();
    assert!(text.contains("--inference-worker"));
}

#[test]
fn command_has_an_absolute_path() {
    let command = WorkerCommand::serve("worker".into(), "wgpu:llvmpipe");
    assert!(command.path.is_absolute());
    assert_eq!(command.args, ["serve", "--device", "wgpu:llvmpipe"]);
}

#[tokio::test]
async fn start_of_what_cannot_run_is_a_spawn_error() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("data"), b"not a program").unwrap();
    let command = WorkerCommand::serve(dir.path().join("data"), "auto");
    assert!(matches!(Worker::start(&command, dir.path(), "test").await, Err(WorkerError::Spawn { .. })));
}

#[tokio::test]
async fn start_of_one_that_dies_says_how() {
    let (_dir, worker) = start("echo no driver >&2; exit 3").await;
    assert!(matches!(worker, Err(WorkerError::DiedAtStart(how)) if how.contains('3')));
}

#[tokio::test]
async fn start_of_one_that_hangs_ends_in_time() {
    let began = Instant::now();
    let (_dir, worker) = start("exec sleep 60").await;
    assert!(matches!(worker, Err(WorkerError::NoHello(_))));
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn start_of_one_that_prints_text_is_garbage() {
    let (_dir, worker) = start("echo Usage: frobnicate the thing; exec sleep 5").await;
    assert!(matches!(worker, Err(WorkerError::Garbage(FrameError::TooLong(_)))));
}

#[tokio::test]
async fn start_of_another_version_is_refused() {
    let (_dir, worker) = start("say hello_old; exec sleep 5").await;
    let theirs = PROTOCOL_VERSION + 1;
    assert!(matches!(worker, Err(WorkerError::WrongVersion { theirs: v, .. }) if v == theirs));
}

#[tokio::test]
async fn run_of_one_that_exits_is_died() {
    assert!(matches!(run("say hello; take; exit 7").await, Err(WorkerError::Died(how)) if how.contains('7')));
    assert!(matches!(run("say hello; take; kill -9 $$").await, Err(WorkerError::Died(how)) if how.contains('9')));
    // Half a frame, then the end.
    assert!(matches!(run(r#"say hello; take; head -c 20 "$dir/done"; exit 0"#).await, Err(WorkerError::Died(_))));
}

#[tokio::test]
async fn run_of_one_that_hangs_times_out_and_is_killed() {
    let (dir, worker) = start(r#"say hello; take; sleep 2; touch "$dir/survived""#).await;
    let mut worker = worker.unwrap();
    let end = worker.run(request(dir.path()), Duration::from_millis(300)).await;
    assert!(matches!(end, Err(WorkerError::TimedOut(_))));
    assert!(!worker.is_ready());
    drop(worker);
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert!(!dir.path().join("survived").exists());
}

#[tokio::test]
async fn run_that_is_given_up_kills_the_worker() {
    let (dir, worker) = start(r#"say hello; take; sleep 1; touch "$dir/survived""#).await;
    let mut worker = worker.unwrap();
    let run = worker.run(request(dir.path()), Duration::from_secs(60));
    assert!(timeout(Duration::from_millis(300), run).await.is_err());
    drop(worker);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(!dir.path().join("survived").exists());
}

#[tokio::test]
async fn run_of_one_that_prints_garbage_is_an_error() {
    assert!(matches!(run("say hello; take; printf '\\004\\000\\000\\000abcd'; sleep 1").await, Err(WorkerError::Garbage(_))));
    assert!(matches!(run("say hello; take; echo oops, a print; sleep 1").await, Err(WorkerError::Garbage(FrameError::TooLong(_)))));
}

#[tokio::test]
async fn run_with_an_unfit_answer_is_an_error() {
    assert!(matches!(run("say hello; take; say no_digest; sleep 1").await, Err(WorkerError::Unfit(_))));
    assert!(matches!(run("say hello; take; say judged; sleep 1").await, Err(WorkerError::Unfit(_))));
    assert!(matches!(run("say hello; take; say bye; sleep 1").await, Err(WorkerError::Unfit(_))));
    let (dir, worker) = start("say hello; take; say done; sleep 1").await;
    let small = RunRequest { max_output_len: 5, ..request(dir.path()) };
    assert!(matches!(worker.unwrap().run(small, Duration::from_secs(5)).await, Err(WorkerError::Unfit(_))));
}

#[tokio::test]
async fn environment_of_a_worker_holds_no_secrets() {
    let (dir, worker) = start(r#"env > "$dir/env"; say hello; sleep 1"#).await;
    worker.unwrap();
    let env = fs::read_to_string(dir.path().join("env")).unwrap();
    assert!(env.contains("PATH="));
    for name in env.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name) {
        let from_the_shell = ["PWD", "OLDPWD", "SHLVL", "_"].contains(&name);
        assert!(from_the_shell || is_passed(name), "{name} was passed on");
    }
    for secret in ["HEARTH_SURI", "AWS_SECRET_ACCESS_KEY", "CARGO_REGISTRY_TOKEN"] {
        assert!(!is_passed(secret));
    }
}
