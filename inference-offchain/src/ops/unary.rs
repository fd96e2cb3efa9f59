//! Functions of one element: signs, roots, exponentials, trigonometry, rounding, tests for NaN.

use super::{Call, Op, Output, one};
use crate::{
    error::{OpResult, unsupported},
    tensor::{B, Elem, Kind, Value},
};
use burn::backend::DispatchTensor;
use burn_backend::ops::{BoolTensorOps, FloatTensorOps};

/// The operators of this family.
pub const OPS: &[Op] = &[
    Op::new("Abs", (1, 1), |call| signed(call, B::float_abs, i64::wrapping_abs)),
    Op::new("Neg", (1, 1), |call| signed(call, B::float_neg, i64::wrapping_neg)),
    Op::new("Sign", (1, 1), |call| signed(call, B::float_sign, i64::signum)),
    Op::new("Acos", (1, 1), |call| float(call, B::float_acos)),
    Op::new("Acosh", (1, 1), |call| float(call, B::float_acosh)),
    Op::new("Asin", (1, 1), |call| float(call, B::float_asin)),
    Op::new("Asinh", (1, 1), |call| float(call, B::float_asinh)),
    Op::new("Atan", (1, 1), |call| float(call, B::float_atan)),
    Op::new("Atanh", (1, 1), |call| float(call, B::float_atanh)),
    Op::new("Ceil", (1, 1), |call| float(call, B::float_ceil)),
    Op::new("Cos", (1, 1), |call| float(call, B::float_cos)),
    Op::new("Cosh", (1, 1), |call| float(call, B::float_cosh)),
    Op::new("Erf", (1, 1), |call| float(call, B::float_erf)),
    Op::new("Exp", (1, 1), |call| float(call, B::float_exp)),
    Op::new("Floor", (1, 1), |call| float(call, B::float_floor)),
    Op::new("Log", (1, 1), |call| float(call, B::float_log)),
    Op::new("Reciprocal", (1, 1), |call| float(call, B::float_recip)),
    Op::new("Round", (1, 1), |call| float(call, B::float_round)),
    Op::new("Sin", (1, 1), |call| float(call, B::float_sin)),
    Op::new("Sinh", (1, 1), |call| float(call, B::float_sinh)),
    Op::new("Sqrt", (1, 1), |call| float(call, B::float_sqrt)),
    Op::new("Tan", (1, 1), |call| float(call, B::float_tan)),
    Op::new("Tanh", (1, 1), |call| float(call, B::float_tanh)),
    Op::new("IsNaN", (1, 1), is_nan).gives(Output::Elem(Elem::Bool)),
    Op::new("IsInf", (1, 1), is_inf).attrs(&["detect_negative", "detect_positive"]).gives(Output::Elem(Elem::Bool)),
    Op::new("Not", (1, 1), not).gives(Output::Elem(Elem::Bool)),
    Op::new("BitwiseNot", (1, 1), bitwise_not),
];

/// Applies a burn function to a float tensor.
pub fn map(value: Value, f: impl FnOnce(DispatchTensor) -> DispatchTensor) -> Value {
    if value.count() == 0 {
        return value;
    }
    let (dims, elem, place) = (value.dims().to_vec(), value.elem(), value.place());
    Value::new(f(value.prim()), dims, elem, place)
}

/// Applies a function to the elements of an integer tensor.
pub fn map_ints(value: &Value, call: &Call, f: impl Fn(i64) -> i64) -> OpResult<Value> {
    let elem = value.elem();
    let data = value.to_ints()?.into_iter().map(|v| elem.wrap(f(v))).collect();
    Value::ints(data, value.dims().to_vec(), elem, call.devices)
}

fn float(call: &mut Call, f: fn(DispatchTensor) -> DispatchTensor) -> OpResult<Vec<Value>> {
    one(map(call.take_float(0)?, f))
}

fn signed(call: &mut Call, float: fn(DispatchTensor) -> DispatchTensor, int: fn(i64) -> i64) -> OpResult<Vec<Value>> {
    let value = call.take(0)?;
    match value.kind() {
        Kind::Float => one(map(value, float)),
        Kind::Int => one(map_ints(&value, call, int)?),
        Kind::Bool => Err(unsupported!("a bool operand")),
    }
}

/// Tests each element of a float tensor.
fn test(call: &mut Call, f: impl FnOnce(DispatchTensor, burn_backend::BoolDType) -> DispatchTensor) -> OpResult<Vec<Value>> {
    let value = call.take_float(0)?;
    let (dims, place) = (value.dims().to_vec(), value.place());
    if value.count() == 0 {
        return one(Value::empty(Elem::Bool, dims, call.devices)?);
    }
    one(Value::new(f(value.prim(), call.devices.bool_store(place)), dims, Elem::Bool, place))
}

fn is_nan(call: &mut Call) -> OpResult<Vec<Value>> {
    test(call, B::float_is_nan)
}

fn is_inf(call: &mut Call) -> OpResult<Vec<Value>> {
    match (call.attrs.flag("detect_negative", true)?, call.attrs.flag("detect_positive", true)?) {
        (true, true) => test(call, B::float_is_inf),
        (true, false) => test(call, |x, store| B::float_equal_elem(x, f32::NEG_INFINITY.into(), store)),
        (false, true) => test(call, |x, store| B::float_equal_elem(x, f32::INFINITY.into(), store)),
        (false, false) => test(call, |x, store| B::float_lower(x.clone(), x, store)),
    }
}

fn not(call: &mut Call) -> OpResult<Vec<Value>> {
    let value = call.take(0)?;
    value.expect(Kind::Bool)?;
    one(map(value, B::bool_not))
}

fn bitwise_not(call: &mut Call) -> OpResult<Vec<Value>> {
    let value = call.take(0)?;
    one(map_ints(&value, call, |v| !v)?)
}

#[cfg(test)]
mod tests {
    use crate::testing::{close, op};

    #[test]
    fn unary_values() {
        let x = [-1.5f32, -0.5, 0.0, 0.5, 1.5, 2.5];
        for (name, f) in [
            ("Abs", (|v| v.abs()) as fn(f32) -> f32),
            ("Neg", |v| -v),
            ("Exp", f32::exp),
            ("Floor", f32::floor),
            ("Ceil", f32::ceil),
            ("Sin", f32::sin),
            ("Cos", f32::cos),
            ("Tanh", f32::tanh),
            ("Atan", f32::atan),
            ("Sinh", f32::sinh),
            ("Cosh", f32::cosh),
            ("Asinh", f32::asinh),
            // Halves go to the even neighbour.
            ("Round", f32::round_ties_even),
            ("Sign", |v| if v == 0.0 { 0.0 } else { v.signum() }),
        ] {
            let want: Vec<f32> = x.iter().map(|v| f(*v)).collect();
            close(name, &op(name).floats(&[2, 3], &x).run_floats(), &want);
        }
        close("Erf", &op("Erf").floats(&[3], &[0.0, 0.5, -2.0]).run_floats(), &[0.0, 0.520_499_9, -0.995_322_3]);
        close("Sqrt", &op("Sqrt").floats(&[2], &[4.0, 2.0]).run_floats(), &[2.0, std::f32::consts::SQRT_2]);
        close("Log", &op("Log").floats(&[2], &[1.0, std::f32::consts::E]).run_floats(), &[0.0, 1.0]);
        close("Reciprocal", &op("Reciprocal").floats(&[], &[4.0]).run_floats(), &[0.25]);
        close("Acosh", &op("Acosh").floats(&[1], &[1.5]).run_floats(), &[1.5f32.acosh()]);
        close("Atanh", &op("Atanh").floats(&[1], &[0.5]).run_floats(), &[0.5f32.atanh()]);
    }

    #[test]
    fn unary_integers_are_exact() {
        let big = 1i64 << 60 | 1;
        assert_eq!(op("Neg").ints(&[2], &[big, -3]).run_ints(), [-big, 3]);
        assert_eq!(op("Abs").ints(&[2], &[-big, 3]).run_ints(), [big, 3]);
        assert_eq!(op("Sign").ints(&[3], &[-9, 0, 9]).run_ints(), [-1, 0, 1]);
        assert_eq!(op("BitwiseNot").ints(&[2], &[0, 5]).run_ints(), [-1, -6]);
    }

    #[test]
    fn tests_find_nan_and_infinities() {
        let x = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1.0];
        assert_eq!(op("IsNaN").floats(&[4], &x).run_bools(), [true, false, false, false]);
        assert_eq!(op("IsInf").floats(&[4], &x).run_bools(), [false, true, true, false]);
        assert_eq!(op("IsInf").floats(&[4], &x).int("detect_negative", 0).run_bools(), [false, true, false, false]);
        assert_eq!(op("Not").bools(&[2], &[true, false]).run_bools(), [false, true]);
    }

    #[test]
    fn wrong_kinds_are_errors() {
        assert!(op("Exp").ints(&[1], &[1]).run().is_err());
        assert!(op("Not").floats(&[1], &[1.0]).run().is_err());
        assert!(op("Abs").bools(&[1], &[true]).run().is_err());
    }
}
