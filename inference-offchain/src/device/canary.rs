//! The self-test's model: small, with the operators that real models lean on, and an answer worked out here in plain loops of f64.

use crate::{
    engine::Model,
    error::Error,
    graph::build::ModelBuilder,
    limits::Deadline,
    tensor::{Devices, Value},
};
use serde::{Deserialize, Serialize};

/// Channels in, positions, channels out, width of the product.
const IN: usize = 8;
const LEN: usize = 96;
const OUT: usize = 32;
const WIDE: usize = 160;

/// What a device may be off by. Honest devices are off by 1e-6 or so; broken ones by much more.
pub const TOLERANCE: f64 = 1e-4;

/// How a device did.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Verdict {
    /// The largest difference to the answer.
    pub max_difference: f64,
    /// How long loading and running took, in milliseconds.
    pub millis: u64,
}

/// The model, its input and its answer.
pub struct Canary {
    model: Vec<u8>,
    x: Vec<f32>,
    want: Vec<f64>,
}

/// A fixed sequence in [-scale, scale).
fn sequence(len: usize, salt: u64, scale: f32) -> Vec<f32> {
    let mut state = salt;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) as f32 / (1u64 << 23) as f32 - 1.0) * scale
    };
    (0..len).map(|_| next()).collect()
}

impl Default for Canary {
    fn default() -> Self {
        Self::new()
    }
}

impl Canary {
    /// Builds it: convolution, transpose, product, bias, layer normalisation, exact GELU, product, reduction, softmax.
    pub fn new() -> Self {
        let x = sequence(IN * LEN, 1, 1.0);
        let conv = sequence(OUT * IN * 3, 2, 0.3);
        let (wide, bias) = (sequence(OUT * WIDE, 3, 0.3), sequence(WIDE, 4, 0.5));
        let (gain, shift) = (sequence(WIDE, 5, 1.0), sequence(WIDE, 6, 0.5));
        let narrow = sequence(WIDE * OUT, 7, 0.3);
        let n = |v: usize| v as i64;
        let model = ModelBuilder::new(17)
            .input("x", 1, &[Some(1), Some(n(IN)), Some(n(LEN))])
            .output("p", 1, 3)
            .output("m", 1, 3)
            .floats("conv", &[n(OUT), n(IN), 3], &conv)
            .floats("wide", &[n(OUT), n(WIDE)], &wide)
            .floats("bias", &[n(WIDE)], &bias)
            .floats("gain", &[n(WIDE)], &gain)
            .floats("shift", &[n(WIDE)], &shift)
            .floats("narrow", &[n(WIDE), n(OUT)], &narrow)
            .floats("root", &[], &[std::f32::consts::SQRT_2])
            .floats("one", &[], &[1.0])
            .floats("half", &[], &[0.5])
            .node("Conv", &["x", "conv"], &["c"])
            .int_list("pads", &[1, 1])
            .node("Transpose", &["c"], &["t"])
            .int_list("perm", &[0, 2, 1])
            .node("MatMul", &["t", "wide"], &["w"])
            .node("Add", &["w", "bias"], &["b"])
            .node("LayerNormalization", &["b", "gain", "shift"], &["n"])
            .node("Div", &["n", "root"], &["d"])
            .node("Erf", &["d"], &["e"])
            .node("Add", &["e", "one"], &["e1"])
            .node("Mul", &["n", "e1"], &["g2"])
            .node("Mul", &["g2", "half"], &["g"])
            .node("MatMul", &["g", "narrow"], &["l"])
            .node("Softmax", &["l"], &["p"])
            .node("ReduceMean", &["l"], &["m"])
            .int_list("axes", &[1])
            .bytes();
        let want = answer(&x, &conv, &wide, &bias, &gain, &shift, &narrow);
        Self { model, x, want }
    }

    /// Runs on the devices and compares.
    ///
    /// # Errors
    /// Whatever the run ends in, or [`Error::Device`] if a result is wrong.
    pub fn check(&self, devices: &Devices) -> Result<Verdict, Error> {
        let start = std::time::Instant::now();
        let model = Model::load(&self.model, devices, Deadline::NONE)?;
        let input = || Value::floats(self.x.clone(), vec![1, IN, LEN], devices.floats(), devices).map_err(crate::engine::device);
        let mut worst = 0f64;
        // Twice: buffers are reused in the second run.
        for _ in 0..2 {
            let run = model.run_values(vec![input()?], Deadline::NONE)?;
            let mut got = vec![];
            for output in &run.outputs {
                got.extend(output.to_floats().map_err(crate::engine::device)?);
            }
            if got.len() != self.want.len() {
                return Err(Error::Device(format!("{} numbers came instead of {}", got.len(), self.want.len())));
            }
            for (got, want) in got.iter().zip(&self.want) {
                let difference = (f64::from(*got) - want).abs();
                // NaN is the worst of all.
                worst = if difference.is_nan() { f64::INFINITY } else { worst.max(difference) };
            }
        }
        if worst > TOLERANCE {
            return Err(Error::Device(format!("its results are off by {worst:.1e}; {TOLERANCE:.0e} is allowed")));
        }
        Ok(Verdict { max_difference: worst, millis: start.elapsed().as_millis() as u64 })
    }
}

/// The outputs `p` and `m`, one after the other.
fn answer(x: &[f32], conv: &[f32], wide: &[f32], bias: &[f32], gain: &[f32], shift: &[f32], narrow: &[f32]) -> Vec<f64> {
    let at = |v: &[f32], i: usize| f64::from(v[i]);
    let (mut probabilities, mut means) = (vec![], vec![0f64; OUT]);
    for pos in 0..LEN {
        let channels: Vec<f64> = (0..OUT)
            .map(|out| {
                let taps = (0..IN).flat_map(|i| (0..3).map(move |k| (i, k)));
                let inside = taps.filter(|(_, k)| (1..=LEN).contains(&(pos + k)));
                inside.map(|(i, k)| at(conv, (out * IN + i) * 3 + k) * at(x, i * LEN + pos + k - 1)).sum()
            })
            .collect();
        let hidden: Vec<f64> =
            (0..WIDE).map(|j| at(bias, j) + channels.iter().enumerate().map(|(c, v)| v * at(wide, c * WIDE + j)).sum::<f64>()).collect();
        let mean = hidden.iter().sum::<f64>() / WIDE as f64;
        let variance = hidden.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / WIDE as f64;
        let normal = hidden.iter().enumerate().map(|(j, v)| (v - mean) / (variance + 1e-5).sqrt() * at(gain, j) + at(shift, j));
        let gelu: Vec<f64> = normal.map(|v| 0.5 * v * (1.0 + erf(v / std::f64::consts::SQRT_2))).collect();
        let logits: Vec<f64> = (0..OUT).map(|o| gelu.iter().enumerate().map(|(j, v)| v * at(narrow, j * OUT + o)).sum()).collect();
        let most = logits.iter().copied().fold(f64::MIN, f64::max);
        let total: f64 = logits.iter().map(|v| (v - most).exp()).sum();
        probabilities.extend(logits.iter().map(|v| (v - most).exp() / total));
        means.iter_mut().zip(&logits).for_each(|(mean, v)| *mean += v / LEN as f64);
    }
    probabilities.extend(means);
    probabilities
}

/// The error function by its power series, which converges everywhere and is exact enough below 6.
fn erf(x: f64) -> f64 {
    if x.abs() > 5.5 {
        return x.signum();
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..200 {
        term *= -x * x / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    sum * 2.0 / std::f64::consts::PI.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn erf_by_table() {
        for (x, want) in [(0.0, 0.0), (0.5, 0.520_499_877_8), (1.0, 0.842_700_792_9), (-2.0, -0.995_322_265_0), (3.0, 0.999_977_909_5)] {
            assert!((erf(x) - want).abs() < 1e-9, "{x}");
        }
    }

    #[test]
    fn flex_passes_and_a_wrong_answer_does_not() {
        let mut canary = Canary::new();
        let verdict = canary.check(&Devices::flex()).unwrap();
        assert!(verdict.max_difference < 1e-5, "{verdict:?}");
        // Not a test that anything passes: the answers differ from one another and from zero.
        assert!(canary.want.iter().any(|v| *v > 0.2) && canary.want.iter().any(|v| *v < 0.01));
        canary.want[17] += 2.0 * TOLERANCE;
        assert!(matches!(canary.check(&Devices::flex()), Err(Error::Device(_))));
    }
}
