//! Time windows with a value each: an index of the windows that are open at an instant.
//!
//! Windows may overlap. They are sorted by their beginnings, with the latest end so far, so that a
//! lookup visits the open windows and few others.

use super::time::Instant;

/// Time windows, each from an instant until another, the second excluded.
#[derive(Clone, Debug)]
pub struct Windows<T> {
    sorted: Vec<Window<T>>,
}

#[derive(Clone, Debug)]
struct Window<T> {
    at: Instant,
    until: Instant,
    /// Latest end of this window and all before it.
    latest: Instant,
    value: T,
}

impl<T> Default for Windows<T> {
    fn default() -> Self {
        Windows { sorted: vec![] }
    }
}

impl<T> FromIterator<(Instant, Instant, T)> for Windows<T> {
    fn from_iter<I: IntoIterator<Item = (Instant, Instant, T)>>(windows: I) -> Self {
        let window = |(at, until, value)| Window { at, until, latest: until, value };
        let mut sorted: Vec<Window<T>> = windows.into_iter().map(window).collect();
        sorted.sort_by_key(|window| window.at);
        let mut latest = Instant::ZERO;
        for window in &mut sorted {
            latest = latest.max(window.until);
            window.latest = latest;
        }
        Windows { sorted }
    }
}

impl<T> Windows<T> {
    /// Whether there are no windows.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Returns the values of the windows that contain this instant. The window that began last
    /// comes first, and of those that began together the one that was given last.
    pub fn at(&self, at: Instant) -> impl Iterator<Item = &T> {
        let begun = self.sorted.partition_point(|window| window.at <= at);
        let open = self.sorted[..begun].iter().rev().take_while(move |window| window.latest > at);
        open.filter(move |window| window.until > at).map(|window| &window.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_windows_under_way_are_found_latest_first() {
        let windows = [(10, 50, 'a'), (20, 30, 'b'), (20, 25, 'c'), (60, 60, 'd'), (70, 80, 'e')];
        let at = Instant::from_ns;
        let windows: Windows<char> =
            windows.map(|(a, b, c)| (at(a), at(b), c)).into_iter().collect();
        let found = |ns: u64| windows.at(at(ns)).collect::<String>();
        for (ns, expected) in
            [(9, ""), (10, "a"), (20, "cba"), (25, "ba"), (49, "a"), (50, ""), (60, ""), (79, "e")]
        {
            assert_eq!(found(ns), expected, "at {ns}");
        }
        assert!(!windows.is_empty() && Windows::<()>::default().is_empty());
    }
}
