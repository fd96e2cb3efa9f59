//! Matrix products.

use super::{Call, Op, Output, Role, binary::float_pair, cast::to_float, one, unary::map};
use crate::{
    error::{OpResult, operands},
    tensor::{B, Elem, Kind, Value, broadcast},
};
use burn_backend::ops::FloatTensorOps;

/// The operators of this family.
pub const OPS: &[Op] = &[
    Op::new("MatMul", (2, 2), matmul).role(Role::Linear),
    Op::new("Gemm", (2, 3), gemm).attrs(&["alpha", "beta", "transA", "transB"]).role(Role::Linear),
    Op::new("MatMulInteger", (2, 4), matmul_integer).gives(Output::Elem(Elem::I32)),
];

/// The product of stacks of matrices, broadcast; a vector is a row on the left and a column on the right.
pub fn product(a: Value, b: Value, call: &Call) -> OpResult<Value> {
    a.expect(Kind::Float)?;
    b.expect(Kind::Float)?;
    let (a_dims, b_dims) = (a.dims().to_vec(), b.dims().to_vec());
    let wrong = || operands!("{a_dims:?} and {b_dims:?} do not multiply");
    if a_dims.is_empty() || b_dims.is_empty() {
        return Err(wrong());
    }
    let (row, column) = (a_dims.len() == 1, b_dims.len() == 1);
    let a = if row { a.reshape(&[1, a_dims[0]])? } else { a };
    let b = if column { b.reshape(&[b_dims[0], 1])? } else { b };
    let ([.., m, k], [.., k_b, n]) = (a.dims(), b.dims()) else { return Err(wrong()) };
    let (m, k, n) = (*m, *k, *n);
    if k != *k_b {
        return Err(wrong());
    }
    let batch = broadcast([&a.dims()[..a.rank() - 2], &b.dims()[..b.rank() - 2]]).map_err(|_| wrong())?;
    let mut dims = batch.clone();
    dims.extend([m, n]);
    call.devices.check(a.place(), &dims)?;
    let place = a.place();
    let out = if dims.contains(&0) || k == 0 {
        Value::full(0.0, dims.clone(), place, call.devices)?
    } else if b.rank() == 2 {
        // One matrix on the right serves the whole stack: one large product.
        let rows = batch.iter().product::<usize>() * m;
        let a = a.reshape(&[rows, k])?;
        Value::new(B::float_matmul(a.prim(), b.prim()), vec![rows, n], Elem::F32, place).reshape(&dims)?
    } else {
        let stack = |value: Value, rows: usize, cols: usize| -> OpResult<Value> {
            let mut full = batch.clone();
            full.extend([rows, cols]);
            value.expand(&full, call.devices)?.reshape(&[batch.iter().product(), rows, cols])
        };
        let (a, b) = (stack(a, m, k)?, stack(b, k, n)?);
        let count = batch.iter().product();
        Value::new(B::float_matmul(a.prim(), b.prim()), vec![count, m, n], Elem::F32, place).reshape(&dims)?
    };
    if row {
        dims.remove(dims.len() - 2);
    }
    if column {
        dims.pop();
    }
    out.reshape(&dims)
}

fn matmul(call: &mut Call) -> OpResult<Vec<Value>> {
    call.gather_places()?;
    let (a, b) = (call.take(0)?, call.take(1)?);
    if a.kind() == Kind::Int {
        return one(integers(&a, &b, call)?);
    }
    one(product(a, b, call)?)
}

fn gemm(call: &mut Call) -> OpResult<Vec<Value>> {
    let (alpha, beta) = (call.attrs.float("alpha", 1.0)?, call.attrs.float("beta", 1.0)?);
    let (trans_a, trans_b) = (call.attrs.flag("transA", false)?, call.attrs.flag("transB", false)?);
    call.gather_places()?;
    let matrix = |value: Value, transposed: bool| -> OpResult<Value> {
        match value.rank() {
            2 if transposed => value.swap(0, 1),
            2 => Ok(value),
            _ => Err(operands!("a matrix is needed, not {:?}", value.dims())),
        }
    };
    let (a, b) = (matrix(call.take_float(0)?, trans_a)?, matrix(call.take_float(1)?, trans_b)?);
    let mut out = product(a, b, call)?;
    if alpha != 1.0 {
        out = map(out, |x| B::float_mul_scalar(x, alpha.into()));
    }
    if let Some(c) = call.take_opt(2) {
        let c = if beta == 1.0 { c } else { map(c, |x| B::float_mul_scalar(x, beta.into())) };
        let dims = out.dims().to_vec();
        out = float_pair(out, c, call, B::float_add)?;
        if out.dims() != dims {
            return Err(operands!("the bias does not broadcast to {dims:?}"));
        }
    }
    one(out)
}

/// The product of two integer matrices or stacks of them, on the host.
fn integers(a: &Value, b: &Value, call: &Call) -> OpResult<Value> {
    let ([.., m, k], [.., k_b, n]) = (a.dims(), b.dims()) else {
        return Err(operands!("{:?} and {:?} do not multiply", a.dims(), b.dims()));
    };
    let (m, k, n) = (*m, *k, *n);
    if k != *k_b {
        return Err(operands!("{:?} and {:?} do not multiply", a.dims(), b.dims()));
    }
    let batch = broadcast([&a.dims()[..a.rank() - 2], &b.dims()[..b.rank() - 2]])?;
    let full = |rows: usize, cols: usize| batch.iter().copied().chain([rows, cols]).collect::<Vec<_>>();
    let (left, right) = (super::binary::spread(a, &full(m, k), call)?, super::binary::spread(b, &full(k, n), call)?);
    let dims = full(m, n);
    let count = call.devices.check(a.place(), &dims)?;
    let (elem, mut out) = (a.elem(), vec![0i64; count]);
    for stack in 0..batch.iter().product() {
        let (left, right) = (&left[stack * m * k..], &right[stack * k * n..]);
        for row in 0..m {
            let out = &mut out[(stack * m + row) * n..][..n];
            for (i, x) in left[row * k..][..k].iter().enumerate() {
                for (sum, y) in out.iter_mut().zip(&right[i * n..][..n]) {
                    *sum = sum.wrapping_add(x.wrapping_mul(*y));
                }
            }
        }
    }
    out.iter_mut().for_each(|v| *v = elem.wrap(*v));
    Value::ints(out, dims, elem, call.devices)
}

/// Bytes minus their zero points, multiplied. The zero points are one number, or one per row of A and per column of B.
fn matmul_integer(call: &mut Call) -> OpResult<Vec<Value>> {
    let (a, b) = (call.take(0)?, call.take(1)?);
    let shifted = |value: Value, zero: Option<Value>, call: &Call, rows: bool| -> OpResult<Value> {
        let value = value.retyped(Elem::I32);
        let Some(zero) = zero else { return Ok(value) };
        let zero = zero.retyped(Elem::I32);
        let dims = match zero.count() {
            1 => vec![],
            count if rows && zero.rank() == 1 => vec![count, 1],
            _ => zero.dims().to_vec(),
        };
        super::binary::int_pair(&value, &zero.reshape(&dims)?, call, "out of range", |x, z| Some(x.wrapping_sub(z)))
    };
    let (a_zero, b_zero) = (call.take_opt(2), call.take_opt(3));
    let (a, b) = (shifted(a, a_zero, call, true)?, shifted(b, b_zero, call, false)?);
    // Sums below 2^24 are exact in f32, which burn multiplies much faster.
    let small = a.dims().last().is_some_and(|k| *k < (1 << 24) / (512 * 512));
    if small && b.rank() == 2 {
        let (a, b) = (to_float(a, call)?, to_float(b, call)?);
        let out = product(a, b, call)?;
        let data = out.to_floats()?.into_iter().map(|v| v as i64).collect();
        return one(Value::ints(data, out.dims().to_vec(), Elem::I32, call.devices)?);
    }
    one(integers(&a, &b, call)?)
}

#[cfg(test)]
mod tests {
    use crate::testing::{close, op};

    const A: [f32; 6] = [1., 2., 3., 4., 5., 6.];

    #[test]
    fn matmul_of_all_ranks() {
        let run = |a: &[usize], b: &[usize]| op("MatMul").floats(a, &A[..a.iter().product()]).floats(b, &A[..b.iter().product()]);
        close("2x2", &run(&[2, 3], &[3, 2]).run_floats(), &[22., 28., 49., 64.]);
        close("vector", &run(&[3], &[3]).run_floats(), &[14.]);
        assert!(run(&[3], &[3]).run_dims().is_empty());
        close("row", &run(&[3], &[3, 2]).run_floats(), &[22., 28.]);
        close("column", &run(&[2, 3], &[3]).run_floats(), &[14., 32.]);
        close("stack", &run(&[2, 1, 3], &[3, 1]).run_floats(), &[14., 32.]);
        close("stacks", &run(&[2, 1, 2], &[2, 2, 1]).run_floats(), &[5., 25.]);
        close("broadcast", &run(&[1, 2], &[2, 2, 1]).run_floats(), &[5., 11.]);
        assert_eq!(run(&[2, 1, 3], &[1, 3, 2]).run_dims(), [2, 1, 2]);
        assert!(run(&[2, 3], &[2, 3]).run().is_err());
        assert!(run(&[], &[1]).run().is_err());
    }

    #[test]
    fn gemm_scales_and_transposes() {
        let gemm = op("Gemm").floats(&[2, 3], &A).floats(&[2, 3], &A).int("transB", 1);
        close("plain", &gemm.clone().run_floats(), &[14., 32., 32., 77.]);
        close("bias", &gemm.clone().floats(&[2], &[1., 2.]).float("alpha", 0.5).float("beta", 2.0).run_floats(), &[9., 20., 18., 42.5]);
        assert!(gemm.floats(&[3], &[1., 2., 3.]).run().is_err());
        close("transA", &op("Gemm").floats(&[2, 1], &A[..2]).floats(&[2, 1], &A[..2]).int("transA", 1).run_floats(), &[5.]);
    }

    #[test]
    fn integers_multiply_exactly() {
        let big = 1i64 << 40;
        assert_eq!(op("MatMul").ints(&[1, 2], &[big, 1]).ints(&[2, 1], &[3, 7]).run_ints(), [3 * big + 7]);
        let call = op("MatMulInteger").ints(&[1, 2], &[5, 7]).ints(&[2, 2], &[1, 2, 3, 4]).ints(&[], &[5]).ints(&[2], &[0, 1]);
        assert_eq!(call.run_ints(), [6, 6]);
    }
}
