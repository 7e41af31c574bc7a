//! Lamport's invariants, row by row.

use super::causality::Causality;
use super::copies::Copies;
use super::machines::Machines;
use super::messages::Messages;
use super::rule::Rule;
use super::ticks::TickTimes;
use super::verdict::{Told, Verdict};
use crate::engine::rng::Rng;
use crate::engine::ticks::Ticks;
use crate::engine::time::Instant;
use crate::trace::{CopyRow, Kind, Row};

/// What a check knows of a run.
#[derive(Clone, Debug)]
pub struct Rules {
    /// How many machines there are; `None` if only the trace tells.
    pub machines: Option<u32>,
    /// Whether messages carry the clock before the step of their send: then a receive may show the
    /// clock of its send, and rule 4 demands only that it is not smaller.
    pub stamp_before: bool,
    /// Whether the network may make duplicates.
    pub duplication: bool,
    /// What the config says, if it is known.
    pub config: Option<ConfigFacts>,
    /// Whether the copies of messages are handed in, too.
    pub network: bool,
}

/// What only the config says.
#[derive(Clone, Debug)]
pub struct ConfigFacts {
    /// Why messages of one link may overtake each other, if they may.
    pub not_fifo: Option<String>,
    /// The ticks of each machine, and its stream for phase and jitter.
    pub ticks: Vec<(Ticks, Rng)>,
    /// Whether intervals have jitter.
    pub jitter: bool,
    /// Whether what arrives at an instant is seen by the ticks of that instant (not so under
    /// `ties = "after"`).
    pub ticks_see_their_instant: bool,
}

/// A check under way.
#[derive(Debug)]
pub struct LamportCheck {
    strict: bool,
    machines: Machines,
    causality: Causality,
    messages: Messages,
    copies: Option<Copies>,
    ticks: Option<TickTimes>,
    verdict: Verdict,
}

impl LamportCheck {
    /// A check at its beginning.
    pub fn new(rules: Rules) -> LamportCheck {
        let mut verdict = Verdict::default();
        let skip = |reasons: &mut Verdict, rule, why: &str| {
            reasons.skipped.push((rule, why.to_owned()));
        };
        let (mut fifo, mut ticks, mut sees_now) = (false, None, true);
        match rules.config {
            None => {
                skip(&mut verdict, Rule::FifoLinks, "needs the config");
                skip(&mut verdict, Rule::TickTimes, "needs the config");
            }
            Some(config) => {
                sees_now = config.ticks_see_their_instant;
                match config.not_fifo {
                    None => fifo = true,
                    Some(why) => skip(&mut verdict, Rule::FifoLinks, &why),
                }
                match config.jitter {
                    false => ticks = Some(TickTimes::new(config.ticks)),
                    true => skip(&mut verdict, Rule::TickTimes, "jitter draws the tick times"),
                }
            }
        }
        if !rules.network {
            skip(&mut verdict, Rule::Conservation, "needs the journal (net.csv)");
            skip(&mut verdict, Rule::QueueLength, "needs the journal (net.csv)");
        }
        let is_skipped = |rule: &Rule| verdict.skipped.iter().any(|(skipped, _)| skipped == rule);
        verdict.checked = Rule::ALL.into_iter().filter(|rule| !is_skipped(rule)).collect();
        verdict.skipped.sort_by_key(|(rule, _)| *rule);
        if rules.stamp_before {
            let note = "messages carry the clock before the step: a receive may show its send's";
            verdict.notes.push(note.to_owned());
        }
        let Rules { machines, duplication, stamp_before, .. } = rules;
        LamportCheck {
            strict: !stamp_before,
            machines: Machines::default(),
            causality: Causality::new(machines),
            messages: Messages::new(machines, duplication, stamp_before, fifo),
            copies: rules.network.then(|| Copies::new(machines, duplication, sees_now)),
            ticks,
            verdict,
        }
    }

    /// Hands in a copy of a message: at any time before the first row that could see it.
    pub fn copy(&mut self, row: &CopyRow) {
        if let Some(copies) = &mut self.copies {
            copies.copy(row, &mut self.verdict);
        }
    }

    /// Checks the next row; `line` is its line in the file, whose header is line 1.
    pub fn row(&mut self, line: u64, row: &Row) {
        let verdict = &mut self.verdict;
        verdict.rows += 1;
        self.machines.row(line, row, verdict);
        if let Some(ticks) = &mut self.ticks {
            ticks.row(line, row, verdict);
        }
        let told = Told::new(line, row);
        if let Some(copies) = &mut self.copies {
            copies.row(line, row, &self.messages, verdict);
        }
        match row.event.kind {
            Kind::Receive => {
                let tells = self.messages.receive(line, row, verdict);
                self.causality.event(told, tells.as_deref(), self.strict, verdict);
            }
            Kind::Send => {
                self.causality.event(told, None, self.strict, verdict);
                let tells = self.causality.tell(row.machine);
                self.messages.send(line, row, tells, verdict);
            }
            Kind::Internal => self.causality.event(told, None, self.strict, verdict),
        }
    }

    /// The verdict, at the end of the trace.
    ///
    /// The trace covers the time before `before`; `complete` says that it does so to the end, and
    /// was not cut short by a limit.
    pub fn finish(self, before: Instant, complete: bool) -> Verdict {
        let mut verdict = self.verdict;
        if let Some(copies) = self.copies {
            copies.finish(&mut verdict);
        }
        if let Some(ticks) = self.ticks {
            ticks.finish(before, complete, &mut verdict);
        }
        verdict.notes.extend(self.causality.given_up().map(str::to_owned));
        verdict
    }
}
