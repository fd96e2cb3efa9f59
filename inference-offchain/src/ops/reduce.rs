//! Reductions over axes.

use super::{Call, Op, Output, axes, one, unary::map};
use crate::{
    error::{OpResult, operands, unsupported},
    tensor::{B, Elem, Kind, Place, Value},
};
use burn::backend::DispatchTensor;
use burn_backend::ops::FloatTensorOps;

/// The operators of this family.
pub const OPS: &[Op] = &[
    op("ReduceSum", |call| reduce(call, Fold::Sum, |x| x, |x| x)),
    op("ReduceMean", |call| reduce(call, Fold::Mean, |x| x, |x| x)),
    op("ReduceMax", |call| reduce(call, Fold::Max, |x| x, |x| x)),
    op("ReduceMin", |call| reduce(call, Fold::Min, |x| x, |x| x)),
    op("ReduceProd", |call| reduce(call, Fold::Prod, |x| x, |x| x)),
    op("ReduceL1", |call| reduce(call, Fold::Sum, B::float_abs, |x| x)),
    op("ReduceL2", |call| reduce(call, Fold::Sum, square, B::float_sqrt)),
    op("ReduceSumSquare", |call| reduce(call, Fold::Sum, square, |x| x)),
    op("ReduceLogSum", |call| reduce(call, Fold::Sum, |x| x, B::float_log)),
    op("ReduceLogSumExp", log_sum_exp),
    Op::new("ArgMax", (1, 1), |call| arg(call, |new, best| new > best))
        .attrs(&["axis", "keepdims", "select_last_index"])
        .gives(Output::Elem(Elem::I64)),
    Op::new("ArgMin", (1, 1), |call| arg(call, |new, best| new < best))
        .attrs(&["axis", "keepdims", "select_last_index"])
        .gives(Output::Elem(Elem::I64)),
];

const fn op(name: &'static str, run: fn(&mut Call) -> OpResult<Vec<Value>>) -> Op {
    Op::new(name, (1, 2), run).attrs(&["axes", "keepdims", "noop_with_empty_axes"])
}

/// How the elements of an axis become one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fold {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// The largest.
    Max,
    /// The smallest.
    Min,
    /// Their product.
    Prod,
}

fn square(x: DispatchTensor) -> DispatchTensor {
    B::float_mul(x.clone(), x)
}

/// So many elements are added one after the other on a GPU; their sums again in groups of as many, and so on.
const GROUP: usize = 16;

/// Folds one axis of a float tensor that is not empty; the axis stays, of one element.
///
/// Backends add in orders of their own, mostly one after the other in f32. A model that takes a variance as the difference of two large
/// means blows that rounding up until honest devices disagree. So sums are taken here such that rounding hardly grows with their length:
/// on the host in f64, on a GPU in groups.
pub fn fold_axis(value: Value, axis: usize, fold: Fold, call: &Call) -> OpResult<Value> {
    let (mut dims, place) = (value.dims().to_vec(), value.place());
    let (outer, len, inner) = (dims[..axis].iter().product(), dims[axis], dims[axis + 1..].iter().product());
    if len == 1 {
        return Ok(value);
    }
    dims[axis] = 1;
    let divisor = if fold == Fold::Mean { len as f32 } else { 1.0 };
    let prim = match (fold, place) {
        (Fold::Sum | Fold::Mean, Place::Host) => {
            let data = sums(&value.to_floats()?, outer, len, inner).into_iter().map(|sum| (sum / f64::from(divisor)) as f32).collect();
            return Value::floats(data, dims, place, call.devices);
        }
        (Fold::Sum | Fold::Mean, Place::Device) => {
            let sum = grouped(value.reshape(&[outer, len, inner])?, call)?.reshape(&dims)?;
            return Ok(if fold == Fold::Mean { map(sum, |x| B::float_div_scalar(x, divisor.into())) } else { sum });
        }
        (Fold::Max, _) => B::float_max_dim(value.prim(), axis),
        (Fold::Min, _) => B::float_min_dim(value.prim(), axis),
        (Fold::Prod, _) => B::float_prod_dim(value.prim(), axis),
    };
    Ok(Value::new(prim, dims, Elem::F32, place))
}

/// The sums over the middle axis of a tensor of three, in groups.
fn grouped(mut value: Value, call: &Call) -> OpResult<Value> {
    let plain = |value: Value, axis: usize| {
        let (mut dims, place) = (value.dims().to_vec(), value.place());
        dims[axis] = 1;
        Value::new(B::float_sum_dim(value.prim(), axis), dims, Elem::F32, place)
    };
    loop {
        let [outer, len, inner] = value.dims()[..] else { return Err(operands!("{:?} is no tensor of three axes", value.dims())) };
        if len <= GROUP {
            return Ok(plain(value, 1));
        }
        let (groups, rest) = (len / GROUP, len % GROUP);
        let whole = value.clone().narrow(1, 0, groups * GROUP, call.devices)?.reshape(&[outer, groups, GROUP, inner])?;
        let mut parts = vec![plain(whole, 2).reshape(&[outer, groups, inner])?];
        if rest > 0 {
            parts.push(plain(value.narrow(1, groups * GROUP, rest, call.devices)?, 1));
        }
        value = Value::cat(parts, 1, call.devices)?;
    }
}

/// The sums over the middle axis of a tensor of three.
fn sums(data: &[f32], outer: usize, len: usize, inner: usize) -> Vec<f64> {
    if inner == 1 {
        // Several sums at a time: they do not wait for one another.
        let lanes = |row: &[f32]| {
            let (chunks, rest) = row.as_chunks::<8>();
            let mut lanes = [0f64; 8];
            for chunk in chunks {
                lanes.iter_mut().zip(chunk).for_each(|(lane, v)| *lane += f64::from(*v));
            }
            lanes.iter().sum::<f64>() + rest.iter().map(|v| f64::from(*v)).sum::<f64>()
        };
        return data.chunks_exact(len).map(lanes).collect();
    }
    let mut out = vec![0f64; outer * inner];
    for (block, sums) in data.chunks_exact(len * inner).zip(out.chunks_exact_mut(inner)) {
        for row in block.chunks_exact(inner) {
            sums.iter_mut().zip(row).for_each(|(sum, v)| *sum += f64::from(*v));
        }
    }
    out
}

/// The axes a node folds, or none if it is the identity.
fn folded(call: &Call, rank: usize) -> OpResult<Option<Vec<usize>>> {
    let named = call.ints(1, "axes")?.unwrap_or_default();
    if named.is_empty() {
        let noop = call.attrs.flag("noop_with_empty_axes", false)?;
        return Ok((!noop).then(|| (0..rank).collect()));
    }
    axes(&named, rank).map(Some)
}

/// The shape without (or with ones for) the folded axes.
fn folded_shape(call: &Call, dims: &[usize], over: &[usize]) -> OpResult<Vec<usize>> {
    let keep = call.attrs.flag("keepdims", true)?;
    let one_or_dim = |(i, d): (usize, &usize)| if over.contains(&i) { keep.then_some(1) } else { Some(*d) };
    Ok(dims.iter().enumerate().filter_map(one_or_dim).collect())
}

fn reduce(
    call: &mut Call,
    fold: Fold,
    before: fn(DispatchTensor) -> DispatchTensor,
    after: fn(DispatchTensor) -> DispatchTensor,
) -> OpResult<Vec<Value>> {
    let Some(over) = folded(call, call.input(0)?.rank())? else {
        let value = call.take(0)?;
        value.expect(Kind::Float)?;
        return one(map(map(value, before), after));
    };
    let value = call.take(0)?;
    let dims = folded_shape(call, value.dims(), &over)?;
    match value.kind() {
        Kind::Float if value.count() == 0 => {
            let start = match fold {
                Fold::Sum => 0.0,
                Fold::Prod => 1.0,
                Fold::Max => f32::NEG_INFINITY,
                Fold::Min => f32::INFINITY,
                _ if dims.contains(&0) => 0.0,
                _ => return Err(operands!("nothing to reduce in {:?}", value.dims())),
            };
            one(map(Value::full(start, dims, Place::Host, call.devices)?, after))
        }
        Kind::Float => {
            let mut value = map(value, before);
            for axis in over {
                value = fold_axis(value, axis, fold, call)?;
            }
            one(map(value, after).reshape(&dims)?)
        }
        Kind::Int => one(fold_ints(call, &value, &over, dims, fold)?),
        Kind::Bool => Err(unsupported!("a bool operand")),
    }
}

/// The folded axes last, and how many elements they have.
fn rows(value: &Value, over: &[usize]) -> OpResult<(Value, usize)> {
    let mut order: Vec<usize> = (0..value.rank()).filter(|i| !over.contains(i)).collect();
    order.extend(over);
    let len = over.iter().map(|i| value.dims()[*i]).product();
    Ok((value.clone().permute(&order)?, len))
}

fn fold_ints(call: &Call, value: &Value, over: &[usize], dims: Vec<usize>, fold: Fold) -> OpResult<Value> {
    let (rows, len) = rows(value, over)?;
    if value.count() == 0 {
        return Err(operands!("nothing to reduce in {:?}", value.dims()));
    }
    let elem = value.elem();
    let flat = rows.to_ints()?;
    let data = flat.chunks_exact(len).map(|row| {
        elem.wrap(match fold {
            Fold::Sum => row.iter().fold(0, |a: i64, b| a.wrapping_add(*b)),
            Fold::Mean => row.iter().fold(0, |a: i64, b| a.wrapping_add(*b)) / len as i64,
            Fold::Max => row.iter().copied().fold(i64::MIN, i64::max),
            Fold::Min => row.iter().copied().fold(i64::MAX, i64::min),
            Fold::Prod => row.iter().fold(1, |a: i64, b| a.wrapping_mul(*b)),
        })
    });
    Value::ints(data.collect(), dims, elem, call.devices)
}

/// `log Σ exp(x)` as `max + log Σ exp(x - max)`, which does not overflow.
fn log_sum_exp(call: &mut Call) -> OpResult<Vec<Value>> {
    let Some(over) = folded(call, call.input(0)?.rank())? else { return one(call.take_float(0)?) };
    let x = call.take_float(0)?;
    let dims = folded_shape(call, x.dims(), &over)?;
    if x.count() == 0 {
        return one(Value::full(f32::NEG_INFINITY, dims, Place::Host, call.devices)?);
    }
    let fold = |value: Value, fold: Fold| over.iter().try_fold(value, |value, axis| fold_axis(value, *axis, fold, call));
    let max = fold(x.clone(), Fold::Max)?;
    let shifted = super::binary::float_pair(x, max.clone(), call, B::float_sub)?;
    let sum = fold(map(shifted, B::float_exp), Fold::Sum)?;
    one(super::binary::float_pair(map(sum, B::float_log), max, call, B::float_add)?.reshape(&dims)?)
}

/// On the host, so that ties go to the same place on every device.
fn arg(call: &mut Call, better: fn(f64, f64) -> bool) -> OpResult<Vec<Value>> {
    let last = call.attrs.flag("select_last_index", false)?;
    let value = call.take(0)?;
    let axis = call.axis(0, value.rank())?;
    let dims = folded_shape(call, value.dims(), &[axis])?;
    if value.count() == 0 {
        return Err(operands!("nothing to compare in {:?}", value.dims()));
    }
    let (rows, len) = rows(&value, &[axis])?;
    let best = |row: &mut dyn Iterator<Item = f64>| {
        let mut best = (0i64, row.next().unwrap_or(0.0));
        for (i, new) in row.enumerate() {
            if better(new, best.1) || (last && new == best.1) {
                best = (i as i64 + 1, new);
            }
        }
        best.0
    };
    let data: Vec<i64> = match value.kind() {
        // Integers beyond 2^53 would tie as f64; no model compares such.
        Kind::Int => rows.to_ints()?.chunks_exact(len).map(|row| best(&mut row.iter().map(|v| *v as f64))).collect(),
        _ => rows.to_f32()?.chunks_exact(len).map(|row| best(&mut row.iter().map(|v| f64::from(*v)))).collect(),
    };
    one(Value::ints(data, dims, Elem::I64, call.devices)?)
}

#[cfg(test)]
mod tests {
    use super::sums;
    use crate::testing::{close, op};
    use proptest::prelude::*;

    fn grid(name: &'static str) -> crate::testing::TestCall {
        op(name).floats(&[2, 3], &[1., 2., 3., 4., 5., 6.])
    }

    #[test]
    fn reductions_over_axes() {
        close("all", &grid("ReduceSum").int("keepdims", 0).run_floats(), &[21.]);
        assert!(grid("ReduceSum").int("keepdims", 0).run_dims().is_empty());
        assert_eq!(grid("ReduceSum").run_dims(), [1, 1]);
        let rows = |name| grid(name).ints(&[1], &[-1]).run_floats();
        close("Sum", &rows("ReduceSum"), &[6., 15.]);
        close("Mean", &rows("ReduceMean"), &[2., 5.]);
        close("Max", &rows("ReduceMax"), &[3., 6.]);
        close("Min", &rows("ReduceMin"), &[1., 4.]);
        close("Prod", &rows("ReduceProd"), &[6., 120.]);
        close("L1", &rows("ReduceL1"), &[6., 15.]);
        close("L2", &rows("ReduceL2"), &[14f32.sqrt(), 77f32.sqrt()]);
        close("SumSquare", &rows("ReduceSumSquare"), &[14., 77.]);
        close("LogSum", &rows("ReduceLogSum"), &[6f32.ln(), 15f32.ln()]);
        let log_sum_exp = |row: [f32; 3]| row.iter().map(|v| v.exp()).sum::<f32>().ln();
        close("LogSumExp", &rows("ReduceLogSumExp"), &[log_sum_exp([1., 2., 3.]), log_sum_exp([4., 5., 6.])]);
        close("attribute", &grid("ReduceMax").int_list("axes", &[0]).opset(11).run_floats(), &[4., 5., 6.]);
        close("noop", &grid("ReduceSum").int("noop_with_empty_axes", 1).run_floats(), &[1., 2., 3., 4., 5., 6.]);
        assert!(grid("ReduceSum").ints(&[1], &[2]).run().is_err());
    }

    #[test]
    fn reductions_of_integers_and_nothing() {
        let big = 1i64 << 60;
        assert_eq!(op("ReduceSum").ints(&[2, 2], &[big, 1, 2, 3]).ints(&[1], &[1]).run_ints(), [big + 1, 5]);
        assert_eq!(op("ReduceMax").ints(&[2, 2], &[4, 1, 2, 3]).ints(&[1], &[0]).run_ints(), [4, 3]);
        close("empty", &op("ReduceSum").floats(&[0], &[]).run_floats(), &[0.]);
        assert_eq!(op("ReduceMax").floats(&[0], &[]).run_floats(), [f32::NEG_INFINITY]);
        assert!(op("ReduceMean").floats(&[0], &[]).run().is_err());
    }

    #[test]
    fn arg_breaks_ties_by_place() {
        let row = |name| op(name).floats(&[1, 4], &[1., 3., 3., 1.]).int("axis", 1);
        assert_eq!(row("ArgMax").run_ints(), [1]);
        assert_eq!(row("ArgMax").int("select_last_index", 1).run_ints(), [2]);
        assert_eq!(row("ArgMin").run_ints(), [0]);
        assert_eq!(row("ArgMin").int("keepdims", 0).run_dims(), [1]);
        assert_eq!(op("ArgMax").ints(&[2, 2], &[1, 9, 8, 2]).run_ints(), [1, 0]);
    }

    #[test]
    fn sums_do_not_drift() {
        // A million times 0.1, which added in f32 one after the other is off by a hundredth.
        let many = vec![0.1f32; 1 << 20];
        let want = f64::from(0.1f32) * f64::from(1 << 20);
        let mean = op("ReduceMean").floats(&[1, 1 << 20], &many).int("keepdims", 0);
        // Both devices: the one in software adds one after the other if it is let.
        assert!((mean.run_floats()[0] - 0.1).abs() < 1e-7);
        close("odd length", &op("ReduceSum").floats(&[2, 37], &[0.5; 74]).ints(&[1], &[1]).run_floats(), &[18.5; 2]);
        assert!((sums(&many, 1, 1 << 20, 1)[0] - want).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn sums_are_those_of_plain_loops(outer in 1usize..4, len in 1usize..20, inner in 1usize..4) {
            let data: Vec<f32> = (0..outer * len * inner).map(|v| v as f32).collect();
            let want: Vec<f64> = (0..outer * inner)
                .map(|i| (0..len).map(|k| f64::from(data[(i / inner * len + k) * inner + i % inner])).sum())
                .collect();
            prop_assert_eq!(sums(&data, outer, len, inner), want);
        }
    }
}
