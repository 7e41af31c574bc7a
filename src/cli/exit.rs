//! Exit codes: one table for all commands, and part of the public interface.

use std::process::{ExitCode, Termination};

use crate::check::Validity;

/// Outcome of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: success; the property that was checked holds.
    Holds,
    /// 1: a check, a verdict or a target is violated.
    Violated,
    /// 2: the verdict is undetermined.
    Undetermined,
    /// 3: a limit cut the run short.
    Limit,
    /// 4: the same config and seed gave a different result.
    Nondeterminism,
    /// 64: the command line is invalid.
    Usage,
    /// 65: a config or other input is missing, unreadable or invalid.
    Data,
    /// 70: a bug in this program.
    Bug,
    /// 73: a file of another origin would be overwritten.
    WouldOverwrite,
    /// 74: reading or writing failed.
    InputOutput,
    /// 75: the resource is in use by another process; try again later.
    TryAgain,
    /// 130: interrupted (SIGINT).
    Interrupted,
    /// 143: terminated (SIGTERM).
    Terminated,
}

/// Returns the exit code of a verdict, the same for every command.
impl From<Validity> for Exit {
    fn from(validity: Validity) -> Exit {
        match validity {
            Validity::Valid => Exit::Holds,
            Validity::Unknown => Exit::Undetermined,
            Validity::Invalid => Exit::Violated,
        }
    }
}

impl Exit {
    /// Returns the numeric exit code.
    pub fn code(self) -> u8 {
        match self {
            Exit::Holds => 0,
            Exit::Violated => 1,
            Exit::Undetermined => 2,
            Exit::Limit => 3,
            Exit::Nondeterminism => 4,
            Exit::Usage => 64,
            Exit::Data => 65,
            Exit::Bug => 70,
            Exit::WouldOverwrite => 73,
            Exit::InputOutput => 74,
            Exit::TryAgain => 75,
            Exit::Interrupted => 130,
            Exit::Terminated => 143,
        }
    }

    /// Returns the outcome of a sweep with these numbers of panics, failures, limits and
    /// undetermined verdicts.
    pub(super) fn of_sweep(panics: u64, failed: u64, limited: u64, undetermined: u64) -> Exit {
        let verdict = match (failed, undetermined) {
            (1.., _) => Validity::Invalid,
            (0, 1..) => Validity::Unknown,
            (0, 0) => Validity::Valid,
        };
        let limit = if limited > 0 { Exit::Limit } else { Exit::Holds };
        let bug = if panics > 0 { Exit::Bug } else { Exit::Holds };
        Exit::from(verdict).or(limit).or(bug)
    }

    /// Combines two outcomes of one command: the one of higher precedence counts.
    pub fn or(self, other: Exit) -> Exit {
        if self.rank() <= other.rank() { self } else { other }
    }

    /// Returns the precedence; the lowest rank wins: 130 or 143, 70, 74, 4, 1, 3, 2; then the codes
    /// that end a command immediately.
    fn rank(self) -> u8 {
        match self {
            Exit::Interrupted | Exit::Terminated => 0,
            Exit::Bug => 1,
            Exit::InputOutput => 2,
            Exit::Nondeterminism => 3,
            Exit::Violated => 4,
            Exit::Limit => 5,
            Exit::Undetermined => 6,
            Exit::Usage | Exit::Data | Exit::WouldOverwrite | Exit::TryAgain => 7,
            Exit::Holds => 8,
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_outcomes_the_gravest_counts() {
        assert_eq!(Exit::Limit.or(Exit::Violated), Exit::Violated);
        assert_eq!(Exit::Holds.or(Exit::Limit), Exit::Limit);
        assert_eq!(Exit::Violated.or(Exit::Interrupted), Exit::Interrupted);
        assert_eq!(Exit::Nondeterminism.or(Exit::Violated), Exit::Nondeterminism);
    }
}
