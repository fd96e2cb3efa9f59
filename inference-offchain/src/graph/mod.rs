//! From the bytes of an ONNX file to a checked graph: limits first, then decoding, then names to slots and operators to the registry.
//!
//! onnx-ir decodes the file. Its typed nodes are not used: made for generating code, they merge values whose names look alike, fuse
//! a product with an addition although others read the product, and fold constants of any size while parsing. Attributes are
//! read here and in [`crate::ops`], where the standard's rules for each opset stand.

mod attrs;
pub mod build;
pub mod constant;
pub mod hidden;
mod wire;

pub use attrs::{Attr, Attrs};
pub use wire::WireError;

use crate::{
    error::{Error, OpError, guarded},
    limits,
    ops::{self, Op},
    tensor::Elem,
};
use constant::Constant;
use onnx_ir::{Message, ModelProto, NodeProto, ValueInfoProto};
use std::collections::{BTreeMap, HashMap};

/// The place of a tensor in a run's memory.
pub type Slot = usize;

/// The oldest opset of the default domain whose rules the operators here follow.
pub const MIN_OPSET: i64 = 7;

/// The newest one.
pub const MAX_OPSET: i64 = 25;

/// A graph's input or output.
#[derive(Clone, Debug)]
pub struct Port {
    /// Its name in the file.
    pub name: String,
    /// Its dtype; unknown for an output that the file does not type.
    pub elem: Option<Elem>,
    /// Its dimensions, where fixed; none at all if the file gives no shape.
    pub dims: Option<Vec<Option<usize>>>,
    /// Where it stands.
    pub slot: Slot,
}

/// A node.
#[derive(Clone, Debug)]
pub struct Node {
    /// The operator.
    pub op: &'static Op,
    /// The name in the file, or its number.
    pub name: String,
    /// Where its operands stand; optional ones may be missing.
    pub inputs: Vec<Option<Slot>>,
    /// Where its results go; those that nobody asked for are missing.
    pub outputs: Vec<Option<Slot>>,
    /// Its attributes.
    pub attrs: Attrs,
}

/// A checked graph.
#[derive(Clone, Debug)]
pub struct Graph {
    /// The version of the default operator set.
    pub opset: i64,
    /// The inputs that a caller must give, in order.
    pub inputs: Vec<Port>,
    /// The outputs, in order.
    pub outputs: Vec<Port>,
    /// The nodes in an order in which they can run: the file's.
    pub nodes: Vec<Node>,
    /// Tensors of the file and where they go.
    pub constants: Vec<(Slot, Constant)>,
    /// How many slots there are.
    pub slots: usize,
}

/// What a file holds, whether or not it can be run.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Summary {
    /// Versions of the operator sets by domain.
    pub opsets: BTreeMap<String, i64>,
    /// How many nodes there are of each operator.
    pub ops: BTreeMap<String, usize>,
    /// The operators that the engine lacks.
    pub unsupported: Vec<String>,
}

impl Graph {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::LimitExceeded`], [`Error::ModelInvalid`], or [`Error::Unsupported`] that names every operator the engine lacks.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let model = decode(bytes)?;
        let lacking = summary_of(&model).unsupported;
        if !lacking.is_empty() {
            return Err(Error::Unsupported(lacking));
        }
        Builder::default().build(model)
    }

    /// What the file holds.
    pub fn summary(bytes: &[u8]) -> Result<Summary, Error> {
        decode(bytes).map(|model| summary_of(&model))
    }

    /// Whether any input may have more than one shape.
    pub fn is_dynamic(&self) -> bool {
        self.inputs.iter().any(|input| input.dims.as_ref().is_none_or(|dims| dims.iter().any(Option::is_none)))
    }
}

fn decode(bytes: &[u8]) -> Result<ModelProto, Error> {
    if bytes.len() as u64 > limits::MAX_MODEL_LEN {
        return Err(Error::LimitExceeded(format!("the model has {} bytes; the most is {}", bytes.len(), limits::MAX_MODEL_LEN)));
    }
    wire::check(bytes).map_err(|error| match error {
        WireError::Broken(_) => Error::ModelInvalid(format!("{error}; is it an ONNX file?")),
        WireError::TooManyFields | WireError::TooDeep => Error::LimitExceeded(format!("the model is too large: {error}")),
    })?;
    // The decoder is a library's: should it panic after all, that says no more than that the file is bad.
    let model = guarded(|| ModelProto::parse_from_bytes(bytes).map_err(|error| Error::ModelInvalid(error.to_string())));
    let model = model.map_err(|error| match error {
        Error::Panicked(text) => Error::ModelInvalid(format!("it cannot be decoded: {text}")),
        other => other,
    })?;
    let Some(graph) = model.graph.as_ref() else {
        return Err(Error::ModelInvalid("it holds no graph; is it an ONNX file?".into()));
    };
    if graph.node.len() > limits::MAX_NODES {
        return Err(Error::LimitExceeded(format!("the model has {} nodes; the most is {}", graph.node.len(), limits::MAX_NODES)));
    }
    Ok(model)
}

/// The domain and name of a node's operator as the registry has them.
fn op_name(node: &NodeProto) -> String {
    match node.domain.as_str() {
        "" | "ai.onnx" => node.op_type.clone(),
        domain => format!("{domain}.{}", node.op_type),
    }
}

fn summary_of(model: &ModelProto) -> Summary {
    let mut ops = BTreeMap::new();
    for node in &model.graph.node {
        *ops.entry(op_name(node)).or_default() += 1;
    }
    let unsupported = ops.keys().filter(|name| ops::find(name).is_none()).map(|name| format!("operator {name}")).collect();
    let opsets = model.opset_import.iter().map(|set| (set.domain.clone(), set.version)).collect();
    Summary { opsets, ops, unsupported }
}

/// Names to slots, while the graph is read in order.
#[derive(Default)]
struct Builder {
    slots: HashMap<String, Slot>,
}

impl Builder {
    fn define(&mut self, name: String, what: &str) -> Result<Slot, Error> {
        let slot = self.slots.len();
        match self.slots.insert(name.clone(), slot) {
            None => Ok(slot),
            Some(_) => Err(Error::ModelInvalid(format!("{what} {name:?} is defined twice"))),
        }
    }

    fn build(mut self, model: ModelProto) -> Result<Graph, Error> {
        let versions: Vec<i64> =
            model.opset_import.iter().filter(|set| matches!(set.domain.as_str(), "" | "ai.onnx")).map(|set| set.version).collect();
        let opset = match versions.as_slice() {
            [version] if (MIN_OPSET..=MAX_OPSET).contains(version) => *version,
            [version] => return Err(Error::Unsupported(vec![format!("opset {version} (supported: {MIN_OPSET} to {MAX_OPSET})")])),
            _ => return Err(Error::ModelInvalid("it must import the default operator set once".into())),
        };
        if !model.functions.is_empty() {
            return Err(Error::Unsupported(vec!["functions of the model's own (inline them on export)".into()]));
        }
        let graph = model.graph.into_option().unwrap_or_default();
        if !graph.sparse_initializer.is_empty() {
            return Err(Error::Unsupported(vec!["sparse initializers".into()]));
        }
        let mut constants = Vec::with_capacity(graph.initializer.len());
        let mut total = 0usize;
        for mut proto in graph.initializer {
            let name = std::mem::take(&mut proto.name);
            let constant = Constant::decode(proto).map_err(|error| in_graph(error, || format!("initializer {name:?}")))?;
            total = total.saturating_add(constant.dims().iter().product());
            if total > limits::MAX_LIVE_ELEMENTS {
                return Err(Error::LimitExceeded("the model's weights are more than the engine holds".into()));
            }
            constants.push((self.define(name, "the initializer")?, constant));
        }
        let mut inputs = vec![];
        for info in graph.input {
            // Since IR version 4 an input may have the name of an initializer, which is then its default. Here it is a constant.
            if !self.slots.contains_key(&info.name) {
                inputs.push(self.port(info, true)?);
            }
        }
        let mut nodes = Vec::with_capacity(graph.node.len());
        for (number, proto) in graph.node.into_iter().enumerate() {
            nodes.push(self.node(proto, number)?);
        }
        let outputs: Vec<Port> = graph.output.into_iter().map(|info| self.port(info, false)).collect::<Result<_, _>>()?;
        if outputs.is_empty() {
            return Err(Error::ModelInvalid("it has no outputs".into()));
        }
        let mut names: Vec<&str> = outputs.iter().map(|port| port.name.as_str()).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::ModelInvalid(format!("the output {:?} stands twice", twice[0])));
        }
        Ok(Graph { opset, inputs, outputs, nodes, constants, slots: self.slots.len() })
    }

    fn node(&mut self, proto: NodeProto, number: usize) -> Result<Node, Error> {
        let label = if proto.name.is_empty() { format!("#{number}") } else { proto.name.clone() };
        let what = || format!("node {label:?} ({})", proto.op_type);
        let lacking = |text: String| Error::Unsupported(vec![format!("{}: {text}", what())]);
        let op = ops::find(&op_name(&proto)).ok_or_else(|| lacking("unknown operator".into()))?;
        let mut inputs = Vec::with_capacity(proto.input.len());
        for name in &proto.input {
            // In the file's order everything is defined before it is used; so a name that is not known yet is missing or part of a cycle.
            match self.slots.get(name) {
                _ if name.is_empty() => inputs.push(None),
                Some(slot) => inputs.push(Some(*slot)),
                None => return Err(Error::ModelInvalid(format!("{} uses {name:?} before it is defined, or in a cycle", what()))),
            }
        }
        if inputs.len() < op.inputs.0 || inputs.len() > op.inputs.1 || inputs.iter().take(op.inputs.0).any(Option::is_none) {
            return Err(Error::ModelInvalid(format!("{} has {} inputs", what(), inputs.len())));
        }
        let mut outputs = Vec::with_capacity(proto.output.len());
        for name in &proto.output {
            outputs.push(if name.is_empty() { None } else { Some(self.define(name.clone(), "the value")?) });
        }
        let wanted = outputs.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        if wanted == 0 {
            return Err(Error::ModelInvalid(format!("{} has no outputs", what())));
        }
        if wanted > op.outputs {
            return Err(lacking(format!("output {wanted} (the engine gives {})", op.outputs)));
        }
        let attrs = Attrs::decode(proto.attribute).map_err(|error| in_graph(error, || format!("node {label:?} ({})", proto.op_type)))?;
        if let Some(unknown) = attrs.names().find(|name| !op.attrs.contains(name)) {
            return Err(Error::Unsupported(vec![format!("node {label:?} ({}): attribute {unknown}", proto.op_type)]));
        }
        (op.check)(&attrs).map_err(|error| in_graph(error, || format!("node {label:?} ({})", proto.op_type)))?;
        Ok(Node { op, name: label, inputs, outputs, attrs })
    }

    fn port(&mut self, info: ValueInfoProto, input: bool) -> Result<Port, Error> {
        let side = if input { "input" } else { "output" };
        let (mut elem, mut dims) = (None, None);
        if info.type_.has_tensor_type() {
            let tensor = info.type_.tensor_type();
            elem = Elem::from_onnx(tensor.elem_type);
            if elem.is_none() && (input || tensor.elem_type != 0) {
                return Err(Error::Unsupported(vec![format!("the {side} {:?} of data type {}", info.name, tensor.elem_type)]));
            }
            if let Some(shape) = tensor.shape.as_ref() {
                let mut known = vec![];
                for dim in &shape.dim {
                    known.push(match dim.has_dim_value().then(|| dim.dim_value()) {
                        None => None,
                        Some(value) => Some(
                            usize::try_from(value)
                                .map_err(|_| Error::ModelInvalid(format!("the {side} {:?} has the dimension {value}", info.name)))?,
                        ),
                    });
                }
                let fixed: Vec<usize> = known.iter().map(|dim| dim.unwrap_or(1)).collect();
                limits::elements(&fixed).map_err(|error| Error::LimitExceeded(format!("the {side} {:?}: {error}", info.name)))?;
                dims = Some(known);
            }
        } else if input {
            return Err(Error::Unsupported(vec![format!("the input {:?} is no tensor", info.name)]));
        }
        let slot = match input {
            true => self.define(info.name.clone(), "the input")?,
            false => {
                *self.slots.get(&info.name).ok_or_else(|| Error::ModelInvalid(format!("the output {:?} is made by no node", info.name)))?
            }
        };
        Ok(Port { name: info.name, elem, dims, slot })
    }
}

/// An operator's error as one of the graph, where no input is there to be blamed.
fn in_graph(error: OpError, what: impl Fn() -> String) -> Error {
    match error {
        OpError::Unsupported(text) => Error::Unsupported(vec![format!("{}: {text}", what())]),
        OpError::Limit(text) => Error::LimitExceeded(format!("{}: {text}", what())),
        other => Error::ModelInvalid(format!("{}: {other}", what())),
    }
}

#[cfg(test)]
mod tests;
