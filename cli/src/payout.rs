//! What ended eras still owe to validators and to those behind them: which pages of which eras nobody has had paid out, and how much of it
//! is one account's, as the chain itself reckons.

use crate::{
    amount::Amount,
    chain::Chain,
    error::Result,
    ledger::{EraIndex, Overview, Points},
    staking::{Staking, PALLET},
};
use hearth_primitives::account::{Claimable, ClaimableFrom};
use serde::Serialize;
use std::collections::BTreeSet;
use subxt::utils::AccountId32;

/// Stakers that one transaction pays at most: with a page of 512 that is half of what a block has room for.
const STAKERS_PER_TRANSACTION: u32 = 2_048;

/// Calls in one transaction at most, where pages are small.
const CALLS_PER_TRANSACTION: u32 = 32;

/// An era that has not paid a validator, or not all of those behind it.
#[derive(Clone, Debug, Serialize)]
pub struct Unclaimed {
    /// The era.
    pub era: EraIndex,
    /// The pages of nominators that are not paid; the validator is paid with the first, and its commission with each.
    pub pages: Vec<u32>,
}

/// What one account's stake with a validator is owed.
#[derive(Clone, Debug, Serialize)]
pub struct Owed {
    /// The validator: the account itself, if it validated.
    pub validator: AccountId32,
    /// By which eras.
    pub eras: Vec<EraIndex>,
    /// How much.
    pub amount: Amount,
}

/// What eras owe a validator and those behind it, the earliest first.
pub async fn unclaimed(staking: &Staking, validator: &AccountId32) -> Result<Vec<Unclaimed>> {
    let rewards: Vec<((EraIndex,), u128)> = staking.state.entries(PALLET, "ErasValidatorReward", ()).await?;
    let points: Vec<((EraIndex,), Points)> = staking.state.entries(PALLET, "ErasRewardPoints", ()).await?;
    let mut found = Vec::new();
    for era in earned(&rewards, &points, validator) {
        let Some(overview) = staking.overview(era, validator).await? else { continue };
        let pages = open_pages(&overview, &staking.claimed(era, validator).await?);
        if !pages.is_empty() {
            found.push(Unclaimed { era, pages });
        }
    }
    Ok(found)
}

/// What ended eras owe to the stake of one account, the chain's answer.
pub async fn owed(chain: &Chain, stash: &AccountId32) -> Result<Vec<Owed>> {
    Ok(chain.account(stash).await?.claimable.into_iter().filter_map(of_stake).collect())
}

/// What is claimable, if it is of stake.
fn of_stake(claim: Claimable<AccountId32, Amount>) -> Option<Owed> {
    let ClaimableFrom::Staking { validator, eras } = claim.source else { return None };
    Some(Owed { validator, eras, amount: claim.amount })
}

/// The ended eras in which a validator earned something, the earliest first.
fn earned(rewards: &[((EraIndex,), u128)], points: &[((EraIndex,), Points)], validator: &AccountId32) -> Vec<EraIndex> {
    let paying: BTreeSet<_> = rewards.iter().filter(|(_, reward)| *reward > 0).map(|((era,), _)| *era).collect();
    let worked = points.iter().filter(|(_, points)| points.individual.iter().any(|(who, own)| who == validator && *own > 0));
    let worked: BTreeSet<_> = worked.map(|((era,), _)| *era).collect();
    worked.intersection(&paying).copied().collect()
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

/// "era 3", "eras 3, 4 and 7".
pub fn eras_text(eras: &[EraIndex]) -> String {
    match eras {
        [] => "no era".to_string(),
        [era] => format!("era {era}"),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(|era| era.to_string()).collect();
            format!("eras {} and {last}", first.join(", "))
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    const ONE: AccountId32 = AccountId32([1; 32]);
    const TWO: AccountId32 = AccountId32([2; 32]);

    /// An era that has not paid these pages.
    pub fn unpaid(era: EraIndex, pages: &[u32]) -> Unclaimed {
        Unclaimed { era, pages: pages.to_vec() }
    }

    #[test]
    fn earned_is_what_ended_and_was_worked_for() {
        let points = |total, individual: &[(AccountId32, u32)]| Points { total, individual: individual.to_vec() };
        // Era 2 paid nobody, era 5 was not worked for by the first, era 6 still runs.
        let rewards = [((5,), 3_000), ((4,), 2_000), ((2,), 0), ((3,), 1_000)];
        let worked = [
            ((6,), points(20, &[(ONE, 20)])),
            ((4,), points(20, &[(ONE, 20), (TWO, 0)])),
            ((3,), points(100, &[(ONE, 25), (TWO, 75)])),
            ((2,), points(20, &[(ONE, 20)])),
            ((5,), points(20, &[(TWO, 20)])),
        ];
        assert_eq!(earned(&rewards, &worked, &ONE), [3, 4]);
        assert_eq!(earned(&rewards, &worked, &TWO), [3, 5]);
        assert!(earned(&rewards, &worked, &AccountId32([3; 32])).is_empty());
    }

    #[test]
    fn owed_is_of_stake_alone() {
        let amount = Amount(7);
        assert!(of_stake(Claimable { amount, source: ClaimableFrom::Provider(3) }).is_none());
        let owed = of_stake(Claimable { amount, source: ClaimableFrom::Staking { validator: ONE, eras: vec![4, 5] } });
        assert!(owed.is_some_and(|owed| owed.validator == ONE && owed.eras == [4, 5] && owed.amount == amount));
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

    #[test]
    fn eras_are_told_in_a_row() {
        for (eras, text) in [(&[] as &[EraIndex], "no era"), (&[3], "era 3"), (&[3, 4], "eras 3 and 4"), (&[3, 4, 7], "eras 3, 4 and 7")] {
            assert_eq!(eras_text(eras), text);
        }
    }
}
