//! The reader of scale-model configs: from the tree to an experiment.
//!
//! Keys of one value are read by their rows in `grammar.rs`; those of several values are read here.

use std::collections::BTreeSet;

use super::diagnostic::ConfigError;
use super::grammar::{SCALE_ROWS, only_known, read_scalars};
use super::parts::{DURATION_MAX, head, latency, times};
use super::reader::Cursor;
use crate::engine::ratio::Ratio;
use crate::engine::rng::{Purpose, Seed};
use crate::engine::time::Duration;
use crate::network::{Cut, Link, Partition};
use crate::scale_model::{ScaleParameters, SendRule, Speed, Start};

/// An experiment of the scale model and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaleExperiment {
    /// Its name, which is also the path of its results.
    pub name: String,
    /// Its parameters.
    pub parameters: ScaleParameters,
}

type Result<T> = std::result::Result<T, ConfigError>;

/// Maximum rate, in ticks per second.
const RATE_MAX: u64 = 1_000_000;

pub(super) fn experiment(root: &Cursor<'_>, source_name: &str) -> Result<ScaleExperiment> {
    only_known(SCALE_ROWS, "", root)?;
    let (name, seed, duration) = head(root, source_name)?;
    let speeds = speeds(root, seed)?;
    let machines = speeds.len() as u32;
    let send = send_rule(&root.require("events", "events = { send = 0.9 }")?, machines)?;
    let mut parameters = ScaleParameters::new(seed, duration, speeds, send);
    read_scalars(SCALE_ROWS, "", root, &mut parameters)?;
    if let Some(cursor) = root.get("ticks") {
        ticks(&cursor, &mut parameters)?;
    }
    if let Some(cursor) = root.get("network") {
        network(&cursor, &mut parameters)?;
    }
    if let Some(cursor) = root.get("limits") {
        only_known(SCALE_ROWS, "limits", &cursor)?;
        read_scalars(SCALE_ROWS, "limits", &cursor, &mut parameters)?;
    }
    Ok(ScaleExperiment { name, parameters })
}

fn speeds(root: &Cursor<'_>, seed: Seed) -> Result<Vec<Speed>> {
    match (root.get("rates"), root.get("periods")) {
        (Some(rates), None) if rates.is_table() => random_rates(&rates, seed),
        (Some(rates), None) => {
            let entries = rates.list("a list of rates, or { random = [1, 6], count = 3 }")?;
            count_machines(&rates, entries.len() as u64)?;
            entries.iter().map(|entry| Ok(Speed::Rate(rate(entry)?))).collect()
        }
        (None, Some(periods)) => {
            let entries = periods.list("a list of times such as \"11.8ms\"")?;
            count_machines(&periods, entries.len() as u64)?;
            entries.iter().map(|entry| Ok(Speed::Period(period(entry)?))).collect()
        }
        (Some(_), Some(periods)) => {
            Err(periods
                .wrong("both `rates` and `periods` are given", Some("leave one of them out")))
        }
        (None, None) => Err(root
            .require("rates", "rates = [1, 3, 6]")
            .err()
            .unwrap_or_else(|| root.error("no machines", None))),
    }
}

fn count_machines(cursor: &Cursor<'_>, count: u64) -> Result<()> {
    match count {
        0 => Err(cursor.error("there are no machines", Some("give at least one"))),
        _ if count > u64::from(ScaleParameters::MACHINES_MAX) => {
            Err(cursor.wrong(format!("{count} machines are more than 10,000,000"), None))
        }
        _ => Ok(()),
    }
}

fn rate(cursor: &Cursor<'_>) -> Result<Ratio> {
    const WHAT: &str = "a rate above 0 and up to 1000000 ticks per second";
    let rate = cursor.ratio(WHAT)?;
    // Less than a tick in 500 years is no valid rate either.
    let slowest = Ratio::new(1, DURATION_MAX.as_ns() / 1_000_000_000).expect("not zero");
    if rate < slowest || rate > Ratio::whole(RATE_MAX) {
        return Err(cursor.expected(WHAT, Some("a text such as \"5/2\" is a rate, too")));
    }
    Ok(rate)
}

fn period(cursor: &Cursor<'_>) -> Result<Duration> {
    let period = cursor.duration_up_to(DURATION_MAX)?;
    if period < Duration::from_ns(1_000_000_000 / RATE_MAX) {
        return Err(cursor.expected("a period of at least 1us", None));
    }
    Ok(period)
}

fn random_rates(cursor: &Cursor<'_>, seed: Seed) -> Result<Vec<Speed>> {
    cursor.only(&["random", "count"])?;
    let range = cursor.require("random", "rates = { random = [1, 6], count = 3 }")?;
    let (low, high) = range.pair("a list of two whole numbers, such as [1, 6]")?;
    let lowest = low.integer(1, RATE_MAX)?;
    let highest = high.integer(1, RATE_MAX)?;
    if lowest > highest {
        return Err(range.wrong(format!("{lowest} is larger than {highest}"), None));
    }
    let count = cursor.require("count", "rates = { random = [1, 6], count = 3 }")?;
    let machines = count.integer(1, u64::from(ScaleParameters::MACHINES_MAX))?;
    let draw = |machine| {
        let mut rng = seed.stream(Purpose::Rates, machine);
        Speed::Rate(Ratio::whole(lowest + rng.below(highest - lowest + 1)))
    };
    Ok((0..machines).map(draw).collect())
}

fn send_rule(cursor: &Cursor<'_>, machines: u32) -> Result<SendRule> {
    const FORMS: &str = "use one of { die = 10 }, { send = 0.9 }, { one = 0.3, all = 0.3 }";
    if !cursor.is_table() {
        return Err(cursor.expected("a table", Some(FORMS)));
    }
    cursor.only(&["die", "send", "one", "all"])?;
    let has = |key| cursor.get(key).is_some();
    let forms = [has("die"), has("send"), has("one") || has("all")];
    if forms.into_iter().filter(|form| *form).count() != 1 {
        let problem = match forms.contains(&true) {
            true => "more than one form is given",
            false => "no form is given",
        };
        return Err(cursor.error(problem, Some(FORMS)));
    }
    if let Some(die) = cursor.get("die") {
        let sides = die.integer(1, i64::MAX as u64)?;
        if sides < u64::from(machines) {
            let problem = format!("a die of {sides} is too small for {machines} machines");
            let hint = "it needs a side for each peer and one for all of them";
            return Err(die.error(problem, Some(hint)));
        }
        return Ok(SendRule::Die(sides));
    }
    if let Some(send) = cursor.get("send") {
        return checked(&send, SendRule::Send(send.probability()?), machines);
    }
    let part = |key| cursor.get(key).map_or(Ok(Ratio::ZERO), |part| part.probability());
    let (one, all) = (part("one")?, part("all")?);
    if one.checked_add(all).is_none_or(|sum| sum > Ratio::ONE) {
        return Err(cursor.wrong("`one` and `all` add up to more than 1", None));
    }
    checked(cursor, SendRule::OneOrAll { one, all }, machines)
}

/// Checks that the probabilities can be drawn with 64 bits.
fn checked(cursor: &Cursor<'_>, rule: SendRule, machines: u32) -> Result<SendRule> {
    let peers = machines.saturating_sub(1);
    let choice = rule
        .probabilities(peers)
        .and_then(|(one, all)| crate::scale_model::Choice::new(peers, one, all));
    match choice {
        Some(_) => Ok(rule),
        None => Err(cursor.error(
            format!("these probabilities are too fine for {machines} machines"),
            Some("use fewer digits"),
        )),
    }
}

fn ticks(cursor: &Cursor<'_>, parameters: &mut ScaleParameters) -> Result<()> {
    only_known(SCALE_ROWS, "ticks", cursor)?;
    if let Some(start) = cursor.get("start") {
        parameters.start = start_rule(&start, parameters.speeds.len())?;
    }
    read_scalars(SCALE_ROWS, "ticks", cursor, parameters)
}

fn start_rule(cursor: &Cursor<'_>, machines: usize) -> Result<Start> {
    if cursor.is_text() {
        let words = [("random", 0), ("zero", 1), ("period", 2)];
        return Ok([Start::Random, Start::Zero, Start::Period][cursor.word(&words)?].clone());
    }
    let entries = cursor.list("\"random\", \"zero\", \"period\" or a list of times")?;
    if entries.len() != machines {
        let problem = format!("{} starts for {machines} machines", entries.len());
        return Err(cursor.error(problem, Some("give one for each machine")));
    }
    let starts = entries.iter().map(|entry| entry.duration_up_to(DURATION_MAX));
    Ok(Start::At(starts.collect::<Result<_>>()?))
}

fn network(cursor: &Cursor<'_>, parameters: &mut ScaleParameters) -> Result<()> {
    only_known(SCALE_ROWS, "network", cursor)?;
    if let Some(value) = cursor.get("latency") {
        parameters.network.latency = latency(&value)?;
    }
    read_scalars(SCALE_ROWS, "network", cursor, parameters)?;
    let machines = parameters.machines();
    if let Some(links) = cursor.get("links") {
        let mut seen = BTreeSet::new();
        for entry in links.list("a list of links")? {
            let link = link(&entry, machines)?;
            if !seen.insert((link.from, link.to)) {
                return Err(entry.error("this link is here twice", None));
            }
            parameters.network.links.push(link);
        }
    }
    if let Some(partitions) = cursor.get("partitions") {
        let entries = partitions.list("a list of partitions")?;
        // With a tick at the very end, a partition that begins there still has an effect.
        let duration = parameters.duration;
        let end = match parameters.start {
            Start::Period => duration.checked_add(Duration::from_ns(1)).unwrap_or(duration),
            _ => duration,
        };
        parameters.network.partitions =
            entries.iter().map(|entry| partition(entry, machines, end)).collect::<Result<_>>()?;
    }
    Ok(())
}

fn link(cursor: &Cursor<'_>, machines: u32) -> Result<Link> {
    const EXAMPLE: &str = "{ from = 1, to = 2, latency = \"50ms\" }";
    cursor.only(&["from", "to", "latency", "loss"])?;
    let from = cursor.require("from", EXAMPLE)?.machine(machines)?;
    let to_cursor = cursor.require("to", EXAMPLE)?;
    let to = to_cursor.machine(machines)?;
    if from == to {
        return Err(to_cursor.wrong("a machine has no link to itself", None));
    }
    Ok(Link {
        from,
        to,
        latency: cursor.get("latency").map(|value| latency(&value)).transpose()?,
        loss: cursor.get("loss").map(|value| value.probability()).transpose()?,
    })
}

fn partition(cursor: &Cursor<'_>, machines: u32, end: Duration) -> Result<Partition> {
    const EXAMPLE: &str = "{ at = \"10s\", until = \"20s\", groups = [[1, 2], [3]] }";
    cursor.only(&["at", "until", "groups", "from", "to"])?;
    let (at, until) = times(cursor, "partition", EXAMPLE, end)?;
    let cut = match (cursor.get("groups"), cursor.get("from"), cursor.get("to")) {
        (Some(groups), None, None) => cut_groups(&groups, machines)?,
        (None, Some(from), Some(to)) => {
            Cut::OneWay { from: from.machines(machines)?, to: to.machines(machines)? }
        }
        _ => {
            return Err(cursor.error(
                "expected either `groups`, or `from` and `to`",
                Some("such as groups = [[1, 2], [3]], or from = [1], to = [2, 3]"),
            ));
        }
    };
    Ok(Partition { at, until, cut })
}

fn cut_groups(cursor: &Cursor<'_>, machines: u32) -> Result<Cut> {
    let entries = cursor.list("a list of lists of machines")?;
    if entries.len() < 2 {
        return Err(cursor.error("one group alone cuts nothing", Some("give at least two groups")));
    }
    let mut groups = Vec::new();
    let mut seen = BTreeSet::new();
    for entry in &entries {
        let group = entry.machines(machines)?;
        if let Some(machine) = group.iter().find(|machine| !seen.insert(**machine)) {
            return Err(entry.error(format!("machine {} is in two groups", machine.0 + 1), None));
        }
        groups.push(group);
    }
    Ok(Cut::Groups(groups))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::grammar::{GLOMERS_ROWS, wrong_defaults};
    use crate::config::{
        Experiment, KEYS, KeyDefault, Override, SHIPPED, read, read_scale, resolved,
        resolved_glomers, shipped,
    };
    use crate::glomers::{ECHO, GlomersParameters};
    use crate::network::Latency;

    #[test]
    fn every_shipped_config_is_read_and_asks_a_question() {
        for config in SHIPPED {
            let path = format!("configs/{}.toml", config.name);
            let experiment = read(&path, config.text, &[]).expect(config.name);
            assert_eq!(experiment.name(), config.name);
            assert!(
                config.question().ends_with('?') || config.name == "example",
                "{}",
                config.name
            );
        }
        assert_eq!(SHIPPED.len(), 61);
    }

    #[test]
    fn a_resolved_config_gives_the_same_experiment() {
        for config in SHIPPED {
            let path = format!("configs/{}.toml", config.name);
            let experiment = read(&path, config.text, &[]).expect(config.name);
            let text = match &experiment {
                Experiment::Scale(scale) => resolved(scale),
                Experiment::Glomers(glomers) => resolved_glomers(glomers),
            };
            assert_eq!(read("other.toml", &text, &[]).expect(&text), experiment);
        }
    }

    #[test]
    fn the_example_has_only_defaults_and_the_table_of_keys_knows_them() {
        let example = shipped("example").expect("the example").text;
        let minimal = "name = \"example\"\nduration = \"60s\"\nrates = [1, 3, 6]\n\
                       events = { send = 0.9 }";
        let read = |text| read("x.toml", text, &[]).expect("an experiment");
        assert_eq!(read(example), read(minimal));
        // Each key with a default is written with it, and is the default that the table names.
        for key in KEYS {
            let last = key.path.rsplit('.').next().unwrap_or(key.path).replace("[]", "");
            assert!(example.contains(&last), "{} is not in the example", key.path);
            if let KeyDefault::Is(default) = key.default {
                assert!(example.contains(&format!("\n{last} = {default}\n")), "{}", key.path);
            }
        }
    }

    #[test]
    fn defaults_that_rows_state_are_those_of_the_parameters() {
        let (seed, duration) = (Seed::new(1).expect("a seed"), Duration::from_ms(1));
        let speeds = vec![Speed::Rate(Ratio::ONE)];
        let scale = ScaleParameters::new(seed, duration, speeds, SendRule::Die(1));
        assert_eq!(wrong_defaults(SCALE_ROWS, &scale), [""; 0]);
        let names = vec!["n0".to_owned()];
        let glomers = GlomersParameters::new(seed, &ECHO, names, duration);
        assert_eq!(wrong_defaults(GLOMERS_ROWS, &glomers), [""; 0]);
    }

    fn set(path: &str, value: &str) -> Override {
        Override { flag: format!("--set {path}"), path: path.into(), value: value.into() }
    }

    #[test]
    fn overrides_lie_over_the_file() {
        let text = "duration = \"60s\"\nrates = [1, 2]\nevents = { die = 10 }";
        let overrides = [
            set("network.loss", "1/3"),
            set("rates", "[4, \"5/2\", 6]"),
            set("events", "{ send = 0.5 }"),
            set("network.latency.exponential", "20ms"),
        ];
        let p = read_scale("x.toml", text, &overrides).expect("an experiment").parameters;
        assert_eq!(p.network.loss, Ratio::new(1, 3).expect("a ratio"));
        assert_eq!(p.speeds[1], Speed::Rate(Ratio::new(5, 2).expect("a ratio")));
        assert_eq!(p.network.latency, Latency::Exponential(Duration::from_ms(20)));
        assert_eq!(p.send, SendRule::Send(Ratio::new(1, 2).expect("a ratio")));
    }

    #[test]
    fn an_error_in_an_override_names_it() {
        let text = "duration = \"60s\"\nrates = [1, 2]\nevents = { die = 10 }";
        let error = read("x.toml", text, &[set("network.loss", "2")]).expect_err("beyond 1");
        assert!(error.from_command_line);
        let error = error.to_string();
        assert!(
            error.starts_with("--set network.loss: `network.loss`: expected a prob"),
            "{error}"
        );
    }
}
