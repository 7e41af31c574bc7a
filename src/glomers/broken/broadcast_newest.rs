//! A broken broadcast: a buffer that is full.
//!
//! Mistake: the node has place for 50 values and lets go of the oldest for a new one, so what a
//! client has read once is gone later.
//! Config: glomers/3a
//! Caught by: vanished

use std::collections::VecDeque;

use super::{Build, Options};
use crate::glomers::protocol::{Reply, Request};
use crate::glomers::server::{Caller, Cx, Server};

/// The place that there is.
const PLACE: usize = 50;

#[derive(Debug)]
pub(super) struct Newest {
    values: VecDeque<i64>,
}

impl Build for Newest {
    fn build(_: &Options) -> Newest {
        Newest { values: VecDeque::new() }
    }
}

impl Server for Newest {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        match request {
            Request::Broadcast(value) => {
                if self.values.len() == PLACE {
                    self.values.pop_front();
                }
                self.values.push_back(value);
                cx.reply(caller, Reply::BroadcastOk);
            }
            Request::Read => {
                cx.reply(caller, Reply::ReadOk(self.values.iter().copied().collect()));
            }
            _ => cx.refuse(caller),
        }
    }
}
