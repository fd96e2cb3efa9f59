//! The fees of paid jobs.

use crate::{mock::*, Earning, Earnings, Event, Open, Totals};

/// What a provider's paid jobs burned in the era that runs.
fn burned(provider: u32) -> Balance {
    Earnings::<Test>::get(provider).map_or(0, |earning| earning.burned)
}

#[test]
fn fee_is_split() {
    TestExt::default().execute_with(|| {
        pay_fee(1_000, &[0]);
        assert_eq!((free(&TREASURY), free(&AUTHOR), Balances::total_issuance()), (300, 200, SUPPLY - 500));
        assert_eq!(events(), [Event::FeeTaken { burned: 500, treasury: 300, author: 200 }]);
        assert_eq!(Earnings::<Test>::get(0), Some(Earning { era: 0, points: 0, burned: 500, claimable: 0 }));
        assert_eq!(Open::<Test>::get(), Totals { points: 0, burned: 500, swept: 0 });
    });
}

#[test]
fn fee_leaves_its_dust_to_the_treasury() {
    TestExt::default().execute_with(|| {
        pay_fee(9, &[0]);
        assert_eq!(events(), [Event::FeeTaken { burned: 4, treasury: 4, author: 1 }]);
        pay_fee(1, &[0]);
        assert_eq!(events()[1], Event::FeeTaken { burned: 0, treasury: 1, author: 0 });
        assert_eq!((free(&TREASURY), free(&AUTHOR), burned(0)), (5, 1, 4));
    });
}

#[test]
fn fee_counts_for_all_who_computed() {
    TestExt::default().execute_with(|| {
        pay_fee(100, &[2, 0, 1]);
        // A third of 50, rounded down; what is left over counts for nobody.
        assert_eq!([0, 1, 2, 3].map(burned), [16, 16, 16, 0]);
        assert_eq!(Open::<Test>::get().burned, 48);
        pay_fee(10, &[1]);
        assert_eq!([0, 1, 2].map(burned), [16, 21, 16]);
        // Too little to be shared counts for nobody either.
        pay_fee(4, &[3, 4, 2]);
        assert_eq!([2, 3, 4].map(burned), [16, 0, 0]);
        assert_eq!((Open::<Test>::get().burned, Earnings::<Test>::iter().count()), (53, 3));
    });
}

#[test]
fn fee_that_nobody_earned_is_split_all_the_same() {
    TestExt::default().execute_with(|| {
        pay_fee(1_000, &[]);
        assert_eq!((free(&TREASURY), free(&AUTHOR), Balances::total_issuance()), (300, 200, SUPPLY - 500));
        assert_eq!((Earnings::<Test>::iter().count(), Open::<Test>::get()), (0, Totals::default()));
    });
}

#[test]
fn fee_of_nothing_changes_nothing() {
    TestExt::default().execute_with(|| {
        pay_fee(0, &[0]);
        assert_eq!((Balances::total_issuance(), Earnings::<Test>::iter().count()), (SUPPLY, 0));
    });
}
