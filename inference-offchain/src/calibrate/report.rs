//! What calibration found, as JSON and as text for people.

use super::{
    cheats::Cheat,
    inputs::Origin,
    statistics::{CAUGHT, Exposure, HEADROOM, Halves, Spread},
};
use hearth_primitives::{blob::BlobRef, digest::Tolerance, provider::BackendClass};
use serde::Serialize;
use std::fmt::Write;

/// One honest way to compute.
#[derive(Clone, Debug, Serialize)]
pub struct Honest {
    /// For people, and unique.
    pub name: String,
    /// `flex` or `wgpu`.
    pub backend: String,
    /// The driver and its version; empty for a processor.
    pub driver: String,
    /// The class that a provider registers.
    pub class: BackendClass,
    /// Why it has no figures here.
    pub error: Option<String>,
}

/// How two honest ways to compute stand apart.
#[derive(Clone, Debug, Serialize)]
pub struct Pair {
    /// The name of one.
    pub one: String,
    /// The name of the other.
    pub other: String,
    /// Over all inputs and seeds.
    pub spread: Halves<Spread>,
}

/// What became of a cheat.
#[derive(Clone, Debug, Serialize)]
pub struct Tried {
    /// Which.
    pub cheat: Cheat,
    /// How it stands to honest results.
    pub exposure: Option<Exposure>,
    /// Why there is no such thing.
    pub skipped: Option<String>,
}

/// The inputs.
#[derive(Clone, Debug, Serialize)]
pub struct InputSummary {
    /// Where they come from.
    pub origin: Origin,
    /// Their names, in order.
    pub names: Vec<String>,
}

/// Whether a provider of this model may be slashed for a result's content.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// It may.
    Slashable,
    /// It is paid or not, and never slashed for content.
    PayOnly,
}

/// A floor of the output half.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OutputScale {
    /// As the chain has it, in Q16.16.
    pub fixed: u32,
    /// As people read it.
    pub decimal: f64,
}

/// Everything.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The file.
    pub model: BlobRef,
    /// What it was run on.
    pub inputs: InputSummary,
    /// Projection seeds per input.
    pub seeds: usize,
    /// The honest ways to compute, the processor first.
    pub honest: Vec<Honest>,
    /// How many different devices gave figures.
    pub backends: usize,
    /// Each two of those that have figures.
    pub pairs: Vec<Pair>,
    /// Over all pairs.
    pub spread: Halves<Spread>,
    /// The cheats.
    pub cheats: Vec<Tried>,
    /// The proposed tolerance.
    pub tolerance: Tolerance,
    /// The output scale that digests were made with, proposed or given.
    pub output_scale: OutputScale,
    /// The smallest margin of all cheats: beyond 1 the nearest cheat on the worst input is deviant.
    pub margin: Option<f64>,
    /// The proposed class.
    pub class: Class,
    /// Why it is pay-only.
    pub reasons: Vec<String>,
    /// What to know before this is relied on.
    pub warnings: Vec<String>,
}

/// A line of a table.
fn row(out: &mut String, cells: &[String]) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "| {} |", cells.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>().join(" | "));
}

fn header(out: &mut String, title: &str, cells: &[&str]) {
    let _ = writeln!(out, "\n{title}\n");
    row(out, &cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>());
    let _ = writeln!(out, "|{}", "---|".repeat(cells.len()));
}

/// A distance, to the hundredth: a component is a whole number, and a mean of sixteen has no more to say.
fn shown(distance: f64) -> String {
    format!("{distance:.2}")
}

impl Report {
    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        let (inputs, origin) = (self.inputs.names.len(), self.inputs.origin.describe());
        let _ = writeln!(out, "model {:?}, {} bytes", self.model.id, self.model.len);
        let _ = writeln!(out, "{inputs} inputs ({origin}), {} seeds for each", self.seeds);
        let _ = writeln!(out, "distances are means over the 16 components of a half, in 2^-16");
        for warning in &self.warnings {
            let _ = writeln!(out, "WARNING: {warning}");
        }
        self.devices(&mut out);
        self.distances(&mut out);
        self.proposal(&mut out);
        out
    }

    fn devices(&self, out: &mut String) {
        header(out, "Honest results", &["from", "driver", "class", ""]);
        for honest in &self.honest {
            let error = honest.error.as_ref().map(|error| format!("NO FIGURES: {error}")).unwrap_or_default();
            row(out, &[honest.name.clone(), honest.driver.clone(), honest.class.name().to_owned(), error]);
        }
        let columns = ["one", "other", "hidden median", "p99", "max", "output median", "p99", "max"];
        header(out, "How far they stand apart", &columns);
        let mut line = |one: &str, other: &str, spread: &Halves<Spread>| {
            let figures = [spread.hidden, spread.output].map(|half| [half.median, half.p99, half.max].map(shown));
            row(out, &[vec![one.to_owned(), other.to_owned()], figures.concat()].concat());
        };
        self.pairs.iter().for_each(|pair| line(&pair.one, &pair.other, &pair.spread));
        line("all", "", &self.spread);
    }

    fn distances(&self, out: &mut String) {
        let columns = ["cheat", "hidden min", "median", "output min", "median", "deviant", "margin"];
        header(out, "How far cheats stand from the nearest honest result", &columns);
        for tried in &self.cheats {
            let name = tried.cheat.describe().to_owned();
            let Some(exposure) = &tried.exposure else {
                let why = tried.skipped.clone().unwrap_or_default();
                row(out, &[name, why, String::new(), String::new(), String::new(), String::new(), String::new()]);
                continue;
            };
            let (hidden, output) = (exposure.nearest.hidden, exposure.nearest.output);
            let figures = [hidden.min, hidden.median, output.min, output.median].map(shown);
            let deviant = format!("{} of {}", exposure.deviant, exposure.results);
            let margin = exposure.margin.map_or("no digest".to_owned(), shown);
            row(out, &[vec![name], figures.to_vec(), vec![deviant, margin]].concat());
        }
    }

    fn proposal(&self, out: &mut String) {
        header(out, "Proposal", &["", ""]);
        let mut line = |name: &str, value: String| row(out, &[name.to_owned(), value]);
        let why = format!("at least the default, and {HEADROOM} times the largest honest distance");
        line("tolerance, hidden half", format!("{} ({why})", self.tolerance.hidden));
        line("tolerance, output half", format!("{} (the same)", self.tolerance.output));
        line("output scale", format!("{} ({} in Q16.16)", self.output_scale.decimal, self.output_scale.fixed));
        line("margin", self.margin.map_or("no cheat has a digest".to_owned(), |margin| format!("{margin:.2}, beyond 1 is deviant")));
        let class = match self.class {
            Class::Slashable => format!("slashable: at least {:.0} % of each cheat's results are deviant", CAUGHT * 100.0),
            Class::PayOnly => format!("PAY-ONLY: {}", self.reasons.join("; ")),
        };
        line("class", class);
        let Tolerance { hidden, output } = self.tolerance;
        let options = format!("--tolerance-hidden {hidden} --tolerance-output {output} --output-scale {}", self.output_scale.decimal);
        let _ = writeln!(out, "\nRegister it with these: hearth model add FILE --name NAME {options}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hearth_primitives::digest::Distance;

    fn report() -> Report {
        let spread = Halves::of([Distance { hidden: 8, output: 16 }]);
        let honest = |name: &str, error: Option<String>| Honest {
            name: name.into(),
            backend: "wgpu".into(),
            driver: "a|b".into(),
            class: BackendClass::SoftwareGpu,
            error,
        };
        let exposure = Exposure { nearest: spread, results: 2, deviant: 1, faults: 0, margin: Some(1.25) };
        Report {
            model: BlobRef::of(b"model"),
            inputs: InputSummary { origin: Origin::Synthetic, names: vec!["synthetic 0".into()] },
            seeds: 2,
            honest: vec![honest("flex", None), honest("broken", Some("it hung".into()))],
            backends: 1,
            pairs: vec![Pair { one: "flex".into(), other: "flex, summed backwards".into(), spread }],
            spread,
            cheats: vec![
                Tried { cheat: Cheat::F16Weights, exposure: Some(exposure), skipped: None },
                Tried { cheat: Cheat::Int8Weights, exposure: None, skipped: Some("exact".into()) },
            ],
            tolerance: Tolerance::default(),
            output_scale: OutputScale { fixed: 32_768, decimal: 0.5 },
            margin: Some(1.25),
            class: Class::PayOnly,
            reasons: vec!["f16 weights: 1 of 2".into()],
            warnings: vec!["one backend".into()],
        }
    }

    #[test]
    fn markdown_says_everything() {
        let text = report().markdown();
        for part in [
            "SYNTHETIC",
            "WARNING: one backend",
            "| broken | a\\|b | software_gpu | NO FIGURES: it hung |",
            "| flex | flex, summed backwards | 0.50 | 0.50 | 0.50 | 1.00 | 1.00 | 1.00 |",
            "| f16 weights | 0.50 | 0.50 | 1.00 | 1.00 | 1 of 2 | 1.25 |",
            "| int8 weights, per tensor | exact |  |  |  |  |  |",
            "PAY-ONLY: f16 weights: 1 of 2",
            "--tolerance-hidden 4 --tolerance-output 8 --output-scale 0.5",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        // Every line of a table has the columns of its header.
        let tables = text.split("\n\n").filter(|part| part.starts_with('|'));
        for table in tables {
            let columns: Vec<usize> = table.lines().map(|line| line.replace("\\|", "").matches('|').count()).collect();
            assert!(columns.windows(2).all(|pair| pair[0] == pair[1]), "{table}");
        }
    }

    #[test]
    fn json_has_names_that_programs_read() {
        let json = serde_json::to_value(report()).unwrap();
        assert_eq!(json["class"], "pay_only");
        assert_eq!(json["tolerance"]["hidden"], 4);
        assert_eq!(json["output_scale"]["fixed"], 32_768);
        assert_eq!(json["inputs"]["origin"], "synthetic");
        assert_eq!(json["cheats"][0]["cheat"], "f16_weights");
        assert_eq!(json["cheats"][0]["exposure"]["nearest"]["hidden"]["min"], 0.5);
        assert_eq!(json["pairs"][0]["spread"]["output"]["max"], 1.0);
    }
}
