//! Kinds of files of a result: their names, and where the manifest keeps the hash of each.
//!
//! The rows are with those who write the files: [`RUN_FILES`](super::RUN_FILES) of a run, the
//! tables and exports of a sweep in `sweep`.

/// A kind of file of the results whose manifest is an `M`.
#[derive(Clone, Copy, Debug)]
pub struct FileKind<M> {
    /// The name of the file, or the names of all files of this kind.
    pub name: FileName,
    /// Stores the hash of such a file in the manifest; `None` if no manifest has it.
    pub set_hash: Option<fn(&mut M, String)>,
}

/// The names that the files of one kind have in a results folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileName {
    /// The name of the only such file.
    One(&'static str),
    /// Numbers from 1, between a beginning and an ending.
    Numbered(&'static str, &'static str),
    /// Any names with an ending, in a folder inside the results folder.
    Inside(&'static str, &'static str),
}

impl<M> FileKind<M> {
    /// Returns a kind with one file, whose hash no manifest has.
    pub const fn plain(name: &'static str) -> FileKind<M> {
        FileKind { name: FileName::One(name), set_hash: None }
    }

    /// Returns a kind with one file, whose hash is in the manifest.
    pub const fn hashed(name: &'static str, set_hash: fn(&mut M, String)) -> FileKind<M> {
        FileKind { name: FileName::One(name), set_hash: Some(set_hash) }
    }
}

impl FileName {
    /// Returns the path, below the results folder, of the file that `which` tells from others of
    /// its kind: its number, or its name without the ending.
    pub(super) fn path(&self, which: &str) -> String {
        match self {
            FileName::One(name) => (*name).to_owned(),
            FileName::Numbered(start, end) => format!("{start}{which}{end}"),
            FileName::Inside(folder, end) => format!("{folder}/{which}{end}"),
        }
    }

    /// Returns whether a file directly in the results folder has such a name.
    pub fn matches(&self, name: &str) -> bool {
        match self {
            FileName::One(one) => name == *one,
            FileName::Numbered(start, end) => {
                let number = name.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
                number.is_some_and(|number| number.parse::<u32>().is_ok())
            }
            FileName::Inside(..) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_name() {
        let numbered = FileName::Numbered("machine-", ".csv");
        for (name, is_one) in
            [("machine-12.csv", true), ("machine-.csv", false), ("machine-a.csv", false)]
        {
            assert_eq!(numbered.matches(name), is_one, "{name}");
        }
        assert!(FileName::One("net.csv").matches("net.csv"));
        assert!(!FileName::Inside("node-logs", ".log").matches("n1.log"));
        assert_eq!(numbered.path("7"), "machine-7.csv");
        assert_eq!(FileName::Inside("node-logs", ".log").path("n1"), "node-logs/n1.log");
    }
}
