//! Messages between processes: any JSON object with a type.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::peer::Peer;

/// A message between processes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Foreign {
    /// Its type in counts and journals.
    #[serde(skip)]
    pub kind: &'static str,
    /// Its body, including the type.
    pub body: Map<String, Value>,
}

impl Peer for Foreign {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn to_wire(&self) -> Map<String, Value> {
        self.body.clone()
    }

    fn from_wire(body: Map<String, Value>) -> Result<Foreign, String> {
        Ok(Foreign { kind: "peer", body })
    }
}
