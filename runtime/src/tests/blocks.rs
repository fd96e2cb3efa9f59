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
use frame_support::traits::{fungible::Balanced, InstanceFilter, OnUnbalanced};
use pallet_session::SessionManager;
use pallet_transaction_payment::ChargeTransactionPayment;
use sp_runtime::{
    traits::Dispatchable,
    transaction_validity::{InvalidTransaction, TransactionValidityError},
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

#[test]
fn sudo_fails_without_a_key() {
    in_first_block("local", || {
        let call = Box::new(SystemCall::set_heap_pages { pages: 1 }.into());
        assert_eq!(apply("Alice", SudoCall::sudo { call }).unwrap(), Err(pallet_sudo::Error::<Runtime>::RequireSudo.into()));
    });
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
    assert!(ProxyType::Any.is_superset(&ProxyType::Provider));
    assert!(!ProxyType::NonTransfer.is_superset(&ProxyType::Any));
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
