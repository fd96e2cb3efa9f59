//! Tests with real nodes, real workers and the real command line. Each starts a network of its own, on free ports and in a temporary directory,
//! and may run beside another.
//!
//! | module | shows |
//! |---|---|
//! | `market` | a job on a real model: computed, compared, paid |
//! | `faults` | validators, providers' nodes and workers die, and money is conserved |
//! | `juries` | liars, copiers, hiders and accusers: what juries find, what is slashed, what is cancelled |
//! | `bad_input` | what is wrong ends in typed errors and refunds |
//! | `staking` | proof of stake: entering, leaving, earning, being slashed |
//! | `governance` | what holders decide: parameters, budgets, slashes, the brake; what providers stop; that nobody has a sudo key |
//! | `upgrade` | a new runtime by vote: migrations, and jobs that go on |
//! | `challenges` | capability challenges: dead, slow and overclaimed machines, and what is earned |
//! | `runtime` | presets, metadata and WASM as built |
//! | `cli` | the manners of the command line |
//! | `voter` | a voter's whole way by the command line |

mod bad_input;
mod challenges;
mod cli;
mod faults;
mod governance;
mod juries;
mod market;
mod runtime;
mod staking;
mod upgrade;
mod voter;
