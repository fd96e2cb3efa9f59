//! Ways to get something for less than was asked, on the processor: other weights, other arithmetic, another output.
//!
//! A cheat is made as hard to see as it plausibly is. Only tensors of two axes and more are changed, which are nearly all of a model's
//! weights: who saves memory leaves vectors and scalars alone. Weights are those that a run reads, after constants are folded, so that a
//! file that stores integers and a scale has weights too. Rounded computation sums exactly and rounds results alone, the mildest form.

use super::{random::Random, statistics::rms};
use crate::{
    engine::{Model, Run, device},
    error::{Error, OpResult},
    io,
    limits::Deadline,
    tensor::{Devices, Kind, Place, Value},
};
use serde::Serialize;
use std::cell::Cell;

/// By how much of its size each weight of a perturbed checkpoint is off, as a standard deviation.
const PERTURBATION: f64 = 1e-3;

/// By how much of its root mean square an output is shifted.
const SHIFT: f64 = 0.01;

/// A cheat.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cheat {
    /// Weights rounded to `float16`.
    F16Weights,
    /// Weights rounded to `bfloat16`.
    Bf16Weights,
    /// Weights rounded to 255 steps from −max to max of each tensor.
    Int8Weights,
    /// Weights, inputs and every result rounded to `float16`.
    F16Compute,
    /// Another file with the same interface.
    OtherCheckpoint,
    /// Weights that are off by a thousandth: a near relative of the model, where no other file is given.
    PerturbedWeights,
    /// The right tensors inside, and another output.
    ShiftedOutput,
}

impl Cheat {
    /// Those that are tried; `other` says whether another file is given.
    pub fn all(other: bool) -> [Self; 6] {
        let checkpoint = if other { Self::OtherCheckpoint } else { Self::PerturbedWeights };
        [Self::F16Weights, Self::Bf16Weights, Self::Int8Weights, Self::F16Compute, checkpoint, Self::ShiftedOutput]
    }

    /// As people read it.
    pub fn describe(self) -> &'static str {
        match self {
            Self::F16Weights => "f16 weights",
            Self::Bf16Weights => "bf16 weights",
            Self::Int8Weights => "int8 weights, per tensor",
            Self::F16Compute => "f16 computation",
            Self::OtherCheckpoint => "another checkpoint",
            Self::PerturbedWeights => "weights off by 0.1 %",
            Self::ShiftedOutput => "first output shifted by 1 %",
        }
    }
}

/// A cheat and the model that it runs.
pub struct Cheater {
    cheat: Cheat,
    model: Model,
    devices: Devices,
    /// How many numbers the rounding has changed so far.
    changed: Cell<usize>,
}

impl Cheater {
    /// Prepares `model`, which stands on `devices`: the honest one or, for [`Cheat::OtherCheckpoint`], the other.
    pub fn new(cheat: Cheat, mut model: Model, devices: &Devices) -> Result<Self, Error> {
        let mut random = Random::new(0);
        let changed = match cheat {
            Cheat::F16Weights | Cheat::F16Compute => edit(&mut model, |weights| weights.iter().map(|weight| to_f16(*weight)).collect())?,
            Cheat::Bf16Weights => edit(&mut model, |weights| weights.iter().map(|weight| to_bf16(*weight)).collect())?,
            Cheat::Int8Weights => edit(&mut model, to_int8)?,
            Cheat::PerturbedWeights => edit(&mut model, |weights| {
                weights.iter().map(|weight| (f64::from(*weight) * (1.0 + PERTURBATION * random.normal())) as f32).collect()
            })?,
            Cheat::OtherCheckpoint | Cheat::ShiftedOutput => 0,
        };
        Ok(Self { cheat, model, devices: devices.clone(), changed: Cell::new(changed) })
    }

    /// Whether it is a cheat at all. Rounding that changes nothing is none: the model's numbers are exact in the narrower type.
    /// Of rounded computation it is known after a run.
    pub fn cheats(&self) -> bool {
        matches!(self.cheat, Cheat::OtherCheckpoint | Cheat::ShiftedOutput) || self.changed.get() > 0
    }

    /// Runs on an input. `scale` is the floor of the output half, of which a shift is a part where the output is smaller.
    pub fn run(&self, input: &[u8], scale: f32, deadline: Deadline) -> Result<Run, Error> {
        match self.cheat {
            Cheat::F16Compute => {
                let inputs = io::read(input, self.model.graph(), &self.devices)?;
                let inputs: OpResult<Vec<Value>> = inputs.into_iter().map(|value| self.rounded(value)).collect();
                self.model.run_through(inputs.map_err(device)?, deadline, |value| self.rounded(value))
            }
            Cheat::ShiftedOutput => {
                let mut run = self.model.run(input, deadline)?;
                if let Some(first) = run.outputs.first_mut() {
                    *first = shifted(first, scale, &self.devices)?;
                }
                Ok(run)
            }
            _ => self.model.run(input, deadline),
        }
    }

    fn rounded(&self, value: Value) -> OpResult<Value> {
        if value.kind() != Kind::Float || value.count() == 0 {
            return Ok(value);
        }
        let data = value.to_floats()?;
        let rounded: Vec<f32> = data.iter().map(|number| to_f16(*number)).collect();
        self.changed.set(self.changed.get() + differing(&data, &rounded));
        Value::floats(rounded, value.dims().to_vec(), value.place(), &self.devices)
    }
}

/// Changes a model's weights and says how many are others now.
fn edit(model: &mut Model, mut by: impl FnMut(&[f32]) -> Vec<f32>) -> Result<usize, Error> {
    let mut changed = 0;
    model.edit_floats(|dims, weights| {
        if dims.len() < 2 {
            return weights;
        }
        let edited = by(&weights);
        changed += differing(&weights, &edited);
        edited
    })?;
    Ok(changed)
}

fn differing(one: &[f32], other: &[f32]) -> usize {
    one.iter().zip(other).filter(|(one, other)| one != other).count()
}

/// What rounding gives, unless it takes a finite number beyond the type: then the type's largest, as converters do.
fn saturated(value: f32, rounded: f32, most: f32) -> f32 {
    if value.is_finite() && rounded.is_infinite() { most.copysign(value) } else { rounded }
}

fn to_f16(value: f32) -> f32 {
    saturated(value, half::f16::from_f32(value).to_f32(), half::f16::MAX.to_f32())
}

fn to_bf16(value: f32) -> f32 {
    saturated(value, half::bf16::from_f32(value).to_f32(), half::bf16::MAX.to_f32())
}

/// Symmetric quantisation with one scale for the tensor: −127 to 127 times max / 127.
fn to_int8(weights: &[f32]) -> Vec<f32> {
    let most = weights.iter().filter(|weight| weight.is_finite()).fold(0f64, |most, weight| most.max(f64::from(weight.abs())));
    let round = |weight: f32| match weight.is_finite() && most > 0.0 {
        true => ((f64::from(weight) * 127.0 / most).round() * most / 127.0) as f32,
        false => weight,
    };
    weights.iter().map(|weight| round(*weight)).collect()
}

/// An output that is off by [`SHIFT`] of its size everywhere; integers and bools by one.
fn shifted(output: &Value, scale: f32, devices: &Devices) -> Result<Value, Error> {
    let values = output.to_f32().map_err(device)?;
    let by = match output.kind() {
        Kind::Float => (SHIFT * rms(&values).max(f64::from(scale))) as f32,
        _ => 1.0,
    };
    let values = values.into_iter().map(|value| value + by).collect();
    Value::floats(values, output.dims().to_vec(), Place::Host, devices).map_err(device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build::ModelBuilder;
    use proptest::prelude::*;

    fn model(weights: &[f32]) -> Model {
        let bytes = ModelBuilder::new(17).input("x", 1, &[Some(1), Some(2)]).output("y", 1, 2).floats("w", &[2, 2], weights);
        let bytes = bytes.floats("b", &[2], &[0.1, 0.2]).node("MatMul", &["x", "w"], &["p"]).node("Add", &["p", "b"], &["y"]).bytes();
        Model::load(&bytes, &Devices::flex(), Deadline::NONE).unwrap()
    }

    fn cheater(cheat: Cheat, weights: &[f32]) -> Cheater {
        Cheater::new(cheat, model(weights), &Devices::flex()).unwrap()
    }

    fn input() -> Vec<u8> {
        let data: Vec<u8> = [1f32, 1.0].iter().flat_map(|value| value.to_le_bytes()).collect();
        let view = safetensors::tensor::TensorView::new(safetensors::Dtype::F32, vec![1, 2], &data).unwrap();
        safetensors::serialize([("x", view)], None).unwrap()
    }

    fn output(cheat: Cheat, weights: &[f32]) -> Vec<f32> {
        cheater(cheat, weights).run(&input(), 0.0, Deadline::NONE).unwrap().outputs[0].to_floats().unwrap()
    }

    #[test]
    fn weights_are_rounded_and_vectors_are_not() {
        let third = 1.0 / 3.0;
        assert_eq!(output(Cheat::F16Weights, &[third, 1., 0., 0.]), [to_f16(third) + 0.1, 1.2]);
        assert_eq!(output(Cheat::Bf16Weights, &[third, 1., 0., 0.]), [to_bf16(third) + 0.1, 1.2]);
        // Of 127 steps to 1, a third is the 42nd.
        let int8 = output(Cheat::Int8Weights, &[third, 1., 0., 0.]);
        assert!((int8[0] - 0.1 - 42.0 / 127.0).abs() < 1e-6 && int8[1] == 1.2, "{int8:?}");
        let near = output(Cheat::PerturbedWeights, &[third, 1., 0., 0.]);
        assert!(near[1] != 1.2 && (near[1] - 1.2).abs() < 0.01, "{near:?}");
    }

    #[test]
    fn rounding_that_changes_nothing_is_no_cheat() {
        for cheat in [Cheat::F16Weights, Cheat::Bf16Weights, Cheat::Int8Weights] {
            assert!(!cheater(cheat, &[1., -1., 1., 0.]).cheats(), "{cheat:?}");
            assert!(cheater(cheat, &[1., -1., 0.3, 0.]).cheats(), "{cheat:?}");
        }
        assert!(cheater(Cheat::ShiftedOutput, &[1.; 4]).cheats());
        // The bias is not exact in f16, which shows in the results.
        let computes = cheater(Cheat::F16Compute, &[1.; 4]);
        assert!(!computes.cheats());
        computes.run(&input(), 0.0, Deadline::NONE).unwrap();
        assert!(computes.cheats());
    }

    #[test]
    fn outputs_are_shifted_by_a_hundredth() {
        let honest = model(&[1.; 4]).run(&input(), Deadline::NONE).unwrap().outputs[0].to_floats().unwrap();
        let by = |scale| {
            let run = cheater(Cheat::ShiftedOutput, &[1.; 4]).run(&input(), scale, Deadline::NONE).unwrap();
            f64::from(run.outputs[0].to_floats().unwrap()[0] - honest[0])
        };
        assert!((by(0.0) - 0.01 * rms(&honest)).abs() < 1e-5);
        assert!((by(50.0) - 0.5).abs() < 1e-5);
    }

    #[test]
    fn numbers_beyond_the_type_saturate() {
        assert_eq!((to_f16(1e9), to_f16(-1e9), to_f16(f32::INFINITY)), (65_504.0, -65_504.0, f32::INFINITY));
        assert!(to_bf16(f32::MAX).is_finite() && to_f16(f32::NAN).is_nan());
        assert_eq!(to_int8(&[f32::NEG_INFINITY, 0.0]), [f32::NEG_INFINITY, 0.0]);
    }

    proptest! {
        #[test]
        fn int8_is_within_half_a_step_and_stable(weights in proptest::collection::vec(-4f32..4.0, 1..50)) {
            let most = weights.iter().fold(0f32, |most, weight| most.max(weight.abs()));
            let rounded = to_int8(&weights);
            prop_assert!(weights.iter().zip(&rounded).all(|(one, other)| (one - other).abs() <= most / 254.0 * 1.001));
            let again = to_int8(&rounded);
            prop_assert!(again.iter().zip(&rounded).all(|(one, other)| (one - other).abs() <= most * 1e-6));
        }
    }
}
