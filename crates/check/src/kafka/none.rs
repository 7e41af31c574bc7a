//! The number of no key and no message.

/// Nothing: no message, no index, no entry.
pub(super) const NONE: u32 = u32::MAX;
