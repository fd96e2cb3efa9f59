//! One file per call, one for the market's side, one for what must hold whatever is called.

mod accept_backing;
mod back;
mod bond_extra;
mod challenges;
mod collect;
mod genesis;
mod house;
mod invariants;
mod leave;
mod offer;
mod pool;
mod register;
mod set_commission;
mod set_operator;
mod slashes;
mod unback;
mod update;
mod views;
mod withdraw;
mod withdraw_backing;
mod withdraw_offer;
