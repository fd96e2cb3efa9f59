//! Picking elements by index or by place. Every index is checked on the host: burn's kernels trust theirs.

use super::{Call, Op, Output, axis, one};
use crate::{
    error::{OpResult, operands},
    limits,
    tensor::{B, Elem, Kind, Value},
};
use burn_backend::ops::{BoolTensorOps, FloatTensorOps, IntTensorOps};

/// The operators of this family.
pub const OPS: &[Op] = &[
    Op::new("Gather", (2, 2), gather).attrs(&["axis"]),
    Op::new("GatherElements", (2, 2), gather_elements).attrs(&["axis"]),
    Op::new("GatherND", (2, 2), gather_nd).attrs(&["batch_dims"]),
    Op::new("NonZero", (1, 1), non_zero).gives(Output::Elem(Elem::I64)),
    Op::new("Compress", (2, 2), compress).attrs(&["axis"]),
    Op::new("Trilu", (1, 2), trilu).attrs(&["upper"]),
];

/// Indices into an axis of `len`, counted from the end if negative.
pub fn resolve(indices: &[i64], len: usize) -> OpResult<Vec<i64>> {
    let n = len as i64;
    let shift = |i: i64| if i < 0 { i.saturating_add(n) } else { i };
    indices
        .iter()
        .map(|i| Some(shift(*i)).filter(|at| (0..n).contains(at)).ok_or_else(|| operands!("index {i} is outside an axis of {len}")))
        .collect()
}

fn gather(call: &mut Call) -> OpResult<Vec<Value>> {
    let (data, indices) = (call.take(0)?, call.take(1)?);
    let at = axis(call.attrs.int("axis", 0)?, data.rank())?;
    let picks = resolve(&indices.to_ints()?, data.dims()[at])?;
    let mut dims = data.dims()[..at].to_vec();
    dims.extend(indices.dims());
    dims.extend(&data.dims()[at + 1..]);
    limits::elements(&dims)?;
    one(data.select(at, &picks, call.devices)?.reshape(&dims)?)
}

fn gather_elements(call: &mut Call) -> OpResult<Vec<Value>> {
    let (mut data, indices) = (call.take(0)?, call.take(1)?);
    let at = axis(call.attrs.int("axis", 0)?, data.rank())?;
    let dims = indices.dims().to_vec();
    let fits = dims.len() == data.rank() && dims.iter().zip(data.dims()).enumerate().all(|(i, (a, b))| i == at || a <= b);
    if !fits {
        return Err(operands!("indices of {dims:?} into {:?}", data.dims()));
    }
    let picks = resolve(&indices.to_ints()?, data.dims()[at])?;
    if dims.contains(&0) {
        return one(Value::empty(data.elem(), dims, call.devices)?);
    }
    // Kernels want the other axes alike.
    for (i, len) in dims.iter().enumerate() {
        if i != at && *len < data.dims()[i] {
            data = data.narrow(i, 0, *len, call.devices)?;
        }
    }
    let (elem, place) = (data.elem(), data.place());
    let index = Value::indices(&picks, &dims, place, call.devices)?;
    let prim = match elem.kind() {
        Kind::Float => B::float_gather(at, data.prim(), index),
        Kind::Int => B::int_gather(at, data.prim(), index),
        Kind::Bool => B::bool_gather(at, data.prim(), index),
    };
    one(Value::new(prim, dims, elem, place).settled(call.devices)?)
}

/// The numbers of the slices that tuples of indices name, among the slices left when the first axes of `dims` are gone.
///
/// `batch` leading axes are walked along with the tuples; each tuple names `depth` further axes.
pub fn slices(indices: &[i64], dims: &[usize], batch: usize, depth: usize, tuples: usize) -> OpResult<Vec<i64>> {
    let batches: usize = dims[..batch].iter().product();
    let inside: usize = dims[batch..batch + depth].iter().product();
    let per_batch = (tuples / batches.max(1)).max(1);
    (0..tuples)
        .map(|t| {
            let tuple = &indices[t * depth..][..depth];
            let mut offset = 0i64;
            for (i, len) in tuple.iter().zip(&dims[batch..]) {
                offset = offset * *len as i64 + resolve(&[*i], *len)?[0];
            }
            Ok((t / per_batch * inside) as i64 + offset)
        })
        .collect()
}

fn gather_nd(call: &mut Call) -> OpResult<Vec<Value>> {
    let batch = call.attrs.int("batch_dims", 0)?;
    let (data, indices) = (call.take(0)?, call.take(1)?);
    let dims = data.dims().to_vec();
    let wrong = || operands!("indices of {:?} into {dims:?} with {batch} batch axes", indices.dims());
    let batch = usize::try_from(batch).map_err(|_| wrong())?;
    let (depth, lead) = indices.dims().split_last().ok_or_else(wrong)?;
    let depth = *depth;
    if batch > lead.len() || batch + depth > dims.len() || lead[..batch] != dims[..batch] || depth == 0 {
        return Err(wrong());
    }
    let mut out = lead.to_vec();
    out.extend(&dims[batch + depth..]);
    limits::elements(&out)?;
    if out.contains(&0) {
        return one(Value::empty(data.elem(), out, call.devices)?);
    }
    let picks = slices(&indices.to_ints()?, &dims, batch, depth, lead.iter().product())?;
    let rows: usize = dims[..batch + depth].iter().product();
    let rest: usize = dims[batch + depth..].iter().product();
    one(data.reshape(&[rows, rest])?.select(0, &picks, call.devices)?.reshape(&out)?)
}

fn non_zero(call: &mut Call) -> OpResult<Vec<Value>> {
    let value = call.take(0)?;
    let (dims, data) = (value.dims().to_vec(), value.to_f32()?);
    let rank = dims.len().max(1);
    let hits: Vec<usize> = data.iter().enumerate().filter(|(_, v)| **v != 0.0).map(|(i, _)| i).collect();
    let mut out = Vec::with_capacity(rank * hits.len());
    for at in 0..rank {
        let inner: usize = dims.get(at + 1..).unwrap_or_default().iter().product();
        let len = dims.get(at).copied().unwrap_or(1);
        out.extend(hits.iter().map(|hit| (hit / inner % len) as i64));
    }
    one(Value::ints(out, vec![rank, hits.len()], Elem::I64, call.devices)?)
}

fn compress(call: &mut Call) -> OpResult<Vec<Value>> {
    let (value, mask) = (call.take(0)?, call.take(1)?.to_bools()?);
    let (value, at) = match call.attrs.opt_int("axis")? {
        Some(at) => {
            let at = axis(at, value.rank())?;
            (value, at)
        }
        None => {
            let count = value.count();
            (value.reshape(&[count])?, 0)
        }
    };
    let picks: Vec<i64> = mask.iter().enumerate().filter(|(_, keep)| **keep).map(|(i, _)| i as i64).collect();
    one(value.select(at, &picks, call.devices)?)
}

fn trilu(call: &mut Call) -> OpResult<Vec<Value>> {
    let upper = call.attrs.flag("upper", true)?;
    let k = call.take_opt(1).map(|k| k.to_int()).transpose()?.unwrap_or(0);
    let value = call.take(0)?;
    let (dims, elem, place) = (value.dims().to_vec(), value.elem(), value.place());
    let [.., rows, cols] = dims[..] else { return Err(operands!("a matrix is needed, not {dims:?}")) };
    if value.count() == 0 {
        return one(value);
    }
    let cut = |i: usize| {
        let diagonal = (i % cols) as i128 - (i / cols) as i128;
        if upper { diagonal < i128::from(k) } else { diagonal > i128::from(k) }
    };
    let mask = Value::bools((0..rows * cols).map(cut).collect(), vec![rows, cols], call.devices)?;
    let mask = mask.to_place(place, call.devices)?.expand(&dims, call.devices)?.prim();
    let prim = match elem.kind() {
        Kind::Float => B::float_mask_fill(value.prim(), mask, 0f32.into()),
        Kind::Int => B::int_mask_fill(value.prim(), mask, 0i64.into()),
        Kind::Bool => B::bool_and(value.prim(), B::bool_not(mask)),
    };
    one(Value::new(prim, dims, elem, place))
}

#[cfg(test)]
mod tests {
    use crate::testing::{close, op};

    #[test]
    fn gather_along_an_axis() {
        let rows = |name| op(name).floats(&[3, 2], &[1., 2., 3., 4., 5., 6.]);
        close("rows", &rows("Gather").ints(&[2], &[2, -3]).run_floats(), &[5., 6., 1., 2.]);
        close("columns", &rows("Gather").ints(&[1, 1], &[1]).int("axis", 1).run_floats(), &[2., 4., 6.]);
        assert_eq!(rows("Gather").ints(&[], &[0]).run_dims(), [2]);
        assert_eq!(rows("Gather").ints(&[1, 1], &[1]).int("axis", -1).run_dims(), [3, 1, 1]);
        for bad in [3, -4, i64::MIN, i64::MAX] {
            assert!(rows("Gather").ints(&[1], &[bad]).run().is_err(), "{bad}");
        }
        assert!(rows("Gather").floats(&[1], &[1.0]).run().is_err());
    }

    #[test]
    fn gather_elements_by_hand() {
        let grid = |indices: &[i64], dims: &[usize]| op("GatherElements").floats(&[3, 2], &[1., 2., 3., 4., 5., 6.]).ints(dims, indices);
        close("axis 0", &grid(&[2, 0], &[1, 2]).run_floats(), &[5., 2.]);
        close("axis 1", &grid(&[1, 1, 0, -1], &[2, 2]).int("axis", 1).run_floats(), &[2., 2., 3., 4.]);
        assert!(grid(&[3, 0], &[1, 2]).run().is_err());
        assert!(grid(&[0; 3], &[1, 3]).run().is_err());
        assert_eq!(op("GatherElements").ints(&[2], &[7, 8]).ints(&[3], &[1, 0, 1]).run_ints(), [8, 7, 8]);
    }

    #[test]
    fn gather_nd_by_hand() {
        let cube = |indices: &[i64], dims: &[usize]| op("GatherND").ints(&[2, 2, 2], &[0, 1, 2, 3, 4, 5, 6, 7]).ints(dims, indices);
        assert_eq!(cube(&[0, 0, 1, 1, 0, -1], &[2, 3]).run_ints(), [1, 5]);
        assert_eq!(cube(&[1, 0], &[1, 2]).run_ints(), [4, 5]);
        assert_eq!(cube(&[1, 0], &[2, 1]).run_ints(), [4, 5, 6, 7, 0, 1, 2, 3]);
        let batched = cube(&[1, 0], &[2, 1]).int("batch_dims", 1);
        assert_eq!((batched.clone().run_ints(), batched.run_dims()), (vec![2, 3, 4, 5], vec![2, 2]));
        assert!(cube(&[2], &[1, 1]).run().is_err());
        assert!(cube(&[0; 4], &[1, 4]).run().is_err());
        assert_eq!(op("GatherND").bools(&[2, 2], &[true, false, false, true]).ints(&[2, 2], &[0, 0, 0, 1]).run_bools(), [true, false]);
    }

    #[test]
    fn places_of_elements() {
        assert_eq!(op("NonZero").ints(&[2, 2], &[1, 0, 1, 1]).run_ints(), [0, 1, 1, 0, 0, 1]);
        assert_eq!(op("Compress").ints(&[2, 2], &[1, 2, 3, 4]).bools(&[2], &[false, true]).int("axis", 0).run_ints(), [3, 4]);
        let square = |upper: i64, k: i64| op("Trilu").int("upper", upper).ints(&[2, 2], &[1, 2, 3, 4]).ints(&[], &[k]);
        assert_eq!(square(1, 0).run_ints(), [1, 2, 0, 4]);
        assert_eq!(square(0, 0).run_ints(), [1, 0, 3, 4]);
        assert_eq!(square(1, 1).run_ints(), [0, 2, 0, 0]);
        close("floats", &op("Trilu").floats(&[1, 2, 2], &[1., 2., 3., 4.]).run_floats(), &[1., 2., 0., 4.]);
    }
}
