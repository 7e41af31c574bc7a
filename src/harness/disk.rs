//! The disk of a node in a real folder: one log file of changes, in the order in which they were
//! made.
//!
//! Durable changes have been synced. A torn last record, as a crash leaves it, is dropped; any
//! other damage is an error. A run with a name starts with an empty disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::node::{Change, Disk};
use crate::store::{open, read_regular};

/// The log file of a disk.
#[derive(Debug)]
pub(super) struct DiskFile(File);

/// Maximum size in bytes of a disk that is read.
const DISK_MAX: u64 = 1 << 30;

const WRITE: u8 = 1;
const APPEND: u8 = 2;
/// Kind of the record with the name of the run that all records after it belong to.
const RUN: u8 = 3;

impl DiskFile {
    /// Opens the disk of a node in a folder, and the file for its changes. Returns the contents
    /// that the run of this name left, or, without a name, those of any run.
    pub(super) fn open(
        folder: &Path,
        node: &str,
        run: Option<&str>,
    ) -> io::Result<(Disk, DiskFile)> {
        fs::create_dir_all(folder)?;
        let path = folder.join(format!("{}.disk", safe(node)));
        let bytes = match read_regular(&path, DISK_MAX) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => vec![],
            Err(error) => return Err(error),
        };
        let mut left_by = None;
        let mut changes = vec![];
        let mut rest = bytes.as_slice();
        loop {
            match decode(rest) {
                Decoded::Record((RUN, name, _), after) => {
                    (left_by, rest) = (Some(name), after);
                }
                Decoded::Record((kind, key, value), after) => {
                    let (key, value) = (key.to_vec(), value.to_vec());
                    changes.push(match kind {
                        WRITE => Change::Write(key, value),
                        _ => Change::Append(key, value),
                    });
                    rest = after;
                }
                Decoded::End => break,
                Decoded::Damage => {
                    let (path, at) = (path.display(), bytes.len() - rest.len());
                    let text = format!("{path} is damaged at byte {at}, or is no disk of a node");
                    return Err(io::Error::new(io::ErrorKind::InvalidData, text));
                }
            }
        }
        let is_of_another = run.is_some_and(|run| left_by != Some(run.as_bytes()));
        let kept = if is_of_another { 0 } else { bytes.len() - rest.len() };
        let mut options = OpenOptions::new();
        let file = open(options.create(true).truncate(false).write(true), &path, false)?;
        // A torn record must not become the beginning of the next one.
        file.set_len(kept as u64)?;
        drop(file);
        let mut file = open(OpenOptions::new().append(true), &path, false)?;
        if let Some(run) = run.filter(|_| is_of_another) {
            changes.clear();
            let mut name = vec![];
            encode(&mut name, RUN, run.as_bytes(), b"");
            file.write_all(&name)?;
        }
        Ok((Disk::noting(changes), DiskFile(file)))
    }

    /// Appends changes to the file, and syncs it if the node asked for it.
    pub(super) fn write(&mut self, changes: &[Change]) -> io::Result<()> {
        let mut bytes = vec![];
        let mut sync = false;
        for change in changes {
            match change {
                Change::Write(key, value) => encode(&mut bytes, WRITE, key, value),
                Change::Append(key, value) => encode(&mut bytes, APPEND, key, value),
                Change::Sync => sync = true,
            }
        }
        self.0.write_all(&bytes)?;
        if sync { self.0.sync_data() } else { Ok(()) }
    }
}

/// Encodes the name of a node as a file name that is valid on every system and unique to the node.
fn safe(node: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    let part = |byte: u8| match plain(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02x}"),
    };
    node.bytes().map(part).collect()
}

/// Encodes a change: its kind, the lengths of its parts, the parts, and their checksum.
fn encode(out: &mut Vec<u8>, kind: u8, key: &[u8], value: &[u8]) {
    let from = out.len();
    out.push(kind);
    for part in [key, value] {
        out.extend((part.len() as u64).to_le_bytes());
    }
    out.extend_from_slice(key);
    out.extend_from_slice(value);
    let sum = blake3::hash(&out[from..]);
    out.extend_from_slice(&sum.as_bytes()[..8]);
}

/// Result of decoding the beginning of some bytes.
enum Decoded<'a> {
    /// A record (its kind and its two parts), and the bytes after it.
    Record((u8, &'a [u8], &'a [u8]), &'a [u8]),
    /// No bytes, or a torn record.
    End,
    /// Neither of these.
    Damage,
}

fn decode(bytes: &[u8]) -> Decoded<'_> {
    match bytes.first() {
        Some(&WRITE | &APPEND | &RUN) => {}
        // Space that was allocated but not written before a crash reads as zeros.
        _ if bytes.iter().all(|byte| *byte == 0) => return Decoded::End,
        _ => return Decoded::Damage,
    }
    let Some((record, sum, rest)) = split(bytes) else { return Decoded::End };
    let whole = &bytes[..bytes.len() - rest.len() - sum.len()];
    if blake3::hash(whole).as_bytes()[..8] == *sum {
        Decoded::Record(record, rest)
    } else if rest.is_empty() {
        Decoded::End
    } else {
        Decoded::Damage
    }
}

/// Splits off a record and its checksum, and returns the bytes after them; `None` if the record is
/// torn.
#[expect(clippy::type_complexity, reason = "it is taken apart at once")]
fn split(bytes: &[u8]) -> Option<((u8, &[u8], &[u8]), &[u8], &[u8])> {
    let (kind, rest) = bytes.split_first()?;
    let (key_length, rest) = length(rest)?;
    let (value_length, rest) = length(rest)?;
    let (key, rest) = rest.split_at_checked(key_length)?;
    let (value, rest) = rest.split_at_checked(value_length)?;
    let (sum, rest) = rest.split_at_checked(8)?;
    Some(((*kind, key, value), sum, rest))
}

fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    Some((usize::try_from(u64::from_le_bytes(*length)).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"values";

    /// Opens the disk of `n0`, appends to a key, and returns the value of the key.
    fn append(folder: &Path, run: Option<&str>, value: &[u8]) -> Vec<u8> {
        let (mut disk, mut file) = DiskFile::open(folder, "n0", run).expect("a disk");
        disk.append(KEY, value);
        disk.sync();
        file.write(&disk.take_changes()).expect("written");
        disk.read(KEY).unwrap_or_default().to_vec()
    }

    #[test]
    fn a_disk_is_as_it_was_left_by_its_own_run() {
        let folder = tempfile::tempdir().expect("a folder");
        let say = |run, value: &[u8]| append(folder.path(), run, value);
        assert_eq!(say(Some("one"), b"a"), b"a");
        assert_eq!(say(Some("one"), b"b"), b"ab");
        // Without a name, the contents of any run are found.
        assert_eq!(say(None, b"c"), b"abc");
        assert_eq!(say(Some("two"), b"d"), b"d");
    }

    #[test]
    fn a_torn_end_is_passed_over_and_other_damage_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("n0.disk");
        append(folder.path(), None, b"a");
        let whole = fs::read(&path).expect("there");
        append(folder.path(), None, b"b");
        let both = fs::read(&path).expect("there");
        for length in whole.len()..both.len() {
            fs::write(&path, &both[..length]).expect("written");
            assert_eq!(append(folder.path(), None, b"c"), b"ac", "{length}");
        }
        fs::write(&path, [&whole[..], &[0; 99]].concat()).expect("written");
        assert_eq!(append(folder.path(), None, b"c"), b"ac");
        let refused = |bytes: &[u8]| {
            fs::write(&path, bytes).expect("written");
            let opened = DiskFile::open(folder.path(), "n0", None);
            assert!(opened.is_err_and(|error| error.to_string().contains("is damaged at byte")));
            assert_eq!(fs::read(&path).expect("there"), bytes);
        };
        refused(b"my notes");
        for at in 17..whole.len() {
            let mut damaged = both.clone();
            damaged[at] ^= 1;
            refused(&damaged);
        }
    }
}
