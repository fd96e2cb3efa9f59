//! Comparisons.

use super::{Call, Op, Output, binary, one};
use crate::{
    error::{OpResult, operands},
    tensor::{B, Elem, Kind, Value, broadcast},
};
use burn::backend::DispatchTensor;
use burn_backend::{
    BoolDType,
    ops::{BoolTensorOps, FloatTensorOps},
};

/// The operators of this family.
pub const OPS: &[Op] = &[
    op("Equal", |call| compare(call, B::float_equal, |a, b| a == b, |a, b| a == b)),
    op("Greater", |call| compare(call, B::float_greater, |a, b| a > b, |a, b| a > b)),
    op("GreaterOrEqual", |call| compare(call, B::float_greater_equal, |a, b| a >= b, |a, b| a >= b)),
    op("Less", |call| compare(call, B::float_lower, |a, b| a < b, |a, b| a < b)),
    op("LessOrEqual", |call| compare(call, B::float_lower_equal, |a, b| a <= b, |a, b| a <= b)),
];

const fn op(name: &'static str, run: fn(&mut Call) -> OpResult<Vec<Value>>) -> Op {
    Op::new(name, (2, 2), run).gives(Output::Elem(Elem::Bool))
}

fn compare(
    call: &mut Call,
    float: fn(DispatchTensor, DispatchTensor, BoolDType) -> DispatchTensor,
    int: fn(i64, i64) -> bool,
    unsigned: fn(u64, u64) -> bool,
) -> OpResult<Vec<Value>> {
    let place = call.gather_places()?;
    let (a, b) = (call.take(0)?, call.take(1)?);
    if a.kind() != b.kind() {
        return Err(operands!("{} and {} operands", a.elem().name(), b.elem().name()));
    }
    let store = call.devices.bool_store(place);
    match a.kind() {
        Kind::Float => one(match binary::broadcast_pair(a, b, call, |a, b| float(a, b, store))? {
            (Some(prim), dims) => Value::new(prim, dims, Elem::Bool, place),
            (None, dims) => Value::empty(Elem::Bool, dims, call.devices)?,
        }),
        Kind::Int => {
            let dims = broadcast([a.dims(), b.dims()])?;
            let pairs = binary::spread(&a, &dims, call)?.into_iter().zip(binary::spread(&b, &dims, call)?);
            let wide = a.elem() == Elem::U64;
            let data = pairs.map(|(x, y)| if wide { unsigned(x as u64, y as u64) } else { int(x, y) }).collect();
            one(Value::bools(data, dims, call.devices)?)
        }
        // Of booleans only equality is defined.
        Kind::Bool => {
            let dims = broadcast([a.dims(), b.dims()])?;
            let (a, b) = (a.expand(&dims, call.devices)?, b.expand(&dims, call.devices)?);
            if dims.contains(&0) {
                return one(a);
            }
            one(Value::new(B::bool_equal(a.prim(), b.prim()), dims, Elem::Bool, place))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::op;

    #[test]
    fn comparisons_of_floats_and_integers() {
        for (name, want) in [
            ("Equal", [false, true, false]),
            ("Greater", [false, false, true]),
            ("GreaterOrEqual", [false, true, true]),
            ("Less", [true, false, false]),
            ("LessOrEqual", [true, true, false]),
        ] {
            assert_eq!(op(name).floats(&[3], &[1.0, 2.0, 3.0]).floats(&[], &[2.0]).run_bools(), want, "{name}");
            assert_eq!(op(name).ints(&[3], &[1, 2, 3]).ints(&[1], &[2]).run_bools(), want, "{name}");
        }
        let big = 1i64 << 60;
        assert_eq!(op("Equal").ints(&[1], &[big]).ints(&[1], &[big + 1]).run_bools(), [false]);
        assert_eq!(op("Equal").bools(&[2], &[true, false]).bools(&[1], &[false]).run_bools(), [false, true]);
        assert!(op("Less").floats(&[1], &[1.0]).ints(&[1], &[1]).run().is_err());
    }
}
