//! Availability: the share of operations that succeeded, final reads among them.

use super::history_verdict::{CheckResult, Validity};
use super::operations::Operations;
use crate::edn::Edn;
use crate::engine::ratio::Ratio;
use crate::history::EntryKind;

/// Required availability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// No requirement.
    None,
    /// All operations must succeed.
    Total,
    /// At least this share of them must succeed.
    AtLeast(Ratio),
}

/// Checks the share: `:availability` of the results. Without any operation it is 1.
pub fn availability(ops: &Operations<'_>, asked: Availability) -> CheckResult {
    let invoked = ops.all.len() as u64;
    let ok = ops.all.iter().filter(|operation| operation.outcome == EntryKind::Ok).count() as u64;
    let fraction = Ratio::new(ok, invoked).unwrap_or(Ratio::ONE);
    let valid = match asked {
        Availability::None => true,
        Availability::Total => fraction == Ratio::ONE,
        Availability::AtLeast(least) => fraction >= least,
    };
    let float = if invoked == 0 { 1.0 } else { ok as f64 / invoked as f64 };
    let valid = Validity::of(valid);
    let result = Edn::map([("valid?", valid.edn()), ("ok-fraction", Edn::Float(float))]);
    CheckResult { valid, result }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histories::history;

    #[test]
    fn the_share_is_compared_exactly() {
        let history = history(
            "0 invoke read\n0 ok read\n0 invoke read\n0 fail read\n\
             0 invoke read\n0 ok read\n0 invoke read",
        );
        let ops = Operations::new(&history, &[]).expect("well formed");
        let check = |asked, valid| assert_eq!(availability(&ops, asked).valid, valid, "{asked:?}");
        check(Availability::None, Validity::Valid);
        check(Availability::Total, Validity::Invalid);
        check(Availability::AtLeast("1/2".parse().expect("a ratio")), Validity::Valid);
        check(Availability::AtLeast("0.5001".parse().expect("a ratio")), Validity::Invalid);
        let found = availability(&ops, Availability::None).result.to_string();
        assert_eq!(found, "{:valid? true, :ok-fraction 0.5}");
        let none = Operations::new(&[], &[]).expect("well formed");
        assert_eq!(availability(&none, Availability::Total).valid, Validity::Valid);
    }
}
