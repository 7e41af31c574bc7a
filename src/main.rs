//! The program `sim`: connects standard streams, signals and disk, and returns the exit code.

use std::panic::AssertUnwindSafe;

use sim::cli::{Exit, Interrupt, Io, colour_choice, execute};
use sim::store::Store;

fn main() -> Exit {
    // If signal handlers cannot be installed, signals keep their default action.
    let interrupt = Interrupt::listen().unwrap_or_default();
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // A panic of a node under test is part of the run, and reported in its results.
        if !sim::glomers::is_in_callback() {
            print(panic);
        }
    }));
    let store = Store::new();
    #[expect(clippy::disallowed_methods, reason = "this is where the command line is read")]
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().collect();
    colour_choice(&arguments).write_global();
    let mut out = std::io::BufWriter::new(anstream::stdout().lock());
    let mut err = anstream::stderr();
    let mut io = Io::new(&mut out, &mut err, &store, &interrupt);
    // A panic is a bug in `sim`; its message has been printed by then.
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| execute(arguments, &mut io)));
    outcome.unwrap_or(Exit::Bug)
}
