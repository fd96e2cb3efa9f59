//! Reading tensors back to the host. A device's failure shows here, as an error: the variants that panic are never called.

use super::{B, Kind, Value};
use crate::error::{OpError, OpResult, operands};
use burn_backend::{
    BoolDType, DType, ExecutionError, TensorData,
    ops::{BoolTensorOps, FloatTensorOps, IntTensorOps},
    try_read_sync,
};

impl Value {
    /// The elements of a float tensor, row by row.
    pub fn to_floats(&self) -> OpResult<Vec<f32>> {
        self.expect(Kind::Float)?;
        if let Some(mirror) = &self.mirror {
            return Ok(mirror.to_vec());
        }
        let data = finish(try_read_sync(B::float_into_data(self.prim.clone())))?;
        data.try_into_vec::<f32>().map_err(|error| OpError::Device(error.to_string()))
    }

    /// The elements of an integer tensor.
    pub fn to_ints(&self) -> OpResult<Vec<i64>> {
        self.expect(Kind::Int)?;
        read_ints(self.prim.clone())
    }

    /// The elements of a bool tensor.
    pub fn to_bools(&self) -> OpResult<Vec<bool>> {
        self.expect(Kind::Bool)?;
        let data = finish(try_read_sync(B::bool_into_data(self.prim.clone())))?;
        let bytes = data.as_bytes();
        match data.dtype() {
            DType::Bool(BoolDType::U32) => Ok(bytes.chunks_exact(4).map(|word| word != [0; 4]).collect()),
            DType::Bool(_) | DType::U8 => Ok(bytes.iter().map(|byte| *byte != 0).collect()),
            other => Err(OpError::Device(format!("a bool tensor came back as {other:?}"))),
        }
    }

    /// All elements as `f32`: what the digest takes.
    pub fn to_f32(&self) -> OpResult<Vec<f32>> {
        Ok(match self.kind() {
            Kind::Float => self.to_floats()?,
            Kind::Int => self.to_ints()?.into_iter().map(|i| i as f32).collect(),
            Kind::Bool => self.to_bools()?.into_iter().map(|b| f32::from(u8::from(b))).collect(),
        })
    }

    /// The one element of an integer tensor that is used as a scalar.
    pub fn to_int(&self) -> OpResult<i64> {
        match self.to_ints()?.as_slice() {
            [one] => Ok(*one),
            many => Err(operands!("one integer was expected, {} came", many.len())),
        }
    }

    /// An error unless the tensor is of `kind`.
    pub fn expect(&self, kind: Kind) -> OpResult<()> {
        if self.kind() == kind { Ok(()) } else { Err(operands!("a {} tensor where {kind:?} is needed", self.elem.name())) }
    }
}

/// The elements of a kernel's integer result.
pub fn read_ints(prim: burn::backend::DispatchTensor) -> OpResult<Vec<i64>> {
    let data = finish(try_read_sync(B::int_into_data(prim)))?;
    let result = match data.dtype() {
        DType::I64 => data.try_into_vec::<i64>(),
        _ => data.try_to_vec_as::<i64>(),
    };
    result.map_err(|error| OpError::Device(error.to_string()))
}

fn finish(read: Option<Result<TensorData, ExecutionError>>) -> OpResult<TensorData> {
    match read {
        Some(Ok(data)) => Ok(data),
        Some(Err(error)) => Err(OpError::Device(error.to_string())),
        None => Err(OpError::Device("the result could not be read without waiting".into())),
    }
}
