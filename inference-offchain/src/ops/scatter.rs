//! Writing elements by index, on the host and in the order of the indices: duplicates then mean the same everywhere.

use super::{Call, Op, axis, index, one};
use crate::{
    error::{OpResult, operands, unsupported},
    graph::Attrs,
    tensor::{Kind, Value},
};

/// The operators of this family.
pub const OPS: &[Op] = &[
    Op::new("ScatterElements", (3, 3), elements).attrs(&["axis", "reduction"]).check(check),
    Op::new("Scatter", (3, 3), elements).attrs(&["axis"]),
    Op::new("ScatterND", (3, 3), nd).attrs(&["reduction"]).check(check),
];

fn check(attrs: &Attrs) -> OpResult<()> {
    Reduction::of(attrs).map(|_| ())
}

/// What happens where something stands already.
#[derive(Clone, Copy)]
enum Reduction {
    None,
    Add,
    Mul,
    Max,
    Min,
}

impl Reduction {
    fn of(attrs: &Attrs) -> OpResult<Self> {
        Ok(match attrs.str("reduction", "none")? {
            "none" => Self::None,
            "add" => Self::Add,
            "mul" => Self::Mul,
            "max" => Self::Max,
            "min" => Self::Min,
            other => return Err(unsupported!("reduction {other:?}")),
        })
    }

    fn floats(self, old: f32, new: f32) -> f32 {
        match self {
            Self::None => new,
            Self::Add => old + new,
            Self::Mul => old * new,
            Self::Max => old.max(new),
            Self::Min => old.min(new),
        }
    }

    fn ints(self, old: i64, new: i64) -> i64 {
        match self {
            Self::None => new,
            Self::Add => old.wrapping_add(new),
            Self::Mul => old.wrapping_mul(new),
            Self::Max => old.max(new),
            Self::Min => old.min(new),
        }
    }
}

/// Writes `updates[i]` to `data[places[i]]`, all of one kind.
fn write(data: Value, updates: &Value, places: &[usize], reduction: Reduction, call: &Call) -> OpResult<Value> {
    let (dims, elem, place) = (data.dims().to_vec(), data.elem(), data.place());
    match elem.kind() {
        Kind::Float => {
            let (mut out, new) = (data.to_floats()?, updates.to_floats()?);
            places.iter().zip(new).for_each(|(at, new)| out[*at] = reduction.floats(out[*at], new));
            Value::floats(out, dims, place, call.devices)
        }
        Kind::Int => {
            let (mut out, new) = (data.to_ints()?, updates.to_ints()?);
            places.iter().zip(new).for_each(|(at, new)| out[*at] = elem.wrap(reduction.ints(out[*at], new)));
            Value::ints(out, dims, elem, call.devices)
        }
        Kind::Bool => {
            let (mut out, new) = (data.to_bools()?, updates.to_bools()?);
            if !matches!(reduction, Reduction::None) {
                return Err(unsupported!("a reduction of bools"));
            }
            places.iter().zip(new).for_each(|(at, new)| out[*at] = new);
            Value::bools(out, dims, call.devices)?.to_place(place, call.devices)
        }
    }
}

fn elements(call: &mut Call) -> OpResult<Vec<Value>> {
    let reduction = Reduction::of(call.attrs)?;
    let (data, indices, updates) = (call.take(0)?, call.take(1)?, call.take(2)?);
    let at = axis(call.attrs.int("axis", 0)?, data.rank())?;
    let (dims, shape) = (data.dims().to_vec(), indices.dims().to_vec());
    let fits = shape.len() == dims.len() && shape.iter().zip(&dims).enumerate().all(|(i, (a, b))| i == at || a <= b);
    if !fits || updates.dims() != shape {
        return Err(operands!("{:?} are scattered by {shape:?} into {dims:?}", updates.dims()));
    }
    let picks = index::resolve(&indices.to_ints()?, dims[at])?;
    let places: Vec<usize> = picks
        .iter()
        .enumerate()
        .map(|(number, pick)| {
            let mut rest = number;
            let mut coords = vec![0; shape.len()];
            for i in (0..shape.len()).rev() {
                coords[i] = rest % shape[i];
                rest /= shape[i];
            }
            coords[at] = *pick as usize;
            coords.iter().zip(&dims).fold(0, |offset, (coord, dim)| offset * dim + coord)
        })
        .collect();
    one(write(data, &updates, &places, reduction, call)?)
}

fn nd(call: &mut Call) -> OpResult<Vec<Value>> {
    let reduction = Reduction::of(call.attrs)?;
    let (data, indices, updates) = (call.take(0)?, call.take(1)?, call.take(2)?);
    let dims = data.dims().to_vec();
    let wrong = || operands!("{:?} are scattered by {:?} into {dims:?}", updates.dims(), indices.dims());
    let (depth, lead) = indices.dims().split_last().ok_or_else(wrong)?;
    if *depth == 0 || *depth > dims.len() {
        return Err(wrong());
    }
    let mut shape = lead.to_vec();
    shape.extend(&dims[*depth..]);
    if updates.dims() != shape {
        return Err(wrong());
    }
    let inner: usize = dims[*depth..].iter().product();
    let rows = index::slices(&indices.to_ints()?, &dims, 0, *depth, lead.iter().product())?;
    let places: Vec<usize> = rows.iter().flat_map(|row| (0..inner).map(move |i| *row as usize * inner + i)).collect();
    one(write(data, &updates, &places, reduction, call)?)
}

#[cfg(test)]
mod tests {
    use crate::testing::{close, op};

    #[test]
    fn scatter_elements_by_hand() {
        let call = op("ScatterElements").floats(&[2, 3], &[0.; 6]).ints(&[1, 2], &[1, -2]).floats(&[1, 2], &[7., 8.]);
        close("axis 0", &call.clone().run_floats(), &[0., 8., 0., 7., 0., 0.]);
        close("axis 1", &call.int("axis", 1).run_floats(), &[0., 8., 0., 0., 0., 0.]);
        let adds = op("ScatterElements").ints(&[3], &[1, 1, 1]).ints(&[3], &[0, 0, 2]).ints(&[3], &[5, 6, 7]);
        assert_eq!(adds.clone().text("reduction", "add").run_ints(), [12, 1, 8]);
        assert_eq!(adds.clone().run_ints(), [6, 1, 7]);
        assert_eq!(adds.text("reduction", "max").run_ints(), [6, 1, 7]);
        assert!(op("ScatterElements").ints(&[1], &[1]).ints(&[1], &[1]).ints(&[1], &[1]).run().is_err());
    }

    #[test]
    fn scatter_nd_by_hand() {
        let rows = op("ScatterND").floats(&[3, 2], &[0.; 6]).ints(&[2, 1], &[2, 0]).floats(&[2, 2], &[1., 2., 3., 4.]);
        close("rows", &rows.run_floats(), &[3., 4., 0., 0., 1., 2.]);
        let points = op("ScatterND").ints(&[2, 2], &[0; 4]).ints(&[1, 2], &[1, -1]).ints(&[1], &[9]);
        assert_eq!(points.run_ints(), [0, 0, 0, 9]);
        assert!(op("ScatterND").ints(&[2], &[0; 2]).ints(&[1, 1], &[2]).ints(&[1], &[9]).run().is_err());
        assert!(op("ScatterND").ints(&[2], &[0; 2]).ints(&[1, 1], &[1]).ints(&[2], &[9, 9]).run().is_err());
    }
}
