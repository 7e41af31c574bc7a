//! What a claimed folder held before.

use crate::trace::{ConfigId, MANIFEST_FORMAT};

/// What a claimed folder held before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Nothing that is used again.
    Nothing,
    /// A finished result of the same config and version, with the text of its manifest.
    Result(String),
    /// An unfinished result, to be resumed.
    Unfinished,
}

/// The fields that the manifests of all kinds of results begin with.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct ManifestHead {
    /// The version of the output format.
    pub format: u32,
    /// The version of the program.
    pub sim: String,
    /// The config's name and hash.
    pub config: ConfigId,
}

impl ManifestHead {
    /// Returns the head of a manifest that this program writes.
    pub(super) fn of(config: ConfigId) -> ManifestHead {
        ManifestHead { format: MANIFEST_FORMAT, sim: env!("CARGO_PKG_VERSION").to_owned(), config }
    }
}

/// What was found in a folder.
pub(super) enum Found {
    /// No file, or only temporary ones.
    Fresh,
    /// A finished result of the same config, with the text of its manifest.
    SameConfig(ManifestHead, String),
    /// A finished result of another config.
    OtherConfig,
    /// An unfinished result.
    Unfinished {
        /// The hash of its config.
        of: String,
        /// Whether it has a checkpoint, at which it can be resumed.
        has_checkpoint: bool,
    },
    /// A file that is not ours, and the reason.
    Foreign(String, String),
}
