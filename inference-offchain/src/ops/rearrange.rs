//! What moves elements: transpose, concatenate, split, slice, tile, pad, blocks to depth and back.

use super::{Call, Op, axis, constant::sizes, one};
use crate::{
    error::{OpResult, attribute, operands, unsupported},
    limits,
    tensor::{Kind, Range, Value},
};

/// The operators of this family.
pub const OPS: &[Op] = &[
    Op::new("Transpose", (1, 1), transpose).attrs(&["perm"]),
    Op::new("Concat", (1, 4096), concat).attrs(&["axis"]),
    Op::new("Split", (1, 2), split).attrs(&["axis", "split", "num_outputs"]).outputs(4096),
    Op::new("Slice", (1, 5), slice).attrs(&["starts", "ends", "axes"]),
    Op::new("Tile", (2, 2), tile),
    Op::new("Pad", (1, 4), pad).attrs(&["mode", "pads", "value"]),
    Op::new("DepthToSpace", (1, 1), depth_to_space).attrs(&["blocksize", "mode"]),
    Op::new("SpaceToDepth", (1, 1), space_to_depth).attrs(&["blocksize"]),
];

fn transpose(call: &mut Call) -> OpResult<Vec<Value>> {
    let value = call.take(0)?;
    let perm = match call.attrs.ints("perm")? {
        Some(perm) => perm.iter().map(|a| axis(*a, value.rank())).collect::<OpResult<Vec<_>>>()?,
        None => (0..value.rank()).rev().collect(),
    };
    one(value.permute(&perm)?)
}

fn concat(call: &mut Call) -> OpResult<Vec<Value>> {
    let at = call.attrs.opt_int("axis")?.ok_or_else(|| attribute!("the axis is missing"))?;
    // Empty parts stay on the host; they must not keep the others from the device.
    let place = (0..call.arity())
        .filter_map(|i| call.opt(i))
        .filter(|value| value.kind() != Kind::Int && value.count() > 0)
        .map(Value::place)
        .reduce(|a, b| if a == b { a } else { crate::tensor::Place::Device });
    let mut values = call.take_all()?;
    if let Some(place) = place {
        values =
            values.into_iter().map(|v| if v.count() > 0 { v.to_place(place, call.devices) } else { Ok(v) }).collect::<OpResult<_>>()?;
        // The first one says where the result is.
        values.sort_by_key(|v| v.count() == 0);
    }
    let at = axis(at, values.first().map_or(0, Value::rank))?;
    one(Value::cat(values, at, call.devices)?)
}

fn split(call: &mut Call) -> OpResult<Vec<Value>> {
    let request = call.ints(1, "split")?;
    let value = call.take(0)?;
    let at = call.axis(0, value.rank())?;
    let len = value.dims()[at];
    let lens = match request {
        Some(request) => sizes(&request)?,
        None => {
            let parts = match call.attrs.opt_int("num_outputs")? {
                Some(parts) => usize::try_from(parts).ok().filter(|p| *p > 0).ok_or_else(|| attribute!("num_outputs {parts}"))?,
                None => call.wanted,
            };
            // The last part is the short one.
            let chunk = len.div_ceil(parts);
            (0..parts).map(|i| chunk.min(len.saturating_sub(i * chunk))).collect()
        }
    };
    if lens.iter().try_fold(0usize, |sum, len| sum.checked_add(*len)) != Some(len) {
        return Err(operands!("parts of {lens:?} from an axis of {len}"));
    }
    let mut start = 0;
    lens.into_iter()
        .map(|len| {
            let part = value.clone().narrow(at, start, len, call.devices);
            start += len;
            part
        })
        .collect()
}

/// One axis of Slice: the range to take and whether to reverse it afterwards.
pub fn slice_axis(len: usize, start: i64, end: i64, step: i64) -> OpResult<(Range, bool)> {
    let n = len as i64;
    let shift = |v: i64| if v < 0 { v.saturating_add(n) } else { v };
    match step {
        0 => Err(operands!("the step is zero")),
        1.. => {
            let (start, end) = (shift(start).clamp(0, n) as usize, shift(end).clamp(0, n) as usize);
            let step = usize::try_from(step).unwrap_or(usize::MAX).min(len.max(1));
            Ok((Range { start, end: end.max(start), step }, false))
        }
        _ => {
            // From the last element down: start, start + step, …, above end.
            let (start, end) = (shift(start).clamp(-1, n - 1), shift(end).clamp(-1, n - 1));
            let by = step.unsigned_abs().min(len.max(1) as u64) as i64;
            if start <= end {
                return Ok((Range { start: 0, end: 0, step: 1 }, true));
            }
            let count = (start - end + by - 1) / by;
            let least = start - (count - 1) * by;
            Ok((Range { start: least as usize, end: start as usize + 1, step: by as usize }, true))
        }
    }
}

fn slice(call: &mut Call) -> OpResult<Vec<Value>> {
    let need = |name: &str| operands!("the {name} are missing");
    let starts = call.ints(1, "starts")?.ok_or_else(|| need("starts"))?;
    let ends = call.ints(2, "ends")?.ok_or_else(|| need("ends"))?;
    let named = call.ints(3, "axes")?;
    let steps = call.opt(4).map(Value::to_ints).transpose()?.unwrap_or_else(|| vec![1; starts.len()]);
    let value = call.take(0)?;
    let named = named.unwrap_or_else(|| (0..starts.len() as i64).collect());
    if ends.len() != starts.len() || named.len() != starts.len() || steps.len() != starts.len() {
        return Err(operands!("{} starts, {} ends, {} axes, {} steps", starts.len(), ends.len(), named.len(), steps.len()));
    }
    super::axes(&named, value.rank())?;
    let mut ranges: Vec<Range> = value.dims().iter().map(|d| Range::full(*d)).collect();
    let mut reversed = vec![];
    for (i, at) in named.iter().enumerate() {
        let at = axis(*at, value.rank())?;
        let (range, reverse) = slice_axis(value.dims()[at], starts[i], ends[i], steps[i])?;
        ranges[at] = range;
        if reverse {
            reversed.push(at);
        }
    }
    one(value.slice(&ranges, call.devices)?.flip(&reversed)?)
}

fn tile(call: &mut Call) -> OpResult<Vec<Value>> {
    let repeats = sizes(&call.take(1)?.to_ints()?)?;
    let value = call.take(0)?;
    let dims = value.dims().to_vec();
    if repeats.len() != dims.len() {
        return Err(operands!("{} repeats for a tensor of rank {}", repeats.len(), dims.len()));
    }
    let wanted: Vec<usize> = dims.iter().zip(&repeats).map(|(d, r)| d.saturating_mul(*r)).collect();
    limits::elements(&wanted)?;
    if wanted.contains(&0) {
        return one(Value::empty(value.elem(), wanted, call.devices)?);
    }
    // Axis by axis: [d] to [1, d] to [r, d] to [r * d].
    let mut value = value;
    for (at, repeat) in repeats.iter().enumerate().filter(|(_, r)| **r > 1) {
        let dims = value.dims().to_vec();
        let (outer, inner) = (dims[..at].iter().product::<usize>(), dims[at..].iter().product::<usize>());
        let mut tiled = dims;
        tiled[at] *= repeat;
        value = value.reshape(&[outer, 1, inner])?.expand(&[outer, *repeat, inner], call.devices)?.reshape(&tiled)?;
    }
    one(value)
}

/// The padding before and after each axis. Negative ones crop.
fn padding(call: &Call, rank: usize) -> OpResult<Vec<(i64, i64)>> {
    let pads = call.ints(1, "pads")?.ok_or_else(|| operands!("the pads are missing"))?;
    let named = match call.opt(3) {
        Some(value) => value.to_ints()?.iter().map(|a| axis(*a, rank)).collect::<OpResult<Vec<_>>>()?,
        None => (0..rank).collect(),
    };
    if pads.len() != 2 * named.len() || pads.iter().any(|p| p.unsigned_abs() > limits::MAX_ELEMENTS as u64) {
        return Err(operands!("pads {pads:?} for {} axes", named.len()));
    }
    let mut out = vec![(0, 0); rank];
    for (i, at) in named.iter().enumerate() {
        out[*at] = (pads[i], pads[named.len() + i]);
    }
    Ok(out)
}

fn pad(call: &mut Call) -> OpResult<Vec<Value>> {
    let mut value = call.take(0)?;
    let padding = padding(call, value.rank())?;
    let mode = call.attrs.str("mode", "constant")?.to_owned();
    let fill = match call.opt(2) {
        Some(fill) if fill.count() == 1 => Some(fill.clone()),
        Some(fill) => return Err(operands!("the fill has {} elements", fill.count())),
        None => None,
    };
    for (at, (before, after)) in padding.into_iter().enumerate() {
        let len = value.dims()[at] as i64;
        let crop = |by: i64| by.min(0).unsigned_abs() as usize;
        let cropped = (len as usize).saturating_sub(crop(before) + crop(after));
        value = value.narrow(at, crop(before).min(len as usize), cropped, call.devices)?;
        let (before, after) = (before.max(0) as usize, after.max(0) as usize);
        if before + after == 0 {
            continue;
        }
        let mut dims = value.dims().to_vec();
        dims[at] = dims[at].saturating_add(before + after);
        limits::elements(&dims)?;
        value = match mode.as_str() {
            "constant" => {
                let block = |len: usize| filled(call, &value, fill.as_ref(), at, len);
                Value::cat(vec![block(before)?, value.clone(), block(after)?], at, call.devices)?
            }
            _ => {
                let picks = mirror(value.dims()[at], before, after, &mode)?;
                value.select(at, &picks, call.devices)?
            }
        };
    }
    one(value)
}

/// A block like `value`, `len` long on an axis, of the fill.
fn filled(call: &Call, value: &Value, fill: Option<&Value>, at: usize, len: usize) -> OpResult<Value> {
    let mut dims = value.dims().to_vec();
    dims[at] = len;
    let count = limits::elements(&dims)?;
    match value.kind() {
        Kind::Float => {
            let fill = match fill {
                Some(fill) => fill.to_floats()?[0],
                None => call.attrs.float("value", 0.0)?,
            };
            Value::full(fill, dims, value.place(), call.devices)
        }
        Kind::Int => Value::ints(vec![fill.map(Value::to_int).transpose()?.unwrap_or(0); count], dims, value.elem(), call.devices),
        Kind::Bool => {
            let fill = fill.map(Value::to_bools).transpose()?.is_some_and(|f| f[0]);
            Value::bools(vec![fill; count], dims, call.devices)?.to_place(value.place(), call.devices)
        }
    }
}

/// Which element stands at each place of a padded axis.
fn mirror(len: usize, before: usize, after: usize, mode: &str) -> OpResult<Vec<i64>> {
    let n = len as i64;
    let at = |i: i64| match mode {
        "edge" => Some(i.clamp(0, n - 1)),
        "wrap" => Some(i.rem_euclid(n)),
        "reflect" if n == 1 => Some(0),
        "reflect" => Some((n - 1) - ((n - 1) - i.rem_euclid(2 * (n - 1))).abs()),
        _ => None,
    };
    if len == 0 {
        return Err(operands!("an empty axis cannot be mirrored"));
    }
    let picks: Option<Vec<i64>> = (-(before as i64)..n + after as i64).map(at).collect();
    picks.ok_or_else(|| unsupported!("mode {mode:?}"))
}

fn depth_to_space(call: &mut Call) -> OpResult<Vec<Value>> {
    let (value, b, [n, c, h, w]) = blocks(call)?;
    if c % (b * b) != 0 {
        return Err(operands!("{c} channels for blocks of {b}"));
    }
    let c = c / (b * b);
    let value = match call.attrs.str("mode", "DCR")? {
        "DCR" => value.reshape(&[n, b, b, c, h, w])?.permute(&[0, 3, 4, 1, 5, 2])?,
        "CRD" => value.reshape(&[n, c, b, b, h, w])?.permute(&[0, 1, 4, 2, 5, 3])?,
        other => return Err(attribute!("mode {other:?}; DCR or CRD is needed")),
    };
    one(value.reshape(&[n, c, h * b, w * b])?)
}

fn space_to_depth(call: &mut Call) -> OpResult<Vec<Value>> {
    let (value, b, [n, c, h, w]) = blocks(call)?;
    if h % b != 0 || w % b != 0 {
        return Err(operands!("{h}×{w} is not made of blocks of {b}"));
    }
    one(value.reshape(&[n, c, h / b, b, w / b, b])?.permute(&[0, 3, 5, 1, 2, 4])?.reshape(&[n, c * b * b, h / b, w / b])?)
}

fn blocks(call: &mut Call) -> OpResult<(Value, usize, [usize; 4])> {
    let b = call.attrs.int("blocksize", 0)?;
    let b = usize::try_from(b).ok().filter(|b| (1..=1 << 12).contains(b)).ok_or_else(|| attribute!("blocksize {b}"))?;
    let value = call.take(0)?;
    let dims = <[usize; 4]>::try_from(value.dims()).map_err(|_| operands!("four dimensions are needed, not {:?}", value.dims()))?;
    Ok((value, b, dims))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{close, op};
    use proptest::prelude::*;

    fn iota(name: &'static str, dims: &[usize]) -> crate::testing::TestCall {
        let data: Vec<i64> = (0..dims.iter().product::<usize>() as i64).collect();
        op(name).ints(dims, &data)
    }

    #[test]
    fn transpose_and_concat() {
        assert_eq!(iota("Transpose", &[2, 3]).run_ints(), [0, 3, 1, 4, 2, 5]);
        assert_eq!(iota("Transpose", &[1, 2, 2]).int_list("perm", &[2, 0, 1]).run_ints(), [0, 2, 1, 3]);
        assert!(iota("Transpose", &[2, 2]).int_list("perm", &[0, 0]).run().is_err());
        assert_eq!(iota("Concat", &[2, 1]).ints(&[2, 2], &[7, 8, 9, 10]).int("axis", -1).run_ints(), [0, 7, 8, 1, 9, 10]);
        close("empty", &op("Concat").floats(&[0], &[]).floats(&[2], &[1., 2.]).int("axis", 0).run_floats(), &[1., 2.]);
        assert!(iota("Concat", &[2]).floats(&[1], &[1.0]).int("axis", 0).run().is_err());
    }

    #[test]
    fn split_takes_parts() {
        let parts = iota("Split", &[5]).wanted(2).run().unwrap();
        assert_eq!((parts[0].to_ints().unwrap(), parts[1].to_ints().unwrap()), (vec![0, 1, 2], vec![3, 4]));
        let parts = iota("Split", &[2, 3]).ints(&[2], &[1, 2]).int("axis", 1).wanted(2).run().unwrap();
        assert_eq!((parts[0].to_ints().unwrap(), parts[1].to_ints().unwrap()), (vec![0, 3], vec![1, 2, 4, 5]));
        assert!(iota("Split", &[5]).ints(&[2], &[1, 2]).run().is_err());
    }

    #[test]
    fn slice_in_both_directions() {
        let slice = |start: i64, end: i64, step: i64| {
            iota("Slice", &[6]).ints(&[1], &[start]).ints(&[1], &[end]).ints(&[1], &[0]).ints(&[1], &[step])
        };
        assert_eq!(slice(1, 5, 2).run_ints(), [1, 3]);
        assert_eq!(slice(-2, i64::MAX, 1).run_ints(), [4, 5]);
        assert_eq!(slice(-1, i64::MIN, -2).run_ints(), [5, 3, 1]);
        assert_eq!(slice(4, 1, -1).run_ints(), [4, 3, 2]);
        assert!(slice(3, 3, 1).run_ints().is_empty());
        assert!(slice(0, 6, 0).run().is_err());
        assert_eq!(
            iota("Slice", &[2, 3]).opset(9).int_list("starts", &[1]).int_list("ends", &[3]).int_list("axes", &[1]).run_ints(),
            [1, 2, 4, 5]
        );
    }

    #[test]
    fn tile_and_pad() {
        assert_eq!(iota("Tile", &[1, 2]).ints(&[2], &[2, 2]).run_ints(), [0, 1, 0, 1, 0, 1, 0, 1]);
        assert!(iota("Tile", &[2]).ints(&[1], &[1 << 60]).run().is_err());
        let pad = |mode: &str, pads: &[i64]| iota("Pad", &[3]).ints(&[2], pads).text("mode", mode);
        assert_eq!(pad("constant", &[1, 2]).ints(&[], &[9]).run_ints(), [9, 0, 1, 2, 9, 9]);
        assert_eq!(pad("constant", &[-1, 1]).run_ints(), [1, 2, 0]);
        assert_eq!(pad("reflect", &[2, 2]).run_ints(), [2, 1, 0, 1, 2, 1, 0]);
        assert_eq!(pad("edge", &[1, 1]).run_ints(), [0, 0, 1, 2, 2]);
        assert_eq!(pad("wrap", &[1, 1]).run_ints(), [2, 0, 1, 2, 0]);
        assert!(pad("constant", &[1 << 60, 0]).run().is_err());
        close("floats", &op("Pad").floats(&[1, 1], &[5.]).ints(&[4], &[0, 1, 0, 1]).run_floats(), &[0., 5., 0.]);
    }

    #[test]
    fn blocks_come_back() {
        let deep = iota("SpaceToDepth", &[1, 1, 2, 4]).int("blocksize", 2).run().unwrap().remove(0);
        assert_eq!((deep.dims(), deep.to_ints().unwrap()), (&[1, 4, 1, 2][..], vec![0, 2, 1, 3, 4, 6, 5, 7]));
        let back = op("DepthToSpace").ints(&[1, 4, 1, 2], &deep.to_ints().unwrap()).int("blocksize", 2);
        assert_eq!(back.run_ints(), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert!(iota("DepthToSpace", &[1, 3, 1, 1]).int("blocksize", 2).run().is_err());
    }

    proptest! {
        #[test]
        fn slice_axis_is_pythons(len in 0usize..8, start in -10i64..10, end in -10i64..10, step in prop_oneof![-4i64..0, 1i64..5]) {
            let (range, reverse) = slice_axis(len, start, end, step).unwrap();
            prop_assert!(range.is_empty() || (range.end <= len && range.start < len));
            let mut got: Vec<i64> = (range.start..range.end).step_by(range.step).map(|i| i as i64).collect();
            if reverse { got.reverse(); }
            let n = len as i64;
            let fix = |v: i64, low: i64, high: i64| (if v < 0 { v + n } else { v }).clamp(low, high);
            let (mut at, stop) = if step > 0 { (fix(start, 0, n), fix(end, 0, n)) } else { (fix(start, -1, n - 1), fix(end, -1, n - 1)) };
            let mut want = vec![];
            while (step > 0 && at < stop) || (step < 0 && at > stop) { want.push(at); at += step; }
            prop_assert_eq!(got, want);
        }
    }
}
