//! Small ONNX files, written field by field: the benchmark of a new chain, and models of tests that are wrong on purpose.
//!
//! Field numbers are those of the published `onnx.proto3`.

/// ONNX's number for f32.
const FLOAT: u64 = 1;

/// ONNX's number for i64.
const INT64: u64 = 7;

/// A protobuf message in the making.
#[derive(Clone, Debug, Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn number(mut self, field: u64, value: u64) -> Self {
        self.varint(field << 3);
        self.varint(value);
        self
    }

    fn bytes(mut self, field: u64, value: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend(value);
        self
    }

    fn text(self, field: u64, value: &str) -> Self {
        self.bytes(field, value.as_bytes())
    }

    fn message(self, field: u64, value: Message) -> Self {
        self.bytes(field, &value.0)
    }
}

/// A graph in the making: float inputs and outputs, nodes without attributes, constants.
#[derive(Clone, Debug, Default)]
pub struct Graph(Message);

impl Graph {
    /// A float input of this shape.
    pub fn input(self, name: &str, shape: &[u64]) -> Self {
        Self(self.0.message(11, value_info(name, shape)))
    }

    /// A float output of this shape.
    pub fn output(self, name: &str, shape: &[u64]) -> Self {
        Self(self.0.message(12, value_info(name, shape)))
    }

    /// A node of the default operator set.
    pub fn node(self, operator: &str, inputs: &[&str], outputs: &[&str]) -> Self {
        let mut node = Message::default();
        for input in inputs {
            node = node.text(1, input);
        }
        for output in outputs {
            node = node.text(2, output);
        }
        let name = format!("node-{}", self.0 .0.len());
        Self(self.0.message(1, node.text(3, &name).text(4, operator)))
    }

    /// A float constant that claims `shape`, with whatever data is given.
    pub fn floats(self, name: &str, shape: &[u64], values: &[f32]) -> Self {
        self.constant(name, FLOAT, shape, values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    /// A constant vector of i64.
    pub fn integers(self, name: &str, values: &[i64]) -> Self {
        self.constant(name, INT64, &[values.len() as u64], values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    fn constant(self, name: &str, data_type: u64, shape: &[u64], data: Vec<u8>) -> Self {
        let mut tensor = Message::default();
        for extent in shape {
            tensor = tensor.number(1, *extent);
        }
        Self(self.0.message(5, tensor.number(2, data_type).text(8, name).bytes(9, &data)))
    }

    /// The file.
    pub fn file(self) -> Vec<u8> {
        let operators = Message::default().text(1, "").number(2, 17);
        let graph = self.0.text(2, "graph");
        Message::default().number(1, 8).text(2, "hearth").message(8, operators).message(7, graph).0
    }
}

fn value_info(name: &str, shape: &[u64]) -> Message {
    let mut dims = Message::default();
    for extent in shape {
        dims = dims.message(1, Message::default().number(1, *extent));
    }
    let tensor = Message::default().number(1, FLOAT).message(2, dims);
    Message::default().text(1, name).message(2, Message::default().message(1, tensor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_varints() {
        assert_eq!(Message::default().number(1, 300).0, [0x08, 0xac, 0x02]);
        assert_eq!(Message::default().text(2, "ab").0, [0x12, 2, b'a', b'b']);
    }
}
