//! Mutated configs, sweeps, traces and histories: every reader reports an error, or reads something
//! that survives a round trip; none panics.

use std::convert::Infallible;
use std::path::PathBuf;

use sim::check::{HistoryChecker, LamportCheck, RunFacts, check_history};
use sim::config::{
    BaseText, ConfigError, Experiment, SHIPPED, SWEEPS, SweepError, SweepOptions, read, read_sweep,
    resolved, resolved_glomers, shipped,
};
use sim::engine::ratio::Ratio;
use sim::engine::rng::{Purpose, Rng, Seed};
use sim::engine::time::Duration;
use sim::history::{read_edn, read_jsonl};
use sim::trace::{read_copies, read_rows};

use crate::support::root;

/// Tokens that are edge cases for readers.
const EDGES: [&str; 24] = [
    "0",
    "-1",
    "1.5",
    "18446744073709551616",
    "1e400",
    "-0.0",
    "nan",
    "\"\"",
    "\"0s\"",
    "\"1ns\"",
    "\"584y\"",
    "\"1/3\"",
    "\"0/0\"",
    "\"größe\"",
    "true",
    "[]",
    "{}",
    "[[]]",
    "=",
    "\n",
    ",",
    "\"",
    "1979-05-27",
    "nil",
];

/// Configs with keys that few shipped ones have.
const RARE: [&str; 2] = [
    r#"duration = "5s"
periods = ["300ms", "1s", "70ms"]
events = { one = 0.2, all = 0.1 }
ticks = { start = ["0s", "1ms", "2ms"], jitter = "1ms" }
[network]
copy_delay = "2ms"
duplication = 0.1
latency = { exponential = "3ms" }
links = [{ from = 1, to = 2, latency = "9ms", loss = 0.5 }]
partitions = [{ at = "1s", until = "2s", groups = [[1], [2, 3]] }]
"#,
    r#"model = "glomers"
workload = "broadcast"
nodes = ["a", "b", "n3"]
duration = "5s"
topology = "line"
network = { loss = 0.1, scope = "services" }
[nemesis]
kinds = ["crash", "skew"]
interval = "2s"
swarm = true
"#,
];

/// Splits a text into words and single other characters.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = vec![];
    let kind = |c: char| if c.is_alphanumeric() || "_.-".contains(c) { 0 } else { 1 };
    for c in text.chars() {
        match tokens.last_mut() {
            Some(last) if kind(c) == 0 && last.chars().all(|c| kind(c) == 0) => last.push(c),
            _ => tokens.push(c.to_string()),
        }
    }
    tokens
}

fn below(rng: &mut Rng, count: usize) -> usize {
    rng.below(count.max(1) as u64) as usize
}

/// Mutates a text by up to `most` changes, at least one, some with parts of `other`.
fn mutant((text, other): (&str, &str), most: usize, rng: &mut Rng) -> String {
    let mut text = text.to_owned();
    for _ in 0..=below(rng, most) {
        text = match below(rng, 6) {
            0 => lines_changed(&text, other, rng),
            1 | 2 => value_changed(&text, rng),
            _ => tokens_changed(&text, other, rng),
        };
    }
    text
}

/// Replaces the value after one of the equals signs of a text.
fn value_changed(text: &str, rng: &mut Rng) -> String {
    let signs: Vec<usize> = text.match_indices(" = ").map(|(at, _)| at + 3).collect();
    let Some(at) = signs.get(below(rng, signs.len())) else { return text.to_owned() };
    let end = text[*at..].find('\n').map_or(text.len(), |end| at + end);
    format!("{}{}{}", &text[..*at], EDGES[below(rng, EDGES.len())], &text[end..])
}

fn lines_changed(text: &str, other: &str, rng: &mut Rng) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let others: Vec<&str> = other.split_inclusive('\n').collect();
    let (at, to) = (below(rng, lines.len()), below(rng, lines.len()));
    if lines.is_empty() || others.is_empty() {
        return other.to_owned();
    }
    match below(rng, 4) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(to, lines[at]),
        2 => lines.swap(at, to),
        _ => lines.insert(at, others[below(rng, others.len())]),
    }
    lines.concat()
}

fn tokens_changed(text: &str, other: &str, rng: &mut Rng) -> String {
    let (mut all, others) = (tokens(text), tokens(other));
    if all.is_empty() || others.is_empty() {
        return other.to_owned();
    }
    // Most changes are of words: those of spaces and punctuation find little.
    let is_word = |token: &String| token.chars().all(|c| c.is_alphanumeric() || "_.-".contains(c));
    let words: Vec<usize> = (0..all.len()).filter(|at| is_word(&all[*at])).collect();
    let at = match words.is_empty() || below(rng, 4) == 0 {
        true => below(rng, all.len()),
        false => words[below(rng, words.len())],
    };
    match below(rng, 6) {
        0 => drop(all.remove(at)),
        1 => all.insert(at, all[at].clone()),
        2 => all[at] = others[below(rng, others.len())].clone(),
        3 => {
            let place = below(rng, all[at].chars().count());
            all[at] =
                all[at].chars().enumerate().filter(|(i, _)| *i != place).map(|(_, c)| c).collect();
        }
        _ => all[at] = EDGES[below(rng, EDGES.len())].to_owned(),
    }
    all.concat()
}

/// Drops the comments, in which changes would have no effect.
fn without_comments(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.starts_with('#')).collect()
}

/// Number of mutants by outcome.
#[derive(Debug, Default)]
struct Counts {
    all: u32,
    accepted: u32,
    /// Refused although well-formed.
    for_its_meaning: u32,
}

impl Counts {
    /// Asserts that enough mutants get past a reader's first checks.
    fn reach(&self, accepted_percent: u32, meaning_percent: u32) {
        let percent = |count: u32| count * 100 / self.all;
        assert!(percent(self.accepted) >= accepted_percent, "{self:?}");
        assert!(percent(self.for_its_meaning) >= meaning_percent, "{self:?}");
    }
}

fn rng(of: u64) -> Rng {
    Seed::new(of).expect("a small seed").stream(Purpose::Node, of)
}

#[track_caller]
fn names_its_place(error: &ConfigError, text: &str) {
    assert!(!error.problem.is_empty() && error.place.starts_with("x.toml"), "{error}\n{text}");
    let shown = error.to_string();
    assert!(shown.len() < 10_000, "{shown}");
}

#[test]
fn mutants_of_configs_are_refused_or_read_back() {
    let (mut rng, mut counts) = (rng(1), Counts::default());
    let small: Vec<String> = SHIPPED
        .iter()
        .map(|config| without_comments(config.text))
        .filter(|text| text.len() < 8_000)
        .chain(std::iter::repeat_n(RARE, 4).flatten().map(str::to_owned))
        .collect();
    for text in RARE {
        if let Err(error) = read("x.toml", text, &[]) {
            panic!("{error}");
        }
    }
    for _ in 0..4_000 {
        let (text, other) =
            (&small[below(&mut rng, small.len())], &small[below(&mut rng, small.len())]);
        let text = mutant((text, other), 2, &mut rng);
        counts.all += 1;
        match read("x.toml", &text, &[]) {
            Ok(experiment) => {
                counts.accepted += 1;
                let written = match &experiment {
                    Experiment::Scale(scale) => resolved(scale),
                    Experiment::Glomers(glomers) => resolved_glomers(glomers),
                };
                let again = read("x.toml", &written, &[]);
                let again = again.unwrap_or_else(|error| panic!("{error}\n{text}\n{written}"));
                assert!(again == experiment, "{text}\n{written}");
            }
            Err(error) => {
                names_its_place(&error, &text);
                let is_toml = toml::de::DeTable::parse(&text).is_ok();
                counts.for_its_meaning += u32::from(is_toml);
            }
        }
    }
    counts.reach(5, 20);
}

#[test]
fn mutants_of_sweeps_are_refused_or_read() {
    let (mut rng, mut counts) = (rng(2), Counts::default());
    for _ in 0..1_500 {
        let pick = |rng: &mut Rng| without_comments(SWEEPS[below(rng, SWEEPS.len())].text);
        let (text, other) = (pick(&mut rng), pick(&mut rng));
        let text = mutant((&text, &other), 3, &mut rng);
        counts.all += 1;
        let options = SweepOptions::default();
        let open = |base: &str| -> Result<BaseText, Infallible> {
            let name = base.trim_start_matches("../").trim_end_matches(".toml");
            let text = shipped(name).map_or("", |config| config.text).to_owned();
            Ok(BaseText { path: base.to_owned(), text })
        };
        match read_sweep("x.toml", &text, &options, open) {
            Ok(sweep) => {
                counts.accepted += 1;
                // Its first and last point are experiments, or are refused.
                for point in [0, sweep.points() - 1] {
                    let _ = sweep.point(point);
                }
                assert!(!sweep.resolved().is_empty());
            }
            Err(SweepError::Config(error)) => {
                assert!(!error.to_string().is_empty());
                counts.for_its_meaning += u32::from(toml::de::DeTable::parse(&text).is_ok());
            }
            Err(SweepError::Base(never)) => match never {},
        }
    }
    // Few are accepted: ranges that miss their end and equal values are refused, too.
    counts.reach(7, 20);
}

/// Returns the files of less than 20,000 bytes below a folder of test data, with their texts.
fn files(folder: &str, endings: &[&str]) -> Vec<(PathBuf, String)> {
    let (mut files, mut folders) = (vec![], vec![root().join("tests/data").join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path if endings.iter().any(|e| path.to_string_lossy().ends_with(e)) => {
                    files.push(path);
                }
                _ => {}
            }
        }
    }
    files.sort();
    let read = |path: PathBuf| (path.clone(), std::fs::read_to_string(path).expect("text"));
    files.into_iter().map(read).filter(|(_, text)| text.len() < 20_000).collect()
}

#[test]
fn mutants_of_traces_are_refused_or_checked() {
    let (mut rng, mut counts) = (rng(3), Counts::default());
    let (mut violated, traces) = (0, files("traces", &[".csv"]));
    for _ in 0..1_500 {
        let (name, text) = &traces[below(&mut rng, traces.len())];
        let text = mutant((text, &traces[below(&mut rng, traces.len())].1), 1, &mut rng);
        counts.all += 1;
        if name.to_string_lossy().ends_with("-net.csv") {
            let copies =
                read_copies(text.as_bytes()).and_then(|rows| rows.collect::<Result<Vec<_>, _>>());
            counts.accepted += u32::from(copies.is_ok());
            counts.for_its_meaning += u32::from(copies.is_err());
            continue;
        }
        let rows = read_rows(text.as_bytes()).and_then(|rows| rows.collect::<Result<Vec<_>, _>>());
        let Ok(rows) = rows else {
            counts.for_its_meaning += 1;
            continue;
        };
        counts.accepted += 1;
        let rules = RunFacts {
            machines: None,
            stamp_before: false,
            duplication: false,
            config: None,
            network: false,
        };
        let mut check = LamportCheck::new(rules);
        rows.iter().for_each(|(line, row)| check.row(*line, row));
        violated += u32::from(!check.finish().holds());
    }
    counts.reach(10, 20);
    // Changed numbers are caught, too: more are violated than the bad traces account for.
    assert!(violated * 100 / counts.accepted >= 40, "{violated} of {counts:?}");
}

#[test]
fn mutants_of_histories_are_refused_or_checked() {
    let (mut rng, mut counts) = (rng(4), Counts::default());
    let all = files("histories", &[".jsonl", ".edn"]);
    for _ in 0..1_500 {
        let (name, text) = &all[below(&mut rng, all.len())];
        let text = mutant((text, &all[below(&mut rng, all.len())].1), 1, &mut rng);
        counts.all += 1;
        let is_edn = name.extension().is_some_and(|ending| ending == "edn");
        let history = match is_edn {
            true => read_edn(text.as_bytes(), &[]),
            false => read_jsonl(text.as_bytes(), &[]),
        };
        let Ok(history) = history else {
            counts.for_its_meaning += 1;
            continue;
        };
        counts.accepted += 1;
        for checker in HistoryChecker::ALL {
            let _ = check_history(checker, &history.history, &history.nodes);
        }
    }
    counts.reach(10, 20);
}

#[test]
fn mutants_of_times_and_ratios_are_refused_or_read_back() {
    let (mut rng, mut accepted) = (rng(5), 0);
    let texts = ["1m30s", "250ms", "1.5s", "584y", "3/7", "30%", "0.25", "1e-3", "5h", "1µs"];
    for _ in 0..20_000 {
        let (text, other) = (texts[below(&mut rng, 10)], texts[below(&mut rng, 10)]);
        let text = mutant((text, other), 3, &mut rng);
        if let Ok(time) = text.parse::<Duration>() {
            assert_eq!(time.to_string().parse(), Ok(time), "{text}");
            accepted += 1;
        }
        if let Ok(ratio) = text.parse::<Ratio>() {
            assert_eq!(ratio.to_string().parse(), Ok(ratio), "{text}");
            accepted += 1;
        }
    }
    assert!(accepted > 2_000, "{accepted}");
}
