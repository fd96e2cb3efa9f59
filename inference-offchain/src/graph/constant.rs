//! Tensors that stand in the model's file: initializers and attributes. Their bytes are checked against their shape when the graph is
//! read, and turned into numbers when they are first used.

use crate::{
    error::{OpError, OpResult, attribute, unsupported},
    limits,
    tensor::{Devices, Elem, Kind, Value},
};
use onnx_ir::TensorProto;

/// A tensor of the file.
#[derive(Clone, Debug)]
pub struct Constant {
    elem: Elem,
    dims: Vec<usize>,
    payload: Payload,
}

/// The numbers, as the file has them.
#[derive(Clone, Debug)]
enum Payload {
    /// Little-endian elements.
    Raw(Vec<u8>),
    Floats(Vec<f32>),
    Doubles(Vec<f64>),
    /// Everything of 32 bits and fewer but floats.
    Words(Vec<i32>),
    Ints(Vec<i64>),
    Uints(Vec<u64>),
}

impl Constant {
    /// Checks dtype, shape and length.
    pub fn decode(proto: TensorProto) -> OpResult<Self> {
        if proto.data_location.value() != 0 || !proto.external_data.is_empty() {
            return Err(unsupported!("tensor data outside the file (save the model as one file)"));
        }
        let elem = Elem::from_onnx(proto.data_type).ok_or_else(|| unsupported!("a tensor of data type {}", proto.data_type))?;
        let dims: Result<Vec<usize>, _> = proto.dims.iter().map(|d| usize::try_from(*d)).collect();
        let dims = dims.map_err(|_| attribute!("a tensor with a negative dimension: {:?}", proto.dims))?;
        let count = limits::elements(&dims)?;
        let raw = !proto.raw_data.is_empty();
        let (payload, len) = match elem {
            _ if raw => {
                let bytes = proto.raw_data.to_vec();
                if !bytes.len().is_multiple_of(elem.size()) {
                    return Err(attribute!("a {} tensor of {} bytes", elem.name(), bytes.len()));
                }
                let len = bytes.len() / elem.size();
                (Payload::Raw(bytes), len)
            }
            Elem::F32 => listed(proto.float_data, Payload::Floats),
            Elem::F64 => listed(proto.double_data, Payload::Doubles),
            Elem::I64 => listed(proto.int64_data, Payload::Ints),
            Elem::U32 | Elem::U64 => listed(proto.uint64_data, Payload::Uints),
            _ => listed(proto.int32_data, Payload::Words),
        };
        if len != count {
            return Err(attribute!("a tensor of shape {dims:?} needs {count} elements, the file has {len}"));
        }
        Ok(Self { elem, dims, payload })
    }

    /// A constant of integers.
    pub fn of_ints(values: Vec<i64>, dims: Vec<usize>) -> Self {
        Self { elem: Elem::I64, dims, payload: Payload::Ints(values) }
    }

    /// A constant of floats.
    pub fn of_floats(values: Vec<f32>, dims: Vec<usize>) -> Self {
        Self { elem: Elem::F32, dims, payload: Payload::Floats(values) }
    }

    /// The dtype.
    pub fn elem(&self) -> Elem {
        self.elem
    }

    /// The shape.
    pub fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// The tensor, floats where the run's floats go.
    pub fn value(&self, devices: &Devices) -> OpResult<Value> {
        let dims = self.dims.clone();
        match self.elem.kind() {
            Kind::Float => Value::floats(self.floats()?, dims, devices.floats(), devices),
            Kind::Int => Value::ints(self.ints()?, dims, self.elem, devices),
            Kind::Bool => Value::bools(self.ints()?.into_iter().map(|v| v != 0).collect(), dims, devices),
        }
    }

    fn floats(&self) -> OpResult<Vec<f32>> {
        Ok(match (&self.payload, self.elem) {
            (Payload::Floats(values), _) => values.clone(),
            (Payload::Doubles(values), _) => values.iter().map(|v| *v as f32).collect(),
            (Payload::Words(words), Elem::F16) => words.iter().map(|w| half::f16::from_bits(*w as u16).to_f32()).collect(),
            (Payload::Words(words), Elem::BF16) => words.iter().map(|w| half::bf16::from_bits(*w as u16).to_f32()).collect(),
            (Payload::Raw(bytes), elem) => floats_from_le(bytes, elem)?,
            _ => return Err(OpError::Attribute("a float tensor without float data".into())),
        })
    }

    fn ints(&self) -> OpResult<Vec<i64>> {
        let wrap = |v: i64| self.elem.wrap(v);
        Ok(match &self.payload {
            Payload::Ints(values) => values.clone(),
            Payload::Uints(values) => values.iter().map(|v| wrap(*v as i64)).collect(),
            Payload::Words(words) => words.iter().map(|w| wrap(i64::from(*w))).collect(),
            Payload::Raw(bytes) => ints_from_le(bytes, self.elem)?,
            _ => return Err(OpError::Attribute("an integer tensor without integer data".into())),
        })
    }
}

fn listed<T>(values: Vec<T>, payload: fn(Vec<T>) -> Payload) -> (Payload, usize) {
    let len = values.len();
    (payload(values), len)
}

/// Elements of `N` bytes.
fn words<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> + '_ {
    bytes.chunks_exact(N).map(|chunk| std::array::from_fn(|i| chunk[i]))
}

/// Little-endian floats of any width as `f32`.
pub fn floats_from_le(bytes: &[u8], elem: Elem) -> OpResult<Vec<f32>> {
    Ok(match elem {
        Elem::F32 => words(bytes).map(f32::from_le_bytes).collect(),
        Elem::F64 => words(bytes).map(|w| f64::from_le_bytes(w) as f32).collect(),
        Elem::F16 => words(bytes).map(|w| half::f16::from_le_bytes(w).to_f32()).collect(),
        Elem::BF16 => words(bytes).map(|w| half::bf16::from_le_bytes(w).to_f32()).collect(),
        other => return Err(OpError::Operands(format!("{} is no float", other.name()))),
    })
}

/// Little-endian integers of any width, or bools, as `i64`.
pub fn ints_from_le(bytes: &[u8], elem: Elem) -> OpResult<Vec<i64>> {
    Ok(match elem {
        Elem::I8 => bytes.iter().map(|b| i64::from(*b as i8)).collect(),
        Elem::U8 | Elem::Bool => bytes.iter().map(|b| i64::from(*b)).collect(),
        Elem::I16 => words(bytes).map(|w| i64::from(i16::from_le_bytes(w))).collect(),
        Elem::U16 => words(bytes).map(|w| i64::from(u16::from_le_bytes(w))).collect(),
        Elem::I32 => words(bytes).map(|w| i64::from(i32::from_le_bytes(w))).collect(),
        Elem::U32 => words(bytes).map(|w| i64::from(u32::from_le_bytes(w))).collect(),
        Elem::I64 | Elem::U64 => words(bytes).map(i64::from_le_bytes).collect(),
        other => return Err(OpError::Operands(format!("{} is no integer", other.name()))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decode_reads_every_width() {
        let raw = |data_type: i32, bytes: &[u8], dims: &[i64]| {
            let proto = TensorProto { data_type, dims: dims.to_vec(), raw_data: bytes.to_vec().into(), ..Default::default() };
            Constant::decode(proto).and_then(|c| c.value(&Devices::flex())).and_then(|v| v.to_f32())
        };
        assert_eq!(raw(1, &1.5f32.to_le_bytes(), &[]).unwrap(), [1.5]);
        assert_eq!(raw(11, &(-2.0f64).to_le_bytes(), &[1]).unwrap(), [-2.0]);
        assert_eq!(raw(10, &half::f16::from_f32(0.25).to_le_bytes(), &[1]).unwrap(), [0.25]);
        assert_eq!(raw(3, &[0xff, 0x7f], &[2]).unwrap(), [-1.0, 127.0]);
        assert_eq!(raw(2, &[0xff], &[1]).unwrap(), [255.0]);
        assert_eq!(raw(9, &[1, 0], &[2]).unwrap(), [1.0, 0.0]);
        assert_eq!(raw(7, &(-5i64).to_le_bytes(), &[1]).unwrap(), [-5.0]);
        assert!(raw(1, &[0; 8], &[3]).is_err());
        assert!(raw(1, &[0; 7], &[2]).is_err());
        assert!(raw(8, &[0; 8], &[1]).is_err());
        assert!(raw(1, &[0; 4], &[-1]).is_err());
        assert!(raw(1, &[0; 4], &[i64::MAX, i64::MAX]).is_err());
    }
}
