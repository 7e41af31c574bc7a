//! A broken broadcast: a disk that is written and never synced.
//!
//! Mistake: each value is written to the disk before it is acknowledged, but never synced: it stays
//! in a buffer, of which a crash keeps an arbitrary part.
//! Config: glomers/3a
//! --set nemesis.faults=[{ at = "15s", until = "16s", crash = ["n0"] }]
//! Caught by: lost

use std::collections::BTreeSet;

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};

#[derive(Debug)]
pub(super) struct Unsynced {
    values: BTreeSet<i64>,
}

impl Build for Unsynced {
    fn build(_: &Options) -> Unsynced {
        Unsynced { values: BTreeSet::new() }
    }
}

impl Server for Unsynced {
    type Peer = ();

    fn start(&mut self, cx: &mut Cx<'_, ()>) {
        let (values, _) = cx.disk().read("values").unwrap_or_default().as_chunks::<8>();
        self.values = values.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect();
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        match request {
            Request::Broadcast(value) => {
                self.values.insert(value);
                cx.disk().append("values", &value.to_le_bytes());
                cx.reply(caller, Reply::BroadcastOk);
            }
            Request::Read => {
                cx.reply(caller, Reply::ReadOk(self.values.iter().copied().collect()));
            }
            _ => cx.refuse(caller),
        }
    }
}
