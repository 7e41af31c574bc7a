//! The page of a sweep: its points with intervals and theory, its outliers, and its failures.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::Path;

use super::super::CommandError;
use super::super::check::open;
use super::super::plot::{self, PlotArgs};
use super::parts;
use crate::config::shell_word;
use crate::page::{Badge, Block, Page, PageKind, Section, Table};
use crate::report::{DEFAULT_FIGURES, Picture, Style, SweepManifest, Theme};
use crate::statistics::number;
use crate::store::{MANIFEST_MAX, read_regular_text};
use crate::trace::{ReadError, Records, changed_title};

/// Measures of the scale model that are drawn.
const MEASURES: [&str; 5] =
    ["clock_ratio_to_fastest", "drift_final", "queue_growth_per_s", "queue_mean_time", "jump_mean"];

/// Measures whose outliers are named.
const WATCHED: [&str; 6] = [
    "clock_final",
    "queue_max",
    "run_drift_max",
    "net_servers_msgs_per_op",
    "stable_latency_ms_max",
    "availability_ok_fraction",
];

/// Returns the page of a sweep.
pub(super) fn page(folder: &Path, manifest: &SweepManifest) -> Result<Page, CommandError> {
    let facts = facts(folder)?;
    let failures = failures(folder)?;
    let title = changed_title(&manifest.config.name, &manifest.changed);
    let mut sections = vec![overview(&facts)];
    sections.extend(failures.as_ref().map(|(section, _)| section.clone()));
    sections.extend(pictures(folder, manifest));
    sections.extend(outliers(folder, manifest)?);
    sections.extend(points(folder)?);
    sections.extend(parts::again(folder, "sim sweep", "sweep.toml", true));
    let count = |name: &str| facts[name].as_u64().unwrap_or(0);
    let (runs, failed) = (count("runs"), count("failures"));
    let open = count("undetermined") + count("limited");
    let verdict = match (failed, open) {
        (0, 0) => (Badge::Valid, format!("none of {runs} runs failed")),
        (0, open) => (Badge::Undetermined, format!("{open} of {runs} runs are undetermined")),
        (failed, _) => (Badge::Invalid, format!("{failed} of {runs} runs failed")),
    };
    let axes: Vec<String> = manifest.axes.iter().map(|keys| keys.join(" with ")).collect();
    let (first, end) = (facts["seeds"][0].as_u64(), facts["seeds"][1].as_u64());
    let seeds = format!("seeds {}..{}", first.unwrap_or(0), end.unwrap_or(0));
    let subtitle = match axes.is_empty() {
        true => format!("a sweep over {seeds}"),
        false => format!("a sweep over {}; {seeds}", axes.join(" × ")),
    };
    Ok(Page {
        kind: PageKind::Sweep,
        title,
        subtitle,
        verdict: Some(verdict),
        sections,
        runs: Vec::new(),
        difference: None,
    })
}

/// Reads all facts of the manifest.
fn facts(folder: &Path) -> Result<serde_json::Value, CommandError> {
    let path = folder.join("manifest.json");
    let named = |what: String| CommandError::Data(format!("{}: {what}", path.display()));
    let text = read_regular_text(&path, MANIFEST_MAX).map_err(|error| named(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| named(error.to_string()))
}

fn overview(facts: &serde_json::Value) -> Section {
    let names = [
        ("points", "points"),
        ("runs", "runs"),
        ("failures", "failed runs"),
        ("undetermined", "undetermined runs"),
        ("limited", "runs that a limit cut short"),
        ("workload", "workload"),
        ("rows", "rows kept"),
    ];
    let known = names.iter().filter(|(name, _)| !facts[*name].is_null());
    let fact =
        |(name, words): &(&str, &str)| ((*words).to_owned(), super::numbers::cell(&facts[*name]));
    Section {
        id: "overview",
        heading: "Overview".to_owned(),
        lead: String::new(),
        blocks: vec![Block::Facts(known.map(fact).collect())],
    }
}

/// Owners of a measure that have a heat map of their own, if they have the measure.
const OWNERS: [&str; 4] = ["run", "1", "2", "3"];

/// Draws the measures that the sweep has: over one axis as lines, over two as heat maps.
fn pictures(folder: &Path, manifest: &SweepManifest) -> Option<Section> {
    let measures: &[&str] = if manifest.workload.is_some() { &DEFAULT_FIGURES } else { &MEASURES };
    let mut blocks = Vec::new();
    for measure in measures {
        blocks.extend(picture(folder, manifest, measure, None, blocks.len()));
        if manifest.axes.len() == 2 {
            for owner in OWNERS {
                blocks.extend(picture(folder, manifest, measure, Some(owner), blocks.len()));
            }
        }
    }
    (!blocks.is_empty()).then(|| Section {
        id: "charts",
        heading: "Measures over the points".to_owned(),
        lead: "Means with their 95 % intervals, and what theory predicts.".to_owned(),
        blocks: vec![Block::Grid(blocks)],
    })
}

/// Draws a measure, as a heat map of its owner if one is named; `None` where the sweep has no such
/// picture.
fn picture(
    folder: &Path,
    manifest: &SweepManifest,
    measure: &str,
    owner: Option<&str>,
    number: usize,
) -> Option<Block> {
    let arguments = PlotArgs::of_measure(measure, owner.is_some(), owner.map(str::to_owned));
    let chart = plot::sweep::draw(&arguments, folder, manifest).ok()?;
    let picture = Picture::Chart(chart);
    let svg = |theme: Theme, prefix: &str| {
        let svg = picture.scene(&Style { theme, ..Style::default() }).to_svg();
        let id = format!("{prefix}{number}-clip-");
        svg.replace("id=\"clip-", &format!("id=\"{id}"))
            .replace("url(#clip-", &format!("url(#{id}"))
    };
    let (light, dark) = (svg(Theme::Light, "light"), svg(Theme::Dark, "dark"));
    let words = match owner {
        None => format!("{measure} over the points, with 95 % intervals; the table has numbers"),
        Some(owner) => format!("{measure} of {owner} as a heat map; the table has the numbers"),
    };
    Some(Block::Picture { light, dark, words })
}

/// Maximum number of rows of the table of points.
const POINTS_MAX: usize = 400;

/// Returns the table of points.
fn points(folder: &Path) -> Result<Option<Section>, CommandError> {
    let path = folder.join("points.csv");
    let Some((heads, rows, more)) = read_table(&path, POINTS_MAX)? else { return Ok(None) };
    let mut blocks = vec![Block::Table(Table { caption: "points.csv".to_owned(), heads, rows })];
    if more > 0 {
        blocks.push(Block::Note(format!("{more} more rows are in points.csv.")));
    }
    Ok(Some(Section {
        id: "points",
        heading: "Numbers".to_owned(),
        lead: String::new(),
        blocks: vec![Block::Details("Every measure at every point".to_owned(), blocks)],
    }))
}

/// Headings, rows, and the number of further rows.
type Read = (Vec<String>, Vec<Vec<String>>, usize);

/// Reads the first rows of a table; `None` if there is no such file.
fn read_table(path: &Path, max: usize) -> Result<Option<Read>, CommandError> {
    if !path.is_file() {
        return Ok(None);
    }
    let named = |error: ReadError| CommandError::Data(format!("{}: {error}", path.display()));
    let records = Records::open(BufReader::new(open(path)?)).map_err(named)?;
    let Some(mut records) = records else { return Ok(None) };
    let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
    let heads = texts(records.header());
    let (mut rows, mut more) = (Vec::new(), 0);
    while records.advance().map_err(named)? {
        match rows.len() < max {
            true => rows.push(texts(records.record())),
            false => more += 1,
        }
    }
    Ok(Some((heads, rows, more)))
}

/// Maximum number of failures that are read, and that are shown of a rule.
const FAILURES_MAX: usize = 100_000;
const FAILURES_OF_A_RULE: usize = 5;

/// Returns the failures by rule, and their number.
fn failures(folder: &Path) -> Result<Option<(Section, usize)>, CommandError> {
    let read = read_table(&folder.join("failures.csv"), FAILURES_MAX)?;
    let Some((heads, rows, more)) = read.filter(|(_, rows, _)| !rows.is_empty()) else {
        return Ok(None);
    };
    let column = |name: &str| heads.iter().position(|head| head == name);
    let field = |row: &[String], name: &str| -> String {
        column(name).and_then(|column| row.get(column)).cloned().unwrap_or_default()
    };
    let mut groups: BTreeMap<String, Vec<&Vec<String>>> = BTreeMap::new();
    for row in &rows {
        let (kind, rule) = (field(row, "kind"), field(row, "rule"));
        let name = if rule.is_empty() { kind } else { rule };
        groups.entry(name).or_default().push(row);
    }
    let mut blocks = Vec::new();
    for (rule, rows) in &groups {
        let shown: Vec<Vec<String>> = rows
            .iter()
            .take(FAILURES_OF_A_RULE)
            .map(|row| vec![field(row, "seed"), field(row, "witness"), field(row, "replay")])
            .collect();
        blocks.push(Block::Table(Table {
            caption: format!("{rule}: {} runs", rows.len()),
            heads: ["seed", "witness", "replay"].map(str::to_owned).to_vec(),
            rows: shown,
        }));
    }
    let folder = shell_word(&folder.display().to_string());
    blocks.push(Block::Note(format!("The commands are for the folder of the sweep, {folder}.")));
    let count = rows.len() + more;
    let section = Section {
        id: "failures",
        heading: "Failures by rule".to_owned(),
        lead: "The first of each rule; failures.csv has all.".to_owned(),
        blocks,
    };
    Ok(Some((section, count)))
}

/// Number of outliers that are named.
const OUTLIERS: usize = 12;

/// Distance from the mean, in standard deviations, from which a run is an outlier.
const DISTANCE: f64 = 3.0;

/// Number of values, their sum, and the sum of their squares.
#[derive(Clone, Copy, Default)]
struct Sums(f64, f64, f64);

/// A run far from the others of its point: distance in standard deviations, and its row.
struct Outlier {
    distance: f64,
    row: Vec<String>,
}

/// Returns the runs farthest from the mean of their point.
fn outliers(folder: &Path, manifest: &SweepManifest) -> Result<Option<Section>, CommandError> {
    let path = folder.join("runs.csv");
    if !path.is_file() {
        return Ok(None);
    }
    if let Some(kept) = &manifest.rows {
        // A mean of the rows that are there would not be that of the point.
        return Ok(Some(Section {
            id: "outliers",
            heading: "Outliers".to_owned(),
            lead: String::new(),
            blocks: vec![Block::Note(format!(
                "Outliers are not looked for: the sweep keeps {}; points.csv is of all runs.",
                kept_rows(kept)
            ))],
        }));
    }
    let named = |error: ReadError| CommandError::Data(format!("{}: {error}", path.display()));
    let begin = || -> Result<_, CommandError> {
        Records::open(BufReader::new(open(&path)?)).map_err(named)
    };
    let Some(mut records) = begin()? else { return Ok(None) };
    let header = records.header().clone();
    let find = |name: &str| header.iter().position(|head| head == name);
    let watched: Vec<usize> = WATCHED.iter().filter_map(|name| find(name)).collect();
    let (seed, machine) = (find("seed"), find("machine"));
    // The swept keys come first, then numbers beside some of them.
    let keys = manifest.axes.iter().flatten().count();
    let Some(seed) = seed.filter(|_| !watched.is_empty()) else { return Ok(None) };
    let text = |record: &csv::StringRecord, column: usize| {
        record.get(column).unwrap_or_default().to_owned()
    };
    let key = |record: &csv::StringRecord, column: usize| {
        let mut key: Vec<String> = (0..seed).map(|place| text(record, place)).collect();
        key.push(machine.map_or(String::new(), |machine| text(record, machine)));
        (key, column)
    };
    let mut sums: BTreeMap<(Vec<String>, usize), Sums> = BTreeMap::new();
    let value = |record: &csv::StringRecord, column: usize| -> Option<f64> {
        record.get(column)?.parse().ok().filter(|value: &f64| value.is_finite())
    };
    while records.advance().map_err(named)? {
        for column in &watched {
            let Some(value) = value(records.record(), *column) else { continue };
            let Sums(count, sum, squares) = sums.entry(key(records.record(), *column)).or_default();
            *count += 1.0;
            *sum += value;
            *squares += value * value;
        }
    }
    let Some(mut records) = begin()? else { return Ok(None) };
    let mut found: Vec<Outlier> = Vec::new();
    while records.advance().map_err(named)? {
        for column in &watched {
            let record = records.record();
            let Some(value) = value(record, *column) else { continue };
            let key = key(record, *column);
            let Some(Sums(count, sum, squares)) = sums.get(&key).copied() else { continue };
            let mean = sum / count;
            let deviation = (squares / count - mean * mean).max(0.0).sqrt();
            let distance = (value - mean).abs() / deviation;
            if count < 10.0 || !distance.is_finite() || distance < DISTANCE {
                continue;
            }
            let point: Vec<String> = header
                .iter()
                .take(keys)
                .zip(&key.0)
                .map(|(name, value)| format!("{name} = {value}"))
                .collect();
            let owner = key.0.last().cloned().unwrap_or_default();
            let row = vec![
                text(record, seed),
                point.join(", "),
                header.get(*column).unwrap_or_default().to_owned(),
                owner,
                number(value),
                number(mean),
                replay(folder, manifest, &key.0[..keys], &text(record, seed)),
            ];
            found.push(Outlier { distance, row });
            if found.len() > 20 * OUTLIERS {
                keep(&mut found);
            }
        }
    }
    keep(&mut found);
    let rows: Vec<Vec<String>> = found.into_iter().map(|outlier| outlier.row).collect();
    Ok((!rows.is_empty()).then(|| Section {
        id: "outliers",
        heading: "Outliers".to_owned(),
        lead: format!(
            "Runs that are {DISTANCE} or more standard deviations from the mean of their point, \
             the farthest first."
        ),
        blocks: vec![Block::Table(Table {
            caption: "Outliers".to_owned(),
            heads: ["seed", "point", "measure", "machine", "value", "mean", "replay"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        })],
    }))
}

/// Returns the rows that a sweep keeps, in words.
fn kept_rows(kept: &str) -> &'static str {
    match kept {
        "violations" => "only the rows of runs that failed",
        _ => "no rows of runs",
    }
}

/// Keeps the outliers that are farthest from the mean.
fn keep(found: &mut Vec<Outlier>) {
    found.sort_by(|a, b| b.distance.total_cmp(&a.distance));
    found.truncate(OUTLIERS);
}

/// Returns the command that repeats a run of a point.
fn replay(folder: &Path, manifest: &SweepManifest, values: &[String], seed: &str) -> String {
    let config = shell_word(&folder.join("config.toml").display().to_string());
    let mut command = format!("sim run {config} --seed {seed}");
    for (key, value) in manifest.axes.iter().flatten().zip(values) {
        command += &format!(" --set {}", shell_word(&format!("{key}={value}")));
    }
    command
}
