//! What the runtime API shows.

use crate::{
    backers_part, Age, BackerEarnings, BackerPools, BalanceOf, Config, CurrentEra, EarningOf, Earnings, EraPools, EraRecord, Eras, Pallet,
};
use alloc::vec::Vec;
use frame_support::traits::Get;
use hearth_primitives::{
    reward::{EraIndex, EraView, ProviderStakes, RewardsView},
    ProviderId,
};
use sp_runtime::{
    traits::{Saturating, Zero},
    Perquintill,
};

impl<T: Config> Pallet<T> {
    /// The last `last` ended eras, as far as they are remembered, newest first.
    pub fn era_views(last: u32) -> Vec<EraView<BalanceOf<T>>> {
        let now = CurrentEra::<T>::get();
        let oldest = now.saturating_sub(last.min(T::HistoryDepth::get()));
        (oldest..now).rev().filter_map(|era| Eras::<T>::get(era).map(|record| view(era, record))).collect()
    }

    /// What a provider's owner can ask of its rewards. Nothing, if there is no such provider.
    pub fn rewards_of(provider: ProviderId) -> RewardsView<BalanceOf<T>> {
        let earning = Earnings::<T>::get(provider).unwrap_or_default();
        if earning.era == CurrentEra::<T>::get() {
            return RewardsView { claimable: earning.claimable, points: earning.points, burned: earning.burned };
        }
        let share = Self::unsettled(&earning);
        let own = share.saturating_sub(backers_part(share, &T::Stakes::stake_of(provider)));
        RewardsView { claimable: earning.claimable.saturating_add(own), points: 0, burned: Zero::zero() }
    }

    /// What a backer of a provider can claim.
    pub fn rewards_of_backer(provider: ProviderId, backer: &T::AccountId) -> BalanceOf<T> {
        let (stake, active) = (T::Stakes::stake_of(provider), T::Stakes::backing_of(provider, backer));
        let mut pool = BackerPools::<T>::get(provider);
        let share = Self::unsettled(&Earnings::<T>::get(provider).unwrap_or_default());
        pool.add(backers_part(share, &stake), stake.backed);
        let mut earning = BackerEarnings::<T>::get(provider, backer);
        earning.credit(&mut pool, active, stake.backed);
        earning.claimable
    }

    /// What settling would take out of the pool of an ended era.
    fn unsettled(earning: &EarningOf<T>) -> BalanceOf<T> {
        EraPools::<T>::get(earning.era).map(|mut pool| pool.take(earning.points, earning.burned)).unwrap_or_default()
    }

    /// The yearly rate at which the chain mints now.
    pub fn inflation() -> Perquintill {
        T::Schedule::get().rate(Age::<T>::get())
    }
}

fn view<B>(era: EraIndex, record: EraRecord<B>) -> EraView<B> {
    let EraRecord { duration, minted, staking, proven, jobs, treasury, burned, points } = record;
    EraView { era, duration, minted, staking, proven, jobs, treasury, burned, points }
}
