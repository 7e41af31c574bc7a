//! The page on files of runs and sweeps: the columns of traces and journals, and the purpose of the
//! other files.

use std::fmt::{self, Write};

use crate::glomers::NET_COLUMNS;
use crate::sweep::{EXPORTERS, Exporter};
use crate::trace::{JOURNAL_COLUMNS, TRACE_COLUMNS, TableColumn};

const BEGINNING: &str = r#"# The files

<!-- Made by `sim doc files` from the tables that the code uses; not to be edited. -->

`sim run` leaves a folder for each run, `results/<config>/seed-<n>/`, and `sim sweep` one for each
sweep, `results/sweeps/<name>/`. A file is absent or whole, and `manifest.json` comes last: a
folder without one is unfinished.

All tables are CSV: a header, commas, LF, UTF-8, no comments; a text with a comma or a quote stands
in quotes. A column has one type from its first row to its last: whole numbers without a point,
floats with a point or an exponent (`1.0`, `1e-7`), or text. What a row does not have is empty. So
pandas, polars, DuckDB and spreadsheets open them as they are.

`sim check` and `sim plot` also take traces and journals that other programs wrote. Columns are
found by their names, in any order, and further ones are left alone; rows are in the order of time.
Columns may be separated by `;` or tabs, a line may end in CR LF, a line `sep=;` and a byte order
mark before the header are passed over, and so are empty lines; a whole number may have become a
float (`3.0`).

## `trace.csv`

Of the scale model: a row for each event of a machine. Rows are in the order of time; those of one
instant are in the order in which the model takes them, by `ticks.ties`. `sim run --split` writes
the rows of each machine besides, to `machine-<n>.csv`, with the same columns.
"#;

const JOURNAL: &str = "
## `net.csv`

With `--net`: a row for each copy of a message, so several for a send to all. Rows are in the order
of `at_ns`, and those in flight come last.
";

const NET: &str = "
## `net.csv` of Gossip Glomers

A row for each copy of a message between nodes, services and clients; the messages with which nodes
are set up are left out. Rows are in the order of `at_ns`, and those in flight come last.
";

/// The other files of a run, and their contents.
const OF_RUN: [(&str, &str); 6] = [
    ("`manifest.json`", "config, seed, version, why the run ended, hashes of the files"),
    ("`config.toml`", "the resolved config: `sim run` on it gives the same bytes"),
    ("`summary.json`", "the measures of the scale model, which `sim run --explain` defines"),
    (
        "`history.jsonl`, `history.edn`",
        "of Gossip Glomers: operations as clients saw them, a map for each invocation and each \
         end, as Jepsen has them: `time` in nanoseconds, `process`, `type` (`invoke`, `ok`, \
         `fail`, `info`), `f`, `value`",
    ),
    ("`results.json`, `results.edn`", "of Gossip Glomers: verdict, statistics and latencies"),
    ("`node-logs/`", "of Gossip Glomers: what each node wrote to its log"),
];

/// The tables of a sweep, and the meaning of their rows.
const OF_SWEEP: [(&str, &str); 3] = [
    (
        "`runs.csv`",
        "a point with a seed and a machine (of Gossip Glomers: with a seed): the swept keys, \
         `seed`, how the run ended, and the measures",
    ),
    (
        "`points.csv`",
        "a measure of a machine (or of the `run`) at a point: how many `runs` have it, mean, \
         spread, quantiles, interval, prediction",
    ),
    (
        "`failures.csv`",
        "a run that failed: `run`, `point`, `seed`, `kind`, what was violated, and `replay`, the \
         command that shows it again",
    ),
];

const EXPORTS: &str = "
## The exports of a sweep

`sim sweep --export NAME` also writes the rows of `runs.csv` in another format; on a sweep that is
finished, it writes only that. Names, order and types are those of the columns of `runs.csv`, and an
empty field is null.

| `--export` | file | what it is for |
| --- | --- | --- |
";

const END: &str = "
`sweep.toml` is the sweep with all values written out, `config.toml` its base. `docs/sweeps.md` says
more.
";

/// Writes the page.
pub(super) fn write(out: &mut String) -> fmt::Result {
    out.push_str(BEGINNING);
    write_table(out, &TRACE_COLUMNS)?;
    out.push_str(JOURNAL);
    write_table(out, &JOURNAL_COLUMNS)?;
    out.push_str(NET);
    write_table(out, &NET_COLUMNS)?;
    write_list(out, "The other files of a run", ("file", "what it is"), &OF_RUN)?;
    write_list(out, "The tables of a sweep", ("file", "a row is"), &OF_SWEEP)?;
    out.push_str(EXPORTS);
    for exporter @ Exporter { name, purpose, .. } in EXPORTERS {
        writeln!(out, "| `{name}` | `{}` | {purpose} |", exporter.file_name())?;
    }
    out.push_str(END);
    Ok(())
}

fn write_list(
    out: &mut String,
    title: &str,
    (left, right): (&str, &str),
    rows: &[(&str, &str)],
) -> fmt::Result {
    writeln!(out, "\n## {title}\n\n| {left} | {right} |\n| --- | --- |")?;
    rows.iter().try_for_each(|(name, what)| writeln!(out, "| {name} | {what} |"))
}

fn write_table(out: &mut String, columns: &[TableColumn]) -> fmt::Result {
    writeln!(out, "\n| column | what it says | values | empty |")?;
    writeln!(out, "| --- | --- | --- | --- |")?;
    for TableColumn { name, meaning, values, empty } in columns {
        writeln!(out, "| `{name}` | {meaning} | {values} | {empty} |")?;
    }
    Ok(())
}
