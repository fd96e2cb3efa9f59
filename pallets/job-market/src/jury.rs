//! Juries: how one is called and drawn, what its jurors' time brings, and the verdict. What a verdict is stands in `verdict`, what it costs in
//! `settle`.
//!
//! | called by | if there are too few jurors |
//! |---|---|
//! | dissent, a result that is hidden | the job is Unresolved |
//! | the lot | it is not audited, and the premium goes back |
//! | a challenge | the bond goes back, and the job is Accepted still |
//! | a first jury without a quorum, called by dissent or a result that is hidden | the job is Unresolved |
//! | a first jury without a quorum, called by the lot or a challenge | the bond goes back; the replicas agreed, and are paid |
//! | an appeal | the bond goes back, and the first verdict stands, by which nobody is slashed |
//!
//! There is no redraw in a jury: who does not come is penalised, and what the others say counts if they are a quorum.

use crate::{
    advance::JobRecord,
    challenge::{walk, MAX_PLACES},
    draw,
    settle::release_round,
    verdict::{self, Juror, JURORS},
    BalanceOf, CandidateOf, Config, Event, Judgement, Models, Pallet, RingEntry, Round, RoundOf, Rounds, Stage, WeightInfo, JURY1, JURY2,
    REPLICAS,
};
use alloc::vec::Vec;
use frame_support::{
    traits::{Defensive, Get},
    weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::{
    jury::{JuryCause, JuryStep},
    market::{JobKind, JobState, MemberOutcome, UnresolvedReason},
    provider::{ChallengePool, ProviderPool},
    reward::ProvenWork,
    Tier, H256,
};
use sp_runtime::{traits::Zero, Saturating};

impl<T: Config> JobRecord<T> {
    /// Calls the first jury, in block `now`.
    pub fn call_jury(&mut self, cause: JuryCause, now: BlockNumberFor<T>) {
        self.job.cause = Some(cause);
        self.open_round(JURY1);
        self.await_draw(now);
    }

    /// Calls the second jury, in block `now`.
    pub fn call_second_jury(&mut self, now: BlockNumberFor<T>) {
        self.open_round(JURY2);
        self.await_draw(now);
    }

    fn await_draw(&mut self, now: BlockNumberFor<T>) {
        self.enter(JuryStep::Drawing);
        self.job.deadline = now.saturating_add(T::DrawDelay::get());
        Pallet::<T>::deposit_event(Event::JuryCalled { job: self.id, tier: self.job.tier, cause: self.job.cause, at: self.job.deadline });
    }

    /// Lays the present round aside and goes to another, which has no members yet.
    fn open_round(&mut self, tier: Tier) {
        match (self.job.tier, self.round.take()) {
            (REPLICAS, round) => self.replicas = round,
            (earlier, Some(round)) => Rounds::<T>::insert(self.id, earlier, round),
            (_, None) => {}
        }
        self.job.tier = tier;
    }

    /// Whether an accepted job waits for the lot.
    pub fn awaits_lot(&self) -> bool {
        self.job.state == JobState::Accepted && self.job.accepted_until.is_some_and(|until| self.job.deadline < until)
    }

    /// The lot falls: the job is audited, with the probability that its premium pays for, if there can be a jury. If there cannot, the premium
    /// is not due.
    pub fn draw_lot(&mut self, now: BlockNumberFor<T>) {
        self.weight.saturating_accrue(T::WeightInfo::draw(0));
        let due = self.job.deadline;
        self.job.deadline = self.job.accepted_until.unwrap_or(due);
        let needed = self.job.replicas.saturating_add(T::MinJurors::get());
        let entry = Pallet::<T>::entry_for_draw(due).filter(|_| T::Providers::offer_count(self.job.model) >= needed);
        let Some(entry) = entry else { return self.waive_premium() };
        if draw::audit_lot(entry.accumulated, entry.epoch, self.id) >= self.job.audit.deconstruct() {
            return;
        }
        let seed = draw::round_seed(entry.accumulated, entry.epoch, self.id, JURY1);
        let jurors = self.jurors(seed);
        if (jurors.len() as u32) < T::MinJurors::get() {
            return self.waive_premium();
        }
        self.job.cause = Some(JuryCause::Audit);
        self.open_round(JURY1);
        self.seat_jury(now, seed, jurors);
    }

    fn waive_premium(&mut self) {
        self.job.premium = Zero::zero();
    }

    /// A jury's draw is due.
    pub fn draw_jury(&mut self, now: BlockNumberFor<T>) {
        let due = self.job.deadline;
        let Some(RingEntry { accumulated, epoch, .. }) = Pallet::<T>::entry_for_draw(due) else { return self.go_without_jury(due) };
        let seed = draw::round_seed(accumulated, epoch, self.id, self.job.tier);
        let jurors = self.jurors(seed);
        if (jurors.len() as u32) < T::MinJurors::get() {
            return self.go_without_jury(due);
        }
        self.seat_jury(now, seed, jurors);
    }

    /// All who may judge: trusted, no customer, nobody who disputes, and nobody of an earlier round, by provider, owner or operator.
    fn jurors(&mut self, seed: H256) -> Vec<CandidateOf<T>> {
        let job = &self.job;
        let (mut candidates, looked): (Vec<CandidateOf<T>>, u32) = match job.kind {
            JobKind::Paid => {
                let list = T::Providers::candidates(job.model, job.price, Self::juror_lock(job.price), job.submitted_at);
                (list, T::Providers::offer_count(job.model))
            }
            JobKind::Challenge { .. } => {
                let places = T::Providers::challengeable();
                let looked = places.min(MAX_PLACES);
                ((0..looked).map(walk(seed, places)).filter_map(T::Providers::juror_at).collect(), looked)
            }
        };
        let first_jury: Option<RoundOf<T>> = if job.tier == JURY2 { Rounds::<T>::get(self.id, JURY1) } else { None };
        let earlier: Vec<_> =
            [&self.round, &self.replicas, &first_jury].into_iter().flatten().flat_map(|round| round.members.iter()).collect();
        let disputes = [&job.challenger, &job.appellant].into_iter().flatten().map(|dispute| &dispute.who);
        let parties: Vec<_> = disputes.chain([&job.customer]).collect();
        candidates.retain(|c| {
            c.trusted
                && parties.iter().all(|who| **who != c.owner && **who != c.operator)
                && earlier.iter().all(|m| m.provider != c.provider && m.owner != c.owner && m.operator != c.operator)
        });
        self.weight.saturating_accrue(T::WeightInfo::draw(looked));
        candidates
    }

    /// What is locked behind a juror: the most that it can lose.
    fn juror_lock(price: BalanceOf<T>) -> BalanceOf<T> {
        Pallet::<T>::prices(price, T::Penalties::get().non_reveal)
    }

    /// Draws jurors in block `now`, whose time begins.
    fn seat_jury(&mut self, now: BlockNumberFor<T>, seed: H256, jurors: Vec<CandidateOf<T>>) {
        let size = if self.job.tier == JURY1 { JURORS[0] } else { JURORS[1] };
        let drawn = draw::draw_jury(seed, jurors, size);
        let lock = Self::juror_lock(self.job.price);
        self.round = Some(Round { seed, stage: Stage::Redrawn, lock, members: Default::default() });
        let providers = self.seat(drawn);
        self.compute_from(now, seed, providers);
    }

    /// There can be no jury, as of block `at`: see the table above.
    fn go_without_jury(&mut self, at: BlockNumberFor<T>) {
        let id = self.id;
        match (self.job.tier, self.job.cause) {
            (JURY1, Some(JuryCause::Challenge)) => {
                self.weight.saturating_accrue(T::WeightInfo::dispute());
                Pallet::<T>::settle_dispute(id, self.job.challenger.as_mut(), true);
                self.job.challenger = None;
                self.job.cause = None;
                self.job.tier = REPLICAS;
                self.round = self.replicas.take();
                self.job.state = JobState::Accepted;
                self.job.deadline = self.job.accepted_until.unwrap_or(at).max(at);
                // The lot is not drawn any more.
                self.job.accepted_until = Some(self.job.deadline);
            }
            (JURY2, _) if self.job.appellant.is_some() => {
                Pallet::<T>::settle_dispute(id, self.job.appellant.as_mut(), true);
                let judged = self.replicas.iter_mut().flat_map(|round| round.members.iter_mut()).filter_map(|m| m.judged.as_mut());
                judged.for_each(|judgement| judgement.slashable = false);
                self.finish(JobState::Finalised, at)
            }
            (JURY2, Some(JuryCause::Audit | JuryCause::Challenge)) => {
                // Or two jurors who stay away could undo what nobody shows to be wrong.
                Pallet::<T>::settle_dispute(id, self.job.challenger.as_mut(), true);
                self.finish(JobState::Finalised, at)
            }
            _ => self.finish(JobState::Unresolved(UnresolvedReason::TooFewJurors), at),
        }
    }

    /// The time of jurors to commit is over at `at`, or all have answered.
    pub fn close_jury(&mut self, at: BlockNumberFor<T>) {
        self.weight.saturating_accrue(T::WeightInfo::close_computing());
        self.release(|member| member.is_awaited().then_some(MemberOutcome::Absent));
        let enough = self.round.as_ref().is_some_and(|round| round.committed() as u32 >= verdict::quorum(round.members.len() as u32));
        if !enough {
            return self.conclude_jury(at);
        }
        self.enter(JuryStep::Revealing);
        self.job.deadline = at.saturating_add(T::RevealPeriod::get());
        Pallet::<T>::deposit_event(Event::RevealStarted { job: self.id, tier: self.job.tier, deadline: self.job.deadline });
    }

    /// The time of jurors to reveal is over at `at`.
    pub fn close_opening(&mut self, at: BlockNumberFor<T>) {
        self.weight.saturating_accrue(T::WeightInfo::close_computing());
        self.release(|member| member.revealed.is_none().then_some(MemberOutcome::NotRevealed));
        self.conclude_jury(at)
    }

    /// Every juror has revealed or is out, as of block `at`: those who agree are paid and judge, the others have no say.
    pub fn conclude_jury(&mut self, at: BlockNumberFor<T>) {
        self.weight.saturating_accrue(T::WeightInfo::conclude_jury());
        let (id, tier, kind) = (self.id, self.job.tier, self.job.kind);
        let (Some(mut jury), Some(model)) = (self.round.take(), Models::<T>::get(self.job.model).defensive()) else { return };
        let quorum = verdict::quorum(jury.members.len() as u32);
        let standing: Vec<_> = jury.members.iter().filter_map(|m| m.stands().map(|revealed| (m.provider, m.backend, revealed))).collect();
        let digests: Vec<_> = standing.iter().map(|(_, _, revealed)| revealed.digest).collect();
        let agreeing: Vec<_> = verdict::cluster(&digests, model.tolerance).into_iter().filter_map(|at| standing.get(at)).collect();
        let found = agreeing.len() as u32 >= quorum;
        let clustered: Vec<_> = agreeing.iter().filter(|_| found).map(|(provider, _, _)| *provider).collect();
        let jurors: Vec<_> = agreeing
            .iter()
            .map(|(_, backend, revealed)| Juror { backend: *backend, verdicts: revealed.verdicts.unwrap_or_default() })
            .collect();
        let changed = found && self.judge(&jurors, quorum);

        let fee = Pallet::<T>::juror_fee(self.job.price, clustered.len() as u32);
        let mut fees = BalanceOf::<T>::zero();
        release_round::<T>(
            (id, tier, kind),
            self.job.price,
            &mut jury,
            |member| match member.revealed {
                None => Some(MemberOutcome::Cancelled),
                Some(_) if clustered.contains(&member.provider) => Some(MemberOutcome::Valid),
                Some(_) => Some(MemberOutcome::Outlier),
            },
            |member, outcome| {
                if outcome != MemberOutcome::Valid {
                    return Zero::zero();
                }
                if let JobKind::Challenge { work, .. } = kind {
                    // It has run the same model on the same input.
                    T::Work::proven(member.provider, work.into());
                }
                let paid = Pallet::<T>::pay_juror(id, &member.owner, fee);
                fees = fees.saturating_add(paid);
                paid
            },
        );
        self.round = Some(jury);
        self.job.jury_fees = self.job.jury_fees.saturating_add(fees);
        self.after_verdict(found, changed, at)
    }

    /// Writes what the jury says into the replicas' round; returns whether that is something else than was said of them before.
    fn judge(&mut self, jurors: &[Juror], quorum: u32) -> bool {
        let (job, tier) = (self.id, self.job.tier);
        let accused = self.replicas.iter_mut().flat_map(|round| round.members.iter_mut()).filter(|m| m.stands().is_some());
        let (mut changed, mut verdicts) = (false, Vec::new());
        for (at, member) in accused.enumerate() {
            let judgement: Judgement = verdict::judge(jurors, at, quorum);
            changed |= member.judged.map(|before| before.verdict) != Some(judgement.verdict);
            member.judged = Some(judgement);
            verdicts.push((member.provider, judgement.verdict));
        }
        Pallet::<T>::deposit_event(Event::VerdictReached { job, tier, verdicts });
        changed
    }

    fn after_verdict(&mut self, found: bool, changed: bool, at: BlockNumberFor<T>) {
        match (found, self.job.tier) {
            (true, JURY1) if self.job.kind == JobKind::Paid => {
                self.job.state = JobState::Appealable;
                self.job.deadline = at.saturating_add(T::AcceptedWindow::get());
            }
            (false, JURY1) => self.call_second_jury(at),
            (true, _) => {
                Pallet::<T>::settle_dispute(self.id, self.job.appellant.as_mut(), changed);
                self.finish(JobState::Finalised, at)
            }
            (false, _) => self.finish(JobState::Unresolved(UnresolvedReason::NoQuorum), at),
        }
    }
}

impl<T: Config> Pallet<T> {
    /// What a jury of those who offer a model may weigh, from its draw to its verdict.
    pub(crate) fn jury_weight(offers: u32) -> Weight {
        let close = T::WeightInfo::close_computing();
        T::WeightInfo::draw(offers).saturating_add(close).saturating_add(close).saturating_add(T::WeightInfo::conclude_jury())
    }
}
