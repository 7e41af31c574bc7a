//! A placeholder for hosted processes, also where a workload has no solution.
//!
//! `sim test` hosts processes in its place; in virtual time it refuses every request.

use super::{Build, Options, Solution, of};
use crate::glomers::Request;
use crate::glomers::{Caller, Cx, Server};

/// The program of nodes that are processes; it is for every workload, and in no list.
pub const EXTERNAL: Solution = Solution {
    name: "external",
    workloads: &[],
    idea: "a process, hosted by sim test",
    survives: &[],
    options: &[],
    program: of::<External>(),
};

/// A node that refuses every request.
struct External;

impl Build for External {
    fn build(_: &Options) -> External {
        External
    }
}

impl Server for External {
    type Peer = ();

    fn request(&mut self, caller: Caller, _: Request, cx: &mut Cx<'_, ()>) {
        cx.refuse(caller);
    }
}
