//! What an account has bonded behind a provider, and the parts of it that are on their way back. Pure.
//!
//! What is on its way back answers for the provider as what is active does, until it is withdrawn.

use crate::losses::{part, Losses};
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
    traits::{tokens::Balance, Get},
    BoundedVec,
};
use scale_info::TypeInfo;
use sp_runtime::SaturatedConversion;

/// What an account has bonded behind a provider. All of it is held from the account.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Backing<B, Chunks> {
    /// What shares in the provider's rewards.
    pub active: B,
    /// What does not any more, in order of the calls.
    pub unbonding: Chunks,
    /// The provider's losses when the backing was touched last: later ones are not taken out of it yet.
    pub mark: Losses,
}

/// A part of a backing that is on its way back.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Chunk<B, BlockNumber> {
    /// How much.
    pub amount: B,
    /// The block from which it can be withdrawn.
    pub until: BlockNumber,
}

/// What all backers of a provider have together.
#[derive(Clone, Copy, Debug, Decode, Default, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct BackingTotal<B> {
    /// What shares in the provider's rewards.
    pub active: B,
    /// What does not any more.
    pub unbonding: B,
    /// What slashes and penalties took of both and is not taken out of the backings yet.
    pub lost: B,
    /// Accounts that have something bonded, active or unbonding.
    pub backers: u32,
    /// How backings share in what is lost.
    pub losses: Losses,
}

impl<B: Balance> BackingTotal<B> {
    /// What all of it is worth.
    pub fn value(&self) -> B {
        self.active.saturating_add(self.unbonding).saturating_sub(self.lost)
    }

    /// What of the active is there: by its part of all, since what is lost is of both and each backer's is only known when it comes.
    pub fn active_worth(&self) -> B {
        if self.lost.is_zero() {
            return self.active;
        }
        B::saturated_from(part(
            self.value().saturated_into(),
            self.active.saturated_into(),
            self.active.saturating_add(self.unbonding).saturated_into(),
        ))
        .min(self.active)
    }

    /// What jobs may lock of it: what is active, less all that is lost.
    pub fn lockable(&self) -> B {
        self.active.saturating_sub(self.lost)
    }

    /// Takes up to `amount` of it; returns how much.
    pub fn lose(&mut self, amount: B) -> B {
        let taken = self.losses.take(amount, self.value());
        self.lost = self.lost.saturating_add(taken);
        taken
    }
}

/// There are as many chunks as there may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ChunksFull;

impl<B: Balance, BlockNumber: Copy + PartialOrd, Max: Get<u32>> Backing<B, BoundedVec<Chunk<B, BlockNumber>, Max>> {
    /// Starts unbonding `amount`, or all that is active if that is less; returns how much. What comes free in the same block is one chunk.
    pub fn unbond(&mut self, amount: B, until: BlockNumber) -> Result<B, ChunksFull> {
        let amount = amount.min(self.active);
        match self.unbonding.iter_mut().find(|chunk| chunk.until == until) {
            Some(chunk) => chunk.amount = chunk.amount.saturating_add(amount),
            None => self.unbonding.try_push(Chunk { amount, until }).map_err(|_| ChunksFull)?,
        }
        self.active = self.active.saturating_sub(amount);
        Ok(amount)
    }

    /// Takes out what was lost since it was touched last; returns how much.
    pub fn collect(&mut self, losses: &Losses) -> B {
        let (before, mark) = (self.held(), core::mem::replace(&mut self.mark, *losses));
        self.active = losses.value(self.active, &mark);
        self.unbonding.iter_mut().for_each(|chunk| chunk.amount = losses.value(chunk.amount, &mark));
        self.unbonding.retain(|chunk| !chunk.amount.is_zero());
        before.saturating_sub(self.held())
    }

    /// What is not active.
    pub fn unbonding(&self) -> B {
        self.unbonding.iter().fold(B::zero(), |sum, chunk| sum.saturating_add(chunk.amount))
    }

    /// What of the unbonding is free.
    pub fn due(&self, now: BlockNumber) -> B {
        self.unbonding.iter().filter(|chunk| chunk.until <= now).fold(B::zero(), |sum, chunk| sum.saturating_add(chunk.amount))
    }

    /// Takes out what is free.
    pub fn take_due(&mut self, now: BlockNumber) -> B {
        let due = self.due(now);
        self.unbonding.retain(|chunk| chunk.until > now);
        due
    }

    /// Takes out everything.
    pub fn take_all(&mut self) -> B {
        core::mem::take(self).held()
    }

    /// Active and unbonding.
    pub fn held(&self) -> B {
        self.active.saturating_add(self.unbonding())
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.active.is_zero() && self.unbonding.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use frame_support::traits::ConstU32;
    use proptest::prelude::*;

    type Tested = Backing<u128, BoundedVec<Chunk<u128, u64>, ConstU32<4>>>;

    fn active(active: u128) -> Tested {
        Backing { active, ..Default::default() }
    }

    #[test]
    fn unbond_merges_what_comes_free_together() {
        let mut backing = active(100);
        for (amount, until) in [(10, 7), (20, 7), (5, 9)] {
            assert_eq!(backing.unbond(amount, until), Ok(amount));
        }
        assert_eq!(backing.active, 65);
        assert_eq!(backing.unbonding.to_vec(), [Chunk { amount: 30, until: 7 }, Chunk { amount: 5, until: 9 }]);
        assert_eq!((backing.held(), backing.due(6), backing.due(7), backing.due(9)), (100, 0, 30, 35));
    }

    #[test]
    fn unbond_takes_no_more_than_there_is() {
        let mut backing = active(100);
        assert_eq!(backing.unbond(u128::MAX, 7), Ok(100));
        assert_eq!((backing.active, backing.held()), (0, 100));
    }

    #[test]
    fn unbond_of_too_many_chunks_changes_nothing() {
        let mut backing = active(100);
        (0..4).for_each(|until| assert_eq!(backing.unbond(1, until), Ok(1)));
        let before = backing.clone();
        assert_eq!(backing.unbond(1, 4), Err(ChunksFull));
        assert_eq!(backing, before);
        assert_eq!(backing.unbond(1, 3), Ok(1));
    }

    #[test]
    fn collect_takes_of_active_and_unbonding_once() {
        let mut backing = active(100);
        assert_eq!(backing.unbond(40, 7), Ok(40));
        let mut total = BackingTotal { active: 60u128, unbonding: 40, backers: 1, ..Default::default() };
        assert_eq!((total.lose(25), total.value(), total.lockable(), total.active_worth()), (25, 75, 35, 45));
        assert_eq!(backing.collect(&total.losses), 25);
        assert_eq!((backing.active, backing.unbonding()), (45, 30));
        assert_eq!(backing.collect(&total.losses), 0);
        assert_eq!((total.lose(1_000), total.active_worth()), (75, 0));
        assert_eq!((backing.collect(&total.losses), backing.is_empty()), (75, true));
    }

    #[test]
    fn take_all_leaves_nothing() {
        let mut backing = active(100);
        assert_eq!(backing.unbond(40, 7), Ok(40));
        assert_eq!(backing.take_all(), 100);
        assert!(backing.is_empty());
    }

    proptest! {
        #[test]
        fn nothing_is_lost_whatever_is_done(
            start in 0..1_000u128,
            steps in proptest::collection::vec((0..300u128, 0..3u64, any::<bool>()), 1..40),
        ) {
            let (mut backing, mut taken, mut now) = (active(start), 0, 0u64);
            for (amount, blocks, takes) in steps {
                now += blocks;
                let _ = backing.unbond(amount, now + 5);
                if takes {
                    taken += backing.take_due(now);
                    prop_assert_eq!(backing.due(now), 0);
                }
                prop_assert_eq!(backing.held() + taken, start);
            }
            taken += backing.take_due(now + 5);
            prop_assert_eq!((backing.held(), backing.active + taken), (backing.active, start));
        }
    }
}
