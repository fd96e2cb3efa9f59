//! Convolutions over one, two and three axes, and their transposes over one and two.

use super::{
    Call, Op, Role, one,
    window::{Window, check_axes},
};
use crate::{
    error::{OpResult, operands, unsupported},
    limits,
    tensor::{B, Elem, Value},
};
use burn_backend::ops::{ConvOptions, ConvTransposeOptions, ModuleOps};

/// The operators of this family.
pub const OPS: &[Op] = &[
    Op::new("Conv", (2, 3), conv)
        .attrs(&["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"])
        .check(|attrs| check_axes(attrs, 3))
        .role(Role::Linear),
    Op::new("ConvTranspose", (2, 3), conv_transpose)
        .attrs(&["auto_pad", "dilations", "group", "kernel_shape", "output_padding", "output_shape", "pads", "strides"])
        .check(|attrs| check_axes(attrs, 2))
        .role(Role::Linear),
];

/// The operands of a convolution, with groups and shapes checked as far as both directions share them.
struct Operands {
    x: Value,
    weight: Value,
    bias: Option<Value>,
    groups: usize,
    kernel: Vec<usize>,
}

fn operands_of(call: &mut Call) -> OpResult<Operands> {
    call.gather_places()?;
    let (x, weight) = (call.take_float(0)?, call.take_float(1)?);
    let bias = call.take_opt(2);
    if x.rank() < 3 || weight.rank() != x.rank() || x.dims().contains(&0) || weight.dims().contains(&0) {
        return Err(operands!("{:?} is convolved with {:?}", x.dims(), weight.dims()));
    }
    if x.rank() > 5 {
        return Err(unsupported!("{} spatial axes", x.rank() - 2));
    }
    let groups = call.attrs.int("group", 1)?;
    let groups = usize::try_from(groups).ok().filter(|g| *g > 0).ok_or_else(|| operands!("{groups} groups"))?;
    let kernel = weight.dims()[2..].to_vec();
    if call.attrs.ints("kernel_shape")?.is_some() && call.attrs.sizes("kernel_shape", kernel.len(), 1, 1)? != kernel {
        return Err(operands!("kernel_shape is not that of the weights, {:?}", weight.dims()));
    }
    Ok(Operands { x, weight, bias, groups, kernel })
}

fn check_bias(bias: &Option<Value>, channels: usize) -> OpResult<()> {
    match bias {
        Some(bias) if bias.dims() != [channels] => Err(operands!("a bias of {:?} for {channels} channels", bias.dims())),
        _ => Ok(()),
    }
}

/// Zeros around the spatial axes.
pub fn pad_with(mut x: Value, pads: &[(usize, usize)], fill: f32, call: &Call) -> OpResult<Value> {
    for (i, (before, after)) in pads.iter().enumerate() {
        if before + after == 0 {
            continue;
        }
        let block = |len: usize| {
            let mut dims = x.dims().to_vec();
            dims[i + 2] = len;
            limits::elements(&dims)?;
            Value::full(fill, dims, x.place(), call.devices)
        };
        x = Value::cat(vec![block(*before)?, x.clone(), block(*after)?], i + 2, call.devices)?;
    }
    Ok(x)
}

fn conv(call: &mut Call) -> OpResult<Vec<Value>> {
    let Operands { mut x, weight, bias, groups, kernel } = operands_of(call)?;
    let (channels, per_group) = (weight.dims()[0], weight.dims()[1]);
    if per_group.checked_mul(groups) != Some(x.dims()[1]) || channels % groups != 0 {
        return Err(operands!("{:?} is convolved with {:?} in {groups} groups", x.dims(), weight.dims()));
    }
    check_bias(&bias, channels)?;
    let mut window = Window::resolve(call.attrs, kernel, &x.dims()[2..])?;
    let outputs = window.outputs(&x.dims()[2..], false)?;
    let mut dims = vec![x.dims()[0], channels];
    dims.extend(&outputs);
    call.devices.check(x.place(), &dims)?;
    // burn's kernels pad both sides alike; anything else is padded here.
    if window.pads.iter().any(|(before, after)| before != after) {
        x = pad_with(x, &window.pads, 0.0, call)?;
        window.pads.iter_mut().for_each(|pad| *pad = (0, 0));
    }
    let place = x.place();
    let bias = bias.map(Value::prim);
    let n = |v: &[usize], i: usize| v[i];
    let pad = |i: usize| window.pads[i].0;
    let (s, d) = (&window.stride, &window.dilation);
    let (x, weight) = (x.prim(), weight.prim());
    let prim = match outputs.len() {
        1 => B::conv1d(x, weight, bias, ConvOptions::new([n(s, 0)], [pad(0)], [n(d, 0)], groups)),
        2 => B::conv2d(x, weight, bias, ConvOptions::new([n(s, 0), n(s, 1)], [pad(0), pad(1)], [n(d, 0), n(d, 1)], groups)),
        _ => {
            let three = |v: &[usize]| [v[0], v[1], v[2]];
            B::conv3d(x, weight, bias, ConvOptions::new(three(s), [pad(0), pad(1), pad(2)], three(d), groups))
        }
    };
    one(Value::new(prim, dims, Elem::F32, place))
}

fn conv_transpose(call: &mut Call) -> OpResult<Vec<Value>> {
    let Operands { x, weight, bias, groups, kernel } = operands_of(call)?;
    let n = kernel.len();
    if n > 2 {
        return Err(unsupported!("{n} spatial axes"));
    }
    let channels = weight.dims()[1].saturating_mul(groups);
    if weight.dims()[0] != x.dims()[1] || x.dims()[1] % groups != 0 {
        return Err(operands!("{:?} and {:?} in {groups} groups", x.dims(), weight.dims()));
    }
    check_bias(&bias, channels)?;
    let spatial = x.dims()[2..].to_vec();
    let window = Window::resolve(call.attrs, kernel, &spatial)?;
    let extra = call.attrs.sizes("output_padding", n, 0, 0)?;
    // All that the windows reach, before cropping.
    let full: Vec<usize> = (0..n).map(|i| (spatial[i] - 1) * window.stride[i] + window.reach(i) + extra[i]).collect();
    let auto = call.attrs.str("auto_pad", "NOTSET")?;
    let crops: Vec<(usize, usize)> = match call.attrs.ints("output_shape")? {
        None if !auto.starts_with("SAME") => window.pads.clone(),
        _ => {
            let default: Vec<usize> = (0..n).map(|i| spatial[i] * window.stride[i]).collect();
            let wanted = if call.attrs.ints("output_shape")?.is_some() { call.attrs.sizes("output_shape", n, 1, 1)? } else { default };
            (0..n)
                .map(|i| {
                    let total = full[i].checked_sub(wanted[i]).ok_or_else(|| unsupported!("an output of {wanted:?}, beyond {full:?}"))?;
                    let small = total / 2;
                    Ok(if auto == "SAME_UPPER" { (small, total - small) } else { (total - small, small) })
                })
                .collect::<OpResult<_>>()?
        }
    };
    let mut dims = vec![x.dims()[0], channels];
    dims.extend(&full);
    call.devices.check(x.place(), &dims)?;
    let (place, bias) = (x.place(), bias.map(Value::prim));
    let (s, d) = (&window.stride, &window.dilation);
    let (x, weight) = (x.prim(), weight.prim());
    let prim = match n {
        1 => B::conv_transpose1d(x, weight, bias, ConvTransposeOptions::new([s[0]], [0], [extra[0]], [d[0]], groups)),
        _ => {
            let options = ConvTransposeOptions::new([s[0], s[1]], [0, 0], [extra[0], extra[1]], [d[0], d[1]], groups);
            B::conv_transpose2d(x, weight, bias, options)
        }
    };
    let mut out = Value::new(prim, dims, Elem::F32, place);
    for (i, (before, after)) in crops.into_iter().enumerate() {
        let len = full[i].checked_sub(before + after).filter(|len| *len > 0).ok_or_else(|| operands!("pads leave nothing of {full:?}"))?;
        out = out.narrow(i + 2, before, len, call.devices)?;
    }
    one(out)
}

#[cfg(test)]
mod tests {
    use crate::testing::{close, op};

    fn iota(n: usize) -> Vec<f32> {
        (1..=n).map(|v| v as f32).collect()
    }

    #[test]
    fn conv_by_hand() {
        let line = op("Conv").floats(&[1, 1, 5], &iota(5)).floats(&[1, 1, 3], &[1., 0., -1.]);
        close("1d", &line.clone().run_floats(), &[-2., -2., -2.]);
        close("pads", &line.clone().int_list("pads", &[1, 0]).run_floats(), &[-2., -2., -2., -2.]);
        close("stride", &line.clone().int_list("strides", &[2]).int_list("pads", &[1, 1]).run_floats(), &[-2., -2., 4.]);
        close("same", &line.clone().text("auto_pad", "SAME_UPPER").int_list("strides", &[2]).run_floats(), &[-2., -2., 4.]);
        close("dilation", &line.int_list("dilations", &[2]).run_floats(), &[-4.]);
        let square = op("Conv").floats(&[1, 1, 3, 3], &iota(9)).floats(&[1, 1, 2, 2], &[1.; 4]).floats(&[1], &[0.5]);
        close("2d", &square.run_floats(), &[12.5, 16.5, 24.5, 28.5]);
        let groups = op("Conv").floats(&[1, 2, 2], &iota(4)).floats(&[2, 1, 1], &[10., 100.]).int("group", 2);
        close("groups", &groups.run_floats(), &[10., 20., 300., 400.]);
        let cube = op("Conv").floats(&[1, 1, 2, 2, 2], &iota(8)).floats(&[1, 1, 2, 2, 2], &[1.; 8]);
        close("3d", &cube.run_floats(), &[36.]);
    }

    #[test]
    fn conv_refuses_shapes_that_do_not_fit() {
        let conv =
            |x: &[usize], w: &[usize]| op("Conv").floats(x, &vec![1.0; x.iter().product()]).floats(w, &vec![1.0; w.iter().product()]);
        assert!(conv(&[1, 2, 3], &[1, 1, 2]).run().is_err());
        assert!(conv(&[1, 1, 3], &[1, 1, 4]).run().is_err());
        assert!(conv(&[1, 1, 3], &[1, 1, 2, 2]).run().is_err());
        assert!(conv(&[1, 1, 3], &[1, 1, 2]).int("group", 0).run().is_err());
        assert!(conv(&[1, 1, 3], &[1, 1, 2]).int_list("strides", &[0]).run().is_err());
        assert!(conv(&[1, 1, 3], &[1, 1, 2]).floats(&[3], &[1.0; 3]).run().is_err());
    }

    #[test]
    fn conv_transpose_by_hand() {
        let line = op("ConvTranspose").floats(&[1, 1, 3], &iota(3)).floats(&[1, 1, 2], &[1., 10.]);
        close("1d", &line.clone().run_floats(), &[1., 12., 23., 30.]);
        close("stride", &line.clone().int_list("strides", &[2]).run_floats(), &[1., 10., 2., 20., 3., 30.]);
        close("pads", &line.clone().int_list("pads", &[1, 0]).run_floats(), &[12., 23., 30.]);
        let wider = line.int_list("strides", &[2]).int_list("output_padding", &[1]);
        close("output_padding", &wider.run_floats(), &[1., 10., 2., 20., 3., 30., 0.]);
        let square = op("ConvTranspose").floats(&[1, 1, 1, 2], &[1., 2.]).floats(&[1, 1, 2, 1], &[1., 3.]).floats(&[1], &[1.]);
        close("2d", &square.run_floats(), &[2., 3., 4., 7.]);
    }
}
