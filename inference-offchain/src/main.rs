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
    /// Measures how far honest results of a model stand apart and cheats from them, and proposes a tolerance.
    Calibrate(CalibrateArgs),
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

#[derive(clap::Args)]
struct CalibrateArgs {
    /// The ONNX file.
    #[arg(long)]
    model: PathBuf,
    /// A safetensors file with one tensor per input of the model; may be given more than once. Natural inputs tell more than made-up ones.
    #[arg(long)]
    input: Vec<PathBuf>,
    /// A folder of such files; those that end in .expected.safetensors are left out.
    #[arg(long)]
    inputs: Option<PathBuf>,
    /// How many inputs there shall be where fewer than two are given; the others are made up.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    samples: u32,
    /// How many projections of each result are compared.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    seeds: u32,
    /// Another ONNX file with the same interface, as one of the cheats; the same model with other weights, if left out.
    #[arg(long)]
    other: Option<PathBuf>,
    /// Which adapters compute beside the processor: auto for all, flex for none, wgpu: and a part of an adapter's id, name or driver.
    #[arg(long, default_value = "auto")]
    device: DeviceSpec,
    /// The manifest of a Vulkan driver to look at by itself, in place of the environment's; may be given more than once.
    #[arg(long)]
    icd: Vec<PathBuf>,
    /// The floor of the digest's output half, in place of the proposed one.
    #[arg(long, value_parser = parse_scale)]
    output_scale: Option<f64>,
    /// Ends after so many seconds in one run.
    #[arg(long, default_value_t = 600.0)]
    time_limit: f64,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

fn parse_scale(text: &str) -> Result<f64, String> {
    let scale = text.parse::<f64>().ok().filter(|scale| (0.0..65_536.0).contains(scale));
    scale.ok_or_else(|| format!("{text:?} is not a number from 0 to 65535"))
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
        Command::Calibrate(args) => commands::calibrate(&args),
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
    fn scales_parse() {
        assert_eq!(parse_scale("0.25"), Ok(0.25));
        assert!(["", "-1", "65536", "NaN"].iter().all(|text| parse_scale(text).is_err()));
    }

    #[test]
    fn seeds_parse() {
        assert_eq!(parse_seed(&format!("0x{}", "07".repeat(32))), Ok(H256([7; 32])));
        assert!(parse_seed("07").is_err());
        assert!(parse_seed(&"é".repeat(32)).is_err());
    }
}
