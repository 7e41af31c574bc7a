//! Hidden seeds: derived from a secret, so that they differ per submission and can be found again.

use std::io::{self, Read};

use crate::engine::rng::Seed;

/// Seeds are below this, so that every program can read them exactly.
const SEED_BITS: u32 = 48;

/// Returns a hidden seed of a submission: of its name, a check, and the number of the seed.
pub fn hidden_seed(secret: &str, submission: &[u8], check: &str, number: u64) -> Seed {
    let mut hasher = blake3::Hasher::new();
    for part in [b"sim grade", secret.as_bytes(), submission, check.as_bytes()] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.update(&number.to_le_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    Seed::new(u64::from_le_bytes(bytes) >> (64 - SEED_BITS)).unwrap_or(Seed::MAX)
}

/// Draws a secret from the system's source of random bytes.
///
/// # Errors
/// If there is none.
pub fn drawn_secret() -> io::Result<String> {
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_depends_on_each_part() {
        let seed = hidden_seed("a secret", b"ann", "echo", 0);
        assert_eq!(seed, hidden_seed("a secret", b"ann", "echo", 0));
        for other in [
            hidden_seed("b secret", b"ann", "echo", 0),
            hidden_seed("a secret", b"bob", "echo", 0),
            hidden_seed("a secret", b"ann", "broadcast", 0),
            hidden_seed("a secret", b"ann", "echo", 1),
            // The parts are not simply joined.
            hidden_seed("a secret", b"anne", "cho", 0),
        ] {
            assert_ne!(seed, other);
        }
        assert!(seed.value() < 1 << SEED_BITS);
    }

    #[test]
    fn secrets_differ() {
        let draw = || drawn_secret().expect("random bytes");
        let (one, other) = (draw(), draw());
        assert_eq!(one.len(), 32);
        assert_ne!(one, other);
    }
}
