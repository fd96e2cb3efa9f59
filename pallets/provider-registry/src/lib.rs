//! # Provider registry
//!
//! Who sells inference: bonds, operators' keys, slots, offers and standing; and who backs whom. The money is held from the owner under
//! [`HoldReason::Bond`] and stays the owner's. What jobs lock of a bond is a number inside the provider's record: one hold, many locks,
//! never more than stands behind the provider. What others bond behind it is held from them under [`HoldReason::Backing`] and can be
//! locked like the bond.
//!
//! ## Terminology
//! - **Owner**: the account that bonds and is paid. It owns at most one provider.
//! - **Operator**: the account whose key, in the node's keystore, reports for the provider. It can be changed; [`ProviderId`] never does.
//! - **Consent**: the operator's signature of [`Pallet::consent_message`], without which no key but the owner's own is bound to a provider.
//! - **Slot**: one job at a time. A provider with four slots weighs four times as much in a draw as one with a single slot.
//! - **Offer**: a provider's word that it runs a model for its *ask* or more. It stands since a block; draws for older jobs pass it over.
//! - **Seat**: what a capability challenge asks of a provider for each free slot, all at the same time. It is *filled* by a commitment in
//!   time that is opened, else *missed*. Who misses every seat is *offline*: its offers stand, and it is drawn for nothing until it fills
//!   one. Who misses some loses as many slots of its claim.
//! - **Place**: a provider's number among all that have not left, from which challenges draw.
//! - **Standing**: what a provider has shown. After [`Config::TrustedAfter`] in a row, of valid jobs of models whose content is slashed and
//!   of challenges that it passed, it may be the only replica of a job.
//! - **Backer**: an account that bonds behind somebody else's provider and shares in what it earns: by its part of bond and *backing*
//!   together, less the provider's *commission*. No more can be backed than the owner accepts, which is nothing at first.
//! - **Penalty**: what is taken at once of the bond, and of the backing where that is not enough. **Slash**: what a jury's conviction locks,
//!   and what is taken of both by their parts when [`Config::SlashDeferral`] is over, unless governance cancels it. The bond loses at once, backers when they come for their money.
//! - **Jailed**: convicted by a jury, and drawn for nothing until its owner brings it back.
//!
//! ## Scenarios
//! 1. *Selling.* An owner registers with an operator that consents, slots and a bond, and offers models. The market draws it, locks a part
//!    of the bond and a slot per job, and frees both when the job ends.
//! 2. *A lost key.* The owner calls `set_operator`. The old key reports for nothing that is drawn from then on; id, bond and standing stay.
//! 3. *Leaving.* `leave` withdraws every offer. After [`Config::UnbondingPeriod`], and when no job runs any more, `withdraw` releases the bond
//!    and forgets the provider, whose rewards are paid with it.
//! 4. *Theft.* Somebody names a stranger's key, so that the stranger's node computes for him, or so that the stranger comes too late.
//!    He is refused ([`Error::NoConsent`]): what its holder signed for another owner, or for another chain, does not help him.
//! 5. *A dead machine, or one too small.* A provider that claims four slots and fills one seat in time is left with one slot. One that fills
//!    none is offline, whether it was switched off or too slow, and comes back by itself with the next challenge that it passes. One that
//!    works on a customer's job meanwhile is excused.
//! 6. *Conflict.* Two owners name one operator, which consented to both: the second is refused ([`Error::OperatorTaken`]) and takes another
//!    key, which costs nothing.
//! 7. *Backing.* An owner calls `accept_backing`, and others `back` its provider. Each can claim its rewards at any time where they are
//!    kept, and `unback`: that part earns nothing any more, and `withdraw_backing` releases it after [`Config::UnbondingPeriod`].
//! 8. *A provider that goes.* While it leaves its backers can unback. Once it is gone, which takes as long as unbonding does, they withdraw
//!    everything at once. Nobody has to wait for anybody: neither the owner for its backers nor they for it.
//! 9. *A dearer provider.* An owner raises its commission, once an era and by [`Config::MaxCommissionStep`] at most. What was earned in
//!    ended eras is shared out at the old one first; the era that runs is shared out at the new one. Who does not like it unbacks.
//! 10. *Late money.* Somebody backs a provider after an era in which it earned much. That era is settled first, among those who were there.
//! 11. *A liar.* A jury convicts a provider. It is jailed, its streak is over, and what it is to lose is locked, whether it leaves or not.
//!     When the deferral is over it is taken; the owner calls `unjail` once its time is over and its bond covers its slots.
//! 12. *A wrong verdict.* The owner puts up a bond with `appeal_slash`. Governance cancels the slash: nothing of it can be executed any
//!     more, the provider is free with the streak that it had, and the bond comes back. Another slash of it keeps it jailed, and a streak that
//!     it would have broken since stays over.
//! 13. *A backer who runs.* It unbacks when it hears of the conviction. What unbonds answers as well, and what is locked is not released.
//! 14. *Money that is gone.* A slash took half of what backs a provider, and its backers do not come. For each token that they have left they
//!     would earn twice what a new backer does: so this one calls `collect` for each of them first.
//!
//! ## Rooms
//! | file | holds |
//! |---|---|
//! | `types` | the records |
//! | `standing` | how an outcome changes a standing (pure) |
//! | `terms`, `unbonding`, `losses` | on which terms backers are taken; a backing and its parts; how it shares in losses (pure) |
//! | `calls` | what the dispatchables do |
//! | `backing` | what the backers' dispatchables do; the rewards' side |
//! | `pool` | the market's side: candidates, locks, standing |
//! | `stake`, `slashes` | what stands behind a provider, and how it is taken; slashes that are deferred |
//! | `house` | governance's side: what providers have to say |
//! | `challenges` | the market's side of capability challenges: places, and what becomes of a claim |
//! | `views` | what the runtime API shows |
//! | `numbers` | what its numbers must not be |
//! | `checks`, `backing_checks` | `try_state` |

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use slashes::DeferredSlashOf;
pub use terms::BackingTerms;
pub use types::{DeferredSlash, GenesisProvider, Jail, Offer, Provider, SlashIndex};
pub use unbonding::{Backing, BackingTotal, Chunk};
pub use weights::WeightInfo;

mod backing;
#[cfg(any(feature = "try-runtime", test))]
mod backing_checks;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod calls;
mod challenges;
#[cfg(any(feature = "try-runtime", test))]
mod checks;
mod house;
mod losses;
#[cfg(test)]
mod mock;
mod numbers;
mod pool;
mod slashes;
mod stake;
mod standing;
mod terms;
#[cfg(test)]
mod tests;
mod types;
mod unbonding;
mod views;
pub mod weights;

use frame_support::traits::fungible;

/// The balance of the bonds' currency.
pub type BalanceOf<T> = <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// A provider's record in this runtime.
pub type ProviderOf<T> = Provider<<T as frame_system::Config>::AccountId, BalanceOf<T>, frame_system::pallet_prelude::BlockNumberFor<T>>;

/// What was taken of a bond or a backing, on its way to those who get it.
pub type CreditOf<T> = fungible::Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

/// An offer in this runtime.
pub type OfferOf<T> = Offer<BalanceOf<T>, frame_system::pallet_prelude::BlockNumberFor<T>>;

/// A part of a backing that is unbonding, in this runtime.
pub type ChunkOf<T> = Chunk<BalanceOf<T>, frame_system::pallet_prelude::BlockNumberFor<T>>;

/// A backing in this runtime.
pub type BackingOf<T> = Backing<BalanceOf<T>, frame_support::BoundedVec<ChunkOf<T>, <T as Config>::MaxUnbondingChunks>>;

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;
    use hearth_primitives::{
        governance::{Brake, SlashId},
        provider::{BackendClass, ModelDirectory},
        reward::RewardAccounts,
        JobId, ModelId, ProviderId, H256,
    };
    use sp_runtime::{
        traits::{IdentifyAccount, Verify},
        Perbill,
    };

    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>, Hash = H256> {
        /// Holds the bonds and pays the operators' float.
        type Currency: fungible::Mutate<Self::AccountId>
            + fungible::MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
            + fungible::BalancedHold<Self::AccountId>;

        /// The runtime's hold reasons.
        type RuntimeHoldReason: From<HoldReason>;

        /// Keeps the rewards of providers and their backers.
        type Rewards: RewardAccounts<Self::AccountId, BalanceOf<Self>>;

        /// Says which models may be offered.
        type Models: ModelDirectory;

        /// Says whether slashing is paused.
        type Brake: Brake;

        /// Gets what of a slash is nobody else's, and what backers lose.
        type Treasury: Get<Self::AccountId>;

        /// Blocks between a conviction and its slash, in which governance can cancel it. Less than [`Config::UnbondingPeriod`].
        #[pallet::constant]
        type SlashDeferral: Get<BlockNumberFor<Self>>;

        /// Blocks for which a convicted provider stays jailed at least.
        #[pallet::constant]
        type JailPeriod: Get<BlockNumberFor<Self>>;

        /// What is held from an owner who appeals against a slash.
        #[pallet::constant]
        type AppealBond: Get<BalanceOf<Self>>;

        /// What slashes that are due may use of a block.
        type MaxSlashWeight: Get<Weight>;

        /// The signature by which an operator consents: see [`Pallet::consent_message`].
        type OperatorSignature: Verify<Signer: IdentifyAccount<AccountId = Self::AccountId>> + Parameter;

        /// The bond of a provider before its slots are counted. At least the existential deposit.
        #[pallet::constant]
        type MinBond: Get<BalanceOf<Self>>;

        /// The further bond for each slot.
        #[pallet::constant]
        type BondPerSlot: Get<BalanceOf<Self>>;

        /// The most slots of one provider.
        #[pallet::constant]
        type MaxSlots: Get<u32>;

        /// The most models that one provider offers. DO NOT REDUCE: stored lists would no longer decode.
        #[pallet::constant]
        type MaxOffersPerProvider: Get<u32>;

        /// The most providers that offer one model. DO NOT REDUCE: stored lists would no longer decode.
        #[pallet::constant]
        type MaxProvidersPerModel: Get<u32>;

        /// Blocks between leaving and the release of the bond, and between unbacking and the release of what backed.
        #[pallet::constant]
        type UnbondingPeriod: Get<BlockNumberFor<Self>>;

        /// The least that a backer has active behind a provider. At least the existential deposit.
        #[pallet::constant]
        type MinBacking: Get<BalanceOf<Self>>;

        /// The most parts of one backing that are unbonding. DO NOT REDUCE: stored lists would no longer decode.
        #[pallet::constant]
        type MaxUnbondingChunks: Get<u32>;

        /// The most providers that one account backs. DO NOT REDUCE: stored lists would no longer decode.
        #[pallet::constant]
        type MaxBackedProviders: Get<u32>;

        /// The commission of a new provider.
        #[pallet::constant]
        type DefaultCommission: Get<Perbill>;

        /// The most that a commission is raised to.
        #[pallet::constant]
        type MaxCommission: Get<Perbill>;

        /// The most by which a commission is raised in an era.
        #[pallet::constant]
        type MaxCommissionStep: Get<Perbill>;

        /// What an operator account is filled up to, from the owner's free balance, so that it exists and can pay for its first reports.
        #[pallet::constant]
        type OperatorFloat: Get<BalanceOf<Self>>;

        /// Valid jobs and challenges in a row after which a provider may be a job's only replica.
        #[pallet::constant]
        type TrustedAfter: Get<u32>;

        /// The calls' weights.
        type WeightInfo: WeightInfo;

        /// Signs for the benchmarks.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: BenchmarkHelper<Self::AccountId, Self::OperatorSignature>;
    }

    /// Why this pallet holds money.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// A provider's bond.
        #[codec(index = 0)]
        Bond,
        /// Bonded behind another's provider.
        #[codec(index = 1)]
        Backing,
        /// An owner's appeals against slashes.
        #[codec(index = 2)]
        SlashAppeal,
    }

    /// The id of the next provider. Updated in: `register`.
    #[pallet::storage]
    pub type NextProviderId<T> = StorageValue<_, ProviderId, ValueQuery>;

    /// The providers. Updated in: every call of an owner, and by the market when it binds and unbinds; removed in `withdraw`.
    #[pallet::storage]
    pub type Providers<T: Config> = StorageMap<_, Twox64Concat, ProviderId, ProviderOf<T>>;

    /// The provider of an owner. Updated in: `register`, `withdraw`.
    #[pallet::storage]
    pub type OwnerOf<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, ProviderId>;

    /// The provider of an operator. Updated in: `register`, `set_operator`, `withdraw`.
    #[pallet::storage]
    pub type OperatorOf<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, ProviderId>;

    /// The providers that have not left, without gaps, in no order. Updated in: `register`, `leave`.
    #[pallet::storage]
    pub type Places<T> = StorageMap<_, Twox64Concat, u32, ProviderId>;

    /// How many they are. Updated together with [`Places`].
    #[pallet::storage]
    pub type PlaceCount<T> = StorageValue<_, u32, ValueQuery>;

    /// The offers of a model in order of the provider's id; no empty list is stored. Updated in: `offer`, `withdraw_offer`, `leave`, and when
    /// the market drops a model.
    #[pallet::storage]
    pub type Offers<T: Config> = StorageMap<_, Blake2_128Concat, ModelId, BoundedVec<OfferOf<T>, T::MaxProvidersPerModel>, ValueQuery>;

    /// The models that a provider offers, in order of their ids; no empty list is stored. Updated together with [`Offers`].
    #[pallet::storage]
    pub type OfferedBy<T: Config> = StorageMap<_, Twox64Concat, ProviderId, BoundedVec<ModelId, T::MaxOffersPerProvider>, ValueQuery>;

    /// What accounts have bonded behind providers; nothing empty is stored. Each is at least [`Config::MinBacking`] when it begins. Updated
    /// in: `back`, `unback`, `withdraw_backing`, `collect`; removed in the last two. It outlives the provider.
    #[pallet::storage]
    pub type Backings<T: Config> = StorageDoubleMap<_, Twox64Concat, ProviderId, Blake2_128Concat, T::AccountId, BackingOf<T>>;

    /// What all backers of a provider have together; nothing is stored without backers. Updated together with [`Backings`], and when a penalty
    /// or a slash takes of it.
    #[pallet::storage]
    pub type BackingTotals<T: Config> = StorageMap<_, Twox64Concat, ProviderId, BackingTotal<BalanceOf<T>>, ValueQuery>;

    /// The providers that an account backs, in order of their ids; no empty list is stored. Updated together with [`Backings`].
    #[pallet::storage]
    pub type BackedBy<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, BoundedVec<ProviderId, T::MaxBackedProviders>, ValueQuery>;

    /// The slashes that wait, by the block in which they are due. Updated in: `appeal_slash`, when a jury convicts, when governance cancels
    /// one, and in `on_initialize`, which removes what it executes.
    #[pallet::storage]
    pub type Deferred<T: Config> = StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Twox64Concat, SlashIndex, DeferredSlashOf<T>>;

    /// The number of the next slash. Updated when a jury convicts.
    #[pallet::storage]
    pub type NextSlashIndex<T> = StorageValue<_, SlashIndex, ValueQuery>;

    /// The first block whose slashes are not all executed. Updated in: `on_initialize`.
    #[pallet::storage]
    pub type SlashCursor<T: Config> = StorageValue<_, BlockNumberFor<T>>;

    /// Providers that exist from the first block.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// In order of their ids.
        pub providers: alloc::vec::Vec<GenesisProvider<T::AccountId, BalanceOf<T>>>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            for provider in &self.providers {
                if let Err(error) = Pallet::<T>::register_at_genesis(provider.clone()) {
                    panic!("a provider of the genesis cannot be registered: {error:?}");
                }
            }
        }
    }

    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A provider was registered.
        Registered {
            /// Its id, for good.
            provider: ProviderId,
            /// Who bonds and is paid.
            owner: T::AccountId,
            /// Whose key reports.
            operator: T::AccountId,
            /// What it computes on.
            backend: BackendClass,
            /// Jobs at once.
            slots: u32,
            /// Held from the owner.
            bond: BalanceOf<T>,
        },
        /// A bond grew.
        BondAdded {
            /// The provider.
            provider: ProviderId,
            /// By how much.
            amount: BalanceOf<T>,
            /// To how much.
            bonded: BalanceOf<T>,
        },
        /// A provider has another operator.
        OperatorSet {
            /// The provider.
            provider: ProviderId,
            /// Whose key reported.
            old: T::AccountId,
            /// Whose key reports.
            new: T::AccountId,
        },
        /// A provider has another backend or number of slots.
        Updated {
            /// The provider.
            provider: ProviderId,
            /// What it computes on.
            backend: BackendClass,
            /// Jobs at once.
            slots: u32,
        },
        /// A provider offers a model.
        Offered {
            /// The provider.
            provider: ProviderId,
            /// The model.
            model: ModelId,
            /// The price per replica below which it stays out.
            ask: BalanceOf<T>,
        },
        /// An offer ended: by the owner, or because the provider left or the model is gone.
        OfferWithdrawn {
            /// The provider.
            provider: ProviderId,
            /// The model.
            model: ModelId,
        },
        /// A provider filled fewer seats of a challenge than it claims slots, and keeps as many.
        ClaimReduced {
            /// The provider.
            provider: ProviderId,
            /// Jobs at once, from now on.
            slots: u32,
        },
        /// A provider missed a challenge and is drawn for no job.
        WentOffline {
            /// The provider.
            provider: ProviderId,
        },
        /// A provider passed a challenge and is drawn for jobs again.
        CameOnline {
            /// The provider.
            provider: ProviderId,
        },
        /// A provider is leaving and is not drawn any more.
        Left {
            /// The provider.
            provider: ProviderId,
            /// The block from which the bond can be withdrawn.
            until: BlockNumberFor<T>,
        },
        /// A provider is gone.
        Withdrawn {
            /// The provider.
            provider: ProviderId,
            /// Whose bond it was.
            owner: T::AccountId,
            /// What was released.
            released: BalanceOf<T>,
        },
        /// A provider takes backers, up to a limit.
        BackingAccepted {
            /// The provider.
            provider: ProviderId,
            /// The most that they may have active together.
            limit: BalanceOf<T>,
        },
        /// A provider has another commission.
        CommissionSet {
            /// The provider.
            provider: ProviderId,
            /// The owner's part of what backers would earn.
            rate: Perbill,
        },
        /// An account bonded behind a provider.
        Backed {
            /// The provider.
            provider: ProviderId,
            /// Who bonded.
            backer: T::AccountId,
            /// How much.
            amount: BalanceOf<T>,
            /// What it has active now.
            active: BalanceOf<T>,
        },
        /// A part of a backing is unbonding.
        Unbacked {
            /// The provider.
            provider: ProviderId,
            /// Whose it is.
            backer: T::AccountId,
            /// How much.
            amount: BalanceOf<T>,
            /// The block from which it can be withdrawn.
            until: BlockNumberFor<T>,
        },
        /// A part of a backing was released.
        BackingWithdrawn {
            /// The provider.
            provider: ProviderId,
            /// Whose it was.
            backer: T::AccountId,
            /// What was released.
            released: BalanceOf<T>,
        },
        /// A provider paid a penalty.
        Penalised {
            /// The provider.
            provider: ProviderId,
            /// Taken of its bond.
            own: BalanceOf<T>,
            /// Lost by its backers.
            others: BalanceOf<T>,
        },
        /// A jury convicted a provider: it is jailed, and a slash waits.
        SlashDeferred {
            /// Names the slash.
            slash: SlashId,
            /// The provider.
            provider: ProviderId,
            /// The job.
            job: JobId,
            /// What it is to lose.
            amount: BalanceOf<T>,
            /// The block in which it is executed unless it is cancelled.
            due: BlockNumberFor<T>,
        },
        /// An owner appealed against a slash.
        SlashAppealed {
            /// Which.
            slash: SlashId,
            /// The provider.
            provider: ProviderId,
            /// Held from the owner until it is cancelled or executed.
            bond: BalanceOf<T>,
        },
        /// A slash was cancelled; it can never be executed.
        SlashCancelled {
            /// Which.
            slash: SlashId,
            /// The provider.
            provider: ProviderId,
        },
        /// A slash was executed.
        SlashExecuted {
            /// Which.
            slash: SlashId,
            /// The provider.
            provider: ProviderId,
            /// Taken of its bond.
            own: BalanceOf<T>,
            /// Lost by its backers.
            others: BalanceOf<T>,
        },
        /// What a backing had lost was taken from its backer.
        LossCollected {
            /// The provider.
            provider: ProviderId,
            /// Whose backing it is.
            backer: T::AccountId,
            /// How much.
            amount: BalanceOf<T>,
        },
        /// A convicted provider is out of jail: it may be drawn again, or, if it was offline before, challenged.
        Unjailed {
            /// The provider.
            provider: ProviderId,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// The account owns a provider already.
        AlreadyOwner,
        /// Jobs under way or slashes that wait lock what would be released: see the provider's status, and withdraw when they are over.
        BackingLocked,
        /// Backers would have more behind the provider than its owner accepts: see its limit, and back it with less or another.
        BackingFull,
        /// What is left active would be less than the smallest backing: back with more, or unback everything.
        BackingTooSmall,
        /// The bond does not cover the minimum and the slots, of which there are to be more than before.
        BondTooSmall,
        /// The commission was raised in this era already: raise it again in the next.
        CommissionRaised,
        /// The commission would rise too far at once: raise it by less, and again in the next era.
        CommissionStepTooLarge,
        /// The commission would be more than it may be: ask for less.
        CommissionTooHigh,
        /// A jury convicted the provider, and its time is not over: see the block in its status.
        Jailed,
        /// The provider is leaving.
        Leaving,
        /// The model is not registered, or it is retired.
        ModelNotOpen,
        /// The operator's holder has not signed a consent to this owner: see `hearth key consent`.
        NoConsent,
        /// Every provider id has been given.
        NoIdLeft,
        /// A provider needs at least one slot.
        NoSlots,
        /// The account has nothing bonded behind the provider: see `hearth back status`.
        NotBacker,
        /// No jury convicted the provider: there is nothing to bring it back from.
        NotJailed,
        /// The provider has not left; call `leave` first.
        NotLeaving,
        /// The provider does not offer the model.
        NotOffered,
        /// The account owns no provider.
        NotOwner,
        /// No part of the backing is free yet: see the blocks in its status.
        NothingDue,
        /// Nothing of the backing is active, or nothing was asked for: see its status.
        NothingToUnback,
        /// The account is a provider's operator already.
        OperatorTaken,
        /// The provider is the account's own: add to its bond instead.
        OwnProvider,
        /// The slash is appealed already.
        SlashAppealed,
        /// A slash of the provider waits, which new money would share: back it when that is over, or back another.
        SlashPending,
        /// Jobs run in the slots, or a slash waits: wait for their end.
        SlotsInUse,
        /// The last capability challenge found fewer slots than were claimed: pass one with the slots that are left, then claim more.
        SlotsNotProven,
        /// The provider offers as many models as it may.
        TooManyOffers,
        /// The account backs as many providers as it may: add to one of them, or withdraw all that is behind one.
        TooManyBacked,
        /// As many providers offer the model as may.
        TooManyProviders,
        /// More slots than a provider may have.
        TooManySlots,
        /// As many parts of the backing are unbonding as may: withdraw what is free, or wait for it.
        TooManyUnbonding,
        /// The bond is not free yet: see the block in the provider's status.
        Unbonding,
        /// There is no such provider.
        UnknownProvider,
        /// No such slash of the caller's provider waits: it was executed or cancelled, or never was. See `hearth gov slashes`.
        UnknownSlash,
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Makes the caller the owner of a new provider, holds `bond`, and fills the operator's account up to the float. An operator that is
        /// not the caller must consent.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::register())]
        pub fn register(
            origin: OriginFor<T>,
            operator: T::AccountId,
            consent: Option<T::OperatorSignature>,
            backend: BackendClass,
            slots: u32,
            bond: BalanceOf<T>,
        ) -> DispatchResult {
            Self::do_register(ensure_signed(origin)?, operator, consent, backend, slots, bond)
        }

        /// Adds `amount` to the bond of the caller's provider.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::bond_extra())]
        pub fn bond_extra(origin: OriginFor<T>, amount: BalanceOf<T>) -> DispatchResult {
            Self::do_bond_extra(ensure_signed(origin)?, amount)
        }

        /// Lets `operator` report for the caller's provider instead of the present one. Unless it is the caller, it must consent. Also while
        /// leaving.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::set_operator())]
        pub fn set_operator(origin: OriginFor<T>, operator: T::AccountId, consent: Option<T::OperatorSignature>) -> DispatchResult {
            Self::do_set_operator(ensure_signed(origin)?, operator, consent)
        }

        /// Changes the backend and the slots of the caller's provider. The bond must cover slots that are added, and running jobs must fit.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::update())]
        pub fn update(origin: OriginFor<T>, backend: BackendClass, slots: u32) -> DispatchResult {
            Self::do_update(ensure_signed(origin)?, backend, slots)
        }

        /// Offers `model` at `ask` per replica, or changes the ask. A changed ask is a new offer: jobs submitted before pass it over.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::offer())]
        pub fn offer(origin: OriginFor<T>, model: ModelId, ask: BalanceOf<T>) -> DispatchResult {
            Self::do_offer(ensure_signed(origin)?, model, ask)
        }

        /// Ends the offer of `model`. Jobs that were drawn go on.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::withdraw_offer())]
        pub fn withdraw_offer(origin: OriginFor<T>, model: ModelId) -> DispatchResult {
            Self::do_withdraw_offer(ensure_signed(origin)?, model)
        }

        /// Ends every offer of the caller's provider and starts unbonding. Jobs that were drawn go on and are paid.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::leave(T::MaxOffersPerProvider::get()))]
        pub fn leave(origin: OriginFor<T>) -> DispatchResultWithPostInfo {
            Self::do_leave(ensure_signed(origin)?)
        }

        /// Releases the bond and forgets the caller's provider, when the unbonding period is over and no job runs.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::withdraw())]
        pub fn withdraw(origin: OriginFor<T>) -> DispatchResult {
            Self::do_withdraw(ensure_signed(origin)?)
        }

        /// Bonds `amount` behind another's provider, which shares its rewards from then on, those of the era that runs included.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::back())]
        pub fn back(origin: OriginFor<T>, provider: ProviderId, amount: BalanceOf<T>) -> DispatchResult {
            Self::do_back(ensure_signed(origin)?, provider, amount)
        }

        /// Starts unbonding `amount` of the caller's backing, or all that is active if that is less. It earns nothing any more, not even in
        /// the era that runs.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::unback())]
        pub fn unback(origin: OriginFor<T>, provider: ProviderId, amount: BalanceOf<T>) -> DispatchResult {
            Self::do_unback(ensure_signed(origin)?, provider, amount)
        }

        /// Releases what of the caller's backing has unbonded, and everything once the provider is gone. Pays the rewards with the last
        /// part.
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::withdraw_backing())]
        pub fn withdraw_backing(origin: OriginFor<T>, provider: ProviderId) -> DispatchResult {
            Self::do_withdraw_backing(ensure_signed(origin)?, provider)
        }

        /// Sets the commission of the caller's provider: lower at any time, higher once an era and by a step. Also while leaving.
        #[pallet::call_index(11)]
        #[pallet::weight(T::WeightInfo::set_commission())]
        pub fn set_commission(origin: OriginFor<T>, rate: Perbill) -> DispatchResult {
            Self::do_set_commission(ensure_signed(origin)?, rate)
        }

        /// Lets others have up to `limit` active behind the caller's provider. What they have already stays, also above the limit.
        #[pallet::call_index(12)]
        #[pallet::weight(T::WeightInfo::accept_backing())]
        pub fn accept_backing(origin: OriginFor<T>, limit: BalanceOf<T>) -> DispatchResult {
            Self::do_accept_backing(ensure_signed(origin)?, limit)
        }

        /// Lets the caller's provider be drawn again after a conviction, once its time in jail is over and its bond covers its slots.
        #[pallet::call_index(13)]
        #[pallet::weight(T::WeightInfo::unjail())]
        pub fn unjail(origin: OriginFor<T>) -> DispatchResult {
            Self::do_unjail(ensure_signed(origin)?)
        }

        /// Appeals against a slash of the caller's provider that waits, with a bond. Governance decides until the slash is due: if it cancels
        /// it, the bond comes back, else it is the treasury's.
        #[pallet::call_index(14)]
        #[pallet::weight(T::WeightInfo::appeal_slash())]
        pub fn appeal_slash(origin: OriginFor<T>, slash: SlashId) -> DispatchResult {
            Self::do_appeal_slash(ensure_signed(origin)?, slash)
        }

        /// Takes out of a backing what slashes and penalties took of it, so that it earns by what is there. Anybody may, for any backer: the
        /// others behind a provider, and its owner, share with what is left.
        #[pallet::call_index(15)]
        #[pallet::weight(T::WeightInfo::collect())]
        pub fn collect(origin: OriginFor<T>, provider: ProviderId, backer: T::AccountId) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_collect(provider, backer)
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(now: BlockNumberFor<T>) -> Weight {
            Self::serve_slashes(now)
        }

        fn integrity_test() {
            assert_eq!(Self::check_numbers(), Ok(()));
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_now: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }
}
