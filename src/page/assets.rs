//! The scripts and styles of a page, which are part of the program, and the policy that names them.

use base64::Engine;
use sha2::{Digest, Sha256};

/// The texts of files in `assets/`, each with its name.
macro_rules! assets {
    ($($name:literal,)*) => {
        &[$(($name, include_str!(concat!("assets/", $name))),)*]
    };
}

/// The styles, in the order in which they count.
pub(super) const STYLES: &[(&str, &str)] = assets![
    "uplot/uPlot.min.css",
    "theme.css",
    "page.css",
    "charts.css",
    "diagram.css",
    "print.css",
];

/// The scripts, in the order in which they run.
pub(super) const SCRIPTS: &[(&str, &str)] = assets![
    "uplot/uPlot.iife.min.js",
    "sorted.js",
    "causality.js",
    "decode.js",
    "model.js",
    "format.js",
    "series.js",
    "sampling.js",
    "operations.js",
    "marks.js",
    "zoom.js",
    "tables.js",
    "layers.js",
    "frame.js",
    "plot-pointer.js",
    "plot.js",
    "charts-machines.js",
    "charts-nodes.js",
    "timeline-pointer.js",
    "timeline.js",
    "theme.js",
    "words-copy.js",
    "words-clock.js",
    "words-operation.js",
    "words.js",
    "words-finding.js",
    "search.js",
    "diagram-palette.js",
    "diagram-scale.js",
    "diagram-layout.js",
    "diagram-arrows.js",
    "diagram-messages.js",
    "diagram-marks.js",
    "diagram-density.js",
    "diagram-faults.js",
    "diagram-frame.js",
    "diagram-example.js",
    "diagram-detail.js",
    "diagram-minimap.js",
    "diagram-panel.js",
    "diagram-dom.js",
    "diagram-find.js",
    "diagram-input.js",
    "diagram-rows.js",
    "diagram-view.js",
    "diagram-select.js",
    "diagram.js",
    "main.js",
];

/// Returns the content security policy: nothing is loaded, and only these scripts and styles act.
pub(super) fn policy() -> String {
    let list = |texts: &[(&str, &str)]| -> String {
        let hash = |(_, text): &(&str, &str)| {
            let digest = Sha256::digest(text.as_bytes());
            format!("'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(digest))
        };
        texts.iter().map(hash).collect::<Vec<_>>().join(" ")
    };
    let (scripts, styles) = (list(SCRIPTS), list(STYLES));
    format!(
        "default-src 'none'; script-src {scripts}; style-src {styles}; img-src data:; \
         base-uri 'none'; form-action 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_script_ends_its_element() {
        for (name, text) in SCRIPTS.iter().chain(STYLES) {
            let lower = text.to_lowercase();
            assert!(!lower.contains("</script") && !lower.contains("</style"), "{name}");
            assert!(!lower.contains("<!--"), "{name}");
        }
    }

    #[test]
    fn all_scripts_and_styles_are_in_the_page() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/page/assets");
        let known: Vec<&str> = SCRIPTS.iter().chain(STYLES).map(|(name, _)| *name).collect();
        for entry in std::fs::read_dir(folder).expect("the folder").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_asset = name.ends_with(".js") || name.ends_with(".css");
            assert!(!is_asset || known.contains(&name.as_str()), "{name} is in no page");
        }
    }
}
