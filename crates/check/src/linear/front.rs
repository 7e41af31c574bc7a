//! A set of configurations without those that others cover.

use super::bits::Bits;
use super::config::Config;
use super::model::State;

/// The set. Configurations are compared with those of the same state alone; where there are many
/// states, an index finds them. One that comes later may cover several: where there is an index,
/// only one of them is dropped.
#[derive(Clone, Debug)]
pub(super) struct Front<B> {
    entries: Vec<Config<B>>,
    /// The last entry of the states with a hash, and for each entry the one before it.
    heads: Vec<u32>,
    before: Vec<u32>,
    /// Bytes of the entries.
    bytes: u64,
    /// Number of comparisons since they were last asked for.
    compared: u64,
}

/// Number of entries above which there is an index.
const PLAIN_MAX: usize = 32;
const NONE: u32 = u32::MAX;

impl<B: Bits> Front<B> {
    pub(super) fn new() -> Front<B> {
        Front { entries: vec![], heads: vec![], before: vec![], bytes: 0, compared: 0 }
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.heads.clear();
        self.before.clear();
        self.bytes = 0;
    }

    pub(super) fn entries(&self) -> &[Config<B>] {
        &self.entries
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes + 4 * (self.heads.len() + self.before.len()) as u64
    }

    /// Keeps only the first entries in the order of a key.
    pub(super) fn thin(&mut self, count: usize, key: impl Fn(&Config<B>) -> u32) {
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_by_key(key);
        entries.truncate(count);
        self.clear();
        entries.iter().for_each(|entry| {
            self.insert(entry);
        });
    }

    /// Number of comparisons since this was last asked.
    pub(super) fn take_compared(&mut self) -> u64 {
        std::mem::take(&mut self.compared)
    }

    /// Whether an entry covers a configuration.
    pub(super) fn covers(&mut self, config: &Config<B>) -> bool {
        let mut place = self.first(config.state);
        while let Some(at) = place {
            self.compared += 1;
            if self.entries[at].covers(config) {
                return true;
            }
            place = self.following(at);
        }
        false
    }

    /// Adds a configuration, unless it is covered; it replaces one that it covers. Returns whether
    /// it was added.
    pub(super) fn insert(&mut self, config: &Config<B>) -> bool {
        let mut replaced = None;
        let mut place = self.first(config.state);
        while let Some(at) = place {
            self.compared += 1;
            let entry = &self.entries[at];
            if entry.covers(config) {
                return false;
            }
            if config.covers(entry) {
                match replaced {
                    None => replaced = Some(at),
                    Some(_) if self.heads.is_empty() => {
                        self.bytes -= entry.bytes();
                        self.entries.swap_remove(at);
                        place = (at < self.entries.len()).then_some(at);
                        continue;
                    }
                    Some(_) => {}
                }
            }
            place = self.following(at);
        }
        self.bytes += config.bytes();
        match replaced {
            Some(at) => {
                self.bytes -= self.entries[at].bytes();
                self.entries[at].clone_from(config);
            }
            None => self.push(config.clone()),
        }
        true
    }

    /// The first place to look at for a state.
    fn first(&self, state: State) -> Option<usize> {
        if self.heads.is_empty() {
            return (!self.entries.is_empty()).then_some(0);
        }
        let head = self.heads[self.bucket(state)];
        (head != NONE).then_some(head as usize)
    }

    fn following(&self, at: usize) -> Option<usize> {
        if self.heads.is_empty() {
            return (at + 1 < self.entries.len()).then_some(at + 1);
        }
        (self.before[at] != NONE).then(|| self.before[at] as usize)
    }

    fn push(&mut self, config: Config<B>) {
        self.entries.push(config);
        let count = self.entries.len();
        if count > PLAIN_MAX && count > self.heads.len() {
            self.heads.clear();
            self.heads.resize(4 * count.next_power_of_two(), NONE);
            self.before.clear();
        }
        if !self.heads.is_empty() {
            for place in self.before.len()..count {
                let bucket = self.bucket(self.entries[place].state);
                self.before.push(std::mem::replace(&mut self.heads[bucket], place as u32));
            }
        }
    }

    fn bucket(&self, state: State) -> usize {
        state.0.wrapping_mul(0x9e37_79b1) as usize & (self.heads.len() - 1)
    }
}
