//! The copies of a graph, joined from journal, sends and receives.

use super::graph::{CausalEvent, CausalFate, CausalKind, MessageCopy};
use super::ids::{EventId, LaneId};
use crate::engine::time::Instant;
use crate::trace::CopyFate;

impl From<CopyFate> for CausalFate {
    /// Returns the fate of a copy of which no receive is known.
    fn from(fate: CopyFate) -> CausalFate {
        match fate {
            CopyFate::Delivered => CausalFate::Waiting,
            CopyFate::Lost => CausalFate::Lost,
            CopyFate::Cut => CausalFate::Cut,
            CopyFate::Crashed => CausalFate::Crashed,
            CopyFate::InFlight => CausalFate::InFlight,
        }
    }
}

/// Returns the copy that a receive or a send implies. A journal says more.
pub(super) fn implied(message: u64, copy: u32, from: LaneId, to: LaneId) -> MessageCopy {
    MessageCopy {
        message,
        copy,
        from,
        to,
        send: None,
        receive: None,
        sent: None,
        at: None,
        fate: CausalFate::NotReceived,
        kind: None,
        note: None,
    }
}

/// Joins the copies that are known from several sources, finds their sends, and tells the receives
/// which copies they are of.
pub(super) fn join(mut copies: Vec<MessageCopy>, events: &mut [CausalEvent]) -> Vec<MessageCopy> {
    let key = |copy: &MessageCopy| (copy.message, copy.to, copy.copy);
    copies.sort_by_key(key);
    // Only the first of several receives of a copy is joined: a trace in which a copy is received
    // twice is wrong, and each of its receives still has its send.
    copies.dedup_by(|other, kept| {
        let is_same = key(other) == key(kept);
        let join = is_same && !(other.receive.is_some() && kept.receive.is_some());
        if join {
            kept.receive = kept.receive.or(other.receive);
            kept.sent = kept.sent.or(other.sent);
            kept.at = kept.at.or(other.at);
            kept.kind = kept.kind.take().or(other.kind.take());
            kept.note = kept.note.take().or(other.note.take());
            if kept.fate == CausalFate::NotReceived {
                kept.fate = other.fate;
            }
        }
        join
    });
    let sends = sends(events);
    for (place, copy) in copies.iter_mut().enumerate() {
        let found = sends.binary_search_by_key(&copy.message, |(message, _)| *message);
        let send = found.ok().map(|place| sends[place].1);
        copy.sent = copy.sent.or(send.map(|send| at(events, send)));
        copy.send = send.filter(|send| copy.receive.is_none_or(|receive| *send < receive));
        if let Some(receive) = copy.receive {
            copy.fate = CausalFate::Received;
            copy.at = copy.at.or(Some(at(events, receive)));
            events[receive.index()].copy = Some(place as u32);
        }
    }
    copies
}

fn at(events: &[CausalEvent], event: EventId) -> Instant {
    events[event.index()].at
}

/// Returns the first send of each message, by message.
fn sends(events: &[CausalEvent]) -> Vec<(u64, EventId)> {
    let is_send = |(_, event): &(EventId, &CausalEvent)| event.kind == CausalKind::Send;
    let numbered = (0..).map(EventId).zip(events);
    let sends = numbered.filter(is_send).filter_map(|(id, event)| Some((event.message?, id)));
    let mut sends: Vec<(u64, EventId)> = sends.collect();
    sends.sort_unstable();
    sends.dedup_by_key(|(message, _)| *message);
    sends
}
