//! The node's worker: requests on standard input, responses on standard output, as [`hearth_primitives::worker`] lays them down.

use crate::{
    device::Canary,
    engine::Model,
    error::{Error, cut, guarded},
    io,
    limits::Deadline,
    tensor::Devices,
};
use hearth_primitives::{
    H256,
    blob::BlobRef,
    worker::{Device, FrameError, Hello, MAX_SEEDS, PROTOCOL_VERSION, Request, Response, RunRequest, read_frame, write_frame},
};
use std::{
    io::{Read, Write},
    path::Path,
    rc::Rc,
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

/// The longest message of a failure, in bytes. Errors quote models and inputs, and a frame is limited.
const MAX_MESSAGE_LEN: usize = 4096;

/// How long an idle server has to end in order once the node is gone.
const GRACE: Duration = Duration::from_secs(1);

/// Why serving ended before its time.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The pipe broke, or the node sent what is no request.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The device no longer computes rightly. The node starts another worker.
    #[error("the device is lost: {0}")]
    DeviceLost(Error),
}

/// Reads requests on a thread of its own, so that the end of the pipe is seen while a run goes on, too. A server that waits for a request
/// then ends by itself; one that computes for nobody does not, and `abandoned` is called, which is to end the process.
pub fn requests(
    mut reader: impl Read + Send + 'static,
    abandoned: impl FnOnce() + Send + 'static,
) -> Receiver<Result<Request, FrameError>> {
    let (sender, requests) = channel();
    thread::spawn(move || {
        while let Some(request) = read_frame::<Request>(&mut reader).transpose() {
            let broken = request.is_err();
            // A server that listens no more is ending.
            let _ = sender.send(request);
            if broken {
                break;
            }
        }
        drop(sender);
        thread::sleep(GRACE);
        abandoned();
    });
    requests
}

/// Models on the device, the one used last at the end.
struct Cache {
    models: Vec<(H256, Rc<Model>)>,
    budget: u64,
}

impl Cache {
    fn get(&mut self, id: H256) -> Option<Rc<Model>> {
        let at = self.models.iter().position(|(have, _)| *have == id)?;
        let entry = self.models.remove(at);
        let model = entry.1.clone();
        self.models.push(entry);
        Some(model)
    }

    /// Keeps a model, and lets the longest unused go until all fit. The newest stays whatever its size.
    fn put(&mut self, id: H256, model: Rc<Model>) {
        self.models.push((id, model));
        while self.models.len() > 1 && self.models.iter().map(|(_, model)| model.bytes()).sum::<u64>() > self.budget {
            let (id, _) = self.models.remove(0);
            tracing::info!(model = ?id, "let go to make room");
        }
    }
}

/// A worker on a device.
pub struct Server {
    devices: Devices,
    cache: Cache,
}

impl Server {
    /// A worker that keeps models of up to `budget` bytes on the device.
    pub fn new(devices: Devices, budget: u64) -> Self {
        Self { devices, cache: Cache { models: vec![], budget } }
    }

    /// Greets, then answers [`requests`] until their end or one to end.
    pub fn serve(
        &mut self,
        device: Device,
        requests: impl IntoIterator<Item = Result<Request, FrameError>>,
        mut writer: impl Write,
    ) -> Result<(), ServeError> {
        let build = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"), ", burn 0.22.1");
        write_frame(&mut writer, &Hello { version: PROTOCOL_VERSION, build: build.into(), device })?;
        for request in requests {
            let request = match request? {
                Request::Shutdown => {
                    write_frame(&mut writer, &Response::Bye)?;
                    break;
                }
                Request::Run(request) => request,
            };
            let result = guarded(|| self.run(&request));
            let suspicious = matches!(result, Err(Error::Device(_) | Error::Panicked(_)));
            let response = match result {
                Ok(done) => done,
                Err(error) => {
                    let message = cut(error.to_string(), MAX_MESSAGE_LEN);
                    tracing::warn!(model = ?request.model.id, input = ?request.input.id, error = message, "a run failed");
                    Response::Failed { reason: error.decline_reason(), message }
                }
            };
            write_frame(&mut writer, &response)?;
            if suspicious {
                // A driver that failed once may give anything from now on.
                self.cache.models.clear();
                guarded(|| Canary::new().check(&self.devices)).map_err(ServeError::DeviceLost)?;
            }
        }
        Ok(())
    }

    /// Runs the model once, and digests the run under each seed.
    fn run(&mut self, request: &RunRequest) -> Result<Response, Error> {
        let start = Instant::now();
        if request.seeds.len() > MAX_SEEDS {
            return Err(Error::LimitExceeded(format!("{} seeds for one run; the most is {MAX_SEEDS}", request.seeds.len())));
        }
        let model = self.model(&request.model, Path::new(&request.model_path))?;
        let input = io::read_blob(Path::new(&request.input_path), &request.input, false)?;
        let run = model.run(&input, Deadline::NONE)?;
        let digests = run.digests(&request.seeds, from_fixed(request.output_scale))?;
        let output = io::write(model.graph(), &run.outputs, request.max_output_len)?;
        io::write_new(Path::new(&request.output_path), &output)?;
        let millis = start.elapsed().as_millis() as u64;
        tracing::info!(model = ?request.model.id, input = ?request.input.id, seeds = request.seeds.len(), millis, "a run is done");
        Ok(Response::Done { digests, output: BlobRef::of(&output), millis })
    }

    /// The model, from the device if it is there. Its file is hashed when it is loaded.
    fn model(&mut self, blob: &BlobRef, path: &Path) -> Result<Rc<Model>, Error> {
        if let Some(model) = self.cache.get(blob.id) {
            return Ok(model);
        }
        let bytes = io::read_blob(path, blob, true)?;
        let model = Rc::new(Model::load(&bytes, &self.devices, Deadline::NONE)?);
        self.cache.put(blob.id, model.clone());
        Ok(model)
    }
}

/// A number in Q16.16.
pub fn from_fixed(value: u32) -> f32 {
    (f64::from(value) / 65_536.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build::ModelBuilder;

    fn model(len: usize) -> Rc<Model> {
        let bytes = ModelBuilder::new(17).input("x", 1, &[Some(1)]).output("y", 1, 1).floats("w", &[len as i64], &vec![1.0; len]);
        let bytes = bytes.node("Add", &["x", "w"], &["y"]).bytes();
        Rc::new(Model::load(&bytes, &Devices::flex(), Deadline::NONE).unwrap())
    }

    #[test]
    fn cache_lets_the_longest_unused_go() {
        let id = |n: u8| H256([n; 32]);
        let mut cache = Cache { models: vec![], budget: 2 * 400 };
        cache.put(id(1), model(100));
        cache.put(id(2), model(100));
        assert!(cache.get(id(1)).is_some());
        cache.put(id(3), model(100));
        assert!(cache.get(id(2)).is_none() && cache.get(id(1)).is_some() && cache.get(id(3)).is_some());
        cache.put(id(4), model(10_000));
        assert_eq!(cache.models.len(), 1);
        assert!(cache.get(id(4)).is_some());
    }

    #[test]
    fn fixed_point_reads() {
        assert_eq!(from_fixed(0), 0.0);
        assert_eq!(from_fixed(65_536 + 32_768), 1.5);
    }
}
