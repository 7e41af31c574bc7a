//! How many operations of each kind ended how. Each kind needs one that succeeded.

use std::collections::BTreeMap;

use super::history::{Judged, Validity};
use super::operations::Operations;
use crate::edn::Edn;
use crate::history::Kind;

/// The codes of errors that the protocol names; what has another name was thrown by a client.
const PROTOCOL_ERRORS: [&str; 14] = [
    "timeout",
    "net-timeout",
    "node-not-found",
    "not-supported",
    "temporarily-unavailable",
    "malformed-request",
    "crash",
    "abort",
    "key-does-not-exist",
    "key-already-exists",
    "precondition-failed",
    "txn-conflict",
    "not-a-member",
    "unknown",
];

/// Numbers of operations that have ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    ok: usize,
    fail: usize,
    info: usize,
}

impl Counts {
    fn note(&mut self, outcome: Kind) {
        match outcome {
            Kind::Ok => self.ok += 1,
            Kind::Fail => self.fail += 1,
            Kind::Info | Kind::Invoke => self.info += 1,
        }
    }

    fn edn(self, valid: Validity) -> Vec<(Edn, Edn)> {
        let counts = [
            ("valid?", valid.edn()),
            ("count", Edn::count(self.ok + self.fail + self.info)),
            ("ok-count", Edn::count(self.ok)),
            ("fail-count", Edn::count(self.fail)),
            ("info-count", Edn::count(self.info)),
        ];
        counts.map(|(key, value)| (Edn::keyword(key), value)).into()
    }
}

/// Counts operations: `:stats` of the results.
pub fn stats(ops: &Operations<'_>) -> Judged {
    let mut all = Counts::default();
    let mut by_f: BTreeMap<&str, Counts> = BTreeMap::new();
    for operation in ops.all.iter().filter(|operation| operation.completion.is_some()) {
        all.note(operation.outcome);
        by_f.entry(ops.f(operation).name()).or_default().note(operation.outcome);
    }
    let of = |counts: &Counts| Validity::of(counts.ok > 0);
    let valid = by_f.values().map(of).fold(Validity::Valid, Validity::and);
    let by_f = by_f.iter().map(|(f, counts)| (Edn::keyword(f), Edn::Map(counts.edn(of(counts)))));
    let mut entries = all.edn(valid);
    entries.push((Edn::keyword("by-f"), Edn::Map(by_f.collect())));
    Judged { valid, result: Edn::Map(entries) }
}

/// What clients threw, in groups: `:exceptions` of the results. It is always valid.
pub fn exceptions(ops: &Operations<'_>) -> Judged {
    let mut groups: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for completion in ops.all.iter().filter_map(|operation| operation.completion) {
        if let Some((name, text)) = &ops.history[completion].error
            && !PROTOCOL_ERRORS.contains(&name.as_str())
        {
            groups.entry(name).or_insert((0, text)).0 += 1;
        }
    }
    let mut entries = vec![(Edn::keyword("valid?"), Edn::Bool(true))];
    let group = |(name, (count, example)): (&str, (usize, &str))| {
        Edn::map([
            ("count", Edn::count(count)),
            ("class", Edn::text(name)),
            ("example", Edn::text(example)),
        ])
    };
    if !groups.is_empty() {
        let groups = groups.into_iter().map(group).collect();
        entries.push((Edn::keyword("exceptions"), Edn::List(groups)));
    }
    Judged { valid: Validity::Valid, result: Edn::Map(entries) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::histories::history;

    #[test]
    fn each_kind_needs_one_that_succeeded() {
        let history = history(
            "0 invoke add 1\n1 invoke read\n0 fail add 1 !abort\n1 ok read 1\n\
             0 invoke add 1\n1 invoke read\n0 info add 1 !odd",
        );
        let ops = Operations::new(&history, &[]).expect("well formed");
        let add = "{:valid? false, :count 2, :ok-count 0, :fail-count 1, :info-count 1}";
        let read = "{:valid? true, :count 1, :ok-count 1, :fail-count 0, :info-count 0}";
        let expected = format!(
            "{{:valid? false, :count 3, :ok-count 1, :fail-count 1, :info-count 1, \
             :by-f {{:add {add}, :read {read}}}}}"
        );
        assert_eq!(stats(&ops).result.to_string(), expected);
        let expected = "{:valid? true, :exceptions ({:count 1, :class \"odd\", :example \"\"})}";
        assert_eq!(exceptions(&ops).result.to_string(), expected);
    }

    #[test]
    fn nothing_at_all_is_valid() {
        let ops = Operations::new(&[], &[]).expect("well formed");
        assert_eq!(stats(&ops).valid, Validity::Valid);
        assert_eq!(exceptions(&ops).result.to_string(), "{:valid? true}");
    }
}
