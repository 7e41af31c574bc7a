//! Several measures of one sweep in one picture, with a panel for each.

use super::chart::Chart;
use super::labels::{NAME_MAX, fitting};
use super::sweep_charts::{SweepRequest, draw_sweep};
use super::sweep_table::{SweepError, SweepTable};
use super::units::measure_words;

/// Measures of a Gossip Glomers sweep that are drawn by default; those that a workload does not
/// have are left out.
pub const DEFAULT_FIGURES: [&str; 4] =
    ["net_servers_msgs_per_op", "stable_latency_ms_p50", "stable_latency_ms_max", "valid_share"];

/// Draws several measures of a sweep; `name` is that of the config.
///
/// # Errors
/// If the sweep does not have what is requested, or the picture would not be readable.
pub fn draw_figures(
    tables: &[SweepTable],
    name: &str,
    request: &SweepRequest,
) -> Result<Chart, SweepError> {
    let mut all = Chart { title: fitting(name, NAME_MAX), ..Chart::default() };
    for table in tables {
        let chart = draw_sweep(table, name, request)?;
        for mut panel in chart.panels {
            panel.y.from_zero = true;
            if !request.heat {
                panel.title = format!("{}, {}", measure_words(&table.measure), panel.title);
            }
            all.panels.push(panel);
        }
        for key in chart.legend {
            if all.legend.iter().all(|known| known.name != key.name) {
                all.legend.push(key);
            }
        }
    }
    for (key, value) in &request.at {
        all.title += &format!(", {key} = {value}");
    }
    Ok(all)
}
