//! Whose decision a call is: the origins that referenda give, and how other pallets ask for one.

use crate::{BalanceOf, Config, Origin};
use core::marker::PhantomData;
use frame_support::traits::{CallerTrait, EnsureOrigin, Get, OriginTrait};
use sp_runtime::traits::Bounded;

impl Origin {
    /// The track of the referenda that give it. Root's is [`crate::ROOT_TRACK`].
    pub const fn track(&self) -> u16 {
        match self {
            Self::MarketParams => 10,
            Self::EmissionParams => 11,
            Self::ModelCurator => 12,
            Self::SmallSpender => 20,
            Self::BigSpender => 21,
            Self::SlashCanceller => 30,
            Self::Emergency => 40,
        }
    }
}

/// The origin among this pallet's own that `origin` is, if it is one.
fn own<O: OriginTrait<PalletsOrigin: TryInto<Origin>>>(origin: &O) -> Option<Origin> {
    TryInto::<Origin>::try_into(origin.caller().clone()).ok()
}

/// In whose name a call of this pallet is made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Authority {
    /// Root's: all holders', on the strictest track.
    Root,
    /// In that of the holders on one of the other tracks.
    Holders(Origin),
}

/// Passes Root and this pallet's own origins.
pub struct EnsureAuthority;

impl<O: OriginTrait<PalletsOrigin: TryInto<Origin>>> EnsureOrigin<O> for EnsureAuthority {
    type Success = Authority;

    fn try_origin(origin: O) -> Result<Self::Success, O> {
        match own(&origin) {
            Some(own) => Ok(Authority::Holders(own)),
            None if origin.caller().is_root() => Ok(Authority::Root),
            None => Err(origin),
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<O, ()> {
        Ok(O::root())
    }
}

/// Passes who chooses the model of capability challenges.
pub struct EnsureModelCurator;

impl<O: OriginTrait<PalletsOrigin: TryInto<Origin>> + From<Origin>> EnsureOrigin<O> for EnsureModelCurator {
    type Success = ();

    fn try_origin(origin: O) -> Result<Self::Success, O> {
        if own(&origin) == Some(Origin::ModelCurator) {
            Ok(())
        } else {
            Err(origin)
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<O, ()> {
        Ok(Origin::ModelCurator.into())
    }
}

/// Passes who may spend from the treasury, with the most that it may spend at once: [`Config::SmallSpendLimit`],
/// [`Config::BigSpendLimit`], or whatever there is for Root.
pub struct EnsureSpender<T>(PhantomData<T>);

impl<T: Config, O: OriginTrait<PalletsOrigin: TryInto<Origin>> + From<Origin>> EnsureOrigin<O> for EnsureSpender<T> {
    type Success = BalanceOf<T>;

    fn try_origin(origin: O) -> Result<Self::Success, O> {
        match own(&origin) {
            Some(Origin::SmallSpender) => Ok(T::SmallSpendLimit::get()),
            Some(Origin::BigSpender) => Ok(T::BigSpendLimit::get()),
            None if origin.caller().is_root() => Ok(BalanceOf::<T>::max_value()),
            _ => Err(origin),
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<O, ()> {
        Ok(Origin::BigSpender.into())
    }
}
