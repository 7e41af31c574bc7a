//! A fast reader of the lines that most entries of transactions are, in JSON and in EDN.
//!
//! It takes a line only if it understands all of it, and then gives the same entry as the readers
//! of any text would; they read everything else. It makes no tree of values, so that it is many
//! times as fast.

use super::{EntryKind, Numbers, OpValue, TxnOp, TxnRead};

/// An entry of a transaction, as far as its line says.
#[derive(Debug, PartialEq)]
pub(super) struct Plain<'a> {
    pub(super) index: Option<u64>,
    pub(super) time: Option<u64>,
    pub(super) process: u64,
    pub(super) kind: EntryKind,
    pub(super) node: Option<&'a str>,
    pub(super) value: OpValue,
}

/// Notation of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notation {
    Json,
    Edn,
}

/// Returns the entry that a line is, if it is a plain one.
pub(super) fn plain<'a>(line: &'a str, notation: Notation) -> Option<Plain<'a>> {
    let mut scan = Scan { text: line, bytes: line.as_bytes(), at: 0, notation };
    let plain = scan.entry()?;
    scan.space();
    (scan.at == scan.bytes.len()).then_some(plain)
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    notation: Notation,
}

impl<'a> Scan<'a> {
    fn entry(&mut self) -> Option<Plain<'a>> {
        self.space();
        if self.notation == Notation::Edn && self.take(b'#') {
            // The tag is dropped.
            let is_tag = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
            self.at += self.bytes[self.at..].iter().take_while(|byte| is_tag(byte)).count();
        }
        self.expect(b'{')?;
        let (mut index, mut time, mut process, mut kind) = (None, None, None, None);
        let (mut node, mut value, mut is_txn) = (None, None, false);
        let mut is_first = true;
        while self.more(b'}', &mut is_first)? {
            let key = self.name()?;
            self.space();
            if self.notation == Notation::Json {
                self.expect(b':')?;
                self.space();
            }
            let is_new = match key {
                "index" => index.replace(self.whole()?).is_none(),
                "time" => time.replace(self.whole()?).is_none(),
                "process" => process.replace(self.whole()?).is_none(),
                "type" => kind.replace(self.kind()?).is_none(),
                "node" => node.replace(self.string()?).is_none(),
                "f" => self.name()? == "txn" && !std::mem::replace(&mut is_txn, true),
                "value" => value.replace(self.value()?).is_none(),
                _ => false,
            };
            if !is_new {
                return None;
            }
        }
        let value = value.filter(|_| is_txn)?;
        Some(Plain { index, time, process: process?, kind: kind?, node, value })
    }

    #[inline]
    fn space(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            let is_space = matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
                || *byte == b',' && self.notation == Notation::Edn;
            if !is_space {
                break;
            }
            self.at += 1;
        }
    }

    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.bytes.get(self.at) == Some(&byte);
        self.at += usize::from(is_next);
        is_next
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Option<()> {
        self.take(byte).then_some(())
    }

    /// Whether another item follows in a list or map that ends with a bracket.
    #[inline]
    fn more(&mut self, close: u8, is_first: &mut bool) -> Option<bool> {
        self.space();
        if self.take(close) {
            return Some(false);
        }
        if !std::mem::replace(is_first, false) && self.notation == Notation::Json {
            self.expect(b',')?;
            self.space();
        }
        Some(true)
    }

    /// A string of JSON, or a string or a keyword of EDN.
    #[inline]
    fn name(&mut self) -> Option<&'a str> {
        if self.notation == Notation::Json || self.bytes.get(self.at) == Some(&b'"') {
            return self.string();
        }
        self.expect(b':')?;
        let start = self.at;
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        self.at += self.bytes[start..].iter().take_while(|byte| is_part(byte)).count();
        (self.at > start).then(|| &self.text[start..self.at])
    }

    /// A string without escapes.
    fn string(&mut self) -> Option<&'a str> {
        self.expect(b'"')?;
        let start = self.at;
        let is_end = |byte: &u8| *byte == b'"' || *byte == b'\\' || *byte < b' ';
        self.at += self.bytes[start..].iter().position(is_end)?;
        let text = &self.text[start..self.at];
        self.expect(b'"')?;
        Some(text)
    }

    fn kind(&mut self) -> Option<EntryKind> {
        let name = self.name()?;
        EntryKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    #[inline]
    fn whole(&mut self) -> Option<u64> {
        let start = self.at;
        let mut number: u64 = 0;
        while let Some(byte) = self.bytes.get(self.at).filter(|byte| byte.is_ascii_digit()) {
            number = number.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?;
            self.at += 1;
        }
        // What follows must end it: `1.5`, `1e3` and `1N` are other numbers.
        let ends = !matches!(
            self.bytes.get(self.at),
            Some(b'.' | b'+' | b'-' | b'/' | b'_' | b'a'..=b'z' | b'A'..=b'Z')
        );
        let length = self.at - start;
        let has_zero = length > 1 && self.bytes[start] == b'0';
        (length > 0 && ends && !has_zero).then_some(number)
    }

    #[inline]
    fn int(&mut self) -> Option<i64> {
        if self.take(b'-') {
            return 0_i64.checked_sub_unsigned(self.whole()?);
        }
        i64::try_from(self.whole()?).ok()
    }

    fn nil(&mut self) -> Option<()> {
        let nil: &[u8] = if self.notation == Notation::Json { b"null" } else { b"nil" };
        self.bytes[self.at..].starts_with(nil).then(|| self.at += nil.len())
    }

    fn value(&mut self) -> Option<OpValue> {
        if self.bytes.get(self.at) != Some(&b'[') {
            return self.nil().map(|()| OpValue::Nil);
        }
        self.at += 1;
        let mut ops = Vec::with_capacity(4);
        let mut is_first = true;
        while self.more(b']', &mut is_first)? {
            ops.push(self.micro_op()?);
        }
        Some(match ops.is_empty() {
            true => OpValue::Ints(Numbers::from(Vec::new())),
            false => OpValue::Txn(ops.into()),
        })
    }

    fn micro_op(&mut self) -> Option<TxnOp> {
        self.expect(b'[')?;
        let mut is_first = true;
        self.more(b']', &mut is_first)?.then_some(())?;
        let name = self.name()?;
        self.more(b']', &mut is_first)?.then_some(())?;
        let key = self.int()?;
        self.more(b']', &mut is_first)?.then_some(())?;
        let op = match name {
            "append" => TxnOp::Append { key, element: self.int()? },
            "w" => TxnOp::Write { key, value: self.int()? },
            "r" => TxnOp::Read { key, value: self.read()? },
            _ => return None,
        };
        (!self.more(b']', &mut is_first)?).then_some(op)
    }

    fn read(&mut self) -> Option<TxnRead> {
        match self.bytes.get(self.at)? {
            b'[' => {
                self.at += 1;
                let mut elements = Vec::with_capacity(16);
                let mut is_first = true;
                while self.more(b']', &mut is_first)? {
                    elements.push(self.int()?);
                }
                Some(TxnRead::List(elements.into()))
            }
            b'n' => self.nil().map(|()| TxnRead::Nil),
            _ => self.int().map(TxnRead::Int),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_lines_are_taken_and_all_others_left() {
        let value = r#"[["r",1,[2,-3]],["w",4,5],["append",6,7],["r",8,null]]"#;
        let begin = r#"{"index":3, "time":5,"type":"ok","process":0,"f":"txn","#;
        let line = format!("{begin}\"value\":{value},\"node\":\"n é\"}}");
        let taken = plain(&line, Notation::Json).expect("plain");
        assert_eq!((taken.index, taken.time, taken.node), (Some(3), Some(5), Some("n é")));
        let edn = "#jepsen.history.Op{:index 3, :time 5, :type :ok, :process 0, :f :txn, \
                   :value [[:r 1 [2 -3]] [:w 4 5] [:append 6 7] [:r 8 nil]], :node \"n é\"}";
        assert_eq!(plain(edn, Notation::Edn), Some(taken));
        let empty = r#"{"type":"invoke","process":1,"f":"txn","value":[]}"#;
        let taken = plain(empty, Notation::Json).expect("plain");
        assert_eq!(taken.value, OpValue::from_json(serde_json::json!([])));
        let left = [
            r#"{"type":"ok","process":0,"f":"txn","value":[["r",1,[2.0]]]}"#,
            r#"{"type":"ok","process":0,"f":"txn","value":[["r",01,[2]]]}"#,
            r#"{"type":"ok","process":0,"f":"txn","value":[["r",1,[2],3]]}"#,
            r#"{"type":"ok","process":0,"f":"txn","value":[["r",1]]}"#,
            r#"{"type":"ok","process":0,"f":"txn","value":[["r",1,2],]}"#,
            r#"{"type":"ok","process":0,"f":"txn","value":[["r",1,2] ["r",1,2]]}"#,
            r#"{"type":"ok","process":0,"f":"txn","value":[["r","x",2]]}"#,
            r#"{"type":"ok","process":0,"process":0,"f":"txn","value":[]}"#,
            r#"{"type":"ok","process":0,"f":"read","value":null}"#,
            r#"{"type":"ok","process":0,"f":"txn","value":[],"error":"x"}"#,
            r#"{"type":"ok","process":0,"f":"txn","value":[]} x"#,
            r#"{"type":"ok","process":99999999999999999999,"f":"txn","value":[]}"#,
            r#"{"type":"ok","process":0,"f":"txn","value":[],"node":"a\n"}"#,
            r#"{"type":"ok","process":0,"f":"txn"}"#,
        ];
        assert!(left.iter().all(|line| plain(line, Notation::Json).is_none()));
    }
}
