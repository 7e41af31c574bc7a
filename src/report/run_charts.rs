//! Charts of a run: clocks, queues, drift and jumps.

use super::chart::{Axis, Bars, Chart, Ink, Key, Line, Mark, Panel, Shade};
use super::labels::{NAME_MAX, fitting};
use super::run_series::RunSeries;

/// A chart of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunChart {
    /// All of the others.
    All,
    /// Clocks over time, with a line per machine.
    Clocks,
    /// Queue lengths over time, with a line per machine.
    Queues,
    /// Drift over time: largest minus smallest clock.
    Drift,
    /// Distribution of the differences of consecutive clocks.
    Jumps,
}

/// Draws a run; `name` identifies it.
pub fn draw_run(run: &RunSeries, name: &str, kind: RunChart) -> Chart {
    let panels = match kind {
        RunChart::All => vec![clocks(run), queues(run), drift(run), jumps(run)],
        RunChart::Clocks => vec![clocks(run)],
        RunChart::Queues => vec![queues(run)],
        RunChart::Drift => vec![drift(run)],
        RunChart::Jumps => vec![jumps(run)],
    };
    let (drawn, all) = (run.machines.len(), run.machines_in_trace);
    let mut title = fitting(name, NAME_MAX);
    if drawn < all && kind != RunChart::Drift {
        title += &format!(": {drawn} of {all} machines (slowest, median, fastest)");
    }
    let mark = if kind == RunChart::Jumps { Mark::Bar } else { Mark::Line };
    let key = |(place, machine): (usize, &super::MachineSeries)| Key {
        name: format!("machine {}", machine.number),
        ink: Ink::of(place),
        mark,
    };
    let mut legend: Vec<Key> = match kind {
        RunChart::Drift => Vec::new(),
        _ => run.machines.iter().enumerate().map(key).collect(),
    };
    if kind != RunChart::Jumps && !run.faults.is_empty() {
        legend.push(Key { name: "partition".to_owned(), ink: PARTITION, mark: Mark::Shade });
    }
    Chart { title, panels, legend, caption: Vec::new() }
}

/// Colour of partitions.
const PARTITION: Ink = Ink::of(10);

/// Returns the times of partitions as areas over the whole height.
fn shades(run: &RunSeries) -> Vec<Shade> {
    let shade = |fault: &super::FaultWindow| Shade {
        ink: PARTITION,
        from: fault.from_s,
        to: fault.until_s,
        name: fault.kind.clone(),
        lane: (0, 1),
    };
    run.faults.iter().map(shade).collect()
}

fn seconds(run: &RunSeries) -> Axis {
    let range = Some((0.0, if run.end_s > 0.0 { run.end_s } else { 1.0 }));
    Axis { label: "time (seconds)".to_owned(), range, ..Axis::default() }
}

fn from_zero(label: &str) -> Axis {
    Axis { label: label.to_owned(), from_zero: true, ..Axis::default() }
}

fn clocks(run: &RunSeries) -> Panel {
    let line = |(place, machine): (usize, &super::MachineSeries)| Line {
        ink: Ink::of(place),
        name: machine.number.to_string(),
        points: machine.clocks.clone(),
        steps: true,
        dots: false,
    };
    Panel {
        title: "Logical clocks".to_owned(),
        x: seconds(run),
        shades: shades(run),
        y: from_zero("clock (clock units)"),
        lines: run.machines.iter().enumerate().map(line).collect(),
        ..Panel::default()
    }
}

fn queues(run: &RunSeries) -> Panel {
    let line = |(place, machine): (usize, &super::MachineSeries)| Line {
        ink: Ink::of(place),
        name: machine.number.to_string(),
        points: machine.queues.clone(),
        steps: true,
        dots: false,
    };
    Panel {
        title: "Messages that wait".to_owned(),
        x: seconds(run),
        shades: shades(run),
        y: from_zero("queue length (messages)"),
        lines: run.machines.iter().enumerate().map(line).collect(),
        ..Panel::default()
    }
}

fn drift(run: &RunSeries) -> Panel {
    let line = Line {
        ink: Ink::BLACK,
        name: String::new(),
        points: run.drift.clone(),
        steps: true,
        dots: false,
    };
    Panel {
        title: "Drift: largest minus smallest clock, each second".to_owned(),
        x: seconds(run),
        shades: shades(run),
        y: from_zero("drift (clock units)"),
        lines: vec![line],
        ..Panel::default()
    }
}

/// Maximum number of histogram bins.
const GROUPS_MAX: i128 = 30;

/// Draws how often each machine's clock advanced by how much, as shares of its steps, so that
/// machines of different speed compare.
fn jumps(run: &RunSeries) -> Panel {
    let all = || run.machines.iter().flat_map(|machine| machine.jumps.keys().copied());
    let (least, most) = (all().min().unwrap_or(1), all().max().unwrap_or(1));
    let width = (most - least) / GROUPS_MAX + 1;
    let bars = |(place, machine): (usize, &super::MachineSeries)| {
        let steps: u64 = machine.jumps.values().sum();
        let mut groups = std::collections::BTreeMap::<i128, u64>::new();
        for (jump, count) in &machine.jumps {
            *groups.entry((jump - least) / width).or_default() += count;
        }
        // Within a bin, the bars of the machines are side by side.
        let bar = 0.8 * width as f64 / run.machines.len() as f64;
        let of_group = |(group, count): (i128, u64)| {
            let start = (least + group * width) as f64 - 0.5 + 0.1 * width as f64;
            let from = start + place as f64 * bar;
            (from, from + bar, 100.0 * count as f64 / steps as f64)
        };
        Bars { ink: Ink::of(place), bars: groups.into_iter().map(of_group).collect() }
    };
    let mut bars: Vec<Bars> = run.machines.iter().enumerate().map(bars).collect();
    bars.retain(|bars| !bars.bars.is_empty());
    if bars.is_empty() {
        // The library needs at least one bar to draw axes around.
        bars.push(Bars { ink: Ink::BLACK, bars: vec![(0.6, 1.4, 0.0)] });
    }
    let label = match width {
        1 => "difference of consecutive clocks (clock units)".to_owned(),
        _ => format!("difference of consecutive clocks (clock units, in groups of {width})"),
    };
    Panel {
        title: "Jumps of the clocks".to_owned(),
        x: Axis {
            label,
            range: Some((least as f64 - 1.0, (most + width) as f64)),
            step: Some(step_of_jumps(most + width - least) as f64),
            ..Axis::default()
        },
        y: from_zero("share of the machine's events (%)"),
        bars,
        ..Panel::default()
    }
}

/// Returns a round tick step for a range of whole numbers, such that there are at most a dozen
/// ticks.
fn step_of_jumps(range: i128) -> i128 {
    let mut step = 1_i128;
    for factor in [2, 5, 2].into_iter().cycle() {
        if range / step <= 12 {
            break;
        }
        step = match factor {
            5 => step / 2 * 5,
            factor => step * factor,
        };
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        for (range, step) in [(1, 1), (12, 1), (13, 2), (30, 5), (100, 10), (500, 50), (2000, 200)]
        {
            assert_eq!(step_of_jumps(range), step, "{range}");
        }
    }
}
