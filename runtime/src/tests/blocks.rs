//! Blocks execute, fees go where they belong, keys rotate, and proxies do no more than they may.

use super::*;
use crate::{
    configs::{
        accounts::ProxyType,
        money::{ToAuthor, TreasuryAccount},
        session::ElectedValidators,
    },
    constants::{HRT, MILLI_HRT},
    Authorship, Balances, RuntimeEvent, EXISTENTIAL_DEPOSIT,
};
use frame_support::traits::{fungible::Balanced, GetCallName, InstanceFilter, OnUnbalanced};
use pallet_session::SessionManager;
use pallet_transaction_payment::ChargeTransactionPayment;
use sp_runtime::{
    traits::Dispatchable,
    transaction_validity::{InvalidTransaction, TransactionValidityError},
    DispatchError,
};

#[test]
fn fees_go_to_treasury_and_author_and_tips_to_the_author() {
    in_first_block("local", || {
        let author = Authorship::author().expect("the block has an author");
        // Somebody who is neither.
        let payer = if author == genesis_presets::account("Eve") { "Ferdie" } else { "Eve" };
        let before = (Balances::free_balance(TreasuryAccount::get()), Balances::free_balance(&author), Balances::total_issuance());
        let tip = HRT;
        let mut extension = extension(0, Era::Immortal);
        extension.7 = ChargeTransactionPayment::from(tip);
        Executive::apply_extrinsic(signed(payer, SystemCall::remark { remark: vec![0; 100] }.into(), extension)).unwrap().unwrap();
        let fee = System::events()
            .into_iter()
            .find_map(|record| match record.event {
                RuntimeEvent::TransactionPayment(pallet_transaction_payment::Event::TransactionFeePaid { actual_fee, .. }) => {
                    Some(actual_fee)
                }
                _ => None,
            })
            .expect("a fee was paid")
            - tip;
        let treasury = Balances::free_balance(TreasuryAccount::get()) - before.0;
        let earned = Balances::free_balance(&author) - before.1;
        assert_eq!(treasury, fee * 80 / 100);
        assert_eq!(earned, fee - treasury + tip);
        assert_eq!(Balances::total_issuance(), before.2);
        assert!((MILLI_HRT / 100..10 * MILLI_HRT).contains(&fee), "a remark costs {fee}");
    });
}

#[test]
fn what_an_author_cannot_hold_goes_to_the_treasury() {
    genesis("local").execute_with(|| {
        // Outside of a block there is no author.
        let before = Balances::free_balance(TreasuryAccount::get());
        ToAuthor::on_unbalanced(<Balances as Balanced<AccountId>>::issue(HRT));
        assert_eq!(Balances::free_balance(TreasuryAccount::get()), before + HRT);
    });
}

#[test]
fn dust_goes_to_the_treasury() {
    in_first_block("development", || {
        let ghost = AccountId::new([7; 32]);
        let endowment = BalancesCall::transfer_keep_alive { dest: ghost.clone().into(), value: 2 * EXISTENTIAL_DEPOSIT };
        apply("Alice", endowment).unwrap().unwrap();
        let (treasury, issued) = (Balances::free_balance(TreasuryAccount::get()), Balances::total_issuance());
        let dest = genesis_presets::account("Bob").into();
        let most = BalancesCall::transfer_allow_death { dest, value: EXISTENTIAL_DEPOSIT * 3 / 2 };
        RuntimeCall::from(most).dispatch(Some(ghost.clone()).into()).unwrap();
        assert_eq!(Balances::free_balance(&ghost), 0);
        assert_eq!(Balances::free_balance(TreasuryAccount::get()), treasury + EXISTENTIAL_DEPOSIT / 2);
        assert_eq!(Balances::total_issuance(), issued);
    });
}

#[test]
fn an_account_without_money_cannot_transact() {
    in_first_block("development", || {
        let result = apply("Nobody", SystemCall::remark { remark: Vec::new() });
        assert_eq!(result, Err(TransactionValidityError::Invalid(InvalidTransaction::Payment)));
    });
}

/// Every call of Sudo, as the metadata has them.
fn sudo_calls() -> Vec<SudoCall> {
    let call = || Box::new(SystemCall::set_heap_pages { pages: 1 }.into());
    let bob = || genesis_presets::account("Bob");
    let calls = vec![
        SudoCall::sudo { call: call() },
        SudoCall::sudo_unchecked_weight { call: call(), weight: Default::default() },
        SudoCall::set_key { new: bob().into() },
        SudoCall::sudo_as { who: bob().into(), call: call() },
        SudoCall::remove_key {},
    ];
    assert_eq!(calls.iter().map(GetCallName::get_call_name).collect::<Vec<_>>(), SudoCall::get_call_names());
    calls
}

#[test]
fn sudo_is_out_of_reach_but_on_development_chains() {
    let key = genesis_presets::account("Alice");
    let filtered = DispatchError::from(frame_system::Error::<Runtime>::CallFiltered);
    for preset in [genesis_presets::LOCAL, genesis_presets::TESTNET] {
        for call in sudo_calls() {
            genesis(preset).execute_with(|| {
                // Even if there were a key.
                pallet_sudo::Key::<Runtime>::put(&key);
                let dispatch = |call: RuntimeCall| call.dispatch(Some(key.clone()).into()).map_err(|failed| failed.error);
                assert_eq!(dispatch(call.clone().into()), Err(filtered), "{preset}");
                let batch = UtilityCall::batch_all { calls: vec![call.clone().into()] };
                assert_eq!(dispatch(batch.into()), Err(filtered), "{preset}");
                let other_signatories = vec![genesis_presets::account("Bob")];
                let multisig = pallet_multisig::Call::<Runtime>::as_multi_threshold_1 { other_signatories, call: Box::new(call.into()) };
                assert_eq!(dispatch(multisig.into()), Err(filtered), "{preset}");
                assert_eq!(pallet_sudo::Key::<Runtime>::get(), Some(key.clone()));
            });
        }
    }
    in_first_block("development", || apply("Alice", sudo_calls().swap_remove(0)).unwrap().unwrap());
}

#[test]
fn rotated_session_keys_make_a_new_historical_root() {
    genesis("local").execute_with(|| {
        assert_eq!(<ElectedValidators as SessionManager<_>>::new_session(1), None);
        let alice = genesis_presets::account("Alice");
        pallet_session::NextKeys::<Runtime>::insert(&alice, genesis_presets::session_keys("Alice//rotated"));
        let next = <ElectedValidators as SessionManager<_>>::new_session(1).expect("a set with new keys");
        assert_eq!(next, crate::Session::validators());
        assert!(next.contains(&alice));
    });
}

#[test]
fn proxies_are_confined() {
    let transfer: RuntimeCall = BalancesCall::transfer_all { dest: genesis_presets::account("Bob").into(), keep_alive: false }.into();
    let purge: RuntimeCall = SessionCall::purge_keys {}.into();
    let leave: RuntimeCall = ProviderRegistryCall::leave {}.into();
    let chill: RuntimeCall = pallet_staking::Call::chill {}.into();
    let poke: RuntimeCall = JobMarketCall::poke { job: 0 }.into();
    let batch: RuntimeCall = UtilityCall::batch { calls: Vec::new() }.into();
    let allows = |kind: ProxyType| [&transfer, &purge, &leave, &poke, &batch, &chill].map(|call| kind.filter(call));
    assert_eq!(allows(ProxyType::Any), [true; 6]);
    assert_eq!(allows(ProxyType::NonTransfer), [false, true, false, false, true, true]);
    assert_eq!(allows(ProxyType::Provider), [false, false, true, false, true, false]);
    assert_eq!(allows(ProxyType::Customer), [false, false, false, true, true, false]);
    assert_eq!(allows(ProxyType::CancelProxy), [false, false, false, false, true, false]);
    assert_eq!(allows(ProxyType::Staking), [false, true, false, false, true, true]);
    assert_eq!(allows(ProxyType::Governance), [false, false, false, false, true, false]);
    assert!(ProxyType::Any.is_superset(&ProxyType::Provider));
    assert!(!ProxyType::NonTransfer.is_superset(&ProxyType::Any));
}

#[test]
fn proxies_of_governance_vote_and_propose_and_spend_nothing() {
    use pallet_dao_governance::Call as Dao;
    use pallet_referenda::Call as Referenda;
    let vote = pallet_conviction_voting::Call::<Runtime>::remove_vote { class: None, index: 0 };
    let objection: RuntimeCall = Dao::object { change: 0, objects: true }.into();
    let allowed: [RuntimeCall; 7] = [
        vote.into(),
        objection.clone(),
        Dao::claim_budget { budget: 0 }.into(),
        Dao::clear_objections { change: 0 }.into(),
        Referenda::place_decision_deposit { index: 0 }.into(),
        Referenda::refund_decision_deposit { index: 0 }.into(),
        Referenda::refund_submission_deposit { index: 0 }.into(),
    ];
    assert!(allowed.iter().all(|call| ProxyType::Governance.filter(call)));
    let refused: [RuntimeCall; 3] = [
        Dao::stop_budget { budget: 0 }.into(),
        Referenda::kill { index: 0 }.into(),
        pallet_treasury::Call::<Runtime>::payout { index: 0 }.into(),
    ];
    assert!(!refused.iter().any(|call| ProxyType::Governance.filter(call)));
    // A provider's proxy speaks for it in the house, and does not vote for its owner.
    assert_eq!(allowed.map(|call| ProxyType::Provider.filter(&call)), [false, true, false, false, false, false, false]);
    assert_eq!(ProxyType::Governance.encode(), [6]);
    // By a proxy in a block.
    in_first_block("development", || {
        let call = |delegate| pallet_proxy::Call::<Runtime>::add_proxy { delegate, proxy_type: ProxyType::Governance, delay: 0 };
        apply("Alice", call(genesis_presets::account("Bob").into())).unwrap().unwrap();
        let proxied = |call: RuntimeCall| {
            let real = genesis_presets::account("Alice").into();
            apply("Bob", pallet_proxy::Call::<Runtime>::proxy { real, force_proxy_type: None, call: Box::new(call) }).unwrap().unwrap();
            System::events().into_iter().rev().find_map(|record| match record.event {
                RuntimeEvent::Proxy(pallet_proxy::Event::ProxyExecuted { result }) => Some(result),
                _ => None,
            })
        };
        // There is no such change; it is Alice's provider that objects.
        assert_eq!(proxied(objection), Some(Err(pallet_dao_governance::Error::<Runtime>::UnknownChange.into())));
        let transfer = BalancesCall::transfer_all { dest: genesis_presets::account("Bob").into(), keep_alive: false };
        let batch = UtilityCall::batch_all { calls: vec![transfer.into()] };
        assert_eq!(proxied(batch.into()), Some(Err(frame_system::Error::<Runtime>::CallFiltered.into())));
    });
}

#[test]
fn chains_live_for_many_blocks() {
    for preset in genesis_presets::names() {
        genesis(&preset).execute_with(|| {
            let mut parent = Default::default();
            for number in 1..=30 {
                let slot = FIRST_SLOT + u64::from(number);
                let header = Header::new(number, Default::default(), Default::default(), parent, Digest { logs: vec![claim(slot.into())] });
                Executive::initialize_block(&header);
                let time = UncheckedExtrinsic::new_bare(TimestampCall::set { now: slot * SLOT_MILLIS }.into());
                Executive::apply_extrinsic(time).unwrap().unwrap();
                parent = Executive::finalize_block().hash();
            }
            check_state();
        });
    }
}
