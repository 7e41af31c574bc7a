//! Exports of the runs of a sweep: a table of formats, each with the file that has it.
//!
//! To add a format: a file in `export/` that writes the rows, and a row in [`EXPORTERS`].

mod jsonl;
#[cfg(feature = "parquet")]
mod parquet;
mod rows;

use std::io::{self, Write};

use super::SweepManifest;
use crate::store::{FileKind, FileName};
pub use rows::{Cell, ExportRows};

/// All formats.
pub static EXPORTERS: &[Exporter] = &[
    // In the order in which their files are written.
    Exporter {
        name: "parquet",
        file: FileKind::plain("runs.parquet"),
        purpose: "typed columns in a sixth of the bytes, for pandas, polars and DuckDB",
        #[cfg(feature = "parquet")]
        writer: Writer::Always(parquet::write),
        #[cfg(not(feature = "parquet"))]
        writer: Writer::Feature("parquet"),
    },
    Exporter {
        name: "jsonl",
        file: FileKind::plain("runs.jsonl"),
        purpose: "a JSON object for each run, its machines in a list, for jq and scripts",
        writer: Writer::OnRequest(jsonl::write),
    },
];

/// A format of the rows of `runs.csv`.
#[derive(Debug)]
pub struct Exporter {
    /// The name in `--export`.
    pub name: &'static str,
    /// The file in the results folder.
    pub file: FileKind<SweepManifest>,
    /// What the format is for, in a few words.
    pub purpose: &'static str,
    /// How the file is written.
    pub writer: Writer,
}

/// A function that writes all rows.
pub type WriteRows = fn(&mut ExportRows<'_>, &mut (dyn Write + Send)) -> io::Result<()>;

/// How the file of an export is written.
#[derive(Clone, Copy, Debug)]
pub enum Writer {
    /// By every sweep.
    Always(WriteRows),
    /// By a sweep that is asked for it.
    OnRequest(WriteRows),
    /// By a build with this feature, which this program is not.
    Feature(&'static str),
}

impl Exporter {
    /// Returns whether every sweep writes the file.
    pub fn is_default(&self) -> bool {
        matches!(self.writer, Writer::Always(_))
    }

    /// Returns the name of the file.
    pub fn file_name(&self) -> &'static str {
        match self.file.name {
            FileName::One(name) => name,
            FileName::Numbered(..) | FileName::Inside(..) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_has_a_name_and_a_file_of_its_own() {
        for (place, exporter) in EXPORTERS.iter().enumerate() {
            assert!(exporter.file_name().starts_with("runs."), "{}", exporter.name);
            for other in &EXPORTERS[..place] {
                assert_ne!(other.name, exporter.name);
                assert_ne!(other.file.name, exporter.file.name);
            }
        }
    }
}
