//! Disputes: whoever puts up a bond has a result judged, or a verdict judged again. Who was wrong loses the bond.

use crate::{
    advance::{Draws, JobRecord},
    Config, Dispute, Error, Event, HoldReason, Pallet, WeightInfo,
};
use frame_support::{dispatch::DispatchResultWithPostInfo, ensure, traits::Get, weights::Weight};
use hearth_primitives::{
    jury::JuryCause,
    market::{JobKind, JobState},
    provider::ProviderPool,
    JobId,
};

impl<T: Config> Pallet<T> {
    /// What a dispute may weigh: it may find the job behind, and pays in advance for the jury that it calls.
    pub(crate) fn dispute_weight() -> Weight {
        Self::poke_weight().saturating_add(T::WeightInfo::dispute()).saturating_add(Self::jury_weight(T::Providers::max_candidates()))
    }

    pub(crate) fn do_challenge(who: T::AccountId, id: JobId) -> DispatchResultWithPostInfo {
        let now = frame_system::Pallet::<T>::block_number();
        let mut record = JobRecord::<T>::load(id).ok_or(Error::<T>::UnknownJob)?;
        record.advance(now, Draws::Make);
        ensure!(record.job.state == JobState::Accepted && record.job.kind == JobKind::Paid, Error::<T>::NotAccepted);
        let dispute = Self::put_up(id, who, &record, T::Penalties::get().challenge_bond)?;
        record.job.challenger = Some(dispute);
        record.call_jury(JuryCause::Challenge, now);
        Self::stored(record)
    }

    pub(crate) fn do_appeal(who: T::AccountId, id: JobId) -> DispatchResultWithPostInfo {
        let now = frame_system::Pallet::<T>::block_number();
        let mut record = JobRecord::<T>::load(id).ok_or(Error::<T>::UnknownJob)?;
        record.advance(now, Draws::Make);
        ensure!(record.job.state == JobState::Appealable, Error::<T>::NotAppealable);
        let dispute = Self::put_up(id, who, &record, T::Penalties::get().appeal_bond)?;
        record.job.appellant = Some(dispute);
        record.call_second_jury(now);
        Self::stored(record)
    }

    /// Holds a bond of so many prices.
    fn put_up(id: JobId, who: T::AccountId, record: &JobRecord<T>, prices: u32) -> Result<crate::pool::DisputeOf<T>, Error<T>> {
        let bond = Self::prices(record.job.price, prices);
        Self::hold_escrow(HoldReason::Dispute, &who, bond)?;
        Self::deposit_event(Event::Disputed { job: id, who: who.clone(), bond });
        Ok(Dispute { who, bond, returned: None })
    }

    fn stored(record: JobRecord<T>) -> DispatchResultWithPostInfo {
        let jury = Self::jury_weight(T::Providers::offer_count(record.job.model));
        let weight = T::WeightInfo::dispute().saturating_add(jury).saturating_add(record.weight);
        record.store();
        Ok(Some(weight).into())
    }
}
