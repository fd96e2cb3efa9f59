//! Backers of providers, with the registry and the rewards as this runtime wires them.

use super::*;
use crate::{constants::HRT, weights, Balance, Balances, RewardEmission, RuntimeHoldReason};
use frame_support::traits::fungible::InspectHold;
use hearth_primitives::{
    api::runtime_decl_for_inference_market_api::InferenceMarketApi,
    provider::{BackendClass, BackingView},
    reward::ProvenWork,
};
use pallet_provider_registry::HoldReason;
use pallet_reward_emission::WeightInfo;
use sp_staking::EraPayout;

/// Two's provider, which takes any backer, has a bond of 1,000 HRT.
fn register() {
    let operator = genesis_presets::account("Two");
    let call = ProviderRegistryCall::register { operator, consent: None, backend: BackendClass::Cpu, slots: 1, bond: 1_000 * HRT };
    apply("Two", call).unwrap().unwrap();
    apply("Two", ProviderRegistryCall::accept_backing { limit: Balance::MAX }).unwrap().unwrap();
}

fn back(seed: &str, amount: Balance) {
    apply(seed, ProviderRegistryCall::back { provider: 0, amount }).unwrap().unwrap();
}

/// Lets the provider prove work in an era of a minute, and ends the era; returns what the work earned.
fn earn() -> Balance {
    RewardEmission::proven(0, 1_000);
    let _ = RewardEmission::era_payout(0, Balances::total_issuance(), 60_000);
    RewardEmission::era_views(1).pop().expect("an era has ended").proven
}

/// What the API shows of a backing of Two's provider.
fn backing(seed: &str) -> BackingView<Balance, u32> {
    Runtime::backing_of(0, genesis_presets::account(seed)).expect("it is bonded")
}

#[test]
fn a_backer_is_paid_its_part_whoever_claims() {
    in_first_block("local", || {
        register();
        back("Eve", 1_000 * HRT);
        let held = Balances::balance_on_hold(&RuntimeHoldReason::from(HoldReason::Backing), &genesis_presets::account("Eve"));
        assert_eq!(held, 1_000 * HRT);
        let provider = Runtime::provider(0).expect("it is registered");
        assert_eq!((provider.backed, provider.backers, provider.commission), (1_000 * HRT, 1, 100_000_000));

        let earned = earn();
        let shown = backing("Eve");
        // Half of what is at stake, less a tenth.
        assert!(shown.claimable > HRT && shown.claimable.abs_diff(earned / 2 - earned / 20) <= 1);
        assert_eq!((shown.active, shown.unbonding.len(), shown.withdrawable), (1_000 * HRT, 0, 0));
        let eve = genesis_presets::account("Eve");
        let before = (Balances::free_balance(&eve), Balances::free_balance(genesis_presets::account("Two")));
        apply("Ferdie", RewardEmissionCall::claim_backing { provider: 0, backer: eve.clone() }).unwrap().unwrap();
        apply("Ferdie", RewardEmissionCall::claim { provider: 0 }).unwrap().unwrap();
        assert_eq!(Balances::free_balance(&eve) - before.0, shown.claimable);
        assert_eq!(Balances::free_balance(genesis_presets::account("Two")) - before.1, earned - shown.claimable);
    });
}

#[test]
fn late_money_has_no_part_in_an_ended_era() {
    in_first_block("local", || {
        register();
        back("Eve", 1_000 * HRT);
        earn();
        let before = backing("Eve").claimable;
        back("One", 1_000_000 * HRT);
        assert!(backing("Eve").claimable.abs_diff(before) <= 1);
        assert_eq!(backing("One").claimable, 0);
        // Nor has a bond that grows, or a commission.
        earn();
        let (eve, one) = (backing("Eve").claimable, backing("One").claimable);
        apply("Two", ProviderRegistryCall::bond_extra { amount: 1_000_000 * HRT }).unwrap().unwrap();
        apply("Two", ProviderRegistryCall::set_commission { rate: sp_runtime::Perbill::from_percent(15) }).unwrap().unwrap();
        assert_eq!((backing("Eve").claimable, backing("One").claimable), (eve, one));
        let ids: Vec<_> = Runtime::backings_of(genesis_presets::account("One")).iter().map(|view| view.provider).collect();
        assert_eq!(ids, [0]);
    });
}

#[test]
fn claims_cost_the_same_whatever_the_number_of_backers() {
    type Measured = weights::pallet_reward_emission::WeightInfo<Runtime>;
    for (many, one) in
        [(Measured::claim(), Measured::claim_with_one_backer()), (Measured::claim_backing(), Measured::claim_backing_with_one_backer())]
    {
        // Ten thousand times as many backers. Two measurements of the same thing differ by less than half.
        assert!(many.all_lte(one.saturating_mul(3).saturating_div(2)), "{many:?} with many, {one:?} with one");
    }
}
