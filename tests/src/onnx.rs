//! ONNX files for tests.

pub use hearth_primitives::onnx::Graph;

/// The tag of a model's `doc_string` in the published `onnx.proto3`: field 6, bytes.
const DOC_STRING: u8 = 6 << 3 | 2;

/// A model with other bytes and the same meaning: `doc_string` of the file becomes `text`. It gets an id of its own on chain.
pub fn relabel(file: &[u8], text: &str) -> Vec<u8> {
    assert!(text.len() < 128, "a length of one byte");
    [file, &[DOC_STRING, text.len() as u8], text.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relabelled_files_differ_at_the_end_alone() {
        let file = Graph::default().input("x", &[2]).node("Relu", &["x"], &["y"]).output("y", &[2]).file();
        let other = relabel(&file, "other");
        assert_eq!(other[..file.len()], file);
        assert_eq!(other[file.len()..], [0x32, 5, b'o', b't', b'h', b'e', b'r']);
    }
}
