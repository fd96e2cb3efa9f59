//! Models: registered against a deposit, retired, removed with their offers.

use crate::{mock::*, BlobRefs, Error, HoldReason, Models, DROP_LIMIT};
use frame_support::{assert_noop, assert_ok, dispatch::Pays, traits::fungible::InspectHold};
use hearth_primitives::{
    blob::{BlobRef, MAX_BLOB_LEN},
    digest::Tolerance,
    provider::ModelDirectory,
    ModelId,
};
use sp_runtime::DispatchResult;

fn deposit() -> Balance {
    Balances::balance_on_hold(&HoldReason::ModelDeposit.into(), &MODELLER)
}

fn register_with(name: &[u8], len: u64, max_input: u64, max_output: u64, max_exec: u32) -> DispatchResult {
    let blob = BlobRef { id: ModelId::repeat_byte(9), len };
    let name = name.to_vec().try_into().unwrap();
    JobMarket::register_model(RuntimeOrigin::signed(MODELLER), name, blob, max_input, max_output, max_exec, Tolerance::default(), 0)
}

#[test]
fn register_model_holds_a_deposit_by_size() {
    TestExt::market(0).execute_with(|| {
        let before = deposit();
        assert_ok!(register(1));
        // Two MiB.
        assert_eq!(deposit() - before, 52 * UNIT);
        assert_eq!(BlobRefs::<Test>::get(blob(1).id), 1);
        assert!(JobMarket::accepts_offers(blob(1).id));
        assert_noop!(register(1), Error::<Test>::ModelExists);
    });
}

#[test]
fn register_model_refuses_bad_names_and_limits() {
    TestExt::market(0).execute_with(|| {
        let exec = MinExec::get();
        for name in [&b""[..], b"\xff\xfe", b"a\nb"] {
            assert_noop!(register_with(name, 1, 1, 1, exec), Error::<Test>::BadName);
        }
        for (len, input, output, exec) in [
            (0, 1, 1, exec),
            (MAX_BLOB_LEN + 1, 1, 1, exec),
            (1, 0, 1, exec),
            (1, 1, MAX_BLOB_LEN + 1, exec),
            (1, 1, 0, exec),
            (1, 1, 1, exec - 1),
            (1, 1, 1, MaxExec::get() + 1),
        ] {
            assert_noop!(register_with(b"m", len, input, output, exec), Error::<Test>::BadLimits);
        }
        assert_ok!(register_with(b"m", MAX_BLOB_LEN, MAX_BLOB_LEN, MAX_BLOB_LEN, MaxExec::get()));
    });
}

#[test]
fn register_model_needs_the_deposit() {
    TestExt::market(0).execute_with(|| {
        let poor = RuntimeOrigin::signed(AccountId::new([99; 32]));
        let call =
            JobMarket::register_model(poor, b"m".to_vec().try_into().unwrap(), blob(1), 1, 1, MinExec::get(), Tolerance::default(), 0);
        assert_eq!(call, Err(Error::<Test>::CannotPay.into()));
    });
}

#[test]
fn retire_model_removes_it_with_its_offers() {
    TestExt::market(3).execute_with(|| {
        let signed = RuntimeOrigin::signed;
        assert_noop!(JobMarket::retire_model(signed(OTHER), model()), Error::<Test>::NotModelOwner);
        assert_noop!(JobMarket::retire_model(signed(OTHER), blob(7).id), Error::<Test>::UnknownModel);
        assert_ok!(JobMarket::retire_model(signed(MODELLER), model()));
        assert_eq!((deposit(), Models::<Test>::contains_key(model())), (0, false));
        assert_eq!(BlobRefs::<Test>::get(model()), 0);
        assert!(!JobMarket::accepts_offers(model()));
        assert!(ProviderRegistry::offer(signed(owner(0)), model(), PRICE).is_err());
    });
}

#[test]
fn retire_model_waits_for_running_jobs() {
    TestExt::market(2).execute_with(|| {
        let job = drawn(2);
        let signed = RuntimeOrigin::signed;
        assert_ok!(JobMarket::retire_model(signed(MODELLER), model()));
        assert!(Models::<Test>::get(model()).is_some_and(|m| m.retired && m.active_jobs == 1));
        assert_noop!(JobMarket::submit_job(signed(CUSTOMER), model(), input(), 1, PRICE, None), Error::<Test>::ModelRetired);
        assert_noop!(JobMarket::retire_model(signed(OTHER), model()), Error::<Test>::NothingDue);

        commit_all(job, |_| 0);
        reveal_all(job, |_| 0);
        run_for(AcceptedWindow::get());
        // Anybody may finish it, for nothing.
        let info = JobMarket::retire_model(signed(OTHER), model()).unwrap();
        assert_eq!(info.pays_fee, Pays::No);
        assert!(!Models::<Test>::contains_key(model()));
    });
}

#[test]
fn retire_model_drops_a_bounded_part_per_call() {
    TestExt::market(DROP_LIMIT + 2).execute_with(|| {
        assert_ok!(JobMarket::retire_model(RuntimeOrigin::signed(MODELLER), model()));
        assert_eq!(JobMarket::model(model()).map(|m| (m.retired, m.offers)), Some((true, 2)));
        assert_ok!(JobMarket::retire_model(RuntimeOrigin::signed(OTHER), model()));
        assert_eq!(JobMarket::model(model()), None);
    });
}
