//! Errors of running a program, and hints for the user.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};

/// Reason why a program cannot be run.
#[derive(Debug, thiserror::Error)]
#[error("cannot run {}: {source}{hint}", .program.display())]
pub struct HostingError {
    program: PathBuf,
    source: io::Error,
    hint: &'static str,
}

impl HostingError {
    pub(super) fn new(program: &Path, source: io::Error) -> HostingError {
        let hint = hint(program, &source);
        HostingError { program: program.to_owned(), source, hint }
    }
}

/// Whether a program is a script whose first line ends in CR LF, so that the name of its
/// interpreter, or the argument of it, ends in a CR.
pub fn is_crlf_script(program: &Path) -> bool {
    let line = first_line(program);
    line.starts_with(b"#!") && line.ends_with(b"\r\n")
}

/// Reads the first line of a script with its end, up to [`FIRST_LINE_MAX`].
fn first_line(program: &Path) -> Vec<u8> {
    let mut line = Vec::new();
    let opened = File::open(program).map(|file| BufReader::new(file.take(FIRST_LINE_MAX)));
    // An unreadable file gives no hint.
    let _ = opened.and_then(|mut file| file.read_until(b'\n', &mut line));
    line
}

/// Maximum number of bytes of a first line; the kernel reads fewer.
const FIRST_LINE_MAX: u64 = 1 << 10;

/// Descriptors of this program itself: to start a process, read folders, and write.
const OWN: u64 = 8;

/// Checks that the limit on descriptors suffices for the nodes.
pub(super) fn check_descriptors(program: &Path, nodes: u64) -> Result<(), HostingError> {
    let open = std::fs::read_dir("/proc/self/fd").map_or(3, |fds| fds.count() as u64);
    let needed = open + 3 * nodes + OWN;
    match getrlimit(Resource::Nofile).current.filter(|limit| *limit < needed) {
        None => Ok(()),
        Some(limit) => Err(HostingError {
            program: program.to_owned(),
            source: io::Error::other(format!(
                "{nodes} nodes take {needed} descriptors, and this machine allows {limit}"
            )),
            hint: "; raise `ulimit -n`, or take fewer nodes",
        }),
    }
}

impl HostingError {
    /// Whether this machine has no room for a process, whatever the program is.
    pub(super) fn is_of_host(&self) -> bool {
        let error = Errno::from_io_error(&self.source);
        let of_host = [Errno::MFILE, Errno::NFILE, Errno::AGAIN, Errno::NOMEM];
        error.is_some_and(|error| of_host.contains(&error))
    }
}

/// Returns a hint for a program that cannot be started.
fn hint(program: &Path, error: &io::Error) -> &'static str {
    use std::os::unix::fs::PermissionsExt;
    let about = std::fs::metadata(program).ok();
    let is_file = about.as_ref().is_some_and(std::fs::Metadata::is_file);
    let is_executable = about.is_some_and(|about| about.permissions().mode() & 0o111 != 0);
    match Errno::from_io_error(error) {
        Some(Errno::NOENT | Errno::NOEXEC) if is_file && is_crlf_script(program) => {
            "; its first line ends in CR LF, as Windows has it: save it with LF (dos2unix does)"
        }
        Some(Errno::NOEXEC) if first_line(program).starts_with(b"\xef\xbb\xbf") => {
            "; it begins with a byte order mark: save it without"
        }
        Some(Errno::NOENT) if is_file => "; its first line names an interpreter that is not there",
        Some(Errno::NOENT | Errno::NOTDIR) if program.to_string_lossy().contains(' ') => {
            "; give the path of an executable file, and its arguments last, after `--`"
        }
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
        Some(Errno::NOMEM) => "; this machine has no memory for another process",
        Some(Errno::AGAIN) => "; too many processes: raise `ulimit -u`, or take fewer nodes",
        _ => "",
    }
}
