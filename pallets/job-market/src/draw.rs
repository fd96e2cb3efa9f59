//! Who computes a job: a pure function of a seed and a list. Nothing that a customer or a provider chooses after the submission enters it.

use crate::verdict::quorum;
use alloc::vec::Vec;
use codec::Encode;
use hearth_primitives::{blake2_256, provider::Candidate, JobId, Tier, H256};

/// Separates the seed of a round from every other hash.
const DRAW_DOMAIN: &[u8] = b"hearth/draw";
/// Separates the choice of replacements from the round's seed.
const REDRAW_DOMAIN: &[u8] = b"hearth/redraw";
/// Separates the beginning of a capability challenge.
const CHALLENGE_DOMAIN: &[u8] = b"hearth/challenge";
/// Separates the lot that decides about an audit.
const AUDIT_DOMAIN: &[u8] = b"hearth/audit";
/// Separates the single picks of a draw.
const PICK_DOMAIN: &[u8] = b"hearth/pick";

fn seed_of(domain: &[u8], accumulated: H256, epoch: H256, job: JobId, tier: Tier) -> H256 {
    let mut preimage = domain.to_vec();
    (accumulated, epoch, job, tier).encode_to(&mut preimage);
    blake2_256(&preimage)
}

/// The seed of a round: draws its first members and keys their digests.
pub fn round_seed(accumulated: H256, epoch: H256, job: JobId, tier: Tier) -> H256 {
    seed_of(DRAW_DOMAIN, accumulated, epoch, job, tier)
}

/// The seed that draws a round's replacements.
pub fn redraw_seed(accumulated: H256, epoch: H256, job: JobId, tier: Tier) -> H256 {
    seed_of(REDRAW_DOMAIN, accumulated, epoch, job, tier)
}

/// The seed that decides whether a capability challenge begins, and in which order it asks.
pub fn challenge_seed(accumulated: H256, epoch: H256) -> H256 {
    let mut preimage = CHALLENGE_DOMAIN.to_vec();
    (accumulated, epoch).encode_to(&mut preimage);
    blake2_256(&preimage)
}

/// A number below `total`, for the pick `n`. Reducing 128 bits leaves a bias under 2^-64.
pub(crate) fn pick(seed: H256, n: u32, total: u64) -> u64 {
    let mut preimage = PICK_DOMAIN.to_vec();
    (seed, n).encode_to(&mut preimage);
    let mut wide = [0; 16];
    wide.copy_from_slice(&blake2_256(&preimage).0[..16]);
    (u128::from_le_bytes(wide) % u128::from(total.max(1))) as u64
}

/// A number below 10^9 that decides whether a job is audited: it is if the number is below the probability's parts.
pub fn audit_lot(accumulated: H256, epoch: H256, job: JobId) -> u32 {
    pick(seed_of(AUDIT_DOMAIN, accumulated, epoch, job, 0), 0, 1_000_000_000) as u32
}

/// Draws up to `places` of the candidates, weighted, no owner twice.
///
/// A newcomer (one who is not trusted) takes at most ⌊places / 2⌋ places and, where there are two places or more, one place is a
/// newcomer's. Both hold as far as there are candidates to hold them: a young network, in which all are newcomers, still works.
pub fn draw<A: Clone + PartialEq>(seed: H256, candidates: Vec<Candidate<A>>, places: u32) -> Vec<Candidate<A>> {
    let (most_newcomers, most_trusted) = (places / 2, places.saturating_sub(1).max(1));
    draw_within(seed, candidates, places, |drawn, candidate| {
        let alike = drawn.iter().filter(|other| other.trusted == candidate.trusted).count() as u32;
        alike < if candidate.trusted { most_trusted } else { most_newcomers }
    })
}

/// Draws up to `places` jurors, weighted, no owner twice. As far as there are candidates for it, one class of devices takes at most a quorum
/// of the places: a verdict that takes money needs two. And no less, or who declares a rare class could keep all others from a verdict.
pub fn draw_jury<A: Clone + PartialEq>(seed: H256, candidates: Vec<Candidate<A>>, places: u32) -> Vec<Candidate<A>> {
    draw_within(seed, candidates, places, |drawn, candidate| {
        let alike = drawn.iter().filter(|other| other.backend == candidate.backend).count() as u32;
        alike < quorum(places)
    })
}

/// Draws candidates one by one, each among those who are `within` bounds, given whom was drawn, or among all if nobody is.
fn draw_within<A: Clone + PartialEq>(
    seed: H256,
    mut candidates: Vec<Candidate<A>>,
    places: u32,
    within: impl Fn(&[Candidate<A>], &Candidate<A>) -> bool,
) -> Vec<Candidate<A>> {
    candidates.sort_by_key(|c| c.provider);
    let mut drawn: Vec<Candidate<A>> = Vec::with_capacity(places as usize);
    for n in 0..places {
        let any_within = candidates.iter().any(|c| within(&drawn, c));
        let eligible: Vec<&Candidate<A>> = candidates.iter().filter(|c| !any_within || within(&drawn, c)).collect();
        let weight = |c: &Candidate<A>| u64::from(c.weight.max(1));
        let total = eligible.iter().map(|c| weight(c)).sum();
        let mut at = pick(seed, n, total);
        let chosen = eligible.into_iter().find(|c| match at.checked_sub(weight(c)) {
            Some(rest) => {
                at = rest;
                false
            }
            None => true,
        });
        let Some(chosen) = chosen.cloned() else { break };
        candidates.retain(|c| c.owner != chosen.owner && c.provider != chosen.provider);
        drawn.push(chosen);
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use hearth_primitives::provider::BackendClass;
    use proptest::prelude::*;

    fn candidate(provider: u32, owner: u32, weight: u32, trusted: bool) -> Candidate<u32> {
        Candidate { provider, owner, operator: 1_000 + provider, weight, backend: BackendClass::Cpu, trusted }
    }

    fn candidates() -> impl Strategy<Value = Vec<Candidate<u32>>> {
        prop::collection::vec((0u32..12, 0u32..9, any::<bool>()), 0..24).prop_map(|list| {
            list.into_iter().enumerate().map(|(i, (owner, weight, trusted))| candidate(i as u32, owner, weight, trusted)).collect()
        })
    }

    fn owners(list: &[Candidate<u32>]) -> usize {
        list.iter().map(|c| c.owner).collect::<std::collections::BTreeSet<_>>().len()
    }

    proptest! {
        #[test]
        fn draw_is_pure_and_distinct(seed in any::<[u8; 32]>(), list in candidates(), places in 0u32..8) {
            let drawn = draw(H256(seed), list.clone(), places);
            prop_assert_eq!(drawn.len(), owners(&list).min(places as usize));
            prop_assert_eq!(owners(&drawn), drawn.len());
            prop_assert!(drawn.iter().all(|c| list.contains(c)));
            let mut shuffled = list;
            shuffled.reverse();
            prop_assert_eq!(draw(H256(seed), shuffled, places), drawn);
        }

        #[test]
        fn draw_keeps_newcomers_in_bounds(seed in any::<[u8; 32]>(), old in 0u32..10, new in 0u32..10, places in 2u32..8) {
            let veterans = (0..old).map(|i| candidate(i, i, 1, true));
            let list: Vec<_> = veterans.chain((0..new).map(|i| candidate(100 + i, 100 + i, 1, false))).collect();
            let drawn = draw(H256(seed), list, places);
            let newcomers = drawn.iter().filter(|c| !c.trusted).count() as u32;
            if old >= places.div_ceil(2) {
                prop_assert!(newcomers <= places / 2);
            }
            if new > 0 {
                prop_assert!(newcomers >= 1);
            }
        }
    }

    proptest! {
        #[test]
        fn draw_jury_mixes_classes_where_it_can(seed in any::<[u8; 32]>(), classes in prop::collection::vec(0usize..3, 0..20), places in 1u32..8) {
            let list: Vec<_> = classes.iter().enumerate()
                .map(|(i, class)| Candidate { backend: BackendClass::ALL[*class], ..candidate(i as u32, i as u32, 1, true) }).collect();
            let drawn = draw_jury(H256(seed), list, places);
            prop_assert_eq!(drawn.len(), classes.len().min(places as usize));
            let count = |class: usize| classes.iter().filter(|other| **other == class).count() as u32;
            let of = |class: usize| drawn.iter().filter(|c| c.backend == BackendClass::ALL[class]).count() as u32;
            for class in 0..3 {
                let others: u32 = (0..3).filter(|other| *other != class).map(count).sum();
                prop_assert!(of(class) <= quorum(places) || others < places - quorum(places));
            }
        }
    }

    #[test]
    fn draw_jury_gives_rare_classes_no_veto() {
        // Three of thirty say that they are of other classes: nearly always the others can find a verdict without them.
        let class = |id: u32| BackendClass::ALL[if id < 3 { id as usize + 2 } else { 1 }];
        let list: Vec<_> = (0..30).map(|id| Candidate { backend: class(id), ..candidate(id, id, 1, true) }).collect();
        let blocked = |(job, places): &(u32, u32)| {
            let drawn = draw_jury(blake2_256(&job.encode()), list.clone(), *places);
            (drawn.iter().filter(|c| c.provider >= 3).count() as u32) < quorum(*places)
        };
        let count = (0..200u32).flat_map(|job| [(job, 3), (job, 7)]).filter(blocked).count();
        assert!(count < 40, "{count} of 400");
    }

    #[test]
    fn audit_lot_falls_as_often_as_the_rate_says() {
        let below = |job: u64| audit_lot(H256::repeat_byte(1), H256::repeat_byte(2), job) < 50_000_000;
        let count = (0..10_000u64).filter(|job| below(*job)).count();
        assert!((420..580).contains(&count), "500 expected, {count} drawn");
    }

    #[test]
    fn draw_follows_the_weights() {
        let list = vec![candidate(0, 0, 1, true), candidate(1, 1, 9, true)];
        let heavy = (0..4_000u32).filter(|i| draw(blake2_256(&i.encode()), list.clone(), 1)[0].provider == 1).count();
        assert!((3_480..3_720).contains(&heavy), "nine in ten expected, {heavy} of 4000 drawn");
    }

    #[test]
    fn seeds_differ_in_every_part() {
        let base = (H256::repeat_byte(1), H256::repeat_byte(2), 3, 0);
        let seed = |(a, e, j, t)| round_seed(a, e, j, t);
        let mut seeds = vec![
            seed(base),
            redraw_seed(base.0, base.1, base.2, base.3),
            seed((H256::repeat_byte(9), base.1, base.2, base.3)),
            seed((base.0, H256::repeat_byte(9), base.2, base.3)),
            seed((base.0, base.1, 9, base.3)),
            seed((base.0, base.1, base.2, 1)),
        ];
        seeds.sort();
        seeds.dedup();
        assert_eq!(seeds.len(), 6);
    }
}
