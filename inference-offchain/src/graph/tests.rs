use super::{build::ModelBuilder, *};
use proptest::prelude::*;

/// A small real graph: a table, a product, a normalisation, a softmax.
fn small() -> ModelBuilder {
    ModelBuilder::new(17)
        .input("ids", 7, &[None])
        .output("p", 1, 2)
        .floats("table", &[3, 2], &[1., 2., 3., 4., 5., 6.])
        .floats("w", &[2, 2], &[1., 0., 0., 1.])
        .floats("one", &[2], &[1., 1.])
        .node("Gather", &["table", "ids"], &["rows"])
        .int("axis", 0)
        .node("MatMul", &["rows", "w"], &["product"])
        .node("LayerNormalization", &["product", "one"], &["norm"])
        .node("Add", &["norm", "one"], &["logits"])
        .node("Softmax", &["logits"], &["p"])
        .int("axis", -1)
}

fn invalid(model: ModelBuilder, mentions: &str) {
    let error = Graph::parse(&model.bytes()).unwrap_err();
    assert!(matches!(error, Error::ModelInvalid(_)) && error.to_string().contains(mentions), "{error}");
}

fn lacking(model: ModelBuilder, mentions: &[&str]) {
    let error = Graph::parse(&model.bytes()).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, Error::Unsupported(_)) && mentions.iter().all(|word| text.contains(word)), "{text}");
}

#[test]
fn parse_resolves_names_and_ports() {
    let graph = Graph::parse(&small().bytes()).unwrap();
    assert_eq!((graph.opset, graph.nodes.len(), graph.constants.len()), (17, 5, 3));
    assert_eq!(graph.inputs[0].dims, Some(vec![None]));
    assert!(graph.is_dynamic());
    assert_eq!(graph.outputs[0].slot, graph.nodes[4].outputs[0].unwrap());
}

#[test]
fn names_stay_apart() {
    // Exporters write both of these in one graph.
    let model = ModelBuilder::new(17).input("a:0", 1, &[Some(1)]).input("a_0", 1, &[Some(1)]).output("y", 1, 1);
    let graph = Graph::parse(&model.node("Sub", &["a:0", "a_0"], &["y"]).bytes()).unwrap();
    assert_ne!(graph.inputs[0].slot, graph.inputs[1].slot);
}

#[test]
fn unsupported_operators_are_named_all_at_once() {
    let model = small().node("Loop", &["p"], &["l"]).node("Frobnicate", &["p"], &["f"]).edit(|graph| {
        graph.node.last_mut().unwrap().domain = "com.example".into();
    });
    lacking(model, &["operator Loop", "operator com.example.Frobnicate"]);
    for op in ["If", "Scan", "LSTM", "RandomNormal", "SequenceAt", "add"] {
        lacking(small().node(op, &["p"], &["x"]), &[op]);
    }
    let summary = Graph::summary(&small().node("If", &["p"], &["x"]).bytes()).unwrap();
    assert_eq!((summary.ops["Gather"], summary.unsupported.as_slice()), (1, &["operator If".to_owned()][..]));
}

#[test]
fn unsupported_uses_are_named() {
    lacking(small().node("Relu", &["p"], &["r"]).int("surprise", 1), &["Relu", "attribute surprise"]);
    lacking(small().node("MaxPool", &["p"], &["r", "indices"]).int_list("kernel_shape", &[1]), &["MaxPool", "output 2"]);
    lacking(small().node("Conv", &["p", "w"], &["r"]).int_list("kernel_shape", &[1; 4]), &["Conv", "4 spatial axes"]);
    lacking(small().edit(|graph| graph.initializer[0].external_data.push(Default::default())), &["outside the file"]);
    let old = ModelBuilder::new(5).input("x", 1, &[]).output("y", 1, 0).node("Identity", &["x"], &["y"]);
    lacking(old, &["opset 5"]);
    lacking(ModelBuilder::new(17).input("x", 8, &[]).output("y", 8, 0).node("Identity", &["x"], &["y"]), &["data type 8"]);
}

#[test]
fn contradictions_are_invalid() {
    invalid(ModelBuilder::new(17).input("x", 1, &[Some(1)]), "no outputs");
    let cycle =
        ModelBuilder::new(17).input("x", 1, &[Some(1)]).output("a", 1, 1).node("Add", &["x", "b"], &["a"]).node("Add", &["x", "a"], &["b"]);
    invalid(cycle, "cycle");
    invalid(small().node("Relu", &["p"], &["rows"]), "defined twice");
    invalid(small().output("nowhere", 1, 1), "made by no node");
    invalid(small().output("p", 1, 1), "stands twice");
    invalid(small().node("Add", &["p"], &["r"]), "has 1 inputs");
    invalid(small().node("Relu", &["p"], &[]), "no outputs");
    invalid(small().edit(|graph| graph.initializer[0].dims = vec![3, 3]), "needs 9 elements");
    invalid(small().edit(|graph| graph.initializer[0].dims = vec![-3, -2]), "negative dimension");
    invalid(ModelBuilder::new(17).input("x", 1, &[Some(-1)]).output("x", 1, 1), "dimension -1");
}

#[test]
fn huge_shapes_are_refused() {
    let refused = |model: ModelBuilder| assert!(matches!(Graph::parse(&model.bytes()), Err(Error::LimitExceeded(_))));
    refused(ModelBuilder::new(17).input("x", 1, &[Some(1 << 40), Some(1 << 40)]).output("x", 1, 2));
    refused(ModelBuilder::new(17).input("x", 1, &[Some(1); 9]).output("x", 1, 9));
    refused(small().edit(|graph| graph.initializer[0].dims = vec![i64::MAX, i64::MAX]));
}

#[test]
fn cuts_and_garbage_are_errors() {
    let bytes = small().bytes();
    for cut in 0..bytes.len() {
        assert!(Graph::parse(&bytes[..cut]).is_err(), "cut at {cut}");
    }
    for text in [&b""[..], b"GIF89a", b"{\"not\": \"onnx\"}", &[0xff; 64]] {
        assert!(matches!(Graph::parse(text), Err(Error::ModelInvalid(_))));
    }
}

#[test]
fn hidden_tensors_are_the_graphs() {
    let graph = Graph::parse(&small().bytes()).unwrap();
    let slot = |node: usize| graph.nodes[node].outputs[0].unwrap();
    // The product and the norm; not the logits, which lie before a softmax.
    assert_eq!(hidden::hidden(&graph), [slot(1), slot(2)]);
    // An integer addition and one of constants are no candidates; of more than eight, eight are spread evenly.
    let mut model = ModelBuilder::new(17).input("x", 1, &[Some(1)]).input("i", 7, &[Some(1)]).output("y20", 1, 1).floats("c", &[1], &[1.]);
    model = model.node("Add", &["i", "i"], &["ii"]).node("Add", &["c", "c"], &["cc"]);
    let mut last = "x".to_owned();
    for i in 1..=20 {
        let next = format!("y{i}");
        model = model.node("Add", &[&last, "cc"], &[&next]);
        last = next;
    }
    let graph = Graph::parse(&model.bytes()).unwrap();
    let picks = hidden::hidden(&graph);
    assert_eq!(picks.len(), 8);
    assert_eq!(picks[7], graph.outputs[0].slot);
    assert!(picks.windows(2).all(|pair| (2..=3).contains(&(pair[1] - pair[0]))));
}

proptest! {
    #[test]
    fn flipped_bytes_never_panic(at in 0usize..400, with in any::<u8>()) {
        let mut bytes = small().bytes();
        let len = bytes.len();
        bytes[at % len] ^= with;
        // Whatever it is now, it is an answer; and what is accepted can be loaded or refused.
        let _ = crate::engine::Model::load(&bytes, &crate::tensor::Devices::flex(), crate::limits::Deadline::NONE);
    }
}
