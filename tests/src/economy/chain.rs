//! The chain's numbers, read from the runtime's configuration: nothing here is the simulation's own.

use frame_support::traits::Get;
use hearth_runtime::{
    configs::market::ACCEPTED_WINDOW,
    constants::{EPOCH_SLOTS, HRT, SESSIONS_PER_ERA, SLOT_MILLIS},
    Balance, ProviderRegistry, Runtime,
};
use pallet_job_market::Config as Market;
use pallet_provider_registry::Config as Registry;
use pallet_reward_emission::{Config as Emission, FeeSplit, Schedule, Split, YEAR};
use sp_io::TestExternalities;
use sp_runtime::Perbill;
use std::sync::LazyLock;

/// The numbers that holders govern, as a public chain begins with them.
pub struct Numbers {
    /// The fee of a job, on top of what its replicas are paid.
    pub fee_rate: Perbill,
    /// The probability of an audit.
    pub audit_rate: Perbill,
    /// What becomes of the fee of a job.
    pub fee_split: FeeSplit,
    /// How the yearly rate falls.
    pub schedule: Schedule,
    /// Who gets which part of what is minted.
    pub split: Split,
    /// The part of the providers' pool that paid jobs may earn.
    pub job_share: Perbill,
    min_price: Balance,
    lock_multiple: u32,
    reveal_period: u32,
    trusted_after: u32,
    max_slots: u32,
    unbonding_period: u32,
    min_bond: Balance,
    bond_per_slot: Balance,
}

impl Numbers {
    /// From a chain's state.
    fn read() -> Self {
        Self {
            fee_rate: <<Runtime as Market>::FeeRate as Get<Perbill>>::get(),
            audit_rate: <<Runtime as Market>::AuditRate as Get<Perbill>>::get(),
            fee_split: <<Runtime as Emission>::FeeSplit as Get<FeeSplit>>::get(),
            schedule: <<Runtime as Emission>::Schedule as Get<Schedule>>::get(),
            split: <<Runtime as Emission>::Split as Get<Split>>::get(),
            job_share: <<Runtime as Emission>::JobShare as Get<Perbill>>::get(),
            min_price: <<Runtime as Market>::MinPrice as Get<Balance>>::get(),
            lock_multiple: <<Runtime as Market>::LockMultiple as Get<u32>>::get(),
            reveal_period: <<Runtime as Market>::RevealPeriod as Get<u32>>::get(),
            trusted_after: <<Runtime as Registry>::TrustedAfter as Get<u32>>::get(),
            max_slots: <<Runtime as Registry>::MaxSlots as Get<u32>>::get(),
            unbonding_period: <<Runtime as Registry>::UnbondingPeriod as Get<u32>>::get(),
            min_bond: ProviderRegistry::bond_for(0),
            bond_per_slot: ProviderRegistry::bond_for(1) - ProviderRegistry::bond_for(0),
        }
    }
}

/// Read once: in an empty state every number has its first value.
static NUMBERS: LazyLock<Numbers> = LazyLock::new(|| TestExternalities::default().execute_with(Numbers::read));

/// The numbers that holders govern, as a public chain begins with them.
pub fn numbers() -> &'static Numbers {
    &NUMBERS
}

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
    NUMBERS.min_price
}

/// The lock on a provider's bond, as a multiple of the price.
pub fn lock_multiple() -> u32 {
    NUMBERS.lock_multiple
}

/// Blocks for which a job that takes `computing` blocks binds a slot: from its draw to its payment.
pub fn job_blocks(computing: u32) -> u64 {
    u64::from(computing) + u64::from(NUMBERS.reveal_period) + u64::from(ACCEPTED_WINDOW)
}

/// Valid jobs in a row after which a provider is trusted.
pub fn trusted_after() -> u32 {
    NUMBERS.trusted_after
}

/// The most slots of a provider.
pub fn max_slots() -> u32 {
    NUMBERS.max_slots
}

/// The most providers that can offer one model, and be drawn for its jobs.
pub fn max_offers() -> u32 {
    <<Runtime as Registry>::MaxProvidersPerModel as Get<u32>>::get()
}

/// Weeks from leaving to a free bond, rounded up.
pub fn unbonding_weeks() -> u32 {
    u64::from(NUMBERS.unbonding_period).div_ceil(ERA_BLOCKS * u64::from(WEEK)) as u32
}

/// The smallest bond of a provider with so many slots.
pub fn bond_for(slots: u32) -> Balance {
    NUMBERS.min_bond + NUMBERS.bond_per_slot * Balance::from(slots)
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
