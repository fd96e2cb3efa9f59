//! What each command does. Each prints its result and says how the process ends.

use crate::{CalibrateArgs, RunArgs};
use hearth_inference_offchain::{
    calibrate::{self, Options},
    device::{self, Adapter, Canary, Choice, DeviceSpec, TEST_TIME, Tested, Verdict},
    engine::Model,
    error::{Error, guarded},
    graph::Graph,
    io,
    limits::{self, Deadline},
    ops,
    serve::{Server, requests},
    tensor::{Devices, Elem},
};
use hearth_primitives::blob::BlobRef;
use serde_json::{Value as Json, json};
use std::{
    io::Write,
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

/// Prints a line. A reader that is gone ends the process as quietly as it can.
fn print(text: &str) {
    if writeln!(std::io::stdout(), "{text}").is_err() {
        std::process::exit(1);
    }
}

/// Ends with an error.
fn fail(error: &Error, json: bool) -> ExitCode {
    if json {
        print(&json!({ "error": error.to_string(), "reason": error.decline_reason() }).to_string());
    }
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

fn finish(result: Result<(), Error>, json: bool) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, json),
    }
}

fn adapter_json(tested: &Tested) -> Json {
    let adapter = &tested.adapter;
    let (passed, error) = match &tested.verdict {
        Ok(verdict) => (Some(verdict), None),
        Err(error) => (None, Some(error)),
    };
    json!({
        "id": adapter.id(),
        "backend": adapter.backend,
        "name": adapter.name,
        "driver": adapter.driver,
        "kind": adapter.kind,
        "class": adapter.class(),
        "max_buffer": adapter.max_buffer,
        "self_test": passed,
        "error": error,
    })
}

fn choice_json(choice: &Choice) -> Json {
    let device = choice.describe();
    json!({
        "backend": device.backend,
        "name": device.name,
        "driver": device.driver,
        "class": device.class,
        "reason": device.reason,
    })
}

/// The self-test on the processor.
fn test_flex() -> Result<Verdict, String> {
    guarded(|| Canary::new().check(&Devices::flex())).map_err(|error| error.to_string())
}

/// Every adapter, tested.
fn test_all() -> Result<Vec<Tested>, String> {
    let adapters = device::list_in_child()?;
    Ok(adapters
        .into_iter()
        .map(|adapter| {
            eprintln!("testing {} ({}) ...", adapter.name, adapter.id());
            Tested { verdict: device::test_in_child(&adapter, TEST_TIME), adapter }
        })
        .collect())
}

fn verdict_text(verdict: &Result<Verdict, String>) -> String {
    match verdict {
        Ok(verdict) => format!("passed, off by {:.1e}, {} ms", verdict.max_difference, verdict.millis),
        Err(error) => format!("FAILED: {error}"),
    }
}

/// `devices`.
pub fn devices(json: bool) -> ExitCode {
    let tested = test_all();
    let flex = test_flex();
    let adapters = tested.as_ref().map(|all| all.iter().map(|t| t.adapter.clone()).collect()).map_err(Clone::clone);
    let verdict_of = |adapter: &Adapter| match tested.as_ref().ok().and_then(|all| all.iter().find(|t| t.adapter == *adapter)) {
        Some(tested) => tested.verdict.clone(),
        None => Err("it was not tested".into()),
    };
    let choice = match device::choose(&DeviceSpec::Auto, adapters, verdict_of) {
        Ok(choice) => choice,
        Err(error) => return fail(&error, json),
    };
    let processor = Choice { adapter: None, reason: String::new() }.describe().name;
    if json {
        let (list, error) = match &tested {
            Ok(all) => (all.iter().map(adapter_json).collect(), None),
            Err(error) => (vec![], Some(error)),
        };
        let flex = json!({ "name": processor, "class": "cpu", "self_test": flex.as_ref().ok(), "error": flex.as_ref().err() });
        print(&json!({ "flex": flex, "wgpu": list, "wgpu_error": error, "auto": choice_json(&choice) }).to_string());
        return ExitCode::SUCCESS;
    }
    print(&format!("flex: {processor}\n  class cpu; self-test {}", verdict_text(&flex)));
    match &tested {
        Err(error) => print(&format!("wgpu: adapters could not be listed: {error}")),
        Ok(all) if all.is_empty() => print("wgpu: no adapters"),
        Ok(all) => {
            for tested in all {
                let adapter = &tested.adapter;
                let (id, name, driver, class) = (adapter.id(), &adapter.name, &adapter.driver, adapter.class().name());
                print(&format!("wgpu: {name} ({id})\n  driver {driver}; class {class}; self-test {}", verdict_text(&tested.verdict)));
            }
        }
    }
    print(&format!("--device auto takes {}: {}", choice.describe().backend, choice.reason));
    ExitCode::SUCCESS
}

/// `self-test`.
pub fn self_test(spec: Option<DeviceSpec>, json: bool) -> ExitCode {
    let mut results: Vec<(String, Result<Verdict, String>)> = vec![];
    match &spec {
        None => {
            results.push(("flex".into(), test_flex()));
            match test_all() {
                Ok(all) => results.extend(all.into_iter().map(|t| (t.adapter.id(), t.verdict))),
                Err(error) => results.push(("wgpu".into(), Err(error))),
            }
        }
        Some(spec) => match device::choose_safely(spec) {
            Err(error) => return fail(&error, json),
            Ok(Choice { adapter: None, .. }) => results.push(("flex".into(), test_flex())),
            Ok(Choice { adapter: Some(adapter), .. }) => results.push((adapter.id(), device::test_in_child(&adapter, TEST_TIME))),
        },
    }
    let passed = results.iter().all(|(_, verdict)| verdict.is_ok());
    if json {
        let each = results
            .iter()
            .map(|(id, verdict)| json!({ "device": id, "self_test": verdict.as_ref().ok(), "error": verdict.as_ref().err() }));
        print(&json!({ "passed": passed, "devices": each.collect::<Vec<_>>() }).to_string());
    } else {
        results.iter().for_each(|(id, verdict)| print(&format!("{id}: {}", verdict_text(verdict))));
    }
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// `run`.
pub fn run(args: &RunArgs) -> ExitCode {
    finish(guarded(|| run_model(args)), args.json)
}

fn run_model(args: &RunArgs) -> Result<(), Error> {
    let deadline = match args.time_limit.map(Duration::try_from_secs_f64) {
        None => Deadline::NONE,
        Some(Ok(limit)) => Deadline::after(limit),
        Some(Err(error)) => return Err(Error::LimitExceeded(format!("the time limit: {error}"))),
    };
    let bytes = io::read_file(&args.model, limits::MAX_MODEL_LEN)?;
    let input = io::read_file(&args.input, limits::MAX_INPUT_LEN)?;
    // What cannot run is refused before a device is looked for.
    Graph::parse(&bytes)?;
    let choice = device::choose_safely(&args.device)?;
    let device = choice.describe();
    eprintln!("device: {} {}: {}", device.backend, device.name, choice.reason);
    let devices = choice.open();
    let start = Instant::now();
    let model = Model::load(&bytes, &devices, deadline)?;
    let loaded = start.elapsed();
    let start = Instant::now();
    let result = model.run(&input, deadline)?;
    let digests = result.digests(&args.seed, args.output_scale)?;
    let output = io::write(model.graph(), &result.outputs, u64::MAX)?;
    let ran = start.elapsed();
    if let Some(path) = &args.output {
        io::write_new(path, &output)?;
    }
    let ports = model.graph().outputs.iter().zip(&result.outputs);
    let millis = |time: Duration| time.as_secs_f64() * 1000.0;
    if args.json {
        let outputs: Vec<Json> = ports.map(|(port, v)| json!({ "name": port.name, "dtype": v.elem().name(), "shape": v.dims() })).collect();
        let digests: Vec<Json> = args.seed.iter().zip(&digests).map(|(seed, digest)| json!({ "seed": seed, "digest": digest })).collect();
        let file = json!({ "path": args.output, "blob": BlobRef::of(&output) });
        let times = json!({ "load": millis(loaded), "run": millis(ran) });
        print(
            &json!({ "device": choice_json(&choice), "outputs": outputs, "digests": digests, "file": file, "millis": times }).to_string(),
        );
        return Ok(());
    }
    for (port, value) in ports {
        print(&format!("{}: {}{:?}", port.name, value.elem().name(), value.dims()));
    }
    for (seed, digest) in args.seed.iter().zip(&digests) {
        print(&format!("digest under {seed:?}\n  hidden {:?}\n  output {:?}", digest.hidden, digest.output));
    }
    print(&format!("loaded in {:.1} ms, ran in {:.1} ms", millis(loaded), millis(ran)));
    Ok(())
}

/// `calibrate`.
pub fn calibrate(args: &CalibrateArgs) -> ExitCode {
    finish(guarded(|| calibrate_model(args)), args.json)
}

fn calibrate_model(args: &CalibrateArgs) -> Result<(), Error> {
    let time = Duration::try_from_secs_f64(args.time_limit).map_err(|error| Error::LimitExceeded(format!("the time limit: {error}")))?;
    let program = std::env::current_exe().map_err(|error| Error::NoDevice(format!("this program's path is unknown: {error}")))?;
    let options = Options {
        program,
        model: args.model.clone(),
        inputs: args.input.clone(),
        folder: args.inputs.clone(),
        samples: args.samples as usize,
        seeds: args.seeds as usize,
        other: args.other.clone(),
        device: args.device.clone(),
        drivers: args.icd.clone(),
        output_scale: args.output_scale,
        time,
    };
    let report = calibrate::calibrate(&options, &|step| eprintln!("{step} ..."))?;
    if args.json {
        print(&serde_json::to_string(&report).map_err(|error| Error::ModelInvalid(format!("its report is no JSON: {error}")))?);
    } else {
        print(report.markdown().trim_end());
    }
    Ok(())
}

/// `inspect`.
pub fn inspect(path: &Path, json: bool) -> ExitCode {
    finish(guarded(|| inspect_model(path, json)), json)
}

fn inspect_model(path: &Path, json: bool) -> Result<(), Error> {
    let bytes = io::read_file(path, limits::MAX_MODEL_LEN)?;
    let summary = Graph::summary(&bytes)?;
    let graph = Graph::parse(&bytes);
    let ports = |ports: &[hearth_inference_offchain::graph::Port]| ports.iter().map(io::describe).collect::<Vec<_>>();
    let (inputs, outputs) = graph.as_ref().map(|g| (ports(&g.inputs), ports(&g.outputs))).unwrap_or_default();
    let hidden = graph.as_ref().map(hearth_inference_offchain::graph::hidden::names).unwrap_or_default();
    let error = graph.as_ref().err().map(ToString::to_string);
    if json {
        let blob = BlobRef::of(&bytes);
        let port = |p: &hearth_inference_offchain::graph::Port| json!({ "name": p.name, "dtype": p.elem.map(Elem::name), "shape": p.dims });
        let list = |ports: Option<&[hearth_inference_offchain::graph::Port]>| ports.map(|all| all.iter().map(port).collect::<Vec<_>>());
        let (inputs, outputs) = (list(graph.as_ref().ok().map(|g| &g.inputs[..])), list(graph.as_ref().ok().map(|g| &g.outputs[..])));
        print(
            &json!({ "blob": blob, "summary": summary, "inputs": inputs, "outputs": outputs, "hidden": hidden, "error": error })
                .to_string(),
        );
        return Ok(());
    }
    inputs.iter().for_each(|port| print(&format!("input   {port}")));
    outputs.iter().for_each(|port| print(&format!("output  {port}")));
    summary
        .opsets
        .iter()
        .for_each(|(domain, version)| print(&format!("opset   {} {version}", if domain.is_empty() { "ai.onnx" } else { domain })));
    for (op, count) in &summary.ops {
        let mark = if ops::find(op).is_some() { "" } else { "  NOT SUPPORTED" };
        print(&format!("{count:>6}  {op}{mark}"));
    }
    hidden.iter().for_each(|node| print(&format!("digest  {node}")));
    print(&error.unwrap_or_else(|| "the engine can run it".into()));
    Ok(())
}

/// `ops`.
pub fn ops(json: bool) -> ExitCode {
    if json {
        let families: serde_json::Map<String, Json> =
            ops::FAMILIES.iter().map(|(family, ops)| ((*family).into(), ops.iter().map(|op| op.name).collect())).collect();
        let opsets = json!({ "from": hearth_inference_offchain::graph::MIN_OPSET, "to": hearth_inference_offchain::graph::MAX_OPSET });
        print(&json!({ "opsets": opsets, "families": families }).to_string());
    } else {
        for (family, ops) in ops::FAMILIES {
            print(&format!("{family}: {}", ops.iter().map(|op| op.name).collect::<Vec<_>>().join(" ")));
        }
    }
    ExitCode::SUCCESS
}

/// `serve`.
pub fn serve(spec: &DeviceSpec, cache: u64) -> ExitCode {
    let choice = match guarded(|| device::choose_safely(spec)) {
        Ok(choice) => choice,
        Err(error) => return fail(&error, false),
    };
    let device = choice.describe();
    tracing::info!(
        backend = device.backend,
        name = device.name,
        driver = device.driver,
        class = device.class.name(),
        reason = device.reason,
        "serving"
    );
    let mut server = Server::new(choice.open(), cache.saturating_mul(1024 * 1024));
    let requests = requests(std::io::stdin(), || std::process::exit(1));
    match server.serve(device, requests, std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `adapters`: what [`device::list_in_child`] reads.
pub fn adapters() -> ExitCode {
    device::end_with_parent();
    match serde_json::to_string(&Adapter::list()) {
        Ok(list) => {
            print(&list);
            ExitCode::SUCCESS
        }
        Err(error) => fail(&Error::Device(error.to_string()), false),
    }
}

/// `check-adapter`: what [`device::test_in_child`] reads.
pub fn check_adapter(id: &str) -> ExitCode {
    device::end_with_parent();
    let verdict = match Adapter::list().into_iter().find(|adapter| adapter.id() == id) {
        Some(adapter) => guarded(|| Canary::new().check(&adapter.open())).map_err(|error| error.to_string()),
        None => Err(format!("there is no adapter {id}")),
    };
    match serde_json::to_string(&verdict) {
        Ok(verdict) => {
            print(&verdict);
            // A driver's clean-up crashes now and then; the verdict is out.
            std::process::exit(0)
        }
        Err(error) => fail(&Error::Device(error.to_string()), false),
    }
}
