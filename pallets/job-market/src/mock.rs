//! A runtime with the real registry and balances, a builder of markets, and what must hold in each. What is done in them stands in `steps`.

mod steps;

pub use steps::*;

use crate::{self as pallet_job_market, BlockRandomness, FeeOf, GenesisBenchmark, HoldReason, Jobs, Penalties, Rounds, REPLICAS};
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::{
    derive_impl, ord_parameter_types, parameter_types,
    storage::unhashed,
    traits::{
        fungible::{Balanced, Inspect, InspectHold},
        EitherOfDiverse, Hooks, Imbalance,
    },
    weights::Weight,
    PalletId,
};
use frame_system::{
    offchain::{AppCrypto, CreateSignedTransaction, CreateTransactionBase, SigningTypes},
    EnsureRoot, EnsureSignedBy,
};
use hearth_primitives::{
    blake2_256,
    blob::BlobRef,
    capability::Benchmark,
    commitment::commitment,
    digest::{Digest, Tolerance},
    governance::{Brake, OnEscrowChange},
    jury::Verdicts,
    mailbox::{Entry, RunResult},
    market::{DeclineReason, Duty, JobKind, JobState, JobView, Report},
    provider::BackendClass,
    reward::{FeeSink, ProvenWork},
    JobId, ModelId, ProviderId, H256,
};
use pallet_provider_registry::BenchmarkHelper as _;
use scale_info::TypeInfo;
use sp_runtime::{
    generic,
    traits::{IdentityLookup, Lazy, Verify},
    AccountId32, BuildStorage, DispatchResult, DispatchResultWithInfo, MultiSignature, MultiSigner, Perbill,
};
use std::collections::BTreeMap;

pub type AccountId = AccountId32;
pub type Balance = u128;
pub type BlockNumber = u64;
type Block = frame_system::mocking::MockBlock<Test>;

/// One token.
pub const UNIT: Balance = 1_000;
/// What a replica costs in most tests.
pub const PRICE: Balance = 10 * UNIT;
/// What every account of a test has at first.
pub const ENDOWMENT: Balance = 1_000_000 * UNIT;
/// The longest run of the tests' model, in blocks.
pub const MAX_EXEC: u32 = 10;
/// The longest input and output of the tests' model.
pub const MAX_LEN: u64 = 1_000;
/// Slots of each provider.
pub const SLOTS: u32 = 4;
/// Blocks from one challenge to the next, on average.
pub const CHALLENGE_PERIOD: BlockNumber = 40;
/// What a run of the benchmark is worth.
pub const WORK: u64 = 7;
/// Blocks from a conviction to its slash.
pub const DEFERRAL: BlockNumber = 15;
/// What the audit pool has at first.
pub const POOL: Balance = 1_000 * UNIT;
/// How long ended jobs are kept.
pub const RETENTION: BlockNumber = 50;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        ProviderRegistry: pallet_provider_registry,
        JobMarket: pallet_job_market,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
    type AccountId = AccountId;
    type Lookup = IdentityLookup<AccountId>;
    type AccountData = pallet_balances::AccountData<Balance>;
}

parameter_types! {
    pub const ExistentialDeposit: Balance = 10;
    pub const MinBond: Balance = 100 * UNIT;
    pub const BondPerSlot: Balance = 10 * UNIT;
    pub const MaxSlots: u32 = 64;
    pub const MaxOffersPerProvider: u32 = 8;
    pub const MaxProvidersPerModel: u32 = 160;
    pub const UnbondingPeriod: BlockNumber = 20;
    pub const OperatorFloat: Balance = UNIT;
    pub const TrustedAfter: u32 = 3;
    pub const MinBacking: Balance = 10 * UNIT;
    pub const MaxUnbondingChunks: u32 = 4;
    pub const MaxBackedProviders: u32 = 4;
    pub const DefaultCommission: Perbill = Perbill::from_percent(10);
    pub const MaxCommission: Perbill = Perbill::from_percent(50);
    pub const MaxCommissionStep: Perbill = Perbill::from_percent(5);
    pub const FeeRate: Perbill = Perbill::from_percent(5);
    /// Tests of audits raise it.
    pub static AuditRate: Perbill = Perbill::zero();
    pub const Costs: Penalties = Penalties {
        no_show: 1,
        non_reveal: 10,
        challenge_bond: 4,
        appeal_bond: 8,
        customer: 1,
        challenger: Perbill::from_percent(20),
    };
    pub const MinJurors: u32 = 5;
    pub const FaultLimit: Perbill = Perbill::from_percent(2);
    pub const FaultWindow: u32 = 100;
    pub const SlashDeferral: BlockNumber = DEFERRAL;
    pub const JailPeriod: BlockNumber = DEFERRAL;
    pub const AppealBond: Balance = 5 * UNIT;
    pub const TreasuryAccount: AccountId = TREASURY;
    pub const MaxSlashWeight: Weight = Weight::from_parts(1_000, 1_000);
    pub const LockMultiple: u32 = 25;
    pub const MinPrice: Balance = UNIT;
    pub const DrawDelay: BlockNumber = 3;
    pub const RevealPeriod: BlockNumber = 20;
    pub const AcceptedWindow: BlockNumber = 200;
    pub const Retention: BlockNumber = RETENTION;
    pub const ChallengePeriod: BlockNumber = CHALLENGE_PERIOD;
    pub const ChallengeRetention: BlockNumber = RETENTION / 2;
    pub const MarketPallet: PalletId = PalletId(*b"test/mkt");
    /// The models of which no job may begin.
    pub static Paused: Vec<ModelId> = Vec::new();
    /// Work that was proven, by provider.
    pub static Proven: BTreeMap<ProviderId, u128> = BTreeMap::new();
    pub const MinExec: u32 = 2;
    pub const MaxExec: u32 = 100;
    pub const MaxJobsPerCustomer: u32 = 8;
    pub const ModelDepositBase: Balance = 50 * UNIT;
    pub const ModelDepositPerMib: Balance = UNIT;
    /// The agenda's budget; zero is a block that is full.
    pub static ServiceWeight: Weight = Weight::from_parts(u64::MAX, u64::MAX);
    /// Another salt draws others.
    pub static Salt: u64 = 0;
    /// In whose name the last fee was taken.
    pub static Earners: Vec<ProviderId> = Vec::new();
}

ord_parameter_types! {
    pub const Curator: AccountId = CURATOR;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ExistentialDeposit;
    type AccountStore = System;
    type FreezeIdentifier = u8;
    type MaxFreezes = frame_support::traits::ConstU32<1>;
}

impl pallet_provider_registry::Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Models = JobMarket;
    type Brake = Brakes;
    type Treasury = TreasuryAccount;
    type SlashDeferral = SlashDeferral;
    type JailPeriod = JailPeriod;
    type AppealBond = AppealBond;
    type MaxSlashWeight = MaxSlashWeight;
    type OperatorSignature = TestSignature;
    type MinBond = MinBond;
    type BondPerSlot = BondPerSlot;
    type MaxSlots = MaxSlots;
    type MaxOffersPerProvider = MaxOffersPerProvider;
    type MaxProvidersPerModel = MaxProvidersPerModel;
    type UnbondingPeriod = UnbondingPeriod;
    type OperatorFloat = OperatorFloat;
    type Rewards = ();
    type TrustedAfter = TrustedAfter;
    type MinBacking = MinBacking;
    type MaxUnbondingChunks = MaxUnbondingChunks;
    type MaxBackedProviders = MaxBackedProviders;
    type DefaultCommission = DefaultCommission;
    type MaxCommission = MaxCommission;
    type MaxCommissionStep = MaxCommissionStep;
    type WeightInfo = ();
    type BenchmarkHelper = Helper;
}

/// An operator's signature, as good as a real one for a test: who signed, and what.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, PartialEq, TypeInfo)]
pub struct TestSignature(AccountId, Vec<u8>);

impl Verify for TestSignature {
    type Signer = MultiSigner;

    fn verify<L: Lazy<[u8]>>(&self, mut message: L, signer: &AccountId) -> bool {
        self.0 == *signer && self.1 == message.get()
    }
}

/// A VRF output per block, as good as BABE's for a test.
pub struct TestRandomness;

impl BlockRandomness for TestRandomness {
    fn parent_vrf() -> Option<[u8; 32]> {
        // Some blocks have none.
        (!System::block_number().is_multiple_of(7)).then(|| blake2_256(&(Salt::get(), System::block_number()).encode()).0)
    }

    fn epoch() -> [u8; 32] {
        blake2_256(&(System::block_number() / 100).encode()).0
    }
}

/// Fees burned so far; in the state, so that a call that fails has burned nothing.
pub struct Burned;

impl Burned {
    const KEY: &'static [u8] = b"burned";

    pub fn get() -> Balance {
        unhashed::get_or_default(Self::KEY)
    }

    fn add(amount: Balance) {
        unhashed::put(Self::KEY, &(Self::get() + amount));
    }
}

/// Half is burned, three tenths go to the treasury, the rest to the author. Notes who earned it.
pub struct Fees;

impl FeeSink<FeeOf<Test>> for Fees {
    fn take(fee: FeeOf<Test>, earners: &[ProviderId]) {
        let all = fee.peek();
        Earners::set(earners.to_vec());
        let (burned, rest) = fee.split(all / 2);
        let (treasury, author) = rest.split(all * 3 / 10);
        Burned::add(burned.peek());
        assert!(Balances::resolve(&TREASURY, treasury).is_ok() && Balances::resolve(&AUTHOR, author).is_ok());
    }
}

/// Pauses what a test says.
pub struct Brakes;

impl Brake for Brakes {
    fn pauses_jobs(model: ModelId) -> bool {
        Paused::get().contains(&model)
    }

    fn pauses_slashing() -> bool {
        false
    }
}

/// What is held from each account for its jobs and disputes, as whoever hears of it was told last; in the state, so that a call that fails has
/// told nothing.
pub struct Told;

impl Told {
    fn key(who: &AccountId) -> Vec<u8> {
        (*b"told", who).encode()
    }

    fn get(who: &AccountId) -> Balance {
        unhashed::get_or_default(&Self::key(who))
    }
}

impl OnEscrowChange<AccountId> for Told {
    fn on_escrow_change(who: &AccountId) {
        unhashed::put(&Self::key(who), &JobMarket::escrow_of(who));
    }
}

/// Notes what is proven.
pub struct Work;

impl ProvenWork for Work {
    fn proven(provider: ProviderId, points: u128) {
        Proven::mutate(|proven| *proven.entry(provider).or_default() += points);
    }
}

impl SigningTypes for Test {
    type Public = MultiSigner;
    type Signature = MultiSignature;
}

/// What the offchain worker hands to the pool; the nonce stands in the signature's place.
pub type Extrinsic = generic::UncheckedExtrinsic<AccountId, RuntimeCall, u32, ()>;

impl<C> CreateTransactionBase<C> for Test
where
    RuntimeCall: From<C>,
{
    type Extrinsic = Extrinsic;
    type RuntimeCall = RuntimeCall;
}

impl<LocalCall> CreateSignedTransaction<LocalCall> for Test
where
    RuntimeCall: From<LocalCall>,
{
    fn create_signed_transaction<C: AppCrypto<Self::Public, Self::Signature>>(
        call: RuntimeCall,
        public: MultiSigner,
        account: AccountId,
        nonce: u32,
    ) -> Option<Extrinsic> {
        C::sign(&call.encode(), public)?;
        Some(Extrinsic::new_signed(call, account, nonce, ()))
    }
}

/// Providers for the benchmarks.
pub struct Helper;

impl pallet_provider_registry::BenchmarkHelper<AccountId, TestSignature> for Helper {
    fn operator(index: u32, message: &[u8]) -> (AccountId, TestSignature) {
        let operator: AccountId = frame_benchmarking::account("operator", index, 0);
        (operator.clone(), TestSignature(operator, message.to_vec()))
    }
}

impl crate::BenchmarkHelper<AccountId, Balance> for Helper {
    fn provider(index: u32, slots: u32, model: ModelId, ask: Balance, lock: Balance) -> AccountId {
        let owner: AccountId = frame_benchmarking::account("owner", index, 0);
        let (operator, consent) = Self::operator(index, &ProviderRegistry::consent_message(&owner));
        let bond = MinBond::get() + BondPerSlot::get() * Balance::from(slots) + lock;
        drop(Balances::deposit(&owner, 2 * bond, frame_support::traits::tokens::Precision::Exact).unwrap());
        let origin = RuntimeOrigin::signed(owner);
        ProviderRegistry::register(origin.clone(), operator.clone(), Some(consent), BackendClass::Cpu, slots, bond).unwrap();
        ProviderRegistry::offer(origin, model, ask).unwrap();
        operator
    }
}

impl crate::Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type PalletId = MarketPallet;
    type Providers = ProviderRegistry;
    type Work = Work;
    type ChallengePeriod = ChallengePeriod;
    type ChallengeRetention = ChallengeRetention;
    type Randomness = TestRandomness;
    type OperatorCrypto = crate::offchain::crypto::OperatorCrypto;
    type Fees = Fees;
    type Brake = Brakes;
    type OnEscrowChange = Told;
    type CuratorOrigin = EitherOfDiverse<EnsureRoot<AccountId>, EnsureSignedBy<Curator, AccountId>>;
    type FeeRate = FeeRate;
    type AuditRate = AuditRate;
    type LockMultiple = LockMultiple;
    type Penalties = Costs;
    type MinJurors = MinJurors;
    type FaultLimit = FaultLimit;
    type FaultWindow = FaultWindow;
    type MinPrice = MinPrice;
    type DrawDelay = DrawDelay;
    type RevealPeriod = RevealPeriod;
    type AcceptedWindow = AcceptedWindow;
    type Retention = Retention;
    type MinExec = MinExec;
    type MaxExec = MaxExec;
    type MaxJobsPerCustomer = MaxJobsPerCustomer;
    type ModelDepositBase = ModelDepositBase;
    type ModelDepositPerMib = ModelDepositPerMib;
    type MaxServiceWeight = ServiceWeight;
    type WeightInfo = ();
    type BenchmarkHelper = Helper;
}

pub const CUSTOMER: AccountId = AccountId::new([1; 32]);
pub const OTHER: AccountId = AccountId::new([2; 32]);
pub const MODELLER: AccountId = AccountId::new([3; 32]);
pub const TREASURY: AccountId = AccountId::new([4; 32]);
pub const AUTHOR: AccountId = AccountId::new([5; 32]);
/// Who chooses what challenges ask for, besides Root.
pub const CURATOR: AccountId = AccountId::new([6; 32]);

/// The owner of a provider of the genesis.
pub fn owner(provider: ProviderId) -> AccountId {
    AccountId::new([100 + provider as u8; 32])
}

/// What it computes on: there are two classes among any two neighbours.
pub fn backend(provider: ProviderId) -> BackendClass {
    if provider.is_multiple_of(2) {
        BackendClass::Cpu
    } else {
        BackendClass::Nvidia
    }
}

/// Its operator.
pub fn operator(provider: ProviderId) -> AccountId {
    AccountId::new([150 + provider as u8; 32])
}

/// Gives a provider of the genesis another operator, which consents.
pub fn set_operator(provider: ProviderId, operator: AccountId) -> DispatchResult {
    let consent = TestSignature(operator.clone(), ProviderRegistry::consent_message(&owner(provider)));
    ProviderRegistry::set_operator(RuntimeOrigin::signed(owner(provider)), operator, Some(consent))
}

/// The file of a test's model.
pub fn blob(n: u8) -> BlobRef {
    BlobRef { id: blake2_256(&[n]), len: 2 * 1024 * 1024 }
}

/// The model that providers of a market offer.
pub fn model() -> ModelId {
    blob(0).id
}

/// Builds the world of a test.
#[derive(Default)]
pub struct TestExt {
    trusted: u32,
    newcomers: u32,
    slots: Vec<u32>,
    challenges: bool,
}

impl TestExt {
    /// A market with `trusted` providers that may be drawn alone. Each has [`SLOTS`] slots and offers [`model`] for a tenth of [`PRICE`].
    pub fn market(trusted: u32) -> Self {
        Self { trusted, ..Default::default() }
    }

    /// Providers with so many slots each, all trusted, and capability challenges.
    pub fn challenged(slots: &[u32]) -> Self {
        Self { trusted: slots.len() as u32, slots: slots.to_vec(), challenges: true, ..Default::default() }
    }

    /// Whose providers have so many slots each.
    pub fn slots(mut self, slots: u32) -> Self {
        self.slots = vec![slots; self.trusted as usize];
        self
    }

    /// With capability challenges.
    pub fn challenges(mut self) -> Self {
        self.challenges = true;
        self
    }

    /// And so many that may not.
    pub fn newcomers(mut self, count: u32) -> Self {
        self.newcomers = count;
        self
    }

    pub fn build(self) -> sp_io::TestExternalities {
        let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
        let count = self.trusted + self.newcomers;
        let people = [CUSTOMER, OTHER, MODELLER, TREASURY, AUTHOR].into_iter().chain((0..count).map(owner));
        let balances = people.map(|who| (who, ENDOWMENT)).chain([(JobMarket::pool_account(), POOL)]).collect();
        pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() }.assimilate_storage(&mut storage).unwrap();
        let provider = |id: ProviderId| pallet_provider_registry::GenesisProvider {
            owner: owner(id),
            operator: operator(id),
            backend: backend(id),
            slots: self.slots.get(id as usize).copied().unwrap_or(SLOTS),
            bond: ENDOWMENT / 2,
            trusted: id < self.trusted,
        };
        pallet_provider_registry::GenesisConfig::<Test> { providers: (0..count).map(provider).collect() }
            .assimilate_storage(&mut storage)
            .unwrap();
        if self.challenges {
            let benchmark = Some(benchmark());
            crate::GenesisConfig::<Test> { benchmark, ..Default::default() }.assimilate_storage(&mut storage).unwrap();
        }
        ServiceWeight::set(Weight::from_parts(u64::MAX, u64::MAX));
        Salt::set(0);
        AuditRate::set(Perbill::zero());
        Proven::set(BTreeMap::new());
        Paused::set(Vec::new());
        let mut ext = sp_io::TestExternalities::new(storage);
        ext.execute_with(|| {
            run_to(1);
            register(0).unwrap();
            for provider in 0..count {
                ProviderRegistry::offer(RuntimeOrigin::signed(owner(provider)), model(), PRICE / 10).unwrap();
            }
            run_to(2);
        });
        ext
    }

    pub fn execute_with(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            check();
        });
    }
}

/// What the challenges of a test ask for.
pub fn benchmark() -> GenesisBenchmark {
    let blob = BlobRef { id: blake2_256(b"benchmark"), len: 1_000 };
    GenesisBenchmark {
        name: "benchmark".into(),
        blob,
        max_output_len: MAX_LEN,
        max_exec: MAX_EXEC,
        tolerance: Tolerance { hidden: 4, output: 8 },
        output_scale: 1 << 16,
        benchmark: Benchmark { model: blob.id, elements: 16, work: WORK },
    }
}

pub fn pool() -> Balance {
    JobMarket::pool_balance()
}

/// Free and held balance.
pub fn total(who: &AccountId) -> Balance {
    Balances::total_balance(who)
}

pub fn held(who: &AccountId) -> Balance {
    Balances::balance_on_hold(&HoldReason::Escrow.into(), who)
}

/// Everything that must hold in every block, across the pallets.
pub fn check() {
    JobMarket::do_try_state().unwrap();
    <ProviderRegistry as Hooks<BlockNumber>>::try_state(System::block_number()).unwrap();
    <Balances as Hooks<BlockNumber>>::try_state(System::block_number()).unwrap();
    let accounts: Balance = frame_system::Account::<Test>::iter_values().map(|a| a.data.free + a.data.reserved).sum();
    assert_eq!(accounts, Balances::total_issuance());
    // Whoever must know what is held for jobs and disputes was told.
    for who in frame_system::Account::<Test>::iter_keys() {
        assert_eq!(JobMarket::escrow_of(&who), Told::get(&who));
    }

    // What is held of each account is what its jobs and disputes hold, also if it has none any more.
    let (mut escrows, mut bonds) = (BTreeMap::<AccountId, Balance>::new(), BTreeMap::<AccountId, Balance>::new());
    for job in Jobs::<Test>::iter_values() {
        *escrows.entry(job.customer).or_default() += job.held;
        for dispute in [job.challenger, job.appellant].into_iter().flatten().filter(|dispute| dispute.returned.is_none()) {
            *bonds.entry(dispute.who).or_default() += dispute.bond;
        }
    }
    for who in frame_system::Account::<Test>::iter_keys() {
        let owed = [&escrows, &bonds].map(|owed| owed.get(&who).copied().unwrap_or_default());
        assert_eq!(owed, [held(&who), Balances::balance_on_hold(&HoldReason::Dispute.into(), &who)]);
    }

    // Bonds are locked by bound members, slots are taken and seats pending for busy replicas, and for nothing else.
    let mut bound = BTreeMap::<ProviderId, (u32, Balance, u32)>::new();
    for (_, _, slash) in pallet_provider_registry::Deferred::<Test>::iter() {
        bound.entry(slash.provider).or_default().1 += slash.amount;
    }
    for (job, tier, round) in Rounds::<Test>::iter() {
        let job = Jobs::<Test>::get(job).unwrap();
        let paid = job.kind == JobKind::Paid;
        for member in round.members.iter().filter(|m| m.outcome.is_none()) {
            let (slots, locked, seats) = bound.entry(member.provider).or_default();
            let seat = !paid && tier == REPLICAS;
            *slots += u32::from(paid && tier == REPLICAS && member.is_busy());
            *locked += round.lock;
            *seats += u32::from(seat && member.is_busy());
        }
    }
    for (id, provider) in pallet_provider_registry::Providers::<Test>::iter() {
        let found = (provider.slots_in_use, provider.locked, provider.capability.pending);
        assert_eq!(found, bound.remove(&id).unwrap_or_default());
    }
    assert!(bound.is_empty());
}
