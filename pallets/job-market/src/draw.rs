//! Who computes a job: a pure function of a seed and a list. Nothing that a customer or a provider chooses after the submission enters it.

use alloc::vec::Vec;
use codec::Encode;
use hearth_primitives::{blake2_256, provider::Candidate, JobId, Tier, H256};

/// Separates the seed of a round from every other hash.
const DRAW_DOMAIN: &[u8] = b"hearth/draw";
/// Separates the choice of replacements from the round's seed.
const REDRAW_DOMAIN: &[u8] = b"hearth/redraw";
/// Separates the beginning of a capability challenge.
const CHALLENGE_DOMAIN: &[u8] = b"hearth/challenge";
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

/// Draws up to `places` of the candidates, weighted, no owner twice.
///
/// A newcomer (one who is not trusted) takes at most ⌊places / 2⌋ places and, where there are two places or more, one place is a
/// newcomer's. Both hold as far as there are candidates to hold them: a young network, in which all are newcomers, still works.
pub fn draw<A: Clone + PartialEq>(seed: H256, mut candidates: Vec<Candidate<A>>, places: u32) -> Vec<Candidate<A>> {
    candidates.sort_by_key(|c| c.provider);
    let (most_newcomers, most_trusted) = (places / 2, places.saturating_sub(1).max(1));
    let (mut newcomers, mut trusted) = (0, 0);
    let mut drawn = Vec::with_capacity(places as usize);
    for n in 0..places {
        let within = |c: &Candidate<A>| if c.trusted { trusted < most_trusted } else { newcomers < most_newcomers };
        let any_within = candidates.iter().any(within);
        let eligible = |c: &Candidate<A>| !any_within || within(c);
        let weight = |c: &Candidate<A>| u64::from(c.weight.max(1));
        let total = candidates.iter().filter(|c| eligible(c)).map(weight).sum();
        let mut at = pick(seed, n, total);
        let chosen = candidates.iter().filter(|c| eligible(c)).find(|c| match at.checked_sub(weight(c)) {
            Some(rest) => {
                at = rest;
                false
            }
            None => true,
        });
        let Some(chosen) = chosen.cloned() else { break };
        match chosen.trusted {
            true => trusted += 1,
            false => newcomers += 1,
        }
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
