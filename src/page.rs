//! One HTML page about a result: sections as plain values in, the bytes of one file out.
//!
//! What can be said in words and tables is written as HTML; charts and the space-time diagram are
//! drawn by the scripts in `assets/` from the run itself, which `pack` puts into the page. Nothing
//! here opens a file.

mod assets;
mod badge;
mod counterexample;
mod cycle;
mod document;
mod html;
mod no_order;
mod pack;
mod section;
mod svg;
mod varint;

pub use badge::Badge;
pub use counterexample::PageCounterexample;
pub use document::{BEGIN, Difference, Page, PageKind};
pub use pack::{Family, PageFinding, PageRun, Sampled};
pub use section::{Block, Section, Table};
