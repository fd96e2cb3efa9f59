//! A runtime of four pallets with a few governed parameters, and a builder whose externalities check `try_state` after every test.

use crate::{
    self as pallet_dao_governance, BenchmarkHelper, Config, DeferredSlashes, Description, EnsureAuthority, Event, GovernedParameters,
    Pallet, Plan, PlanOf,
};
use frame_support::{
    derive_impl,
    dynamic_params::{dynamic_pallet_params, dynamic_params},
    parameter_types,
    traits::{dynamic_params::AggregatedKeyValue, Get, Hooks},
};
use frame_system::EnsureNever;
use hearth_primitives::{
    governance::{Bound, Guardian, ProviderHouse, SlashId, SlashView, Unit as Counts},
    ProviderId, H256,
};
use sp_runtime::{BuildStorage, Perbill};

pub type AccountId = u64;
pub type Balance = u128;
pub type BlockNumber = u64;
type Block = frame_system::mocking::MockBlock<Test>;

/// One token.
pub const UNIT: Balance = 1_000;
/// The most that a small spender may spend at once.
pub const SMALL: Balance = 100 * UNIT;
/// The most that a big spender may spend at once.
pub const BIG: Balance = 10_000 * UNIT;
/// Blocks for which a change waits for the house.
pub const WINDOW: BlockNumber = 10;
/// The voices by which a smaller house is measured.
pub const MINIMUM: Balance = 50;
/// The longest pause.
pub const MAX_PAUSE: BlockNumber = 100;
/// The treasury, and what it has at first above the existential deposit.
pub const TREASURY: AccountId = 77;
pub const TREASURE: Balance = 100_000 * UNIT;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        Parameters: pallet_parameters,
        DaoGovernance: pallet_dao_governance,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
    type AccountData = pallet_balances::AccountData<Balance>;
}

parameter_types! {
    pub const ExistentialDeposit: Balance = 1;
    pub const Unit: Balance = UNIT;
    pub static Day: BlockNumber = 28_800;
    pub const SmallSpendLimit: Balance = SMALL;
    pub const BigSpendLimit: Balance = BIG;
    pub const TreasuryAccount: AccountId = TREASURY;
    pub const MaxPause: BlockNumber = MAX_PAUSE;
    pub const HouseWindow: BlockNumber = WINDOW;
    pub const HouseThreshold: Perbill = Perbill::from_percent(33);
    pub const HouseMinimum: Balance = MINIMUM;
    /// The slashes that are deferred.
    pub static Slashes: Vec<SlashView<AccountId, Balance>> = Vec::new();
    /// The owners of the house, with their providers and voices.
    pub static Members: Vec<(AccountId, ProviderId, Balance)> = Vec::new();
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ExistentialDeposit;
    type AccountStore = System;
}

#[dynamic_params(RuntimeParameters, pallet_parameters::Parameters::<Test>)]
pub mod dynamic_params {
    use super::*;

    #[dynamic_pallet_params]
    #[codec(index = 0)]
    pub mod market {
        #[codec(index = 0)]
        pub static Fee: u32 = 5;
        #[codec(index = 1)]
        pub static Floor: u32 = 1;
    }

    #[dynamic_pallet_params]
    #[codec(index = 1)]
    pub mod emission {
        #[codec(index = 0)]
        pub static Rate: u128 = 80;
    }

    #[dynamic_pallet_params]
    #[codec(index = 2)]
    pub mod safety {
        #[codec(index = 0)]
        pub static Limit: u128 = 1_000;
    }
}

pub use dynamic_params::market;
use dynamic_params::{emission, safety};

impl pallet_parameters::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeParameters = RuntimeParameters;
    type AdminOrigin = EnsureNever<()>;
    type WeightInfo = ();
}

/// The parameters of the tests. The floor must not be above the fee.
pub struct Governed;

impl GovernedParameters for Governed {
    type KeyValue = RuntimeParameters;

    fn keys() -> Vec<RuntimeParametersKey> {
        vec![fee_key(), floor_key(), rate_key(), limit_key()]
    }

    fn describe(key: &RuntimeParametersKey) -> Description {
        let (name, guardian, most) = match key {
            RuntimeParametersKey::Market(market::ParametersKey::Fee(_)) => ("Fee", Guardian::MarketParams, 20),
            RuntimeParametersKey::Market(market::ParametersKey::Floor(_)) => ("Floor", Guardian::MarketParams, 20),
            RuntimeParametersKey::Emission(emission::ParametersKey::Rate(_)) => ("Rate", Guardian::EmissionParams, 200),
            RuntimeParametersKey::Safety(safety::ParametersKey::Limit(_)) => ("Limit", Guardian::Root, 10_000),
        };
        Description { group: "test", name, meaning: "A number.", unit: Counts::Count, guardian, bound: Bound { least: 1, most } }
    }

    fn value(key: &RuntimeParametersKey) -> RuntimeParametersValue {
        match key {
            RuntimeParametersKey::Market(market::ParametersKey::Fee(_)) => fee_value(market::Fee::get()),
            RuntimeParametersKey::Market(market::ParametersKey::Floor(_)) => {
                RuntimeParametersValue::Market(market::ParametersValue::Floor(market::Floor::get()))
            }
            RuntimeParametersKey::Emission(emission::ParametersKey::Rate(_)) => {
                RuntimeParametersValue::Emission(emission::ParametersValue::Rate(emission::Rate::get()))
            }
            RuntimeParametersKey::Safety(safety::ParametersKey::Limit(_)) => {
                RuntimeParametersValue::Safety(safety::ParametersValue::Limit(safety::Limit::get()))
            }
        }
    }

    fn number(value: &RuntimeParametersValue) -> u128 {
        match value {
            RuntimeParametersValue::Market(market::ParametersValue::Fee(number) | market::ParametersValue::Floor(number)) => {
                u128::from(*number)
            }
            RuntimeParametersValue::Emission(emission::ParametersValue::Rate(number)) => *number,
            RuntimeParametersValue::Safety(safety::ParametersValue::Limit(number)) => *number,
        }
    }

    fn set(key_value: RuntimeParameters) {
        let (key, value) = key_value.into_parts();
        pallet_parameters::Parameters::<Test>::set(key, value);
    }

    fn is_set(key: &RuntimeParametersKey) -> bool {
        pallet_parameters::Parameters::<Test>::contains_key(key)
    }

    fn check() -> Result<(), &'static str> {
        (market::Floor::get() <= market::Fee::get()).then_some(()).ok_or("the floor is above the fee")
    }

    fn benchmark_key_value() -> RuntimeParameters {
        fee(6)
    }
}

/// Has the members that a test gave it.
pub struct House;

impl ProviderHouse<AccountId, Balance> for House {
    fn member(owner: &AccountId) -> Option<(ProviderId, Balance)> {
        Members::get().into_iter().find(|(who, _, _)| who == owner).map(|(_, provider, voice)| (provider, voice))
    }

    fn total() -> Balance {
        Members::get().into_iter().map(|(_, _, voice)| voice).sum()
    }

    fn counted() -> u32 {
        Members::get().len() as u32
    }
}

/// Has the slashes that a test gave it.
pub struct Deferred;

impl DeferredSlashes<AccountId, Balance> for Deferred {
    fn list() -> Vec<SlashView<AccountId, Balance>> {
        Slashes::get()
    }

    fn cancel(id: SlashId) -> bool {
        Slashes::mutate(|slashes| {
            let before = slashes.len();
            slashes.retain(|slash| slash.id != id);
            slashes.len() < before
        })
    }

    fn benchmark_slash() -> SlashId {
        Slashes::set(vec![slash(1)]);
        slash(1).id
    }
}

/// A slash of 70 for what `offender` did.
pub fn slash(offender: AccountId) -> SlashView<AccountId, Balance> {
    SlashView { id: SlashId { due: 3, hash: H256::repeat_byte(offender as u8) }, offender, own: 50, others: 20, appealed: false }
}

/// Sets the scene of the benchmarks.
pub struct Helper;

impl BenchmarkHelper<AccountId> for Helper {
    fn providers(count: u32) -> AccountId {
        Members::set((0..count).map(|provider| (1_000 + u64::from(provider), provider, UNIT)).collect());
        999 + u64::from(count)
    }
}

impl Config for Test {
    type Currency = Balances;
    type Treasury = TreasuryAccount;
    type MaxPause = MaxPause;
    type Origins = EnsureAuthority;
    type Parameters = Governed;
    type House = House;
    type HouseWindow = HouseWindow;
    type HouseThreshold = HouseThreshold;
    type HouseMinimum = HouseMinimum;
    type Slashes = Deferred;
    type Unit = Unit;
    type Day = Day;
    type SmallSpendLimit = SmallSpendLimit;
    type BigSpendLimit = BigSpendLimit;
    type WeightInfo = ();
    type BenchmarkHelper = Helper;
}

/// Builds the world of a test: owners 1 to 4, whose providers 101 to 104 have voices of 10, 20, 30 and 40.
#[derive(Default)]
pub struct TestExt;

impl TestExt {
    pub fn build(self) -> sp_io::TestExternalities {
        let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().expect("the system's genesis builds");
        let balances = vec![(TREASURY, TREASURE + ExistentialDeposit::get())];
        pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() }
            .assimilate_storage(&mut storage)
            .expect("the balances' genesis builds");
        Day::set(28_800);
        Slashes::set(Vec::new());
        Members::set((1..=4).map(|owner| (owner, 100 + owner as ProviderId, 10 * Balance::from(owner))).collect());
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

/// Goes to the start of block `to`.
pub fn run_to(to: BlockNumber) {
    while System::block_number() < to {
        let next = System::block_number() + 1;
        System::set_block_number(next);
        DaoGovernance::on_initialize(next);
    }
}

/// Every pallet's `try_state`.
pub fn check() {
    Pallet::<Test>::do_try_state().expect("governance's state holds");
    <Balances as Hooks<BlockNumber>>::try_state(System::block_number()).expect("the balances' state holds");
}

pub fn fee_key() -> RuntimeParametersKey {
    RuntimeParametersKey::Market(market::ParametersKey::Fee(market::Fee))
}

pub fn floor_key() -> RuntimeParametersKey {
    RuntimeParametersKey::Market(market::ParametersKey::Floor(market::Floor))
}

pub fn rate_key() -> RuntimeParametersKey {
    RuntimeParametersKey::Emission(emission::ParametersKey::Rate(emission::Rate))
}

pub fn limit_key() -> RuntimeParametersKey {
    RuntimeParametersKey::Safety(safety::ParametersKey::Limit(safety::Limit))
}

pub fn fee_value(value: u32) -> RuntimeParametersValue {
    RuntimeParametersValue::Market(market::ParametersValue::Fee(value))
}

pub fn fee(value: u32) -> RuntimeParameters {
    RuntimeParameters::Market(market::Parameters::Fee(market::Fee, Some(value)))
}

/// The fee with which the chain began.
pub fn first_fee() -> RuntimeParameters {
    RuntimeParameters::Market(market::Parameters::Fee(market::Fee, None))
}

pub fn floor(value: u32) -> RuntimeParameters {
    RuntimeParameters::Market(market::Parameters::Floor(market::Floor, Some(value)))
}

pub fn rate(value: u128) -> RuntimeParameters {
    RuntimeParameters::Emission(emission::Parameters::Rate(emission::Rate, Some(value)))
}

pub fn limit(value: u128) -> RuntimeParameters {
    RuntimeParameters::Safety(safety::Parameters::Limit(safety::Limit, Some(value)))
}

/// The number in force.
pub fn number(key: &RuntimeParametersKey) -> u128 {
    Governed::number(&Governed::value(key))
}

/// What the treasury can pay.
pub fn treasure() -> Balance {
    Balances::free_balance(TREASURY) - ExistentialDeposit::get()
}

/// `count` instalments, the first in block 10 and then every 10 blocks.
pub fn recurring(instalment: Balance, count: u32) -> PlanOf<Test> {
    Plan::Recurring { instalment, count, first: 10, every: 10 }
}

pub fn milestones(amounts: &[Balance]) -> PlanOf<Test> {
    Plan::Milestones { amounts: amounts.to_vec().try_into().expect("a test has few milestones"), reached: 0 }
}

/// Governance's own events so far.
pub fn events() -> Vec<Event<Test>> {
    let own = |event| match event {
        RuntimeEvent::DaoGovernance(event) => Some(event),
        _ => None,
    };
    System::events().into_iter().filter_map(|record| own(record.event)).collect()
}
