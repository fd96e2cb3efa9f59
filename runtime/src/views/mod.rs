//! What an account and a participant can ask that no pallet knows alone, or that a pallet of the SDK does not tell:
//! [`AccountApi`](hearth_primitives::api::AccountApi) and a part of [`GovernanceApi`](hearth_primitives::api::GovernanceApi).
//!
//! Logic lives in the pallets. Here nothing is decided and nothing is written: what several pallets store is read and laid side by side,
//! for whoever calls the runtime API, and for nobody inside the chain.
//!
//! | file | holds |
//! |---|---|
//! | `account` | what an account has: available, held, unbonding, claimable |
//! | `governance` | referenda and tracks |
//! | `payouts` | what ended eras of Staking owe to an account |
//! | `yields` | what stake and work may earn |

mod account;
pub mod governance;
mod payouts;
mod yields;

pub use account::account;
pub use yields::yields;
