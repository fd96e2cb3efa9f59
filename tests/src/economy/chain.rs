//! The chain's numbers, read from the runtime's configuration: nothing here is the simulation's own.

use frame_support::traits::Get;
use hearth_runtime::{
    configs::market::ACCEPTED_WINDOW,
    constants::{EPOCH_SLOTS, HRT, SESSIONS_PER_ERA, SLOT_MILLIS},
    Balance, ProviderRegistry, Runtime,
};
use pallet_job_market::Config as Market;
use pallet_provider_registry::Config as Registry;
use pallet_reward_emission::YEAR;

/// An era, in milliseconds.
pub const ERA: u64 = EPOCH_SLOTS * SESSIONS_PER_ERA as u64 * SLOT_MILLIS;

/// Blocks in an era.
pub const ERA_BLOCKS: u64 = EPOCH_SLOTS * SESSIONS_PER_ERA as u64;

/// Eras in a week.
pub const WEEK: u32 = (7 * 24 * 3_600_000 / ERA) as u32;

/// Weeks in a year.
pub const WEEKS_PER_YEAR: f64 = YEAR as f64 / (WEEK as u64 * ERA) as f64;

/// The lowest price of a replica.
pub fn min_price() -> Balance {
    <<Runtime as Market>::MinPrice as Get<Balance>>::get()
}

/// The lock on a provider's bond, as a multiple of the price.
pub fn lock_multiple() -> u32 {
    <<Runtime as Market>::LockMultiple as Get<u32>>::get()
}

/// Blocks for which a job that takes `computing` blocks binds a slot: from its draw to its payment.
pub fn job_blocks(computing: u32) -> u64 {
    let reveal = <<Runtime as Market>::RevealPeriod as Get<u32>>::get();
    u64::from(computing) + u64::from(reveal) + u64::from(ACCEPTED_WINDOW)
}

/// Valid jobs in a row after which a provider is trusted.
pub fn trusted_after() -> u32 {
    <<Runtime as Registry>::TrustedAfter as Get<u32>>::get()
}

/// The most slots of a provider.
pub fn max_slots() -> u32 {
    <<Runtime as Registry>::MaxSlots as Get<u32>>::get()
}

/// The most providers that can offer one model, and be drawn for its jobs.
pub fn max_offers() -> u32 {
    <<Runtime as Registry>::MaxProvidersPerModel as Get<u32>>::get()
}

/// Weeks from leaving to a free bond, rounded up.
pub fn unbonding_weeks() -> u32 {
    let blocks = <<Runtime as Registry>::UnbondingPeriod as Get<u32>>::get();
    u64::from(blocks).div_ceil(ERA_BLOCKS * u64::from(WEEK)) as u32
}

/// The smallest bond of a provider with so many slots.
pub fn bond_for(slots: u32) -> Balance {
    ProviderRegistry::bond_for(slots)
}

/// The smallest bond of so many providers with so many slots together.
pub fn bond_of(owners: u32, slots: u32) -> Balance {
    Balance::from(owners) * bond_for(0) + (bond_for(slots) - bond_for(0))
}

/// An amount in HRT.
pub fn hrt(amount: Balance) -> f64 {
    amount as f64 / HRT as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eras_fill_weeks_and_years() {
        assert_eq!(u64::from(WEEK) * ERA, 7 * 24 * 3_600_000);
        assert_eq!(YEAR % ERA, 0);
    }

    #[test]
    fn bond_of_one_is_bond_for_it() {
        assert_eq!(bond_of(1, 5), bond_for(5));
        assert_eq!(bond_of(3, 6), 3 * bond_for(2));
    }
}
