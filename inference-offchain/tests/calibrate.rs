//! Calibration as somebody who registers a model calls it: honest results stand nearer to one another than any cheat to them.

use hearth_inference_offchain::{
    calibrate::{Options, calibrate, cheats::Cheat, inputs::Origin, report::Report, statistics::Exposure},
    device::DeviceSpec,
    graph::build::ModelBuilder,
};
use hearth_primitives::{capability, digest::Tolerance};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_hearth-inference-worker");

/// A fixed sequence in [-scale, scale).
fn weights(len: usize, salt: u64, scale: f32) -> Vec<f32> {
    let mut state = salt;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) as f32 / (1u64 << 23) as f32 - 1.0) * scale
    };
    (0..len).map(|_| next()).collect()
}

/// Three layers, 64 to 96 to 96 to 16, with rectifiers between.
fn layers(salt: u64) -> Vec<u8> {
    let model = ModelBuilder::new(17).input("x", 1, &[None, Some(64)]).output("y", 1, 2);
    let model = model.floats("w1", &[64, 96], &weights(64 * 96, salt, 0.2)).floats("b1", &[96], &weights(96, salt + 1, 0.1));
    let model = model.floats("w2", &[96, 96], &weights(96 * 96, salt + 2, 0.2)).floats("b2", &[96], &weights(96, salt + 3, 0.1));
    let model = model.floats("w3", &[96, 16], &weights(96 * 16, salt + 4, 0.2));
    let model = model.node("MatMul", &["x", "w1"], &["p1"]).node("Add", &["p1", "b1"], &["s1"]).node("Relu", &["s1"], &["h1"]);
    let model = model.node("MatMul", &["h1", "w2"], &["p2"]).node("Add", &["p2", "b2"], &["s2"]).node("Relu", &["s2"], &["h2"]);
    model.node("MatMul", &["h2", "w3"], &["y"]).bytes()
}

/// A folder with a file of it.
fn file(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.onnx");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn options(model: &Path) -> Options {
    Options {
        program: PROGRAM.into(),
        model: model.to_owned(),
        inputs: vec![],
        folder: None,
        samples: 4,
        seeds: 2,
        other: None,
        device: DeviceSpec::Flex,
        drivers: vec![],
        output_scale: None,
        time: Duration::from_secs(60),
    }
}

fn run(options: &Options) -> Report {
    let report = calibrate(options, &|step| eprintln!("{step}")).unwrap_or_else(|error| panic!("{error}"));
    eprintln!("{}", report.markdown());
    report
}

fn exposure(report: &Report, cheat: Cheat) -> Option<&Exposure> {
    report.cheats.iter().find(|tried| tried.cheat == cheat).and_then(|tried| tried.exposure.as_ref())
}

#[test]
fn cheats_stand_further_than_honest_results() {
    let (_folder, path) = file(&layers(1));
    let report = run(&options(&path));
    assert_eq!((report.backends, report.honest.len(), report.pairs.len()), (1, 2, 1));
    assert!(report.warnings[0].contains("ONE BACKEND"), "{:?}", report.warnings);
    assert_eq!((report.inputs.origin, report.inputs.names.len(), report.spread.hidden.count), (Origin::Synthetic, 4, 8));
    assert!(report.spread.hidden.max < 1.0 && report.spread.output.max < 2.0, "{:?}", report.spread);
    assert_eq!(report.tolerance, Tolerance::default());
    let hidden = |cheat| exposure(&report, cheat).unwrap_or_else(|| panic!("{cheat:?} was not tried")).nearest.hidden;
    let f16 = hidden(Cheat::F16Weights);
    assert!(f16.min > report.spread.hidden.max, "{f16:?}");
    assert!(hidden(Cheat::F16Compute).min > report.spread.hidden.max);
    assert!(hidden(Cheat::Bf16Weights).min > f16.max && hidden(Cheat::Int8Weights).min > f16.max);
    for cheat in [Cheat::Bf16Weights, Cheat::Int8Weights, Cheat::PerturbedWeights, Cheat::ShiftedOutput] {
        let exposure = exposure(&report, cheat).unwrap();
        assert!(exposure.is_caught() && exposure.margin > Some(1.0), "{cheat:?}: {exposure:?}");
    }
    // What is right inside is convicted by the output alone.
    assert_eq!(hidden(Cheat::ShiftedOutput).max, 0.0);
    assert!(report.output_scale.decimal > 0.0 && report.margin.is_some());
}

#[test]
fn another_checkpoint_is_told_apart_and_the_same_one_refused() {
    let ((_one, path), (_two, other)) = (file(&layers(1)), file(&layers(100)));
    let given = Options { other: Some(other), samples: 2, ..options(&path) };
    let report = run(&given);
    let exposed = exposure(&report, Cheat::OtherCheckpoint).unwrap();
    assert!(exposed.is_caught() && exposed.nearest.hidden.min > 1_000.0, "{exposed:?}");
    assert!(exposure(&report, Cheat::PerturbedWeights).is_none());
    let same = Options { other: Some(path.clone()), ..options(&path) };
    assert!(calibrate(&same, &|_| ()).unwrap_err().to_string().contains("the model itself"));
}

#[test]
fn benchmark_of_a_new_chain_has_exact_weights() {
    let (_folder, path) = file(&capability::genesis_model());
    let report = run(&Options { samples: 2, seeds: 1, ..options(&path) });
    assert_eq!(report.inputs.origin, Origin::Challenge);
    // Plus and minus one are exact in every type, so narrower weights are no cheat; narrower arithmetic is.
    for cheat in [Cheat::F16Weights, Cheat::Bf16Weights, Cheat::Int8Weights] {
        assert!(exposure(&report, cheat).is_none(), "{cheat:?}");
    }
    let f16 = exposure(&report, Cheat::F16Compute).unwrap();
    assert!(f16.nearest.hidden.min > report.spread.hidden.max && f16.nearest.output.min > report.spread.output.max, "{f16:?}");
}

#[test]
fn every_adapter_is_measured_in_a_worker_of_its_own() {
    let (_folder, path) = file(&layers(1));
    let report = run(&Options { device: DeviceSpec::Wgpu(None), samples: 1, seeds: 1, ..options(&path) });
    assert!(report.backends >= 2, "this test needs a GPU, be it one in software: {:?}", report.warnings);
    assert!(!report.warnings.iter().any(|warning| warning.contains("ONE BACKEND")));
    assert!(report.honest.iter().any(|honest| honest.backend == "wgpu" && honest.error.is_none()));
    assert!(report.spread.hidden.max <= f64::from(Tolerance::default().hidden), "{:?}", report.spread);
}

#[test]
fn calibrate_prints_json_and_refuses_what_is_no_model() {
    let (folder, path) = file(&layers(1));
    let call = |model: &Path| {
        let args = ["calibrate", "--device", "flex", "--samples", "2", "--seeds", "1", "--json", "--model"];
        Command::new(PROGRAM).args(args).arg(model).output().unwrap()
    };
    let out = call(&path);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!((report["seeds"].as_u64(), report["tolerance"]["hidden"].as_u64()), (Some(1), Some(4)));
    assert!(report["cheats"].as_array().unwrap().iter().any(|tried| tried["cheat"] == "int8_weights"));
    let bad = folder.path().join("bad.onnx");
    std::fs::write(&bad, b"GIF89a").unwrap();
    let out = call(&bad);
    assert!(!out.status.success() && String::from_utf8_lossy(&out.stdout).contains("\"reason\":\"model_invalid\""));
}
