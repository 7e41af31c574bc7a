//! The page on files of runs and sweeps: the columns of all tables, and the purpose of the other
//! files.

use std::fmt::{self, Write};

use super::fields::{BODY, HISTORY, HOSTED, MANIFEST, RESULTS, STRICT, SUMMARY, SWEEP_MANIFEST};
use crate::experiment::FIGURE_DEFINITIONS;
use crate::export::EXPORT_TABLES;
use crate::glomers::NET_COLUMNS;
use crate::reproduce::{FINDING_COLUMNS, VARIANT_COLUMNS, Variant};
use crate::scale_model::{DEFINITIONS, MACHINE_COLUMNS, RUN_COLUMNS};
use crate::sweep::{
    COUNTS, EXPORTERS, Exporter, GLOMERS_FAILURE_COLUMNS, GLOMERS_HEAD, POINT_COLUMNS,
    SCALE_FAILURE_COLUMNS, SCALE_HEAD,
};
use crate::trace::{JOURNAL_COLUMNS, TRACE_COLUMNS, TableColumn, column};

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
"#;

const TRACE: &str = r#"
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

/// The files of a run, a test or a sweep, and which commands write them.
const FILES: [(&str, &str, &str); 20] = [
    ("`manifest.json`", "`run`, `test`, `sweep`", "what the result is, and hashes of its files"),
    ("`config.toml`", "`run`, `test`, `sweep`", "the resolved config: the same bytes again"),
    ("`trace.csv`", "`run`, scale model", "each event of a machine; not with `--no-trace`"),
    ("`machine-<n>.csv`", "`run --split`, scale model", "the rows of one machine in `trace.csv`"),
    ("`net.csv`", "`run --net`, `test`", "each copy of a message, and its fate"),
    ("`bodies.jsonl`", "`run`, `test`", "what messages said"),
    ("`summary.json`", "`run`, scale model", "the measures"),
    ("`history.jsonl`", "`run` of Gossip Glomers, `test`", "operations as clients saw them"),
    ("`history.edn`", "the same", "the same, in the form of Jepsen"),
    ("`results.json`", "the same", "verdict, statistics and latencies"),
    ("`results.edn`", "the same", "the same, in the form of Maelstrom"),
    ("`node-logs/<node>.log`", "the same", "what a node wrote to its log; only if it did"),
    ("`report.html`", "`report`, `--report`", "a page for a browser"),
    ("`sweep.toml`", "`sweep`", "the sweep with all values written out"),
    ("`runs.csv`", "`sweep`", "the measures of each run"),
    ("`points.csv`", "`sweep`", "their statistics at each point"),
    ("`failures.csv`", "`sweep`", "the runs that failed; only if one did"),
    ("`sums.jsonl`", "`sweep merge`", "sums of each point; only if not all rows are kept"),
    ("`runs.unfinished.csv`, `checkpoint.json`", "`sweep`", "an interrupted sweep, for `--resume`"),
    ("`reproduction.csv`, `reproduction.md`", "`reproduce`", "the figures of the notebooks"),
];

const NUMBERS: &str = "
Counts and times are exact. A float is computed from exact whole numbers and rounded once, at the
end, to 64 bits; it is written with the fewest digits that read as the same number. Where a value is
rounded more than that, its row says so. In JSON an empty value is `null`.
";

const BODIES: &str = "
## `bodies.jsonl`

A JSON object for each message. With `--bodies`; of Gossip Glomers also where the verdict is
invalid, and of `sim test`, up to 64 MiB.
";

const MANIFESTS: &str = "
## `manifest.json`

It is written last. Of a run or a test:
";

const HISTORIES: &str = "
## `history.jsonl`

Of Gossip Glomers: a JSON object for each invocation and each end of an operation, and for each
action of the nemesis, in the order of time. `history.edn` has the same keys and values, as Jepsen
writes them.
";

const RESULT: &str = "
## `results.json`

Of Gossip Glomers: Maelstrom's map with additions. `results.edn` has the same in EDN. Keys have `-`
where the paths of figures below have `_`.
";

const RUNS: &str = "
## `runs.csv`

Of a sweep: for each run of the scale model a row per machine, for each run of Gossip Glomers one
row. The first columns are the swept keys, by their names. Beside keys whose values are texts come
columns of numbers: `<key>_ms`, times in milliseconds; `<key>_number`, fractions and percentages as
floats; `<key>_1`, `<key>_2` and so on, the rates of machines. The head and the measures follow.
";

const POINTS: &str = "
## `points.csv`

Of a sweep: a row for each measure of a machine, or of the whole run, at each point. The first
columns are the swept keys and the numbers beside them, as in `runs.csv`.
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

const EXPORTED_RUN: &str = "
## The tables of a run for spreadsheets

`sim export --to csv --table NAME` writes one of these, with a byte order mark, lines that end in
CR LF, and an apostrophe before a text that a spreadsheet would take for a formula; `--to parquet`
writes the same columns with types.
";

/// The files of a sweep in shards.
const OF_SHARDS: [(&str, &str); 6] = [
    (
        "`manifest.json`",
        "the plan: version and source hash of sim, name and hash of the resolved sweep, seeds, \
         which rows are kept, the columns, and the runs of each shard by their numbers, the end \
         excluded; the first `replaced` shards were planned again",
    ),
    ("`sweep.toml`, `config.toml`", "the resolved sweep; its base, for repeating runs"),
    (
        "`part/shard=000123/shard.json`",
        "what a shard has done: a hash of all but the first line; the runs, their counts, the \
         file with their rows; the first 1,000 failures; the sums of each point, in the order of \
         `points.csv`",
    ),
    (
        "`part/shard=000123/runs-….csv`",
        "its rows, with the columns of `runs.csv`; the name has a part of their hash. With \
         `--rows violations` the rows of the listed failures, with `none` it is left out",
    ),
    (
        "`part/shard=000123/running.json`, `failed.json`",
        "where a shard is being run, every 20 seconds; why its last attempt failed. A shard that \
         is done has neither",
    ),
    (
        "`sums.jsonl`, of a result that does not keep all rows",
        "a line for each measure of each point: `count`; `sum` and `squares` (hexadecimal) in \
         units, of which `units` are 1; `min`, `max`; `histogram`: up to 256 distinct `values` \
         with their counts, of more `buckets`, each number as the difference from the one before. \
         A measure with a fraction is rounded in each run to a multiple of 10⁻⁹, half away from \
         zero. Bucket b from 64 on has the values from (64 + b mod 64)·2^(b/64 − 1) on, with b/64 \
         rounded down; those below have the value b; negative ones are their mirror images",
    ),
];

/// Writes the page.
pub(super) fn write(out: &mut String) -> fmt::Result {
    out.push_str(BEGINNING);
    out.push_str(NUMBERS);
    writeln!(out, "\n| file | written by | what it is |\n| --- | --- | --- |")?;
    FILES.iter().try_for_each(|(file, by, what)| writeln!(out, "| {file} | {by} | {what} |"))?;
    out.push_str(TRACE);
    write_table(out, &TRACE_COLUMNS)?;
    out.push_str(JOURNAL);
    write_table(out, &JOURNAL_COLUMNS)?;
    out.push_str(NET);
    write_table(out, &NET_COLUMNS)?;
    out.push_str(BODIES);
    write_table(out, &BODY)?;
    write_manifests(out)?;
    write_summary(out)?;
    out.push_str(HISTORIES);
    write_table(out, &HISTORY)?;
    write_results(out)?;
    write_runs(out)?;
    out.push_str(POINTS);
    write_table(out, &POINT_COLUMNS)?;
    out.push_str(FAILURES);
    writeln!(out, "\nOf the scale model:")?;
    write_table(out, &SCALE_FAILURE_COLUMNS)?;
    writeln!(out, "\nOf Gossip Glomers:")?;
    write_table(out, &GLOMERS_FAILURE_COLUMNS)?;
    out.push_str(EXPORTS);
    for exporter @ Exporter { name, purpose, .. } in EXPORTERS {
        writeln!(out, "| `{name}` | `{}` | {purpose} |", exporter.file_name())?;
    }
    writeln!(out, "\n## The files of a sweep in shards\n\n| file | what it is |\n| --- | --- |")?;
    OF_SHARDS.iter().try_for_each(|(name, what)| writeln!(out, "| {name} | {what} |"))?;
    write_export_tables(out)?;
    write_reproduction(out)
}

fn write_manifests(out: &mut String) -> fmt::Result {
    out.push_str(MANIFESTS);
    write_table(out, &MANIFEST)?;
    writeln!(out, "\nOf a sweep:")?;
    write_table(out, &SWEEP_MANIFEST)
}

/// Writes the measures of `summary.json`.
fn write_summary(out: &mut String) -> fmt::Result {
    writeln!(out, "\n## `summary.json`\n\nOf the scale model; `sim run --explain` prints it.")?;
    write_table(out, &SUMMARY)?;
    for (section, definitions) in DEFINITIONS {
        writeln!(out, "\n`{section}`:")?;
        let rows = definitions.iter();
        let rows = rows.map(|one| column(one.name, one.meaning, one.values, one.empty));
        write_table(out, &rows.collect::<Vec<_>>())?;
    }
    Ok(())
}

/// Writes the parts and figures of `results.json`.
fn write_results(out: &mut String) -> fmt::Result {
    out.push_str(RESULT);
    write_table(out, &RESULTS)?;
    writeln!(out, "\n`strict`:")?;
    write_table(out, &STRICT)?;
    writeln!(out, "\nOf `sim test`, also:")?;
    write_table(out, &HOSTED)?;
    writeln!(out, "\nThe figures, which targets and sweeps name by these paths:")?;
    writeln!(out, "\n| figure | what it says | values | absent |\n| --- | --- | --- | --- |")?;
    for (path, meaning) in FIGURE_DEFINITIONS {
        let (values, absent) = figure_values(path);
        writeln!(out, "| `{path}` | {meaning} | {values} | {absent} |")?;
    }
    Ok(())
}

/// Returns the values of a figure, and when there is none.
fn figure_values(path: &str) -> (&'static str, &'static str) {
    match path {
        _ if path.ends_with("count") => ("a whole number from 0", "never"),
        "stable_latency_ms.<q>" => ("whole milliseconds, rounded down", "without such a value"),
        _ if path.contains("_ms.") => ("milliseconds, exact to 1 ns", "without such an operation"),
        "availability.ok_fraction" => ("a float from 0 to 1", "without an operation"),
        _ if path.starts_with("white_box") => ("0 or 1", "unless nodes record their versions"),
        _ => ("a float from 0", "without an operation"),
    }
}

/// Writes the columns of `runs.csv`.
fn write_runs(out: &mut String) -> fmt::Result {
    out.push_str(RUNS);
    writeln!(out, "\nThe head, of the scale model:")?;
    write_table(out, &SCALE_HEAD)?;
    writeln!(out, "\nThe measures, of the scale model:")?;
    let machine = MACHINE_COLUMNS.iter();
    let machine = machine.map(|one| (one.name.to_owned(), one.meaning, one.values, one.empty));
    let run = RUN_COLUMNS.iter();
    let run = run.map(|one| (format!("run_{}", one.name), one.meaning, one.values, one.empty));
    write_rows(out, machine.chain(run))?;
    writeln!(out, "\nThe head, of Gossip Glomers:")?;
    write_table(out, &GLOMERS_HEAD)?;
    writeln!(
        out,
        "\nThe measures of Gossip Glomers are the figures of `results.json`, with `_` for"
    )?;
    writeln!(out, "each point of their paths, then the counts `{}`:", COUNTS.join("`, `"))?;
    writeln!(out, "whole numbers from 0, as in `lost-by-network` and `stale-answers`.")
}

/// Writes the columns of the tables of `sim export --to csv`.
fn write_export_tables(out: &mut String) -> fmt::Result {
    out.push_str(EXPORTED_RUN);
    for (name, columns) in EXPORT_TABLES {
        writeln!(out, "\n`--table {name}`:")?;
        write_table(out, &columns.iter().map(|(column, _)| *column).collect::<Vec<_>>())?;
    }
    Ok(())
}

/// Writes the columns of `reproduction.csv`.
fn write_reproduction(out: &mut String) -> fmt::Result {
    out.push_str(REPRODUCTION);
    let variants: Vec<String> = Variant::ALL.map(|one| format!("`{}`", one.name())).into();
    writeln!(out, "\n{}, with the name of the variant and `_` before them.", variants.join(", "))?;
    write_table(out, &FINDING_COLUMNS)?;
    writeln!(out, "\nThe columns of a variant:")?;
    write_table(out, &VARIANT_COLUMNS)
}

fn write_table(out: &mut String, columns: &[TableColumn]) -> fmt::Result {
    let row = |one: &TableColumn| (one.name.to_owned(), one.meaning, one.values, one.empty);
    write_rows(out, columns.iter().map(row))
}

/// A name, what it says, its values, and when it is empty.
type Described = (String, &'static str, &'static str, &'static str);

fn write_rows(out: &mut String, rows: impl IntoIterator<Item = Described>) -> fmt::Result {
    writeln!(out, "\n| name | what it says | values | empty |")?;
    writeln!(out, "| --- | --- | --- | --- |")?;
    for (name, meaning, values, empty) in rows {
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
        for name in columns.chain(POINT_COLUMNS.map(|column| column.name.to_owned())) {
            assert!(page.contains(&format!("| `{name}` | ")), "{name}");
        }
    }
}
