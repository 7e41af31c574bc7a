//! Error replies, and their codes.

/// An error reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcError {
    /// The code of the error.
    pub code: ErrorCode,
    /// A description for people.
    pub text: String,
}

impl RpcError {
    /// Creates an error of this code with a description for people.
    pub fn new(code: ErrorCode, text: impl Into<String>) -> RpcError {
        RpcError { code, text: text.into() }
    }
}

/// The code of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ErrorCode(pub u32);

impl ErrorCode {
    /// The request timed out: its outcome is unknown.
    pub const TIMEOUT: ErrorCode = ErrorCode(0);
    /// There is no such node.
    pub const NODE_NOT_FOUND: ErrorCode = ErrorCode(1);
    /// The node does not support the request.
    pub const NOT_SUPPORTED: ErrorCode = ErrorCode(10);
    /// The request cannot be carried out now.
    pub const TEMPORARILY_UNAVAILABLE: ErrorCode = ErrorCode(11);
    /// The request is malformed.
    pub const MALFORMED_REQUEST: ErrorCode = ErrorCode(12);
    /// The node crashed: the outcome is unknown.
    pub const CRASH: ErrorCode = ErrorCode(13);
    /// The request was aborted.
    pub const ABORT: ErrorCode = ErrorCode(14);
    /// There is no such key.
    pub const KEY_DOES_NOT_EXIST: ErrorCode = ErrorCode(20);
    /// There is such a key already.
    pub const KEY_ALREADY_EXISTS: ErrorCode = ErrorCode(21);
    /// The value is not what was expected.
    pub const PRECONDITION_FAILED: ErrorCode = ErrorCode(22);
    /// The transaction conflicts with another one.
    pub const TXN_CONFLICT: ErrorCode = ErrorCode(30);
    /// Replaces a code that is no number; the outcome is unknown.
    pub const UNKNOWN: ErrorCode = ErrorCode(u32::MAX);

    /// Its name in histories.
    pub fn name(self) -> &'static str {
        match self.0 {
            0 => "timeout",
            1 => "node-not-found",
            10 => "not-supported",
            11 => "temporarily-unavailable",
            12 => "malformed-request",
            13 => "crash",
            14 => "abort",
            20 => "key-does-not-exist",
            21 => "key-already-exists",
            22 => "precondition-failed",
            30 => "txn-conflict",
            _ => "unknown",
        }
    }

    /// Whether the request was certainly not carried out. A node's own codes are never definite.
    pub fn is_definite(self) -> bool {
        matches!(self.0, 1 | 10 | 11 | 12 | 14 | 20 | 21 | 22 | 30)
    }
}
