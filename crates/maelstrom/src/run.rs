//! One run in virtual time: from parameters and a factory of servers to a history, message counts,
//! and problems.

use super::parameters::GlomersParameters;
use super::run_in_progress::Running;
use super::run_result::GlomersRun;
use super::server_factory::ServerFactory;
use super::sink::Sink;
use crate::engine::limits::End;
use crate::engine::time::Instant;

/// Number of callbacks between two polls of `stop`.
const CALLBACKS_PER_POLL: u64 = 1 << 14;

/// Runs servers made by `make` with these parameters. `stop` is polled now and then; if it returns
/// true, the run is interrupted.
pub fn run(
    parameters: &GlomersParameters,
    make: ServerFactory,
    sink: &mut dyn Sink,
    stop: &dyn Fn() -> bool,
) -> GlomersRun {
    let mut running = Running::new(parameters, make, sink);
    let end = loop {
        if let Some(end) = running.run_until(Instant::MAX, CALLBACKS_PER_POLL, &mut ()) {
            break end;
        }
        running.flush_journal();
        running.pass(None);
        if stop() || running.sink_has_failed() {
            break End::Interrupted { at: running.now() };
        }
    };
    if matches!(end, End::Interrupted { .. }) {
        running.forget_rows();
    }
    running.finish(end)
}
