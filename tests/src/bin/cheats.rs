//! Tries cheats out on the chain's own state transition: see `docs/cheats.md`.
//!
//! Exit codes: 0 when everything holds that must, 1 when something does not or nothing could be written, 2 when used wrongly.

use clap::Parser;
use hearth_tests::{
    cheats::{run, Options},
    Error,
};
use std::{io::Write, process::ExitCode};

/// Tries cheats out on the chain's own state transition, by an adversary of a tenth and of a third.
#[derive(Parser)]
#[command(name = "cheats")]
struct Arguments {
    /// Jobs of each strategy, at each share.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    jobs: u32,
    /// Of all chance; the same seed gives the same result.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What an honest run costs, as a part of the price.
    #[arg(long, default_value_t = 0.3, value_parser = cost)]
    cost: f64,
    /// Print the findings as JSON.
    #[arg(long)]
    json: bool,
}

fn cost(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(cost) if cost > 0.0 && cost < 1.0 => Ok(cost),
        _ => Err("a run costs more than nothing and less than the price: give a number between 0 and 1".into()),
    }
}

fn main() -> ExitCode {
    match simulate(&Arguments::parse()) {
        Ok(failures) if failures.is_empty() => ExitCode::SUCCESS,
        Ok(failures) => {
            failures.iter().for_each(|failure| eprintln!("cheats: {failure}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("cheats: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns what does not hold and should.
fn simulate(arguments: &Arguments) -> Result<Vec<String>, Error> {
    let &Arguments { jobs, seed, cost, json } = arguments;
    let summary = run(&Options { jobs, seed, cost }, |row, ended, all, seconds| {
        eprintln!("cheats: {ended} of {all}: {} at {:.0} %, {seconds:.0} s", row.strategy, 100.0 * row.share);
    });
    let text = if json { serde_json::to_string_pretty(&summary)? } else { summary.text() };
    // A reader that closes early has what it wanted.
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
    Ok(summary.failures())
}
