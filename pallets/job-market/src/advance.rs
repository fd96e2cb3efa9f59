//! The transitions of a job, and when each is due. What a line of a report changes stands in `report`, what juries do in `jury`, what an end
//! pays in `settle`.
//!
//! A job's state is a function of the calls and of time. Each transition counts from the block in which it was due, not from the one in
//! which it is applied; so it does not matter when, how often or by whom a job is served. Draws alone count from when they are made.

use crate::{
    draw, Agenda, BlobRefs, CandidateOf, Config, CustomerJobCount, CustomerJobs, Event, JobOf, Jobs, Member, Models, OperatorJobs, Pallet,
    Round, RoundOf, Rounds, Stage, WeightInfo, JURY1, MAX_TRIES, REPLICAS,
};
use alloc::vec::Vec;
use frame_support::{
    defensive,
    traits::{Defensive, Get},
    weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::{
    blob::BlobId,
    governance::OnEscrowChange,
    jury::{JuryCause, JuryStep},
    market::{CancelReason, DeclineReason, JobKind, JobState, MemberOutcome, UnresolvedReason},
    provider::ProviderPool,
    JobId, ProviderId, H256,
};
use sp_runtime::{
    traits::{One, Zero},
    Saturating,
};

/// A job with its current round, read once, changed, and written back by [`Self::store`].
pub(crate) struct JobRecord<T: Config> {
    pub id: JobId,
    pub job: JobOf<T>,
    /// The one that is running, or ran last; none before its draw.
    pub round: Option<RoundOf<T>>,
    /// The replicas' round, while the present one is a jury's.
    pub replicas: Option<RoundOf<T>>,
    /// What the transitions have cost so far.
    pub weight: Weight,
    /// Where the agenda has the job.
    scheduled: BlockNumberFor<T>,
    /// Whether in the jury that ends just now a quorum has shown results that do not agree.
    pub split: bool,
    /// Whether the record is to be removed.
    pruned: bool,
}

/// Whether [`JobRecord::advance`] may draw: a draw looks at every offer of a model, which a line of a report does not pay for.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Draws {
    Make,
    Leave,
}

impl<T: Config> JobRecord<T> {
    /// Reads a job.
    pub fn load(id: JobId) -> Option<Self> {
        let job = Jobs::<T>::get(id)?;
        let round = Rounds::<T>::get(id, job.tier);
        let replicas = if job.tier == REPLICAS { None } else { Rounds::<T>::get(id, REPLICAS) };
        Some(Self { id, scheduled: job.deadline, job, round, replicas, weight: Weight::zero(), split: false, pruned: false })
    }

    /// Writes the job back and moves it in the agenda, or removes it.
    pub fn store(self) {
        let Self { id, job, round, replicas, scheduled, pruned, .. } = self;
        if pruned {
            return Self::remove(id, job, scheduled);
        }
        if job.deadline != scheduled {
            Agenda::<T>::remove(scheduled, id);
            Agenda::<T>::insert(job.deadline, id, ());
        }
        if let Some(replicas) = replicas {
            Rounds::<T>::insert(id, REPLICAS, replicas);
        }
        if let Some(round) = round {
            Rounds::<T>::insert(id, job.tier, round);
        }
        Jobs::<T>::insert(id, job);
    }

    /// Removes the job and everything that refers to it.
    fn remove(id: JobId, job: JobOf<T>, scheduled: BlockNumberFor<T>) {
        Agenda::<T>::remove(scheduled, id);
        for round in Rounds::<T>::drain_prefix(id).map(|(_, round)| round) {
            round.members.iter().filter_map(|m| m.revealed).for_each(|revealed| Pallet::<T>::unref_blob(revealed.output.id));
        }
        if job.kind == JobKind::Paid {
            CustomerJobs::<T>::remove(&job.customer, id);
            CustomerJobCount::<T>::mutate_exists(&job.customer, |count| {
                *count = count.unwrap_or_default().checked_sub(1).filter(|left| *left > 0);
            });
        }
        Jobs::<T>::remove(id);
        Pallet::<T>::deposit_event(Event::JobPruned { job: id });
    }

    /// Applies every transition that is due; returns how many there were.
    pub fn advance(&mut self, now: BlockNumberFor<T>, draws: Draws) -> u32 {
        let mut steps = 0;
        while self.is_due(now) && (draws == Draws::Make || !self.draws_next()) {
            self.step(now);
            steps += 1;
        }
        steps
    }

    /// Whether the present state is over.
    pub fn is_due(&self, now: BlockNumberFor<T>) -> bool {
        !self.pruned && self.job.deadline <= now
    }

    fn draws_next(&self) -> bool {
        match self.job.state {
            JobState::Submitted => true,
            JobState::Computing => self.round.as_ref().is_some_and(|round| round.stage == Stage::RedrawDue),
            JobState::Accepted => self.awaits_lot(),
            state => state.jury_step() == Some(JuryStep::Drawing),
        }
    }

    /// Applies the one transition that is due. The state changes or the deadline grows, or the record goes: a step that did nothing would be
    /// due for ever.
    pub fn step(&mut self, now: BlockNumberFor<T>) {
        let before = (self.job.state, self.job.deadline);
        self.transit(now);
        if (self.job.state, self.job.deadline) == before && !self.pruned {
            defensive!("a transition changed nothing");
            self.job.deadline = now.saturating_add(One::one());
        }
    }

    fn transit(&mut self, now: BlockNumberFor<T>) {
        let at = self.job.deadline;
        match self.job.state {
            JobState::Submitted => self.draw_members(now),
            JobState::Computing if self.draws_next() => self.draw_replacements(now),
            JobState::Computing => self.close_computing(at),
            JobState::Revealing => self.close_revealing(at),
            JobState::Accepted if self.awaits_lot() => self.draw_lot(now),
            JobState::Accepted | JobState::Appealable => self.finish(JobState::Finalised, at),
            JobState::Jury1(step) | JobState::Jury2(step) => match step {
                JuryStep::Drawing => self.draw_jury(now),
                JuryStep::Computing => self.close_jury(at),
                JuryStep::Revealing => self.close_opening(at),
            },
            JobState::Finalised | JobState::Cancelled(_) | JobState::Unresolved(_) => self.prune(at),
        }
    }

    /// Comes to a step of the present round.
    pub fn enter(&mut self, step: JuryStep) {
        self.job.state = match (self.job.tier, step) {
            (REPLICAS, JuryStep::Drawing) => JobState::Submitted,
            (REPLICAS, JuryStep::Computing) => JobState::Computing,
            (REPLICAS, JuryStep::Revealing) => JobState::Revealing,
            (JURY1, step) => JobState::Jury1(step),
            (_, step) => JobState::Jury2(step),
        };
    }

    /// The least commitments with which a job goes on: a result needs another one beside it, unless it was ordered alone. In a challenge it
    /// always does: what is compared with nothing proves nothing.
    fn least(&self) -> usize {
        match self.job.kind {
            JobKind::Paid => self.job.replicas.min(2) as usize,
            JobKind::Challenge { .. } => 2,
        }
    }

    /// Submitted ends: draw the members.
    fn draw_members(&mut self, now: BlockNumberFor<T>) {
        let Some(entry) = Pallet::<T>::entry_for_draw(self.job.deadline) else {
            if !self.draw_again(now) {
                self.finish(JobState::Cancelled(CancelReason::DrawExpired), now);
            }
            return;
        };
        let tier = self.job.tier;
        let seed = draw::round_seed(entry.accumulated, entry.epoch, self.id, tier);
        let drawn = draw::draw(seed, self.candidates(), self.job.replicas);
        if drawn.len() < self.job.replicas as usize {
            return self.finish(JobState::Cancelled(CancelReason::TooFewProviders), now);
        }
        self.round = Some(Round { seed, stage: Stage::Drawn, lock: self.job.lock, members: Default::default() });
        let providers = self.seat(drawn);
        if providers.len() < self.job.replicas as usize {
            return self.finish(JobState::Cancelled(CancelReason::TooFewProviders), now);
        }
        self.compute_from(now, seed, providers);
    }

    /// The wait for a redraw ends: draw replacements for the places that no commitment fills. None may be found.
    fn draw_replacements(&mut self, now: BlockNumberFor<T>) {
        let entry = Pallet::<T>::entry_for_draw(self.job.deadline);
        if entry.is_none() && self.draw_again(now) {
            return;
        }
        let Some(round) = &mut self.round else { return self.finish(JobState::Cancelled(CancelReason::DrawExpired), now) };
        round.stage = Stage::Redrawn;
        let seed = round.seed;
        let missing = self.job.replicas.saturating_sub(round.committed() as u32);
        let Some(entry) = entry else { return self.conclude(now, CancelReason::DrawExpired) };
        let choice = draw::redraw_seed(entry.accumulated, entry.epoch, self.id, self.job.tier);
        let drawn = draw::draw(choice, self.candidates(), missing);
        let providers = self.seat(drawn);
        if providers.is_empty() {
            let reason = self.declined_by_all().map_or(CancelReason::TooFewCommitments, CancelReason::Declined);
            return self.conclude(now, reason);
        }
        self.compute_from(now, seed, providers);
    }

    /// Puts the draw that is due off to one with randomness that nobody knows yet; returns whether it may be, once more.
    pub fn draw_again(&mut self, now: BlockNumberFor<T>) -> bool {
        let again = self.job.tries < MAX_TRIES;
        if again {
            self.weight.saturating_accrue(T::WeightInfo::draw(0));
            self.job.tries = self.job.tries.saturating_add(1);
            self.job.deadline = now.saturating_add(T::DrawDelay::get());
        }
        again
    }

    /// Those who may be drawn: no customer's own provider, nobody who is in the round already, by provider, owner or operator.
    fn candidates(&mut self) -> Vec<CandidateOf<T>> {
        let job = &self.job;
        self.weight.saturating_accrue(T::WeightInfo::draw(T::Providers::offer_count(job.model)));
        let mut candidates = T::Providers::candidates(job.model, job.price, job.lock, job.submitted_at);
        let members = self.round.as_ref().map(|round| &round.members[..]).unwrap_or_default();
        candidates.retain(|c| {
            !c.is_of(&job.customer)
                && (job.replicas > 1 || c.trusted)
                && members.iter().all(|m| m.provider != c.provider && m.owner != c.owner && m.operator != c.operator)
        });
        candidates
    }

    /// Makes the drawn members of the round: locks the bond of each, and takes a slot of replicas. One for whom that fails drops out; none
    /// does, because candidates have both free.
    pub fn seat(&mut self, drawn: Vec<CandidateOf<T>>) -> Vec<ProviderId> {
        let (id, tier) = (self.id, self.job.tier);
        let Some(round) = &mut self.round else { return Vec::new() };
        let lock = round.lock;
        let mut seated = Vec::with_capacity(drawn.len());
        for candidate in drawn {
            let (provider, operator) = (candidate.provider, candidate.operator.clone());
            let bound = if tier == REPLICAS { T::Providers::bind(provider, lock) } else { T::Providers::bind_juror(provider, lock) };
            if bound.defensive_proof("candidates can be bound").is_err() {
                continue;
            }
            match round.members.try_push(Member::new(candidate)).defensive_proof("a round has room for each place twice") {
                Ok(()) => {
                    OperatorJobs::<T>::insert(&operator, id, tier);
                    seated.push(provider);
                }
                Err(_) => {
                    if tier == REPLICAS {
                        T::Providers::free_slot(provider);
                    }
                    T::Providers::unbind(provider, lock, MemberOutcome::Cancelled, false);
                }
            }
        }
        seated
    }

    /// Members have been drawn in block `now`: their time begins.
    pub fn compute_from(&mut self, now: BlockNumberFor<T>, seed: H256, providers: Vec<ProviderId>) {
        let max_exec = Models::<T>::get(self.job.model).defensive().map(|model| model.max_exec).unwrap_or(1);
        self.enter(JuryStep::Computing);
        self.job.tries = 0;
        self.job.deadline = now.saturating_add(max_exec.max(1).into());
        let (job, tier, deadline) = (self.id, self.job.tier, self.job.deadline);
        Pallet::<T>::deposit_event(Event::Drawn { job, tier, seed, providers, deadline });
    }

    /// The time to commit is over at `at`: who has not is absent. Places are filled once more, then the job goes on with what there is.
    fn close_computing(&mut self, at: BlockNumberFor<T>) {
        self.weight.saturating_accrue(T::WeightInfo::close_computing());
        self.release(|member| member.is_awaited().then_some(MemberOutcome::Absent));
        match self.round.as_ref().map(|round| round.stage) {
            Some(Stage::Drawn) => self.schedule_redraw(at),
            _ => self.conclude(at, CancelReason::TooFewCommitments),
        }
    }

    fn schedule_redraw(&mut self, at: BlockNumberFor<T>) {
        let Some(round) = &mut self.round else { return };
        round.stage = Stage::RedrawDue;
        self.job.deadline = at.saturating_add(T::DrawDelay::get());
        Pallet::<T>::deposit_event(Event::RedrawScheduled { job: self.id, tier: self.job.tier, at: self.job.deadline });
    }

    /// After a commitment or a refusal in block `now`: if nobody is awaited any more, the deadline need not be.
    pub fn close_if_answered(&mut self, now: BlockNumberFor<T>) {
        let Some(round) = &self.round else { return };
        if round.awaited() > 0 || round.stage == Stage::RedrawDue {
            return;
        }
        if self.job.tier != REPLICAS {
            return self.close_jury(now);
        }
        let first = round.stage == Stage::Drawn;
        match self.declined_by_all() {
            Some(reason) if !first || round.declined().all(lies_in_the_job) => {
                self.finish(JobState::Cancelled(CancelReason::Declined(reason)), now)
            }
            _ if first && round.committed() < self.least() => self.schedule_redraw(now),
            _ => self.conclude(now, CancelReason::TooFewCommitments),
        }
    }

    /// Why every member declined, if every one did: the reason of the last in the order of the draw, so that it does not matter who was first.
    fn declined_by_all(&self) -> Option<DeclineReason> {
        let round = self.round.as_ref()?;
        round.declined().last().filter(|_| round.declined().count() == round.members.len())
    }

    /// Goes on to revealing with those who committed, or cancels for `reason` if they are too few.
    fn conclude(&mut self, at: BlockNumberFor<T>, reason: CancelReason) {
        let committed = self.round.as_ref().map(|round| round.committed()).unwrap_or_default();
        if committed < self.least() {
            return self.finish(JobState::Cancelled(reason), at);
        }
        self.reveal_from(at)
    }

    /// Commitments are closed as of block `at`: the time to open them begins.
    pub fn reveal_from(&mut self, at: BlockNumberFor<T>) {
        self.enter(JuryStep::Revealing);
        self.job.deadline = at.saturating_add(T::RevealPeriod::get());
        Pallet::<T>::deposit_event(Event::RevealStarted { job: self.id, tier: self.job.tier, deadline: self.job.deadline });
    }

    /// The time to reveal is over at `at` and a commitment is not open, else the job would be past it. Who hides a result is out, and has those
    /// judged who did not: or a result could be had undone by hiding another.
    fn close_revealing(&mut self, at: BlockNumberFor<T>) {
        self.weight.saturating_accrue(T::WeightInfo::close_computing());
        self.release(|member| member.revealed.is_none().then_some(MemberOutcome::NotRevealed));
        let revealed = self.round.iter().flat_map(|round| round.members.iter()).filter(|m| m.stands().is_some()).count();
        match self.job.kind {
            // In a challenge there is nothing to undo: the others are compared.
            JobKind::Challenge { .. } if revealed >= self.least() => self.evaluate(at),
            JobKind::Paid if revealed > 0 => self.call_jury(JuryCause::NotRevealed, at),
            _ => self.finish(JobState::Cancelled(CancelReason::NotRevealed), at),
        }
    }

    /// Everything is revealed in block `now`: compare every pair. Where one does not agree, a jury decides: replicas convict nobody.
    pub fn evaluate(&mut self, now: BlockNumberFor<T>) {
        let (Some(round), Some(model)) = (&self.round, Models::<T>::get(self.job.model).defensive()) else {
            // Nothing can be compared.
            return self.finish(JobState::Unresolved(UnresolvedReason::Disagreement), now);
        };
        let digests: Vec<_> = round.members.iter().filter_map(|m| m.revealed).map(|revealed| revealed.digest).collect();
        let pairs = digests.iter().enumerate().flat_map(|(i, a)| digests.iter().skip(i + 1).map(move |b| a.distance(b)));
        let (largest, agree) = crate::settle::judge(pairs, model.tolerance);
        self.job.max_distance = largest;
        if !agree {
            return self.call_jury(JuryCause::Dissent, now);
        }
        let until = now.saturating_add(T::AcceptedWindow::get());
        let has_lot = self.job.audit.deconstruct() > 0;
        self.job.state = JobState::Accepted;
        self.job.accepted_until = Some(until);
        self.job.deadline = if has_lot { now.saturating_add(T::DrawDelay::get()).min(until) } else { until };
        Pallet::<T>::deposit_event(Event::JobAccepted { job: self.id, deadline: until });
    }

    /// The record has been readable for long enough. It stays while money of it is still held, which a failed refund can cause.
    fn prune(&mut self, at: BlockNumberFor<T>) {
        self.weight.saturating_accrue(T::WeightInfo::prune());
        if !self.job.held.is_zero() {
            self.refund_rest();
            T::OnEscrowChange::on_escrow_change(&self.job.customer);
        }
        self.pruned = self.job.held.is_zero();
        self.job.deadline = at.saturating_add(self.retention());
    }

    /// Blocks for which the job can be read once it has ended.
    pub fn retention(&self) -> BlockNumberFor<T> {
        match self.job.kind {
            JobKind::Paid => T::Retention::get(),
            JobKind::Challenge { .. } => T::ChallengeRetention::get(),
        }
    }
}

/// Whether every provider would decline for this reason, so that another draw is of no use.
fn lies_in_the_job(reason: DeclineReason) -> bool {
    use DeclineReason::*;
    match reason {
        ModelInvalid | UnsupportedOperator | InputInvalid | LimitExceeded | ResultFault => true,
        ModelUnavailable | InputUnavailable | WorkerFailed => false,
    }
}

impl<T: Config> Pallet<T> {
    /// The chain refers to a blob once more.
    pub(crate) fn ref_blob(id: BlobId) {
        BlobRefs::<T>::mutate(id, |count| count.saturating_inc());
    }

    /// The chain refers to a blob once less.
    pub(crate) fn unref_blob(id: BlobId) {
        BlobRefs::<T>::mutate_exists(id, |count| *count = count.unwrap_or_default().checked_sub(1).filter(|left| *left > 0));
    }
}
