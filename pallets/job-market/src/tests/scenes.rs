//! Scenes with juries with which stories of several files begin, and what is asked of them.

use crate::mock::*;
use frame_support::assert_ok;
use hearth_primitives::{
    jury::{JuryCause, JuryStep},
    market::{JobState, MemberOutcome},
    reason::{Reason, Why},
    JobId, ProviderId,
};
use sp_runtime::Perbill;

/// A market in which there can be both juries beside three replicas, of a calibrated model.
pub fn large() -> TestExt {
    TestExt::market(14)
}

/// A job of `replicas` in which the last one drawn lies, so that a jury is called.
pub fn dissent(replicas: u32) -> (JobId, ProviderId) {
    let job = drawn(replicas);
    let liar = *members(job).last().unwrap();
    let off = |p| if p == liar { 1_000 } else { 0 };
    commit_all(job, off);
    reveal_all(job, off);
    assert_eq!((state(job), view(job).cause), (JobState::Jury1(JuryStep::Drawing), Some(JuryCause::Dissent)));
    (job, liar)
}

/// An audited job of one replica, which lies or does not.
pub fn audited(off: i32) -> (JobId, ProviderId) {
    let job = crate::NextJobId::<Test>::get();
    let all = Some(Perbill::one());
    assert_ok!(JobMarket::submit_job(RuntimeOrigin::signed(CUSTOMER), model(), input(), 1, PRICE, all));
    run_for(DrawDelay::get());
    commit_all(job, |_| off);
    reveal_all(job, |_| off);
    assert_eq!(state(job), JobState::Accepted);
    (job, members(job)[0])
}

/// A job of two of a calibrated model, and the one of them whom a first jury calls wrong; it can be appealed against.
pub fn convicted() -> (JobId, ProviderId) {
    calibrate();
    let found = dissent(2);
    seat_jury(found.0);
    sit(found.0, |_| 0);
    found
}

pub fn provider(id: ProviderId) -> pallet_provider_registry::ProviderOf<Test> {
    pallet_provider_registry::Providers::<Test>::get(id).unwrap()
}

/// As if other jobs locked so much.
pub fn set_locked(id: ProviderId, locked: Balance) {
    pallet_provider_registry::Providers::<Test>::mutate(id, |slot| slot.as_mut().unwrap().locked = locked);
}

/// Everything that the fourteen have is locked; returns what was before.
pub fn lock_all() -> Vec<Balance> {
    let before = (0..14).map(|id| provider(id).locked).collect();
    (0..14).for_each(|id| set_locked(id, provider(id).bonded));
    before
}

pub fn outcomes(job: JobId) -> Vec<(MemberOutcome, Balance)> {
    view(job).members.iter().map(|m| (m.outcome.unwrap(), m.paid)).collect()
}

pub fn challenge(who: AccountId, job: JobId) -> frame_support::dispatch::DispatchResultWithPostInfo {
    JobMarket::challenge(RuntimeOrigin::signed(who), job)
}

pub fn appeal(who: AccountId, job: JobId) -> frame_support::dispatch::DispatchResultWithPostInfo {
    JobMarket::appeal(RuntimeOrigin::signed(who), job)
}

pub fn why(job: JobId, who: AccountId) -> Vec<(Reason, Balance)> {
    JobMarket::why(job, &who).into_iter().map(|Why { reason, amount, .. }| (reason, amount)).collect()
}
