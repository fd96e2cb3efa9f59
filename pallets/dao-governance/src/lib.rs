//! # DAO governance
//!
//! What this chain adds to the SDK's governance pallets: the origins that its holders' referenda give, the tracks by which they are decided,
//! and rails around the numbers that they may change. Votes, locks, delegation, enactment and preimages are
//! `pallet-conviction-voting`'s, `pallet-referenda`'s, `pallet-scheduler`'s and `pallet-preimage`'s; values of parameters are
//! `pallet-parameters`'.
//!
//! ## Terminology
//! - **Holder**: an account with tokens. Its votes weigh by conviction: by how long it agrees to be locked if it wins.
//! - **Origin**: in whose name a referendum's call is made. Each may do one kind of thing; Root may do everything.
//! - **Track**: how an origin's referenda are decided: deposit, periods, and the approval and support that they need.
//! - **Day**: so many blocks, by which all periods are measured: fewer where people wait for tests.
//! - **Parameter**: a number of the chain that is governed. Its *guardian* is the origin that may set it, besides Root.
//! - **Bound**: between which numbers a parameter stays. Only Root moves it.
//! - **Provider house**: all providers. Each has a *voice*: its bond, as far as its standing carries.
//! - **Change**: a parameter's value that holders passed and that comes into force at the end of its *window*, unless the house stops it.
//!
//! ## Scenarios
//! 1. *A referendum.* Anybody submits a call for an origin, against a deposit. Somebody places the track's decision deposit; when the
//!    preparation is over, and the track is free, it is decided: as soon as approval and support have lain above the track's curves for the
//!    confirmation period, the call is scheduled and made in the origin's name. If that does not come before the decision period ends, it is
//!    rejected.
//! 2. *The wrong origin.* A call is submitted under an origin that may not make it: the referendum can pass, and the call fails then.
//! 3. *A parameter.* A referendum of the parameter's guardian passes. The window opens, no provider minds, and in its last block the value
//!    comes into force: the event names the old and the new one. Had it been outside of its bound ([`Error::OutOfBounds`]), or not sound
//!    together with all others ([`Error::Unsound`]), nothing would have changed. What Root decides does not wait.
//! 4. *Around the rails.* Somebody sets a parameter by a call of `pallet-parameters`. It fails in whatever name it is made, Root's too, and in
//!    any that Root takes on: that pallet's origin is nobody's, and this one writes where it keeps the values. What no rail stands against is
//!    another runtime.
//! 5. *Conflict.* Holders pass a change that makes providers poorer. Owners of providers call `object`; each may take its objection back as
//!    long as the window is open. At its end the voices against are [`Config::HouseThreshold`] of all, of those that there were and of those
//!    that there are: the change is gone.
//! 6. *An appeal.* A validator is reported for what it did not do, or a jury convicts a provider wrongly, and the slash is deferred. Its
//!    victim submits a referendum that cancels the slash, by its [`SlashId`](hearth_primitives::governance::SlashId), and holders agree before
//!    it is due: it can never be executed.
//! 7. *A budget.* Spenders promise somebody an amount every month, or one for each milestone. Whatever is due can be claimed from the
//!    treasury, by anybody for the beneficiary. Its maker, or Root, stops it: what was due by then can still be claimed, and nothing more.
//! 8. *The brake.* Something is wrong with a model. A referendum of [`Origin::Emergency`] pauses it for some hours; no job of it is submitted.
//!    The pause ends by itself.
//! 9. *Conflict.* Whose slash is due has many votes, and slashing is paused. When the pause ends they would pause it again
//!    ([`Error::PausedLately`]): it rests for as long as the longest pause, and the slash is executed, because its stake is bonded for longer.
//!
//! ## Rooms
//! | file | holds |
//! |---|---|
//! | `origins` | what calls and other pallets accept |
//! | `tracks` | how each origin's referenda are decided |
//! | `house` | changes, their windows, and the provider house |
//! | `slashes` | appeals against slashes |
//! | `budgets`, `payouts` | promises out of the treasury; what is due of them (pure) |
//! | `brake` | pauses |
//! | `types` | records, and when a change is stopped (pure) |
//! | `rails` | who sets a parameter, and within which bounds |
//! | `traits`, `weights` | what a runtime supplies; weights |
//! | `views`, `outlook` | what the runtime API shows; what a referendum lacks (pure) |
//! | `try_state` | the invariants |

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use origins::{Authority, EnsureAuthority, EnsureModelCurator, EnsureSpender};
pub use outlook::Standing;
pub use pallet::*;
pub use payouts::{Budget, Plan, MAX_MILESTONES};
pub use tracks::{hours_in_blocks, Tracks, ROOT_TRACK};
#[cfg(feature = "runtime-benchmarks")]
pub use traits::BenchmarkHelper;
pub use traits::{DeferredSlashes, Description, GovernedParameters, KeyAmong, ValueAmong};
pub use types::{Change, CLEAR_LIMIT, MAX_BUDGETS, MAX_CHANGES, MAX_PAUSES};
pub use weights::WeightInfo;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod brake;
mod budgets;
mod house;
#[cfg(test)]
mod mock;
mod origins;
mod outlook;
mod payouts;
mod rails;
mod slashes;
#[cfg(test)]
mod tests;
mod tracks;
mod traits;
#[cfg(any(feature = "try-runtime", test))]
mod try_state;
mod types;
mod views;
pub mod weights;

use frame_support::traits::{fungible, OriginTrait};

/// The balance of the treasury's currency.
pub type BalanceOf<T> = <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// An origin without the filter of calls around it.
pub type PalletsOriginOf<T> = <<T as frame_system::Config>::RuntimeOrigin as OriginTrait>::PalletsOrigin;

/// A parameter and the value that it is to have.
pub type KeyValueOf<T> = <<T as Config>::Parameters as GovernedParameters>::KeyValue;

/// The key of a parameter.
pub type KeyOf<T> = KeyAmong<<T as Config>::Parameters>;

/// The value of a parameter.
pub type ValueOf<T> = ValueAmong<<T as Config>::Parameters>;

/// A change, in this runtime.
pub type ChangeOf<T> = Change<KeyValueOf<T>, BalanceOf<T>, frame_system::pallet_prelude::BlockNumberFor<T>>;

/// What a budget promises, in this runtime.
pub type PlanOf<T> = Plan<BalanceOf<T>, frame_system::pallet_prelude::BlockNumberFor<T>>;

/// A budget, in this runtime.
pub type BudgetOf<T> = Budget<<T as frame_system::Config>::AccountId, BalanceOf<T>, frame_system::pallet_prelude::BlockNumberFor<T>>;

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::vec::Vec;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;
    use hearth_primitives::{
        governance::{Bound, BudgetId, ChangeId, Maker, ParameterInfo, Pause, ProviderHouse, SlashId},
        ProviderId,
    };
    use sp_runtime::{traits::Zero, Perbill};

    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// The treasury's currency.
        type Currency: fungible::Mutate<Self::AccountId>;

        /// The treasury's account.
        type Treasury: Get<Self::AccountId>;

        /// Tells in whose name a call is made: [`EnsureAuthority`].
        type Origins: EnsureOrigin<Self::RuntimeOrigin, Success = Authority>;

        /// The numbers that are governed.
        type Parameters: GovernedParameters;

        /// All providers, who can stop a change together.
        type House: ProviderHouse<Self::AccountId, BalanceOf<Self>>;

        /// The slashes that are deferred.
        type Slashes: DeferredSlashes<Self::AccountId, BalanceOf<Self>>;

        /// Blocks for which a change waits for the house, and what challenges will run is known before they do.
        type HouseWindow: Get<BlockNumberFor<Self>>;

        /// The part of all voices that stops a change.
        type HouseThreshold: Get<Perbill>;

        /// The voices by which a smaller house is measured: whoever comes first is no veto.
        #[pallet::constant]
        type HouseMinimum: Get<BalanceOf<Self>>;

        /// One token, in which deposits are measured.
        type Unit: Get<BalanceOf<Self>>;

        /// Blocks in a day of governance.
        type Day: Get<BlockNumberFor<Self>>;

        /// The most that a small spender may spend at once.
        type SmallSpendLimit: Get<BalanceOf<Self>>;

        /// The most that a big spender may spend at once.
        type BigSpendLimit: Get<BalanceOf<Self>>;

        /// The longest pause, in blocks; and for how long what was paused rests.
        type MaxPause: Get<BlockNumberFor<Self>>;

        /// The calls' weights.
        type WeightInfo: WeightInfo;

        /// Sets the scene of the benchmarks.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
    }

    #[pallet::extra_constants]
    impl<T: Config> Pallet<T> {
        /// What every governed parameter is, with the bounds that stand in code. The bounds in force are in the runtime API.
        #[pallet::constant_name(GovernedParameters)]
        fn governed_parameters() -> Vec<ParameterInfo> {
            Self::parameter_infos()
        }
    }

    /// In whose name a referendum's call is made, besides Root.
    #[pallet::origin]
    #[derive(Clone, Copy, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
    pub enum Origin {
        /// The numbers of the market and of the registry.
        #[codec(index = 0)]
        MarketParams,
        /// The numbers of what is minted and of fees.
        #[codec(index = 1)]
        EmissionParams,
        /// The model that capability challenges run, not whether there are any; and which models are calibrated, so that wrong results of
        /// them are slashed.
        #[codec(index = 2)]
        ModelCurator,
        /// Payments from the treasury, up to a small limit.
        #[codec(index = 3)]
        SmallSpender,
        /// Payments from the treasury, up to a big limit.
        #[codec(index = 4)]
        BigSpender,
        /// The end of a deferred slash.
        #[codec(index = 5)]
        SlashCanceller,
        /// The brake.
        #[codec(index = 6)]
        Emergency,
    }

    /// The bounds that Root has moved: for each parameter one at most. Updated in: `set_bound`.
    #[pallet::storage]
    pub type Bounds<T: Config> = StorageMap<_, Blake2_128Concat, KeyOf<T>, Bound>;

    /// The number of the next change. Updated in: `set_parameter`.
    #[pallet::storage]
    pub type NextChange<T> = StorageValue<_, ChangeId, ValueQuery>;

    /// The changes that wait for the house, oldest first. Updated in: `set_parameter`, `object`, and in the block in which a window ends.
    #[pallet::storage]
    pub type Changes<T: Config> = StorageValue<_, BoundedVec<(ChangeId, ChangeOf<T>), ConstU32<MAX_CHANGES>>, ValueQuery>;

    /// Who objects to which change, with the voice that it had then: one entry for each provider at most. Updated in: `object`; removed in the
    /// block in which the window ends, and in `clear_objections` where there are more than [`CLEAR_LIMIT`].
    #[pallet::storage]
    pub type Objections<T: Config> = StorageDoubleMap<_, Twox64Concat, ChangeId, Twox64Concat, ProviderId, BalanceOf<T>>;

    /// The number of the next budget. Updated in: `create_budget`.
    #[pallet::storage]
    pub type NextBudget<T> = StorageValue<_, BudgetId, ValueQuery>;

    /// The budgets from which something can be claimed, now or later: [`MAX_BUDGETS`] at most. Updated in: `create_budget`,
    /// `reach_milestone`, `claim_budget`, `stop_budget`; removed in the last three.
    #[pallet::storage]
    pub type Budgets<T: Config> = CountedStorageMap<_, Twox64Concat, BudgetId, BudgetOf<T>>;

    /// What is paused, each until a block, and what was paused within the time of the longest pause. Updated in: `pull_brake`,
    /// `release_brake`, and in the block in which something has rested for so long.
    #[pallet::storage]
    pub type Pauses<T: Config> = StorageValue<_, BoundedVec<(Pause, BlockNumberFor<T>), ConstU32<MAX_PAUSES>>, ValueQuery>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A parameter has another value.
        ParameterSet {
            /// The parameter.
            key: KeyOf<T>,
            /// The value that was in force.
            old: ValueOf<T>,
            /// The value that is.
            new: ValueOf<T>,
        },
        /// Holders passed a change; the house may stop it.
        ChangeOpened {
            /// The change.
            change: ChangeId,
            /// The parameter and the value that it is to have.
            key_value: KeyValueOf<T>,
            /// The block in which it comes into force.
            until: BlockNumberFor<T>,
        },
        /// A provider objected to a change, or took that back.
        Objected {
            /// The change.
            change: ChangeId,
            /// The provider.
            provider: ProviderId,
            /// Whether it objects.
            objects: bool,
            /// All voices against the change.
            against: BalanceOf<T>,
        },
        /// The house stopped a change.
        ChangeStopped {
            /// The change.
            change: ChangeId,
            /// The voices against it.
            against: BalanceOf<T>,
            /// What they are measured by: all voices when the window began or when it ended, or [`Config::HouseMinimum`].
            total: BalanceOf<T>,
        },
        /// A change came into force.
        ChangeEnacted {
            /// The change.
            change: ChangeId,
        },
        /// A change cannot come into force any more.
        ChangeFailed {
            /// The change.
            change: ChangeId,
            /// Why.
            error: DispatchError,
        },
        /// A deferred slash will never be executed.
        SlashCancelled {
            /// The slash.
            slash: SlashId,
        },
        /// A budget was made.
        BudgetCreated {
            /// The budget.
            budget: BudgetId,
            /// In whose name.
            maker: Maker,
            /// Who is paid.
            beneficiary: T::AccountId,
            /// All that it promises.
            promised: BalanceOf<T>,
        },
        /// A milestone of a budget is reached; its amount is due.
        MilestoneReached {
            /// The budget.
            budget: BudgetId,
        },
        /// What was due of a budget was paid.
        BudgetPaid {
            /// The budget.
            budget: BudgetId,
            /// Who was paid.
            beneficiary: T::AccountId,
            /// How much.
            amount: BalanceOf<T>,
        },
        /// Nothing more becomes due of a budget.
        BudgetStopped {
            /// The budget.
            budget: BudgetId,
            /// What can still be claimed.
            due: BalanceOf<T>,
        },
        /// Nothing can be claimed of a budget any more.
        BudgetEnded {
            /// The budget.
            budget: BudgetId,
        },
        /// The brake was pulled; by Root perhaps anew.
        BrakePulled {
            /// What is paused.
            pause: Pause,
            /// The block in which it ends by itself.
            until: BlockNumberFor<T>,
        },
        /// A pause is over. As long as the longest pause only Root can pause the same again.
        BrakeReleased {
            /// What was paused.
            pause: Pause,
        },
        /// A parameter has another bound.
        BoundSet {
            /// The parameter.
            key: KeyOf<T>,
            /// The bound that was in force.
            old: Bound,
            /// The bound that is.
            new: Bound,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// The parameter's value lies outside of the bound.
        BadBound,
        /// A pause lasts a block at least, and no longer than the chain allows.
        BadPause,
        /// The budget promises less than a token.
        BudgetTooSmall,
        /// The treasury cannot pay now, or the beneficiary's account could not hold so little.
        CannotPay,
        /// The change still waits for the house.
        ChangeOpen,
        /// The budget promises nothing, or more than there can be, or its first instalments have no block.
        EmptyBudget,
        /// Every number of a change, or of a budget, has been given.
        NoIdLeft,
        /// The account owns no provider, or it has left.
        NoMember,
        /// Every milestone of the budget is reached, or it has none.
        NoMilestone,
        /// It is not paused.
        NotPaused,
        /// Nothing is due of the budget.
        NothingDue,
        /// The provider has not shown yet that it does valid work: it has no voice.
        NoVoice,
        /// The provider objects already, or does not object.
        NothingNew,
        /// Nobody's objection is left.
        NothingToClear,
        /// The value lies outside of the parameter's bound.
        OutOfBounds,
        /// More than the spender may promise at once.
        OverLimit,
        /// It is paused, or was within the time of the longest pause: only Root pauses it for longer.
        PausedLately,
        /// The budget is stopped.
        Stopped,
        /// There are as many budgets as can be.
        TooManyBudgets,
        /// As many changes wait for the house as can.
        TooManyChanges,
        /// As much is paused, or was lately, as can be.
        TooManyPauses,
        /// No such budget, or it has ended.
        UnknownBudget,
        /// No such change, or its window has ended.
        UnknownChange,
        /// No such slash is deferred: it was executed, or cancelled before.
        UnknownSlash,
        /// With this value the chain's parameters would contradict each other, and they do not now.
        Unsound,
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Gives a parameter a value within its bound; without one, the value with which the chain began. By Root at once; by the parameter's
        /// guardian at the end of a window in which the house can stop it.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::set_parameter().max(T::WeightInfo::open_change(T::House::counted())))]
        pub fn set_parameter(origin: OriginFor<T>, key_value: KeyValueOf<T>) -> DispatchResultWithPostInfo {
            Self::do_set_parameter(T::Origins::ensure_origin(origin)?, key_value)
        }

        /// Moves the bound of a parameter, whose value must lie within. By Root.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::set_bound())]
        pub fn set_bound(origin: OriginFor<T>, key: KeyOf<T>, bound: Bound) -> DispatchResult {
            ensure_root(origin)?;
            Self::do_set_bound(key, bound)
        }

        /// Objects to a change, or takes that back, in the name of the caller's provider.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::object())]
        pub fn object(origin: OriginFor<T>, change: ChangeId, objects: bool) -> DispatchResult {
            Self::do_object(ensure_signed(origin)?, change, objects)
        }

        /// Removes objections to a change whose window has ended, a bounded part per call. By anybody, free of charge.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::clear_objections())]
        pub fn clear_objections(origin: OriginFor<T>, change: ChangeId) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            Self::do_clear_objections(change)
        }

        /// Cancels a deferred slash. By Root or [`Origin::SlashCanceller`].
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::cancel_slash())]
        pub fn cancel_slash(origin: OriginFor<T>, slash: SlashId) -> DispatchResult {
            Self::do_cancel_slash(T::Origins::ensure_origin(origin)?, slash)
        }

        /// Promises `beneficiary` money of the treasury, a token at least and no more than the spender may spend at once, and nothing for the
        /// time before. By Root or a spender.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::create_budget())]
        pub fn create_budget(origin: OriginFor<T>, beneficiary: T::AccountId, plan: PlanOf<T>) -> DispatchResult {
            Self::do_create_budget(T::Origins::ensure_origin(origin)?, beneficiary, plan)
        }

        /// Says that the next milestone of a budget is reached. By Root or the budget's maker.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::reach_milestone())]
        pub fn reach_milestone(origin: OriginFor<T>, budget: BudgetId) -> DispatchResult {
            Self::do_reach_milestone(T::Origins::ensure_origin(origin)?, budget)
        }

        /// Pays all that is due of a budget to its beneficiary. Anybody may call it.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::claim_budget())]
        pub fn claim_budget(origin: OriginFor<T>, budget: BudgetId) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_claim_budget(budget)
        }

        /// Lets nothing more become due of a budget. By Root or the budget's maker.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::stop_budget())]
        pub fn stop_budget(origin: OriginFor<T>, budget: BudgetId) -> DispatchResult {
            Self::do_stop_budget(T::Origins::ensure_origin(origin)?, budget)
        }

        /// Pauses something for so many blocks from now. By Root; or by [`Origin::Emergency`], unless it is paused already or was within the
        /// time of the longest pause.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::pull_brake())]
        pub fn pull_brake(origin: OriginFor<T>, pause: Pause, blocks: BlockNumberFor<T>) -> DispatchResult {
            Self::do_pull_brake(T::Origins::ensure_origin(origin)?, pause, blocks)
        }

        /// Ends a pause before its time. By Root or [`Origin::Emergency`].
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::release_brake())]
        pub fn release_brake(origin: OriginFor<T>, pause: Pause) -> DispatchResult {
            Self::do_release_brake(T::Origins::ensure_origin(origin)?, pause)
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(now: BlockNumberFor<T>) -> Weight {
            let (settled, ended) = (Self::settle_changes(now), Self::end_pauses(now));
            let house = if settled > 0 { T::WeightInfo::count_house(T::House::counted()) } else { Weight::zero() };
            T::WeightInfo::begin_block()
                .saturating_add(house)
                .saturating_add(T::WeightInfo::settle_change().saturating_mul(settled.into()))
                .saturating_add(T::WeightInfo::end_pause().saturating_mul(ended.into()))
        }

        fn integrity_test() {
            assert!(!T::Day::get().is_zero(), "a day needs a block");
            assert!(!T::Unit::get().is_zero(), "deposits would be nothing");
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_now: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    impl<T: Config> Pallet<T> {
        /// So many hours of governance, in blocks.
        pub fn hours(hours: u32) -> BlockNumberFor<T> {
            hours_in_blocks(hours, T::Day::get())
        }
    }
}
