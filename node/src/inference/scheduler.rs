//! Which duties to start, to give up, to decline, and which entries may be forgotten. Decisions only: it starts and writes nothing.

use super::{duties::Snapshot, mailbox::Part};
use hearth_primitives::{
    market::{Duty, DutyStep},
    H256,
};
use std::{
    collections::{BTreeSet, HashMap},
    time::{Duration, Instant},
};

/// Blocks before a deadline by which the outcome, if only a refusal, is in the mailbox: for the offchain worker to run, the report to travel
/// and a block to take it.
pub const MARGIN: u32 = 4;

/// Blocks for which a duty may be missing from the best chain before the work on it is given up: short forks come and go.
const GIVE_UP_AFTER: u32 = 5;

/// Blocks for which a part has had no duty before the chain is asked whether its job has ended.
const FORGET_AFTER: u32 = 100;

/// After a job's task failed on this node's side, so long passes before it is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(15);

/// What to do now.
#[derive(Debug, Default, Eq, PartialEq)]
pub struct Plan {
    /// Duties to work on, each until the time given, by which its outcome must stand.
    pub start: Vec<(Duty<u32>, Instant)>,
    /// Duties for which there is only time to say no.
    pub decline: Vec<Duty<u32>>,
    /// Work to end.
    pub cancel: Vec<Part>,
    /// Parts with entries but long without a duty: forget those whose job has ended.
    pub ask: Vec<Part>,
}

/// Work under way.
struct Running {
    seed: H256,
    /// The best block at which the chain last wanted it.
    wanted_at: u32,
}

/// What is under way, and since when.
pub struct Scheduler {
    block_time: Duration,
    running: HashMap<Part, Running>,
    retry_at: HashMap<Part, Instant>,
    /// For parts with entries: the best block at which they were last a duty, first seen or asked about.
    quiet_since: HashMap<Part, u32>,
}

impl Scheduler {
    /// Nothing is under way.
    pub fn new(block_time: Duration) -> Self {
        Self { block_time, running: HashMap::new(), retry_at: HashMap::new(), quiet_since: HashMap::new() }
    }

    /// Compares the chain's wishes with what is under way. `entries` are the parts in the mailbox. `publish` tells whether an entry for a
    /// part and a seed exists, and makes it visible; `None` if the mailbox fails.
    pub fn plan(
        &mut self,
        snapshot: &Snapshot,
        entries: &BTreeSet<Part>,
        now: Instant,
        mut publish: impl FnMut(Part, H256) -> Option<bool>,
    ) -> Plan {
        let mut plan = Plan::default();
        let best = snapshot.best;
        let mut duties: Vec<_> = snapshot.duties.iter().collect();
        duties.sort_by_key(|duty| duty.deadline);
        for duty in duties {
            let part = Part::of(duty);
            self.quiet_since.insert(part, best);
            if publish(part, duty.seed) != Some(false) || duty.step != DutyStep::Commit {
                continue;
            }
            match self.running.get_mut(&part) {
                Some(running) if running.seed == duty.seed => {
                    running.wanted_at = best;
                    continue;
                }
                // A fork with another seed has won: what is being computed is of no use.
                Some(_) => plan.cancel.push(part),
                None => {}
            }
            self.running.remove(&part);
            if self.retry_at.get(&part).is_some_and(|at| *at > now) {
                continue;
            }
            match duty.deadline.saturating_sub(best) {
                0 => {}
                left if left <= MARGIN => plan.decline.push(duty.clone()),
                left => {
                    self.running.insert(part, Running { seed: duty.seed, wanted_at: best });
                    plan.start.push((duty.clone(), now + self.block_time * (left - MARGIN)));
                }
            }
        }
        self.running.retain(|part, running| {
            let keep = best.saturating_sub(running.wanted_at) < GIVE_UP_AFTER;
            if !keep {
                plan.cancel.push(*part);
            }
            keep
        });
        self.retry_at.retain(|_, at| *at > now);
        self.quiet_since.retain(|part, since| entries.contains(part) || *since == best);
        for part in entries {
            let since = self.quiet_since.entry(*part).or_insert(best);
            if best.saturating_sub(*since) >= FORGET_AFTER {
                *since = best;
                plan.ask.push(*part);
            }
        }
        plan
    }

    /// A part's work has ended: with an outcome in the mailbox, or not `well`.
    pub fn ended(&mut self, part: Part, well: bool, now: Instant) {
        self.running.remove(&part);
        if !well {
            self.retry_at.insert(part, now + RETRY_AFTER);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inference::testing::duty;

    const BLOCK: Duration = Duration::from_secs(3);

    struct World {
        scheduler: Scheduler,
        now: Instant,
        entries: BTreeSet<(Part, H256)>,
    }

    impl World {
        fn new() -> Self {
            Self { scheduler: Scheduler::new(BLOCK), now: Instant::now(), entries: BTreeSet::new() }
        }

        fn plan(&mut self, best: u32, duties: &[Duty<u32>]) -> Plan {
            let snapshot = Snapshot { best, duties: duties.to_vec(), ..Default::default() };
            let parts = self.entries.iter().map(|(part, _)| *part).collect();
            self.scheduler.plan(&snapshot, &parts, self.now, |part, seed| Some(self.entries.contains(&(part, seed))))
        }
    }

    fn started(plan: &Plan) -> Vec<u64> {
        plan.start.iter().map(|(duty, _)| duty.job).collect()
    }

    #[test]
    fn plan_starts_each_duty_once_the_most_urgent_first() {
        let mut world = World::new();
        let duties = [duty(1, 150), duty(2, 120)];
        let plan = world.plan(100, &duties);
        assert_eq!(started(&plan), [2, 1]);
        assert_eq!(plan.start[0].1, world.now + BLOCK * (20 - MARGIN));
        assert_eq!(world.plan(101, &duties), Plan::default());
    }

    #[test]
    fn plan_does_not_repeat_what_the_mailbox_has() {
        let mut world = World::new();
        let duty = duty(1, 150);
        world.entries.insert((Part::of(&duty), duty.seed));
        assert_eq!(world.plan(100, std::slice::from_ref(&duty)), Plan::default());
        // Another fork's seed makes another result.
        let other = Duty { seed: H256::repeat_byte(9), ..duty };
        assert_eq!(started(&world.plan(101, &[other])), [1]);
    }

    #[test]
    fn plan_computes_nothing_once_it_is_committed() {
        let mut world = World::new();
        for step in [DutyStep::Wait, DutyStep::Reveal(H256::zero())] {
            assert_eq!(world.plan(100, &[Duty { step, ..duty(1, 150) }]), Plan::default());
        }
    }

    #[test]
    fn plan_declines_what_cannot_finish_and_skips_what_is_over() {
        let mut world = World::new();
        let late = duty(1, 100 + MARGIN);
        assert_eq!(world.plan(100, &[late.clone(), duty(2, 100), duty(3, 90)]), Plan { decline: vec![late], ..Plan::default() });
    }

    #[test]
    fn plan_gives_up_what_vanished_for_several_blocks() {
        let mut world = World::new();
        world.plan(100, &[duty(1, 150)]);
        assert_eq!(world.plan(104, &[]), Plan::default());
        assert_eq!(world.plan(104, &[duty(1, 150)]), Plan::default());
        assert_eq!(world.plan(105, &[]), Plan::default());
        assert_eq!(world.plan(109, &[]).cancel, [Part::of(&duty(1, 150))]);
        assert_eq!(world.plan(110, &[]), Plan::default());
        assert_eq!(started(&world.plan(111, &[duty(1, 150)])), [1]);
    }

    #[test]
    fn plan_replaces_work_for_a_seed_that_lost() {
        let mut world = World::new();
        world.plan(100, &[duty(1, 150)]);
        let plan = world.plan(101, &[Duty { seed: H256::repeat_byte(9), ..duty(1, 150) }]);
        assert_eq!((plan.cancel.len(), started(&plan)), (1, vec![1]));
    }

    #[test]
    fn plan_waits_before_it_repeats_a_failure() {
        let mut world = World::new();
        world.plan(100, &[duty(1, 150)]);
        world.scheduler.ended(Part::of(&duty(1, 150)), false, world.now);
        assert_eq!(world.plan(101, &[duty(1, 150)]), Plan::default());
        world.now += RETRY_AFTER;
        assert_eq!(started(&world.plan(106, &[duty(1, 150)])), [1]);
    }

    #[test]
    fn plan_starts_nothing_without_a_mailbox() {
        let mut world = World::new();
        let snapshot = Snapshot { best: 100, duties: vec![duty(1, 150)], ..Default::default() };
        let plan = world.scheduler.plan(&snapshot, &BTreeSet::new(), world.now, |_, _| None);
        assert_eq!(plan, Plan::default());
    }

    #[test]
    fn plan_asks_now_and_then_about_entries_without_a_duty() {
        let mut world = World::new();
        let duty = duty(1, 150);
        let part = Part::of(&duty);
        world.entries.insert((part, duty.seed));
        assert_eq!(world.plan(100, &[duty]), Plan::default());
        assert_eq!(world.plan(100 + FORGET_AFTER - 1, &[]).ask, []);
        assert_eq!(world.plan(100 + FORGET_AFTER, &[]).ask, [part]);
        assert_eq!(world.plan(101 + FORGET_AFTER, &[]).ask, []);
        assert_eq!(world.plan(100 + 2 * FORGET_AFTER, &[]).ask, [part]);
    }
}
