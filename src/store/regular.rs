//! Reading files of results: regular ones, opened without blocking and read up to a maximum size.
//! A pipe, a device or a folder in the place of one is an error.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Maximum size of a manifest, in bytes.
pub const MANIFEST_MAX: u64 = 64 << 20;

/// Opens a file for reading.
///
/// # Errors
/// If there is no such file, it cannot be read, or is not a regular file.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    open(options.read(true), path, true)
}

/// Reads a file of at most `max` bytes.
///
/// # Errors
/// If it cannot be read, is larger, or is not a regular file.
pub fn read_regular(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_regular(path)?.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > max {
        true => Err(unfit(format!("it is larger than {max} bytes"))),
        false => Ok(bytes),
    }
}

/// Reads a text of at most `max` bytes.
///
/// # Errors
/// If it cannot be read, is larger, is not UTF-8, or is not a regular file.
pub fn read_regular_text(path: &Path, max: u64) -> io::Result<String> {
    String::from_utf8(read_regular(path, max)?).map_err(|error| {
        let at = error.utf8_error().valid_up_to() + 1;
        unfit(format!("it is not text (the first byte that is not UTF-8 is number {at})"))
    })
}

/// Opens a regular file without blocking; through a symbolic link only if `through_link` allows it.
pub(crate) fn open(options: &mut OpenOptions, path: &Path, through_link: bool) -> io::Result<File> {
    if !through_link && fs::symlink_metadata(path).is_ok_and(|there| there.is_symlink()) {
        return Err(unfit("it is a symbolic link".to_owned()));
    }
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let link = if through_link { OFlags::empty() } else { OFlags::NOFOLLOW };
        options.custom_flags((OFlags::NONBLOCK | link).bits().cast_signed());
    }
    let file = options.open(path)?;
    let there = file.metadata()?;
    match (there.is_file(), there.is_dir()) {
        (true, _) => Ok(file),
        (_, true) => Err(unfit("it is a folder, not a file".to_owned())),
        _ => Err(unfit("it is no regular file".to_owned())),
    }
}

fn unfit(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
