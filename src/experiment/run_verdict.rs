//! The verdict on a run of Gossip Glomers, with everything that it follows from.

use super::figures::{Figures, TargetOutcome};
use crate::check::txn::WhiteBox;
use crate::check::{CheckResult, HistoryVerdict, Parity, Validity};

/// Verdict on a run.
#[derive(Clone, Debug)]
pub struct RunVerdict {
    /// Verdict of the workload's checker.
    pub workload: HistoryVerdict,
    /// The exact verdict on transactions whose server records their effects.
    pub white_box: Option<WhiteBox>,
    /// Whether each kind of operation succeeded at least once, for Maelstrom.
    pub stats: CheckResult,
    /// Whether enough operations succeeded, for Maelstrom.
    pub availability: CheckResult,
    /// The exceptions that clients threw.
    pub exceptions: CheckResult,
    /// Whether each kind of operation succeeded, and enough of them, in the strict sense.
    pub served: Served,
    /// All figures of the run.
    pub figures: Figures,
    /// The targets with their figures.
    pub targets: Vec<TargetOutcome>,
    /// Verdict that Maelstrom would give.
    pub parity: Parity,
    /// Verdict in the strict sense, targets included: this one decides.
    pub strict: Validity,
    /// Reasons why the run is not valid, the most important first: a rule's name and a witness in
    /// words.
    pub reasons: Vec<(String, String)>,
}

/// Whether operations succeeded, in the strict sense: this includes operations whose replies
/// Maelstrom's clients reject as malformed, though they make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
    /// Whether each kind of operation succeeded at least once.
    pub stats: Validity,
    /// Whether enough of all operations succeeded.
    pub availability: Validity,
}
