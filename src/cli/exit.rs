//! Exit codes: one table for every command, part of what users see.

use std::process::{ExitCode, Termination};

use crate::check::Validity;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: all is well; what was asked holds.
    Holds,
    /// 1: a check, a verdict or a target is violated.
    Violated,
    /// 2: it cannot be told.
    Undetermined,
    /// 3: a limit cut the run short.
    Limit,
    /// 4: the same config and seed gave something else.
    Nondeterminism,
    /// 64: the command line makes no sense.
    Usage,
    /// 65: a config or other input is missing, unreadable or wrong.
    Data,
    /// 70: a bug of this program.
    Bug,
    /// 73: it would overwrite something that is not ours.
    WouldOverwrite,
    /// 74: reading or writing failed.
    InputOutput,
    /// 75: somebody else is using it; try again later.
    TryAgain,
    /// 130: interrupted (SIGINT).
    Interrupted,
    /// 143: terminated (SIGTERM).
    Terminated,
}

/// The exit code of a verdict, the same for every command.
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
    /// The number.
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

    /// Of two outcomes of one command the one that counts.
    pub fn or(self, other: Exit) -> Exit {
        if self.rank() <= other.rank() { self } else { other }
    }

    /// The first of several counts: 130 or 143, 70, 74, 4, 1, 3, 2; then what ends a command
    /// anyway.
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
