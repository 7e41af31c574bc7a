//! Reading input texts, such as configs, with a maximum size and an error for each other encoding.

use std::io::{self, Read};
use std::path::Path;

use super::Input;

/// Maximum size of a text, in bytes: room for a resolved config of ten million machines.
pub const TEXT_MAX: u64 = 256 << 20;

/// Why a file cannot be read as a text.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// There is no such file.
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
    /// It is UTF-16.
    #[error("it is UTF-16, expected UTF-8; save it again with that encoding")]
    Utf16,
    /// It is not UTF-8.
    #[error("it is not text (the first byte that is not UTF-8 is number {0})")]
    NotText(usize),
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Io(io::Error),
}

/// Opens a file of any size, which is read in pieces.
///
/// # Errors
/// If there is no such file, it is a folder, or it cannot be opened.
pub fn open_input(path: &Path) -> Result<Input, InputError> {
    let file = Input::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => InputError::Missing,
        _ => InputError::Io(error),
    })?;
    let metadata = file.metadata().map_err(InputError::Io)?;
    if metadata.is_dir() {
        return Err(InputError::Folder);
    }
    Ok(file)
}

/// Reads a text, without the byte order mark that some editors write before it.
///
/// # Errors
/// If it is empty, larger than [`TEXT_MAX`], not UTF-8, or cannot be read.
pub fn read_text(path: &Path) -> Result<String, InputError> {
    let file = open_input(path)?;
    if file.metadata().map_err(InputError::Io)?.len() > TEXT_MAX {
        return Err(InputError::TooLarge);
    }
    // The length of a pipe or a device is not known.
    read_text_from(file)
}

/// Reads a text from a stream.
///
/// # Errors
/// As [`read_text`].
fn read_text_from(input: impl Read) -> Result<String, InputError> {
    let mut bytes = Vec::new();
    input.take(TEXT_MAX + 1).read_to_end(&mut bytes).map_err(InputError::Io)?;
    match bytes.len() as u64 {
        0 => Err(InputError::Empty),
        length if length > TEXT_MAX => Err(InputError::TooLarge),
        _ => text(bytes),
    }
}

/// The bytes that some editors write before a text.
const BYTE_ORDER_MARK: &str = "\u{feff}";

fn text(bytes: Vec<u8>) -> Result<String, InputError> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(InputError::Utf16);
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| InputError::NotText(error.utf8_error().valid_up_to() + 1))?;
    match text.strip_prefix(BYTE_ORDER_MARK) {
        Some("") => Err(InputError::Empty),
        Some(rest) => Ok(rest.to_owned()),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_text() {
        let of = |bytes: &[u8]| text(bytes.to_vec()).map_err(|error| error.to_string());
        assert_eq!(of("\u{feff}n1\n".as_bytes()), Ok("n1\n".to_owned()));
        assert_eq!(of("n1 \u{feff}\n".as_bytes()), Ok("n1 \u{feff}\n".to_owned()));
        assert_eq!(of("\u{feff}".as_bytes()), Err("it is empty".to_owned()));
        let utf_16 = "it is UTF-16, expected UTF-8; save it again with that encoding";
        assert_eq!(of(b"\xff\xfen\x001\0"), Err(utf_16.to_owned()));
        let latin = "it is not text (the first byte that is not UTF-8 is number 2)";
        assert_eq!(of(b"n\xe9"), Err(latin.to_owned()));
    }
}
