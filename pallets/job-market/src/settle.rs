//! The end of a job: outcomes, payments, fee, refund, and the bonds set free. No failure of a payment stops it.

use crate::{advance::JobRecord, math, BalanceOf, Config, Event, HoldReason, MemberOf, Models, OperatorJobs, Pallet, WeightInfo};
use alloc::vec::Vec;
use frame_support::{
    traits::{
        fungible::{BalancedHold, InspectHold, MutateHold},
        tokens::{Fortitude, Precision, Restriction},
        Defensive, DefensiveSaturating,
    },
    weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::{
    digest::{Agreement, Distance, Tolerance},
    governance::OnEscrowChange,
    market::{CancelReason, JobKind, JobState, MemberOutcome},
    provider::{ChallengePool, ProviderPool},
    reward::{FeeSink, ProvenWork},
    JobId,
};
use sp_runtime::{traits::Zero, Saturating};

/// The largest distance of each half over all pairs, and whether every pair agrees. Pure.
pub(crate) fn judge(pairs: impl Iterator<Item = Distance>, tolerance: Tolerance) -> (Option<Distance>, bool) {
    pairs.fold((None, true), |(largest, agree), pair| {
        let Distance { hidden, output } = largest.unwrap_or_default();
        let largest = Distance { hidden: hidden.max(pair.hidden), output: output.max(pair.output) };
        (Some(largest), agree && pair.judge(tolerance) == Agreement::Agree)
    })
}

/// How a member that is still bound comes out of a job that ends in `state`.
fn outcome(state: JobState, revealed: bool) -> MemberOutcome {
    match state {
        JobState::Finalised => MemberOutcome::Valid,
        JobState::Unresolved(_) if revealed => MemberOutcome::Undecided,
        JobState::Unresolved(_) => MemberOutcome::NotRevealed,
        JobState::Cancelled(CancelReason::NotRevealed) if !revealed => MemberOutcome::NotRevealed,
        _ => MemberOutcome::Cancelled,
    }
}

impl<T: Config> JobRecord<T> {
    /// Frees the members for whom `out` gives an outcome, unpaid.
    pub fn release(&mut self, out: impl Fn(&MemberOf<T>) -> Option<MemberOutcome>) {
        self.release_paid(|member| out(member), |_| Zero::zero())
    }

    /// Frees the members for whom `out` gives an outcome, after `pay` has paid them.
    fn release_paid(&mut self, out: impl Fn(&MemberOf<T>) -> Option<MemberOutcome>, mut pay: impl FnMut(&MemberOf<T>) -> BalanceOf<T>) {
        let (job, tier, lock, kind) = (self.id, self.job.tier, self.job.lock, self.job.kind);
        let members = self.round.iter_mut().flat_map(|round| round.members.iter_mut());
        for member in members.filter(|member| member.outcome.is_none()) {
            let Some(outcome) = out(member) else { continue };
            if member.is_busy() {
                // Who committed and had nobody to be compared with was there.
                Pallet::<T>::dismiss(job, kind, member, outcome == MemberOutcome::Cancelled);
            }
            member.outcome = Some(outcome);
            member.paid = pay(member);
            if kind == JobKind::Paid {
                T::Providers::unbind(member.provider, lock, outcome);
            }
            Pallet::<T>::deposit_event(Event::MemberSettled { job, tier, provider: member.provider, outcome, paid: member.paid });
        }
    }

    /// Ends the job in `state`, as of block `at`.
    pub fn finish(&mut self, state: JobState, at: BlockNumberFor<T>) {
        self.weight.saturating_accrue(match self.job.kind {
            JobKind::Paid => T::WeightInfo::settle(),
            JobKind::Challenge { .. } => T::WeightInfo::settle_challenge(),
        });
        let fee_due = if state == JobState::Finalised { self.job.fee } else { Zero::zero() };
        let price = self.job.price;
        let bound = self.round.iter().flat_map(|round| round.members.iter()).filter(|m| m.outcome.is_none());
        let outcomes = bound.map(|member| outcome(state, member.revealed.is_some()));
        let plan = math::settle(self.job.held, price, fee_due, outcomes);

        let (id, customer, mut held) = (self.id, self.job.customer.clone(), self.job.held);
        let mut payouts = plan.payouts.into_iter();
        self.release_paid(
            |member| Some(outcome(state, member.revealed.is_some())),
            |member| {
                let paid = pay::<T>(id, &customer, &member.owner, payouts.next().unwrap_or_default());
                held = held.defensive_saturating_sub(paid);
                paid
            },
        );
        self.job.fee = self.take_fee(plan.fee);
        self.job.held = held.defensive_saturating_sub(self.job.fee);
        self.refund_rest();
        if self.job.kind == JobKind::Paid {
            T::OnEscrowChange::on_escrow_change(&customer);
        }
        self.count_proven();

        Models::<T>::mutate_extant(self.job.model, |model| model.active_jobs = model.active_jobs.defensive_saturating_sub(1));
        // Nobody computes it any more: nodes need not keep the input while the record can still be read.
        Pallet::<T>::unref_blob(self.job.input.id);
        self.job.state = state;
        self.job.ended_at = Some(at);
        self.job.deadline = at.saturating_add(self.retention());
        let (fee, refunded) = (self.job.fee, self.job.refunded);
        Pallet::<T>::deposit_event(Event::JobEnded { job: id, state, fee, refunded });
    }

    /// Counts the work of a challenge for those whose results agreed.
    fn count_proven(&self) {
        let JobKind::Challenge { work, .. } = self.job.kind else { return };
        let members = self.round.iter().flat_map(|round| round.members.iter());
        members.filter(|m| m.outcome == Some(MemberOutcome::Valid)).for_each(|m| T::Work::proven(m.provider, work.into()));
    }

    /// Takes the fee from the escrow, in the name of those who were paid; returns what was taken.
    fn take_fee(&self, amount: BalanceOf<T>) -> BalanceOf<T> {
        if amount.is_zero() {
            return amount;
        }
        let (credit, missing) = T::Currency::slash(&HoldReason::Escrow.into(), &self.job.customer, amount);
        let members = self.round.iter().flat_map(|round| round.members.iter());
        let earners: Vec<_> = members.filter(|m| m.outcome == Some(MemberOutcome::Valid)).map(|m| m.provider).collect();
        T::Fees::take(credit, &earners);
        amount.defensive_saturating_sub(missing)
    }

    /// Gives back what is still held. If that fails (an account that was destroyed by force), it stays held and is tried again at pruning.
    pub fn refund_rest(&mut self) {
        if self.job.held.is_zero() {
            return;
        }
        let reason = HoldReason::Escrow.into();
        if let Ok(refunded) = T::Currency::release(&reason, &self.job.customer, self.job.held, Precision::Exact).defensive() {
            self.job.held = self.job.held.defensive_saturating_sub(refunded);
            self.job.refunded = self.job.refunded.saturating_add(refunded);
        }
    }
}

/// Pays from the escrow; returns what was paid. By force, because a freeze that the customer has made since must not stop it.
fn pay<T: Config>(job: JobId, customer: &T::AccountId, to: &T::AccountId, amount: BalanceOf<T>) -> BalanceOf<T> {
    if amount.is_zero() {
        return amount;
    }
    let (reason, exact) = (HoldReason::Escrow.into(), Precision::Exact);
    match T::Currency::transfer_on_hold(&reason, customer, to, amount, exact, Restriction::Free, Fortitude::Force) {
        Ok(paid) => paid,
        Err(error) => {
            log::warn!(target: "runtime::job-market", "job {job}: a payment failed and is refunded: {error:?}");
            Pallet::<T>::deposit_event(Event::PaymentFailed { job, to: to.clone(), amount });
            Zero::zero()
        }
    }
}

impl<T: Config> Pallet<T> {
    /// What is held from an account for its jobs.
    pub fn escrow_of(customer: &T::AccountId) -> BalanceOf<T> {
        T::Currency::balance_on_hold(&HoldReason::Escrow.into(), customer)
    }

    /// A member has no more to do for a job: its operator hears no more of it, and the slot that it took is free, or the seat is `filled`
    /// or missed. Whether what it computed is right is another question.
    pub(crate) fn dismiss(job: JobId, kind: JobKind, member: &MemberOf<T>, filled: bool) {
        OperatorJobs::<T>::remove(&member.operator, job);
        match kind {
            JobKind::Paid => T::Providers::free_slot(member.provider),
            JobKind::Challenge { .. } => T::Providers::settle_seat(member.provider, filled),
        }
    }

    /// The most that the end of a job weighs.
    pub(crate) fn worst_end() -> Weight {
        T::WeightInfo::settle().max(T::WeightInfo::settle_challenge())
    }

    /// The most that one transition weighs.
    pub(crate) fn worst_step() -> Weight {
        let draw = T::WeightInfo::draw(T::Providers::max_candidates());
        draw.max(T::WeightInfo::close_computing()).max(T::WeightInfo::prune()).saturating_add(Self::worst_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judge_takes_the_largest_of_each_half_and_needs_every_pair() {
        let tolerance = Tolerance { hidden: 4, output: 8 };
        let pair = |hidden, output| Distance { hidden, output };
        assert_eq!(judge([].into_iter(), tolerance), (None, true));
        assert_eq!(judge([pair(3, 9), pair(5, 1)].into_iter(), tolerance), (Some(pair(5, 9)), true));
        assert_eq!(judge([pair(65, 0), pair(0, 0)].into_iter(), tolerance), (Some(pair(65, 0)), false));
    }
}
