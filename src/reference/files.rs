//! The page on files of runs and sweeps: the columns of all tables, and the purpose of the other
//! files.

use std::fmt::{self, Write};

use crate::glomers::NET_COLUMNS;
use crate::reproduce::{FINDING_COLUMNS, VARIANT_COLUMNS, Variant};
use crate::scale_model::{MACHINE_COLUMNS, RUN_COLUMNS};
use crate::sweep::{
    COUNTS, EXPORTERS, Exporter, GLOMERS_FAILURE_COLUMNS, GLOMERS_HEAD, POINT_COLUMNS,
    SCALE_FAILURE_COLUMNS, SCALE_HEAD,
};
use crate::trace::{JOURNAL_COLUMNS, TRACE_COLUMNS, TableColumn};

const BEGINNING: &str = r#"# The files

<!-- Made by `sim doc files` from the tables that the code uses; not to be edited. -->

`sim run` leaves a folder for each run, `results/<config>/seed-<n>/`, and `sim sweep` one for each
sweep, `results/sweeps/<name>/`. Where a config was overridden, the name says what was changed, by
key: `seed-1+duration=10s+events.send=0.3`, or beyond 80 characters `seed-1+` and six digits of the
resolved config's hash. The link `results/latest` names the result that was finished last. A file is
absent or whole, and `manifest.json` comes last: a folder without one is unfinished.

All tables are CSV: a header, commas, LF, UTF-8, no comments; a text with a comma or a quote stands
in quotes. A column has one type from its first row to its last: whole numbers without a point,
floats with a point or an exponent (`1.0`, `1e-7`), or text. What a row does not have is empty. So
pandas, polars, DuckDB and spreadsheets open them as they are.

`sim check` and `sim plot` also take traces and journals that other programs wrote. Columns are
found by their names, in any order, and further ones are left alone; rows are in the order of time.
Columns may be separated by `;` or tabs, a line may end in CR LF, a line `sep=;` and a byte order
mark before the header are passed over, and so are empty lines; a whole number may have become a
float (`3.0`).

`sim check --workload txn-rw-register` also takes transactions on registers as AWDIT writes them
(`w KEY VALUE` and `r KEY VALUE`, `-----` between the transactions of a session, `=====` between
sessions), and as IsoVista, Plume and PolySI do (`w(KEY,VALUE,SESSION,TRANSACTION)` and `r(…)`; -1
is a transaction that was aborted, and a read of 0 needs no write). The form is known by its first
line.

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
const OF_RUN: [(&str, &str); 7] = [
    ("`manifest.json`", "config, seed, version, why the run ended, hashes of the files"),
    ("`config.toml`", "the resolved config: `sim run` on it gives the same bytes"),
    ("`summary.json`", "the measures of the scale model, which `sim run --explain` defines"),
    (
        "`bodies.jsonl`",
        "what messages said: a JSON object per line with `message`, the number in `net.csv`, and \
         `body`, in the scale model the clock that the message carries. With `--bodies`; of Gossip \
         Glomers also where the verdict is invalid, and of `sim test`, up to 64 MiB",
    ),
    (
        "`history.jsonl`, `history.edn`",
        "of Gossip Glomers: operations as clients saw them, a map for each invocation and each \
         end, as Jepsen has them: `time` in nanoseconds, `process`, `type` (`invoke`, `ok`, \
         `fail`, `info`), `f`, `value`",
    ),
    ("`results.json`, `results.edn`", "of Gossip Glomers: verdict, statistics and latencies"),
    ("`node-logs/`", "of Gossip Glomers: what each node wrote to its log"),
];

const RUNS: &str = "
## `runs.csv`

Of a sweep: for each run of the scale model a row per machine, for each run of Gossip Glomers one
row. The first columns are the swept keys, by their names; those of the head and the measures
follow.
";

const POINTS: &str = "
## `points.csv`

Of a sweep: a row for each measure of a machine, or of the whole run, at each point. The first
columns are the swept keys.
";

const FAILURES: &str = "
## `failures.csv`

Of a sweep: a row for each run that failed.
";

const REPRODUCTION: &str = "
## `reproduction.csv`

Of `sim reproduce`: a row for each figure of the notebooks, which `configs/notebook/figures.csv`
lists (its columns are the first six but `verdict`). The columns of a variant follow for each of";

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
    write_runs(out)?;
    out.push_str(POINTS);
    write_columns(out, "column", &POINT_COLUMNS)?;
    out.push_str(FAILURES);
    write_columns(out, "column, scale model", &SCALE_FAILURE_COLUMNS)?;
    write_columns(out, "column, Gossip Glomers", &GLOMERS_FAILURE_COLUMNS)?;
    out.push_str(EXPORTS);
    for exporter @ Exporter { name, purpose, .. } in EXPORTERS {
        writeln!(out, "| `{name}` | `{}` | {purpose} |", exporter.file_name())?;
    }
    out.push_str(END);
    write_reproduction(out)
}

/// Writes the columns of `runs.csv`.
fn write_runs(out: &mut String) -> fmt::Result {
    out.push_str(RUNS);
    write_columns(out, "head, scale model", &SCALE_HEAD)?;
    let machine = MACHINE_COLUMNS.iter().map(|column| (column.name.to_owned(), column.meaning));
    let run = RUN_COLUMNS.iter().map(|column| (format!("run_{}", column.name), column.meaning));
    write_columns(out, "measure, scale model", &machine.chain(run).collect::<Vec<_>>())?;
    write_columns(out, "head, Gossip Glomers", &GLOMERS_HEAD)?;
    writeln!(
        out,
        "\nThe measures of Gossip Glomers are the figures of `results.json`, with `_` for"
    )?;
    writeln!(out, "each point of their paths, then the counts `{}`.", COUNTS.join("`, `"))
}

/// Writes the columns of `reproduction.csv`.
fn write_reproduction(out: &mut String) -> fmt::Result {
    out.push_str(REPRODUCTION);
    let variants: Vec<String> = Variant::ALL.map(|one| format!("`{}`", one.name())).into();
    writeln!(out, "\n{}, with the name of the variant and `_` before them.", variants.join(", "))?;
    write_columns(out, "column", &FINDING_COLUMNS)?;
    write_columns(out, "column of a variant", &VARIANT_COLUMNS)
}

fn write_columns(
    out: &mut String,
    title: &str,
    columns: &[(impl AsRef<str>, &str)],
) -> fmt::Result {
    writeln!(out, "\n| {title} | what it says |\n| --- | --- |")?;
    columns.iter().try_for_each(|(name, what)| writeln!(out, "| `{}` | {what} |", name.as_ref()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_a_sweep_is_on_the_page() {
        let mut page = String::new();
        write(&mut page).expect("writing to a string");
        let columns = RUN_COLUMNS.iter().map(|column| format!("run_{}", column.name));
        for name in columns.chain(POINT_COLUMNS.map(|(name, _)| name.to_owned())) {
            assert!(page.contains(&format!("| `{name}` | ")), "{name}");
        }
    }
}
