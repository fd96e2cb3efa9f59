//! A worker process and its end: start, handshake, one run at a time, goodbye.
//!
//! Whatever a worker does — dies, hangs, prints garbage — is an ordinary outcome here: a [`WorkerError`], after which the process is gone and
//! another can be started. A worker that is dropped in the middle of a run is killed; an idle one is told to end and has a moment for it.

use codec::Decode;
use hearth_primitives::worker::{
    self as protocol, Device, FrameError, Hello, Request, Response, RunRequest, MAX_FRAME_LEN, PROTOCOL_VERSION,
};
use std::{
    io,
    path::{Path, PathBuf},
    pin::Pin,
    process::Stdio,
    task::{Context, Waker},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    time::timeout,
};

/// How long an idle worker has to end once it is told to.
const GRACE: Duration = Duration::from_secs(3);

/// The longest line of a worker's log that is passed on, in bytes.
const MAX_LOG_LINE: usize = 4096;

/// Variables of the node's environment that a worker gets: to find its libraries, its GPU and its caches, and to log. Nothing else of the
/// environment, where secrets stand, is passed on.
const ENVIRONMENT: [&str; 14] = [
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_DIRS",
    "XDG_RUNTIME_DIR",
    "RUST_LOG",
    "RUST_BACKTRACE",
];

/// The same, by prefix: drivers' own switches.
const ENVIRONMENT_PREFIXES: [&str; 8] = ["VK_", "WGPU_", "CUBECL_", "MESA_", "LP_", "__NV_", "NVIDIA_", "HEARTH_WORKER_"];

/// How workers are started.
#[derive(Clone, Debug)]
pub struct WorkerCommand {
    /// The executable.
    pub path: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// How long it has from its start to its [`Hello`]: it chooses a device and tests it first.
    pub hello_timeout: Duration,
}

impl WorkerCommand {
    /// `hearth-inference-worker serve`, on a device as `--inference-device` names it.
    pub fn serve(path: PathBuf, device: &str) -> Self {
        // A worker starts in a directory of its own, where a relative path would mean something else.
        let path = std::path::absolute(&path).unwrap_or(path);
        let args = vec!["serve".into(), "--device".into(), device.into()];
        // It gives itself 15 s to list the adapters and 90 s to test them, then falls back to the processor.
        Self { path, args, hello_timeout: Duration::from_secs(120) }
    }
}

/// What went wrong with a worker.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// There is no such file.
    #[error("there is no inference worker at {0}: build it (cargo build --release in inference-offchain), or say where it is with --inference-worker")]
    Missing(PathBuf),
    /// The system did not start it.
    #[error("{path} could not be started: {source}")]
    Spawn {
        /// The executable.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It ended before its [`Hello`].
    #[error("the worker ended at its start ({0}); its own log above says why")]
    DiedAtStart(String),
    /// It did not say [`Hello`] in time.
    #[error("the worker said nothing for {0:?} after its start; run `hearth-inference-worker self-test` to see where it hangs")]
    NoHello(Duration),
    /// It speaks another version.
    #[error("the worker {build} speaks version {theirs} of the protocol, this node {PROTOCOL_VERSION}: install the worker of this node's release")]
    WrongVersion {
        /// The worker's.
        theirs: u32,
        /// The worker's own name for its build.
        build: String,
    },
    /// It said something that is not a message.
    #[error("the worker said something that is not of the protocol: {0}")]
    Garbage(FrameError),
    /// It answered, but not what was asked.
    #[error("the worker's answer does not fit the request: {0}")]
    Unfit(String),
    /// It ended in the middle of a run.
    #[error("the worker ended in the middle of a run ({0})")]
    Died(String),
    /// A run took too long; the process was killed.
    #[error("a run took longer than the {0:?} it had")]
    TimedOut(Duration),
}

/// How a run ended, when the worker itself is well.
#[derive(Debug)]
pub enum RunEnd {
    /// See [`Response::Done`].
    Done {
        /// One for each seed asked.
        digests: Vec<hearth_primitives::digest::Digest>,
        /// The file at the output path.
        output: hearth_primitives::blob::BlobRef,
        /// Wall time in the worker.
        millis: u64,
    },
    /// See [`Response::Failed`].
    Failed {
        /// For the chain.
        reason: hearth_primitives::market::DeclineReason,
        /// For people.
        message: String,
    },
}

/// The pipes and the process.
struct Process {
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
}

/// A worker that has said [`Hello`].
pub struct Worker {
    /// Taken only when the worker is dropped.
    process: Option<Process>,
    device: Device,
    build: String,
    /// Whether a run is under way, or was given up in its middle.
    busy: bool,
}

impl Worker {
    /// Starts a process in `dir` and waits for its [`Hello`]. `label` marks its lines in the node's log.
    pub async fn start(command: &WorkerCommand, dir: &Path, label: &str) -> Result<Self, WorkerError> {
        let mut process = spawn(command, dir, label)?;
        let hello = match timeout(command.hello_timeout, read_frame::<Hello>(&mut process.stdout)).await {
            Err(_) => return Err(WorkerError::NoHello(command.hello_timeout)),
            Ok(Err(FrameError::Io(error))) => return Err(WorkerError::DiedAtStart(end_of(&mut process.child, error).await)),
            Ok(Err(error)) => return Err(WorkerError::Garbage(error)),
            Ok(Ok(hello)) => hello,
        };
        let Hello { version, build, device } = hello;
        match version {
            PROTOCOL_VERSION => Ok(Self { process: Some(process), device, build, busy: false }),
            theirs => Err(WorkerError::WrongVersion { theirs, build }),
        }
    }

    /// The device that it chose.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Its version and build.
    pub fn build(&self) -> &str {
        &self.build
    }

    /// Whether the process still runs and waits for a request.
    pub fn is_ready(&mut self) -> bool {
        let alive = |process: &mut Process| matches!(process.child.try_wait(), Ok(None));
        !self.busy && self.process.as_mut().is_some_and(alive)
    }

    /// One run. After an error, and when this future is dropped, the worker is of no use any more: drop it.
    pub async fn run(&mut self, request: RunRequest, limit: Duration) -> Result<RunEnd, WorkerError> {
        let (seeds, max_output_len) = (request.seeds.len(), request.max_output_len);
        let frame = protocol::encode(&Request::Run(request)).map_err(WorkerError::Garbage)?;
        let Some(Process { child, stdin, stdout }) = self.process.as_mut() else {
            return Err(WorkerError::Died("it was stopped".into()));
        };
        self.busy = true;
        let exchange = async {
            stdin.write_all(&frame).await?;
            stdin.flush().await?;
            read_frame::<Response>(stdout).await
        };
        let response = match timeout(limit, exchange).await {
            Err(_) => return Err(WorkerError::TimedOut(limit)),
            Ok(Err(FrameError::Io(error))) => return Err(WorkerError::Died(end_of(child, error).await)),
            Ok(Err(error)) => return Err(WorkerError::Garbage(error)),
            Ok(Ok(response)) => response,
        };
        let end = match response {
            Response::Done { digests, .. } if digests.len() != seeds => {
                return Err(WorkerError::Unfit(format!("{} digests for {seeds} seeds", digests.len())));
            }
            Response::Done { output, .. } if output.len > max_output_len => {
                return Err(WorkerError::Unfit(format!("an output of {} bytes where {max_output_len} are allowed", output.len)));
            }
            Response::Bye => return Err(WorkerError::Unfit("goodbye".into())),
            Response::Done { digests, output, millis } => RunEnd::Done { digests, output, millis },
            Response::Failed { reason, message } => RunEnd::Failed { reason, message },
        };
        self.busy = false;
        Ok(end)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let Some(Process { child, mut stdin, stdout }) = self.process.take() else { return };
        if self.busy {
            // Dropping the child kills it.
            return;
        }
        // The pipe of an idle worker has room for this frame; if it has not, its closing tells the worker the same.
        if let Ok(frame) = protocol::encode(&Request::Shutdown) {
            let _ = Pin::new(&mut stdin).poll_write(&mut Context::from_waker(Waker::noop()), &frame);
        }
        drop(stdin);
        // A thread, since this also runs while the node's executor shuts down.
        std::thread::spawn(move || {
            let mut child = child;
            let end = Instant::now() + GRACE;
            while Instant::now() < end && matches!(child.try_wait(), Ok(None)) {
                std::thread::sleep(Duration::from_millis(20));
            }
            drop((child, stdout));
        });
    }
}

fn spawn(command: &WorkerCommand, dir: &Path, label: &str) -> Result<Process, WorkerError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound if dir.exists() => WorkerError::Missing(command.path.clone()),
        _ => WorkerError::Spawn { path: command.path.clone(), source },
    };
    let environment = std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_passed));
    let mut process = Command::new(&command.path);
    process.args(&command.args).env_clear().envs(environment).current_dir(dir).kill_on_drop(true);
    process.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // A group of its own: an interrupt typed at the node's terminal reaches the node, which ends its workers in order.
    #[cfg(unix)]
    process.process_group(0);
    let mut child = process.spawn().map_err(failed)?;
    let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take()) else {
        return Err(failed(io::Error::other("it has no pipes")));
    };
    tokio::spawn(forward_log(stderr, label.to_owned()));
    Ok(Process { child, stdin, stdout })
}

/// Whether a worker gets this variable.
fn is_passed(name: &str) -> bool {
    ENVIRONMENT.contains(&name) || ENVIRONMENT_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Passes a worker's log on, line by line, until it ends. Control characters do not reach the terminal, long lines are cut.
async fn forward_log(stderr: ChildStderr, label: String) {
    let mut stderr = tokio::io::BufReader::new(stderr);
    let mut line = Vec::new();
    let mut cut = false;
    loop {
        match stderr.read_u8().await {
            Ok(byte) if byte != b'\n' && line.len() < MAX_LOG_LINE => line.push(byte),
            Ok(byte) if byte != b'\n' => cut = true,
            end => {
                let text: String = String::from_utf8_lossy(&line).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
                if !text.trim().is_empty() {
                    log::info!(target: "hearth::worker", "[{label}] {}{}", text.trim_end(), if cut { " …" } else { "" });
                }
                if end.is_err() {
                    return;
                }
                line.clear();
                cut = false;
            }
        }
    }
}

/// How a process ended whose pipe is closed.
async fn end_of(child: &mut Child, pipe: io::Error) -> String {
    match timeout(Duration::from_secs(1), child.wait()).await {
        Ok(Ok(status)) => status.to_string(),
        _ => format!("its pipe failed: {pipe}"),
    }
}

async fn read_frame<T: Decode>(reader: &mut (impl AsyncRead + Unpin)) -> Result<T, FrameError> {
    let len = reader.read_u32_le().await?;
    if len > MAX_FRAME_LEN {
        return Err(FrameError::TooLong(len));
    }
    let mut body = vec![0; len as usize];
    reader.read_exact(&mut body).await?;
    protocol::decode(&body)
}

#[cfg(test)]
#[path = "worker_tests.rs"]
pub(super) mod tests;
