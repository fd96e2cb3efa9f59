//! What an account and a participant can ask that no pallet knows alone: [`AccountApi`](hearth_primitives::api::AccountApi).
//!
//! Logic lives in the pallets. Here nothing is decided and nothing is written: what several pallets store is read and laid side by side,
//! for whoever calls the runtime API, and for nobody inside the chain.
//!
//! | file | holds |
//! |---|---|
//! | `account` | what an account has: available, held, unbonding, claimable |
//! | `payouts` | what ended eras of Staking owe to an account |
//! | `yields` | what stake and work may earn |

mod account;
mod payouts;
mod yields;

pub use account::account;
pub use yields::yields;
