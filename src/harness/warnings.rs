//! Warnings about nodes: findings that are no violations.

use std::collections::BTreeMap;

use super::lines::printable;
use crate::node::NodeId;

/// Maximum number of different warnings that are kept.
const WARNINGS_MAX: usize = 1000;

/// Warnings by node and name: the first text of each, and how often it was given.
#[derive(Debug, Default)]
pub(super) struct Warnings(BTreeMap<(NodeId, &'static str), (String, u64)>);

impl Warnings {
    /// Adds a warning. Its text is built only if it is the first of its name.
    pub(super) fn add(&mut self, node: NodeId, name: &'static str, text: impl FnOnce() -> String) {
        let is_kept = self.0.len() < WARNINGS_MAX || self.0.contains_key(&(node, name));
        if is_kept {
            self.0.entry((node, name)).or_insert_with(|| (text(), 0)).1 += 1;
        }
    }

    /// Returns all warnings as texts; `names` are those of the nodes.
    pub(super) fn in_words(self, names: &[String]) -> Vec<String> {
        let word = |((node, name), (text, count)): ((NodeId, &str), (String, u64))| {
            let who = names.get(node.index()).map(|name| format!("{name} ")).unwrap_or_default();
            let times = if count > 1 { format!(" ({count} times)") } else { String::new() };
            printable(format!("{name}: {who}{text}{times}").as_bytes())
        };
        self.0.into_iter().map(word).collect()
    }
}
