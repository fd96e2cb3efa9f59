//! The worker as a node sees it: a child process that speaks frames, and survives what it is sent.

use hearth_inference_offchain::graph::build::ModelBuilder;
use hearth_primitives::{
    H256,
    blob::BlobRef,
    digest::{Agreement, Tolerance},
    market::DeclineReason,
    provider::BackendClass,
    worker::{Hello, MAX_SEEDS, PROTOCOL_VERSION, Request, Response, RunRequest, read_frame, write_frame},
};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

struct Worker {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: ChildStdout,
    dir: tempfile::TempDir,
    runs: u32,
}

impl Worker {
    fn start(device: &str) -> (Self, Hello) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hearth-inference-worker"))
            .args(["serve", "--device", device])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdin, mut stdout) = (child.stdin.take(), child.stdout.take().unwrap());
        let hello = read_frame::<Hello>(&mut stdout).unwrap().unwrap();
        (Self { child, stdin, stdout, dir: tempfile::tempdir().unwrap(), runs: 0 }, hello)
    }

    fn file(&self, bytes: &[u8]) -> (BlobRef, PathBuf) {
        let blob = BlobRef::of(bytes);
        let path = self.dir.path().join(format!("{:?}", blob.id));
        std::fs::write(&path, bytes).unwrap();
        (blob, path)
    }

    fn request(&mut self, model: &[u8], input: &[u8]) -> RunRequest {
        self.runs += 1;
        let (model, model_path) = self.file(model);
        let (input, input_path) = self.file(input);
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        RunRequest {
            model,
            model_path: text(&model_path),
            input,
            input_path: text(&input_path),
            output_path: text(&self.dir.path().join(format!("output-{}", self.runs))),
            max_output_len: 1 << 20,
            seeds: vec![H256([1; 32]), H256([2; 32])],
            output_scale: 0,
        }
    }

    fn ask(&mut self, request: &Request) -> Response {
        write_frame(self.stdin.as_mut().unwrap(), request).unwrap();
        read_frame(&mut self.stdout).unwrap().unwrap()
    }

    fn run(&mut self, model: &[u8], input: &[u8]) -> Response {
        let request = self.request(model, input);
        self.ask(&Request::Run(request))
    }

    fn refused(&mut self, model: &[u8], input: &[u8], reason: DeclineReason, mentions: &str) {
        match self.run(model, input) {
            Response::Failed { reason: got, message } => {
                assert_eq!(got, reason, "{message}");
                assert!(message.contains(mentions), "{message}");
            }
            other => panic!("{other:?}"),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stdin = None;
        let _ = self.child.wait();
    }
}

/// y = x · w + b.
fn model() -> ModelBuilder {
    ModelBuilder::new(17)
        .input("x", 1, &[None, Some(2)])
        .output("y", 1, 2)
        .floats("w", &[2, 2], &[1., 2., 3., 4.])
        .floats("b", &[2], &[0.5, -0.5])
        .node("MatMul", &["x", "w"], &["xw"])
        .node("Add", &["xw", "b"], &["y"])
}

fn input(name: &str, dims: &[usize], data: &[f32]) -> Vec<u8> {
    let bytes: Vec<u8> = data.iter().flat_map(|v| v.to_le_bytes()).collect();
    safetensors::serialize([(name, TensorView::new(Dtype::F32, dims.to_vec(), &bytes).unwrap())], None).unwrap()
}

#[test]
fn serve_runs_and_ends() {
    let (mut worker, hello) = Worker::start("flex");
    assert_eq!((hello.version, hello.device.backend.as_str(), hello.device.class), (PROTOCOL_VERSION, "flex", BackendClass::Cpu));
    assert!(hello.device.reason.contains("asked for"));
    let request = worker.request(&model().bytes(), &input("x", &[1, 2], &[1., 1.]));
    let path = request.output_path.clone();
    let Response::Done { digests, output, .. } = worker.ask(&Request::Run(request.clone())) else { panic!() };
    assert_eq!(digests.len(), 2);
    assert_ne!(digests[0], digests[1]);
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(BlobRef::of(&bytes), output);
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let tensor = file.tensor("y").unwrap();
    let want: Vec<u8> = [4.5f32, 5.5].iter().flat_map(|v| v.to_le_bytes()).collect();
    assert_eq!((tensor.shape(), tensor.data()), (&[1, 2][..], &want[..]));
    // The output's path exists now: it is not overwritten.
    assert!(matches!(worker.ask(&Request::Run(request.clone())), Response::Failed { reason: DeclineReason::WorkerFailed, .. }));
    // The same run again, elsewhere and from the cache, gives the same.
    let again = RunRequest { output_path: format!("{path}-again"), ..request };
    let Response::Done { digests: same, output: blob, .. } = worker.ask(&Request::Run(again)) else { panic!() };
    assert_eq!((same, blob), (digests, output));
    assert_eq!(worker.ask(&Request::Shutdown), Response::Bye);
    assert!(worker.child.wait().unwrap().success());
}

#[test]
fn serve_digests_one_run_under_each_seed() {
    let (mut worker, _) = Worker::start("flex");
    let input = input("x", &[1, 2], &[1., 1.]);
    let mut digests = |seeds: &[u8]| {
        let mut request = worker.request(&model().bytes(), &input);
        request.seeds = seeds.iter().map(|seed| H256([*seed; 32])).collect();
        match worker.ask(&Request::Run(request)) {
            Response::Done { digests, output, .. } => (digests, output),
            other => panic!("{other:?}"),
        }
    };
    // A juror asks at once for what two replicas would ask apart.
    let (both, output) = digests(&[7, 8]);
    assert_eq!(digests(&[7]), (vec![both[0]], output));
    assert_eq!(digests(&[8]), (vec![both[1]], output));
    assert_eq!(digests(&[8, 7, 8]), (vec![both[1], both[0], both[1]], output));
    assert_eq!(digests(&[]), (vec![], output));
    let all: Vec<u8> = (0..MAX_SEEDS as u8).collect();
    let (most, _) = digests(&all);
    assert_eq!((most.len(), most[7], most[8]), (MAX_SEEDS, both[0], both[1]));
    assert!((1..MAX_SEEDS).all(|n| !most[..n].contains(&most[n])));
}

#[test]
fn serve_refuses_more_seeds_than_a_jury_needs_before_it_computes() {
    let (mut worker, _) = Worker::start("flex");
    let (bytes, good) = (model().bytes(), input("x", &[1, 2], &[1., 1.]));
    let mut request = worker.request(&bytes, &good);
    request.seeds = vec![H256([1; 32]); MAX_SEEDS + 1];
    let path = request.output_path.clone();
    match worker.ask(&Request::Run(request)) {
        Response::Failed { reason: DeclineReason::LimitExceeded, message } => assert!(message.contains("seeds"), "{message}"),
        other => panic!("{other:?}"),
    }
    assert!(!Path::new(&path).exists());
    assert!(matches!(worker.run(&bytes, &good), Response::Done { .. }));
}

#[test]
fn serve_computes_on_a_gpu_as_on_the_processor() {
    let input = input("x", &[2, 2], &[1., -1., 0.5, 3.]);
    let on = |device: &str| {
        let (mut worker, hello) = Worker::start(device);
        match worker.run(&model().bytes(), &input) {
            Response::Done { digests, .. } => (hello.device, digests),
            other => panic!("{other:?}"),
        }
    };
    let ((flex, here), (gpu, there)) = (on("flex"), on("wgpu"));
    assert_eq!((flex.backend.as_str(), gpu.backend.as_str()), ("flex", "wgpu"));
    assert_ne!(flex.class, gpu.class);
    assert!(gpu.reason.contains("passes the self-test"), "{}", gpu.reason);
    for (here, there) in here.iter().zip(&there) {
        assert_eq!(here.compare(there, Tolerance::default()), Agreement::Agree);
    }
}

#[test]
fn serve_names_every_refusal_and_goes_on() {
    let (mut worker, _) = Worker::start("flex");
    let good = input("x", &[1, 2], &[1., 1.]);
    let bytes = model().bytes();
    worker.refused(b"GIF89a, not ONNX", &good, DeclineReason::ModelInvalid, "ONNX");
    worker.refused(&bytes[..bytes.len() / 2], &good, DeclineReason::ModelInvalid, "");
    worker.refused(&model().node("Loop", &["y"], &["z"]).bytes(), &good, DeclineReason::UnsupportedOperator, "Loop");
    let huge = ModelBuilder::new(17).input("x", 1, &[Some(1 << 40)]).output("x", 1, 1);
    worker.refused(&huge.bytes(), &good, DeclineReason::LimitExceeded, "x");
    worker.refused(&bytes, b"not safetensors", DeclineReason::InputInvalid, "safetensors");
    worker.refused(&bytes, &input("z", &[1, 2], &[1., 1.]), DeclineReason::InputInvalid, "no input \"z\"");
    worker.refused(&bytes, &input("x", &[1, 3], &[1., 1., 1.]), DeclineReason::InputInvalid, "float[?, 2]");
    worker.refused(&bytes, &input("x", &[1, 2], &[f32::NAN, 1.]), DeclineReason::ResultFault, "NaN");
    let mut request = worker.request(&bytes, &good);
    request.max_output_len = 10;
    assert!(matches!(worker.ask(&Request::Run(request)), Response::Failed { reason: DeclineReason::LimitExceeded, .. }));
    let mut request = worker.request(&bytes, &good);
    request.input.id = H256([9; 32]);
    assert!(matches!(worker.ask(&Request::Run(request)), Response::Failed { reason: DeclineReason::InputUnavailable, .. }));
    let mut request = worker.request(&model().floats("unused", &[1], &[0.]).bytes(), &good);
    request.model.len += 1;
    assert!(matches!(worker.ask(&Request::Run(request)), Response::Failed { reason: DeclineReason::ModelUnavailable, .. }));
    let mut request = worker.request(&bytes, &good);
    request.input_path.push_str("-gone");
    assert!(matches!(worker.ask(&Request::Run(request)), Response::Failed { reason: DeclineReason::WorkerFailed, .. }));
    // Names of megabytes do not make the answer too long for a frame.
    let name = "\u{7f}".repeat(400_000);
    worker.refused(&bytes, &input(&name, &[1, 2], &[1., 1.]), DeclineReason::InputInvalid, "float[?, 2]");
    worker.refused(&model().node(&name, &["y"], &["z"]).bytes(), &good, DeclineReason::UnsupportedOperator, "…");
    let port = ModelBuilder::new(17).input(&name, 1, &[Some(1)]).output("y", 1, 1).node("Identity", &[name.as_str()], &["y"]);
    worker.refused(&port.bytes(), &good, DeclineReason::InputInvalid, "no input \"x\"");
    // After all that it still computes, and nothing half-written lies about.
    assert!(matches!(worker.run(&bytes, &good), Response::Done { .. }));
    let parts = std::fs::read_dir(worker.dir.path()).unwrap().filter(|f| f.as_ref().unwrap().path().extension().is_some());
    assert_eq!(parts.count(), 0);
}

#[test]
fn serve_ends_with_its_pipe() {
    let (mut worker, _) = Worker::start("flex");
    worker.stdin = None;
    assert!(worker.child.wait().unwrap().success());
    // Garbage instead of a frame ends it too, as a failure.
    let (mut worker, _) = Worker::start("flex");
    worker.stdin.as_mut().unwrap().write_all(&[0xff; 64]).unwrap();
    assert!(!worker.child.wait().unwrap().success());
}

#[test]
fn serve_ends_with_its_pipe_in_the_middle_of_a_run() {
    const SIDE: usize = 1024;
    // Minutes of work: y = x · w · w · …
    let mut long = ModelBuilder::new(17).input("y0", 1, &[Some(SIDE as i64); 2]).output("y4000", 1, 2);
    long = long.floats("w", &[SIDE as i64; 2], &vec![0.; SIDE * SIDE]);
    for n in 0..4000 {
        long = long.node("MatMul", &[&format!("y{n}"), "w"], &[&format!("y{}", n + 1)]);
    }
    let (mut worker, _) = Worker::start("flex");
    let request = worker.request(&long.bytes(), &input("y0", &[SIDE; 2], &vec![0.; SIDE * SIDE]));
    write_frame(worker.stdin.as_mut().unwrap(), &Request::Run(request)).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    assert!(worker.child.try_wait().unwrap().is_none());
    // As a killed node leaves it.
    worker.stdin = None;
    let began = Instant::now();
    assert_eq!(read_frame::<Response>(&mut worker.stdout).unwrap(), None);
    worker.child.wait().unwrap();
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn serve_refuses_a_device_that_is_not_there() {
    let out =
        Command::new(env!("CARGO_BIN_EXE_hearth-inference-worker")).args(["serve", "--device", "wgpu:no such adapter"]).output().unwrap();
    assert!(!out.status.success() && out.stdout.is_empty());
    assert!(String::from_utf8_lossy(&out.stderr).contains("no such adapter"));
}
