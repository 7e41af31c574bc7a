//! Readers of histories: `history.jsonl` and `history.edn`, our own or those of Jepsen and
//! Maelstrom.
//!
//! JSON values may be one per line, over several lines, or in an array; EDN values one after the
//! other or in a vector. Unknown keys are ignored. Times and indices may be missing; an entry
//! without a time has that of the one before. The order of a history is that of its entries:
//! clients take the time before their entry is appended, so times may occasionally decrease. A file
//! may end without a line break, and have empty lines.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};

use serde_json::{Map, Value};

use super::entries::{Entries, is_spread, whole};
use super::plain::{self, Notation, Plain};
use super::read_error::ReadError;
use super::{Assignment, EntryKind, F, History, Op, OpValue, Process};
use crate::edn::{self, Pieces, PiecesError};
use crate::engine::time::Instant;

/// A history that was read, with the names of its nodes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Named {
    /// Its entries.
    pub history: History,
    /// Names of nodes: those given, then others in order of first appearance.
    pub nodes: Vec<String>,
}

/// Maximum length of an entry in bytes, if there is one entry per line.
const ENTRY_MAX: usize = 64 << 20;
/// Maximum length in bytes of a line of EDN that is read as one; of a longer one its values are
/// found one by one.
const LINE_MAX: u64 = 1 << 20;
/// Maximum length in bytes of a JSON text whose entries are not one per line: it is read as a
/// whole.
const SPREAD_MAX: u64 = 256 << 20;

/// Reads `history.jsonl`, an entry at a time. A node is one of `nodes` or a further one. All
/// entries may also be in one array, and each may span several lines.
///
/// # Errors
/// If a line is not an entry of a history.
pub fn read_jsonl(input: impl BufRead, nodes: &[String]) -> Result<Named, ReadError> {
    let mut history = History::new();
    let nodes = each_jsonl(input, nodes, &mut |op| history.push(op))?;
    Ok(Named { history, nodes })
}

/// Calls a function with each entry of a `history.jsonl`, so that it need not be kept as a whole.
/// Returns the names of nodes.
///
/// # Errors
/// If a line is not an entry of a history.
pub fn each_jsonl(
    mut input: impl BufRead,
    nodes: &[String],
    each: &mut dyn FnMut(Op),
) -> Result<Vec<String>, ReadError> {
    let mut reader = Reader::new(nodes, each);
    let mut bytes = vec![];
    skip_mark(&mut input).map_err(|error| ReadError::unreadable(1, &error))?;
    let mut is_first = true;
    for line in 1.. {
        if !next_line(&mut input, line, &mut bytes)? {
            break;
        }
        let text = as_text(&bytes, line)?;
        if reader.plain(line, text, Notation::Json)? {
            is_first = false;
            continue;
        }
        if text.trim().is_empty() {
            continue;
        }
        let goes_on = || input.fill_buf().is_ok_and(|rest| !rest.is_empty());
        if std::mem::take(&mut is_first) && is_spread(text, goes_on) {
            return read_spread(text.to_owned(), line, input, reader);
        }
        let entry = serde_json::from_str(text.trim()).map_err(|error| {
            let problem = format!("not JSON: {}", without_line(&error.to_string()));
            ReadError { line, problem }
        })?;
        reader.entry(line, entry)?;
    }
    Ok(reader.nodes)
}

/// Reads entries that are not one per line; `begin` is the text read so far.
fn read_spread(
    mut begin: String,
    line: u64,
    input: impl BufRead,
    mut reader: Reader<'_>,
) -> Result<Vec<String>, ReadError> {
    let mut bytes = vec![];
    let count = input.take(SPREAD_MAX + 1).read_to_end(&mut bytes);
    let count = count.map_err(|error| ReadError::unreadable(line, &error))?;
    if count as u64 > SPREAD_MAX {
        let problem = "entries that have no line each are more than 256 MiB".to_owned();
        return Err(ReadError { line, problem });
    }
    begin.push_str(as_text(&bytes, line)?);
    let mut entries = Entries::new(&begin);
    // Lines before the first entry were empty.
    let skipped = line - 1;
    let later = |error: ReadError| ReadError { line: error.line + skipped, ..error };
    while let Some((line, entry)) = entries.next_entry().map_err(later)? {
        reader.entry(line + skipped, entry)?;
    }
    Ok(reader.nodes)
}

/// Reads a line with its end; returns whether there is one.
fn next_line(input: &mut impl BufRead, line: u64, bytes: &mut Vec<u8>) -> Result<bool, ReadError> {
    bytes.clear();
    let count = input.take(ENTRY_MAX as u64 + 1).read_until(b'\n', bytes);
    let count = count.map_err(|error| ReadError::unreadable(line, &error))?;
    if count > ENTRY_MAX {
        return Err(ReadError { line, problem: "an entry of more than 64 MiB".to_owned() });
    }
    Ok(count > 0)
}

fn as_text(bytes: &[u8], line: u64) -> Result<&str, ReadError> {
    let not_text = |_| ReadError { line, problem: "it is not text: it is not UTF-8".to_owned() };
    std::str::from_utf8(bytes).map_err(not_text)
}

/// Skips the byte order mark that some editors write before a text.
fn skip_mark(input: &mut impl BufRead) -> io::Result<()> {
    if input.fill_buf()?.starts_with("\u{feff}".as_bytes()) {
        input.consume("\u{feff}".len());
    }
    Ok(())
}

/// Reads `history.edn`, an entry at a time. A node is one of `nodes` or a further one. All entries
/// may also be in one vector or list.
///
/// # Errors
/// If the text is not EDN, or a value is not an entry of a history.
pub fn read_edn(input: impl BufRead, nodes: &[String]) -> Result<Named, ReadError> {
    let mut history = History::new();
    let nodes = each_edn(input, nodes, &mut |op| history.push(op))?;
    Ok(Named { history, nodes })
}

/// Calls a function with each entry of a `history.edn`, so that it need not be kept as a whole.
/// Returns the names of nodes.
///
/// # Errors
/// If the text is not EDN, or a value is not an entry of a history.
pub fn each_edn(
    mut input: impl BufRead,
    nodes: &[String],
    each: &mut dyn FnMut(Op),
) -> Result<Vec<String>, ReadError> {
    let mut reader = Reader::new(nodes, each);
    skip_mark(&mut input).map_err(|error| ReadError::unreadable(1, &error))?;
    let mut bytes = vec![];
    // As long as there is an entry a line, lines are read one by one.
    for line in 1.. {
        bytes.clear();
        let count = input.by_ref().take(LINE_MAX).read_until(b'\n', &mut bytes);
        if count.map_err(|error| ReadError::unreadable(line, &error))? == 0 {
            break;
        }
        let text = std::str::from_utf8(&bytes).ok().filter(|_| bytes.len() < LINE_MAX as usize);
        let is_read = match text {
            Some(text) => reader.plain(line, text, Notation::Edn)? || reader.maps(line, text)?,
            None => false,
        };
        if !is_read {
            let rest = io::Cursor::new(bytes).chain(input);
            read_pieces(rest, line - 1, &mut reader)?;
            break;
        }
    }
    Ok(reader.nodes)
}

/// Reads entries that are not one per line; this number of lines is before them.
fn read_pieces(
    input: impl BufRead,
    skipped: u64,
    reader: &mut Reader<'_>,
) -> Result<(), ReadError> {
    let mut pieces = Pieces::new(input);
    let mut last = 1;
    loop {
        let piece = pieces.next_piece().map_err(|error| match error {
            PiecesError::Io(error) => ReadError::unreadable(last, &error),
            PiecesError::Edn(edn::ReadError { line, column, problem }) => {
                let problem = format!("not EDN: column {column}: {problem}");
                ReadError { line: line + skipped, problem }
            }
        })?;
        let Some((values, is_in_outer)) = piece else { return Ok(()) };
        for edn::Placed { line, value } in values {
            last = line + skipped;
            match value.to_json() {
                Value::Array(entries) if !is_in_outer => {
                    entries.into_iter().try_for_each(|entry| reader.entry(last, entry))?;
                }
                entry => reader.entry(last, entry)?,
            }
        }
    }
}

/// Returns a message of the JSON parser without its line, which is always 1.
fn without_line(message: &str) -> String {
    message.replace("at line 1 column", "at column")
}

struct Reader<'a> {
    nodes: Vec<String>,
    /// Receives the entries.
    each: &'a mut dyn FnMut(Op),
    /// Index of the last entry that had one.
    index: Option<u64>,
    /// Time of the last entry.
    time: Instant,
}

impl<'a> Reader<'a> {
    fn new(nodes: &[String], each: &'a mut dyn FnMut(Op)) -> Reader<'a> {
        Reader { nodes: nodes.to_vec(), each, index: None, time: Instant::ZERO }
    }

    /// Reads a line if it is a plain entry; returns whether it is.
    fn plain(&mut self, line: u64, text: &str, notation: Notation) -> Result<bool, ReadError> {
        let Some(plain) = plain::plain(text, notation) else { return Ok(false) };
        let Plain { index, time, process, kind, node, value } = plain;
        if let Some(index) = index {
            let found = || Value::from(index);
            self.check_index(index, found).map_err(|problem| ReadError { line, problem })?;
        }
        self.time = time.map_or(self.time, Instant::from_ns);
        let node = node.and_then(|name| self.place(name));
        let op = Op::new(self.time, Process::Client(process), kind, F::Txn);
        (self.each)(Op { node, value, ..op });
        Ok(true)
    }

    /// Reads a line if it has whole maps alone; returns whether it has.
    fn maps(&mut self, line: u64, text: &str) -> Result<bool, ReadError> {
        let Ok(values) = edn::read_all(text) else { return Ok(false) };
        if values.iter().any(|placed| !matches!(placed.value, edn::Edn::Map(_))) {
            return Ok(false);
        }
        for placed in values {
            self.entry(line, placed.value.to_json())?;
        }
        Ok(true)
    }

    fn entry(&mut self, line: u64, entry: Value) -> Result<(), ReadError> {
        let op = match entry {
            Value::Object(entry) => self.op(entry),
            other => {
                Err(format!("expected a map with the keys of an entry, found {}", shown(&other)))
            }
        };
        let op = op.map_err(|problem| ReadError { line, problem })?;
        self.time = op.time;
        (self.each)(op);
        Ok(())
    }

    fn op(&mut self, mut entry: Map<String, Value>) -> Result<Op, String> {
        if let Some(found) = given(&entry, "index") {
            let index = whole(found);
            let index = index.ok_or_else(|| expected("index", "a whole number from 0", found))?;
            self.check_index(index, || found.clone())?;
        }
        let process = process(&entry)?;
        let kind = kind(&entry)?;
        let f = f(&entry, process)?;
        let assignment = if f == F::Assign { assignment(&entry)? } else { None };
        let value = value(&f, &mut entry);
        Ok(Op {
            time: self.time(&entry)?,
            process,
            kind,
            f,
            error: error(&mut entry),
            exception: exception(&entry),
            parity_error: text_of(&entry, "parity-error"),
            is_final: flag(&entry, "final?")?,
            node: self.node(&entry)?,
            assignment,
            value: OpValue::from_json(value),
        })
    }

    fn check_index(&mut self, index: u64, found: impl Fn() -> Value) -> Result<(), String> {
        if self.index.is_some_and(|before| index <= before) {
            let larger = "a larger number than that of the entry before";
            return Err(expected("index", larger, &found()));
        }
        self.index = Some(index);
        Ok(())
    }

    fn time(&self, entry: &Map<String, Value>) -> Result<Instant, String> {
        let Some(found) = given(entry, "time") else { return Ok(self.time) };
        let time = whole(found).map(Instant::from_ns);
        time.ok_or_else(|| expected("time", "nanoseconds as a whole number", found))
    }

    fn node(&mut self, entry: &Map<String, Value>) -> Result<Option<u32>, String> {
        let Some(found) = given(entry, "node") else { return Ok(None) };
        let name = found.as_str().ok_or_else(|| expected("node", "a node's name", found))?;
        Ok(self.place(name))
    }

    /// Returns the place of the node with a name.
    fn place(&mut self, name: &str) -> Option<u32> {
        let place = self.nodes.iter().position(|node| node == name).unwrap_or_else(|| {
            self.nodes.push(name.to_owned());
            self.nodes.len() - 1
        });
        u32::try_from(place).ok()
    }
}

/// Returns the value of a key, unless it is null.
fn given<'a>(entry: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    entry.get(key).filter(|value| !value.is_null())
}

fn process(entry: &Map<String, Value>) -> Result<Process, String> {
    let found = entry.get("process").unwrap_or(&Value::Null);
    match (whole(found), found.as_str()) {
        (Some(process), _) => Ok(Process::Client(process)),
        (_, Some("nemesis")) => Ok(Process::Nemesis),
        _ => Err(expected("process", "a whole number or `nemesis`", found)),
    }
}

fn kind(entry: &Map<String, Value>) -> Result<EntryKind, String> {
    let found = entry.get("type").unwrap_or(&Value::Null);
    let kind = EntryKind::ALL.into_iter().find(|kind| found.as_str() == Some(kind.name()));
    kind.ok_or_else(|| expected("type", "invoke, ok, fail or info", found))
}

fn f(entry: &Map<String, Value>, process: Process) -> Result<F, String> {
    let found = entry.get("f").unwrap_or(&Value::Null);
    let f = found.as_str().and_then(|name| F::of(name, process));
    f.ok_or_else(|| expected("f", "an operation such as echo, read, cas or send", found))
}

/// Returns the value. Operations on the text of a key may have the key as an entry of its own.
fn value(f: &F, entry: &mut Map<String, Value>) -> Value {
    let value = entry.remove("value").unwrap_or(Value::Null);
    match entry.remove("key") {
        Some(key) if matches!(f, F::Get | F::Put | F::Append) => Value::Array(vec![key, value]),
        _ => value,
    }
}

fn flag(entry: &Map<String, Value>, key: &str) -> Result<bool, String> {
    match given(entry, key) {
        None => Ok(false),
        Some(Value::Bool(is_set)) => Ok(*is_set),
        Some(found) => Err(expected(key, "true or false", found)),
    }
}

/// What an assignment of logs says besides their keys, if anything.
fn assignment(entry: &Map<String, Value>) -> Result<Option<Box<Assignment>>, String> {
    let from_beginning = flag(entry, "seek-to-beginning?")?;
    let committed = given(entry, "committed").map(committed).transpose()?;
    let assignment = Assignment { from_beginning, committed };
    Ok((assignment != Assignment::default()).then(|| Box::new(assignment)))
}

fn committed(found: &Value) -> Result<BTreeMap<String, i64>, String> {
    let error = || expected("committed", "a map from keys to whole numbers of 64 bits", found);
    let entries = found.as_object().ok_or_else(error)?.iter();
    let entries = entries.map(|(key, offset)| Some((key.clone(), offset.as_i64()?)));
    entries.collect::<Option<_>>().ok_or_else(error)
}

/// Returns the class of the exception that a client threw.
fn exception(entry: &Map<String, Value>) -> Option<Box<str>> {
    let thrown = given(entry, "exception")?;
    let class = thrown.get("via").and_then(|via| via.get(0)?.get("type")?.as_str());
    Some(class.unwrap_or("exception").into())
}

fn text_of(entry: &Map<String, Value>, key: &str) -> Option<Box<str>> {
    given(entry, key).and_then(Value::as_str).map(Box::from)
}

/// Returns the name and the text of an error, in any of the shapes that Jepsen's clients use.
fn error(entry: &mut Map<String, Value>) -> Option<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match entry.remove("error") {
        None | Some(Value::Null) => {
            entry.get("exception").map(|thrown| ("exception".to_owned(), thrown.to_string()))
        }
        Some(Value::String(name)) => Some((name, String::new())),
        Some(Value::Array(parts)) => {
            let rest: Vec<String> = parts.iter().skip(1).map(text).collect();
            Some((parts.first().map(text).unwrap_or_default(), rest.join(" ")))
        }
        Some(other) => Some(("error".to_owned(), other.to_string())),
    }
}

fn expected(key: &str, expected: &str, found: &Value) -> String {
    format!("`{key}`: expected {expected}, found {}", shown(found))
}

/// Returns a value for a message, truncated.
fn shown(value: &Value) -> String {
    if value.is_null() {
        return "nothing".to_owned();
    }
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::history::{LogOp, LogRead, write_edn, write_jsonl};

    #[test]
    fn a_line_of_maelstrom_is_read() {
        let text = "#jepsen.history.Op{:type :ok, :f :read, :value #{3}, :process 7}\n\
                    {:type :info, :f :start-partition, :value [:isolated {\"n1\" #{\"n2\"}}], \
                    :process :nemesis, :time 5, :index 9, :error :net-timeout, :x {1 2}}";
        let named = read_edn(text.as_bytes(), &[]).expect("a history");
        assert_eq!(named.history[0].value, OpValue::Ints(vec![3].into()));
        assert_eq!(named.history[0].time, Instant::ZERO);
        assert_eq!(named.history[1].process, Process::Nemesis);
        assert_eq!(named.history[1].error, Some(("net-timeout".to_owned(), String::new())));
    }

    #[test]
    fn lines_of_kafka_are_read_and_written_as_jepsen_has_them() {
        let poll = r#"{:process 0, :type :ok, :f :poll, :value [[:poll {"a" [[0 1] [1 2]]}]]}"#;
        let assign = r#"{:process 0, :type :ok, :f :assign, :value ("a"), :seek-to-beginning? true,
                         :committed {"a" 7}, :unseen {"a" {:polled -1}}}"#;
        let named = read_edn(format!("{poll}{assign}").as_bytes(), &[]).expect("a history");
        let op =
            LogOp::polled(vec![LogRead { key: "a".into(), messages: [(0, 1), (1, 2)].into() }]);
        assert_eq!(named.history[0].value, OpValue::Log([op].into()));
        let assignment = named.history[1].assignment.as_ref().expect("an assignment");
        assert!(assignment.from_beginning);
        assert_eq!(assignment.committed, Some(BTreeMap::from([("a".to_owned(), 7)])));
        let text = write_edn(&named.history, &[]);
        assert!(text.contains(r#":value [[:poll {"a" [[0 1] [1 2]]}]]"#), "{text}");
        assert!(text.contains(r#":seek-to-beginning? true, :committed {"a" 7}"#), "{text}");
        let wrong = r#"{:process 0, :type :ok, :f :assign, :committed {"a" "b"}}"#;
        let error = read_edn(wrong.as_bytes(), &[]).expect_err("no offset").to_string();
        let expected = "line 1: `committed`: expected a map from keys to whole numbers of 64 bits, \
                        found {\"a\":\"b\"}";
        assert_eq!(error, expected);
    }

    #[test]
    fn tuples_of_independent_keys_and_keys_of_texts_are_pairs() {
        let read = |text: &str| {
            let named = read_edn(text.as_bytes(), &[]).expect("a history");
            named.history[0].value.to_json().to_string()
        };
        let tuple = "{:process 0, :type :ok, :f :read, :value #jepsen.independent.Tuple [7 nil]}";
        assert_eq!(read(tuple), "[7,null]");
        let tuple = tuple.replace(".Tuple ", "/tuple");
        assert_eq!(read(&tuple), "[7,null]");
        let get = r#"{:process 0, :type :ok, :f :get, :key "a", :value "x y"}"#;
        assert_eq!(read(get), r#"["a","x y"]"#);
        assert_eq!(read(&get.replace(":get", ":echo")), r#""x y""#);
    }

    #[test]
    fn nodes_are_those_given_and_then_as_they_appear() {
        let line = |name| format!(r#"{{"process":0,"type":"ok","f":"read","node":"{name}"}}"#);
        let text = ["x", "b", "a", "x"].map(line).join("\n");
        let named =
            read_jsonl(text.as_bytes(), &["a".to_owned(), "b".to_owned()]).expect("a history");
        assert_eq!(named.nodes, ["a", "b", "x"]);
        let places: Vec<_> = named.history.iter().filter_map(|op| op.node).collect();
        assert_eq!(places, [2, 1, 0, 2]);
    }

    #[test]
    fn an_array_or_a_mark_before_it_changes_nothing() {
        let entries = [
            r#"{"process":0,"type":"invoke","f":"echo","value":"a","time":3}"#,
            r#"{"process":0,"type":"ok","f":"echo","value":"a","time":4}"#,
        ];
        let expected = read_jsonl(entries.join("\n").as_bytes(), &[]).expect("a history");
        assert_eq!(expected.history.len(), 2);
        let array = format!("[{}]", entries.join(",\n"));
        let pretty = entries.join("\n").replace(',', ",\n  ").replace('}', "\n}");
        for text in [&array, &pretty, &format!("\u{feff}{array}"), &array.replace('\n', "\r\n")] {
            assert_eq!(read_jsonl(text.as_bytes(), &[]).as_ref(), Ok(&expected), "{text:?}");
        }
        let lines = format!("\u{feff}{}", entries.join("\r\n\r\n"));
        assert_eq!(read_jsonl(lines.as_bytes(), &[]), Ok(expected));
        let edn = "[{:process 0, :type :invoke, :f :read}\n {:process 0, :type :okay, :f :read}]";
        for text in [edn.to_owned(), format!("\u{feff}{edn}")] {
            let error = read_edn(text.as_bytes(), &[]).expect_err("okay").to_string();
            assert_eq!(error, "line 2: `type`: expected invoke, ok, fail or info, found \"okay\"");
        }
        let second = entries[1].replace("ok", "okay");
        let array = format!("[{},\n{second}]", entries[0]);
        let error = read_jsonl(array.as_bytes(), &[]).expect_err("okay");
        assert_eq!(error.line, 2);
    }

    #[test]
    fn processes_and_times_may_have_become_floats() {
        let line = |process: &str, time: &str| {
            format!(
                r#"{{"process":{process},"type":"invoke","f":"read","time":{time},"index":0.0}}"#
            )
        };
        let read = |process, time| read_jsonl(line(process, time).as_bytes(), &[]);
        assert_eq!(read("3.0", "2e9"), read("3", "2000000000"));
        assert!(read("3.5", "1").is_err() && read("3", "-1.0").is_err());
    }

    #[track_caller]
    fn refuse(second: &str, error: &str) {
        let first = r#"{"process":0,"type":"invoke","f":"read","time":9,"index":3}"#;
        let found = read_jsonl(format!("{first}\n{second}\n").as_bytes(), &[]).expect_err(second);
        assert_eq!(found.to_string(), error);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        refuse("{", "line 2: not JSON: EOF while parsing an object at column 1");
        refuse("[]", "line 2: expected a map with the keys of an entry, found []");
        refuse(
            r#"{"process":"x"}"#,
            "line 2: `process`: expected a whole number or `nemesis`, found \"x\"",
        );
        refuse(
            r#"{"process":0,"type":"okay"}"#,
            "line 2: `type`: expected invoke, ok, fail or info, found \"okay\"",
        );
        refuse(
            r#"{"process":0,"type":"ok"}"#,
            "line 2: `f`: expected an operation such as echo, read, cas or send, found nothing",
        );
        refuse(
            r#"{"process":0,"type":"ok","f":"read","index":3}"#,
            "line 2: `index`: expected a larger number than that of the entry before, found 3",
        );
        let error =
            read_edn(&b"{:process 0,\n :type }"[..], &[]).expect_err("no value").to_string();
        assert_eq!(error, "line 1: not EDN: column 1: the last key of this map has no value");
    }

    fn value() -> impl Strategy<Value = OpValue> {
        prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<i128>()
                .prop_map(|number| Value::Number(number.to_string().parse().expect("a number"))),
            (-1000..1000i32).prop_map(|eighths| Value::from(f64::from(eighths) / 8.0)),
            any::<String>().prop_map(Value::from),
            prop::collection::vec(any::<i64>(), 0..5).prop_map(Value::from),
            prop::collection::vec(any::<String>(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), any::<bool>(), 0..3)
                .prop_map(|map| serde_json::json!(map)),
        ]
        .prop_map(OpValue::from_json)
    }

    fn log() -> impl Strategy<Value = OpValue> {
        let pair = || prop::collection::vec(any::<i64>(), 2..3);
        let messages = || prop::collection::vec(pair(), 0..3);
        let reads = prop::collection::btree_map(any::<String>(), messages(), 0..3);
        let op = prop_oneof![
            (any::<String>(), any::<i64>()).prop_map(|(k, m)| serde_json::json!(["send", k, m])),
            (any::<String>(), pair()).prop_map(|(k, pair)| serde_json::json!(["send", k, pair])),
            Just(serde_json::json!(["poll"])),
            reads.prop_map(|reads| serde_json::json!(["poll", reads])),
            Just(serde_json::json!(["poll", null])),
        ];
        prop::collection::vec(op, 1..3).prop_map(|ops| OpValue::from_json(Value::Array(ops)))
    }

    fn txn() -> impl Strategy<Value = OpValue> {
        let list = prop::collection::vec(any::<i64>(), 0..4);
        let micro_op = prop_oneof![
            (any::<i64>(), any::<i64>()).prop_map(|(k, v)| serde_json::json!(["append", k, v])),
            (any::<i64>(), any::<i64>()).prop_map(|(k, v)| serde_json::json!(["w", k, v])),
            (any::<i64>(), prop::option::of(any::<i64>()))
                .prop_map(|(k, v)| serde_json::json!(["r", k, v])),
            (any::<i64>(), list).prop_map(|(k, v)| serde_json::json!(["r", k, v])),
            any::<String>().prop_map(|key| serde_json::json!(["r", key, 5])),
        ];
        let ops = prop::collection::vec(micro_op, 1..4);
        ops.prop_map(|ops| OpValue::from_json(Value::Array(ops)))
    }

    fn assignment() -> impl Strategy<Value = Option<Box<Assignment>>> {
        let committed = prop::collection::btree_map(any::<String>(), any::<i64>(), 0..3);
        (any::<bool>(), prop::option::of(committed)).prop_map(|(from_beginning, committed)| {
            let assignment = Assignment { from_beginning, committed };
            (assignment != Assignment::default()).then(|| Box::new(assignment))
        })
    }

    fn op() -> impl Strategy<Value = Op> {
        let client = (0..9u64, 0..5usize).prop_map(|(process, f)| {
            let all = [F::Echo, F::DebugTopicPartitions, F::Txn, F::Assign, F::Read];
            (Process::Client(process), all[f].clone())
        });
        let nemesis = "[a-z]{1,5}-[a-z]{1,5}".prop_map(|f| (Process::Nemesis, F::Nemesis(f)));
        let who = prop_oneof![4 => client, 1 => nemesis];
        let error = prop::option::of(("[a-z]{1,9}(-[a-z]{1,9})?", any::<String>()));
        let value = prop_oneof![3 => value(), 1 => log(), 1 => txn()];
        let value = (value, assignment());
        (who, 0..4usize, value, error, any::<bool>(), prop::option::of(0..3u32)).prop_map(
            |((process, f), kind, (value, assignment), error, is_final, node)| Op {
                assignment: assignment.filter(|_| f == F::Assign),
                value,
                exception: error.as_ref().filter(|_| is_final).map(|_| "a.b.C".into()),
                parity_error: error.as_ref().map(|(_, text)| text.as_str().into()),
                error,
                is_final,
                node,
                ..Op::new(Instant::ZERO, process, EntryKind::ALL[kind], f)
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            mut history in prop::collection::vec(op(), 0..12),
            times in prop::collection::vec(any::<u64>(), 12),
        ) {
            for (op, time) in history.iter_mut().zip(&times) {
                op.time = Instant::from_ns(*time);
            }
            let nodes = ["n0", "n1", "n2"].map(str::to_owned).to_vec();
            let named = Ok(Named { history: history.clone(), nodes: nodes.clone() });
            prop_assert_eq!(&read_edn(write_edn(&history, &nodes).as_bytes(), &nodes), &named);
            prop_assert_eq!(&read_jsonl(write_jsonl(&history, &nodes).as_bytes(), &nodes), &named);
        }

        #[test]
        fn plain_lines_are_read_as_any_others(
            values in prop::collection::vec(txn(), 1..6),
            times in prop::collection::vec(prop::option::of(any::<u64>()), 6),
        ) {
            let mut history: Vec<Op> = vec![];
            for (value, time) in values.into_iter().zip(times) {
                let time = time.map_or(Instant::ZERO, Instant::from_ns);
                let op = Op::new(time, Process::Client(0), EntryKind::Ok, F::Txn);
                history.push(Op { value, ..op });
            }
            // A key that is not known changes nothing, but such a line is read in the slow way.
            let jsonl = write_jsonl(&history, &[]);
            let slow = jsonl.replace("{\"index\"", "{\"x\":1,\"index\"");
            let named = read_jsonl(jsonl.as_bytes(), &[]);
            prop_assert_eq!(&read_jsonl(slow.as_bytes(), &[]), &named);
            let edn = write_edn(&history, &[]);
            prop_assert_eq!(&read_edn(edn.as_bytes(), &[]), &named);
            let slow = edn.replace("{:index", "{:x 1, :index");
            prop_assert_eq!(&read_edn(slow.as_bytes(), &[]), &named);
            let in_a_vector = format!("[{edn}]");
            prop_assert_eq!(&read_edn(in_a_vector.as_bytes(), &[]), &named);
        }
    }
}
