//! Lines of a report: a label, and words that go on below themselves where they are too long.

use std::io::{self, Write};

use anstyle::Style;

use super::terminal::{Ours, width};

/// Columns of a label.
const LABEL: usize = 10;

/// Prints a label and a text, in lines as wide as the terminal.
pub(super) fn print(label: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    print_in(width(), (label, LABEL), text, out)
}

/// Prints a title in bold and words about it, below it where one line is too short for both.
pub(super) fn title(name: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    let bold = Ours(Style::new().bold());
    let length = name.chars().count() + 2 + text.chars().count();
    if length <= width() {
        return writeln!(out, "{bold}{name}{bold:#}  {text}");
    }
    writeln!(out, "{bold}{name}{bold:#}")?;
    print_in(width(), ("", 2), text, out)
}

/// Prints a label of `label_width` columns and a text, in lines of at most `width` characters.
pub(super) fn print_in(
    width: usize,
    (label, columns): (&str, usize),
    text: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (number, line) in lines(text, width.saturating_sub(columns)).into_iter().enumerate() {
        let label = if number == 0 { label } else { "" };
        writeln!(out, "{label:<columns$}{line}")?;
    }
    Ok(())
}

/// Divides a text into lines at its spaces. A word that is too long has a line of its own.
fn lines(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a first line");
        let is_full = line.chars().count() + 1 + word.chars().count() > width;
        match line.is_empty() {
            true => line.push_str(word),
            false if is_full => lines.push(word.to_owned()),
            false => {
                line.push(' ');
                line.push_str(word);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_on_below_themselves() {
        let mut text = vec![];
        let words = "one two three a-word-that-is-too-long four";
        print_in(20, ("label", 8), words, &mut text).expect("memory");
        let expected = "label   one two\n        three\n        a-word-that-is-too-long\n\
                        \x20       four\n";
        assert_eq!(String::from_utf8(text).expect("text"), expected);
    }
}
