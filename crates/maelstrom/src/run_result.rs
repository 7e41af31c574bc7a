//! The results of a run: history, message counts, and problems.

use super::net::NetStats;
use super::parity::ParityLimit;
use super::record::Problem;
use crate::check::txn::Effect;
use crate::engine::time::Instant;
use crate::history::History;
use crate::simulation::Totals;
use crate::trace::Fingerprint;

/// The results of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct GlomersRun {
    /// All operations, and what the nemesis did.
    pub history: History,
    /// Message counts, as Maelstrom makes them.
    pub net: NetStats,
    /// Why the run ended, and the fates of all messages.
    pub totals: Totals,
    /// What must never happen and did, whatever the workload, in order of time.
    pub problems: Vec<(Instant, Problem)>,
    /// Where Maelstrom's verdict does not follow from the history.
    pub parity_limit: Option<ParityLimit>,
    /// When operations began; `None` if they did not.
    pub began: Option<Instant>,
    /// The fingerprint of all operations and all copies of messages.
    pub fingerprint: Fingerprint,
    /// The effects of transactions in their order, where servers record them.
    pub effects: Vec<Effect>,
}
