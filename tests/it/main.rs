//! End-to-end tests of the program and of the library, through what their users see.

mod bad_configs;
mod broken;
mod calibration;
#[cfg(unix)]
mod causes;
mod check;
mod check_glomers;
mod check_network;
mod check_transactions;
mod circles;
mod cli;
mod cluster;
mod cluster_errors;
mod cluster_merge;
mod columns;
mod conditions;
mod decode;
mod determinism;
mod diff;
mod examples;
mod export;
mod export_run;
mod faults;
#[cfg(unix)]
mod files;
mod foreign;
mod foreign_text;
mod front_door;
mod glomers;
mod glomers_faults;
#[cfg(unix)]
mod grade;
#[cfg(unix)]
mod habits;
#[cfg(unix)]
mod harness;
mod help;
mod histories;
mod history_properties;
#[cfg(unix)]
mod hostile;
#[cfg(unix)]
mod hosting;
#[cfg(unix)]
mod installed;
mod isolation;
mod json_output;
mod language;
mod library;
mod limits;
mod measures;
mod mutants;
mod new;
#[cfg(unix)]
mod odd_files;
mod pictures;
mod plot;
mod plot_glomers;
mod properties;
mod public_api;
mod python;
mod reference;
mod report_page;
mod reproduce;
mod schema;
mod sessions;
mod solutions;
mod support;
mod sweep;
mod sweep_glomers;
mod theory;
mod ticking;
mod tidy;
#[cfg(unix)]
mod transcripts;
mod walkthrough;
#[cfg(unix)]
mod why;
