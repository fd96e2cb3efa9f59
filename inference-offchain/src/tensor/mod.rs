//! The one value that flows between nodes: a burn tensor of run-time rank and device, with the shape and dtype that ONNX gives it.
//!
//! Floats live on the run's device as `f32`. Integers live on the host as `i64` and wrap to their declared width, so that shapes and
//! indices never wait for a GPU and never lose bits. Booleans live where they were made. A tensor of rank 0 is kept as one of rank 1.

mod read;
mod structure;

pub use structure::{Range, broadcast};

use crate::{
    error::{OpError, OpResult},
    limits,
};
use burn::backend::{Dispatch, DispatchDevice, DispatchTensor};
use burn_backend::{
    DType, DeviceOps, FloatDType, IntDType, Shape, TensorData,
    ops::{BoolTensorOps, FloatTensorOps, IntTensorOps},
};
use std::sync::Arc;

/// burn's backend of backends: the device of a tensor says which one computes.
pub type B = Dispatch;

/// A dtype of ONNX.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Elem {
    /// `float16`; computed in `f32`.
    F16,
    /// `bfloat16`; computed in `f32`.
    BF16,
    /// `float`.
    F32,
    /// `double`; computed in `f32`.
    F64,
    /// `int8`.
    I8,
    /// `int16`.
    I16,
    /// `int32`.
    I32,
    /// `int64`.
    I64,
    /// `uint8`.
    U8,
    /// `uint16`.
    U16,
    /// `uint32`.
    U32,
    /// `uint64`; values beyond `i64` are kept as their two's complement.
    U64,
    /// `bool`.
    Bool,
}

/// How a dtype is computed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// `f32` on the device.
    Float,
    /// `i64` on the host.
    Int,
    /// Booleans.
    Bool,
}

impl Elem {
    /// From the number in `TensorProto.DataType`.
    pub fn from_onnx(code: i32) -> Option<Self> {
        Some(match code {
            1 => Self::F32,
            2 => Self::U8,
            3 => Self::I8,
            4 => Self::U16,
            5 => Self::I16,
            6 => Self::I32,
            7 => Self::I64,
            9 => Self::Bool,
            10 => Self::F16,
            11 => Self::F64,
            12 => Self::U32,
            13 => Self::U64,
            16 => Self::BF16,
            _ => return None,
        })
    }

    /// The name that ONNX's documentation uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::F16 => "float16",
            Self::BF16 => "bfloat16",
            Self::F32 => "float",
            Self::F64 => "double",
            Self::I8 => "int8",
            Self::I16 => "int16",
            Self::I32 => "int32",
            Self::I64 => "int64",
            Self::U8 => "uint8",
            Self::U16 => "uint16",
            Self::U32 => "uint32",
            Self::U64 => "uint64",
            Self::Bool => "bool",
        }
    }

    /// How it is computed.
    pub fn kind(self) -> Kind {
        match self {
            Self::F16 | Self::BF16 | Self::F32 | Self::F64 => Kind::Float,
            Self::Bool => Kind::Bool,
            _ => Kind::Int,
        }
    }

    /// Bytes of one element in a file.
    pub fn size(self) -> usize {
        match self {
            Self::I8 | Self::U8 | Self::Bool => 1,
            Self::F16 | Self::BF16 | Self::I16 | Self::U16 => 2,
            Self::F32 | Self::I32 | Self::U32 => 4,
            Self::F64 | Self::I64 | Self::U64 => 8,
        }
    }

    /// What an integer of this width holds after `value` was stored into it.
    pub fn wrap(self, value: i64) -> i64 {
        match self {
            Self::I8 => i64::from(value as i8),
            Self::I16 => i64::from(value as i16),
            Self::I32 => i64::from(value as i32),
            Self::U8 => i64::from(value as u8),
            Self::U16 => i64::from(value as u16),
            Self::U32 => i64::from(value as u32),
            _ => value,
        }
    }
}

/// Where a tensor is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// In the host's memory, computed by burn's flex.
    Host,
    /// On the run's GPU. With the device flex everything is on the host.
    Device,
}

/// The devices of a run.
#[derive(Clone, Debug)]
pub struct Devices {
    host: DispatchDevice,
    gpu: Option<Gpu>,
}

#[derive(Clone, Debug)]
struct Gpu {
    device: DispatchDevice,
    bool_store: burn_backend::BoolDType,
    max_bytes: u64,
}

impl Devices {
    /// Everything on the processor.
    pub fn flex() -> Self {
        Self { host: DispatchDevice::Flex(Default::default()), gpu: None }
    }

    /// Floats on `device`, none of whose buffers may pass `max_bytes`. Opens the device: a driver may crash or hang here.
    pub fn gpu(device: DispatchDevice, max_bytes: u64) -> Self {
        let bool_store = device.defaults().bool_dtype;
        Self { gpu: Some(Gpu { device, bool_store, max_bytes }), ..Self::flex() }
    }

    /// Where floats of the graph's inputs and weights go.
    pub fn floats(&self) -> Place {
        if self.gpu.is_some() { Place::Device } else { Place::Host }
    }

    /// burn's device at a place.
    pub fn at(&self, place: Place) -> &DispatchDevice {
        match (&self.gpu, place) {
            (Some(gpu), Place::Device) => &gpu.device,
            _ => &self.host,
        }
    }

    /// How booleans are stored at a place.
    pub fn bool_store(&self, place: Place) -> burn_backend::BoolDType {
        match (&self.gpu, place) {
            (Some(gpu), Place::Device) => gpu.bool_store,
            _ => burn_backend::BoolDType::Native,
        }
    }

    /// Checks the size of a tensor before it is made at `place`.
    pub fn check(&self, place: Place, dims: &[usize]) -> OpResult<usize> {
        let count = limits::elements(dims)?;
        match &self.gpu {
            Some(gpu) if place == Place::Device && count as u64 * 4 > gpu.max_bytes => Err(OpError::Limit(format!(
                "a tensor of shape {dims:?} takes {} bytes; the largest buffer of this GPU has {}",
                count as u64 * 4,
                gpu.max_bytes
            ))),
            _ => Ok(count),
        }
    }

    /// Waits until all work given to the device is done.
    pub fn sync(&self) -> OpResult<()> {
        use burn_backend::Backend;
        match &self.gpu {
            Some(gpu) => B::sync(&gpu.device).map_err(|error| OpError::Device(error.to_string())),
            None => Ok(()),
        }
    }
}

/// A tensor.
#[derive(Clone, Debug)]
pub struct Value {
    dims: Vec<usize>,
    elem: Elem,
    place: Place,
    prim: DispatchTensor,
    /// The elements of a small float tensor that came from the host, so that reading a bound or an exponent waits for no GPU.
    mirror: Option<Arc<[f32]>>,
}

/// The most elements that are kept on the host as well.
const MIRRORED: usize = 16;

impl Value {
    /// Wraps what a burn operation returned. `dims` is the shape by ONNX; it differs from burn's in rank 0 only.
    pub fn new(prim: DispatchTensor, dims: Vec<usize>, elem: Elem, place: Place) -> Self {
        Self { dims, elem, place, prim, mirror: None }
    }

    /// A float tensor at `place`.
    pub fn floats(data: Vec<f32>, dims: Vec<usize>, place: Place, devices: &Devices) -> OpResult<Self> {
        let count = devices.check(place, &dims)?;
        debug_assert_eq!(count, data.len());
        // An empty buffer is no business of a GPU.
        let place = if count == 0 { Place::Host } else { place };
        let mirror = (count <= MIRRORED).then(|| Arc::from(data.as_slice()));
        let prim = B::float_from_data(TensorData::new(data, shape(&dims)), devices.at(place));
        Ok(Self { mirror, ..Self::new(prim, dims, Elem::F32, place) })
    }

    /// An integer tensor, on the host.
    pub fn ints(data: Vec<i64>, dims: Vec<usize>, elem: Elem, devices: &Devices) -> OpResult<Self> {
        let count = devices.check(Place::Host, &dims)?;
        debug_assert_eq!(count, data.len());
        let prim = B::int_from_data(TensorData::new(data, shape(&dims)), devices.at(Place::Host));
        Ok(Self::new(prim, dims, elem, Place::Host))
    }

    /// A bool tensor, on the host.
    pub fn bools(data: Vec<bool>, dims: Vec<usize>, devices: &Devices) -> OpResult<Self> {
        let count = devices.check(Place::Host, &dims)?;
        debug_assert_eq!(count, data.len());
        let prim = B::bool_from_data(TensorData::new(data, shape(&dims)), devices.at(Place::Host));
        Ok(Self::new(prim, dims, Elem::Bool, Place::Host))
    }

    /// A float tensor with one value everywhere.
    pub fn full(value: f32, dims: Vec<usize>, place: Place, devices: &Devices) -> OpResult<Self> {
        let count = devices.check(place, &dims)?;
        let place = if count == 0 { Place::Host } else { place };
        let prim = B::float_full(shape(&dims), value.into(), devices.at(place), FloatDType::F32);
        Ok(Self::new(prim, dims, Elem::F32, place))
    }

    /// The shape.
    pub fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// The number of dimensions.
    pub fn rank(&self) -> usize {
        self.dims.len()
    }

    /// The number of elements.
    pub fn count(&self) -> usize {
        self.dims.iter().product()
    }

    /// The dtype.
    pub fn elem(&self) -> Elem {
        self.elem
    }

    /// How it is computed.
    pub fn kind(&self) -> Kind {
        self.elem.kind()
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        self.place
    }

    /// burn's tensor.
    pub fn prim(self) -> DispatchTensor {
        self.prim
    }

    /// The same integers under another integer dtype; values must fit already.
    pub fn retyped(mut self, elem: Elem) -> Self {
        self.elem = elem;
        self
    }

    /// Moves a float or bool tensor. Integers stay on the host: [`Value::to_indices`] is their way to a kernel.
    pub fn to_place(self, place: Place, devices: &Devices) -> OpResult<Self> {
        if self.place == place || self.kind() == Kind::Int || devices.gpu.is_none() {
            return Ok(self);
        }
        let dims = self.dims.clone();
        devices.check(place, &dims)?;
        match self.kind() {
            Kind::Bool => {
                let data = self.to_bools()?;
                let data = match devices.bool_store(place) {
                    burn_backend::BoolDType::U32 => {
                        let bytes = data.iter().flat_map(|b| u32::from(*b).to_ne_bytes()).collect();
                        TensorData::from_bytes_vec(bytes, shape(&dims), DType::Bool(burn_backend::BoolDType::U32))
                    }
                    store => TensorData::from_bytes_vec(data.iter().map(|b| u8::from(*b)).collect(), shape(&dims), DType::Bool(store)),
                };
                Ok(Self::new(B::bool_from_data(data, devices.at(place)), dims, Elem::Bool, place))
            }
            _ => Self::floats(self.to_floats()?, dims, place, devices),
        }
    }

    /// Integers as a kernel's indices at `place`. The caller has checked that each is in range: burn's kernels do not.
    pub fn indices(data: &[i64], dims: &[usize], place: Place, devices: &Devices) -> OpResult<DispatchTensor> {
        devices.check(place, dims)?;
        let data = match place {
            Place::Host => TensorData::new(data.to_vec(), shape(dims)),
            Place::Device => {
                let narrow = data.iter().map(|i| i32::try_from(*i)).collect::<Result<Vec<_>, _>>();
                TensorData::new(narrow.map_err(|_| OpError::Limit("an index beyond 32 bits on a GPU".into()))?, shape(dims))
            }
        };
        Ok(B::int_from_data(data, devices.at(place)))
    }
}

/// burn's shape of an ONNX shape: rank 0 becomes rank 1.
pub fn shape(dims: &[usize]) -> Shape {
    if dims.is_empty() { Shape::from(vec![1]) } else { Shape::from(dims.to_vec()) }
}

/// The integer dtype of indices that a kernel at `place` returns.
pub fn index_dtype(place: Place) -> IntDType {
    match place {
        Place::Host => IntDType::I64,
        Place::Device => IntDType::I32,
    }
}
