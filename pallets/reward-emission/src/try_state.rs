//! What must hold in every block: the provider pot covers what is owed, the totals are the sums of what providers and backers earned, and
//! backers' pools cover what is due to each.

use crate::{BackerEarnings, BackerPools, BalanceOf, Config, CurrentEra, Earnings, EraPools, Eras, Open, Pallet, TotalClaimable};
use alloc::collections::btree_map::BTreeMap;
use frame_support::{
    ensure,
    traits::{fungible::Inspect, Get},
};
use hearth_primitives::{
    reward::{EraIndex, ProviderStakes},
    ProviderId,
};
use sp_runtime::{
    traits::{Saturating, Zero},
    SaturatedConversion, TryRuntimeError,
};

type Check = Result<(), TryRuntimeError>;

/// The work of each era: points, and what was burned.
type WorkByEra<T> = BTreeMap<EraIndex, (u128, BalanceOf<T>)>;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_try_state() -> Check {
        let (work, by_owners) = Self::check_earnings()?;
        let claimable = by_owners.saturating_add(Self::check_backers()?).saturating_add(Self::check_backer_pools()?);
        ensure!(TotalClaimable::<T>::get() == claimable, "the total of what is claimable is not the sum");
        let pools = Self::check_pools(work)?;
        // Anybody can send money to the pot, and its endowment is never paid out: so it has no less, but may have more.
        let owed = pools.saturating_add(claimable).saturating_add(T::Currency::minimum_balance());
        ensure!(T::Currency::balance(&Self::provider_pot()) >= owed, "the provider pot does not cover what is owed");
        Self::check_history()
    }

    /// No earning is empty or of the future; returns the work in each era, and the sum of what is claimable.
    fn check_earnings() -> Result<(WorkByEra<T>, BalanceOf<T>), TryRuntimeError> {
        let (mut work, mut claimable) = (WorkByEra::<T>::new(), BalanceOf::<T>::zero());
        for earning in Earnings::<T>::iter_values() {
            ensure!(!earning.is_empty(), "an empty earning is stored");
            ensure!(earning.era <= CurrentEra::<T>::get(), "a provider worked in an era that has not come");
            claimable = claimable.saturating_add(earning.claimable);
            if earning.has_work() {
                let (points, burned) = work.entry(earning.era).or_default();
                *points = points.saturating_add(earning.points);
                *burned = burned.saturating_add(earning.burned);
            }
        }
        Ok((work, claimable))
    }

    /// No backer's earning is empty, and together no more is due to backers than their pools have; returns the sum of what they were credited
    /// with.
    fn check_backers() -> Result<BalanceOf<T>, TryRuntimeError> {
        let (mut due, mut claimable) = (BTreeMap::<ProviderId, BalanceOf<T>>::new(), BalanceOf::<T>::zero());
        for (provider, backer, mut earning) in BackerEarnings::<T>::iter() {
            ensure!(!earning.is_empty(), "an empty earning of a backer is stored");
            claimable = claimable.saturating_add(earning.claimable);
            let (active, mut pool) = (T::Stakes::backing_of(provider, &backer), BackerPools::<T>::get(provider));
            ensure!(active.is_zero() || earning.mark <= pool.per_unit, "a backer was credited with what has not come");
            let credited = earning.claimable;
            earning.credit(&mut pool, active, T::Stakes::stake_of(provider).backed);
            let sum = due.entry(provider).or_default();
            *sum = sum.saturating_add(earning.claimable.saturating_sub(credited));
        }
        for (provider, due) in due {
            ensure!(due <= BackerPools::<T>::get(provider).left, "backers are owed more than their pool has");
        }
        Ok(claimable)
    }

    /// No pool of backers is empty or nobody's; returns the sum of what they have.
    fn check_backer_pools() -> Result<BalanceOf<T>, TryRuntimeError> {
        let mut left = BalanceOf::<T>::zero();
        for (provider, pool) in BackerPools::<T>::iter() {
            ensure!(!pool.is_empty(), "an empty pool of backers is stored");
            ensure!(!T::Stakes::stake_of(provider).backed.is_zero(), "a pool of backers has no backers");
            left = left.saturating_add(pool.left);
        }
        Ok(left)
    }

    /// Each era with work has a pool for exactly this work, the one that runs its totals; returns the sum of what is left in the pools.
    fn check_pools(mut work: WorkByEra<T>) -> Result<BalanceOf<T>, TryRuntimeError> {
        let (now, open) = (CurrentEra::<T>::get(), Open::<T>::get());
        let done = work.remove(&now).unwrap_or_default();
        ensure!((open.points, open.burned) == done, "the totals of the era that runs are not the sums");
        let mut left = BalanceOf::<T>::zero();
        for (era, pool) in EraPools::<T>::iter() {
            ensure!(era < now, "an era that has not ended has a pool");
            ensure!(!pool.is_spent(), "a pool is stored from which nobody can take");
            let (points, burned) = work.remove(&era).unwrap_or_default();
            ensure!(pool.proven.weight == points, "a pool's points are not the sum");
            ensure!(pool.jobs.weight == burned.saturated_into::<u128>(), "what a pool's jobs burned is not the sum");
            ensure!(pool.jobs.left <= burned, "jobs earn more than they burned");
            ensure!(points > 0 || pool.proven.left.is_zero(), "a pool has money that is nobody's");
            left = left.saturating_add(pool.left());
        }
        ensure!(work.is_empty(), "a provider worked in an ended era that has no pool");
        Ok(left)
    }

    /// Only the last ended eras are remembered, and each record adds up.
    fn check_history() -> Check {
        ensure!(Eras::<T>::iter_keys().count() <= T::HistoryDepth::get() as usize, "too many eras are remembered");
        for (era, record) in Eras::<T>::iter() {
            ensure!(era < CurrentEra::<T>::get(), "an era is remembered that has not ended");
            let shared = record.staking.saturating_add(record.proven).saturating_add(record.jobs);
            ensure!(shared <= record.minted && record.jobs <= record.burned, "an era's record does not add up");
        }
        Ok(())
    }
}
