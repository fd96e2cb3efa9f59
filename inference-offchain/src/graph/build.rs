//! Writes small ONNX files: the self-test's canary, and the models of the tests.

use onnx_ir::{AttributeProto, AttributeType, GraphProto, Message, ModelProto, NodeProto, TensorProto, ValueInfoProto};

/// A model in the making.
#[derive(Clone, Debug)]
pub struct ModelBuilder {
    graph: GraphProto,
    opset: i64,
}

impl ModelBuilder {
    /// An empty graph under an opset.
    pub fn new(opset: i64) -> Self {
        Self { graph: GraphProto { name: "graph".into(), ..Default::default() }, opset }
    }

    /// An input of an ONNX data type; `None` is a dimension that may vary.
    pub fn input(mut self, name: &str, data_type: i32, dims: &[Option<i64>]) -> Self {
        self.graph.input.push(port(name, data_type, dims));
        self
    }

    /// An output of an ONNX data type and any shape of so many dimensions.
    pub fn output(mut self, name: &str, data_type: i32, rank: usize) -> Self {
        self.graph.output.push(port(name, data_type, &vec![None; rank]));
        self
    }

    /// A float tensor of the file.
    pub fn floats(mut self, name: &str, dims: &[i64], data: &[f32]) -> Self {
        let raw: Vec<u8> = data.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.graph.initializer.push(tensor(name, 1, dims, raw));
        self
    }

    /// An `int64` tensor of the file.
    pub fn ints(mut self, name: &str, dims: &[i64], data: &[i64]) -> Self {
        let raw: Vec<u8> = data.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.graph.initializer.push(tensor(name, 7, dims, raw));
        self
    }

    /// A node; its attributes are added by the calls that follow.
    pub fn node(mut self, op: &str, inputs: &[&str], outputs: &[&str]) -> Self {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        self.graph.node.push(NodeProto { op_type: op.into(), input: names(inputs), output: names(outputs), ..Default::default() });
        self
    }

    fn attr(mut self, attr: AttributeProto) -> Self {
        if let Some(node) = self.graph.node.last_mut() {
            node.attribute.push(attr);
        }
        self
    }

    /// An integer attribute of the last node.
    pub fn int(self, name: &str, value: i64) -> Self {
        self.attr(AttributeProto { name: name.into(), type_: AttributeType::INT.into(), i: value, ..Default::default() })
    }

    /// A list of integers as an attribute of the last node.
    pub fn int_list(self, name: &str, values: &[i64]) -> Self {
        self.attr(AttributeProto { name: name.into(), type_: AttributeType::INTS.into(), ints: values.to_vec(), ..Default::default() })
    }

    /// Changes the graph by hand.
    pub fn edit(mut self, edit: impl FnOnce(&mut GraphProto)) -> Self {
        edit(&mut self.graph);
        self
    }

    /// The file.
    pub fn bytes(self) -> Vec<u8> {
        let mut model = ModelProto { ir_version: 8, graph: Some(self.graph).into(), ..Default::default() };
        model.opset_import.push(Default::default());
        if let Some(set) = model.opset_import.last_mut() {
            set.version = self.opset;
        }
        // Writing to memory fails for missing required fields only, and proto3 has none.
        model.write_to_bytes().unwrap_or_default()
    }
}

fn tensor(name: &str, data_type: i32, dims: &[i64], raw: Vec<u8>) -> TensorProto {
    TensorProto { name: name.into(), data_type, dims: dims.to_vec(), raw_data: raw.into(), ..Default::default() }
}

fn port(name: &str, data_type: i32, dims: &[Option<i64>]) -> ValueInfoProto {
    let mut info = ValueInfoProto { name: name.into(), ..Default::default() };
    let tensor = info.type_.mut_or_insert_default().mut_tensor_type();
    tensor.elem_type = data_type;
    let shape = tensor.shape.mut_or_insert_default();
    for dim in dims {
        shape.dim.push(Default::default());
        if let (Some(last), Some(value)) = (shape.dim.last_mut(), dim) {
            last.set_dim_value(*value);
        }
    }
    info
}
