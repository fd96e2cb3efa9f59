//! What a jury says, from its jurors' results and opinions. Pure, and without regard to who revealed when.
//!
//! A juror counts by its own result: its digest under the jury's seed, which nobody knew before, must agree with enough others'. So whoever
//! echoes what the accused revealed, or guesses, says nothing.

use crate::Judgement;
use alloc::{collections::btree_set::BTreeSet, vec::Vec};
use core::cmp::Reverse;
use hearth_primitives::{
    digest::{Agreement, Digest, Tolerance},
    jury::Verdicts,
    provider::BackendClass,
};

/// Jurors of the first and the second jury.
pub const JURORS: [u32; 2] = [3, 7];

/// How many classes of devices must call a result wrong before money is taken for it: the bug of one maker convicts nobody.
pub const CLASSES: usize = 2;

/// Whom a verdict is made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Juror {
    /// What it computes on.
    pub backend: BackendClass,
    /// What it says of each accused.
    pub verdicts: Verdicts,
}

/// How many of so many jurors must agree: two thirds, two of three and five of seven. Nobody is never enough.
pub fn quorum(jurors: u32) -> u32 {
    jurors.saturating_mul(2).div_ceil(3).max(1)
}

/// The jurors whose digests agree with that of the one with whom most agree; of several such, with whom they agree most closely, then with
/// the first. Indices in order.
pub fn cluster(digests: &[Digest], tolerance: Tolerance) -> Vec<usize> {
    let around = |centre: &Digest| {
        let near = digests.iter().enumerate().filter(|(_, other)| centre.compare(other, tolerance) == Agreement::Agree);
        let spread = |(_, other): (usize, &Digest)| {
            let distance = centre.distance(other);
            distance.hidden.saturating_add(distance.output)
        };
        let sum = near.clone().map(spread).fold(0u64, u64::saturating_add);
        (near.map(|(at, _)| at).collect::<Vec<_>>(), sum)
    };
    let better = |best: (Vec<usize>, u64), next: (Vec<usize>, u64)| {
        let rank = |of: &(Vec<usize>, u64)| (of.0.len(), Reverse(of.1));
        if rank(&next) > rank(&best) {
            next
        } else {
            best
        }
    };
    digests.iter().map(around).reduce(better).map(|(members, _)| members).unwrap_or_default()
}

/// What those who agree say of the accused number `at`: what more than half of them say, else neither. Money is taken for it if at least a
/// quorum calls it wrong, on devices of two classes.
pub fn judge(jurors: &[Juror], at: usize, quorum: u32) -> Judgement {
    let saying = |opinion: Agreement| jurors.iter().filter(move |juror| juror.verdicts.on(at) == Some(opinion));
    let most = |opinion: Agreement| saying(opinion).count().saturating_mul(2) > jurors.len();
    let verdict = if most(Agreement::Agree) {
        Agreement::Agree
    } else if most(Agreement::Deviant) {
        Agreement::Deviant
    } else {
        Agreement::Grey
    };
    let classes: BTreeSet<_> = saying(Agreement::Deviant).map(|juror| juror.backend).collect();
    let enough = saying(Agreement::Deviant).count() >= quorum as usize && classes.len() >= CLASSES;
    Judgement { verdict, slashable: verdict == Agreement::Deviant && enough }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOLERANCE: Tolerance = Tolerance { hidden: 4, output: 8 };

    fn digest(at: i32) -> Digest {
        Digest { hidden: [at; 16], output: [at; 16] }
    }

    fn clustered(ats: &[i32]) -> Vec<usize> {
        cluster(&ats.iter().map(|at| digest(*at)).collect::<Vec<_>>(), TOLERANCE)
    }

    fn juror(backend: BackendClass, opinion: Agreement) -> Juror {
        Juror { backend, verdicts: Verdicts::default().with(0, opinion).unwrap() }
    }

    #[test]
    fn quorum_is_the_protocols() {
        assert_eq!(JURORS.map(quorum), [2, 5]);
        assert_eq!([0, 1, 2, 5, 6].map(quorum), [1, 1, 2, 4, 4]);
    }

    #[test]
    fn cluster_is_the_largest_then_the_closest_then_the_first() {
        assert_eq!(clustered(&[0, 100, 3]), [0, 2]);
        assert_eq!(clustered(&[100, 0, 3, 200]), [1, 2]);
        // The one in the middle agrees with both.
        assert_eq!(clustered(&[0, 4, 8]), [0, 1, 2]);
        // Two pairs: the closer one, else the first.
        assert_eq!(clustered(&[0, 4, 100, 101]), [2, 3]);
        assert_eq!(clustered(&[0, 100]), [0]);
        assert_eq!(clustered(&[]), [0; 0]);
    }

    #[test]
    fn judge_goes_by_more_than_half_and_convicts_by_a_quorum_of_two_classes() {
        use Agreement::*;
        use BackendClass::*;
        let of = |jurors: &[Juror], quorum| judge(jurors, 0, quorum);
        let is = |verdict, slashable| Judgement { verdict, slashable };
        assert_eq!(of(&[juror(Cpu, Deviant), juror(Nvidia, Deviant)], 2), is(Deviant, true));
        assert_eq!(of(&[juror(Cpu, Deviant), juror(Cpu, Deviant), juror(Nvidia, Agree)], 2), is(Deviant, false));
        assert_eq!(of(&[juror(Cpu, Deviant), juror(Nvidia, Deviant), juror(Nvidia, Agree)], 2), is(Deviant, true));
        assert_eq!(of(&[juror(Cpu, Deviant), juror(Nvidia, Deviant), juror(Amd, Deviant)], 5), is(Deviant, false));
        assert_eq!(of(&[juror(Cpu, Deviant), juror(Nvidia, Agree)], 2), is(Grey, false));
        assert_eq!(of(&[juror(Cpu, Agree), juror(Nvidia, Agree), juror(Amd, Deviant)], 2), is(Agree, false));
        assert_eq!(of(&[juror(Cpu, Grey), juror(Nvidia, Grey)], 2), is(Grey, false));
        // Who says nothing agrees with nothing.
        assert_eq!(judge(&[juror(Cpu, Agree), juror(Nvidia, Agree)], 1, 2), is(Grey, false));
    }

    proptest! {
        #[test]
        fn cluster_of_honest_jurors_has_them_all(honest in 2usize..7, liars in prop::collection::vec(100i32..1_000_000, 0..3), spread in 0i32..=4) {
            prop_assume!(honest > liars.len());
            let ats: Vec<i32> = (0..honest).map(|n| if n % 2 == 0 { 0 } else { spread }).chain(liars).collect();
            prop_assert_eq!(clustered(&ats), (0..honest).collect::<Vec<_>>());
        }

        #[test]
        fn judge_convicts_nobody_whom_most_call_right(votes in prop::collection::vec(0u8..3, 1..8), quorum in 1u32..6) {
            let opinions = [Agreement::Agree, Agreement::Grey, Agreement::Deviant];
            let jurors: Vec<_> =
                votes.iter().enumerate().map(|(n, vote)| juror(BackendClass::ALL[n % 7], opinions[usize::from(*vote)])).collect();
            let judgement = judge(&jurors, 0, quorum);
            let wrong = votes.iter().filter(|vote| **vote == 2).count();
            if judgement.slashable {
                prop_assert!(wrong >= quorum as usize && 2 * wrong > votes.len());
            }
            if 2 * votes.iter().filter(|vote| **vote == 0).count() > votes.len() {
                prop_assert_eq!(judgement.verdict, Agreement::Agree);
            }
        }
    }
}
