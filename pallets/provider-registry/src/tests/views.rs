//! What the runtime API shows.

use crate::{mock::*, Pallet};
use frame_support::assert_ok;
use hearth_primitives::provider::{
    BackendClass, BackingView, OfferView, ProviderPool, ProviderStatus, ProviderView, Standing, UnbondingView,
};

#[test]
fn provider_view_shows_everything() {
    TestExt::default().provider(ALICE, 2, false).models(2).execute_with(|| {
        assert_ok!(ProviderRegistry::offer(signed(ALICE), model(1), 3 * UNIT));
        assert_ok!(ProviderRegistry::offer(signed(ALICE), model(0), 2 * UNIT));
        assert_ok!(Pallet::<Test>::bind(0, 25 * UNIT));
        assert_ok!(ProviderRegistry::accept_backing(signed(ALICE), 90 * UNIT));
        assert_ok!(back(BOB, 0, 40 * UNIT));
        let expected = ProviderView {
            id: 0,
            owner: ALICE,
            operator: operator_of(ALICE),
            backend: BackendClass::Cpu,
            slots: 2,
            slots_in_use: 1,
            bonded: 120 * UNIT,
            locked: 25 * UNIT,
            lockable: 135 * UNIT,
            slashes: 0,
            backed: 40 * UNIT,
            backing_limit: 90 * UNIT,
            backers: 1,
            commission: 100_000_000,
            status: ProviderStatus::Active,
            capability: Default::default(),
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

#[test]
fn backing_view_shows_everything() {
    TestExt::default().provider(ALICE, 1, false).execute_with(|| {
        assert_eq!(Pallet::<Test>::backing_view(0, &BOB), None);
        accept_all(ALICE);
        assert_ok!(back(BOB, 0, 40 * UNIT));
        assert_ok!(unback(BOB, 0, 10 * UNIT));
        advance_to(2);
        assert_ok!(unback(BOB, 0, 5 * UNIT));
        advance_to(1 + UNBONDING);
        Claimable::set(77);
        let unbonding = [(10 * UNIT, 1 + UNBONDING), (5 * UNIT, 2 + UNBONDING)].map(|(amount, until)| UnbondingView { amount, until });
        let expected =
            BackingView { provider: 0, active: 25 * UNIT, unbonding: unbonding.to_vec(), withdrawable: 10 * UNIT, claimable: 77 };
        assert_eq!(Pallet::<Test>::backing_view(0, &BOB), Some(expected.clone()));
        // Of a provider that is gone, everything can be withdrawn.
        leave_and_withdraw(ALICE);
        assert_eq!(Pallet::<Test>::backing_view(0, &BOB), Some(BackingView { withdrawable: 40 * UNIT, ..expected }));
    });
}

#[test]
fn backing_views_are_in_order() {
    TestExt::default().provider(4, 1, false).provider(5, 1, false).execute_with(|| {
        [4, 5].into_iter().for_each(accept_all);
        assert_eq!(Pallet::<Test>::backing_views(&BOB), vec![]);
        assert_ok!(back(BOB, 1, 10 * UNIT));
        assert_ok!(back(BOB, 0, 10 * UNIT));
        let ids: Vec<_> = Pallet::<Test>::backing_views(&BOB).iter().map(|view| view.provider).collect();
        assert_eq!(ids, [0, 1]);
    });
}
