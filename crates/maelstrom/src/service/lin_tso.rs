//! `lin-tso`: linearizable timestamps 0, 1, 2, …, in the order of arrival.

use super::{RequestContext, ServiceImpl};
use crate::protocol::{ServiceReply, ServiceRequest};

/// The next timestamp.
#[derive(Debug, Default)]
pub(super) struct LinTso {
    next: u64,
}

impl ServiceImpl for LinTso {
    fn answer(
        &mut self,
        _: RequestContext,
        request: &ServiceRequest,
    ) -> Option<(ServiceReply, Option<String>)> {
        if *request != ServiceRequest::Ts {
            return None;
        }
        self.next += 1;
        Some((ServiceReply::Ts(self.next - 1), None))
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{ask, rng};
    use super::*;

    #[test]
    fn timestamps_rise_by_one_across_nodes() {
        let (mut tso, mut rng) = (LinTso::default(), rng(1));
        let mut say = |by| ask(&mut tso, by, &ServiceRequest::Ts, &mut rng).0;
        assert_eq!([say(0), say(1), say(0)], [0, 1, 2].map(ServiceReply::Ts));
    }
}
