//! The registry: every operator the engine supports, and the one way to call it. One file per family.
//!
//! An [`Op`] says which inputs, outputs and attributes it takes; a graph that asks for anything else is refused by name before it runs.

mod activation;
mod binary;
mod cast;
mod compare;
mod constant;
mod conv;
mod index;
mod matmul;
mod norm;
mod pool;
mod quantize;
mod rearrange;
mod reduce;
mod resize;
mod scatter;
mod shape;
mod sort;
mod unary;
mod window;

use crate::{
    error::{OpResult, attribute, operands, unsupported},
    graph::Attrs,
    tensor::{Devices, Elem, Kind, Place, Value},
};

/// An operator.
#[derive(Debug)]
pub struct Op {
    /// Its name in the standard, with the domain before it unless that is the default one.
    pub name: &'static str,
    /// The fewest and the most inputs.
    pub inputs: (usize, usize),
    /// The most outputs.
    pub outputs: usize,
    /// The attributes it understands.
    pub attrs: &'static [&'static str],
    /// The dtype of its outputs.
    pub output: Output,
    /// What it means for the digest.
    pub role: Role,
    /// Refuses values of attributes that the engine lacks, before anything runs.
    pub check: fn(&Attrs) -> OpResult<()>,
    /// Computes it.
    pub run: fn(&mut Call) -> OpResult<Vec<Value>>,
}

/// The dtype of an operator's outputs, as the graph alone says it.
#[derive(Clone, Copy, Debug)]
pub enum Output {
    /// That of an input.
    Like(usize),
    /// Always this one.
    Elem(Elem),
    /// What the attribute `to` or `dtype` says, else this one.
    To(Option<Elem>),
    /// That of the attribute that holds the value.
    Value,
}

/// What an operator means for the choice of hidden tensors.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// Convolutions and matrix products.
    Linear,
    /// Addition.
    Add,
    /// Normalisations.
    Norm,
    /// Softmax, before which masks stand.
    Softmax,
    /// Anything else.
    Plain,
}

impl Op {
    /// An operator whose outputs are like its first input, without attributes.
    const fn new(name: &'static str, inputs: (usize, usize), run: fn(&mut Call) -> OpResult<Vec<Value>>) -> Self {
        Self { name, inputs, outputs: 1, attrs: &[], output: Output::Like(0), role: Role::Plain, check: |_| Ok(()), run }
    }

    const fn attrs(mut self, attrs: &'static [&'static str]) -> Self {
        self.attrs = attrs;
        self
    }

    const fn gives(mut self, output: Output) -> Self {
        self.output = output;
        self
    }

    const fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    const fn check(mut self, check: fn(&Attrs) -> OpResult<()>) -> Self {
        self.check = check;
        self
    }

    const fn outputs(mut self, outputs: usize) -> Self {
        self.outputs = outputs;
        self
    }
}

/// The families, by name: the single truth of what is supported.
pub const FAMILIES: &[(&str, &[Op])] = &[
    ("activation", activation::OPS),
    ("binary", binary::OPS),
    ("cast", cast::OPS),
    ("compare", compare::OPS),
    ("constant", constant::OPS),
    ("conv", conv::OPS),
    ("index", index::OPS),
    ("matmul", matmul::OPS),
    ("norm", norm::OPS),
    ("pool", pool::OPS),
    ("quantize", quantize::OPS),
    ("rearrange", rearrange::OPS),
    ("reduce", reduce::OPS),
    ("resize", resize::OPS),
    ("scatter", scatter::OPS),
    ("shape", shape::OPS),
    ("sort", sort::OPS),
    ("unary", unary::OPS),
];

/// The operator of that name, if it is supported.
pub fn find(name: &str) -> Option<&'static Op> {
    FAMILIES.iter().flat_map(|(_, ops)| ops.iter()).find(|op| op.name == name)
}

/// One call of an operator.
pub struct Call<'a> {
    /// The node's attributes.
    pub attrs: &'a Attrs,
    /// The version of the default operator set.
    pub opset: i64,
    /// The devices.
    pub devices: &'a Devices,
    /// How many outputs the node names, counting those it leaves out before others.
    pub wanted: usize,
    inputs: Vec<Option<Value>>,
}

impl<'a> Call<'a> {
    /// A call with these operands.
    pub fn new(attrs: &'a Attrs, opset: i64, devices: &'a Devices, wanted: usize, inputs: Vec<Option<Value>>) -> Self {
        Self { attrs, opset, devices, wanted, inputs }
    }

    /// How many inputs there are.
    pub fn arity(&self) -> usize {
        self.inputs.len()
    }

    /// Looks at a required input.
    pub fn input(&self, i: usize) -> OpResult<&Value> {
        self.opt(i).ok_or_else(|| operands!("input {i} is missing"))
    }

    /// Looks at an optional input.
    pub fn opt(&self, i: usize) -> Option<&Value> {
        self.inputs.get(i).and_then(Option::as_ref)
    }

    /// Takes a required input, which lets burn reuse its memory.
    pub fn take(&mut self, i: usize) -> OpResult<Value> {
        self.take_opt(i).ok_or_else(|| operands!("input {i} is missing"))
    }

    /// Takes an optional input.
    pub fn take_opt(&mut self, i: usize) -> Option<Value> {
        self.inputs.get_mut(i).and_then(Option::take)
    }

    /// Takes a required float input.
    pub fn take_float(&mut self, i: usize) -> OpResult<Value> {
        let value = self.take(i)?;
        match value.kind() {
            Kind::Float => Ok(value),
            _ => Err(unsupported!("a {} operand", value.elem().name())),
        }
    }

    /// Takes all inputs; every one must be there.
    pub fn take_all(&mut self) -> OpResult<Vec<Value>> {
        (0..self.arity()).map(|i| self.take(i)).collect()
    }

    /// Brings float and bool inputs to one place: the device if any of them is there, unless one is empty.
    pub fn gather_places(&mut self) -> OpResult<Place> {
        let movable = |value: &&Value| value.kind() != Kind::Int;
        let values = || self.inputs.iter().flatten().filter(movable);
        let on_device = values().any(|value| value.place() == Place::Device) && values().all(|value| value.count() > 0);
        let place = if on_device { Place::Device } else { Place::Host };
        for input in self.inputs.iter_mut() {
            *input = input.take().map(|value| value.to_place(place, self.devices)).transpose()?;
        }
        Ok(place)
    }

    /// Integers given as an input or, in older opsets, as an attribute.
    pub fn ints(&self, input: usize, attr: &str) -> OpResult<Option<Vec<i64>>> {
        match self.opt(input) {
            Some(value) => Ok(Some(value.to_ints()?)),
            None => Ok(self.attrs.ints(attr)?.map(<[i64]>::to_vec)),
        }
    }

    /// The attribute `axis` as an axis of a tensor of `rank`.
    pub fn axis(&self, default: i64, rank: usize) -> OpResult<usize> {
        axis(self.attrs.int("axis", default)?, rank)
    }
}

/// A possibly negative axis of a tensor of `rank`.
pub fn axis(axis: i64, rank: usize) -> OpResult<usize> {
    let shifted = if axis < 0 { axis + rank as i64 } else { axis };
    usize::try_from(shifted).ok().filter(|a| *a < rank).ok_or_else(|| attribute!("axis {axis} is outside a tensor of rank {rank}"))
}

/// Possibly negative axes, each once, in ascending order.
pub fn axes(axes: &[i64], rank: usize) -> OpResult<Vec<usize>> {
    let mut out = axes.iter().map(|a| axis(*a, rank)).collect::<OpResult<Vec<_>>>()?;
    out.sort_unstable();
    if out.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(attribute!("axes {axes:?} name one axis twice"));
    }
    Ok(out)
}

/// One result.
fn one(value: Value) -> OpResult<Vec<Value>> {
    Ok(vec![value])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registry_names_are_unique_and_found() {
        let mut names: Vec<&str> = FAMILIES.iter().flat_map(|(_, ops)| ops.iter().map(|op| op.name)).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        assert!(names.len() > 100);
        assert!(names.iter().all(|name| find(name).is_some()));
        assert!(find("If").is_none() && find("add").is_none());
    }

    #[test]
    fn axes_are_checked() {
        assert_eq!(axes(&[-1, 0], 3).unwrap(), [0, 2]);
        assert!(axes(&[0, -3], 3).is_err());
        assert!(axis(3, 3).is_err());
        assert!(axis(0, 0).is_err());
    }
}
