//! Random streams: one root seed, and from it one generator per purpose and owner.
//!
//! A stream is named `(seed, purpose, id)`. An extra draw in one stream moves no draw of another,
//! so two configs that differ in one option can be compared under common random numbers.
//! These rules are part of every golden hash: changing one changes every trace.
//! Not here: floats (see `network/latency.rs`).

use std::convert::Infallible;

use rand::{Rng as _, TryRng};
use rand_pcg::Pcg64Mcg;

use super::ratio::Ratio;
use super::time::Instant;

/// Root of all random streams of a run: 0 to 2⁶³ − 1, so that it fits in a TOML integer.
///
/// ```
/// use sim_core::engine::rng::Seed;
///
/// assert_eq!(Seed::new(7).map(Seed::value), Some(7));
/// assert_eq!(Seed::new(u64::MAX), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seed(u64);

impl Seed {
    /// Largest seed.
    pub const MAX: Seed = Seed(i64::MAX as u64);

    /// Creates a seed, or returns `None` above [`Seed::MAX`].
    pub const fn new(value: u64) -> Option<Seed> {
        if value <= Seed::MAX.0 { Some(Seed(value)) } else { None }
    }

    /// Returns the number.
    pub const fn value(self) -> u64 {
        self.0
    }

    /// Creates the generator for one purpose and one owner.
    ///
    /// With `mix` the finalizer of SplitMix64 and γ its increment, the 128-bit state is
    /// `(mix(s + γ), mix(s + 2γ))` for `s = mix(mix(mix(seed + γ) ^ tag) + (id + 1)·γ)`,
    /// where `tag` is the purpose's name as eight ASCII bytes.
    pub fn stream(self, purpose: Purpose, id: u64) -> Rng {
        self.stream_tagged(purpose.tag(), id)
    }

    /// Creates the generator for this name and one owner, independent of all others.
    ///
    /// Its state is derived as in [`Seed::stream`], with a tag that hashes all bytes of the name
    /// and their number.
    ///
    /// ```
    /// use sim_core::engine::rng::Seed;
    ///
    /// let seed = Seed::new(1).ok_or("a seed")?;
    /// let mut arrivals = seed.stream_named("arrivals", 0);
    /// let first = seed.stream_named("service", 0).next_u64();
    /// arrivals.next_u64(); // moves nothing in another stream
    /// assert_eq!(seed.stream_named("service", 0).next_u64(), first);
    /// # Ok::<(), &str>(())
    /// ```
    pub fn stream_named(self, name: &str, id: u64) -> Rng {
        let mut tag = u64::from_be_bytes(*b"named\0\0\0");
        for chunk in name.as_bytes().chunks(8) {
            let mut bytes = [0; 8];
            bytes[..chunk.len()].copy_from_slice(chunk);
            tag = mix(tag.wrapping_add(GAMMA) ^ u64::from_be_bytes(bytes));
        }
        tag = mix(tag.wrapping_add(GAMMA) ^ name.len() as u64);
        self.stream_tagged(tag, id)
    }

    fn stream_tagged(self, tag: u64, id: u64) -> Rng {
        let salt = mix(mix(self.0.wrapping_add(GAMMA)) ^ tag);
        let s = mix(salt.wrapping_add(id.wrapping_add(1).wrapping_mul(GAMMA)));
        let high = mix(s.wrapping_add(GAMMA));
        let low = mix(s.wrapping_add(GAMMA.wrapping_mul(2)));
        Rng::from_state(u128::from(high) << 64 | u128::from(low))
    }

    /// Returns a salt for one purpose: see [`hash`].
    pub fn salt(self, purpose: Purpose) -> u64 {
        mix(mix(self.0.wrapping_add(GAMMA)) ^ purpose.tag())
    }
}

/// Purpose of a random stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A node's own draws (`cx.rng()`).
    Node,
    /// The phase and the jitter of a node's ticks.
    Ticks,
    /// The latency of a sender's copies.
    Latency,
    /// Whether a sender's copies are lost.
    Loss,
    /// Whether a sender's copies are duplicated.
    Duplication,
    /// Rates of machines that the config leaves to be drawn.
    Rates,
    /// The order of the events of one instant under `ties = "seeded"`.
    Ties,
    /// How many unsynced writes a node's disk keeps in a crash.
    Disk,
    /// Host cost of a sender's copies, added to the latency of every path.
    HostCost,
    /// Whether a sender's copies are lost in a degradation.
    DegradationLoss,
    /// Whether a sender's copies are duplicated in a degradation.
    DegradationDuplication,
    /// Fault windows of the nemesis: one stream for each fault kind.
    Nemesis,
    /// Whether a fault kind happens at all, under `swarm = true`.
    Swarm,
    /// Offset of a node's own clock when the run begins.
    Starts,
}

impl Purpose {
    /// Returns the name as a number: eight ASCII bytes, big-endian, padded with zeros.
    const fn tag(self) -> u64 {
        u64::from_be_bytes(match self {
            Purpose::Node => *b"node\0\0\0\0",
            Purpose::Ticks => *b"ticks\0\0\0",
            Purpose::Latency => *b"latency\0",
            Purpose::Loss => *b"loss\0\0\0\0",
            Purpose::Duplication => *b"duplicat",
            Purpose::Rates => *b"rates\0\0\0",
            Purpose::Ties => *b"ties\0\0\0\0",
            Purpose::Disk => *b"disk\0\0\0\0",
            Purpose::HostCost => *b"hostcost",
            Purpose::DegradationLoss => *b"wloss\0\0\0",
            Purpose::DegradationDuplication => *b"wduplic\0",
            Purpose::Nemesis => *b"nemesis\0",
            Purpose::Swarm => *b"swarm\0\0\0",
            Purpose::Starts => *b"starts\0\0",
        })
    }
}

/// A stream of random numbers: PCG with a multiplicative state of 128 bits (16 bytes).
///
/// It implements `rand`'s traits, so that `rand`'s ranges, shuffles and distributions work on it.
/// The methods here return the same numbers in every version; those of `rand` only as far as `rand`
/// promises it, which is within a minor version.
///
/// ```
/// use rand::RngExt;
/// use rand::seq::SliceRandom;
/// use sim_core::engine::rng::Seed;
///
/// let mut rng = Seed::new(1).ok_or("a seed")?.stream_named("dice", 0);
/// assert!((1..=6).contains(&rng.random_range(1..=6)));
/// let mut order = [1, 2, 3];
/// order.shuffle(&mut rng);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug)]
pub struct Rng(Pcg64Mcg);

impl Rng {
    /// Creates a generator from its raw state; the lowest bit is set, as this family requires.
    pub fn from_state(state: u128) -> Rng {
        Rng(Pcg64Mcg::new(state))
    }

    /// Creates a generator that is seeded by one 64-bit draw of another.
    pub fn from_draw(draw: u64) -> Rng {
        Rng::from_state(u128::from(mix(draw)) << 64 | u128::from(draw))
    }

    /// Draws the next 64 bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Returns a number in `0..range`, from one draw.
    ///
    /// # Panics
    /// If `range` is zero.
    #[inline]
    pub fn below(&mut self, range: u64) -> u64 {
        assert!(range > 0, "a draw from an empty range");
        scale(self.next_u64(), range)
    }

    /// Whether an event of probability `chance` happens, from one draw.
    #[inline]
    pub fn happens(&mut self, chance: Chance) -> bool {
        chance.holds(self.next_u64())
    }
}

impl TryRng for Rng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.try_fill_bytes(bytes)
    }
}

/// Maps a 64-bit draw to `0..range` by multiply-shift. The relative error of each number's
/// probability is at most `range / 2⁶⁴`.
#[inline]
pub fn scale(draw: u64, range: u64) -> u64 {
    ((u128::from(draw) * u128::from(range)) >> 64) as u64
}

/// A probability as a threshold for 64-bit draws: the number of the 2⁶⁴ draws for which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chance {
    threshold: u128,
}

impl Chance {
    /// Never.
    pub const NEVER: Chance = Chance { threshold: 0 };

    /// Converts `probability`, or returns `None` above 1.
    pub fn new(probability: Ratio) -> Option<Chance> {
        if probability > Ratio::ONE {
            return None;
        }
        let (p, q) = (u128::from(probability.numerator()), u128::from(probability.denominator()));
        // `draw < ceil(p·2⁶⁴ / q)` is the same as `draw·q < p·2⁶⁴` in integers.
        Some(Chance { threshold: (p << 64).div_ceil(q) })
    }

    /// Whether it holds for this draw.
    #[inline]
    pub fn holds(self, draw: u64) -> bool {
        u128::from(draw) < self.threshold
    }

    /// Whether it never holds.
    #[inline]
    pub fn is_never(self) -> bool {
        self.threshold == 0
    }
}

/// Hashes an id at an instant, for the order of ties: a fresh number for each instant.
#[inline]
pub fn hash(salt: u64, at: Instant, id: u64) -> u64 {
    mix(mix(salt ^ at.as_ns()).wrapping_add(id.wrapping_add(1).wrapping_mul(GAMMA)))
}

/// Increment of SplitMix64: 2⁶⁴ divided by the golden ratio.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// Finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators,
/// OOPSLA 2014): a bijection of 64 bits in which every input bit affects every output bit.
#[inline]
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(seed: u64, purpose: Purpose, id: u64) -> u64 {
        Seed(seed).stream(purpose, id).next_u64()
    }

    /// These numbers are part of the trace format: every golden hash depends on them.
    #[test]
    fn streams_give_the_documented_numbers() {
        let mut rng = Seed(1).stream(Purpose::Node, 0);
        let found = [rng.next_u64(), rng.next_u64(), rng.next_u64()];
        assert_eq!(found, GOLDEN, "{found:#x?}");
    }

    const GOLDEN: [u64; 3] = [0x47ca_17b9_46e5_7463, 0xd356_5ba5_6461_72d6, 0xb32e_5a62_7944_4481];

    #[test]
    fn seed_purpose_and_id_each_make_another_stream() {
        let base = first(1, Purpose::Node, 0);
        assert_ne!(base, first(2, Purpose::Node, 0));
        assert_ne!(base, first(1, Purpose::Loss, 0));
        assert_ne!(base, first(1, Purpose::Node, 1));
    }

    #[test]
    fn named_streams_differ_by_every_byte_of_their_name() {
        let first = |name: &str, id| Seed(1).stream_named(name, id).next_u64();
        let names = ["", "a", "a\0", "b", "arrivals", "arrivals\0", "arrivals of jobs", "node"];
        let mut draws: Vec<u64> = names.iter().map(|name| first(name, 0)).collect();
        draws.extend([first("a", 1), Seed(1).stream(Purpose::Node, 0).next_u64()]);
        draws.sort_unstable();
        draws.dedup();
        assert_eq!(draws.len(), names.len() + 2);
        // Part of the promise to users: models depend on these numbers.
        assert_eq!(first("arrivals", 0), ARRIVALS, "{:#x}", first("arrivals", 0));
    }

    const ARRIVALS: u64 = 0x6898_852b_657c_c35c;

    #[test]
    fn draws_fill_their_range_evenly() {
        let mut rng = Seed(7).stream(Purpose::Node, 3);
        let mut counts = [0u32; 10];
        for _ in 0..100_000 {
            counts[rng.below(10) as usize] += 1;
        }
        // 4.5 standard deviations of a binomial(100,000, 1/10).
        assert!(counts.iter().all(|count| (9_573..=10_427).contains(count)), "{counts:?}");
    }

    #[test]
    fn probabilities_are_compared_as_integers() {
        let chance = |text: &str| Chance::new(text.parse().expect("a ratio"));
        assert!(chance("1").expect("one").holds(u64::MAX));
        assert!(!chance("0").expect("zero").holds(0));
        assert!(chance("1/2").expect("a half").holds(u64::MAX / 2));
        assert!(chance("1/3").expect("a third").holds(u64::MAX / 3));
        assert!(!chance("1/2").expect("a half").holds(u64::MAX / 2 + 1));
        assert_eq!(chance("1.0001"), None);
    }

    #[test]
    fn seeds_fit_a_toml_integer() {
        assert_eq!(Seed::new(u64::MAX), None);
        assert_eq!(Seed::new(Seed::MAX.0), Some(Seed::MAX));
    }
}
