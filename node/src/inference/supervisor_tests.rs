//! The loop as a whole, with a chain that the test moves and workers of shell script.

use super::*;
use crate::inference::{
    testing::{duty, jobs, jury_duty, FakeChain, Shared},
    worker::tests::{judges, WORKS},
};
use hearth_primitives::{jury::Verdicts, mailbox::Entry, market::Duty, H256};
use std::path::Path;
use tokio::sync::mpsc;

struct Node {
    chain: FakeChain,
    database: Shared,
    block: mpsc::UnboundedSender<()>,
    task: tokio::task::JoinHandle<()>,
}

impl Node {
    fn start(dir: &Path, script: &str, database: &Shared) -> Self {
        let (chain, (block, mut blocks)) = (FakeChain(Arc::new(Ok(None).into())), mpsc::unbounded_channel());
        let blocks = futures::stream::poll_fn(move |cx| blocks.poll_recv(cx));
        let jobs = jobs(dir, script, database);
        let task = tokio::spawn(supervise(Arc::new(chain.clone()), blocks, jobs, Scheduler::new(Duration::from_secs(3))));
        Self { chain, database: database.clone(), block, task }
    }

    fn at(&self, best: u32, duties: &[Duty<u32>]) {
        self.chain.set(best, duties);
        self.block.send(()).unwrap();
    }

    async fn shown(&self, duty: &Duty<u32>) -> Entry {
        for _ in 0..500 {
            if let Some(entry) = self.database.shown(Part::of(duty)).filter(|entry| entry.seed == duty.seed) {
                return entry;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no entry for job {}", duty.job);
    }

    /// As a kill does it: nothing is told to anybody.
    async fn stop(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

fn lines(dir: &Path, name: &str) -> usize {
    std::fs::read_to_string(dir.join(name)).unwrap_or_default().lines().count()
}

#[tokio::test]
async fn a_drawn_job_ends_in_the_mailbox_and_is_computed_once() {
    let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
    let script = format!("echo x >> \"$dir/starts\"\n{WORKS}");
    let node = Node::start(dir.path(), &script, &database);
    let duties = [duty(1, 150), duty(2, 150)];
    node.at(100, &duties);
    let first = node.shown(&duties[0]).await;
    node.shown(&duties[1]).await;
    for best in 101..105 {
        node.at(best, &duties);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(database.shown(Part::of(&duties[0])), Some(first));
    // One provider with one slot has one process.
    assert_eq!(lines(dir.path(), "starts"), 1);
}

#[tokio::test]
async fn a_restart_computes_nothing_again_and_keeps_the_salt() {
    let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
    let script = format!("echo x >> \"$dir/starts\"\n{WORKS}");
    let node = Node::start(dir.path(), &script, &database);
    node.at(100, &[duty(1, 150)]);
    let before = node.shown(&duty(1, 150)).await;
    node.stop().await;
    // What the database had queued is lost.
    let database = Shared::default();
    let node = Node::start(dir.path(), &script, &database);
    node.at(103, &[duty(1, 150)]);
    assert_eq!(node.shown(&duty(1, 150)).await, before);
    assert_eq!(lines(dir.path(), "starts"), 1);
}

#[tokio::test]
async fn a_juror_that_was_killed_has_its_opinions_and_its_salt_when_it_comes_back() {
    let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
    let script = judges().replace("say judged", "echo x >> \"$dir/runs\"; say judged");
    let duty = jury_duty(1, 150, &[0, 1_000]);
    let node = Node::start(dir.path(), &script, &database);
    node.at(100, std::slice::from_ref(&duty));
    let before = node.shown(&duty).await;
    // The first agrees, the second deviates.
    assert_eq!(before.outcome.as_ref().unwrap().verdicts, Some(Verdicts(0b1101)));
    node.stop().await;
    let database = Shared::default();
    let node = Node::start(dir.path(), &script, &database);
    node.at(103, std::slice::from_ref(&duty));
    assert_eq!(node.shown(&duty).await, before);
    assert_eq!(lines(dir.path(), "runs"), 1);
}

#[tokio::test]
async fn a_node_is_replica_in_one_round_and_juror_in_another() {
    let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
    // A juror's request has the jury's seed in it: twos.
    let answer = r#"if grep -aq "$(printf '\002\002\002\002\002\002\002\002')" request; then say judged; else say done; fi"#;
    let script = WORKS.replace("say done", answer);
    let (replica, juror) = (duty(1, 150), jury_duty(2, 150, &[0]));
    let node = Node::start(dir.path(), &script, &database);
    node.at(100, &[replica.clone(), juror.clone()]);
    assert_eq!(node.shown(&replica).await.outcome.unwrap().verdicts, None);
    assert_eq!(node.shown(&juror).await.outcome.unwrap().verdicts, Some(Verdicts(1)));
}

#[tokio::test]
async fn a_reorg_to_another_seed_computes_again_and_one_back_does_not() {
    let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
    let script = WORKS.replace("say done", "echo x >> \"$dir/runs\"; say done");
    let node = Node::start(dir.path(), &script, &database);
    let (here, there) = (duty(1, 150), Duty { seed: H256::repeat_byte(9), ..duty(1, 150) });
    node.at(100, std::slice::from_ref(&here));
    let first = node.shown(&here).await;
    node.at(101, std::slice::from_ref(&there));
    assert_ne!(node.shown(&there).await.outcome, first.outcome);
    node.at(102, std::slice::from_ref(&here));
    assert_eq!(node.shown(&here).await, first);
    assert_eq!(lines(dir.path(), "runs"), 2);
}

#[tokio::test]
async fn a_duty_that_vanished_is_given_up_and_its_worker_killed() {
    let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
    let script = r#"say hello; take; touch "$dir/taken"; sleep 2; touch "$dir/survived""#;
    let node = Node::start(dir.path(), script, &database);
    node.at(100, &[duty(1, 150)]);
    while !dir.path().join("taken").exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    node.at(105, &[]);
    tokio::time::sleep(Duration::from_millis(3000)).await;
    assert!(!dir.path().join("survived").exists());
    assert_eq!(database.shown(Part::of(&duty(1, 150))), None);
}

#[tokio::test]
async fn a_duty_with_too_little_time_is_declined() {
    let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
    let node = Node::start(dir.path(), WORKS, &database);
    let late = duty(1, 100 + scheduler::MARGIN);
    node.at(100, std::slice::from_ref(&late));
    assert_eq!(node.shown(&late).await.outcome, Err(hearth_primitives::market::DeclineReason::WorkerFailed));
}

#[tokio::test]
async fn entries_of_ended_jobs_are_forgotten() {
    let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
    let node = Node::start(dir.path(), WORKS, &database);
    node.at(100, &[duty(1, 150)]);
    node.shown(&duty(1, 150)).await;
    node.at(101, &[duty(1, 150)]);
    tokio::time::sleep(Duration::from_millis(100)).await;
    node.at(300, &[]);
    for _ in 0..200 {
        if database.shown(Part::of(&duty(1, 150))).is_none() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the entry is still there");
}

#[tokio::test]
async fn a_chain_that_cannot_be_asked_is_asked_again() {
    let (dir, database) = (tempfile::tempdir().unwrap(), Shared::default());
    let node = Node::start(dir.path(), WORKS, &database);
    *node.chain.0.lock().unwrap() = Err("no state".into());
    node.block.send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!node.task.is_finished());
    node.at(100, &[duty(1, 150)]);
    node.shown(&duty(1, 150)).await;
}
