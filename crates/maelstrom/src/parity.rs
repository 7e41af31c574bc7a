//! Where Maelstrom's verdict does not follow from the history: its run would have gone on
//! otherwise.

use super::participant::ProblemKind;
use super::rpc::Maelstrom;

/// What is known of Maelstrom's verdict instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParityLimit {
    /// It is unknown: from some time on the run would have been another one. Why.
    Unknown(String),
    /// There is none: the test ends with exit code 255 and without results. Why.
    Error(String),
}

impl ParityLimit {
    /// The limit that a problem with a node sets; `None` if Maelstrom takes it as it was taken
    /// here.
    pub(super) fn of_problem(kind: ProblemKind, node: &str) -> Option<ParityLimit> {
        match kind {
            ProblemKind::Exited | ProblemKind::Panic => {
                Some(ParityLimit::Error(format!("{node} ended, which ends its test with an error")))
            }
            ProblemKind::NotReady => Some(ParityLimit::Error(format!(
                "{node} was not set up, which ends its test with an error"
            ))),
            ProblemKind::NotReading | ProblemKind::ClosedOutput => {
                Some(ParityLimit::Unknown(format!("{node} cannot be talked to any more")))
            }
            ProblemKind::Protocol | ProblemKind::Broken(_) => None,
        }
    }

    /// The limit that a line of a node sets, which may have said `init_ok` before.
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

    /// Both limits in one: an error is more than not to know, and the first one tells why.
    pub(super) fn or(before: Option<ParityLimit>, other: ParityLimit) -> ParityLimit {
        match (before, other) {
            (Some(ParityLimit::Unknown(_)) | None, other @ ParityLimit::Error(_)) => other,
            (Some(before), _) => before,
            (None, other) => other,
        }
    }
}
