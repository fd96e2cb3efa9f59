//! Stake, eras and what they mint, in whole blocks of the runtime.

use super::*;
use crate::{
    chain_parameters::{EpochSlots, SessionsPerEra, SlashDeferral},
    configs::{money::TreasuryAccount, staking::unclaimed_rewards},
    tests::offences::report_equivocation,
    Balance, Balances, RewardEmission, RuntimeEvent, Session, Staking,
};
use pallet_staking::{ActiveEra, ErasRewardPoints, ErasValidatorReward};
use sp_runtime::traits::OpaqueKeys;

/// Ends the block that runs and begins the next ones, up to the second of the next era: the first one's weight is all the session's. Returns the
/// number of that block.
pub(super) fn next_era(mut number: u32) -> u32 {
    let era = active_era();
    let slots = EpochSlots::<Runtime>::get() as u32 * SessionsPerEra::<Runtime>::get();
    // An era is planned a session ahead, so the first may be longer.
    for _ in 0..3 * slots {
        Executive::finalize_block();
        number += 1;
        begin_block(number);
        if active_era() > era {
            Executive::finalize_block();
            begin_block(number + 1);
            return number + 1;
        }
    }
    panic!("era {era} did not end within {} blocks", 3 * slots);
}

pub(super) fn active_era() -> u32 {
    ActiveEra::<Runtime>::get().map_or(0, |era| era.index)
}

fn staked(seed: &str) -> Balance {
    Staking::ledger(genesis_presets::account(seed).into()).expect("a validator of genesis is bonded").total
}

#[test]
fn an_era_mints_by_the_curve_and_pays_from_the_pot() {
    in_first_block("local", || {
        let before = (Balances::total_issuance(), Balances::free_balance(TreasuryAccount::get()));
        next_era(1);
        let era = active_era() - 1;
        let view = RewardEmission::era_views(1).pop().expect("an era has ended");
        assert_eq!(Balances::total_issuance() - before.0, view.minted);
        // Nobody worked, so the providers' part is the treasury's.
        assert_eq!((view.proven, view.jobs), (0, 0));
        assert_eq!(view.staking, ErasValidatorReward::<Runtime>::get(era).expect("the era has a reward"));
        assert_eq!(Balances::free_balance(TreasuryAccount::get()) - before.1, view.minted - view.staking);
        // 8 % a year, of which 40 % are for those who stake.
        let year = pallet_reward_emission::YEAR as u128;
        let expected = before.0 / 100 * 8 * u128::from(view.duration) / year;
        assert!(expected.abs_diff(view.minted) <= expected / 10_000, "{expected} and {}", view.minted);
        assert!((view.minted * 2 / 5).abs_diff(view.staking) <= 1);

        // The first validator made every block of this test: all of the reward is its own.
        let author = Session::validators()[0].clone();
        assert_eq!(ErasRewardPoints::<Runtime>::get(era).individual.keys().collect::<Vec<_>>(), [&author]);
        assert!(view.staking - unclaimed_rewards(era) <= 1);
        let issuance = Balances::total_issuance();
        let payout = pallet_staking::Call::<Runtime>::payout_stakers { validator_stash: author.clone(), era };
        apply("Two", payout).unwrap().unwrap();
        let paid = System::events().into_iter().find_map(|record| match record.event {
            RuntimeEvent::Staking(pallet_staking::Event::Rewarded { stash, amount, .. }) => Some((stash, amount)),
            _ => None,
        });
        let (stash, amount) = paid.expect("a payout is an event");
        assert!(stash == author && view.staking.abs_diff(amount) <= 1, "{amount} of {}", view.staking);
        // What the payer's fee is made of is neither minted nor burned.
        assert_eq!((Balances::total_issuance(), unclaimed_rewards(era)), (issuance, 0));
    });
}

#[test]
fn an_equivocation_costs_stake_after_the_deferral_and_goes_to_the_treasury() {
    in_first_block("local", || {
        let before = genesis_presets::DEV_SEEDS[..4].iter().map(|seed| staked(seed)).collect::<Vec<_>>();
        let offender = report_equivocation();
        let treasury = Balances::free_balance(TreasuryAccount::get());
        let at = genesis_presets::DEV_SEEDS.iter().position(|seed| genesis_presets::account(seed) == offender).unwrap();
        let after = || genesis_presets::DEV_SEEDS[..4].iter().map(|seed| staked(seed)).collect::<Vec<_>>();
        assert_eq!(after(), before, "a slash is deferred");
        let (mut number, mut minted) = (1, 0);
        for _ in 0..=SlashDeferral::<Runtime>::get() {
            number = next_era(number);
            minted += RewardEmission::era_views(1)[0].treasury;
        }
        // One of four signed twice: (3 · 1/4)² of its stake.
        let slash = before[at] * 9 / 16;
        for (index, (before, after)) in before.iter().zip(after()).enumerate() {
            // Stakes are counted in votes of 64 bits, and lose their last digits.
            let expected = if index == at { slash } else { 0 };
            assert!((before - after).abs_diff(expected) < 1_000, "validator {index}: {} of {expected}", before - after);
        }
        // Nobody is rewarded for a report that the chain itself made.
        assert_eq!(Balances::free_balance(TreasuryAccount::get()) - treasury - minted, before[at] - after()[at]);
    });
}

#[test]
fn stake_alone_makes_and_unmakes_a_validator() {
    in_first_block("local", || {
        let newcomer = genesis_presets::account("Eve");
        let leaver = genesis_presets::account("Bob");
        // The keys are written as if it had set them: their proof is Session's affair.
        let keys = genesis_presets::session_keys("Eve");
        for id in crate::SessionKeys::key_ids() {
            pallet_session::KeyOwner::<Runtime>::insert((*id, keys.get_raw(*id).to_vec()), &newcomer);
        }
        pallet_session::NextKeys::<Runtime>::insert(&newcomer, keys);
        let bond = pallet_staking::Call::<Runtime>::bond { value: 600_000 * crate::HRT, payee: pallet_staking::RewardDestination::Staked };
        apply("Eve", bond).unwrap().unwrap();
        apply("Eve", pallet_staking::Call::<Runtime>::validate { prefs: Default::default() }).unwrap().unwrap();
        apply("Bob", pallet_staking::Call::<Runtime>::chill {}).unwrap().unwrap();
        let mut number = 1;
        for _ in 0..3 {
            number = next_era(number);
        }
        let set = Session::validators();
        assert!(set.contains(&newcomer) && !set.contains(&leaver), "{set:?}");
        assert_eq!(set.len(), 4);
    });
}
