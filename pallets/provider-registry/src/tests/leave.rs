//! `leave`.

use crate::{mock::*, Error, Event, OfferedBy, Offers, Pallet, WeightInfo};
use frame_support::{assert_noop, assert_ok};
use hearth_primitives::{
    market::MemberOutcome,
    provider::{PoolError, ProviderPool, ProviderStatus},
};

#[test]
fn leave_works() {
    TestExt::default().provider(ALICE, 1, false).provider(BOB, 1, false).models(2).execute_with(|| {
        for (owner, at) in [(ALICE, 0), (ALICE, 1), (BOB, 0)] {
            assert_ok!(ProviderRegistry::offer(signed(owner), model(at), UNIT));
        }
        advance_to(5);
        let info = ProviderRegistry::leave(signed(ALICE)).expect("an active provider may leave");
        assert_eq!(info.actual_weight, Some(<() as WeightInfo>::leave(2)));
        assert_eq!(record(0).status, ProviderStatus::Leaving(5 + UNBONDING));
        assert_eq!(last_event(), Event::<Test>::Left { provider: 0, until: 5 + UNBONDING }.into());
        assert!(!OfferedBy::<Test>::contains_key(0));
        assert_eq!(Offers::<Test>::get(model(0)).len(), 1);
        assert!(!Offers::<Test>::contains_key(model(1)));
        assert_eq!(bond_on_hold(ALICE), record(0).bonded);
    });
}

#[test]
fn leave_lets_running_jobs_end() {
    TestExt::default().provider(ALICE, 2, false).execute_with(|| {
        assert_ok!(Pallet::<Test>::bind(0, UNIT));
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        assert_eq!(Pallet::<Test>::bind(0, UNIT), Err(PoolError::NotActive));
        assert_eq!(<ProviderRegistry as ProviderPool<_, _, _>>::provider_of(&operator_of(ALICE)), Some(0));
        release(0, UNIT, MemberOutcome::Valid);
        assert_eq!((record(0).slots_in_use, record(0).locked, record(0).standing.valid), (0, 0, 1));
    });
}

#[test]
fn leave_twice_or_without_a_provider_fails() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        assert_noop!(ProviderRegistry::leave(signed(ALICE)), Error::<Test>::Leaving);
        assert_noop!(ProviderRegistry::leave(signed(BOB)), Error::<Test>::NotOwner);
    });
}
