//! Chance: every random number of the simulation comes from one seeded stream.

use rand::{rngs::StdRng, Rng, SeedableRng};

/// A stream of random numbers.
pub struct Chance(StdRng);

impl Chance {
    /// The stream of a seed.
    pub fn seeded(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// At least 0 and below 1.
    pub fn uniform(&mut self) -> f64 {
        self.0.gen_range(0.0..1.0)
    }

    /// An integer below `limit`; 0 if there is none.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0.gen_range(0..limit.max(1))
    }

    /// True with this probability.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// With mean 0 and variance 1, by Box and Muller.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// With this median; `sigma` is the deviation of the logarithm.
    pub fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * (sigma * self.normal()).exp()
    }

    /// 1 or more, with the tail exponent `alpha`.
    pub fn pareto(&mut self, alpha: f64) -> f64 {
        (1.0 - self.uniform()).powf(-1.0 / alpha)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_the_same_for_the_same_seed() {
        let numbers = |seed| {
            let mut chance = Chance::seeded(seed);
            (0..100).map(|_| chance.uniform()).collect::<Vec<_>>()
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
    }

    #[test]
    fn normal_has_mean_zero_and_variance_one() {
        let mut chance = Chance::seeded(1);
        let numbers: Vec<f64> = (0..100_000).map(|_| chance.normal()).collect();
        let mean = numbers.iter().sum::<f64>() / 1e5;
        let variance = numbers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 1e5;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "mean {mean}, variance {variance}");
    }
}
