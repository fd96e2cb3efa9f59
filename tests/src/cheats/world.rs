//! One market, one strategy, one share: jobs are submitted block by block, providers answer by their conduct, customers and owners do what
//! protects them, and in the end every record is read.
//!
//! Honest owners appeal against a verdict that calls their results wrong, and against a slash; holders cancel slashes of honest providers, and
//! switch slashing on again where too many jobs without a verdict have switched it off.

use super::{
    chain::{self, PRICE, PROVIDERS, TOLERANCE},
    results::{digest, stream, Machine},
    strategy::{Commits, Conduct, Opens, Opinions, Scene},
    theory::REPLICAS,
    Market,
};
use codec::Encode;
use hearth_primitives::{
    blake2_256,
    blob::BlobRef,
    commitment::commitment,
    digest::{Agreement, Digest},
    jury::{Accused, Verdicts},
    market::{Duty, DutyStep, JobState, MemberOutcome, Report},
    JobId, ProviderId, Tier, H256,
};
use hearth_runtime::{Balance, BlockNumber, JobMarket, Runtime, RuntimeEvent};
use pallet_job_market::{
    verdict::quorum, Event as MarketEvent, JobOf, Jobs, MemberOf, NextJobId, RoundOf, Rounds, JURY1, REPLICAS as REPLICAS_TIER,
};
use pallet_provider_registry::{Deferred, Event as RegistryEvent};
use rand::Rng;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Jobs submitted in a block where there are few of them.
const JOBS_PER_BLOCK: u32 = 4;

/// Blocks in which all jobs are submitted: well within the time for which ended ones can be read.
const BLOCKS: u32 = 4_000;

/// Blocks after the last submission within which every job has ended: two juries and all windows.
const LONGEST: u32 = 1_000;

/// A mean with its error.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mean {
    /// How many.
    pub count: u64,
    sum: f64,
    squares: f64,
}

impl Mean {
    /// Counts one more.
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
        self.squares += value * value;
    }

    /// Takes from the sum what no single one bears.
    pub fn charge(&mut self, value: f64) {
        self.sum -= value;
    }

    /// The mean; 0 of nothing.
    pub fn mean(&self) -> f64 {
        self.sum / self.count.max(1) as f64
    }

    /// Its standard error, as if all were independent.
    pub fn error(&self) -> f64 {
        let variance = (self.squares / self.count.max(1) as f64 - self.mean().powi(2)).max(0.0);
        (variance / self.count.max(1) as f64).sqrt()
    }
}

/// What happened how often in a market.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Counts {
    /// Attempts that were not paid.
    pub caught: u32,
    /// Attempts that were slashed.
    pub convicted: u32,
    /// Jobs in which a false result was paid for as right.
    pub false_paid: u32,
    /// Jobs that found no verdict.
    pub unresolved: u32,
    /// Honest providers' results that a jury of the adversary's convicted, by the last word of juries. Holders cancel what comes of it.
    pub framed: u32,
    /// Of them, those where the jury held an honest quorum.
    pub framed_by_honest: u32,
    /// Slashes of honest providers that were executed.
    pub honest_slashed: u32,
    /// Appeals by honest providers against a first verdict.
    pub appeals: u32,
    /// How often too many jobs without a verdict had switched slashing off.
    pub switched_off: u32,
    /// Lines that must be refused, and were.
    pub refused: u32,
    /// Lines that must be refused, and applied.
    pub stolen: u32,
    /// Slots that the adversary's authors left empty.
    pub withheld: u32,
}

/// What a market came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Jobs submitted.
    pub jobs: u32,
    /// Jobs that had not ended when all should have.
    pub endless: u32,
    /// What happened how often.
    pub counts: Counts,
    /// What an attempt brought beyond honesty, in prices.
    pub gain: Mean,
    /// What a seat of a replica brought to honest providers, in prices.
    pub honest: Mean,
    /// The first owner whose money is not what the records say, with both changes.
    pub unbalanced: Option<(ProviderId, i128, i128)>,
    /// What does not hold of the pallets' states.
    pub broken: Option<String>,
    /// Slashes that were still deferred when all were due.
    pub undue: u32,
}

/// A result that was committed to.
#[derive(Clone, Copy, Debug)]
struct Run {
    digest: Digest,
    output: BlobRef,
    salt: [u8; 32],
    verdicts: Option<Verdicts>,
}

/// What became of a seat.
struct Seat {
    conduct: Conduct,
    run: Run,
    /// It has done what it does when commitments are opened.
    over: bool,
}

type Place = (JobId, Tier, ProviderId);

/// A market as it runs.
struct World {
    market: Market,
    genesis: H256,
    now: BlockNumber,
    before: Vec<Balance>,
    /// Rounds in which somebody may have something to do.
    open: BTreeSet<(JobId, Tier)>,
    seats: BTreeMap<Place, Seat>,
    /// Lines that are sent when it is too late.
    late: Vec<(BlockNumber, ProviderId, Report)>,
    /// Convictions of honest providers, by job.
    framed: BTreeSet<(JobId, ProviderId)>,
    ended: u32,
    outcome: Outcome,
}

/// Runs a market from its first block to its last slash. In externalities of its own.
pub fn play(market: Market) -> Outcome {
    let mut world = World::new(market);
    world.run();
    world.account();
    world.outcome
}

impl World {
    fn new(market: Market) -> Self {
        chain::set_up();
        Self {
            market,
            genesis: JobMarket::genesis_hash(),
            now: 1,
            before: (0..PROVIDERS).map(chain::wealth).collect(),
            open: BTreeSet::new(),
            seats: BTreeMap::new(),
            late: Vec::new(),
            framed: BTreeSet::new(),
            ended: 0,
            outcome: Outcome::default(),
        }
    }

    fn run(&mut self) {
        let all = self.market.jobs;
        let most = JOBS_PER_BLOCK.max(all.div_ceil(BLOCKS));
        while self.outcome.jobs < all {
            self.block(most.min(all - self.outcome.jobs));
        }
        let last = self.now + LONGEST;
        while self.ended < all && self.now < last {
            self.block(0);
        }
        let last = self.now + chain::deferral() + 2;
        while self.now < last {
            self.block(0);
        }
    }

    fn block(&mut self, jobs: u32) {
        self.now += 1;
        let vrf = self.randomness();
        chain::begin_block(self.now, vrf);
        (0..jobs).for_each(|_| self.submit());
        self.report_late();
        for (job, tier) in self.open.clone() {
            self.work(job, tier);
        }
        self.react();
    }

    /// The VRF output of the last block as it was published. Slots go by with blocks, and with those that the adversary's authors withhold;
    /// then the block is made in the next slot, by whose turn it is.
    fn randomness(&mut self) -> [u8; 32] {
        loop {
            let slot = self.slot();
            let vrf = chain::vrf(self.market.seed, slot);
            let withheld = self.market.strategy.withholds()
                && self.authors(slot)
                && chain::foresee(self.now, vrf).iter().any(|event| self.is_examined(event));
            if !withheld {
                return vrf;
            }
            self.outcome.counts.withheld += 1;
        }
    }

    fn slot(&self) -> BlockNumber {
        self.now + self.outcome.counts.withheld
    }

    /// Whether a slot is the adversary's: it has as large a part of the authors as of the providers.
    fn authors(&self, slot: BlockNumber) -> bool {
        let share = f64::from(self.market.share) / f64::from(PROVIDERS);
        stream("author", (self.market.seed, slot)).gen_range(0.0..1.0) < share
    }

    /// Whether a jury is drawn that judges a false result of the adversary's, and in which it has no quorum.
    fn is_examined(&self, event: &RuntimeEvent) -> bool {
        let RuntimeEvent::JobMarket(MarketEvent::Drawn { job, tier, providers, .. }) = event else { return false };
        let own = providers.iter().filter(|id| self.is_own(**id)).count() as u32;
        *tier != REPLICAS_TIER && own < quorum(providers.len() as u32) && self.has_lied(*job, &accused(*job))
    }

    fn submit(&mut self) {
        let job = NextJobId::<Runtime>::get();
        let mut chance: f64 = stream("replicas", (self.market.seed, job)).gen_range(0.0..1.0);
        let drawn = REPLICAS.iter().find(|(_, part)| {
            chance -= part;
            chance < 0.0
        });
        let replicas = drawn.map_or(1, |(replicas, _)| *replicas);
        chain::submit(job, chain::model().id, replicas, self.market.strategy.audit());
        self.outcome.jobs += 1;
    }

    fn is_own(&self, id: ProviderId) -> bool {
        id < self.market.own
    }

    /// Notes whether a line that must be refused was.
    fn refused(&mut self, applied: bool) {
        if applied {
            self.outcome.counts.stolen += 1;
        } else {
            self.outcome.counts.refused += 1;
        }
    }

    fn report_late(&mut self) {
        let now = self.now;
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut self.late).into_iter().partition(|(block, ..)| *block <= now);
        self.late = later;
        for (_, id, line) in due {
            let applied = chain::report(id, line);
            self.refused(applied);
        }
    }

    /// Whoever has something to do in a round does it: honest providers first, so that the others have something to copy.
    fn work(&mut self, job: JobId, tier: Tier) {
        let present = |record: &JobOf<Runtime>| record.tier == tier && (record.state.is_computing() || record.state.is_revealing());
        let (Some(record), Some(round)) = (Jobs::<Runtime>::get(job).filter(present), Rounds::<Runtime>::get(job, tier)) else {
            self.open.remove(&(job, tier));
            return;
        };
        let mut busy: Vec<&MemberOf<Runtime>> = round.members.iter().filter(|member| member.is_busy()).collect();
        busy.sort_by_key(|member| self.is_own(member.provider));
        for member in busy {
            match member.commitment {
                None if record.state.is_computing() => self.commit(job, &record, &round, member.provider),
                Some(_) if record.state.is_revealing() => self.open_commitment(job, tier, member.provider),
                _ => {}
            }
        }
    }

    fn commit(&mut self, job: JobId, record: &JobOf<Runtime>, round: &RoundOf<Runtime>, id: ProviderId) {
        let tier = record.tier;
        if self.seats.contains_key(&(job, tier, id)) {
            return;
        }
        let accused = if tier == REPLICAS_TIER { Vec::new() } else { accused(job) };
        let conduct = if self.is_own(id) { self.market.strategy.conduct(&self.scene(job, tier, round, &accused)) } else { Conduct::HONEST };
        let duty = Duty {
            job,
            tier,
            provider: id,
            seed: round.seed,
            step: DutyStep::Commit,
            deadline: record.deadline,
            model: chain::model(),
            input: record.input,
            generated: None,
            max_output_len: chain::MAX_LEN,
            output_scale: 0,
            tolerance: TOLERANCE,
            accused,
        };
        let run = run(&duty, conduct.machine, conduct.opinions);
        let line = self.commit_line(&duty, &run);
        match conduct.commits {
            Commits::InTime => assert!(chain::report(id, line), "provider {id} can commit in job {job}"),
            Commits::Copied => {
                let copied = peer(job, tier, id, |member| member.commitment);
                let line = copied.map_or(line, |commitment| Report::Commit { job, tier, commitment });
                assert!(chain::report(id, line), "provider {id} can commit to anything in job {job}");
            }
            Commits::Twice => {
                assert!(chain::report(id, line), "provider {id} can commit in job {job}");
                let second = self.commit_line(&duty, &self::run(&duty, Machine::Sound, Opinions::Computed));
                let applied = chain::report(id, second);
                self.refused(applied);
            }
            Commits::Late => self.late.push((record.deadline + 1, id, line)),
            Commits::Never => {}
        }
        // It opens the second, if it has committed to two.
        let run = if conduct.opens == Opens::Second { self::run(&duty, Machine::Sound, Opinions::Computed) } else { run };
        self.seats.insert((job, tier, id), Seat { conduct, run, over: false });
    }

    fn scene(&self, job: JobId, tier: Tier, round: &RoundOf<Runtime>, accused: &[Accused]) -> Scene {
        let bound = round.members.iter().filter(|member| member.outcome.is_none());
        Scene {
            jury: tier != REPLICAS_TIER,
            first_jury: tier == JURY1,
            members: bound.clone().count() as u32,
            own: bound.filter(|member| self.is_own(member.provider)).count() as u32,
            defends: self.has_lied(job, accused),
        }
    }

    /// Whether one of the accused is the adversary's, and its result false.
    fn has_lied(&self, job: JobId, accused: &[Accused]) -> bool {
        let seat = |id| self.seats.get(&(job, REPLICAS_TIER, id));
        accused.iter().any(|accused| seat(accused.provider).is_some_and(|seat| seat.conduct.is_false()))
    }

    fn commit_line(&self, duty: &Duty<BlockNumber>, run: &Run) -> Report {
        let said = run.verdicts.map(|verdicts| verdicts.bytes());
        let said = said.as_ref().map(|bytes| &bytes[..]).unwrap_or_default();
        let operator = chain::operator(duty.provider);
        let commitment = commitment(self.genesis, duty.job, duty.tier, &operator, &run.digest, run.output.id, said, &run.salt);
        Report::Commit { job: duty.job, tier: duty.tier, commitment }
    }

    fn open_commitment(&mut self, job: JobId, tier: Tier, id: ProviderId) {
        let Some(seat) = self.seats.get(&(job, tier, id)).filter(|seat| !seat.over) else { return };
        let (opens, run) = (seat.conduct.opens, seat.run);
        let over = match opens {
            Opens::AtOnce => {
                assert!(chain::report(id, opening(job, tier, &run)), "provider {id} can open its commitment in job {job}");
                true
            }
            Opens::Never => true,
            Opens::Second => {
                let applied = chain::report(id, opening(job, tier, &run));
                self.refused(applied);
                true
            }
            Opens::Stolen => match self.peers_opening(job, tier, id) {
                Some(line) => {
                    let applied = chain::report(id, line);
                    self.refused(applied);
                    true
                }
                None => false,
            },
            Opens::UnlessCaught => self.open_unless_caught(job, tier, id, &run),
        };
        if let Some(seat) = self.seats.get_mut(&(job, tier, id)) {
            seat.over = over;
        }
    }

    /// What a peer has opened its commitment with: all of it is public.
    fn peers_opening(&self, job: JobId, tier: Tier, id: ProviderId) -> Option<Report> {
        let shown = peer(job, tier, id, |member| member.revealed.map(|_| member.provider))?;
        self.seats.get(&(job, tier, shown)).map(|seat| opening(job, tier, &seat.run))
    }

    /// Opens if all peers are the adversary's, or agree; hides if one does not; waits if none has shown its result. Returns whether that was
    /// the last word.
    fn open_unless_caught(&mut self, job: JobId, tier: Tier, id: ProviderId, run: &Run) -> bool {
        let Some(round) = Rounds::<Runtime>::get(job, tier) else { return true };
        let peers = || round.members.iter().filter(move |member| member.provider != id && member.outcome.is_none());
        let strangers = peers().filter(|member| !self.is_own(member.provider)).count();
        let shown: Vec<Digest> = peers().filter_map(|member| member.revealed).map(|revealed| revealed.digest).collect();
        if shown.iter().any(|other| other.compare(&run.digest, TOLERANCE) != Agreement::Agree) {
            return true;
        }
        let safe = strangers == 0 || shown.len() == peers().count();
        if safe {
            assert!(chain::report(id, opening(job, tier, run)), "provider {id} can open its commitment in job {job}");
        }
        safe
    }

    /// What customers, owners and holders do about what has happened in the block.
    fn react(&mut self) {
        let mut unsettled = false;
        for event in chain::events() {
            match event {
                RuntimeEvent::JobMarket(MarketEvent::Drawn { job, tier, .. }) => {
                    self.open.insert((job, tier));
                }
                RuntimeEvent::JobMarket(MarketEvent::JobAccepted { job, .. }) => self.challenge(job),
                RuntimeEvent::JobMarket(MarketEvent::VerdictReached { job, tier: JURY1, verdicts }) => self.appeal(job, &verdicts),
                RuntimeEvent::JobMarket(MarketEvent::PayOnlySet { pay_only: true, .. }) => {
                    self.outcome.counts.switched_off += 1;
                    chain::calibrate();
                }
                RuntimeEvent::JobMarket(MarketEvent::MemberSettled { outcome, .. }) => unsettled |= outcome != MemberOutcome::Valid,
                RuntimeEvent::JobMarket(MarketEvent::JobEnded { .. }) => self.ended += 1,
                RuntimeEvent::ProviderRegistry(RegistryEvent::SlashDeferred { slash, provider, job, .. }) if !self.is_own(provider) => {
                    self.framed.insert((job, provider));
                    chain::cancel(provider, slash);
                }
                RuntimeEvent::ProviderRegistry(RegistryEvent::SlashExecuted { provider, .. }) if !self.is_own(provider) => {
                    self.outcome.counts.honest_slashed += 1;
                }
                _ => {}
            }
        }
        if unsettled {
            chain::restore();
        }
    }

    /// A part of the customers, as large as the adversary is among providers elsewhere, challenges for nothing.
    fn challenge(&mut self, job: JobId) {
        let share = f64::from(self.market.challengers) / f64::from(PROVIDERS);
        if stream("challenge", (self.market.seed, job)).gen_range(0.0..1.0) < share {
            chain::challenge(job).expect("an accepted job can be challenged");
        }
    }

    fn appeal(&mut self, job: JobId, verdicts: &[(ProviderId, Agreement)]) {
        let wronged = verdicts.iter().find(|(id, verdict)| *verdict == Agreement::Deviant && !self.is_own(*id));
        if let Some((id, _)) = wronged {
            chain::appeal(job, *id).expect("a first verdict can be appealed");
            self.outcome.counts.appeals += 1;
        }
    }

    /// Reads every record.
    fn account(&mut self) {
        let mut changes = vec![0i128; PROVIDERS as usize];
        for job in 0..NextJobId::<Runtime>::get() {
            let Some(record) = Jobs::<Runtime>::get(job) else { continue };
            self.account_for(job, &record, &mut changes);
        }
        for (id, (before, expected)) in (0..PROVIDERS).zip(self.before.iter().zip(&changes)) {
            let found = chain::wealth(id) as i128 - *before as i128;
            if found != *expected {
                self.outcome.unbalanced.get_or_insert((id, *expected, found));
            }
        }
        self.outcome.undue = Deferred::<Runtime>::iter_keys().count() as u32;
        self.outcome.broken = chain::check_state().err();
    }

    fn account_for(&mut self, job: JobId, record: &JobOf<Runtime>, changes: &mut [i128]) {
        let (cost, honesty) = (self.market.cost, 1.0 - self.market.cost);
        self.outcome.endless += u32::from(!record.state.is_terminal());
        self.outcome.counts.unresolved += u32::from(matches!(record.state, JobState::Unresolved(_)));
        let mut false_paid = false;
        for tier in REPLICAS_TIER..=record.tier {
            let Some(round) = Rounds::<Runtime>::get(job, tier) else { continue };
            for member in &round.members {
                let (id, slashed) = (member.provider, member.outcome == Some(MemberOutcome::Slashed));
                let framed = self.framed.contains(&(job, id));
                let lost = if slashed && !framed { round.lock } else { 0 };
                let change = member.paid as i128 - member.taken as i128 - lost as i128;
                changes[id as usize] += change;
                let Some(seat) = self.seats.get(&(job, tier, id)) else { continue };
                let gain = prices(change) - seat.conduct.work * cost;
                let paid = member.outcome == Some(MemberOutcome::Valid);
                false_paid |= tier == REPLICAS_TIER && paid && seat.conduct.is_false();
                if seat.conduct.attempt {
                    self.outcome.gain.add(gain - honesty);
                    self.outcome.counts.caught += u32::from(!paid && member.outcome != Some(MemberOutcome::Undecided));
                    self.outcome.counts.convicted += u32::from(slashed);
                } else if tier == REPLICAS_TIER && !self.is_own(id) {
                    self.outcome.honest.add(gain);
                    self.outcome.counts.framed += u32::from(slashed);
                    self.outcome.counts.framed_by_honest += u32::from(slashed && self.sat_honestly(job, record.tier));
                }
            }
        }
        self.outcome.counts.false_paid += u32::from(false_paid);
        for (dispute, challenges) in [(&record.challenger, true), (&record.appellant, false)] {
            let Some(dispute) = dispute else { continue };
            let lost = if dispute.returned == Some(false) { dispute.bond } else { 0 };
            let owner = (0..PROVIDERS).find(|id| chain::owner(*id) == dispute.who);
            match owner {
                Some(id) => {
                    changes[id as usize] -= lost as i128;
                    self.outcome.honest.charge(prices(lost as i128));
                }
                None if challenges => {
                    self.outcome.gain.add(-prices(lost as i128));
                    self.outcome.counts.caught += u32::from(lost > 0);
                }
                None => {}
            }
        }
    }

    /// Whether honest jurors who showed their results were a quorum of a jury.
    fn sat_honestly(&self, job: JobId, tier: Tier) -> bool {
        let Some(jury) = Rounds::<Runtime>::get(job, tier) else { return false };
        let honest = jury.members.iter().filter(|juror| juror.revealed.is_some() && !self.is_own(juror.provider)).count() as u32;
        honest >= quorum(jury.members.len() as u32)
    }
}

/// An amount in prices.
fn prices(amount: i128) -> f64 {
    amount as f64 / PRICE as f64
}

/// What a jury of the job judges, in the order of its jurors' opinions.
fn accused(job: JobId) -> Vec<Accused> {
    let Some(round) = Rounds::<Runtime>::get(job, REPLICAS_TIER) else { return Vec::new() };
    let seed = round.seed;
    let standing = round.members.iter().filter_map(|member| member.stands().map(|revealed| (member.provider, revealed)));
    standing.map(|(provider, revealed)| Accused { provider, seed, digest: revealed.digest, output: revealed.output }).collect()
}

/// Something of another member of the round, as it is now.
fn peer<R>(job: JobId, tier: Tier, id: ProviderId, of: impl Fn(&MemberOf<Runtime>) -> Option<R>) -> Option<R> {
    let round = Rounds::<Runtime>::get(job, tier)?;
    round.members.iter().filter(|member| member.provider != id).find_map(of)
}

/// A run for a duty: the digest under the round's seed, and a juror's opinions.
fn run(duty: &Duty<BlockNumber>, machine: Machine, opinions: Opinions) -> Run {
    let digests: Vec<_> = duty.seeds().into_iter().map(|seed| digest(machine, duty.provider, duty.job, seed)).collect();
    let verdicts = match opinions {
        Opinions::Computed => duty.verdicts(&digests),
        Opinions::Always(opinion) => (0..duty.accused.len()).try_fold(Verdicts::default(), |verdicts, place| verdicts.with(place, opinion)),
    };
    let of = (duty.job, duty.tier, duty.provider).encode();
    Run { digest: digests[0], output: BlobRef::of(&of), salt: blake2_256(&of).0, verdicts: verdicts.filter(|_| duty.tier != REPLICAS_TIER) }
}

/// The line that opens a commitment.
fn opening(job: JobId, tier: Tier, run: &Run) -> Report {
    let Run { digest, output, salt, verdicts } = *run;
    match verdicts {
        Some(verdicts) => Report::Judge { job, tier, digest, output, verdicts, salt },
        None => Report::Reveal { job, tier, digest, output, salt },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cheats::{strategy::Strategy, Options, OWN};
    use frame_support::StorageNoopGuard;
    use sp_io::TestExternalities;
    use sp_runtime::Perbill;

    /// A market of a third in which all is audited, with a job of one replica in each of 200 blocks; `each` looks at it after every block.
    fn audited(strategy: Strategy, mut each: impl FnMut(&World)) -> World {
        let mut world = World::new(Market::new(strategy, OWN[1], &Options { jobs: 200, seed: 3, cost: 0.3 }));
        for _ in 0..200 {
            world.block(0);
            each(&world);
            chain::submit(NextJobId::<Runtime>::get(), chain::model().id, 1, Some(Perbill::one()));
        }
        world
    }

    #[test]
    fn foresee_tells_what_comes_and_leaves_nothing() {
        TestExternalities::default().execute_with(|| {
            let now = audited(Strategy::ColludingReplicas, |_| ()).now + 1;
            let unchanged = StorageNoopGuard::default();
            let foreseen = chain::foresee(now, [7; 32]);
            drop(unchanged);
            chain::begin_block(now, [7; 32]);
            assert!(!foreseen.is_empty());
            assert_eq!(chain::events(), foreseen);
        });
    }

    #[test]
    fn randomness_of_authors_who_withhold_has_nobody_examined() {
        let examined = |strategy| {
            TestExternalities::default().execute_with(|| {
                let mut blocks = [0; 2];
                let world = audited(strategy, |world| {
                    if chain::events().iter().any(|event| world.is_examined(event)) {
                        blocks[usize::from(world.authors(world.slot()))] += 1;
                    }
                });
                (blocks, world.outcome.counts.withheld)
            })
        };
        let ([by_others, by_own], withheld) = examined(Strategy::ColludingReplicas);
        assert!(by_others > 0 && by_own > 0 && withheld == 0, "{by_others}, {by_own}, {withheld}");
        let ([by_others, by_own], withheld) = examined(Strategy::WithholdsBlocks);
        assert!(by_others > 0 && by_own == 0 && withheld > 0, "{by_others}, {by_own}, {withheld}");
    }
}
