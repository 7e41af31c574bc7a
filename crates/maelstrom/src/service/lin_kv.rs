//! `lin-kv`: linearizable: one state, to which each request is applied when it arrives.

use super::{Map, RequestContext, ServiceImpl, apply, key_of};
use crate::protocol::{ServiceReply, ServiceRequest};

/// The state.
#[derive(Debug, Default)]
pub(super) struct LinKv {
    map: Map,
}

impl ServiceImpl for LinKv {
    fn answer(
        &mut self,
        _: RequestContext,
        request: &ServiceRequest,
    ) -> Option<(ServiceReply, Option<String>)> {
        let key = key_of(request)?;
        let (answer, new) = apply(self.map.get(&key), request);
        if let Some(value) = new {
            self.map.insert(key, value);
        }
        Some((answer, None))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::samples::{ask, cas, code, read, rng, write};
    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn it_is_a_map_with_compare_and_set() {
        let (mut kv, mut rng) = (LinKv::default(), rng(1));
        let mut say = |by, request| ask(&mut kv, by, &request, &mut rng).0;
        assert_eq!(code(&say(0, read("x"))), Some(ErrorCode::KEY_DOES_NOT_EXIST));
        assert_eq!(code(&say(0, cas("x", 0, 1))), Some(ErrorCode::KEY_DOES_NOT_EXIST));
        assert_eq!(say(0, write("x", 1)), ServiceReply::Written);
        assert_eq!(say(1, read("x")), ServiceReply::Value(json!(1)));
        assert_eq!(code(&say(1, cas("x", 0, 2))), Some(ErrorCode::PRECONDITION_FAILED));
        assert_eq!(say(1, cas("x", 1, 2)), ServiceReply::Swapped);
        assert_eq!(say(0, read("x")), ServiceReply::Value(json!(2)));
        let create = ServiceRequest::Cas {
            key: json!([1]),
            from: json!(null),
            to: json!({"a": 1}),
            create: true,
        };
        assert_eq!(say(0, create), ServiceReply::Swapped);
        assert_eq!(
            say(0, ServiceRequest::Read { key: json!([1]) }),
            ServiceReply::Value(json!({"a": 1}))
        );
    }
}
