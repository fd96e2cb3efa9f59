//! Numbers of the market that differ from chain to chain although every chain runs the same WASM. Set at genesis; governance will own them.

pub use pallet::*;

#[frame_support::pallet]
pub mod pallet {
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::BlockNumberFor;

    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// Blocks from agreement to payment, where genesis says nothing else.
        #[pallet::constant]
        type DefaultAcceptedWindow: Get<BlockNumberFor<Self>>;
    }

    /// Blocks from agreement to payment. Updated at genesis only.
    #[pallet::storage]
    pub type AcceptedWindow<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery, <T as Config>::DefaultAcceptedWindow>;

    /// Where this chain differs from the defaults.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Blocks from agreement to payment.
        pub accepted_window: Option<BlockNumberFor<T>>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            if let Some(window) = self.accepted_window {
                AcceptedWindow::<T>::put(window);
            }
        }
    }
}
