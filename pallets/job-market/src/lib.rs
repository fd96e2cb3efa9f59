//! # Job market
//!
//! Models, jobs, draws, commit and reveal, settlement. The chain cannot run a model: it pays when results that were made apart, and could
//! not be copied, agree; where they do not, or somebody doubts them, others run the job again and judge.
//!
//! ## Terminology
//! - **Model**: an ONNX file by its hash, with limits and the tolerance by which honest results may differ. Registered once, against a
//!   deposit.
//! - **Job**: one input for one model, wanted *r* times at the price *P* each.
//! - **Round** (or tier): a set of drawn providers, its members, under one seed. Tier 0 are the replicas; 1 and 2 are juries.
//! - **Jury**: three, or seven, fresh providers who run the job again under a seed of their own. Only those whose results agree have a say;
//!   if they are a *quorum*, two thirds, their *verdict* on each replica counts: right, wrong (deviant), or grey. They are paid when the
//!   job ends.
//! - **Conviction**: a verdict of wrong by a quorum on devices of two classes. What was locked of the bond is then slashed, later, unless
//!   governance cancels that. Models that are not calibrated *pay only*: nobody is convicted for their results.
//! - **Audit**: a jury that the *lot* calls for an accepted job. **Challenge**, **appeal**: juries that somebody calls with a bond.
//! - **Audit pool**: the account from which jurors are paid, and into which premiums, penalties, lost bonds and a part of slashes go. The
//!   jurors of a job that slashes nobody are paid what the job brought, or somebody who judges its own jobs could empty the pool.
//! - **Digest**: 128 bytes of random projections of a result, keyed by the round's seed; two digests agree, deviate, or are grey.
//! - **Escrow**: what the customer put up: *r·P*, the audit premium and the fee. Held from the customer until it is paid out or refunded. What
//!   is locked cannot be put up, for a job or as a bond: it would be paid to others.
//! - **Agenda**: for every job, the block in which its present state ends. No state waits on anybody's goodwill.
//!
//! ## Scenarios
//! 1. *A good job.* A customer submits with *r* = 2. Three blocks later two providers are drawn by BABE's randomness; a slot and 25 *P* of
//!    bond are bound. Both commit, both reveal, the digests agree: Accepted. After the window each is paid *P*, the fee is taken, the bonds
//!    are free.
//! 2. *A provider is away.* One of the two does not commit in time. It is replaced once, under the same seed. If enough commit after that,
//!    the job goes on with those; else it is cancelled and everything is refunded.
//! 3. *A provider cannot.* It declines with a reason, and its slot is free at once. If all decline for a reason that lies in the job, the
//!    job is cancelled at once; if the reasons lie with the providers, they are replaced once.
//! 4. *Conflict.* Two digests do not agree, or one of the commitments is never opened, which costs whoever hides it. Replicas convict
//!    nobody: three others are drawn. What they call right is paid, what they call wrong is not, and the liar's bond is slashed after a
//!    deferral. Against their verdict somebody may put up a bond: seven others decide for good. If they cannot either, the job is
//!    Unresolved, those who revealed get *P* / 2, the rest is refunded, nobody is slashed.
//! 5. *A copier.* It commits to what another committed to. When it comes to opening, the commitment binds the other's key: it cannot.
//! 6. *A late block.* Blocks are full and the agenda is behind. Whenever the job is served, by the agenda, a report or a `poke`, every
//!    transition counts from the block in which it was due, so the outcome is the same. Only a draw counts from when it is made: members
//!    need their time.
//! 7. *A brake.* Holders pause new jobs, or those of one model. What was submitted goes on, is drawn and paid; submissions fail
//!    ([`Error::Paused`]), and no challenge of a paused model begins.
//! 8. *A capability challenge.* By chance, all providers are asked to run a model that the protocol names, on an input that follows from
//!    the round's seed, once for each free slot at the same time. Those whose results agree earn a part of the providers' pool. Who
//!    misses every seat is offline, who misses some keeps fewer slots. Where results do not agree a jury says who is wrong.
//! 9. *All replicas are the liar's.* They agree. The lot falls on one job in twenty, whoever computes it, and a customer may have it fall on
//!    every one of its own: a jury finds them out. What they have locked is so much that lying does not pay.
//! 10. *A busy network.* Every slot is taken, or bonds are locked: jurors are drawn all the same, for their seats take no slot, and replicas
//!     leave them a part of every bond. If too few can be seated just then the jury is drawn again, ten times at most.
//! 11. *A small network.* Fewer than five may judge: nobody is convicted, dissent is Unresolved, challenges and premiums go back.
//!
//! ## Rooms
//! | file | holds |
//! |---|---|
//! | `types`, `traits`, `weights` | records and refusal codes; what a runtime supplies; weights |
//! | `math`, `draw`, `ring` | prices and shares; who is drawn; randomness |
//! | `dispatchables`, `report` | what the calls do; what a line of a report does |
//! | `advance`, `settle`, `agenda` | transitions; money at the end; due work |
//! | `jury`, `verdict`, `dispute` | juries from call to verdict; what a verdict is (pure); bonds against results and verdicts |
//! | `pool`, `faults` | the audit pool; models that find no verdicts too often (pure) |
//! | `challenge` | capability challenges: when, whom, in which groups |
//! | `views`, `why` | what the runtime API shows, and the registry's view of models; why an account was paid or not |
//! | `offchain` | the worker that reports what the node computed |
//! | `watchtower` | what a node does when the agenda is far behind |
//! | `try_state` | the invariants |

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use pallet::*;
#[cfg(feature = "runtime-benchmarks")]
pub use traits::BenchmarkHelper;
pub use traits::BlockRandomness;
pub use types::*;
pub use weights::WeightInfo;

mod advance;
mod agenda;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
pub mod challenge;
mod dispatchables;
mod dispute;
pub mod draw;
pub mod faults;
mod jury;
pub mod math;
#[cfg(test)]
mod mock;
pub mod offchain;
mod pool;
mod report;
mod ring;
mod settle;
#[cfg(test)]
mod tests;
mod traits;
#[cfg(any(feature = "try-runtime", test))]
mod try_state;
mod types;
pub mod verdict;
mod views;
pub mod watchtower;
pub mod weights;
mod why;

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::{
        pallet_prelude::*,
        traits::fungible::{BalancedHold, InspectHold, Mutate, MutateHold},
    };
    use frame_system::{
        offchain::{AppCrypto, CreateSignedTransaction},
        pallet_prelude::*,
    };
    use hearth_primitives::{
        blob::{BlobId, BlobRef},
        capability::Benchmark,
        digest::{Agreement, Tolerance},
        governance::{Brake, OnEscrowChange},
        jury::JuryCause,
        market::{DeclineReason, JobState, MemberOutcome, Report, MAX_REPORTS},
        provider::{ChallengePool, ProviderPool},
        reason::Reason,
        reward::{FeeSink, ProvenWork},
        JobId, ModelId, ProviderId, Tier, H256,
    };
    use sp_runtime::Perbill;

    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>, Hash = H256> + CreateSignedTransaction<Call<Self>> {
        /// Holds escrows and deposits.
        type Currency: Mutate<Self::AccountId>
            + InspectHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
            + MutateHold<Self::AccountId>
            + BalancedHold<Self::AccountId>;

        /// The runtime's hold reasons.
        type RuntimeHoldReason: From<HoldReason>;

        /// From which the protocol's account derives, the customer of capability challenges, which has no money, and the audit pool's. Neither
        /// has a key.
        #[pallet::constant]
        type PalletId: Get<frame_support::PalletId>;

        /// Who can be drawn, and challenged.
        type Providers: ProviderPool<Self::AccountId, BalanceOf<Self>, BlockNumberFor<Self>> + ChallengePool<Self::AccountId>;

        /// Counts what capability challenges prove.
        type Work: ProvenWork;

        /// BABE's randomness.
        type Randomness: BlockRandomness;

        /// The operators' keys in a node's keystore: see [`crate::offchain::crypto`].
        type OperatorCrypto: AppCrypto<Self::Public, Self::Signature>;

        /// Gets the fee of each finalised job.
        type Fees: FeeSink<FeeOf<Self>>;

        /// Says what is paused.
        type Brake: Brake;

        /// Hears of what is held for an account's jobs, challenges and appeals.
        type OnEscrowChange: OnEscrowChange<Self::AccountId>;

        /// Chooses what capability challenges ask for, and which models are calibrated. That there are any challenges is not its choice.
        type CuratorOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// The fee, as a part of *r·P*.
        #[pallet::constant]
        type FeeRate: Get<Perbill>;

        /// The probability of an audit, on which the premium rests. A customer may raise it for a job. Where there are too few who could judge
        /// nothing is audited, and the premium is refunded.
        #[pallet::constant]
        type AuditRate: Get<Perbill>;

        /// The lock on each member's bond, as a multiple of the price.
        #[pallet::constant]
        type LockMultiple: Get<u32>;

        /// What disputes and faults cost.
        type Penalties: Get<Penalties>;

        /// How many must be there who may judge, or nobody is judged.
        #[pallet::constant]
        type MinJurors: Get<u32>;

        /// The part of a model's jobs that may find no verdict before the model pays only.
        #[pallet::constant]
        type FaultLimit: Get<Perbill>;

        /// The jobs of a model among which those without a verdict are counted.
        #[pallet::constant]
        type FaultWindow: Get<u32>;

        /// The lowest price of a replica.
        #[pallet::constant]
        type MinPrice: Get<BalanceOf<Self>>;

        /// Blocks from a submission to its draw, and from a missed deadline to the redraw.
        #[pallet::constant]
        type DrawDelay: Get<BlockNumberFor<Self>>;

        /// Blocks in which commitments are opened.
        #[pallet::constant]
        type RevealPeriod: Get<BlockNumberFor<Self>>;

        /// Blocks from agreement to payment, and from a first verdict to what comes of it.
        #[pallet::constant]
        type AcceptedWindow: Get<BlockNumberFor<Self>>;

        /// Blocks for which an ended job can still be read.
        #[pallet::constant]
        type Retention: Get<BlockNumberFor<Self>>;

        /// Blocks from one capability challenge to the next, on average.
        #[pallet::constant]
        type ChallengePeriod: Get<BlockNumberFor<Self>>;

        /// Blocks for which an ended capability challenge can still be read.
        #[pallet::constant]
        type ChallengeRetention: Get<BlockNumberFor<Self>>;

        /// The shortest `max_exec` of a model, in blocks: in less a node cannot fetch, compute and report.
        #[pallet::constant]
        type MinExec: Get<u32>;

        /// The longest `max_exec` of a model, in blocks.
        #[pallet::constant]
        type MaxExec: Get<u32>;

        /// The most jobs of one customer that are not pruned.
        #[pallet::constant]
        type MaxJobsPerCustomer: Get<u32>;

        /// A model's deposit before its size is counted.
        #[pallet::constant]
        type ModelDepositBase: Get<BalanceOf<Self>>;

        /// The further deposit for each MiB of a model.
        #[pallet::constant]
        type ModelDepositPerMib: Get<BalanceOf<Self>>;

        /// What the agenda may use of a block.
        type MaxServiceWeight: Get<Weight>;

        /// The weights of calls and transitions.
        type WeightInfo: WeightInfo;

        /// Sets the scene of the benchmarks.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: BenchmarkHelper<Self::AccountId, BalanceOf<Self>>;
    }

    /// Why this pallet holds money.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// A customer's jobs.
        #[codec(index = 0)]
        Escrow,
        /// An owner's models.
        #[codec(index = 1)]
        ModelDeposit,
        /// Challenges of results and appeals against verdicts.
        #[codec(index = 2)]
        Dispute,
    }

    /// The models. Updated in: `register_model`, `retire_model`, `set_pay_only`, `submit_job`, when a challenge begins, and at the end of a job.
    #[pallet::storage]
    pub type Models<T: Config> = StorageMap<_, Blake2_128Concat, ModelId, ModelOf<T>>;

    /// The id of the next job. Updated in: `submit_job`, and when a challenge begins.
    #[pallet::storage]
    pub type NextJobId<T> = StorageValue<_, JobId, ValueQuery>;

    /// The jobs that are not pruned. Updated in: `submit_job`, when a challenge begins, `report`, `poke`, `challenge`, `appeal` and by the
    /// agenda, which also removes them.
    #[pallet::storage]
    pub type Jobs<T: Config> = StorageMap<_, Twox64Concat, JobId, JobOf<T>>;

    /// The rounds of the jobs, from their draw until the job is pruned. Updated when a challenge begins, in `report`, `poke` and by the
    /// agenda.
    #[pallet::storage]
    pub type Rounds<T: Config> = StorageDoubleMap<_, Twox64Concat, JobId, Twox64Concat, Tier, RoundOf<T>>;

    /// The jobs of a customer. Updated in: `submit_job`, and when a job is pruned.
    #[pallet::storage]
    pub type CustomerJobs<T: Config> = StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, JobId, ()>;

    /// How many jobs a customer has. Updated together with [`CustomerJobs`]; none is stored for zero.
    #[pallet::storage]
    pub type CustomerJobCount<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

    /// The jobs in which an operator's provider has something to do, with the round: replicas of paid ones take a slot each, jurors
    /// none, and a challenge takes a seat for each slot at most. Updated at draws, when a challenge begins, in `report`, and at the end of a job.
    #[pallet::storage]
    pub type OperatorJobs<T: Config> = StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, JobId, Tier>;

    /// How often the chain refers to a blob: models, inputs of jobs that have not ended, outputs of jobs that are not pruned. None is stored
    /// for zero.
    #[pallet::storage]
    pub type BlobRefs<T: Config> = StorageMap<_, Blake2_128Concat, BlobId, u32, ValueQuery>;

    /// The block in which each job's state ends. Updated whenever a deadline is.
    #[pallet::storage]
    pub type Agenda<T: Config> = StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Twox64Concat, JobId, ()>;

    /// The first block whose part of the agenda is not wholly served. Updated in: `on_initialize`.
    #[pallet::storage]
    pub type AgendaCursor<T: Config> = StorageValue<_, BlockNumberFor<T>>;

    /// The randomness of the last [`RING_LEN`] blocks, each at its number modulo that. Updated in: `on_initialize`.
    #[pallet::storage]
    pub type Ring<T: Config> = StorageMap<_, Twox64Concat, u32, RingEntry<BlockNumberFor<T>>>;

    /// What capability challenges ask for; nobody is challenged without it. Updated at genesis and in: `set_benchmark`.
    #[pallet::storage]
    pub type CapabilityBenchmark<T> = StorageValue<_, Benchmark>;

    /// The capability challenge that has not asked everybody yet. Updated in: `on_initialize`.
    #[pallet::storage]
    pub type CurrentChallenge<T> = StorageValue<_, Challenge>;

    /// What challenges ask for from the first block.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// With its model.
        pub benchmark: Option<GenesisBenchmark>,
        /// There is nothing else to configure.
        #[serde(skip)]
        pub _config: core::marker::PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            if let Some(benchmark) = self.benchmark.clone() {
                Pallet::<T>::benchmark_at_genesis(benchmark);
            }
        }
    }

    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A model can be offered and named by jobs.
        ModelRegistered {
            /// The model.
            model: ModelId,
            /// Who holds the deposit.
            owner: T::AccountId,
            /// Held from the owner.
            deposit: BalanceOf<T>,
        },
        /// A model takes no new jobs.
        ModelRetired {
            /// The model.
            model: ModelId,
        },
        /// A retired model is gone, with its offers, and the deposit released.
        ModelRemoved {
            /// The model.
            model: ModelId,
        },
        /// A job waits for its draw.
        JobSubmitted {
            /// The job.
            job: JobId,
            /// Who pays.
            customer: T::AccountId,
            /// The model.
            model: ModelId,
            /// Held from the customer.
            held: BalanceOf<T>,
        },
        /// Capability challenges ask for something else from now on.
        BenchmarkSet {
            /// What they asked for; none if there were none.
            old: Option<Benchmark>,
            /// What they ask for; none if there are none.
            new: Option<Benchmark>,
        },
        /// A capability challenge begins. Its groups are jobs, drawn in this block and, if they are many, in the next ones.
        ChallengeBegun {
            /// Providers that will be asked if they have free slots.
            providers: u32,
        },
        /// Members of a round were drawn.
        Drawn {
            /// The job.
            job: JobId,
            /// The round.
            tier: Tier,
            /// The seed of the round's digests.
            seed: H256,
            /// In the order of the draw. In a redraw, the replacements.
            providers: alloc::vec::Vec<ProviderId>,
            /// The block after which commitments are too late.
            deadline: BlockNumberFor<T>,
        },
        /// Members are missing; replacements will be drawn.
        RedrawScheduled {
            /// The job.
            job: JobId,
            /// The round.
            tier: Tier,
            /// The block of the draw.
            at: BlockNumberFor<T>,
        },
        /// A member committed.
        Committed {
            /// The job.
            job: JobId,
            /// The round.
            tier: Tier,
            /// The member.
            provider: ProviderId,
        },
        /// A member will not compute the job.
        Declined {
            /// The job.
            job: JobId,
            /// The round.
            tier: Tier,
            /// The member.
            provider: ProviderId,
            /// Why.
            reason: DeclineReason,
        },
        /// Commitments are closed and can be opened.
        RevealStarted {
            /// The job.
            job: JobId,
            /// The round.
            tier: Tier,
            /// The block after which it is too late.
            deadline: BlockNumberFor<T>,
        },
        /// A member opened its commitment.
        Revealed {
            /// The job.
            job: JobId,
            /// The round.
            tier: Tier,
            /// The member.
            provider: ProviderId,
            /// Its output.
            output: BlobRef,
        },
        /// All replicas agree.
        JobAccepted {
            /// The job.
            job: JobId,
            /// The block of the payment.
            deadline: BlockNumberFor<T>,
        },
        /// A member's part in a job is over and its bond is free.
        MemberSettled {
            /// The job.
            job: JobId,
            /// The round.
            tier: Tier,
            /// The member.
            provider: ProviderId,
            /// Why it was paid or not.
            outcome: MemberOutcome,
            /// What it was paid. Jurors are paid when the job ends.
            paid: BalanceOf<T>,
        },
        /// A payment could not be made; the amount goes back to the customer.
        PaymentFailed {
            /// The job.
            job: JobId,
            /// Who was to be paid.
            to: T::AccountId,
            /// How much.
            amount: BalanceOf<T>,
        },
        /// A job is over.
        JobEnded {
            /// The job.
            job: JobId,
            /// How.
            state: JobState,
            /// The fee taken.
            fee: BalanceOf<T>,
            /// Taken for the audit pool: the premium, and of shares that no result earned what jurors cost.
            premium: BalanceOf<T>,
            /// Given back to the customer.
            refunded: BalanceOf<T>,
        },
        /// A jury will be drawn.
        JuryCalled {
            /// The job.
            job: JobId,
            /// The jury's round.
            tier: Tier,
            /// Why the first jury was called.
            cause: Option<JuryCause>,
            /// The block of the draw.
            at: BlockNumberFor<T>,
        },
        /// A jury has judged.
        VerdictReached {
            /// The job.
            job: JobId,
            /// The jury's round.
            tier: Tier,
            /// What it says of each replica's result.
            verdicts: alloc::vec::Vec<(ProviderId, Agreement)>,
        },
        /// A member was penalised at once.
        Penalised {
            /// The job.
            job: JobId,
            /// The round.
            tier: Tier,
            /// The member.
            provider: ProviderId,
            /// How much, of bond and backing together.
            amount: BalanceOf<T>,
            /// Why.
            reason: Reason,
        },
        /// Somebody put up a bond against a result or a verdict.
        Disputed {
            /// The job.
            job: JobId,
            /// Who.
            who: T::AccountId,
            /// Held until the verdict.
            bond: BalanceOf<T>,
        },
        /// The bond of a challenge or an appeal came back, or was lost.
        DisputeSettled {
            /// The job.
            job: JobId,
            /// Whose.
            who: T::AccountId,
            /// How much.
            bond: BalanceOf<T>,
            /// Which of both.
            reason: Reason,
        },
        /// Wrong results of a model are slashed from now on, or not any more.
        PayOnlySet {
            /// The model.
            model: ModelId,
            /// Whether it pays only.
            pay_only: bool,
        },
        /// An ended job's record is gone.
        JobPruned {
            /// The job.
            job: JobId,
        },
        /// A line of a report did not apply.
        ReportRefused {
            /// The job.
            job: JobId,
            /// Who signed.
            operator: T::AccountId,
            /// Why.
            reason: Refusal,
        },
        /// A juror whose result agreed with enough others' was paid from the audit pool, at the end of the job.
        JurorPaid {
            /// The job.
            job: JobId,
            /// The jury's round.
            tier: Tier,
            /// The juror.
            provider: ProviderId,
            /// What it was paid.
            paid: BalanceOf<T>,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// A model's name is empty, too long, or not UTF-8.
        BadName,
        /// A limit of a model is lower or higher than the chain allows.
        BadLimits,
        /// A job has at least one replica and at most seven.
        BadReplicas,
        /// What is free does not cover the deposit; or what is neither held nor locked, as by votes, not the escrow or the bond.
        CannotPay,
        /// The input is empty.
        InputEmpty,
        /// The input is longer than the model allows.
        InputTooLong,
        /// The model is registered already.
        ModelExists,
        /// The model takes no new jobs.
        ModelRetired,
        /// No job can be numbered any more.
        NoIdLeft,
        /// The job's present state has not ended.
        NothingDue,
        /// A report without a line.
        NoReports,
        /// New jobs, or those of the model, are paused: see until when in `hearth gov status`.
        Paused,
        /// The job is not accepted, or nobody pays for it: there is no result to challenge.
        NotAccepted,
        /// No verdict on the job waits: there is nothing to appeal against.
        NotAppealable,
        /// The model is somebody else's.
        NotModelOwner,
        /// The price is below the minimum.
        PriceTooLow,
        /// The customer has as many jobs as one may have; wait until ended ones are pruned.
        TooManyJobs,
        /// No such job, or it was pruned.
        UnknownJob,
        /// No such model.
        UnknownModel,
        /// Capability challenges ask for the model: it stays.
        ModelOfChallenges,
    }

    impl<T: Config> Pallet<T> {
        /// The customer of capability challenges.
        pub fn protocol_account() -> T::AccountId {
            use sp_runtime::traits::AccountIdConversion;
            T::PalletId::get().into_account_truncating()
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(now: BlockNumberFor<T>) -> Weight {
            Self::begin_block(now)
        }

        fn offchain_worker(now: BlockNumberFor<T>) {
            Self::report_results(now)
        }

        fn integrity_test() {
            assert_eq!(Self::check_numbers(), Ok(()));
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_now: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Registers the ONNX file `blob` as a model, against a deposit. `max_exec` is in blocks, the lengths in bytes, `output_scale` in
        /// Q16.16.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::register_model())]
        #[allow(clippy::too_many_arguments)]
        pub fn register_model(
            origin: OriginFor<T>,
            name: BoundedVec<u8, ConstU32<MAX_NAME_LEN>>,
            blob: BlobRef,
            max_input_len: u64,
            max_output_len: u64,
            max_exec: u32,
            tolerance: Tolerance,
            output_scale: u32,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            Self::do_register_model(owner, name, blob, max_input_len, max_output_len, max_exec, tolerance, output_scale)
        }

        /// Closes a model to new jobs (its owner), and removes it once no job of it runs (anybody, free of charge), a bounded part per
        /// call.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::retire_model(DROP_LIMIT))]
        pub fn retire_model(origin: OriginFor<T>, model: ModelId) -> DispatchResultWithPostInfo {
            Self::do_retire_model(ensure_signed(origin)?, model)
        }

        /// Submits a job: `input` is run by `replicas` providers at `price` each. Holds the escrow. Its weight pays in advance for the
        /// transitions that it puts on the agenda, so that submissions cannot outrun the agenda's budget. `audit` is the probability of an
        /// audit, if it is to be higher than for all: the premium rises with it.
        #[pallet::call_index(2)]
        #[pallet::weight(Pallet::<T>::submit_weight(T::Providers::max_candidates(), audit.is_some()))]
        pub fn submit_job(
            origin: OriginFor<T>,
            model: ModelId,
            input: BlobRef,
            replicas: u32,
            price: BalanceOf<T>,
            audit: Option<Perbill>,
        ) -> DispatchResultWithPostInfo {
            Self::do_submit_job(ensure_signed(origin)?, model, input, replicas, price, audit)
        }

        /// An operator's report, for all its jobs at once. Lines that do not apply are refused by an event, the others apply; free of
        /// charge when all do.
        #[pallet::call_index(3)]
        #[pallet::weight(Pallet::<T>::report_weight(reports.len() as u32))]
        pub fn report(origin: OriginFor<T>, reports: BoundedVec<Report, ConstU32<MAX_REPORTS>>) -> DispatchResultWithPostInfo {
            Self::do_report(ensure_signed(origin)?, reports)
        }

        /// Applies what is due for a job. Free of charge.
        #[pallet::call_index(4)]
        #[pallet::weight(Pallet::<T>::poke_weight())]
        pub fn poke(origin: OriginFor<T>, job: JobId) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            Self::do_poke(job)
        }

        /// Chooses what capability challenges ask for from now on: a registered model, with an input that the chain can make. By
        /// [`Config::CuratorOrigin`]. None stops them, and with them what most of the providers' pool is for: by Root alone.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::set_benchmark())]
        pub fn set_benchmark(origin: OriginFor<T>, benchmark: Option<Benchmark>) -> DispatchResult {
            if benchmark.is_some() {
                T::CuratorOrigin::ensure_origin(origin)?;
            } else {
                ensure_root(origin)?;
            }
            Self::do_set_benchmark(benchmark)
        }

        /// Has a jury judge an accepted job, against a bond. It comes back if a result is not right, or there can be no jury, else it is the
        /// audit pool's. Of what is slashed the caller gets a part.
        #[pallet::call_index(6)]
        #[pallet::weight(Pallet::<T>::dispute_weight())]
        pub fn challenge(origin: OriginFor<T>, job: JobId) -> DispatchResultWithPostInfo {
            Self::do_challenge(ensure_signed(origin)?, job)
        }

        /// Has a second jury judge a job on which a verdict waits, against a bond. It comes back if the verdict changes, or there can be no
        /// jury, else it is the audit pool's.
        #[pallet::call_index(7)]
        #[pallet::weight(Pallet::<T>::dispute_weight())]
        pub fn appeal(origin: OriginFor<T>, job: JobId) -> DispatchResultWithPostInfo {
            Self::do_appeal(ensure_signed(origin)?, job)
        }

        /// Says whether wrong results of a model are slashed or only unpaid, as they are until it is calibrated on devices of several makers.
        /// By [`Config::CuratorOrigin`].
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::set_pay_only())]
        pub fn set_pay_only(origin: OriginFor<T>, model: ModelId, pay_only: bool) -> DispatchResult {
            T::CuratorOrigin::ensure_origin(origin)?;
            Self::do_set_pay_only(model, pay_only)
        }
    }
}
