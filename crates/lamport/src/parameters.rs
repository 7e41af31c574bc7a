//! Parameters of an experiment with the scale model, as plain values.

use super::machine::{Choice, Stamp};
use crate::engine::limits::Limits;
use crate::engine::queue::Ties;
use crate::engine::ratio::Ratio;
use crate::engine::rng::Seed;
use crate::engine::ticks::Ticks;
use crate::engine::time::{Duration, Instant};
use crate::network::NetworkSettings;

const NS_PER_S: u64 = 1_000_000_000;

/// Tick rate of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Speed {
    /// Ticks per second.
    Rate(Ratio),
    /// Time between two ticks.
    Period(Duration),
}

impl Speed {
    /// Returns the exact ticks, the first one immediately; `None` if the speed is invalid.
    pub fn ticks(self) -> Option<Ticks> {
        match self {
            Speed::Rate(rate) => Ticks::at_rate(rate),
            Speed::Period(period) => Ticks::every(period),
        }
    }

    /// Returns the exact number of ticks per second; zero for a period of zero, which is invalid.
    fn as_ratio(self) -> Ratio {
        match self {
            Speed::Rate(rate) => rate,
            Speed::Period(period) => Ratio::new(NS_PER_S, period.as_ns()).unwrap_or(Ratio::ZERO),
        }
    }

    /// Returns the number of ticks per second, for tables.
    pub fn per_second(self) -> f64 {
        match self {
            Speed::Rate(rate) => rate.as_f64(),
            Speed::Period(period) => 1e9 / period.as_ns() as f64,
        }
    }
}

/// Time of the machines' first ticks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// At a random instant of the first period, drawn from the machine's own stream.
    #[default]
    Random,
    /// At zero.
    Zero,
    /// After one period; then the run includes its last instant.
    Period,
    /// At the given instants, one for each machine.
    At(Vec<Duration>),
}

/// Action of a machine on a tick without a message, in one of the three forms of a config.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendRule {
    /// A die of this many sides: with n machines, 1 to n − 1 is that peer, n is all peers, and
    /// anything above is internal.
    Die(u64),
    /// Sends with this probability: each single peer and "all" are equally likely.
    Send(Ratio),
    /// Sends to one random peer, or to all, with these probabilities.
    OneOrAll {
        /// To one peer, drawn uniformly.
        one: Ratio,
        /// To all peers.
        all: Ratio,
    },
}

impl SendRule {
    /// Returns the probabilities of any single peer and of all peers, for a machine with `peers`
    /// peers; `None` if they need more than 64 bits.
    pub fn probabilities(self, peers: u32) -> Option<(Ratio, Ratio)> {
        let part = |ratio: Ratio, of: u64| {
            Ratio::new(ratio.numerator(), ratio.denominator().checked_mul(of)?)
        };
        if peers == 0 {
            return Some((Ratio::ZERO, Ratio::ZERO));
        }
        let peers = u64::from(peers);
        match self {
            SendRule::Die(sides) => Some((Ratio::new(1, sides)?, Ratio::new(1, sides)?)),
            SendRule::Send(send) => Some((part(send, peers + 1)?, part(send, peers + 1)?)),
            SendRule::OneOrAll { one, all } => Some((part(one, peers)?, all)),
        }
    }
}

/// An experiment of the scale model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaleParameters {
    /// Root seed of all randomness.
    pub seed: Seed,
    /// Duration of the run.
    pub duration: Duration,
    /// Speed of each machine.
    pub speeds: Vec<Speed>,
    /// Action of a machine on a tick without a message.
    pub send: SendRule,
    /// Clock that a message carries.
    pub stamp: Stamp,
    /// Time of the machines' first ticks.
    pub start: Start,
    /// Order of the events of one instant.
    pub ties: Ties,
    /// Delay added to every period.
    pub overshoot: Duration,
    /// Maximum random delay added to each interval.
    pub jitter: Duration,
    /// The network.
    pub network: NetworkSettings,
    /// Limits of the run.
    pub limits: Limits,
}

/// Error of invalid parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParametersError {
    /// No machines, or too many.
    #[error("there must be 1 to 10,000,000 machines")]
    Machines,
    /// A speed of zero, or with a period that cannot be represented.
    #[error("machine {0} has no speed at which it could tick")]
    Speed(usize),
    /// The number of given starts is not that of machines.
    #[error("there must be one start for each machine")]
    Starts,
    /// Probabilities that add up to more than 1, or need more than 64 bits.
    #[error("the probabilities of sending add up to more than 1 or need more than 64 bits")]
    Send,
}

impl ScaleParameters {
    /// Maximum number of machines.
    pub const MACHINES_MAX: u32 = 10_000_000;

    /// Creates parameters with all defaults of a config.
    pub fn new(
        seed: Seed,
        duration: Duration,
        speeds: Vec<Speed>,
        send: SendRule,
    ) -> ScaleParameters {
        ScaleParameters {
            seed,
            duration,
            speeds,
            send,
            stamp: Stamp::After,
            start: Start::Random,
            ties: Ties::Id,
            overshoot: Duration::ZERO,
            jitter: Duration::ZERO,
            network: NetworkSettings::default(),
            limits: Limits::default(),
        }
    }

    /// Returns the number of machines.
    pub fn machines(&self) -> u32 {
        self.speeds.len() as u32
    }

    /// Returns for each machine whether no other is faster, by configured rates.
    pub(super) fn fastest(&self) -> Vec<bool> {
        let fastest = self.speeds.iter().map(|speed| speed.as_ratio()).max();
        self.speeds.iter().map(|speed| Some(speed.as_ratio()) == fastest).collect()
    }

    /// Returns the first instant after the run.
    pub fn before(&self) -> Instant {
        let inclusive = u64::from(self.start == Start::Period);
        Instant::from_ns(self.duration.as_ns().saturating_add(inclusive))
    }

    /// Returns the exact ticks of each machine.
    ///
    /// # Errors
    /// If a machine has an invalid speed, or no start.
    pub fn ticks(&self) -> Result<Vec<Ticks>, ParametersError> {
        if self.speeds.is_empty() || self.speeds.len() > ScaleParameters::MACHINES_MAX as usize {
            return Err(ParametersError::Machines);
        }
        if let Start::At(starts) = &self.start
            && starts.len() != self.speeds.len()
        {
            return Err(ParametersError::Starts);
        }
        let ticks = |(machine, speed): (usize, &Speed)| {
            let ticks = speed.ticks().ok_or(ParametersError::Speed(machine + 1))?;
            let ticks = match &self.start {
                Start::Random => ticks.with_random_phase(),
                Start::Zero => ticks,
                Start::Period => ticks.after_one_period(),
                Start::At(starts) => ticks.with_phase(starts[machine]),
            };
            Ok(ticks.with_overshoot(self.overshoot).with_jitter(self.jitter))
        };
        self.speeds.iter().enumerate().map(ticks).collect()
    }

    /// Returns the die of each machine.
    ///
    /// # Errors
    /// If the probabilities add up to more than 1, or need more than 64 bits.
    pub fn choice(&self) -> Result<Choice, ParametersError> {
        let peers = self.machines().saturating_sub(1);
        let (one, all) = self.send.probabilities(peers).ok_or(ParametersError::Send)?;
        Choice::new(peers, one, all).ok_or(ParametersError::Send)
    }
}
