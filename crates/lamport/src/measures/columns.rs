//! Columns of measures: names and numbers, for tables, sweeps and plots.

/// A measured number. Integers stay integers in text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A count.
    Integer(u64),
    /// Anything else.
    Real(f64),
}

impl Number {
    /// Returns the number as a float, for statistics.
    pub fn as_f64(self) -> f64 {
        match self {
            Number::Integer(number) => number as f64,
            Number::Real(number) => number,
        }
    }
}

impl std::fmt::Display for Number {
    /// Writes the shortest text that reads as the same number; a real one has a point or an
    /// exponent.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Number::Integer(number) => number.fmt(f),
            Number::Real(number) => write!(f, "{number:?}"),
        }
    }
}

/// A column of numbers.
#[derive(Clone, Copy, Debug)]
pub struct Column<M> {
    /// Name of the measure.
    pub name: &'static str,
    /// Meaning.
    pub meaning: &'static str,
    /// Type, unit and range of its values.
    pub values: &'static str,
    /// When its field is empty.
    pub empty: &'static str,
    /// Whether its numbers are integers.
    pub is_integer: bool,
    /// Returns the number from measures `M`, if there is one.
    pub number: fn(&M) -> Option<Number>,
}

/// A type of fields that are numbers.
pub(super) trait AsNumber {
    const IS_INTEGER: bool;
    fn number(self) -> Option<Number>;
}

impl AsNumber for u64 {
    const IS_INTEGER: bool = true;

    fn number(self) -> Option<Number> {
        Some(Number::Integer(self))
    }
}

impl AsNumber for f64 {
    const IS_INTEGER: bool = false;

    fn number(self) -> Option<Number> {
        Some(Number::Real(self))
    }
}

impl<T: AsNumber> AsNumber for Option<T> {
    const IS_INTEGER: bool = T::IS_INTEGER;

    fn number(self) -> Option<Number> {
        self.and_then(AsNumber::number)
    }
}

/// Whether a field, given by its access, holds integers.
pub(super) const fn is_integer<M, T: AsNumber>(_: fn(&M) -> &T) -> bool {
    T::IS_INTEGER
}

#[cfg(test)]
mod tests {
    use super::super::{DEFINITIONS, MACHINE_COLUMNS, RUN_COLUMNS};

    #[test]
    fn every_defined_number_is_a_column() {
        let not_numbers = ["machine", "jump_histogram", "predicted", "end", "no_prediction"];
        let names = |section: &str| -> Vec<&str> {
            let found = DEFINITIONS.iter().find(|(name, _)| *name == section).expect("a section");
            let names = found.1.iter().map(|definition| definition.name);
            names.filter(|name| !not_numbers.contains(name)).collect()
        };
        assert_eq!(names("machines"), MACHINE_COLUMNS.iter().map(|c| c.name).collect::<Vec<_>>());
        assert_eq!(names("run"), RUN_COLUMNS.iter().map(|c| c.name).collect::<Vec<_>>());
    }
}
