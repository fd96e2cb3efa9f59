//! safetensors files: written by hand, right and wrong, and read to compare outputs.

use serde_json::{json, Map, Value};
use std::collections::BTreeMap;

/// A tensor as it stands in a file: dtype as safetensors names it, shape, little-endian bytes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tensor {
    /// `F32`, `I32`, …
    pub dtype: String,
    /// The extents.
    pub shape: Vec<usize>,
    /// Row-major, little-endian.
    pub bytes: Vec<u8>,
}

impl Tensor {
    /// Of zeros, with elements of `width` bytes.
    pub fn zeros(dtype: &str, width: usize, shape: &[usize]) -> Self {
        Self { dtype: dtype.into(), shape: shape.to_vec(), bytes: vec![0; width * shape.iter().product::<usize>()] }
    }

    /// Of f32.
    pub fn f32(shape: &[usize], values: &[f32]) -> Self {
        Self { dtype: "F32".into(), shape: shape.to_vec(), bytes: values.iter().flat_map(|value| value.to_le_bytes()).collect() }
    }

    /// The elements of an F32 tensor.
    pub fn to_f32(&self) -> Vec<f32> {
        assert_eq!(self.dtype, "F32", "expected f32 elements");
        self.bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().expect("chunks of 4"))).collect()
    }
}

/// The file that holds these tensors.
pub fn write(tensors: &[(&str, Tensor)]) -> Vec<u8> {
    let mut header = Map::new();
    let mut data: Vec<u8> = Vec::new();
    for (name, tensor) in tensors {
        let start = data.len();
        data.extend(&tensor.bytes);
        header.insert((*name).into(), json!({"dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": [start, data.len()]}));
    }
    let header = Value::Object(header).to_string().into_bytes();
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header);
    file.extend(data);
    file
}

/// The tensors of a file by name, or what is wrong with it.
pub fn read(file: &[u8]) -> Result<BTreeMap<String, Tensor>, String> {
    let (len, rest) = file.split_first_chunk::<8>().ok_or("shorter than its length field")?;
    let len = u64::from_le_bytes(*len) as usize;
    let (header, data) = rest.split_at_checked(len).ok_or("the header is longer than the file")?;
    let header: Map<String, Value> = serde_json::from_slice(header).map_err(|error| format!("the header is no JSON: {error}"))?;
    header
        .into_iter()
        .filter(|(name, _)| name != "__metadata__")
        .map(|(name, entry)| {
            let tensor = read_entry(&entry, data).ok_or_else(|| format!("the entry of {name} is malformed: {entry}"))?;
            Ok((name, tensor))
        })
        .collect()
}

fn read_entry(entry: &Value, data: &[u8]) -> Option<Tensor> {
    let number = |value: &Value| value.as_u64().map(|value| value as usize);
    let offsets = entry["data_offsets"].as_array()?;
    let bytes = data.get(number(offsets.first()?)?..number(offsets.get(1)?)?)?.to_vec();
    let shape = entry["shape"].as_array()?.iter().map(number).collect::<Option<_>>()?;
    Some(Tensor { dtype: entry["dtype"].as_str()?.into(), shape, bytes })
}

/// The largest difference between two files of f32 tensors with the same names and shapes; an error says how they do not match.
pub fn max_difference(a: &[u8], b: &[u8]) -> Result<f32, String> {
    let (a, b) = (read(a)?, read(b)?);
    if a.keys().ne(b.keys()) {
        return Err(format!("names differ: {:?} and {:?}", a.keys(), b.keys()));
    }
    let mut max = 0f32;
    for ((name, a), b) in a.iter().zip(b.values()) {
        if a.shape != b.shape || a.dtype != b.dtype {
            return Err(format!("{name} is {} {:?} in one and {} {:?} in the other", a.dtype, a.shape, b.dtype, b.shape));
        }
        for (x, y) in a.to_f32().into_iter().zip(b.to_f32()) {
            if !(x - y).is_finite() {
                return Err(format!("{name} holds {x} and {y}"));
            }
            max = max.max((x - y).abs());
        }
    }
    Ok(max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_as_written() {
        let tensor = Tensor::f32(&[2, 2], &[1.0, -2.0, 3.5, 0.0]);
        let file = write(&[("x", tensor.clone()), ("y", Tensor::zeros("I64", 8, &[3]))]);
        let read = read(&file).unwrap();
        assert_eq!(read["x"], tensor);
        assert_eq!(read["y"].bytes, [0; 24]);
        assert!(super::read(&file[..file.len() - 1]).is_err());
        assert!(super::read(b"short").is_err());
    }

    #[test]
    fn differences_are_found() {
        let file = |values: &[f32]| write(&[("x", Tensor::f32(&[values.len()], values))]);
        assert_eq!(max_difference(&file(&[1.0, 2.0]), &file(&[1.0, 2.5])), Ok(0.5));
        assert!(max_difference(&file(&[1.0]), &file(&[f32::NAN])).is_err());
        assert!(max_difference(&file(&[1.0]), &file(&[1.0, 2.0])).is_err());
    }
}
