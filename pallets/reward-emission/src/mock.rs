//! A runtime of three pallets, a registry of a few providers, and a builder whose externalities check `try_state` after every test.

use crate::{
    self as pallet_reward_emission, curve::tests::SCHEDULE, BackerPools, BenchmarkHelper, Config, CreditOf, EraPools, Event, FeeSplit,
    GenesisConfig, Pallet, Schedule, Split, TotalClaimable, YEAR,
};
use frame_support::{
    derive_impl, parameter_types,
    traits::{
        fungible::Balanced,
        tokens::{Fortitude, Precision, Preservation},
        Hooks, OnUnbalanced,
    },
    PalletId,
};
use hearth_primitives::{
    reward::{FeeSink, ProvenWork, ProviderStakes, RewardAccounts, Stake},
    ProviderId,
};
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage, DispatchResult, Perbill};
use sp_staking::EraPayout;
use std::collections::BTreeMap;

pub type AccountId = AccountId32;
pub type Balance = u128;
type Block = frame_system::mocking::MockBlock<Test>;

/// One token.
pub const UNIT: Balance = 1_000_000_000_000;
/// What there is at first: the customer has it, but for the pots' endowment.
pub const SUPPLY: Balance = 1_000_000_000 * UNIT;
/// An era of six hours, in milliseconds; a year has exactly 1,461.
pub const ERA: u64 = YEAR / 1_461;
/// The longest time that is minted for.
pub const MAX_CATCH_UP: u64 = 4 * ERA;
/// So many ended eras are remembered.
pub const HISTORY: u32 = 3;
/// The registry's providers have the ids below.
pub const PROVIDERS: ProviderId = 5;
/// What the owner of each has bonded.
pub const BOND: Balance = 1_000 * UNIT;
/// Of the providers' part, what paid jobs may earn.
pub const JOB_SHARE: Perbill = Perbill::from_percent(20);

pub const CUSTOMER: AccountId = AccountId::new([1; 32]);
pub const TREASURY: AccountId = AccountId::new([2; 32]);
pub const AUTHOR: AccountId = AccountId::new([3; 32]);
pub const STAKER: AccountId = AccountId::new([4; 32]);

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        RewardEmission: pallet_reward_emission,
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
    pub const ExistentialDeposit: Balance = 1;
    pub const EmissionId: PalletId = PalletId(*b"hrth/emi");
    pub const TreasuryAccount: AccountId = TREASURY;
    pub const Curve: Schedule = SCHEDULE;
    pub const EraSplit: Split = Split { staking: Perbill::from_percent(40), providers: Perbill::from_percent(45) };
    pub const JobFeeSplit: FeeSplit = FeeSplit { burn: Perbill::from_percent(50), treasury: Perbill::from_percent(30) };
    pub const JobShare: Perbill = JOB_SHARE;
    pub const MaxCatchUp: u64 = MAX_CATCH_UP;
    pub const HistoryDepth: u32 = HISTORY;
    /// The providers that the registry has forgotten.
    pub static Forgotten: Vec<ProviderId> = Vec::new();
    /// What backers have active.
    pub static Backed: BTreeMap<(ProviderId, AccountId), Balance> = BTreeMap::new();
    /// What is there of what backs.
    pub static Left: Perbill = Perbill::one();
    /// The commission of every provider.
    pub static Commission: Perbill = Perbill::from_percent(10);
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ExistentialDeposit;
    type AccountStore = System;
}

/// Pays the block's author.
pub struct ToAuthor;

impl OnUnbalanced<CreditOf<Test>> for ToAuthor {
    fn on_nonzero_unbalanced(credit: CreditOf<Test>) {
        assert!(Balances::resolve(&AUTHOR, credit).is_ok());
    }
}

fn worth(backed: Balance) -> Balance {
    Left::get().mul_floor(backed)
}

/// Knows the first [`PROVIDERS`] providers until they are forgotten, and their backers until they are gone.
pub struct Registry;

impl ProviderStakes<AccountId, Balance> for Registry {
    fn owner_of(provider: ProviderId) -> Option<AccountId> {
        is_registered(provider).then(|| owner(provider))
    }

    fn stake_of(provider: ProviderId) -> Stake<Balance> {
        let backed: Balance = Backed::get().iter().filter(|((backed, _), _)| *backed == provider).map(|(_, active)| active).sum();
        if is_registered(provider) {
            Stake { bonded: BOND, backed, worth: worth(backed), commission: Commission::get().deconstruct() }
        } else {
            Stake { bonded: 0, backed, worth: worth(backed), commission: 0 }
        }
    }

    fn backing_of(provider: ProviderId, backer: &AccountId) -> Balance {
        Backed::get().get(&(provider, backer.clone())).copied().unwrap_or_default()
    }
}

impl BenchmarkHelper<AccountId> for Registry {
    fn provider(index: u32, backers: u32) -> ProviderId {
        Backed::mutate(|all| all.extend((0..backers).map(|at| ((index, Self::backer(at)), UNIT))));
        index
    }

    fn backer(index: u32) -> AccountId {
        frame_benchmarking::account("backer", index, 0)
    }
}

impl Config for Test {
    type Currency = Balances;
    type PalletId = EmissionId;
    type Treasury = TreasuryAccount;
    type Author = ToAuthor;
    type Stakes = Registry;
    type Schedule = Curve;
    type Split = EraSplit;
    type FeeSplit = JobFeeSplit;
    type JobShare = JobShare;
    type MaxCatchUp = MaxCatchUp;
    type HistoryDepth = HistoryDepth;
    type WeightInfo = ();
    type BenchmarkHelper = Registry;
}

/// Builds the world of a test.
#[derive(Default)]
pub struct TestExt {
    without_pots: bool,
}

impl TestExt {
    /// Leaves the pots without their endowment.
    pub fn without_pots(mut self) -> Self {
        self.without_pots = true;
        self
    }

    pub fn build(self) -> sp_io::TestExternalities {
        let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().expect("the system's genesis builds");
        let least = ExistentialDeposit::get();
        let mut balances = vec![(CUSTOMER, SUPPLY - 2 * least)];
        if !self.without_pots {
            balances.extend([(staking_pot(), least), (provider_pot(), least)]);
        }
        pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() }
            .assimilate_storage(&mut storage)
            .expect("the balances' genesis builds");
        GenesisConfig::<Test>::default().assimilate_storage(&mut storage).expect("the emission's genesis builds");
        Forgotten::set(Vec::new());
        Backed::set(BTreeMap::new());
        Left::set(Perbill::one());
        Commission::set(Perbill::from_percent(10));
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

/// Every pallet's `try_state`; and, since nobody sends money to the provider pot, it has exactly what is owed and its endowment.
pub fn check() {
    Pallet::<Test>::do_try_state().expect("the emission's state holds");
    <Balances as Hooks<u64>>::try_state(System::block_number()).expect("the balances' state holds");
    let pools: Balance = EraPools::<Test>::iter_values().map(|pool| pool.left()).sum();
    assert_eq!(free(&provider_pot()), pools + TotalClaimable::<Test>::get() + ExistentialDeposit::get());
    // Also of those who have no record yet, because they were never credited with anything.
    for (provider, pool) in BackerPools::<Test>::iter() {
        let backers = Backed::get().into_keys().filter(|(backed, _)| *backed == provider);
        let due: Balance = backers.map(|(_, backer)| due_to(provider, &backer)).sum();
        assert!(due <= pool.left, "backers are owed more than their pool has");
    }
    let accounts: Balance = frame_system::Account::<Test>::iter_values().map(|account| account.data.free).sum();
    assert_eq!(accounts, pallet_balances::TotalIssuance::<Test>::get());
}

pub fn staking_pot() -> AccountId {
    Pallet::<Test>::staking_pot()
}

pub fn provider_pot() -> AccountId {
    Pallet::<Test>::provider_pot()
}

/// Who owns a provider.
pub fn owner(provider: ProviderId) -> AccountId {
    AccountId::new([100 + provider as u8; 32])
}

pub fn is_registered(provider: ProviderId) -> bool {
    provider < PROVIDERS && !Forgotten::get().contains(&provider)
}

/// A backer.
pub fn backer(index: u8) -> AccountId {
    AccountId::new([200 + index; 32])
}

/// Lets `backer` have so much active behind a provider, once it was credited with what it has earned, as the registry does.
pub fn back(provider: ProviderId, backer: &AccountId, active: Balance) {
    RewardEmission::settle_backer(provider, backer);
    Backed::mutate(|all| match active {
        0 => all.remove(&(provider, backer.clone())),
        _ => all.insert((provider, backer.clone()), active),
    });
}

/// Lets `backer` have nothing bonded behind a provider any more, as the registry does.
pub fn withdraw_backing(provider: ProviderId, backer: &AccountId) {
    back(provider, backer, 0);
    RewardEmission::close_backer(provider, backer);
}

/// Gives every provider another commission, as the registry does.
pub fn set_commission(rate: Perbill) {
    (0..PROVIDERS).for_each(<RewardEmission as RewardAccounts<_, _>>::settle);
    Commission::set(rate);
}

/// Anybody claims for a backer.
pub fn claim_backing(provider: ProviderId, backer: &AccountId) -> DispatchResult {
    RewardEmission::claim_backing(RuntimeOrigin::signed(STAKER), provider, backer.clone())
}

/// What the pool of a provider's backers owes one of them.
fn due_to(provider: ProviderId, backer: &AccountId) -> Balance {
    let mut earning = crate::BackerEarnings::<Test>::get(provider, backer);
    let before = earning.claimable;
    let active = Registry::backing_of(provider, backer);
    earning.credit(&mut BackerPools::<Test>::get(provider), active, Registry::stake_of(provider).backed);
    earning.claimable - before
}

/// Lets the registry forget a provider. Its backers stay.
pub fn forget(provider: ProviderId) {
    RewardEmission::close(provider, &owner(provider));
    Forgotten::mutate(|forgotten| forgotten.push(provider));
}

pub fn free(who: &AccountId) -> Balance {
    Balances::free_balance(who)
}

/// Ends an era of so many milliseconds as Staking does; returns what came into the staking pot.
pub fn end_era_after(duration: u64) -> Balance {
    let (staking, rest) = RewardEmission::era_payout(0, pallet_balances::TotalIssuance::<Test>::get(), duration);
    assert_eq!(rest, 0);
    staking
}

/// Ends an era of six hours.
pub fn end_era() -> Balance {
    end_era_after(ERA)
}

/// Ends so many of them.
pub fn end_eras(count: u32) {
    for _ in 0..count {
        end_era();
    }
}

pub fn proven(provider: ProviderId, points: u128) {
    RewardEmission::proven(provider, points);
}

/// What an ended era gave for proven capacity.
pub fn for_proven(era: u32) -> Balance {
    crate::Eras::<Test>::get(era).expect("the era ended").proven
}

/// The customer pays a fee for a job of `earners`.
pub fn pay_fee(amount: Balance, earners: &[ProviderId]) {
    let fee = Balances::withdraw(&CUSTOMER, amount, Precision::Exact, Preservation::Preserve, Fortitude::Polite);
    RewardEmission::take(fee.expect("the customer is rich"), earners);
}

/// Anybody claims for a provider.
pub fn claim(provider: ProviderId) -> DispatchResult {
    RewardEmission::claim(RuntimeOrigin::signed(STAKER), provider)
}

/// The emission's own events so far.
pub fn events() -> Vec<Event<Test>> {
    let own = |event| match event {
        RuntimeEvent::RewardEmission(event) => Some(event),
        _ => None,
    };
    System::events().into_iter().filter_map(|record| own(record.event)).collect()
}
