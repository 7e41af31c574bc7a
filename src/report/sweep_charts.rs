//! Charts of a sweep: the mean of a measure over one axis, with its 95 % interval and the
//! prediction of theory; or over two axes as a heat map.

use std::collections::{BTreeMap, BTreeSet};

use super::chart::{Axis, Chart, Heat, Ink, Key, Mark, Panel};
use super::labels::{NAME_MAX, fitting};
use super::sweep_axes::{FreeAxis, Layout};
use super::sweep_lines::add_line;
use super::sweep_table::{Owner, SweepError, SweepRow, SweepTable};
use super::swept_values::{SweptValues, unquoted};
use super::units::{measure_label, measure_meaning, measure_words};

/// Measure that is drawn by default.
pub const DEFAULT_MEASURE: &str = "clock_ratio_to_fastest";

/// Options of a chart of a sweep.
#[derive(Clone, Debug, Default)]
pub struct SweepRequest {
    /// Owner of the measure: a machine's number, `run`, or `all`. By default, all machines that
    /// have the measure.
    pub machine: Option<String>,
    /// Key on the x axis. By default, the first that is not fixed.
    pub x: Option<String>,
    /// Keys that are fixed, with their values.
    pub at: Vec<(String, String)>,
    /// Whether to draw a heat map over two axes.
    pub heat: bool,
}

/// Maximum number of lines for the values of further axes.
const VALUES_MAX: usize = 8;

/// Maximum number of lines in total.
const LINES_MAX: usize = 12;

/// Draws a sweep; `name` is that of the config.
///
/// # Errors
/// If the sweep does not have what is requested, or the picture would not be readable.
pub fn draw_sweep(
    table: &SweepTable,
    name: &str,
    request: &SweepRequest,
) -> Result<Chart, SweepError> {
    let mut view = View::new(table);
    view.choose_owners(request.machine.as_deref())?;
    for (key, value) in &request.at {
        view.fix(key, value)?;
    }
    let x = view.axis_to_the_right(request.x.as_deref())?;
    match request.heat {
        true => view.heat(name, x),
        false => view.lines(name, x),
    }
}

/// The rows that are drawn, and the free axes.
struct View<'a> {
    table: &'a SweepTable,
    rows: Vec<&'a SweepRow>,
    /// The points that are drawn, including those at which a line has no row.
    points: Vec<&'a [String]>,
    axes: Vec<FreeAxis<'a>>,
    /// Fixed keys and their values, for the title.
    fixed: Vec<String>,
}

/// Identifies the line of a row: positions on the further axes, then the owner.
type LineKey = (Vec<usize>, Owner);

impl<'a> View<'a> {
    fn new(table: &'a SweepTable) -> View<'a> {
        let mut start = 0;
        let axes = table.axes.iter().map(|keys| {
            let axis = FreeAxis { keys, start };
            start += keys.len();
            axis
        });
        View {
            table,
            axes: axes.collect(),
            rows: table.rows.iter().collect(),
            points: table.points.iter().map(Vec::as_slice).collect(),
            fixed: Vec::new(),
        }
    }

    fn choose_owners(&mut self, asked: Option<&str>) -> Result<(), SweepError> {
        let owners = self.table.owners();
        let machines = owners.iter().any(|owner| *owner != Owner::Run);
        let asked = match asked {
            None | Some("all") if machines => {
                self.rows.retain(|row| row.owner != Owner::Run);
                return Ok(());
            }
            None | Some("all") => "run",
            Some(asked) => asked,
        };
        let known: Vec<String> = owners.iter().map(Owner::to_string).collect();
        if !known.iter().any(|known| known == asked) {
            let what = format!("machine `{asked}` with the measure {}", self.table.measure);
            return Err(SweepError::unknown(&what, asked, &known));
        }
        self.rows.retain(|row| row.owner.to_string() == asked);
        Ok(())
    }

    /// Finds a key: the index of its free axis, and its index there.
    fn find(&self, flag: &str, key: &str) -> Result<(usize, usize), SweepError> {
        let place = |(number, axis): (usize, &FreeAxis<'_>)| {
            Some((number, axis.keys.iter().position(|known| known == key)?))
        };
        let found = self.axes.iter().enumerate().find_map(place);
        found.ok_or_else(|| match self.table.keys().iter().any(|known| known == key) {
            true => SweepError::Request(format!("{flag} {key}: another --at fixes it already")),
            false => SweepError::unknown(&format!("swept key `{key}`"), key, &self.table.keys()),
        })
    }

    fn fix(&mut self, key: &str, value: &str) -> Result<(), SweepError> {
        let (axis, number) = self.find("--at", key)?;
        let column = self.axes[axis].start + number;
        let values = SweptValues::of(self.rows.iter().map(|row| row.values[column].as_str()));
        let Some(meant) = values.meant(value) else {
            return Err(SweepError::unknown(&format!("{key} = `{value}`"), value, &values.names()));
        };
        self.rows.retain(|row| row.values[column] == meant);
        self.points.retain(|point| point[column] == meant);
        self.fixed.push(format!("{key} = {}", unquoted(meant)));
        self.axes.remove(axis);
        Ok(())
    }

    fn axis_to_the_right(&self, asked: Option<&str>) -> Result<(usize, usize), SweepError> {
        match asked {
            Some(key) => self.find("--x", key),
            None if self.axes.is_empty() => {
                let hint = "there is no axis to draw over: the sweep has none, or --at fixes all"
                    .to_owned();
                Err(SweepError::Request(hint))
            }
            None => Ok((0, 0)),
        }
    }

    /// Returns the title: config, measure, and fixed keys.
    fn title(&self, name: &str, more: &[String]) -> String {
        let mut parts =
            vec![format!("{}: {}", fitting(name, NAME_MAX), measure_words(&self.table.measure))];
        if let [Owner::Machine(number)] = self.owners()[..] {
            parts.push(format!("machine {number}"));
        }
        parts.extend(self.fixed.iter().cloned());
        parts.extend(more.iter().cloned());
        parts.join(", ")
    }

    /// Returns the owners of the drawn measures.
    fn owners(&self) -> Vec<Owner> {
        let owners: BTreeSet<Owner> = self.rows.iter().map(|row| row.owner).collect();
        owners.into_iter().collect()
    }

    /// Returns the number of runs behind each mean, in words.
    fn of_runs(&self) -> String {
        let runs = || self.rows.iter().map(|row| row.runs);
        match (runs().min().unwrap_or(0), runs().max().unwrap_or(0)) {
            (1, 1) => "one run".to_owned(),
            (least, most) if least == most => format!("mean of {most} runs"),
            (least, most) => format!("mean of {least} to {most} runs"),
        }
    }

    /// Returns the meaning of the values.
    fn subtitle(&self) -> String {
        match measure_meaning(&self.table.measure) {
            Some(meaning) => format!("{meaning}; {}", self.of_runs()),
            None => self.of_runs(),
        }
    }

    fn heat(&self, name: &str, x: (usize, usize)) -> Result<Chart, SweepError> {
        let request = |what: String| Err(SweepError::Request(what));
        let owners = self.owners();
        if owners.len() != 1 {
            let names: Vec<String> = owners.iter().map(Owner::to_string).collect();
            let names = names.join(", ");
            return request(format!("--heat draws one machine: say --machine, of {names}"));
        }
        if self.axes.len() != 2 {
            let free = self.axes.len();
            return request(format!(
                "--heat draws two axes, and here are {free}: fix others with --at KEY=VALUE"
            ));
        }
        let across = Layout::of(self.axes[x.0], x.1, self.points.iter().copied());
        let up = Layout::of(self.axes[1 - x.0], 0, self.points.iter().copied());
        let mut rows = vec![vec![f64::NAN; across.values.values.len()]; up.values.values.len()];
        let at = |layout: &Layout<'_>, row: &SweepRow| {
            let place = layout.place(row);
            layout.values.values.iter().position(|(_, other)| *other == place)
        };
        for row in &self.rows {
            if let (Some(x), Some(y), Some(mean)) = (at(&across, row), at(&up, row), row.mean) {
                rows[y][x] = mean;
            }
        }
        if rows.iter().flatten().all(|value| value.is_nan()) {
            return Err(self.no_values());
        }
        let categories = |layout: &Layout<'_>| Axis {
            label: layout.label(),
            categories: Some(layout.values.names()),
            ..Axis::default()
        };
        let panel = Panel {
            title: format!("{}, {}", measure_label(&self.table.measure), self.of_runs()),
            x: categories(&across),
            y: categories(&up),
            heat: Some(Heat { rows }),
            ..Panel::default()
        };
        Ok(Chart { title: self.title(name, &[]), panels: vec![panel], ..Chart::default() })
    }

    fn no_values(&self) -> SweepError {
        SweepError::Unknown(format!("{} has no value at any of these points", self.table.measure))
    }

    fn lines(&self, name: &str, x: (usize, usize)) -> Result<Chart, SweepError> {
        let across = Layout::of(self.axes[x.0], x.1, self.points.iter().copied());
        let further: Vec<Layout<'_>> = self
            .axes
            .iter()
            .enumerate()
            .filter(|(number, _)| *number != x.0)
            .map(|(_, axis)| Layout::of(*axis, 0, self.points.iter().copied()))
            .collect();
        let mut lines = self.rows_of_lines(&further);
        let note = self.readable(&mut lines, &further)?;
        let mut panel = Panel {
            title: self.subtitle(),
            x: across.axis(),
            y: Axis {
                label: measure_label(&self.table.measure),
                range: self.table.measure.ends_with("_share").then_some((0.0, 1.05)),
                ..Axis::default()
            },
            ..Panel::default()
        };
        let mut legend = Vec::new();
        let whose = self.owners().len() > 1;
        for (place, ((_, owner), rows)) in lines.iter_mut().enumerate() {
            rows.sort_by(|a, b| across.place(a).total_cmp(&across.place(b)));
            let ink = Ink::of(place);
            add_line(&mut panel, ink, rows, &across);
            let values =
                further.iter().map(|layout| layout.axis.name(layout.axis.values(&rows[0].values)));
            let machine = whose.then(|| format!("machine {owner}"));
            let names: Vec<String> = machine.into_iter().chain(values).collect();
            if !names.is_empty() {
                legend.push(Key { name: names.join(", "), ink, mark: Mark::Line });
            }
        }
        if panel.lines.is_empty() {
            return Err(self.no_values());
        }
        if !panel.bands.is_empty() {
            let name = "95 % interval of the mean".to_owned();
            legend.push(Key { name, ink: Ink::BLACK, mark: Mark::Band });
        }
        if panel.lines.iter().any(|line| line.ink.dashed) {
            let ink = Ink { dashed: true, ..Ink::BLACK };
            legend.push(Key { name: "theory".to_owned(), ink, mark: Mark::Line });
        }
        Ok(Chart {
            title: self.title(name, &note),
            panels: vec![panel],
            legend,
            caption: Vec::new(),
        })
    }

    /// Returns the rows of each line, the lines in the order of the legend.
    fn rows_of_lines(&self, further: &[Layout<'_>]) -> BTreeMap<LineKey, Vec<&'a SweepRow>> {
        let mut lines = BTreeMap::<LineKey, Vec<&SweepRow>>::new();
        for row in &self.rows {
            let place = |layout: &Layout<'_>| {
                let place = layout.place(row);
                layout.values.values.iter().position(|value| value.1 == place).unwrap_or(0)
            };
            let places = further.iter().map(place).collect();
            lines.entry((places, row.owner)).or_default().push(row);
        }
        lines
    }

    /// Limits the number of lines; returns notes for the title about lines that are left out.
    fn readable(
        &self,
        lines: &mut BTreeMap<LineKey, Vec<&SweepRow>>,
        further: &[Layout<'_>],
    ) -> Result<Vec<String>, SweepError> {
        let values: BTreeSet<&Vec<usize>> = lines.keys().map(|(places, _)| places).collect();
        let (values, all) = (values.len(), lines.len());
        let keys: Vec<String> = further.iter().map(Layout::label).collect();
        let key = keys.first().map_or("KEY", String::as_str);
        if values > VALUES_MAX {
            return Err(SweepError::Request(format!(
                "{values} lines, one for each {}, are more than the {VALUES_MAX} that can be told \
                 apart: draw --heat, or fix an axis with --at {key}=VALUE",
                keys.join(" and "),
            )));
        }
        if all <= LINES_MAX {
            return Ok(Vec::new());
        }
        if values > 1 {
            return Err(SweepError::Request(format!(
                "{all} lines are more than the {LINES_MAX} that can be told apart: draw one \
                 machine with --machine N, or fix an axis with --at {key}=VALUE"
            )));
        }
        let level = |rows: &[&SweepRow]| {
            let means = || rows.iter().filter_map(|row| row.mean);
            means().sum::<f64>() / means().count().max(1) as f64
        };
        let mut by_level: Vec<(f64, LineKey)> =
            lines.iter().map(|(key, rows)| (level(rows), key.clone())).collect();
        by_level.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        let middle = all / 2 - 1;
        let left: Vec<LineKey> = (0..all)
            .filter(|place| {
                !(*place < 3 || (middle..middle + 2).contains(place) || *place >= all - 3)
            })
            .map(|place| by_level[place].1.clone())
            .collect();
        left.iter().for_each(|key| drop(lines.remove(key)));
        let drawn = lines.len();
        Ok(vec![format!("{drawn} of {all} machines (lowest, median, highest)")])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_broken_at_a_point_that_lacks_its_measure() {
        let header = "send,machine,measure,runs,mean,ci95_low,ci95_high,predicted\n";
        let rows = "0.1,1,lag_final,2,5,4,6,5\n0.2,1,jump_mean,2,1,1,1,\n\
                    0.3,1,lag_final,2,7,6,8,7\n0.4,1,lag_final,2,8,7,9,8\n";
        let axes = [vec!["send".to_owned()]];
        let text = format!("{header}{rows}");
        let table = SweepTable::read(text.as_bytes(), &axes, "lag_final").expect("a table");
        let chart = draw_sweep(&table, "x", &SweepRequest::default()).expect("a chart");
        let means = chart.panels[0].lines.iter().filter(|line| line.dots);
        let points: Vec<_> = means.map(|line| line.points.clone()).collect();
        assert_eq!(points, [vec![(0.1, 5.0)], vec![(0.3, 7.0), (0.4, 8.0)]]);
        assert_eq!(chart.panels[0].bands.len(), 2);
    }
}
