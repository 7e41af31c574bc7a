//! Error replies, and the table of their codes.

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

/// The code of an error. Codes from 1000 are a node's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ErrorCode(pub u32);

/// Defines the codes of the protocol, one row each: number, name in histories, and whether the
/// request was certainly not carried out.
macro_rules! error_codes {
    ($(
        $(#[$doc:meta])*
        $code:ident = $number:literal, $name:literal, definite: $definite:literal;
    )*) => {
        impl ErrorCode {
            $($(#[$doc])* pub const $code: ErrorCode = ErrorCode($number);)*

            /// Returns the name in histories; `unknown` for a code that the protocol does not have.
            pub fn name(self) -> &'static str {
                match self.0 { $($number => $name,)* _ => "unknown" }
            }

            /// Whether the request was certainly not carried out. A node's own codes are never
            /// definite.
            pub fn is_definite(self) -> bool {
                match self.0 { $($number => $definite,)* _ => false }
            }
        }
    };
}

error_codes! {
    /// The request timed out: its outcome is unknown.
    TIMEOUT = 0, "timeout", definite: false;
    /// There is no such node.
    NODE_NOT_FOUND = 1, "node-not-found", definite: true;
    /// The node does not support the request.
    NOT_SUPPORTED = 10, "not-supported", definite: true;
    /// The request cannot be carried out now.
    TEMPORARILY_UNAVAILABLE = 11, "temporarily-unavailable", definite: true;
    /// The request is malformed.
    MALFORMED_REQUEST = 12, "malformed-request", definite: true;
    /// The node crashed: the outcome is unknown.
    CRASH = 13, "crash", definite: false;
    /// The request was aborted.
    ABORT = 14, "abort", definite: true;
    /// There is no such key.
    KEY_DOES_NOT_EXIST = 20, "key-does-not-exist", definite: true;
    /// There is such a key already.
    KEY_ALREADY_EXISTS = 21, "key-already-exists", definite: true;
    /// The value is not the expected one.
    PRECONDITION_FAILED = 22, "precondition-failed", definite: true;
    /// The transaction conflicts with another one.
    TXN_CONFLICT = 30, "txn-conflict", definite: true;
    /// Replaces a code that is not a number; the outcome is unknown.
    UNKNOWN = 0xffff_ffff, "unknown", definite: false;
}
