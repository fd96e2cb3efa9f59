//! Real models against onnxruntime: every case under `$HEARTH_MODELS_DIR/<model>/cases/`, on the processor and on a GPU, be it one in
//! software. The outputs agree within 1e-4 and the two devices' digests within the tolerance that models have by default.

use hearth_inference_offchain::{
    device::{Adapter, Choice, DeviceSpec, Verdict, choose},
    engine::{Model, Run},
    limits::Deadline,
    tensor::Devices,
};
use hearth_primitives::{
    H256, capability,
    digest::{Agreement, Tolerance},
};
use safetensors::{Dtype, SafeTensors};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The largest difference to onnxruntime in any element.
const LIMIT: f32 = 1e-4;

const SEED: H256 = H256([0x5e; 32]);

struct Case {
    name: String,
    input: Vec<u8>,
    expected: Vec<u8>,
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display())).map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The models, by name, with their cases.
fn models() -> BTreeMap<String, (Vec<u8>, Vec<Case>)> {
    let how = "set it to the folder that `scripts/models.py` fills";
    let dir = std::env::var("HEARTH_MODELS_DIR").unwrap_or_else(|_| panic!("HEARTH_MODELS_DIR is not set: {how}"));
    let mut models = BTreeMap::new();
    for folder in entries(Path::new(&dir)).into_iter().filter(|path| path.join("model.onnx").is_file()) {
        let inputs = entries(&folder.join("cases")).into_iter().filter_map(|path| {
            let name = path.file_name()?.to_str()?.strip_suffix(".input.safetensors")?.to_owned();
            let expected = read(&path.with_file_name(format!("{name}.expected.safetensors")));
            Some(Case { name, input: read(&path), expected })
        });
        let cases: Vec<Case> = inputs.collect();
        assert!(!cases.is_empty(), "{} has no cases", folder.display());
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        models.insert(name, (read(&folder.join("model.onnx")), cases));
    }
    assert!(!models.is_empty(), "HEARTH_MODELS_DIR ({dir}) holds no model: {how}");
    models
}

fn floats(file: &[u8], name: &str) -> (Vec<usize>, Vec<f32>) {
    let file = SafeTensors::deserialize(file).unwrap();
    let tensor = file.tensor(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(tensor.dtype(), Dtype::F32);
    let data = tensor.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    (tensor.shape().to_vec(), data)
}

/// The largest difference over all outputs.
fn difference(model: &Model, run: &Run, case: &Case, label: &str) -> f32 {
    let mut worst = 0f32;
    for (port, value) in model.graph().outputs.iter().zip(&run.outputs) {
        let (dims, want) = floats(&case.expected, &port.name);
        assert_eq!(value.dims(), dims, "{label}: {}", port.name);
        for (got, want) in value.to_f32().unwrap().iter().zip(&want) {
            assert!(got.is_finite(), "{label}: {} holds {got}", port.name);
            worst = worst.max((got - want).abs());
        }
    }
    worst
}

/// The best adapter of this machine, in software too.
fn gpu() -> Devices {
    // The self-test runs in this process here: a test may crash.
    let test = |adapter: &Adapter| {
        let verdict = hearth_inference_offchain::device::Canary::new().check(&adapter.open());
        verdict.map_err(|error| error.to_string()) as Result<Verdict, String>
    };
    let choice: Choice = choose(&DeviceSpec::Wgpu(None), Ok(Adapter::list()), test).unwrap_or_else(|error| panic!("{error}"));
    eprintln!("{}", choice.reason);
    choice.open()
}

#[test]
fn models_agree_with_onnxruntime_and_devices_with_each_other() {
    let models = models();
    let devices = [("flex", Devices::flex()), ("wgpu", gpu())];
    for (name, (bytes, cases)) in &models {
        let loaded: Vec<(&str, Model)> = devices
            .iter()
            .map(|(device, devices)| (*device, Model::load(bytes, devices, Deadline::NONE).unwrap_or_else(|e| panic!("{name}: {e}"))))
            .collect();
        assert_eq!(loaded[0].1.hidden(), loaded[1].1.hidden());
        assert!(!loaded[0].1.hidden().is_empty());
        for case in cases {
            let mut digests = vec![];
            for (device, model) in &loaded {
                let label = format!("{name}/{} on {device}", case.name);
                let start = std::time::Instant::now();
                let run = model.run(&case.input, Deadline::NONE).unwrap_or_else(|error| panic!("{label}: {error}"));
                let worst = difference(model, &run, case, &label);
                digests.push(run.digests(&[SEED], 0.0).unwrap_or_else(|error| panic!("{label}: {error}"))[0]);
                eprintln!("{label}: off by {worst:.1e} at most, {} ms", start.elapsed().as_millis());
                assert!(worst <= LIMIT, "{label}: off by {worst}");
            }
            let distance = digests[0].distance(&digests[1]);
            eprintln!("{name}/{}: digests differ by {:?} on average", case.name, distance.means());
            assert_eq!(distance.judge(Tolerance::default()), Agreement::Agree, "{name}/{}: {distance:?}", case.name);
        }
    }
}

/// The genesis benchmark in f64, by the formula in its documentation.
fn benchmark_reference(input: &[f32]) -> Vec<f64> {
    let signs = capability::genesis_signs();
    let width = input.len();
    let relu = |value: f64| value.max(0.0);
    let at = |row: usize, column: usize| row * width + column;
    let mut x: Vec<f64> =
        (0..width * width).map(|i| relu(f64::from(input[i / width]) * f64::from(input[i % width]) + f64::from(signs[i]))).collect();
    for _ in 0..8 {
        let mut product = vec![0f64; width * width];
        for row in 0..width {
            for inner in 0..width {
                let sign = f64::from(signs[at(row, inner)]);
                for column in 0..width {
                    product[at(row, column)] += sign * x[at(inner, column)];
                }
            }
        }
        x = product.into_iter().map(|value| relu(value / 128f64.sqrt())).collect();
    }
    (0..width).map(|row| (0..width).map(|column| x[at(row, column)] * f64::from(input[column])).sum()).collect()
}

#[test]
fn benchmark_of_a_new_chain_is_computed_alike_on_every_device() {
    let file = capability::genesis_model();
    let devices = [("flex", Devices::flex()), ("wgpu", gpu())];
    for seed in [H256([1; 32]), H256([2; 32]), H256([3; 32])] {
        let input = capability::input(seed, capability::GENESIS_BENCHMARK.elements);
        let want = benchmark_reference(&floats(&input, capability::INPUT).1);
        let scale = want.iter().map(|value| value * value).sum::<f64>().sqrt() / (want.len() as f64).sqrt();
        let mut digests = vec![];
        for (device, opened) in &devices {
            let model = Model::load(&file, opened, Deadline::NONE).unwrap();
            let start = std::time::Instant::now();
            let run = model.run(&input, Deadline::NONE).unwrap();
            let took = start.elapsed().as_millis();
            let got = run.outputs[0].to_f32().unwrap();
            let worst = got.iter().zip(&want).map(|(got, want)| (f64::from(*got) - want).abs() / scale).fold(0.0, f64::max);
            eprintln!("benchmark on {device}: off by {worst:.1e} of the root mean square at most, {took} ms");
            assert!(worst < 1e-4, "{device}: {worst}");
            digests.push(run.digests(&[seed], 1.0).unwrap()[0]);
        }
        let distance = digests[0].distance(&digests[1]);
        eprintln!("benchmark: digests differ by {:?} on average", distance.means());
        assert_eq!(distance.judge(Tolerance::default()), Agreement::Agree, "{distance:?}");
    }
}
