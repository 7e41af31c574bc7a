//! The journal of a trace while the trace is checked.

use std::path::{Path, PathBuf};

use super::super::CommandError;
use super::open;
use crate::check::LamportCheck;
use crate::engine::time::Instant;
use crate::trace::{CopyRow, ReadError, read_copies};

/// The copies of a journal, passed to the check in step with the rows of the trace.
pub(super) struct Copies {
    path: PathBuf,
    rows: Box<dyn Iterator<Item = Result<(u64, CopyRow), ReadError>>>,
    next: Option<CopyRow>,
}

impl Copies {
    pub(super) fn open(path: &Path) -> Result<Copies, CommandError> {
        let rows = read_copies(open(path)?)
            .map_err(|error| CommandError::Data(format!("{}: {error}", path.display())))?;
        let mut copies = Copies { path: path.to_owned(), rows: Box::new(rows), next: None };
        copies.advance()?;
        Ok(copies)
    }

    fn advance(&mut self) -> Result<(), CommandError> {
        let row = self.rows.next().transpose();
        let row =
            row.map_err(|error| CommandError::Data(format!("{}: {error}", self.path.display())));
        self.next = row?.map(|(_, row)| row);
        Ok(())
    }

    pub(super) fn hand_in_until(
        &mut self,
        at: Instant,
        check: &mut LamportCheck,
    ) -> Result<(), CommandError> {
        while let Some(row) = self.next.filter(|row| row.at <= at) {
            check.copy(&row);
            self.advance()?;
        }
        Ok(())
    }
}
