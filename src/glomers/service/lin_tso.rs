//! `lin-tso`: timestamps 0, 1, 2, … in the order of arrival.

use super::{Answers, Asked};
use crate::glomers::protocol::{Answer, Question};

/// The next timestamp.
#[derive(Debug, Default)]
pub(super) struct LinTso {
    next: u64,
}

impl Answers for LinTso {
    fn answer(&mut self, _: Asked, question: &Question) -> Option<(Answer, Option<String>)> {
        if *question != Question::Ts {
            return None;
        }
        self.next += 1;
        Some((Answer::Ts(self.next - 1), None))
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{ask, rng};
    use super::*;

    #[test]
    fn timestamps_rise_by_one_whoever_asks() {
        let (mut tso, mut rng) = (LinTso::default(), rng(1));
        let mut say = |by| ask(&mut tso, by, &Question::Ts, &mut rng).0;
        assert_eq!([say(0), say(1), say(0)], [0, 1, 2].map(Answer::Ts));
    }
}
