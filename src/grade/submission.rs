//! Submissions: the entries of a folder, and the program of each.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// Maximum length of a key.
const KEY_MAX: usize = 100;
/// Digits of the hash that keeps shortened keys apart.
const HASH_LENGTH: usize = 16;

/// A submission: a folder, or a file that is its program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The name of the entry, which may be no text.
    pub file_name: OsString,
    /// Its program, or why there is none.
    pub program: Result<PathBuf, String>,
}

impl Submission {
    /// Returns its name for people.
    pub fn name(&self) -> String {
        self.file_name.to_string_lossy().into_owned()
    }

    /// Returns its name as that of a folder and in links: other bytes than plain ones are escaped,
    /// and no two submissions share one.
    pub fn key(&self) -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let part = |(at, byte): (usize, &u8)| match plain(*byte) && !(at == 0 && *byte == b'.') {
            true => char::from(*byte).to_string(),
            false => format!("={byte:02X}"),
        };
        let key: String = self.bytes().iter().enumerate().map(part).collect();
        match key.as_str() {
            // The page of all submissions has that name.
            "index" => "=69ndex".to_owned(),
            _ if key.len() <= KEY_MAX => key,
            // A file's name has a maximum; keys are ASCII.
            long => {
                let hash = blake3::hash(self.bytes()).to_hex();
                format!("{}={}", &long[..KEY_MAX - HASH_LENGTH - 1], &hash[..HASH_LENGTH])
            }
        }
    }

    /// Returns the bytes of its name.
    pub fn bytes(&self) -> &[u8] {
        self.file_name.as_encoded_bytes()
    }
}

/// Finds the submissions in a folder, in the order of their names: its folders, and its files that
/// may be run. Names that begin with a dot are passed over. `programs` are the names that a program
/// may have in the folder of a submission.
///
/// # Errors
/// If the folder cannot be read.
pub fn submissions(folder: &Path, programs: &[String]) -> io::Result<Vec<Submission>> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (file_name, path) = (entry.file_name(), entry.path());
        if file_name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if path.is_dir() {
            found.push(Submission { file_name, program: program(&path, programs) });
        } else if is_program(&path) {
            found.push(Submission { file_name, program: Ok(path) });
        }
    }
    found.sort_by(|a, b| a.file_name.cmp(&b.file_name));
    Ok(found)
}

/// Returns the program in the folder of a submission.
fn program(folder: &Path, programs: &[String]) -> Result<PathBuf, String> {
    let found = programs.iter().map(|name| folder.join(name)).find(|path| path.is_file());
    found.ok_or_else(|| format!("there is no program: none of {}", programs.join(", ")))
}

/// Whether a file is executable.
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let about = std::fs::metadata(path);
    about.is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStringExt;

    #[test]
    fn keys_are_plain_and_differ() {
        let key = |bytes: &[u8]| {
            let file_name = OsString::from_vec(bytes.to_vec());
            Submission { file_name, program: Err(String::new()) }.key()
        };
        assert_eq!(key(b"ann-1_x.py"), "ann-1_x.py");
        assert_eq!(key(b"\xffa b"), "=FFa=20b");
        assert_eq!(key("ü/..".as_bytes()), "=C3=BC=2F..");
        assert_eq!(key(b".."), "=2E.");
        assert_ne!(key(b"=20"), key(b" "));
        assert_eq!(key(b"index"), "=69ndex");
        let (one, two) = (key("ж".repeat(100).as_bytes()), key("ж".repeat(101).as_bytes()));
        assert_eq!((one.len(), two.len()), (KEY_MAX, KEY_MAX));
        assert_ne!(one, two);
    }
}
