//! Reading a text that a person gave: a config, say. Anything but a text of sane size is refused.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The largest text that is read: room for a resolved config of ten million machines.
pub const TEXT_MAX: u64 = 256 << 20;

/// Why a file is no text to read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// It is not there.
    #[error("there is no such file")]
    Missing,
    /// It is a folder.
    #[error("it is a folder, not a file")]
    Folder,
    /// It is empty.
    #[error("it is empty")]
    Empty,
    /// It is larger than [`TEXT_MAX`].
    #[error("it is larger than 256 MiB")]
    TooLarge,
    /// It is not UTF-8.
    #[error("it is not text (the first byte that is not UTF-8 is number {0})")]
    NotText(usize),
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Io(io::Error),
}

/// Reads a text.
///
/// # Errors
/// If it is anything but a text of sane size.
pub fn read_text(path: &Path) -> Result<String, InputError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => InputError::Missing,
        _ => InputError::Io(error),
    })?;
    let metadata = file.metadata().map_err(InputError::Io)?;
    if metadata.is_dir() {
        return Err(InputError::Folder);
    }
    if metadata.len() > TEXT_MAX {
        return Err(InputError::TooLarge);
    }
    // A pipe or a device does not say how long it is.
    read_text_from(file)
}

/// Reads a text from a stream: stdin, say.
///
/// # Errors
/// If it is anything but a text of sane size.
pub fn read_text_from(input: impl Read) -> Result<String, InputError> {
    let mut bytes = Vec::new();
    input.take(TEXT_MAX + 1).read_to_end(&mut bytes).map_err(InputError::Io)?;
    match bytes.len() as u64 {
        0 => Err(InputError::Empty),
        length if length > TEXT_MAX => Err(InputError::TooLarge),
        _ => String::from_utf8(bytes)
            .map_err(|error| InputError::NotText(error.utf8_error().valid_up_to() + 1)),
    }
}
