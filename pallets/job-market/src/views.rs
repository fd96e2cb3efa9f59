//! What the runtime API shows of the market, and what the registry asks of it. Reads only.

use crate::{
    math, verdict, BalanceOf, BlobRefs, Config, CustomerJobs, JobOf, Jobs, MemberOf, ModelOf, Models, OperatorJobs, Pallet, Rounds, JURY1,
    JURY2, REPLICAS,
};
use alloc::{string::String, vec::Vec};
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::{
    blob::BlobId,
    jury::{Accused, JuryView},
    market::{Duty, DutyStep, JobKind, JobState, JobView, MemberView, ModelView},
    provider::{ModelDirectory, ProviderPool},
    JobId, ModelId, Tier,
};
use sp_runtime::traits::Zero;

type ModelViewOf<T> = ModelView<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;
type JobViewOf<T> = JobView<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
    /// Every model, in order of id.
    pub fn models() -> Vec<ModelViewOf<T>> {
        let mut models: Vec<_> = Models::<T>::iter().map(|(id, model)| view_model::<T>(id, model)).collect();
        models.sort_by_key(|model| model.id);
        models
    }

    /// One model.
    pub fn model(id: ModelId) -> Option<ModelViewOf<T>> {
        Models::<T>::get(id).map(|model| view_model::<T>(id, model))
    }

    /// One job, until it is pruned.
    pub fn job(id: JobId) -> Option<JobViewOf<T>> {
        Jobs::<T>::get(id).map(|job| view_job::<T>(id, job))
    }

    /// The jobs of a customer that are not pruned, oldest first.
    pub fn jobs_of(customer: &T::AccountId) -> Vec<JobId> {
        let mut jobs: Vec<_> = CustomerJobs::<T>::iter_key_prefix(customer).collect();
        jobs.sort_unstable();
        jobs
    }

    /// What is to be done for the provider that reports by `operator`, the most urgent first.
    pub fn duties(operator: &T::AccountId) -> Vec<Duty<BlockNumberFor<T>>> {
        let mut duties: Vec<_> =
            OperatorJobs::<T>::iter_prefix(operator).filter_map(|(job, tier)| duty::<T>(operator, job, tier)).collect();
        duties.sort_by_key(|duty| (duty.deadline, duty.job));
        duties
    }

    /// For each blob, whether the chain refers to it.
    pub fn blobs_referenced(ids: &[BlobId]) -> Vec<bool> {
        ids.iter().map(BlobRefs::<T>::contains_key).collect()
    }

    /// What is held for a job of `replicas` at `price` that is audited as often as all are, and the fee in it.
    pub fn quote(replicas: u32, price: BalanceOf<T>) -> (BalanceOf<T>, BalanceOf<T>) {
        let quote = math::quote(replicas, price, T::FeeRate::get(), T::AuditRate::get());
        (quote.escrow, quote.fee)
    }
}

fn view_model<T: Config>(id: ModelId, model: ModelOf<T>) -> ModelViewOf<T> {
    ModelView {
        id,
        name: String::from_utf8_lossy(&model.name).into_owned(),
        owner: model.owner,
        blob: model.blob,
        max_input_len: model.max_input_len,
        max_output_len: model.max_output_len,
        max_exec: model.max_exec.into(),
        tolerance: model.tolerance,
        output_scale: model.output_scale,
        deposit: model.deposit,
        offers: T::Providers::offer_count(id),
        active_jobs: model.active_jobs,
        retired: model.retired,
        pay_only: model.pay_only,
    }
}

fn view_member<T: Config>(member: MemberOf<T>) -> MemberView<T::AccountId, BalanceOf<T>> {
    MemberView {
        provider: member.provider,
        operator: member.operator,
        backend: member.backend,
        committed: member.commitment.is_some(),
        digest: member.revealed.map(|revealed| revealed.digest),
        output: member.revealed.map(|revealed| revealed.output),
        outcome: member.outcome,
        paid: member.paid,
        judged: member.judged.map(|judged| judged.verdict),
        verdicts: member.revealed.and_then(|revealed| revealed.verdicts),
    }
}

fn view_job<T: Config>(id: JobId, job: JobOf<T>) -> JobViewOf<T> {
    let members = Rounds::<T>::get(id, REPLICAS).map(|round| round.members.into_inner()).unwrap_or_default();
    let ended = job.state.is_terminal();
    // The lot is no concern of those who wait for the payment.
    let until = if job.state == JobState::Accepted { job.accepted_until.unwrap_or(job.deadline) } else { job.deadline };
    let juries = [JURY1, JURY2].into_iter().filter_map(|tier| Some((tier, Rounds::<T>::get(id, tier)?.members)));
    let juries = juries.map(|(tier, members)| JuryView {
        tier,
        quorum: verdict::quorum(members.len() as u32),
        members: members.into_iter().map(view_member::<T>).collect(),
    });
    JobView {
        id,
        kind: job.kind,
        customer: job.customer,
        model: job.model,
        input: job.input,
        replicas: job.replicas,
        price: job.price,
        held: job.held,
        fee: if ended { job.fee } else { Zero::zero() },
        refunded: job.refunded,
        state: job.state,
        submitted_at: job.submitted_at,
        deadline: (!ended).then_some(until),
        revealed_at: job.revealed_at,
        ended_at: job.ended_at,
        members: members.into_iter().map(view_member::<T>).collect(),
        max_distance: job.max_distance,
        audit: job.audit.deconstruct(),
        premium: job.premium,
        cause: job.cause,
        challenger: job.challenger.map(|dispute| dispute.who),
        appellant: job.appellant.map(|dispute| dispute.who),
        juries: juries.collect(),
    }
}

/// What the member that reports by `operator` has to do in a round. None for one that has revealed: it only waits to be paid.
fn duty<T: Config>(operator: &T::AccountId, id: JobId, tier: Tier) -> Option<Duty<BlockNumberFor<T>>> {
    let job = Jobs::<T>::get(id)?;
    let round = Rounds::<T>::get(id, tier)?;
    let member = round.members.iter().find(|m| m.operator == *operator && m.outcome.is_none())?;
    let step = match (member.commitment, member.revealed) {
        (None, _) if job.state.is_computing() => DutyStep::Commit,
        (Some(_), _) if job.state.is_computing() => DutyStep::Wait,
        (Some(commitment), None) if job.state.is_revealing() => DutyStep::Reveal(commitment),
        _ => return None,
    };
    let model = Models::<T>::get(job.model)?;
    Some(Duty {
        job: id,
        tier,
        provider: member.provider,
        seed: round.seed,
        step,
        deadline: job.deadline,
        model: model.blob,
        input: job.input,
        generated: match job.kind {
            JobKind::Paid => None,
            JobKind::Challenge { elements, .. } => Some(elements),
        },
        max_output_len: model.max_output_len,
        output_scale: model.output_scale,
        tolerance: model.tolerance,
        accused: if tier == REPLICAS { Vec::new() } else { accused::<T>(id) },
    })
}

/// The results that a jury of a job judges, in the order in which jurors' opinions go.
fn accused<T: Config>(id: JobId) -> Vec<Accused> {
    let Some(round) = Rounds::<T>::get(id, REPLICAS) else { return Vec::new() };
    let seed = round.seed;
    let stand = round.members.iter().filter_map(|m| m.stands().map(|revealed| (m.provider, revealed)));
    stand.map(|(provider, revealed)| Accused { provider, seed, digest: revealed.digest, output: revealed.output }).collect()
}

impl<T: Config> ModelDirectory for Pallet<T> {
    fn accepts_offers(model: ModelId) -> bool {
        Models::<T>::get(model).is_some_and(|model| !model.retired)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_model() -> ModelId {
        crate::benchmarking::benchmark_model::<T>()
    }
}
