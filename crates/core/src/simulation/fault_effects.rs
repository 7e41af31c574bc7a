//! What a fault does to a node: it loses its timers and messages, its state, and maybe its disk.

use super::Simulation;
use super::event::Event;
use super::node_fault::NodeFault;
use crate::engine::queue::{Class, Queue};
use crate::engine::rng::Purpose;
use crate::engine::ticks::Schedule;
use crate::engine::time::Instant;
use crate::node::{Node, NodeId, Timer};

impl<N: Node, Q: Queue<Event<N::Message>>> Simulation<N, Q> {
    pub(super) fn is_up(&self, id: NodeId, at: Instant) -> bool {
        !self.outages.down(id, at)
    }

    pub(super) fn fault(&mut self, at: Instant, fault: NodeFault) {
        match fault {
            NodeFault::Crash(id) => {
                self.stop(at, id);
                if let Some(disk) = &mut self.places[id.index()].state.disk {
                    // One stream for all crashes of a node: each draws anew what the disk keeps.
                    let stream = || self.seed.stream(Purpose::Disk, u64::from(id.0));
                    disk.crash(self.disk_rngs.entry(id).or_insert_with(stream));
                }
            }
            NodeFault::Wipe(id) => {
                self.stop(at, id);
                self.places[id.index()].state.disk = None;
            }
            NodeFault::Restart(id) => {
                let place = &mut self.places[id.index()];
                place.node = (self.make)(id);
                place.state.started = at;
                let key = self.order.external(at, Class::Start, u64::from(id.0));
                self.queue.push(key, Event::Start(id));
            }
            NodeFault::Pause(id) => self.pause(at, id),
            NodeFault::Resume(id) => self.resume(at, id),
        }
    }

    /// Takes a node down, and drops its ticks, its timers and its waiting messages.
    fn stop(&mut self, at: Instant, id: NodeId) {
        let state = &mut self.places[id.index()].state;
        state.schedule = Schedule::NONE;
        self.queue.set_tick(id.0, Instant::MAX);
        let all = (id, Timer(0))..=(id, Timer(u64::MAX));
        for timer in self.timers.range(all).copied().collect::<Vec<_>>() {
            self.timers.remove(&timer);
        }
        let forgotten = state.inbox.take_all(at, id, &self.order);
        self.counts.forgotten += forgotten.len() as u64 + self.pauses.crash(id);
    }
}
