//! Sybils: one GPU of [`GPU_SLOTS`] slots, registered as one provider or as several that share its slots.
//!
//! Capability challenges are timed, so they prove slots by hardware: however it is registered, the GPU proves the same slots.

use super::{
    attack::{drawn, list},
    chain::{bond_of, hrt, numbers},
    emission::Ended,
    providers::POINTS,
};
use hearth_runtime::Balance;
use pallet_reward_emission::EraPool;
use serde::Serialize;

/// Slots of the GPU.
const GPU_SLOTS: u32 = 8;

/// Providers that it is registered as. The first is the honest way.
const REGISTRATIONS: [u32; 4] = [1, 2, 4, GPU_SLOTS];

/// Jobs that are drawn to see how often a way of registration is drawn.
const DRAWS: u64 = 4_000;

/// A way to register the GPU, and what it came to.
#[derive(Clone, Debug)]
pub struct Split {
    /// Providers.
    pub registrations: u32,
    /// What they were paid by a week's last era beyond the honest way, in the best week, in planck.
    pub gain: i128,
}

/// A way to register the GPU, for people.
#[derive(Clone, Debug, Serialize)]
pub struct SplitRow {
    /// Providers.
    pub registrations: u32,
    /// What pools paid them beyond the honest way in the best week's last era, in planck.
    pub best_gain_planck: i64,
    /// What they must bond beyond the honest way, in HRT.
    pub extra_bond: f64,
    /// Replicas that they are drawn for per job of two replicas in a full list, once they are trusted.
    pub replicas_per_job: f64,
}

impl Split {
    /// All ways, not tried yet.
    pub fn all() -> Vec<Self> {
        REGISTRATIONS.map(|registrations| Self { registrations, gain: i128::MIN }).to_vec()
    }

    /// Compares it with the honest way, in an era that ended as `era` did and in which the GPU worked too, both when it takes its shares
    /// before all others and after them.
    pub fn attempt(&mut self, era: &Ended) {
        for last in [false, true] {
            let gain = reward(era, self.registrations, last) as i128 - reward(era, REGISTRATIONS[0], last) as i128;
            self.gain = self.gain.max(gain);
        }
    }

    /// Whether it earned no more than the honest way, within a planck per registration.
    pub fn earns_no_more(&self) -> bool {
        self.gain <= i128::from(self.registrations)
    }

    /// For people; `honest` are the slots of others in a list of offers.
    pub fn row(&self, honest: &[u32], seed: u64) -> SplitRow {
        let slots = GPU_SLOTS / self.registrations;
        let list = list(honest, &vec![slots; self.registrations as usize], false);
        let sybils = honest.len() as u32;
        let places: usize = (0..DRAWS).map(|job| drawn(&list, seed, job).iter().filter(|member| member.provider >= sybils).count()).sum();
        SplitRow {
            registrations: self.registrations,
            best_gain_planck: self.gain as i64,
            extra_bond: hrt(bond_of(self.registrations, GPU_SLOTS) - bond_of(REGISTRATIONS[0], GPU_SLOTS)),
            replicas_per_job: places as f64 / DRAWS as f64,
        }
    }
}

/// What an era's pool pays the GPU.
fn reward(era: &Ended, registrations: u32, last: bool) -> Balance {
    let each = POINTS * u128::from(GPU_SLOTS / registrations);
    let points = era.points + POINTS * u128::from(GPU_SLOTS);
    let mut pool = EraPool::share_out(era.providers, numbers().job_share, points, era.burned);
    if last {
        pool.take(era.points, era.burned);
    }
    (0..registrations).map(|_| pool.take(each, 0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hearth_runtime::HRT;

    #[test]
    fn attempt_finds_no_gain() {
        let eras = [
            Ended { providers: 20_000 * HRT + 12_345, points: 1_234 * POINTS, burned: 300 * HRT },
            Ended { providers: 777, points: 3 * POINTS, burned: 0 },
            Ended { providers: 19_999_999_999_999, points: 0, burned: 0 },
        ];
        for mut split in Split::all() {
            for era in &eras {
                split.attempt(era);
            }
            assert!(split.earns_no_more(), "{} registrations gain {}", split.registrations, split.gain);
        }
    }

    #[test]
    fn row_prices_registrations() {
        let mut split = Split::all().pop().expect("there are some");
        split.attempt(&Ended { providers: HRT, points: POINTS, burned: 0 });
        let row = split.row(&[4; 40], 1);
        assert_eq!(row.registrations, GPU_SLOTS);
        assert!(row.extra_bond > 0.0);
        // Eight of 168 slots, two replicas.
        assert!((row.replicas_per_job / (2.0 * 8.0 / 168.0) - 1.0).abs() < 0.25, "{}", row.replicas_per_job);
    }
}
