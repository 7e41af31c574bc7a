//! A process: a node of a custom model, with a default for each handler.

use std::fmt;

use super::ProcessContext;
use crate::node::NodeId;

/// Node of a [`Model`](super::Model), generic over the message type `M` of the whole model.
///
/// Each handler has a default. The defaults for messages and timers report them as unhandled, and
/// [`Outcome::ok`](super::Outcome::ok) of the run then returns an error.
///
/// ```
/// use sim_core::prelude::*;
///
/// /// Sends three numbers, a second apart; each timer carries the number to send.
/// struct Counter;
///
/// impl Process<u32> for Counter {
///     type Timer = u32;
///
///     fn on_start(&mut self, cx: &mut ProcessContext<'_, u32, u32>) {
///         for number in 1..=3 {
///             cx.set_timer(Duration::from_secs(1) * u64::from(number), number);
///         }
///     }
///
///     fn on_timer(&mut self, number: u32, cx: &mut ProcessContext<'_, u32, u32>) {
///         cx.send(NodeId(1), number);
///     }
/// }
///
/// /// Handles nothing: each message is reported.
/// struct Deaf;
///
/// impl Process<u32> for Deaf {
///     type Timer = ();
/// }
///
/// let mut setup = ModelSetup::new(Seed::new(1).ok_or("a seed")?);
/// setup.add(|_| Counter);
/// setup.add(|_| Deaf);
/// let outcome = setup.build()?.run_to_end();
/// assert_eq!(outcome.unhandled_count, 3);
/// assert!(outcome.ok().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Process<M: Clone + fmt::Debug + 'static>: Sized + 'static {
    /// Payload of timers; `()` if there is nothing to carry.
    type Timer: fmt::Debug + 'static;

    /// Handles the start, at the beginning of the run or again after a crash. Does nothing by
    /// default.
    fn on_start(&mut self, cx: &mut ProcessContext<'_, M, Self::Timer>) {
        let _ = cx;
    }

    /// Handles one message. Reports it as unhandled by default.
    fn on_message(
        &mut self,
        from: NodeId,
        message: M,
        cx: &mut ProcessContext<'_, M, Self::Timer>,
    ) {
        cx.unhandled_message(from, &message);
    }

    /// Handles a timer, with the payload that it was set with. Reports it as unhandled by default.
    fn on_timer(&mut self, timer: Self::Timer, cx: &mut ProcessContext<'_, M, Self::Timer>) {
        cx.unhandled_timer(&timer);
    }
}
