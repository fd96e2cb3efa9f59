//! Activation functions, softmax and its kin, clipping.

use super::{Call, Op, Role, one, unary::map};
use crate::{
    error::{OpResult, attribute, operands},
    tensor::{B, Kind, Value},
};
use burn::backend::DispatchTensor;
use burn_backend::{
    Scalar,
    ops::{ActivationOps, BoolTensorOps, FloatTensorOps},
};

/// The operators of this family.
pub const OPS: &[Op] = &[
    Op::new("Relu", (1, 1), relu),
    Op::new("LeakyRelu", (1, 1), leaky_relu).attrs(&["alpha"]),
    Op::new("ThresholdedRelu", (1, 1), thresholded_relu).attrs(&["alpha"]),
    Op::new("Sigmoid", (1, 1), |call| float(call, B::sigmoid)),
    Op::new("HardSigmoid", (1, 1), hard_sigmoid).attrs(&["alpha", "beta"]),
    Op::new("HardSwish", (1, 1), |call| float(call, |x| B::float_mul(x.clone(), B::hard_sigmoid(x, (1f32 / 6.0).into(), 0.5f32.into())))),
    Op::new("Swish", (1, 1), swish).attrs(&["alpha"]),
    Op::new("Elu", (1, 1), |call| exponential(call, 1.0, 1.0, false)).attrs(&["alpha"]),
    Op::new("Selu", (1, 1), |call| exponential(call, 1.673_263_2, 1.050_701, false)).attrs(&["alpha", "gamma"]),
    Op::new("Celu", (1, 1), |call| exponential(call, 1.0, 1.0, true)).attrs(&["alpha"]),
    Op::new("Gelu", (1, 1), gelu).attrs(&["approximate"]),
    Op::new("Mish", (1, 1), |call| float(call, |x| B::float_mul(x.clone(), B::float_tanh(softplus(x))))),
    Op::new("Softplus", (1, 1), |call| float(call, softplus)),
    Op::new("Softsign", (1, 1), |call| float(call, |x| B::float_div(x.clone(), B::float_add_scalar(B::float_abs(x), Scalar::Float(1.0))))),
    Op::new("Shrink", (1, 1), shrink).attrs(&["bias", "lambd"]),
    Op::new("Clip", (1, 3), clip).attrs(&["min", "max"]),
    Op::new("Softmax", (1, 1), |call| softmax(call, B::softmax)).attrs(&["axis"]).role(Role::Softmax),
    Op::new("LogSoftmax", (1, 1), |call| softmax(call, B::log_softmax)).attrs(&["axis"]).role(Role::Softmax),
    Op::new("Dropout", (1, 3), dropout).attrs(&["ratio", "seed"]).outputs(2),
];

fn float(call: &mut Call, f: impl FnOnce(DispatchTensor) -> DispatchTensor) -> OpResult<Vec<Value>> {
    one(map(call.take_float(0)?, f))
}

fn relu(call: &mut Call) -> OpResult<Vec<Value>> {
    if call.input(0)?.kind() == Kind::Int {
        let value = call.take(0)?;
        return one(super::unary::map_ints(&value, call, |v| v.max(0))?);
    }
    float(call, B::relu)
}

fn leaky_relu(call: &mut Call) -> OpResult<Vec<Value>> {
    let alpha = call.attrs.float("alpha", 0.01)?;
    float(call, |x| B::leaky_relu(x, alpha.into()))
}

fn thresholded_relu(call: &mut Call) -> OpResult<Vec<Value>> {
    let alpha = call.attrs.float("alpha", 1.0)?;
    let store = call.devices.bool_store(call.input(0)?.place());
    float(call, |x| {
        let below = B::float_lower_equal_elem(x.clone(), alpha.into(), store);
        B::float_mask_fill(x, below, Scalar::Float(0.0))
    })
}

fn hard_sigmoid(call: &mut Call) -> OpResult<Vec<Value>> {
    let (alpha, beta) = (call.attrs.float("alpha", 0.2)?, call.attrs.float("beta", 0.5)?);
    float(call, |x| B::hard_sigmoid(x, alpha.into(), beta.into()))
}

fn swish(call: &mut Call) -> OpResult<Vec<Value>> {
    let alpha = call.attrs.float("alpha", 1.0)?;
    float(call, |x| B::float_mul(x.clone(), B::sigmoid(B::float_mul_scalar(x, alpha.into()))))
}

/// `gamma · x` above zero, `gamma · alpha · (exp(x) - 1)` below; with `scaled` the exponent is `x / alpha`.
fn exponential(call: &mut Call, alpha: f32, gamma: f32, scaled: bool) -> OpResult<Vec<Value>> {
    let (alpha, gamma) = (call.attrs.float("alpha", alpha)?, call.attrs.float("gamma", gamma)?);
    if scaled && alpha == 0.0 {
        return Err(attribute!("alpha must not be zero"));
    }
    float(call, |x| {
        // exp of the negative part alone cannot overflow.
        let low = B::float_clamp_max(x.clone(), Scalar::Float(0.0));
        let low = if scaled { B::float_div_scalar(low, alpha.into()) } else { low };
        let low = B::float_mul_scalar(B::float_add_scalar(B::float_exp(low), Scalar::Float(-1.0)), alpha.into());
        let high = B::float_clamp_min(x, Scalar::Float(0.0));
        B::float_mul_scalar(B::float_add(high, low), gamma.into())
    })
}

/// `log(1 + exp(x))` as `max(x, 0) + log(1 + exp(-|x|))`, which does not overflow.
fn softplus(x: DispatchTensor) -> DispatchTensor {
    let tail = B::float_log1p(B::float_exp(B::float_neg(B::float_abs(x.clone()))));
    B::float_add(B::float_clamp_min(x, Scalar::Float(0.0)), tail)
}

fn gelu(call: &mut Call) -> OpResult<Vec<Value>> {
    match call.attrs.str("approximate", "none")? {
        "none" => float(call, |x| {
            let erf = B::float_erf(B::float_mul_scalar(x.clone(), std::f32::consts::FRAC_1_SQRT_2.into()));
            B::float_mul(B::float_mul_scalar(x, Scalar::Float(0.5)), B::float_add_scalar(erf, Scalar::Float(1.0)))
        }),
        "tanh" => float(call, |x| {
            let cube = B::float_mul(B::float_mul(x.clone(), x.clone()), x.clone());
            let inner = B::float_add(x.clone(), B::float_mul_scalar(cube, 0.044_715f32.into()));
            let tanh = B::float_tanh(B::float_mul_scalar(inner, (2.0 / std::f32::consts::PI).sqrt().into()));
            B::float_mul(B::float_mul_scalar(x, Scalar::Float(0.5)), B::float_add_scalar(tanh, Scalar::Float(1.0)))
        }),
        other => Err(attribute!("approximate {other:?}; none or tanh is needed")),
    }
}

fn shrink(call: &mut Call) -> OpResult<Vec<Value>> {
    let (bias, lambd) = (call.attrs.float("bias", 0.0)?, call.attrs.float("lambd", 0.5)?);
    let store = call.devices.bool_store(call.input(0)?.place());
    float(call, |x| {
        let (high, low) = (B::float_greater_elem(x.clone(), lambd.into(), store), B::float_lower_elem(x.clone(), (-lambd).into(), store));
        let inside = B::bool_not(B::bool_or(high.clone(), low));
        let (down, up) = (B::float_add_scalar(x.clone(), (-bias).into()), B::float_add_scalar(x, bias.into()));
        B::float_mask_fill(B::float_mask_where(up, high, down), inside, Scalar::Float(0.0))
    })
}

/// A bound of Clip: an input since opset 11, an attribute before.
fn bound(call: &Call, input: usize, name: &str) -> OpResult<Option<f64>> {
    let Some(value) = call.opt(input) else {
        return Ok(call.attrs.get(name).map(|_| call.attrs.float(name, 0.0)).transpose()?.map(f64::from));
    };
    if value.count() != 1 {
        return Err(operands!("{name} must be one number"));
    }
    Ok(Some(match value.kind() {
        Kind::Int => value.to_int()? as f64,
        _ => f64::from(value.to_f32()?[0]),
    }))
}

fn clip(call: &mut Call) -> OpResult<Vec<Value>> {
    if call.input(0)?.kind() == Kind::Int {
        let least = call.opt(1).map(Value::to_int).transpose()?.unwrap_or(i64::MIN);
        let most = call.opt(2).map(Value::to_int).transpose()?.unwrap_or(i64::MAX);
        let value = call.take(0)?;
        return one(super::unary::map_ints(&value, call, |v| v.max(least).min(most))?);
    }
    let (least, most) = (bound(call, 1, "min")?, bound(call, 2, "max")?);
    float(call, |x| {
        let x = least.map_or(x.clone(), |least| B::float_clamp_min(x, Scalar::Float(least)));
        match most {
            Some(most) => B::float_clamp_max(x, Scalar::Float(most)),
            None => x,
        }
    })
}

fn softmax(call: &mut Call, f: fn(DispatchTensor, usize) -> DispatchTensor) -> OpResult<Vec<Value>> {
    let x = call.take_float(0)?;
    let dims = x.dims().to_vec();
    if dims.is_empty() || x.count() == 0 {
        return if dims.is_empty() { Err(operands!("a scalar has no axis")) } else { one(x) };
    }
    if call.opset >= 13 {
        let axis = call.axis(-1, dims.len())?;
        return one(map(x, |x| f(x, axis)));
    }
    // Older opsets flatten to a matrix first.
    let axis = match call.attrs.int("axis", 1)? {
        end if end == dims.len() as i64 => dims.len(),
        axis => super::axis(axis, dims.len())?,
    };
    let rows: usize = dims[..axis].iter().product();
    let flat = x.reshape(&[rows, dims[axis..].iter().product()])?;
    one(map(flat, |x| f(x, 1)).reshape(&dims)?)
}

fn dropout(call: &mut Call) -> OpResult<Vec<Value>> {
    let training = call.take_opt(2).map(|training| training.to_bools()).transpose()?;
    if training.is_some_and(|training| training != [false]) {
        return Err(crate::error::unsupported!("training mode, whose result is random"));
    }
    let x = call.take(0)?;
    let mut out = vec![x];
    if call.wanted > 1 {
        let dims = out[0].dims().to_vec();
        out.push(Value::bools(vec![true; out[0].count()], dims, call.devices)?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::testing::{close, op};

    const X: [f32; 5] = [-2.0, -0.5, 0.0, 0.5, 2.0];

    #[test]
    fn activations_values() {
        let sigmoid = |v: f32| 1.0 / (1.0 + (-v).exp());
        let softplus = |v: f32| (1.0 + v.exp()).ln();
        let check = |name: &'static str, f: &dyn Fn(f32) -> f32| {
            let want: Vec<f32> = X.iter().map(|v| f(*v)).collect();
            close(name, &op(name).floats(&[5], &X).run_floats(), &want);
        };
        check("Relu", &|v| v.max(0.0));
        check("LeakyRelu", &|v| if v < 0.0 { 0.01 * v } else { v });
        check("ThresholdedRelu", &|v| if v > 1.0 { v } else { 0.0 });
        check("Sigmoid", &sigmoid);
        check("HardSigmoid", &|v| (0.2 * v + 0.5).clamp(0.0, 1.0));
        check("HardSwish", &|v| v * (v / 6.0 + 0.5).clamp(0.0, 1.0));
        check("Swish", &|v| v * sigmoid(v));
        check("Elu", &|v| if v < 0.0 { v.exp() - 1.0 } else { v });
        check("Selu", &|v| 1.050_701 * if v < 0.0 { 1.673_263_2 * (v.exp() - 1.0) } else { v });
        check("Celu", &|v| if v < 0.0 { v.exp() - 1.0 } else { v });
        check("Mish", &|v| v * softplus(v).tanh());
        check("Softplus", &softplus);
        check("Softsign", &|v| v / (1.0 + v.abs()));
        check("Shrink", &|v| if v.abs() > 0.5 { v } else { 0.0 });
        close("Gelu", &op("Gelu").floats(&[2], &[1.0, -1.0]).run_floats(), &[0.841_344_7, -0.158_655_25]);
        close("Gelu", &op("Gelu").text("approximate", "tanh").floats(&[1], &[1.0]).run_floats(), &[0.841_192]);
        close("Softplus", &op("Softplus").floats(&[2], &[100.0, -100.0]).run_floats(), &[100.0, 0.0]);
        assert_eq!(op("Relu").ints(&[2], &[-1, 1]).run_ints(), [0, 1]);
    }

    #[test]
    fn clip_takes_bounds_both_ways() {
        close("Clip", &op("Clip").floats(&[5], &X).floats(&[], &[-1.0]).floats(&[], &[1.0]).run_floats(), &[-1.0, -0.5, 0.0, 0.5, 1.0]);
        close("Clip", &op("Clip").opset(6).float("max", 0.1).floats(&[5], &X).run_floats(), &[-2.0, -0.5, 0.0, 0.1, 0.1]);
        assert_eq!(op("Clip").ints(&[3], &[-9, 1, 9]).ints(&[], &[0]).ints(&[], &[5]).run_ints(), [0, 1, 5]);
    }

    #[test]
    fn softmax_follows_the_opset() {
        let third = [1.0 / 3.0; 3];
        close("Softmax", &op("Softmax").floats(&[1, 3], &[5.0; 3]).run_floats(), &third);
        let rows = op("Softmax").floats(&[2, 2, 1], &[0.0, 0.0, 3f32.ln(), 0.0]);
        close("13", &rows.clone().int("axis", 1).run_floats(), &[0.5, 0.5, 0.75, 0.25]);
        close("11", &rows.opset(11).run_floats(), &[0.5, 0.5, 0.75, 0.25]);
        close("11", &op("Softmax").opset(11).int("axis", 0).floats(&[2, 2], &[1.0; 4]).run_floats(), &[0.25; 4]);
        close("Log", &op("LogSoftmax").floats(&[2], &[1.0, 1.0]).run_floats(), &[-(2f32.ln()); 2]);
        close("large", &op("Softmax").floats(&[2], &[1e4, 1e4]).run_floats(), &[0.5, 0.5]);
    }

    #[test]
    fn dropout_is_the_identity() {
        close("Dropout", &op("Dropout").floats(&[2], &[1.0, 2.0]).run_floats(), &[1.0, 2.0]);
        assert!(op("Dropout").floats(&[1], &[1.0]).floats(&[], &[0.5]).bools(&[], &[true]).run().is_err());
    }
}
