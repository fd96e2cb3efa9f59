//! Capability challenges: what they ask for, the input that the chain and every node make from a seed, and the model of a new chain.
//!
//! Nothing is transferred for a challenge, and nothing can be prepared. A benchmark model has one input, a vector of f32 named [`INPUT`],
//! and whoever knows the round's seed knows its values: BLAKE3's extendable output, keyed by the seed, four bytes for each value.

use crate::{blob::BlobRef, ModelId, H256};
use alloc::{format, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The name of a benchmark model's input.
pub const INPUT: &str = "input";

/// The most values of an input: the chain makes one for each group.
pub const MAX_ELEMENTS: u32 = 4_096;

/// Separates inputs from every other use of the keyed stream.
const INPUT_DOMAIN: &[u8] = b"hearth/capability/input";

/// What a capability challenge asks for.
#[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Deserialize, Encode, Eq, MaxEncodedLen, PartialEq, Serialize, TypeInfo)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Benchmark {
    /// The model, registered as any other.
    pub model: ModelId,
    /// Values of its input, at most [`MAX_ELEMENTS`].
    pub elements: u32,
    /// Units of work in one run: multiply-adds.
    pub work: u64,
}

/// The input under `seed`, as a safetensors file with one tensor: `elements` values of f32, each of a random sign and a magnitude in [1, 2).
///
/// Sign and mantissa are taken from the stream as they come, so no floating-point arithmetic is done on chain.
pub fn input(seed: H256, elements: u32) -> Vec<u8> {
    let elements = elements.min(MAX_ELEMENTS);
    let len = 4 * elements as usize;
    let header = format!(r#"{{"{INPUT}":{{"dtype":"F32","shape":[{elements}],"data_offsets":[0,{len}]}}}}"#);
    let begin = 8 + header.len().next_multiple_of(8);
    let mut file = Vec::with_capacity(begin + len);
    file.extend(((begin - 8) as u64).to_le_bytes());
    file.extend(header.bytes());
    file.resize(begin, b' ');
    file.resize(begin + len, 0);
    blake3::Hasher::new_keyed(&seed.0).update(INPUT_DOMAIN).finalize_xof().fill(&mut file[begin..]);
    for value in file[begin..].chunks_exact_mut(4) {
        // Little-endian: sign and exponent stand in the last two bytes.
        value[2] |= 0x80;
        value[3] = value[3] & 0x80 | 0x3f;
    }
    file
}

/// The model that a new chain asks for, until its holders name another: see [`genesis_model`].
pub const GENESIS_MODEL: BlobRef = BlobRef {
    id: H256([
        0xcc, 0x00, 0xdf, 0x8e, 0x01, 0xc7, 0xe5, 0x2c, 0xaf, 0x72, 0x87, 0x06, 0x1c, 0x29, 0x97, 0x7b, 0xaf, 0x34, 0x20, 0xa3, 0xb5, 0xc7,
        0x14, 0x1d, 0x6d, 0xad, 0xbf, 0x44, 0x80, 0x0b, 0x21, 0xe5,
    ]),
    len: 263_571,
};

/// The benchmark of a new chain.
pub const GENESIS_BENCHMARK: Benchmark =
    Benchmark { model: GENESIS_MODEL.id, elements: WIDTH as u32, work: LAYERS * WIDTH * WIDTH * WIDTH };

/// Rows and columns of the genesis model's matrices.
const WIDTH: u64 = 256;

/// Products of matrices in it.
const LAYERS: u64 = 8;

/// The genesis model's ONNX file. With the input u of 256 values and a fixed matrix S of random signs:
///
/// X₀ = relu(u·uᵀ + S), Xₖ₊₁ = relu(S·Xₖ / √128) for eight steps, and the output, [256, 1], is X₈·u.
///
/// The sum in X₀ makes it a matrix of full rank, so that no product can be had cheaper than by multiplying; the factor keeps the mean square
/// of the values (He et al. 2015, "Delving Deep into Rectifiers"); a rectifier is exact on any device.
#[cfg(feature = "std")]
pub fn genesis_model() -> Vec<u8> {
    use crate::onnx::Graph;

    let width = WIDTH as i64;
    let mut graph = Graph::default()
        .input(INPUT, &[WIDTH])
        .output("output", &[WIDTH, 1])
        .floats("signs", &[WIDTH, WIDTH], &genesis_signs())
        .floats("gain", &[], &[128f32.sqrt().recip()])
        .integers("column_shape", &[width, 1])
        .integers("row_shape", &[1, width])
        .node("Reshape", &[INPUT, "column_shape"], &["column"])
        .node("Reshape", &[INPUT, "row_shape"], &["row"])
        .node("MatMul", &["column", "row"], &["outer"])
        .node("Add", &["outer", "signs"], &["sum"])
        .node("Relu", &["sum"], &["x0"]);
    for layer in 0..LAYERS {
        let (x, product, scaled, next) =
            (format!("x{layer}"), format!("product{layer}"), format!("scaled{layer}"), format!("x{}", layer + 1));
        graph = graph.node("MatMul", &["signs", &x], &[&product]).node("Mul", &[&product, "gain"], &[&scaled]).node(
            "Relu",
            &[&scaled],
            &[&next],
        );
    }
    graph.node("MatMul", &[&format!("x{LAYERS}"), "column"], &["output"]).file()
}

/// The matrix S of the genesis model, row by row: plus one where a byte of BLAKE3's output is even, minus one where it is odd.
#[cfg(feature = "std")]
pub fn genesis_signs() -> Vec<f32> {
    let mut random = [0u8; (WIDTH * WIDTH) as usize];
    blake3::Hasher::new().update(b"hearth/capability/signs").finalize_xof().fill(&mut random);
    random.iter().map(|byte| if byte & 1 == 0 { 1.0 } else { -1.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(file: &[u8]) -> Vec<f32> {
        let begin = 8 + u64::from_le_bytes(file[..8].try_into().unwrap()) as usize;
        file[begin..].chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
    }

    #[test]
    fn genesis_model_is_what_the_constant_names() {
        assert_eq!(BlobRef::of(&genesis_model()), GENESIS_MODEL);
    }

    #[test]
    fn input_is_known() {
        let file = input(H256([7; 32]), 2);
        let header = br#"{"input":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}      "#;
        assert_eq!(file[..8], [64, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(file[8..72], header[..]);
        assert_eq!(values(&file), [-1.617_131_2, 1.559_336]);
    }

    #[test]
    fn input_is_bounded() {
        assert_eq!(input(H256::zero(), u32::MAX), input(H256::zero(), MAX_ELEMENTS));
    }

    proptest! {
        #[test]
        fn input_has_its_values_between_one_and_two_and_of_either_sign(seed in any::<[u8; 32]>(), elements in 64u32..600) {
            let values = values(&input(H256(seed), elements));
            prop_assert_eq!(values.len(), elements as usize);
            prop_assert!(values.iter().all(|value| (1.0..2.0).contains(&value.abs())));
            prop_assert!(values.iter().any(|value| *value > 0.0) && values.iter().any(|value| *value < 0.0));
        }

        #[test]
        fn input_depends_on_the_seed(one in any::<[u8; 32]>(), other in any::<[u8; 32]>()) {
            prop_assume!(one != other);
            prop_assert_ne!(input(H256(one), 16), input(H256(other), 16));
        }
    }
}
