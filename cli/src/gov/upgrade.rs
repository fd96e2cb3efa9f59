//! A new runtime: the file that holds it, and the call that puts it in place.

use crate::{
    error::{Context, Error, Result},
    state::State,
    units,
};
use codec::Encode;
use std::path::Path;

/// The longest code that the chain keeps for a referendum, the call around it counted.
const MAX_CALL: usize = 4 * 1024 * 1024;

/// How a WebAssembly module begins.
const WASM: &[u8] = b"\0asm";

/// How a compressed one begins: the mark of `sp-maybe-compressed-blob`.
const COMPRESSED: &[u8] = &[82, 188, 83, 118, 70, 219, 142, 5];

/// A runtime's code, if the file looks like one.
pub fn read_code(file: &Path) -> Result<Vec<u8>> {
    let code = std::fs::read(file).context(format_args!("cannot read {}", file.display()))?;
    if !code.starts_with(WASM) && !code.starts_with(COMPRESSED) {
        return Err(Error::failed(format!(
            "{} is no WebAssembly, compressed or not; name the runtime's .wasm, such as hearth_runtime.compact.compressed.wasm",
            file.display()
        )));
    }
    Ok(code)
}

/// The call that puts `code` in place of the runtime. Written by hand: as a tree of values it would fill the memory.
pub fn set_code(state: &State, code: &[u8]) -> Result<Vec<u8>> {
    let metadata = state.metadata();
    let system = metadata.pallet_by_name("System");
    let index = system.and_then(|system| Some([system.call_index(), system.call_variant_by_name("set_code")?.index]));
    let index = index.ok_or_else(|| Error::failed("the chain has no System.set_code; use the `hearth` of its release"))?;
    let call = [&index[..], &code.encode()].concat();
    if call.len() > MAX_CALL {
        let (len, most) = (units::show_bytes(call.len() as u64), units::show_bytes(MAX_CALL as u64));
        return Err(Error::failed(format!("the code makes a call of {len}, and the chain keeps {most} at most; compress it")));
    }
    Ok(call)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_told_from_other_files() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("runtime.wasm");
        for good in [WASM, COMPRESSED] {
            std::fs::write(&path, [good, &[1, 2, 3]].concat()).unwrap();
            assert!(read_code(&path).is_ok());
        }
        std::fs::write(&path, b"ELF").unwrap();
        assert!(read_code(&path).unwrap_err().to_string().contains("no WebAssembly"));
    }
}
