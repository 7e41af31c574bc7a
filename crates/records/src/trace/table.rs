//! Row-by-row reader of selected columns of a table, with the line number of each row.
//!
//! Columns are separated by commas, or by the semicolons or tabs of a spreadsheet; a line `sep=;`
//! before the header, a byte order mark and empty lines are skipped. A number that was stored as a
//! float (`1.0`, `1e+05`) is read as the integer that it was.

use std::io::Read;

use csv::StringRecord;

use super::lines::Lines;
use super::read_error::ReadError;

/// Rows of a table as fields, each with its line number.
#[derive(Debug)]
pub struct Records<R> {
    lines: Lines<R>,
    separator: char,
    /// Fields of the current row.
    record: StringRecord,
    /// Fields of the header.
    header: StringRecord,
}

impl<R: Read> Records<R> {
    /// Reads the header and detects the separator of its columns; `None` if the input is empty.
    ///
    /// # Errors
    /// If the header cannot be read.
    pub fn open(input: R) -> Result<Option<Records<R>>, ReadError> {
        let lines = Lines::new(input);
        let (record, header) = (StringRecord::new(), StringRecord::new());
        let mut records = Records { lines, separator: ',', record, header };
        Ok(records.find_header()?.then_some(records))
    }

    /// Returns the fields of the header.
    pub fn header(&self) -> &StringRecord {
        &self.header
    }

    /// Returns the fields of the current row.
    pub fn record(&self) -> &StringRecord {
        &self.record
    }

    /// Returns the number of the current line, counted from 1: at first, that of the header.
    pub fn line(&self) -> u64 {
        self.lines.number()
    }

    /// Advances to the next row, which must have as many fields as the header; returns whether
    /// there is one. Empty lines are skipped.
    ///
    /// # Errors
    /// If the row cannot be read, or has another number of fields.
    pub fn advance(&mut self) -> Result<bool, ReadError> {
        loop {
            if !self.lines.advance()? {
                return Ok(false);
            }
            if !self.lines.line().trim_ascii().is_empty() {
                break;
            }
        }
        let line = self.lines.number();
        let text = std::str::from_utf8(self.lines.line()).map_err(|_| not_text(line))?;
        split(text, self.separator, &mut self.record);
        let (width, found) = (self.header.len(), self.record.len());
        if found != width {
            let reason = format!("expected {width} fields, found {found}");
            return Err(ReadError::Csv { line, reason });
        }
        Ok(true)
    }

    fn find_header(&mut self) -> Result<bool, ReadError> {
        while self.lines.advance()? {
            let (line, number) = (self.lines.line(), self.lines.number());
            if line.starts_with(&[0xff, 0xfe]) || line.starts_with(&[0xfe, 0xff]) {
                let reason = "it is UTF-16, expected UTF-8".to_owned();
                return Err(ReadError::Csv { line: number, reason });
            }
            let mut line = std::str::from_utf8(line).map_err(|_| not_text(number))?;
            if number == 1 {
                line = line.trim_start_matches('\u{feff}');
            }
            let line = line.trim();
            if line.is_empty() || line.strip_prefix("sep=").is_some_and(|rest| rest.len() <= 1) {
                continue;
            }
            let separators = [',', ';', '\t'];
            self.separator = separators.into_iter().find(|c| line.contains(*c)).unwrap_or(',');
            split(line, self.separator, &mut self.header);
            return Ok(true);
        }
        Ok(false)
    }
}

/// A table of which `N` columns are selected.
pub(super) struct Table<R, const N: usize> {
    records: Records<R>,
    places: [usize; N],
    names: [&'static str; N],
}

/// The selected fields of one row.
pub(super) struct Fields<'a, const N: usize> {
    record: &'a StringRecord,
    places: &'a [usize; N],
    names: &'a [&'static str; N],
    /// Line number of the row, counted from 1.
    pub(super) line: u64,
}

impl<R: Read, const N: usize> Table<R, N> {
    /// Reads the header. `names` are the selected columns; `all` is the full header, for messages.
    pub(super) fn open(
        input: R,
        names: [&'static str; N],
        all: &'static str,
    ) -> Result<Self, ReadError> {
        let records = Records::open(input)?.ok_or(ReadError::Empty(all))?;
        let (header, line) = (records.header(), records.line());
        let mut places = [0; N];
        for (place, column) in places.iter_mut().zip(names) {
            let found = header.iter().position(|name| name.trim() == column);
            *place = found.ok_or_else(|| match header.len() {
                1 => ReadError::OneColumn { line, found: shown(&header[0]), all },
                _ => ReadError::NoColumn { line, column, all },
            })?;
        }
        Ok(Table { records, places, names })
    }

    /// Returns the next row.
    pub(super) fn next_row(&mut self) -> Result<Option<Fields<'_, N>>, ReadError> {
        let Table { records, places, names } = self;
        let there_is_one = records.advance()?;
        let Records { record, lines, .. } = records;
        Ok(there_is_one.then(|| Fields { record, places, names, line: lines.number() }))
    }
}

fn not_text(line: u64) -> ReadError {
    ReadError::Csv { line, reason: "it is not text".to_owned() }
}

/// Splits a line into fields, some of which may be quoted.
fn split(line: &str, separator: char, fields: &mut StringRecord) {
    fields.clear();
    if line.contains('"') {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .delimiter(separator as u8)
            .from_reader(line.as_bytes());
        // A line of text has a record, and no other error can occur in memory.
        let _ = reader.read_record(fields);
        return;
    }
    line.split(separator).for_each(|field| fields.push_field(field));
}

/// Returns the beginning of a line, for a message.
fn shown(line: &str) -> String {
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

impl<const N: usize> Fields<'_, N> {
    /// Returns the text of a field.
    pub(super) fn text(&self, field: usize) -> &str {
        self.record.get(self.places[field]).unwrap_or("").trim()
    }

    /// Parses an integer.
    pub(super) fn number(&self, field: usize) -> Result<u64, ReadError> {
        whole(self.text(field)).ok_or_else(|| self.error(field, "a whole number"))
    }

    /// Parses an ordinal from 1 that fits into 32 bits: that of a machine or of a copy.
    pub(super) fn ordinal(&self, field: usize, expected: &'static str) -> Result<u32, ReadError> {
        let number = whole(self.text(field)).and_then(|number| u32::try_from(number).ok());
        number.filter(|number| *number > 0).ok_or_else(|| self.error(field, expected))
    }

    /// Creates the error of a field.
    pub(super) fn error(&self, field: usize, expected: &'static str) -> ReadError {
        let found = self.text(field).to_owned();
        ReadError::Field { line: self.line, column: self.names[field], expected, found }
    }
}

/// Largest integer up to which a float represents every one exactly.
const EXACT_MAX: u64 = 1 << 53;

/// Parses an integer, also in the notation of programs that store numbers as floats: `12.0`,
/// `1e+05`.
fn whole(text: &str) -> Option<u64> {
    match text.parse() {
        Ok(number) => Some(number),
        Err(_) => through_float(text),
    }
}

#[cold]
fn through_float(text: &str) -> Option<u64> {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit());
    let number = text.parse::<f64>().ok().filter(|_| is_number)?;
    let is_whole = number.fract() == 0.0 && number <= EXACT_MAX as f64;
    is_whole.then_some(number as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(text: &str) -> Result<Vec<(u64, u64)>, ReadError> {
        let mut table = Table::open(text.as_bytes(), ["b", "a"], "a,b")?;
        let mut found = vec![];
        while let Some(fields) = table.next_row()? {
            found.push((fields.line, 10 * fields.number(1)? + fields.number(0)?));
        }
        Ok(found)
    }

    #[test]
    fn separators_marks_and_empty_lines_of_spreadsheets_are_taken() {
        let texts = [
            "a,b,c\n1,2,\n\n3,4,x\n",
            "a;b;c\r\n1;2;\r\n\r\n3;4;x\r\n",
            "\u{feff}a\tb\tc\n1\t2\t\n \n3\t4\tx",
            "\"a\",\"b\",\"c, d\"\n1,2,\n\n\"3\",4,\"say \"\"x\"\", y\"\n",
        ];
        for text in texts {
            assert_eq!(sums(text).expect(text), [(2, 12), (4, 34)], "{text:?}");
        }
        assert_eq!(sums("sep=;\r\na;b\r\n1;2\r\n").expect("a table"), [(3, 12)]);
        assert_eq!(sums("\u{feff}sep=\t\n\na\tb\n1\t2\n").expect("a table"), [(4, 12)]);
    }

    #[test]
    fn numbers_that_went_through_a_float_are_whole() {
        for (text, number) in [("12.0", 12), ("1e+05", 100_000), ("0.0", 0), ("7.", 7), ("5", 5)] {
            assert_eq!(whole(text), Some(number), "{text}");
        }
        assert_eq!(whole("9007199254740992.0"), Some(EXACT_MAX));
        assert_eq!(whole("18446744073709551615"), Some(u64::MAX));
        // The last one is no longer what it was.
        for text in ["1.5", "-1", "-0.0", "NaN", "inf", "", "1,0", ".0", "1.8446744073709552e19"] {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    #[track_caller]
    fn refused(text: &str, message: &str) {
        assert_eq!(sums(text).expect_err(text).to_string(), message);
    }

    #[test]
    fn what_is_no_table_is_refused_with_what_was_found() {
        refused("", "it is empty; the first line has the columns a,b");
        refused("sep=;\n", "it is empty; the first line has the columns a,b");
        refused(
            "\na|b\n",
            "line 2: expected columns separated by commas, a,b, found a single one: `a|b`",
        );
        refused("b;c\n", "line 1: there is no column `a`; the columns are a,b");
        refused("a;b\r\n1;2\r\n\r\n1,0;2\r\n", "line 4: `a`: expected a whole number, found `1,0`");
        refused("a,b\n\n1\n", "line 3: expected 2 fields, found 1");
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        let error = |bytes: &[u8]| match Table::open(bytes, ["a", "b"], "a,b") {
            Ok(mut table) => table.next_row().err().map(|error| error.to_string()),
            Err(error) => Some(error.to_string()),
        };
        let utf_16 = error(b"\xff\xfea\0,\0b\0\n\0");
        assert_eq!(utf_16.as_deref(), Some("line 1: it is UTF-16, expected UTF-8"));
        let latin = error(b"a,b\n\n1,\xe4\n");
        assert_eq!(latin.as_deref(), Some("line 3: it is not text"));
    }
}
