//! The command line `hearth`, run as a user runs it.

use crate::{binaries, wait::wait_until};
use serde_json::Value;
use std::{
    process::{Output, Stdio},
    time::Duration,
};
use tokio::process::Command;

/// A finished run of `hearth`.
#[derive(Clone, Debug)]
pub struct Run {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Runs `hearth` with these arguments, at most for `deadline`.
pub async fn hearth(arguments: &[&str], deadline: Duration) -> Run {
    let run = Command::new(binaries::cli())
        .args(arguments)
        .env_remove("HEARTH_SURI")
        .env_remove("HEARTH_URL")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output: Output = tokio::time::timeout(deadline, run)
        .await
        .unwrap_or_else(|_| panic!("hearth {arguments:?} did not end within {} s", deadline.as_secs()))
        .expect("hearth can be started");
    Run {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Run {
    /// The one JSON value on standard output of a run that succeeded.
    pub fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "hearth failed: {self:?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("standard output is not one JSON value ({error}): {self:?}"))
    }

    /// Asserts this exit code (1 failed, 2 used wrongly), nothing on standard output, and a sentence on standard error that is long enough
    /// to name the next step and has each of `words`.
    pub fn assert_refused(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "another exit code was expected: {self:?}");
        assert!(self.stdout.is_empty(), "an error is no result: {self:?}");
        let message = self.stderr.to_lowercase();
        assert!(!message.contains("panicked"), "hearth panicked: {self:?}");
        for word in words {
            assert!(message.contains(&word.to_lowercase()), "the error does not speak of {word:?}: {self:?}");
        }
        assert!(message.split_whitespace().count() >= 6, "a sentence with the next step was expected: {self:?}");
    }
}

/// Runs `hearth --json` against `url` until it succeeds or `deadline` passes, for what becomes possible only later.
pub async fn hearth_until(what: &str, arguments: &[&str], deadline: Duration) -> Value {
    wait_until(what, deadline, async || {
        let run = hearth(arguments, deadline).await;
        if run.code == Some(0) {
            Ok(run.json())
        } else {
            Err(run.stderr)
        }
    })
    .await
}
