//! Capability challenges: when one begins, and how seats are put into groups. Each group is a job of the same machinery, whose customer is
//! the protocol, which pays nothing: what is proven earns a part of the providers' pool.
//!
//! Whether a block begins a challenge follows from the randomness of the block before, which nobody but that block's author knows sooner. It
//! asks every provider, for all its free slots, in as few blocks as hold that: a machine that can make so many runs in the time of one
//! challenge fills so many seats, in however many names. So the benchmark's work and its time to commit say what a slot is. A provider's
//! seats are in different groups, and no run serves two of them.
//!
//! Members of a group compare as any replicas do. Where they do not agree a jury decides, whose jurors earn as the members do, for they run
//! the same; it is final at once, because no money hangs on it. Who was wrong has failed the challenge. Where there are too few jurors nobody
//! in the group earns.

use crate::{
    draw, Agenda, CandidateOf, CapabilityBenchmark, Challenge, Config, CurrentChallenge, Event, Job, Jobs, Member, Models, NextJobId,
    OperatorJobs, Pallet, RingEntry, Round, Rounds, Stage, WeightInfo, REPLICAS,
};
use alloc::vec::Vec;
use frame_support::{
    traits::{Defensive, Get},
    weights::WeightMeter,
};
use frame_system::pallet_prelude::BlockNumberFor;
use hearth_primitives::{
    blob::BlobRef,
    capability::{self, Benchmark},
    governance::Brake,
    market::{JobKind, MAX_REPLICAS},
    provider::ChallengePool,
    JobId, H256,
};
use sp_runtime::{
    traits::{UniqueSaturatedInto, Zero},
    Saturating,
};

/// The most places that one block looks at.
pub const MAX_PLACES: u32 = 128;

/// The most slots for which a provider is asked.
pub const MAX_SEATS: u32 = 64;

/// The most seats that are asked for in one block.
pub const MAX_BLOCK_SEATS: u32 = MAX_REPLICAS * MAX_SEATS;

/// The most groups that so many seats make: as many as seats of one provider, and as many full ones, with two that are not full.
pub const MAX_GROUPS: u32 = 2 * MAX_SEATS + 2;

/// The members that a group should have at least: where one of them is missing, the others still have each other.
const GOOD_SIZE: u32 = 3;

/// Whether a challenge begins: by a chance of one in `period`.
pub fn begins(seed: H256, period: u64) -> bool {
    draw::pick(seed, 0, period) == 0
}

/// The order, which follows from `seed`, in which `places` of them are visited, each once: the place that comes as number n is
/// start + n·stride mod places, with a stride that has no divisor in common with the number of places.
pub fn walk(seed: H256, places: u32) -> impl Fn(u32) -> u32 {
    let all = u64::from(places.max(1));
    let start = draw::pick(seed, 1, all);
    // About one number in five will do at the worst, and one always does.
    let stride = (2..66).map(|pick| draw::pick(seed, pick, all)).find(|stride| gcd(*stride, all) == 1).unwrap_or(1);
    move |n| (start.saturating_add(stride.saturating_mul(n.into())) % all) as u32
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while let Some(rest) = a.checked_rem(b) {
        (a, b) = (b, rest);
    }
    a
}

/// How many of `left` places to look at in one block, so that the last block has as many as the others.
pub fn portion(left: u32) -> u32 {
    left.div_ceil(left.div_ceil(MAX_PLACES).max(1))
}

/// Puts so many seats of each provider into groups of at most [`MAX_REPLICAS`], no two of a provider's into one. Returns for each group
/// the providers' indices.
///
/// It goes by rounds, and each takes as many seats of everybody as keep groups at [`GOOD_SIZE`], or at the number of those who have seats left.
/// So a provider of many slots does not thin out the groups of those who have few, and finds others for as many seats as they have.
pub fn groups(seats: &[u32]) -> Vec<Vec<usize>> {
    let (mut left, mut groups) = (seats.to_vec(), Vec::new());
    while let Some(most) = left.iter().copied().max().filter(|most| *most > 0) {
        let providers = left.iter().filter(|seats| **seats > 0).count() as u32;
        let size = providers.min(GOOD_SIZE);
        let taken = |each: u32| left.iter().map(|seats| each.min(*seats)).sum::<u32>();
        // One seat of each always is enough.
        let each = (1..=most).rev().find(|each| taken(*each) >= size.saturating_mul(*each)).unwrap_or(1);
        let count = taken(each).div_ceil(MAX_REPLICAS).max(each) as usize;
        let first = groups.len();
        groups.resize(first.saturating_add(count), Vec::new());
        // A provider's seats go to successive groups, and it has no more of them than there are groups.
        let owners = left.iter().enumerate().flat_map(|(owner, seats)| core::iter::repeat_n(owner, each.min(*seats) as usize));
        for (owner, group) in owners.zip((first..first.saturating_add(count)).cycle()) {
            groups[group].push(owner);
        }
        left.iter_mut().for_each(|seats| *seats = seats.saturating_sub(each));
    }
    groups
}

impl<T: Config> Pallet<T> {
    /// The start of block `now`: goes on with the challenge that runs, or begins one if the randomness of the block before says so. Unless
    /// its model is paused.
    pub(crate) fn serve_challenge(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
        let groups = match (Self::entry_for_draw(now), CapabilityBenchmark::<T>::get()) {
            (Some(entry), Some(benchmark)) if !T::Brake::pauses_jobs(benchmark.model) => Self::go_on_with_challenge(now, entry, benchmark),
            _ => 0,
        };
        meter.consume(T::WeightInfo::challenge(groups));
    }

    /// Returns what it cost, in groups.
    fn go_on_with_challenge(now: BlockNumberFor<T>, entry: RingEntry<BlockNumberFor<T>>, benchmark: Benchmark) -> u32 {
        let mut challenge = match CurrentChallenge::<T>::get() {
            Some(challenge) => challenge,
            None => {
                let seed = draw::challenge_seed(entry.accumulated, entry.epoch);
                let places = T::Providers::challengeable();
                if places == 0 || !begins(seed, T::ChallengePeriod::get().unique_saturated_into()) {
                    return 0;
                }
                Self::deposit_event(Event::ChallengeBegun { providers: places });
                Challenge { seed, places, next: 0 }
            }
        };
        let (asked, looked) = Self::next_asked(&mut challenge);
        CurrentChallenge::<T>::set((challenge.next < challenge.places).then_some(challenge));
        Self::seat_groups(now, entry, benchmark, asked).max(looked.div_ceil(MAX_REPLICAS))
    }

    /// The next providers with free slots, as many as one block asks, and how many places were looked at.
    fn next_asked(challenge: &mut Challenge) -> (Vec<CandidateOf<T>>, u32) {
        let (mut asked, mut seats) = (Vec::new(), 0u32);
        let first = challenge.next;
        let end = first.saturating_add(portion(challenge.places.saturating_sub(first)));
        let visit = walk(challenge.seed, challenge.places);
        while challenge.next < end {
            let candidate = T::Providers::at_place(visit(challenge.next));
            if let Some(mut candidate) = candidate {
                candidate.weight = candidate.weight.min(MAX_SEATS);
                if seats.saturating_add(candidate.weight) > MAX_BLOCK_SEATS {
                    break;
                }
                seats = seats.saturating_add(candidate.weight);
                asked.push(candidate);
            }
            challenge.next = challenge.next.saturating_add(1);
        }
        (asked, challenge.next.saturating_sub(first))
    }

    /// Asks each provider for as many seats as its weight says; returns the number of groups.
    pub(crate) fn seat_groups(
        now: BlockNumberFor<T>,
        entry: RingEntry<BlockNumberFor<T>>,
        benchmark: Benchmark,
        asked: Vec<CandidateOf<T>>,
    ) -> u32 {
        let Some(mut model) = Models::<T>::get(benchmark.model).defensive() else { return 0 };
        let groups = groups(&asked.iter().map(|provider| provider.weight).collect::<Vec<_>>());
        let (first, count) = (NextJobId::<T>::get(), groups.len() as u32);
        let Some(next) = first.checked_add(count.into()).defensive() else { return 0 };
        for provider in &asked {
            T::Providers::begin_challenge(provider.provider, provider.weight);
        }
        let deadline = now.saturating_add(model.max_exec.max(1).into());
        for (id, group) in (first..next).zip(groups) {
            let seed = draw::round_seed(entry.accumulated, entry.epoch, id, REPLICAS);
            let members = group.into_iter().filter_map(|index| asked.get(index)).cloned();
            Self::start_group(id, seed, benchmark, members, now, deadline);
        }
        if count > 0 {
            NextJobId::<T>::put(next);
            model.active_jobs = model.active_jobs.saturating_add(count);
            Models::<T>::insert(benchmark.model, model);
        }
        count
    }

    /// Makes the job of one group. There is no redraw: a replacement would prove nothing about who is missing.
    fn start_group(
        id: JobId,
        seed: H256,
        benchmark: Benchmark,
        asked: impl Iterator<Item = CandidateOf<T>>,
        now: BlockNumberFor<T>,
        deadline: BlockNumberFor<T>,
    ) {
        let Benchmark { model, elements, work } = benchmark;
        let input = BlobRef::of(&capability::input(seed, elements));
        let mut round = Round { seed, stage: Stage::Redrawn, lock: Zero::zero(), members: Default::default() };
        for provider in asked {
            OperatorJobs::<T>::insert(&provider.operator, id, REPLICAS);
            let _ = round.members.try_push(Member::new(provider)).defensive_proof("a group is no larger than a round");
        }
        let providers: Vec<_> = round.members.iter().map(|member| member.provider).collect();
        let (kind, replicas) = (JobKind::Challenge { elements, work }, providers.len() as u32);
        let job = Job::new(kind, Self::protocol_account(), model, input, replicas, now, deadline);
        Rounds::<T>::insert(id, REPLICAS, round);
        Jobs::<T>::insert(id, job);
        Agenda::<T>::insert(deadline, id, ());
        Self::ref_blob(input.id);
        Self::deposit_event(Event::Drawn { job: id, tier: REPLICAS, seed, providers, deadline });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hearth_primitives::blake2_256;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn groups_seat_everybody_once_and_no_provider_twice_in_one(seats in prop::collection::vec(0u32..=MAX_SEATS, 0..40)) {
            let groups = groups(&seats);
            for (owner, wanted) in seats.iter().enumerate() {
                prop_assert_eq!(groups.iter().filter(|group| group.contains(&owner)).count(), *wanted as usize);
            }
            for group in &groups {
                let distinct: BTreeSet<_> = group.iter().collect();
                prop_assert_eq!(distinct.len(), group.len());
                prop_assert!((1..=MAX_REPLICAS as usize).contains(&group.len()));
            }
        }

        #[test]
        fn groups_of_a_block_are_bounded(
            seats in prop::collection::vec(prop_oneof![3 => 1u32..4, 1 => 1u32..=MAX_SEATS], 0..=MAX_PLACES as usize),
        ) {
            let mut sum = 0;
            let seats: Vec<_> = seats.into_iter().take_while(|seats| { sum += seats; sum <= MAX_BLOCK_SEATS }).collect();
            prop_assert!(groups(&seats).len() <= MAX_GROUPS as usize);
        }

        #[test]
        fn groups_of_providers_with_one_slot_stay_good(ones in 3usize..40, large in prop::collection::vec(2u32..=MAX_SEATS, 0..4)) {
            let seats: Vec<_> = core::iter::repeat_n(1, ones).chain(large).collect();
            for group in groups(&seats) {
                prop_assert!(group.iter().all(|owner| *owner >= ones) || group.len() >= 3, "{group:?}");
            }
        }

        #[test]
        fn walk_comes_to_every_place_once(seed in any::<[u8; 32]>(), places in 1u32..500) {
            let visited: BTreeSet<_> = (0..places).map(walk(H256(seed), places)).collect();
            prop_assert_eq!(visited.len(), places as usize);
            prop_assert_eq!(visited.last(), Some(&(places - 1)));
        }

        #[test]
        fn portion_is_even_and_bounded(places in 0u32..2_000) {
            let (mut left, mut portions) = (places, Vec::new());
            while left > 0 {
                portions.push(portion(left));
                left -= portion(left);
            }
            prop_assert!(portions.iter().all(|portion| (1..=MAX_PLACES).contains(portion)));
            prop_assert_eq!(portions.len() as u32, places.div_ceil(MAX_PLACES));
            let (most, least) = (portions.iter().max().unwrap_or(&0), portions.iter().min().unwrap_or(&0));
            prop_assert!(most - least <= 1);
        }
    }

    #[test]
    fn groups_are_full_or_good_as_far_as_there_are_seats() {
        let sizes = |seats: &[u32]| groups(seats).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(&[1; 7]), [7]);
        assert_eq!(sizes(&[1; 14]), [7, 7]);
        assert_eq!(sizes(&[4, 1, 1]), [3, 1, 1, 1]);
        assert_eq!(sizes(&[4, 4, 4]), [3, 3, 3, 3]);
        assert_eq!(sizes(&[4, 2]), [2, 2, 1, 1]);
        assert_eq!(sizes(&[4, 1, 1, 1, 1, 1]), [4, 3, 1, 1]);
        assert_eq!(sizes(&[]), [0; 0]);
    }

    #[test]
    fn walk_keeps_no_neighbours_together() {
        // Who registers two providers one after the other does not find them beside each other more often than chance has it: 2 in 99.
        let beside = |trial: u32| {
            let visit = walk(blake2_256(&trial.to_le_bytes()), 100);
            let at = |place: u32| (0..100).position(|n| visit(n) == place).unwrap();
            at(40).abs_diff(at(41)) == 1
        };
        let count = (0..1_000).filter(|trial| beside(*trial)).count();
        assert!(count < 100, "{count} of 1000");
    }

    #[test]
    fn begins_once_in_a_period() {
        let begun = (0..20_000u32).filter(|block| begins(blake2_256(&block.to_le_bytes()), 100)).count();
        assert!((150..250).contains(&begun), "200 expected, {begun} begun");
        assert!((0..50u32).all(|block| begins(blake2_256(&block.to_le_bytes()), 1)));
    }
}
