//! Running this same program as a child for what may crash or hang, with a time limit.

use super::{Adapter, Verdict};
use std::{
    io::Read,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// How long listing the adapters may take.
const LIST_TIME: Duration = Duration::from_secs(15);

/// How long an adapter's self-test may take where a person waits for it: drivers in software compile each kernel for seconds.
pub const TEST_TIME: Duration = Duration::from_secs(180);

/// The adapters, best first, as a child sees them.
///
/// # Errors
/// What befell the child.
pub fn list_in_child() -> Result<Vec<Adapter>, String> {
    list_with(this_program()?)
}

/// The adapters, best first, as this program sees them when it is called like this: with another Vulkan driver in its environment, say.
///
/// # Errors
/// What befell the child.
pub fn list_with(program: Command) -> Result<Vec<Adapter>, String> {
    let out = run(program, &["adapters"], LIST_TIME)?;
    serde_json::from_slice(&out).map_err(|error| format!("the list does not read: {error}"))
}

/// The self-test of an adapter, in a child.
///
/// # Errors
/// What the test found, or what befell the child.
pub fn test_in_child(adapter: &Adapter, time: Duration) -> Result<Verdict, String> {
    let out = run(this_program()?, &["check-adapter", &adapter.id()], time)?;
    let verdict: Result<Verdict, String> = serde_json::from_slice(&out).map_err(|error| format!("the verdict does not read: {error}"))?;
    verdict
}

/// Ends this process when its parent ends, in whatever way: the parent holds the other end of standard input and writes nothing to it.
pub fn end_with_parent() {
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        // Not in order: it may hang in a driver, and so may the driver's clean-up.
        std::process::abort();
    });
}

/// This program, to be called again.
fn this_program() -> Result<Command, String> {
    std::env::current_exe().map(Command::new).map_err(|error| format!("this program's path is unknown: {error}"))
}

/// Runs a program with arguments and gives what it printed.
fn run(mut program: Command, args: &[&str], time: Duration) -> Result<Vec<u8>, String> {
    program.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    wait(program, time)
}

/// Waits for a child, and ends it when its time is over.
fn wait(mut command: Command, time: Duration) -> Result<Vec<u8>, String> {
    let mut child = command.spawn().map_err(|error| format!("a child process could not be started: {error}"))?;
    let mut pipe = child.stdout.take().ok_or("the child has no output")?;
    // Read aside, so that a full pipe cannot stop the child.
    let reader = std::thread::spawn(move || {
        let mut out = vec![];
        pipe.read_to_end(&mut out).map(|_| out)
    });
    let end = Instant::now() + time;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < end => std::thread::sleep(Duration::from_millis(20)),
            Ok(None) => {
                // It may have ended by itself meanwhile; either way it is reaped.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("it hung for {} s", time.as_secs()));
            }
            Err(error) => return Err(format!("the child was lost: {error}")),
        }
    };
    let out = reader.join().map_err(|_| "the child's output was lost")?.map_err(|error| format!("the child's output was lost: {error}"))?;
    if status.success() { Ok(out) } else { Err(format!("it crashed: {status}")) }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, time: Duration) -> Result<Vec<u8>, String> {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped());
        wait(command, time)
    }

    #[test]
    fn children_that_crash_or_hang_are_errors() {
        let long = Duration::from_secs(20);
        assert_eq!(shell("printf ok", long).unwrap(), b"ok");
        assert!(shell("kill -SEGV $$", long).unwrap_err().contains("crashed"));
        assert!(shell("exit 3", long).unwrap_err().contains("crashed"));
        assert!(shell("exec sleep 20", Duration::from_millis(100)).unwrap_err().contains("hung"));
        // Its standard input stays open for as long as it runs: a child takes its end for ours.
        assert!(shell("exec cat", Duration::from_millis(100)).unwrap_err().contains("hung"));
    }
}
