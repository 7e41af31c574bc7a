//! How many crashed operations of each kind have taken effect.

/// Counts by kind, without those that are zero, in the order of the kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Used(Box<[(u32, u32)]>);

impl Used {
    /// Number of those of a kind.
    pub(super) fn count(&self, kind: u32) -> u32 {
        self.0.iter().find(|(of, _)| *of == kind).map_or(0, |(_, count)| *count)
    }

    /// Sum of the weights of all.
    pub(super) fn weight(&self, of_kind: impl Fn(usize) -> u32) -> u32 {
        self.0.iter().map(|(kind, count)| count * of_kind(*kind as usize)).sum()
    }

    /// These counts with one more of a kind.
    pub(super) fn and(&self, kind: u32) -> Used {
        let place = self.0.partition_point(|(of, _)| *of < kind);
        let mut counts = self.0.to_vec();
        match counts.get_mut(place) {
            Some((of, count)) if *of == kind => *count += 1,
            _ => counts.insert(place, (kind, 1)),
        }
        Used(counts.into())
    }

    /// Whether no count is greater than the other one.
    pub(super) fn is_at_most(&self, other: &Used) -> bool {
        self.0.is_empty() || self.0.iter().all(|(kind, count)| *count <= other.count(*kind))
    }

    /// Number of bytes outside of the value itself.
    pub(super) fn bytes(&self) -> u64 {
        8 * self.0.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_compared_kind_by_kind() {
        let none = Used::default();
        let [a, b] = [none.and(3), none.and(1)];
        assert!(none.is_at_most(&a) && !a.is_at_most(&none));
        assert!(!a.is_at_most(&b) && !b.is_at_most(&a));
        assert_eq!(a.and(1), b.and(3));
        assert!(a.is_at_most(&a.and(1)) && !a.and(3).is_at_most(&a.and(1)));
        assert_eq!([1, 2, 3].map(|kind| a.and(1).and(3).count(kind)), [1, 0, 2]);
    }
}
