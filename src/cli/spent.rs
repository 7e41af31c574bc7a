//! What a command took: time, and memory at its peak.

/// The beginning of a command.
pub(super) struct Spent(
    #[expect(clippy::disallowed_types, reason = "for people, not for results")] std::time::Instant,
);

impl Spent {
    #[expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "for people only")]
    pub(super) fn start() -> Spent {
        Spent(std::time::Instant::now())
    }

    /// Returns what was taken so far.
    pub(super) fn words(&self) -> String {
        let seconds = self.0.elapsed().as_secs_f64();
        let memory = peak().map_or(String::new(), |mib| format!(", {mib} MiB of memory at most"));
        format!("it took {seconds:.2} s{memory}")
    }
}

/// Returns the largest memory of this process in MiB, where the system says.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib.div_ceil(1_024))
}
