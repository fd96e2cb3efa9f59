//! Workers that misbehave: shell scripts that take the real worker's place, and where they do let it run, run the real one.

use crate::binaries;
use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// How a worker misbehaves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// It ends before it says anything, always.
    DieAtStart,
    /// It never says anything, and ends only when its input does.
    Hang,
    /// It says hello, takes a request, and never answers.
    HangInJob,
    /// It prints bytes that are no frame.
    Garbage,
    /// It says hello and is killed once, when the first request arrives; from then on it is the real worker.
    DieInFirstJob,
    /// It is the real worker, and all workers of the machine wait for one device: who comes second starts when the first has ended.
    OneDevice,
    /// It is the real worker, and runs a copy of each model with its weights rounded to int8 in the model's place.
    Quantise,
}

impl Fault {
    /// What the script does with `$worker`, the real one, `$liar`, one that lies, and `$mark`, a path where it may leave a file.
    fn body(self) -> &'static str {
        match self {
            Self::DieAtStart => "echo 'stand-in: dying at start' >&2\nexit 3",
            Self::Hang => "exec cat >/dev/null",
            Self::Garbage => {
                "printf 'this is no frame, and its first four bytes are no length that a node should believe'\nexec cat >/dev/null"
            }
            Self::Quantise => "exec \"$liar\" \"$worker\" \"$@\"",
            Self::OneDevice => "exec flock \"$mark\" \"$worker\" \"$@\"",
            // The real worker says hello on our output but gets none of our input.
            Self::HangInJob => {
                "mkfifo \"$mark.$$\"\n\"$worker\" \"$@\" <\"$mark.$$\" &\nexec 9>\"$mark.$$\"\ncat >/dev/null\nexec 9>&-\nwait"
            }
            Self::DieInFirstJob => concat!(
                "if [ -e \"$mark\" ]; then exec \"$worker\" \"$@\"; fi\n",
                "mkfifo \"$mark.$$\"\n\"$worker\" \"$@\" <\"$mark.$$\" &\nvictim=$!\nexec 9>\"$mark.$$\"\n",
                "first=$(head -c 1 | wc -c)\n",
                "if [ \"$first\" -eq 1 ]; then : >\"$mark\"; fi\n",
                "kill -KILL \"$victim\"\nexit 9",
            ),
        }
    }

    /// Writes the stand-in into `dir` and returns its path.
    pub fn write(self, dir: &Path) -> PathBuf {
        std::fs::create_dir_all(dir).expect("a temporary directory can be made");
        let path = dir.join(format!("worker-{self:?}"));
        let worker = binaries::worker();
        let liar = if self == Self::Quantise { binaries::lying_worker().display().to_string() } else { String::new() };
        // Only a worker that serves misbehaves: questions about devices are answered by the real one.
        let script = format!(
            "#!/bin/sh\nworker='{}'\nliar='{liar}'\nmark='{}'\ncase \" $* \" in *\" serve \"*) ;; *) exec \"$worker\" \"$@\" ;; esac\n{}\n",
            worker.display(),
            self.mark(dir).display(),
            self.body()
        );
        std::fs::write(&path, script).expect("a script can be written");
        std::fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("a script can be made executable");
        path
    }

    /// Where [`Self::DieInFirstJob`] notes that it has died in a job.
    pub fn mark(self, dir: &Path) -> PathBuf {
        dir.join(format!("mark-{self:?}"))
    }
}
