//! Payouts of Staking.

use crate::{mock::*, Eras, Event, FromStakingPot, Open, RemainderFromPot, WeightInfo};
use frame_support::traits::{fungible::Balanced, tokens::Precision, OnUnbalanced};

#[test]
fn payout_comes_from_the_pot() {
    TestExt::default().execute_with(|| {
        let pot = end_era();
        let issuance = Balances::total_issuance();
        let debt = Balances::deposit(&STAKER, pot - 5, Precision::Exact).expect("the amount is no dust");
        FromStakingPot::<Test>::on_unbalanced(debt);
        assert_eq!((free(&STAKER), free(&staking_pot())), (pot - 5, 1 + 5));
        assert_eq!(Balances::total_issuance(), issuance);
        // To the last planck of what was minted.
        let debt = Balances::deposit(&STAKER, 5, Precision::Exact).expect("the account exists");
        FromStakingPot::<Test>::on_unbalanced(debt);
        assert_eq!((free(&STAKER), free(&staking_pot())), (pot, 1));
        assert_eq!(Balances::total_issuance(), issuance);
    });
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "the staking pot lacks money for a payout")]
fn payout_beyond_the_pot_is_a_bug() {
    TestExt::default().execute_with(|| {
        let debt = Balances::deposit(&STAKER, 5, Precision::Exact).expect("the amount is no dust");
        FromStakingPot::<Test>::on_unbalanced(debt);
    });
}

#[test]
fn remainder_moves_to_the_treasury() {
    TestExt::default().execute_with(|| {
        let pot = end_era();
        let (issuance, treasury) = (Balances::total_issuance(), free(&TREASURY));
        RemainderFromPot::<Test>::on_unbalanced(Balances::issue(1_000));
        assert_eq!(Balances::total_issuance(), issuance);
        assert_eq!((free(&staking_pot()), free(&TREASURY)), (1 + pot - 1_000, treasury + 1_000));
    });
}

#[test]
fn sweep_counts_for_the_era_that_runs() {
    TestExt::default().execute_with(|| {
        end_era();
        RewardEmission::sweep_staking(700);
        RewardEmission::sweep_staking(0);
        assert_eq!(Open::<Test>::get().swept, 700);
        let before = free(&TREASURY);
        end_era();
        let record = Eras::<Test>::get(1).expect("the era ended");
        assert_eq!(record.treasury, 700 + free(&TREASURY) - before);
        assert_eq!(record.minted + 700, record.staking + record.treasury);
        let Some(Event::EraMinted { treasury, .. }) = events().pop() else { panic!("the era's event is the last") };
        assert_eq!((treasury, Open::<Test>::get().swept), (record.treasury, 0));
    });
}

#[test]
fn sweep_takes_no_more_than_the_pot_has() {
    TestExt::default().execute_with(|| {
        RewardEmission::sweep_staking(700);
        assert_eq!((free(&staking_pot()), free(&TREASURY)), (1, 0));
        let pot = end_era();
        let before = free(&TREASURY);
        RewardEmission::sweep_staking(Balance::MAX);
        assert_eq!((free(&staking_pot()), free(&TREASURY)), (1, before + pot));
    });
}

#[test]
fn weights_count_the_earners_of_a_fee() {
    assert_eq!(<() as WeightInfo>::take_fee(2), <() as WeightInfo>::claim().saturating_mul(3));
}
