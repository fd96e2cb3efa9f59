//! Due work: at the start of each block, the transitions whose block has come, as far as the block's budget goes; what is left is served
//! first in the next. The cursor never passes a block with work, and no deadline is ever set before it, because deadlines only grow.

use crate::{
    advance::{Draws, JobRecord},
    challenge::MAX_GROUPS,
    math,
    verdict::JURORS,
    Agenda, AgendaCursor, Config, Error, Pallet, Penalties, WeightInfo, RING_LEN,
};
use frame_support::{
    dispatch::{DispatchResultWithPostInfo, Pays, PostDispatchInfo},
    ensure,
    traits::{fungible::Inspect, Defensive, Get},
    weights::{Weight, WeightMeter},
};
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::{market::MAX_REPLICAS, provider::ProviderPool, JobId};
use sp_runtime::{
    traits::{One, Zero},
    Saturating,
};

impl<T: Config> Pallet<T> {
    /// The start of a block: randomness, a challenge if there is one, then due work. Before any call, so a call sees a job past its deadline
    /// only when the budget ran out.
    pub(crate) fn begin_block(now: BlockNumberFor<T>) -> Weight {
        Self::extend_ring(now);
        let mut meter = WeightMeter::with_limit(T::MaxServiceWeight::get());
        Self::serve_challenge(now, &mut meter);
        Self::serve_agenda(now, &mut meter);
        T::WeightInfo::extend_ring().saturating_add(meter.consumed())
    }

    /// Serves the agenda up to `now`, one transition at a time, while the meter can bear the heaviest one.
    pub(crate) fn serve_agenda(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
        let mut cursor = AgendaCursor::<T>::get().unwrap_or(now);
        let needed = T::WeightInfo::serve_job().saturating_add(Self::worst_step());
        'blocks: while cursor <= now && meter.try_consume(T::WeightInfo::serve_block()).is_ok() {
            while let Some(job) = Agenda::<T>::iter_key_prefix(cursor).next() {
                if !meter.can_consume(needed) {
                    break 'blocks;
                }
                meter.consume(T::WeightInfo::serve_job().saturating_add(Self::serve(job, cursor, now)));
            }
            cursor.saturating_inc();
        }
        AgendaCursor::<T>::put(cursor);
    }

    /// Applies the transition for which the agenda has `job` under `block`; returns what it weighed.
    fn serve(job: JobId, block: BlockNumberFor<T>, now: BlockNumberFor<T>) -> Weight {
        let Some(mut record) = JobRecord::<T>::load(job).filter(|record| record.job.deadline == block).defensive() else {
            Agenda::<T>::remove(block, job);
            return Weight::zero();
        };
        record.step(now);
        let weight = record.weight;
        record.store();
        weight
    }

    /// What a poke may weigh: the most transitions that one job can be behind.
    pub(crate) fn poke_weight() -> Weight {
        // From a deadline to the next draw, after which members have their time: the end of computing and of revealing, then a verdict or an
        // end.
        let close = T::WeightInfo::close_computing();
        T::WeightInfo::poke()
            .saturating_add(close)
            .saturating_add(close)
            .saturating_add(T::WeightInfo::draw(T::Providers::max_candidates()))
            .saturating_add(Self::worst_step())
            .saturating_add(T::WeightInfo::prune())
    }

    pub(crate) fn do_poke(job: JobId) -> DispatchResultWithPostInfo {
        let now = frame_system::Pallet::<T>::block_number();
        let mut record = JobRecord::<T>::load(job).ok_or(Error::<T>::UnknownJob)?;
        ensure!(record.advance(now, Draws::Make) > 0, Error::<T>::NothingDue);
        let weight = T::WeightInfo::poke().saturating_add(record.weight);
        record.store();
        Ok(PostDispatchInfo { actual_weight: Some(weight), pays_fee: Pays::No })
    }

    /// What a runtime must not configure, and whoever changes its numbers must not decide.
    pub fn check_numbers() -> Result<(), &'static str> {
        let ring = BlockNumberFor::<T>::from(RING_LEN);
        ensure!(T::DrawDelay::get() > One::one(), "a draw must use randomness that is unknown at the submission");
        ensure!(T::DrawDelay::get() < ring, "a draw's randomness must still be in the ring");
        ensure!(!T::RevealPeriod::get().is_zero(), "commitments need time to be opened");
        ensure!(!T::AcceptedWindow::get().is_zero(), "payment must not come before agreement");
        ensure!(!T::Retention::get().is_zero(), "an ended job must be readable");
        ensure!((1..=T::MaxExec::get()).contains(&T::MinExec::get()) && T::MaxJobsPerCustomer::get() > 0, "no job could be run");
        ensure!(T::LockMultiple::get() > 0, "a member must have something at stake");
        let Penalties { no_show, non_reveal, challenge_bond, appeal_bond, customer, challenger } = T::Penalties::get();
        let lock = T::LockMultiple::get();
        ensure!(no_show <= non_reveal, "to hide a result must not be cheaper than to give none");
        ensure!(non_reveal <= lock, "a penalty must not be more than what is locked");
        ensure!(non_reveal > 0, "a juror must have something at stake");
        ensure!(challenge_bond >= JURORS[0] && appeal_bond >= JURORS[1], "a dispute that is lost must pay for its jury");
        ensure!(T::MinJurors::get() > JURORS[0], "who judges must be drawn among more");
        ensure!(T::AcceptedWindow::get() > T::DrawDelay::get(), "the lot must fall before payment");
        ensure!(T::FaultWindow::get() > 0, "faults are counted among some jobs");
        ensure!(math::returned(lock, customer, challenger) <= lock / 2, "whoever challenges itself must lose by it");
        ensure!(math::deters(T::AuditRate::get(), lock, customer), "audits so rare and locks so small would not deter");
        ensure!(T::Providers::max_candidates() >= MAX_REPLICAS, "a full draw must be possible");
        ensure!(T::MinPrice::get() >= T::Currency::minimum_balance(), "a payment must not be dust");
        ensure!(!T::ChallengePeriod::get().is_zero() && !T::ChallengeRetention::get().is_zero(), "a challenge needs time");
        let block = T::WeightInfo::serve_block().saturating_add(T::WeightInfo::serve_job()).saturating_add(Self::worst_step());
        let full = block.saturating_add(T::WeightInfo::challenge(MAX_GROUPS));
        ensure!(T::MaxServiceWeight::get().all_gte(full), "the budget must bear the largest challenge and the heaviest transition");
        Ok(())
    }
}
