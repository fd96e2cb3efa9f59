//! Tensors from attributes and shapes: constants, ranges, identity matrices, one-hot vectors.

use super::{Call, Op, Output, one};
use crate::{
    error::{OpResult, attribute, operands, unsupported},
    graph::constant::Constant,
    limits,
    tensor::{Elem, Kind, Place, Value},
};

/// The operators of this family.
pub const OPS: &[Op] = &[
    Op::new("Constant", (0, 0), constant).attrs(&["value", "value_float", "value_floats", "value_int", "value_ints"]).gives(Output::Value),
    Op::new("ConstantOfShape", (1, 1), of_shape).attrs(&["value"]).gives(Output::Value),
    Op::new("Range", (3, 3), range),
    Op::new("EyeLike", (1, 1), eye_like).attrs(&["dtype", "k"]).gives(Output::To(Some(Elem::F32))),
    Op::new("OneHot", (3, 3), one_hot).attrs(&["axis"]).gives(Output::Like(2)),
];

fn constant(call: &mut Call) -> OpResult<Vec<Value>> {
    use crate::graph::Attr::{Float, Floats, Int, Ints};
    if let Some(tensor) = call.attrs.tensor("value")? {
        return one(tensor.value(call.devices)?);
    }
    let names = ["value_float", "value_floats", "value_int", "value_ints"];
    let constant = match names.iter().find_map(|name| call.attrs.get(name)) {
        Some(Float(value)) => Constant::of_floats(vec![*value], vec![]),
        Some(Floats(values)) => Constant::of_floats(values.clone(), vec![values.len()]),
        Some(Int(value)) => Constant::of_ints(vec![*value], vec![]),
        Some(Ints(values)) => Constant::of_ints(values.clone(), vec![values.len()]),
        _ => return Err(attribute!("the value is missing")),
    };
    one(constant.value(call.devices)?)
}

/// Sizes given as integers.
pub fn sizes(values: &[i64]) -> OpResult<Vec<usize>> {
    values.iter().map(|v| usize::try_from(*v).map_err(|_| operands!("a negative size in {values:?}"))).collect()
}

fn of_shape(call: &mut Call) -> OpResult<Vec<Value>> {
    let dims = sizes(&call.take(0)?.to_ints()?)?;
    let count = limits::elements(&dims)?;
    let (elem, value) = match call.attrs.tensor("value")? {
        None => return one(Value::full(0.0, dims, Place::Host, call.devices)?),
        Some(constant) => (constant.elem(), constant.value(call.devices)?),
    };
    if value.count() != 1 {
        return Err(attribute!("the value must be one element"));
    }
    one(match elem.kind() {
        Kind::Float => Value::full(value.to_floats()?[0], dims, Place::Host, call.devices)?,
        Kind::Int => Value::ints(vec![value.to_int()?; count], dims, elem, call.devices)?,
        Kind::Bool => Value::bools(vec![value.to_bools()?[0]; count], dims, call.devices)?,
    })
}

fn range(call: &mut Call) -> OpResult<Vec<Value>> {
    let (start, limit, delta) = (call.take(0)?, call.take(1)?, call.take(2)?);
    if start.kind() == Kind::Int {
        let (from, to, by) = (start.to_int()?, limit.to_int()?, delta.to_int()?);
        if by == 0 {
            return Err(operands!("the step is zero"));
        }
        let span = i128::from(to) - i128::from(from);
        let by_wide = i128::from(by);
        let count = if span.signum() == by_wide.signum() { (span.abs() + by_wide.abs() - 1) / by_wide.abs() } else { 0 };
        let count = limits::elements(&[usize::try_from(count).unwrap_or(usize::MAX)])?;
        let data = (0..count as i64).map(|i| from.wrapping_add(i.wrapping_mul(by))).collect();
        return one(Value::ints(data, vec![count], start.elem(), call.devices)?);
    }
    let scalar = |value: &Value| -> OpResult<f64> {
        match value.to_floats()?.as_slice() {
            [one] if one.is_finite() => Ok(f64::from(*one)),
            _ => Err(operands!("one finite number is needed")),
        }
    };
    let (from, to, by) = (scalar(&start)?, scalar(&limit)?, scalar(&delta)?);
    let count = ((to - from) / by).ceil().max(0.0);
    if by == 0.0 || count > limits::MAX_ELEMENTS as f64 {
        return Err(operands!("a range from {from} to {to} by {by}"));
    }
    let data: Vec<f32> = (0..count as usize).map(|i| (from + i as f64 * by) as f32).collect();
    let dims = vec![data.len()];
    one(Value::floats(data, dims, Place::Host, call.devices)?)
}

fn eye_like(call: &mut Call) -> OpResult<Vec<Value>> {
    let like = call.take(0)?;
    let [rows, cols] = *like.dims() else { return Err(operands!("a matrix is needed, not {:?}", like.dims())) };
    let elem = match call.attrs.opt_int("dtype")? {
        None => like.elem(),
        Some(code) => i32::try_from(code).ok().and_then(Elem::from_onnx).ok_or_else(|| unsupported!("data type {code}"))?,
    };
    let k = call.attrs.int("k", 0)?;
    let hit = |i: usize| (i % cols) as i128 - (i / cols) as i128 == i128::from(k);
    let (count, dims) = (rows * cols, vec![rows, cols]);
    one(match elem.kind() {
        Kind::Float => Value::floats((0..count).map(|i| f32::from(u8::from(hit(i)))).collect(), dims, Place::Host, call.devices)?,
        Kind::Int => Value::ints((0..count).map(|i| i64::from(hit(i))).collect(), dims, elem, call.devices)?,
        Kind::Bool => Value::bools((0..count).map(hit).collect(), dims, call.devices)?,
    })
}

fn one_hot(call: &mut Call) -> OpResult<Vec<Value>> {
    let (indices, depth, values) = (call.take(0)?, call.take(1)?, call.take(2)?);
    let depth = match depth.kind() {
        Kind::Int => depth.to_int()?,
        _ => depth.to_f32()?.first().map_or(0, |v| *v as i64),
    };
    let positions = match indices.kind() {
        Kind::Int => indices.to_ints()?,
        _ => indices.to_f32()?.into_iter().map(|v| v as i64).collect(),
    };
    if depth <= 0 || values.count() != 2 {
        return Err(operands!("a depth above zero and two values are needed"));
    }
    let axis = super::axis(call.attrs.int("axis", -1)?, indices.rank() + 1)?;
    let mut dims = indices.dims().to_vec();
    dims.insert(axis, usize::try_from(depth).unwrap_or(usize::MAX));
    let count = limits::elements(&dims)?;
    let (depth, inner) = (dims[axis], dims[axis + 1..].iter().product::<usize>());
    let hot = |i: usize| {
        let (outer, rest) = (i / (depth * inner), i % (depth * inner));
        // An index beyond the depth is nowhere hot.
        let at = positions[outer * inner + rest % inner];
        let at = if at < 0 { at + depth as i64 } else { at };
        at == (rest / inner) as i64
    };
    let pick = |i: usize| usize::from(hot(i));
    one(match values.kind() {
        Kind::Float => {
            let values = values.to_floats()?;
            Value::floats((0..count).map(|i| values[pick(i)]).collect(), dims, Place::Host, call.devices)?
        }
        Kind::Int => {
            let (elem, values) = (values.elem(), values.to_ints()?);
            Value::ints((0..count).map(|i| values[pick(i)]).collect(), dims, elem, call.devices)?
        }
        Kind::Bool => {
            let values = values.to_bools()?;
            Value::bools((0..count).map(|i| values[pick(i)]).collect(), dims, call.devices)?
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::{close, op};

    #[test]
    fn ranges_count_both_ways() {
        let range = |a, b, c| op("Range").ints(&[], &[a]).ints(&[], &[b]).ints(&[], &[c]);
        assert_eq!(range(0, 7, 3).run_ints(), [0, 3, 6]);
        assert_eq!(range(5, 0, -2).run_ints(), [5, 3, 1]);
        assert!(range(5, 0, 2).run_ints().is_empty());
        assert!(range(0, 1, 0).run().is_err());
        assert!(range(i64::MIN, i64::MAX, 1).run().is_err());
        close("floats", &op("Range").floats(&[], &[0.5]).floats(&[], &[2.0]).floats(&[], &[0.5]).run_floats(), &[0.5, 1.0, 1.5]);
    }

    #[test]
    fn shapes_become_tensors() {
        close("zeros", &op("ConstantOfShape").ints(&[2], &[1, 3]).run_floats(), &[0.0; 3]);
        close("scalar", &op("ConstantOfShape").ints(&[0], &[]).run_floats(), &[0.0]);
        assert!(op("ConstantOfShape").ints(&[1], &[-1]).run().is_err());
        assert!(op("ConstantOfShape").ints(&[3], &[1 << 40, 1 << 40, 1 << 40]).run().is_err());
        close("eye", &op("EyeLike").int("k", 1).floats(&[2, 3], &[9.0; 6]).run_floats(), &[0., 1., 0., 0., 0., 1.]);
        assert_eq!(op("Constant").int("value_int", 7).run_ints(), [7]);
    }

    #[test]
    fn one_hot_along_any_axis() {
        let call = op("OneHot").ints(&[2], &[1, -1]).ints(&[], &[3]).floats(&[2], &[0.0, 5.0]);
        close("last", &call.clone().run_floats(), &[0., 5., 0., 0., 0., 5.]);
        close("first", &call.int("axis", 0).run_floats(), &[0., 0., 5., 0., 0., 5.]);
        assert!(op("OneHot").ints(&[1], &[0]).ints(&[], &[1 << 50]).floats(&[2], &[0.0, 1.0]).run().is_err());
    }
}
