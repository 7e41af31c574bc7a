//! The history of one object: its operations, and the order in which they begin and end.

/// Begin or end of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event(u32);

impl Event {
    /// Returns the operation, as its number in the object.
    pub fn operation(self) -> usize {
        (self.0 >> 1) as usize
    }

    /// Whether the operation ends.
    pub fn is_end(self) -> bool {
        self.0 & 1 == 1
    }
}

/// The operations of one object. One that does not end has an unknown outcome: it may take effect
/// at any time after its begin, or never.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object<A> {
    actions: Vec<A>,
    events: Vec<Event>,
}

impl<A> Default for Object<A> {
    fn default() -> Object<A> {
        Object { actions: Vec::new(), events: Vec::new() }
    }
}

impl<A: Copy> Object<A> {
    /// Maximum number of operations.
    pub const OPERATIONS_MAX: usize = (u32::MAX >> 1) as usize;

    /// Begins an operation, and returns its number, from 0.
    ///
    /// # Panics
    /// If there are [`Object::OPERATIONS_MAX`] operations.
    pub fn begin(&mut self, action: A) -> usize {
        let number = self.actions.len();
        assert!(number < Self::OPERATIONS_MAX, "too many operations of one object");
        self.actions.push(action);
        self.events.push(Event((number as u32) << 1));
        number
    }

    /// Ends an operation that has begun and has not ended.
    pub fn end(&mut self, operation: usize) {
        self.events.push(Event((operation as u32) << 1 | 1));
    }

    /// Returns the actions of the operations, by number.
    pub fn actions(&self) -> &[A] {
        &self.actions
    }

    /// The same operations with other actions.
    pub(super) fn with_actions(&self, actions: Vec<A>) -> Object<A> {
        Object { actions, events: self.events.clone() }
    }

    /// Returns begins and ends in real-time order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Returns for each operation whether it ends.
    pub(super) fn ends(&self) -> Vec<bool> {
        let mut ends = vec![false; self.actions.len()];
        let ended = self.events.iter().filter(|event| event.is_end());
        ended.for_each(|event| ends[event.operation()] = true);
        ends
    }
}
