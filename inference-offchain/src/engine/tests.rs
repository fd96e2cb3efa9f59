use super::*;
use crate::graph::build::ModelBuilder;

fn floats(data: &[f32], dims: &[usize]) -> Value {
    Value::floats(data.to_vec(), dims.to_vec(), Place::Host, &Devices::flex()).unwrap()
}

fn load(model: ModelBuilder) -> Result<Model, Error> {
    Model::load(&model.bytes(), &Devices::flex(), Deadline::NONE)
}

fn run(model: &Model, inputs: Vec<Value>) -> Result<Run, Error> {
    model.run_values(inputs, Deadline::NONE)
}

/// x · W + b, through a chain of constants that folding takes away.
fn chain() -> ModelBuilder {
    ModelBuilder::new(17)
        .input("x", 1, &[None, Some(2)])
        .output("y", 1, 2)
        .floats("w", &[2, 2], &[1., 2., 3., 4.])
        .floats("half", &[], &[0.5])
        .node("Mul", &["w", "half"], &["w2"])
        .node("MatMul", &["x", "w2"], &["xw"])
        .node("Constant", &[], &["one"])
        .edit(|graph| {
            let attr = onnx_ir::AttributeProto {
                name: "value_float".into(),
                type_: onnx_ir::AttributeType::FLOAT.into(),
                f: 1.0,
                ..Default::default()
            };
            graph.node.last_mut().unwrap().attribute.push(attr);
        })
        .node("Add", &["xw", "one"], &["sum"])
        .node("Add", &["sum", "xw"], &["y"])
        .node("Exp", &["sum"], &["unused"])
}

#[test]
fn run_folds_constants_and_frees_what_is_done() {
    let model = load(chain()).unwrap();
    // Only the product and the two additions depend on x, and the exponential is not needed.
    assert_eq!(model.steps.len(), 3);
    assert_eq!(model.constants.iter().flatten().count(), 2);
    let freed: Vec<usize> = model.steps.iter().map(|step| step.frees.len()).collect();
    assert_eq!(freed, [1, 0, 2]);
    let out = run(&model, vec![floats(&[1., 1., 2., 0.], &[2, 2])]).unwrap();
    assert_eq!(out.outputs[0].to_floats().unwrap(), [5., 7., 3., 5.]);
    // The same model runs again.
    let out = run(&model, vec![floats(&[0., 0.], &[1, 2])]).unwrap();
    assert_eq!(out.outputs[0].to_floats().unwrap(), [1., 1.]);
}

#[test]
fn digests_are_a_function_of_the_result() {
    let model = load(chain()).unwrap();
    assert_eq!(model.hidden().len(), 3);
    let seeds = [H256([1; 32]), H256([2; 32])];
    let at = |x: &[f32]| run(&model, vec![floats(x, &[1, 2])]).unwrap().digests(&seeds, 0.0).unwrap();
    assert_eq!(at(&[1., 2.]), at(&[1., 2.]));
    assert_ne!(at(&[1., 2.])[0], at(&[1., 2.])[1]);
    assert_ne!(at(&[1., 2.]), at(&[1., 3.]));
    let fault = run(&model, vec![floats(&[f32::NAN, 0.], &[1, 2])]).unwrap().digests(&seeds, 0.0);
    assert!(matches!(fault, Err(Error::ResultFault(_))));
    assert!(run(&model, vec![floats(&[f32::NAN, 0.], &[1, 2])]).unwrap().digests(&[], 0.0).unwrap().is_empty());
}

#[test]
fn outputs_may_be_inputs_and_constants() {
    let model = ModelBuilder::new(17).input("x", 1, &[Some(1)]).output("x", 1, 1).output("w", 1, 1).floats("w", &[1], &[3.0]);
    let out = run(&load(model).unwrap(), vec![floats(&[2.0], &[1])]).unwrap();
    assert_eq!((out.outputs[0].to_floats().unwrap(), out.outputs[1].to_floats().unwrap()), (vec![2.0], vec![3.0]));
}

#[test]
fn faults_are_blamed_on_whom_they_belong_to() {
    let gather = |index: &str| {
        ModelBuilder::new(17).input("x", 1, &[Some(2)]).input("i", 7, &[Some(1)]).output("y", 1, 1).ints("bad", &[1], &[9]).node(
            "Gather",
            &["x", index],
            &["y"],
        )
    };
    let at = |index: i64| Value::ints(vec![index], vec![1], crate::tensor::Elem::I64, &Devices::flex()).unwrap();
    let model = load(gather("i")).unwrap();
    assert_eq!(run(&model, vec![floats(&[5., 6.], &[2]), at(-1)]).unwrap().outputs[0].to_floats().unwrap(), [6.]);
    assert!(matches!(run(&model, vec![floats(&[5., 6.], &[2]), at(2)]), Err(Error::InputInvalid(_))));
    // A constant that contradicts a constant is the model's fault, and found when it is loaded.
    let folded = ModelBuilder::new(17).input("x", 1, &[Some(1)]).output("y", 1, 1).floats("t", &[2], &[1., 2.]).ints("bad", &[1], &[9]);
    let folded = folded.node("Gather", &["t", "bad"], &["g"]).node("Add", &["x", "g"], &["y"]);
    assert!(matches!(load(folded), Err(Error::ModelInvalid(_))));
    // Shapes that do not fit in a graph that leaves no choice.
    let fixed =
        ModelBuilder::new(17).input("x", 1, &[Some(2)]).output("y", 1, 1).floats("t", &[3], &[1.; 3]).node("Add", &["x", "t"], &["y"]);
    assert!(matches!(run(&load(fixed).unwrap(), vec![floats(&[1., 2.], &[2])]), Err(Error::ModelInvalid(_))));
}

#[test]
fn sizes_are_refused_before_memory_is_taken() {
    let huge = ModelBuilder::new(17).input("x", 1, &[Some(1)]).output("y", 1, 3).ints("s", &[3], &[1 << 20, 1 << 20, 1 << 20]);
    assert!(matches!(
        load(huge.clone().node("ConstantOfShape", &["s"], &["c"]).node("Add", &["x", "c"], &["y"])),
        Err(Error::LimitExceeded(_))
    ));
    let model = load(huge.node("Expand", &["x", "s"], &["y"])).unwrap();
    assert!(matches!(run(&model, vec![floats(&[1.], &[1])]), Err(Error::LimitExceeded(_))));
}

#[test]
fn deadline_ends_a_run() {
    let model = load(chain()).unwrap();
    let over = Deadline::after(std::time::Duration::ZERO);
    assert!(matches!(model.run_values(vec![floats(&[1., 2.], &[1, 2])], over), Err(Error::LimitExceeded(_))));
}
