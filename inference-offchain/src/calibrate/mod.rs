//! Calibration of a model: how far honest results stand apart, how far cheats stand from them, and the tolerance that follows.
//!
//! | module | holds |
//! |---|---|
//! | [`inputs`] | what the model is run on |
//! | [`honest`] | the devices, each in a worker of its own |
//! | [`summation`] | another honest order of summation, on the processor |
//! | [`cheats`] | what somebody might compute instead |
//! | [`statistics`] | from digests to a proposal |
//! | [`report`] | JSON, and text for people |
//! | [`random`] | a small deterministic generator |
//!
//! The processor is the reference: it computes in this process, and so do the cheats. Digests are those of jobs: the same seeds, the same
//! tensors, the same scale of outputs, which is found first. `docs/calibration.md` tells how to read the result.

pub mod cheats;
pub mod honest;
pub mod inputs;
pub mod random;
pub mod report;
pub mod statistics;
pub mod summation;

use crate::{
    device::{Choice, DeviceSpec},
    engine::{Model, Run, device},
    error::Error,
    graph::Graph,
    io,
    limits::{self, Deadline},
    serve::from_fixed,
    tensor::Devices,
};
use cheats::{Cheat, Cheater};
use hearth_primitives::{H256, blob::BlobRef, worker};
use inputs::{Input, Inputs, Origin};
use report::{Class, Honest, InputSummary, OutputScale, Pair, Report, Tried};
use statistics::{Attempted, Digests, Exposure, Halves};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// What to calibrate, and on what.
#[derive(Clone, Debug)]
pub struct Options {
    /// The worker's program, which computes on GPUs in processes of its own.
    pub program: PathBuf,
    /// The ONNX file.
    pub model: PathBuf,
    /// Input files.
    pub inputs: Vec<PathBuf>,
    /// A folder of input files.
    pub folder: Option<PathBuf>,
    /// How many inputs there shall be where fewer than two are given.
    pub samples: usize,
    /// Projection seeds per input.
    pub seeds: usize,
    /// Another checkpoint with the same interface.
    pub other: Option<PathBuf>,
    /// Which adapters; the processor is always there.
    pub device: DeviceSpec,
    /// Vulkan drivers' manifests, each of which is looked at by itself; if there are none, the environment's.
    pub drivers: Vec<PathBuf>,
    /// The floor of the output half, in place of the proposed one.
    pub output_scale: Option<f64>,
    /// How long each run may take, and each loading.
    pub time: Duration,
}

/// The model on the processor, and what all runs share.
struct Bench {
    bytes: Vec<u8>,
    graph: Graph,
    devices: Devices,
    seeds: Vec<H256>,
    time: Duration,
}

impl Bench {
    fn deadline(&self) -> Deadline {
        Deadline::after(self.time)
    }

    fn load(&self, bytes: &[u8]) -> Result<Model, Error> {
        Model::load(bytes, &self.devices, self.deadline())
    }

    /// Keeps the inputs whose honest result has a digest, and gives the root mean square of each of their outputs.
    fn screen(&self, model: &Model, inputs: Inputs, warnings: &mut Vec<String>) -> Result<(Vec<Input>, Vec<Vec<f64>>), Error> {
        let (mut kept, mut sizes) = (vec![], vec![]);
        for input in inputs.list {
            let run = model.run(&input.bytes, self.deadline()).map_err(|error| about(&input, inputs.origin, error))?;
            match run.digests(&self.seeds[..1], 1.0) {
                Ok(_) => {}
                Err(Error::ResultFault(fault)) => {
                    warnings.push(format!("{} is left out: its honest result has no digest: {fault}", input.name));
                    continue;
                }
                Err(error) => return Err(error),
            }
            let outputs = run.outputs.iter().map(|output| Ok(statistics::rms(&output.to_f32().map_err(device)?)));
            sizes.push(outputs.collect::<Result<Vec<f64>, Error>>()?);
            kept.push(input);
        }
        if kept.is_empty() {
            return Err(Error::InputInvalid("no input has an honest result with a digest; give others with --input".into()));
        }
        Ok((kept, sizes))
    }

    /// The digests of one honest way to compute, on the processor.
    fn digests(&self, model: &Model, inputs: &[Input], scale: f32) -> Result<Digests, Error> {
        inputs.iter().map(|input| model.run(&input.bytes, self.deadline())?.digests(&self.seeds, scale)).collect()
    }

    /// The digests of a cheat: none of an input where its result has none.
    fn cheat(&self, cheater: &Cheater, inputs: &[Input], scale: f32) -> Result<Attempted, Error> {
        let digests = |run: Run| run.digests(&self.seeds, scale);
        let run = |input: &Input| match cheater.run(&input.bytes, scale, self.deadline()).and_then(digests) {
            Ok(digests) => Ok(Some(digests)),
            Err(Error::ResultFault(_)) => Ok(None),
            Err(error) => Err(error),
        };
        inputs.iter().map(run).collect()
    }
}

/// An error of a run, with the input's name and, where it was made up, what to do.
fn about(input: &Input, origin: Origin, error: Error) -> Error {
    let advice = if matches!(origin, Origin::Natural) { "" } else { "; give natural inputs with --input or --inputs" };
    match error {
        Error::InputInvalid(text) => Error::InputInvalid(format!("{}: {text}{advice}", input.name)),
        other => other,
    }
}

/// What gave honest figures.
struct Measured {
    name: String,
    digests: Digests,
}

/// Calibrates. `progress` is told what begins, a line each time.
///
/// # Errors
/// What keeps the processor from computing the model on the inputs, or the other checkpoint from being one. A GPU's failure is a part of
/// the report.
pub fn calibrate(options: &Options, progress: &dyn Fn(&str)) -> Result<Report, Error> {
    let mut warnings = vec![];
    let bytes = io::read_file(&options.model, limits::MAX_MODEL_LEN)?;
    let graph = Graph::parse(&bytes)?;
    let inputs = inputs::gather(&graph, &options.inputs, options.folder.as_deref(), options.samples)?;
    let seeds = (0..options.seeds.max(1) as u64).map(|number| inputs::seed("projection", number)).collect();
    let bench = Bench { bytes, graph, devices: Devices::flex(), seeds, time: options.time };
    let origin = inputs.origin;

    progress("loading the model on the processor, and measuring outputs");
    let model = bench.load(&bench.bytes)?;
    let (inputs, sizes) = bench.screen(&model, inputs, &mut warnings)?;
    let fixed = options.output_scale.map_or_else(|| statistics::output_scale(&sizes), statistics::to_fixed);
    let scale = from_fixed(fixed);

    let (honest, measured, backends) = measure(options, &bench, &model, &inputs, fixed, progress, &mut warnings)?;
    let mut pairs = vec![];
    let mut all = vec![];
    for (number, one) in measured.iter().enumerate() {
        for other in &measured[number + 1..] {
            let distances = statistics::distances(&one.digests, &other.digests);
            all.extend(distances.iter().copied());
            pairs.push(Pair { one: one.name.clone(), other: other.name.clone(), spread: Halves::of(distances) });
        }
    }
    let spread = Halves::of(all);
    let tolerance = statistics::propose(&spread);

    let right: Vec<&Digests> = measured.iter().map(|measured| &measured.digests).collect();
    let mut tried = vec![];
    for cheat in Cheat::all(options.other.is_some()) {
        progress(&format!("cheating: {}", cheat.describe()));
        let result = attempt(&bench, cheat, options.other.as_deref(), &inputs, scale);
        let (exposure, skipped) = match result {
            Ok(Some(digests)) => (Some(Exposure::of(&digests, &right, tolerance)), None),
            Ok(None) => (None, Some("not a cheat here: all its numbers are exact in the narrower type".to_owned())),
            // Whoever names another file wants to know.
            Err(error) if cheat == Cheat::OtherCheckpoint => return Err(error),
            Err(error) => {
                warnings.push(format!("{} could not be tried: {error}", cheat.describe()));
                (None, Some(error.to_string()))
            }
        };
        tried.push(Tried { cheat, exposure, skipped });
    }

    let exposures = || tried.iter().filter_map(|tried| Some((tried.cheat.describe(), tried.exposure.as_ref()?)));
    let margin = statistics::margin(exposures().map(|(_, exposure)| exposure));
    let reasons = statistics::objections(tolerance, &spread, exposures());
    let class = if reasons.is_empty() { Class::Slashable } else { Class::PayOnly };
    if backends < 2 {
        warnings.insert(0, "ONE BACKEND ONLY: how far results of different devices stand apart is not measured here".into());
    }
    if matches!(origin, Origin::Synthetic | Origin::Varied) {
        warnings.push("inputs were made up; natural ones (--input, --inputs) tell more".into());
    }
    Ok(Report {
        model: BlobRef::of(&bench.bytes),
        inputs: InputSummary { origin, names: inputs.into_iter().map(|input| input.name).collect() },
        seeds: bench.seeds.len(),
        honest,
        backends,
        pairs,
        spread,
        cheats: tried,
        tolerance,
        output_scale: OutputScale { fixed, decimal: f64::from(fixed) / 65_536.0 },
        margin,
        class,
        reasons,
        warnings,
    })
}

/// A cheat's digests; none if it changes nothing and so is no cheat.
fn attempt(bench: &Bench, cheat: Cheat, other: Option<&Path>, inputs: &[Input], scale: f32) -> Result<Option<Attempted>, Error> {
    let model = match other {
        Some(path) if cheat == Cheat::OtherCheckpoint => {
            let bytes = io::read_file(path, limits::MAX_MODEL_LEN)?;
            if bytes == bench.bytes {
                return Err(Error::ModelInvalid(format!("{} is the model itself, not another checkpoint", path.display())));
            }
            bench.load(&bytes)?
        }
        _ => bench.load(&bench.bytes)?,
    };
    let cheater = Cheater::new(cheat, model, &bench.devices)?;
    // Rounded computation may yet round something; the others have nothing to do.
    if !cheater.cheats() && cheat != Cheat::F16Compute {
        return Ok(None);
    }
    let digests = bench.cheat(&cheater, inputs, scale)?;
    Ok(cheater.cheats().then_some(digests))
}

/// As a report names it.
fn honest_of(device: &worker::Device, name: String) -> Honest {
    Honest { name, backend: device.backend.clone(), driver: device.driver.clone(), class: device.class, error: None }
}

/// Every honest way to compute, those that gave figures, and how many devices did.
fn measure(
    options: &Options,
    bench: &Bench,
    model: &Model,
    inputs: &[Input],
    output_scale: u32,
    progress: &dyn Fn(&str),
    warnings: &mut Vec<String>,
) -> Result<(Vec<Honest>, Vec<Measured>, usize), Error> {
    let scale = from_fixed(output_scale);
    let processor = Choice { adapter: None, reason: String::new() }.describe();
    let name = format!("flex: {}", processor.name);
    progress(&format!("computing on {name}"));
    let mut honest = vec![honest_of(&processor, name.clone())];
    let mut measured = vec![Measured { name, digests: bench.digests(model, inputs, scale)? }];

    let (graph, count) = summation::backwards(&bench.graph);
    if count > 0 {
        let name = "flex, summed backwards".to_owned();
        progress(&format!("computing on {name}"));
        let mut way = honest_of(&processor, name.clone());
        let backwards = Model::of(graph, &bench.devices, bench.deadline());
        match backwards.and_then(|model| bench.digests(&model, inputs, scale)) {
            Ok(digests) => measured.push(Measured { name, digests }),
            Err(error) => way.error = Some(error.to_string()),
        }
        honest.push(way);
    }

    let drivers = if options.drivers.is_empty() { honest::drivers_of_environment() } else { options.drivers.clone() };
    let (adapters, more) = honest::find(&options.program, &drivers, &options.device);
    warnings.extend(more);
    let mut backends = 1;
    if adapters.is_empty() {
        return Ok((honest, measured, backends));
    }
    let folder = tempfile::tempdir().map_err(|error| Error::io(&std::env::temp_dir(), error))?;
    let mut files = vec![];
    for (number, input) in inputs.iter().enumerate() {
        let path = folder.path().join(format!("input-{number}.safetensors"));
        std::fs::write(&path, &input.bytes).map_err(|error| Error::io(&path, error))?;
        files.push((BlobRef::of(&input.bytes), path));
    }
    let task = honest::Task {
        model: (BlobRef::of(&bench.bytes), options.model.as_path()),
        inputs: &files,
        folder: folder.path(),
        seeds: &bench.seeds,
        output_scale,
        time: options.time,
    };
    for backend in adapters {
        let adapter = &backend.adapter;
        let name = format!("{} ({})", adapter.name, adapter.id());
        progress(&format!("computing on {name}"));
        match task.measure(&options.program, &backend) {
            Ok((device, digests)) => {
                backends += 1;
                honest.push(honest_of(&device, name.clone()));
                measured.push(Measured { name, digests });
            }
            Err(error) => {
                warnings.push(format!("{name} has no figures: {error}"));
                let (driver, class) = (adapter.driver.clone(), adapter.class());
                honest.push(Honest { name, backend: "wgpu".into(), driver, class, error: Some(error.to_string()) });
            }
        }
    }
    Ok((honest, measured, backends))
}
