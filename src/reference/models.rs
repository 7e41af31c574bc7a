//! The part of the page on workloads that is on transactions: histories of other programs, and the
//! consistency models.

use std::fmt::{self, Write};

use super::write_rules;
use crate::check::HistoryChecker;
use crate::check::txn::{Anomaly, Model};
use crate::glomers;

const MODELS: &str = "
# Consistency models

`sim check --workload txn-list-append --consistency-model NAME[,NAME]` takes any of these names.
Each model also prohibits what the weaker ones do that it implies, and all anomalies that imply
those. The lattice is that of Elle 0.2.2. A model without anomalies of its own connects the others.

| model | other names | implies | prohibits besides |
| --- | --- | --- | --- |
";

/// Writes the checkers of histories that no clients of ours make, and the models.
pub(super) fn write(out: &mut String) -> fmt::Result {
    for checker in HistoryChecker::ALL {
        if glomers::workload(checker.name()).is_none() {
            writeln!(out, "\n## {}\n", checker.name())?;
            writeln!(out, "Histories of other programs are checked by `sim check`.")?;
            write_rules(out, Some(checker))?;
        }
    }
    out.push_str(MODELS);
    let mut models = Model::ALL.to_vec();
    models.sort_unstable_by_key(|model| model.name());
    for model in models {
        let canonical = Some(model.canonical_name()).filter(|name| *name != model.name());
        let names = canonical.into_iter().chain(model.aliases().iter().copied());
        let weaker = model.weaker().iter().map(|model| model.name());
        let own = model.own_anomalies().iter().filter(|anomaly| !anomaly.is_existence());
        let own = own.copied().map(Anomaly::name);
        let [names, weaker, own] = [list(names), list(weaker), list(own)];
        writeln!(out, "| {} | {names} | {weaker} | {own} |", model.name())?;
    }
    Ok(())
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<&str>>().join(", ")
}
