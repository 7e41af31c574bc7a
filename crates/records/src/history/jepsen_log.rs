//! A reader of Jepsen's log of a test of one register: lines as `jepsen.util` prints operations,
//! with tabs between the parts of an operation.
//!
//! ```text
//! INFO  jepsen.util - 3    :invoke    :cas    [2 4]
//! INFO  jepsen.util - 3    :fail    :cas    [2 4]
//! INFO  jepsen.util - 1    :info    :write    :timed-out
//! ```
//!
//! Other lines of the log are skipped. Such a test calls a compare-and-set failed when it has found
//! another value than the expected one. The value of an unknown outcome is its error.

use std::io::{BufRead, Read};

use super::read_error::ReadError;
use super::{EntryKind, F, Named, Op, OpValue, Process};
use crate::edn;
use crate::engine::time::Instant;

/// What comes before an operation in a line.
const MARK: &str = "jepsen.util - ";

/// Maximum length of a line in bytes.
const LINE_MAX: u64 = 1 << 20;

/// Whether a text begins as a log does: its first line that has anything is an operation's, or
/// begins with a level.
pub fn is_log(begin: &str) -> bool {
    let first = begin.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let level = ["INFO", "WARN", "DEBUG"].iter().any(|level| first.starts_with(level));
    level || first.contains(MARK)
}

/// Reads a log, a line at a time.
///
/// # Errors
/// If a line of an operation has another form.
pub fn read_log(mut input: impl BufRead) -> Result<Named, ReadError> {
    let mut named = Named::default();
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        let count = (&mut input).take(LINE_MAX + 1).read_until(b'\n', &mut bytes);
        match count.map_err(|error| ReadError::unreadable(line, &error))? {
            0 => break,
            count if count as u64 > LINE_MAX => {
                let problem = "a line of more than 1 MiB".to_owned();
                return Err(ReadError { line, problem });
            }
            _ => {}
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((_, operation)) = text.split_once(MARK) else { continue };
        // Other messages of the same source do not begin with a process.
        if !operation.starts_with(|c: char| c.is_ascii_digit() || c == ':') {
            continue;
        }
        let op = op(operation.trim_end()).map_err(|problem| ReadError { line, problem })?;
        named.history.push(op);
    }
    Ok(named)
}

fn op(text: &str) -> Result<Op, String> {
    let expected = || {
        let form = "a process, a type, a function and a value, with tabs between them";
        format!("expected {form}, found {text:?}")
    };
    let parts: Vec<&str> = text.splitn(4, '\t').map(str::trim).collect();
    let [process, kind, f, value] = parts[..] else { return Err(expected()) };
    let process = match process.parse() {
        Ok(process) => Process::Client(process),
        Err(_) if process == ":nemesis" => Process::Nemesis,
        Err(_) => return Err(expected()),
    };
    let name = |word: &str| word.strip_prefix(':').map(str::to_owned).ok_or_else(expected);
    let kind = name(kind)?;
    let kind = EntryKind::ALL.into_iter().find(|known| known.name() == kind);
    let kind = kind.ok_or_else(expected)?;
    let f = F::of(&name(f)?, process).ok_or_else(expected)?;
    let value = edn::read(value).map_err(|_| expected())?.to_json();
    let mut op = Op::new(Instant::ZERO, process, kind, f);
    match (kind, value.as_str(), &op.f) {
        (EntryKind::Info, Some(error), _) if process != Process::Nemesis => {
            op.error = Some((error.to_owned(), String::new()));
        }
        (EntryKind::Fail, _, F::Cas) => {
            op.error = Some(("precondition-failed".to_owned(), String::new()));
            op.value = OpValue::from_json(value);
        }
        _ => op.value = OpValue::from_json(value),
    }
    Ok(op)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "INFO  jepsen.core - Running test\n\
        INFO  jepsen.util - 3\t:invoke\t:cas\t[2 4]\n\
        INFO  jepsen.util - 3\t:fail\t:cas\t[2 4]\n\
        INFO  jepsen.util - downloading http://a\n\
        INFO  jepsen.util - :nemesis\t:info\t:start\tnil\n\
        INFO  jepsen.util - 1\t:invoke\t:write\t3\r\n\
        INFO  jepsen.util - 1\t:info\t:write\t:timed-out\n";

    #[test]
    fn lines_of_operations_are_read_and_others_skipped() {
        let named = read_log(LOG.as_bytes()).expect("a log");
        let [begun, failed, nemesis, _, unknown] = &named.history[..] else { panic!("{named:?}") };
        assert_eq!(begun.value, OpValue::Ints(vec![2, 4].into()));
        assert_eq!(
            failed.error.as_ref().map(|error| error.0.as_str()),
            Some("precondition-failed")
        );
        assert_eq!(nemesis.process, Process::Nemesis);
        assert_eq!((unknown.kind, &unknown.value), (EntryKind::Info, &OpValue::Nil));
        assert_eq!(unknown.error.as_ref().map(|error| error.0.as_str()), Some("timed-out"));
    }

    #[test]
    fn a_log_is_told_from_a_history() {
        assert!(is_log(LOG) && is_log("\n2015 INFO jepsen.util - 3\t:invoke"));
        assert!(!is_log("{:process 0, :type :invoke}") && !is_log(""));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for wrong in
            ["3\t:invoke\t:cas", "3\tinvoke\t:cas\t1", "3\t:invoke\t:fly\t1", "3x\t:ok\t:cas\t1"]
        {
            let text = format!("\nINFO  jepsen.util - {wrong}\n");
            let error = read_log(text.as_bytes()).expect_err(wrong).to_string();
            let expected = "line 2: expected a process, a type, a function and a value, with tabs \
                            between them, found ";
            assert_eq!(error, format!("{expected}{wrong:?}"));
        }
    }
}
