//! What a line of an operator's report does: commit, reveal, decline. Each line stands for itself; one that does not apply changes nothing.

use crate::{
    advance::{Draws, JobRecord},
    Config, Event, MemberOf, Models, Pallet, Refusal, Revealed, WeightInfo, REPLICAS,
};
use frame_support::{
    dispatch::{DispatchResultWithPostInfo, Pays, PostDispatchInfo},
    ensure,
    traits::Defensive,
    weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::{
    blob::BlobRef,
    commitment::commitment,
    digest::Digest,
    jury::Verdicts,
    market::{DeclineReason, MemberOutcome, Report},
    H256,
};
use sp_runtime::traits::Zero;

impl<T: Config> Pallet<T> {
    /// What a report may weigh: besides the lines, each may find its job overdue, or end it.
    pub(crate) fn report_weight(lines: u32) -> Weight {
        let (close, settle, prune) = (T::WeightInfo::close_computing(), Self::worst_end(), T::WeightInfo::prune());
        let jury = close.saturating_add(close).saturating_add(T::WeightInfo::conclude_jury());
        let transitions = jury.saturating_add(settle).saturating_add(prune);
        T::WeightInfo::report(lines).saturating_add(transitions.saturating_mul(lines.into()))
    }

    pub(crate) fn do_report(operator: T::AccountId, reports: impl AsRef<[Report]>) -> DispatchResultWithPostInfo {
        let reports = reports.as_ref();
        ensure!(!reports.is_empty(), crate::Error::<T>::NoReports);
        let now = frame_system::Pallet::<T>::block_number();
        let mut weight = T::WeightInfo::report(reports.len() as u32);
        let mut refused = false;
        for line in reports {
            let (result, transitions) = Self::apply_line(&operator, line, now);
            weight.saturating_accrue(transitions);
            if let Err(reason) = result {
                refused = true;
                Self::deposit_event(Event::ReportRefused { job: line.job(), operator: operator.clone(), reason });
            }
        }
        let pays_fee = if refused { Pays::Yes } else { Pays::No };
        Ok(PostDispatchInfo { actual_weight: Some(weight), pays_fee })
    }

    /// Applies one line; returns also what the transitions of its job weighed.
    fn apply_line(operator: &T::AccountId, line: &Report, now: BlockNumberFor<T>) -> (Result<(), Refusal>, Weight) {
        let Some(mut record) = JobRecord::<T>::load(line.job()) else {
            return (Err(Refusal::UnknownJob), Weight::zero());
        };
        record.advance(now, Draws::Leave);
        let result = record.apply(operator, line, now);
        let weight = record.weight;
        record.store();
        (result, weight)
    }

    /// The hash of the chain's first block, which every commitment binds.
    pub fn genesis_hash() -> H256 {
        frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero())
    }
}

impl<T: Config> JobRecord<T> {
    fn apply(&mut self, operator: &T::AccountId, line: &Report, now: BlockNumberFor<T>) -> Result<(), Refusal> {
        ensure!(line.tier() == self.job.tier, Refusal::WrongTier);
        // An operator may stand in a round again after its provider was replaced there: the one that is bound counts.
        let members = self.round.as_ref().map(|round| &round.members[..]).unwrap_or_default();
        let mine = |bound: bool| members.iter().position(|m| m.operator == *operator && m.outcome.is_none() == bound);
        let index = mine(true).or_else(|| mine(false)).ok_or(Refusal::NotMember)?;
        match line {
            Report::Commit { commitment, .. } => self.commit(index, *commitment, now),
            Report::Reveal { digest, output, salt, .. } => self.reveal(index, *digest, *output, None, salt, now),
            Report::Judge { digest, output, verdicts, salt, .. } => self.reveal(index, *digest, *output, Some(*verdicts), salt, now),
            Report::Decline { reason, .. } => self.decline(index, *reason, now),
        }
    }

    fn member(&mut self, index: usize) -> Result<&mut MemberOf<T>, Refusal> {
        self.round.as_mut().and_then(|round| round.members.get_mut(index)).ok_or(Refusal::NotMember)
    }

    /// The member, if the job waits for it to commit or decline.
    fn awaited(&mut self, index: usize) -> Result<&mut MemberOf<T>, Refusal> {
        ensure!(self.job.state.is_computing(), Refusal::NotComputing);
        let member = self.member(index)?;
        ensure!(member.outcome.is_none(), Refusal::NotMember);
        ensure!(member.commitment.is_none(), Refusal::AlreadyCommitted);
        Ok(member)
    }

    fn commit(&mut self, index: usize, commitment: H256, now: BlockNumberFor<T>) -> Result<(), Refusal> {
        let (job, tier) = (self.id, self.job.tier);
        let member = self.awaited(index)?;
        member.commitment = Some(commitment);
        let provider = member.provider;
        Pallet::<T>::deposit_event(Event::Committed { job, tier, provider });
        self.close_if_answered(now);
        Ok(())
    }

    fn decline(&mut self, index: usize, reason: DeclineReason, now: BlockNumberFor<T>) -> Result<(), Refusal> {
        let (job, tier) = (self.id, self.job.tier);
        let provider = self.awaited(index)?.provider;
        Pallet::<T>::deposit_event(Event::Declined { job, tier, provider, reason });
        self.release(|member| (member.provider == provider).then_some(MemberOutcome::Declined(reason)));
        self.close_if_answered(now);
        Ok(())
    }

    /// Opens a commitment; a juror's has opinions in it.
    fn reveal(
        &mut self,
        index: usize,
        digest: Digest,
        output: BlobRef,
        verdicts: Option<Verdicts>,
        salt: &[u8; 32],
        now: BlockNumberFor<T>,
    ) -> Result<(), Refusal> {
        ensure!(self.job.state.is_revealing(), Refusal::NotRevealing);
        ensure!(verdicts.is_some() == (self.job.tier != REPLICAS), Refusal::WrongTier);
        let (job, tier, model, kind) = (self.id, self.job.tier, self.job.model, self.job.kind);
        let member = self.member(index)?;
        ensure!(member.outcome.is_none(), Refusal::NotMember);
        let committed = member.commitment.ok_or(Refusal::NotCommitted)?;
        ensure!(member.revealed.is_none(), Refusal::AlreadyRevealed);
        let said = verdicts.map(|verdicts| verdicts.bytes());
        let said = said.as_ref().map(|bytes| &bytes[..]).unwrap_or_default();
        let opened = commitment(Pallet::<T>::genesis_hash(), job, tier, &member.operator, &digest, output.id, said, salt);
        ensure!(opened == committed, Refusal::DoesNotOpen);
        let longest = Models::<T>::get(model).defensive().map(|model| model.max_output_len).unwrap_or_default();
        ensure!((1..=longest).contains(&output.len), Refusal::OutputLength);

        Pallet::<T>::dismiss(job, tier, kind, member, true);
        member.revealed = Some(Revealed { digest, output, verdicts });
        let provider = member.provider;
        Pallet::<T>::ref_blob(output.id);
        Pallet::<T>::deposit_event(Event::Revealed { job, tier, provider, output });
        let all = self.round.as_ref().is_some_and(|round| round.all_revealed());
        match tier {
            REPLICAS => {
                self.job.revealed_at = Some(now);
                if all {
                    self.evaluate(now);
                }
            }
            _ if all => self.conclude_jury(now),
            _ => {}
        }
        Ok(())
    }
}
