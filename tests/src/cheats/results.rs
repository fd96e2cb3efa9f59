//! What machines make of a job: digests, made up, but as far from each other as real ones were measured to be.
//!
//! Everything follows from job, seed and machine, so two machines of a kind agree as two real ones would, and a juror that runs the job again
//! under another seed finds the same.

use codec::Encode;
use hearth_primitives::{
    blake2_256,
    digest::{Digest, HALF_LEN},
    JobId, ProviderId, H256,
};
use rand::{rngs::StdRng, Rng, SeedableRng};

/// What a provider computes a job with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Machine {
    /// The model, as registered.
    Sound,
    /// The model with its weights rounded, the same way by everybody who does so.
    Quantised,
    /// Another model, the same for everybody who takes it.
    Smaller,
    /// Nothing: its own random numbers.
    Random,
    /// Nothing: numbers on which the adversary's providers have agreed.
    Agreed,
}

/// Honest results differ by at most so much in each component, in 2^-16: the mean of a half was at most 1 on all that was measured.
const ROUNDING: i32 = 1;

/// Components of real digests are near a standard normal in Q16.16.
const SPREAD: i32 = 3 << 16;

/// How far rounded weights move the hidden half, in 2^-16, on five real models: the least and the median, for f16, bf16 and int8.
const MEASURED: [(f64, f64); 15] = [
    (12.4, 22.0),
    (21.0, 30.0),
    (44.0, 59.0),
    (87.0, 156.0),
    (36.0, 57.0),
    (121.0, 177.0),
    (173.0, 273.0),
    (288.0, 448.0),
    (792.0, 1_262.0),
    (307.0, 498.0),
    (708.0, 1_069.0),
    (1_454.0, 2_429.0),
    (3_608.0, 4_709.0),
    (29_892.0, 51_821.0),
    (6_780.0, 8_691.0),
];

/// A stream of random numbers of one's own.
pub fn stream(label: &str, of: impl Encode) -> StdRng {
    StdRng::from_seed(blake2_256(&(label, of).encode()).0)
}

/// The digest of a run under `seed`.
pub fn digest(machine: Machine, provider: ProviderId, job: JobId, seed: H256) -> Digest {
    let truth = || whole(stream("truth", (job, seed)));
    let rounded = |digest| moved(digest, ROUNDING, ROUNDING, &mut stream("rounding", (provider, job, seed)));
    match machine {
        Machine::Sound => rounded(truth()),
        // An output that saturates does not show it: the hidden half alone has to.
        Machine::Quantised => rounded(moved(truth(), width(job), 0, &mut stream("quantised", (job, seed)))),
        Machine::Smaller => rounded(whole(stream("smaller", (job, seed)))),
        Machine::Random => whole(stream("random", (provider, job, seed))),
        Machine::Agreed => whole(stream("agreed", (job, seed))),
    }
}

/// By how much each component of the hidden half moves at most, where a job's weights are rounded. The mean of it is half of that, between the
/// least and the median that were measured: the half of the inputs that is harder to find out.
fn width(job: JobId) -> i32 {
    let mut chance = stream("weights", job);
    let (least, median) = MEASURED[chance.gen_range(0..MEASURED.len())];
    let mean = least * (median / least).powf(chance.gen_range(0.0..1.0));
    (2.0 * mean) as i32
}

fn whole(mut chance: StdRng) -> Digest {
    let mut half = || -> [i32; HALF_LEN] { std::array::from_fn(|_| chance.gen_range(-SPREAD..=SPREAD)) };
    Digest { hidden: half(), output: half() }
}

fn moved(digest: Digest, hidden: i32, output: i32, chance: &mut StdRng) -> Digest {
    let mut half = |half: [i32; HALF_LEN], most: i32| half.map(|component| component.wrapping_add(chance.gen_range(-most..=most)));
    Digest { hidden: half(digest.hidden, hidden), output: half(digest.output, output) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hearth_primitives::digest::{Agreement, Tolerance};

    fn compared(a: Machine, b: Machine, job: JobId) -> Agreement {
        let of = |machine, provider| digest(machine, provider, job, H256::repeat_byte(job as u8));
        of(a, 1).compare(&of(b, 2), Tolerance::default())
    }

    #[test]
    fn digest_of_equal_machines_agrees() {
        for job in 0..200 {
            for machine in [Machine::Sound, Machine::Quantised, Machine::Smaller, Machine::Agreed] {
                assert_eq!(compared(machine, machine, job), Agreement::Agree, "{machine:?}, job {job}");
            }
            assert_eq!(compared(Machine::Random, Machine::Random, job), Agreement::Deviant);
        }
    }

    #[test]
    fn digest_of_a_cheat_is_never_taken_for_a_sound_one() {
        for job in 0..2_000 {
            assert_ne!(compared(Machine::Sound, Machine::Quantised, job), Agreement::Agree, "job {job}");
            for machine in [Machine::Smaller, Machine::Random, Machine::Agreed] {
                assert_eq!(compared(Machine::Sound, machine, job), Agreement::Deviant, "{machine:?}, job {job}");
            }
        }
        let deviant = (0..2_000).filter(|job| compared(Machine::Sound, Machine::Quantised, *job) == Agreement::Deviant).count();
        assert!(deviant > 1_960, "{deviant} of 2000");
    }

    #[test]
    fn digest_differs_with_the_seed_whatever_the_machine() {
        let of = |machine, seed| digest(machine, 1, 7, H256::repeat_byte(seed));
        for machine in [Machine::Sound, Machine::Quantised, Machine::Smaller, Machine::Random, Machine::Agreed] {
            assert_eq!(of(machine, 1).compare(&of(machine, 2), Tolerance::default()), Agreement::Deviant, "{machine:?}");
        }
    }
}
