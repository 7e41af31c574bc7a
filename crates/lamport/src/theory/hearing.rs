//! Connectivity of the machines over a whole run: which of them receive from which others.
//!
//! A link is *dead* if every message is lost on it, if it is cut from start to end, or if its
//! latency is longer than the run. A link is *whole* if it is never cut and has the network's loss.
//! Machines that have only whole links among each other, and only dead ones with the rest, are a
//! group that theory treats as a network of its own.

use super::super::parameters::ScaleParameters;
use crate::engine::ratio::Ratio;
use crate::engine::time::Instant;
use crate::network::{Latency, NetworkSettings, Partitions};
use crate::node::NodeId;

/// Maximum number of machines for which differing links are examined one by one.
const LINKS_ONE_BY_ONE: u32 = 64;

/// The system that a machine belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hearing {
    /// It receives nothing in the whole run.
    Nothing,
    /// It receives from all other machines of the group with this number.
    Group(usize),
    /// Neither: some of its links are dead, or differ, or are cut for a while.
    Mixed,
}

/// Returns the system of each machine; `None` if all machines receive from all others.
pub(super) fn hearing(parameters: &ScaleParameters) -> Option<Vec<Hearing>> {
    let machines = parameters.machines();
    let settings = &parameters.network;
    let all = |hearing| Some(vec![hearing; machines as usize]);
    if machines == 1 || is_silent(parameters) {
        return all(Hearing::Nothing);
    }
    let differs = |loss: Option<Ratio>| loss.is_some_and(|loss| loss != settings.loss);
    let is_plain = settings.partitions.is_empty()
        && settings.degradations.is_empty()
        && !settings.links.iter().any(|link| differs(link.loss))
        && !is_too_slow(settings.latency, parameters)
        && !settings.links.iter().any(|link| is_slow(link.latency, parameters));
    if is_plain {
        return None;
    }
    if machines > LINKS_ONE_BY_ONE || !settings.degradations.is_empty() {
        return all(Hearing::Mixed);
    }
    Some(Links::new(parameters).hearing())
}

/// Whether no message is ever sent, or none arrives.
fn is_silent(parameters: &ScaleParameters) -> bool {
    let NetworkSettings { loss, links, .. } = &parameters.network;
    let peers = parameters.machines() - 1;
    let sends = parameters.send.probabilities(peers);
    let never = sends.is_some_and(|(one, all)| one.is_zero() && all.is_zero());
    let links_lose = links.iter().all(|link| link.loss.is_none_or(|loss| loss == Ratio::ONE));
    never || *loss == Ratio::ONE && links_lose
}

fn is_slow(latency: Option<Latency>, parameters: &ScaleParameters) -> bool {
    latency.is_some_and(|latency| is_too_slow(latency, parameters))
}

/// Whether no message arrives before the end of the run.
fn is_too_slow(latency: Latency, parameters: &ScaleParameters) -> bool {
    let shortest = match latency {
        Latency::Constant(latency) | Latency::Uniform(latency, _) => latency.as_ns(),
        Latency::Exponential(_) => 0,
    };
    shortest >= parameters.before().as_ns()
}

/// State of a link over the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    Whole,
    Dead,
    Other,
}

/// Links of a small network, by sender and receiver.
struct Links(Vec<Vec<Link>>);

impl Links {
    fn new(parameters: &ScaleParameters) -> Links {
        let machines = parameters.machines();
        let NetworkSettings { latency, loss, links, partitions, .. } = &parameters.network;
        let before = parameters.before();
        let cuts = Partitions::new(partitions, machines);
        let within = |at: &Instant| *at < before;
        let starts: Vec<Instant> = partitions.iter().map(|p| p.at).filter(within).collect();
        let ends: Vec<Instant> = partitions.iter().map(|p| p.until).filter(within).collect();
        let link = |from: NodeId, to: NodeId| {
            let own = links.iter().rev().find(|link| (link.from, link.to) == (from, to));
            let own_loss = own.and_then(|link| link.loss).unwrap_or(*loss);
            let latency = own.and_then(|link| link.latency).unwrap_or(*latency);
            let is_cut = |at: &Instant| cuts.cut(from, to, *at);
            // A link that is cut at the start and at the end of each partition is cut all the time.
            let always_cut = is_cut(&Instant::ZERO) && ends.iter().all(is_cut);
            if own_loss == Ratio::ONE || always_cut || is_too_slow(latency, parameters) {
                return Link::Dead;
            }
            match starts.iter().any(is_cut) || own_loss != *loss {
                true => Link::Other,
                false => Link::Whole,
            }
        };
        let row = |from| (0..machines).map(|to| link(NodeId(from), NodeId(to))).collect();
        Links((0..machines).map(row).collect())
    }

    fn hearing(&self) -> Vec<Hearing> {
        let machines = 0..self.0.len();
        let others = |me: usize| machines.clone().filter(move |other| *other != me);
        let is_dead = |from: usize, to: usize| self.0[from][to] == Link::Dead;
        let deaf = |me: usize| others(me).all(|other| is_dead(other, me));
        let joined = |a: usize, b: usize| a == b || !is_dead(a, b) || !is_dead(b, a);
        let is_whole =
            |a: usize, b: usize| a == b || [self.0[a][b], self.0[b][a]] == [Link::Whole; 2];
        let hearing = |me: usize| {
            if deaf(me) {
                return Hearing::Nothing;
            }
            let group: Vec<usize> = machines.clone().filter(|other| joined(me, *other)).collect();
            let same = |other: &usize| machines.clone().all(|m| joined(*other, m) == joined(me, m));
            let whole = |a: &usize| group.iter().all(|b| is_whole(*a, *b));
            match group.iter().all(|member| same(member) && whole(member)) {
                true => Hearing::Group(group[0]),
                false => Hearing::Mixed,
            }
        };
        machines.clone().map(hearing).collect()
    }
}
