//! Which tensors inside a model enter the digest: a pure function of the graph, the same on every device and for every input.

use super::{Graph, Slot};
use crate::{
    ops::{Output, Role},
    tensor::{Elem, Kind},
};
use hearth_primitives::projection::MAX_HIDDEN_TENSORS;

/// The slots of up to eight float tensors in the graph's order, evenly spaced among the candidates.
///
/// Candidates are results of convolutions, matrix products, additions and normalisations that depend on an input. Those on the way into
/// a softmax from the last of the other three are left out: attention masks make them infinite, or so large that they hide the rest.
pub fn hidden(graph: &Graph) -> Vec<Slot> {
    let elems = elems(graph);
    let dynamic = dynamic(graph);
    let masked = masked(graph);
    let candidates: Vec<Slot> = graph
        .nodes
        .iter()
        .filter(|node| matches!(node.op.role, Role::Linear | Role::Add | Role::Norm))
        .filter_map(|node| node.outputs.first().copied().flatten())
        .filter(|slot| dynamic[*slot] && !masked[*slot] && elems[*slot].is_some_and(|elem| elem.kind() == Kind::Float))
        .collect();
    spread(candidates.len(), MAX_HIDDEN_TENSORS).into_iter().map(|i| candidates[i]).collect()
}

/// The nodes that make the tensors of [`hidden`], as people read them.
pub fn names(graph: &Graph) -> Vec<String> {
    let made = |slot: &Slot| graph.nodes.iter().find(|node| node.outputs.first() == Some(&Some(*slot)));
    hidden(graph).iter().filter_map(made).map(|node| format!("{} {}", node.op.name, node.name)).collect()
}

/// At most `most` of the numbers below `len`, evenly spaced, the last one among them.
fn spread(len: usize, most: usize) -> Vec<usize> {
    let take = len.min(most);
    (1..=take).map(|i| i * len / take - 1).collect()
}

/// The dtype of each slot, as far as the graph alone says it.
pub fn elems(graph: &Graph) -> Vec<Option<Elem>> {
    let mut elems = vec![None; graph.slots];
    for input in &graph.inputs {
        elems[input.slot] = input.elem;
    }
    for (slot, constant) in &graph.constants {
        elems[*slot] = Some(constant.elem());
    }
    for node in &graph.nodes {
        let of = |i: usize| node.inputs.get(i).copied().flatten().and_then(|slot| elems[slot]);
        let elem = match node.op.output {
            Output::Like(input) => of(input),
            Output::Elem(elem) => Some(elem),
            Output::To(default) => match node.attrs.opt_int(if node.op.name == "Cast" { "to" } else { "dtype" }) {
                Ok(Some(code)) => i32::try_from(code).ok().and_then(Elem::from_onnx),
                _ => default,
            },
            Output::Value => match node.attrs.get("value") {
                Some(super::Attr::Tensor(constant)) => Some(constant.elem()),
                Some(_) => None,
                None if node.attrs.get("value_int").is_some() || node.attrs.get("value_ints").is_some() => Some(Elem::I64),
                None => Some(Elem::F32),
            },
        };
        for slot in node.outputs.iter().flatten() {
            elems[*slot] = elem;
        }
    }
    elems
}

/// Whether each slot depends on an input.
pub fn dynamic(graph: &Graph) -> Vec<bool> {
    let mut dynamic = vec![false; graph.slots];
    for input in &graph.inputs {
        dynamic[input.slot] = true;
    }
    for node in &graph.nodes {
        if node.inputs.iter().flatten().any(|slot| dynamic[*slot]) {
            node.outputs.iter().flatten().for_each(|slot| dynamic[*slot] = true);
        }
    }
    dynamic
}

/// Whether each slot lies between a softmax and the last convolution, product or normalisation before it.
fn masked(graph: &Graph) -> Vec<bool> {
    let mut masked = vec![false; graph.slots];
    for node in graph.nodes.iter().rev() {
        let through = !matches!(node.op.role, Role::Linear | Role::Norm) && node.outputs.iter().flatten().any(|slot| masked[*slot]);
        if node.op.role == Role::Softmax || through {
            node.inputs.iter().flatten().for_each(|slot| masked[*slot] = true);
        }
    }
    // What a product gives is well-behaved even if a mask is added to it next.
    for node in &graph.nodes {
        if matches!(node.op.role, Role::Linear | Role::Norm) {
            node.outputs.iter().flatten().for_each(|slot| masked[*slot] = false);
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn spread_is_even_and_ends_at_the_last(len in 0usize..500, most in 1usize..20) {
            let picks = spread(len, most);
            prop_assert_eq!(picks.len(), len.min(most));
            prop_assert!(picks.windows(2).all(|pair| pair[0] < pair[1]));
            if len > 0 {
                prop_assert_eq!(picks.last(), Some(&(len - 1)));
                let gaps: Vec<usize> = picks.windows(2).map(|pair| pair[1] - pair[0]).collect();
                let (least, largest) = (gaps.iter().min().unwrap_or(&1), gaps.iter().max().unwrap_or(&1));
                prop_assert!(largest - least <= 1);
            }
        }
    }
}
