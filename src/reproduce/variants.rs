//! The variants of a config: three sets of settings, from exact time to measured imperfections.
//!
//! All inputs are listed here, each with its source; none is fitted to a figure.

/// A set of settings under which configs run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variant {
    /// All machines start at zero and messages take no time; at one instant, all ticks come before
    /// the deliveries.
    Exact,
    /// Each machine starts at a random instant in its first period; messages take no time.
    Phase,
    /// As recorded: late ticks, and messages with latency.
    Real,
}

impl Variant {
    /// All variants, the simplest first.
    pub const ALL: [Variant; 3] = [Variant::Exact, Variant::Phase, Variant::Real];

    /// Returns the name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Variant::Exact => "exact",
            Variant::Phase => "phase",
            Variant::Real => "real",
        }
    }

    /// Returns a description of one line.
    pub fn meaning(self) -> &'static str {
        match self {
            Variant::Exact => {
                "all machines start at zero, messages take no time, no tick sees one of its instant"
            }
            Variant::Phase => {
                "each machine starts at a random instant of its first period; messages take no time"
            }
            Variant::Real => {
                "all start at zero; ticks are late and messages slow, as far as was measured"
            }
        }
    }
}

/// A key of a config and its value, as in `--set`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The key's path.
    pub key: &'static str,
    /// Its value: TOML, else text.
    pub value: String,
}

const EXACT: &[(&str, &str)] =
    &[("ticks.start", "zero"), ("ticks.ties", "after"), ("network.latency", "0ms")];

const PHASE: &[(&str, &str)] =
    &[("ticks.start", "random"), ("ticks.ties", "id"), ("network.latency", "0ms")];

/// The recorded programs sleep between ticks and wake up 1.8 to 4 ms late, 2.9 ms in the middle,
/// with a jitter of about ±2 ms. Our jitter is uniform in [0, 4 ms] and always late, so an
/// overshoot of 0.9 ms gives a mean of 0.9 + 4/2 = 2.9 ms. Their messages took 1 to 3 ms, in one
/// program the second copy of a broadcast 3 ms more: 3 ms for all.
const REAL: &[(&str, &str)] = &[
    ("ticks.start", "zero"),
    ("ticks.ties", "id"),
    ("ticks.overshoot", "900us"),
    ("ticks.jitter", "4ms"),
    ("network.latency", "3ms"),
];

/// Mean of the jitter in tenths of a millisecond. Measured periods include the mean lateness: so
/// there is no overshoot, and periods are shortened by this mean, so that they come out as
/// measured.
const JITTER_MEAN_TENTHS: u32 = 20;

/// Known facts about recordings: settings of a config in every variant.
const RECORDED: &[(&str, &[(&str, &str)])] = &[
    // The recording lost two seconds of its minute to a wait.
    ("exp1", &[("duration", "58s"), ("rates", "[6, 2, 6]")]),
    ("exp2", &[("duration", "58s")]),
    ("exp3", &[("duration", "58s")]),
    ("exp4", &[("duration", "58s")]),
    ("exp5", &[("duration", "58s")]),
    ("exp6", &[("duration", "58s")]),
    ("exp7", &[("duration", "58s")]),
    ("exp8", &[("duration", "58s")]),
    ("exp9", &[("duration", "58s")]),
    ("exp10", &[("duration", "58s")]),
    ("exp11", &[("duration", "58s")]),
];

/// Measured periods of the machines in a recording, in tenths of a millisecond.
const MEASURED_PERIODS: &[(&str, [u32; 3])] = &[
    ("notebook/range100-run1", [433, 118, 254]),
    ("notebook/range100-run2", [186, 227, 368]),
    ("notebook/range100-run3", [136, 155, 162]),
    ("notebook/range100-run4", [337, 241, 122]),
    ("notebook/range100-run5", [152, 129, 227]),
];

/// Returns the settings of a variant for a config.
pub fn settings(config: &str, variant: Variant) -> Vec<Setting> {
    let of_variant = match variant {
        Variant::Exact => EXACT,
        Variant::Phase => PHASE,
        Variant::Real => REAL,
    };
    let recorded = RECORDED.iter().find(|(name, _)| *name == config).map_or(&[][..], |(_, s)| s);
    let setting = |(key, value): &(&'static str, &str)| Setting { key, value: (*value).to_owned() };
    let mut settings: Vec<Setting> = recorded.iter().chain(of_variant).map(setting).collect();
    let periods = MEASURED_PERIODS.iter().find(|(name, _)| *name == config);
    if let (Variant::Real, Some((_, periods))) = (variant, periods) {
        settings.retain(|setting| setting.key != "ticks.overshoot");
        // `rates` cannot be removed from a config, but a period can be written as a rate.
        let rates = periods.map(|tenths| format!("\"10000/{}\"", tenths - JITTER_MEAN_TENTHS));
        settings.push(Setting { key: "rates", value: format!("[{}]", rates.join(", ")) });
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::super::parameters;
    use super::*;
    use crate::config::shipped;
    use crate::engine::queue::Ties;
    use crate::engine::time::Duration;
    use crate::scale_model::Start;

    #[test]
    fn every_recording_is_of_a_shipped_config() {
        let recorded = RECORDED.iter().map(|(name, _)| name);
        for name in recorded.chain(MEASURED_PERIODS.iter().map(|(name, _)| name)) {
            assert!(shipped(name).is_some(), "{name}");
        }
    }

    #[test]
    fn the_mean_period_of_a_real_machine_is_the_measured_one() {
        let found = parameters("notebook/range100-run1", Variant::Real).expect("a config");
        let late = found.overshoot.as_seconds() + found.jitter.as_seconds() / 2.0;
        let periods: Vec<f64> =
            found.speeds.iter().map(|speed| 1e3 / speed.per_second() + 1e3 * late).collect();
        for (found, measured) in periods.into_iter().zip([43.3, 11.8, 25.4]) {
            assert!((found - measured).abs() < 1e-9, "{found}");
        }
        let found = parameters("exp4", Variant::Real).expect("a config");
        let late = found.overshoot.as_ns() + found.jitter.as_ns() / 2;
        assert_eq!(late, 2_900_000);
        assert_eq!(found.duration, Duration::from_seconds(58));
    }

    #[test]
    fn exact_time_has_no_imperfections() {
        let found = parameters("notebook/range100-run1", Variant::Exact).expect("a config");
        assert_eq!((found.start, found.ties), (Start::Zero, Ties::After));
        assert_eq!((found.overshoot, found.jitter), (Duration::ZERO, Duration::ZERO));
        assert_eq!(found.speeds[1].per_second(), 100.0);
        let found = parameters("exp1", Variant::Phase).expect("a config");
        let rates: Vec<f64> = found.speeds.iter().map(|speed| speed.per_second()).collect();
        assert_eq!((found.start, rates), (Start::Random, vec![6.0, 2.0, 6.0]));
        for variant in [Variant::Exact, Variant::Phase] {
            let found = parameters("exp1", variant).expect("a config");
            assert!(found.network.latency.is_constant());
            assert_eq!(found.network.latency.of(0), Duration::ZERO);
        }
    }
}
