//! Holders decide, in whole blocks of the runtime: from a submission to what comes of it.

use super::*;
use crate::{
    chain_parameters::{ChainEpochSlots, ChainSessionsPerEra, GovernanceDay},
    configs::{
        governance::{Hours, HouseWindow, MaxHookWeight, MaxPause},
        money::TreasuryAccount,
        parameters::{
            dynamic_params::{authority, emission, market, registry},
            RuntimeParameters,
        },
        patient_scheduler::PATIENCE,
        system::RuntimeBlockWeights,
    },
    constants::{DAYS, HRT},
    tests::offences::report_equivocation,
    Balance, Balances, DaoGovernance, JobMarket, OriginCaller, Preimage, ProviderRegistry, RuntimeEvent, RuntimeOrigin, Scheduler, Staking,
    Treasury,
};
use frame_support::{
    assert_ok,
    dispatch::{DispatchClass, DispatchResult, GetDispatchInfo},
    migrations::{FailedMigrationHandler, FailedMigrationHandling},
    traits::{
        dynamic_params::AggregatedKeyValue,
        schedule::{v3::Anon, DispatchTime, HIGHEST_PRIORITY},
        Get, GetCallName, StorePreimage,
    },
};
use hearth_primitives::{
    api::runtime_decl_for_governance_api::GovernanceApi,
    blob::BlobRef,
    capability::Benchmark,
    governance::{Bound, Brake, Missing, Pause, ReferendumStage, SlashId},
    market::MemberOutcome,
    provider::{ProviderPool, Slash},
};
use pallet_conviction_voting::{AccountVote, Conviction, Vote};
use pallet_dao_governance::{Origin, Plan, Tracks};
use pallet_job_market::CapabilityBenchmark;
use pallet_referenda::{ReferendumCount, TracksInfo};
use pallet_staking::UnappliedSlashes;
use sp_runtime::{DispatchError, Perbill};

type DaoGovernanceCall = pallet_dao_governance::Call<Runtime>;
type DaoGovernanceError = pallet_dao_governance::Error<Runtime>;
type ConvictionVotingCall = pallet_conviction_voting::Call<Runtime>;
type ReferendaCall = pallet_referenda::Call<Runtime>;
type TreasuryCall = pallet_treasury::Call<Runtime>;

/// More than half of all that can vote, together.
const MAJORITY: [&str; 6] = ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"];

fn root() -> OriginCaller {
    frame_system::RawOrigin::<AccountId>::Root.into()
}

fn next_block() {
    Executive::finalize_block();
    begin_block(System::block_number() + 1);
}

/// Submits `call` for `origin`; returns the referendum's index.
fn submit(origin: impl Into<OriginCaller>, call: impl Into<RuntimeCall>) -> u32 {
    let index = ReferendumCount::<Runtime>::get();
    let call: RuntimeCall = call.into();
    let proposal = <Preimage as StorePreimage>::bound(call).unwrap();
    let proposal_origin = Box::new(origin.into());
    apply("Alice", ReferendaCall::submit { proposal_origin, proposal, enactment_moment: DispatchTime::After(0) }).unwrap().unwrap();
    index
}

/// Votes with nearly all that a holder has.
fn vote(seed: &str, index: u32, aye: bool) {
    let vote = AccountVote::Standard { vote: Vote { aye, conviction: Conviction::Locked1x }, balance: 90_000_000 * HRT };
    apply(seed, ConvictionVotingCall::vote { poll_index: index, vote }).unwrap().unwrap();
}

/// Submits `call` for `origin`, with the deposit and the votes that it takes to pass.
fn propose(origin: impl Into<OriginCaller>, call: impl Into<RuntimeCall>) {
    let index = submit(origin, call);
    apply("Alice", ReferendaCall::place_decision_deposit { index }).unwrap().unwrap();
    MAJORITY.iter().for_each(|seed| vote(seed, index, true));
}

/// What came of the proposal that was enacted in this block, if one was.
fn enactment() -> Option<DispatchResult> {
    System::events().into_iter().find_map(|record| match record.event {
        // Only enactments have a name.
        RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { id: Some(_), result, .. }) => Some(result),
        _ => None,
    })
}

/// Runs blocks until a proposal is enacted; returns what came of it.
fn enacted() -> DispatchResult {
    let enactments = core::iter::repeat_with(|| {
        next_block();
        enactment()
    });
    enactments.take(200).flatten().next().expect("something is enacted")
}

/// Schedules a call that does nothing, before all others of its block.
fn schedule_remark(at: u32) -> Result<(u32, u32), DispatchError> {
    let call = <Preimage as StorePreimage>::bound(RuntimeCall::from(SystemCall::remark { remark: Vec::new() })).unwrap();
    <Scheduler as Anon<u32, RuntimeCall, OriginCaller>>::schedule(DispatchTime::At(at), None, HIGHEST_PRIORITY, root(), call)
}

/// Fills what is left of the agendas of the next `blocks` blocks.
fn fill_agendas(blocks: u32) {
    for at in (1..=blocks).map(|later| System::block_number() + later) {
        while schedule_remark(at).is_ok() {}
    }
}

fn fee_rate(percent: u32) -> RuntimeParameters {
    RuntimeParameters::Market(market::Parameters::FeeRate(market::FeeRate, Some(Perbill::from_percent(percent))))
}

fn audit_rate(percent: u32) -> RuntimeParameters {
    RuntimeParameters::Market(market::Parameters::AuditRate(market::AuditRate, Some(Perbill::from_percent(percent))))
}

fn job_share(percent: u32) -> RuntimeParameters {
    RuntimeParameters::Emission(emission::Parameters::JobShare(emission::JobShare, Some(Perbill::from_percent(percent))))
}

fn set(key_value: RuntimeParameters) -> DaoGovernanceCall {
    DaoGovernanceCall::set_parameter { key_value }
}

fn spend(amount: Balance, to: &str) -> TreasuryCall {
    TreasuryCall::spend { asset_kind: Box::new(()), amount, beneficiary: Box::new(genesis_presets::account(to).into()), valid_from: None }
}

#[test]
fn tracks_are_valid_on_every_chain() {
    for (preset, day) in [("development", 6), ("local", 6), ("testnet", DAYS)] {
        genesis(preset).execute_with(|| {
            assert_eq!((GovernanceDay::<Runtime>::get(), <Hours<48> as Get<u32>>::get()), (day, 2 * day), "{preset}");
            assert_eq!(Tracks::<Runtime>::check_integrity(), Ok(()));
            for track in Tracks::<Runtime>::tracks() {
                assert!(track.info.decision_deposit >= 100 * HRT && track.info.confirm_period > 0, "track {} of {preset}", track.id);
                // A winner is locked until what it decided is enacted.
                let enactment = track.info.min_enactment_period;
                assert!(<Hours<{ 7 * 24 }> as Get<u32>>::get() >= enactment, "track {} of {preset}", track.id);
                let curators = track.id == Origin::ModelCurator.track();
                assert!(!curators || enactment >= HouseWindow::get(), "challenges of {preset} change before providers know");
            }
        });
    }
}

#[test]
fn treasury_has_the_account_that_gets_the_fees() {
    genesis("local").execute_with(|| assert_eq!(Treasury::account_id(), TreasuryAccount::get()));
}

#[test]
fn treasury_pays_what_a_referendum_of_small_spenders_says() {
    in_first_block("local", || {
        propose(Origin::SmallSpender, spend(10_000 * HRT, "One"));
        assert_eq!(enacted(), Ok(()));
        let before = Balances::free_balance(genesis_presets::account("One"));
        apply("Two", TreasuryCall::payout { index: 0 }).unwrap().unwrap();
        assert_eq!(Balances::free_balance(genesis_presets::account("One")) - before, 10_000 * HRT);
    });
}

#[test]
fn treasury_pays_no_more_than_the_spenders_limit() {
    in_first_block("local", || {
        propose(Origin::SmallSpender, spend(10_000 * HRT + 1, "One"));
        assert_eq!(enacted(), Err(pallet_treasury::Error::<Runtime>::InsufficientPermission.into()));
        propose(Origin::Emergency, spend(1, "One"));
        assert_eq!(enacted(), Err(DispatchError::BadOrigin));
        assert_eq!(pallet_treasury::SpendCount::<Runtime>::get(), 0);
    });
}

#[test]
fn nobody_is_asked_about_calls_in_an_accounts_name() {
    in_first_block("local", || {
        let proposal = <Preimage as StorePreimage>::bound(RuntimeCall::from(SystemCall::remark { remark: Vec::new() })).unwrap();
        let proposal_origin = Box::new(frame_system::RawOrigin::Signed(genesis_presets::account("Bob")).into());
        let submission = ReferendaCall::submit { proposal_origin, proposal, enactment_moment: DispatchTime::After(0) };
        assert_eq!(apply("Alice", submission).unwrap(), Err(pallet_referenda::Error::<Runtime>::NoTrack.into()));
    });
}

#[test]
fn full_agendas_put_off_what_is_due_and_lose_nothing() {
    in_first_block("local", || {
        fill_agendas(3);
        assert_eq!(schedule_remark(2), Err(DispatchError::Exhausted));
        propose(root(), set(fee_rate(6)));
        // Whoever does it goes on with it.
        let enactments = core::iter::repeat_with(|| {
            fill_agendas(3);
            next_block();
            enactment()
        });
        assert_eq!(enactments.take(200).flatten().next(), Some(Ok(())));
        assert_eq!(JobMarket::quote(1, 100 * HRT).1, 6 * HRT);
        // The place on the track is free again.
        (0..PATIENCE).for_each(|_| next_block());
        assert_eq!(pallet_referenda::DecidingCount::<Runtime>::get(pallet_dao_governance::ROOT_TRACK), 0);
    });
}

#[test]
fn a_minority_does_not_pass() {
    in_first_block("local", || {
        let index = submit(root(), SystemCall::remark { remark: Vec::new() });
        apply("Alice", ReferendaCall::place_decision_deposit { index }).unwrap().unwrap();
        vote("Alice", index, true);
        vote("Bob", index, false);
        vote("Charlie", index, false);
        let decision = Tracks::<Runtime>::info(pallet_dao_governance::ROOT_TRACK).expect("Root has a track").decision_period;
        for _ in 0..decision + 2 {
            next_block();
        }
        let ended = pallet_referenda::ReferendumInfoFor::<Runtime>::get(index);
        assert!(matches!(ended, Some(pallet_referenda::ReferendumInfo::Rejected(..))), "{ended:?}");
    });
}

#[test]
fn curators_choose_what_challenges_run_and_not_whether() {
    in_first_block("local", || {
        let before = CapabilityBenchmark::<Runtime>::get();
        propose(Origin::ModelCurator, JobMarketCall::set_benchmark { benchmark: None });
        assert_eq!(enacted(), Err(DispatchError::BadOrigin));
        let benchmark = before.map(|benchmark| Benchmark { elements: benchmark.elements / 2, ..benchmark });
        propose(Origin::ModelCurator, JobMarketCall::set_benchmark { benchmark });
        assert_eq!((enacted(), CapabilityBenchmark::<Runtime>::get()), (Ok(()), benchmark));
        assert!(before.is_some() && before != benchmark);
        propose(root(), JobMarketCall::set_benchmark { benchmark: None });
        assert_eq!((enacted(), CapabilityBenchmark::<Runtime>::get()), (Ok(()), None));
    });
}

#[test]
fn parameter_is_set_by_a_referendum_of_its_guardian() {
    in_first_block("local", || {
        let fee = || JobMarket::quote(1, 100 * HRT).1;
        assert_eq!(fee(), 5 * HRT);
        propose(Origin::MarketParams, set(fee_rate(6)));
        assert_eq!(enacted(), Ok(()));
        // The providers' window.
        let changes = DaoGovernance::change_views();
        assert_eq!((changes.len(), changes[0].from, changes[0].to), (1, 50_000_000, Some(60_000_000)));
        for _ in 1..HouseWindow::get() {
            next_block();
        }
        assert_eq!(fee(), 5 * HRT);
        next_block();
        assert_eq!((fee(), DaoGovernance::change_views().len()), (6 * HRT, 0));
    });
}

#[test]
fn change_is_stopped_by_the_providers() {
    in_first_block("development", || {
        // Alice owns the only provider, which the genesis trusts.
        let object = |change| DaoGovernanceCall::object { change, objects: true };
        propose(Origin::MarketParams, set(fee_rate(6)));
        assert_eq!(enacted(), Ok(()));
        assert_eq!(apply("Bob", object(0)).unwrap(), Err(DaoGovernanceError::NoMember.into()));
        apply("Alice", object(0)).unwrap().unwrap();
        let change = &DaoGovernance::change_views()[0];
        assert_eq!((change.against, change.total), (100_000 * HRT, 100_000 * HRT));
        assert!(change.needed.abs_diff(100_000 * HRT / 3) < HRT);
        for _ in 0..HouseWindow::get() {
            next_block();
        }
        assert_eq!((DaoGovernance::change_views().len(), JobMarket::quote(1, 100 * HRT).1), (0, 5 * HRT));
        // Root's word does not wait.
        propose(root(), set(fee_rate(6)));
        assert_eq!(enacted(), Ok(()));
        assert_eq!(JobMarket::quote(1, 100 * HRT).1, 6 * HRT);
    });
}

#[test]
fn parameter_outside_of_its_bound_fails_and_changes_nothing() {
    in_first_block("local", || {
        propose(root(), set(fee_rate(21)));
        assert_eq!(enacted(), Err(DaoGovernanceError::OutOfBounds.into()));
        assert_eq!(pallet_parameters::Parameters::<Runtime>::iter().count(), 0);
    });
}

#[test]
fn parameters_that_would_not_deter_together_fail() {
    in_first_block("local", || {
        // 25 prices at stake are lost too seldom.
        propose(root(), set(audit_rate(2)));
        assert_eq!(enacted(), Err(DaoGovernanceError::Unsound.into()));
        propose(root(), set(audit_rate(6)));
        assert_eq!(enacted(), Ok(()));
    });
}

/// A provider of Bob's that a jury convicted of a job.
fn convict() -> SlashId {
    apply("Bob", super::market::register_with(Some(super::market::consent("Bob")))).unwrap().unwrap();
    let amount = 100 * HRT;
    ProviderRegistry::bind(0, amount).unwrap();
    ProviderRegistry::free_slot(0);
    ProviderRegistry::defer_slash(0, Slash { job: 7, amount, payees: vec![(genesis_presets::account("Eve"), HRT)] });
    ProviderRegistry::unbind(0, amount, MemberOutcome::Slashed, false);
    let slashes = DaoGovernance::slash_views();
    assert_eq!((slashes.len(), slashes[0].own, &slashes[0].offender), (1, amount, &genesis_presets::account("Bob")));
    slashes[0].id
}

#[test]
fn slash_of_a_provider_is_cancelled_by_the_same_door_and_never_executed() {
    in_first_block("local", || {
        let slash = convict();
        apply("Bob", ProviderRegistryCall::appeal_slash { slash }).unwrap().unwrap();
        assert!(DaoGovernance::slash_views()[0].appealed);
        propose(Origin::SlashCanceller, DaoGovernanceCall::cancel_slash { slash });
        assert_eq!(enacted(), Ok(()));
        assert_eq!(DaoGovernance::slash_views(), []);
        while System::block_number() <= slash.due {
            next_block();
        }
        let provider = pallet_provider_registry::Providers::<Runtime>::get(0).unwrap();
        assert_eq!((provider.bonded, provider.locked, provider.slashes), (10_000 * HRT, 0, 0));
    });
}

#[test]
fn slash_of_a_provider_is_executed_when_it_is_due_and_waits_while_slashing_is_paused() {
    in_first_block("local", || {
        let slash = convict();
        let before = Balances::free_balance(genesis_presets::account("Eve"));
        while System::block_number() < slash.due {
            next_block();
        }
        let bonded = || pallet_provider_registry::Providers::<Runtime>::get(0).unwrap().bonded;
        assert_eq!((bonded(), Balances::free_balance(genesis_presets::account("Eve"))), (9_900 * HRT, before + HRT));
        assert_eq!(DaoGovernance::cancel_slash(Origin::SlashCanceller.into(), slash), Err(DaoGovernanceError::UnknownSlash.into()));
    });
    in_first_block("local", || {
        let slash = convict();
        while System::block_number() <= slash.due {
            // Only Root goes on pausing.
            DaoGovernance::pull_brake(RuntimeOrigin::root(), Pause::Slashing, MaxPause::get()).unwrap();
            next_block();
        }
        assert_eq!(DaoGovernance::slash_views().len(), 1);
        DaoGovernance::release_brake(Origin::Emergency.into(), Pause::Slashing).unwrap();
        next_block();
        assert_eq!(DaoGovernance::slash_views(), []);
    });
}

#[test]
fn parameter_of_another_guardian_fails() {
    in_first_block("local", || {
        propose(Origin::MarketParams, set(job_share(30)));
        assert_eq!(enacted(), Err(DispatchError::BadOrigin));
    });
}

#[test]
fn parameters_have_no_other_door() {
    let around = || pallet_parameters::Call::<Runtime>::set_parameter { key_value: fee_rate(6) };
    in_first_block("local", || {
        propose(root(), around());
        assert_eq!(enacted(), Err(DispatchError::BadOrigin));
    });
    // Nor has Root one in anybody else's name.
    for name in [root(), Origin::MarketParams.into(), frame_system::RawOrigin::<AccountId>::None.into()] {
        in_first_block("local", || {
            propose(root(), UtilityCall::dispatch_as { as_origin: Box::new(name), call: Box::new(around().into()) });
            assert_eq!(enacted(), Ok(()));
            let refused = pallet_utility::Event::DispatchedAs { result: Err(DispatchError::BadOrigin) };
            System::assert_has_event(refused.into());
            assert_eq!(pallet_parameters::Parameters::<Runtime>::iter().count(), 0);
        });
    }
}

#[test]
fn parameters_are_documented_and_begin_within_their_bounds() {
    for preset in genesis_presets::names() {
        genesis(&preset).execute_with(|| {
            let views = DaoGovernance::parameter_views();
            assert!(views.len() > 30);
            for view in &views {
                let name = &view.info.name;
                assert!(view.info.meaning.len() > 10 && view.info.meaning.ends_with('.'), "{name}: {}", view.info.meaning);
                assert!(view.info.bound.least < view.info.bound.most && view.info.bound.contains(view.value), "{name} of {preset}");
            }
            let keys: std::collections::BTreeSet<_> = views.iter().map(|view| &view.key).collect();
            assert_eq!(keys.len(), views.len());
            let metadata = Runtime::metadata_at_version(15).expect("version 15 is offered");
            let meaning = views[0].info.meaning.as_bytes();
            assert!(metadata.windows(meaning.len()).any(|window| window == meaning), "the metadata has no meanings");
        });
    }
}

#[test]
fn jobs_end_in_time_at_the_bounds_of_their_windows() {
    genesis("testnet").execute_with(|| {
        let views = DaoGovernance::parameter_views();
        let bound = |name: &str| views.iter().find(|view| view.info.name == name).expect("it is governed").info.bound;
        let [draw, reveal, dispute] = ["DrawDelay", "RevealPeriod", "AcceptedWindow"].map(|name| bound(name).most);
        // Of the replicas, a redraw and two juries; of the replicas and two juries; of the result and the first verdict.
        assert!(4 * draw + 3 * reveal + 2 * dispute <= 800);
        assert_eq!(bound("UnbondingPeriod").least, u128::from(14 * DAYS));
    });
}

/// What the validators of genesis have at stake.
fn stakes() -> Vec<Balance> {
    let staked = |seed: &&str| Staking::ledger(genesis_presets::account(seed).into()).expect("a validator of genesis is bonded").total;
    genesis_presets::DEV_SEEDS[..4].iter().map(staked).collect()
}

fn active_era() -> u32 {
    pallet_staking::ActiveEra::<Runtime>::get().map_or(0, |active| active.index)
}

fn until_era(era: u32) {
    while active_era() < era {
        next_block();
    }
}

#[test]
fn slash_that_was_cancelled_is_never_executed() {
    in_first_block("local", || {
        let before = stakes();
        let offender = report_equivocation();
        let slashes = DaoGovernance::slash_views();
        assert_eq!(slashes.iter().map(|slash| &slash.offender).collect::<Vec<_>>(), [&offender]);
        assert!(slashes[0].own > 0);
        propose(Origin::SlashCanceller, DaoGovernanceCall::cancel_slash { slash: slashes[0].id });
        assert_eq!(enacted(), Ok(()));
        assert_eq!(DaoGovernance::slash_views(), []);
        // Eras beyond the one in which it was due.
        until_era(slashes[0].id.due + 2);
        assert_eq!(stakes(), before);
        // It cannot be cancelled twice either. The block in which an era begins is full.
        next_block();
        propose(Origin::SlashCanceller, DaoGovernanceCall::cancel_slash { slash: slashes[0].id });
        assert_eq!(enacted(), Err(DaoGovernanceError::UnknownSlash.into()));
    });
}

#[test]
fn slashes_of_one_name_are_cancelled_together() {
    in_first_block("local", || {
        report_equivocation();
        let slash = DaoGovernance::slash_views()[0].id;
        // Another increment of equal content, and one that is another's.
        UnappliedSlashes::<Runtime>::mutate(slash.due, |slashes| {
            let (twin, mut other) = (slashes[0].clone(), slashes[0].clone());
            other.own += 1;
            slashes.extend([other, twin]);
        });
        DaoGovernance::cancel_slash(Origin::SlashCanceller.into(), slash).unwrap();
        let left = DaoGovernance::slash_views();
        assert!(left.len() == 1 && left[0].id != slash, "{left:?}");
        let again = DaoGovernance::cancel_slash(Origin::SlashCanceller.into(), slash);
        assert_eq!(again, Err(DaoGovernanceError::UnknownSlash.into()));
    });
}

#[test]
fn slash_cancellers_cannot_slash() {
    in_first_block("local", || {
        let slash = pallet_staking::Call::<Runtime>::manual_slash {
            validator_stash: genesis_presets::account("Alice"),
            era: 0,
            slash_fraction: Perbill::one(),
        };
        propose(Origin::SlashCanceller, slash);
        assert_eq!(enacted(), Err(DispatchError::BadOrigin));
        assert_eq!(DaoGovernance::slash_views(), []);
    });
}

#[test]
fn slash_is_put_off_while_slashing_is_paused_and_answers_to_its_name() {
    for cancelled in [true, false] {
        in_first_block("local", || {
            let before = stakes();
            report_equivocation();
            let slash = DaoGovernance::slash_views()[0].id;
            // The longest pause is shorter than the time until the slash is due, and than an era. Only Root goes on pausing.
            while active_era() < slash.due {
                DaoGovernance::pull_brake(RuntimeOrigin::root(), Pause::Slashing, MaxPause::get()).unwrap();
                next_block();
            }
            let again = DaoGovernance::pull_brake(Origin::Emergency.into(), Pause::Slashing, 1);
            assert_eq!(again, Err(DaoGovernanceError::PausedLately.into()));
            let put_off = DaoGovernance::slash_views();
            assert_eq!((stakes(), put_off.len(), put_off[0].id.hash), (before.clone(), 1, slash.hash));
            assert!(put_off[0].id.due > slash.due && DaoGovernance::pauses_slashing());
            if cancelled {
                DaoGovernance::cancel_slash(Origin::SlashCanceller.into(), slash).unwrap();
            }
            // The pause ends by itself.
            until_era(put_off[0].id.due);
            assert!(!DaoGovernance::pauses_slashing());
            assert_eq!((stakes() == before, DaoGovernance::slash_views().len()), (cancelled, 0));
        });
    }
}

#[test]
fn slash_that_is_put_off_finds_its_stake_at_the_bound_of_pauses_on_every_chain() {
    for preset in genesis_presets::names() {
        genesis(&preset).execute_with(|| {
            let pause = |hours| RuntimeParameters::Authority(authority::Parameters::PauseHours(authority::PauseHours, Some(hours)));
            assert_ok!(DaoGovernance::set_parameter(RuntimeOrigin::root(), pause(144)));
            let beyond = DaoGovernance::set_parameter(RuntimeOrigin::root(), pause(145)).map_err(|refused| refused.error);
            assert_eq!(beyond, Err(DaoGovernanceError::OutOfBounds.into()), "{preset}");
            // Wherever Root moves the bound: stake is bonded for 56 eras.
            let (key, _) = pause(0).into_parts();
            assert_ok!(DaoGovernance::set_bound(RuntimeOrigin::root(), key, Bound { least: 0, most: u32::MAX.into() }));
            let beyond = DaoGovernance::set_parameter(RuntimeOrigin::root(), pause(60 * 24)).map_err(|refused| refused.error);
            let eras = <ChainEpochSlots as Get<u64>>::get() * u64::from(<ChainSessionsPerEra as Get<u32>>::get());
            let far = u64::from(Hours::<{ 60 * 24 }>::get()) / eras > 56;
            assert_eq!(beyond.is_err(), far, "{preset}");
        });
    }
}

#[test]
fn slash_of_a_provider_that_is_put_off_is_due_before_backers_who_ran_are_gone() {
    genesis("testnet").execute_with(|| {
        let hours = |hours| RuntimeParameters::Registry(registry::Parameters::SlashHours(registry::SlashHours, Some(hours)));
        let set = |key_value| DaoGovernance::set_parameter(RuntimeOrigin::root(), key_value).map_err(|refused| refused.error);
        // Of the fourteen days of unbonding the longest pause may take three.
        assert_eq!(set(hours(11 * 24)).map(|_| ()), Err(DaoGovernanceError::Unsound.into()));
        assert_ok!(set(hours(11 * 24 - 1)));
        assert_eq!(set(hours(13 * 24 + 1)).map(|_| ()), Err(DaoGovernanceError::OutOfBounds.into()));
    });
}

#[test]
fn brake_goes_on_by_a_referendum_and_off_by_itself() {
    in_first_block("local", || {
        propose(Origin::Emergency, DaoGovernanceCall::pull_brake { pause: Pause::NewJobs, blocks: 5 });
        assert_eq!(enacted(), Ok(()));
        let blob = BlobRef::of(b"input");
        let model = hearth_primitives::capability::GENESIS_MODEL.id;
        let submit =
            || apply("Eve", JobMarketCall::submit_job { model, input: BlobRef { len: 1, ..blob }, replicas: 1, price: HRT, audit: None });
        assert_eq!(submit().unwrap(), Err(pallet_job_market::Error::<Runtime>::Paused.into()));
        (0..5).for_each(|_| next_block());
        assert_eq!(DaoGovernance::pause_views(), []);
        submit().unwrap().unwrap();
    });
}

#[test]
fn budget_is_paid_in_instalments_and_stopped() {
    in_first_block("local", || {
        let (beneficiary, first) = (genesis_presets::account("One"), 20);
        let plan = |first| Plan::Recurring { instalment: 100 * HRT, count: 50, first, every: 10 };
        let create = |first| DaoGovernanceCall::create_budget { beneficiary: beneficiary.clone(), plan: plan(first) };
        propose(Origin::SmallSpender, create(first));
        assert_eq!(enacted(), Ok(()));
        let balance = || Balances::free_balance(&beneficiary);
        let claim = || apply("Two", DaoGovernanceCall::claim_budget { budget: 0 }).unwrap();
        let (before, due) = (balance(), || u128::from((System::block_number() - first) / 10 + 1) * 100 * HRT);
        assert_eq!(claim(), Err(DaoGovernanceError::NothingDue.into()));
        (System::block_number()..first).for_each(|_| next_block());
        claim().unwrap();
        assert_eq!(balance() - before, due());
        (0..30).for_each(|_| next_block());
        claim().unwrap();
        assert_eq!(balance() - before, due());
        // Big spenders did not make it.
        propose(Origin::BigSpender, DaoGovernanceCall::stop_budget { budget: 0 });
        assert_eq!(enacted(), Err(DispatchError::BadOrigin));
        propose(Origin::SmallSpender, DaoGovernanceCall::stop_budget { budget: 0 });
        assert_eq!(enacted(), Ok(()));
        let owed = due();
        (0..30).for_each(|_| next_block());
        claim().unwrap();
        assert_eq!(balance() - before, owed);
        assert_eq!(DaoGovernance::budget_views(), []);
        // Nothing is promised for the time before.
        propose(Origin::SmallSpender, create(first));
        assert_eq!(enacted(), Ok(()));
        let begun = DaoGovernance::budget_views();
        assert_eq!((begun[0].due, begun[0].next), (100 * HRT, Some(System::block_number() + 10)));
    });
}

#[test]
fn api_shows_what_a_referendum_lacks() {
    in_first_block("local", || {
        let view = || Runtime::referenda().pop().expect("a referendum goes on");
        let call = set(fee_rate(6));
        let index = submit(Origin::MarketParams, call.clone());
        let patience = <Hours<{ 14 * 24 }> as Get<u32>>::get();
        assert_eq!((view().stage, view().track), (ReferendumStage::NeedsDeposit(1 + patience), 10));
        assert_eq!((view().call, view().submitter), (Some(RuntimeCall::from(call).encode()), genesis_presets::account("Alice")));
        apply("Alice", ReferendaCall::place_decision_deposit { index }).unwrap().unwrap();
        assert_eq!(view().stage, ReferendumStage::Preparing(2));
        vote("Alice", index, true);
        vote("Bob", index, false);
        let votes = view().votes;
        assert_eq!((votes.ayes, votes.nays, votes.support, votes.passes), (90_000_000 * HRT, 90_000_000 * HRT, 90_000_000 * HRT, false));
        // At the beginning half of all that can vote must be behind it, unanimously.
        assert!(votes.approval[0] == 500_000_000 && votes.approval[1] > 999_000_000 && votes.turnout[1] > 499_000_000);
        assert!(votes.missing.support > votes.electorate / 3);
        next_block();
        assert!(matches!(view().stage, ReferendumStage::Deciding(_)), "{:?}", view().stage);
        // Bob changes his mind.
        for seed in MAJORITY {
            vote(seed, index, true);
        }
        assert_eq!((view().votes.passes, view().votes.missing), (true, Missing { ayes: Some(0), support: 0 }));
        next_block();
        assert!(matches!(view().stage, ReferendumStage::Confirming(_)), "{:?}", view().stage);
        assert_eq!(enacted(), Ok(()));
        assert!(Runtime::referenda().is_empty() && matches!(Runtime::referendum(index), Some(ReferendumStage::Approved(_))));
        assert_eq!(Runtime::referendum(index + 1), None);
        assert_eq!(Runtime::changes().len(), 1);
    });
}

#[test]
fn api_shows_the_newest_thousand_referenda() {
    in_first_block("local", || {
        submit(root(), SystemCall::remark { remark: Vec::new() });
        for (count, shown) in [(1, 1), (1_000, 1), (1_001, 0)] {
            // As if others had followed, and ended.
            ReferendumCount::<Runtime>::put(count);
            assert_eq!(Runtime::referenda().len(), shown);
        }
        ReferendumCount::<Runtime>::put(1);
    });
}

#[test]
fn api_shows_tracks_as_they_are_decided() {
    genesis("local").execute_with(|| {
        let tracks = Runtime::tracks();
        let names: Vec<_> = tracks.iter().map(|track| track.name.as_str()).collect();
        let expected =
            ["root", "market_params", "emission_params", "model_curator", "small_spender", "big_spender", "slash_canceller", "emergency"];
        assert_eq!(names, expected);
        let emergency = tracks.last().expect("there are tracks");
        assert_eq!((emergency.approval, emergency.support), ([1_000_000_000, 750_000_000], [100_000_000, 50_000_000]));
        assert_eq!((emergency.prepare, emergency.decide, emergency.confirm, emergency.enact), (1, 6, 1, 1));
    });
}

#[test]
fn preimage_deposit_is_what_noting_a_call_holds() {
    in_first_block("local", || {
        let held = || Balances::reserved_balance(genesis_presets::account("Alice"));
        let before = held();
        apply("Alice", pallet_preimage::Call::<Runtime>::note_preimage { bytes: [7; 1_000].to_vec() }).unwrap().unwrap();
        assert_eq!(held() - before, Runtime::preimage_deposit(1_000));
    });
}

#[test]
fn upgrade_fits_the_scheduler_with_its_code() {
    use pallet_scheduler::WeightInfo;
    type Measured = <Runtime as pallet_scheduler::Config>::WeightInfo;
    let call = RuntimeCall::from(SystemCall::set_code { code: Vec::new() }).get_dispatch_info().call_weight;
    // The largest preimage, looked up by an enactment's name.
    let largest = pallet_preimage::MAX_SIZE;
    let agenda = Measured::service_agendas_base() + Measured::service_agenda_base(256);
    let task = Measured::service_task_fetched(largest) + Measured::service_task_named() + Measured::execute_dispatch_unsigned();
    assert!((call + agenda + task).all_lte(MaxHookWeight::get()));
}

#[test]
fn failed_migration_leaves_the_chain_to_its_holders() {
    type Handler = <Runtime as pallet_migrations::Config>::FailedMigrationHandler;
    assert_eq!(<Handler as FailedMigrationHandler>::failed(None), FailedMigrationHandling::ForceUnstuck);
}

#[test]
fn every_call_of_governance_fits_a_block_and_the_scheduler() {
    genesis("testnet").execute_with(|| {
        let (key, _) = fee_rate(6).into_parts();
        let plan = Plan::Recurring { instalment: 1, count: 1, first: 0, every: 1 };
        let slash = SlashId { due: 0, hash: Default::default() };
        let calls = [
            set(fee_rate(6)),
            DaoGovernanceCall::set_bound { key, bound: Bound { least: 0, most: 1 } },
            DaoGovernanceCall::object { change: 0, objects: true },
            DaoGovernanceCall::clear_objections { change: 0 },
            DaoGovernanceCall::cancel_slash { slash },
            DaoGovernanceCall::create_budget { beneficiary: genesis_presets::account("Bob"), plan },
            DaoGovernanceCall::reach_milestone { budget: 0 },
            DaoGovernanceCall::claim_budget { budget: 0 },
            DaoGovernanceCall::stop_budget { budget: 0 },
            DaoGovernanceCall::pull_brake { pause: Pause::NewJobs, blocks: 1 },
            DaoGovernanceCall::release_brake { pause: Pause::NewJobs },
        ];
        assert_eq!(calls.iter().map(GetCallName::get_call_name).collect::<Vec<_>>(), DaoGovernanceCall::get_call_names());
        let normal = RuntimeBlockWeights::get().get(DispatchClass::Normal).max_extrinsic.expect("normal extrinsics are limited");
        let limit = normal.min(MaxHookWeight::get());
        for call in calls {
            let weight = call.get_dispatch_info().call_weight;
            assert!(weight.ref_time() > 0 && weight.all_lte(limit), "{call:?} weighs {weight:?}");
        }
    });
}
