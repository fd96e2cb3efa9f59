//! Results on stdout, as text or as one JSON value; progress on stderr, moving on a terminal and line by line elsewhere.

use crate::error::{Context, Result};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::{
    io::{IsTerminal, Write},
    time::Duration,
};

/// How results are printed.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// As one JSON value.
    pub json: bool,
}

impl Output {
    /// Prints a command's result: `value` as JSON, or what `text` makes of it.
    pub fn print<T: Serialize>(&self, value: &T, text: impl FnOnce(&T) -> String) -> Result<()> {
        let mut result = if self.json { serde_json::to_string_pretty(value).context("cannot write JSON")? } else { text(value) };
        result.truncate(result.trim_end().len());
        // A reader that closes early (`hearth ... | head -1`) has what it wanted.
        let _ = writeln!(std::io::stdout(), "{result}");
        Ok(())
    }
}

/// A line on stderr.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// What goes on, on stderr.
pub struct Progress {
    bar: ProgressBar,
    moving: bool,
    last: String,
}

impl Progress {
    /// Of steps without a measure.
    pub fn spinner() -> Self {
        let bar = Self::bar(None, "{spinner} {wide_msg}");
        bar.enable_steady_tick(Duration::from_millis(120));
        Self::new(bar)
    }

    /// Of `total` bytes.
    pub fn of_bytes(total: u64, what: &str) -> Self {
        let bar = Self::bar(Some(total), "{msg} {bar:30} {bytes}/{total_bytes} {bytes_per_sec}");
        let mut progress = Self::new(bar);
        progress.say(what);
        progress
    }

    fn new(bar: ProgressBar) -> Self {
        Self { bar, moving: std::io::stderr().is_terminal(), last: String::new() }
    }

    fn bar(len: Option<u64>, template: &str) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(len, ProgressDrawTarget::stderr());
        bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
    }

    /// What goes on now; the same words again print nothing.
    pub fn say(&mut self, text: &str) {
        if self.last == text {
            return;
        }
        self.last = text.to_string();
        if self.moving {
            self.bar.set_message(text.to_string());
        } else {
            line(text);
        }
    }

    /// A line that stays.
    pub fn keep(&self, text: &str) {
        if self.moving {
            self.bar.suspend(|| line(text));
        } else {
            line(text);
        }
    }

    /// So many bytes are done.
    pub fn at(&self, done: u64) {
        self.bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Lines of "name  value" with the values under each other.
pub fn table(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    rows.iter().map(|(name, value)| format!("{name:width$}  {value}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_aligns_values() {
        let rows = [("id", "1".to_string()), ("status", "active".to_string())];
        assert_eq!(table(&rows), "id      1\nstatus  active\n");
        assert_eq!(table(&[]), "");
    }
}
