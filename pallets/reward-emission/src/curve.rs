//! How fast money is minted, by the age of the chain. Pure, and in integers alone.
//!
//! The yearly rate at an age of *t* years is
//!
//! *r(t) = max(tail, initial · (1 − decay)^⌊t⌋ · (1 − decay · frac(t)))*,
//!
//! a line that falls without a jump, straight from the start of each year to the start of the next, until it meets the tail. What is minted
//! over an interval is the supply times the area under this line, in years.
//!
//! The area is cut at the starts of years. Under each piece stands a trapezoid between the rates at its ends; where a piece falls through
//! the tail in between, it is the tail's rectangle and the triangle above it, so that the areas of adjacent intervals always add up to that
//! of both. A year's first rate is rounded down to 10⁻¹⁸; everything after it is exact until the one division at the end.

use codec::{Decode, Encode, MaxEncodedLen};
use primitive_types::{U256, U512};
use scale_info::TypeInfo;
use sp_runtime::Perquintill;

/// A year of 365.25 days, in milliseconds.
pub const YEAR: u64 = 31_557_600_000;

/// The parts of a rate of one.
const ONE: u64 = Perquintill::one().deconstruct();

/// The rate falls for so many years at most; from then on it stays. No schedule in use gets there: it bounds the work for absurd ones.
const FALLING_YEARS: u64 = 1_000;

/// How the yearly rate falls.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Schedule {
    /// The rate at the start.
    pub initial: Perquintill,
    /// The part of it that each year takes away.
    pub decay: Perquintill,
    /// The rate that it never falls below.
    pub tail: Perquintill,
}

impl Schedule {
    /// The yearly rate at an age in milliseconds.
    pub fn rate(&self, age: u64) -> Perquintill {
        let (year, ms) = place(age);
        let falling = self.height(self.start_of(year), ms) / U256::from(u128::from(YEAR) * u128::from(ONE));
        Perquintill::from_parts(falling.low_u64()).max(self.tail)
    }

    /// What is minted between two ages in milliseconds at a supply, rounded down; the largest number if it is more than that.
    pub fn issuance(&self, supply: u128, from: u64, to: u64) -> u128 {
        // Twice an area of one year at a rate of one.
        let whole = U256::from(2 * u128::from(YEAR) * u128::from(YEAR)) * U256::from(u128::from(ONE) * u128::from(ONE));
        let minted = U256::from(supply).full_mul(self.doubled_area(from, to)) / U512::from(whole);
        u128::try_from(minted).unwrap_or(u128::MAX)
    }

    /// Twice the area between two ages, in milliseconds times the unit of [`Self::height`]. Below 2^230 for any ages.
    fn doubled_area(&self, from: u64, to: u64) -> U256 {
        let tail = self.tail.deconstruct();
        let floor = self.height(tail, 0);
        let (mut at, mut start, mut area) = (from, self.start_of(place(from).0), U256::zero());
        while at < to {
            let (year, ms) = place(at);
            // Where nothing falls any more, all the rest is one piece.
            let falls = year < FALLING_YEARS && start > tail;
            let end = if falls { to.min((year + 1) * YEAR) } else { to };
            let last = if falls { ms + (end - at) } else { ms };
            area += doubled_piece(self.height(start, ms), self.height(start, last), floor, end - at);
            (at, start) = (end, self.next(start));
        }
        area
    }

    /// The rate, in parts of 1 / ([`YEAR`] · 10³⁶) and before the tail is applied, so many milliseconds into a year that starts with a rate
    /// of so many parts of 10¹⁸. Below 2^155.
    fn height(&self, start: u64, ms: u64) -> U256 {
        let kept = u128::from(YEAR) * u128::from(ONE) - u128::from(self.decay.deconstruct()) * u128::from(ms);
        U256::from(start) * U256::from(kept)
    }

    /// The rate at the start of a year, in parts of 10¹⁸. Once it is at the tail or below, any rate that is stands for the tail.
    fn start_of(&self, year: u64) -> u64 {
        let mut start = self.initial.deconstruct();
        for _ in 0..year {
            if start <= self.tail.deconstruct() {
                break;
            }
            start = self.next(start);
        }
        start
    }

    /// The rate at the start of the year after one that starts with `start`.
    fn next(&self, start: u64) -> u64 {
        let kept = ONE - self.decay.deconstruct();
        // Not above `start`, so it fits.
        (u128::from(start) * u128::from(kept) / u128::from(ONE)) as u64
    }
}

/// The year of an age, and the milliseconds of it that have passed.
fn place(age: u64) -> (u64, u64) {
    match age / YEAR {
        year if year < FALLING_YEARS => (year, age % YEAR),
        _ => (FALLING_YEARS, 0),
    }
}

/// Twice the area, over `length`, under a line from `first` down to `last` and above a floor.
fn doubled_piece(first: U256, last: U256, floor: U256, length: u64) -> U256 {
    let length = U256::from(length);
    if last >= floor {
        (first + last) * length
    } else if first <= floor {
        (floor + floor) * length
    } else {
        // The line meets the floor after `above / (above + below)` of the length: a triangle stands on the floor until there.
        let (above, below) = (first - floor, floor - last);
        let triangle = (above * length).full_mul(above) / U512::from(above + below);
        // The division leaves less than `above * length`, so it fits.
        (floor + floor) * length + U256::try_from(triangle).unwrap_or_default()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 8 %, 15 % less each year, 1.5 % in the end.
    pub(crate) const SCHEDULE: Schedule = Schedule {
        initial: Perquintill::from_percent(8),
        decay: Perquintill::from_percent(15),
        tail: Perquintill::from_parts(15_000_000_000_000_000),
    };

    /// Six hours; a year has exactly 1,461 of them.
    const ERA: u64 = YEAR / 1_461;

    const SUPPLY: u128 = 1_000_000_000_000_000_000_000;

    /// The part of the supply that [`SCHEDULE`] mints between two ages, in floating point: the formula itself at the middles of 16 slices,
    /// which is the area under straight lines.
    pub(crate) fn reference(from: u64, to: u64) -> f64 {
        let slice = (to - from) as f64 / 16.0;
        let under = |i: i32| {
            let t = (from as f64 + (f64::from(i) + 0.5) * slice) / YEAR as f64;
            let falling = 0.08 * 0.85f64.powi(t as i32) * (1.0 - 0.15 * t.fract());
            falling.max(0.015) * slice / YEAR as f64
        };
        (0..16).map(under).sum()
    }

    /// Any schedule that a runtime may have.
    fn schedule() -> impl Strategy<Value = Schedule> {
        (0..=ONE, 0..=ONE, 0..=ONE).prop_map(|(a, decay, b)| Schedule {
            initial: Perquintill::from_parts(a.max(b)),
            decay: Perquintill::from_parts(decay),
            tail: Perquintill::from_parts(a.min(b)),
        })
    }

    fn ages<const N: usize>() -> impl Strategy<Value = [u64; N]> {
        proptest::array::uniform(0..60 * YEAR).prop_map(|mut ages: [u64; N]| {
            ages.sort_unstable();
            ages
        })
    }

    #[test]
    fn rate_falls_in_straight_lines_to_the_tail() {
        let parts = |age| SCHEDULE.rate(age).deconstruct();
        assert_eq!(parts(0), 80_000_000_000_000_000);
        assert_eq!(parts(YEAR / 2), 74_000_000_000_000_000);
        assert_eq!(parts(YEAR), 68_000_000_000_000_000);
        assert_eq!(parts(2 * YEAR), 57_800_000_000_000_000);
        assert!(parts(10 * YEAR) > 15_000_000_000_000_000);
        assert_eq!(parts(11 * YEAR), 15_000_000_000_000_000);
        assert_eq!(parts(u64::MAX), 15_000_000_000_000_000);
    }

    #[test]
    fn issuance_is_the_area_under_the_rate() {
        // The mean of 8 % and 6.8 % in the first year, the tail in the hundredth.
        assert_eq!(SCHEDULE.issuance(SUPPLY, 0, YEAR), SUPPLY * 74 / 1_000);
        assert_eq!(SCHEDULE.issuance(SUPPLY, 99 * YEAR, 100 * YEAR), SUPPLY * 15 / 1_000);
        assert_eq!(SCHEDULE.issuance(SUPPLY, YEAR, YEAR), 0);
        assert_eq!(SCHEDULE.issuance(SUPPLY, YEAR, 0), 0);
    }

    #[test]
    fn issuance_cuts_no_corner_where_the_line_meets_the_tail() {
        // From 100 % to 75 % in half a year, then 75 %.
        let percent = Perquintill::from_percent;
        let steep = Schedule { initial: percent(100), decay: percent(50), tail: percent(75) };
        assert_eq!(steep.issuance(10_000, 0, YEAR), 8_125);
        assert_eq!(steep.issuance(10_000, 0, YEAR / 2) + steep.issuance(10_000, YEAR / 2, YEAR), 8_125);
    }

    #[test]
    fn issuance_follows_the_reference_for_thirty_years() {
        let (mut supply, mut expected) = (SUPPLY, SUPPLY as f64);
        for era in 0..30 * 1_461 {
            let (from, to) = (era * ERA, (era + 1) * ERA);
            supply += SCHEDULE.issuance(supply, from, to);
            expected *= 1.0 + reference(from, to);
            assert!((supply as f64 / expected - 1.0).abs() < 1e-9, "after era {era}: {supply}, not {expected}");
        }
    }

    proptest! {
        #[test]
        fn rate_never_rises_and_stays_within(schedule in schedule(), [earlier, later] in ages::<2>()) {
            let rate = schedule.rate(later);
            prop_assert!(rate <= schedule.rate(earlier));
            prop_assert!(rate >= schedule.tail && rate <= schedule.initial);
        }

        #[test]
        fn rate_does_not_jump(schedule in schedule(), year in 1u64..60) {
            let before = schedule.rate(year * YEAR - 1).deconstruct();
            // A millisecond takes away at most the whole rate divided by those of a year, and one for rounding.
            prop_assert!(before - schedule.rate(year * YEAR).deconstruct() <= ONE / YEAR + 1);
        }

        #[test]
        fn issuance_adds_up(schedule in schedule(), supply in 0..1u128 << 96, [a, b, c] in ages::<3>()) {
            let whole = schedule.issuance(supply, a, c);
            let parts = schedule.issuance(supply, a, b) + schedule.issuance(supply, b, c);
            prop_assert!(whole.abs_diff(parts) <= 2, "{whole} is not {parts}");
        }

        #[test]
        fn issuance_lies_between_the_rates_at_the_ends(schedule in schedule(), [from, to] in ages::<2>()) {
            let at = |rate: Perquintill| Schedule { initial: rate, decay: Perquintill::zero(), tail: rate }.issuance(SUPPLY, from, to);
            let minted = schedule.issuance(SUPPLY, from, to);
            // The rates are rounded down to 10⁻¹⁸ and the supply is a thousand times as much, over sixty years.
            prop_assert!(minted <= at(schedule.rate(from)) + 100_000);
            prop_assert!(minted + 100_000 >= at(schedule.rate(to)));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn issuance_takes_anything(
            initial in 0..=ONE,
            decay in prop_oneof![0..=ONE, 0..1_000_000u64],
            tail in prop_oneof![Just(0u64), 0..=ONE],
            supply in any::<u128>(),
            from in any::<u64>(),
            to in any::<u64>(),
        ) {
            let parts = Perquintill::from_parts;
            let schedule = Schedule { initial: parts(initial), decay: parts(decay), tail: parts(tail) };
            prop_assert!(schedule.rate(from) >= schedule.tail);
            prop_assert!(schedule.issuance(supply, 0, u64::MAX) >= schedule.issuance(supply, from, to));
        }
    }
}
