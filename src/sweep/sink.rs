//! Where the runs of a sweep go, in the order of their numbers.

use super::job::Job;
use crate::store::StoreError;

/// A receiver of runs in the order of their numbers.
pub trait RunSink {
    /// Returns the number of the run that comes next.
    fn next(&self) -> u64;

    /// Returns the number of runs so far that failed.
    fn failure_count(&self) -> u64;

    /// Adds the next run. Its rows may be buffered until [`RunSink::flush`].
    fn add(&mut self, job: Job);

    /// Writes buffered rows.
    ///
    /// # Errors
    /// If the disk fails.
    fn flush(&mut self) -> Result<(), StoreError>;

    /// Makes all runs so far durable, where the receiver can be resumed from them.
    ///
    /// # Errors
    /// If the disk fails.
    fn save(&mut self) -> Result<(), StoreError>;
}
