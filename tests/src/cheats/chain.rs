//! The chain in this process: the runtime's own pallets in a state of their own, by their calls and hooks.
//!
//! There is no consensus and nobody pays for transactions: a block is its number, a VRF output, the hooks of the registry and the market, and
//! the calls that come then.

use super::theory::Setting;
use codec::Encode;
use frame_support::{
    dispatch::{DispatchResultWithPostInfo, Pays},
    storage::{storage_prefix, unhashed, with_transaction_unchecked, TransactionOutcome},
    traits::{fungible::Inspect, BuildGenesisConfig, Get, Hooks},
};
use frame_system::RawOrigin;
use hearth_primitives::{
    blake2_256,
    blob::BlobRef,
    digest::Tolerance,
    governance::SlashId,
    market::Report,
    provider::{BackendClass, ProviderStatus},
    JobId, ModelId, ProviderId,
};
use hearth_runtime::{
    chain_parameters::GovernanceDay, configs::money::TreasuryAccount, AccountId, Balance, Balances, BlockNumber, DaoGovernance, JobMarket,
    ProviderRegistry, Runtime, RuntimeEvent, System, HRT,
};
use pallet_dao_governance::Origin;
use pallet_job_market::Config as Market;
use pallet_provider_registry::{Config as Registry, GenesisProvider, Providers};
use sp_runtime::Perbill;

/// Providers in a market.
pub const PROVIDERS: u32 = 60;

/// The price of a replica.
pub const PRICE: Balance = HRT;

/// What honest results of the model may differ by.
pub const TOLERANCE: Tolerance = Tolerance { hidden: 4, output: 8 };

/// The longest run of the model, in blocks.
const MAX_EXEC: u32 = 10;

/// The longest input and output.
pub const MAX_LEN: u64 = 1 << 10;

/// Blocks in a day of governance, so that slashes are executed after a few minutes of blocks.
const DAY: BlockNumber = 240;

/// What an owner bonds: more than all that a run can lock, so that nobody is ruined before the end.
const BOND: Balance = 1_000_000 * HRT;

/// What an owner keeps beside it, for bonds of appeals.
const PURSE: Balance = 1_000_000 * HRT;

/// What the audit pool begins with, so that jurors are always paid.
const AUDIT_POOL: Balance = 1_000_000 * HRT;

/// The jobs that one customer submits: less than may be unpruned at a time.
pub const JOBS_PER_CUSTOMER: u64 = 200;

fn account(role: &str, index: u64) -> AccountId {
    AccountId::new(blake2_256(&(role, index).encode()).0)
}

/// Who bonds for a provider.
pub fn owner(id: ProviderId) -> AccountId {
    account("owner", id.into())
}

/// Whose key reports for it.
pub fn operator(id: ProviderId) -> AccountId {
    account("operator", id.into())
}

/// What it computes on: half of them this, half that, the adversary's too.
fn backend(id: ProviderId) -> BackendClass {
    if id.is_multiple_of(2) {
        BackendClass::Cpu
    } else {
        BackendClass::Nvidia
    }
}

/// Who submits a job.
pub fn customer(job: JobId) -> AccountId {
    account("customer", job / JOBS_PER_CUSTOMER)
}

/// The model's file.
pub fn model() -> BlobRef {
    BlobRef { id: blake2_256(b"model"), len: 1 << 20 }
}

fn endow(who: &AccountId, amount: Balance) {
    Balances::force_set_balance(RawOrigin::Root.into(), who.clone().into(), amount).expect("Root sets balances");
}

/// A market in its first block: providers whom all trust, one calibrated model that they offer, nobody challenged by the protocol.
pub fn set_up() {
    GovernanceDay::<Runtime>::put(DAY);
    for who in [TreasuryAccount::get(), account("modeller", 0)] {
        endow(&who, PURSE);
    }
    endow(&JobMarket::pool_account(), AUDIT_POOL);
    (0..PROVIDERS).for_each(|id| endow(&owner(id), BOND + PURSE));
    let slots = <<Runtime as Registry>::MaxSlots as Get<u32>>::get();
    let provider =
        |id| GenesisProvider { owner: owner(id), operator: operator(id), backend: backend(id), slots, bond: BOND, trusted: true };
    pallet_provider_registry::GenesisConfig::<Runtime> { providers: (0..PROVIDERS).map(provider).collect() }.build();
    System::set_block_number(1);
    let name = b"model".to_vec().try_into().expect("a short name");
    let modeller = RawOrigin::Signed(account("modeller", 0));
    JobMarket::register_model(modeller.into(), name, model(), MAX_LEN, MAX_LEN, MAX_EXEC, TOLERANCE, 0).expect("a model is registered");
    calibrate();
    for id in 0..PROVIDERS {
        ProviderRegistry::offer(RawOrigin::Signed(owner(id)).into(), model().id, PRICE / 10).expect("a provider offers");
    }
}

/// Governance says that wrong results of the model are slashed.
pub fn calibrate() {
    JobMarket::set_pay_only(RawOrigin::Root.into(), model().id, false).expect("the model is there");
}

/// The VRF output of the author of a slot, in a chain with this seed.
pub fn vrf(seed: u64, slot: BlockNumber) -> [u8; 32] {
    blake2_256(&("vrf", seed, slot).encode()).0
}

/// Begins block `now`; `vrf` is what the last block's author has added to the randomness.
pub fn begin_block(now: BlockNumber, vrf: [u8; 32]) {
    System::reset_events();
    System::set_block_number(now);
    unhashed::put(&storage_prefix(b"Babe", b"AuthorVrfRandomness"), &Some(vrf));
    ProviderRegistry::on_initialize(now);
    JobMarket::on_initialize(now);
}

/// What block `now` would begin with, if the last block's author added `vrf`: tried, and undone.
pub fn foresee(now: BlockNumber, vrf: [u8; 32]) -> Vec<RuntimeEvent> {
    with_transaction_unchecked(|| {
        begin_block(now, vrf);
        TransactionOutcome::Rollback(events())
    })
}

/// What has happened in the block so far.
pub fn events() -> Vec<RuntimeEvent> {
    System::events().into_iter().map(|record| record.event).collect()
}

/// The next job of whoever's turn it is.
pub fn submit(job: JobId, model: ModelId, replicas: u32, audit: Option<Perbill>) {
    let who = customer(job);
    if job.is_multiple_of(JOBS_PER_CUSTOMER) {
        endow(&who, PURSE);
    }
    let input = BlobRef::of(&job.to_le_bytes());
    JobMarket::submit_job(RawOrigin::Signed(who).into(), model, input, replicas, PRICE, audit).expect("a customer can pay");
}

/// Reports a line; returns whether it applied.
pub fn report(id: ProviderId, line: Report) -> bool {
    let lines = vec![line].try_into().expect("a report has room for a line");
    let done = JobMarket::report(RawOrigin::Signed(operator(id)).into(), lines).expect("a report with a line is taken");
    done.pays_fee == Pays::No
}

/// The customer challenges the result.
pub fn challenge(job: JobId) -> DispatchResultWithPostInfo {
    JobMarket::challenge(RawOrigin::Signed(customer(job)).into(), job)
}

/// The owner of a provider appeals against a verdict.
pub fn appeal(job: JobId, id: ProviderId) -> DispatchResultWithPostInfo {
    JobMarket::appeal(RawOrigin::Signed(owner(id)).into(), job)
}

/// The owner of a provider appeals against a slash, and holders cancel it.
pub fn cancel(id: ProviderId, slash: SlashId) {
    ProviderRegistry::appeal_slash(RawOrigin::Signed(owner(id)).into(), slash).expect("a slash that waits can be appealed");
    DaoGovernance::cancel_slash(Origin::SlashCanceller.into(), slash).expect("a slash that waits can be cancelled");
}

/// Everybody is trusted and free again. So the adversary keeps its share: whoever is convicted is at once back in another name that has earned
/// its trust, which is more than the chain gives it.
pub fn restore() {
    let trusted = <<Runtime as Registry>::TrustedAfter as Get<u32>>::get();
    for id in 0..PROVIDERS {
        Providers::<Runtime>::mutate(id, |slot| {
            let Some(provider) = slot else { return };
            if provider.is_jailed() {
                provider.jail = Default::default();
                provider.status = ProviderStatus::Active;
            }
            let standing = &mut provider.standing;
            standing.valid_in_a_row = standing.valid_in_a_row.max(trusted);
            standing.valid = standing.valid.max(standing.valid_in_a_row);
        });
    }
}

/// Blocks between a conviction and its slash.
pub fn deferral() -> BlockNumber {
    <<Runtime as Registry>::SlashDeferral as Get<BlockNumber>>::get()
}

/// All that an owner has, free and held.
pub fn wealth(id: ProviderId) -> Balance {
    Balances::total_balance(&owner(id))
}

/// Whether the invariants of the market and the registry hold; if not, what is wrong.
pub fn check_state() -> Result<(), String> {
    let now = System::block_number();
    <JobMarket as Hooks<BlockNumber>>::try_state(now).map_err(|error| format!("the market: {error:?}"))?;
    <ProviderRegistry as Hooks<BlockNumber>>::try_state(now).map_err(|error| format!("the registry: {error:?}"))
}

/// The chain's numbers, with an adversary's share and the cost of a run; jobs are audited with at least the probability `audit`.
pub fn setting(own: u32, cost: f64, audit: Option<Perbill>) -> Setting {
    let penalties = <<Runtime as Market>::Penalties as Get<pallet_job_market::Penalties>>::get();
    let rate = <<Runtime as Market>::AuditRate as Get<Perbill>>::get().max(audit.unwrap_or_default());
    Setting {
        providers: PROVIDERS.into(),
        own: own.into(),
        cost,
        audit: f64::from(rate.deconstruct()) / f64::from(Perbill::one().deconstruct()),
        stake: <<Runtime as Market>::LockMultiple as Get<u32>>::get().into(),
        no_show: penalties.no_show.into(),
        non_reveal: penalties.non_reveal.into(),
        bond: penalties.challenge_bond.into(),
    }
}
