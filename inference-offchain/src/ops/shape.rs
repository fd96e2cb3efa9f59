//! What changes or reads a shape and keeps the elements in order.

use super::{Call, Op, Output, axes, axis, constant::sizes, one};
use crate::{
    error::{OpResult, attribute, operands},
    limits,
    tensor::{Elem, Value, broadcast},
};

/// The operators of this family.
pub const OPS: &[Op] = &[
    Op::new("Shape", (1, 1), shape).attrs(&["start", "end"]).gives(Output::Elem(Elem::I64)),
    Op::new("Size", (1, 1), |call| {
        let count = call.input(0)?.count() as i64;
        one(Value::ints(vec![count], vec![], Elem::I64, call.devices)?)
    })
    .gives(Output::Elem(Elem::I64)),
    Op::new("Reshape", (1, 2), reshape).attrs(&["allowzero", "shape"]),
    Op::new("Flatten", (1, 1), flatten).attrs(&["axis"]),
    Op::new("Squeeze", (1, 2), squeeze).attrs(&["axes"]),
    Op::new("Unsqueeze", (1, 2), unsqueeze).attrs(&["axes"]),
    Op::new("Expand", (2, 2), expand),
    Op::new("Identity", (1, 1), |call| one(call.take(0)?)),
];

fn shape(call: &mut Call) -> OpResult<Vec<Value>> {
    let dims = call.input(0)?.dims();
    let rank = dims.len() as i64;
    // Out-of-range ends are clamped by the standard.
    let clamp = |v: i64| (if v < 0 { v.saturating_add(rank) } else { v }).clamp(0, rank) as usize;
    let (start, end) = (clamp(call.attrs.int("start", 0)?), clamp(call.attrs.int("end", rank)?));
    let part: Vec<i64> = dims[start..end.max(start)].iter().map(|d| *d as i64).collect();
    let len = part.len();
    one(Value::ints(part, vec![len], Elem::I64, call.devices)?)
}

/// The shape that Reshape's request means for a tensor of shape `dims`: 0 keeps a dimension, -1 is what remains.
pub fn resolve(dims: &[usize], request: &[i64], allow_zero: bool) -> OpResult<Vec<usize>> {
    let wrong = || operands!("{dims:?} cannot be reshaped to {request:?}");
    let mut out = Vec::with_capacity(request.len());
    let mut rest = None;
    for (i, size) in request.iter().enumerate() {
        out.push(match *size {
            -1 if rest.is_none() => {
                rest = Some(i);
                1
            }
            0 if !allow_zero => *dims.get(i).ok_or_else(wrong)?,
            size => usize::try_from(size).map_err(|_| wrong())?,
        });
    }
    let known = limits::elements(&out)?;
    if let Some(rest) = rest {
        let count = limits::elements(dims)?;
        if known == 0 || count % known != 0 {
            return Err(wrong());
        }
        out[rest] = count / known;
    }
    Ok(out)
}

fn reshape(call: &mut Call) -> OpResult<Vec<Value>> {
    let request = call.ints(1, "shape")?.ok_or_else(|| operands!("the shape is missing"))?;
    let allow_zero = call.attrs.flag("allowzero", false)?;
    let value = call.take(0)?;
    let dims = resolve(value.dims(), &request, allow_zero)?;
    one(value.reshape(&dims)?)
}

fn flatten(call: &mut Call) -> OpResult<Vec<Value>> {
    let value = call.take(0)?;
    let dims = value.dims().to_vec();
    let at = match call.attrs.int("axis", 1)? {
        end if end == dims.len() as i64 => dims.len(),
        at => axis(at, dims.len())?,
    };
    one(value.reshape(&[dims[..at].iter().product(), dims[at..].iter().product()])?)
}

fn squeeze(call: &mut Call) -> OpResult<Vec<Value>> {
    let request = call.ints(1, "axes")?;
    let value = call.take(0)?;
    let dims = value.dims().to_vec();
    let drop = match request {
        Some(request) => axes(&request, dims.len())?,
        None => (0..dims.len()).filter(|i| dims[*i] == 1).collect(),
    };
    if let Some(bad) = drop.iter().find(|i| dims[**i] != 1) {
        return Err(operands!("axis {bad} of {dims:?} is not of one element"));
    }
    let kept: Vec<usize> = dims.iter().enumerate().filter(|(i, _)| !drop.contains(i)).map(|(_, d)| *d).collect();
    one(value.reshape(&kept)?)
}

fn unsqueeze(call: &mut Call) -> OpResult<Vec<Value>> {
    let request = call.ints(1, "axes")?.ok_or_else(|| attribute!("the axes are missing"))?;
    let value = call.take(0)?;
    let rank = value.rank() + request.len();
    limits::elements(&vec![1; rank])?;
    let mut dims = value.dims().to_vec();
    for at in axes(&request, rank)? {
        dims.insert(at, 1);
    }
    one(value.reshape(&dims)?)
}

fn expand(call: &mut Call) -> OpResult<Vec<Value>> {
    let request = sizes(&call.take(1)?.to_ints()?)?;
    let value = call.take(0)?;
    let dims = broadcast([value.dims(), &request[..]])?;
    one(value.expand(&dims, call.devices)?)
}

#[cfg(test)]
mod tests {
    use super::resolve;
    use crate::testing::op;
    use proptest::prelude::*;

    fn iota(name: &'static str, dims: &[usize]) -> crate::testing::TestCall {
        let data: Vec<f32> = (0..dims.iter().product::<usize>()).map(|i| i as f32).collect();
        op(name).floats(dims, &data)
    }

    #[test]
    fn shapes_are_read() {
        assert_eq!(iota("Shape", &[2, 3, 4]).run_ints(), [2, 3, 4]);
        assert_eq!(iota("Shape", &[2, 3, 4]).int("start", 1).int("end", -1).run_ints(), [3]);
        assert_eq!(iota("Shape", &[2, 3]).int("start", -9).int("end", 9).run_ints(), [2, 3]);
        assert!(iota("Shape", &[]).run_ints().is_empty());
        assert_eq!(iota("Size", &[2, 3]).run_ints(), [6]);
    }

    #[test]
    fn reshape_resolves() {
        assert_eq!(resolve(&[2, 3, 4], &[0, -1], false).unwrap(), [2, 12]);
        assert_eq!(resolve(&[0, 3], &[0, 3], true).unwrap(), [0, 3]);
        assert!(resolve(&[2, 3], &[-1, -1], false).is_err());
        assert!(resolve(&[2, 3], &[4, -1], false).is_err());
        assert!(resolve(&[2], &[1, 0], false).is_err());
        assert!(resolve(&[2], &[-2], false).is_err());
        assert_eq!(iota("Reshape", &[2, 3]).ints(&[2], &[3, 2]).run_dims(), [3, 2]);
        assert!(iota("Reshape", &[2, 3]).ints(&[1], &[5]).run().is_err());
        assert!(iota("Reshape", &[2, 3]).ints(&[2], &[1 << 40, 1 << 40]).run().is_err());
    }

    #[test]
    fn axes_come_and_go() {
        assert_eq!(iota("Flatten", &[2, 3, 4]).run_dims(), [2, 12]);
        assert_eq!(iota("Flatten", &[2, 3]).int("axis", 0).run_dims(), [1, 6]);
        assert_eq!(iota("Squeeze", &[1, 3, 1]).run_dims(), [3]);
        assert_eq!(iota("Squeeze", &[1, 3, 1]).ints(&[1], &[-1]).run_dims(), [1, 3]);
        assert_eq!(iota("Squeeze", &[1, 3, 1]).int_list("axes", &[0]).opset(11).run_dims(), [3, 1]);
        assert!(iota("Squeeze", &[2]).ints(&[1], &[0]).run().is_err());
        assert_eq!(iota("Unsqueeze", &[3]).ints(&[2], &[0, -1]).run_dims(), [1, 3, 1]);
        assert_eq!(iota("Unsqueeze", &[]).ints(&[1], &[0]).run_dims(), [1]);
        assert!(iota("Unsqueeze", &[3]).ints(&[2], &[0, 0]).run().is_err());
        assert_eq!(iota("Expand", &[2, 1]).ints(&[3], &[3, 1, 2]).run_dims(), [3, 2, 2]);
        assert!(iota("Expand", &[1]).ints(&[2], &[1 << 40, 1 << 40]).run().is_err());
    }

    proptest! {
        #[test]
        fn reshape_keeps_the_count(dims in proptest::collection::vec(1usize..5, 1..4), request in proptest::collection::vec(-1i64..6, 0..4)) {
            if let (Ok(out), true) = (resolve(&dims, &request, false), request.contains(&-1)) {
                prop_assert_eq!(out.iter().product::<usize>(), dims.iter().product::<usize>());
            }
        }
    }
}
