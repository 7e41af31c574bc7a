//! Charts of results: rows of a trace, a history or a sweep in, the bytes of a picture out.
//!
//! `run_series`, `history_series` and `sweep_table` read the data, the `*_charts` files build
//! charts as plain values, `draw` makes a scene of them, and each file of `scene` writes a format.
//! Drawing is deterministic: equal input gives equal bytes. Nothing here opens a file.

mod axes;
mod chart;
mod diagram;
mod diagram_draw;
mod diagram_labels;
mod diagram_source;
mod diagram_text;
mod diagram_view;
mod diagram_words;
mod draw;
mod figure_panels;
mod heat;
mod history_charts;
mod history_parts;
mod history_series;
mod labels;
mod latency_charts;
mod marks;
mod page;
mod picture;
mod run_charts;
mod run_series;
mod scene;
mod seeds_charts;
mod seeds_table;
mod style;
mod sweep_axes;
mod sweep_charts;
mod sweep_lines;
mod sweep_table;
mod swept_values;
mod thinning;
mod timeline_chart;
mod together;
mod units;

pub use chart::Chart;
pub use diagram::Diagram;
pub use diagram_source::{DiagramSource, LaneFault};
pub use diagram_view::{DiagramRequest, draw_messages};
pub use figure_panels::{DEFAULT_FIGURES, draw_figures};
pub use history_charts::{HistoryChart, draw_history};
pub use history_series::{ClientRows, FaultWindow, HistorySeries, Operation, Unstable};
pub use picture::Picture;
pub use run_charts::{RunChart, draw_run};
pub use run_series::{MachineSeries, Overview, RunEnd, RunReader, RunSeries};
pub use scene::{Cells, DPI, Scene};
pub use seeds_charts::{SeedsChart, draw_seeds};
pub use seeds_table::SeedsTable;
pub use style::{Style, Theme};
pub use sweep_charts::{DEFAULT_MEASURE, SweepRequest, draw_sweep};
pub use sweep_table::{Owner, SweepError, SweepManifest, SweepRow, SweepTable, SweptConfig};
pub use together::{RUNS_MAX, together};
pub use units::{measure_label, measure_unit};
