//! The options of `sim test` that limit each process of a node.

use clap::Args;

use super::super::options::whole;
use crate::harness::ProcessLimits;

/// Limits of each process, against accidents: they are no sandbox. Linux only.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Limits of each process of a node (Linux)")]
pub(super) struct LimitOptions {
    /// Maximum memory for its data, in MiB.
    #[arg(long, value_name = "MIB", value_parser = whole(1, u32::MAX))]
    process_memory: Option<u32>,
    /// Maximum time on a CPU, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = whole(1, u32::MAX))]
    process_cpu: Option<u32>,
    /// Maximum size of a file that it writes, in MiB.
    #[arg(long, value_name = "MIB", value_parser = whole(0, u32::MAX))]
    process_file: Option<u32>,
    /// Maximum number of processes that it is and starts; more end the test.
    #[arg(long, value_name = "N", value_parser = whole(1, u32::MAX))]
    process_count: Option<u32>,
}

impl LimitOptions {
    pub(super) fn of_processes(self) -> ProcessLimits {
        let mib = |limit: Option<u32>| limit.map(|mib| u64::from(mib) << 20);
        ProcessLimits {
            memory: mib(self.process_memory),
            cpu_seconds: self.process_cpu.map(u64::from),
            file: mib(self.process_file),
            processes: self.process_count.map(u64::from),
        }
    }
}
