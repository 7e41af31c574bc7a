//! `runs.parquet`: the rows of `runs.csv` with types, a tenth of the bytes.
//!
//! A swept key whose values are all numbers is a column of floats, any other of text; counts are
//! 64-bit integers. Where `runs.csv` has an empty field there is a null.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::sync::Arc;

use parquet::basic::{Compression, GzipLevel, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};

use super::table::columns;
use crate::config::Sweep;
use crate::trace::{BoundedRecords, TABLE_RECORD_MAX};

/// So many rows are gathered before they are written: what bounds memory.
const GROUP: usize = 1 << 16;

/// What a column holds, `None` for a null.
enum Values {
    Integers(Vec<Option<i64>>),
    Reals(Vec<Option<f64>>),
    Texts(Vec<Option<String>>),
}

/// Writes the rows of `runs.csv` as Parquet.
///
/// # Errors
/// If the rows cannot be read or the file cannot be written.
pub fn write_parquet(sweep: &Sweep, rows: File, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let columns = columns(sweep);
    let fields = columns.iter().map(|(name, kind)| field(name, *kind));
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
    let mut reader =
        csv::Reader::from_reader(BoundedRecords::new(BufReader::new(rows), TABLE_RECORD_MAX));
    loop {
        let group = read_group(&mut reader, &columns)?;
        if group.first().is_none_or(|values| values.is_empty()) {
            break;
        }
        write_group(&mut writer, &group).map_err(io::Error::other)?;
    }
    writer.close().map(|_| ()).map_err(io::Error::other)
}

/// What kind of numbers or text a column of `runs.csv` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnKind {
    Integer,
    Real,
    Text,
}

fn field(name: &str, kind: ColumnKind) -> Result<TypePtr, ParquetError> {
    let physical = match kind {
        ColumnKind::Integer => Physical::INT64,
        ColumnKind::Real => Physical::DOUBLE,
        ColumnKind::Text => Physical::BYTE_ARRAY,
    };
    let text = (kind == ColumnKind::Text).then_some(LogicalType::String);
    let builder = Type::primitive_type_builder(name, physical);
    let builder = builder.with_repetition(Repetition::OPTIONAL).with_logical_type(text);
    builder.build().map(Arc::new)
}

fn read_group(
    reader: &mut csv::Reader<impl Read>,
    columns: &[(String, ColumnKind)],
) -> io::Result<Vec<Values>> {
    let mut group: Vec<Values> = columns
        .iter()
        .map(|(_, kind)| match kind {
            ColumnKind::Integer => Values::Integers(vec![]),
            ColumnKind::Real => Values::Reals(vec![]),
            ColumnKind::Text => Values::Texts(vec![]),
        })
        .collect();
    let mut record = csv::StringRecord::new();
    for _ in 0..GROUP {
        if !reader.read_record(&mut record)? {
            break;
        }
        for (values, field) in group.iter_mut().zip(&record) {
            match values {
                Values::Integers(values) => values.push(field.parse().ok()),
                Values::Reals(values) => values.push(field.parse().ok()),
                Values::Texts(values) => {
                    values.push((!field.is_empty()).then(|| field.to_owned()));
                }
            }
        }
    }
    Ok(group)
}

impl Values {
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

/// The values that are there, and for each row whether one is.
fn split<T, U>(values: &[Option<T>], of: impl Fn(&T) -> U) -> (Vec<U>, Vec<i16>) {
    let there = values.iter().flatten().map(of).collect();
    (there, values.iter().map(|value| i16::from(value.is_some())).collect())
}
