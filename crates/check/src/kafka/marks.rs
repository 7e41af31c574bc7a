//! The marks of a message in the survey, and the memory that the survey takes.

/// The send is acknowledged.
pub(super) const ACKED: u8 = 1;
/// The send ends with an unknown outcome.
pub(super) const UNSURE: u8 = 1 << 1;
/// The send fails.
pub(super) const FAILED: u8 = 1 << 2;
/// The send ends with an unknown outcome for Jepsen, but its error is definite.
pub(super) const REFUSED: u8 = 1 << 3;
/// An ok poll has the message.
pub(super) const READ: u8 = 1 << 4;
/// Any poll has the message, whichever way it ends.
pub(super) const READ_ANYHOW: u8 = 1 << 5;
/// The send has an end.
pub(super) const ENDED: u8 = ACKED | UNSURE | FAILED;
/// Bytes of memory that the check takes for each message.
pub(super) const MESSAGE_BYTES: u64 = 68;
/// Bytes that the pairing of operations takes for each entry.
pub(super) const ENTRY_BYTES: u64 = 42;
