//! Gives the program the hash of its own source, by which the parts of a sweep on several machines
//! know that they are of one program, whatever machine or profile it was built for.
//!
//! Hashed are the files in Rust below `src` and `crates`, and `Cargo.lock`. What else changes a
//! result, such as a shipped config, is in the hash of each sweep. A crate unpacked from a registry
//! has no `crates`, so a program from there counts as another one than that of a checkout.

use std::path::{Path, PathBuf};

fn main() {
    let mut files = vec![PathBuf::from("Cargo.lock")];
    for folder in ["src", "crates"] {
        println!("cargo:rerun-if-changed={folder}");
        collect(Path::new(folder), &mut files);
    }
    println!("cargo:rerun-if-changed=Cargo.lock");
    files.sort();
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    for file in files {
        // A packaged crate has no lock file.
        let Ok(bytes) = std::fs::read(&file) else { continue };
        hash.add(file.to_string_lossy().replace('\\', "/").as_bytes());
        hash.add(&(bytes.len() as u64).to_le_bytes());
        hash.add(&bytes);
    }
    println!("cargo:rustc-env=SIM_SOURCE={:016x}", hash.0);
}

/// Adds all files in Rust below a folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => collect(&path, files),
            false if path.extension().is_some_and(|end| end == "rs") => files.push(path),
            false => {}
        }
    }
}

/// FNV-1a with 64 bits: it notices a difference, and is no protection against forgery.
struct Fnv(u64);

impl Fnv {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
