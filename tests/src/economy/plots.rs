//! The drawings of a simulation, as SVG.

use super::{
    report::Row,
    self_dealing::{Trial, STRATEGIES},
    world::Outcome,
};
use crate::Error;
use plotters::{coord::Shift, prelude::*};
use std::{ops::Range, path::Path};

/// The files that [`write`] makes.
pub const NAMES: [&str; 6] = ["supply.svg", "inflation.svg", "income.svg", "gini.svg", "attack.svg", "self_dealing.svg"];

/// Of one chart, in pixels.
const SIZE: (u32, u32) = (900, 560);

/// Told apart by most people who see colours differently: Okabe and Ito's.
const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(0, 0, 0),
];

/// How an axis is divided.
#[derive(Clone, Copy, PartialEq)]
enum Scale {
    Linear,
    Log,
}

struct Line {
    name: String,
    points: Vec<(f64, f64)>,
}

struct Chart {
    title: &'static str,
    x: &'static str,
    y: &'static str,
    scales: [Scale; 2],
    legend: SeriesLabelPosition,
    lines: Vec<Line>,
}

/// Draws everything into a folder.
pub fn write(outcome: &Outcome, folder: &Path) -> Result<(), Error> {
    let drawings = [
        vec![supply(&outcome.rows)],
        vec![inflation(&outcome.rows)],
        vec![income(&outcome.rows)],
        vec![gini(&outcome.rows)],
        vec![attack(&outcome.rows), replicas(outcome)],
        vec![self_dealing(&outcome.trials)],
    ];
    for (name, charts) in NAMES.into_iter().zip(&drawings) {
        let path = folder.join(name);
        let size = (SIZE.0 * charts.len() as u32, SIZE.1);
        let root = SVGBackend::new(&path, size).into_drawing_area();
        root.fill(&WHITE)?;
        for (area, chart) in root.split_evenly((1, charts.len())).iter().zip(charts) {
            draw(area, chart)?;
        }
        root.present().map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(())
}

/// A line over the years.
fn line(rows: &[Row], name: &str, value: impl Fn(&Row) -> f64) -> Line {
    Line { name: name.to_string(), points: rows.iter().map(|row| (row.years, value(row))).collect() }
}

/// A chart over the years.
fn over_years(title: &'static str, y: &'static str, scale: Scale, lines: Vec<Line>) -> Chart {
    Chart { title, x: "years since genesis", y, scales: [Scale::Linear, scale], legend: SeriesLabelPosition::UpperLeft, lines }
}

fn supply(rows: &[Row]) -> Chart {
    let lines = vec![
        line(rows, "supply", |row| row.supply),
        line(rows, "staked", |row| row.staked_share * row.supply),
        line(rows, "minted since genesis", |row| row.minted),
    ];
    Chart { legend: SeriesLabelPosition::MiddleRight, ..over_years("Supply", "HRT", Scale::Linear, lines) }
}

fn inflation(rows: &[Row]) -> Chart {
    let lines = vec![
        line(rows, "minting", |row| 100.0 * row.inflation),
        line(rows, "minting less what is burned", |row| 100.0 * row.net_inflation),
        line(rows, "staking yield", |row| 100.0 * row.staking_yield),
    ];
    Chart { legend: SeriesLabelPosition::UpperRight, ..over_years("Inflation and staking yield", "% a year", Scale::Linear, lines) }
}

fn income(rows: &[Row]) -> Chart {
    let lines = vec![
        line(rows, "validators and nominators", |row| row.income_stakers),
        line(rows, "providers, from pools", |row| row.income_providers_pool),
        line(rows, "providers, from jobs", |row| row.income_providers_jobs),
        line(rows, "treasury", |row| row.income_treasury),
        line(rows, "burned", |row| row.burned),
    ];
    Chart { legend: SeriesLabelPosition::LowerRight, ..over_years("Who gets how much", "HRT a week (logarithmic)", Scale::Log, lines) }
}

fn gini(rows: &[Row]) -> Chart {
    let lines = vec![
        line(rows, "what providers earn in a week", |row| row.gini_provider_income),
        line(rows, "what providers and stakers hold", |row| row.gini_holdings),
    ];
    Chart {
        legend: SeriesLabelPosition::LowerRight,
        ..over_years("Inequality", "Gini coefficient (0 equal, 1 one has all)", Scale::Linear, lines)
    }
}

fn attack(rows: &[Row]) -> Chart {
    let lines = vec![
        line(rows, "a third of the stake, at the price of HRT", |row| row.attack_consensus),
        line(rows, "both replicas of a tenth of a model's jobs", |row| row.attack_replicas),
        line(rows, "the same with a newcomer in the kept place", |row| row.attack_replicas_with_newcomer),
    ];
    Chart { legend: SeriesLabelPosition::MiddleRight, ..over_years("What attacks cost", "$ (logarithmic)", Scale::Log, lines) }
}

fn replicas(outcome: &Outcome) -> Chart {
    let odds = &outcome.summary.both_replicas;
    let points = |value: fn(&super::attack::Odds) -> f64| odds.iter().map(|odds| (odds.share, value(odds))).collect();
    let lines = vec![
        Line { name: "the square of the share".to_string(), points: points(|odds| odds.expected) },
        Line { name: "as drawn".to_string(), points: points(|odds| odds.drawn) },
        Line { name: "as drawn, with the only newcomer".to_string(), points: points(|odds| odds.drawn_with_newcomer) },
    ];
    Chart {
        title: "Both replicas of a job, at the end",
        x: "the attacker's part of the trusted slots that offer the model",
        y: "probability",
        scales: [Scale::Linear; 2],
        legend: SeriesLabelPosition::UpperLeft,
        lines,
    }
}

fn self_dealing(trials: &[Trial]) -> Chart {
    let fees = |trial: &Trial| trial.row().fee_paid;
    let of = |name: &str| {
        let tried = trials.iter().filter(|trial| trial.strategy.name == name);
        let mut points: Vec<_> = tried.map(|trial| (fees(trial), 100.0 * trial.net_per_fee())).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    };
    // Alone and as seven they fare as two do; beside a stranger they lose the stranger's price as well, far below the drawing.
    let shown = [STRATEGIES[2], STRATEGIES[4], STRATEGIES[5]];
    let mut lines: Vec<_> = shown.iter().map(|shown| Line { name: shown.name.to_string(), points: of(shown.name) }).collect();
    let even = of(shown[0].name).into_iter().map(|(fee, _)| (fee, 0.0)).collect();
    lines.push(Line { name: "break even".to_string(), points: even });
    Chart {
        title: "Trading with oneself, at prices from the lowest to a thousand times that",
        x: "fees paid in an era, HRT (logarithmic)",
        y: "won, % of the fees",
        scales: [Scale::Log, Scale::Linear],
        legend: SeriesLabelPosition::LowerLeft,
        lines,
    }
}

/// Where a value stands on its axis.
fn place(scale: Scale, value: f64) -> f64 {
    if scale == Scale::Log {
        value.log10()
    } else {
        value
    }
}

impl Chart {
    /// A line's points as they stand on the axes; those that a logarithmic axis cannot show are left out.
    fn placed<'a>(&self, line: &'a Line) -> impl Iterator<Item = (f64, f64)> + 'a {
        let [x, y] = self.scales;
        line.points.iter().map(move |point| (place(x, point.0), place(y, point.1))).filter(|(x, y)| x.is_finite() && y.is_finite())
    }

    /// The ranges of both axes. A linear y-axis shows zero.
    fn ranges(&self) -> [Range<f64>; 2] {
        let points: Vec<_> = self.lines.iter().flat_map(|line| self.placed(line)).collect();
        let around = |values: &mut dyn Iterator<Item = f64>| {
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
        };
        let (left, right) = around(&mut points.iter().map(|point| point.0));
        let (low, high) = around(&mut points.iter().map(|point| point.1));
        let (low, high) = if self.scales[1] == Scale::Linear { (low.min(0.0), high.max(0.0)) } else { (low, high) };
        let margin = 0.05 * (high - low).max(1e-9);
        let below = if low == 0.0 { 0.0 } else { margin };
        [drawable(left..right), drawable(low - below..high + margin)]
    }
}

/// A range that can be drawn, whatever there was to draw.
fn drawable(range: Range<f64>) -> Range<f64> {
    if range.start.is_finite() && range.end - range.start > 1e-12 {
        range
    } else if range.start.is_finite() {
        range.start..range.start + 1.0
    } else {
        0.0..1.0
    }
}

fn draw(area: &DrawingArea<SVGBackend<'_>, Shift>, chart: &Chart) -> Result<(), Error> {
    let [x, y] = chart.ranges();
    let mut context = ChartBuilder::on(area)
        .caption(chart.title, ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(52)
        .y_label_area_size(84)
        .build_cartesian_2d(x, y)?;
    let [x_scale, y_scale] = chart.scales;
    let x_label = move |value: &f64| label(x_scale, *value);
    let y_label = move |value: &f64| label(y_scale, *value);
    context
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc(chart.x)
        .y_desc(chart.y)
        .x_label_formatter(&x_label)
        .y_label_formatter(&y_label)
        .set_all_tick_mark_size(5)
        .label_style(("sans-serif", 14))
        .axis_desc_style(("sans-serif", 15))
        .draw()?;
    for (line, colour) in chart.lines.iter().zip(COLOURS.iter().cycle()) {
        let style = colour.stroke_width(2);
        context
            .draw_series(LineSeries::new(chart.placed(line), style))?
            .label(line.name.as_str())
            .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 22, y)], style));
    }
    context
        .configure_series_labels()
        .position(chart.legend.clone())
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.3))
        .label_font(("sans-serif", 14))
        .draw()?;
    Ok(())
}

/// What stands beside a tick.
fn label(scale: Scale, value: f64) -> String {
    let value = if scale == Scale::Log { 10f64.powf(value) } else { value };
    let units = [(1e9, " bn"), (1e6, " M"), (1e3, " k")];
    let (size, unit) = units.into_iter().find(|(size, _)| value.abs() >= 0.999 * size).unwrap_or((1.0, ""));
    let number = value / size;
    // Three digits are enough for a tick.
    let decimals = if number == 0.0 { 0 } else { (2 - number.abs().log10().floor() as i32).clamp(0, 6) as usize };
    let text = format!("{number:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text.as_str() };
    format!("{text}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_is_short() {
        let linear = [0.0, 0.25, 2.0, 10.0, 1_000.0, 1_250_000.0, -50.0].map(|value| label(Scale::Linear, value));
        assert_eq!(linear, ["0", "0.25", "2", "10", "1 k", "1.25 M", "-50"]);
        assert_eq!([-2.0, 0.0, 3.0].map(|value| label(Scale::Log, value)), ["0.01", "1", "1 k"]);
    }

    #[test]
    fn drawable_mends_what_cannot_be_drawn() {
        assert_eq!(drawable(1.0..2.0), 1.0..2.0);
        assert_eq!(drawable(3.0..3.0), 3.0..4.0);
        assert_eq!(drawable(f64::INFINITY..f64::NEG_INFINITY), 0.0..1.0);
    }
}
