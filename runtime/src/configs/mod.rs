//! How each pallet is configured: one file per pallet or small group.
//!
//! | file | pallets |
//! |---|---|
//! | [`accounts`] | Utility, Multisig, Proxy, Sudo |
//! | `benchmark_providers` | the providers that the benchmarks of the last pallets need |
//! | [`consensus`] | Timestamp, Babe, Authorship, Grandpa, AuthorityDiscovery, Offences |
//! | [`market`] | ProviderRegistry, JobMarket, ChainParameters |
//! | [`money`] | Balances, TransactionPayment; who gets the fees |
//! | [`offchain`] | how offchain workers make extrinsics |
//! | [`rewards`] | RewardEmission |
//! | [`session`] | Session, Historical; who validates |
//! | [`staking`] | Staking, its election, rewards that nobody claims |
//! | [`system`] | System; the limits of a block |

pub mod accounts;
#[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
mod benchmark_providers;
pub mod consensus;
pub mod market;
pub mod money;
pub mod offchain;
pub mod rewards;
pub mod session;
pub mod staking;
pub mod system;
