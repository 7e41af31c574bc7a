//! A broken set: news are forgotten when they are sent.
//!
//! Mistake: a node collects what is new, sends it to all others without acknowledgement or retry,
//! and begins a new collection, whether or not the last one arrived.
//! Config: glomers/g-set
//! --set nemesis.kinds=[]
//! --set network.loss=0.2
//! Caught by: missing-at-node

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::Peer;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::{NodeId, Timer};

/// The time between two collections.
const INTERVAL: Duration = Duration::from_ms(500);

#[derive(Debug, Default)]
pub(super) struct NewsOnce {
    elements: BTreeSet<i64>,
    news: Vec<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct News(Vec<i64>);

impl Peer for News {}

impl Build for NewsOnce {
    fn build(_: &Options) -> NewsOnce {
        NewsOnce::default()
    }
}

impl Server for NewsOnce {
    type Peer = News;

    fn start(&mut self, cx: &mut Cx<'_, News>) {
        cx.set_timer(INTERVAL);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, News>) {
        match request {
            Request::Add(element) => {
                self.elements.insert(element);
                self.news.push(element);
                cx.reply(caller, Reply::AddOk);
            }
            Request::Read => {
                cx.reply(caller, Reply::ReadOk(self.elements.iter().copied().collect()));
            }
            _ => cx.refuse(caller),
        }
    }

    fn peer(&mut self, _: NodeId, News(news): News, _: &mut Cx<'_, News>) {
        self.elements.extend(news);
    }

    fn timer(&mut self, _: Timer, cx: &mut Cx<'_, News>) {
        let news = std::mem::take(&mut self.news);
        for peer in cx.peers() {
            cx.send(peer, News(news.clone()));
        }
        cx.set_timer(INTERVAL);
    }
}
