//! Why a program cannot be run, and what may help.

use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

/// Why a program cannot be run.
#[derive(Debug, thiserror::Error)]
#[error("cannot run {}: {source}{cure}", .program.display())]
pub struct HostingError {
    program: PathBuf,
    source: io::Error,
    cure: &'static str,
}

impl HostingError {
    pub(super) fn new(program: &Path, source: io::Error) -> HostingError {
        let cure = cure(program, &source);
        HostingError { program: program.to_owned(), source, cure }
    }
}

/// What may help where a program cannot be started.
fn cure(program: &Path, error: &io::Error) -> &'static str {
    use std::os::unix::fs::PermissionsExt;
    let about = std::fs::metadata(program).ok();
    let is_file = about.as_ref().is_some_and(std::fs::Metadata::is_file);
    let is_executable = about.is_some_and(|about| about.permissions().mode() & 0o111 != 0);
    match Errno::from_io_error(error) {
        Some(Errno::NOENT) if is_file => "; its first line names an interpreter that is not there",
        Some(Errno::NOENT | Errno::NOTDIR) => "; give the path of an executable file",
        Some(Errno::ACCESS) if !is_file => "; it is no file: give the path of an executable file",
        Some(Errno::ACCESS) if is_executable => {
            "; its first line names an interpreter that cannot be run, or it lies where nothing may"
        }
        Some(Errno::ACCESS) => "; make it executable: chmod +x",
        Some(Errno::NOEXEC) => "; a script begins with a line such as #!/usr/bin/env python3",
        Some(Errno::MFILE | Errno::NFILE) => {
            "; each node takes three descriptors: raise `ulimit -n`, or take fewer nodes"
        }
        Some(Errno::AGAIN) => "; too many processes: raise `ulimit -u`, or take fewer nodes",
        _ => "",
    }
}
