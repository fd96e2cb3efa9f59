//! Where the programs under test and the models are found. A missing one fails the test with the command that makes it; nothing is
//! ever skipped.

use std::path::{Path, PathBuf};

/// Where the models are: the variable names the directory that `scripts/models.py` fills.
pub const MODELS_VARIABLE: &str = "HEARTH_MODELS_DIR";

/// The node.
pub fn node() -> PathBuf {
    program("hearth-node", "cargo build --release --workspace")
}

/// The command line.
pub fn cli() -> PathBuf {
    program("hearth", "cargo build --release --workspace")
}

/// The worker, built in the engine's own workspace into the same target directory.
pub fn worker() -> PathBuf {
    program("hearth-inference-worker", "cd inference-offchain && cargo build --release (with the same CARGO_TARGET_DIR)")
}

/// The worker that runs another model than it is asked to, of this package.
pub fn lying_worker() -> PathBuf {
    program("lying_worker", "cargo build --release --workspace")
}

/// The test executable lies in `<profile>/deps`; the programs lie in `<profile>`.
fn program(name: &str, made_by: &str) -> PathBuf {
    let this = std::env::current_exe().expect("a running test has a path");
    let profile = this.parent().and_then(Path::parent).expect("a test executable lies in <target>/<profile>/deps");
    let path = profile.join(name);
    assert!(path.is_file(), "{} is missing: make it with `{made_by}`", path.display());
    path
}

/// A model with the cases that its reference outputs were made from.
pub struct Model {
    dir: PathBuf,
}

impl Model {
    /// The model called `name`.
    pub fn open(name: &str) -> Self {
        let root = std::env::var_os(MODELS_VARIABLE)
            .unwrap_or_else(|| panic!("{MODELS_VARIABLE} is not set: run scripts/models.py and point it at the directory that it filled"));
        let dir = PathBuf::from(root).join(name);
        assert!(dir.join("model.onnx").is_file(), "{} holds no model.onnx: run scripts/models.py", dir.display());
        Self { dir }
    }

    /// The ONNX file.
    pub fn onnx(&self) -> PathBuf {
        self.dir.join("model.onnx")
    }

    /// Pairs of input and the output that onnxruntime gave, by name of the case.
    pub fn cases(&self) -> Vec<Case> {
        let dir = self.dir.join("cases");
        let entries = std::fs::read_dir(&dir).unwrap_or_else(|error| panic!("{}: {error}; run scripts/models.py", dir.display()));
        let mut cases: Vec<Case> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok()?.strip_suffix(".input.safetensors").map(str::to_owned))
            .map(|name| Case {
                input: dir.join(format!("{name}.input.safetensors")),
                expected: dir.join(format!("{name}.expected.safetensors")),
                name,
            })
            .collect();
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        assert!(!cases.is_empty(), "{} holds no *.input.safetensors: run scripts/models.py", dir.display());
        cases
    }
}

/// An input and what onnxruntime made of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Of what the input was made.
    pub name: String,
    /// A safetensors file with a tensor per graph input.
    pub input: PathBuf,
    /// A safetensors file with a tensor per graph output.
    pub expected: PathBuf,
}

/// Reads a file that must be there.
pub fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
