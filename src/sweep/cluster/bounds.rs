//! Ranges of runs: how a sweep is split into shards, and which outputs of shards cover it.

/// A range of runs by their numbers, the end excluded.
pub(super) type Runs = (u64, u64);

/// Splits a range into a number of parts that differ by at most one run. Without enough runs there
/// are fewer parts.
pub fn split((from, to): Runs, parts: u64) -> Vec<Runs> {
    let size = u128::from(to - from);
    let parts = parts.clamp(1, (to - from).max(1));
    let bound = |part: u64| from + (size * u128::from(part) / u128::from(parts)) as u64;
    (0..parts).map(|part| (bound(part), bound(part + 1))).collect()
}

/// Which outputs cover a sweep, and what they leave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cover {
    /// The outputs that are used, by their places, in the order of their runs. No two overlap.
    pub used: Vec<usize>,
    /// The ranges that they leave.
    pub missing: Vec<Runs>,
    /// Number of runs that they have.
    pub covered: u64,
}

impl Cover {
    /// Chooses outputs without overlaps that cover as many of the `total` runs as possible. After a
    /// sweep was planned again, late shards of the old plan may overlap with those of the new one.
    pub fn of(outputs: &[Runs], total: u64) -> Cover {
        let mut order: Vec<usize> = (0..outputs.len()).collect();
        order.retain(|at| outputs[*at].0 < outputs[*at].1);
        order.sort_by_key(|at| (outputs[*at].1, outputs[*at].0, *at));
        let ends: Vec<u64> = order.iter().map(|at| outputs[*at].1).collect();
        // Of the first n outputs, by their ends: the most runs, and whether the last one is used.
        let mut best = vec![(0u64, false)];
        let before = |from: u64, n: usize| ends[..n].partition_point(|end| *end <= from);
        for (n, at) in order.iter().enumerate() {
            let (from, to) = outputs[*at];
            let with = best[before(from, n)].0 + (to - from);
            let without = best[n].0;
            best.push(if with > without { (with, true) } else { (without, false) });
        }
        let (mut n, mut used) = (order.len(), vec![]);
        let covered = best[n].0;
        while n > 0 {
            n -= 1;
            if best[n + 1].1 {
                used.push(order[n]);
                n = before(outputs[order[n]].0, n);
            }
        }
        used.reverse();
        let mut missing = vec![];
        let mut at = 0;
        for (from, to) in used.iter().map(|place| outputs[*place]).chain([(total, total)]) {
            if at < from {
                missing.push((at, from));
            }
            at = to;
        }
        Cover { used, missing, covered }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_differ_by_at_most_one_run() {
        assert_eq!(split((10, 20), 3), [(10, 13), (13, 16), (16, 20)]);
        assert_eq!(split((0, 2), 5), [(0, 1), (1, 2)]);
        let parts = split((0, 1 << 53), 1_000);
        assert_eq!((parts.len(), parts[999].1), (1_000, 1 << 53));
        assert!(parts.windows(2).all(|pair| pair[0].1 == pair[1].0));
    }

    #[test]
    fn a_cover_has_as_many_runs_as_possible_and_no_overlap() {
        let cover = |outputs: &[Runs]| Cover::of(outputs, 100);
        assert_eq!(cover(&[]).missing, [(0, 100)]);
        let all = cover(&[(50, 100), (0, 50)]);
        assert_eq!((all.used, all.missing, all.covered), (vec![1, 0], vec![], 100));
        // A late shard of an old plan, which ended at its time budget, and the new shards.
        let late = cover(&[(0, 50), (50, 80), (70, 85), (85, 100), (50, 70)]);
        assert_eq!((late.used, late.missing), (vec![0, 4, 2, 3], vec![]));
        let part = cover(&[(0, 50), (50, 80), (70, 85)]);
        assert_eq!((part.used, part.missing), (vec![0, 1], vec![(80, 100)]));
    }
}
