//! From digests to a proposal: pure functions, without models or devices.
//!
//! Distances are means over the 16 components of a half, in 2^-16, as [`Distance::means`] gives them.

use hearth_primitives::digest::{Agreement, Digest, Distance, Tolerance};
use serde::Serialize;

/// A tolerance is at least so many times what honest results differ by.
pub const HEADROOM: f64 = 4.0;

/// The part of a cheat's results that must be deviant.
pub const CAUGHT: f64 = 0.95;

/// The digests of one way to compute, by input and seed.
pub type Digests = Vec<Vec<Digest>>;

/// The digests of a cheat, by input and seed; none of an input where the result has none.
pub type Attempted = Vec<Option<Vec<Digest>>>;

/// A value for each half of a digest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Halves<T> {
    /// Of the tensors inside.
    pub hidden: T,
    /// Of the outputs.
    pub output: T,
}

/// What a set of numbers is like; zeros if it is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    /// How many there are.
    pub count: usize,
    /// The smallest.
    pub min: f64,
    /// The median.
    pub median: f64,
    /// The 99th percentile.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

impl Spread {
    /// Of these numbers, none of them NaN.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |part| quantile(&values, part);
        Self { count: values.len(), min: at(0.0), median: at(0.5), p99: at(0.99), max: at(1.0) }
    }
}

impl Halves<Spread> {
    /// Of distances, each half by itself.
    pub fn of(distances: impl IntoIterator<Item = Distance>) -> Self {
        let (hidden, output): (Vec<f64>, Vec<f64>) = distances.into_iter().map(|distance| distance.means()).unzip();
        Self { hidden: Spread::of(hidden), output: Spread::of(output) }
    }
}

/// The smallest number that at least `part` of the sorted ones do not pass; zero if there is none.
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let rank = (part * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// The distances between two ways to compute, on every input under every seed.
pub fn distances(one: &Digests, other: &Digests) -> Vec<Distance> {
    let pairs = one.iter().zip(other).flat_map(|(one, other)| one.iter().zip(other));
    pairs.map(|(one, other)| one.distance(other)).collect()
}

/// The root mean square; zero of nothing.
pub fn rms(values: &[f32]) -> f64 {
    let squares: f64 = values.iter().map(|value| f64::from(*value) * f64::from(*value)).sum();
    (squares / values.len().max(1) as f64).sqrt()
}

/// A scale as the chain has it, in Q16.16.
pub fn to_fixed(scale: f64) -> u32 {
    (scale * 65_536.0).round() as u32
}

/// The output scale in Q16.16, given the root mean squares of each input's outputs: of each output the median over the inputs, and of those
/// the smallest that is not zero, so that no output is flattened for another's sake. One if all are zero.
pub fn output_scale(sizes: &[Vec<f64>]) -> u32 {
    let outputs = sizes.iter().map(Vec::len).max().unwrap_or_default();
    let medians = (0..outputs).map(|output| Spread::of(sizes.iter().filter_map(|sizes| sizes.get(output).copied()).collect()).median);
    let least = medians.filter(|median| *median > 0.0).min_by(f64::total_cmp);
    to_fixed(least.unwrap_or(1.0)).max(1)
}

/// The smallest tolerance that is no less than the default and leaves honest results their headroom.
pub fn propose(spread: &Halves<Spread>) -> Tolerance {
    let least = Tolerance::default();
    // A cast saturates, so what no tolerance covers is found by `objections`.
    let cover = |spread: &Spread, least: u32| least.max((HEADROOM * spread.max).ceil() as u32);
    Tolerance { hidden: cover(&spread.hidden, least.hidden), output: cover(&spread.output, least.output) }
}

/// How a cheat's results stand to honest ones.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Exposure {
    /// The distance to the nearest honest result, where there is a digest.
    pub nearest: Halves<Spread>,
    /// Results: inputs times seeds.
    pub results: usize,
    /// Those that are deviant to every honest result, or have no digest at all.
    pub deviant: usize,
    /// Those without a digest.
    pub faults: usize,
    /// The smallest distance as a multiple of where deviance begins, in the half where that is larger; none without digests.
    pub margin: Option<f64>,
}

impl Exposure {
    /// Of a cheat's digests. `honest` holds every honest way to compute, at least one.
    pub fn of(cheat: &[Option<Vec<Digest>>], honest: &[&Digests], tolerance: Tolerance) -> Self {
        let (mut nearest, mut results, mut deviant, mut faults) = (vec![], 0, 0, 0);
        for (input, digests) in cheat.iter().enumerate() {
            let rights = move || honest.iter().filter_map(move |digests| digests.get(input));
            let Some(digests) = digests else {
                let seeds = rights().next().map_or(0, Vec::len);
                (results, deviant, faults) = (results + seeds, deviant + seeds, faults + seeds);
                continue;
            };
            for (seed, digest) in digests.iter().enumerate() {
                let distances: Vec<Distance> = rights().filter_map(|right| Some(digest.distance(right.get(seed)?))).collect();
                results += 1;
                deviant += usize::from(distances.iter().all(|distance| distance.judge(tolerance) == Agreement::Deviant));
                let least = |half: fn(&Distance) -> u64| distances.iter().map(half).min().unwrap_or_default();
                nearest.push(Distance { hidden: least(|distance| distance.hidden), output: least(|distance| distance.output) });
            }
        }
        let nearest = Halves::of(nearest);
        let times = |spread: &Spread, tolerance: u32| spread.min / (2.0 * f64::from(tolerance));
        let margin = times(&nearest.hidden, tolerance.hidden).max(times(&nearest.output, tolerance.output));
        Self { margin: (nearest.hidden.count > 0).then_some(margin), nearest, results, deviant, faults }
    }

    /// Whether enough of its results are deviant.
    pub fn is_caught(&self) -> bool {
        self.deviant as f64 >= CAUGHT * self.results as f64
    }
}

/// The smallest margin of all cheats; none where no cheat has a digest.
pub fn margin<'a>(cheats: impl IntoIterator<Item = &'a Exposure>) -> Option<f64> {
    cheats.into_iter().filter_map(|cheat| cheat.margin).min_by(f64::total_cmp)
}

/// Why a model must not be slashed on for content under this tolerance; empty if it may.
pub fn objections<'a>(
    tolerance: Tolerance,
    spread: &Halves<Spread>,
    cheats: impl IntoIterator<Item = (&'a str, &'a Exposure)>,
) -> Vec<String> {
    let mut objections = vec![];
    for (half, most, tolerance) in [("hidden", spread.hidden.max, tolerance.hidden), ("output", spread.output.max, tolerance.output)] {
        if 2.0 * most > f64::from(tolerance) {
            objections.push(format!("honest results differ by {most:.1} in the {half} half, more than half of the tolerance {tolerance}"));
        }
    }
    for (name, cheat) in cheats {
        if !cheat.is_caught() {
            let (deviant, results, part) = (cheat.deviant, cheat.results, CAUGHT * 100.0);
            objections.push(format!("{name}: {deviant} of {results} results are deviant, {part:.0} % must be"));
        }
    }
    objections
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn digest(hidden: i32, output: i32) -> Digest {
        Digest { hidden: [hidden; 16], output: [output; 16] }
    }

    fn exposure(cheat: &[Option<Vec<Digest>>], honest: &[&Digests]) -> Exposure {
        Exposure::of(cheat, honest, Tolerance { hidden: 4, output: 8 })
    }

    #[test]
    fn spread_by_hand() {
        let spread = Spread::of((1..=200).rev().map(f64::from).collect());
        assert_eq!(spread, Spread { count: 200, min: 1.0, median: 100.0, p99: 198.0, max: 200.0 });
        assert_eq!(Spread::of(vec![]), Spread::default());
        assert_eq!(Spread::of(vec![3.0]), Spread { count: 1, min: 3.0, median: 3.0, p99: 3.0, max: 3.0 });
    }

    #[test]
    fn proposal_is_the_default_until_honest_results_need_more() {
        let spread = |hidden: f64, output: f64| Halves { hidden: Spread::of(vec![hidden]), output: Spread::of(vec![output]) };
        assert_eq!(propose(&spread(0.5, 2.0)), Tolerance { hidden: 4, output: 8 });
        assert_eq!(propose(&spread(1.1, 20.0)), Tolerance { hidden: 5, output: 80 });
        let wild = spread(2e9, 0.0);
        let tolerance = propose(&wild);
        assert_eq!(tolerance.hidden, u32::MAX);
        let objections = objections(Tolerance { hidden: 5, output: 8 }, &spread(3.0, 0.0), []);
        assert!(objections.len() == 1 && objections[0].contains("hidden half"), "{objections:?}");
    }

    #[test]
    fn exposure_takes_the_nearest_honest_result() {
        let honest: [Digests; 2] = [vec![vec![digest(0, 0)], vec![digest(0, 0)]], vec![vec![digest(2, 0)], vec![digest(2, 0)]]];
        let honest = [&honest[0], &honest[1]];
        let caught = exposure(&[Some(vec![digest(20, 0)]), Some(vec![digest(12, 3)])], &honest);
        assert_eq!((caught.results, caught.deviant, caught.faults), (2, 2, 0));
        assert_eq!((caught.nearest.hidden.min, caught.nearest.hidden.max, caught.nearest.output.max), (10.0, 18.0, 3.0));
        assert_eq!(caught.margin, Some(10.0 / 8.0));
        // Deviant to one honest result but not to the other.
        let hides = exposure(&[Some(vec![digest(9, 0)]), Some(vec![digest(2, 0)])], &honest);
        assert_eq!((hides.deviant, hides.margin), (0, Some(0.0)));
        assert!(caught.is_caught() && !hides.is_caught());
        // The output alone convicts, too.
        let output = exposure(&[Some(vec![digest(0, 50)]), Some(vec![digest(0, 16)])], &honest);
        assert_eq!((output.deviant, output.margin), (2, Some(1.0)));
        let found = objections(Tolerance::default(), &Halves::default(), [("this", &caught), ("that", &hides)]);
        assert_eq!(found, ["that: 0 of 2 results are deviant, 95 % must be"]);
        assert_eq!(margin([&caught, &output]), Some(1.0));
    }

    #[test]
    fn results_without_a_digest_are_caught() {
        let honest: Digests = vec![vec![digest(0, 0); 3]];
        let fault = exposure(&[None], &[&honest]);
        assert_eq!((fault.results, fault.deviant, fault.faults, fault.margin), (3, 3, 3, None));
        assert!(fault.is_caught());
        assert_eq!(margin([&fault]), None);
    }

    #[test]
    fn output_scale_is_that_of_a_usual_small_output() {
        assert_eq!(output_scale(&[vec![0.5, 4.0], vec![100.0, 2.0], vec![1.0, 3.0]]), 65_536);
        // An output that is always zero says nothing.
        assert_eq!(output_scale(&[vec![0.0, 0.25]]), 16_384);
        assert_eq!(output_scale(&[vec![0.0]]), 65_536);
        assert_eq!((output_scale(&[vec![1e-9]]), output_scale(&[vec![1e9]])), (1, u32::MAX));
        assert!((rms(&[3.0, -4.0]) - 12.5f64.sqrt()).abs() < 1e-12);
        assert_eq!(rms(&[]), 0.0);
    }

    proptest! {
        #[test]
        fn spread_is_in_order(values in proptest::collection::vec(0f64..1e9, 1..200)) {
            let spread = Spread::of(values.clone());
            prop_assert!(spread.min <= spread.median && spread.median <= spread.p99 && spread.p99 <= spread.max);
            prop_assert!(values.iter().all(|value| (spread.min..=spread.max).contains(value)));
        }

        #[test]
        fn honest_results_agree_under_the_proposal(differences in proptest::collection::vec((-40i32..40, -40i32..40), 1..20)) {
            let one: Digests = vec![vec![digest(0, 0); differences.len()]];
            let other: Digests = vec![differences.iter().map(|(hidden, output)| digest(*hidden, *output)).collect()];
            let apart = distances(&one, &other);
            let spread = Halves::of(apart.iter().copied());
            let tolerance = propose(&spread);
            prop_assert!(apart.iter().all(|distance| distance.judge(tolerance) == Agreement::Agree));
            prop_assert!(objections(tolerance, &spread, []).is_empty());
            // Nobody is caught for being honest.
            let exposed = Exposure::of(&[Some(other[0].clone())], &[&one, &other], tolerance);
            prop_assert_eq!((exposed.deviant, exposed.margin), (0, Some(0.0)));
        }
    }
}
