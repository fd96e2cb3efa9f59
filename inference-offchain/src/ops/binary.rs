//! Functions of two or more elements, broadcast: arithmetic, extremes, logic and bits.

use super::{Call, Op, Output, Role, one};
use crate::{
    error::{OpResult, attribute, operands, unsupported},
    tensor::{B, Elem, Kind, Value, broadcast},
};
use burn::backend::DispatchTensor;
use burn_backend::ops::{BoolTensorOps, FloatTensorOps};

/// The operators of this family.
pub const OPS: &[Op] = &[
    Op::new("Add", (2, 2), |call| arithmetic(call, B::float_add, |a, b| Some(a.wrapping_add(b)))).role(Role::Add),
    Op::new("Sub", (2, 2), |call| arithmetic(call, B::float_sub, |a, b| Some(a.wrapping_sub(b)))),
    Op::new("Mul", (2, 2), |call| arithmetic(call, B::float_mul, |a, b| Some(a.wrapping_mul(b)))),
    Op::new("Div", (2, 2), div),
    Op::new("Mod", (2, 2), modulo).attrs(&["fmod"]),
    Op::new("Pow", (2, 2), pow),
    Op::new("PRelu", (2, 2), prelu),
    Op::new("Max", (1, 64), |call| variadic(call, |a, b, call| extreme(a, b, call, true), i64::max)),
    Op::new("Min", (1, 64), |call| variadic(call, |a, b, call| extreme(a, b, call, false), i64::min)),
    Op::new("Sum", (1, 64), |call| variadic(call, add, i64::wrapping_add)).role(Role::Add),
    Op::new("Mean", (1, 64), mean),
    Op::new("And", (2, 2), |call| logic(call, B::bool_and)),
    Op::new("Or", (2, 2), |call| logic(call, B::bool_or)),
    Op::new("Xor", (2, 2), |call| logic(call, B::bool_xor)),
    Op::new("BitwiseAnd", (2, 2), |call| bits(call, |a, b| a & b)),
    Op::new("BitwiseOr", (2, 2), |call| bits(call, |a, b| a | b)),
    Op::new("BitwiseXor", (2, 2), |call| bits(call, |a, b| a ^ b)),
    Op::new("BitShift", (2, 2), bit_shift).attrs(&["direction"]),
    Op::new("Where", (3, 3), select).gives(Output::Like(1)),
];

/// Brings two tensors of one kind and place to one rank and calls `f`, which broadcasts. Returns the result and its shape.
pub fn broadcast_pair<T>(
    a: Value,
    b: Value,
    call: &Call,
    f: impl FnOnce(DispatchTensor, DispatchTensor) -> T,
) -> OpResult<(Option<T>, Vec<usize>)> {
    let dims = broadcast([a.dims(), b.dims()])?;
    call.devices.check(a.place(), &dims)?;
    if dims.contains(&0) {
        return Ok((None, dims));
    }
    let (a, b) = (pad(a, dims.len())?, pad(b, dims.len())?);
    Ok((Some(f(a.prim(), b.prim())), dims))
}

/// Leading axes of one element up to `rank`.
fn pad(value: Value, rank: usize) -> OpResult<Value> {
    let mut dims = vec![1; rank - value.rank()];
    dims.extend(value.dims());
    value.reshape(&dims)
}

/// `f` of two float tensors.
pub fn float_pair(a: Value, b: Value, call: &Call, f: impl FnOnce(DispatchTensor, DispatchTensor) -> DispatchTensor) -> OpResult<Value> {
    a.expect(Kind::Float)?;
    b.expect(Kind::Float)?;
    let place = a.place();
    match broadcast_pair(a, b, call, f)? {
        (Some(prim), dims) => Ok(Value::new(prim, dims, Elem::F32, place)),
        (None, dims) => Value::empty(Elem::F32, dims, call.devices),
    }
}

/// `f` of two integer tensors on the host; `None` from it is an error that `what` explains.
pub fn int_pair(a: &Value, b: &Value, call: &Call, what: &str, f: impl Fn(i64, i64) -> Option<i64>) -> OpResult<Value> {
    let dims = broadcast([a.dims(), b.dims()])?;
    let elem = a.elem();
    if elem != b.elem() {
        return Err(operands!("{} and {} operands", elem.name(), b.elem().name()));
    }
    let (a, b) = (spread(a, &dims, call)?, spread(b, &dims, call)?);
    let data: Option<Vec<i64>> = a.into_iter().zip(b).map(|(x, y)| f(x, y).map(|v| elem.wrap(v))).collect();
    Value::ints(data.ok_or_else(|| operands!("{what}"))?, dims, elem, call.devices)
}

/// The elements of an integer tensor, broadcast.
pub fn spread(value: &Value, dims: &[usize], call: &Call) -> OpResult<Vec<i64>> {
    value.clone().expand(dims, call.devices)?.to_ints()
}

fn arithmetic(
    call: &mut Call,
    float: fn(DispatchTensor, DispatchTensor) -> DispatchTensor,
    int: fn(i64, i64) -> Option<i64>,
) -> OpResult<Vec<Value>> {
    call.gather_places()?;
    let (a, b) = (call.take(0)?, call.take(1)?);
    match a.kind() {
        Kind::Float => one(float_pair(a, b, call, float)?),
        Kind::Int => one(int_pair(&a, &b, call, "out of range", int)?),
        Kind::Bool => Err(unsupported!("bool operands")),
    }
}

fn div(call: &mut Call) -> OpResult<Vec<Value>> {
    call.gather_places()?;
    let (a, b) = (call.take(0)?, call.take(1)?);
    if a.kind() == Kind::Float {
        return one(float_pair(a, b, call, B::float_div)?);
    }
    let unsigned = a.elem() == Elem::U64;
    one(int_pair(&a, &b, call, "an integer is divided by zero", move |x, y| match unsigned {
        true => (x as u64).checked_div(y as u64).map(|v| v as i64),
        false => (y != 0).then(|| x.wrapping_div(y)),
    })?)
}

fn modulo(call: &mut Call) -> OpResult<Vec<Value>> {
    let fmod = call.attrs.flag("fmod", false)?;
    call.gather_places()?;
    let (a, b) = (call.take(0)?, call.take(1)?);
    match a.kind() {
        Kind::Float if !fmod => Err(attribute!("floats need fmod = 1")),
        // The sign follows the dividend: x - trunc(x / y) * y.
        Kind::Float => {
            let quotient = float_pair(a.clone(), b.clone(), call, |x, y| B::float_trunc(B::float_div(x, y)))?;
            let product = float_pair(quotient, b, call, B::float_mul)?;
            one(float_pair(a, product, call, B::float_sub)?)
        }
        Kind::Int => one(int_pair(&a, &b, call, "an integer modulo zero", move |x, y| match (y, fmod) {
            (0, _) => None,
            (_, true) => Some(x.wrapping_rem(y)),
            // The sign follows the divisor.
            (_, false) => Some((x.wrapping_rem(y)).wrapping_add(y).wrapping_rem(y)),
        })?),
        Kind::Bool => Err(unsupported!("bool operands")),
    }
}

fn pow(call: &mut Call) -> OpResult<Vec<Value>> {
    if call.input(0)?.kind() == Kind::Int && call.input(1)?.kind() == Kind::Int {
        let (a, b) = (call.take(0)?, call.take(1)?);
        let b = b.retyped(a.elem());
        return one(int_pair(&a, &b, call, "a negative integer exponent", |x, y| u32::try_from(y).ok().map(|y| x.wrapping_pow(y)))?);
    }
    if call.input(0)?.kind() != Kind::Float {
        return Err(unsupported!("an integer base with a float exponent"));
    }
    let exponent = call.take(1)?;
    let exponent = match exponent.kind() {
        Kind::Float => exponent,
        _ => super::cast::to_float(exponent, call)?,
    };
    // Small whole exponents that every element shares are products: exact signs and no logarithm on a GPU.
    if exponent.count() == 1 {
        let power = exponent.to_floats()?[0];
        let base = call.take_float(0)?;
        let dims = broadcast([base.dims(), exponent.dims()])?;
        let base = base.reshape(&dims)?;
        if power == 2.0 {
            return one(super::unary::map(base, |x| B::float_mul(x.clone(), x)));
        }
        if power == 3.0 {
            return one(super::unary::map(base, |x| B::float_mul(B::float_mul(x.clone(), x.clone()), x)));
        }
        if power == 0.5 {
            return one(super::unary::map(base, B::float_sqrt));
        }
        return one(super::unary::map(base, |x| B::float_powf_scalar(x, power.into())));
    }
    let base = call.take_float(0)?;
    let exponent = exponent.to_place(base.place(), call.devices)?;
    one(float_pair(base, exponent, call, B::float_powf)?)
}

fn prelu(call: &mut Call) -> OpResult<Vec<Value>> {
    let place = call.gather_places()?;
    let (x, slope) = (call.take_float(0)?, call.take_float(1)?);
    let store = call.devices.bool_store(place);
    let scaled = float_pair(x.clone(), slope, call, B::float_mul)?;
    if scaled.dims() != x.dims() {
        return Err(operands!("the slope does not broadcast to {:?}", x.dims()));
    }
    one(float_pair(x, scaled, call, |x, scaled| {
        let negative = B::float_lower_elem(x.clone(), 0f32.into(), store);
        B::float_mask_where(x, negative, scaled)
    })?)
}

/// The larger (or smaller) of two, NaN if either is.
fn extreme(a: Value, b: Value, call: &Call, larger: bool) -> OpResult<Value> {
    let dims = broadcast([a.dims(), b.dims()])?;
    let store = call.devices.bool_store(a.place());
    let (a, b) = (a.expand(&dims, call.devices)?, b.expand(&dims, call.devices)?);
    float_pair(a, b, call, |a, b| {
        let better = if larger { B::float_greater } else { B::float_lower };
        let take_a = B::bool_or(better(a.clone(), b.clone(), store), B::float_is_nan(a.clone(), store));
        B::float_mask_where(b, take_a, a)
    })
}

fn variadic(call: &mut Call, float: fn(Value, Value, &Call) -> OpResult<Value>, int: fn(i64, i64) -> i64) -> OpResult<Vec<Value>> {
    call.gather_places()?;
    let mut values = call.take_all()?.into_iter();
    let mut out = values.next().ok_or_else(|| operands!("no operands"))?;
    for value in values {
        out = match out.kind() {
            Kind::Float => float(out, value, call)?,
            Kind::Int => int_pair(&out, &value, call, "out of range", |a, b| Some(int(a, b)))?,
            Kind::Bool => return Err(unsupported!("bool operands")),
        };
    }
    one(out)
}

fn add(a: Value, b: Value, call: &Call) -> OpResult<Value> {
    float_pair(a, b, call, B::float_add)
}

fn mean(call: &mut Call) -> OpResult<Vec<Value>> {
    let count = call.arity() as f32;
    let sum = variadic(call, add, i64::wrapping_add)?.remove(0);
    sum.expect(Kind::Float)?;
    one(super::unary::map(sum, |x| B::float_div_scalar(x, count.into())))
}

fn logic(call: &mut Call, f: fn(DispatchTensor, DispatchTensor) -> DispatchTensor) -> OpResult<Vec<Value>> {
    call.gather_places()?;
    let (a, b) = (call.take(0)?, call.take(1)?);
    a.expect(Kind::Bool)?;
    b.expect(Kind::Bool)?;
    let dims = broadcast([a.dims(), b.dims()])?;
    let place = a.place();
    let (a, b) = (a.expand(&dims, call.devices)?, b.expand(&dims, call.devices)?);
    if dims.contains(&0) {
        return one(a);
    }
    one(Value::new(f(a.prim(), b.prim()), dims, Elem::Bool, place))
}

fn bits(call: &mut Call, f: fn(i64, i64) -> i64) -> OpResult<Vec<Value>> {
    let (a, b) = (call.take(0)?, call.take(1)?);
    one(int_pair(&a, &b, call, "out of range", |x, y| Some(f(x, y)))?)
}

fn bit_shift(call: &mut Call) -> OpResult<Vec<Value>> {
    let left = match call.attrs.str("direction", "")? {
        "LEFT" => true,
        "RIGHT" => false,
        other => return Err(attribute!("direction {other:?}; LEFT or RIGHT is needed")),
    };
    let (a, b) = (call.take(0)?, call.take(1)?);
    one(int_pair(&a, &b, call, "a negative shift", |x, y| {
        let by = u32::try_from(y).ok()?;
        let shifted = if left { (x as u64).checked_shl(by) } else { (x as u64).checked_shr(by) };
        Some(shifted.unwrap_or(0) as i64)
    })?)
}

fn select(call: &mut Call) -> OpResult<Vec<Value>> {
    call.gather_places()?;
    let (cond, yes, no) = (call.take(0)?, call.take(1)?, call.take(2)?);
    cond.expect(Kind::Bool)?;
    if yes.elem().kind() != no.elem().kind() {
        return Err(operands!("{} and {} operands", yes.elem().name(), no.elem().name()));
    }
    let dims = broadcast([cond.dims(), yes.dims(), no.dims()])?;
    let (elem, place) = (yes.elem(), yes.place());
    // Integers stay on the host, so their condition comes to them.
    let cond = cond.to_place(place, call.devices)?.expand(&dims, call.devices)?;
    let (yes, no) = (yes.expand(&dims, call.devices)?, no.expand(&dims, call.devices)?);
    if dims.contains(&0) {
        return one(Value::empty(elem, dims, call.devices)?);
    }
    if elem.kind() == Kind::Int {
        let picks = cond.to_bools()?.into_iter().zip(yes.to_ints()?.into_iter().zip(no.to_ints()?));
        let data = picks.map(|(cond, (yes, no))| if cond { yes } else { no }).collect();
        return one(Value::ints(data, dims, elem, call.devices)?);
    }
    let prim = match elem.kind() {
        Kind::Bool => B::bool_mask_where(no.prim(), cond.prim(), yes.prim()),
        _ => B::float_mask_where(no.prim(), cond.prim(), yes.prim()),
    };
    one(Value::new(prim, dims, elem, place))
}

#[cfg(test)]
mod tests {
    use crate::testing::{close, op};

    #[test]
    fn arithmetic_broadcasts() {
        let run = |name| op(name).floats(&[2, 3], &[1., 2., 3., 4., 5., 6.]).floats(&[2, 1], &[10., 2.]).run_floats();
        close("Add", &run("Add"), &[11., 12., 13., 6., 7., 8.]);
        close("Sub", &run("Sub"), &[-9., -8., -7., 2., 3., 4.]);
        close("Mul", &run("Mul"), &[10., 20., 30., 8., 10., 12.]);
        close("Div", &run("Div"), &[0.1, 0.2, 0.3, 2., 2.5, 3.]);
        close("scalar", &op("Add").floats(&[], &[1.]).floats(&[2], &[1., 2.]).run_floats(), &[2., 3.]);
        assert!(op("Add").floats(&[2], &[1., 2.]).floats(&[3], &[1., 2., 3.]).run().is_err());
        assert!(op("Add").floats(&[1], &[1.]).ints(&[1], &[1]).run().is_err());
    }

    #[test]
    fn integers_do_not_lose_bits_and_do_not_panic() {
        let big = (1i64 << 53) + 1;
        assert_eq!(op("Add").ints(&[1], &[big]).ints(&[1], &[0]).run_ints(), [big]);
        assert_eq!(op("Div").ints(&[3], &[7, -7, i64::MIN]).ints(&[3], &[2, 2, -1]).run_ints(), [3, -3, i64::MIN]);
        assert!(op("Div").ints(&[1], &[1]).ints(&[1], &[0]).run().is_err());
        assert_eq!(op("Mod").ints(&[4], &[-4, 7, 5, -5]).ints(&[4], &[3, -3, 8, -8]).run_ints(), [2, -2, 5, -5]);
        assert_eq!(op("Mod").int("fmod", 1).ints(&[2], &[-4, 7]).ints(&[2], &[3, -3]).run_ints(), [-1, 1]);
        assert!(op("Mod").ints(&[1], &[1]).ints(&[1], &[0]).run().is_err());
        assert_eq!(op("Pow").ints(&[2], &[2, -3]).ints(&[2], &[10, 3]).run_ints(), [1024, -27]);
        assert_eq!(op("BitShift").text("direction", "LEFT").ints(&[2], &[1, 3]).ints(&[2], &[4, 70]).run_ints(), [16, 0]);
        assert_eq!(op("BitwiseXor").ints(&[1], &[6]).ints(&[1], &[3]).run_ints(), [5]);
    }

    #[test]
    fn powers_and_remainders() {
        close("Pow", &op("Pow").floats(&[2], &[-2., 3.]).floats(&[], &[2.]).run_floats(), &[4., 9.]);
        close("Pow", &op("Pow").floats(&[2], &[-2., 3.]).floats(&[], &[3.]).run_floats(), &[-8., 27.]);
        close("Pow", &op("Pow").floats(&[2], &[2., 4.]).floats(&[2], &[3., 0.5]).run_floats(), &[8., 2.]);
        close("Pow", &op("Pow").floats(&[2], &[2., 4.]).ints(&[1], &[2]).run_floats(), &[4., 16.]);
        close("Mod", &op("Mod").int("fmod", 1).floats(&[2], &[-4.3, 7.5]).floats(&[2], &[2.1, -3.]).run_floats(), &[-0.1, 1.5]);
    }

    #[test]
    fn extremes_and_means() {
        let run = |name| op(name).floats(&[3], &[1., 5., f32::NAN]).floats(&[1], &[3.]).floats(&[], &[2.]).run_floats();
        close("Max", &run("Max")[..2], &[3., 5.]);
        close("Min", &run("Min")[..2], &[1., 2.]);
        assert!(run("Max")[2].is_nan() && run("Min")[2].is_nan());
        close("Mean", &op("Mean").floats(&[2], &[1., 5.]).floats(&[1], &[3.]).run_floats(), &[2., 4.]);
        close("Sum", &op("Sum").floats(&[2], &[1., 5.]).floats(&[1], &[3.]).run_floats(), &[4., 8.]);
        assert_eq!(op("Max").ints(&[2], &[1, 9]).ints(&[1], &[4]).run_ints(), [4, 9]);
        close("PRelu", &op("PRelu").floats(&[2, 2], &[-1., 2., -3., 4.]).floats(&[2], &[0.1, 0.5]).run_floats(), &[-0.1, 2., -0.3, 4.]);
    }

    #[test]
    fn logic_and_choice() {
        assert_eq!(op("And").bools(&[2, 1], &[true, false]).bools(&[2], &[true, false]).run_bools(), [true, false, false, false]);
        assert_eq!(op("Or").bools(&[2], &[true, false]).bools(&[1], &[false]).run_bools(), [true, false]);
        assert_eq!(op("Xor").bools(&[2], &[true, false]).bools(&[1], &[true]).run_bools(), [false, true]);
        let cond = op("Where").bools(&[2, 1], &[true, false]);
        close("Where", &cond.clone().floats(&[2], &[1., 2.]).floats(&[], &[9.]).run_floats(), &[1., 2., 9., 9.]);
        assert_eq!(cond.clone().ints(&[2], &[1, 2]).ints(&[], &[9]).run_ints(), [1, 2, 9, 9]);
        assert_eq!(cond.bools(&[2], &[true, false]).bools(&[], &[true]).run_bools(), [true, false, true, true]);
    }
}
