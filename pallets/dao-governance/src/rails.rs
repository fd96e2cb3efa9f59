//! Guard rails: who may set a parameter, between which bounds, and what all of them must be together.

use crate::{Authority, Bounds, Config, Error, Event, GovernedParameters, KeyOf, KeyValueOf, Origin, Pallet, WeightInfo};
use frame_support::{
    dispatch::{DispatchResult, DispatchResultWithPostInfo},
    ensure,
    traits::dynamic_params::AggregatedKeyValue,
};
use hearth_primitives::governance::{Bound, Guardian};
use sp_runtime::DispatchError;

/// Whether `authority` may set a parameter of `guardian`. Pure.
pub(crate) fn may_set(authority: Authority, guardian: Guardian) -> bool {
    match authority {
        Authority::Root => true,
        Authority::Holders(Origin::MarketParams) => guardian == Guardian::MarketParams,
        Authority::Holders(Origin::EmissionParams) => guardian == Guardian::EmissionParams,
        Authority::Holders(_) => false,
    }
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_set_parameter(authority: Authority, key_value: KeyValueOf<T>) -> DispatchResultWithPostInfo {
        let (key, _) = key_value.clone().into_parts();
        ensure!(may_set(authority, T::Parameters::describe(&key).guardian), DispatchError::BadOrigin);
        if authority == Authority::Root {
            Self::apply(key_value)?;
            Ok(Some(T::WeightInfo::set_parameter()).into())
        } else {
            Self::open_change(key_value)?;
            Ok(().into())
        }
    }

    /// Puts a value in force if the rails allow it. To be called in a storage layer, which takes back what was changed if they do not.
    ///
    /// Numbers that contradict each other already, as after an upgrade that asks more of them, are no reason to refuse: it may take several
    /// changes to mend them.
    pub(crate) fn apply(key_value: KeyValueOf<T>) -> DispatchResult {
        let (key, _) = key_value.clone().into_parts();
        let was_sound = T::Parameters::check().is_ok();
        let old = T::Parameters::value(&key);
        T::Parameters::set(key_value);
        let new = T::Parameters::value(&key);
        ensure!(Self::bound(&key).contains(T::Parameters::number(&new)), Error::<T>::OutOfBounds);
        ensure!(!was_sound || T::Parameters::check().is_ok(), Error::<T>::Unsound);
        Self::deposit_event(Event::ParameterSet { key, old, new });
        Ok(())
    }

    pub(crate) fn do_set_bound(key: KeyOf<T>, new: Bound) -> DispatchResult {
        ensure!(new.contains(T::Parameters::number(&T::Parameters::value(&key))), Error::<T>::BadBound);
        let old = Self::bound(&key);
        if new == T::Parameters::describe(&key).bound {
            Bounds::<T>::remove(&key);
        } else {
            Bounds::<T>::insert(&key, new);
        }
        Self::deposit_event(Event::BoundSet { key, old, new });
        Ok(())
    }

    /// The bound in force.
    pub fn bound(key: &KeyOf<T>) -> Bound {
        Bounds::<T>::get(key).unwrap_or_else(|| T::Parameters::describe(key).bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn may_set_only_what_is_ones_own() {
        let guardians = [Guardian::Root, Guardian::MarketParams, Guardian::EmissionParams];
        let may = |authority| guardians.map(|guardian| may_set(authority, guardian));
        assert_eq!(may(Authority::Root), [true; 3]);
        assert_eq!(may(Authority::Holders(Origin::MarketParams)), [false, true, false]);
        assert_eq!(may(Authority::Holders(Origin::EmissionParams)), [false, false, true]);
        for other in [Origin::ModelCurator, Origin::BigSpender, Origin::Emergency] {
            assert_eq!(may(Authority::Holders(other)), [false; 3]);
        }
    }
}
