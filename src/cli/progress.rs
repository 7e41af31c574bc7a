//! Progress of what takes longer than a second: a bar on a terminal, a line a minute where there is
//! none, and lines of JSON for programs.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::output::{Format, Output};

/// How far a command is, reported on the error stream. What is shown ends with the value.
pub(super) struct Progress {
    shown: Shown,
    clock: Clock,
    /// Seconds at which it is shown next.
    next: f64,
    /// How much there is to do.
    total: u64,
    /// How much was done before.
    begin: u64,
}

enum Shown {
    Nothing,
    Bar(ProgressBar),
    /// Lines, with the seconds between them.
    Lines(f64),
    /// Lines of JSON, with the seconds between them.
    Json(f64),
}

/// Seconds before anything is shown.
const PATIENCE: f64 = 1.0;
/// Seconds between two states of a bar.
const BAR: f64 = 0.1;

impl Progress {
    /// Begins to watch over this number of units of work, of which `begin` are done already.
    pub(super) fn new(output: Output, begin: u64, total: u64) -> Progress {
        let shown = match output.format {
            _ if output.quiet => Shown::Nothing,
            Format::Json => Shown::Json(1.0),
            _ if io::stderr().is_terminal() => Shown::Bar(bar(total)),
            _ => Shown::Lines(60.0),
        };
        let next = match shown {
            Shown::Lines(seconds) => seconds,
            _ => PATIENCE,
        };
        Progress { shown, clock: Clock::start(), next, total, begin }
    }

    /// Whether it is time to show something; asking costs little.
    pub(super) fn is_due(&self) -> bool {
        !matches!(self.shown, Shown::Nothing) && self.clock.seconds() >= self.next
    }

    /// Shows how much is done if it is time, with words about it.
    pub(super) fn show(&mut self, done: u64, words: impl FnOnce(f64) -> String) {
        if !self.is_due() {
            return;
        }
        let seconds = self.clock.seconds();
        let share = (done.saturating_sub(self.begin)) as f64;
        let left = (share > 0.0).then(|| self.total.saturating_sub(done) as f64 * seconds / share);
        let (words, percent) = (words(seconds), 100.0 * done as f64 / self.total.max(1) as f64);
        let in_words = left.map_or(String::new(), |left| format!(", {} left", time(left)));
        let mut err = anstream::stderr();
        self.next = seconds;
        match &self.shown {
            Shown::Nothing => {}
            Shown::Bar(bar) => {
                bar.set_position(done.min(self.total));
                bar.set_message(format!("{words}{in_words}"));
                bar.tick();
                self.next += BAR;
            }
            Shown::Lines(pause) => {
                self.next += pause;
                let _ = writeln!(err, "{percent:.0} %: {words}{in_words}");
            }
            Shown::Json(pause) => {
                self.next += pause;
                let value = json!({
                    "done": done,
                    "total": self.total,
                    "seconds": seconds,
                    "seconds_left": left,
                    "text": words,
                });
                let _ = writeln!(err, "{}", json!({ "progress": value }));
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}

/// Returns a bar that is drawn only when it is told to.
fn bar(total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(20));
    let style = ProgressStyle::with_template("{bar:20} {percent:>3} %  {wide_msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

/// Formats seconds as people say them.
fn time(seconds: f64) -> String {
    let whole = seconds.ceil() as u64;
    match (whole / 3_600, whole / 60 % 60, whole % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

/// Time since the start.
struct Clock(#[expect(clippy::disallowed_types, reason = "for progress")] std::time::Instant);

impl Clock {
    #[expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "for progress")]
    fn start() -> Clock {
        Clock(std::time::Instant::now())
    }

    fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_as_people_say_them() {
        assert_eq!(time(0.2), "1 s");
        assert_eq!(time(61.0), "1 min 1 s");
        assert_eq!(time(7_384.0), "2 h 3 min");
    }
}
