//! Hints: where a run shows less than was asked of it, so that its verdict means less than it
//! seems.
//!
//! Hints change no verdict. There are three kinds: faults without effect, operations that never
//! succeeded during a fault, and nodes without a client.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::ratio::Ratio;
use crate::glomers::{GlomersParameters, GlomersRun, Zone};
use crate::history::{EntryKind, F, Op, Process};
use crate::nemesis::{Effect, FaultKind, kinds};
use crate::network::Scope;

/// Returns the hints of a run.
pub(super) fn hints(parameters: &GlomersParameters, run: &GlomersRun) -> Vec<String> {
    let asked = asked(parameters);
    let vain = asked.iter().filter_map(|kind| ineffective_fault(*kind, parameters, run));
    vain.chain(unsuccessful(&run.history)).chain(without_client(parameters)).collect()
}

/// Returns a hint if some nodes have no client, so that nothing is read from them.
fn without_client(parameters: &GlomersParameters) -> Option<String> {
    let GlomersParameters { names, concurrency, .. } = parameters;
    let first = names.get(*concurrency as usize)?;
    let count = names.len();
    Some(format!(
        "{first} and all nodes after it have no client: there are {concurrency} clients for \
         {count} nodes; a concurrency of 1n would do"
    ))
}

/// Returns the requested kinds of faults: drawn, stated, or present in the network all the time.
fn asked(parameters: &GlomersParameters) -> BTreeSet<FaultKind> {
    let GlomersParameters { nemesis, network, seed, .. } = parameters;
    let mut asked: BTreeSet<FaultKind> = kinds(nemesis, *seed).into_iter().collect();
    asked.extend(nemesis.faults.iter().map(|window| window.fault.kind));
    if !network.partitions.is_empty() {
        asked.insert(FaultKind::Partition);
    }
    let losses = network.links.iter().filter_map(|link| link.loss);
    if losses.chain([network.loss]).any(|loss| loss > Ratio::ZERO) {
        asked.insert(FaultKind::Loss);
    }
    if network.duplication > Ratio::ZERO {
        asked.insert(FaultKind::Duplication);
    }
    asked
}

/// Returns a hint if a kind of fault had no effect, with the reason.
fn ineffective_fault(
    kind: FaultKind,
    parameters: &GlomersParameters,
    run: &GlomersRun,
) -> Option<String> {
    let (count, verb) = match kind.row().effect {
        Effect::Cuts => (run.net.cut, "cut"),
        Effect::Loses => (run.net.lost, "took"),
        Effect::Duplicates => (run.net.duplicates, "duplicated"),
        Effect::Unseen => return None,
    };
    if count > 0 {
        return None;
    }
    let sent = |zone| {
        let kinds = run.net.kinds.iter().filter(|((of, _), _)| *of == zone);
        kinds.map(|(_, count)| count).sum::<u64>()
    };
    let scope = parameters.network.roles.map(|roles| roles.scope).unwrap_or_default();
    let zones: &[Zone] = match scope {
        Scope::Nodes => &[Zone::Nodes],
        Scope::Services => &[Zone::Nodes, Zone::Services],
        Scope::All => &[Zone::Nodes, Zone::Services, Zone::Clients],
    };
    let is_cut = verb == "cut";
    let why = if is_cut && parameters.names.len() == 1 {
        "there is one node".to_owned()
    } else if is_cut && sent(Zone::Nodes) == 0 {
        "nodes sent each other nothing".to_owned()
    } else if is_cut {
        "what nodes sent each other came through".to_owned()
    } else if zones.iter().all(|zone| sent(*zone) == 0) {
        format!("no message was within network.scope = \"{}\"", scope.name())
    } else {
        "no message was hit".to_owned()
    };
    Some(format!("{} {verb} nothing: {why}", kind.name()))
}

/// Returns a hint for each kind of fault and operation if the operation began during such faults,
/// but never succeeded during one.
fn unsuccessful(history: &[Op]) -> Vec<String> {
    let mut on: BTreeMap<&str, u64> = BTreeMap::new();
    // By kind of fault and operation: number of invocations during such faults, and of successes.
    let mut counts: BTreeMap<(&str, &F), (u64, u64)> = BTreeMap::new();
    for op in history {
        if op.process == Process::Nemesis {
            // The start and the end of a fault are two entries each.
            let name = op.f.name();
            if let Some(kind) = name.strip_prefix("start-") {
                *on.entry(kind).or_default() += 1;
            } else if let Some(kind) = name.strip_prefix("stop-") {
                let still = on.entry(kind).or_default();
                *still = still.saturating_sub(1);
            }
            continue;
        }
        for (kind, _) in on.iter().filter(|(_, still)| **still > 0) {
            let (begun, ok) = counts.entry((kind, &op.f)).or_default();
            *begun += u64::from(op.kind == EntryKind::Invoke);
            *ok += u64::from(op.kind == EntryKind::Ok);
        }
    }
    let vain = counts.into_iter().filter(|(_, (begun, ok))| *begun > 0 && *ok == 0);
    let hint = |((kind, f), (begun, _)): ((&str, &F), (u64, u64))| {
        format!("no {} succeeded during {kind}, of {begun} begun then", f.name())
    };
    vain.map(hint).collect()
}
