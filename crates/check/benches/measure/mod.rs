//! The time and the memory that this process takes, where the system reports them, and 0 elsewhere.

/// The time that this process has been on a processor so far, in seconds.
pub(crate) fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).map_or(0.0, |ns| ns / 1e9)
}

/// The greatest memory of this process in bytes, since the last call of [`forget_peak`].
pub(crate) fn peak() -> u64 {
    memory("VmHWM")
}

/// Lets the greatest memory begin anew, and returns that of now in bytes.
pub(crate) fn forget_peak() -> u64 {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    memory("VmRSS")
}

/// A line of the status of this process, in bytes.
fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(':'));
    let number = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    1024 * number.unwrap_or(0)
}
