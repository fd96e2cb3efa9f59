//! From tensors to a digest: random ±1 projections with signs from a keyed stream.
//!
//! The stream is BLAKE3's extendable output, keyed by the draw's seed, one stream per half; element `i` of the concatenated tensors takes
//! the 16 bits at byte `2i` (little-endian), and bit `l` is the sign in component `l` (0 is plus). Sums run in f64 in element order.

use crate::{
    digest::{Digest, HALF_LEN},
    H256,
};

/// At most so many tensors inside a model enter its hidden half.
pub const MAX_HIDDEN_TENSORS: usize = 8;

/// Why a result has no digest. It is a fault of the result, not of the chain.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ResultFault {
    /// A projected tensor holds NaN or an infinity.
    #[error("a tensor holds NaN or an infinity")]
    NonFinite,
    /// A projected tensor has zero norm and no scale to divide by.
    #[error("a tensor has zero norm")]
    ZeroNorm,
    /// There is nothing to project, or a tensor without elements.
    #[error("a tensor has no elements")]
    Empty,
}

/// Projects the tensors inside the model and its outputs under `seed`.
///
/// `hidden`: up to [`MAX_HIDDEN_TENSORS`] tensors fixed by the graph, flattened in row-major order, each scaled to unit norm by itself.
/// A graph that has none (all integer, say) leaves the hidden half zero. `outputs`: all outputs in the graph's order, integers and bools
/// as f32, each divided by max(its rms, `output_scale`)·√n.
///
/// The formula is `d[l] = round(2^16 · Σ_k Σ_i sign·v_k[i] / √K)`, `v_k = h_k / (rms(h_k)·√n_k)`.
pub fn digest(seed: H256, hidden: &[&[f32]], outputs: &[&[f32]], output_scale: f32) -> Result<Digest, ResultFault> {
    if outputs.is_empty() {
        return Err(ResultFault::Empty);
    }
    Ok(Digest {
        hidden: half(seed, b"hearth/digest/hidden", hidden, 0.0)?,
        output: half(seed, b"hearth/digest/output", outputs, output_scale)?,
    })
}

fn half(seed: H256, domain: &[u8], tensors: &[&[f32]], floor: f32) -> Result<[i32; HALF_LEN], ResultFault> {
    let mut stream = SignStream::new(seed, domain);
    let mut total = [0f64; HALF_LEN];
    for tensor in tensors {
        let scale = scale(tensor, floor)?;
        for value in *tensor {
            let value = f64::from(*value) * scale;
            let signs = stream.next_signs();
            for (l, sum) in total.iter_mut().enumerate() {
                *sum += if signs >> l & 1 == 0 { value } else { -value };
            }
        }
    }
    let count = (tensors.len().max(1) as f64).sqrt();
    // A component is at most 2^16·√K·√n, which may pass i32 for huge tensors with one dominant sign: it then wraps, as comparisons do.
    Ok(total.map(|sum| (sum * 65_536.0 / count).round() as i64 as i32))
}

/// 1 / (max(rms, floor)·√n) of a tensor.
fn scale(tensor: &[f32], floor: f32) -> Result<f64, ResultFault> {
    if tensor.is_empty() {
        return Err(ResultFault::Empty);
    }
    let squares: f64 = tensor.iter().map(|v| f64::from(*v) * f64::from(*v)).sum();
    if !squares.is_finite() {
        return Err(ResultFault::NonFinite);
    }
    let count = tensor.len() as f64;
    let rms = (squares / count).sqrt().max(f64::from(floor));
    if rms == 0.0 {
        return Err(ResultFault::ZeroNorm);
    }
    Ok(1.0 / (rms * count.sqrt()))
}

/// Sixteen signs per element, drawn from a keyed stream.
struct SignStream {
    reader: blake3::OutputReader,
    buffer: [u8; 4096],
    at: usize,
}

impl SignStream {
    fn new(seed: H256, domain: &[u8]) -> Self {
        let reader = blake3::Hasher::new_keyed(&seed.0).update(domain).finalize_xof();
        Self { reader, buffer: [0; 4096], at: 4096 }
    }

    fn next_signs(&mut self) -> u16 {
        if self.at == self.buffer.len() {
            self.reader.fill(&mut self.buffer);
            self.at = 0;
        }
        let signs = u16::from_le_bytes([self.buffer[self.at], self.buffer[self.at + 1]]);
        self.at += 2;
        signs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SEED: H256 = H256([7; 32]);

    fn tensor(len: usize, salt: u64) -> Vec<f32> {
        // A fixed linear congruential sequence in [-1, 1).
        let mut state = salt.wrapping_mul(2) + 1;
        (0..len)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
            })
            .collect()
    }

    #[test]
    fn digest_is_a_function_of_seed_and_tensors() {
        let (a, b) = (tensor(5_000, 1), tensor(300, 2));
        let one = digest(SEED, &[&a, &b], &[&b], 0.0).unwrap();
        assert_eq!(one, digest(SEED, &[&a, &b], &[&b], 0.0).unwrap());
        assert_ne!(one, digest(H256([8; 32]), &[&a, &b], &[&b], 0.0).unwrap());
        // Components are near a standard normal in Q16.16, so they are never all tiny.
        assert!(one.hidden.iter().any(|c| c.unsigned_abs() > 20_000));
    }

    #[test]
    fn digest_ignores_the_scale_of_a_hidden_tensor() {
        let a = tensor(4_000, 3);
        let big: Vec<f32> = a.iter().map(|v| v * 1024.0).collect();
        let small = digest(SEED, &[&a], &[&a], 0.0).unwrap();
        assert_eq!(small, digest(SEED, &[&big], &[&big], 0.0).unwrap());
        // Under a scale floor a small output keeps its size.
        let floored = digest(SEED, &[&a], &[&a], 1_000.0).unwrap();
        assert!(floored.output.iter().all(|c| c.unsigned_abs() < 1_000));
    }

    #[test]
    fn digest_faults_are_typed() {
        let ok = tensor(8, 4);
        assert_eq!(digest(SEED, &[], &[], 0.0), Err(ResultFault::Empty));
        assert_eq!(digest(SEED, &[&[]], &[&ok], 0.0), Err(ResultFault::Empty));
        assert_eq!(digest(SEED, &[&[f32::NAN]], &[&ok], 0.0), Err(ResultFault::NonFinite));
        assert_eq!(digest(SEED, &[&ok], &[&[f32::INFINITY]], 0.0), Err(ResultFault::NonFinite));
        assert_eq!(digest(SEED, &[&[0.0; 4]], &[&ok], 0.0), Err(ResultFault::ZeroNorm));
        assert_eq!(digest(SEED, &[&ok], &[&[0.0; 4]], 0.0), Err(ResultFault::ZeroNorm));
        assert!(digest(SEED, &[&ok], &[&[0.0; 4]], 1.0).is_ok());
        assert_eq!(digest(SEED, &[], &[&ok], 0.0).unwrap().hidden, [0; 16]);
    }

    proptest! {
        #[test]
        fn digest_of_nearby_tensors_is_near(salt in any::<u64>(), len in 64usize..4_096) {
            let a = tensor(len, salt);
            let b: Vec<f32> = a.iter().map(|v| v * (1.0 + 1e-6)).collect();
            let far: Vec<f32> = tensor(len, salt.wrapping_add(1));
            let at = |t: &[f32]| digest(SEED, &[t], &[t], 0.0).unwrap();
            let tolerance = crate::digest::Tolerance::default();
            prop_assert_eq!(at(&a).compare(&at(&b), tolerance), crate::digest::Agreement::Agree);
            prop_assert_eq!(at(&a).compare(&at(&far), tolerance), crate::digest::Agreement::Deviant);
        }
    }
}
