//! The adversary's ways, as what its providers do in a seat of a round. What they bring is measured, not said here.

use super::results::Machine;
use hearth_primitives::digest::Agreement;
use pallet_job_market::verdict;
use sp_runtime::Perbill;

/// A way to cheat, followed by all of the adversary's providers (or customers) in one market.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Strategy {
    /// Runs nothing, and answers with random numbers.
    RandomOutput,
    /// Runs the model with rounded weights.
    QuantisedWeights,
    /// Runs another, smaller model.
    SmallerModel,
    /// Commits to what a peer committed to, and tries to open it with what the peer revealed.
    CopiedReveal,
    /// Commits, and never reveals.
    NeverReveals,
    /// Runs a smaller model, and reveals only if what others revealed agrees with it.
    HidesWhenCaught,
    /// Commits to nothing in particular, then to the result, and tries to open the second.
    CommitsTwice,
    /// Runs the model, and commits when it is too late.
    AnswersLate,
    /// Does nothing.
    GoesSilent,
    /// Answers with agreed numbers where all replicas of a job are its own, and defends that as a juror. Else it is honest.
    ColludingReplicas,
    /// Colludes the same way, and has authors too: one whose block would have others examine a false result of its own publishes none.
    WithholdsBlocks,
    /// As a juror, runs nothing, answers with agreed numbers, and calls every result wrong. Else it is honest.
    LyingJuror,
    /// As a juror, where a quorum of the jury is its own, runs nothing, answers with agreed numbers, and calls every result right. Else it is
    /// honest.
    IdleJurors,
    /// A customer who challenges results that are right.
    IdleChallenger,
}

/// What a seat is like, as its holder sees it. The adversary knows its own.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// Whether it is a juror's.
    pub jury: bool,
    /// Whether it is one of a first jury.
    pub first_jury: bool,
    /// Those who are bound in the round.
    pub members: u32,
    /// Of them, the adversary's.
    pub own: u32,
    /// Whether a result is judged that the adversary knows to be wrong.
    pub defends: bool,
}

/// When a commitment comes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Commits {
    /// At once.
    InTime,
    /// A peer's, at once.
    Copied,
    /// At once, and another one after it.
    Twice,
    /// After the deadline.
    Late,
    /// Never.
    Never,
}

/// How a commitment is opened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Opens {
    /// At once.
    AtOnce,
    /// If no peer's revealed result disagrees.
    UnlessCaught,
    /// By what a peer has revealed.
    Stolen,
    /// By what was to be committed to the second time.
    Second,
    /// Not at all.
    Never,
}

/// A juror's opinions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Opinions {
    /// By its own run.
    Computed,
    /// One and the same on everybody.
    Always(Agreement),
}

/// What is done in a seat.
#[derive(Clone, Copy, Debug)]
pub struct Conduct {
    /// Makes the result.
    pub machine: Machine,
    /// What that costs, as a part of an honest run.
    pub work: f64,
    /// When it commits.
    pub commits: Commits,
    /// How it opens.
    pub opens: Opens,
    /// What it says of others.
    pub opinions: Opinions,
    /// Whether this is what the strategy lives on, and what it brings is counted.
    pub attempt: bool,
}

impl Conduct {
    /// Runs the model, commits, opens.
    pub const HONEST: Self = Self {
        machine: Machine::Sound,
        work: 1.0,
        commits: Commits::InTime,
        opens: Opens::AtOnce,
        opinions: Opinions::Computed,
        attempt: false,
    };

    /// Whether its result is another than the model's.
    pub fn is_false(&self) -> bool {
        self.machine != Machine::Sound
    }
}

impl Strategy {
    /// All, in the order of the report.
    pub const ALL: [Self; 14] = [
        Self::RandomOutput,
        Self::QuantisedWeights,
        Self::SmallerModel,
        Self::CopiedReveal,
        Self::NeverReveals,
        Self::HidesWhenCaught,
        Self::CommitsTwice,
        Self::AnswersLate,
        Self::GoesSilent,
        Self::ColludingReplicas,
        Self::WithholdsBlocks,
        Self::LyingJuror,
        Self::IdleJurors,
        Self::IdleChallenger,
    ];

    /// In reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::RandomOutput => "random output",
            Self::QuantisedWeights => "quantised weights",
            Self::SmallerModel => "smaller model",
            Self::CopiedReveal => "copies a peer's reveal",
            Self::NeverReveals => "never reveals",
            Self::HidesWhenCaught => "hides when caught",
            Self::CommitsTwice => "commits twice",
            Self::AnswersLate => "answers late",
            Self::GoesSilent => "goes silent",
            Self::ColludingReplicas => "colluding replicas",
            Self::WithholdsBlocks => "withholds blocks",
            Self::LyingJuror => "lying juror",
            Self::IdleJurors => "idle jurors in quorum",
            Self::IdleChallenger => "challenges for nothing",
        }
    }

    /// Whether the protocol claims that it does not pay. Jurors who have a quorum and save themselves the run answer to nobody, as long as what
    /// they say is right: nobody judges jurors.
    pub fn is_deterred(self) -> bool {
        self != Self::IdleJurors
    }

    /// What a run costs, as a part of an honest one.
    pub fn work(self) -> f64 {
        match self {
            Self::QuantisedWeights => 0.5,
            Self::SmallerModel | Self::HidesWhenCaught => 0.2,
            Self::CommitsTwice | Self::AnswersLate => 1.0,
            _ => 0.0,
        }
    }

    /// Whether the adversary's wrong results agree with each other.
    pub fn agrees_with_itself(self) -> bool {
        self != Self::RandomOutput
    }

    /// The probability of an audit that customers ask for: all, where jurors are looked at.
    pub fn audit(self) -> Option<Perbill> {
        matches!(self, Self::LyingJuror | Self::IdleJurors).then(Perbill::one)
    }

    /// Whether it is followed by customers, and all providers are honest.
    pub fn is_customers(self) -> bool {
        self == Self::IdleChallenger
    }

    /// Whether its authors leave a slot empty where their block's randomness is bad for it.
    pub fn withholds(self) -> bool {
        self == Self::WithholdsBlocks
    }

    /// What one of the adversary's providers does in a seat.
    pub fn conduct(self, scene: &Scene) -> Conduct {
        let (honest, replica) = (Conduct::HONEST, !scene.jury);
        let cheat = Conduct { work: self.work(), attempt: replica, ..honest };
        match self {
            Self::RandomOutput => Conduct { machine: Machine::Random, ..cheat },
            Self::QuantisedWeights => Conduct { machine: Machine::Quantised, ..cheat },
            Self::SmallerModel => Conduct { machine: Machine::Smaller, ..cheat },
            // Where there is no peer there is nothing to copy.
            Self::CopiedReveal if scene.members < 2 => honest,
            Self::CopiedReveal => Conduct { machine: Machine::Random, commits: Commits::Copied, opens: Opens::Stolen, ..cheat },
            Self::NeverReveals => Conduct { machine: Machine::Random, opens: Opens::Never, ..cheat },
            // A juror whose result is not the others' loses nothing by showing it.
            Self::HidesWhenCaught if scene.jury => Conduct { machine: Machine::Smaller, ..cheat },
            Self::HidesWhenCaught => Conduct { machine: Machine::Smaller, opens: Opens::UnlessCaught, ..cheat },
            Self::CommitsTwice => Conduct { machine: Machine::Random, commits: Commits::Twice, opens: Opens::Second, ..cheat },
            Self::AnswersLate => Conduct { commits: Commits::Late, ..cheat },
            Self::GoesSilent => Conduct { commits: Commits::Never, ..cheat },
            Self::ColludingReplicas | Self::WithholdsBlocks if scene.defends || (replica && scene.own == scene.members) => {
                Conduct { machine: Machine::Agreed, ..cheat }
            }
            Self::LyingJuror if scene.jury => {
                Conduct { machine: Machine::Agreed, opinions: Opinions::Always(Agreement::Deviant), attempt: scene.first_jury, ..cheat }
            }
            Self::IdleJurors if scene.jury && scene.own >= verdict::quorum(scene.members) => {
                Conduct { machine: Machine::Agreed, opinions: Opinions::Always(Agreement::Agree), attempt: scene.first_jury, ..cheat }
            }
            Self::ColludingReplicas | Self::WithholdsBlocks | Self::LyingJuror | Self::IdleJurors | Self::IdleChallenger => honest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(jury: bool, members: u32, own: u32) -> Scene {
        Scene { jury, first_jury: jury, members, own, defends: false }
    }

    #[test]
    fn names_are_told_apart() {
        let names: std::collections::BTreeSet<_> = Strategy::ALL.iter().map(|strategy| strategy.name()).collect();
        assert_eq!(names.len(), Strategy::ALL.len());
    }

    #[test]
    fn conduct_is_an_attempt_exactly_if_it_is_not_honest_where_the_strategy_lives() {
        for strategy in Strategy::ALL {
            for scene in [scene(false, 1, 1), scene(false, 2, 2), scene(false, 3, 1), scene(true, 3, 1), scene(true, 3, 2)] {
                let conduct = strategy.conduct(&scene);
                let honest = !conduct.is_false() && conduct.commits == Commits::InTime && conduct.opens == Opens::AtOnce;
                assert!(!conduct.attempt || !honest, "{strategy:?} in {scene:?}");
                assert!(honest || conduct.attempt || scene.jury, "{strategy:?} in {scene:?}");
            }
        }
    }

    #[test]
    fn conspirators_are_honest_where_they_would_be_seen() {
        let is_honest = |strategy: Strategy, scene| !strategy.conduct(&scene).is_false();
        for colluding in [Strategy::ColludingReplicas, Strategy::WithholdsBlocks] {
            assert!(is_honest(colluding, scene(false, 2, 1)) && is_honest(colluding, scene(true, 3, 3)), "{colluding:?}");
            assert!(!is_honest(colluding, Scene { defends: true, ..scene(true, 3, 1) }), "{colluding:?}");
        }
        assert!(is_honest(Strategy::IdleJurors, scene(true, 3, 1)) && !is_honest(Strategy::IdleJurors, scene(true, 3, 2)));
        assert!(is_honest(Strategy::LyingJuror, scene(false, 1, 1)) && !is_honest(Strategy::LyingJuror, scene(true, 3, 1)));
    }
}
