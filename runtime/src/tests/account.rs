//! What an account is told of its money, in whole blocks of the runtime.

use super::{
    market::{consent, register_with, submit_a_job},
    staking::{active_era, next_era},
    *,
};
use crate::{
    configs::accounts::ProxyType,
    constants::{deposit, BONDING_ERAS, DAYS, EXISTENTIAL_DEPOSIT, GENESIS_ISSUANCE, HRT},
    Balance, Balances, BlockNumber, JobMarket, ProviderRegistry, RewardEmission, RuntimeEvent,
};
use frame_support::traits::fungible::MutateHold;
use hearth_primitives::{
    account::{AccountView, Claimable, ClaimableFrom, HoldFor, Release, StakingEra, Unbonding, UnbondingFrom},
    api::runtime_decl_for_account_api::AccountApi,
    reward::ProvenWork,
};
use pallet_staking::{ErasRewardPoints, ErasTotalStake, Ledger, RewardDestination, ValidatorPrefs};
use sp_runtime::Perbill;

type StakingCall = pallet_staking::Call<Runtime>;

type View = AccountView<AccountId, Balance, BlockNumber>;

/// What the owner of `seed` is told.
fn view(seed: &str) -> View {
    Runtime::account(genesis_presets::account(seed))
}

fn held(view: &View) -> Vec<(HoldFor, Balance)> {
    view.held.iter().map(|held| (held.reason, held.amount)).collect()
}

fn bond(seed: &str, value: Balance) {
    apply(seed, StakingCall::bond { value, payee: RewardDestination::Stash }).unwrap().unwrap();
}

#[test]
fn account_that_does_not_exist_has_nothing() {
    in_first_block("local", || {
        let nothing = AccountView { block: 1, total: 0, available: 0, held: vec![], unbonding: vec![], claimable: vec![] };
        assert_eq!(Runtime::account(AccountId::new([7; 32])), nothing);
    });
}

#[test]
fn account_tells_what_is_held_for_what() {
    in_first_block("local", || {
        let (before, eve) = (view("Eve"), genesis_presets::account("Eve"));
        assert_eq!((before.available, held(&before)), (before.total - EXISTENTIAL_DEPOSIT, vec![]));

        let (model, _) = submit_a_job();
        let bob = genesis_presets::account("Bob").into();
        apply("Eve", pallet_proxy::Call::<Runtime>::add_proxy { delegate: bob, proxy_type: ProxyType::Any, delay: 0 }).unwrap().unwrap();
        // Keys take a proof that only a node makes; what they hold is the same.
        Balances::hold(&pallet_session::HoldReason::Keys.into(), &eve, HRT).unwrap();
        bond("Eve", 1_000 * HRT);
        apply("Eve", pallet_preimage::Call::<Runtime>::note_preimage { bytes: vec![7; 100] }).unwrap().unwrap();
        let (escrow, _) = JobMarket::quote(2, HRT);
        let after = view("Eve");
        // One item, and a proxy in it.
        let reasons = [
            (HoldFor::JobEscrow, escrow),
            (HoldFor::SessionKeys, HRT),
            (HoldFor::Staking, 1_000 * HRT),
            (HoldFor::Preimage, deposit(2, 64 + 100)),
            (HoldFor::Deposit, deposit(1, 40 + 33)),
        ];
        assert_eq!(held(&after), reasons);
        assert_eq!(after.available + reasons.iter().map(|(_, amount)| amount).sum::<Balance>() + EXISTENTIAL_DEPOSIT, after.total);

        let model = JobMarket::model(model.id).expect("it is registered").deposit;
        assert!(held(&view("Alice")).contains(&(HoldFor::ModelDeposit, model)));
        assert!(held(&view("Bob")).contains(&(HoldFor::ProviderBond, 10_000 * HRT)));
    });
}

#[test]
fn account_whose_provider_leaves_is_told_the_block() {
    in_first_block("local", || {
        apply("Bob", register_with(Some(consent("Bob")))).unwrap().unwrap();
        assert_eq!(view("Bob").unbonding, []);
        apply("Bob", ProviderRegistryCall::leave {}).unwrap().unwrap();
        let bond = |until| [Unbonding { amount: 10_000 * HRT, from: UnbondingFrom::ProviderBond, until }];
        let until = 1 + 14 * DAYS;
        for (now, release) in [(1, Release::Block(until)), (until - 1, Release::Block(until)), (until, Release::Due)] {
            System::set_block_number(now);
            assert_eq!(view("Bob").unbonding, bond(release), "{now}");
        }
        apply("Bob", ProviderRegistryCall::withdraw {}).unwrap().unwrap();
        let after = view("Bob");
        assert_eq!(after.unbonding, []);
        assert!(held(&after).iter().all(|(reason, _)| *reason != HoldFor::ProviderBond));
        System::set_block_number(1);
    });
}

#[test]
fn account_that_unbonds_stake_is_told_the_era_and_about_which_block_plans_it() {
    in_first_block("local", || {
        let eve = genesis_presets::account("Eve");
        bond("Eve", 100_000 * HRT);
        apply("Eve", StakingCall::unbond { value: 40_000 * HRT }).unwrap().unwrap();
        let stake = |until| [Unbonding { amount: 40_000 * HRT, from: UnbondingFrom::Staking, until }];
        // The first era is planned with the second session, in block 11; each further one two sessions of ten blocks later.
        let block = 11 + 20 * (BONDING_ERAS - 1);
        let before = view("Eve");
        assert_eq!(before.unbonding, stake(Release::Era { era: BONDING_ERAS, block }));
        assert_eq!(held(&before), [(HoldFor::Staking, 100_000 * HRT)]);

        // As if it had been unbonded long ago.
        let era = 2;
        Ledger::<Runtime>::mutate(&eve, |ledger| ledger.as_mut().unwrap().unlocking.last_mut().unwrap().era = era);
        let block = 31;
        for number in 2..=block {
            assert_eq!(view("Eve").unbonding, stake(Release::Era { era, block }), "before block {number}");
            Executive::finalize_block();
            begin_block(number);
        }
        assert_eq!(view("Eve").unbonding, stake(Release::Due));
        Executive::finalize_block();
        begin_block(block + 1);
        apply("Eve", StakingCall::withdraw_unbonded { num_slashing_spans: 0 }).unwrap().unwrap();
        let after = view("Eve");
        assert_eq!((after.unbonding.len(), held(&after)), (0, vec![(HoldFor::Staking, 60_000 * HRT)]));
    });
}

/// What Staking has paid for the stake of `who` in this block.
fn rewarded(who: &AccountId) -> Balance {
    let paid = System::events().into_iter().filter_map(|record| match record.event {
        RuntimeEvent::Staking(pallet_staking::Event::Rewarded { stash, amount, .. }) if stash == *who => Some(amount),
        _ => None,
    });
    paid.sum()
}

#[test]
fn account_can_claim_exactly_what_the_payout_pays() {
    in_first_block("local", || {
        // Whoever makes the blocks takes a tenth, and has the nominator behind it.
        let validators = &genesis_presets::DEV_SEEDS[..4];
        for seed in validators {
            let prefs = ValidatorPrefs { commission: Perbill::from_percent(10), blocked: false };
            apply(seed, StakingCall::validate { prefs }).unwrap().unwrap();
        }
        bond("Eve", 123_456_789 * HRT / 1_000);
        let targets = validators.iter().map(|seed| genesis_presets::account(seed).into()).collect();
        apply("Eve", StakingCall::nominate { targets }).unwrap().unwrap();
        assert_eq!(view("Eve").claimable, []);
        let number = next_era(1);
        assert_eq!(view("Eve").claimable, [], "it was not behind anybody in the first era");
        next_era(number);

        let era = active_era() - 1;
        let eve = genesis_presets::account("Eve");
        let validator = ErasRewardPoints::<Runtime>::get(era).individual.into_keys().next().expect("somebody made the era's blocks");
        let owed = |who: &AccountId| -> (Balance, Vec<StakingEra>) {
            let with_it = Runtime::account(who.clone()).claimable.into_iter().find_map(|claim| match claim.source {
                ClaimableFrom::Staking { validator: with, eras } if with == validator => Some((claim.amount, eras)),
                _ => None,
            });
            with_it.unwrap_or_default()
        };
        let before = (owed(&eve), owed(&validator), view("Eve").available);
        assert!(before.0 .0 > 0 && before.0 .1 == [era], "{before:?}");
        assert!(before.1 .0 > before.0 .0 && before.1 .1.contains(&era), "{before:?}");
        assert_eq!(owed(&genesis_presets::account("Two")), (0, vec![]));

        apply("Two", StakingCall::payout_stakers { validator_stash: validator.clone(), era }).unwrap().unwrap();
        let after = (owed(&eve), owed(&validator), view("Eve").available);
        assert_eq!(after.0, (0, vec![]));
        assert!(!after.1 .1.contains(&era));
        assert_eq!((rewarded(&eve), rewarded(&validator)), (before.0 .0, before.1 .0 - after.1 .0));
        assert_eq!(after.2 - before.2, before.0 .0);
    });
}

#[test]
fn account_without_a_payee_can_claim_nothing() {
    in_first_block("local", || {
        next_era(1);
        let era = active_era() - 1;
        let validator = ErasRewardPoints::<Runtime>::get(era).individual.into_keys().next().expect("somebody made the era's blocks");
        let claimable = || Runtime::account(validator.clone()).claimable;
        assert_eq!(claimable().len(), 1);
        pallet_staking::Payee::<Runtime>::insert(&validator, RewardDestination::None);
        assert_eq!(claimable(), []);
        pallet_staking::Payee::<Runtime>::insert(&validator, RewardDestination::Staked);
        assert_eq!(claimable().len(), 1);
    });
}

#[test]
fn account_of_an_owner_can_claim_what_its_provider_earned() {
    in_first_block("local", || {
        apply("Bob", register_with(Some(consent("Bob")))).unwrap().unwrap();
        let provider = ProviderRegistry::provider_of_account(&genesis_presets::account("Bob")).expect("Bob owns one");
        RewardEmission::proven(provider, 5);
        let of_the_provider = || {
            let claims = view("Bob").claimable.into_iter();
            claims.filter(|claim| claim.source == ClaimableFrom::Provider(provider)).collect::<Vec<_>>()
        };
        assert_eq!(of_the_provider(), [], "the era runs");
        next_era(1);
        let era = RewardEmission::era_views(1).pop().expect("an era has ended");
        assert_eq!(of_the_provider(), [Claimable { amount: era.proven, source: ClaimableFrom::Provider(provider) }]);
        assert_eq!(view("Bob//operator").claimable, []);
        let work = Runtime::yields().work;
        assert_eq!((work.eras, work.duration, work.amount, work.points), (1, era.duration, era.proven, 5));

        apply("Two", pallet_reward_emission::Call::<Runtime>::claim { provider }).unwrap().unwrap();
        assert_eq!(of_the_provider(), []);
    });
}

#[test]
fn yields_are_what_the_next_era_mints() {
    in_first_block("local", || {
        let parts = 10u128.pow(18);
        let yields = Runtime::yields();
        let staked = ErasTotalStake::<Runtime>::get(active_era());
        assert_eq!(u128::from(yields.inflation), parts / 100 * 8);
        assert_eq!((yields.work.eras, yields.work.points), (0, 0));
        // Four validators with 500,000 of a billion: a fifth of a percent, for which 40 % of 8 % are minted.
        assert!(u128::from(yields.staked).abs_diff(parts / 500) < 1_000, "{}", yields.staked);
        assert!(staked.abs_diff(GENESIS_ISSUANCE / 500) < 1_000, "{staked}");
        assert!(yields.staking.abs_diff(16 * parts) < parts / 1_000_000, "{}", yields.staking);

        next_era(1);
        let era = RewardEmission::era_views(1).pop().expect("an era has ended");
        let expected = staked * yields.staking / parts * u128::from(era.duration) / u128::from(pallet_reward_emission::YEAR);
        assert!(expected.abs_diff(era.staking) <= expected / 10_000, "{expected} and {}", era.staking);
    });
}
