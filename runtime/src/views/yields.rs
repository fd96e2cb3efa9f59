//! What stake and work may earn: what is minted now, by what is at stake and by what was proven. What each number assumes is said at
//! [`YieldView`].

use crate::{configs::rewards::EmissionSplit, Balance, Balances, RewardEmission, Runtime};
use frame_support::traits::Get;
use hearth_primitives::account::{WorkYield, YieldView};
use pallet_staking::{ActiveEra, ErasTotalStake};
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, Perquintill, Rounding};

/// The ended eras over which work is averaged: a day on a public chain.
const WORK_ERAS: u32 = 4;

/// Estimates at this block.
pub fn yields() -> YieldView<Balance> {
    let issuance = Balances::total_issuance();
    let staked = ActiveEra::<Runtime>::get().map(|era| ErasTotalStake::<Runtime>::get(era.index)).unwrap_or_default();
    let inflation = RewardEmission::inflation();
    YieldView {
        inflation: inflation.deconstruct(),
        staked: Perquintill::from_rational(staked, issuance).deconstruct(),
        staking: staking(inflation, issuance, staked),
        work: work(),
    }
}

/// What a year mints for those who stake, by what they stake, in parts of 10^18.
fn staking(inflation: Perquintill, issuance: Balance, staked: Balance) -> u128 {
    let minted = EmissionSplit::get().staking.mul_floor(u128::from(inflation.deconstruct()));
    // None only where nothing is at stake, or so little that no number says how much it earns.
    multiply_by_rational_with_rounding(minted, issuance, staked, Rounding::Down).unwrap_or_default()
}

/// What the last eras minted for proven work.
fn work() -> WorkYield<Balance> {
    let none = WorkYield { eras: 0, duration: 0, amount: 0, points: 0 };
    RewardEmission::era_views(WORK_ERAS).into_iter().fold(none, |sum, era| WorkYield {
        eras: sum.eras.saturating_add(1),
        duration: sum.duration.saturating_add(era.duration),
        amount: sum.amount.saturating_add(era.proven),
        points: sum.points.saturating_add(era.points),
    })
}
