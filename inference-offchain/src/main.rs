//! `hearth-inference-worker`: the engine's command line. Results go to standard output, everything else to standard error.

mod commands;

use clap::{Parser, Subcommand};
use hearth_inference_offchain::device::DeviceSpec;
use hearth_primitives::H256;
use std::{io::IsTerminal, path::PathBuf, process::ExitCode};

/// Runs ONNX models with burn on a GPU or the processor, for Hearth's providers.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Lists the processor and every adapter, tests them, and says which would be chosen and why.
    Devices {
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Runs a small model on a device and compares with the known answer.
    SelfTest {
        /// auto, flex, wgpu, or wgpu: and a part of an adapter's id, name or driver. Everything the machine has, if left out.
        #[arg(long)]
        device: Option<DeviceSpec>,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Runs a model on an input.
    Run(RunArgs),
    /// Shows a model's inputs, outputs and operators, and which of them are not supported.
    Inspect {
        /// The ONNX file.
        #[arg(long)]
        model: PathBuf,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Lists the supported operators.
    Ops {
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Serves a node over standard input and output.
    Serve {
        /// auto, flex, wgpu, or wgpu: and a part of an adapter's id, name or driver.
        #[arg(long, default_value = "auto")]
        device: DeviceSpec,
        /// How much of the device's memory models may keep between runs, in MiB.
        #[arg(long, default_value_t = 2048)]
        cache: u64,
    },
    /// Lists adapters, for this program itself.
    #[command(hide = true)]
    Adapters,
    /// Tests an adapter, for this program itself.
    #[command(hide = true)]
    CheckAdapter {
        /// Its id.
        id: String,
    },
}

#[derive(clap::Args)]
struct RunArgs {
    /// The ONNX file.
    #[arg(long)]
    model: PathBuf,
    /// A safetensors file with one tensor per input of the model.
    #[arg(long)]
    input: PathBuf,
    /// Where to write the outputs as safetensors; must not exist.
    #[arg(long)]
    output: Option<PathBuf>,
    /// auto, flex, wgpu, or wgpu: and a part of an adapter's id, name or driver.
    #[arg(long, default_value = "auto")]
    device: DeviceSpec,
    /// A seed of 32 bytes in hex under which to digest the result; may be given more than once.
    #[arg(long, value_parser = parse_seed)]
    seed: Vec<H256>,
    /// The floor of the digest's output half.
    #[arg(long, default_value_t = 0.0)]
    output_scale: f32,
    /// Ends the run after so many seconds.
    #[arg(long)]
    time_limit: Option<f64>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

fn parse_seed(text: &str) -> Result<H256, String> {
    let hex = text.strip_prefix("0x").unwrap_or(text);
    let wrong = || format!("{text:?} is not 64 hex digits");
    if hex.len() != 64 || !hex.is_ascii() {
        return Err(wrong());
    }
    let mut seed = [0; 32];
    for (i, byte) in seed.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).map_err(|_| wrong())?;
    }
    Ok(H256(seed))
}

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn,hearth_inference_offchain=info".into());
    let terminal = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(terminal).with_writer(std::io::stderr).init();
    match Cli::parse().command {
        Command::Devices { json } => commands::devices(json),
        Command::SelfTest { device, json } => commands::self_test(device, json),
        Command::Run(args) => commands::run(&args),
        Command::Inspect { model, json } => commands::inspect(&model, json),
        Command::Ops { json } => commands::ops(json),
        Command::Serve { device, cache } => commands::serve(&device, cache),
        Command::Adapters => commands::adapters(),
        Command::CheckAdapter { id } => commands::check_adapter(&id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_line_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn seeds_parse() {
        assert_eq!(parse_seed(&format!("0x{}", "07".repeat(32))), Ok(H256([7; 32])));
        assert!(parse_seed("07").is_err());
        assert!(parse_seed(&"é".repeat(32)).is_err());
    }
}
