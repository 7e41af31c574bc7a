//! How long a benchmark is: whole under `cargo bench`, and as short as can be under `cargo test`,
//! which tries whether it still runs.

/// Returns the first under `cargo bench`, which says so by an argument, and the second otherwise.
pub(crate) fn whole_or_short<T>(whole: T, short: T) -> T {
    if std::env::args().any(|argument| argument == "--bench") { whole } else { short }
}
