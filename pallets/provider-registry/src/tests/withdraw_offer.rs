//! `withdraw_offer`.

use crate::{mock::*, Error, Event, OfferedBy, Offers};
use frame_support::{assert_noop, assert_ok};

#[test]
fn withdraw_offer_works() {
    TestExt::default().provider(ALICE, 1, false).provider(BOB, 1, false).models(2).execute_with(|| {
        for (owner, at) in [(ALICE, 0), (ALICE, 1), (BOB, 0)] {
            assert_ok!(ProviderRegistry::offer(signed(owner), model(at), UNIT));
        }
        assert_ok!(ProviderRegistry::withdraw_offer(signed(ALICE), model(0)));
        assert_eq!(last_event(), Event::<Test>::OfferWithdrawn { provider: 0, model: model(0) }.into());
        assert_eq!(OfferedBy::<Test>::get(0).into_inner(), [model(1)]);
        assert_eq!(Offers::<Test>::get(model(0)).len(), 1);
    });
}

#[test]
fn withdraw_offer_of_the_last_stores_nothing() {
    TestExt::default().provider(ALICE, 1, false).models(1).execute_with(|| {
        assert_ok!(ProviderRegistry::offer(signed(ALICE), model(0), UNIT));
        assert_ok!(ProviderRegistry::withdraw_offer(signed(ALICE), model(0)));
        assert!(!Offers::<Test>::contains_key(model(0)));
        assert!(!OfferedBy::<Test>::contains_key(0));
    });
}

#[test]
fn withdraw_offer_of_a_retired_model_works() {
    TestExt::default().provider(ALICE, 1, false).models(1).execute_with(|| {
        assert_ok!(ProviderRegistry::offer(signed(ALICE), model(0), UNIT));
        OpenModels::retire(model(0));
        assert_ok!(ProviderRegistry::withdraw_offer(signed(ALICE), model(0)));
    });
}

#[test]
fn withdraw_offer_that_does_not_stand_fails() {
    TestExt::default().provider(ALICE, 1, false).provider(BOB, 1, false).models(2).execute_with(|| {
        assert_noop!(ProviderRegistry::withdraw_offer(signed(ALICE), model(0)), Error::<Test>::NotOffered);
        assert_ok!(ProviderRegistry::offer(signed(ALICE), model(0), UNIT));
        assert_noop!(ProviderRegistry::withdraw_offer(signed(ALICE), model(1)), Error::<Test>::NotOffered);
        assert_noop!(ProviderRegistry::withdraw_offer(signed(BOB), model(0)), Error::<Test>::NotOffered);
        assert_noop!(ProviderRegistry::withdraw_offer(signed(CAROL), model(0)), Error::<Test>::NotOwner);
    });
}
