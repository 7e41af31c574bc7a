//! Streams for people: all output passes through here, and characters that control a terminal are
//! escaped. Our own styles pass as [`Ours`], line breaks unchanged.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::escape::{escape, is_unsafe};

/// A stream for text. If it is data, such as a trace or JSON for a program, bytes pass unchanged.
pub(super) struct Terminal<'a> {
    to: &'a mut dyn Write,
    is_data: bool,
    /// The beginning of a character whose remaining bytes have not been written yet.
    rest: Vec<u8>,
}

/// Returns the columns and rows of the terminal behind the output stream, if it is one.
pub(super) fn size() -> Option<(usize, usize)> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    let size = (usize::from(size.ws_col), usize::from(size.ws_row));
    (size.0 > 0 && size.1 > 0).then_some(size)
}

/// Returns the number of columns for text: those of the terminal, or else 80.
pub(super) fn width() -> usize {
    size().map_or(80, |(columns, _)| columns)
}

/// Whether the output stream takes colours: it is a terminal, and `NO_COLOR` is not set.
pub(super) fn has_colours() -> bool {
    anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
}

/// Whether the stream of messages takes colours.
pub(super) fn has_colours_on_stderr() -> bool {
    anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never
}

/// Whether the terminal says that its background is light, as `COLORFGBG` does in some.
pub(super) fn is_light() -> bool {
    #[expect(clippy::disallowed_methods, reason = "colours of a terminal, and nothing else")]
    let colours = std::env::var("COLORFGBG").unwrap_or_default();
    matches!(colours.rsplit(';').next(), Some("7" | "15"))
}

/// A word of ours before a message, in its style.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word(Style, &'static str);

/// Before the reason why a command failed.
pub(super) const ERROR: Word = Word(AnsiColor::Red.on_default().bold(), "error:");
/// Before what is probably meant.
pub(super) const HINT: Word = Word(AnsiColor::Cyan.on_default().bold(), "hint:");

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Word(style, word) = self;
        write!(f, "{}", Ours(format_args!("{style}{word}{style:#}")))
    }
}

thread_local! {
    /// Whether the text that is being formatted is trusted.
    static IS_OURS: Cell<bool> = const { Cell::new(false) };
}

/// Trusted text that may contain control sequences: a style, a chart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ours<T>(pub(super) T);

impl<T: fmt::Display> fmt::Display for Ours<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = IS_OURS.replace(true);
        let result = self.0.fmt(f);
        IS_OURS.set(before);
        result
    }
}

impl<'a> Terminal<'a> {
    /// Creates a stream for people, or for programs if `is_data`.
    pub(super) fn new(to: &'a mut dyn Write, is_data: bool) -> Terminal<'a> {
        Terminal { to, is_data, rest: vec![] }
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.broken_bytes()?;
        if IS_OURS.get() {
            return self.to.write_all(text.as_bytes());
        }
        let passes = |c: char| c == '\n' || c == '\t' || !is_unsafe(c);
        let mut rest = text;
        while let Some(at) = rest.find(|c| !passes(c)) {
            let (before, after) = rest.split_at(at);
            let length = after.chars().next().map_or(0, char::len_utf8);
            self.to.write_all(before.as_bytes())?;
            self.to.write_all(escape(&after[..length]).as_bytes())?;
            rest = &after[length..];
        }
        self.to.write_all(rest.as_bytes())
    }

    /// Writes bytes that are not part of a valid character.
    fn broken_bytes(&mut self) -> io::Result<()> {
        std::mem::take(&mut self.rest).iter().try_for_each(|byte| write!(self.to, "\\x{byte:02x}"))
    }

    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut all = std::mem::take(&mut self.rest);
        all.extend_from_slice(bytes);
        let mut rest = all.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => return self.text(text),
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    self.text(&String::from_utf8_lossy(valid))?;
                    let Some(length) = error.error_len() else {
                        self.rest = after.to_vec();
                        return Ok(());
                    };
                    self.rest = after[..length].to_vec();
                    self.broken_bytes()?;
                    rest = &after[length..];
                }
            }
        }
    }
}

impl Write for Terminal<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_data {
            return self.to.write(bytes);
        }
        self.bytes(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }

    /// Formats piece by piece, to distinguish trusted pieces from others.
    fn write_fmt(&mut self, arguments: fmt::Arguments<'_>) -> io::Result<()> {
        if self.is_data {
            return self.to.write_fmt(arguments);
        }
        let mut pieces = Pieces { terminal: self, failed: Ok(()) };
        match fmt::write(&mut pieces, arguments) {
            Ok(()) => Ok(()),
            Err(_) => pieces.failed.and(Err(io::Error::other("a value cannot be formatted"))),
        }
    }
}

struct Pieces<'p, 'a> {
    terminal: &'p mut Terminal<'a>,
    failed: io::Result<()>,
}

impl fmt::Write for Pieces<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.failed = self.terminal.text(text);
        self.failed.as_ref().map(|_| ()).map_err(|_| fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(is_data: bool, write: impl Fn(&mut Terminal<'_>) -> io::Result<()>) -> String {
        let mut out = vec![];
        write(&mut Terminal::new(&mut out, is_data)).expect("writing to memory");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn only_our_control_sequences_pass() {
        let (bold, foreign) = ("\x1b[1m", "\x1b[1m\u{9b}5m\u{202e}".to_owned());
        let text = written(false, |out| writeln!(out, "{}a\t{foreign:>8}", Ours(bold)));
        assert_eq!(text, "\x1b[1ma\t\\u{1b}[1m\\u{9b}5m\\u{202e}\n");
        assert_eq!(written(true, |out| write!(out, "{foreign}")), foreign);
    }

    #[test]
    fn bytes_are_text_however_they_are_cut() {
        let bytes = "ü\u{9b}→".as_bytes();
        for at in 0..=bytes.len() {
            let text = written(false, |out| {
                out.write_all(&bytes[..at])?;
                out.write_all(&bytes[at..])
            });
            assert_eq!(text, "ü\\u{9b}→", "{at}");
        }
        assert_eq!(written(false, |out| out.write_all(b"a\xff\xc3b\n")), "a\\xff\\xc3b\n");
    }
}
