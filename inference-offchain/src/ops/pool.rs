//! Pools: the largest, the mean, over windows or over everything.

use super::{
    Call, Op,
    conv::pad_with,
    one, reduce,
    window::{Window, check_axes},
};
use crate::{
    error::{OpResult, attribute, operands, unsupported},
    graph::Attrs,
    tensor::{B, Elem, Value},
};
use burn_backend::ops::{FloatTensorOps, ModuleOps};

/// The operators of this family.
pub const OPS: &[Op] = &[
    Op::new("MaxPool", (1, 1), max_pool)
        .attrs(&["auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides"])
        .check(|attrs| check_axes(attrs, 2)),
    Op::new("AveragePool", (1, 1), average_pool)
        .attrs(&["auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads", "strides"])
        .check(check_average),
    Op::new("GlobalAveragePool", (1, 1), |call| global(call, reduce::Fold::Mean)),
    Op::new("GlobalMaxPool", (1, 1), |call| global(call, reduce::Fold::Max)),
];

fn check_average(attrs: &Attrs) -> OpResult<()> {
    if attrs.ints("dilations")?.is_some_and(|d| d.iter().any(|d| *d != 1)) {
        return Err(unsupported!("dilations"));
    }
    check_axes(attrs, 2)
}

/// Elements before and after each spatial axis.
type Pads = Vec<(usize, usize)>;

/// The input, the window, and how much lies beyond the padding where a window may hang over the end.
fn resolve(call: &mut Call) -> OpResult<(Value, Window, Pads)> {
    let x = call.take_float(0)?;
    let n = x.rank().saturating_sub(2);
    if !(1..=2).contains(&n) || x.count() == 0 {
        return Err(operands!("a pool over {:?}", x.dims()));
    }
    if call.attrs.ints("kernel_shape")?.is_none() {
        return Err(attribute!("kernel_shape is missing"));
    }
    let kernel = call.attrs.sizes("kernel_shape", n, 1, 1)?;
    let window = Window::resolve(call.attrs, kernel, &x.dims()[2..])?;
    let ceil = call.attrs.flag("ceil_mode", false)?;
    let outputs = window.outputs(&x.dims()[2..], ceil)?;
    let overhang = (0..n)
        .map(|i| {
            let (before, after) = window.pads[i];
            let covered = (outputs[i] - 1) * window.stride[i] + window.reach(i);
            (0, covered.saturating_sub(x.dims()[i + 2] + before + after))
        })
        .collect();
    Ok((x, window, overhang))
}

/// Slides over a tensor that is already padded.
fn slide(x: Value, window: &Window, max: bool) -> OpResult<Value> {
    let unpadded = Window { pads: vec![(0, 0); window.kernel.len()], ..window.clone() };
    let mut dims = x.dims()[..2].to_vec();
    dims.extend(unpadded.outputs(&x.dims()[2..], false)?);
    let (place, shape) = (x.place(), x.dims().to_vec());
    let (k, s, d) = (&window.kernel, &window.stride, &window.dilation);
    // A line is a plane one element high.
    let plane = if window.kernel.len() == 1 { x.reshape(&[shape[0], shape[1], 1, shape[2]])? } else { x };
    let two = |v: &[usize]| match v {
        [a, b] => [*a, *b],
        _ => [1, v[0]],
    };
    let prim = match max {
        true => B::max_pool2d(plane.prim(), two(k), two(s), [0, 0], two(d), false),
        false => B::avg_pool2d(plane.prim(), two(k), two(s), [0, 0], true, false),
    };
    let flat = if dims.len() == 3 { vec![dims[0], dims[1], 1, dims[2]] } else { dims.clone() };
    Value::new(prim, flat, Elem::F32, place).reshape(&dims)
}

fn max_pool(call: &mut Call) -> OpResult<Vec<Value>> {
    let (x, window, overhang) = resolve(call)?;
    let x = pad_with(x, &window.pads, f32::MIN, call)?;
    let x = pad_with(x, &overhang, f32::MIN, call)?;
    one(slide(x, &window, true)?)
}

fn average_pool(call: &mut Call) -> OpResult<Vec<Value>> {
    let include = call.attrs.flag("count_include_pad", false)?;
    let (x, window, overhang) = resolve(call)?;
    let padded = |pads: &[(usize, usize)]| pads.iter().any(|(a, b)| a + b > 0);
    let weighted = padded(&overhang) || (padded(&window.pads) && !include);
    // What a window covers counts once; padding counts if it is to be included; what hangs over never does.
    let weights = weighted
        .then(|| {
            let mut dims = x.dims().to_vec();
            dims[..2].fill(1);
            let ones = Value::full(1.0, dims, x.place(), call.devices)?;
            let ones = pad_with(ones, &window.pads, if include { 1.0 } else { 0.0 }, call)?;
            slide(pad_with(ones, &overhang, 0.0, call)?, &window, false)
        })
        .transpose()?;
    let x = pad_with(x, &window.pads, 0.0, call)?;
    let mean = slide(pad_with(x, &overhang, 0.0, call)?, &window, false)?;
    one(match weights {
        Some(weights) => super::binary::float_pair(mean, weights, call, B::float_div)?,
        None => mean,
    })
}

fn global(call: &mut Call, fold: reduce::Fold) -> OpResult<Vec<Value>> {
    let x = call.take_float(0)?;
    if x.rank() < 3 || x.count() == 0 {
        return Err(operands!("a pool over {:?}", x.dims()));
    }
    let mut dims = x.dims().to_vec();
    let rest = dims[2..].iter().product();
    let flat = x.reshape(&[dims[0], dims[1], rest])?;
    dims[2..].fill(1);
    one(reduce::fold_axis(flat, 2, fold, call)?.reshape(&dims)?)
}

#[cfg(test)]
mod tests {
    use crate::testing::{close, op};

    fn grid(name: &'static str) -> crate::testing::TestCall {
        op(name).floats(&[1, 1, 3, 3], &[1., 2., 3., 4., 5., 6., 7., 8., 9.])
    }

    #[test]
    fn max_pools() {
        let line = op("MaxPool").floats(&[1, 1, 5], &[1., 5., 2., 4., 3.]).int_list("kernel_shape", &[2]);
        close("1d", &line.clone().run_floats(), &[5., 5., 4., 4.]);
        close("ceil", &line.clone().int_list("strides", &[2]).int("ceil_mode", 1).run_floats(), &[5., 4., 3.]);
        close("pads", &line.clone().int_list("pads", &[1, 0]).int_list("strides", &[2]).run_floats(), &[1., 5., 4.]);
        close("dilation", &line.int_list("dilations", &[3]).run_floats(), &[4., 5.]);
        close("2d", &grid("MaxPool").int_list("kernel_shape", &[2, 2]).run_floats(), &[5., 6., 8., 9.]);
        let same = grid("MaxPool").int_list("kernel_shape", &[2, 2]).text("auto_pad", "SAME_UPPER");
        close("same", &same.run_floats(), &[5., 6., 6., 8., 9., 9., 8., 9., 9.]);
    }

    #[test]
    fn average_pools_count_what_they_should() {
        let pool = grid("AveragePool").int_list("kernel_shape", &[2, 2]);
        close("2d", &pool.clone().run_floats(), &[3., 4., 6., 7.]);
        let padded = pool.clone().int_list("pads", &[1, 1, 0, 0]).int_list("strides", &[2, 2]);
        close("excluded", &padded.clone().run_floats(), &[1., 2.5, 5.5, 7.]);
        close("included", &padded.int("count_include_pad", 1).run_floats(), &[0.25, 1.25, 2.75, 7.]);
        let ceil = pool.int_list("strides", &[2, 2]).int("ceil_mode", 1).int("count_include_pad", 1);
        close("ceil", &ceil.run_floats(), &[3., 4.5, 7.5, 9.]);
    }

    #[test]
    fn global_pools() {
        close("mean", &grid("GlobalAveragePool").run_floats(), &[5.]);
        close("max", &grid("GlobalMaxPool").run_floats(), &[9.]);
        assert_eq!(grid("GlobalMaxPool").run_dims(), [1, 1, 1, 1]);
        assert!(op("GlobalMaxPool").floats(&[2, 2], &[1.; 4]).run().is_err());
        assert!(grid("MaxPool").int_list("kernel_shape", &[4, 4]).run().is_err());
    }
}
