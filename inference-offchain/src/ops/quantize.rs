//! Between floats and small integers with a scale and a zero point, per tensor or per axis.

use super::{Call, Op, Output, axis, binary::float_pair, cast::to_float, one, unary::map};
use crate::{
    error::{OpResult, operands, unsupported},
    graph::Attrs,
    tensor::{B, Elem, Kind, Value},
};
use burn_backend::ops::FloatTensorOps;

/// The operators of this family.
pub const OPS: &[Op] = &[
    Op::new("DequantizeLinear", (2, 3), dequantize)
        .attrs(&["axis", "block_size", "output_dtype"])
        .check(check)
        .gives(Output::Elem(Elem::F32)),
    Op::new("QuantizeLinear", (2, 3), quantize)
        .attrs(&["axis", "block_size", "output_dtype", "precision", "saturate"])
        .check(check)
        .gives(Output::Like(2)),
    Op::new("DynamicQuantizeLinear", (1, 1), dynamic).outputs(3).gives(Output::Elem(Elem::U8)),
];

fn check(attrs: &Attrs) -> OpResult<()> {
    if attrs.int("block_size", 0)? != 0 {
        return Err(unsupported!("quantisation in blocks"));
    }
    Ok(())
}

/// A scale or zero point, shaped to broadcast along the axis.
fn along(value: Value, dims: &[usize], call: &Call) -> OpResult<Value> {
    if value.count() == 1 {
        return value.reshape(&[]);
    }
    let at = axis(call.attrs.int("axis", 1)?, dims.len())?;
    if value.dims() != [dims[at]] {
        return Err(operands!("{:?} along axis {at} of {dims:?}", value.dims()));
    }
    let mut shape = vec![1; dims.len()];
    shape[at] = dims[at];
    value.reshape(&shape)
}

fn dequantize(call: &mut Call) -> OpResult<Vec<Value>> {
    let x = call.take(0)?;
    x.expect(Kind::Int)?;
    let dims = x.dims().to_vec();
    let scale = along(call.take_float(1)?, &dims, call)?;
    // The difference is taken in integers, where it is exact.
    let x = x.retyped(Elem::I64);
    let x = match call.take_opt(2) {
        Some(zero) => {
            let zero = along(zero.retyped(Elem::I64), &dims, call)?;
            super::binary::int_pair(&x, &zero, call, "out of range", |x, z| Some(x.wrapping_sub(z)))?
        }
        None => x,
    };
    let x = to_float(x, call)?.to_place(scale.place(), call.devices)?;
    one(float_pair(x, scale, call, B::float_mul)?)
}

/// The least and the largest value of a quantised type.
fn bounds(elem: Elem) -> OpResult<(i64, i64)> {
    Ok(match elem {
        Elem::U8 => (0, 255),
        Elem::I8 => (-128, 127),
        Elem::U16 => (0, 65_535),
        Elem::I16 => (-32_768, 32_767),
        other => return Err(unsupported!("quantisation to {}", other.name())),
    })
}

/// Rounds to even, adds the zero point, and keeps to the type.
fn saturate(scaled: Value, zero: &Value, elem: Elem, call: &Call) -> OpResult<Value> {
    let (least, most) = bounds(elem)?;
    let dims = scaled.dims().to_vec();
    let zero = super::binary::spread(zero, &dims, call)?;
    let data = scaled.to_floats()?.into_iter().zip(zero).map(|(v, z)| {
        // A cast saturates, and takes NaN to zero.
        (v.round_ties_even() as i64).saturating_add(z).clamp(least, most)
    });
    Value::ints(data.collect(), dims, elem, call.devices)
}

fn quantize(call: &mut Call) -> OpResult<Vec<Value>> {
    call.gather_places()?;
    let x = call.take_float(0)?;
    let dims = x.dims().to_vec();
    let scale = along(call.take_float(1)?, &dims, call)?;
    let zero = match call.take_opt(2) {
        Some(zero) => zero,
        None => {
            let elem = match call.attrs.int("output_dtype", 0)? {
                0 => Elem::U8,
                code => i32::try_from(code).ok().and_then(Elem::from_onnx).ok_or_else(|| unsupported!("data type {code}"))?,
            };
            Value::ints(vec![0], vec![], elem, call.devices)?
        }
    };
    let elem = zero.elem();
    let zero = along(zero, &dims, call)?;
    one(saturate(float_pair(x, scale, call, B::float_div)?, &zero, elem, call)?)
}

fn dynamic(call: &mut Call) -> OpResult<Vec<Value>> {
    let x = call.take_float(0)?;
    let data = x.to_floats()?;
    if data.is_empty() {
        return Err(operands!("nothing to quantise"));
    }
    let most = data.iter().copied().fold(0f32, f32::max);
    let least = data.iter().copied().fold(0f32, f32::min);
    let scale = if most > least { (most - least) / 255.0 } else { 1.0 };
    let zero = (-least / scale).clamp(0.0, 255.0).round_ties_even() as i64;
    let zero = Value::ints(vec![zero], vec![], Elem::U8, call.devices)?;
    let out = saturate(map(x, |x| B::float_div_scalar(x, scale.into())), &zero, Elem::U8, call)?;
    Ok(vec![out, Value::floats(vec![scale], vec![], crate::tensor::Place::Host, call.devices)?, zero])
}

#[cfg(test)]
mod tests {
    use crate::testing::{close, op};

    #[test]
    fn there_and_back() {
        let call = op("DequantizeLinear").ints(&[2, 2], &[0, 10, 20, 30]).floats(&[2], &[0.5, 2.0]).ints(&[2], &[10, 0]);
        close("axis 1", &call.clone().run_floats(), &[-5., 20., 5., 60.]);
        close("axis 0", &call.int("axis", 0).run_floats(), &[-5., 0., 40., 60.]);
        let call = op("QuantizeLinear").floats(&[5], &[-1000., 0.5, 1.5, 3.0, 1000.]).floats(&[], &[1.0]);
        assert_eq!(call.clone().run_ints(), [0, 0, 2, 3, 255]);
        assert_eq!(call.int("output_dtype", 3).run_ints(), [-128, 0, 2, 3, 127]);
        assert!(op("DequantizeLinear").ints(&[2], &[1, 2]).floats(&[3], &[1.; 3]).run().is_err());
    }

    #[test]
    fn dynamic_range() {
        let out = op("DynamicQuantizeLinear").floats(&[3], &[-1.0, 0.0, 1.55]).wanted(3).run().unwrap();
        close("scale", &out[1].to_floats().unwrap(), &[0.01]);
        assert_eq!(out[2].to_ints().unwrap(), [100]);
        assert_eq!(out[0].to_ints().unwrap(), [0, 100, 255]);
    }
}
