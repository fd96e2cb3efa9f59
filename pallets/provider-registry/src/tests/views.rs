//! What the runtime API shows.

use crate::{mock::*, Pallet};
use frame_support::assert_ok;
use hearth_primitives::provider::{BackendClass, OfferView, ProviderPool, ProviderStatus, ProviderView, Standing};

#[test]
fn provider_view_shows_everything() {
    TestExt::default().provider(ALICE, 2, false).models(2).execute_with(|| {
        assert_ok!(ProviderRegistry::offer(signed(ALICE), model(1), 3 * UNIT));
        assert_ok!(ProviderRegistry::offer(signed(ALICE), model(0), 2 * UNIT));
        assert_ok!(Pallet::<Test>::bind(0, 25 * UNIT));
        let expected = ProviderView {
            id: 0,
            owner: ALICE,
            operator: operator_of(ALICE),
            backend: BackendClass::Cpu,
            slots: 2,
            slots_in_use: 1,
            bonded: 120 * UNIT,
            locked: 25 * UNIT,
            status: ProviderStatus::Active,
            standing: Standing::default(),
            offers: vec![OfferView { model: model(0), ask: 2 * UNIT }, OfferView { model: model(1), ask: 3 * UNIT }],
        };
        assert_eq!(Pallet::<Test>::provider_view(0), Some(expected));
        assert_eq!(Pallet::<Test>::provider_view(1), None);
    });
}

#[test]
fn provider_views_are_in_order() {
    let world = (ALICE..=8).fold(TestExt::default(), |world, owner| world.provider(owner, 1, false));
    world.execute_with(|| {
        let ids: Vec<_> = Pallet::<Test>::provider_views().iter().map(|view| view.id).collect();
        assert_eq!(ids, (0..8).collect::<Vec<_>>());
    });
}

#[test]
fn provider_of_account_finds_owners_before_operators() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        // Alice, an owner, reports for Bob too: that must not hide her own provider.
        assert_ok!(register_with(BOB, ALICE, 1, 200 * UNIT));
        assert_eq!(Pallet::<Test>::provider_of_account(&ALICE), Some(0));
        assert_eq!(Pallet::<Test>::provider_of_account(&operator_of(ALICE)), Some(0));
        assert_eq!(Pallet::<Test>::provider_of_account(&BOB), Some(1));
        assert_eq!(Pallet::<Test>::provider_of_account(&CAROL), None);
    });
}
