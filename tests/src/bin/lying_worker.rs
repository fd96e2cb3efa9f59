//! A worker that lies: it stands between a node and the real worker, and has it run a copy of each model with its weights rounded to int8. What
//! the real worker answers goes to the node as it is: digests and outputs of another model, made in earnest.
//!
//! `lying_worker <the real worker> <its arguments>`, as the stand-in `Quantise` calls it.

use hearth_primitives::{
    blob::BlobRef,
    worker::{read_frame, write_frame, Request, RunRequest},
};
use hearth_tests::{onnx, Error};
use std::{
    env, fs, io,
    process::{Command, ExitCode, Stdio},
};

fn main() -> ExitCode {
    match lie() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lying_worker: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Until the node or the worker ends.
fn lie() -> Result<(), Error> {
    let mut arguments = env::args_os().skip(1);
    let worker = arguments.next().ok_or("the real worker is to be named first")?;
    // Its output is ours: the node reads what it writes.
    let mut worker = Command::new(worker).args(arguments).stdin(Stdio::piped()).spawn()?;
    let mut to_worker = worker.stdin.take().ok_or("the worker has no input")?;
    let mut from_node = io::stdin().lock();
    while let Some(request) = read_frame::<Request>(&mut from_node)? {
        let request = match request {
            Request::Run(run) => Request::Run(quantised(run)?),
            Request::Shutdown => Request::Shutdown,
        };
        if write_frame(&mut to_worker, &request).is_err() {
            break;
        }
    }
    drop(to_worker);
    worker.wait()?;
    Ok(())
}

/// The same run of a copy of the model with rounded weights, which lies beside the output.
fn quantised(run: RunRequest) -> Result<RunRequest, Error> {
    let model = onnx::quantise(&fs::read(&run.model_path)?);
    let model_path = format!("{}.quantised", run.output_path);
    fs::write(&model_path, &model)?;
    Ok(RunRequest { model: BlobRef::of(&model), model_path, ..run })
}
