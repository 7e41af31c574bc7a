//! Counts of operations by function and outcome. Each function needs an operation that succeeded,
//! except crashes of clients, which never do, and requests for readers of the history.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::history_verdict::{CheckResult, Validity};
use super::operations::Operations;
use crate::edn::Edn;
use crate::history::{EntryKind, F, op_edn};

/// Numbers of completed operations, by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    ok: usize,
    fail: usize,
    info: usize,
}

impl Counts {
    fn note(&mut self, outcome: EntryKind) {
        match outcome {
            EntryKind::Ok => self.ok += 1,
            EntryKind::Fail => self.fail += 1,
            EntryKind::Info | EntryKind::Invoke => self.info += 1,
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

/// Counts operations: `:stats` of the results. Each kind needs one that succeeded, except those
/// that cannot.
pub fn stats(ops: &Operations<'_>) -> CheckResult {
    let mut all = Counts::default();
    let mut by_f: BTreeMap<&str, Counts> = BTreeMap::new();
    for operation in ops.all.iter().filter(|operation| operation.completion.is_some()) {
        all.note(operation.outcome);
        by_f.entry(ops.f(operation).name()).or_default().note(operation.outcome);
    }
    let of = |counts: &Counts| Validity::of(counts.ok > 0);
    let is_exempt = |f: &str| [F::Crash, F::DebugTopicPartitions].iter().any(|of| of.name() == f);
    let required = by_f.iter().filter(|(f, _)| !is_exempt(f));
    let valid = required.map(|(_, counts)| of(counts)).fold(Validity::Valid, Validity::and);
    let by_f = by_f.iter().map(|(f, counts)| (Edn::keyword(f), Edn::Map(counts.edn(of(counts)))));
    let mut entries = all.edn(valid);
    entries.push((Edn::keyword("by-f"), Edn::Map(by_f.collect())));
    CheckResult { valid, result: Edn::Map(entries) }
}

/// Returns the exceptions that clients threw, by class, the most frequent first: `:exceptions` of
/// the results. It is always valid.
pub fn exceptions(ops: &Operations<'_>) -> CheckResult {
    let mut groups: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for operation in ops.all.iter().filter(|operation| operation.outcome == EntryKind::Info) {
        let Some(completion) = operation.completion else { continue };
        if let Some(class) = &ops.history[completion].exception {
            groups.entry(class).or_insert((0, completion)).0 += 1;
        }
    }
    let mut entries = vec![(Edn::keyword("valid?"), Edn::Bool(true))];
    let group = |(class, (count, example)): (&str, (usize, usize))| {
        Edn::map([
            ("count", Edn::count(count)),
            ("class", Edn::text(class)),
            ("example", op_edn(example, &ops.history[example], ops.nodes)),
        ])
    };
    if !groups.is_empty() {
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by_key(|(_, (count, _))| Reverse(*count));
        entries
            .push((Edn::keyword("exceptions"), Edn::List(groups.into_iter().map(group).collect())));
    }
    CheckResult { valid: Validity::Valid, result: Edn::Map(entries) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histories::history;

    #[test]
    fn each_kind_needs_one_that_succeeded() {
        let history = history(
            "0 invoke add 1\n1 invoke read\n0 fail add 1 !abort\n1 ok read 1\n\
             0 invoke add 1\n1 invoke read\n0 info add 1 !abort thrown",
        );
        let ops = Operations::new(&history, &[]).expect("well formed");
        let add = "{:valid? false, :count 2, :ok-count 0, :fail-count 1, :info-count 1}";
        let read = "{:valid? true, :count 1, :ok-count 1, :fail-count 0, :info-count 0}";
        let expected = format!(
            "{{:valid? false, :count 3, :ok-count 1, :fail-count 1, :info-count 1, \
             :by-f {{:add {add}, :read {read}}}}}"
        );
        assert_eq!(stats(&ops).result.to_string(), expected);
        let expected = "{:valid? true, :exceptions ({:count 1, \
                        :class \"clojure.lang.ExceptionInfo\", :example {:index 6, :time 6000000, \
                        :type :info, :process 0, :f :add, :value 1, :error [:abort \"\"], \
                        :exception {:via [{:type \"clojure.lang.ExceptionInfo\"}]}}})}";
        assert_eq!(exceptions(&ops).result.to_string(), expected);
    }

    #[test]
    fn crashes_of_clients_need_not_succeed() {
        let history = history("0 invoke crash\n0 info crash\n1 invoke read\n1 ok read");
        let ops = Operations::new(&history, &[]).expect("well formed");
        let crash = "{:valid? false, :count 1, :ok-count 0, :fail-count 0, :info-count 1}";
        let stats = stats(&ops);
        assert_eq!(stats.valid, Validity::Valid);
        let by_f = stats.result.get("by-f").and_then(|by_f| by_f.get("crash"));
        assert_eq!(by_f.map(Edn::to_string).as_deref(), Some(crash));
    }

    #[test]
    fn nothing_at_all_is_valid() {
        let ops = Operations::new(&[], &[]).expect("well formed");
        assert_eq!(stats(&ops).valid, Validity::Valid);
        assert_eq!(exceptions(&ops).result.to_string(), "{:valid? true}");
    }
}
