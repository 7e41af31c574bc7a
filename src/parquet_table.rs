//! A table with types as a Parquet file: rows are gathered in groups, which bound the memory.
//!
//! Gzip, since it needs no C compiler and every reader knows it.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, GzipLevel, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};

/// Maximum number of rows of a group.
const GROUP: usize = 1 << 16;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParquetKind {
    Integer,
    Real,
    Text,
}

/// A field of a row. One of another type than its column is a null.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ParquetCell {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
}

/// The values of a column, `None` for a null.
enum Values {
    Integers(Vec<Option<i64>>),
    Reals(Vec<Option<f64>>),
    Texts(Vec<Option<String>>),
}

/// Puts the fields of the next row into an empty list; returns whether there is one.
pub(crate) type NextRow<'n> = dyn FnMut(&mut Vec<ParquetCell>) -> io::Result<bool> + 'n;

/// Writes all rows of a table with this name and these columns.
///
/// # Errors
/// If a row cannot be had or the file cannot be written.
pub(crate) fn write(
    name: &str,
    columns: &[(&str, ParquetKind)],
    next: &mut NextRow<'_>,
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    let fields = columns.iter().map(|(name, kind)| field(name, *kind));
    let fields: Vec<TypePtr> = fields.collect::<Result<_, _>>().map_err(io::Error::other)?;
    let schema = Type::group_type_builder(name).with_fields(fields).build();
    let level = GzipLevel::try_new(4).map_err(io::Error::other)?;
    let properties = WriterProperties::builder()
        .set_created_by(format!("sim {}", env!("CARGO_PKG_VERSION")))
        .set_compression(Compression::GZIP(level))
        .build();
    let schema = Arc::new(schema.map_err(io::Error::other)?);
    let mut writer =
        SerializedFileWriter::new(out, schema, Arc::new(properties)).map_err(io::Error::other)?;
    loop {
        let group = read_group(columns, next)?;
        if group.first().is_none_or(Values::is_empty) {
            break;
        }
        write_group(&mut writer, &group).map_err(io::Error::other)?;
    }
    writer.close().map(|_| ()).map_err(io::Error::other)
}

fn field(name: &str, kind: ParquetKind) -> Result<TypePtr, ParquetError> {
    let physical = match kind {
        ParquetKind::Integer => Physical::INT64,
        ParquetKind::Real => Physical::DOUBLE,
        ParquetKind::Text => Physical::BYTE_ARRAY,
    };
    let text = (kind == ParquetKind::Text).then_some(LogicalType::String);
    let builder = Type::primitive_type_builder(name, physical);
    let builder = builder.with_repetition(Repetition::OPTIONAL).with_logical_type(text);
    builder.build().map(Arc::new)
}

fn read_group(columns: &[(&str, ParquetKind)], next: &mut NextRow<'_>) -> io::Result<Vec<Values>> {
    let mut group: Vec<Values> = columns.iter().map(|(_, kind)| Values::of(*kind)).collect();
    let mut row = Vec::with_capacity(columns.len());
    for _ in 0..GROUP {
        row.clear();
        if !next(&mut row)? {
            break;
        }
        for (values, cell) in group.iter_mut().zip(row.drain(..)) {
            values.push(cell);
        }
    }
    Ok(group)
}

impl Values {
    fn of(kind: ParquetKind) -> Values {
        match kind {
            ParquetKind::Integer => Values::Integers(vec![]),
            ParquetKind::Real => Values::Reals(vec![]),
            ParquetKind::Text => Values::Texts(vec![]),
        }
    }

    fn push(&mut self, cell: ParquetCell) {
        match (self, cell) {
            (Values::Integers(values), ParquetCell::Integer(number)) => values.push(Some(number)),
            (Values::Reals(values), ParquetCell::Real(number)) => values.push(Some(number)),
            (Values::Texts(values), ParquetCell::Text(text)) => values.push(Some(text)),
            (Values::Integers(values), _) => values.push(None),
            (Values::Reals(values), _) => values.push(None),
            (Values::Texts(values), _) => values.push(None),
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
