//! `offer`.

use crate::{mock::*, Error, Event, Offer, OfferedBy, Offers};
use frame_support::{assert_noop, assert_ok};

#[test]
fn offer_works() {
    TestExt::default().provider(ALICE, 1, false).models(1).execute_with(|| {
        advance_to(5);
        assert_ok!(ProviderRegistry::offer(signed(ALICE), model(0), 3 * UNIT));
        assert_eq!(Offers::<Test>::get(model(0)).into_inner(), [Offer { provider: 0, ask: 3 * UNIT, since: 5 }]);
        assert_eq!(OfferedBy::<Test>::get(0).into_inner(), [model(0)]);
        assert_eq!(last_event(), Event::<Test>::Offered { provider: 0, model: model(0), ask: 3 * UNIT }.into());
    });
}

#[test]
fn offer_keeps_both_lists_in_order() {
    TestExt::default().provider(ALICE, 1, false).provider(BOB, 1, false).provider(CAROL, 1, false).models(3).execute_with(|| {
        for owner in [CAROL, ALICE, BOB] {
            assert_ok!(ProviderRegistry::offer(signed(owner), model(1), UNIT));
        }
        for at in [2, 0] {
            assert_ok!(ProviderRegistry::offer(signed(ALICE), model(at), UNIT));
        }
        let order: Vec<_> = Offers::<Test>::get(model(1)).iter().map(|offer| offer.provider).collect();
        assert_eq!(order, [0, 1, 2]);
        assert_eq!(OfferedBy::<Test>::get(0).into_inner(), [model(0), model(1), model(2)]);
    });
}

#[test]
fn offer_at_another_ask_is_a_new_offer() {
    TestExt::default().provider(ALICE, 1, false).models(1).execute_with(|| {
        assert_ok!(ProviderRegistry::offer(signed(ALICE), model(0), 3 * UNIT));
        advance_to(9);
        assert_ok!(ProviderRegistry::offer(signed(ALICE), model(0), 3 * UNIT));
        assert_eq!(Offers::<Test>::get(model(0))[0].since, 1);
        assert_ok!(ProviderRegistry::offer(signed(ALICE), model(0), 2 * UNIT));
        assert_eq!(Offers::<Test>::get(model(0)).into_inner(), [Offer { provider: 0, ask: 2 * UNIT, since: 9 }]);
        assert_eq!(OfferedBy::<Test>::get(0).len(), 1);
    });
}

#[test]
fn offer_of_an_unknown_or_retired_model_fails() {
    TestExt::default().provider(ALICE, 1, false).models(1).execute_with(|| {
        assert_noop!(ProviderRegistry::offer(signed(ALICE), model(1), UNIT), Error::<Test>::ModelNotOpen);
        OpenModels::retire(model(0));
        assert_noop!(ProviderRegistry::offer(signed(ALICE), model(0), UNIT), Error::<Test>::ModelNotOpen);
    });
}

#[test]
fn offer_of_too_many_models_fails() {
    TestExt::default().provider(ALICE, 1, false).models(MAX_OFFERS as u8 + 1).execute_with(|| {
        for at in 0..MAX_OFFERS as u8 {
            assert_ok!(ProviderRegistry::offer(signed(ALICE), model(at), UNIT));
        }
        assert_noop!(ProviderRegistry::offer(signed(ALICE), model(MAX_OFFERS as u8), UNIT), Error::<Test>::TooManyOffers);
        // What stands can still change its ask.
        assert_ok!(ProviderRegistry::offer(signed(ALICE), model(0), 2 * UNIT));
    });
}

#[test]
fn offer_by_too_many_providers_fails() {
    let last = ALICE + u64::from(MAX_PROVIDERS);
    let world = (ALICE..=last).fold(TestExt::default().models(1), |world, owner| world.provider(owner, 1, false));
    world.execute_with(|| {
        for owner in ALICE..last {
            assert_ok!(ProviderRegistry::offer(signed(owner), model(0), UNIT));
        }
        assert_noop!(ProviderRegistry::offer(signed(last), model(0), UNIT), Error::<Test>::TooManyProviders);
    });
}

#[test]
fn offer_while_leaving_or_without_a_provider_fails() {
    TestExt::default().provider(ALICE, 1, false).models(1).execute_with(|| {
        assert_noop!(ProviderRegistry::offer(signed(BOB), model(0), UNIT), Error::<Test>::NotOwner);
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        assert_noop!(ProviderRegistry::offer(signed(ALICE), model(0), UNIT), Error::<Test>::Leaving);
    });
}
