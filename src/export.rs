//! Exports of a run for other programs: a table of formats, each with the file that writes it.
//!
//! To add a format: a file in `export/` with a function that writes it, and a row in
//! [`RUN_EXPORTERS`].

mod jepsen;
mod mermaid;
mod operations;
mod perfetto;
mod shiviz;
mod spreadsheet;
mod tables;
mod window;

use std::io::{self, Write};

use crate::causal::CausalGraph;
use crate::history::Op;
pub use mermaid::MERMAID_BYTES_MAX;
pub use tables::{EXPORT_TABLES, ExportTable, Kind, TypedColumn};
pub use window::Window;

/// All formats.
pub static RUN_EXPORTERS: &[RunExporter] = &[
    RunExporter {
        name: "shiviz",
        purpose: "a log with vector clocks and its parser expression, for ShiViz",
        is_text: true,
        write: shiviz::write,
    },
    RunExporter {
        name: "perfetto",
        purpose: "a track per machine, node and client with arrows, for ui.perfetto.dev",
        is_text: true,
        write: perfetto::write,
    },
    RunExporter {
        name: "mermaid",
        purpose: "a sequence diagram of a window, for Markdown",
        is_text: true,
        write: mermaid::write,
    },
    RunExporter {
        name: "jepsen",
        purpose: "history.edn, for Jepsen's and others' checkers",
        is_text: true,
        write: jepsen::write,
    },
    RunExporter {
        name: "csv",
        purpose: "a table for spreadsheets, with no cell that is taken for a formula",
        is_text: true,
        write: spreadsheet::write,
    },
    RunExporter {
        name: "parquet",
        purpose: "the same table with types, for pandas, polars and DuckDB",
        is_text: false,
        #[cfg(feature = "parquet")]
        write: tables::write_parquet,
        #[cfg(not(feature = "parquet"))]
        write: |_, _, _| Err(ExportError::Feature("parquet")),
    },
];

/// A format for other programs.
#[derive(Debug)]
pub struct RunExporter {
    /// The name in `--to`.
    pub name: &'static str,
    /// What the format is for, in a few words.
    pub purpose: &'static str,
    /// Whether it is text, which can be shown in a terminal.
    pub is_text: bool,
    /// Writes the run.
    pub write: WriteRun,
}

/// A function that writes a run in a format.
pub type WriteRun =
    fn(&ExportedRun<'_>, &ExportOptions, &mut (dyn Write + Send)) -> Result<(), ExportError>;

/// A run, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub struct ExportedRun<'r> {
    /// The name of the config and the seed, or of the file.
    pub title: &'r str,
    /// Its events and messages; `None` of a bare history, or without a journal.
    pub graph: Option<&'r CausalGraph>,
    /// Its history; `None` of a trace.
    pub history: Option<&'r [Op]>,
    /// The names of the nodes, in order; none of a trace.
    pub nodes: &'r [String],
}

/// Which part of a run is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportOptions {
    /// The span of time.
    pub window: Window,
    /// The table, for formats that have one; by default that of operations where there is a
    /// history, else that of events.
    pub table: Option<ExportTable>,
}

/// Why a run cannot be written in a format.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The run has no events.
    #[error("it has no events of messages")]
    NoEvents,
    /// The run has no history.
    #[error(
        "it has no history of operations; formats for a trace are shiviz, perfetto, mermaid, csv"
    )]
    NoHistory,
    /// Nothing happened in the window.
    #[error("nothing happened between {} and {}", .0.from, .0.until)]
    Empty(Window),
    /// The text is too large for its reader.
    #[error("{0}")]
    TooLarge(String),
    /// This program was built without a feature.
    #[error("this build is without the feature {0}; build with `--features {0}`")]
    Feature(&'static str),
    /// The output cannot be written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl<'r> ExportedRun<'r> {
    fn graph(&self) -> Result<&'r CausalGraph, ExportError> {
        self.graph.ok_or(ExportError::NoEvents)
    }

    fn history(&self) -> Result<&'r [Op], ExportError> {
        self.history.ok_or(ExportError::NoHistory)
    }
}
