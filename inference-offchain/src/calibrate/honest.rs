//! The devices that honest providers may have: each computes in a worker of its own, which is spoken to as a node speaks to it.
//!
//! So a driver that crashes or hangs costs its own figures and nothing else, and drivers that cannot live in one process, such as two in
//! software, are measured side by side: the Vulkan loader is told by the environment which one to load.

use super::statistics::Digests;
use crate::{
    device::{self, Adapter, DeviceSpec},
    error::Error,
};
use hearth_primitives::{
    H256,
    blob::BlobRef,
    digest::Digest,
    worker::{Device, FrameError, Hello, MAX_SEEDS, PROTOCOL_VERSION, Request, Response, RunRequest, read_frame, write_frame},
};
use std::{
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

/// The variables by which the Vulkan loader is told its drivers, newest first.
const DRIVER_VARIABLES: [&str; 2] = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"];

/// How long a worker may take to say hello: longer than it gives all self-tests together.
const HELLO_TIME: Duration = Duration::from_secs(150);

/// An adapter, and the driver's manifest by which a worker finds it if it is not the system's choice.
#[derive(Clone, Debug)]
pub struct Backend {
    /// The manifest.
    pub driver: Option<PathBuf>,
    /// The adapter.
    pub adapter: Adapter,
}

/// The drivers that the environment names; none leaves the choice to the system.
pub fn drivers_of_environment() -> Vec<PathBuf> {
    let list = DRIVER_VARIABLES.into_iter().find_map(std::env::var_os).unwrap_or_default();
    std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect()
}

/// The adapters that fit `spec` under each driver, and what went wrong on the way. Flex is no adapter.
pub fn find(program: &Path, drivers: &[PathBuf], spec: &DeviceSpec) -> (Vec<Backend>, Vec<String>) {
    let filter = match spec {
        DeviceSpec::Flex => return (vec![], vec![]),
        DeviceSpec::Wgpu(filter) => filter.as_deref(),
        DeviceSpec::Auto => None,
    };
    let drivers: Vec<Option<&PathBuf>> = if drivers.is_empty() { vec![None] } else { drivers.iter().map(Some).collect() };
    let (mut found, mut warnings) = (Vec::<Backend>::new(), vec![]);
    for driver in drivers {
        let under = driver.map_or(String::new(), |driver| format!(" under {}", driver.display()));
        let adapters = match device::list_with(command(program, driver.map(PathBuf::as_path))) {
            Ok(adapters) => adapters,
            Err(error) => {
                warnings.push(format!("adapters{under} could not be listed: {error}"));
                continue;
            }
        };
        if adapters.is_empty() && driver.is_some() {
            warnings.push(format!("there is no adapter{under}"));
        }
        for adapter in adapters.into_iter().filter(|adapter| filter.is_none_or(|filter| adapter.matches(filter))) {
            // One that no driver's manifest concerns, under GL say, is there every time.
            if !found.iter().any(|backend| backend.adapter == adapter) {
                found.push(Backend { driver: driver.cloned(), adapter });
            }
        }
    }
    (found, warnings)
}

/// The worker's program in an environment that names the driver.
fn command(program: &Path, driver: Option<&Path>) -> Command {
    let mut command = Command::new(program);
    if let Some(driver) = driver {
        command.envs(DRIVER_VARIABLES.map(|variable| (variable, driver)));
    }
    command
}

/// What every device is asked for.
pub struct Task<'a> {
    /// The model's file.
    pub model: (BlobRef, &'a Path),
    /// The inputs' files.
    pub inputs: &'a [(BlobRef, PathBuf)],
    /// A folder for outputs.
    pub folder: &'a Path,
    /// The projections' seeds.
    pub seeds: &'a [H256],
    /// The floor of the output half, in Q16.16.
    pub output_scale: u32,
    /// How long a run may take, with loading.
    pub time: Duration,
}

impl Task<'_> {
    /// Has all of it done on a backend, and says what device that is.
    ///
    /// # Errors
    /// [`Error::Device`] with whatever kept one of the runs from its result.
    pub fn measure(&self, program: &Path, backend: &Backend) -> Result<(Device, Digests), Error> {
        let mut worker = Worker::start(command(program, backend.driver.as_deref()), &backend.adapter.id())?;
        let mut digests = vec![];
        for input in self.inputs {
            digests.push(worker.run(self, input)?);
        }
        Ok((worker.device.clone(), digests))
    }
}

/// A worker that serves us.
struct Worker {
    _child: Reaped,
    stdin: ChildStdin,
    responses: Receiver<Result<Option<Response>, FrameError>>,
    device: Device,
}

fn lost(what: impl std::fmt::Display) -> Error {
    Error::Device(format!("its worker failed: {what}"))
}

impl Worker {
    fn start(mut program: Command, adapter: &str) -> Result<Self, Error> {
        program.args(["serve", "--device", &format!("wgpu:{adapter}")]).env("RUST_LOG", "error");
        let mut child = Reaped(program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(lost)?);
        let (Some(stdin), Some(mut stdout)) = (child.0.stdin.take(), child.0.stdout.take()) else { return Err(lost("it has no pipes")) };
        let ((greet, hello), (answer, responses)) = (channel(), channel());
        // Read aside, so that waiting can end. The thread ends with the pipe, and that with the child.
        std::thread::spawn(move || {
            let Ok(Some(greeting)) = read_frame::<Hello>(&mut stdout) else { return };
            let mut open = greet.send(greeting).is_ok();
            while open {
                let response = read_frame::<Response>(&mut stdout);
                open = matches!(response, Ok(Some(_)));
                open &= answer.send(response).is_ok();
            }
        });
        let hello = hello.recv_timeout(HELLO_TIME).map_err(|_| lost("it did not say hello; try `self-test` with this device"))?;
        if hello.version != PROTOCOL_VERSION {
            return Err(lost(format!("it speaks version {} of the protocol instead of {PROTOCOL_VERSION}", hello.version)));
        }
        Ok(Self { _child: child, stdin, responses, device: hello.device })
    }

    /// Runs as often as it takes: one run is digested under so many seeds and no more.
    fn run(&mut self, task: &Task, input: &(BlobRef, PathBuf)) -> Result<Vec<Digest>, Error> {
        let mut digests = Vec::with_capacity(task.seeds.len());
        for seeds in task.seeds.chunks(MAX_SEEDS) {
            digests.extend(self.run_once(task, input, seeds)?);
        }
        Ok(digests)
    }

    fn run_once(&mut self, task: &Task, (input, path): &(BlobRef, PathBuf), seeds: &[H256]) -> Result<Vec<Digest>, Error> {
        let output = task.folder.join("output.safetensors");
        let request = RunRequest {
            model: task.model.0,
            model_path: text(task.model.1)?,
            input: *input,
            input_path: text(path)?,
            output_path: text(&output)?,
            max_output_len: u64::MAX,
            seeds: seeds.to_vec(),
            output_scale: task.output_scale,
        };
        write_frame(&mut self.stdin, &Request::Run(request)).map_err(lost)?;
        let response = self.responses.recv_timeout(task.time);
        let response = response.map_err(|_| lost(format!("it gave no answer within {} s", task.time.as_secs_f64())))?;
        match response.map_err(lost)? {
            Some(Response::Done { digests, .. }) => {
                std::fs::remove_file(&output).map_err(|error| Error::io(&output, error))?;
                Ok(digests)
            }
            Some(Response::Failed { message, .. }) => Err(lost(message)),
            Some(Response::Bye) | None => Err(lost("it ended")),
        }
    }
}

/// A child that does not outlive its handle: it may hang in a driver.
struct Reaped(Child);

impl Drop for Reaped {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A path as the protocol takes it.
fn text(path: &Path) -> Result<String, Error> {
    path.to_str().map(str::to_owned).ok_or_else(|| Error::InputInvalid(format!("the path {} is not UTF-8", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flex_alone_asks_for_no_adapter() {
        let (found, warnings) = find(Path::new("/no/such/program"), &[], &DeviceSpec::Flex);
        assert!(found.is_empty() && warnings.is_empty());
    }

    #[test]
    fn a_worker_that_is_none_is_an_error() {
        let (found, warnings) = find(Path::new("/no/such/program"), &["/some/driver.json".into()], &DeviceSpec::Auto);
        assert!(found.is_empty() && warnings.len() == 1 && warnings[0].contains("/some/driver.json"), "{warnings:?}");
        let started = Worker::start(command(Path::new("/no/such/program"), None), "vulkan/software/0");
        assert!(matches!(started, Err(Error::Device(_))));
    }

    #[test]
    fn drivers_go_into_the_environment() {
        let command = command(Path::new("worker"), Some(Path::new("/some/driver.json")));
        let names: Vec<_> = command.get_envs().map(|(name, _)| name.to_string_lossy().into_owned()).collect();
        assert_eq!(names, DRIVER_VARIABLES);
    }
}
