//! What calls and transitions weigh, each in its worst case.

use crate::{
    advance::JobRecord, challenge::MAX_SEATS, verdict::JURORS, BenchmarkHelper, Call, Challenge, Config, Dispute, HoldReason, Jobs,
    Judgement, Member, MemberOf, Models, Pallet, Revealed, RingEntry, Round, Rounds, Stage, DROP_LIMIT, JURY1, JURY2, MAX_MEMBERS,
    MAX_NAME_LEN, REPLICAS,
};
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{
        fungible::{Inspect, Mutate, MutateHold},
        EnsureOrigin, Get,
    },
    weights::WeightMeter,
    BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, Pallet as System, RawOrigin};
use hearth_primitives::{
    blake2_256,
    blob::{BlobRef, MAX_BLOB_LEN},
    capability::{Benchmark, MAX_ELEMENTS},
    commitment::commitment,
    digest::{Agreement, Digest, Tolerance},
    jury::{JuryStep, Verdicts},
    market::{JobState, MemberOutcome, Report, MAX_REPLICAS, MAX_REPORTS},
    provider::{BackendClass, ChallengePool, ProviderPool},
    JobId, ModelId, Tier, H256,
};
use sp_runtime::{traits::Zero, Saturating};

const OUTPUT: BlobRef = BlobRef { id: H256([7; 32]), len: 1 };

fn rich<T: Config>(name: &'static str) -> T::AccountId {
    let who: T::AccountId = account(name, 0, 0);
    let much = T::Currency::minimum_balance().saturating_add(T::MinPrice::get()).saturating_mul(1_000_000u32.into());
    let deposit = T::ModelDepositBase::get().saturating_add(T::ModelDepositPerMib::get().saturating_mul(8_192u32.into()));
    T::Currency::set_balance(&who, much.saturating_add(deposit.saturating_mul(100u32.into())));
    who
}

fn name() -> BoundedVec<u8, frame_support::traits::ConstU32<MAX_NAME_LEN>> {
    BoundedVec::truncate_from(vec![b'm'; MAX_NAME_LEN as usize])
}

/// Registers another model at each call.
pub(crate) fn benchmark_model<T: Config>() -> ModelId {
    let owner = rich::<T>("model owner");
    let blob = BlobRef { id: blake2_256(&(Models::<T>::iter_keys().count() as u32).to_le_bytes()), len: 1 };
    let done = Pallet::<T>::do_register_model(owner, name(), blob, MAX_BLOB_LEN, MAX_BLOB_LEN, T::MinExec::get(), Tolerance::default(), 1);
    assert!(done.is_ok());
    blob.id
}

/// A model and so many providers of it, as of the block before.
fn market<T: Config>(providers: u32) -> ModelId {
    System::<T>::set_block_number(10u32.into());
    let model = benchmark_model::<T>();
    let price = T::MinPrice::get();
    for index in 0..providers {
        T::BenchmarkHelper::provider(index, 1, model, price, price.saturating_mul(T::LockMultiple::get().into()));
    }
    System::<T>::set_block_number(11u32.into());
    model
}

/// Submits a job with a full round; returns it and the block of its draw, which has begun.
fn submitted<T: Config>(model: ModelId) -> (JobId, BlockNumberFor<T>) {
    let id = crate::NextJobId::<T>::get();
    let input = BlobRef { id: H256([1; 32]), len: 1 };
    let customer = rich::<T>("customer");
    assert!(Pallet::<T>::do_submit_job(customer, model, input, MAX_REPLICAS, T::MinPrice::get(), None).is_ok());
    let due = System::<T>::block_number().saturating_add(T::DrawDelay::get());
    System::<T>::set_block_number(due);
    Pallet::<T>::extend_ring(due);
    (id, due)
}

/// A job whose full round was drawn.
fn drawn<T: Config>() -> JobRecord<T> {
    let model = market::<T>(MAX_REPLICAS);
    let (id, due) = submitted::<T>(model);
    serve::<T>(id, due);
    let record = load::<T>(id);
    assert_eq!(record.job.state, JobState::Computing);
    record
}

fn load<T: Config>(id: JobId) -> JobRecord<T> {
    JobRecord::load(id).expect("the benchmark's job exists")
}

/// Applies the transition of a job that is due in block `due`.
fn serve<T: Config>(id: JobId, due: BlockNumberFor<T>) {
    let mut record = load::<T>(id);
    record.step(due);
    record.store();
}

/// Has every member commit and reveal the same, by the record alone.
fn answered<T: Config>(mut record: JobRecord<T>) -> JobRecord<T> {
    let id = record.id;
    for member in record.round.iter_mut().flat_map(|round| round.members.iter_mut()) {
        Pallet::<T>::dismiss(id, REPLICAS, record.job.kind, member, true);
        member.commitment = Some(H256::zero());
        member.revealed = Some(Revealed { digest: Digest::default(), output: OUTPUT, verdicts: None });
        Pallet::<T>::ref_blob(OUTPUT.id);
    }
    record.job.state = JobState::Accepted;
    record.store();
    load::<T>(id)
}

/// A job that is being revealed, in which `operator` is the one of a full round whose turn it is; the others never come.
fn revealing<T: Config>(model: ModelId, operator: &T::AccountId, salt: [u8; 32]) -> Report {
    let provider = T::Providers::provider_of(operator).expect("the operator has a provider");
    assert!(T::Providers::bind(provider, Zero::zero()).is_ok());
    let (id, due) = submitted::<T>(model);
    let genesis = Pallet::<T>::genesis_hash();
    let digest = Digest { hidden: [1; 16], output: [2; 16] };
    let member = |n: u32| {
        let (provider, operator) =
            if n + 1 == MAX_MEMBERS { (provider, operator.clone()) } else { (1_000 + n, account("other operator", n, 0)) };
        let commitment = commitment(genesis, id, REPLICAS, &operator, &digest, OUTPUT.id, &[], &salt);
        Member {
            provider,
            owner: account("other owner", n, 0),
            operator,
            backend: BackendClass::Cpu,
            commitment: Some(commitment),
            revealed: None,
            outcome: None,
            paid: Zero::zero(),
            taken: Zero::zero(),
            judged: None,
        }
    };
    let members = BoundedVec::truncate_from((0..MAX_MEMBERS).map(member).collect::<Vec<_>>());
    Rounds::<T>::insert(id, REPLICAS, Round { seed: H256::zero(), stage: Stage::Redrawn, lock: Zero::zero(), members });
    let mut record = load::<T>(id);
    record.job.state = JobState::Revealing;
    record.job.deadline = due.saturating_add(1_000_000u32.into());
    record.store();
    Report::Reveal { job: id, tier: REPLICAS, digest, output: OUTPUT, salt }
}

/// Holds the bond of a dispute from `name`.
fn disputed<T: Config>(name: &'static str) -> Option<crate::pool::DisputeOf<T>> {
    let (who, bond) = (rich::<T>(name), T::MinPrice::get());
    T::Currency::hold(&HoldReason::Dispute.into(), &who, bond).expect("whoever disputes is rich");
    Some(Dispute { who, bond, returned: None })
}

/// A job of a full round, of which all have revealed, with a second jury whose full round has revealed and agrees; every replica is wrong.
fn judging<T: Config>() -> JobRecord<T> {
    let jurors = JURORS[1];
    let model = market::<T>(MAX_REPLICAS.saturating_add(jurors));
    T::Currency::set_balance(&Pallet::<T>::pool_account(), T::MinPrice::get().saturating_mul(1_000u32.into()));
    let (id, due) = submitted::<T>(model);
    serve::<T>(id, due);
    let mut record = answered(load::<T>(id));
    record.job.appellant = disputed::<T>("appellant");
    let list = T::Providers::candidates(model, record.job.price, Zero::zero(), record.job.submitted_at);
    let fresh: Vec<_> =
        list.into_iter().filter(|c| record.round.iter().all(|r| r.members.iter().all(|m| m.provider != c.provider))).collect();
    record.replicas = record.round.take();
    record.job.tier = JURY2;
    record.job.state = JobState::Jury2(JuryStep::Revealing);
    record.round = Some(Round { seed: H256::zero(), stage: Stage::Redrawn, lock: Zero::zero(), members: Default::default() });
    record.seat(fresh);
    let verdicts = (0..MAX_REPLICAS as usize).try_fold(Verdicts::default(), |sum, at| sum.with(at, Agreement::Deviant));
    let classes = [BackendClass::Cpu, BackendClass::Nvidia].into_iter().cycle();
    for (member, backend) in record.round.iter_mut().flat_map(|round| round.members.iter_mut()).zip(classes) {
        Pallet::<T>::dismiss(id, JURY2, record.job.kind, member, true);
        member.backend = backend;
        member.commitment = Some(H256::zero());
        member.revealed = Some(Revealed { digest: Digest::default(), output: OUTPUT, verdicts });
        Pallet::<T>::ref_blob(OUTPUT.id);
    }
    record.store();
    load::<T>(id)
}

/// A juror who was in the cluster, whose owner has an account.
fn agreed<T: Config>(n: u32) -> MemberOf<T> {
    let owner: T::AccountId = account("juror", n, 0);
    T::Currency::set_balance(&owner, T::Currency::minimum_balance());
    Member {
        provider: 10_000 + n,
        owner,
        operator: account("juror's operator", n, 0),
        backend: BackendClass::Cpu,
        commitment: Some(H256::zero()),
        revealed: None,
        outcome: Some(MemberOutcome::Valid),
        paid: Zero::zero(),
        taken: Zero::zero(),
        judged: None,
    }
}

/// A market of `providers` with so many slots each, and what challenges ask of them, on the longest input.
fn challenged<T: Config>(providers: u32, slots: u32) -> Benchmark {
    System::<T>::set_block_number(10u32.into());
    let benchmark = Benchmark { model: benchmark_model::<T>(), elements: MAX_ELEMENTS, work: 1 };
    // Those of the genesis are not asked.
    (0..T::Providers::challengeable()).filter_map(T::Providers::at_place).for_each(|it| T::Providers::begin_challenge(it.provider, 1));
    let price = T::MinPrice::get();
    for index in 0..providers {
        T::BenchmarkHelper::provider(index, slots, benchmark.model, price, Zero::zero());
    }
    benchmark
}

/// Challenges every provider there is.
fn challenge_all<T: Config>(benchmark: Benchmark) -> u32 {
    let now = System::<T>::block_number();
    let entry = RingEntry { block: now, ..Default::default() };
    let candidates = (0..T::Providers::challengeable()).filter_map(T::Providers::at_place).collect();
    Pallet::<T>::seat_groups(now, entry, benchmark, candidates)
}

#[benchmarks]
mod benches {
    use super::*;

    #[benchmark]
    fn register_model() {
        let owner = rich::<T>("model owner");
        let blob = BlobRef { id: H256([9; 32]), len: MAX_BLOB_LEN };
        let max_exec = T::MaxExec::get();

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), name(), blob, MAX_BLOB_LEN, MAX_BLOB_LEN, max_exec, Tolerance::default(), 1);

        assert!(Models::<T>::contains_key(blob.id));
    }

    #[benchmark]
    fn retire_model(d: Linear<0, DROP_LIMIT>) {
        let model = market::<T>(d.min(T::Providers::max_candidates()));
        let owner: T::AccountId = account("model owner", 0, 0);

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), model);

        assert!(!Models::<T>::contains_key(model));
    }

    #[benchmark]
    fn submit_job() {
        let model = market::<T>(0);
        let customer = rich::<T>("customer");
        let input = BlobRef { id: H256([1; 32]), len: 1 };

        #[extrinsic_call]
        _(RawOrigin::Signed(customer), model, input, MAX_REPLICAS, T::MinPrice::get(), None);

        assert!(Jobs::<T>::contains_key(0));
    }

    #[benchmark]
    fn report(n: Linear<1, MAX_REPORTS>) {
        let model = market::<T>(0);
        let operator = T::BenchmarkHelper::provider(0, n, model, T::MinPrice::get(), Zero::zero());
        // Straight into storage, so that the customer's limit does not bound the lines.
        let lines: Vec<Report> = (0..n)
            .map(|i| {
                crate::CustomerJobCount::<T>::remove(account::<T::AccountId>("customer", 0, 0));
                revealing::<T>(model, &operator, [i as u8; 32])
            })
            .collect();
        let reports = BoundedVec::truncate_from(lines);

        #[extrinsic_call]
        _(RawOrigin::Signed(operator), reports);

        let last = Rounds::<T>::get(JobId::from(n - 1), REPLICAS).expect("the round exists");
        assert!(last.members.iter().any(|m| m.revealed.is_some()));
    }

    #[benchmark]
    fn poke() {
        let model = market::<T>(0);
        let (id, due) = submitted::<T>(model);
        System::<T>::set_block_number(due.saturating_add(1u32.into()));
        let caller: T::AccountId = whitelisted_caller();

        #[extrinsic_call]
        _(RawOrigin::Signed(caller), id);

        assert!(Jobs::<T>::get(id).is_some_and(|job| job.state.is_terminal()));
    }

    #[benchmark]
    fn draw(c: Linear<MAX_REPLICAS, { T::Providers::max_candidates() }>) {
        let model = market::<T>(c);
        let (id, due) = submitted::<T>(model);

        #[block]
        {
            serve::<T>(id, due);
        }

        assert_eq!(Rounds::<T>::get(id, REPLICAS).map(|round| round.members.len()), Some(MAX_REPLICAS as usize));
    }

    #[benchmark]
    fn set_benchmark() -> Result<(), BenchmarkError> {
        let benchmark = Some(Benchmark { model: benchmark_model::<T>(), elements: MAX_ELEMENTS, work: 1 });
        let origin = T::CuratorOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, benchmark);

        assert_eq!(crate::CapabilityBenchmark::<T>::get(), benchmark);
        Ok(())
    }

    #[benchmark]
    fn set_pay_only() -> Result<(), BenchmarkError> {
        let model = benchmark_model::<T>();
        let origin = T::CuratorOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, model, false);

        assert!(Models::<T>::get(model).is_some_and(|model| !model.pay_only));
        Ok(())
    }

    #[benchmark]
    fn dispute() {
        let record = answered(drawn::<T>());
        let (id, who) = (record.id, rich::<T>("challenger"));

        #[extrinsic_call]
        challenge(RawOrigin::Signed(who), id);

        assert_eq!(Jobs::<T>::get(id).map(|job| job.tier), Some(JURY1));
    }

    #[benchmark]
    fn conclude_jury() {
        let mut record = judging::<T>();
        // The end that follows is weighed by itself: without a quorum's verdict on the last member there is none here.
        record.job.tier = JURY1;
        let at = record.job.deadline;

        #[block]
        {
            record.conclude_jury(at);
        }

        assert_eq!(record.job.state, JobState::Appealable);
    }

    #[benchmark]
    fn close_computing() {
        let record = drawn::<T>();
        let (id, due) = (record.id, record.job.deadline);

        #[block]
        {
            serve::<T>(id, due);
        }

        assert_eq!(Rounds::<T>::get(id, REPLICAS).map(|round| round.stage), Some(Stage::RedrawDue));
    }

    #[benchmark]
    fn settle() {
        let mut record = answered(drawn::<T>());
        let id = record.id;
        record.job.slashes = true;
        // Both juries are to be paid.
        let jurors = |tier: Tier, size: u32| {
            let members = (0..size).map(|n| agreed::<T>(u32::from(tier) * 100 + n)).collect::<Vec<_>>();
            Round { seed: H256::zero(), stage: Stage::Redrawn, lock: Zero::zero(), members: BoundedVec::truncate_from(members) }
        };
        record.replicas = record.round.take();
        record.round = Some(jurors(JURY2, JURORS[1]));
        record.job.tier = JURY2;
        Rounds::<T>::insert(id, JURY1, jurors(JURY1, JURORS[0]));
        record.job.challenger = disputed::<T>("challenger");
        record.job.appellant = disputed::<T>("appellant");
        T::Currency::set_balance(&Pallet::<T>::pool_account(), T::MinPrice::get().saturating_mul(1_000u32.into()));
        // Half of them are paid, the others convicted, which costs more.
        let convicted = Some(Judgement { verdict: Agreement::Deviant, slashable: true });
        let members = record.replicas.iter_mut().flat_map(|round| round.members.iter_mut());
        members.step_by(2).for_each(|member| member.judged = convicted);
        record.job.accepted_until = None;
        record.store();
        let due = load::<T>(id).job.deadline;

        #[block]
        {
            serve::<T>(id, due);
        }

        assert_eq!(Jobs::<T>::get(id).map(|job| job.state), Some(JobState::Finalised));
    }

    #[benchmark]
    fn settle_challenge() {
        let benchmark = challenged::<T>(MAX_REPLICAS, 1);
        assert_eq!(challenge_all::<T>(benchmark), 1);
        let record = answered(load::<T>(0));
        let (id, due) = (record.id, record.job.deadline);

        #[block]
        {
            serve::<T>(id, due);
        }

        assert_eq!(Jobs::<T>::get(id).map(|job| job.state), Some(JobState::Finalised));
    }

    #[benchmark]
    fn challenge(g: Linear<0, MAX_SEATS>) {
        // Each group is full, and more of them are charged as if they were.
        let benchmark = challenged::<T>(if g > 0 { MAX_REPLICAS } else { 0 }, g);
        crate::CapabilityBenchmark::<T>::put(benchmark);
        let now = System::<T>::block_number();
        Pallet::<T>::extend_ring(now);
        let places = T::Providers::challengeable();
        if places > 0 {
            crate::CurrentChallenge::<T>::put(Challenge { seed: H256::zero(), places, next: 0 });
        }

        #[block]
        {
            Pallet::<T>::serve_challenge(now, &mut WeightMeter::new());
        }

        assert_eq!(crate::NextJobId::<T>::get(), JobId::from(g));
    }

    #[benchmark]
    fn prune() {
        let mut record = answered(drawn::<T>());
        let (id, at) = (record.id, record.job.deadline);
        record.finish(JobState::Finalised, at);
        let due = record.job.deadline;
        record.store();

        #[block]
        {
            serve::<T>(id, due);
        }

        assert!(!Jobs::<T>::contains_key(id));
    }

    #[benchmark]
    fn extend_ring() {
        let now: BlockNumberFor<T> = 300u32.into();
        System::<T>::set_block_number(now);
        Pallet::<T>::extend_ring(now.saturating_sub(1u32.into()));

        #[block]
        {
            Pallet::<T>::extend_ring(now);
        }

        assert!(Pallet::<T>::ring_entry(now.saturating_sub(1u32.into())).is_some());
    }

    #[benchmark]
    fn serve_block() {
        let now: BlockNumberFor<T> = 300u32.into();
        crate::AgendaCursor::<T>::put(now);

        #[block]
        {
            Pallet::<T>::serve_agenda(now, &mut WeightMeter::new());
        }

        assert_eq!(crate::AgendaCursor::<T>::get(), Some(now.saturating_add(1u32.into())));
    }

    #[benchmark]
    fn serve_job() {
        let model = market::<T>(0);
        let (id, due) = submitted::<T>(model);
        let found: Option<JobId>;

        #[block]
        {
            found = crate::Agenda::<T>::iter_key_prefix(due).next();
        }

        assert_eq!(found, Some(id));
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::TestExt::market(0).build(), crate::mock::Test);
}
