//! `sim`: a deterministic discrete-event simulator for distributed-systems experiments.

pub mod check;
pub mod cli;
pub mod clock;
pub mod config;
pub mod engine;
pub mod experiment;
pub mod network;
pub mod node;
pub mod scale_model;
pub mod simulation;
pub mod store;
pub mod trace;
