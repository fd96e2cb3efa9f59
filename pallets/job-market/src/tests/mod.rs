//! Stories, one file per call or concern. Each ends in every pallet's `try_state`.

mod agenda;
mod challenge;
mod dispute;
mod invariants;
mod jury;
mod offchain;
mod poke;
mod register_model;
mod report;
mod scenes;
mod set_benchmark;
mod settlement;
mod submit_job;
mod views;
mod watchtower;
mod whole;
