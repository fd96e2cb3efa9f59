//! What a referendum lacks to pass, by the way in which `pallet-referenda` counts. Pure.

use hearth_primitives::governance::Missing;
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, Perbill, Rounding};

/// The votes that a referendum has, and all tokens that can vote.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Standing {
    /// Votes for it, weighted by conviction.
    pub ayes: u128,
    /// Votes against it, weighted by conviction.
    pub nays: u128,
    /// Tokens behind it, before conviction.
    pub support: u128,
    /// All tokens that can vote.
    pub electorate: u128,
}

impl Standing {
    /// Ayes as a part of all votes, rounded down; nothing without votes.
    pub fn approval(&self) -> Perbill {
        match self.ayes.saturating_add(self.nays) {
            0 => Perbill::zero(),
            votes => Perbill::from_rational(self.ayes, votes),
        }
    }

    /// Support as a part of all that can vote, rounded down.
    pub fn turnout(&self) -> Perbill {
        Perbill::from_rational(self.support, self.electorate)
    }

    /// Whether it reaches both.
    pub fn passes(&self, approval: Perbill, turnout: Perbill) -> bool {
        self.approval() >= approval && self.turnout() >= turnout
    }

    /// The fewest ayes and the least support that would have to be added to reach both, each looked at alone.
    pub fn missing(&self, approval: Perbill, turnout: Perbill) -> Missing<u128> {
        let least = part_up(self.electorate, turnout.deconstruct(), Perbill::one().deconstruct());
        let support = least.unwrap_or(u128::MAX).saturating_sub(self.support);
        Missing { ayes: self.least_ayes(approval).map(|least| least.saturating_sub(self.ayes)), support }
    }

    /// The fewest ayes a for which ⌊10⁹·a / (a + nays)⌋ reaches an approval of n parts: a ≥ n·nays / (10⁹ − n). One at least, as nothing is
    /// no approval.
    fn least_ayes(&self, approval: Perbill) -> Option<u128> {
        let parts = approval.deconstruct();
        let against = Perbill::one().deconstruct().saturating_sub(parts);
        match (parts, against, self.nays) {
            (0, _, _) => Some(0),
            (_, _, 0) => Some(1),
            (_, 0, _) => None,
            _ => part_up(self.nays, parts, against).map(|ayes| ayes.max(1)),
        }
    }
}

/// `number`·`parts` / `whole`, rounded up; none if it does not fit.
fn part_up(number: u128, parts: u32, whole: u32) -> Option<u128> {
    multiply_by_rational_with_rounding(number, parts.into(), whole.into(), Rounding::Up)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HALF: Perbill = Perbill::from_percent(50);

    fn standing(ayes: u128, nays: u128, support: u128) -> Standing {
        Standing { ayes, nays, support, electorate: 1_000 }
    }

    #[test]
    fn missing_is_what_stands_against_it() {
        assert_eq!(standing(10, 30, 0).missing(HALF, Perbill::zero()), Missing { ayes: Some(20), support: 0 });
        assert_eq!(
            standing(10, 30, 40).missing(Perbill::from_percent(75), Perbill::from_percent(10)),
            Missing { ayes: Some(80), support: 60 }
        );
        assert_eq!(standing(0, 0, 0).missing(HALF, Perbill::zero()).ayes, Some(1));
        assert_eq!(standing(10, 0, 0).missing(Perbill::one(), Perbill::zero()).ayes, Some(0));
        assert_eq!(standing(10, 1, 0).missing(Perbill::one(), Perbill::zero()).ayes, None);
    }

    proptest! {
        #[test]
        fn missing_is_exactly_what_it_takes(
            ayes in 0..1u128 << 80,
            nays in 0..1u128 << 80,
            support in 0..1u128 << 70,
            electorate in 1u128 << 70..1u128 << 72,
            approval in 0u32..=1_000_000_000,
            turnout in 0u32..=1_000_000_000,
        ) {
            let (approval, turnout) = (Perbill::from_parts(approval), Perbill::from_parts(turnout));
            let before = Standing { ayes, nays, support, electorate };
            let missing = before.missing(approval, turnout);
            prop_assert_eq!(before.passes(approval, turnout), missing == Missing { ayes: Some(0), support: 0 });
            let Some(more) = missing.ayes else {
                prop_assert!(approval == Perbill::one() && nays > 0);
                return Ok(());
            };
            let after = Standing { ayes: ayes + more, support: support + missing.support, ..before };
            prop_assert!(after.passes(approval, turnout));
            // One less of either would not do.
            if more > 0 {
                let less = Standing { ayes: after.ayes - 1, ..after };
                prop_assert!(!less.passes(approval, turnout));
            }
            if missing.support > 0 {
                let less = Standing { support: after.support - 1, ..after };
                prop_assert!(!less.passes(approval, turnout));
            }
        }
    }
}
