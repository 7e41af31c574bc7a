//! Messages between processes: any JSON object.

use std::any::Any;
use std::rc::Rc;

use serde_json::{Map, Value};

use crate::peer::AnyPeer;

/// A message between processes.
#[derive(Clone, Debug, PartialEq)]
pub struct Foreign {
    /// Its type in counts and journals.
    pub kind: Rc<str>,
    /// Its body, including the type.
    pub body: Map<String, Value>,
}

impl AnyPeer for Foreign {
    fn kind(&self) -> &str {
        &self.kind
    }

    fn to_wire(&self) -> Map<String, Value> {
        self.body.clone()
    }

    fn into_any(self: Rc<Self>) -> Rc<dyn Any> {
        self
    }
}
