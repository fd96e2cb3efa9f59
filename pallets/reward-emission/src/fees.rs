//! The fee of a paid job: a part is burned and counted for those who computed it, the rest is the treasury's and the block author's.

use crate::{BalanceOf, Config, CreditOf, Event, Pallet};
use frame_support::{
    defensive,
    traits::{fungible::Balanced, Get, Imbalance, OnUnbalanced},
};
use hearth_primitives::{reward::FeeSink, ProviderId};
use sp_runtime::traits::{CheckedDiv, Zero};

impl<T: Config> FeeSink<CreditOf<T>> for Pallet<T> {
    fn take(fee: CreditOf<T>, earners: &[ProviderId]) {
        let (split, all) = (T::FeeSplit::get(), fee.peek());
        let (burn, rest) = fee.split(split.burn.mul_floor(all));
        // The author's part is rounded as well, so that the treasury gets what rounding leaves.
        let (author, treasury) = rest.split(split.author().mul_floor(all));
        Self::deposit_event(Event::FeeTaken { burned: burn.peek(), treasury: treasury.peek(), author: author.peek() });

        Self::count_burned(burn.peek(), earners);
        drop(burn);
        T::Author::on_unbalanced(author);
        // Nothing cannot be paid to an account that does not exist.
        if !treasury.peek().is_zero() && T::Currency::resolve(&T::Treasury::get(), treasury).is_err() {
            defensive!("the treasury cannot take its part of a fee, which is burned");
        }
    }
}

impl<T: Config> Pallet<T> {
    /// Counts what was burned, in equal parts rounded down, as work of `earners`. The market vouches that they are registered.
    fn count_burned(burned: BalanceOf<T>, earners: &[ProviderId]) {
        let Some(each) = burned.checked_div(&BalanceOf::<T>::from(earners.len() as u32)) else { return };
        for provider in earners {
            Self::count_work(*provider, 0, each);
        }
    }
}
