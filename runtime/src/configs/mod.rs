//! How each pallet is configured: one file per pallet or small group.
//!
//! | file | pallets |
//! |---|---|
//! | [`accounts`] | Utility, Multisig, Proxy, Sudo |
//! | `benchmark_providers` | the providers that the benchmarks of the last pallets need |
//! | [`consensus`] | Timestamp, Babe, Authorship, Grandpa, AuthorityDiscovery, Offences |
//! | [`governance`] | Preimage, Scheduler, ConvictionVoting, Referenda, Treasury, DaoGovernance, MultiBlockMigrations |
//! | [`market`] | ProviderRegistry, JobMarket, ChainParameters |
//! | [`money`] | Balances, TransactionPayment; who gets the fees |
//! | [`offchain`] | how offchain workers make extrinsics |
//! | [`parameters`] | Parameters: the numbers that holders govern |
//! | [`patient_scheduler`] | the scheduler as Referenda sees it: full agendas lose nothing |
//! | [`rewards`] | RewardEmission |
//! | [`session`] | Session, Historical; who validates |
//! | [`slashes`] | what governance sees of slashes that are deferred |
//! | [`staking`] | Staking, its election, rewards that nobody claims |
//! | [`system`] | System; the limits of a block |
//! | [`voting_currency`] | the money that votes: escrow does not |

pub mod accounts;
#[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
mod benchmark_providers;
pub mod consensus;
pub mod governance;
pub mod market;
pub mod money;
pub mod offchain;
pub mod parameters;
pub mod patient_scheduler;
pub mod rewards;
pub mod session;
pub mod slashes;
pub mod staking;
pub mod system;
pub mod voting_currency;
