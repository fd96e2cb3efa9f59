//! What providers have to say in the provider house.

use crate::mock::*;
use frame_support::assert_ok;
use hearth_primitives::{governance::ProviderHouse, market::MemberOutcome, provider::ProviderPool};

fn member(owner: AccountId) -> Option<(u32, Balance)> {
    ProviderRegistry::member(&owner)
}

#[test]
fn house_hears_the_trusted_with_their_whole_bond() {
    TestExt::default().provider(ALICE, 2, true).provider(BOB, 1, false).execute_with(|| {
        assert_eq!(member(ALICE), Some((0, 120 * UNIT)));
        assert_eq!(member(BOB), Some((1, 0)));
        assert_eq!(member(CAROL), None);
        assert_eq!((ProviderRegistry::total(), ProviderRegistry::counted()), (120 * UNIT, 2));
    });
}

#[test]
fn house_hears_newcomers_by_what_they_have_shown() {
    TestExt::default().provider(BOB, 1, false).execute_with(|| {
        assert_ok!(ProviderRegistry::bind(0, 0));
        release(0, 0, MemberOutcome::Valid);
        // One of three, of a bond of 110.
        let voice = member(BOB).map(|(_, voice)| voice).expect("Bob has a provider");
        assert!(voice.abs_diff(110 * UNIT / 3) <= 1);
        assert_eq!(ProviderRegistry::total(), voice);
    });
}

#[test]
fn house_does_not_hear_who_has_left() {
    TestExt::default().provider(ALICE, 2, true).provider(BOB, 1, true).execute_with(|| {
        assert_ok!(ProviderRegistry::leave(signed(ALICE)));
        assert_eq!(member(ALICE), None);
        assert_eq!((ProviderRegistry::total(), ProviderRegistry::counted()), (110 * UNIT, 1));
    });
}
