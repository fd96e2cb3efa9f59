//! What ended eras owe to validators and to those behind them, computed as `pallet_staking::do_payout_stakers` does, and rounded down.

use crate::{
    amount::Amount,
    commission::Commission,
    error::Result,
    ledger::{EraIndex, Overview, Points},
    staking::{Staking, PALLET},
};
use serde::Serialize;
use std::collections::BTreeMap;
use subxt::utils::AccountId32;

/// A whole in parts per billion.
const WHOLE: u128 = 1_000_000_000;

/// Stakers that one transaction pays at most: with a page of 512 that is half of what a block has room for.
const STAKERS_PER_TRANSACTION: u32 = 2_048;

/// Calls in one transaction at most, where pages are small.
const CALLS_PER_TRANSACTION: u32 = 32;

/// What ended eras pay, and for which work.
pub struct Rewards {
    /// What each era pays to all of its validators together.
    payouts: BTreeMap<EraIndex, u128>,
    /// What was done in each.
    points: BTreeMap<EraIndex, Points>,
}

/// What an era pays to one validator and those behind it, by how much stands behind it in all.
#[derive(Clone, Copy, Debug)]
pub struct EraReward {
    payout: u128,
    commission: Commission,
    stake: u128,
}

/// An era that has not paid a validator, or not all of those behind it.
#[derive(Clone, Debug, Serialize)]
pub struct Unclaimed {
    /// The era.
    pub era: EraIndex,
    /// The pages of nominators that are not paid; the validator is paid with the first.
    pub pages: Vec<u32>,
    /// What the validator gets, about.
    pub validator: Amount,
    /// What its nominators get together, about.
    pub nominators: Amount,
    /// What it is computed from.
    #[serde(skip)]
    pub reward: EraReward,
}

impl Rewards {
    /// All that the chain still knows.
    pub async fn read(staking: &Staking) -> Result<Self> {
        let payouts: Vec<((EraIndex,), u128)> = staking.state.entries(PALLET, "ErasValidatorReward", ()).await?;
        let points: Vec<((EraIndex,), Points)> = staking.state.entries(PALLET, "ErasRewardPoints", ()).await?;
        let payouts = payouts.into_iter().map(|((era,), payout)| (era, payout)).collect();
        Ok(Self { payouts, points: points.into_iter().map(|((era,), points)| (era, points)).collect() })
    }

    /// What each era in which a validator earned something pays to it and those behind it.
    fn of(&self, validator: &AccountId32) -> Vec<(EraIndex, u128)> {
        let earned = self.payouts.iter().filter_map(|(era, payout)| {
            let points = self.points.get(era)?;
            let (_, own) = points.individual.iter().find(|(who, _)| who == validator)?;
            Some((*era, part(ratio((*own).into(), points.total.into()), *payout)))
        });
        earned.filter(|(_, payout)| *payout > 0).collect()
    }
}

impl EraReward {
    /// What is shared by stake: the payout without the commission.
    fn shared(&self) -> u128 {
        self.payout.saturating_sub(self.taken())
    }

    fn taken(&self) -> u128 {
        part(u128::from(self.commission.0).min(WHOLE), self.payout)
    }

    /// What the validator gets for `own` stake, and as commission when `nominated` stake is paid with it.
    fn validator(&self, own: u128, nominated: u128) -> Amount {
        let commission = part(ratio(own.saturating_add(nominated), self.stake), self.taken());
        Amount(part(ratio(own, self.stake), self.shared()).saturating_add(commission))
    }

    /// What nominators of `stake` get.
    pub fn nominators(&self, stake: u128) -> Amount {
        Amount(part(ratio(stake, self.stake), self.shared()))
    }
}

/// What eras owe a validator and those behind it, the earliest first.
pub async fn unclaimed(staking: &Staking, rewards: &Rewards, validator: &AccountId32) -> Result<Vec<Unclaimed>> {
    let mut found = Vec::new();
    for (era, payout) in rewards.of(validator) {
        let Some(overview) = staking.overview(era, validator).await? else { continue };
        let claimed = staking.claimed(era, validator).await?;
        let pages = open_pages(&overview, &claimed);
        if pages.is_empty() {
            continue;
        }
        let mut nominated = overview.total.saturating_sub(overview.own);
        if !claimed.is_empty() {
            nominated = 0;
            for page in &pages {
                nominated = nominated.saturating_add(staking.page(era, validator, *page).await?.page_total);
            }
        }
        let commission = Commission(staking.prefs_in(era, validator).await?.commission);
        let reward = EraReward { payout, commission, stake: overview.total };
        let own = if pages.contains(&0) { overview.own } else { 0 };
        found.push(Unclaimed { era, pages, validator: reward.validator(own, nominated), nominators: reward.nominators(nominated), reward });
    }
    Ok(found)
}

/// The pages of a validator that are not paid. One without nominators has one page all the same: its own.
fn open_pages(overview: &Overview, claimed: &[u32]) -> Vec<u32> {
    let count = if overview.own > 0 { overview.page_count.max(1) } else { overview.page_count };
    (0..count).filter(|page| !claimed.contains(page)).collect()
}

/// How many pages of so many stakers one transaction can pay.
pub fn pages_per_transaction(page_size: u32) -> usize {
    (STAKERS_PER_TRANSACTION / page_size.max(1)).clamp(1, CALLS_PER_TRANSACTION) as usize
}

/// Parts per billion that `some` is of `all`, as `Perbill::from_rational`.
fn ratio(some: u128, all: u128) -> u128 {
    let some = some.min(all);
    some.checked_mul(WHOLE).map_or_else(|| some / (all / WHOLE).max(1), |scaled| scaled / all.max(1)).min(WHOLE)
}

/// So many parts per billion of an amount.
fn part(parts: u128, amount: u128) -> u128 {
    amount / WHOLE * parts + amount % WHOLE * parts / WHOLE
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use proptest::prelude::*;

    const ONE: AccountId32 = AccountId32([1; 32]);
    const TWO: AccountId32 = AccountId32([2; 32]);

    /// An era that owes 10 planck to a validator and 30 to its nominators.
    pub fn owed(era: EraIndex, pages: &[u32]) -> Unclaimed {
        let reward = EraReward { payout: 40, commission: Commission(0), stake: 4 };
        Unclaimed { era, pages: pages.to_vec(), validator: reward.validator(1, 3), nominators: reward.nominators(3), reward }
    }

    #[test]
    fn rewards_are_shared_by_points() {
        let points = |total, individual: &[(AccountId32, u32)]| Points { total, individual: individual.to_vec() };
        let rewards = Rewards {
            payouts: [(3, 1_000), (4, 2_000), (5, 3_000)].into(),
            // Era 5 was not worked for by the first, era 6 still runs.
            points: [
                (3, points(100, &[(ONE, 25), (TWO, 75)])),
                (4, points(20, &[(ONE, 20)])),
                (5, points(20, &[(TWO, 20)])),
                (6, points(20, &[(ONE, 20)])),
            ]
            .into(),
        };
        assert_eq!(rewards.of(&ONE), [(3, 250), (4, 2_000)]);
        assert_eq!(rewards.of(&TWO), [(3, 750), (5, 3_000)]);
        assert!(rewards.of(&AccountId32([3; 32])).is_empty());
    }

    #[test]
    fn era_reward_is_shared_by_stake_after_the_commission() {
        let reward = EraReward { payout: 1_000, commission: Commission(100_000_000), stake: 400 };
        // 100 as commission, 900 by stake.
        assert_eq!(reward.validator(100, 300), Amount(100 + 225));
        assert_eq!(reward.nominators(300), Amount(675));
        assert_eq!(reward.nominators(20), Amount(45));
        // A later page brings its part of the commission only.
        assert_eq!(reward.validator(0, 200), Amount(50));
        let nobody = EraReward { payout: 0, commission: Commission(0), stake: 0 };
        assert_eq!((nobody.validator(0, 0), nobody.nominators(0)), (Amount(0), Amount(0)));
    }

    #[test]
    fn open_pages_are_those_not_claimed() {
        let overview = |own, page_count| Overview { total: 100, own, nominator_count: 0, page_count };
        assert_eq!(open_pages(&overview(10, 3), &[1]), [0, 2]);
        assert_eq!(open_pages(&overview(10, 0), &[]), [0]);
        for (overview, claimed) in [(overview(10, 3), &[2, 1, 0][..]), (overview(10, 0), &[0]), (overview(0, 0), &[])] {
            assert!(open_pages(&overview, claimed).is_empty(), "{overview:?} {claimed:?}");
        }
    }

    #[test]
    fn pages_per_transaction_has_bounds() {
        for (page_size, pages) in [(512, 4), (64, 32), (1, 32), (0, 32), (100_000, 1)] {
            assert_eq!(pages_per_transaction(page_size), pages, "{page_size}");
        }
    }

    proptest! {
        #[test]
        fn payout_is_never_exceeded(
            payout in any::<u128>(),
            commission in 0..=1_000_000_000u32,
            own in 0..u128::MAX / 2,
            nominated in 0..u128::MAX / 2,
        ) {
            let reward = EraReward { payout, commission: Commission(commission), stake: own + nominated };
            let (validator, nominators) = (reward.validator(own, nominated).0, reward.nominators(nominated).0);
            prop_assert!(validator.checked_add(nominators).is_some_and(|sum| sum <= payout));
        }

        #[test]
        fn ratio_is_right_where_it_can_be_computed_simply(some in any::<u64>(), all in 1..u64::MAX) {
            let some = some.min(all);
            prop_assert_eq!(ratio(some.into(), all.into()), u128::from(some) * WHOLE / u128::from(all));
        }
    }
}
