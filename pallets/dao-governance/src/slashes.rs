//! Appeals against slashes: while a slash is deferred, holders on the track of [`Origin::SlashCanceller`] can take it away. Whoever appeals
//! submits such a referendum; its deposits are the bond of the appeal.

use crate::{Authority, Config, DeferredSlashes, Error, Event, Origin, Pallet};
use frame_support::{dispatch::DispatchResult, ensure};
use hearth_primitives::governance::SlashId;
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_cancel_slash(authority: Authority, slash: SlashId) -> DispatchResult {
        let may = matches!(authority, Authority::Root | Authority::Holders(Origin::SlashCanceller));
        ensure!(may, DispatchError::BadOrigin);
        ensure!(T::Slashes::cancel(slash), Error::<T>::UnknownSlash);
        Self::deposit_event(Event::SlashCancelled { slash });
        Ok(())
    }
}
