//! The same model with other orders of summation: what an honest implementation may do, on one device.
//!
//! The axis that a product or a convolution sums over is reversed in both operands. In real numbers nothing changes; in floats the partial
//! sums are others everywhere, as they are between two makers' kernels.

use crate::{
    graph::{Attrs, Graph, Node, Slot, constant::Constant},
    ops::{self, Op},
};
use onnx_ir::{AttributeProto, AttributeType};
use std::collections::HashMap;

/// A graph that sums backwards, and how many of its nodes do: matrix products, and convolutions that are not in groups.
pub fn backwards(graph: &Graph) -> (Graph, usize) {
    let mut rewriter = Rewriter { graph: Graph { nodes: vec![], ..graph.clone() }, constants: HashMap::new() };
    let mut count = 0;
    for node in &graph.nodes {
        let mut node = node.clone();
        if let Some((left, right)) = summed(graph, &node)
            && let [Some(a), Some(b), ..] = node.inputs[..]
            && let (Some(a), Some(b)) = (rewriter.reversed(a, left), rewriter.reversed(b, right))
        {
            (node.inputs[0], node.inputs[1]) = (Some(a), Some(b));
            count += 1;
        }
        rewriter.graph.nodes.push(node);
    }
    (rewriter.graph, count)
}

/// The axes of the two operands that a node sums over.
fn summed(graph: &Graph, node: &Node) -> Option<(i64, i64)> {
    match node.op.name {
        // A vector on the right has one axis only.
        "MatMul" => Some((-1, if rank(graph, node.inputs[1]?) == Some(1) { -1 } else { -2 })),
        "Gemm" => {
            let transposed = |name: &str| node.attrs.flag(name, false).ok();
            Some((if transposed("transA")? { 0 } else { 1 }, if transposed("transB")? { 1 } else { 0 }))
        }
        // The channels of input and weights.
        "Conv" if node.attrs.int("group", 1).ok()? == 1 => Some((1, 1)),
        _ => None,
    }
}

/// The rank of a tensor, as far as the file says it.
fn rank(graph: &Graph, slot: Slot) -> Option<usize> {
    let constant = graph.constants.iter().find(|(at, _)| *at == slot).map(|(_, constant)| constant.dims().len());
    constant.or_else(|| graph.inputs.iter().find(|port| port.slot == slot)?.dims.as_ref().map(Vec::len))
}

/// A graph in the making, and its integers by value.
struct Rewriter {
    graph: Graph,
    constants: HashMap<i64, Slot>,
}

impl Rewriter {
    fn slot(&mut self) -> Slot {
        self.graph.slots += 1;
        self.graph.slots - 1
    }

    /// A constant vector of one integer.
    fn integer(&mut self, value: i64) -> Slot {
        if let Some(slot) = self.constants.get(&value) {
            return *slot;
        }
        let slot = self.slot();
        self.graph.constants.push((slot, Constant::of_ints(vec![value], vec![1])));
        self.constants.insert(value, slot);
        slot
    }

    /// Nodes that take an axis from its end to its beginning; gives where the result goes.
    ///
    /// In two pieces that are joined, which makes a copy: a mere view would be turned back by the kernel, which likes its strides positive.
    fn reversed(&mut self, from: Slot, axis: i64) -> Option<Slot> {
        let slice = ops::find("Slice")?;
        let concat = ops::find("Concat")?;
        let axis_attr = AttributeProto { name: "axis".into(), type_: AttributeType::INT.into(), i: axis, ..Default::default() };
        let attrs = Attrs::decode(vec![axis_attr]).ok()?;
        // All but the first element, backwards, and the first.
        let pieces = [[-1, 0, axis, -1], [0, 1, axis, 1]].map(|range| {
            let operands = range.map(|value| Some(self.integer(value)));
            Some(self.node(slice, std::iter::once(Some(from)).chain(operands).collect(), Attrs::default()))
        });
        Some(self.node(concat, pieces.to_vec(), attrs))
    }

    fn node(&mut self, op: &'static Op, inputs: Vec<Option<Slot>>, attrs: Attrs) -> Slot {
        let to = self.slot();
        self.graph.nodes.push(Node { op, name: format!("backwards {to}"), inputs, outputs: vec![Some(to)], attrs });
        to
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        engine::Model,
        graph::{build::ModelBuilder, hidden},
        limits::Deadline,
        tensor::{Devices, Place, Value},
    };

    /// A convolution, two products that have constants, and one that has none.
    fn model() -> Graph {
        let numbers = |len: usize| (0..len).map(|i| ((i * 7 + 3) % 11) as f32 / 11.0 - 0.4).collect::<Vec<f32>>();
        let model = ModelBuilder::new(17).input("x", 1, &[Some(1), Some(3), Some(8)]).output("y", 1, 3);
        let model = model.floats("c", &[4, 3, 3], &numbers(36)).floats("w", &[6, 5], &numbers(30)).floats("v", &[5], &numbers(5));
        let model = model.floats("g", &[6, 4], &numbers(24)).floats("gb", &[6], &numbers(6));
        let model = model.node("Conv", &["x", "c"], &["conv"]).node("MatMul", &["conv", "w"], &["product"]);
        let model = model.node("MatMul", &["product", "v"], &["vector"]);
        let model = model.node("Gemm", &["vector", "g", "gb"], &["gemm"]).int("transB", 1);
        let model = model.node("Transpose", &["product"], &["turned"]).int_list("perm", &[0, 2, 1]);
        let model = model.node("MatMul", &["product", "turned"], &["square"]).node("Softmax", &["square"], &["s"]).int("axis", -1);
        let model = model.node("Add", &["s", "vector"], &["y"]);
        Graph::parse(&model.output("gemm", 1, 2).bytes()).unwrap()
    }

    #[test]
    fn backwards_gives_the_same_but_for_rounding() {
        let graph = model();
        let (other, count) = backwards(&graph);
        assert_eq!((count, other.nodes.len()), (5, graph.nodes.len() + 5 * 2 * 3));
        assert_eq!(hidden::names(&graph), hidden::names(&other));
        assert_eq!(hidden::hidden(&graph), hidden::hidden(&other));
        let devices = Devices::flex();
        let run = |graph: Graph| {
            let x = (0..24).map(|i| i as f32 / 24.0 - 0.3).collect();
            let x = Value::floats(x, vec![1, 3, 8], Place::Host, &devices).unwrap();
            let run = Model::of(graph, &devices, Deadline::NONE).unwrap().run_values(vec![x], Deadline::NONE).unwrap();
            run.outputs.iter().flat_map(|output| output.to_floats().unwrap()).collect::<Vec<f32>>()
        };
        let (forwards, backwards) = (run(graph), run(other));
        assert_eq!(forwards.len(), backwards.len());
        assert!(forwards.iter().zip(&backwards).all(|(one, other)| (one - other).abs() < 1e-5), "{forwards:?} {backwards:?}");
        // It is another order indeed.
        assert_ne!(forwards, backwards);
    }

    #[test]
    fn convolutions_in_groups_stay_as_they_are() {
        let model = ModelBuilder::new(17).input("x", 1, &[Some(1), Some(2), Some(4)]).output("y", 1, 3).floats("c", &[2, 1, 1], &[1., 2.]);
        let graph = Graph::parse(&model.node("Conv", &["x", "c"], &["y"]).int("group", 2).bytes()).unwrap();
        assert_eq!(backwards(&graph).1, 0);
    }
}
