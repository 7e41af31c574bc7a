//! How the manifest of a new model names the library: by the registry, or by a checkout.

use std::path::{Path, PathBuf};

use super::super::CommandError;
use crate::store::read_text;

/// Where the library comes from.
pub(super) struct Library {
    /// The value of the dependency in the manifest.
    pub(super) dependency: String,
    /// Comment lines above it.
    pub(super) how: String,
    /// The versions of all packages that the checkout was built with.
    pub(super) lock: Option<String>,
}

/// The package of the library, and its folder in a checkout.
const PACKAGE: &str = "detsim-core";
const FOLDER: &str = "crates/core";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Returns the library in a checkout that is named, or else in the one that this program was built
/// from, if it is still there; or else in the registry.
pub(super) fn library(checkout: Option<&Path>, registry: bool) -> Result<Library, CommandError> {
    let built_from = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let checkout = match checkout {
        Some(named) if is_checkout(named) => Some(named.to_owned()),
        Some(named) => {
            let (named, expected) = (named.display(), format!("{FOLDER}/Cargo.toml"));
            let text = format!("--checkout {named}: it is no checkout of sim: no {expected} there");
            return Err(CommandError::Usage(text));
        }
        None => Some(built_from).filter(|folder| !registry && is_checkout(folder)),
    };
    let Some(checkout) = checkout else {
        return Ok(Library {
            dependency: format!("{{ package = \"{PACKAGE}\", version = \"{VERSION}\" }}"),
            how: "# From the registry. For a checkout of sim instead, which works offline, add\n\
                  # path = \"…/crates/core\".\n"
                .to_owned(),
            lock: None,
        });
    };
    let checkout = checkout.canonicalize().unwrap_or(checkout);
    let path = toml_text(&checkout.join(FOLDER).display().to_string());
    Ok(Library {
        dependency: format!(
            "{{ package = \"{PACKAGE}\", version = \"{VERSION}\", path = {path} }}"
        ),
        how: "# Cargo takes the `path`, a checkout of sim, which works offline; without it the\n\
              # `version` counts, from the registry.\n"
            .to_owned(),
        lock: read_text(&checkout.join("Cargo.lock")).ok(),
    })
}

/// Whether a folder is a checkout of this project, and not its package from the registry.
fn is_checkout(folder: &Path) -> bool {
    let manifest = read_text(&folder.join(FOLDER).join("Cargo.toml"));
    manifest.is_ok_and(|text| text.contains(&format!("name = \"{PACKAGE}\"")))
}

/// Returns a text as a value of TOML.
fn toml_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
