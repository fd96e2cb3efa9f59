//! What the registry's numbers must not be, each alone and together.

use crate::{Config, Pallet, WeightInfo};
use frame_support::{
    ensure,
    traits::{fungible::Inspect, Get},
};
use sp_runtime::traits::{CheckedAdd, CheckedMul, Zero};

impl<T: Config> Pallet<T> {
    /// What a runtime must not configure, and whoever changes its numbers must not decide.
    pub fn check_numbers() -> Result<(), &'static str> {
        ensure!(T::MaxSlots::get() > 0, "a provider needs a slot");
        ensure!(T::MaxOffersPerProvider::get() > 0 && T::MaxProvidersPerModel::get() > 0, "nothing could be offered");
        ensure!(T::TrustedAfter::get() > 0, "standing must be earned");
        ensure!(!T::UnbondingPeriod::get().is_zero(), "a bond must outlast what it answers for");
        ensure!(!T::SlashDeferral::get().is_zero(), "a slash must be cancellable");
        ensure!(T::SlashDeferral::get() < T::UnbondingPeriod::get(), "what unbonds must outlast the deferral of a slash");
        let slash = T::WeightInfo::serve_slashes().saturating_add(T::WeightInfo::execute_slash());
        ensure!(T::MaxSlashWeight::get().all_gte(slash), "the budget must bear a slash");
        let least = T::Currency::minimum_balance();
        ensure!(T::OperatorFloat::get() >= least, "the float must make an account");
        ensure!(T::MinBond::get() >= least && T::MinBacking::get() >= least, "a bond must not be dust");
        ensure!(T::MaxUnbondingChunks::get() > 0, "no backing could be withdrawn");
        ensure!(T::MaxBackedProviders::get() > 0, "nobody could be backed");
        ensure!(T::DefaultCommission::get() <= T::MaxCommission::get(), "a new provider's commission is too high");
        let per_slot = T::BondPerSlot::get().checked_mul(&T::MaxSlots::get().into());
        ensure!(per_slot.and_then(|bond| bond.checked_add(&T::MinBond::get())).is_some(), "the largest bond overflows");
        Ok(())
    }
}
