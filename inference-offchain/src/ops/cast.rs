//! Changes of dtype. Floats are `f32` whatever width is named; integers wrap to their width.

use super::{Call, Op, Output, one};
use crate::{
    error::{OpResult, attribute, operands},
    tensor::{B, Elem, Kind, Place, Value},
};
use burn_backend::{
    FloatDType,
    ops::{BoolTensorOps, FloatTensorOps},
};

/// The operators of this family.
pub const OPS: &[Op] = &[
    Op::new("Cast", (1, 1), |call| {
        let code = call.attrs.opt_int("to")?.ok_or_else(|| attribute!("attribute to is missing"))?;
        let elem = i32::try_from(code).ok().and_then(Elem::from_onnx);
        cast(call, elem.ok_or_else(|| crate::error::unsupported!("a cast to data type {code}"))?)
    })
    .attrs(&["to", "saturate", "round_mode"])
    .gives(Output::To(None)),
    Op::new("CastLike", (2, 2), |call| {
        let elem = call.input(1)?.elem();
        cast(call, elem)
    })
    .attrs(&["saturate", "round_mode"])
    .gives(Output::Like(1)),
];

/// An integer or bool tensor as floats, on the host or where the bools are.
pub fn to_float(value: Value, call: &Call) -> OpResult<Value> {
    let (dims, place) = (value.dims().to_vec(), value.place());
    match value.kind() {
        Kind::Float => Ok(value),
        Kind::Int => {
            let unsigned = value.elem() == Elem::U64;
            let data = value.to_ints()?.into_iter().map(|v| if unsigned { v as u64 as f32 } else { v as f32 }).collect();
            Value::floats(data, dims, Place::Host, call.devices)
        }
        Kind::Bool if value.count() == 0 => Value::empty(Elem::F32, dims, call.devices),
        Kind::Bool => Ok(Value::new(B::bool_into_float(value.prim(), FloatDType::F32), dims, Elem::F32, place)),
    }
}

fn cast(call: &mut Call, elem: Elem) -> OpResult<Vec<Value>> {
    let value = call.take(0)?;
    let dims = value.dims().to_vec();
    one(match (value.kind(), elem.kind()) {
        (Kind::Float, Kind::Float) | (Kind::Bool, Kind::Bool) => value,
        (_, Kind::Float) => to_float(value, call)?,
        (Kind::Int, Kind::Int) => super::unary::map_ints(&value.retyped(elem), call, |v| v)?,
        (Kind::Bool, Kind::Int) => Value::ints(value.to_bools()?.into_iter().map(i64::from).collect(), dims, elem, call.devices)?,
        (Kind::Float, Kind::Int) => {
            let data: Option<Vec<i64>> = value.to_floats()?.into_iter().map(|v| truncate(v, elem)).collect();
            let data = data.ok_or_else(|| operands!("NaN, an infinity or a number beyond {} is cast to it", elem.name()))?;
            Value::ints(data, dims, elem, call.devices)?
        }
        (Kind::Int, Kind::Bool) => Value::bools(value.to_ints()?.into_iter().map(|v| v != 0).collect(), dims, call.devices)?,
        (Kind::Float, Kind::Bool) if value.count() == 0 => Value::empty(elem, dims, call.devices)?,
        (Kind::Float, Kind::Bool) => {
            let place = value.place();
            let prim = B::float_not_equal_elem(value.prim(), 0f32.into(), call.devices.bool_store(place));
            Value::new(prim, dims, Elem::Bool, place)
        }
    })
}

/// Towards zero. What lies beyond the type is undefined in the standard, so it is refused rather than guessed.
fn truncate(value: f32, elem: Elem) -> Option<i64> {
    let value = f64::from(value).trunc();
    let (least, beyond) = match elem {
        Elem::U64 => (0.0, 18_446_744_073_709_551_616.0),
        Elem::I64 => (-9_223_372_036_854_775_808.0, 9_223_372_036_854_775_808.0),
        Elem::U8 | Elem::U16 | Elem::U32 => (0.0, (1u64 << (8 * elem.size())) as f64),
        _ => (-((1u64 << (8 * elem.size() - 1)) as f64), (1u64 << (8 * elem.size() - 1)) as f64),
    };
    (value >= least && value < beyond).then(|| if elem == Elem::U64 { value as u64 as i64 } else { value as i64 })
}

#[cfg(test)]
mod tests {
    use crate::testing::{close, op};

    #[test]
    fn cast_between_all_kinds() {
        close("int", &op("Cast").int("to", 1).ints(&[3], &[-1, 0, 7]).run_floats(), &[-1.0, 0.0, 7.0]);
        close("bool", &op("Cast").int("to", 1).bools(&[2], &[true, false]).run_floats(), &[1.0, 0.0]);
        assert_eq!(op("Cast").int("to", 7).floats(&[3], &[-1.9, 0.9, 7.0]).run_ints(), [-1, 0, 7]);
        assert_eq!(op("Cast").int("to", 3).ints(&[3], &[255, 128, -129]).run_ints(), [-1, -128, 127]);
        assert_eq!(op("Cast").int("to", 2).ints(&[1], &[-1]).run_ints(), [255]);
        assert_eq!(op("Cast").int("to", 9).floats(&[3], &[0.0, -0.5, 2.0]).run_bools(), [false, true, true]);
        assert_eq!(op("Cast").int("to", 9).ints(&[2], &[0, 2]).run_bools(), [false, true]);
        assert_eq!(op("CastLike").floats(&[1], &[3.7]).ints(&[1], &[0]).run_ints(), [3]);
    }

    #[test]
    fn cast_refuses_what_has_no_value() {
        assert!(op("Cast").int("to", 7).floats(&[1], &[f32::NAN]).run().is_err());
        assert!(op("Cast").int("to", 3).floats(&[1], &[128.0]).run().is_err());
        assert!(op("Cast").int("to", 8).floats(&[1], &[1.0]).run().is_err());
        assert!(op("Cast").floats(&[1], &[1.0]).run().is_err());
    }
}
