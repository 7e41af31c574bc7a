//! The outcome of the search for each key.

use super::gather::{Gathered, Objects};
use crate::linear::{Budget, Exhausted, Outcome, Register, check};

/// The outcomes of the keys that were checked, in the order of the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyVerdicts {
    pub(super) outcomes: Vec<Outcome>,
    /// Number of all keys.
    pub(super) keys: usize,
}

impl KeyVerdicts {
    /// Checks the keys one after the other. Once no steps are left, no further one is checked.
    pub(super) fn of(gathered: &mut Gathered, budget: &mut Budget) -> KeyVerdicts {
        let keys = gathered.keys.values.len();
        let mut verdicts = KeyVerdicts { outcomes: Vec::new(), keys };
        match &mut gathered.objects {
            Objects::Registers(keys, values) => {
                let mut outcomes = keys
                    .iter()
                    .map(|key| check(&mut Register::new(0, values), &key.object, budget));
                verdicts.collect(&mut outcomes);
            }
            Objects::Texts(keys) => {
                let mut outcomes =
                    keys.iter_mut().map(|(key, text)| check(text, &key.object, budget));
                verdicts.collect(&mut outcomes);
            }
        }
        verdicts
    }

    fn collect(&mut self, outcomes: &mut dyn Iterator<Item = Outcome>) {
        for outcome in outcomes {
            self.outcomes.push(outcome);
            if matches!(outcome, Outcome::Undetermined(_, Exhausted::Steps(_))) {
                return;
            }
        }
    }

    pub(super) fn are_all_linearizable(&self) -> bool {
        self.outcomes.len() == self.keys
            && self.outcomes.iter().all(|outcome| *outcome == Outcome::Linearizable)
    }

    /// The keys that are not linearizable, each with the event at which that shows.
    pub(super) fn violated(&self) -> impl Iterator<Item = (usize, usize)> {
        self.outcomes.iter().enumerate().filter_map(|(key, outcome)| match outcome {
            Outcome::Violated(event) => Some((key, *event)),
            _ => None,
        })
    }

    /// The keys for which a limit was reached, each with the event.
    pub(super) fn undetermined(&self) -> impl Iterator<Item = (usize, usize, Exhausted)> {
        self.outcomes.iter().enumerate().filter_map(|(key, outcome)| match outcome {
            Outcome::Undetermined(event, exhausted) => Some((key, *event, *exhausted)),
            _ => None,
        })
    }
}
