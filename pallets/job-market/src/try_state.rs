//! What must hold in every block: money, agenda, indices and counts agree with the jobs and models.

use crate::{
    math,
    verdict::{self, Juror},
    Agenda, AgendaCursor, BalanceOf, BlobRefs, CapabilityBenchmark, Config, CurrentChallenge, CustomerJobCount, CustomerJobs, HoldReason,
    JobOf, Jobs, MemberOf, Models, NextJobId, OperatorJobs, Pallet, Ring, RoundOf, Rounds, Stage, JURY1, JURY2, REPLICAS, RING_LEN,
};
use alloc::{
    collections::{btree_map::BTreeMap, btree_set::BTreeSet},
    vec::Vec,
};
use frame_support::{ensure, traits::fungible::InspectHold};
use hearth_primitives::{
    jury::JuryStep,
    market::{JobKind, JobState, MemberOutcome},
    JobId, Tier,
};
use sp_runtime::{traits::Zero, Saturating, TryRuntimeError};

type Check = Result<(), TryRuntimeError>;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_try_state() -> Check {
        Self::check_money()?;
        Self::check_agenda()?;
        Self::check_rounds()?;
        Self::check_indices()?;
        Self::check_challenge()?;
        Self::check_ring()
    }

    /// A challenge that runs has somebody left to ask, and challenges have their model.
    fn check_challenge() -> Check {
        let unfinished = CurrentChallenge::<T>::get().is_none_or(|challenge| challenge.next < challenge.places);
        ensure!(unfinished, "a challenge that has asked everybody is not over");
        let model = CapabilityBenchmark::<T>::get().map(|benchmark| benchmark.model);
        ensure!(model.is_none_or(Models::<T>::contains_key), "the model of challenges is gone");
        Ok(())
    }

    /// Held = owed, for each customer and each model's owner; nothing is held for an ended job.
    fn check_money() -> Check {
        let (mut escrows, mut deposits, mut bonds) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (id, job) in Jobs::<T>::iter() {
            ensure!(id < NextJobId::<T>::get(), "a job's id was not given yet");
            let premium = math::premium(job.price, job.audit);
            let owed = job.price.saturating_mul(job.replicas.into()).saturating_add(job.fee).saturating_add(premium);
            ensure!(job.state.is_terminal() || job.held == owed, "a running job's escrow is not shares, fee and premium");
            ensure!(job.premium.is_zero() || job.premium == premium || job.state.is_terminal(), "a premium is neither due nor waived");
            ensure!(job.state.is_terminal() == job.ended_at.is_some(), "a job has an end exactly if it ended");
            let members = Rounds::<T>::iter_prefix(id).flat_map(|(tier, round)| round.members.into_iter().map(move |m| (tier, m)));
            let paid: Vec<_> = members.filter(|(_, m)| !m.paid.is_zero()).collect();
            ensure!(job.state.is_terminal() || paid.is_empty(), "a member was paid before the end");
            let fees = paid
                .iter()
                .filter(|(tier, _)| *tier != REPLICAS)
                .fold(Zero::zero(), |sum: BalanceOf<T>, (_, m)| sum.saturating_add(m.paid));
            ensure!(fees == job.jury_fees, "what jurors were paid is not what they cost");
            for dispute in [job.challenger, job.appellant].into_iter().flatten().filter(|dispute| dispute.returned.is_none()) {
                ensure!(!job.state.is_terminal(), "an ended job holds a bond");
                let sum = bonds.entry(dispute.who).or_insert_with(Zero::zero);
                *sum = dispute.bond.saturating_add(*sum);
            }
            let sum = escrows.entry(job.customer).or_insert_with(Zero::zero);
            *sum = job.held.saturating_add(*sum);
        }
        for (customer, owed) in escrows {
            let held = T::Currency::balance_on_hold(&HoldReason::Escrow.into(), &customer);
            ensure!(held == owed, "a customer's hold is not the sum of the jobs' escrows");
        }
        for (who, owed) in bonds {
            let held = T::Currency::balance_on_hold(&HoldReason::Dispute.into(), &who);
            ensure!(held == owed, "what is held for disputes is not the sum of their bonds");
        }
        for model in Models::<T>::iter_values() {
            let sum = deposits.entry(model.owner).or_insert_with(Zero::zero);
            *sum = model.deposit.saturating_add(*sum);
        }
        for (owner, owed) in deposits {
            let held = T::Currency::balance_on_hold(&HoldReason::ModelDeposit.into(), &owner);
            ensure!(held == owed, "an owner's hold is not the sum of the models' deposits");
        }
        Ok(())
    }

    /// Every job stands in the agenda once, at its deadline, and the cursor has passed none.
    fn check_agenda() -> Check {
        ensure!(Agenda::<T>::iter_keys().count() == Jobs::<T>::iter_keys().count(), "the agenda holds something besides each job once");
        let cursor = AgendaCursor::<T>::get().unwrap_or_default();
        for (id, job) in Jobs::<T>::iter() {
            ensure!(Agenda::<T>::contains_key(job.deadline, id), "a job is not in the agenda at its deadline");
            ensure!(job.deadline >= cursor, "the agenda's cursor has passed a job");
        }
        Ok(())
    }

    /// Rounds fit their jobs' states; exactly the members that have something to do are indexed by their operators; nobody stands in a round
    /// twice.
    fn check_rounds() -> Check {
        let mut busy = 0;
        for (id, tier, round) in Rounds::<T>::iter() {
            let job = Jobs::<T>::get(id).ok_or("a round without a job")?;
            ensure!(tier <= job.tier, "a round that has not come yet");
            let open = round.members.iter().filter(|m| m.outcome.is_none());
            ensure!(!job.state.is_terminal() || open.clone().count() == 0, "an ended job binds a member");
            if tier != job.tier {
                ensure!(tier == REPLICAS || open.clone().count() == 0, "a jury that is over binds a juror");
                ensure!(open.clone().all(|m| m.revealed.is_some()), "a jury judges what is not revealed");
            } else {
                Self::check_present_round(&job, &round)?;
            }
            Self::check_jurors(id, tier, &job, &round)?;
            for member in open.filter(|member| member.is_busy()) {
                busy += 1;
                let indexed = OperatorJobs::<T>::get(&member.operator, id) == Some(tier);
                ensure!(indexed, "a busy member is not in the operators' index");
            }
            let providers: BTreeSet<_> = round.members.iter().map(|m| m.provider).collect();
            let owners: BTreeSet<_> = round.members.iter().map(|m| &m.owner).collect();
            let count = round.members.len();
            ensure!(providers.len() == count && owners.len() == count, "a provider or an owner stands in a round twice");
            ensure!(!owners.contains(&job.customer), "a customer computes its own job");
        }
        ensure!(OperatorJobs::<T>::iter_keys().count() == busy, "the operators' index holds something besides the busy members");
        Ok(())
    }

    /// The round that runs fits its job's state.
    fn check_present_round(job: &JobOf<T>, round: &RoundOf<T>) -> Check {
        let mut open = round.members.iter().filter(|m| m.outcome.is_none());
        match job.state {
            JobState::Submitted | JobState::Jury1(JuryStep::Drawing) | JobState::Jury2(JuryStep::Drawing) => {
                return Err("a round before the draw".into());
            }
            state if state.is_computing() => {
                let waits = round.stage == Stage::RedrawDue;
                ensure!(waits == (round.awaited() == 0), "a computing round awaits nobody, or a redraw does");
            }
            state if state.is_revealing() => {
                ensure!(open.all(|m| m.commitment.is_some()), "a member that did not commit is bound while others reveal");
                ensure!(!round.all_revealed(), "all is revealed and was not evaluated");
            }
            JobState::Accepted => ensure!(open.all(|m| m.revealed.is_some()), "accepted, and not all is revealed"),
            _ => ensure!(open.next().is_none(), "a jury that has judged binds a juror"),
        }
        Ok(())
    }

    /// Jurors are fresh and no party; who was convicted was so by what a jury has shown.
    fn check_jurors(id: JobId, tier: Tier, job: &JobOf<T>, round: &RoundOf<T>) -> Check {
        let before = (REPLICAS..tier).filter_map(|tier| Rounds::<T>::get(id, tier)).flat_map(|round| round.members);
        let earlier: BTreeSet<_> = before.flat_map(|m| [m.owner, m.operator]).collect();
        let appellant = job.appellant.as_ref().filter(|_| tier == JURY2);
        let disputes: Vec<_> = job.challenger.iter().chain(appellant).map(|dispute| &dispute.who).collect();
        let fresh = |who: &T::AccountId| !earlier.contains(who) && *who != job.customer && disputes.iter().all(|other| *other != who);
        let strangers = round.members.iter().all(|m| fresh(&m.owner) && fresh(&m.operator));
        ensure!(tier == REPLICAS || strangers, "a juror is no stranger to the job");
        let mut convicted = round.members.iter().enumerate().filter(|(_, m)| m.outcome == Some(MemberOutcome::Slashed));
        let judged = |m: &MemberOf<T>| tier == REPLICAS && m.judged.is_some_and(|judged| judged.slashable);
        ensure!(convicted.clone().all(|(_, m)| judged(m)), "a member was slashed whom no jury convicted");
        ensure!(convicted.all(|(at, _)| Self::convicts(id, round, at)), "a member was slashed whom the jury's own words do not convict");
        Ok(())
    }

    /// Whether the last jury that found a verdict convicts the member number `at` of the replicas' round, by what its jurors have shown.
    fn convicts(id: JobId, replicas: &RoundOf<T>, at: usize) -> bool {
        let agreed = |jury: &RoundOf<T>| {
            let members = jury.members.iter().filter(|m| m.outcome == Some(MemberOutcome::Valid));
            let jurors = members.filter_map(|m| Some(Juror { backend: m.backend, verdicts: m.revealed?.verdicts? }));
            (jurors.collect::<Vec<_>>(), verdict::quorum(jury.members.len() as u32))
        };
        // Accused are those who have revealed, in order.
        let number = replicas.members.iter().take(at).filter(|m| m.revealed.is_some()).count();
        let juries = [JURY2, JURY1].into_iter().filter_map(|tier| Rounds::<T>::get(id, tier));
        let last = juries.map(|jury| agreed(&jury)).find(|(jurors, _)| !jurors.is_empty());
        last.is_some_and(|(jurors, quorum)| jurors.len() as u32 >= quorum && verdict::judge(&jurors, number, quorum).slashable)
    }

    /// Counts and references agree with what they count.
    fn check_indices() -> Check {
        let (mut blobs, mut customers, mut active) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (id, job) in Jobs::<T>::iter() {
            let paid = job.kind == JobKind::Paid;
            ensure!(CustomerJobs::<T>::contains_key(&job.customer, id) == paid, "the customers' index does not hold the paid jobs");
            if paid {
                *customers.entry(job.customer).or_insert(0u32) += 1;
            }
            if !job.state.is_terminal() {
                *blobs.entry(job.input.id).or_insert(0u32) += 1;
                *active.entry(job.model).or_insert(0u32) += 1;
            }
        }
        let indexed = CustomerJobs::<T>::iter_keys().count();
        ensure!(indexed == customers.values().sum::<u32>() as usize, "the customers' index holds something besides the jobs");
        ensure!(customers == CustomerJobCount::<T>::iter().collect(), "the customers' counts are not their jobs'");
        for (id, model) in Models::<T>::iter() {
            ensure!(id == model.blob.id, "a model's id is not its blob's");
            ensure!(active.remove(&id).unwrap_or_default() == model.active_jobs, "a model's active jobs are miscounted");
            *blobs.entry(id).or_insert(0) += 1;
        }
        ensure!(active.is_empty(), "a running job's model is gone");
        for revealed in Rounds::<T>::iter_values().flat_map(|round| round.members).filter_map(|m| m.revealed) {
            *blobs.entry(revealed.output.id).or_insert(0) += 1;
        }
        ensure!(blobs == BlobRefs::<T>::iter().collect(), "the blobs' references are miscounted");
        Ok(())
    }

    /// Each entry of the ring stands in its slot.
    fn check_ring() -> Check {
        for (slot, entry) in Ring::<T>::iter() {
            ensure!(slot < RING_LEN && entry.block % RING_LEN.into() == slot.into(), "an entry of the ring is in another's slot");
        }
        Ok(())
    }
}
