//! Nodes in configs, by their names.

use super::diagnostic::ConfigError;
use super::reader::Cursor;
use crate::node::NodeId;

type Result<T> = std::result::Result<T, ConfigError>;

/// Returns the node of this name; `cursor` is its position in the config.
pub(super) fn node(cursor: &Cursor<'_>, name: &str, names: &[String]) -> Result<NodeId> {
    let found = names.iter().position(|known| known == name);
    found.map(|place| NodeId(place as u32)).ok_or_else(|| {
        let hint = match names {
            [only] => format!("the only node is {only}"),
            [first, .., last] => format!("the nodes are {first} to {last}"),
            [] => "there are no nodes".to_owned(),
        };
        cursor.error(format!("there is no node {name:?}"), Some(&hint))
    })
}

/// Reads a list of distinct nodes by name.
pub(super) fn node_list(cursor: &Cursor<'_>, names: &[String]) -> Result<Vec<NodeId>> {
    let entries = cursor.list("a list of nodes, such as [\"n1\"]")?;
    if entries.is_empty() {
        return Err(cursor.error("the list of nodes is empty", None));
    }
    let mut found = Vec::new();
    for entry in &entries {
        let name = entry.text("the name of a node")?;
        let id = node(entry, name, names)?;
        if found.contains(&id) {
            return Err(entry.error(format!("{name} is here twice"), None));
        }
        found.push(id);
    }
    Ok(found)
}
