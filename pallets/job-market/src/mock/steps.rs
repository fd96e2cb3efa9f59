//! What customers, operators, juries and the chain do in tests, step by step.

use super::*;

/// Goes to the start of block `to`.
pub fn run_to(to: BlockNumber) {
    while System::block_number() < to {
        let next = System::block_number() + 1;
        System::set_block_number(next);
        ProviderRegistry::on_initialize(next);
        JobMarket::on_initialize(next);
    }
}

/// Goes on for `blocks`.
pub fn run_for(blocks: BlockNumber) {
    run_to(System::block_number() + blocks);
}

/// Runs blocks that are too full to serve the agenda.
pub fn run_full_blocks(blocks: BlockNumber) {
    let budget = ServiceWeight::get();
    ServiceWeight::set(Weight::zero());
    run_for(blocks);
    ServiceWeight::set(budget);
}

/// Registers the model `n` for [`MODELLER`].
pub fn register(n: u8) -> DispatchResult {
    let name = b"test".to_vec().try_into().unwrap();
    let tolerance = Tolerance { hidden: 4, output: 8 };
    JobMarket::register_model(RuntimeOrigin::signed(MODELLER), name, blob(n), MAX_LEN, MAX_LEN, MAX_EXEC, tolerance, 1 << 16)
}

/// An input.
pub fn input() -> BlobRef {
    BlobRef { id: blake2_256(b"input"), len: 10 }
}

/// Submits a job for [`CUSTOMER`].
pub fn submit(replicas: u32, price: Balance) -> JobId {
    let id = crate::NextJobId::<Test>::get();
    JobMarket::submit_job(RuntimeOrigin::signed(CUSTOMER), model(), input(), replicas, price, None).unwrap();
    id
}

/// Submits a job and goes to the block of its draw.
pub fn drawn(replicas: u32) -> JobId {
    let job = submit(replicas, PRICE);
    run_for(DrawDelay::get());
    assert_eq!(state(job), JobState::Computing);
    job
}

pub fn view(job: JobId) -> JobView<AccountId, Balance, BlockNumber> {
    JobMarket::job(job).unwrap()
}

pub fn state(job: JobId) -> JobState {
    view(job).state
}

/// The providers in a job's round, in the order of the draw.
pub fn members(job: JobId) -> Vec<ProviderId> {
    view(job).members.iter().map(|m| m.provider).collect()
}

/// A result whose digest stands `off` from the honest one in each component, of a provider that keeps its own salt.
pub fn result(provider: ProviderId, off: i32) -> RunResult {
    let digest = Digest { hidden: [1_000 + off; 16], output: [-2_000 + off; 16] };
    RunResult { digest, output: BlobRef { id: blake2_256(&off.encode()), len: 100 }, salt: [provider as u8; 32], verdicts: None }
}

pub fn commit_line(job: JobId, provider: ProviderId, result: &RunResult) -> Report {
    let genesis = JobMarket::genesis_hash();
    let (digest, output) = (&result.digest, result.output.id);
    let commitment = commitment(genesis, job, REPLICAS, &operator(provider), digest, output, &[], &result.salt);
    Report::Commit { job, tier: REPLICAS, commitment }
}

pub fn reveal_line(job: JobId, result: &RunResult) -> Report {
    Report::Reveal { job, tier: REPLICAS, digest: result.digest, output: result.output, salt: result.salt }
}

pub fn decline_line(job: JobId, reason: DeclineReason) -> Report {
    Report::Decline { job, tier: REPLICAS, reason }
}

/// A report by the operator of `provider`.
pub fn report(provider: ProviderId, lines: Vec<Report>) -> DispatchResultWithInfo<frame_support::dispatch::PostDispatchInfo> {
    JobMarket::report(RuntimeOrigin::signed(operator(provider)), lines.try_into().unwrap())
}

/// A report of which every line must apply.
pub fn report_ok(provider: ProviderId, line: Report) {
    let info = report(provider, vec![line]).unwrap();
    assert_eq!(info.pays_fee, frame_support::dispatch::Pays::No, "refused: {:?}", System::events().last());
}

/// A report of one line, which must be refused; returns why.
pub fn refused(provider: ProviderId, line: Report) -> crate::Refusal {
    let info = report(provider, vec![line]).unwrap();
    assert_eq!(info.pays_fee, frame_support::dispatch::Pays::Yes);
    match System::events().last().map(|record| record.event.clone()) {
        Some(RuntimeEvent::JobMarket(crate::Event::ReportRefused { reason, .. })) => reason,
        other => panic!("no refusal: {other:?}"),
    }
}

/// All members of the round commit to results that stand so far off.
pub fn commit_all(job: JobId, off: impl Fn(ProviderId) -> i32) {
    members(job).into_iter().for_each(|p| report_ok(p, commit_line(job, p, &result(p, off(p)))));
}

/// And open them.
pub fn reveal_all(job: JobId, off: impl Fn(ProviderId) -> i32) {
    members(job).into_iter().for_each(|p| report_ok(p, reveal_line(job, &result(p, off(p)))));
}

/// A job of `replicas` that all agree about.
pub fn accepted(replicas: u32) -> JobId {
    let job = drawn(replicas);
    commit_all(job, |_| 0);
    reveal_all(job, |_| 0);
    assert_eq!(state(job), JobState::Accepted);
    job
}

/// The present round's members, in the order of the draw.
pub fn jurors(job: JobId) -> Vec<ProviderId> {
    let tier = Jobs::<Test>::get(job).unwrap().tier;
    Rounds::<Test>::get(job, tier).map(|round| round.members.iter().map(|m| m.provider).collect()).unwrap_or_default()
}

/// The operator's node does the next step of all that is to be done for a provider, by a run that stands `off` from the honest one in each
/// component. A juror compares by its own run.
pub fn work(provider: ProviderId, off: i32) {
    work_as(provider, off, |duty, own| duty.verdicts(&vec![own; duty.seeds().len()]))
}

/// As [`work`], with other opinions.
pub fn work_as(provider: ProviderId, off: i32, opinions: impl Fn(&Duty<BlockNumber>, Digest) -> Option<Verdicts>) {
    work_with(provider, |duty| {
        let mut run = result(provider, off);
        if duty.tier != REPLICAS {
            run.verdicts = opinions(duty, run.digest);
            run.digest = under(duty.seed, run.digest);
        }
        run
    })
}

/// The digest under a jury's seed of a run whose digest under the replicas' is `digest`: who knows only that one cannot tell, unless it has
/// run the model. (That of the replicas is the same under every seed, so that tests can name it.)
fn under(seed: H256, digest: Digest) -> Digest {
    let shift = i32::from_le_bytes([seed.0[0], seed.0[1], seed.0[2], 1]);
    Digest { hidden: digest.hidden.map(|it| it.wrapping_add(shift)), output: digest.output.map(|it| it.wrapping_add(shift)) }
}

/// As [`work`], with whatever a run gives.
pub fn work_with(provider: ProviderId, run: impl Fn(&Duty<BlockNumber>) -> RunResult) {
    for duty in JobMarket::duties(&operator(provider)) {
        let entry = Entry { seed: duty.seed, outcome: Ok(run(&duty)) };
        if let Some(line) = crate::offchain::line(&duty, entry, JobMarket::genesis_hash(), &operator(provider)) {
            report(provider, vec![line]).unwrap();
        }
    }
}

/// The jury that sits does its work: each juror runs so far off.
pub fn sit(job: JobId, off: impl Fn(ProviderId) -> i32) {
    let jury = jurors(job);
    jury.iter().chain(&jury).for_each(|id| work(*id, off(*id)));
}

/// Goes to the draw of a jury that was called, which there must be.
pub fn seat_jury(job: JobId) -> Vec<ProviderId> {
    run_for(DrawDelay::get());
    assert!(state(job).is_computing(), "{:?}", state(job));
    jurors(job)
}

/// Says that the tests' model is calibrated: wrong results of it are slashed.
pub fn calibrate() {
    JobMarket::set_pay_only(RuntimeOrigin::root(), model(), false).unwrap();
}
