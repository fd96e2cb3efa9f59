//! A walk over the raw bytes of an ONNX file that counts, before anything is decoded.
//!
//! Decoding multiplies: two bytes of an empty message become hundreds in memory, and a packed varint of one byte becomes eight. So the
//! number of messages and of unpacked scalars, the nesting, and the length of packed integers are bounded here first. Long strings and raw
//! tensor data are stepped over.

use crate::limits::{MAX_WIRE_DEPTH, MAX_WIRE_FIELDS};

/// Why the bytes are refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WireError {
    /// A tag, length or varint runs past the end of its message.
    #[error("the protobuf is cut off or broken at byte {0}")]
    Broken(usize),
    /// Too many fields.
    #[error("it has more than {MAX_WIRE_FIELDS} protobuf fields")]
    TooManyFields,
    /// Too deep.
    #[error("its protobuf messages nest deeper than {MAX_WIRE_DEPTH}")]
    TooDeep,
}

/// The messages of `onnx.proto` that hold other messages or long lists, as far as the walk needs them.
#[derive(Clone, Copy)]
enum Message {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    /// Any other message: its parts are small and are walked as if each could be a message of the same sort.
    Other,
    /// Bytes, a string or packed fixed-width numbers: stepped over.
    Bytes,
    /// Packed varints: each byte may become one number.
    Varints,
}

/// What a length-delimited field of a message holds.
fn field(message: Message, number: u64) -> Message {
    use Message::*;
    match (message, number) {
        (Model, 7) => Graph,
        (Model, 8 | 14 | 20 | 25 | 26) => Other,
        (Graph, 1) => Node,
        (Graph, 5) => Tensor,
        (Graph, 11..=16) => Other,
        (Node, 5) => Attribute,
        (Node, 9 | 10) => Other,
        (Attribute, 5 | 10) => Tensor,
        (Attribute, 6 | 11) => Graph,
        (Attribute, 14 | 15 | 22 | 23) => Other,
        (Attribute, 8) | (Tensor, 1 | 5 | 7 | 11) => Varints,
        (Tensor, 3 | 13 | 16) => Other,
        _ => Bytes,
    }
}

/// Walks a whole file.
pub fn check(bytes: &[u8]) -> Result<(), WireError> {
    let mut walk = Walk { bytes, fields: 0 };
    walk.message(Message::Model, 0, bytes.len(), 0)
}

struct Walk<'a> {
    bytes: &'a [u8],
    fields: usize,
}

impl Walk<'_> {
    fn count(&mut self, fields: usize) -> Result<(), WireError> {
        self.fields = self.fields.saturating_add(fields);
        if self.fields > MAX_WIRE_FIELDS { Err(WireError::TooManyFields) } else { Ok(()) }
    }

    fn message(&mut self, message: Message, mut at: usize, end: usize, depth: usize) -> Result<(), WireError> {
        if depth > MAX_WIRE_DEPTH {
            return Err(WireError::TooDeep);
        }
        while at < end {
            self.count(1)?;
            let (tag, next) = self.varint(at, end)?;
            at = match tag & 7 {
                0 => self.varint(next, end)?.1,
                1 => next + 8,
                5 => next + 4,
                2 => {
                    let (len, start) = self.varint(next, end)?;
                    let stop = usize::try_from(len).ok().and_then(|len| start.checked_add(len)).filter(|stop| *stop <= end);
                    let stop = stop.ok_or(WireError::Broken(at))?;
                    match field(message, tag >> 3) {
                        Message::Bytes => {}
                        // Eight bytes of memory for one of file, within what 64 MiB of packed integers may take.
                        Message::Varints => self.count((stop - start) / 32)?,
                        // What is not walked by its own schema is counted by its length: no field is shorter than two bytes.
                        Message::Other => self.count((stop - start) / 2)?,
                        inner => self.message(inner, start, stop, depth + 1)?,
                    }
                    stop
                }
                _ => return Err(WireError::Broken(at)),
            };
            if at > end {
                return Err(WireError::Broken(end));
            }
        }
        Ok(())
    }

    fn varint(&self, mut at: usize, end: usize) -> Result<(u64, usize), WireError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.bytes.get(at).filter(|_| at < end).ok_or(WireError::Broken(at))?;
            at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok((value, at));
            }
        }
        Err(WireError::Broken(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn delimited(number: u8, body: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2];
        let mut len = body.len();
        while len >= 0x80 {
            out.push(len as u8 | 0x80);
            len >>= 7;
        }
        out.push(len as u8);
        out.extend(body);
        out
    }

    #[test]
    fn check_accepts_a_graph_and_finds_cuts() {
        let node = delimited(1, &delimited(4, b"Relu"));
        let model = delimited(7, &node);
        assert_eq!(check(&model), Ok(()));
        for cut in 1..model.len() {
            assert!(check(&model[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn check_bounds_fields_and_depth() {
        // Empty nodes: two bytes each in the file.
        let nodes = [0x0a, 0x00].repeat(MAX_WIRE_FIELDS + 1);
        assert_eq!(check(&delimited(7, &nodes)), Err(WireError::TooManyFields));
        // A graph in an attribute of a node of a graph in …
        let mut graph = vec![];
        for _ in 0..MAX_WIRE_DEPTH {
            graph = delimited(1, &delimited(5, &delimited(6, &graph)));
        }
        assert_eq!(check(&delimited(7, &graph)), Err(WireError::TooDeep));
    }

    proptest! {
        #[test]
        fn check_survives_garbage(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = check(&bytes);
        }
    }
}
