//! One file per thing that happens, and one for what must hold whatever happens.

mod backing;
mod claim;
mod claim_backing;
mod era;
mod fees;
mod invariants;
mod points;
mod staking;
mod views;
