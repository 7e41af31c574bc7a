//! Micro-operations of transactions on lists and registers.
//!
//! In histories they have Jepsen's form: `["append" key element]`, `["w" key value]`, and
//! `["r" key null]`, which ends as `["r" key [element …]]` of a list and as `["r" key value]` of a
//! register. Here are those with integers of 64 bits, as all clients of ours send them. A list of
//! micro-operations that has anything else stays the JSON value that it is.

use std::fmt::Write;

use serde_json::Value;

use super::Numbers;
use super::log::ListForm;
use crate::edn::Edn;

/// A micro-operation of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TxnOp {
    /// An element is appended to the list of a key.
    Append {
        /// Key of the list.
        key: i64,
        /// The element.
        element: i64,
    },
    /// A value is written to the register of a key.
    Write {
        /// Key of the register.
        key: i64,
        /// The value.
        value: i64,
    },
    /// A list or a register is read.
    Read {
        /// Its key.
        key: i64,
        /// Its contents.
        value: TxnRead,
    },
}

/// The contents of a list or a register, as a read returned them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TxnRead {
    /// `null`: there is no answer yet, or the key was never written.
    Nil,
    /// The value of a register.
    Int(i64),
    /// The elements of a list.
    List(Numbers),
}

impl TxnOp {
    /// Returns the micro-operations of an array of JSON values; `None` if there is none, or any of
    /// them has another form.
    pub(super) fn list(items: &[Value]) -> Option<Box<[TxnOp]>> {
        if items.is_empty() {
            return None;
        }
        items.iter().map(|item| TxnOp::of(item.as_array()?)).collect()
    }

    fn of(parts: &[Value]) -> Option<TxnOp> {
        let [name, key, value] = parts else { return None };
        let key = key.as_i64()?;
        match name.as_str()? {
            "append" => Some(TxnOp::Append { key, element: value.as_i64()? }),
            "w" => Some(TxnOp::Write { key, value: value.as_i64()? }),
            "r" => Some(TxnOp::Read { key, value: TxnRead::of(value)? }),
            _ => None,
        }
    }

    /// Returns the key.
    pub fn key(&self) -> i64 {
        match self {
            TxnOp::Append { key, .. } | TxnOp::Write { key, .. } | TxnOp::Read { key, .. } => *key,
        }
    }

    /// Returns the name of the micro-operation in histories.
    pub fn name(&self) -> &'static str {
        match self {
            TxnOp::Append { .. } => "append",
            TxnOp::Write { .. } => "w",
            TxnOp::Read { .. } => "r",
        }
    }

    /// Returns the micro-operation as a tree.
    pub(super) fn edn(&self) -> Edn {
        let value = match self {
            TxnOp::Append { element: number, .. } | TxnOp::Write { value: number, .. } => {
                Edn::Int(*number)
            }
            TxnOp::Read { value, .. } => value.edn(),
        };
        Edn::Vector(vec![Edn::keyword(self.name()), Edn::Int(self.key()), value])
    }

    /// Returns the micro-operation as JSON.
    pub(super) fn json(&self) -> Value {
        let value = match self {
            TxnOp::Append { element: number, .. } | TxnOp::Write { value: number, .. } => {
                Value::from(*number)
            }
            TxnOp::Read { value: TxnRead::Nil, .. } => Value::Null,
            TxnOp::Read { value: TxnRead::Int(number), .. } => Value::from(*number),
            TxnOp::Read { value: TxnRead::List(list), .. } => Value::from(list.to_vec()),
        };
        Value::Array(vec![Value::from(self.name()), Value::from(self.key()), value])
    }

    /// Returns the memory of the micro-operation in bytes.
    pub(super) fn bytes(&self) -> u64 {
        const OP: u64 = 32;
        match self {
            TxnOp::Read { value: TxnRead::List(list), .. } => OP + list.bytes(),
            _ => OP,
        }
    }
}

impl TxnRead {
    fn of(value: &Value) -> Option<TxnRead> {
        match value {
            Value::Null => Some(TxnRead::Nil),
            Value::Array(items) => {
                items.iter().map(Value::as_i64).collect::<Option<Numbers>>().map(TxnRead::List)
            }
            number => number.as_i64().map(TxnRead::Int),
        }
    }

    fn edn(&self) -> Edn {
        match self {
            TxnRead::Nil => Edn::Nil,
            TxnRead::Int(number) => Edn::Int(*number),
            TxnRead::List(list) => Edn::Vector(list.iter().map(Edn::Int).collect()),
        }
    }
}

/// Writes micro-operations without making a tree of them.
pub(super) fn write_txn(out: &mut String, ops: &[TxnOp], form: ListForm) {
    // Writing to a string does not fail.
    let between = form.between;
    let name = |op: &TxnOp| match form.keywords {
        true => format!(":{}", op.name()),
        false => format!("\"{}\"", op.name()),
    };
    out.push('[');
    for (place, op) in ops.iter().enumerate() {
        out.push_str(if place == 0 { "" } else { between });
        let _ = write!(out, "[{}{between}{}{between}", name(op), op.key());
        match op {
            TxnOp::Append { element: number, .. }
            | TxnOp::Write { value: number, .. }
            | TxnOp::Read { value: TxnRead::Int(number), .. } => {
                let _ = write!(out, "{number}");
            }
            TxnOp::Read { value: TxnRead::Nil, .. } => {
                out.push_str(if form.keywords { "nil" } else { "null" });
            }
            TxnOp::Read { value: TxnRead::List(list), .. } => write_elements(out, list, between),
        }
        out.push(']');
    }
    out.push(']');
}

fn write_elements(out: &mut String, list: &Numbers, between: &str) {
    out.push('[');
    for (place, element) in list.iter().enumerate() {
        out.push_str(if place == 0 { "" } else { between });
        let _ = write!(out, "{element}");
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::OpValue;

    #[track_caller]
    fn check(json: &str, edn: &str, is_txn: bool) {
        let value: Value = serde_json::from_str(json).expect("JSON");
        let op = OpValue::from_json(value.clone());
        assert_eq!(matches!(op, OpValue::Txn(_)), is_txn, "{json}");
        assert_eq!((op.to_json(), op.to_edn().to_string().as_str()), (value, edn));
    }

    #[test]
    fn micro_operations_are_kept_as_such_and_anything_else_as_it_is() {
        check(r#"[["append",3,-5],["r",3,null]]"#, "[[:append 3 -5] [:r 3 nil]]", true);
        check(r#"[["r",3,[]],["r",-4,[5,7,8,9]]]"#, "[[:r 3 []] [:r -4 [5 7 8 9]]]", true);
        check(
            r#"[["w",9223372036854775807,1],["r",1,2]]"#,
            "[[:w 9223372036854775807 1] [:r 1 2]]",
            true,
        );
        check(r#"[["r",1,[1,null]]]"#, r#"[["r" 1 [1 nil]]]"#, false);
        check(r#"[["r","x",null]]"#, r#"[["r" "x" nil]]"#, false);
        check(r#"[["append",1,1.0]]"#, r#"[["append" 1 1.0]]"#, false);
        check(r#"[["r",1]]"#, r#"[["r" 1]]"#, false);
        check(r#"[["cas",1,2]]"#, r#"[["cas" 1 2]]"#, false);
    }
}
