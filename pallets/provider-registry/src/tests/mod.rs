//! One file per call, one for the market's side, one for what must hold whatever is called.

mod bond_extra;
mod genesis;
mod invariants;
mod leave;
mod offer;
mod pool;
mod register;
mod set_operator;
mod update;
mod views;
mod withdraw;
mod withdraw_offer;
