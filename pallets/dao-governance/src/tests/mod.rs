//! One file per call or thing that happens, and one for what must hold whatever happens.

mod cancel_slash;
mod claim_budget;
mod clear_objections;
mod create_budget;
mod invariants;
mod object;
mod origins;
mod pull_brake;
mod reach_milestone;
mod release_brake;
mod set_bound;
mod set_parameter;
mod stop_budget;
mod tracks;
mod views;

use crate::Origin;

/// All of the pallet's own.
const ORIGINS: [Origin; 7] = [
    Origin::MarketParams,
    Origin::EmissionParams,
    Origin::ModelCurator,
    Origin::SmallSpender,
    Origin::BigSpender,
    Origin::SlashCanceller,
    Origin::Emergency,
];
