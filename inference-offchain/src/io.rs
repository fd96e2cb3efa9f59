//! Tensors in and out: safetensors, one tensor per input of the graph, one per output.

use crate::{
    engine::device,
    error::{Error, cut},
    graph::{Graph, Port, constant},
    limits,
    tensor::{Devices, Elem, Kind, Value},
};
use hearth_primitives::{blake2_256, blob::BlobRef};
use safetensors::{Dtype, SafeTensors, View, tensor::TensorView};
use std::{borrow::Cow, io::Write, path::Path};

/// How much of a name, in bytes, and of a list an error shows: a file may hold megabytes of either.
const SHOWN: usize = 64;

/// A name from a file, as an error shows it.
fn brief(name: &str) -> String {
    // Cut before it is copied and escaped, with one character to spare for `cut` to see.
    let end = name.floor_char_boundary(SHOWN + 4);
    format!("{:?}", cut(name[..end].to_owned(), SHOWN))
}

/// The dtype of a safetensors tensor, if the engine has it.
fn elem_of(dtype: Dtype) -> Option<Elem> {
    Some(match dtype {
        Dtype::BOOL => Elem::Bool,
        Dtype::U8 => Elem::U8,
        Dtype::I8 => Elem::I8,
        Dtype::U16 => Elem::U16,
        Dtype::I16 => Elem::I16,
        Dtype::U32 => Elem::U32,
        Dtype::I32 => Elem::I32,
        Dtype::U64 => Elem::U64,
        Dtype::I64 => Elem::I64,
        Dtype::F16 => Elem::F16,
        Dtype::BF16 => Elem::BF16,
        Dtype::F32 => Elem::F32,
        Dtype::F64 => Elem::F64,
        _ => return None,
    })
}

/// The dtype of a safetensors tensor of these elements.
pub fn dtype_of(elem: Elem) -> Dtype {
    match elem {
        Elem::Bool => Dtype::BOOL,
        Elem::U8 => Dtype::U8,
        Elem::I8 => Dtype::I8,
        Elem::U16 => Dtype::U16,
        Elem::I16 => Dtype::I16,
        Elem::U32 => Dtype::U32,
        Elem::I32 => Dtype::I32,
        Elem::U64 => Dtype::U64,
        Elem::I64 => Dtype::I64,
        Elem::F16 => Dtype::F16,
        Elem::BF16 => Dtype::BF16,
        Elem::F32 => Dtype::F32,
        Elem::F64 => Dtype::F64,
    }
}

/// A port as people read it: `ids: int64[1, ?]`.
pub fn describe(port: &Port) -> String {
    let elem = port.elem.map_or("?", Elem::name);
    let dims = port.dims.as_ref().map(|dims| dims.iter().map(|d| d.map_or("?".into(), |d| d.to_string())).collect::<Vec<_>>().join(", "));
    format!("{}: {elem}[{}]", port.name, dims.unwrap_or_else(|| "…".into()))
}

/// Reads the graph's inputs from a file. Names, dtypes and fixed dimensions must be the graph's.
pub fn read(bytes: &[u8], graph: &Graph, devices: &Devices) -> Result<Vec<Value>, Error> {
    if bytes.len() as u64 > limits::MAX_INPUT_LEN {
        return Err(Error::LimitExceeded(format!("the input has {} bytes; the most is {}", bytes.len(), limits::MAX_INPUT_LEN)));
    }
    let file = SafeTensors::deserialize(bytes).map_err(|error| Error::InputInvalid(format!("it is not a safetensors file: {error}")))?;
    let expected = || graph.inputs.iter().map(describe).collect::<Vec<_>>().join(", ");
    let mut names = file.names();
    names.sort_unstable();
    if let Some(extra) = names.iter().find(|name| !graph.inputs.iter().any(|port| port.name == **name)) {
        return Err(Error::InputInvalid(format!("the model has no input {}; it expects {}", brief(extra), expected())));
    }
    let mut values = Vec::with_capacity(graph.inputs.len());
    let mut total = 0usize;
    for port in &graph.inputs {
        let tensor = file.tensor(&port.name);
        let tensor = tensor.map_err(|_| {
            let found = names.iter().take(SHOWN).map(|name| brief(name)).collect::<Vec<_>>().join(", ");
            Error::InputInvalid(format!("{:?} is missing; found [{found}], expected {}", port.name, expected()))
        })?;
        let wrong = || {
            let shape = &tensor.shape()[..tensor.shape().len().min(SHOWN)];
            Error::InputInvalid(format!("found {}: {:?}{shape:?}, expected {}", port.name, tensor.dtype(), describe(port)))
        };
        let elem = elem_of(tensor.dtype()).ok_or_else(wrong)?;
        // Every float is computed in f32, so f32 is as good as the width that the graph declares.
        let declared = port.elem.ok_or_else(wrong)?;
        if elem != declared && !(elem == Elem::F32 && declared.kind() == Kind::Float) {
            return Err(wrong());
        }
        let dims = tensor.shape();
        let fits = |fixed: &Vec<Option<usize>>| {
            fixed.len() == dims.len() && fixed.iter().zip(dims).all(|(fixed, dim)| fixed.is_none_or(|fixed| fixed == *dim))
        };
        if !port.dims.as_ref().is_none_or(fits) {
            return Err(wrong());
        }
        let limit = |error: crate::error::OpError| Error::LimitExceeded(format!("input {:?}: {error}", port.name));
        total = total.saturating_add(devices.check(devices.floats(), dims).map_err(limit)?);
        if total > limits::MAX_LIVE_ELEMENTS {
            return Err(Error::LimitExceeded("the inputs are more than the engine holds".into()));
        }
        values.push(value(&tensor, elem, devices)?);
    }
    Ok(values)
}

fn value(tensor: &TensorView, elem: Elem, devices: &Devices) -> Result<Value, Error> {
    let dims = tensor.shape().to_vec();
    let made = match elem.kind() {
        Kind::Float => constant::floats_from_le(tensor.data(), elem).and_then(|data| Value::floats(data, dims, devices.floats(), devices)),
        Kind::Int => constant::ints_from_le(tensor.data(), elem).and_then(|data| Value::ints(data, dims, elem, devices)),
        Kind::Bool => Value::bools(tensor.data().iter().map(|byte| *byte != 0).collect(), dims, devices),
    };
    made.map_err(device)
}

/// A tensor on its way into a file.
struct Tensor {
    dtype: Dtype,
    dims: Vec<usize>,
    data: Vec<u8>,
}

impl View for &Tensor {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.dims
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.data)
    }

    fn data_len(&self) -> usize {
        self.data.len()
    }
}

/// The outputs as a file: floats as `f32`, integers in their own width, bools. Refuses one longer than `max_len` before it is made.
pub fn write(graph: &Graph, outputs: &[Value], max_len: u64) -> Result<Vec<u8>, Error> {
    let too_long = |len: u64| Error::LimitExceeded(format!("the outputs take {len} bytes; the model's limit is {max_len}"));
    let least: u64 =
        outputs.iter().map(|value| value.count() as u64 * if value.kind() == Kind::Float { 4 } else { value.elem().size() as u64 }).sum();
    if least > max_len {
        return Err(too_long(least));
    }
    let tensors = outputs.iter().map(encode).collect::<Result<Vec<_>, _>>()?;
    let named = graph.outputs.iter().map(|port| port.name.as_str()).zip(&tensors);
    let bytes =
        safetensors::serialize(named, None).map_err(|error| Error::ModelInvalid(format!("its outputs do not fit safetensors: {error}")))?;
    if bytes.len() as u64 > max_len { Err(too_long(bytes.len() as u64)) } else { Ok(bytes) }
}

fn encode(value: &Value) -> Result<Tensor, Error> {
    let dims = value.dims().to_vec();
    let (dtype, data) = match value.kind() {
        Kind::Float => (Dtype::F32, value.to_floats().map_err(device)?.into_iter().flat_map(f32::to_le_bytes).collect()),
        Kind::Bool => (Dtype::BOOL, value.to_bools().map_err(device)?.into_iter().map(u8::from).collect()),
        Kind::Int => {
            let dtype = dtype_of(value.elem());
            let size = value.elem().size();
            // Values are within their width, whose low bytes come first.
            (dtype, value.to_ints().map_err(device)?.into_iter().flat_map(|v| v.to_le_bytes().into_iter().take(size)).collect())
        }
    };
    Ok(Tensor { dtype, dims, data })
}

/// Reads a file of at most `max_len` bytes.
pub fn read_file(path: &Path, max_len: u64) -> Result<Vec<u8>, Error> {
    let len = std::fs::metadata(path).map_err(|error| Error::io(path, error))?.len();
    if len > max_len {
        return Err(Error::LimitExceeded(format!("{} has {len} bytes; the most is {max_len}", path.display())));
    }
    std::fs::read(path).map_err(|error| Error::io(path, error))
}

/// Reads a blob and checks that it is the one named.
pub fn read_blob(path: &Path, blob: &BlobRef, model: bool) -> Result<Vec<u8>, Error> {
    let mismatch = |what: String| Error::BlobMismatch { path: path.display().to_string(), what, model };
    let max_len = if model { limits::MAX_MODEL_LEN } else { limits::MAX_INPUT_LEN };
    if blob.len > max_len {
        return Err(Error::LimitExceeded(format!("{} bytes are named; the most is {max_len}", blob.len)));
    }
    let len = std::fs::metadata(path).map_err(|error| Error::io(path, error))?.len();
    if len != blob.len {
        return Err(mismatch(format!("{len} bytes instead of {}", blob.len)));
    }
    let bytes = std::fs::read(path).map_err(|error| Error::io(path, error))?;
    let id = blake2_256(&bytes);
    if id != blob.id { Err(mismatch(format!("hash {id:?} instead of {:?}", blob.id))) } else { Ok(bytes) }
}

/// Writes a new file that stands there whole or not at all.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let fail = |error| Error::io(path, error);
    if path.exists() {
        return Err(fail(std::io::Error::new(std::io::ErrorKind::AlreadyExists, "it exists already; name another")));
    }
    let mut name = path.file_name().map(std::ffi::OsStr::to_owned).unwrap_or_default();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = std::fs::File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let moved = written.and_then(|()| std::fs::rename(&part, path));
    if moved.is_err() {
        // The name of the part is ours; what is left of it is of no use.
        let _ = std::fs::remove_file(&part);
    }
    moved.map_err(fail)
}

#[cfg(test)]
mod tests;
