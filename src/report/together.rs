//! Charts of several runs in one picture: over each other if each is a line, else side by side.

use super::chart::{Chart, Ink, Key, Line, Mark, Panel};
use super::labels::{NAME_MAX, fitting};

/// Maximum number of runs in one picture.
pub const RUNS_MAX: usize = 12;

/// Joins the charts of several runs.
pub fn together(charts: Vec<Chart>) -> Chart {
    let names: Vec<String> = charts.iter().map(|chart| chart.title.clone()).collect();
    let mut whole = match charts.iter().all(is_a_line) {
        true => over_each_other(charts),
        false => side_by_side(charts),
    };
    whole.title = names.join(" · ");
    whole
}

/// Whether a chart is one line, and nothing else that would collide with another chart's.
fn is_a_line(chart: &Chart) -> bool {
    let [panel] = &chart.panels[..] else { return false };
    let others = panel.bars.len() + panel.dots.len() + panel.bands.len() + panel.boxes.len();
    panel.lines.len() == 1 && others == 0 && panel.heat.is_none()
}

fn over_each_other(charts: Vec<Chart>) -> Chart {
    let mut whole = Chart::default();
    let mut panel = Panel::default();
    for (place, chart) in charts.into_iter().enumerate() {
        let ink = Ink::of(place);
        let name = fitting(&chart.title, NAME_MAX);
        for drawn in chart.panels {
            let lines = drawn.lines.iter().map(|line| Line { ink, ..line.clone() });
            let ranges = [(&mut panel.x, &drawn.x), (&mut panel.y, &drawn.y)];
            for (axis, other) in ranges {
                let range = wider(axis.range, other.range);
                *axis = other.clone();
                axis.range = range;
            }
            // Statements about one run do not hold for all.
            panel.title = drawn.title.split(':').next().unwrap_or("").to_owned();
            panel.lines.extend(lines.map(|line| Line { name: (place + 1).to_string(), ..line }));
        }
        whole.legend.push(Key { name: format!("{}: {name}", place + 1), ink, mark: Mark::Line });
        whole.caption.extend(chart.caption);
    }
    whole.panels.push(panel);
    whole
}

fn side_by_side(charts: Vec<Chart>) -> Chart {
    let mut whole = Chart::default();
    for chart in charts {
        let name = fitting(&chart.title, NAME_MAX);
        for mut panel in chart.panels {
            panel.title = match panel.title.is_empty() {
                true => name.clone(),
                false => format!("{name}: {}", panel.title),
            };
            whole.panels.push(panel);
        }
        for key in chart.legend {
            if whole.legend.iter().all(|known| known.name != key.name) {
                whole.legend.push(key);
            }
        }
        whole.caption.extend(chart.caption);
    }
    // What is compared has the same axes.
    for place in 0..whole.panels.len() {
        let (x, y) = (&whole.panels[place].x.label, &whole.panels[place].y.label);
        let alike = |panel: &&Panel| panel.x.label == *x && panel.y.label == *y;
        let same = || whole.panels.iter().filter(alike);
        let x = same().map(|panel| panel.x.range).reduce(wider).flatten();
        let y = same().map(Panel::heights).reduce(wider).flatten();
        let panel = &mut whole.panels[place];
        panel.x.range = x;
        panel.y.range = y.filter(|_| panel.y.categories.is_none()).or(panel.y.range);
    }
    whole
}

/// Returns the range that has both; `None` if one is missing.
fn wider(a: Option<(f64, f64)>, b: Option<(f64, f64)>) -> Option<(f64, f64)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    }
}

impl Panel {
    /// Returns the range of the y axis, with a little room above if it follows from the values.
    fn heights(&self) -> Option<(f64, f64)> {
        if self.y.range.is_some() {
            return self.y.range;
        }
        let lines = self.lines.iter().flat_map(|line| &line.points).map(|point| point.1);
        let bars = self.bars.iter().flat_map(|bars| &bars.bars).map(|bar| bar.2);
        let all = lines.chain(bars);
        let (low, high) = (all.clone().reduce(f64::min)?, all.reduce(f64::max)?);
        let low = if self.y.from_zero { low.min(0.0) } else { low };
        (high > low).then_some((low, high + (high - low) * 0.05))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(title: &str, lines: usize, high: f64) -> Chart {
        let line = |place| Line {
            ink: Ink::of(place),
            name: String::new(),
            points: vec![(0.0, 0.0), (1.0, high)],
            steps: false,
            dots: false,
        };
        let panel = Panel { lines: (0..lines).map(line).collect(), ..Panel::default() };
        Chart { title: title.to_owned(), panels: vec![panel], ..Chart::default() }
    }

    #[test]
    fn single_lines_lie_over_each_other_and_others_stand_side_by_side() {
        let whole = together(vec![chart("a", 1, 1.0), chart("b", 1, 2.0)]);
        assert_eq!((whole.panels.len(), whole.panels[0].lines.len()), (1, 2));
        assert_eq!(whole.legend[1].name, "2: b");
        let whole = together(vec![chart("a", 2, 1.0), chart("b", 2, 2.0)]);
        assert_eq!((whole.title.as_str(), whole.panels.len()), ("a · b", 2));
        assert_eq!(whole.panels[0].y.range, whole.panels[1].y.range);
    }
}
