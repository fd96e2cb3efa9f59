//! For the tests of operators: one call, built in a line, run on flex and, where the machine has a GPU or one in software, there too.

use crate::{
    error::{OpError, OpResult},
    graph::{Attrs, constant::Constant},
    ops::{self, Call},
    tensor::{Devices, Value},
};
use onnx_ir::{AttributeProto, AttributeType};
use std::sync::OnceLock;

/// A call in the making.
#[derive(Clone)]
pub struct TestCall {
    name: &'static str,
    opset: i64,
    wanted: usize,
    attrs: Vec<AttributeProto>,
    inputs: Vec<Input>,
}

#[derive(Clone)]
enum Input {
    None,
    Constant(Constant),
    Bools(Vec<usize>, Vec<bool>),
}

/// A call of an operator under opset 20.
pub fn op(name: &'static str) -> TestCall {
    TestCall { name, opset: 20, wanted: 1, attrs: vec![], inputs: vec![] }
}

impl TestCall {
    pub fn opset(mut self, opset: i64) -> Self {
        self.opset = opset;
        self
    }

    pub fn wanted(mut self, wanted: usize) -> Self {
        self.wanted = wanted;
        self
    }

    pub fn floats(mut self, dims: &[usize], data: &[f32]) -> Self {
        self.inputs.push(Input::Constant(Constant::of_floats(data.to_vec(), dims.to_vec())));
        self
    }

    pub fn ints(mut self, dims: &[usize], data: &[i64]) -> Self {
        self.inputs.push(Input::Constant(Constant::of_ints(data.to_vec(), dims.to_vec())));
        self
    }

    pub fn bools(mut self, dims: &[usize], data: &[bool]) -> Self {
        self.inputs.push(Input::Bools(dims.to_vec(), data.to_vec()));
        self
    }

    pub fn none(mut self) -> Self {
        self.inputs.push(Input::None);
        self
    }

    fn attr(mut self, name: &str, kind: AttributeType, fill: impl FnOnce(&mut AttributeProto)) -> Self {
        let mut attr = AttributeProto { name: name.into(), type_: kind.into(), ..Default::default() };
        fill(&mut attr);
        self.attrs.push(attr);
        self
    }

    pub fn int(self, name: &str, value: i64) -> Self {
        self.attr(name, AttributeType::INT, |attr| attr.i = value)
    }

    pub fn float(self, name: &str, value: f32) -> Self {
        self.attr(name, AttributeType::FLOAT, |attr| attr.f = value)
    }

    pub fn text(self, name: &str, value: &str) -> Self {
        self.attr(name, AttributeType::STRING, |attr| attr.s = value.as_bytes().to_vec().into())
    }

    pub fn int_list(self, name: &str, values: &[i64]) -> Self {
        self.attr(name, AttributeType::INTS, |attr| attr.ints = values.to_vec())
    }

    fn run_on(&self, devices: &Devices) -> OpResult<Vec<Value>> {
        let op = ops::find(self.name).ok_or_else(|| OpError::Unsupported(self.name.into()))?;
        let attrs = Attrs::decode(self.attrs.clone())?;
        assert!(attrs.names().all(|name| op.attrs.contains(&name)), "{} does not declare an attribute", self.name);
        (op.check)(&attrs)?;
        let inputs = self.inputs.iter().map(|input| {
            Ok(match input {
                Input::None => None,
                Input::Constant(constant) => Some(constant.value(devices)?),
                Input::Bools(dims, data) => Some(Value::bools(data.clone(), dims.clone(), devices)?),
            })
        });
        let mut call = Call::new(&attrs, self.opset, devices, self.wanted, inputs.collect::<OpResult<_>>()?);
        (op.run)(&mut call)
    }

    /// Runs on flex and on the GPU, compares, and gives flex's result.
    pub fn run(&self) -> OpResult<Vec<Value>> {
        let host = self.run_on(&Devices::flex());
        if let Some(gpu) = gpu() {
            match (&host, self.run_on(gpu)) {
                (Ok(host), Ok(device)) => {
                    assert_eq!(host.len(), device.len());
                    for (host, device) in host.iter().zip(&device) {
                        assert_eq!((host.dims(), host.elem()), (device.dims(), device.elem()), "{} on the GPU", self.name);
                        compare(&format!("{} on the GPU", self.name), &device.to_f32()?, &host.to_f32()?, 1e-3);
                    }
                }
                (Err(_), Err(_)) => {}
                (host, device) => panic!("{}: flex gave {host:?}, the GPU {device:?}", self.name),
            }
        }
        host
    }

    fn first(&self) -> Value {
        self.run().unwrap_or_else(|error| panic!("{}: {error}", self.name)).remove(0)
    }

    pub fn run_floats(&self) -> Vec<f32> {
        self.first().to_floats().unwrap()
    }

    pub fn run_ints(&self) -> Vec<i64> {
        self.first().to_ints().unwrap()
    }

    pub fn run_bools(&self) -> Vec<bool> {
        self.first().to_bools().unwrap()
    }

    pub fn run_dims(&self) -> Vec<usize> {
        self.first().dims().to_vec()
    }
}

/// The machine's best adapter, software or not; none if it has none.
fn gpu() -> Option<&'static Devices> {
    static GPU: OnceLock<Option<Devices>> = OnceLock::new();
    let find = || crate::device::Adapter::list().first().map(|adapter| adapter.open());
    GPU.get_or_init(find).as_ref()
}

/// Asserts that floats are those wanted, to a part in ten thousand.
pub fn close(what: &str, got: &[f32], want: &[f32]) {
    compare(what, got, want, 1e-4);
}

fn compare(what: &str, got: &[f32], want: &[f32], tolerance: f32) {
    let near = |a: f32, b: f32| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= tolerance * b.abs().max(1.0);
    assert!(got.len() == want.len() && got.iter().zip(want).all(|(a, b)| near(*a, *b)), "{what}: got {got:?}, want {want:?}");
}
