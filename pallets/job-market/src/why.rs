//! Why an account was paid for a job or not: every part that it had in it, in a code and an amount. Reads only.

use crate::{settle::slash_parts, BalanceOf, Config, Dispute, JobOf, Jobs, MemberOf, Pallet, RoundOf, Rounds, JURY1, JURY2, REPLICAS};
use alloc::vec::Vec;
use hearth_primitives::{
    market::MemberOutcome,
    reason::{Reason, Why},
    JobId, Tier,
};
use sp_runtime::traits::{Saturating, Zero};

type WhyOf<T> = Why<BalanceOf<T>>;

impl<T: Config> Pallet<T> {
    /// What a job means for an account's money: as its customer, as the owner or operator of a member, as whoever disputes it.
    pub fn why(id: JobId, account: &T::AccountId) -> Vec<WhyOf<T>> {
        let Some(job) = Jobs::<T>::get(id) else { return Vec::new() };
        let rounds: Vec<_> = [REPLICAS, JURY1, JURY2].into_iter().filter_map(|tier| Some((tier, Rounds::<T>::get(id, tier)?))).collect();
        let mut lines = Vec::new();
        if job.customer == *account {
            lines.extend(customer::<T>(&job));
        }
        for (tier, round) in &rounds {
            let mine = round.members.iter().filter(|m| m.owner == *account || m.operator == *account);
            lines.extend(mine.map(|m| member::<T>(&job, *tier, round, m)));
        }
        for dispute in [&job.challenger, &job.appellant].into_iter().flatten().filter(|dispute| dispute.who == *account) {
            lines.push(bond::<T>(dispute));
        }
        if let Some((_, round)) = rounds.first() {
            lines.extend(slashes::<T>(&job, round, account));
        }
        lines
    }
}

fn line<B>(tier: Option<Tier>, reason: Reason, amount: B) -> Why<B> {
    Why { tier, reason, amount }
}

/// Where the escrow is, or went.
fn customer<T: Config>(job: &JobOf<T>) -> Vec<WhyOf<T>> {
    let (fee, premium) = if job.state.is_terminal() { (job.fee, job.premium) } else { Default::default() };
    let parts = [(Reason::Escrow, job.held), (Reason::Fee, fee), (Reason::Premium, premium), (Reason::EscrowRest, job.refunded)];
    parts.into_iter().filter(|(_, amount)| !amount.is_zero()).map(|(reason, amount)| line(None, reason, amount)).collect()
}

/// What a member or juror was paid, or lost.
fn member<T: Config>(job: &JobOf<T>, tier: Tier, round: &RoundOf<T>, member: &MemberOf<T>) -> WhyOf<T> {
    let (reason, amount) = match member.outcome {
        None => (Reason::Pending, Zero::zero()),
        Some(MemberOutcome::Valid) if tier == REPLICAS => (Reason::ResultStood, member.paid),
        // Jurors are paid when the job ends.
        Some(MemberOutcome::Valid) if !job.state.is_terminal() => (Reason::Pending, Zero::zero()),
        Some(MemberOutcome::Valid) => (Reason::JurorAgreed, member.paid),
        Some(MemberOutcome::Undecided) => (Reason::NoVerdict, member.paid),
        Some(MemberOutcome::Absent) => (Reason::NoShow, member.taken),
        Some(MemberOutcome::NotRevealed) => (Reason::NotRevealed, member.taken),
        Some(MemberOutcome::Slashed) => (Reason::Convicted, round.lock),
        Some(MemberOutcome::Deviant) => (Reason::Deviant, Zero::zero()),
        Some(MemberOutcome::Grey) => (Reason::Grey, Zero::zero()),
        Some(MemberOutcome::Outlier) => (Reason::Outlier, Zero::zero()),
        Some(MemberOutcome::Declined(why)) => (Reason::Declined(why), Zero::zero()),
        Some(MemberOutcome::Cancelled) => (Reason::Cancelled, Zero::zero()),
    };
    line(Some(tier), reason, amount)
}

fn bond<T: Config>(dispute: &Dispute<T::AccountId, BalanceOf<T>>) -> WhyOf<T> {
    let reason = match dispute.returned {
        None => Reason::DisputeBond,
        Some(true) => Reason::BondReturned,
        Some(false) => Reason::BondLost,
    };
    line(None, reason, dispute.bond)
}

/// What convictions bring to the customer and the challenger, unless they are cancelled: the market does not know what became of a slash.
fn slashes<T: Config>(job: &JobOf<T>, round: &RoundOf<T>, account: &T::AccountId) -> Vec<WhyOf<T>> {
    let convicted = round.members.iter().filter(|m| m.outcome == Some(MemberOutcome::Slashed)).count() as u32;
    let parts = slash_parts::<T>(job, round.lock, convicted);
    let challenges = job.challenger.as_ref().is_some_and(|dispute| dispute.who == *account);
    let dues =
        [(job.customer == *account, Reason::SlashToCustomer, parts.customer), (challenges, Reason::SlashToChallenger, parts.challenger)];
    let dues = dues.into_iter().filter(|(due, _, _)| *due && convicted > 0);
    dues.map(|(_, reason, amount)| line(None, reason, amount.saturating_mul(convicted.into()))).collect()
}
