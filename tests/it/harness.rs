//! `sim test` and `sim node`: processes as nodes.
