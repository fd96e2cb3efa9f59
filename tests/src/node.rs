//! One node process: its arguments, its directory, its log and its end.

use crate::{binaries, client::Client, wait::wait_until};
use std::{
    collections::VecDeque,
    fs::{File, OpenOptions},
    io::{BufRead, BufReader},
    net::TcpListener,
    ops::Range,
    os::unix::process::{CommandExt, ExitStatusExt},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

/// How long a node may take to answer RPC after its start, on a busy machine.
const START_DEADLINE: Duration = Duration::from_secs(300);

/// How long a node may take to end after SIGTERM.
const STOP_DEADLINE: Duration = Duration::from_secs(60);

/// Lines of the log that are shown when a test fails.
const TAIL: usize = 80;

/// A node: stopped or running, always with the same directory and ports.
pub struct Node {
    name: String,
    dir: PathBuf,
    args: Vec<String>,
    rpc_port: u16,
    child: Option<Child>,
}

impl Node {
    /// A stopped node that lives in `dir`, serves RPC on `rpc_port` and has these further arguments.
    pub fn new(name: &str, dir: PathBuf, rpc_port: u16, args: Vec<String>) -> Self {
        std::fs::create_dir_all(&dir).expect("a temporary directory can be made");
        Self { name: name.into(), dir, args, rpc_port, child: None }
    }

    /// Its name in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its RPC answers.
    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.rpc_port)
    }

    /// Its directory; it survives kills and restarts.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Everything it has logged, over all its lives.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.log_path()).unwrap_or_default()).into_owned()
    }

    fn log_path(&self) -> PathBuf {
        self.dir.join("node.log")
    }

    /// Starts the process; see [`Self::client`] for when it answers. It leads a process group of its own, which holds its workers.
    pub fn start(&mut self) {
        assert!(self.child.is_none(), "{} runs already", self.name);
        let log = OpenOptions::new().create(true).append(true).open(self.log_path()).expect("a log can be made in the node's directory");
        let log_too = log.try_clone().expect("a file handle can be cloned");
        let child = Command::new(binaries::node())
            .arg("--base-path")
            .arg(self.dir.join("data"))
            .args(["--rpc-port", &self.rpc_port.to_string()])
            .args(&self.args)
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(log_too)
            .process_group(0)
            .spawn()
            .expect("the node's program can be started");
        self.child = Some(child);
    }

    /// A connection to the node, once it answers. Panics when the process ends instead.
    pub async fn client(&mut self) -> Client {
        let (name, url) = (self.name.clone(), self.url());
        wait_until(&format!("{name} answers RPC"), START_DEADLINE, async || {
            if let Some(status) = self.exit_status() {
                panic!("{name} ended ({status}) instead of answering RPC; its log ends:\n{}", self.tail());
            }
            Client::connect(&url).await.map_err(|error| error.to_string())
        })
        .await
    }

    /// Whether the process runs.
    pub fn is_running(&mut self) -> bool {
        self.child.is_some() && self.exit_status().is_none()
    }

    fn exit_status(&mut self) -> Option<ExitStatus> {
        self.child.as_mut().and_then(|child| child.try_wait().expect("a child can be waited for"))
    }

    /// SIGKILL to the node and nothing else: its workers must notice by themselves.
    pub fn kill(&mut self) {
        let mut child = self.child.take().unwrap_or_else(|| panic!("{} does not run", self.name));
        child.kill().expect("a child can be killed");
        let status = child.wait().expect("a child can be waited for");
        assert_eq!(
            status.signal(),
            Some(9),
            "{} had ended by itself ({status}) before it was killed; its log ends:\n{}",
            self.name,
            self.tail()
        );
    }

    /// SIGSTOP: the process does nothing until it is thawed. A validator's slots stay empty meanwhile.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// SIGCONT.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let child = self.child.as_ref().unwrap_or_else(|| panic!("{} does not run", self.name));
        signal(name, &child.id().to_string());
    }

    /// SIGTERM, and a clean end within a minute.
    pub fn terminate(&mut self) {
        let mut child = self.child.take().unwrap_or_else(|| panic!("{} does not run", self.name));
        signal("TERM", &child.id().to_string());
        let start = Instant::now();
        loop {
            if let Some(status) = child.try_wait().expect("a child can be waited for") {
                assert!(status.success(), "{} ended with {status} after SIGTERM; its log ends:\n{}", self.name, self.tail());
                return;
            }
            if start.elapsed() > STOP_DEADLINE {
                self.child = Some(child);
                panic!("{} did not end within {} s after SIGTERM; its log ends:\n{}", self.name, STOP_DEADLINE.as_secs(), self.tail());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Panics unless the process runs and has never panicked, as its log tells. (A worker's panic stands there too, and is no fault of the node.)
    pub fn assert_healthy(&mut self) {
        let status = self.exit_status();
        assert!(self.child.is_some() && status.is_none(), "{} has ended: {status:?}; its log ends:\n{}", self.name, self.tail());
        let log = self.log();
        let panic = log.lines().find(|line| line.contains("This is a bug. Please report it") || line.contains("Essential task"));
        assert!(panic.is_none(), "{} panicked: {}", self.name, panic.unwrap_or_default());
    }

    /// The end of the log.
    pub fn tail(&self) -> String {
        let mut lines = VecDeque::with_capacity(TAIL + 1);
        if let Ok(file) = File::open(self.log_path()) {
            for line in BufReader::new(file).split(b'\n').map_while(Result::ok) {
                lines.push_back(String::from_utf8_lossy(&line).into_owned());
                if lines.len() > TAIL {
                    lines.pop_front();
                }
            }
        }
        lines.into_iter().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // The group is the child's own, so this ends the node with whatever workers it left, and nobody else.
            signal("KILL", &format!("-{}", child.id()));
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            eprintln!("==== the log of {} ends ({}):\n{}", self.name, self.log_path().display(), self.tail());
        }
    }
}

/// Sends a signal to a process, or to a group when `target` is negative.
fn signal(name: &str, target: &str) {
    let sent = Command::new("kill").args(["-s", name, "--", target]).stderr(Stdio::null()).status();
    // A target that has just ended is no error; a machine without `kill` is one that no test can run on.
    sent.expect("`kill` can be run");
}

/// The ports that nodes get: below those that systems give to outgoing connections, which would take one before its node does.
const PORTS: Range<u16> = 15_000..32_000;

/// Ports that are free now. None is given twice in a process, so networks that start beside each other do not meet.
pub fn free_ports(count: usize) -> Vec<u16> {
    static GIVEN: AtomicUsize = AtomicUsize::new(0);
    // Another process begins elsewhere.
    let first = std::process::id() as usize * 101;
    let next = || PORTS.start + ((first + GIVEN.fetch_add(1, Ordering::Relaxed)) % PORTS.len()) as u16;
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let ports: Vec<u16> = std::iter::repeat_with(next).take(PORTS.len()).filter(free).take(count).collect();
    assert_eq!(ports.len(), count, "the loopback has free ports");
    ports
}
