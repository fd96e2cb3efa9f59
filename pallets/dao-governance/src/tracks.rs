//! The tracks: for each origin how its referenda are decided. Pure but for the pace.
//!
//! Periods are laid down in hours of a public chain and scaled by [`Config::Day`], so that people who wait for tests wait for minutes. A
//! referendum passes once its approval (the part of ayes, weighted by conviction) and its support (ayes before conviction, as a part of all
//! that can vote) have lain above the track's two curves for the whole confirmation period. Both curves fall while it is decided, the second to
//! a floor: what hardly anybody looks at does not pass.
//!
//! | track | decides | decided for | confirmed for | enacted after |
//! |---|---|---|---|---|
//! | root | runtime upgrades, bounds, anything | 28 days | 1 day | 1 day |
//! | market_params | the market's and the registry's numbers | 14 days | 1 day | 12 hours |
//! | emission_params | what is minted and for whom, what becomes of fees | 21 days | 2 days | 1 day |
//! | model_curator | which model capability challenges run, and which models are calibrated | 7 days | 6 hours | the house's window |
//! | small_spender, big_spender | payments from the treasury up to a limit | 7 and 21 days | 12 hours, 1 day | 1 hour, 12 hours |
//! | slash_canceller | that a deferred slash is not executed | 3 days | 12 hours | at once |
//! | emergency | what the brake pauses | 1 day | 3 hours | at once |
//!
//! The house has no say in what challenges run, but sees it for as long as a change of a parameter: providers need the model and the time to
//! get it before their capacity is measured by it. As long it sees that wrong results of a model are to be slashed.

use crate::{BalanceOf, Config, Origin, PalletsOriginOf};
use alloc::borrow::Cow;
use core::marker::PhantomData;
use frame_support::traits::{CallerTrait, Get};
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_referenda::{Curve, Track, TrackInfo, TracksInfo};
use sp_runtime::{
    str_array,
    traits::{AtLeast32BitUnsigned, Saturating},
    FixedI64,
};

/// The track of referenda on Root's calls.
pub const ROOT_TRACK: u16 = 0;

/// How referenda of one origin are decided on a public chain.
struct Plan {
    id: u16,
    name: &'static str,
    max_deciding: u32,
    /// Reserved from whoever wants the referendum decided, in whole tokens.
    deposit: u32,
    /// Hours from the submission to the first block in which it can be decided.
    prepare: u32,
    /// Hours after which it is rejected if it does not pass.
    decide: u32,
    /// Hours for which it must pass.
    confirm: u32,
    /// Hours from its approval to its enactment, at least; none for the house's window.
    enact: Option<u32>,
    approval: Curve,
    support: Curve,
}

const fn percent(x: u128) -> FixedI64 {
    FixedI64::from_rational(x, 100)
}

/// From unanimity to a simple majority, down to 80 % in the first seventh.
const STRICT_APPROVAL: Curve = Curve::make_reciprocal(4, 28, percent(80), percent(50), percent(100));

/// From unanimity to a simple majority, in a straight line over the first part of the time.
const QUICK_APPROVAL: Curve = Curve::make_linear(10, 28, percent(50), percent(100));

/// As [`QUICK_APPROVAL`], slower.
const STEADY_APPROVAL: Curve = Curve::make_linear(17, 28, percent(50), percent(100));

/// From unanimity to three quarters, in a straight line over the whole time.
const EMERGENCY_APPROVAL: Curve = Curve::make_linear(28, 28, percent(75), percent(100));

/// Half of all that can vote at first, a twentieth in the end.
const ROOT_SUPPORT: Curve = Curve::make_linear(28, 28, percent(5), percent(50));

/// Half of all that can vote at first, 10 % after a quarter of the time, 1 % in the end.
const MARKET_SUPPORT: Curve = Curve::make_reciprocal(7, 28, percent(10), percent(1), percent(50));

/// Half of all that can vote at first, 10 % after a quarter of the time, 2 % in the end.
const BIG_SUPPORT: Curve = Curve::make_reciprocal(7, 28, percent(10), percent(2), percent(50));

/// Half of all that can vote at first, 4 % after three sevenths of the time, 2 % in the end.
const OVERSIGHT_SUPPORT: Curve = Curve::make_reciprocal(12, 28, percent(4), percent(2), percent(50));

/// Half of all that can vote at first, 1 % after three sevenths of the time, half a percent in the end.
const SMALL_SUPPORT: Curve = Curve::make_reciprocal(12, 28, percent(1), FixedI64::from_rational(5, 1_000), percent(50));

/// A tenth of all that can vote at first, a twentieth in the end.
const EMERGENCY_SUPPORT: Curve = Curve::make_linear(28, 28, percent(5), percent(10));

/// In order of id.
static PLANS: [Plan; 8] = [
    Plan {
        id: ROOT_TRACK,
        name: "root",
        max_deciding: 5,
        deposit: 50_000,
        prepare: 2,
        decide: 28 * 24,
        confirm: 24,
        enact: Some(24),
        approval: STRICT_APPROVAL,
        support: ROOT_SUPPORT,
    },
    Plan {
        id: 10,
        name: "market_params",
        max_deciding: 10,
        deposit: 5_000,
        prepare: 2,
        decide: 14 * 24,
        confirm: 24,
        enact: Some(12),
        approval: STRICT_APPROVAL,
        support: MARKET_SUPPORT,
    },
    Plan {
        id: 11,
        name: "emission_params",
        max_deciding: 3,
        deposit: 20_000,
        prepare: 2,
        decide: 21 * 24,
        confirm: 48,
        enact: Some(24),
        approval: STRICT_APPROVAL,
        support: ROOT_SUPPORT,
    },
    Plan {
        id: 12,
        name: "model_curator",
        max_deciding: 10,
        deposit: 5_000,
        prepare: 1,
        decide: 7 * 24,
        confirm: 6,
        enact: None,
        approval: STEADY_APPROVAL,
        support: OVERSIGHT_SUPPORT,
    },
    Plan {
        id: 20,
        name: "small_spender",
        max_deciding: 50,
        deposit: 200,
        prepare: 1,
        decide: 7 * 24,
        confirm: 12,
        enact: Some(1),
        approval: QUICK_APPROVAL,
        support: SMALL_SUPPORT,
    },
    Plan {
        id: 21,
        name: "big_spender",
        max_deciding: 20,
        deposit: 5_000,
        prepare: 2,
        decide: 21 * 24,
        confirm: 24,
        enact: Some(12),
        approval: STEADY_APPROVAL,
        support: BIG_SUPPORT,
    },
    Plan {
        id: 30,
        name: "slash_canceller",
        max_deciding: 20,
        deposit: 1_000,
        prepare: 1,
        decide: 3 * 24,
        confirm: 12,
        enact: Some(0),
        approval: STEADY_APPROVAL,
        support: OVERSIGHT_SUPPORT,
    },
    Plan {
        id: 40,
        name: "emergency",
        max_deciding: 5,
        deposit: 20_000,
        prepare: 0,
        decide: 24,
        confirm: 3,
        enact: Some(0),
        approval: EMERGENCY_APPROVAL,
        support: EMERGENCY_SUPPORT,
    },
];

/// So many hours in blocks, where a day has `day` of them: rounded up, and one at least.
pub fn hours_in_blocks<N: AtLeast32BitUnsigned + Copy>(hours: u32, day: N) -> N {
    let (hours, parts) = (N::from(hours), N::from(24u32));
    // By whole days first, so that no period overflows before it has to.
    let rest = (hours % parts).saturating_mul(day);
    let begun = rest / parts + if (rest % parts).is_zero() { N::zero() } else { N::one() };
    (hours / parts).saturating_mul(day).saturating_add(begun).max(N::one())
}

impl Plan {
    fn track<T: Config>(&self) -> Track<u16, BalanceOf<T>, BlockNumberFor<T>> {
        let day = T::Day::get();
        let blocks = |hours| hours_in_blocks::<BlockNumberFor<T>>(hours, day);
        Track {
            id: self.id,
            info: TrackInfo {
                name: str_array(self.name),
                max_deciding: self.max_deciding,
                decision_deposit: T::Unit::get().saturating_mul(self.deposit.into()),
                prepare_period: blocks(self.prepare),
                decision_period: blocks(self.decide),
                confirm_period: blocks(self.confirm),
                min_enactment_period: self.enact.map_or_else(T::HouseWindow::get, blocks),
                min_approval: self.approval.clone(),
                min_support: self.support.clone(),
            },
        }
    }
}

/// The tracks, as `pallet-referenda` asks for them.
pub struct Tracks<T>(PhantomData<T>);

impl<T: Config> TracksInfo<BalanceOf<T>, BlockNumberFor<T>> for Tracks<T>
where
    PalletsOriginOf<T>: TryInto<Origin>,
{
    type Id = u16;
    type RuntimeOrigin = PalletsOriginOf<T>;

    fn tracks() -> impl Iterator<Item = Cow<'static, Track<u16, BalanceOf<T>, BlockNumberFor<T>>>> {
        PLANS.iter().map(|plan| Cow::Owned(plan.track::<T>()))
    }

    fn track_for(origin: &PalletsOriginOf<T>) -> Result<u16, ()> {
        if origin.is_root() {
            return Ok(ROOT_TRACK);
        }
        TryInto::<Origin>::try_into(origin.clone()).map(|own| own.track()).map_err(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sp_runtime::Perbill;

    proptest! {
        #[test]
        fn hours_in_blocks_are_the_fraction_of_the_day_rounded_up(hours in 0u32..10_000, day in 1u32..200_000) {
            let exact = (u64::from(hours) * u64::from(day)).div_ceil(24).max(1);
            prop_assert_eq!(u64::from(hours_in_blocks::<u32>(hours, day)), exact);
        }

        #[test]
        fn curves_fall_and_keep_their_floors(plan in 0..PLANS.len(), earlier in 0u32..=1_000_000_000, later in 0u32..=1_000_000_000) {
            let plan = &PLANS[plan];
            let (earlier, later) = (Perbill::from_parts(earlier.min(later)), Perbill::from_parts(earlier.max(later)));
            for curve in [&plan.approval, &plan.support] {
                prop_assert!(curve.threshold(later) <= curve.threshold(earlier), "{}", plan.name);
            }
            // A hair for the rounding of reciprocal curves.
            let least = |parts: u32| Perbill::from_parts(parts - 1_000);
            prop_assert!(plan.approval.threshold(later) >= least(500_000_000), "{}", plan.name);
            // Nobody passes anything because others sleep.
            let floor = match plan.name {
                "root" | "emission_params" | "emergency" => 50_000_000,
                "model_curator" | "big_spender" | "slash_canceller" => 20_000_000,
                "market_params" => 10_000_000,
                "small_spender" => 5_000_000,
                other => panic!("{other} has no floor"),
            };
            prop_assert!(plan.support.threshold(later) >= least(floor), "{}", plan.name);
        }
    }

    #[test]
    fn hours_in_blocks_saturate() {
        assert_eq!(hours_in_blocks::<u32>(u32::MAX, u32::MAX), u32::MAX);
    }

    #[test]
    fn plans_are_in_order_and_can_be_confirmed() {
        assert!(PLANS.windows(2).all(|pair| pair[0].id < pair[1].id));
        assert!(PLANS.iter().all(|plan| plan.confirm < plan.decide));
    }
}
