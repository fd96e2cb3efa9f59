//! The emergency brake: a pause of new jobs, of one model, or of slashing, for a bounded time. It ends by itself, and what was paused rests
//! for as long as the longest pause: who gains by a pause cannot string one to the next. Only Root goes on pausing.

use crate::{Authority, Config, Error, Event, Origin, Pallet, Pauses};
use frame_support::{dispatch::DispatchResult, ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::{
    governance::{Brake, Pause},
    ModelId,
};
use sp_runtime::{
    traits::{Saturating, Zero},
    DispatchError,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_pull_brake(authority: Authority, pause: Pause, blocks: BlockNumberFor<T>) -> DispatchResult {
        Self::ensure_braker(authority)?;
        ensure!(!blocks.is_zero() && blocks <= T::MaxPause::get(), Error::<T>::BadPause);
        let now = frame_system::Pallet::<T>::block_number();
        let until = now.saturating_add(blocks);
        Pauses::<T>::try_mutate(|pauses| {
            let known = pauses.iter().position(|(paused, _)| *paused == pause);
            ensure!(known.is_none() || authority == Authority::Root, Error::<T>::PausedLately);
            if let Some(place) = known {
                pauses.remove(place);
            }
            pauses.try_push((pause, until)).map_err(|_| Error::<T>::TooManyPauses)
        })?;
        Self::deposit_event(Event::BrakePulled { pause, until });
        Ok(())
    }

    pub(crate) fn do_release_brake(authority: Authority, pause: Pause) -> DispatchResult {
        Self::ensure_braker(authority)?;
        let now = frame_system::Pallet::<T>::block_number();
        Pauses::<T>::try_mutate(|pauses| {
            let lasting = pauses.iter_mut().find(|(paused, until)| *paused == pause && *until > now);
            let (_, until) = lasting.ok_or(Error::<T>::NotPaused)?;
            *until = now;
            Self::deposit_event(Event::BrakeReleased { pause });
            Ok(())
        })
    }

    /// Tells of the pauses that end with `now`, and forgets those that have rested; returns how many of both.
    pub(crate) fn end_pauses(now: BlockNumberFor<T>) -> u32 {
        let pauses = Pauses::<T>::get();
        if pauses.is_empty() {
            return 0;
        }
        let mut ended = 0u32;
        // What was released before its time was told of then.
        for (pause, _) in pauses.iter().filter(|(_, until)| *until == now) {
            ended.saturating_inc();
            Self::deposit_event(Event::BrakeReleased { pause: *pause });
        }
        let rest = T::MaxPause::get();
        let rested = |until: BlockNumberFor<T>| until.saturating_add(rest) <= now;
        let forgotten = pauses.iter().filter(|(_, until)| rested(*until)).count() as u32;
        if forgotten > 0 {
            Pauses::<T>::mutate(|pauses| pauses.retain(|(_, until)| !rested(*until)));
        }
        ended.saturating_add(forgotten)
    }

    fn ensure_braker(authority: Authority) -> DispatchResult {
        ensure!(matches!(authority, Authority::Root | Authority::Holders(Origin::Emergency)), DispatchError::BadOrigin);
        Ok(())
    }

    fn is_paused(pauses: &[Pause]) -> bool {
        // One that ends now ends before anything else of the block.
        let now = frame_system::Pallet::<T>::block_number();
        Pauses::<T>::get().iter().any(|(pause, until)| *until > now && pauses.contains(pause))
    }
}

impl<T: Config> Brake for Pallet<T> {
    fn pauses_jobs(model: ModelId) -> bool {
        Self::is_paused(&[Pause::NewJobs, Pause::Model(model)])
    }

    fn pauses_slashing() -> bool {
        Self::is_paused(&[Pause::Slashing])
    }
}
