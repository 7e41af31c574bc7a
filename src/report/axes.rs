//! Scales of axes: from values to places in a picture, and round numbers for ticks.

use super::labels::tick;

/// A scale: the first and the last value, linear or logarithmic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    log: bool,
}

/// Wanted extent of a scale.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extent {
    /// First and last value, if they are given.
    pub(super) range: Option<(f64, f64)>,
    pub(super) from_zero: bool,
    pub(super) log: bool,
    /// Whether the scale ends at round numbers.
    pub(super) rounded: bool,
}

impl Scale {
    /// Chooses a scale for these values.
    pub(super) fn of(values: impl Iterator<Item = f64> + Clone, extent: Extent) -> Scale {
        let finite = || values.clone().filter(|value| value.is_finite());
        if extent.log {
            return Scale::logarithmic(finite, extent);
        }
        if let Some((low, high)) = extent.range {
            let high = if high > low { high } else { low + 1.0 };
            return Scale { low, high, log: false };
        }
        let (mut low, mut high) =
            (finite().reduce(f64::min).unwrap_or(0.0), finite().reduce(f64::max).unwrap_or(0.0));
        if extent.from_zero && low >= 0.0 {
            low = 0.0;
        }
        if low == high {
            let room = if high == 0.0 { 1.0 } else { high.abs() / 4.0 };
            low = if low == 0.0 || (extent.from_zero && low > 0.0) { 0.0 } else { low - room };
            high += room;
        }
        match extent.rounded {
            true => {
                let step = step(high - low, 10.0);
                let (low, high) = ((low / step).floor() * step, (high / step).ceil() * step);
                Scale { low, high, log: false }
            }
            false => {
                let room = (high - low) * 0.03;
                Scale { low: low - room, high: high + room, log: false }
            }
        }
    }

    fn logarithmic<I: Iterator<Item = f64>>(finite: impl Fn() -> I, extent: Extent) -> Scale {
        let positive = || finite().filter(|value| *value > 0.0);
        let given = extent.range.filter(|(low, high)| *low > 0.0 && high > low);
        let low = given.map(|range| range.0).or_else(|| positive().reduce(f64::min));
        let high = given.map(|range| range.1).or_else(|| positive().reduce(f64::max));
        let (low, high) = (low.unwrap_or(1.0), high.unwrap_or(10.0));
        let (low, high) = match given.is_some() || (!extent.rounded && high > low) {
            true => (low, high),
            false => {
                let power = |value: f64| libm::pow(10.0, value);
                let (from, to) = (libm::log10(low).floor(), libm::log10(high).ceil());
                (power(from), power(if to > from { to } else { from + 1.0 }))
            }
        };
        Scale { low, high, log: true }
    }

    /// Returns the share of the scale below a value; `None` where a logarithm has none.
    pub(super) fn share(self, value: f64) -> Option<f64> {
        let share = match self.log {
            false => (value - self.low) / (self.high - self.low),
            true if value <= 0.0 => return None,
            true => libm::log10(value / self.low) / libm::log10(self.high / self.low),
        };
        share.is_finite().then(|| share.clamp(-10.0, 11.0))
    }

    /// Returns the ticks with their texts, about `count` of them.
    pub(super) fn ticks(self, count: f64, given: Option<f64>) -> Vec<(f64, String)> {
        if self.log {
            return self.logarithmic_ticks(count);
        }
        let span = self.high - self.low;
        let step = given.unwrap_or_else(|| step(span, count.max(1.0)));
        let first = (self.low / step - 1e-9).ceil();
        let count = ((self.high / step + 1e-9).floor() - first).clamp(-1.0, 200.0) as i64;
        let tick_at = |number: i64| {
            let value = (first + number as f64) * step;
            (value, tick(value))
        };
        (0..=count).map(tick_at).collect()
    }

    fn logarithmic_ticks(self, count: f64) -> Vec<(f64, String)> {
        let (from, to) = (libm::log10(self.low).floor(), libm::log10(self.high).ceil());
        let decades = (to - from).max(1.0);
        let every = (decades / count.max(1.0)).ceil().max(1.0);
        let parts: &[f64] = match decades {
            few if few <= 1.0 => &[1.0, 2.0, 3.0, 5.0, 7.0],
            few if few <= count / 2.5 => &[1.0, 2.0, 5.0],
            _ => &[1.0],
        };
        let mut ticks = Vec::new();
        let mut power = from;
        while power <= to && ticks.len() < 200 {
            for part in parts {
                let value = part * libm::pow(10.0, power);
                if value >= self.low * (1.0 - 1e-9) && value <= self.high * (1.0 + 1e-9) {
                    ticks.push((value, tick(value)));
                }
            }
            power += every;
        }
        ticks
    }
}

/// Returns a round distance between about `count` ticks.
fn step(span: f64, count: f64) -> f64 {
    let rough = span / count;
    let power = libm::pow(10.0, libm::log10(rough).floor());
    let step = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= rough * 0.999);
    step.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[f64], extent: Extent, count: f64) -> Vec<String> {
        let scale = Scale::of(values.iter().copied(), extent);
        scale.ticks(count, None).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        let rounded = Extent { rounded: true, from_zero: true, ..Extent::default() };
        assert_eq!(texts(&[1.0, 265.0], rounded, 5.0), ["0", "100", "200", "300"]);
        let given = Extent { range: Some((0.0, 60.0)), ..Extent::default() };
        assert_eq!(texts(&[], given, 6.0), ["0", "10", "20", "30", "40", "50", "60"]);
        assert_eq!(texts(&[], rounded, 5.0), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
    }

    #[test]
    fn logarithmic_ticks_are_decades_or_parts_of_them() {
        let log = Extent { log: true, rounded: true, ..Extent::default() };
        assert_eq!(texts(&[0.0, 0.3, 700.0], log, 5.0), ["0.1", "1", "10", "100", "1000"]);
        assert_eq!(texts(&[2.0, 8.0], log, 5.0), ["1", "2", "3", "5", "7", "10"]);
        let scale = Scale::of([1.0, 100.0].into_iter(), log);
        assert_eq!((scale.share(10.0), scale.share(0.0)), (Some(0.5), None));
    }

    #[test]
    fn equal_values_have_an_axis() {
        let scale = Scale::of([4.0, 4.0].into_iter(), Extent::default());
        assert!(scale.share(4.0).is_some_and(|share| share > 0.2 && share < 0.8));
        let scale = Scale::of([f64::NAN].into_iter(), Extent::default());
        assert!(scale.share(0.0).is_some());
    }
}
