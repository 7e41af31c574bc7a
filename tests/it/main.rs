//! End to end: what a user of the program and of the library sees.

mod bad_configs;
mod broken;
mod calibration;
mod check;
mod cli;
mod conditions;
mod determinism;
mod examples;
mod faults;
mod glomers;
mod glomers_trouble;
mod histories;
mod history_properties;
mod library;
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
mod tidy;
