//! Tables for the terminal: as wide as it is, in several blocks where they would be wider.

use std::io::{self, Write};
use std::ops::Range;

use anstyle::Style;

use super::terminal::Ours;

/// A table, column by column.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// The columns that say what a row is about; each block begins with them.
    pub(super) keys: Vec<Column>,
    pub(super) columns: Vec<Column>,
}

/// A column with its heading. All columns of a table have as many cells.
#[derive(Clone, Debug)]
pub(super) struct Column {
    heading: String,
    cells: Vec<Cell>,
    is_text: bool,
}

/// A cell: a value, and what theory says of it, which is shown dimly and in parentheses.
#[derive(Clone, Debug)]
struct Cell {
    value: String,
    theory: Option<String>,
}

/// Columns between two columns.
const GAP: usize = 2;

impl Column {
    /// Returns a column of words, which are aligned to the left.
    pub(super) fn text(heading: &str, cells: impl IntoIterator<Item = String>) -> Column {
        Column { is_text: true, ..Column::numbers(heading, cells) }
    }

    /// Returns a column of numbers, which are aligned to the right.
    pub(super) fn numbers(heading: &str, cells: impl IntoIterator<Item = String>) -> Column {
        let cells = cells.into_iter().map(|value| Cell { value, theory: None }).collect();
        Column { heading: heading.to_owned(), cells, is_text: false }
    }

    /// Returns a column of numbers with what theory says of each. If it says something of none, it
    /// is left out of the heading, too.
    pub(super) fn with_theory(
        heading: &str,
        cells: impl IntoIterator<Item = (String, Option<String>)>,
    ) -> Column {
        let cell = |(value, theory)| Cell { value, theory };
        let cells: Vec<Cell> = cells.into_iter().map(cell).collect();
        let is_known = cells.iter().any(|cell| cell.theory.is_some());
        let theory = if is_known { " (theory)" } else { "" };
        Column { heading: format!("{heading}{theory}"), cells, is_text: false }
    }

    /// Returns the width of the values, and that of the theories with their parentheses.
    fn widths(&self) -> (usize, usize) {
        let values = self.cells.iter().map(|cell| length(&cell.value)).max().unwrap_or(0);
        let theory = |cell: &Cell| cell.theory.as_ref().map_or(0, |theory| length(theory) + 3);
        let theories = self.cells.iter().map(theory).max().unwrap_or(0);
        (values.max(length(&self.heading).saturating_sub(theories)), theories)
    }

    fn width(&self) -> usize {
        let (values, theories) = self.widths();
        values + theories
    }

    fn heading_pieces(&self) -> Pieces {
        let heading = self.aligned(&self.heading, self.width());
        [(Style::new().bold(), heading), (Style::new(), String::new())]
    }

    fn cell_pieces(&self, row: usize) -> Pieces {
        let (values, theories) = self.widths();
        let cell = &self.cells[row];
        let theory = cell.theory.as_ref().map_or(String::new(), |theory| format!(" ({theory})"));
        let value = (Style::new(), self.aligned(&cell.value, values));
        [value, (Style::new().dimmed(), format!("{theory:<theories$}"))]
    }

    fn aligned(&self, text: &str, width: usize) -> String {
        match self.is_text {
            true => format!("{text:<width$}"),
            false => format!("{text:>width$}"),
        }
    }
}

/// Returns the number of columns of a text in the terminal, as far as its characters are narrow.
fn length(text: &str) -> usize {
    text.chars().count()
}

impl Table {
    /// Prints the table in lines of at most `width` characters, unless a single column is wider.
    pub(super) fn print(&self, width: usize, out: &mut dyn Write) -> io::Result<()> {
        for (number, block) in self.blocks(width).into_iter().enumerate() {
            if number > 0 {
                writeln!(out)?;
            }
            self.print_block(&self.columns[block], out)?;
        }
        Ok(())
    }

    /// Divides the columns into blocks that fit.
    fn blocks(&self, width: usize) -> Vec<Range<usize>> {
        let keys: usize = self.keys.iter().map(|key| key.width() + GAP).sum();
        let (mut blocks, mut start, mut used) = (Vec::new(), 0, keys);
        for (place, column) in self.columns.iter().enumerate() {
            let more = column.width() + GAP;
            if place > start && used + more - GAP > width {
                blocks.push(start..place);
                (start, used) = (place, keys);
            }
            used += more;
        }
        blocks.push(start..self.columns.len());
        blocks
    }

    fn print_block(&self, columns: &[Column], out: &mut dyn Write) -> io::Result<()> {
        let shown = || self.keys.iter().chain(columns);
        print_line(shown().map(Column::heading_pieces), out)?;
        let rows = shown().map(|column| column.cells.len()).max().unwrap_or(0);
        (0..rows).try_for_each(|row| print_line(shown().map(|column| column.cell_pieces(row)), out))
    }
}

/// Prints the cells of a line, without spaces at its end.
fn print_line(cells: impl Iterator<Item = Pieces>, out: &mut dyn Write) -> io::Result<()> {
    let mut spaces = 0;
    for (place, cell) in cells.enumerate() {
        spaces += if place > 0 { GAP } else { 0 };
        for (style, text) in cell {
            let inner = text.trim();
            if inner.is_empty() {
                spaces += length(&text);
                continue;
            }
            let before = spaces + length(&text) - length(text.trim_start());
            let style = Ours(style);
            write!(out, "{:before$}{style}{inner}{style:#}", "")?;
            spaces = length(&text) - length(text.trim_end());
        }
    }
    writeln!(out)
}

/// The parts of a cell with their styles, filled with spaces to the width of the column.
type Pieces = [(Style, String); 2];

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let texts = |texts: [&str; 2]| texts.map(str::to_owned);
        let theory = [("1.75".to_owned(), Some("1.667".to_owned())), ("6".to_owned(), None)];
        Table {
            keys: vec![Column::numbers("machine", texts(["1", "2"]))],
            columns: vec![
                Column::numbers("clock", texts(["105", "95"])),
                Column::with_theory("clock/s", theory),
                Column::text("name", texts(["a", "bcd"])),
            ],
        }
    }

    fn printed(width: usize) -> String {
        let mut text = vec![];
        table().print(width, &mut text).expect("memory");
        let text = String::from_utf8(text).expect("text");
        text.replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "")
    }

    #[test]
    fn it_is_one_block_where_there_is_room() {
        let expected = "machine  clock  clock/s (theory)  name\n\
                        \x20     1    105      1.75 (1.667)  a\n\
                        \x20     2     95         6          bcd\n";
        assert_eq!(printed(80), expected);
        assert_eq!(printed(38), expected, "its width is enough");
    }

    #[test]
    fn it_is_several_blocks_where_there_is_none() {
        let text = printed(32);
        assert_eq!(text.matches("machine").count(), 2, "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 32), "{text}");
        // What is too wide by itself is shown all the same.
        assert_eq!(printed(1).matches("machine").count(), 3);
    }
}
