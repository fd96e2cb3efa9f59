//! The end of a job: outcomes, payments, fee, premium, refund, penalties, convictions, and the bonds set free. No failure of a payment stops
//! it.

use crate::{
    advance::JobRecord, math, BalanceOf, Config, Error, Event, HoldReason, JobOf, Judgement, MemberOf, Models, OperatorJobs, Pallet,
    Penalties, RoundOf, Rounds, WeightInfo, JURY1, JURY2, REPLICAS,
};
use alloc::{vec, vec::Vec};
use frame_support::{
    ensure,
    traits::{
        fungible::{BalancedHold, Inspect, InspectHold, MutateHold},
        tokens::{Fortitude, Precision, Preservation, Restriction},
        Defensive, DefensiveSaturating, Get,
    },
    weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::{
    digest::{Agreement, Distance, Tolerance},
    governance::OnEscrowChange,
    jury::JuryCause,
    market::{CancelReason, JobKind, JobState, MemberOutcome},
    provider::{ChallengePool, ProviderPool, Slash},
    reason::Reason,
    reward::{FeeSink, ProvenWork},
    JobId, ProviderId, Tier,
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

/// How a replica that is still bound comes out of a job that ends in `state`, where content is slashed or not.
fn outcome(state: JobState, revealed: bool, judged: Option<Judgement>, slashes: bool) -> MemberOutcome {
    match state {
        JobState::Finalised => match judged {
            Some(Judgement { verdict: Agreement::Grey, .. }) => MemberOutcome::Grey,
            Some(Judgement { verdict: Agreement::Deviant, slashable }) if slashable && slashes => MemberOutcome::Slashed,
            Some(Judgement { verdict: Agreement::Deviant, .. }) => MemberOutcome::Deviant,
            Some(Judgement { verdict: Agreement::Agree, .. }) | None => MemberOutcome::Valid,
        },
        JobState::Unresolved(_) if revealed => MemberOutcome::Undecided,
        JobState::Unresolved(_) => MemberOutcome::NotRevealed,
        JobState::Cancelled(CancelReason::NotRevealed) if !revealed => MemberOutcome::NotRevealed,
        _ => MemberOutcome::Cancelled,
    }
}

/// Frees the members of a round for whom `out` gives an outcome, after `pay` has paid them. Who was not there, or hid its result, is
/// penalised at once; returns what the pool has got of that. Whether a valid result counts for a provider's standing is
/// [`JobRecord::counts`].
pub(crate) fn release_round<T: Config>(
    (job, tier, kind, counts): (JobId, Tier, JobKind, bool),
    price: BalanceOf<T>,
    round: &mut RoundOf<T>,
    out: impl Fn(&MemberOf<T>) -> Option<MemberOutcome>,
    mut pay: impl FnMut(&MemberOf<T>, MemberOutcome) -> BalanceOf<T>,
) -> BalanceOf<T> {
    let (lock, mut brought) = (round.lock, BalanceOf::<T>::zero());
    for member in round.members.iter_mut().filter(|member| member.outcome.is_none()) {
        let Some(outcome) = out(member) else { continue };
        if member.is_busy() {
            // Who committed and had nobody to be compared with was there.
            Pallet::<T>::dismiss(job, tier, kind, member, outcome == MemberOutcome::Cancelled);
        }
        member.outcome = Some(outcome);
        member.paid = pay(member, outcome);
        let provider = member.provider;
        if binds(kind, tier) {
            T::Providers::unbind(provider, lock, outcome, counts);
            let (taken, got) = Pallet::<T>::penalise(job, tier, provider, price, lock, outcome);
            member.taken = taken;
            brought = brought.saturating_add(got);
        }
        Pallet::<T>::deposit_event(Event::MemberSettled { job, tier, provider, outcome, paid: member.paid });
    }
    brought
}

/// Whether members of such a round have something locked: all but those who are challenged.
fn binds(kind: JobKind, tier: Tier) -> bool {
    kind == JobKind::Paid || tier != REPLICAS
}

impl<T: Config> JobRecord<T> {
    /// Whether a valid result counts for a provider's standing: where a lie would cost something, or where the protocol asked. Jobs of a model
    /// that is only paid for anybody can have of its own, among its own providers.
    pub fn counts(&self) -> bool {
        self.job.kind != JobKind::Paid || self.job.slashes
    }

    /// Frees the members of the present round for whom `out` gives an outcome, unpaid.
    pub fn release(&mut self, out: impl Fn(&MemberOf<T>) -> Option<MemberOutcome>) {
        let (key, price) = ((self.id, self.job.tier, self.job.kind, self.counts()), self.job.price);
        if let Some(round) = &mut self.round {
            let brought = release_round::<T>(key, price, round, out, |_, _| Zero::zero());
            self.job.brought = self.job.brought.saturating_add(brought);
        }
    }

    /// Ends the job in `state`, as of block `at`.
    pub fn finish(&mut self, state: JobState, at: BlockNumberFor<T>) {
        let (id, kind, price) = (self.id, self.job.kind, self.job.price);
        self.weight.saturating_accrue(match kind {
            JobKind::Paid => T::WeightInfo::settle(),
            JobKind::Challenge { .. } => T::WeightInfo::settle_challenge(),
        });
        let (slashes, counts) = (self.job.slashes, self.counts());
        let comes_out = |member: &MemberOf<T>| outcome(state, member.revealed.is_some(), member.judged, slashes);
        let mut round = if self.job.tier == REPLICAS { self.round.take() } else { self.replicas.take() };
        let bound = round.iter().flat_map(|round| round.members.iter()).filter(|m| m.outcome.is_none());
        let outcomes: Vec<_> = bound.map(comes_out).collect();
        // Who got no result that stood pays no fee.
        let finalised = state == JobState::Finalised;
        let fee_due = if finalised && outcomes.contains(&MemberOutcome::Valid) { self.job.fee } else { Zero::zero() };
        let plan = math::settle(self.job.held, price, fee_due, outcomes.iter().copied());
        let premium_due = if finalised { self.job.premium.min(plan.refund) } else { Zero::zero() };

        // A challenge was right, or could not be decided, unless every result is right.
        let judged = round.iter().flat_map(|round| round.members.iter()).filter_map(|m| m.judged);
        let upheld = finalised && judged.map(|judged| judged.verdict).all(|verdict| verdict == Agreement::Agree);
        Pallet::<T>::settle_dispute(id, self.job.challenger.as_mut(), !upheld);
        Pallet::<T>::settle_dispute(id, self.job.appellant.as_mut(), true);

        let customer = self.job.customer.clone();
        // Jurors before the members: a conviction is to bring in what they cost.
        let unearned = outcomes.iter().filter(|outcome| **outcome != MemberOutcome::Valid).count() as u32;
        let shares = Pallet::<T>::prices(price, unearned).min(plan.refund.saturating_sub(premium_due));
        self.job.premium = self.pay_jurors(premium_due, shares);
        let mut held = self.job.held.defensive_saturating_sub(self.job.premium);
        if let Some(round) = &mut round {
            Self::convict(id, &self.job, round, comes_out);
            let mut payouts = plan.payouts.into_iter();
            release_round::<T>(
                (id, REPLICAS, kind, counts),
                price,
                round,
                |member| Some(comes_out(member)),
                |member, _| {
                    let paid = pay::<T>(id, &customer, &member.owner, payouts.next().unwrap_or_default());
                    held = held.defensive_saturating_sub(paid);
                    paid
                },
            );
        }
        let members = round.iter().flat_map(|round| round.members.iter());
        let stood: Vec<_> = members.clone().filter(|m| m.outcome == Some(MemberOutcome::Valid)).map(|m| m.provider).collect();
        self.job.fee = self.take_fee(plan.fee, &stood);
        self.job.held = held.defensive_saturating_sub(self.job.fee);
        self.refund_rest();
        if kind == JobKind::Paid {
            T::OnEscrowChange::on_escrow_change(&customer);
        }
        self.count_proven(&stood, members.filter(|m| m.outcome == Some(MemberOutcome::Deviant)).map(|m| m.provider));
        match self.job.tier {
            REPLICAS => self.round = round,
            _ => self.replicas = round,
        }

        self.count_for_model(state, self.split);
        // Nobody computes it any more: nodes need not keep the input while the record can still be read.
        Pallet::<T>::unref_blob(self.job.input.id);
        self.job.state = state;
        self.job.ended_at = Some(at);
        self.job.deadline = at.saturating_add(self.retention());
        let (fee, premium, refunded) = (self.job.fee, self.job.premium, self.job.refunded);
        Pallet::<T>::deposit_event(Event::JobEnded { job: id, state, fee, premium, refunded });
    }

    /// Pays the pool `premium` of the escrow, and from it the jurors of both juries who agreed: each the price, or equal parts of what there
    /// is. Where the job slashes somebody that is all that the pool has; else what the job brought, to which as much of `shares`, which no
    /// result earned, is added as the jurors need: see [`math::jury_budget`]. Returns what was paid of the escrow.
    fn pay_jurors(&mut self, premium: BalanceOf<T>, shares: BalanceOf<T>) -> BalanceOf<T> {
        if self.job.kind != JobKind::Paid {
            return Zero::zero();
        }
        let (id, price, customer) = (self.id, self.job.price, self.job.customer.clone());
        let mut first = if self.job.tier == JURY2 { Rounds::<T>::get(id, JURY1) } else { None };
        // Before any jury, and while the replicas' round is the present one, it is not here: see `finish`.
        let juries = [(JURY1, first.as_mut()), (self.job.tier, self.round.as_mut())];
        let agreed = |member: &&mut MemberOf<T>| member.outcome == Some(MemberOutcome::Valid);
        let mut jurors: Vec<(Tier, &mut MemberOf<T>)> = Vec::new();
        for (tier, round) in juries {
            let members = round.into_iter().flat_map(|round| round.members.iter_mut()).filter(agreed);
            jurors.extend(members.map(|member| (tier, member)));
        }
        let count = jurors.len() as u32;

        let lost = [&self.job.challenger, &self.job.appellant].map(|dispute| Pallet::<T>::lost_bond(dispute.as_ref()));
        let brought = lost.into_iter().fold(self.job.brought, |sum, bond| sum.saturating_add(bond));
        let audited = self.job.cause == Some(JuryCause::Audit);
        let budget = |of_escrow: BalanceOf<T>| math::jury_budget(price, brought.saturating_add(of_escrow), audited);
        let missing = Pallet::<T>::prices(price, count).saturating_sub(budget(premium));
        let more = if self.job.slashes { Zero::zero() } else { missing.min(shares) };
        let paid = pay::<T>(id, &customer, &Pallet::<T>::pool_account(), premium.saturating_add(more));
        let pool = Pallet::<T>::pool_balance();
        let available = if self.job.slashes { pool } else { pool.min(budget(paid)) };
        let fee = math::juror_fee(price, available, count);
        for (tier, member) in jurors {
            member.paid = Pallet::<T>::pay_juror(id, &member.owner, fee);
            self.job.jury_fees = self.job.jury_fees.saturating_add(member.paid);
            Pallet::<T>::deposit_event(Event::JurorPaid { job: id, tier, provider: member.provider, paid: member.paid });
        }
        if let Some(first) = first {
            Rounds::<T>::insert(id, JURY1, first);
        }
        paid
    }

    /// Has a slash wait for each member that comes out of the job convicted.
    fn convict(id: JobId, job: &JobOf<T>, round: &RoundOf<T>, comes_out: impl Fn(&MemberOf<T>) -> MemberOutcome) {
        let convicted = round.members.iter().filter(|m| m.outcome.is_none() && comes_out(m) == MemberOutcome::Slashed);
        let parts = slash_parts::<T>(job, round.lock, convicted.clone().count() as u32);
        let challenger = job.challenger.as_ref().map(|dispute| (dispute.who.clone(), parts.challenger));
        let mut payees = vec![(job.customer.clone(), parts.customer)];
        payees.extend(challenger);
        payees.push((Pallet::<T>::pool_account(), parts.pool));
        for member in convicted {
            T::Providers::defer_slash(member.provider, Slash { job: id, amount: round.lock, payees: payees.clone() });
        }
    }

    /// Counts the work of a challenge for those whose results stood; who was wrong has failed it.
    fn count_proven(&self, stood: &[ProviderId], wrong: impl Iterator<Item = ProviderId>) {
        let JobKind::Challenge { work, .. } = self.job.kind else { return };
        for provider in stood {
            T::Work::proven(*provider, work.into());
            T::Providers::pass_challenge(*provider);
        }
        wrong.for_each(T::Providers::fail_challenge);
    }

    /// The model has one job less that runs. Where of too many paid ones the last jury's results are `split`, it pays only from then on. Jurors
    /// who stay away say nothing about the model.
    fn count_for_model(&self, state: JobState, split: bool) {
        let (model, fault) = (self.job.model, split);
        let counts = self.job.kind == JobKind::Paid && (fault || state == JobState::Finalised);
        Models::<T>::mutate_extant(model, |record| {
            record.active_jobs = record.active_jobs.defensive_saturating_sub(1);
            if counts && record.faults.count(fault, T::FaultWindow::get(), T::FaultLimit::get()) && !record.pay_only {
                record.pay_only = true;
                Pallet::<T>::deposit_event(Event::PayOnlySet { model, pay_only: true });
            }
        });
    }

    /// Takes the fee from the escrow, in the name of those who were paid; returns what was taken.
    fn take_fee(&self, amount: BalanceOf<T>, earners: &[ProviderId]) -> BalanceOf<T> {
        if amount.is_zero() {
            return amount;
        }
        let (credit, missing) = T::Currency::slash(&HoldReason::Escrow.into(), &self.job.customer, amount);
        T::Fees::take(credit, earners);
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

/// Who gets which part of a slash of `amount`, when so many were convicted, who bear the jurors' fees together.
pub(crate) fn slash_parts<T: Config>(job: &JobOf<T>, amount: BalanceOf<T>, convicted: u32) -> math::SlashParts<BalanceOf<T>> {
    let Penalties { customer, challenger, .. } = T::Penalties::get();
    let fees = job.jury_fees / convicted.max(1).into();
    math::split_slash(amount, job.price, fees, customer, job.challenger.as_ref().map(|_| challenger))
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
    /// What is held from an account for its jobs, challenges and appeals: all that is paid to others by force, and so does not vote.
    pub fn escrow_of(who: &T::AccountId) -> BalanceOf<T> {
        let jobs: BalanceOf<T> = T::Currency::balance_on_hold(&HoldReason::Escrow.into(), who);
        jobs.saturating_add(T::Currency::balance_on_hold(&HoldReason::Dispute.into(), who))
    }

    /// Holds what may be paid to others. A hold takes what is locked too, as by votes; this one leaves it.
    pub(crate) fn hold_escrow(reason: HoldReason, who: &T::AccountId, amount: BalanceOf<T>) -> Result<(), Error<T>> {
        let able = T::Currency::reducible_balance(who, Preservation::Preserve, Fortitude::Polite);
        ensure!(amount <= able, Error::<T>::CannotPay);
        T::Currency::hold(&reason.into(), who, amount).map_err(|_| Error::<T>::CannotPay)?;
        T::OnEscrowChange::on_escrow_change(who);
        Ok(())
    }

    /// A member has no more to do for a job: its operator hears no more of it, and the slot that a replica took is free, or the seat is
    /// `filled` or missed. Whether what it computed is right is another question.
    pub(crate) fn dismiss(job: JobId, tier: Tier, kind: JobKind, member: &MemberOf<T>, filled: bool) {
        OperatorJobs::<T>::remove(&member.operator, job);
        match (kind, tier) {
            (JobKind::Paid, REPLICAS) => T::Providers::free_slot(member.provider),
            (JobKind::Challenge { .. }, REPLICAS) => T::Providers::settle_seat(member.provider, filled),
            // A juror takes no slot.
            _ => {}
        }
    }

    /// Takes the penalty for an outcome, if there is one, of what is locked no more; returns it, and what the pool has got of it.
    fn penalise(
        job: JobId,
        tier: Tier,
        provider: ProviderId,
        price: BalanceOf<T>,
        lock: BalanceOf<T>,
        outcome: MemberOutcome,
    ) -> (BalanceOf<T>, BalanceOf<T>) {
        let Penalties { no_show, non_reveal, .. } = T::Penalties::get();
        let (prices, reason) = match outcome {
            MemberOutcome::Absent => (no_show, Reason::NoShow),
            MemberOutcome::NotRevealed => (non_reveal, Reason::NotRevealed),
            _ => return Default::default(),
        };
        let amount = Self::prices(price, prices).min(lock);
        if amount.is_zero() {
            return Default::default();
        }
        let got = T::Providers::penalise(provider, amount, &Self::pool_account());
        Self::deposit_event(Event::Penalised { job, tier, provider, amount, reason });
        (amount, got)
    }

    /// The most that the end of a job weighs.
    pub(crate) fn worst_end() -> Weight {
        T::WeightInfo::settle().max(T::WeightInfo::settle_challenge())
    }

    /// The most that one transition weighs.
    pub(crate) fn worst_step() -> Weight {
        // The lot, and the draw of the jury that it calls.
        let draw = T::WeightInfo::draw(0).saturating_add(T::WeightInfo::draw(T::Providers::max_candidates()));
        let close = T::WeightInfo::close_computing().saturating_add(T::WeightInfo::conclude_jury());
        draw.max(close).max(T::WeightInfo::prune()).saturating_add(Self::worst_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hearth_primitives::market::UnresolvedReason;

    #[test]
    fn outcome_of_a_verdict_is_slashed_only_where_content_is_and_the_jury_was_enough() {
        let of = |verdict, slashable, slashes| outcome(JobState::Finalised, true, Some(Judgement { verdict, slashable }), slashes);
        assert_eq!(outcome(JobState::Finalised, true, None, true), MemberOutcome::Valid);
        assert_eq!(of(Agreement::Agree, false, true), MemberOutcome::Valid);
        assert_eq!(of(Agreement::Grey, false, true), MemberOutcome::Grey);
        assert_eq!(of(Agreement::Deviant, true, true), MemberOutcome::Slashed);
        assert_eq!([of(Agreement::Deviant, false, true), of(Agreement::Deviant, true, false)], [MemberOutcome::Deviant; 2]);
        let state = JobState::Unresolved(UnresolvedReason::NoQuorum);
        let judged = Some(Judgement { verdict: Agreement::Deviant, slashable: true });
        assert_eq!(outcome(state, true, judged, true), MemberOutcome::Undecided);
    }

    #[test]
    fn judge_takes_the_largest_of_each_half_and_needs_every_pair() {
        let tolerance = Tolerance { hidden: 4, output: 8 };
        let pair = |hidden, output| Distance { hidden, output };
        assert_eq!(judge([].into_iter(), tolerance), (None, true));
        assert_eq!(judge([pair(3, 9), pair(5, 1)].into_iter(), tolerance), (Some(pair(5, 9)), true));
        assert_eq!(judge([pair(65, 0), pair(0, 0)].into_iter(), tolerance), (Some(pair(65, 0)), false));
    }
}
