//! # Reward emission
//!
//! The only place of the chain that mints. At the end of each era it mints by a curve and splits what it minted between those who stake,
//! providers, and the treasury; it shares the providers' part out by work; and it splits the fees of paid jobs.
//!
//! ## Terminology
//! - **Era**: the time from one call of [`sp_staking::EraPayout`] to the next. Counted here from zero, whatever Staking counts.
//! - **Age**: the sum of all eras' lengths, by which the rate falls: see [`Schedule`].
//! - **Staking pot, provider pot**: the two accounts, without a key, from which Staking's payouts and providers' claims are paid.
//! - **Points**: units of work that a provider proved in capability challenges.
//! - **Burned**: the part of a job's fee that was destroyed. It is counted in equal parts for the providers who computed the job, and is
//!   the most that the job can earn them beside its price.
//! - **Era pool**: what the providers of an ended era share, by points and by what they burned. A provider *settles* its work of the era
//!   by taking its share out; then the share is *claimable*.
//! - **Backers**: accounts with money behind somebody else's provider. When a provider settles, a part of its share is theirs: by what they
//!   have active of all that is at stake, less the owner's *commission*. It goes into the provider's *backer pool*, from which each of them
//!   is *credited* with its own part, and claims it.
//!
//! ## Who shares in an era
//! Those who have something at stake when the era ends. It is settled later, but before anything of the stakes changes: who backs after the
//! end has no part in it, who unbacks after the end has. Who backs within an era shares in all of it with the others, and who unbacks within
//! it in nothing. So one can come for the last block of a good era; but what comes stays for as long as unbonding takes, without earning
//! anything while it does.
//!
//! ## Scenarios
//! 1. *A good era.* Providers prove points and compute paid jobs. The era ends: 40 % of what is minted go to the staking pot, 45 % to the
//!    provider pot, 15 % to the treasury. Each provider's owner, or anybody for it, calls `claim` and is paid. Nothing iterates providers:
//!    a share waits in its era's pool, for as long as it takes, until the provider earns again or claims.
//! 2. *An idle era.* Nobody proved anything and no job was paid: nothing is minted into the provider pot, its part is the treasury's.
//! 3. *A chain that stood still.* An era took a week. It mints for no more than [`Config::MaxCatchUp`]; its age grows by the whole week.
//! 4. *Trading with oneself.* An owner pays its own provider for jobs. A part of each fee is burned, and paid jobs of an era never earn
//!    more than they burned: the owner loses the fee's other parts at least.
//! 5. *Leaving.* The registry forgets a provider. What ended eras owe it is divided, and the owner's part paid; the backers' waits for them.
//!    Its work of the era that runs is dropped.
//! 6. *A backer.* It backs a provider. Era after era its part grows without a write of its own; `claim_backing` pays all of it at once, and
//!    costs the same with one backer and with ten thousand. When it has withdrawn the last of its backing, the rest is paid unasked.
//! 7. *Staking pays.* Its payout creates money and this pallet destroys as much in the staking pot ([`FromStakingPot`]), so the issuance
//!    stays as it is. What can no longer be claimed is swept to the treasury ([`Pallet::sweep_staking`]).
//!
//! ## Rooms
//! | file | holds |
//! |---|---|
//! | `curve`, `pool`, `backers` | how much is minted; how an era is shared out; how a provider's share is divided (pure) |
//! | `types`, `traits`, `weights` | records and splits; what a runtime supplies; weights |
//! | `era` | the end of an era |
//! | `staking` | payouts of Staking from its pot |
//! | `fees` | the fee of a job |
//! | `numbers` | what its numbers must not be |
//! | `earnings` | work, settling, `claim`, and the end of a provider |
//! | `backing` | the backers' pools, crediting, `claim_backing` |
//! | `views` | what the runtime API shows |
//! | `try_state` | the invariants |

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use backers::{backers_part, BackerEarning, BackerPool};
pub use curve::{Schedule, YEAR};
pub use pallet::*;
pub use pool::{EraPool, Share};
pub use staking::{FromStakingPot, RemainderFromPot};
#[cfg(feature = "runtime-benchmarks")]
pub use traits::BenchmarkHelper;
pub use types::{Earning, EraRecord, FeeSplit, Split, Totals};
pub use weights::WeightInfo;

mod backers;
mod backing;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod curve;
mod earnings;
mod era;
mod fees;
#[cfg(test)]
mod mock;
mod numbers;
mod pool;
mod staking;
#[cfg(test)]
mod tests;
#[cfg(feature = "runtime-benchmarks")]
mod traits;
#[cfg(any(feature = "try-runtime", test))]
mod try_state;
mod types;
mod views;
pub mod weights;

use frame_support::traits::fungible;

/// The balance of the currency that is minted.
pub type BalanceOf<T> = <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// Money that belongs to nobody yet.
pub type CreditOf<T> = fungible::Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

/// Money that somebody has and that was not issued yet.
pub type DebtOf<T> = fungible::Debt<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

/// What a provider has earned, in this runtime.
pub type EarningOf<T> = Earning<BalanceOf<T>>;

/// What the backers of a provider share, in this runtime.
pub type BackerPoolOf<T> = BackerPool<BalanceOf<T>>;

/// What a backer has earned, in this runtime.
pub type BackerEarningOf<T> = BackerEarning<BalanceOf<T>>;

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::{pallet_prelude::*, traits::OnUnbalanced};
    use frame_system::pallet_prelude::*;
    use hearth_primitives::{
        reward::{EraIndex, ProviderStakes},
        ProviderId,
    };
    use sp_runtime::{
        traits::{AccountIdConversion, Zero},
        Perbill,
    };

    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// What is minted. Its balances must fit 128 bits.
        type Currency: fungible::Mutate<Self::AccountId> + fungible::Balanced<Self::AccountId>;

        /// From which the pots' accounts derive.
        #[pallet::constant]
        type PalletId: Get<frame_support::PalletId>;

        /// The treasury's account. It must exist.
        type Treasury: Get<Self::AccountId>;

        /// Gets the block author's part of fees.
        type Author: OnUnbalanced<CreditOf<Self>>;

        /// Says who is paid for a provider, and by which parts.
        type Stakes: ProviderStakes<Self::AccountId, BalanceOf<Self>>;

        /// How the yearly rate falls.
        #[pallet::constant]
        type Schedule: Get<crate::Schedule>;

        /// Who gets which part of what is minted.
        #[pallet::constant]
        type Split: Get<crate::Split>;

        /// What becomes of the fee of a job.
        #[pallet::constant]
        type FeeSplit: Get<crate::FeeSplit>;

        /// The part of the providers' part that paid jobs may earn at most; the rest is for proven capacity.
        #[pallet::constant]
        type JobShare: Get<Perbill>;

        /// The longest time for which the end of an era mints, in milliseconds.
        type MaxCatchUp: Get<u64>;

        /// For how many ended eras it can be asked what was minted. Reduced only together with a removal of the records beyond.
        #[pallet::constant]
        type HistoryDepth: Get<u32>;

        /// The weights of the calls, and of what other pallets make this one do.
        type WeightInfo: WeightInfo;

        /// Sets the scene of the benchmarks.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
    }

    /// The era that runs. Updated at the end of an era.
    #[pallet::storage]
    pub type CurrentEra<T> = StorageValue<_, EraIndex, ValueQuery>;

    /// The chain's age at the start of the era that runs, in milliseconds. Updated at the end of an era.
    #[pallet::storage]
    pub type Age<T> = StorageValue<_, u64, ValueQuery>;

    /// The totals of the era that runs. Updated when work is proven, a fee is taken, a provider is closed or the staking pot is swept;
    /// starts anew at the end of an era.
    #[pallet::storage]
    pub type Open<T: Config> = StorageValue<_, Totals<BalanceOf<T>>, ValueQuery>;

    /// What providers have earned and not been paid; nothing empty is stored. Updated when work is proven and a fee is taken; removed in
    /// `claim`, if there is no open work, and when a provider is closed.
    #[pallet::storage]
    pub type Earnings<T: Config> = StorageMap<_, Twox64Concat, ProviderId, EarningOf<T>>;

    /// The pools of ended eras that somebody has not taken its share of: no more than there are providers. Inserted at the end of an era;
    /// updated, and removed with the last share, whenever a provider settles: in `claim`, when it earns in a later era, and when it is
    /// closed.
    #[pallet::storage]
    pub type EraPools<T: Config> = StorageMap<_, Twox64Concat, EraIndex, EraPool<BalanceOf<T>>>;

    /// What the backers of a provider share; nothing empty is stored. Updated whenever the provider settles, and when a backer is credited:
    /// in `claim_backing` and before its backing changes; removed when somebody who backs alone is.
    #[pallet::storage]
    pub type BackerPools<T: Config> = StorageMap<_, Twox64Concat, ProviderId, BackerPoolOf<T>, ValueQuery>;

    /// What backers have earned and not been paid, and up to where they were credited; nothing empty is stored. Updated whenever a backer is
    /// credited; removed at the latest with the last of its backing.
    #[pallet::storage]
    pub type BackerEarnings<T: Config> =
        StorageDoubleMap<_, Twox64Concat, ProviderId, Blake2_128Concat, T::AccountId, BackerEarningOf<T>, ValueQuery>;

    /// The sum of what is claimable by owners and backers, with what lies in the backers' pools. Updated whenever a provider settles, and
    /// whenever somebody is paid.
    #[pallet::storage]
    pub type TotalClaimable<T: Config> = StorageValue<_, BalanceOf<T>, ValueQuery>;

    /// What became of the last [`Config::HistoryDepth`] ended eras. Inserted and removed at the end of an era.
    #[pallet::storage]
    pub type Eras<T: Config> = StorageMap<_, Twox64Concat, EraIndex, EraRecord<BalanceOf<T>>>;

    /// Checks that the pots exist.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// There is nothing to configure.
        #[serde(skip)]
        pub _config: core::marker::PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        /// With an endowment in them that is never paid out, the pots can hold any amount, however small, and be paid out to the last
        /// planck. A provider reference would not do instead: the currency accepts no balance below the existential deposit all the same.
        ///
        /// A genesis without any money has nothing to endow them from, and nothing to pay out either.
        fn build(&self) {
            if <T::Currency as fungible::Inspect<T::AccountId>>::total_issuance().is_zero() {
                return;
            }
            let least = <T::Currency as fungible::Inspect<T::AccountId>>::minimum_balance();
            for (name, pot) in [("staking", Pallet::<T>::staking_pot()), ("provider", Pallet::<T>::provider_pot())] {
                let balance = <T::Currency as fungible::Inspect<T::AccountId>>::balance(&pot);
                assert!(balance >= least, "the genesis must endow the {name} pot, {pot:?}, with the existential deposit");
            }
        }
    }

    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// An era ended.
        EraMinted {
            /// The era.
            era: EraIndex,
            /// All that was minted.
            minted: BalanceOf<T>,
            /// Minted into the staking pot.
            staking: BalanceOf<T>,
            /// Minted into the provider pot.
            providers: BalanceOf<T>,
            /// To the treasury: the rest of what was minted, and what was swept from the staking pot while the era ran.
            treasury: BalanceOf<T>,
        },
        /// An era was longer than the chain mints for at once.
        CatchUpCapped {
            /// Its length, in milliseconds.
            duration: u64,
            /// The time that was minted for.
            minted_for: u64,
        },
        /// The fee of a job was split.
        FeeTaken {
            /// Burned.
            burned: BalanceOf<T>,
            /// To the treasury.
            treasury: BalanceOf<T>,
            /// To the block's author.
            author: BalanceOf<T>,
        },
        /// A provider's rewards were paid.
        Claimed {
            /// The provider.
            provider: ProviderId,
            /// Who was paid.
            owner: T::AccountId,
            /// How much.
            amount: BalanceOf<T>,
        },
        /// A backer's rewards were paid.
        BackingClaimed {
            /// The provider.
            provider: ProviderId,
            /// Who was paid.
            backer: T::AccountId,
            /// How much.
            amount: BalanceOf<T>,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// Ended eras owe nothing, or nothing to this backer.
        NothingToClaim,
        /// There is no such provider.
        UnknownProvider,
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Pays all that ended eras owe a provider's owner. Anybody may call it.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::claim())]
        pub fn claim(origin: OriginFor<T>, provider: ProviderId) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_claim(provider)
        }

        /// Pays all that ended eras owe a backer of a provider. Anybody may call it, also when the provider is gone.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::claim_backing())]
        pub fn claim_backing(origin: OriginFor<T>, provider: ProviderId, backer: T::AccountId) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_claim_backing(provider, backer)
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert_eq!(Self::check_numbers(), Ok(()));
            assert!(Self::staking_pot() != Self::provider_pot(), "account ids are too short for two pots");
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_now: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    impl<T: Config> Pallet<T> {
        /// The account from which Staking's payouts are paid.
        pub fn staking_pot() -> T::AccountId {
            T::PalletId::get().into_sub_account_truncating("staking")
        }

        /// The account from which providers' claims are paid.
        pub fn provider_pot() -> T::AccountId {
            T::PalletId::get().into_sub_account_truncating("provider")
        }
    }
}
