//! What moves elements without computing: reshape, permute, expand, slice, flip, concatenate, select. The same for every kind and place.

use super::{B, Devices, Kind, Place, Value, shape};
use crate::error::{OpResult, operands};
use burn_backend::{
    Slice,
    ops::{BoolTensorOps, FloatTensorOps, IntTensorOps},
};

/// Elements `start, start + step, …` below `end` of an axis; `start < end` and `step >= 1` unless the range is empty.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Range {
    /// The first element.
    pub start: usize,
    /// One past the last that may be taken.
    pub end: usize,
    /// The distance between elements taken.
    pub step: usize,
}

impl Range {
    /// The whole axis.
    pub fn full(len: usize) -> Self {
        Self { start: 0, end: len, step: 1 }
    }

    /// How many elements it takes.
    pub fn len(&self) -> usize {
        self.end.saturating_sub(self.start).div_ceil(self.step)
    }

    /// Whether it takes none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The shape that two or more shapes broadcast to, by NumPy's rule.
pub fn broadcast<'a>(shapes: impl IntoIterator<Item = &'a [usize]>) -> OpResult<Vec<usize>> {
    let mut out: Vec<usize> = Vec::new();
    for dims in shapes {
        if dims.len() > out.len() {
            out.splice(0..0, std::iter::repeat_n(1, dims.len() - out.len()));
        }
        let skip = out.len() - dims.len();
        for (have, new) in out[skip..].iter_mut().zip(dims) {
            match (*have, *new) {
                (a, b) if a == b => {}
                (1, b) => *have = b,
                (_, 1) => {}
                (a, b) => return Err(operands!("shapes do not broadcast: {a} against {b} in {dims:?}")),
            }
        }
    }
    Ok(out)
}

/// Calls the operation of the value's kind.
macro_rules! by_kind {
    ($kind:expr, $float:ident, $int:ident, $bool:ident, ($($arg:expr),*)) => {
        match $kind {
            Kind::Float => B::$float($($arg),*),
            Kind::Int => B::$int($($arg),*),
            Kind::Bool => B::$bool($($arg),*),
        }
    };
}

impl Value {
    fn like(&self, prim: burn::backend::DispatchTensor, dims: Vec<usize>) -> Self {
        Self::new(prim, dims, self.elem, self.place)
    }

    /// The same elements under another shape of as many.
    pub fn reshape(self, dims: &[usize]) -> OpResult<Self> {
        if dims == self.dims {
            return Ok(self);
        }
        if crate::limits::elements(dims)? != self.count() {
            return Err(operands!("{:?} cannot be reshaped to {dims:?}", self.dims));
        }
        let kind = self.kind();
        let (elem, place, mirror) = (self.elem, self.place, self.mirror);
        let prim = by_kind!(kind, float_reshape, int_reshape, bool_reshape, (self.prim, shape(dims)));
        Ok(Self { mirror, ..Self::new(prim, dims.to_vec(), elem, place) })
    }

    /// Axes in another order: axis `i` of the result is axis `axes[i]`.
    pub fn permute(self, axes: &[usize]) -> OpResult<Self> {
        let mut seen = vec![false; self.rank()];
        let valid = axes.len() == self.rank() && axes.iter().all(|a| *a < seen.len() && !std::mem::replace(&mut seen[*a], true));
        if !valid {
            return Err(operands!("{axes:?} is no permutation of the axes of {:?}", self.dims));
        }
        if axes.iter().enumerate().all(|(i, a)| i == *a) {
            return Ok(self);
        }
        let dims = axes.iter().map(|a| self.dims[*a]).collect();
        let like = self.clone();
        Ok(like.like(by_kind!(like.kind(), float_permute, int_permute, bool_permute, (self.prim, axes)), dims))
    }

    /// Exchanges two axes.
    pub fn swap(self, a: usize, b: usize) -> OpResult<Self> {
        let mut axes: Vec<usize> = (0..self.rank()).collect();
        axes.swap(a, b);
        self.permute(&axes)
    }

    /// Broadcast to `dims`.
    pub fn expand(self, dims: &[usize], devices: &Devices) -> OpResult<Self> {
        if dims == self.dims {
            return Ok(self);
        }
        devices.check(self.place, dims)?;
        if broadcast([self.dims(), dims])? != dims {
            return Err(operands!("{:?} does not expand to {dims:?}", self.dims));
        }
        if dims.contains(&0) {
            return Self::empty(self.elem, dims.to_vec(), devices);
        }
        let mut padded = vec![1; dims.len() - self.rank()];
        padded.extend(&self.dims);
        let value = self.reshape(&padded)?;
        let like = value.clone();
        Ok(like.like(by_kind!(like.kind(), float_expand, int_expand, bool_expand, (value.prim, shape(dims))), dims.to_vec()))
    }

    /// A tensor without elements, on the host.
    pub fn empty(elem: super::Elem, dims: Vec<usize>, devices: &Devices) -> OpResult<Self> {
        match elem.kind() {
            Kind::Float => Self::floats(vec![], dims, Place::Host, devices),
            Kind::Int => Self::ints(vec![], dims, elem, devices),
            Kind::Bool => Self::bools(vec![], dims, devices),
        }
    }

    /// A range of each axis.
    pub fn slice(self, ranges: &[Range], devices: &Devices) -> OpResult<Self> {
        debug_assert_eq!(ranges.len(), self.rank());
        if ranges.iter().zip(&self.dims).all(|(range, dim)| *range == Range::full(*dim)) {
            return Ok(self);
        }
        let dims: Vec<usize> = ranges.iter().map(Range::len).collect();
        if dims.contains(&0) {
            return Self::empty(self.elem, dims, devices);
        }
        let slices: Vec<Slice> = ranges.iter().map(|r| Slice::new(r.start as isize, Some(r.end as isize), r.step as isize)).collect();
        let like = self.clone();
        Ok(like.like(by_kind!(like.kind(), float_slice, int_slice, bool_slice, (self.prim, &slices)), dims))
    }

    /// A range of one axis.
    pub fn narrow(self, axis: usize, start: usize, len: usize, devices: &Devices) -> OpResult<Self> {
        let mut ranges: Vec<Range> = self.dims.iter().map(|dim| Range::full(*dim)).collect();
        ranges[axis] = Range { start, end: start + len, step: 1 };
        self.slice(&ranges, devices)
    }

    /// Reverses axes.
    pub fn flip(self, axes: &[usize]) -> OpResult<Self> {
        if axes.is_empty() || self.count() == 0 {
            return Ok(self);
        }
        let like = self.clone();
        Ok(like.like(by_kind!(like.kind(), float_flip, int_flip, bool_flip, (self.prim, axes)), like.dims.clone()))
    }

    /// Joins tensors of one dtype and place along an axis.
    pub fn cat(values: Vec<Self>, axis: usize, devices: &Devices) -> OpResult<Self> {
        let Some(first) = values.first().cloned() else {
            return Err(operands!("nothing to concatenate"));
        };
        let mut dims = first.dims.clone();
        dims[axis] = 0;
        for value in &values {
            let rest = |v: &Self| v.dims.iter().enumerate().filter(|(i, _)| *i != axis).map(|(_, d)| *d).collect::<Vec<_>>();
            if value.rank() != first.rank() || rest(value) != rest(&first) || value.elem != first.elem {
                return Err(operands!(
                    "{:?} ({}) and {:?} ({}) do not join along axis {axis}",
                    first.dims,
                    first.elem.name(),
                    value.dims,
                    value.elem.name()
                ));
            }
            dims[axis] = dims[axis].saturating_add(value.dims[axis]);
        }
        devices.check(first.place, &dims)?;
        let mut values: Vec<Self> = values.into_iter().filter(|v| v.count() > 0).collect();
        match values.len() {
            0 => Self::empty(first.elem, dims, devices),
            1 => Ok(values.remove(0)),
            _ => {
                let like = values[0].clone();
                let prims = values.into_iter().map(|v| v.prim).collect();
                Ok(like.like(by_kind!(like.kind(), float_cat, int_cat, bool_cat, (prims, axis)), dims))
            }
        }
    }

    /// The same value, stored as its kind is everywhere else: flex gives back booleans that it picked by index as bytes.
    pub fn settled(self, devices: &Devices) -> OpResult<Self> {
        if self.kind() != Kind::Bool || self.place != Place::Host {
            return Ok(self);
        }
        Self::bools(self.to_bools()?, self.dims, devices)
    }

    /// The given entries of an axis, in order. Every index is checked here, because kernels do not.
    pub fn select(self, axis: usize, indices: &[i64], devices: &Devices) -> OpResult<Self> {
        let len = self.dims[axis];
        if let Some(bad) = indices.iter().find(|i| **i < 0 || **i >= len as i64) {
            return Err(operands!("index {bad} is outside an axis of {len}"));
        }
        let mut dims = self.dims.clone();
        dims[axis] = indices.len();
        devices.check(self.place, &dims)?;
        if dims.contains(&0) {
            return Self::empty(self.elem, dims, devices);
        }
        let index = Self::indices(indices, &[indices.len()], self.place, devices)?;
        let like = self.clone();
        like.like(by_kind!(like.kind(), float_select, int_select, bool_select, (self.prim, axis, index)), dims).settled(devices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Elem;
    use proptest::prelude::*;

    fn iota(dims: &[usize]) -> Value {
        let count: usize = dims.iter().product();
        Value::ints((0..count as i64).collect(), dims.to_vec(), Elem::I64, &Devices::flex()).unwrap()
    }

    #[test]
    fn broadcast_follows_numpy() {
        assert_eq!(broadcast([&[2, 1][..], &[3][..]]).unwrap(), [2, 3]);
        assert_eq!(broadcast([&[][..], &[4, 5][..]]).unwrap(), [4, 5]);
        assert_eq!(broadcast([&[1][..], &[0][..]]).unwrap(), [0]);
        assert!(broadcast([&[2][..], &[3][..]]).is_err());
    }

    #[test]
    fn structure_moves_elements() {
        let devices = Devices::flex();
        let value = iota(&[2, 3]);
        assert_eq!(value.clone().permute(&[1, 0]).unwrap().to_ints().unwrap(), [0, 3, 1, 4, 2, 5]);
        assert_eq!(value.clone().flip(&[1]).unwrap().to_ints().unwrap(), [2, 1, 0, 5, 4, 3]);
        let ranges = [Range::full(2), Range { start: 0, end: 3, step: 2 }];
        assert_eq!(value.clone().slice(&ranges, &devices).unwrap().to_ints().unwrap(), [0, 2, 3, 5]);
        assert_eq!(value.clone().select(1, &[2, 0, 2], &devices).unwrap().to_ints().unwrap(), [2, 0, 2, 5, 3, 5]);
        assert!(value.clone().select(1, &[3], &devices).is_err());
        let joined = Value::cat(vec![value.clone(), iota(&[2, 0]), iota(&[2, 1])], 1, &devices).unwrap();
        assert_eq!((joined.dims(), joined.to_ints().unwrap()), (&[2, 4][..], vec![0, 1, 2, 0, 3, 4, 5, 1]));
        assert_eq!(iota(&[]).expand(&[2, 2], &devices).unwrap().to_ints().unwrap(), [0; 4]);
        assert!(value.clone().reshape(&[4]).is_err());
        assert!(value.permute(&[0, 0]).is_err());
    }

    proptest! {
        #[test]
        fn permute_twice_is_the_identity(a in 1usize..4, b in 1usize..4, c in 1usize..4) {
            let value = iota(&[a, b, c]);
            let back = value.clone().permute(&[2, 0, 1]).unwrap().permute(&[1, 2, 0]).unwrap();
            prop_assert_eq!(back.dims(), value.dims());
            prop_assert_eq!(back.to_ints().unwrap(), value.to_ints().unwrap());
        }

        #[test]
        fn broadcast_is_commutative(a in proptest::collection::vec(1usize..4, 0..4), b in proptest::collection::vec(1usize..4, 0..4)) {
            prop_assert_eq!(broadcast([&a[..], &b[..]]).ok(), broadcast([&b[..], &a[..]]).ok());
        }
    }
}
