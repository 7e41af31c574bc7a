//! Verdicts on figures: the variant that explains a figure, the share of seeds in which a bound
//! holds, or agreement with theory.

use std::fmt;

use super::distribution::Distribution;
use super::expected::Expected;
use super::figures::{Figure, Relation};
use super::variants::Variant;

/// Share of seeds in which a bound holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Share {
    /// 99 % of the seeds or more.
    NearlyAll,
    /// More than half of the seeds.
    Most,
    /// Some seeds, but at most half.
    Few,
    /// No seed.
    None,
}

impl Share {
    /// Classifies a share from 0 to 1.
    pub fn of(share: f64) -> Share {
        match share {
            share if share >= 0.99 => Share::NearlyAll,
            share if share > 0.5 => Share::Most,
            share if share > 0.0 => Share::Few,
            _ => Share::None,
        }
    }
}

/// Verdict on a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The number is in the band from the 1 % to the 99 % quantile of this variant, and of none
    /// before it.
    Explained(Variant),
    /// The number is in no band.
    NotExplained,
    /// A claim that agrees with theory, which is about the long run; the bands of a minute do not
    /// matter.
    Accord,
    /// A claim that theory contradicts, likewise.
    Contradicted,
    /// A bound that holds in this share of seeds: the best of all variants, and the first variant
    /// with it.
    Holds(Share, Variant),
    /// There is no number to compare.
    NotChecked,
}

impl Verdict {
    /// Returns the verdict on a figure.
    pub fn new(
        figure: &Figure,
        distributions: &[Distribution; 3],
        expected: Option<&Expected>,
    ) -> Verdict {
        let found = || Variant::ALL.into_iter().zip(distributions);
        if let Some(expected) = expected {
            return if expected.contradicts { Verdict::Contradicted } else { Verdict::Accord };
        }
        match (&figure.reported, figure.relation) {
            (None, _) | (_, Relation::About) => Verdict::NotChecked,
            (Some(reported), Relation::Equal) => found()
                .find(|(_, distribution)| distribution.holds(reported.value))
                .map_or(Verdict::NotExplained, |(variant, _)| Verdict::Explained(variant)),
            (Some(_), Relation::AtMost | Relation::AtLeast) => found()
                .filter_map(|(variant, found)| Some((Share::of(found.share?), variant)))
                .min()
                .map_or(Verdict::NotChecked, |(share, variant)| Verdict::Holds(share, variant)),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let need = |variant: Variant| match variant {
            Variant::Exact => "",
            Variant::Phase => " with phase",
            Variant::Real => " with imperfection",
        };
        match self {
            Verdict::Explained(Variant::Exact) => f.pad("explained by exact time"),
            Verdict::Explained(Variant::Phase) => f.pad("only with phase"),
            Verdict::Explained(Variant::Real) => f.pad("only with imperfection"),
            Verdict::NotExplained => f.pad("not explained"),
            Verdict::Accord => f.pad("in accord with theory"),
            Verdict::Contradicted => f.pad("contradicted by theory"),
            Verdict::Holds(Share::NearlyAll, v) => {
                f.pad(&format!("holds in nearly all seeds{}", need(*v)))
            }
            Verdict::Holds(Share::Most, v) => f.pad(&format!("holds in most seeds{}", need(*v))),
            Verdict::Holds(Share::Few, v) => f.pad(&format!("holds in few seeds{}", need(*v))),
            Verdict::Holds(Share::None, _) => f.pad("holds in no seed"),
            Verdict::NotChecked => f.pad("not checked"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::read_figures;
    use super::*;

    fn verdict(rest: &str, found: [(f64, f64, Option<f64>); 3]) -> String {
        let text = format!("config,machine,metric,relation,reported,claim\nexp4,1,{rest}\n");
        let figure = read_figures(&text).expect("a figure").remove(0);
        let distributions = found.map(|(low, high, share)| Distribution {
            count: 10,
            low: Some(low),
            high: Some(high),
            share,
            ..Distribution::default()
        });
        Verdict::new(&figure, &distributions, None).to_string()
    }

    #[test]
    fn the_first_band_that_holds_a_number_explains_it() {
        let bands = |found: [(f64, f64); 3]| found.map(|(low, high)| (low, high, None));
        for (found, word) in [
            ([(2.0, 3.0), (2.0, 3.0), (2.0, 3.0)], "explained by exact time"),
            ([(2.1, 3.0), (2.0, 2.0), (2.0, 3.0)], "only with phase"),
            ([(2.1, 3.0), (1.0, 1.9), (2.0, 2.0)], "only with imperfection"),
            ([(2.1, 3.0), (1.0, 1.9), (0.0, 0.0)], "not explained"),
        ] {
            assert_eq!(verdict("jump_max,=,2,", bands(found)), word);
            assert_eq!(verdict("jump_max,~,2,words", bands(found)), "not checked");
        }
    }

    #[test]
    fn a_bound_is_judged_by_its_best_share() {
        let shares = |found: [f64; 3]| found.map(|share| (0.0, 0.0, Some(share)));
        for (found, word) in [
            ([0.99, 1.0, 1.0], "holds in nearly all seeds"),
            ([0.98, 0.99, 1.0], "holds in nearly all seeds with phase"),
            ([0.98, 0.51, 0.0], "holds in most seeds"),
            ([0.0, 0.5, 0.98], "holds in most seeds with imperfection"),
            ([0.5, 0.5, 0.5], "holds in few seeds"),
            ([0.0, 0.0, 0.0], "holds in no seed"),
        ] {
            assert_eq!(verdict("queue_max,<=,2,", shares(found)), word);
        }
    }

    #[test]
    fn theory_has_the_last_word() {
        let text = "config,machine,metric,relation,reported,claim\nexp4,1,jump_max,=,2,x\n";
        let figure = &read_figures(text).expect("a figure")[0];
        let found =
            [Distribution { low: Some(2.0), high: Some(2.0), ..Distribution::default() }; 3];
        let mut expected = Expected { value: 3.0, contradicts: true, why: String::new() };
        assert_eq!(Verdict::new(figure, &found, Some(&expected)), Verdict::Contradicted);
        expected.contradicts = false;
        assert_eq!(Verdict::new(figure, &found, Some(&expected)), Verdict::Accord);
        let explained = Verdict::Explained(Variant::Exact);
        assert_eq!(Verdict::new(figure, &found, None), explained);
    }
}
