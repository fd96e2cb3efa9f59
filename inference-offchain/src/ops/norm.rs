//! Normalisations, in inference.

use super::{Call, Op, Role, axes, axis, binary::float_pair, one, reduce, unary::map};
use crate::{
    error::{OpResult, attribute, operands, unsupported},
    graph::Attrs,
    tensor::{B, Elem, Value},
};
use burn_backend::{
    Scalar,
    ops::{FloatTensorOps, ModuleOps},
};

/// The operators of this family.
pub const OPS: &[Op] = &[
    Op::new("BatchNormalization", (5, 5), batch)
        .attrs(&["epsilon", "momentum", "spatial", "training_mode"])
        .check(check_batch)
        .role(Role::Norm),
    Op::new("InstanceNormalization", (3, 3), instance).attrs(&["epsilon"]).role(Role::Norm),
    Op::new("LayerNormalization", (2, 3), layer).attrs(&["axis", "epsilon", "stash_type"]).role(Role::Norm),
    Op::new("GroupNormalization", (3, 3), group).attrs(&["epsilon", "num_groups", "stash_type"]).role(Role::Norm),
    Op::new("RMSNormalization", (2, 2), rms).attrs(&["axis", "epsilon", "stash_type"]).role(Role::Norm),
    Op::new("LpNormalization", (1, 1), lp).attrs(&["axis", "p"]).role(Role::Norm),
    Op::new("MeanVarianceNormalization", (1, 1), mean_variance).attrs(&["axes"]).role(Role::Norm),
    Op::new("LRN", (1, 1), local_response).attrs(&["alpha", "beta", "bias", "size"]).role(Role::Norm),
];

fn check_batch(attrs: &Attrs) -> OpResult<()> {
    if attrs.flag("training_mode", false)? || !attrs.flag("spatial", true)? {
        return Err(unsupported!("training mode, or statistics that are not per channel"));
    }
    Ok(())
}

/// A vector of one number per channel, shaped to broadcast over `rank` dimensions.
fn per_channel(value: Value, channels: usize, rank: usize) -> OpResult<Value> {
    if value.dims() != [channels] {
        return Err(operands!("{:?} for {channels} channels", value.dims()));
    }
    let mut dims = vec![1; rank];
    dims[1] = channels;
    value.reshape(&dims)
}

fn channels(x: &Value) -> OpResult<usize> {
    match x.dims() {
        [_, channels, ..] if x.count() > 0 => Ok(*channels),
        dims => Err(operands!("no channels in {dims:?}")),
    }
}

fn batch(call: &mut Call) -> OpResult<Vec<Value>> {
    let epsilon = call.attrs.float("epsilon", 1e-5)?;
    call.gather_places()?;
    let x = call.take_float(0)?;
    let (c, rank) = (channels(&x)?, x.rank());
    let mut take = |i: usize| per_channel(call.take_float(i)?, c, rank);
    let (scale, bias, mean, variance) = (take(1)?, take(2)?, take(3)?, take(4)?);
    // (x - mean) / √(variance + ε) · scale + bias, with the channel's factors taken together first.
    let deviation = map(variance, |v| B::float_sqrt(B::float_add_scalar(v, epsilon.into())));
    let factor = float_pair(scale, deviation, call, B::float_div)?;
    let shift = float_pair(bias, float_pair(mean, factor.clone(), call, B::float_mul)?, call, B::float_sub)?;
    one(float_pair(float_pair(x, factor, call, B::float_mul)?, shift, call, B::float_add)?)
}

/// `(x - mean) / √(variance + ε)` over the last axis of a matrix.
fn standardize(x: Value, epsilon: f32, call: &Call) -> OpResult<Value> {
    let centre = |x: &Value| reduce::fold_axis(x.clone(), 1, reduce::Fold::Mean, call);
    let mean = centre(&x)?;
    let x = float_pair(x, mean, call, B::float_sub)?;
    let variance = centre(&map(x.clone(), |x| B::float_mul(x.clone(), x)))?;
    let deviation = map(variance, |v| B::float_sqrt(B::float_add_scalar(v, epsilon.into())));
    float_pair(x, deviation, call, B::float_div)
}

fn instance(call: &mut Call) -> OpResult<Vec<Value>> {
    let epsilon = call.attrs.float("epsilon", 1e-5)?;
    call.gather_places()?;
    let x = call.take_float(0)?;
    let (c, dims) = (channels(&x)?, x.dims().to_vec());
    let (scale, bias) = (per_channel(call.take_float(1)?, c, dims.len())?, per_channel(call.take_float(2)?, c, dims.len())?);
    let flat = x.reshape(&[dims[0] * c, dims[2..].iter().product()])?;
    let x = standardize(flat, epsilon, call)?.reshape(&dims)?;
    one(float_pair(float_pair(x, scale, call, B::float_mul)?, bias, call, B::float_add)?)
}

fn group(call: &mut Call) -> OpResult<Vec<Value>> {
    let epsilon = call.attrs.float("epsilon", 1e-5)?;
    let groups = call.attrs.int("num_groups", 0)?;
    call.gather_places()?;
    let x = call.take_float(0)?;
    let (c, dims) = (channels(&x)?, x.dims().to_vec());
    let groups = usize::try_from(groups).ok().filter(|g| *g > 0 && c % g == 0);
    let groups = groups.ok_or_else(|| attribute!("num_groups does not divide {c} channels"))?;
    let flat = x.reshape(&[dims[0] * groups, c / groups * dims[2..].iter().product::<usize>()])?;
    let x = standardize(flat, epsilon, call)?.reshape(&dims)?;
    // Since opset 21 the factors are per channel, before that per group.
    let mut factor = |i: usize| -> OpResult<Value> {
        let value = call.take_float(i)?;
        let value = match value.count() {
            count if count == c => value.reshape(&[c])?,
            count if count == groups => value.reshape(&[groups, 1])?.expand(&[groups, c / groups], call.devices)?.reshape(&[c])?,
            count => return Err(operands!("{count} factors for {groups} groups of {c} channels")),
        };
        per_channel(value, c, dims.len())
    };
    let (scale, bias) = (factor(1)?, factor(2)?);
    one(float_pair(float_pair(x, scale, call, B::float_mul)?, bias, call, B::float_add)?)
}

/// The input flattened to rows that are normalised each, with its shape and the shape of the normalised axes.
fn as_rows(call: &mut Call) -> OpResult<(Value, Vec<usize>, Vec<usize>)> {
    call.gather_places()?;
    let x = call.take_float(0)?;
    let dims = x.dims().to_vec();
    if x.count() == 0 {
        return Err(operands!("nothing to normalise in {dims:?}"));
    }
    let at = axis(call.attrs.int("axis", -1)?, dims.len())?;
    let inner = dims[at..].to_vec();
    let x = x.reshape(&[dims[..at].iter().product(), inner.iter().product()])?;
    Ok((x, dims, inner))
}

/// A factor that broadcasts to the normalised axes, as one row.
fn as_row(value: Value, inner: &[usize], call: &Call) -> OpResult<Value> {
    let count = inner.iter().product();
    if value.dims() == [count] {
        return Ok(value);
    }
    value.expand(inner, call.devices)?.reshape(&[count])
}

fn layer(call: &mut Call) -> OpResult<Vec<Value>> {
    let epsilon = call.attrs.float("epsilon", 1e-5)?;
    let (x, dims, inner) = as_rows(call)?;
    let scale = as_row(call.take_float(1)?, &inner, call)?;
    let bias = call.take_opt(2).map(|bias| as_row(bias, &inner, call)).transpose()?;
    let (place, flat) = (x.place(), x.dims().to_vec());
    let prim = B::layer_norm(x.prim(), scale.prim(), bias.map(Value::prim), f64::from(epsilon));
    one(Value::new(prim, flat, Elem::F32, place).reshape(&dims)?)
}

fn rms(call: &mut Call) -> OpResult<Vec<Value>> {
    let epsilon = call.attrs.float("epsilon", 1e-5)?;
    let (x, dims, inner) = as_rows(call)?;
    let scale = as_row(call.take_float(1)?, &inner, call)?;
    let squares = reduce::fold_axis(map(x.clone(), |x| B::float_mul(x.clone(), x)), 1, reduce::Fold::Mean, call)?;
    let norm = map(squares, |v| B::float_sqrt(B::float_add_scalar(v, epsilon.into())));
    let x = float_pair(x, norm, call, B::float_div)?;
    one(float_pair(x, scale, call, B::float_mul)?.reshape(&dims)?)
}

fn lp(call: &mut Call) -> OpResult<Vec<Value>> {
    let x = call.take_float(0)?;
    if x.count() == 0 {
        return one(x);
    }
    let at = call.axis(-1, x.rank())?;
    let norm = match call.attrs.int("p", 2)? {
        1 => reduce::fold_axis(map(x.clone(), B::float_abs), at, reduce::Fold::Sum, call)?,
        2 => map(reduce::fold_axis(map(x.clone(), |x| B::float_mul(x.clone(), x)), at, reduce::Fold::Sum, call)?, B::float_sqrt),
        p => return Err(attribute!("p = {p}; 1 or 2 is needed")),
    };
    // Rows of zeros stay zeros.
    let store = call.devices.bool_store(norm.place());
    let norm = map(norm, |n| B::float_mask_fill(n.clone(), B::float_equal_elem(n, Scalar::Float(0.0), store), Scalar::Float(1.0)));
    one(float_pair(x, norm, call, B::float_div)?)
}

fn mean_variance(call: &mut Call) -> OpResult<Vec<Value>> {
    let x = call.take_float(0)?;
    if x.count() == 0 {
        return one(x);
    }
    let over = axes(call.attrs.ints("axes")?.unwrap_or(&[0, 2, 3]), x.rank())?;
    let mean = |x: Value| over.iter().try_fold(x, |x, at| reduce::fold_axis(x, *at, reduce::Fold::Mean, call));
    let x = float_pair(x.clone(), mean(x)?, call, B::float_sub)?;
    let deviation = map(mean(map(x.clone(), |x| B::float_mul(x.clone(), x)))?, B::float_sqrt);
    // The standard's function adds 1e-9 to the deviation.
    one(float_pair(x, map(deviation, |v| B::float_add_scalar(v, Scalar::Float(1e-9))), call, B::float_div)?)
}

fn local_response(call: &mut Call) -> OpResult<Vec<Value>> {
    let (alpha, beta, bias) = (call.attrs.float("alpha", 1e-4)?, call.attrs.float("beta", 0.75)?, call.attrs.float("bias", 1.0)?);
    let x = call.take_float(0)?;
    let c = channels(&x)?;
    let size = call.attrs.int("size", 0)?;
    let size = usize::try_from(size).ok().filter(|s| (1..=1024).contains(s)).ok_or_else(|| attribute!("size {size}"))?;
    let squares = map(x.clone(), |x| B::float_mul(x.clone(), x));
    // Channel c sums over c - ⌊(size-1)/2⌋ to c + ⌈(size-1)/2⌉, as far as there are such.
    let (before, after) = ((size - 1) / 2, size / 2);
    let zeros = |len: usize| {
        let mut dims = squares.dims().to_vec();
        dims[1] = len;
        Value::full(0.0, dims, squares.place(), call.devices)
    };
    let padded = Value::cat(vec![zeros(before)?, squares.clone(), zeros(after)?], 1, call.devices)?;
    let mut sum = padded.clone().narrow(1, 0, c, call.devices)?;
    for offset in 1..size {
        sum = float_pair(sum, padded.clone().narrow(1, offset, c, call.devices)?, call, B::float_add)?;
    }
    let scale = map(sum, |s| {
        let s = B::float_add_scalar(B::float_mul_scalar(s, (alpha / size as f32).into()), bias.into());
        B::float_powf_scalar(s, beta.into())
    });
    one(float_pair(x, scale, call, B::float_div)?)
}

#[cfg(test)]
mod tests {
    use crate::testing::{close, op};

    #[test]
    fn batch_normalization_by_hand() {
        let call = op("BatchNormalization").floats(&[1, 2, 2], &[1., 3., 10., 20.]);
        let call = call.floats(&[2], &[2., 1.]).floats(&[2], &[0., 5.]).floats(&[2], &[2., 10.]).floats(&[2], &[4., 100.]);
        close("batch", &call.clone().float("epsilon", 0.0).run_floats(), &[-1., 1., 5., 6.]);
        // The standard's default is not zero.
        let tiny =
            op("BatchNormalization").floats(&[1, 1], &[1.]).floats(&[1], &[1.]).floats(&[1], &[0.]).floats(&[1], &[0.]).floats(&[1], &[0.]);
        close("epsilon", &tiny.run_floats(), &[316.227_78]);
        assert!(
            op("BatchNormalization")
                .floats(&[1, 2], &[1.; 2])
                .floats(&[1], &[1.])
                .floats(&[2], &[1.; 2])
                .floats(&[2], &[1.; 2])
                .floats(&[2], &[1.; 2])
                .run()
                .is_err()
        );
    }

    #[test]
    fn rows_become_standard() {
        let x = [1., 2., 3., 4.];
        let r = 1.0 / 1.25f32.sqrt();
        let want = [-1.5 * r, -0.5 * r, 0.5 * r, 1.5 * r];
        let ones = [1.0; 4];
        close("layer", &op("LayerNormalization").floats(&[1, 4], &x).floats(&[4], &ones).float("epsilon", 0.0).run_floats(), &want);
        let two = op("LayerNormalization")
            .floats(&[1, 2, 2], &x)
            .floats(&[2, 2], &ones)
            .floats(&[2], &[1., 1.])
            .int("axis", 1)
            .float("epsilon", 0.0);
        close("axis", &two.run_floats(), &want.map(|v| v + 1.0));
        close(
            "instance",
            &op("InstanceNormalization").floats(&[1, 1, 4], &x).floats(&[1], &[1.]).floats(&[1], &[0.]).float("epsilon", 0.0).run_floats(),
            &want,
        );
        let group = op("GroupNormalization").floats(&[1, 4, 1], &x).int("num_groups", 1).float("epsilon", 0.0);
        close("group", &group.clone().floats(&[4], &ones).floats(&[4], &[0.; 4]).run_floats(), &want);
        close("group 18", &group.floats(&[1], &[1.]).floats(&[1], &[0.]).run_floats(), &want);
        close("mean variance", &op("MeanVarianceNormalization").int_list("axes", &[1]).floats(&[1, 4], &x).run_floats(), &want);
    }

    #[test]
    fn other_norms() {
        close("lp2", &op("LpNormalization").floats(&[1, 2], &[3., 4.]).run_floats(), &[0.6, 0.8]);
        close("zeros", &op("LpNormalization").floats(&[2, 2], &[3., 4., 0., 0.]).run_floats(), &[0.6, 0.8, 0., 0.]);
        close("lp1", &op("LpNormalization").int("p", 1).floats(&[1, 2], &[1., -3.]).run_floats(), &[0.25, -0.75]);
        let rms = 12.5f32.sqrt();
        close(
            "rms",
            &op("RMSNormalization").floats(&[1, 2], &[3., 4.]).floats(&[2], &[1., 2.]).float("epsilon", 0.0).run_floats(),
            &[3. / rms, 8. / rms],
        );
        let lrn = op("LRN").floats(&[1, 3, 1], &[1., 2., 3.]).int("size", 3).float("alpha", 3.0).float("beta", 1.0);
        close("lrn", &lrn.run_floats(), &[1. / 6., 2. / 15., 3. / 14.]);
    }
}
