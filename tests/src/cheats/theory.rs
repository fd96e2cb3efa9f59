//! What each strategy should bring, by formulas: pure functions of shares and numbers. The simulation shows whether the chain does the same.
//!
//! Everything is in prices of a replica. A *gain* is what a seat brings beyond what honesty would have brought in it, 1 − C, where C is what
//! an honest run costs. Juries are followed seat by seat: how many of them are the adversary's, and of which class of devices.
//!
//! | strategy | gain per attempt |
//! |---|---|
//! | a wrong result that replicas agree on | (1 − q)·1 + q·J − k·C − (1 − C), with J what a jury makes of it |
//! | the same, where its authors withhold blocks | the same, with q' = q·(1 − s) / (1 − s·q·(1 − κ)) for q |
//! | a wrong result that an honest replica disputes | J − k·C − (1 − C) |
//! | committed and not opened | −N − k·C − (1 − C) |
//! | not committed in time | −A − k·C − (1 − C) |
//! | a lying juror | P(a quorum lies, given one does) − (1 − C) |
//! | an idle juror in a quorum of such | C |
//! | a challenge of a right result | −B |
//!
//! q is the probability of an audit, s the adversary's part of all authors, κ the odds of a jury that is its own, k·C what the cheat's own run
//! costs, N and A the penalties for not revealing and not coming, B the bond.
//! J is −S where an honest quorum spans two classes, 0 where it does not, 1 where the jury is the adversary's; no quorum, or an appeal by an
//! honest replica that was called wrong, brings the second jury. Where that has no quorum either it is 1 if the replicas agreed, or the first
//! jury was the adversary's, since that stands; else ½.
//!
//! With all replicas the cheat's own, the first line is the protocol's inequality q·(1 − κ)·u·(S + P) > C + V, with (1 − κ)·u the chance of an
//! honest quorum that may convict.

use super::strategy::Strategy;
use pallet_job_market::verdict::{quorum, CLASSES, JURORS};
use std::collections::BTreeMap;

/// How many replicas jobs have, each with the part of all jobs.
pub const REPLICAS: [(u32, f64); 3] = [(1, 0.4), (2, 0.4), (3, 0.2)];

/// Who may be drawn: honest providers of both classes, then the adversary's. Parts of a provider stand for means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pool([f64; 4]);

/// A jury by its seats, in the same order.
type Seats = [u32; 4];

impl Pool {
    /// So many providers, of which so many are the adversary's, half of each in one class.
    pub fn even(providers: f64, own: f64) -> Self {
        let honest = (providers - own) / 2.0;
        Self([honest, honest, own / 2.0, own / 2.0])
    }

    /// Without so many honest ones and so many of the adversary's.
    pub fn without(self, honest: f64, own: f64) -> Self {
        let less = [honest / 2.0, honest / 2.0, own / 2.0, own / 2.0];
        Self(std::array::from_fn(|kind| (self.0[kind] - less[kind]).max(0.0)))
    }

    fn without_jury(self, seats: &Seats) -> Self {
        Self(std::array::from_fn(|kind| (self.0[kind] - f64::from(seats[kind])).max(0.0)))
    }

    /// Every jury of so many places that can be drawn, with its probability. As the chain draws: no class has more than a quorum of the
    /// places, as far as there are others.
    fn juries(self, places: u32) -> BTreeMap<Seats, f64> {
        let mut juries = BTreeMap::from([([0; 4], 1.0)]);
        for _ in 0..places {
            let mut larger = BTreeMap::new();
            for (seats, probability) in juries {
                let left = self.without_jury(&seats).0;
                let has_room = |kind: usize| seats[kind % CLASSES] + seats[kind % CLASSES + CLASSES] < quorum(places);
                let within: [f64; 4] = std::array::from_fn(|kind| if has_room(kind) { left[kind] } else { 0.0 });
                let weights = if within.iter().sum::<f64>() > 0.0 { within } else { left };
                let all: f64 = weights.iter().sum();
                for (kind, weight) in weights.into_iter().enumerate().filter(|(_, weight)| *weight > 0.0) {
                    let mut more = seats;
                    more[kind] += 1;
                    *larger.entry(more).or_insert(0.0) += probability * weight / all;
                }
            }
            juries = larger;
        }
        juries
    }
}

/// What a jury comes to when a wrong result is judged.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Verdict {
    /// An honest quorum on devices of two classes.
    Convicts,
    /// An honest quorum on devices of one.
    Finds,
    /// A quorum of the adversary's.
    Captured,
    /// None.
    None,
}

fn verdict(seats: &Seats, agrees: bool) -> Verdict {
    let (honest, own) = (seats[0] + seats[1], seats[2] + seats[3]);
    let quorum = quorum(honest + own);
    match honest >= quorum {
        true if seats[0] > 0 && seats[1] > 0 => Verdict::Convicts,
        true => Verdict::Finds,
        false if agrees && own >= quorum => Verdict::Captured,
        false => Verdict::None,
    }
}

/// How often a jury comes to what, when a wrong result is judged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Odds {
    /// An honest quorum that may convict: (1 − κ)·u.
    pub convicts: f64,
    /// An honest quorum that may not, for it spans one class only.
    pub finds: f64,
    /// The adversary's quorum: κ.
    pub captured: f64,
    /// No quorum.
    pub none: f64,
}

/// The odds of the first or the second jury, when the adversary's jurors agree with each other or do not.
pub fn odds(pool: Pool, places: u32, agrees: bool) -> Odds {
    let mut odds = Odds::default();
    for (seats, probability) in pool.juries(places) {
        let part = match verdict(&seats, agrees) {
            Verdict::Convicts => &mut odds.convicts,
            Verdict::Finds => &mut odds.finds,
            Verdict::Captured => &mut odds.captured,
            Verdict::None => &mut odds.none,
        };
        *part += probability;
    }
    odds
}

/// A market with an adversary, in numbers.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Providers, all trusted.
    pub providers: f64,
    /// Of them, the adversary's.
    pub own: f64,
    /// What an honest run costs, in prices.
    pub cost: f64,
    /// The probability of an audit.
    pub audit: f64,
    /// What is slashed.
    pub stake: f64,
    /// For who does not come.
    pub no_show: f64,
    /// For who does not reveal.
    pub non_reveal: f64,
    /// Of a challenge.
    pub bond: f64,
}

impl Setting {
    fn pool(&self) -> Pool {
        Pool::even(self.providers, self.own)
    }

    /// What honesty brings in a seat.
    pub fn honesty(&self) -> f64 {
        1.0 - self.cost
    }

    /// What cheating alone costs, on average: the most that an honest run may cost and a false answer be worth, together, where honesty pays.
    pub fn deterrent(&self) -> f64 {
        self.audit * (1.0 - self.judged(self.pool().without(0.0, 1.0), true, false, true))
    }

    /// The same by the inequality: q·(1 − κ)·u·(S + P).
    pub fn inequality(&self) -> f64 {
        self.audit * odds(self.pool(), JURORS[0], true).convicts * (self.stake + 1.0)
    }

    /// The same market where the adversary's authors withhold blocks: with what is left of the audits.
    ///
    /// An author knows before all others what its block makes of the lot. Bad is one that falls with a jury in which the adversary has no
    /// quorum: b = q·(1 − κ). A part s of all slots is the adversary's. Where its block is bad it leaves the slot empty, and the next slot
    /// decides, with the same odds. So the block that counts is an honest author's with the probability h = (1 − s) + s·b·h, hence
    /// h = (1 − s) / (1 − s·b). A wrong result then brings 1 − q + q·J, as always; in the adversary's own block it brings 1, for the lot does
    /// not fall, or its own jury judges. Together that is 1 − q'·(1 − J), with q' = q·h.
    ///
    /// Where lots of several wrong results hang on one block b is larger, and somewhat more of the audits is left.
    pub fn with_blocks_withheld(&self) -> Self {
        let share = self.own / self.providers;
        let bad = self.audit * (1.0 - odds(self.pool().without(0.0, 1.0), JURORS[0], true).captured);
        Self { audit: self.audit * (1.0 - share) / (1.0 - share * bad), ..*self }
    }

    /// What a jury makes of a wrong result, which was `accepted` before or not. Against a verdict of a captured jury an honest replica appeals, if
    /// there is one.
    fn judged(&self, pool: Pool, agrees: bool, appeals: bool, accepted: bool) -> f64 {
        let value = |seats: &Seats| match verdict(seats, agrees) {
            Verdict::Convicts => -self.stake,
            Verdict::Finds => 0.0,
            Verdict::Captured if !appeals => 1.0,
            Verdict::Captured => self.judged_again(pool.without_jury(seats), agrees, 1.0),
            Verdict::None => self.judged_again(pool.without_jury(seats), agrees, if accepted { 1.0 } else { 0.5 }),
        };
        pool.juries(JURORS[0]).iter().map(|(seats, probability)| probability * value(seats)).sum()
    }

    /// The same for the second jury, where it is so much if that finds nothing.
    fn judged_again(&self, pool: Pool, agrees: bool, undecided: f64) -> f64 {
        let Odds { convicts, captured, none, .. } = odds(pool, JURORS[1], agrees);
        captured + none * undecided - convicts * self.stake
    }

    /// How likely it is that so many of the other `places` replicas are the adversary's, beside one that is: by their number.
    fn fellows(&self, places: u32) -> Vec<f64> {
        let mut likely = vec![1.0];
        for drawn in 0..places {
            let left = self.providers - 1.0 - f64::from(drawn);
            let mut more = vec![0.0; likely.len() + 1];
            for (count, probability) in likely.iter().enumerate() {
                let own = ((self.own - 1.0 - count as f64) / left).clamp(0.0, 1.0);
                more[count + 1] += probability * own;
                more[count] += probability * (1.0 - own);
            }
            likely = more;
        }
        likely
    }

    /// A mean over the adversary's seats in the replicas' rounds: `of` gets the replicas and how many of them are the adversary's, and gives a
    /// gain, if that is an attempt.
    fn mean(&self, of: impl Fn(u32, u32) -> Option<f64>) -> f64 {
        let (mut sum, mut all) = (0.0, 0.0);
        for (replicas, part) in REPLICAS {
            for (fellows, probability) in self.fellows(replicas - 1).into_iter().enumerate() {
                let weight = part * f64::from(replicas) * probability;
                if let Some(gain) = of(replicas, fellows as u32 + 1) {
                    sum += weight * gain;
                    all += weight;
                }
            }
        }
        if all > 0.0 {
            sum / all
        } else {
            0.0
        }
    }

    /// What a wrong result brings, before what the run cost.
    fn wrong(&self, replicas: u32, own: u32, agrees: bool) -> f64 {
        let pool = self.pool().without(f64::from(replicas - own), f64::from(own));
        let accepted = own == replicas && (agrees || replicas == 1);
        let judged = self.judged(pool, agrees, own < replicas, accepted);
        if accepted {
            1.0 - self.audit + self.audit * judged
        } else {
            judged
        }
    }

    /// The gain of a strategy per attempt.
    pub fn gain(&self, strategy: Strategy) -> f64 {
        let spent = strategy.work() * self.cost + self.honesty();
        let agrees = strategy.agrees_with_itself();
        match strategy {
            Strategy::RandomOutput | Strategy::QuantisedWeights | Strategy::SmallerModel => {
                self.mean(|replicas, own| Some(self.wrong(replicas, own, agrees) - spent))
            }
            Strategy::HidesWhenCaught => self.mean(|replicas, own| match own == replicas {
                true => Some(self.wrong(replicas, own, agrees) - spent),
                false => Some(-self.non_reveal - spent),
            }),
            Strategy::ColludingReplicas => self.mean(|replicas, own| (own == replicas).then(|| self.wrong(replicas, own, agrees) - spent)),
            Strategy::WithholdsBlocks => self.with_blocks_withheld().gain(Strategy::ColludingReplicas),
            Strategy::CopiedReveal | Strategy::NeverReveals | Strategy::CommitsTwice => -self.non_reveal - spent,
            Strategy::AnswersLate | Strategy::GoesSilent => -self.no_show - spent,
            Strategy::LyingJuror => self.lying_juror() - spent,
            Strategy::IdleJurors => self.cost,
            Strategy::IdleChallenger => -self.bond,
        }
    }

    /// How often a juror who lies together with all others of the adversary's is in the quorum, and paid.
    fn lying_juror(&self) -> f64 {
        let (mut paid, mut all) = (0.0, 0.0);
        for (replicas, part) in REPLICAS {
            let (replicas, share) = (f64::from(replicas), self.own / self.providers);
            let pool = self.pool().without(replicas * (1.0 - share), replicas * share);
            for (seats, probability) in pool.juries(JURORS[0]) {
                let liars = part * probability * f64::from(seats[2] + seats[3]);
                all += liars;
                if verdict(&seats, true) == Verdict::Captured {
                    paid += liars;
                }
            }
        }
        if all > 0.0 {
            paid / all
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Encode;
    use hearth_primitives::{
        blake2_256,
        provider::{BackendClass, Candidate},
    };
    use pallet_job_market::draw::draw_jury;

    fn setting(own: f64) -> Setting {
        Setting { providers: 60.0, own, cost: 0.3, audit: 0.05, stake: 25.0, no_show: 1.0, non_reveal: 10.0, bond: 4.0 }
    }

    fn near(a: f64, b: f64, within: f64) -> bool {
        (a - b).abs() <= within
    }

    #[test]
    fn odds_add_up_to_one() {
        for own in [0.0, 6.0, 20.0, 59.0] {
            for (places, agrees) in [(3, true), (3, false), (7, true), (7, false)] {
                let Odds { convicts, finds, captured, none } = odds(Pool::even(60.0, own), places, agrees);
                assert!(near(convicts + finds + captured + none, 1.0, 1e-9), "{own} of 60, {places} places");
            }
        }
    }

    #[test]
    fn odds_of_capture_are_those_of_the_design() {
        let huge = |share: f64| Pool::even(1e7, share * 1e7);
        assert!(near(odds(huge(0.1), 3, true).captured, 0.028, 1e-3));
        assert!(near(odds(huge(1.0 / 3.0), 3, true).captured, 0.259, 1e-3));
        assert!(near(odds(huge(0.1), 7, true).captured, 0.000_18, 2e-5));
        assert!(near(odds(huge(1.0 / 3.0), 7, true).captured, 0.045, 1e-3));
    }

    #[test]
    fn odds_of_an_honest_jury_are_one_if_it_has_both_classes() {
        // Of three places two at most are of one class, so three honest jurors always span both.
        assert!(near(odds(Pool::even(60.0, 0.0), 3, true).convicts, 1.0, 1e-9));
        // One liar among three: the other two are of one class in a third of all cases.
        let Odds { convicts, finds, captured, .. } = odds(Pool::even(1e7, 1e6), 3, true);
        assert!(near(convicts, 0.729 + 0.243 * 2.0 / 3.0, 1e-3) && near(finds, 0.081, 1e-3) && near(captured, 0.028, 1e-3));
    }

    #[test]
    fn odds_are_those_of_the_chains_draw() {
        let classes = [BackendClass::Cpu, BackendClass::Nvidia];
        let list: Vec<_> = (0..60u32)
            .map(|id| Candidate { provider: id, owner: id, operator: id, weight: 4, backend: classes[(id % 2) as usize], trusted: true })
            .collect();
        for places in JURORS {
            let expected = odds(Pool::even(60.0, 20.0), places, true);
            let count = 4_000u32;
            let mut found = Odds::default();
            for job in 0..count {
                let drawn = draw_jury(blake2_256(&(places, job).encode()), list.clone(), places);
                let mut seats = [0; 4];
                for juror in drawn {
                    seats[(juror.provider % 2) as usize + if juror.provider < 20 { 2 } else { 0 }] += 1;
                }
                let one = 1.0 / f64::from(count);
                match verdict(&seats, true) {
                    Verdict::Convicts => found.convicts += one,
                    Verdict::Finds => found.finds += one,
                    Verdict::Captured => found.captured += one,
                    Verdict::None => found.none += one,
                }
            }
            for (a, b) in [(expected.convicts, found.convicts), (expected.captured, found.captured), (expected.none, found.none)] {
                assert!(near(a, b, 0.03), "{places} places: {expected:?} and {found:?}");
            }
        }
    }

    #[test]
    fn inequality_is_the_protocols_less_what_two_classes_cost() {
        // 1.20 with a conclusive rate of 0.95; where one of three jurors is a liar, the two classes lower that.
        assert!(near(setting(6.0).inequality(), 1.16, 0.02));
        assert!(near(setting(20.0).inequality(), 0.77, 0.02));
        for own in [6.0, 20.0] {
            let setting = setting(own);
            assert!(near(setting.deterrent(), setting.inequality(), 0.03), "{own}");
            assert!(setting.deterrent() > setting.cost);
        }
    }

    #[test]
    fn fellows_are_those_of_a_draw_without_return() {
        let setting = setting(6.0);
        assert_eq!(setting.fellows(0), [1.0]);
        let likely = setting.fellows(2);
        assert!(near(likely.iter().sum(), 1.0, 1e-12));
        assert!(near(likely[2], 5.0 / 59.0 * 4.0 / 58.0, 1e-12));
    }

    #[test]
    fn gain_is_negative_for_what_the_protocol_deters() {
        for own in [6.0, 20.0] {
            for strategy in Strategy::ALL {
                let gain = setting(own).gain(strategy);
                assert_eq!(gain < 0.0, strategy.is_deterred(), "{strategy:?} with {own} of 60: {gain}");
            }
        }
    }

    #[test]
    fn gain_of_who_does_not_answer_is_the_penalty_and_the_price_that_was_not_earned() {
        let setting = setting(6.0);
        assert!(near(setting.gain(Strategy::GoesSilent), -1.7, 1e-12));
        assert!(near(setting.gain(Strategy::AnswersLate), -2.0, 1e-12));
        assert!(near(setting.gain(Strategy::NeverReveals), -10.7, 1e-12));
        assert!(near(setting.gain(Strategy::CommitsTwice), -11.0, 1e-12));
        assert_eq!(setting.gain(Strategy::IdleChallenger), -4.0);
    }

    #[test]
    fn gain_of_colluding_replicas_is_the_cost_less_the_deterrent() {
        for own in [6.0, 20.0] {
            let setting = setting(own);
            assert!(near(setting.gain(Strategy::ColludingReplicas), setting.cost - setting.deterrent(), 0.02), "{own}");
        }
        // Dear runs and a large adversary are where the protocol ends.
        let dear = Setting { cost: 0.9, ..setting(20.0) };
        assert!(dear.gain(Strategy::ColludingReplicas) > 0.0);
    }

    #[test]
    fn audits_with_blocks_withheld_are_those_of_honest_authors_after_empty_slots() {
        for own in [0.0, 6.0, 20.0] {
            let setting = setting(own);
            let share = own / 60.0;
            let bad = 0.05 * (1.0 - odds(Pool::even(60.0, own).without(0.0, 1.0), 3, true).captured);
            // So many slots are empty, all of them the adversary's, and the next one is not.
            let honest: f64 = (0..50).map(|empty| (share * bad).powi(empty) * (1.0 - share)).sum();
            assert!(near(setting.with_blocks_withheld().audit, 0.05 * honest, 1e-12), "{own}");
        }
        assert!(near(setting(6.0).with_blocks_withheld().audit, 0.0452, 1e-4));
        assert!(near(setting(20.0).with_blocks_withheld().audit, 0.0338, 1e-4));
    }

    #[test]
    fn gain_of_who_withholds_blocks_is_the_cost_less_what_is_left_of_the_deterrent() {
        for own in [6.0, 20.0] {
            let setting = setting(own);
            let (left, gain) = (setting.with_blocks_withheld().deterrent(), setting.gain(Strategy::WithholdsBlocks));
            assert!(near(gain, setting.cost - left, 0.02), "{own}");
            assert!(gain > setting.gain(Strategy::ColludingReplicas), "{own}");
        }
        // Between both bounds it is the blocks that make it pay.
        let middling = Setting { cost: 0.6, ..setting(20.0) };
        assert!(middling.gain(Strategy::ColludingReplicas) < 0.0 && middling.gain(Strategy::WithholdsBlocks) > 0.0);
    }
}
