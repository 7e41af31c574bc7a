//! A node's disk in a real folder: one file of changes, in the order in which they were made.
//!
//! What is durable has been synced. A change that was cut off by a crash is passed over, and so is
//! all after it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::node::{Change, Disk};

/// The file under a disk.
#[derive(Debug)]
pub(super) struct DiskFile(File);

const WRITE: u8 = 1;
const APPEND: u8 = 2;

impl DiskFile {
    /// The disk of a node in a folder, as it was left, and the file that changes go to.
    pub(super) fn open(folder: &Path, node: &str) -> io::Result<(Disk, DiskFile)> {
        fs::create_dir_all(folder)?;
        let path = folder.join(format!("{}.disk", safe(node)));
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => vec![],
            Err(error) => return Err(error),
        };
        let mut changes = vec![];
        let mut rest = bytes.as_slice();
        while let Some((change, after)) = decode(rest) {
            changes.push(change);
            rest = after;
        }
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
        // What was cut off is not to be taken for the beginning of what comes next.
        file.set_len((bytes.len() - rest.len()) as u64)?;
        drop(file);
        let file = OpenOptions::new().append(true).open(&path)?;
        Ok((Disk::noting(changes), DiskFile(file)))
    }

    /// Writes changes down, and waits until they are safe where the node asked for it.
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

/// A name that is a file's name everywhere, another one for each node.
fn safe(node: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    let part = |byte: u8| match plain(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02x}"),
    };
    node.bytes().map(part).collect()
}

/// A change as its kind, the lengths of its parts, the parts, and their checksum.
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

/// The first change, and what comes after it; `None` where there is no whole one.
fn decode(bytes: &[u8]) -> Option<(Change, &[u8])> {
    let (kind, rest) = bytes.split_first()?;
    let (key_length, rest) = length(rest)?;
    let (value_length, rest) = length(rest)?;
    let (key, rest) = rest.split_at_checked(key_length)?;
    let (value, rest) = rest.split_at_checked(value_length)?;
    let (sum, rest) = rest.split_at_checked(8)?;
    let whole = bytes.len() - rest.len() - 8;
    if blake3::hash(&bytes[..whole]).as_bytes()[..8] != *sum {
        return None;
    }
    let (key, value) = (key.to_vec(), value.to_vec());
    match *kind {
        WRITE => Some((Change::Write(key, value), rest)),
        APPEND => Some((Change::Append(key, value), rest)),
        _ => None,
    }
}

fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    Some((usize::try_from(u64::from_le_bytes(*length)).ok()?, rest))
}
