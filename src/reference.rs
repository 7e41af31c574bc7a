//! The reference pages of the protocol and the workloads, made from the tables that the code uses.

/// The page of the protocol.
pub fn protocol() -> String {
    String::new()
}

/// The page of the workloads and services.
pub fn workloads() -> String {
    String::new()
}
