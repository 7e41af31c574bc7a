//! `sim`: a deterministic discrete-event simulator for distributed-systems experiments.

pub mod clock;
pub mod config;
pub mod engine;
pub mod network;
pub mod node;
pub mod scale_model;
pub mod simulation;
pub mod trace;
