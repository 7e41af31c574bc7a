//! `runs.parquet`: the rows of `runs.csv` with types, in a sixth of the bytes.
//!
//! A swept key whose values are all numbers is a column of floats, any other of text; counts are
//! 64-bit integers. An empty field of `runs.csv` is a null.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, GzipLevel, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};

use super::ExportRows;
use crate::sweep::columns::{ColumnKind, RunColumn};

/// Maximum number of rows that are gathered before they are written: it bounds the memory.
const GROUP: usize = 1 << 16;

/// The values of a column, `None` for a null.
enum Values {
    Integers(Vec<Option<i64>>),
    Reals(Vec<Option<f64>>),
    Texts(Vec<Option<String>>),
}

/// Writes all rows.
///
/// # Errors
/// If the rows cannot be read or the file cannot be written.
pub(super) fn write(rows: &mut ExportRows<'_>, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let fields = rows.columns().iter().map(field);
    let fields: Vec<TypePtr> = fields.collect::<Result<_, _>>().map_err(io::Error::other)?;
    let schema = Type::group_type_builder("runs").with_fields(fields).build();
    let level = GzipLevel::try_new(4).map_err(io::Error::other)?;
    let properties = WriterProperties::builder()
        .set_created_by(format!("sim {}", env!("CARGO_PKG_VERSION")))
        .set_compression(Compression::GZIP(level))
        .build();
    let schema = Arc::new(schema.map_err(io::Error::other)?);
    let mut writer =
        SerializedFileWriter::new(out, schema, Arc::new(properties)).map_err(io::Error::other)?;
    loop {
        let group = read_group(rows)?;
        if group.first().is_none_or(|values| values.is_empty()) {
            break;
        }
        write_group(&mut writer, &group).map_err(io::Error::other)?;
    }
    writer.close().map(|_| ()).map_err(io::Error::other)
}

fn field(RunColumn { name, kind, .. }: &RunColumn) -> Result<TypePtr, ParquetError> {
    let physical = match kind {
        ColumnKind::Integer => Physical::INT64,
        ColumnKind::Real => Physical::DOUBLE,
        ColumnKind::Text => Physical::BYTE_ARRAY,
    };
    let text = (*kind == ColumnKind::Text).then_some(LogicalType::String);
    let builder = Type::primitive_type_builder(name, physical);
    let builder = builder.with_repetition(Repetition::OPTIONAL).with_logical_type(text);
    builder.build().map(Arc::new)
}

fn read_group(rows: &mut ExportRows<'_>) -> io::Result<Vec<Values>> {
    let mut group: Vec<Values> =
        rows.columns().iter().map(|column| Values::of(column.kind)).collect();
    for _ in 0..GROUP {
        if !rows.next_row()? {
            break;
        }
        for (values, (_, cell)) in group.iter_mut().zip(rows.cells()) {
            match values {
                Values::Integers(values) => {
                    values.push(cell.integer().and_then(|number| number.try_into().ok()));
                }
                Values::Reals(values) => values.push(cell.real()),
                Values::Texts(values) => values.push(cell.text().map(str::to_owned)),
            }
        }
    }
    Ok(group)
}

impl Values {
    fn of(kind: ColumnKind) -> Values {
        match kind {
            ColumnKind::Integer => Values::Integers(vec![]),
            ColumnKind::Real => Values::Reals(vec![]),
            ColumnKind::Text => Values::Texts(vec![]),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Values::Integers(values) => values.is_empty(),
            Values::Reals(values) => values.is_empty(),
            Values::Texts(values) => values.is_empty(),
        }
    }
}

fn write_group(
    writer: &mut SerializedFileWriter<impl Write + Send>,
    group: &[Values],
) -> Result<(), ParquetError> {
    let mut row_group = writer.next_row_group()?;
    for values in group {
        let Some(mut column) = row_group.next_column()? else { break };
        match values {
            Values::Integers(values) => {
                let (there, levels) = split(values, |value| *value);
                column.typed::<Int64Type>().write_batch(&there, Some(&levels), None)?;
            }
            Values::Reals(values) => {
                let (there, levels) = split(values, |value| *value);
                column.typed::<DoubleType>().write_batch(&there, Some(&levels), None)?;
            }
            Values::Texts(values) => {
                let (there, levels) = split(values, |text| ByteArray::from(text.as_str()));
                column.typed::<ByteArrayType>().write_batch(&there, Some(&levels), None)?;
            }
        }
        column.close()?;
    }
    row_group.close().map(|_| ())
}

/// Returns the values that are not null, and the definition level of each row: 1, or 0 for a null.
fn split<T, U>(values: &[Option<T>], of: impl Fn(&T) -> U) -> (Vec<U>, Vec<i16>) {
    let there = values.iter().flatten().map(of).collect();
    (there, values.iter().map(|value| i16::from(value.is_some())).collect())
}
