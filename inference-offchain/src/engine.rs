//! Loads a model onto a device and runs it: constants once, then node after node, each tensor freed at its last use.

use crate::{
    error::{Error, OpError, OpResult},
    graph::{Graph, Node, Slot, constant::Constant, hidden},
    io,
    limits::{self, Deadline},
    ops::Call,
    tensor::{Devices, Kind, Place, Value},
};
use hearth_primitives::{H256, digest::Digest, projection};
use std::collections::HashMap;

/// After so many nodes the host waits for the GPU, so that a deadline means something and the queue stays short.
const SYNC_EVERY: usize = 128;

/// Operators that refuse some values of operands of the right shape.
const VALUE_DEPENDENT: &[&str] =
    &["Cast", "Div", "Gather", "GatherElements", "GatherND", "Mod", "OneHot", "Pow", "Range", "Scatter", "ScatterElements", "ScatterND"];

/// A model on a device, ready to run.
pub struct Model {
    graph: Graph,
    devices: Devices,
    /// What stands in each slot before a run: the file's tensors and what follows from them alone.
    constants: Vec<Option<Value>>,
    /// The nodes that depend on an input, in order.
    steps: Vec<Step>,
    hidden: Vec<Slot>,
}

/// A node of a run.
struct Step {
    node: usize,
    /// The slots that nobody reads after it.
    frees: Vec<Slot>,
}

/// The tensors of a run, and how many elements they have.
struct Memory {
    slots: Vec<Option<Value>>,
    counts: Vec<usize>,
    live: usize,
}

impl Memory {
    fn new(slots: usize) -> Self {
        Self { slots: vec![None; slots], counts: vec![0; slots], live: 0 }
    }

    fn set(&mut self, slot: Slot, value: Value) -> Result<(), Error> {
        self.free(slot);
        self.counts[slot] = value.count();
        self.live = self.live.saturating_add(value.count());
        self.slots[slot] = Some(value);
        if self.live > limits::MAX_LIVE_ELEMENTS {
            return Err(Error::LimitExceeded(format!("more than {} elements at one time", limits::MAX_LIVE_ELEMENTS)));
        }
        Ok(())
    }

    fn free(&mut self, slot: Slot) {
        self.live -= std::mem::take(&mut self.counts[slot]);
        self.slots[slot] = None;
    }
}

/// What a run gives.
pub struct Run {
    /// The outputs, in the graph's order.
    pub outputs: Vec<Value>,
    hidden: Vec<Value>,
}

impl Model {
    /// Reads a file and puts its tensors where they will be used.
    pub fn load(bytes: &[u8], devices: &Devices, deadline: Deadline) -> Result<Self, Error> {
        Self::of(Graph::parse(bytes)?, devices, deadline)
    }

    /// Puts the tensors of a graph where they will be used.
    pub fn of(mut graph: Graph, devices: &Devices, deadline: Deadline) -> Result<Self, Error> {
        let dynamic = hidden::dynamic(&graph);
        let hidden = hidden::hidden(&graph);
        let pending: HashMap<Slot, Constant> = std::mem::take(&mut graph.constants).into_iter().collect();
        let needed = needed(&graph);
        let is_constant = |node: &Node| node.inputs.iter().flatten().all(|slot| !dynamic[*slot]);
        let mut loader = Loader::new(&graph, devices, pending);
        for (number, node) in graph.nodes.iter().enumerate() {
            match is_constant(node) {
                _ if !needed[number] => {}
                true => node.inputs.iter().flatten().for_each(|slot| loader.uses[*slot] += 1),
                false => node.inputs.iter().flatten().for_each(|slot| loader.read[*slot] = true),
            }
        }
        for (number, node) in graph.nodes.iter().enumerate() {
            if needed[number] && is_constant(node) {
                deadline.check()?;
                loader.fold(node)?;
            }
        }
        let constants = loader.finish(&dynamic)?;
        let mut steps: Vec<Step> = (0..graph.nodes.len())
            .filter(|number| needed[*number] && !is_constant(&graph.nodes[*number]))
            .map(|node| Step { node, frees: vec![] })
            .collect();
        // The last step that reads a slot frees it, unless the caller wants it.
        let mut kept = vec![false; graph.slots];
        graph.outputs.iter().for_each(|port| kept[port.slot] = true);
        for step in steps.iter_mut().rev() {
            let node = &graph.nodes[step.node];
            for slot in node.inputs.iter().chain(&node.outputs).flatten().filter(|slot| dynamic[**slot]) {
                if !std::mem::replace(&mut kept[*slot], true) {
                    step.frees.push(*slot);
                }
            }
        }
        Ok(Self { graph, devices: devices.clone(), constants, steps, hidden })
    }

    /// The graph; its constants are gone into the model.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The slots of the tensors that enter the digest's hidden half.
    pub fn hidden(&self) -> &[Slot] {
        &self.hidden
    }

    /// Bytes of the constants held, as the device has them.
    pub fn bytes(&self) -> u64 {
        self.constants.iter().flatten().map(size).sum()
    }

    /// Changes the float tensors that stand before a run: the file's, and what was folded from them. `edit` is given the shape and the
    /// elements of each, row by row, and gives as many back.
    pub fn edit_floats(&mut self, mut edit: impl FnMut(&[usize], Vec<f32>) -> Vec<f32>) -> Result<(), Error> {
        for value in self.constants.iter_mut().flatten().filter(|value| value.kind() == Kind::Float && value.count() > 0) {
            let dims = value.dims().to_vec();
            let data = edit(&dims, value.to_floats().map_err(device)?);
            *value = Value::floats(data, dims, value.place(), &self.devices).map_err(device)?;
        }
        Ok(())
    }

    /// Runs on the tensors of a safetensors file.
    pub fn run(&self, input: &[u8], deadline: Deadline) -> Result<Run, Error> {
        self.run_values(io::read(input, &self.graph, &self.devices)?, deadline)
    }

    /// Runs on tensors in the order of the graph's inputs.
    pub fn run_values(&self, inputs: Vec<Value>, deadline: Deadline) -> Result<Run, Error> {
        self.run_through(inputs, deadline, Ok)
    }

    /// [`Self::run_values`], in which every result goes through `through` before it is read: calibration rounds it there.
    pub fn run_through(&self, inputs: Vec<Value>, deadline: Deadline, through: impl Fn(Value) -> OpResult<Value>) -> Result<Run, Error> {
        let mut memory = Memory::new(self.graph.slots);
        for (port, value) in self.graph.inputs.iter().zip(inputs) {
            memory.set(port.slot, value)?;
        }
        let mut hidden: Vec<Option<Value>> = vec![None; self.hidden.len()];
        for (number, step) in self.steps.iter().enumerate() {
            deadline.check()?;
            let node = &self.graph.nodes[step.node];
            let inputs = self.operands(node, step, &mut memory);
            let start = std::time::Instant::now();
            let results = call(node, self.graph.opset, &self.devices, inputs).map_err(|error| self.blame(node, error))?;
            tracing::trace!(op = node.op.name, name = node.name, micros = start.elapsed().as_micros() as u64, "step");
            for (slot, value) in node.outputs.iter().zip(results) {
                let Some(slot) = slot else { continue };
                let value = through(value).map_err(|error| self.blame(node, error))?;
                if let Some(place) = self.hidden.iter().position(|hidden| hidden == slot) {
                    hidden[place] = Some(value.clone());
                }
                memory.set(*slot, value)?;
            }
            step.frees.iter().for_each(|slot| memory.free(*slot));
            if number % SYNC_EVERY == SYNC_EVERY - 1 {
                self.devices.sync().map_err(|error| self.blame(node, error))?;
            }
        }
        let slots = memory.slots;
        let outputs = self.graph.outputs.iter().map(|port| {
            let value = slots[port.slot].clone().or_else(|| self.constants[port.slot].clone());
            value.ok_or_else(|| Error::ModelInvalid(format!("the output {:?} was not made", port.name)))
        });
        Ok(Run { outputs: outputs.collect::<Result<_, _>>()?, hidden: hidden.into_iter().flatten().collect() })
    }

    /// The operands of a node. Those that nobody reads afterwards are handed over, which lets burn write into them.
    fn operands(&self, node: &Node, step: &Step, memory: &mut Memory) -> Vec<Option<Value>> {
        let slots = &mut memory.slots;
        let mut inputs: Vec<Option<Value>> = Vec::with_capacity(node.inputs.len());
        for (i, slot) in node.inputs.iter().enumerate() {
            inputs.push(match slot {
                Some(slot) if step.frees.contains(slot) && !node.inputs[i + 1..].contains(&Some(*slot)) => slots[*slot].take(),
                Some(slot) => slots[*slot].clone().or_else(|| self.constants[*slot].clone()),
                None => None,
            });
        }
        inputs
    }

    /// An operator's error during a run: the input's fault if the graph leaves it a choice, else the graph's.
    fn blame(&self, node: &Node, error: OpError) -> Error {
        let text = format!("{} {:?}: {error}", node.op.name, node.name);
        match error {
            OpError::Unsupported(_) => Error::Unsupported(vec![text]),
            OpError::Limit(_) => Error::LimitExceeded(text),
            OpError::Device(_) => Error::Device(text),
            OpError::Attribute(_) => Error::ModelInvalid(text),
            // Values, say token ids beyond a table, are the input's even where its shape is fixed.
            OpError::Operands(_) if self.graph.is_dynamic() || VALUE_DEPENDENT.contains(&node.op.name) => Error::InputInvalid(text),
            OpError::Operands(_) => Error::ModelInvalid(text),
        }
    }
}

impl Run {
    /// The digest under each seed. `output_scale` is the floor of the output half.
    pub fn digests(&self, seeds: &[H256], output_scale: f32) -> Result<Vec<Digest>, Error> {
        if seeds.is_empty() {
            return Ok(vec![]);
        }
        let read = |values: &[Value]| values.iter().map(|value| value.to_f32().map_err(device)).collect::<Result<Vec<_>, _>>();
        let (hidden, outputs) = (read(&self.hidden)?, read(&self.outputs)?);
        let hidden: Vec<&[f32]> = hidden.iter().map(Vec::as_slice).collect();
        let outputs: Vec<&[f32]> = outputs.iter().map(Vec::as_slice).collect();
        seeds.iter().map(|seed| Ok(projection::digest(*seed, &hidden, &outputs, output_scale)?)).collect()
    }
}

/// A failure while a result is read.
pub fn device(error: OpError) -> Error {
    Error::Device(error.to_string())
}

/// Calls a node's operator and checks that it gave what the node names.
fn call(node: &Node, opset: i64, devices: &Devices, inputs: Vec<Option<Value>>) -> Result<Vec<Value>, OpError> {
    let wanted = node.outputs.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let results = (node.op.run)(&mut Call::new(&node.attrs, opset, devices, wanted, inputs))?;
    if results.len() < wanted {
        return Err(OpError::Operands(format!("{} outputs are named, {} were made", wanted, results.len())));
    }
    Ok(results)
}

/// Bytes of a tensor as burn stores it.
fn size(value: &Value) -> u64 {
    let each = match (value.kind(), value.place()) {
        (Kind::Int, _) => 8,
        (Kind::Bool, Place::Host) => 1,
        _ => 4,
    };
    value.count() as u64 * each
}

/// Which nodes an output depends on. The others are not run.
fn needed(graph: &Graph) -> Vec<bool> {
    let mut slots = vec![false; graph.slots];
    graph.outputs.iter().for_each(|port| slots[port.slot] = true);
    let mut needed = vec![false; graph.nodes.len()];
    for (number, node) in graph.nodes.iter().enumerate().rev() {
        if node.outputs.iter().flatten().any(|slot| slots[*slot]) {
            needed[number] = true;
            node.inputs.iter().flatten().for_each(|slot| slots[*slot] = true);
        }
    }
    needed
}

/// Turns what does not depend on an input into values, once.
struct Loader<'a> {
    graph: &'a Graph,
    devices: &'a Devices,
    /// The file's tensors that have not been touched yet.
    pending: HashMap<Slot, Constant>,
    memory: Memory,
    /// How often folding still reads each slot.
    uses: Vec<usize>,
    /// Whether a run reads the slot.
    read: Vec<bool>,
}

impl<'a> Loader<'a> {
    fn new(graph: &'a Graph, devices: &'a Devices, pending: HashMap<Slot, Constant>) -> Self {
        let mut read = vec![false; graph.slots];
        graph.outputs.iter().for_each(|port| read[port.slot] = true);
        Self { graph, devices, pending, memory: Memory::new(graph.slots), uses: vec![0; graph.slots], read }
    }

    fn get(&mut self, slot: Slot) -> Result<Option<Value>, Error> {
        if let Some(constant) = self.pending.remove(&slot) {
            let value = constant.value(self.devices).map_err(|error| invalid("a tensor of the file", error))?;
            self.memory.set(slot, value)?;
        }
        Ok(self.memory.slots[slot].clone())
    }

    fn fold(&mut self, node: &Node) -> Result<(), Error> {
        let mut inputs = Vec::with_capacity(node.inputs.len());
        for slot in &node.inputs {
            inputs.push(match slot {
                Some(slot) => self.get(*slot)?,
                None => None,
            });
        }
        let results = call(node, self.graph.opset, self.devices, inputs)
            .map_err(|error| invalid(&format!("{} {:?}", node.op.name, node.name), error))?;
        for (slot, value) in node.outputs.iter().zip(results) {
            if let Some(slot) = slot {
                self.memory.set(*slot, value)?;
            }
        }
        // What only folding reads is gone once it has been read for the last time.
        for slot in node.inputs.iter().flatten() {
            self.uses[*slot] -= 1;
            if self.uses[*slot] == 0 && !self.read[*slot] {
                self.memory.free(*slot);
            }
        }
        Ok(())
    }

    /// The constants that a run reads, floats on the run's device.
    fn finish(mut self, dynamic: &[bool]) -> Result<Vec<Option<Value>>, Error> {
        for (slot, dynamic) in dynamic.iter().enumerate() {
            if self.read[slot] && !dynamic {
                self.get(slot)?;
            } else {
                self.memory.free(slot);
            }
        }
        let place = |value: Value| match value.kind() {
            Kind::Float if value.count() > 0 => value.to_place(self.devices.floats(), self.devices),
            _ => Ok(value),
        };
        let slots = self.memory.slots.into_iter();
        slots.map(|slot| slot.map(place).transpose().map_err(|error| invalid("a constant", error))).collect()
    }
}

/// An operator's error where only the model can be to blame.
fn invalid(what: &str, error: OpError) -> Error {
    let text = format!("{what}: {error}");
    match error {
        OpError::Unsupported(_) => Error::Unsupported(vec![text]),
        OpError::Limit(_) => Error::LimitExceeded(text),
        OpError::Device(_) => Error::Device(text),
        _ => Error::ModelInvalid(text),
    }
}

#[cfg(test)]
mod tests;
