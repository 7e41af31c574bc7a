//! Configs that are compiled into the program, so that an installed `sim run exp9` works anywhere.

/// A config that is compiled into the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// Its name: its path below `configs/` without the extension.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

impl Shipped {
    /// Returns the question it asks: its first comment line after the schema directive for editors.
    pub fn question(&self) -> &'static str {
        let mut lines = self.text.lines().filter(|line| !line.starts_with("#:"));
        lines.next().unwrap_or("").trim_start_matches(['#', ' '])
    }
}

/// Embeds configs by name.
macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        &[$(Shipped {
            name: $name,
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/configs/", $name, ".toml")),
        }),*]
    };
}

/// All configs, in the order of listings.
pub const SHIPPED: &[Shipped] = shipped![
    "exp1",
    "exp2",
    "exp3",
    "exp4",
    "exp5",
    "exp6",
    "exp7",
    "exp8",
    "exp9",
    "exp10",
    "exp11",
    "notebook/range6-run1",
    "notebook/range6-run2",
    "notebook/range6-run3",
    "notebook/range6-run4",
    "notebook/range6-run5",
    "notebook/range100-run1",
    "notebook/range100-run2",
    "notebook/range100-run3",
    "notebook/range100-run4",
    "notebook/range100-run5",
    "notebook/tight-run1",
    "notebook/tight-run2",
    "notebook/tight-run3",
    "notebook/tight-run4",
    "notebook/tight-run5",
    "notebook/trial1",
    "notebook/trial2",
    "notebook/trial3",
    "notebook/trial4",
    "notebook/trial5",
    "notebook/trial6",
    "notebook/trial7",
    "notebook/trial8",
    "notebook/trial9",
    "example",
    "big",
    "lossy",
    "partition",
    "glomers/1-echo",
    "glomers/2-unique-ids",
    "glomers/3a",
    "glomers/3b",
    "glomers/3c",
    "glomers/3d",
    "glomers/3d-partition",
    "glomers/3e",
    "glomers/4-g-counter",
    "glomers/5a",
    "glomers/5b",
    "glomers/5c",
    "glomers/6a",
    "glomers/6b",
    "glomers/6b-partition",
    "glomers/6c",
    "glomers/list-append",
    "glomers/g-set",
    "glomers/lin-kv",
    "glomers/lin-kv-primary",
    "glomers/pn-counter",
    "glomers/swarm",
];

/// All sweeps, in the order of listings.
pub const SWEEPS: &[Shipped] = shipped![
    "sweeps/send-probability",
    "sweeps/rate-ratio",
    "sweeps/latency",
    "sweeps/loss",
    "sweeps/machines",
    "sweeps/imperfection",
    "sweeps/batching",
    "sweeps/flood-topologies",
];

/// Returns the config or the sweep of this name.
pub fn shipped(name: &str) -> Option<&'static Shipped> {
    SHIPPED.iter().chain(SWEEPS).find(|shipped| shipped.name == name)
}
