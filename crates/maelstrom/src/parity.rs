//! Limits of parity: where Maelstrom's verdict does not follow from the history, since its own run
//! would have diverged.

use super::protocol_rule::Maelstrom;
use super::record::ProblemKind;

/// What is known of Maelstrom's verdict instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParityLimit {
    /// It is unknown: from some point on its run would have diverged. Holds the reason.
    Unknown(String),
    /// There is none: its test ends with exit code 255 and without results. Holds the reason.
    Error(String),
}

impl ParityLimit {
    /// Returns the limit that a problem with a node sets; `None` if Maelstrom treats it as it was
    /// treated here.
    pub(super) fn of_problem(kind: ProblemKind, node: &str) -> Option<ParityLimit> {
        match kind {
            ProblemKind::Exited | ProblemKind::Panic => {
                Some(ParityLimit::Error(format!("{node} ended, which ends its test with an error")))
            }
            ProblemKind::NotReady => Some(ParityLimit::Error(format!(
                "{node} was not set up, which ends its test with an error"
            ))),
            ProblemKind::NotReading | ProblemKind::ClosedOutput | ProblemKind::TooManyProcesses => {
                Some(ParityLimit::Unknown(format!("{node} cannot be talked to any more")))
            }
            ProblemKind::Protocol | ProblemKind::Broken(_) => None,
        }
    }

    /// Returns the limit that a line of a node sets; `is_ready` if the node has sent `init_ok`.
    pub fn of_line(
        maelstrom: Maelstrom,
        node: &str,
        line: u64,
        is_ready: bool,
    ) -> Option<ParityLimit> {
        match maelstrom {
            Maelstrom::Same => None,
            Maelstrom::StopsReading if !is_ready => Some(ParityLimit::Error(format!(
                "it never reads from {node} after line {line} of its output, and so never sees its \
                 init_ok"
            ))),
            Maelstrom::StopsReading => Some(ParityLimit::Unknown(format!(
                "it never reads from {node} after line {line} of its output"
            ))),
            Maelstrom::Differs => Some(ParityLimit::Unknown(format!(
                "it treats line {line} of the output of {node} in another way"
            ))),
            Maelstrom::EndsTest => Some(ParityLimit::Error(format!(
                "line {line} of the output of {node} ends its test with an error"
            ))),
        }
    }

    /// Combines two limits: an error outranks an unknown verdict; of two equals the first is kept.
    pub(super) fn or(before: Option<ParityLimit>, other: ParityLimit) -> ParityLimit {
        match (before, other) {
            (Some(ParityLimit::Unknown(_)) | None, other @ ParityLimit::Error(_)) => other,
            (Some(before), _) => before,
            (None, other) => other,
        }
    }
}
