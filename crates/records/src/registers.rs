//! Text of histories of transactions on registers, as AWDIT and as IsoVista, Plume and PolySI have
//! it.
//!
//! ```text
//!   AWDIT              IsoVista
//!   w x 1              w(1,10,0,0)     a write of 10 to key 1 in session 0, transaction 0
//!   r y 2              r(2,20,0,0)
//!   -----              w(1,11,0,1)     the next transaction of the session
//!   r x 1              w(1,12,1,-1)    a write of session 1 that was aborted
//!   =====
//!   r x 1
//! ```
//!
//! In AWDIT's, five hyphens are between transactions of a session, five equals signs between
//! sessions. Keys and values are whole numbers. A transaction of IsoVista's may be spread over the
//! file; its number is one of its session.

use std::io::{self, BufRead};

use crate::escape;

/// A form of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegisterFormat {
    /// A line for each access, and lines between transactions and between sessions.
    Awdit,
    /// A line for each access, with its session and transaction.
    IsoVista,
}

/// A read or a write of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterAccess {
    /// Whether it writes.
    pub is_write: bool,
    /// The key.
    pub key: i64,
    /// The value that was written or returned.
    pub value: i64,
    /// The session; sessions of AWDIT's text are numbered from 1.
    pub session: i64,
    /// The transaction within the session, or -1 for a transaction that was aborted. Transactions
    /// of AWDIT's text are numbered from 1 in each session.
    pub transaction: i64,
}

/// Error when a text is not a history of registers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct RegisterError {
    /// The line, counted from 1.
    pub line: u64,
    /// What was found there, and what was expected.
    pub problem: String,
}

/// Maximum length of a line in bytes.
const LINE_MAX: u64 = 256;

impl RegisterFormat {
    /// Returns the form of a text by its beginning; `None` if it is neither.
    pub fn of(begin: &[u8]) -> Option<RegisterFormat> {
        let begin = begin.trim_ascii_start();
        let line = begin.split(|byte| *byte == b'\n').next()?.trim_ascii_end();
        match (line.first()?, line.get(1)) {
            (b'r' | b'w', Some(b'(')) => Some(RegisterFormat::IsoVista),
            (b'r' | b'w', Some(b' ' | b'\t')) => Some(RegisterFormat::Awdit),
            _ if is_line_of(line, b'-') || is_line_of(line, b'=') => Some(RegisterFormat::Awdit),
            _ => None,
        }
    }

    /// Returns the name of the program whose form it is.
    pub fn name(self) -> &'static str {
        match self {
            RegisterFormat::Awdit => "AWDIT",
            RegisterFormat::IsoVista => "IsoVista",
        }
    }

    /// Returns the value that a register has before all writes, where reads of it need no write.
    pub fn initial(self) -> Option<i64> {
        match self {
            RegisterFormat::Awdit => None,
            RegisterFormat::IsoVista => Some(0),
        }
    }

    /// Reads a text access by access.
    pub fn read<R: BufRead>(self, input: R) -> RegisterLines<R> {
        RegisterLines { input, format: self, line: 0, text: Vec::new(), session: 1, transaction: 1 }
    }
}

/// Whether a line is at least five times this byte.
fn is_line_of(line: &[u8], byte: u8) -> bool {
    line.len() >= 5 && line.iter().all(|other| *other == byte)
}

/// The accesses of a text, in its order.
#[derive(Debug)]
pub struct RegisterLines<R> {
    input: R,
    format: RegisterFormat,
    line: u64,
    text: Vec<u8>,
    session: i64,
    transaction: i64,
}

impl<R: BufRead> Iterator for RegisterLines<R> {
    type Item = Result<RegisterAccess, RegisterError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.line += 1;
            self.text.clear();
            let mut limited = io::Read::take(&mut self.input, LINE_MAX);
            match limited.read_until(b'\n', &mut self.text) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) => return Some(Err(self.error(format!("it cannot be read: {error}")))),
            }
            if self.text.len() as u64 == LINE_MAX {
                return Some(Err(self.error(format!("longer than {LINE_MAX} bytes"))));
            }
            let line = self.text.trim_ascii();
            if line.is_empty() {
                continue;
            }
            if self.format == RegisterFormat::Awdit {
                if is_line_of(line, b'-') {
                    self.transaction += 1;
                    continue;
                }
                if is_line_of(line, b'=') {
                    (self.session, self.transaction) = (self.session + 1, 1);
                    continue;
                }
            }
            let access = match self.format {
                RegisterFormat::Awdit => awdit(line, self.session, self.transaction),
                RegisterFormat::IsoVista => isovista(line),
            };
            return Some(access.ok_or_else(|| self.unexpected(line)));
        }
    }
}

impl<R> RegisterLines<R> {
    fn error(&self, problem: String) -> RegisterError {
        RegisterError { line: self.line, problem }
    }

    fn unexpected(&self, line: &[u8]) -> RegisterError {
        let expected = match self.format {
            RegisterFormat::Awdit => {
                "`w KEY VALUE`, `r KEY VALUE`, `-----` or `=====`, with whole numbers"
            }
            RegisterFormat::IsoVista => {
                "`w(KEY,VALUE,SESSION,TRANSACTION)` or `r(…)`, with whole numbers"
            }
        };
        let found = escape::line(&String::from_utf8_lossy(line)).to_string();
        self.error(format!("expected {expected}, found {found:?}"))
    }
}

/// Parses a line of AWDIT's text.
fn awdit(line: &[u8], session: i64, transaction: i64) -> Option<RegisterAccess> {
    let is_write = is_write(line)?;
    let mut parts = line[1..].split(u8::is_ascii_whitespace).filter(|part| !part.is_empty());
    let (key, value) = (number(parts.next()?)?, number(parts.next()?)?);
    let is_whole = line.get(1).is_some_and(u8::is_ascii_whitespace) && parts.next().is_none();
    is_whole.then_some(RegisterAccess { is_write, key, value, session, transaction })
}

/// Parses a line of IsoVista's text.
fn isovista(line: &[u8]) -> Option<RegisterAccess> {
    let is_write = is_write(line)?;
    let inner = line[1..].strip_prefix(b"(")?.strip_suffix(b")")?;
    let mut parts = inner.split(|byte| *byte == b',').map(|part| number(part.trim_ascii()));
    let mut next = || parts.next().flatten();
    let (key, value, session, transaction) = (next()?, next()?, next()?, next()?);
    let is_whole = parts.next().is_none() && transaction >= -1;
    is_whole.then_some(RegisterAccess { is_write, key, value, session, transaction })
}

fn is_write(line: &[u8]) -> Option<bool> {
    match line.first()? {
        b'w' => Some(true),
        b'r' => Some(false),
        _ => None,
    }
}

fn number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(bool, [i64; 4])>, RegisterError> {
        let format = RegisterFormat::of(text.as_bytes()).expect("a known form");
        let numbers = |a: RegisterAccess| [a.key, a.value, a.session, a.transaction];
        format
            .read(text.as_bytes())
            .map(|access| access.map(|access| (access.is_write, numbers(access))))
            .collect()
    }

    #[test]
    fn both_forms_are_read() {
        let expected = vec![(true, [1, 10, 1, 1]), (false, [2, -20, 1, 2]), (false, [1, 10, 2, 1])];
        assert_eq!(read("w 1 10\n-----\n\nr 2 -20 \n=====\nr 1 10"), Ok(expected));
        let expected = vec![(true, [1, 10, 0, 0]), (false, [2, 20, 7, 3]), (true, [1, 9, 0, -1])];
        assert_eq!(read("w(1,10,0,0)\r\nr(2, 20, 7, 3)\nw(1,9,0,-1)\n"), Ok(expected));
    }

    #[test]
    fn an_error_names_the_line_and_what_was_expected() {
        let problem = |text: &str| read(text).expect_err("an error").to_string();
        assert_eq!(
            problem("w 1 10\nr 2"),
            "line 2: expected `w KEY VALUE`, `r KEY VALUE`, `-----` or `=====`, with whole \
             numbers, found \"r 2\""
        );
        let begin = "line 1: expected `w(KEY,VALUE,SESSION,TRANSACTION)` or `r(…)`";
        for line in ["w(1,2,3)", "w(1,2,3,-2)", "w(1,2,3,4,5)", "w(x,2,3,4)", "w(1,2,3,4", "r(1,2"]
        {
            assert!(problem(line).starts_with(begin), "{line}");
        }
        let long = format!("w 1 {}", "1".repeat(300));
        assert_eq!(problem(&long), "line 1: longer than 256 bytes");
    }

    #[test]
    fn other_texts_have_no_form() {
        for text in ["", "\n", "{:type :invoke}", "[]", "write 1", "r", "{\"f\": 1}", "----"] {
            assert_eq!(RegisterFormat::of(text.as_bytes()), None, "{text:?}");
        }
        assert_eq!(RegisterFormat::of(b"\n-----\nr 1 1"), Some(RegisterFormat::Awdit));
    }
}
