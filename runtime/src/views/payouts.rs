//! What ended eras of Staking owe to an account, to the planck.
//!
//! The arithmetic and its rounding are those of `pallet_staking::Pallet::do_payout_stakers_by_page`, which only pays: Staking tells nobody
//! what it would pay. Each page of each era is paid on its own, so the parts are rounded apart and then summed.

use crate::{constants::CLAIM_ERAS, AccountId, Balance, Runtime, Staking};
use alloc::{collections::BTreeMap, vec::Vec};
use hearth_primitives::account::{Claimable, ClaimableFrom, StakingEra};
use pallet_staking::{
    ClaimedRewards, CurrentEra, EraInfo, ErasRewardPoints, ErasStakersOverview, ErasValidatorPrefs, ErasValidatorReward, RewardDestination,
};
use sp_runtime::Perbill;
use sp_staking::StakingAccount;

/// What every era that can still be paid owes to `who`, as a validator and as a nominator, summed by validator.
pub fn owed_to(who: &AccountId) -> Vec<Claimable<AccountId, Balance>> {
    // Without a payee nothing is paid: who never bonded has none, nor has who withdrew everything.
    if matches!(Staking::payee(StakingAccount::Stash(who.clone())), None | Some(RewardDestination::None)) {
        return Vec::new();
    }
    let planned = CurrentEra::<Runtime>::get().unwrap_or_default();
    let mut owed = BTreeMap::<AccountId, (Balance, Vec<StakingEra>)>::new();
    for era in planned.saturating_sub(CLAIM_ERAS)..planned {
        let Some(reward) = ErasValidatorReward::<Runtime>::get(era) else { continue };
        let points = ErasRewardPoints::<Runtime>::get(era);
        for (validator, earned) in points.individual {
            let payout = Perbill::from_rational(earned, points.total) * reward;
            let amount = unpaid_part(who, &validator, era, payout);
            if amount > 0 {
                let (sum, eras) = owed.entry(validator).or_default();
                *sum = sum.saturating_add(amount);
                eras.push(era);
            }
        }
    }
    // Nobody is paid with a validator who withdrew everything.
    let owed = owed.into_iter().filter(|(validator, _)| Staking::ledger(StakingAccount::Stash(validator.clone())).is_ok());
    owed.map(|(validator, (amount, eras))| Claimable { amount, source: ClaimableFrom::Staking { validator, eras } }).collect()
}

/// What the pages that are not paid bring to `who`, where an era brings `payout` to a validator and its nominators together.
fn unpaid_part(who: &AccountId, validator: &AccountId, era: StakingEra, payout: Balance) -> Balance {
    let Some(overview) = ErasStakersOverview::<Runtime>::get(era, validator) else { return 0 };
    let claimed = ClaimedRewards::<Runtime>::get(era, validator);
    // A validator whom nobody nominates has one page all the same.
    let pages = overview.page_count.max(u32::from(overview.own > 0));
    let unpaid: Vec<_> = (0..pages).filter(|page| !claimed.contains(page)).collect();
    if unpaid.is_empty() {
        return 0;
    }
    let commission = ErasValidatorPrefs::<Runtime>::get(era, validator).commission * payout;
    let shared = payout.saturating_sub(commission);
    let parts = unpaid.into_iter().filter_map(|page| EraInfo::<Runtime>::get_paged_exposure(era, validator, page)).map(|exposure| {
        let part = |stake| Perbill::from_rational(stake, exposure.total());
        if who == validator {
            return (part(exposure.own()) * shared).saturating_add(part(exposure.page_total()) * commission);
        }
        let own = exposure.others().iter().filter(|other| other.who == *who);
        own.map(|other| part(other.value) * shared).fold(0, Balance::saturating_add)
    });
    parts.fold(0, Balance::saturating_add)
}
