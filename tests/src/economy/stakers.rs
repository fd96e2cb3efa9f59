//! Validators, nominators and whales: what staking pays them, and whether they stake for it.

use super::{actors::Staker, chance::Chance, market::Market};
use hearth_runtime::Balance;
use pallet_reward_emission::Share;
use sp_runtime::Perbill;

/// What validators take of rewards before they are shared out by stake. Assumed, as everything here.
const COMMISSION: Perbill = Perbill::from_percent(10);

/// The part of their rewards that stakers sell.
const SOLD: Perbill = Perbill::from_percent(30);

/// The probability that a staker reconsiders in a week. It stands for the time that unbonding takes, too.
const RECONSIDERS: f64 = 0.05;

/// All that is at stake.
pub fn staked(stakers: &[Staker]) -> Balance {
    stakers.iter().map(|staker| staker.staked).sum()
}

/// All that whales hold.
pub fn with_whales(stakers: &[Staker]) -> Balance {
    stakers.iter().filter(|staker| staker.whale).map(|staker| staker.free + staker.staked).sum()
}

/// Pays a week's rewards by stake, after validators' commission, and the block authors' part of fees to validators alike. Everybody sells a
/// part.
pub fn pay(stakers: &mut [Staker], rewards: Balance, fees: Balance, market: &mut Market) {
    let validators = stakers.iter().filter(|staker| staker.validator).count() as u128;
    let commission = COMMISSION.mul_floor(rewards);
    let mut alike = Share { left: commission + fees, weight: validators };
    let mut by_stake = Share { left: rewards - commission, weight: staked(stakers) };
    // With nothing at stake there is no election either; then the rewards are the validators'.
    if by_stake.weight == 0 {
        alike.left += std::mem::take(&mut by_stake.left);
    }
    for staker in stakers.iter_mut() {
        let mut got = by_stake.take(staker.staked);
        if staker.validator {
            got += alike.take(1);
        }
        let sold = SOLD.mul_floor(got);
        market.sell(sold);
        staker.free += got - sold;
    }
}

/// Some reconsider: who finds the yield good stakes all, who does not takes half out.
pub fn decide(stakers: &mut [Staker], yearly_yield: f64, chance: &mut Chance) {
    for staker in stakers.iter_mut() {
        if !chance.happens(RECONSIDERS) {
            continue;
        }
        if yearly_yield > staker.asks {
            staker.staked += std::mem::take(&mut staker.free);
        } else {
            let out = staker.staked / 2;
            staker.staked -= out;
            staker.free += out;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::economy::actors::Population;

    fn stakers() -> Vec<Staker> {
        Population::genesis(400, &mut Chance::seeded(5)).stakers
    }

    fn held(stakers: &[Staker]) -> Balance {
        stakers.iter().map(|staker| staker.free + staker.staked).sum()
    }

    #[test]
    fn pay_pays_everything() {
        let (mut stakers, mut market) = (stakers(), Market::genesis(0));
        let before = held(&stakers);
        pay(&mut stakers, 1_000_000_007, 13, &mut market);
        assert_eq!(held(&stakers) + market.float, before + 1_000_000_020);
        for staker in &mut stakers {
            staker.free += std::mem::take(&mut staker.staked);
        }
        pay(&mut stakers, 1_000, 0, &mut market);
        assert_eq!(held(&stakers) + market.float, before + 1_000_001_020);
    }

    #[test]
    fn decide_follows_the_yield() {
        let mut chance = Chance::seeded(6);
        let after = |yearly_yield: f64, chance: &mut Chance| {
            let mut stakers = stakers();
            (0..200).for_each(|_| decide(&mut stakers, yearly_yield, chance));
            staked(&stakers) as f64 / held(&stakers) as f64
        };
        let (low, middle, high) = (after(0.001, &mut chance), after(0.025, &mut chance), after(0.5, &mut chance));
        assert!(low < 0.1 && low < middle && middle < high && high > 0.9, "{low}, {middle}, {high}");
    }
}
