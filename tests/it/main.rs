//! End to end: what a user of the program and of the library sees.

mod bad_configs;
mod broken;
mod calibration;
mod check;
mod check_glomers;
mod check_network;
mod cli;
mod conditions;
mod determinism;
mod examples;
mod faults;
mod glomers;
mod glomers_trouble;
#[cfg(unix)]
mod harness;
mod histories;
mod history_properties;
#[cfg(unix)]
mod hostile;
#[cfg(unix)]
mod hosting;
mod library;
mod measures;
mod plot;
mod plot_glomers;
mod properties;
mod reference;
mod reproduce;
mod schema;
mod solutions;
mod support;
mod sweep;
mod sweep_glomers;
mod theory;
mod ticking;
mod tidy;
