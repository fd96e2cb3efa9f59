//! Simulates the economy of the chain and writes tables, plots and findings: see `docs/economy.md`.
//!
//! Exit codes: 0 when everything holds that must, 1 when something does not or nothing could be written, 2 when used wrongly.

use clap::Parser;
use hearth_tests::{
    economy::{report, run, Options},
    Error,
};
use std::{io::Write, path::PathBuf, process::ExitCode};

/// Simulates the economy of the chain, by the pallets' own maths.
#[derive(Parser)]
#[command(name = "economy")]
struct Arguments {
    /// Years to simulate.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=50))]
    years: u32,
    /// Of all chance; the same seed gives the same result.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Customers, providers and holders together.
    #[arg(long, default_value_t = 4_000, value_parser = clap::value_parser!(u32).range(i64::from(Options::MIN_ACTORS)..=100_000))]
    actors: u32,
    /// The folder for tables and plots, which is made.
    #[arg(long)]
    out: PathBuf,
    /// Print the findings as JSON.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    match simulate(&Arguments::parse()) {
        Ok(failures) if failures.is_empty() => ExitCode::SUCCESS,
        Ok(failures) => {
            failures.iter().for_each(|failure| eprintln!("economy: {failure}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("economy: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns what does not hold and should.
fn simulate(arguments: &Arguments) -> Result<Vec<String>, Error> {
    let &Arguments { years, seed, actors, ref out, json } = arguments;
    let outcome = run(&Options { years, seed, actors });
    report::write(&outcome, out)?;
    let summary = &outcome.summary;
    let text = if json { serde_json::to_string_pretty(summary)? } else { summary.text() };
    // A reader that closes early has what it wanted.
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
    if !json {
        let _ = writeln!(std::io::stdout(), "\nTables and plots are in {}.", out.display());
    }
    Ok(summary.failures())
}
