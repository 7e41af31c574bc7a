//! The reader of `[nemesis]`: fault kinds to draw, and faults at stated times.

use super::diagnostic::ConfigError;
use super::grammar::{GLOMERS_ROWS, only_known, read_scalars};
use super::nodes::{node, node_list};
use super::parts::times;
use super::reader::Cursor;
use crate::engine::ratio::Ratio;
use crate::engine::time::Duration;
use crate::glomers::GlomersParameters;
use crate::nemesis::{Fault, FaultKind, NemesisSettings, Target, TargetForm, Window, too_much};
use crate::network::Cut;
use crate::node::NodeId;

type Result<T> = std::result::Result<T, ConfigError>;

/// Maximum speed of a clock, and inverse of the minimum, as multiples of the correct speed.
const SKEW_MAX: u64 = 1_000;

/// Reads `[nemesis]`. A swarm is drawn from the faults that the program `survives`.
pub(super) fn nemesis(
    cursor: &Cursor<'_>,
    parameters: &mut GlomersParameters,
    survives: &[FaultKind],
) -> Result<()> {
    only_known(GLOMERS_ROWS, "nemesis", cursor)?;
    read_scalars(GLOMERS_ROWS, "nemesis", cursor, parameters)?;
    let GlomersParameters { nemesis: settings, names, duration, .. } = parameters;
    if let Some(kinds) = cursor.get("kinds") {
        for entry in kinds.list("a list of fault kinds, such as [\"partition\"]")? {
            let kind = entry.word(&FaultKind::ALL.map(|kind| (kind.name(), kind)))?;
            if settings.kinds.contains(&kind) {
                return Err(entry.wrong("this kind is here twice", None));
            }
            settings.kinds.push(kind);
        }
    }
    if let Some(swarm) = cursor.get("swarm")
        && settings.swarm
        && settings.kinds.is_empty()
    {
        let drawn = survives.iter().filter(|kind| kind.row().in_swarm);
        settings.kinds = drawn.copied().collect();
        if settings.kinds.is_empty() {
            return Err(swarm.error("this node survives nothing that could be drawn", None));
        }
    }
    limited(cursor, settings, names, *duration)?;
    if let Some(faults) = cursor.get("faults") {
        let entries = faults.list("a list of faults")?;
        let window = |entry| window(entry, names, settings.slow_by, *duration);
        settings.faults = entries.iter().map(window).collect::<Result<_>>()?;
    }
    Ok(())
}

/// Checks the number of faults to draw against the limit, since they are drawn before the run.
fn limited(
    cursor: &Cursor<'_>,
    settings: &NemesisSettings,
    names: &[String],
    duration: Duration,
) -> Result<()> {
    let nodes = names.len() as u32;
    let Some(found) = too_much(settings, nodes, duration) else { return Ok(()) };
    let (faults, max) = (found.faults, found.faults_max);
    let problem = format!(
        "about {faults} faults would be drawn within `duration` = {duration} among {nodes} nodes; \
         the limit is {max}"
    );
    let hint = format!(
        "make `nemesis.interval` at least {}, or `duration` at most {}, or name fewer kinds or \
         nodes",
        found.interval_min, found.duration_max
    );
    let place = cursor.get("interval").or_else(|| cursor.get("kinds"));
    Err(place.as_ref().unwrap_or(cursor).error(problem, Some(&hint)))
}

const EXAMPLE: &str = "{ at = \"3s\", until = \"5s\", crash = [\"n1\"] }";

fn window(
    cursor: &Cursor<'_>,
    names: &[String],
    slow_by: Duration,
    duration: Duration,
) -> Result<Window> {
    let kinds = FaultKind::NAMES;
    let mut keys = vec!["at", "until"];
    keys.extend(kinds);
    cursor.only(&keys)?;
    let (at, until) = times(cursor, "fault", EXAMPLE, duration)?;
    let given =
        FaultKind::ALL.into_iter().filter_map(|kind| Some((kind, cursor.get(kind.name())?)));
    let given: Vec<(FaultKind, Cursor<'_>)> = given.collect();
    let [(kind, value)] = given.as_slice() else {
        let problem = match given.len() {
            0 => "no fault is named",
            _ => "more than one fault is named",
        };
        let hint = format!("give one of {}, such as {EXAMPLE}", kinds.join(", "));
        return Err(cursor.error(problem, Some(&hint)));
    };
    let target = match kind.row().form {
        TargetForm::Groups => Target::Cut(Some("stated"), groups(value, names)?),
        TargetForm::OneWay => Target::Cut(None, one_way(value, names)?),
        TargetForm::Nodes => Target::Nodes(node_list(value, names)?),
        TargetForm::SlowNodes => Target::SlowNodes(node_list(value, names)?, slow_by),
        TargetForm::Rates => Target::Rates(skew(value, names)?),
        TargetForm::Probability => Target::Probability(value.probability()?),
    };
    let fault = Fault { kind: *kind, target };
    Ok(Window { at, until, fault, spares_clients: false })
}

/// Reads groups of nodes that receive messages only within their own group.
pub(super) fn groups(cursor: &Cursor<'_>, names: &[String]) -> Result<Cut> {
    let entries = cursor.list("a list of lists of nodes")?;
    if entries.len() < 2 {
        return Err(cursor.error("one group alone cuts nothing", Some("give at least two groups")));
    }
    let mut groups: Vec<Vec<NodeId>> = Vec::new();
    for entry in &entries {
        let group = node_list(entry, names)?;
        let seen = |id: &&NodeId| groups.iter().any(|other| other.contains(id));
        if let Some(id) = group.iter().find(seen) {
            let problem = format!("{} is in two groups", names[id.index()]);
            return Err(entry.error(problem, None));
        }
        groups.push(group);
    }
    Ok(Cut::Groups(groups))
}

fn one_way(cursor: &Cursor<'_>, names: &[String]) -> Result<Cut> {
    const EXAMPLE: &str = "one-way = { from = [\"n0\"], to = [\"n1\", \"n2\"] }";
    cursor.only(&["from", "to"])?;
    let side = |key| node_list(&cursor.require(key, EXAMPLE)?, names);
    Ok(Cut::OneWay { from: side("from")?, to: side("to")? })
}

fn skew(cursor: &Cursor<'_>, names: &[String]) -> Result<Vec<(NodeId, Ratio)>> {
    const WHAT: &str = "a table of nodes with their speed, such as { n1 = 2, n2 = 0.5 }";
    let keys = cursor.keys(WHAT)?;
    if keys.is_empty() {
        return Err(cursor.error("no node is named", None));
    }
    let entry = |key: &String| {
        let Some(value) = cursor.get(key) else { return Err(cursor.expected(WHAT, None)) };
        let id = node(&value, key, names)?;
        let what = "how many times too fast the clock runs: 1/1000 to 1000";
        let speed = value.ratio(what)?;
        let slowest = Ratio::new(1, SKEW_MAX).expect("not zero");
        if speed < slowest || speed > Ratio::whole(SKEW_MAX) {
            return Err(value.expected(what, None));
        }
        Ok((id, speed))
    };
    keys.iter().map(entry).collect()
}
