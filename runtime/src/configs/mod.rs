//! How each pallet is configured: one file per pallet or small group.
//!
//! | file | pallets |
//! |---|---|
//! | [`accounts`] | Utility, Multisig, Proxy, Sudo |
//! | [`consensus`] | Timestamp, Babe, Authorship, Grandpa, AuthorityDiscovery, Offences |
//! | [`market`] | ProviderRegistry, JobMarket, MarketParameters |
//! | [`money`] | Balances, TransactionPayment; who gets the fees |
//! | [`offchain`] | how offchain workers make extrinsics |
//! | [`session`] | Session, Historical; who validates |
//! | [`system`] | System; the limits of a block |

pub mod accounts;
pub mod consensus;
pub mod market;
pub mod money;
pub mod offchain;
pub mod session;
pub mod system;
