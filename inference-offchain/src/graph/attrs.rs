//! A node's attributes, decoded and typed.

use super::constant::Constant;
use crate::error::{OpResult, attribute};
use onnx_ir::{AttributeProto, AttributeType};
use std::collections::BTreeMap;

/// One attribute.
#[derive(Clone, Debug)]
pub enum Attr {
    /// A float.
    Float(f32),
    /// An integer.
    Int(i64),
    /// A string.
    Str(String),
    /// A tensor.
    Tensor(Constant),
    /// A list of floats.
    Floats(Vec<f32>),
    /// A list of integers.
    Ints(Vec<i64>),
}

/// All attributes of a node by name.
#[derive(Clone, Debug, Default)]
pub struct Attrs(BTreeMap<String, Attr>);

impl Attrs {
    /// Decodes a node's attributes. Graphs, strings in lists, sparse tensors and references are refused.
    pub fn decode(protos: Vec<AttributeProto>) -> OpResult<Self> {
        let mut attrs = BTreeMap::new();
        for mut proto in protos {
            let name = std::mem::take(&mut proto.name);
            if !proto.ref_attr_name.is_empty() {
                return Err(attribute!("attribute {name} refers to a function's attribute outside a function"));
            }
            let value = match proto.type_.enum_value() {
                Ok(AttributeType::FLOAT) => Attr::Float(proto.f),
                Ok(AttributeType::INT) => Attr::Int(proto.i),
                Ok(AttributeType::STRING) => {
                    Attr::Str(String::from_utf8(proto.s.to_vec()).map_err(|_| attribute!("attribute {name} is not UTF-8"))?)
                }
                Ok(AttributeType::TENSOR) => {
                    let tensor = proto.t.into_option().ok_or_else(|| attribute!("attribute {name} lacks its tensor"))?;
                    Attr::Tensor(Constant::decode(tensor)?)
                }
                Ok(AttributeType::FLOATS) => Attr::Floats(proto.floats),
                Ok(AttributeType::INTS) => Attr::Ints(proto.ints),
                Ok(other) => return Err(crate::error::unsupported!("attribute {name} of type {other:?}")),
                Err(code) => return Err(attribute!("attribute {name} has the unknown type {code}")),
            };
            if attrs.insert(name.clone(), value).is_some() {
                return Err(attribute!("attribute {name} stands twice"));
            }
        }
        Ok(Self(attrs))
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The attribute, if it stands there.
    pub fn get(&self, name: &str) -> Option<&Attr> {
        self.0.get(name)
    }

    /// An integer, or `default`.
    pub fn int(&self, name: &str, default: i64) -> OpResult<i64> {
        Ok(self.opt_int(name)?.unwrap_or(default))
    }

    /// An integer, if it stands there.
    pub fn opt_int(&self, name: &str) -> OpResult<Option<i64>> {
        match self.get(name) {
            None => Ok(None),
            Some(Attr::Int(value)) => Ok(Some(*value)),
            Some(_) => Err(attribute!("attribute {name} must be an integer")),
        }
    }

    /// An integer as a flag.
    pub fn flag(&self, name: &str, default: bool) -> OpResult<bool> {
        Ok(self.int(name, i64::from(default))? != 0)
    }

    /// A float, or `default`.
    pub fn float(&self, name: &str, default: f32) -> OpResult<f32> {
        match self.get(name) {
            None => Ok(default),
            Some(Attr::Float(value)) => Ok(*value),
            Some(_) => Err(attribute!("attribute {name} must be a float")),
        }
    }

    /// A string, or `default`.
    pub fn str<'a>(&'a self, name: &str, default: &'a str) -> OpResult<&'a str> {
        match self.get(name) {
            None => Ok(default),
            Some(Attr::Str(value)) => Ok(value),
            Some(_) => Err(attribute!("attribute {name} must be a string")),
        }
    }

    /// A list of integers, if it stands there.
    pub fn ints(&self, name: &str) -> OpResult<Option<&[i64]>> {
        match self.get(name) {
            None => Ok(None),
            Some(Attr::Ints(values)) => Ok(Some(values)),
            Some(_) => Err(attribute!("attribute {name} must be a list of integers")),
        }
    }

    /// A list of exactly `len` sizes, each in `[least, 2^20]`; `default` in every place if it does not stand there.
    pub fn sizes(&self, name: &str, len: usize, default: usize, least: usize) -> OpResult<Vec<usize>> {
        let Some(values) = self.ints(name)? else { return Ok(vec![default; len]) };
        let valid = values.len() == len && values.iter().all(|v| *v >= least as i64 && *v <= 1 << 20);
        if valid {
            Ok(values.iter().map(|v| *v as usize).collect())
        } else {
            Err(attribute!("attribute {name} is {values:?}; {len} sizes of at least {least} are needed"))
        }
    }

    /// A tensor, if it stands there.
    pub fn tensor(&self, name: &str) -> OpResult<Option<&Constant>> {
        match self.get(name) {
            None => Ok(None),
            Some(Attr::Tensor(value)) => Ok(Some(value)),
            Some(_) => Err(attribute!("attribute {name} must be a tensor")),
        }
    }
}
