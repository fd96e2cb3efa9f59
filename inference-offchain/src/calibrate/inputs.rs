//! The inputs that a model is calibrated on: those given, else what follows from one of them, else what the graph's declarations allow.
//!
//! Natural inputs are better than made-up ones: made-up ones may lead a model where nobody's data would, and honest results may stand
//! farther apart there, or cheats nearer. So the report says which they were.

use super::random::Random;
use crate::{
    error::Error,
    graph::{Graph, Port},
    io, limits,
    tensor::{Elem, Kind},
};
use hearth_primitives::{H256, blake2_256, capability};
use safetensors::{Dtype, SafeTensorError, SafeTensors, tensor::TensorView};
use serde::Serialize;
use std::{
    ops::Range,
    path::{Path, PathBuf},
};

/// What an open dimension becomes in a made-up input, but for the first, which is taken for the batch and becomes one.
const OPEN: usize = 32;

/// Made-up integers are below this: few tables are smaller.
const INTEGERS: u64 = 128;

/// Where the inputs come from.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// They were given.
    Natural,
    /// One was given; the others have its elements in other places.
    Varied,
    /// A benchmark's, made from seeds as the chain makes them.
    Challenge,
    /// Made up from the declared shapes and dtypes.
    Synthetic,
}

impl Origin {
    /// As people read it.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Natural => "natural",
            Self::Varied => "one natural, the others with its elements in other places",
            Self::Challenge => "as the chain makes them for capability challenges",
            Self::Synthetic => "SYNTHETIC, made up from the declared shapes",
        }
    }
}

/// One input.
#[derive(Clone, Debug)]
pub struct Input {
    /// For people: its path, or how it was made.
    pub name: String,
    /// A safetensors file with a tensor per input of the graph.
    pub bytes: Vec<u8>,
}

/// The inputs.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// Where they come from.
    pub origin: Origin,
    /// At least one.
    pub list: Vec<Input>,
}

/// The inputs in `files` and `folder`. Two or more of them are taken as they are; fewer are made `samples` in all.
///
/// # Errors
/// A file that cannot be read, or [`Error::InputInvalid`] where none is given and the graph does not say enough to make one up.
pub fn gather(graph: &Graph, files: &[PathBuf], folder: Option<&Path>, samples: usize) -> Result<Inputs, Error> {
    let mut paths = files.to_vec();
    if let Some(folder) = folder {
        paths.extend(in_folder(folder)?);
    }
    let mut list = vec![];
    for path in paths {
        list.push(Input { name: path.display().to_string(), bytes: io::read_file(&path, limits::MAX_INPUT_LEN)? });
    }
    let samples = samples.max(1);
    if list.len() > 1 || (list.len() == 1 && samples == 1) {
        return Ok(Inputs { origin: Origin::Natural, list });
    }
    if let Some(first) = list.first() {
        let varied = make("variation", 1..samples, |number| vary(&first.bytes, &mut Random::new(number)))?;
        list.extend(varied);
        return Ok(Inputs { origin: Origin::Varied, list });
    }
    if let Some(elements) = challenged(graph) {
        let list = make("challenge", 0..samples, |number| Ok(capability::input(seed("challenge", number), elements)))?;
        return Ok(Inputs { origin: Origin::Challenge, list });
    }
    let list = make("synthetic", 0..samples, |number| synthetic(graph, &mut Random::new(number)))?;
    Ok(Inputs { origin: Origin::Synthetic, list })
}

/// Inputs made from their numbers.
fn make(name: &str, numbers: Range<usize>, by: impl Fn(u64) -> Result<Vec<u8>, Error>) -> Result<Vec<Input>, Error> {
    numbers.map(|number| Ok(Input { name: format!("{name} {number}"), bytes: by(number as u64)? })).collect()
}

/// A seed that depends on a purpose and a number alone.
pub fn seed(purpose: &str, number: u64) -> H256 {
    blake2_256(format!("hearth/calibrate/{purpose}/{number}").as_bytes())
}

/// The safetensors files of a folder in order of their names, without those that hold expected results.
fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut paths = vec![];
    for entry in std::fs::read_dir(folder).map_err(|error| Error::io(folder, error))? {
        let path = entry.map_err(|error| Error::io(folder, error))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.ends_with(".safetensors") && !name.ends_with(".expected.safetensors") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(Error::InputInvalid(format!("{} holds no .safetensors file", folder.display())));
    }
    paths.sort();
    Ok(paths)
}

/// How many values the chain makes for this graph, if it has the interface of a benchmark.
fn challenged(graph: &Graph) -> Option<u32> {
    let [port] = graph.inputs.as_slice() else { return None };
    let [Some(elements)] = *port.dims.as_deref()? else { return None };
    let elements = u32::try_from(elements).ok().filter(|elements| (1..=capability::MAX_ELEMENTS).contains(elements))?;
    (port.name == capability::INPUT && port.elem == Some(Elem::F32)).then_some(elements)
}

/// A tensor in the making.
struct Tensor {
    name: String,
    dtype: Dtype,
    dims: Vec<usize>,
    data: Vec<u8>,
}

fn file(tensors: &[Tensor]) -> Result<Vec<u8>, Error> {
    let views = tensors.iter().map(|t| Ok((t.name.as_str(), TensorView::new(t.dtype, t.dims.clone(), &t.data)?)));
    let views: Result<Vec<_>, SafeTensorError> = views.collect();
    let bytes = views.and_then(|views| safetensors::serialize(views, None));
    bytes.map_err(|error| Error::InputInvalid(format!("an input cannot be made: {error}")))
}

/// The same tensors, each with its own elements drawn anew: whatever is an index, a token or a mask stays one.
fn vary(bytes: &[u8], random: &mut Random) -> Result<Vec<u8>, Error> {
    let unread = |error: SafeTensorError| Error::InputInvalid(format!("it is not a safetensors file: {error}"));
    let source = SafeTensors::deserialize(bytes).map_err(unread)?;
    let mut names = source.names();
    names.sort_unstable();
    let mut tensors = vec![];
    for name in names {
        let tensor = source.tensor(name).map_err(unread)?;
        let size = (tensor.dtype().bitsize() / 8).max(1);
        let count = tensor.data().len() / size;
        let mut data = Vec::with_capacity(tensor.data().len());
        for _ in 0..count {
            let at = random.below(count as u64) as usize * size;
            data.extend_from_slice(&tensor.data()[at..at + size]);
        }
        tensors.push(Tensor { name: name.to_owned(), dtype: tensor.dtype(), dims: tensor.shape().to_vec(), data });
    }
    file(&tensors)
}

/// An input made up from the declarations: floats in [-1, 1), small integers, and where a name says what it is, masks of ones and types of
/// zeros.
fn synthetic(graph: &Graph, random: &mut Random) -> Result<Vec<u8>, Error> {
    let tensors: Result<Vec<Tensor>, Error> = graph.inputs.iter().map(|port| made_up(port, random)).collect();
    file(&tensors?)
}

fn made_up(port: &Port, random: &mut Random) -> Result<Tensor, Error> {
    let unsaid = || Error::InputInvalid(format!("{} says too little to make it up; give one with --input", io::describe(port)));
    let (elem, dims) = (port.elem.ok_or_else(unsaid)?, port.dims.as_ref().ok_or_else(unsaid)?);
    let dims: Vec<usize> = dims.iter().enumerate().map(|(axis, dim)| dim.unwrap_or(if axis == 0 { 1 } else { OPEN })).collect();
    let count = limits::elements(&dims).map_err(|error| Error::LimitExceeded(format!("input {:?}: {error}", port.name)))?;
    let name = port.name.to_lowercase();
    let (mask, zero) = (name.contains("mask"), name.contains("type") || name.contains("segment"));
    let mut integer = |end: u64| match (mask, zero) {
        (true, _) => 1,
        (_, true) => 0,
        _ => random.below(end),
    };
    let (dtype, data) = match elem.kind() {
        // Every float is read as f32.
        Kind::Float => (Dtype::F32, (0..count).flat_map(|_| ((2.0 * random.unit() - 1.0) as f32).to_le_bytes()).collect()),
        Kind::Int => (io::dtype_of(elem), (0..count).flat_map(|_| integer(INTEGERS).to_le_bytes().into_iter().take(elem.size())).collect()),
        Kind::Bool => (Dtype::BOOL, (0..count).map(|_| integer(2) as u8).collect()),
    };
    Ok(Tensor { name: port.name.clone(), dtype, dims, data })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{graph::build::ModelBuilder, tensor::Devices};

    fn graph(model: ModelBuilder) -> Graph {
        Graph::parse(&model.bytes()).unwrap()
    }

    /// A float image, token ids and their mask.
    fn mixed() -> Graph {
        let model = ModelBuilder::new(17).input("x", 1, &[None, Some(3), None]).input("ids", 7, &[Some(2), Some(5)]);
        graph(model.input("attention_mask", 9, &[Some(4)]).output("y", 1, 3).node("Identity", &["x"], &["y"]))
    }

    #[test]
    fn synthetic_inputs_fit_and_follow_from_their_number() {
        let graph = mixed();
        let inputs = gather(&graph, &[], None, 3).unwrap();
        assert_eq!((inputs.origin, inputs.list.len()), (Origin::Synthetic, 3));
        let again = gather(&graph, &[], None, 3).unwrap();
        assert!(inputs.list.iter().zip(&again.list).all(|(one, other)| one.bytes == other.bytes));
        assert_ne!(inputs.list[0].bytes, inputs.list[1].bytes);
        let values = io::read(&inputs.list[0].bytes, &graph, &Devices::flex()).unwrap();
        assert_eq!(values[0].dims(), [1, 3, OPEN]);
        assert!(values[0].to_floats().unwrap().iter().all(|value| (-1.0..1.0).contains(value)));
        assert!(values[1].to_ints().unwrap().iter().all(|value| (0..INTEGERS as i64).contains(value)));
        assert_eq!(values[2].to_bools().unwrap(), [true; 4]);
    }

    #[test]
    fn gather_takes_many_as_they_are_and_varies_one() {
        let graph = mixed();
        let folder = tempfile::tempdir().unwrap();
        let made = gather(&graph, &[], None, 2).unwrap();
        let paths: Vec<PathBuf> = ["a.input.safetensors", "b.safetensors"].iter().map(|name| folder.path().join(name)).collect();
        for (path, input) in paths.iter().zip(&made.list) {
            std::fs::write(path, &input.bytes).unwrap();
        }
        std::fs::write(folder.path().join("a.expected.safetensors"), b"not read").unwrap();
        std::fs::write(folder.path().join("notes.txt"), b"not read").unwrap();
        let natural = gather(&graph, &[], Some(folder.path()), 16).unwrap();
        assert_eq!((natural.origin, natural.list.len()), (Origin::Natural, 2));
        assert_eq!(natural.list[0].bytes, made.list[0].bytes);
        let varied = gather(&graph, &paths[..1], None, 4).unwrap();
        assert_eq!((varied.origin, varied.list.len()), (Origin::Varied, 4));
        let values = |input: &Input| io::read(&input.bytes, &graph, &Devices::flex()).unwrap();
        let (first, second) = (values(&varied.list[0]), values(&varied.list[1]));
        assert_ne!(varied.list[0].bytes, varied.list[1].bytes);
        assert_eq!(first[1].dims(), second[1].dims());
        let known = first[1].to_ints().unwrap();
        assert!(second[1].to_ints().unwrap().iter().all(|id| known.contains(id)));
        assert_eq!(gather(&graph, &paths[..1], None, 1).unwrap().origin, Origin::Natural);
        assert!(matches!(gather(&graph, &[], Some(&folder.path().join("gone")), 1), Err(Error::Io { .. })));
    }

    #[test]
    fn benchmarks_get_the_inputs_of_challenges() {
        let graph = Graph::parse(&capability::genesis_model()).unwrap();
        let inputs = gather(&graph, &[], None, 2).unwrap();
        assert_eq!(inputs.origin, Origin::Challenge);
        assert_eq!(inputs.list[1].bytes, capability::input(seed("challenge", 1), capability::GENESIS_BENCHMARK.elements));
    }

    #[test]
    fn what_is_not_declared_is_not_made_up() {
        let model = ModelBuilder::new(17).input("x", 1, &[Some(1)]).output("y", 1, 1).node("Identity", &["x"], &["y"]);
        let graph = graph(model.edit(|graph| graph.input[0].type_.mut_or_insert_default().mut_tensor_type().shape = Default::default()));
        let error = gather(&graph, &[], None, 1).unwrap_err();
        assert!(error.to_string().contains("--input"), "{error}");
    }
}
