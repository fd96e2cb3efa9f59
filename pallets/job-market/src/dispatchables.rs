//! What the calls on models and jobs do. Reports stand in `report`, pokes in `agenda`.

use crate::{
    math, types::MAX_NAME_LEN, Agenda, BalanceOf, CapabilityBenchmark, Config, CustomerJobCount, CustomerJobs, Error, Event,
    GenesisBenchmark, HoldReason, Job, Jobs, Model, ModelOf, Models, NextJobId, Pallet, WeightInfo, DROP_LIMIT,
};
use frame_support::{
    dispatch::{DispatchResult, DispatchResultWithPostInfo, Pays, PostDispatchInfo},
    ensure,
    traits::{fungible::MutateHold, tokens::Precision, ConstU32, Get},
    weights::Weight,
    BoundedVec,
};
use hearth_primitives::{
    blob::{BlobRef, MAX_BLOB_LEN},
    capability::{self, Benchmark, MAX_ELEMENTS},
    digest::Tolerance,
    governance::Brake,
    market::{JobKind, MAX_REPLICAS},
    provider::ProviderPool,
    ModelId,
};
use sp_runtime::{traits::Zero, Perbill, Saturating};

impl<T: Config> Pallet<T> {
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn do_register_model(
        owner: T::AccountId,
        name: BoundedVec<u8, ConstU32<MAX_NAME_LEN>>,
        blob: BlobRef,
        max_input_len: u64,
        max_output_len: u64,
        max_exec: u32,
        tolerance: Tolerance,
        output_scale: u32,
    ) -> DispatchResult {
        let deposit = math::model_deposit(blob.len, T::ModelDepositBase::get(), T::ModelDepositPerMib::get());
        let (active_jobs, retired, pay_only, faults) = (0, false, true, Default::default());
        let model = Model {
            name,
            owner: owner.clone(),
            blob,
            max_input_len,
            max_output_len,
            max_exec,
            tolerance,
            output_scale,
            deposit,
            active_jobs,
            retired,
            pay_only,
            faults,
        };
        Self::add_model(model)?;
        Self::deposit_event(Event::ModelRegistered { model: blob.id, owner, deposit });
        Ok(())
    }

    /// Adds a model that keeps to the limits, and holds its deposit, if it has any.
    fn add_model(model: ModelOf<T>) -> Result<(), Error<T>> {
        let lengths = [model.blob.len, model.max_input_len, model.max_output_len];
        ensure!(lengths.iter().all(|len| (1..=MAX_BLOB_LEN).contains(len)), Error::<T>::BadLimits);
        ensure!((T::MinExec::get()..=T::MaxExec::get()).contains(&model.max_exec), Error::<T>::BadLimits);
        let printable = |name: &str| !name.is_empty() && !name.chars().any(char::is_control);
        ensure!(core::str::from_utf8(&model.name).is_ok_and(printable), Error::<T>::BadName);
        let id = model.blob.id;
        ensure!(!Models::<T>::contains_key(id), Error::<T>::ModelExists);
        if !model.deposit.is_zero() {
            T::Currency::hold(&HoldReason::ModelDeposit.into(), &model.owner, model.deposit).map_err(|_| Error::<T>::CannotPay)?;
        }
        Self::ref_blob(id);
        Models::<T>::insert(id, model);
        Ok(())
    }

    pub(crate) fn do_retire_model(who: T::AccountId, id: ModelId) -> DispatchResultWithPostInfo {
        let mut model = Models::<T>::get(id).ok_or(Error::<T>::UnknownModel)?;
        // Without it nobody who is offline could come back.
        ensure!(CapabilityBenchmark::<T>::get().is_none_or(|benchmark| benchmark.model != id), Error::<T>::ModelOfChallenges);
        let first = !model.retired;
        if first {
            ensure!(who == model.owner, Error::<T>::NotModelOwner);
            model.retired = true;
            Models::<T>::insert(id, &model);
            Self::deposit_event(Event::ModelRetired { model: id });
        }
        if model.active_jobs > 0 {
            ensure!(first, Error::<T>::NothingDue);
            return Ok(Some(T::WeightInfo::retire_model(0)).into());
        }
        let dropped = T::Providers::drop_offers(id, DROP_LIMIT);
        if T::Providers::offer_count(id) == 0 {
            let reason = HoldReason::ModelDeposit.into();
            T::Currency::release(&reason, &model.owner, model.deposit, Precision::Exact)?;
            Models::<T>::remove(id);
            Self::unref_blob(id);
            Self::deposit_event(Event::ModelRemoved { model: id });
        }
        let pays_fee = if first { Pays::Yes } else { Pays::No };
        Ok(PostDispatchInfo { actual_weight: Some(T::WeightInfo::retire_model(dropped)), pays_fee })
    }

    /// Registers the model of a new chain's challenges, and names it.
    pub(crate) fn benchmark_at_genesis(genesis: GenesisBenchmark) {
        let GenesisBenchmark { name, blob, max_output_len, max_exec, tolerance, output_scale, benchmark } = genesis;
        assert!(benchmark.model == blob.id, "the genesis names another model for challenges than it has");
        assert!((1..=MAX_ELEMENTS).contains(&benchmark.elements), "the input of challenges has no length that the chain can make");
        let name = BoundedVec::try_from(name.into_bytes()).unwrap_or_else(|name| panic!("a model's name has {} bytes", name.len()));
        let max_input_len = capability::input(Default::default(), benchmark.elements).len() as u64;
        let model = Model {
            name,
            owner: Self::protocol_account(),
            blob,
            max_input_len,
            max_output_len,
            max_exec,
            tolerance,
            output_scale,
            deposit: Zero::zero(),
            active_jobs: 0,
            retired: false,
            pay_only: true,
            faults: Default::default(),
        };
        if let Err(error) = Self::add_model(model) {
            panic!("the model of challenges cannot be registered: {error:?}");
        }
        CapabilityBenchmark::<T>::put(benchmark);
    }

    /// From now on wrong results of a model are slashed, or not. Its faults are counted anew.
    pub(crate) fn do_set_pay_only(id: ModelId, pay_only: bool) -> DispatchResult {
        Models::<T>::try_mutate(id, |slot| {
            let model = slot.as_mut().ok_or(Error::<T>::UnknownModel)?;
            model.pay_only = pay_only;
            model.faults = Default::default();
            Self::deposit_event(Event::PayOnlySet { model: id, pay_only });
            Ok(())
        })
    }

    /// What runs goes on with what was asked. The market goes by the model's own limits, so the model can be anybody's.
    pub(crate) fn do_set_benchmark(new: Option<Benchmark>) -> DispatchResult {
        if let Some(Benchmark { model, elements, .. }) = new {
            let model = Models::<T>::get(model).ok_or(Error::<T>::UnknownModel)?;
            ensure!(!model.retired, Error::<T>::ModelRetired);
            ensure!((1..=MAX_ELEMENTS).contains(&elements), Error::<T>::BadLimits);
            let len = capability::input(Default::default(), elements).len() as u64;
            ensure!(len <= model.max_input_len, Error::<T>::InputTooLong);
        }
        let old = CapabilityBenchmark::<T>::get();
        CapabilityBenchmark::<T>::set(new);
        Self::deposit_event(Event::BenchmarkSet { old, new });
        Ok(())
    }

    /// What a submission weighs together with the transitions that follow from it when `offers` providers offer the model; with a jury if the
    /// customer wants one more often than others.
    pub(crate) fn submit_weight(offers: u32, audited: bool) -> Weight {
        let (draw, close) = (T::WeightInfo::draw(offers), T::WeightInfo::close_computing());
        let transitions = [draw, close, T::WeightInfo::settle(), T::WeightInfo::prune()];
        let jury = if audited { Self::jury_weight(offers) } else { Weight::zero() };
        transitions.iter().fold(T::WeightInfo::submit_job().saturating_add(jury), |sum, weight| sum.saturating_add(*weight))
    }

    pub(crate) fn do_submit_job(
        customer: T::AccountId,
        model_id: ModelId,
        input: BlobRef,
        replicas: u32,
        price: BalanceOf<T>,
        audit: Option<Perbill>,
    ) -> DispatchResultWithPostInfo {
        let mut model = Models::<T>::get(model_id).ok_or(Error::<T>::UnknownModel)?;
        ensure!(!model.retired, Error::<T>::ModelRetired);
        ensure!(!T::Brake::pauses_jobs(model_id), Error::<T>::Paused);
        ensure!((1..=MAX_REPLICAS).contains(&replicas), Error::<T>::BadReplicas);
        ensure!(price >= T::MinPrice::get(), Error::<T>::PriceTooLow);
        ensure!(input.len > 0, Error::<T>::InputEmpty);
        ensure!(input.len <= model.max_input_len, Error::<T>::InputTooLong);
        let jobs = CustomerJobCount::<T>::get(&customer);
        ensure!(jobs < T::MaxJobsPerCustomer::get(), Error::<T>::TooManyJobs);
        let id = NextJobId::<T>::get();
        let next = id.checked_add(1).ok_or(Error::<T>::NoIdLeft)?;

        let rate = audit.unwrap_or_default().max(T::AuditRate::get());
        let quote = math::quote(replicas, price, T::FeeRate::get(), rate);
        Self::hold_escrow(HoldReason::Escrow, &customer, quote.escrow)?;
        let now = frame_system::Pallet::<T>::block_number();
        let deadline = now.saturating_add(T::DrawDelay::get());
        let job = Job {
            price,
            lock: price.saturating_mul(T::LockMultiple::get().into()),
            fee: quote.fee,
            held: quote.escrow,
            audit: rate,
            premium: quote.premium,
            slashes: !model.pay_only,
            ..Job::new(JobKind::Paid, customer.clone(), model_id, input, replicas, now, deadline)
        };
        NextJobId::<T>::put(next);
        Jobs::<T>::insert(id, job);
        Agenda::<T>::insert(deadline, id, ());
        CustomerJobs::<T>::insert(&customer, id, ());
        CustomerJobCount::<T>::insert(&customer, jobs.saturating_add(1));
        Self::ref_blob(input.id);
        model.active_jobs.saturating_inc();
        Models::<T>::insert(model_id, model);
        Self::deposit_event(Event::JobSubmitted { job: id, customer, model: model_id, held: quote.escrow });
        Ok(Some(Self::submit_weight(T::Providers::offer_count(model_id), audit.is_some())).into())
    }
}
