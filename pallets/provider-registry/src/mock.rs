//! A runtime of three pallets, and a builder whose externalities check `try_state` after every test.

use crate::{self as pallet_provider_registry, BenchmarkHelper, Config, GenesisConfig, GenesisProvider, HoldReason, Pallet};
use frame_support::{
    derive_impl, parameter_types,
    traits::{fungible::InspectHold, Hooks},
    weights::Weight,
};
use hearth_primitives::{
    governance::Brake,
    market::MemberOutcome,
    provider::{BackendClass, ModelDirectory, ProviderPool, Slash},
    reward::{EraIndex, ProviderStakes, RewardAccounts, Stake},
    ModelId, ProviderId,
};
use sp_runtime::{testing::TestSignature, BuildStorage, DispatchResult, Perbill};
use std::{cell::RefCell, collections::BTreeSet};

pub type AccountId = u64;
pub type Balance = u128;
type Block = frame_system::mocking::MockBlock<Test>;

/// One token.
pub const UNIT: Balance = 1_000;
pub const ALICE: AccountId = 1;
pub const BOB: AccountId = 2;
pub const CAROL: AccountId = 3;
/// What every test's owners have.
pub const ENDOWMENT: Balance = 10_000 * UNIT;
/// The most that a test's provider has: see the constants below.
pub const MAX_SLOTS: u32 = 8;
pub const MAX_OFFERS: u32 = 4;
pub const MAX_PROVIDERS: u32 = 3;
pub const UNBONDING: u64 = 20;
pub const FLOAT: Balance = 5 * UNIT;
pub const TRUSTED_AFTER: u32 = 3;
/// Blocks from a conviction to its slash, and in jail.
pub const DEFERRAL: u64 = 10;
pub const JAIL: u64 = 6;
/// What is held for an appeal.
pub const APPEAL: Balance = 7 * UNIT;
/// Who gets what of slashes is nobody else's.
pub const TREASURY: AccountId = 77;
/// The most that a test's backers have: see the constants below.
pub const MAX_CHUNKS: u32 = 3;
pub const MAX_BACKED: u32 = 2;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        ProviderRegistry: pallet_provider_registry,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
    type AccountData = pallet_balances::AccountData<Balance>;
}

parameter_types! {
    pub const ExistentialDeposit: Balance = 1;
    pub const MinBond: Balance = 100 * UNIT;
    pub static BondPerSlot: Balance = 10 * UNIT;
    pub const MaxSlots: u32 = MAX_SLOTS;
    pub const MaxOffersPerProvider: u32 = MAX_OFFERS;
    pub const MaxProvidersPerModel: u32 = MAX_PROVIDERS;
    pub const UnbondingPeriod: u64 = UNBONDING;
    pub const OperatorFloat: Balance = FLOAT;
    pub const TrustedAfter: u32 = TRUSTED_AFTER;
    pub const SlashDeferral: u64 = DEFERRAL;
    pub const JailPeriod: u64 = JAIL;
    pub const AppealBond: Balance = APPEAL;
    pub const Treasury: AccountId = TREASURY;
    /// What slashes may use of a block. Each costs one, and so does looking at a block.
    pub static SlashWeight: Weight = Weight::from_parts(1_000, 1_000);
    /// Whether slashing is paused.
    pub static SlashingPaused: bool = false;
    pub const MinBacking: Balance = 10 * UNIT;
    pub const MaxUnbondingChunks: u32 = MAX_CHUNKS;
    pub const MaxBackedProviders: u32 = MAX_BACKED;
    pub const DefaultCommission: Perbill = Perbill::from_percent(10);
    pub const MaxCommission: Perbill = Perbill::from_percent(50);
    pub const MaxCommissionStep: Perbill = Perbill::from_percent(5);
    /// The era of rewards that runs.
    pub static Era: EraIndex = 0;
    /// The stakes by which rewards were shared out, in order.
    pub static Settled: Vec<(ProviderId, Stake<Balance>)> = Vec::new();
    /// What backers were credited for, in order.
    pub static Credited: Vec<(ProviderId, AccountId, Balance)> = Vec::new();
    /// The backers whose rewards were closed.
    pub static ClosedBackers: Vec<(ProviderId, AccountId)> = Vec::new();
    /// What every backer can claim.
    pub static Claimable: Balance = 0;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ExistentialDeposit;
    type AccountStore = System;
}

thread_local! {
    static OPEN: RefCell<BTreeSet<ModelId>> = const { RefCell::new(BTreeSet::new()) };
}

/// The models that the tests opened.
pub struct OpenModels;

impl OpenModels {
    pub fn open(model: ModelId) {
        OPEN.with_borrow_mut(|models| models.insert(model));
    }

    pub fn retire(model: ModelId) {
        OPEN.with_borrow_mut(|models| models.remove(&model));
    }
}

impl ModelDirectory for OpenModels {
    fn accepts_offers(model: ModelId) -> bool {
        OPEN.with_borrow(|models| models.contains(&model))
    }

    fn benchmark_model() -> ModelId {
        let model = ModelId::repeat_byte(0xff);
        Self::open(model);
        model
    }
}

thread_local! {
    static CLOSED: RefCell<Vec<(ProviderId, AccountId)>> = const { RefCell::new(Vec::new()) };
}

/// Notes what was asked of it, with the state in which it was.
pub struct Closed;

impl Closed {
    pub fn all() -> Vec<(ProviderId, AccountId)> {
        CLOSED.with_borrow(Clone::clone)
    }
}

impl RewardAccounts<AccountId, Balance> for Closed {
    fn current_era() -> EraIndex {
        Era::get()
    }

    fn settle(provider: ProviderId) {
        Settled::mutate(|settled| settled.push((provider, Pallet::<Test>::stake_of(provider))));
    }

    fn settle_backer(provider: ProviderId, backer: &AccountId) {
        Self::settle(provider);
        Credited::mutate(|credited| credited.push((provider, *backer, Pallet::<Test>::backing_of(provider, backer))));
    }

    fn backer_claimable(_: ProviderId, _: &AccountId) -> Balance {
        Claimable::get()
    }

    fn close(provider: ProviderId, owner: &AccountId) {
        assert_eq!(Pallet::<Test>::owner_of(provider), Some(*owner));
        Self::settle(provider);
        CLOSED.with_borrow_mut(|closed| closed.push((provider, *owner)));
    }

    fn close_backer(provider: ProviderId, backer: &AccountId) {
        assert_eq!(backing_on_hold(*backer), bonded_by(*backer), "its money is free before its rewards are paid");
        ClosedBackers::mutate(|closed| closed.push((provider, *backer)));
    }

    fn benchmark_earnings(_: ProviderId) {}
}

/// Pauses slashing if a test says so.
pub struct Brakes;

impl Brake for Brakes {
    fn pauses_jobs(_: ModelId) -> bool {
        false
    }

    fn pauses_slashing() -> bool {
        SlashingPaused::get()
    }
}

/// The benchmarks' operators.
pub struct Signers;

impl BenchmarkHelper<AccountId, TestSignature> for Signers {
    fn operator(index: u32, message: &[u8]) -> (AccountId, TestSignature) {
        let operator = operator_of(index.into());
        (operator, TestSignature(operator, message.to_vec()))
    }
}

impl Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Models = OpenModels;
    type Brake = Brakes;
    type Treasury = Treasury;
    type SlashDeferral = SlashDeferral;
    type JailPeriod = JailPeriod;
    type AppealBond = AppealBond;
    type MaxSlashWeight = SlashWeight;
    type OperatorSignature = TestSignature;
    type MinBond = MinBond;
    type BondPerSlot = BondPerSlot;
    type MaxSlots = MaxSlots;
    type MaxOffersPerProvider = MaxOffersPerProvider;
    type MaxProvidersPerModel = MaxProvidersPerModel;
    type UnbondingPeriod = UnbondingPeriod;
    type OperatorFloat = OperatorFloat;
    type Rewards = Closed;
    type TrustedAfter = TrustedAfter;
    type MinBacking = MinBacking;
    type MaxUnbondingChunks = MaxUnbondingChunks;
    type MaxBackedProviders = MaxBackedProviders;
    type DefaultCommission = DefaultCommission;
    type MaxCommission = MaxCommission;
    type MaxCommissionStep = MaxCommissionStep;
    type WeightInfo = ();
    type BenchmarkHelper = Signers;
}

/// Builds the world of a test.
#[derive(Default)]
pub struct TestExt {
    providers: Vec<GenesisProvider<AccountId, Balance>>,
    models: u8,
}

impl TestExt {
    /// A provider from the first block, with the smallest bond; its operator is [`operator_of`] its owner.
    pub fn provider(mut self, owner: AccountId, slots: u32, trusted: bool) -> Self {
        let bond = Pallet::<Test>::bond_for(slots);
        self.providers.push(GenesisProvider { owner, operator: operator_of(owner), backend: BackendClass::Cpu, slots, bond, trusted });
        self
    }

    /// So many open models: see [`model`].
    pub fn models(mut self, count: u8) -> Self {
        self.models = count;
        self
    }

    pub fn build(self) -> sp_io::TestExternalities {
        BondPerSlot::set(10 * UNIT);
        let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().expect("the system's genesis builds");
        let balances = (ALICE..=10).chain([TREASURY]).map(|who| (who, ENDOWMENT)).collect();
        pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() }
            .assimilate_storage(&mut storage)
            .expect("the balances' genesis builds");
        GenesisConfig::<Test> { providers: self.providers }.assimilate_storage(&mut storage).expect("the registry's genesis builds");
        OPEN.with_borrow_mut(BTreeSet::clear);
        Era::set(0);
        SlashingPaused::set(false);
        SlashWeight::set(Weight::from_parts(1_000, 1_000));
        forget_rewards();
        (0..self.models).for_each(|at| OpenModels::open(model(at)));
        let mut ext = sp_io::TestExternalities::new(storage);
        ext.execute_with(|| System::set_block_number(1));
        ext
    }

    pub fn execute_with(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            check();
        });
    }
}

/// Every pallet's `try_state`.
pub fn check() {
    Pallet::<Test>::do_try_state().expect("the registry's state holds");
    <Balances as Hooks<u64>>::try_state(System::block_number()).expect("the balances' state holds");
}

/// What is held from an owner for appeals.
pub fn appeal_on_hold(owner: AccountId) -> Balance {
    Balances::balance_on_hold(&HoldReason::SlashAppeal.into(), &owner)
}

/// The operator that the tests give an owner: an account without money.
pub fn operator_of(owner: AccountId) -> AccountId {
    owner + 100
}

pub fn model(at: u8) -> ModelId {
    ModelId::repeat_byte(at + 1)
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

pub fn bond_on_hold(owner: AccountId) -> Balance {
    Balances::balance_on_hold(&HoldReason::Bond.into(), &owner)
}

pub fn backing_on_hold(backer: AccountId) -> Balance {
    Balances::balance_on_hold(&HoldReason::Backing.into(), &backer)
}

/// What `backer` has bonded behind all providers, by the records.
pub fn bonded_by(backer: AccountId) -> Balance {
    crate::Backings::<Test>::iter().filter(|(_, who, _)| *who == backer).map(|(_, _, backing)| backing.held()).sum()
}

/// Forgets what was asked of the rewards' side.
pub fn forget_rewards() {
    Settled::set(Vec::new());
    Credited::set(Vec::new());
    ClosedBackers::set(Vec::new());
}

/// Lets others back the provider of `owner`, without a limit.
pub fn accept_all(owner: AccountId) {
    ProviderRegistry::accept_backing(signed(owner), Balance::MAX).expect("an owner may accept backers");
}

pub fn back(backer: AccountId, provider: ProviderId, amount: Balance) -> DispatchResult {
    ProviderRegistry::back(signed(backer), provider, amount)
}

pub fn unback(backer: AccountId, provider: ProviderId, amount: Balance) -> DispatchResult {
    ProviderRegistry::unback(signed(backer), provider, amount)
}

pub fn withdraw_backing(backer: AccountId, provider: ProviderId) -> DispatchResult {
    ProviderRegistry::withdraw_backing(signed(backer), provider)
}

/// Anybody takes out what a backing has lost.
pub fn collect(provider: ProviderId, backer: AccountId) -> DispatchResult {
    ProviderRegistry::collect(signed(ALICE), provider, backer)
}

/// What `backer` has bonded behind a provider.
pub fn backing(provider: ProviderId, backer: AccountId) -> crate::BackingOf<Test> {
    crate::Backings::<Test>::get(provider, backer).expect("the test bonded it")
}

/// The provider of `owner` leaves, and is forgotten as soon as it can be.
pub fn leave_and_withdraw(owner: AccountId) {
    ProviderRegistry::leave(signed(owner)).expect("an active provider may leave");
    advance_to(System::block_number() + UNBONDING);
    ProviderRegistry::withdraw(signed(owner)).expect("an idle provider may be withdrawn");
}

/// What `operator` signs when it consents to `owner`.
pub fn consent(owner: AccountId, operator: AccountId) -> Option<TestSignature> {
    Some(TestSignature(operator, Pallet::<Test>::consent_message(&owner)))
}

/// Registers with the smallest bond for the slots, and an operator that consents.
pub fn register(owner: AccountId, slots: u32) -> DispatchResult {
    register_with(owner, operator_of(owner), slots, Pallet::<Test>::bond_for(slots))
}

/// Registers with an operator that consents.
pub fn register_with(owner: AccountId, operator: AccountId, slots: u32, bond: Balance) -> DispatchResult {
    ProviderRegistry::register(signed(owner), operator, consent(owner, operator), BackendClass::Cpu, slots, bond)
}

/// Names another operator, which consents.
pub fn set_operator(owner: AccountId, operator: AccountId) -> DispatchResult {
    ProviderRegistry::set_operator(signed(owner), operator, consent(owner, operator))
}

pub fn record(id: ProviderId) -> crate::ProviderOf<Test> {
    crate::Providers::<Test>::get(id).expect("the test registered the provider")
}

/// Ends a provider's part in a job that counts: its slot and its bond are free.
pub fn release(provider: ProviderId, lock: Balance, outcome: MemberOutcome) {
    Pallet::<Test>::free_slot(provider);
    Pallet::<Test>::unbind(provider, lock, outcome, true);
}

/// A conviction of `provider`, whose job locked as much, with these payees; returns the slash that waits.
pub fn convict(provider: ProviderId, amount: Balance, payees: &[(AccountId, Balance)]) -> hearth_primitives::governance::SlashId {
    Pallet::<Test>::bind(provider, amount).expect("it can lock as much");
    Pallet::<Test>::free_slot(provider);
    Pallet::<Test>::defer_slash(provider, Slash { job: 3, amount, payees: payees.to_vec() });
    Pallet::<Test>::unbind(provider, amount, MemberOutcome::Slashed, true);
    let waits = |record: frame_system::EventRecord<RuntimeEvent, _>| match record.event {
        RuntimeEvent::ProviderRegistry(crate::Event::SlashDeferred { slash, .. }) => Some(slash),
        _ => None,
    };
    System::events().into_iter().rev().find_map(waits).expect("a slash was deferred")
}

/// Goes to block `to`, and has each begin.
pub fn run_to(to: u64) {
    while System::block_number() < to {
        let next = System::block_number() + 1;
        System::set_block_number(next);
        <ProviderRegistry as Hooks<u64>>::on_initialize(next);
    }
}

/// What the backers of a provider have active together, and how many they are.
pub fn totals(provider: ProviderId) -> (Balance, u32) {
    let total = crate::BackingTotals::<Test>::get(provider);
    (total.active, total.backers)
}

pub fn last_event() -> RuntimeEvent {
    System::events().pop().expect("the test made an event").event
}

pub fn advance_to(block: u64) {
    System::set_block_number(block);
}
