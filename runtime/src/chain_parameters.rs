//! Numbers that differ from chain to chain although every chain runs the same WASM. Set at genesis; governance will own them.

pub use pallet::*;

#[frame_support::pallet]
pub mod pallet {
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::BlockNumberFor;
    use sp_runtime::traits::Zero;
    use sp_staking::{EraIndex, SessionIndex};

    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// Blocks from agreement to payment, where genesis says nothing else.
        #[pallet::constant]
        type DefaultAcceptedWindow: Get<BlockNumberFor<Self>>;

        /// Slots in an epoch of BABE, which is also a session, where genesis says nothing else.
        #[pallet::constant]
        type DefaultEpochSlots: Get<u64>;

        /// Sessions in an era, where genesis says nothing else.
        #[pallet::constant]
        type DefaultSessionsPerEra: Get<SessionIndex>;

        /// Eras between a validator's offence and its slash, where genesis says nothing else.
        #[pallet::constant]
        type DefaultSlashDeferral: Get<EraIndex>;

        /// Blocks from one capability challenge to the next, on average, where genesis says nothing else.
        #[pallet::constant]
        type DefaultChallengePeriod: Get<BlockNumberFor<Self>>;

        /// Blocks in a day of governance, where genesis says nothing else.
        #[pallet::constant]
        type DefaultGovernanceDay: Get<BlockNumberFor<Self>>;
    }

    /// Blocks from agreement to payment. Updated at genesis only.
    #[pallet::storage]
    pub type AcceptedWindow<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery, <T as Config>::DefaultAcceptedWindow>;

    /// Slots in an epoch. Updated at genesis only: BABE counts slots by it, so another value on a living chain would stop it.
    #[pallet::storage]
    pub type EpochSlots<T: Config> = StorageValue<_, u64, ValueQuery, <T as Config>::DefaultEpochSlots>;

    /// Sessions in an era. Updated at genesis only.
    #[pallet::storage]
    pub type SessionsPerEra<T: Config> = StorageValue<_, SessionIndex, ValueQuery, <T as Config>::DefaultSessionsPerEra>;

    /// Eras between a validator's offence and its slash. Updated at genesis only.
    #[pallet::storage]
    pub type SlashDeferral<T: Config> = StorageValue<_, EraIndex, ValueQuery, <T as Config>::DefaultSlashDeferral>;

    /// Blocks from one capability challenge to the next, on average. Updated at genesis only.
    #[pallet::storage]
    pub type ChallengePeriod<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery, <T as Config>::DefaultChallengePeriod>;

    /// Blocks in a day of governance, by which its periods are measured. Updated at genesis only.
    #[pallet::storage]
    pub type GovernanceDay<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery, <T as Config>::DefaultGovernanceDay>;

    /// Whether calls of Sudo are let through. Updated at genesis only.
    #[pallet::storage]
    pub type SudoAllowed<T> = StorageValue<_, bool, ValueQuery>;

    /// Where this chain differs from the defaults.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Blocks from agreement to payment.
        pub accepted_window: Option<BlockNumberFor<T>>,
        /// Slots in an epoch.
        pub epoch_slots: Option<u64>,
        /// Sessions in an era.
        pub sessions_per_era: Option<SessionIndex>,
        /// Eras between a validator's offence and its slash.
        pub slash_deferral: Option<EraIndex>,
        /// Blocks from one capability challenge to the next, on average.
        pub challenge_period: Option<BlockNumberFor<T>>,
        /// Blocks in a day of governance.
        pub governance_day: Option<BlockNumberFor<T>>,
        /// Whether calls of Sudo are let through: for development alone.
        pub sudo_allowed: Option<bool>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            assert!(self.epoch_slots != Some(0) && self.sessions_per_era != Some(0), "an epoch and an era need a length");
            assert!(self.slash_deferral != Some(0), "a slash needs an era in which it can be cancelled: slashDeferral is 1 at least");
            assert!(self.challenge_period != Some(Zero::zero()), "challenges need time between them");
            assert!(self.governance_day != Some(Zero::zero()), "a day of governance needs a length");
            self.challenge_period.inspect(|period| ChallengePeriod::<T>::put(period));
            self.governance_day.inspect(|day| GovernanceDay::<T>::put(day));
            self.sudo_allowed.inspect(|allowed| SudoAllowed::<T>::put(allowed));
            self.accepted_window.inspect(|window| AcceptedWindow::<T>::put(window));
            self.epoch_slots.inspect(|slots| EpochSlots::<T>::put(slots));
            self.sessions_per_era.inspect(|sessions| SessionsPerEra::<T>::put(sessions));
            self.slash_deferral.inspect(|eras| SlashDeferral::<T>::put(eras));
        }
    }
}

/// A number from the chain's state, as a [`Get`](frame_support::traits::Get).
macro_rules! stored {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $item:ident;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl frame_support::traits::Get<$type> for $name {
            fn get() -> $type {
                $item::<crate::Runtime>::get()
            }
        }
    )*};
}

stored! {
    /// This chain's blocks from agreement to payment.
    ChainAcceptedWindow: crate::BlockNumber = AcceptedWindow;
    /// This chain's slots in an epoch.
    ChainEpochSlots: u64 = EpochSlots;
    /// This chain's sessions in an era.
    ChainSessionsPerEra: sp_staking::SessionIndex = SessionsPerEra;
    /// This chain's eras between a validator's offence and its slash.
    ChainSlashDeferral: sp_staking::EraIndex = SlashDeferral;
    /// This chain's blocks from one capability challenge to the next, on average.
    ChainChallengePeriod: crate::BlockNumber = ChallengePeriod;
    /// Whether this chain lets calls of Sudo through.
    ChainSudoAllowed: bool = SudoAllowed;
    /// This chain's blocks in a day of governance.
    ChainGovernanceDay: crate::BlockNumber = GovernanceDay;
}
