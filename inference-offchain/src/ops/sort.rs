//! Orders and running sums along an axis. Orders are taken on the host, so that ties fall alike on every device.

use super::{Call, Op, axis, one};
use crate::{
    error::{OpResult, operands, unsupported},
    tensor::{B, Elem, Kind, Value},
};
use burn_backend::ops::FloatTensorOps;
use std::cmp::Ordering;

/// The operators of this family.
pub const OPS: &[Op] = &[
    Op::new("TopK", (1, 2), top_k).attrs(&["axis", "k", "largest", "sorted"]).outputs(2),
    Op::new("CumSum", (2, 2), cum_sum).attrs(&["exclusive", "reverse"]),
];

fn top_k(call: &mut Call) -> OpResult<Vec<Value>> {
    let k = match call.opt(1) {
        Some(k) => k.to_int()?,
        None => call.attrs.int("k", -1)?,
    };
    let largest = call.attrs.flag("largest", true)?;
    let value = call.take(0)?;
    let at = call.axis(-1, value.rank())?;
    let (len, last) = (value.dims()[at], value.rank() - 1);
    let k = usize::try_from(k).ok().filter(|k| *k <= len).ok_or_else(|| operands!("k = {k} of {len} elements"))?;
    let (elem, place) = (value.elem(), value.place());
    // The axis to the end and, afterwards, back.
    let rows = value.swap(at, last)?;
    let mut dims = rows.dims().to_vec();
    dims[last] = k;
    let order = |better: &dyn Fn(usize, usize) -> Ordering| {
        let mut order: Vec<usize> = (0..len).collect();
        order.sort_by(|a, b| if largest { better(*b, *a) } else { better(*a, *b) }.then(a.cmp(b)));
        order.truncate(k);
        order
    };
    let mut indices = vec![];
    let values = match elem.kind() {
        Kind::Float => {
            let mut out = vec![];
            for row in rows.to_floats()?.chunks_exact(len.max(1)) {
                let order = order(&|a, b| row[a].total_cmp(&row[b]));
                out.extend(order.iter().map(|i| row[*i]));
                indices.extend(order.into_iter().map(|i| i as i64));
            }
            Value::floats(out, dims.clone(), place, call.devices)?
        }
        Kind::Int => {
            let mut out = vec![];
            for row in rows.to_ints()?.chunks_exact(len.max(1)) {
                let order = order(&|a, b| row[a].cmp(&row[b]));
                out.extend(order.iter().map(|i| row[*i]));
                indices.extend(order.into_iter().map(|i| i as i64));
            }
            Value::ints(out, dims.clone(), elem, call.devices)?
        }
        Kind::Bool => return Err(unsupported!("a bool operand")),
    };
    let indices = Value::ints(indices, dims, Elem::I64, call.devices)?;
    Ok(vec![values.swap(at, last)?, indices.swap(at, last)?])
}

fn cum_sum(call: &mut Call) -> OpResult<Vec<Value>> {
    let (exclusive, reverse) = (call.attrs.flag("exclusive", false)?, call.attrs.flag("reverse", false)?);
    let at = call.take(1)?.to_int()?;
    let value = call.take(0)?;
    let at = axis(at, value.rank())?;
    if value.count() == 0 {
        return one(value);
    }
    let turned = if reverse { value.flip(&[at])? } else { value };
    let (dims, elem, place) = (turned.dims().to_vec(), turned.elem(), turned.place());
    let mut sums = match elem.kind() {
        Kind::Float => Value::new(B::float_cumsum(turned.prim(), at), dims.clone(), elem, place),
        Kind::Int => {
            let (mut data, inner) = (turned.to_ints()?, dims[at + 1..].iter().product::<usize>());
            for i in 0..data.len() {
                if i / inner % dims[at] > 0 {
                    data[i] = elem.wrap(data[i].wrapping_add(data[i - inner]));
                }
            }
            Value::ints(data, dims.clone(), elem, call.devices)?
        }
        Kind::Bool => return Err(unsupported!("a bool operand")),
    };
    if exclusive {
        let mut first = dims.clone();
        first[at] = 1;
        let count = first.iter().product();
        let zeros = match elem.kind() {
            Kind::Float => Value::full(0.0, first, place, call.devices)?,
            _ => Value::ints(vec![0; count], first, elem, call.devices)?,
        };
        sums = Value::cat(vec![zeros, sums.narrow(at, 0, dims[at] - 1, call.devices)?], at, call.devices)?;
    }
    one(if reverse { sums.flip(&[at])? } else { sums })
}

#[cfg(test)]
mod tests {
    use crate::testing::{close, op};

    #[test]
    fn top_k_breaks_ties_by_place() {
        let call = op("TopK").floats(&[2, 4], &[1., 3., 3., 2., 8., 7., 6., 5.]).ints(&[1], &[2]).wanted(2);
        let out = call.clone().run().unwrap();
        close("values", &out[0].to_floats().unwrap(), &[3., 3., 8., 7.]);
        assert_eq!(out[1].to_ints().unwrap(), [1, 2, 0, 1]);
        let out = call.clone().int("largest", 0).run().unwrap();
        close("smallest", &out[0].to_floats().unwrap(), &[1., 2., 5., 6.]);
        let out = op("TopK").ints(&[3, 1], &[4, 9, 5]).ints(&[1], &[2]).int("axis", 0).run().unwrap();
        assert_eq!((out[0].to_ints().unwrap(), out[1].to_ints().unwrap()), (vec![9, 5], vec![1, 2]));
        assert!(op("TopK").floats(&[2], &[1., 2.]).ints(&[1], &[3]).run().is_err());
    }

    #[test]
    fn running_sums() {
        let call = op("CumSum").floats(&[2, 3], &[1., 2., 3., 4., 5., 6.]);
        close("axis 1", &call.clone().ints(&[], &[1]).run_floats(), &[1., 3., 6., 4., 9., 15.]);
        close("axis 0", &call.clone().ints(&[], &[0]).run_floats(), &[1., 2., 3., 5., 7., 9.]);
        close("exclusive", &call.clone().ints(&[], &[-1]).int("exclusive", 1).run_floats(), &[0., 1., 3., 0., 4., 9.]);
        close("reverse", &call.ints(&[], &[1]).int("reverse", 1).run_floats(), &[6., 5., 3., 15., 11., 6.]);
        let ints = op("CumSum").ints(&[2, 2], &[1, 2, 3, 4]);
        assert_eq!(ints.clone().ints(&[], &[0]).run_ints(), [1, 2, 4, 6]);
        assert_eq!(ints.ints(&[], &[1]).int("exclusive", 1).int("reverse", 1).run_ints(), [2, 0, 4, 0]);
    }
}
