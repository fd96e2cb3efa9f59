//! Juries: how one is called and drawn, what its jurors' time brings, and the verdict. What a verdict is stands in `verdict`, what it costs in
//! `settle`.
//!
//! | called by | if there are too few jurors | if the second jury has no quorum |
//! |---|---|---|
//! | dissent, a result that is hidden | the job is Unresolved | the same |
//! | the lot | it is not audited, and the premium goes back | the replicas agreed, and are paid |
//! | a challenge | bond and premium go back, and the job is Accepted still | the bond goes back; the replicas agreed, and are paid |
//! | a first jury without a quorum, called by dissent or a result that is hidden | the job is Unresolved | |
//! | a first jury without a quorum, called by the lot or a challenge | the bond goes back; the replicas agreed, and are paid | |
//! | an appeal | the bond goes back, and the first verdict stands, by which nobody is slashed | the same, but slashes stay, see below |
//!
//! Too few are there if those who may judge, busy or not, are too few, or if the draw was put off ten times because too few could put up
//! their bond just then. A seat takes no slot, and replicas leave a part of each bond for juries: who fills the network with jobs does not
//! take the judges away.
//!
//! What a first jury convicted of is slashed although a second one finds nothing, unless a quorum of its jurors has shown results that do not
//! agree: who stays away undoes nothing.
//!
//! There is no redraw in a jury: who does not come is penalised, and what the others say counts if they are a quorum. Jurors are free at the
//! verdict, and paid when the job ends: see `settle`.

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
    jury::{JuryCause, JuryStep, Verdicts},
    market::{JobKind, JobState, MemberOutcome, UnresolvedReason},
    provider::{ChallengePool, ProviderPool},
    reward::ProvenWork,
    Tier, H256,
};
use sp_runtime::{
    traits::{One, Zero},
    Saturating,
};

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
        self.tell_called();
    }

    /// Puts a jury's draw off; returns whether it may be, once more.
    fn draw_jury_again(&mut self, now: BlockNumberFor<T>) -> bool {
        let again = self.draw_again(now);
        if again {
            self.tell_called();
        }
        again
    }

    fn tell_called(&self) {
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
        self.job.tries = 0;
        // Or it would matter whether the next jury is served together with this one.
        self.split = false;
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
        let until = self.job.accepted_until.unwrap_or(due);
        let entry = Pallet::<T>::entry_for_draw(due);
        if entry.is_none() && self.draw_again(now) {
            // Payment waits for the lot.
            self.job.accepted_until = Some(until.max(self.job.deadline.saturating_add(One::one())));
            return;
        }
        self.job.deadline = until;
        let needed = self.job.replicas.saturating_add(T::MinJurors::get());
        // In a small network nothing is audited, wherever the lot would fall.
        let entry = entry.filter(|_| T::Providers::offer_count(self.job.model) >= needed);
        let Some(entry) = entry else { return self.waive_premium() };
        if draw::audit_lot(entry.accumulated, entry.epoch, self.id) >= self.job.audit.deconstruct() {
            return;
        }
        // From here on the job is to be judged, also if its jurors cannot be drawn yet.
        self.job.cause = Some(JuryCause::Audit);
        self.open_round(JURY1);
        self.enter(JuryStep::Drawing);
        self.seat_or_wait(entry, due, now)
    }

    fn waive_premium(&mut self) {
        self.job.premium = Zero::zero();
    }

    /// A jury's draw is due.
    pub fn draw_jury(&mut self, now: BlockNumberFor<T>) {
        let due = self.job.deadline;
        match Pallet::<T>::entry_for_draw(due) {
            Some(entry) => self.seat_or_wait(entry, due, now),
            None if self.draw_jury_again(now) => {}
            None => self.go_without_jury(due),
        }
    }

    /// Seats the jury that is to be drawn by `entry`. If too few can be seated just now it is drawn again later, unless it was often enough, or
    /// there never can be enough of them.
    fn seat_or_wait(&mut self, entry: RingEntry<BlockNumberFor<T>>, due: BlockNumberFor<T>, now: BlockNumberFor<T>) {
        let seed = draw::round_seed(entry.accumulated, entry.epoch, self.id, self.job.tier);
        let (jurors, all) = self.jurors(seed);
        let least = T::MinJurors::get();
        if jurors.len() as u32 >= least {
            self.seat_jury(now, seed, jurors)
        } else if all < least || !self.draw_jury_again(now) {
            self.go_without_jury(due)
        }
    }

    /// All who may judge and can put up their bond: trusted, no customer, nobody who disputes, and nobody of an earlier round, by provider,
    /// owner or operator. Besides, how many may judge at the most when their bonds are free.
    fn jurors(&mut self, seed: H256) -> (Vec<CandidateOf<T>>, u32) {
        let job = &self.job;
        let (mut candidates, looked): (Vec<(CandidateOf<T>, bool)>, u32) = match job.kind {
            JobKind::Paid => {
                let list = T::Providers::jurors(job.model, job.price, Self::juror_lock(job.price), job.submitted_at);
                (list, T::Providers::offer_count(job.model))
            }
            JobKind::Challenge { .. } => {
                let places = T::Providers::challengeable();
                let looked = places.min(MAX_PLACES);
                ((0..looked).map(walk(seed, places)).filter_map(T::Providers::juror_at).map(|juror| (juror, true)).collect(), looked)
            }
        };
        let first_jury: Option<RoundOf<T>> = if job.tier == JURY2 { Rounds::<T>::get(self.id, JURY1) } else { None };
        let earlier: Vec<_> =
            [&self.round, &self.replicas, &first_jury].into_iter().flatten().flat_map(|round| round.members.iter()).collect();
        let disputes = [&job.challenger, &job.appellant].into_iter().flatten().map(|dispute| &dispute.who);
        let parties: Vec<_> = disputes.chain([&job.customer]).collect();
        // Owners and operators crosswise: who owns one may operate another.
        candidates.retain(|(c, _)| {
            c.trusted
                && !parties.iter().any(|who| c.is_of(who))
                && !earlier.iter().any(|m| m.provider == c.provider || c.is_of(&m.owner) || c.is_of(&m.operator))
        });
        let all = match job.kind {
            JobKind::Paid => candidates.len() as u32,
            // Others are found at other places.
            JobKind::Challenge { .. } => T::Providers::challengeable().saturating_sub(earlier.len() as u32),
        };
        self.weight.saturating_accrue(T::WeightInfo::draw(looked));
        (candidates.into_iter().filter_map(|(juror, able)| able.then_some(juror)).collect(), all)
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
            (JURY1, Some(JuryCause::Audit | JuryCause::Challenge)) => {
                self.weight.saturating_accrue(T::WeightInfo::dispute());
                // Nor could the lot have called one.
                self.waive_premium();
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
            (JURY2, _) => self.end_without_second_verdict(true, UnresolvedReason::TooFewJurors, at),
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
        self.reveal_from(at)
    }

    /// The time of jurors to reveal is over at `at`.
    pub fn close_opening(&mut self, at: BlockNumberFor<T>) {
        self.weight.saturating_accrue(T::WeightInfo::close_computing());
        self.release(|member| member.revealed.is_none().then_some(MemberOutcome::NotRevealed));
        self.conclude_jury(at)
    }

    /// Every juror has revealed or is out, as of block `at`: those who agree judge, and are paid when the job ends; the others have no say, nor
    /// has who has no opinion on one of the accused.
    pub fn conclude_jury(&mut self, at: BlockNumberFor<T>) {
        self.weight.saturating_accrue(T::WeightInfo::conclude_jury());
        let (id, tier, kind) = (self.id, self.job.tier, self.job.kind);
        let Some(model) = Models::<T>::get(self.job.model).defensive() else {
            // Nothing can be compared.
            self.release(|_| Some(MemberOutcome::Cancelled));
            return self.finish(JobState::Unresolved(UnresolvedReason::NoQuorum), at);
        };
        let Some(mut jury) = self.round.take().defensive() else {
            return self.finish(JobState::Unresolved(UnresolvedReason::TooFewJurors), at);
        };
        let quorum = verdict::quorum(jury.members.len() as u32);
        let accused = self.replicas.iter().flat_map(|round| round.members.iter()).filter(|m| m.stands().is_some()).count();
        let opinions = |said: Verdicts| (0..accused).all(|at| said.on(at).is_some());
        let standing: Vec<_> = jury
            .members
            .iter()
            .filter_map(|m| Some((m.provider, m.backend, m.stands()?)))
            .filter(|(_, _, revealed)| revealed.verdicts.is_some_and(opinions))
            .collect();
        let digests: Vec<_> = standing.iter().map(|(_, _, revealed)| revealed.digest).collect();
        let agreeing: Vec<_> = verdict::cluster(&digests, model.tolerance).into_iter().filter_map(|at| standing.get(at)).collect();
        let found = agreeing.len() as u32 >= quorum;
        let clustered: Vec<_> = agreeing.iter().filter(|_| found).map(|(provider, _, _)| *provider).collect();
        let jurors: Vec<_> = agreeing
            .iter()
            .map(|(_, backend, revealed)| Juror { backend: *backend, verdicts: revealed.verdicts.unwrap_or_default() })
            .collect();
        let changed = found && self.judge(&jurors, quorum);
        self.split = !found && standing.len() as u32 >= quorum;

        let brought = release_round::<T>(
            (id, tier, kind, self.counts()),
            self.job.price,
            &mut jury,
            |member| match member.revealed {
                None => Some(MemberOutcome::Cancelled),
                Some(_) if clustered.contains(&member.provider) => Some(MemberOutcome::Valid),
                Some(_) => Some(MemberOutcome::Outlier),
            },
            |member, outcome| {
                if let (JobKind::Challenge { work, .. }, MemberOutcome::Valid) = (kind, outcome) {
                    // It has run the same model on the same input.
                    T::Work::proven(member.provider, work.into());
                }
                Zero::zero()
            },
        );
        self.round = Some(jury);
        self.job.brought = self.job.brought.saturating_add(brought);
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
            // Those who came and do not agree show that results differ by themselves, for which nobody is slashed.
            (false, _) => self.end_without_second_verdict(self.split, UnresolvedReason::NoQuorum, at),
        }
    }

    /// The second jury finds nothing, or there can be none. A first verdict stands, by which nobody is slashed if that `spares`. Without one
    /// what the replicas agreed about is paid: jurors who stay away undo nothing that nobody shows to be wrong. What is in dispute is
    /// Unresolved, for `reason`.
    fn end_without_second_verdict(&mut self, spares: bool, reason: UnresolvedReason, at: BlockNumberFor<T>) {
        if self.job.appellant.is_some() {
            Pallet::<T>::settle_dispute(self.id, self.job.appellant.as_mut(), true);
            if spares {
                let judged = self.replicas.iter_mut().flat_map(|round| round.members.iter_mut()).filter_map(|m| m.judged.as_mut());
                judged.for_each(|judgement| judgement.slashable = false);
            }
            return self.finish(JobState::Finalised, at);
        }
        if matches!(self.job.cause, Some(JuryCause::Audit | JuryCause::Challenge)) {
            Pallet::<T>::settle_dispute(self.id, self.job.challenger.as_mut(), true);
            return self.finish(JobState::Finalised, at);
        }
        self.finish(JobState::Unresolved(reason), at)
    }
}

impl<T: Config> Pallet<T> {
    /// What a jury of those who offer a model may weigh, from its draw to its verdict.
    pub(crate) fn jury_weight(offers: u32) -> Weight {
        let close = T::WeightInfo::close_computing();
        T::WeightInfo::draw(offers).saturating_add(close).saturating_add(close).saturating_add(T::WeightInfo::conclude_jury())
    }
}
