//! Where the inference worker's executable stands.

use sc_service::error::Error;
use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

/// The executable's name.
const NAME: &str = "hearth-inference-worker";

/// The worker that the command line names, which must exist; else the one beside this executable, else the first in `PATH`.
pub fn find(named: Option<PathBuf>) -> Result<Option<PathBuf>, Error> {
    match named {
        Some(path) if path.is_file() => Ok(Some(path)),
        Some(path) => Err(Error::Other(format!("--inference-worker: there is no file {}", path.display()))),
        None => Ok(search(env::current_exe().ok().as_deref(), env::var_os("PATH"))),
    }
}

fn search(executable: Option<&Path>, path: Option<OsString>) -> Option<PathBuf> {
    let beside = executable.and_then(Path::parent).map(Path::to_path_buf);
    let in_path = path.map(|path| env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    beside.into_iter().chain(in_path).map(|dir| dir.join(NAME)).find(|candidate| candidate.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_prefers_the_neighbour_to_the_path() {
        let (beside, in_path) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let node = beside.path().join("hearth-node");
        let path = || Some(in_path.path().as_os_str().to_owned());
        assert_eq!(search(Some(&node), path()), None);
        std::fs::write(in_path.path().join(NAME), b"").unwrap();
        assert_eq!(search(Some(&node), path()), Some(in_path.path().join(NAME)));
        std::fs::write(beside.path().join(NAME), b"").unwrap();
        assert_eq!(search(Some(&node), path()), Some(beside.path().join(NAME)));
        assert_eq!(search(None, None), None);
    }

    #[test]
    fn find_refuses_a_named_worker_that_does_not_exist() {
        let dir = tempfile::tempdir().unwrap();
        let error = find(Some(dir.path().join("missing"))).unwrap_err().to_string();
        assert!(error.contains("missing"), "{error}");
    }
}
