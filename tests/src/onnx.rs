//! ONNX files for tests.

pub use hearth_primitives::onnx::Graph;

use std::ops::Range;

/// The tag of a model's `doc_string` in the published `onnx.proto3`: field 6, bytes.
const DOC_STRING: u8 = 6 << 3 | 2;

/// Fields of the published `onnx.proto3`: of the model, the graph, a node, an attribute and a tensor; and the number of f32.
const GRAPH: u64 = 7;
const NODE: u64 = 1;
const INITIALISER: u64 = 5;
const ATTRIBUTE: u64 = 5;
const TENSOR: u64 = 5;
const DATA_TYPE: u64 = 2;
const FLOAT_DATA: u64 = 4;
const RAW_DATA: u64 = 9;
const FLOAT: u64 = 1;

/// A model with other bytes and the same meaning: `doc_string` of the file becomes `text`. It gets an id of its own on chain.
pub fn relabel(file: &[u8], text: &str) -> Vec<u8> {
    assert!(text.len() < 128, "a length of one byte");
    [file, &[DOC_STRING, text.len() as u8], text.as_bytes()].concat()
}

/// A field of a protobuf message: its number, and where its bytes are, or its value.
enum Field {
    Bytes(u64, Range<usize>),
    Number(u64, u64),
    /// Of a fixed width.
    Other,
}

/// The number at `at`, which moves behind it.
fn varint(file: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = *file.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// The fields of the message that lies in `within`; up to the first that is malformed.
fn fields(file: &[u8], within: Range<usize>) -> Vec<Field> {
    let mut at = within.start;
    let next = || {
        let tag = varint(file, &mut at).filter(|_| at <= within.end)?;
        let (field, len) = match tag & 7 {
            0 => (Field::Number(tag >> 3, varint(file, &mut at)?), 0),
            1 => (Field::Other, 8),
            2 => {
                let len = varint(file, &mut at)? as usize;
                (Field::Bytes(tag >> 3, at..at.checked_add(len)?), len)
            }
            5 => (Field::Other, 4),
            _ => return None,
        };
        at = at.checked_add(len).filter(|end| *end <= within.end)?;
        Some(field)
    };
    std::iter::from_fn(next).collect()
}

/// Where the fields with this number lie that are messages or bytes.
fn parts(file: &[u8], within: &Range<usize>, number: u64) -> Vec<Range<usize>> {
    let part = |field: Field| match field {
        Field::Bytes(found, range) if found == number => Some(range),
        _ => None,
    };
    fields(file, within.clone()).into_iter().filter_map(part).collect()
}

/// A model of the same length whose float weights are rounded to int8, each tensor by its own largest.
pub fn quantise(file: &[u8]) -> Vec<u8> {
    let mut quantised = file.to_vec();
    for graph in parts(file, &(0..file.len()), GRAPH) {
        let constants = parts(file, &graph, NODE).into_iter().flat_map(|node| parts(file, &node, ATTRIBUTE));
        let constants = constants.flat_map(|attribute| parts(file, &attribute, TENSOR));
        for tensor in parts(file, &graph, INITIALISER).into_iter().chain(constants) {
            let is_float = fields(file, tensor.clone()).iter().any(|field| matches!(field, Field::Number(DATA_TYPE, FLOAT)));
            let data = [RAW_DATA, FLOAT_DATA].into_iter().flat_map(|number| parts(file, &tensor, number));
            data.filter(|_| is_float).for_each(|range| round(&mut quantised[range]));
        }
    }
    quantised
}

/// Rounds f32 to the 255 multiples of a 127th of the largest of them.
fn round(data: &mut [u8]) {
    let step = data.chunks_exact(4).map(|bytes| value(bytes).abs()).fold(0.0, f32::max) / 127.0;
    if step > 0.0 && step.is_finite() {
        for bytes in data.chunks_exact_mut(4) {
            let rounded = (value(bytes) / step).round() * step;
            bytes.copy_from_slice(&rounded.to_le_bytes());
        }
    }
}

fn value(bytes: &[u8]) -> f32 {
    f32::from_le_bytes(bytes.try_into().expect("a float has four bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relabelled_files_differ_at_the_end_alone() {
        let file = Graph::default().input("x", &[2]).node("Relu", &["x"], &["y"]).output("y", &[2]).file();
        let other = relabel(&file, "other");
        assert_eq!(other[..file.len()], file);
        assert_eq!(other[file.len()..], [0x32, 5, b'o', b't', b'h', b'e', b'r']);
    }

    #[test]
    fn quantised_files_differ_in_their_float_weights_alone() {
        let weights = [1.0, -0.501, 0.25, 0.0];
        let file = |values: &[f32]| {
            let graph = Graph::default().input("x", &[4]).floats("w", &[4], values).integers("shape", &[2, 2]);
            graph.node("Add", &["x", "w"], &["y"]).output("y", &[4]).file()
        };
        let rounded = weights.map(|value: f32| (value * 127.0).round() / 127.0);
        let quantised = quantise(&file(&weights));
        assert_eq!(quantised.len(), file(&weights).len());
        assert_ne!(quantised, file(&weights));
        let first = [1f32.to_le_bytes(), (-0.501f32).to_le_bytes()].concat();
        let start = file(&weights).windows(8).position(|bytes| bytes == first).expect("the weights stand in the file");
        for (found, expected) in quantised[start..start + 16].chunks_exact(4).zip(rounded) {
            let found = value(found);
            assert!((found - expected).abs() < 1e-6, "{found} and {expected}");
        }
        let mut rest = file(&weights);
        rest[start..start + 16].copy_from_slice(&quantised[start..start + 16]);
        assert_eq!(rest, quantised);
        assert_eq!(quantise(b"no model at all"), b"no model at all");
    }
}
