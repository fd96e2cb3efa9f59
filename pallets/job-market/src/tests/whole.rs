//! The market and the registry together, against everybody: customers, challengers and appellants, governance, and providers who are honest,
//! lie, echo, hide or sleep, in any order. After every step the state of both pallets holds and no planck is made or lost; whatever is done,
//! nobody honest is convicted, and everything ends.

use crate::{mock::*, Jobs, NextJobId, Rounds};
use hearth_primitives::{
    jury::Verdicts,
    market::{JobState, MemberOutcome, Report},
    JobId, ProviderId,
};
use proptest::prelude::*;
use sp_runtime::Perbill;

/// So many that both juries can be drawn beside three replicas.
const PROVIDERS: u32 = 13;

/// Calls in a case. The test has a hundred thousand.
const STEPS: usize = 500;

/// Half of the cases if nothing else is said: the other half runs beside it.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(200) / 2
}

/// What a provider is like, whatever it is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Character {
    /// Runs the model and says what it finds.
    Honest,
    /// Gives another result, and calls everybody else's wrong.
    Liar,
    /// Computes nothing, agrees with everything, and tries to open what others opened.
    Echo,
    /// Commits and never reveals.
    Hider,
    /// Does nothing.
    Sleeper,
}

/// What somebody does next.
#[derive(Clone, Debug)]
enum Act {
    Wait {
        blocks: u8,
        full: bool,
    },
    Submit {
        other: bool,
        replicas: u32,
        price: u8,
        audit: u8,
    },
    /// A provider's node does all that is due for it.
    Work {
        provider: u8,
    },
    /// All nodes do.
    WorkAll,
    Poke {
        job: u8,
    },
    Challenge {
        who: u8,
        job: u8,
    },
    Appeal {
        who: u8,
        job: u8,
    },
    /// Governance cancels a slash, or an owner appeals against one.
    Cancel {
        which: u8,
    },
    AppealSlash {
        which: u8,
    },
    Unjail {
        provider: u8,
    },
    Leave {
        provider: u8,
    },
    Back {
        provider: u8,
        amount: u8,
    },
    Unback {
        provider: u8,
        amount: u8,
    },
    Calibrate {
        pay_only: bool,
    },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let p = || 0u8..PROVIDERS as u8;
    let act = prop_oneof![
        30 => (1u8..6, prop::bool::weighted(0.1)).prop_map(|(blocks, full)| Act::Wait { blocks, full }),
        2 => (60u8..220).prop_map(|blocks| Act::Wait { blocks, full: false }),
        12 => (any::<bool>(), 1u32..=3, 2u8..20, 0u8..4)
            .prop_map(|(other, replicas, price, audit)| Act::Submit { other, replicas, price, audit }),
        80 => p().prop_map(|provider| Act::Work { provider }),
        16 => Just(Act::WorkAll),
        8 => any::<u8>().prop_map(|job| Act::Poke { job }),
        8 => (p(), any::<u8>()).prop_map(|(who, job)| Act::Challenge { who, job }),
        8 => (p(), any::<u8>()).prop_map(|(who, job)| Act::Appeal { who, job }),
        2 => any::<u8>().prop_map(|which| Act::Cancel { which }),
        2 => any::<u8>().prop_map(|which| Act::AppealSlash { which }),
        4 => p().prop_map(|provider| Act::Unjail { provider }),
        1 => Just(Act::Leave { provider: 12 }),
        4 => (p(), 10u8..60).prop_map(|(provider, amount)| Act::Back { provider, amount }),
        4 => (p(), 10u8..60).prop_map(|(provider, amount)| Act::Unback { provider, amount }),
        1 => prop::bool::weighted(0.3).prop_map(|pay_only| Act::Calibrate { pay_only }),
    ];
    prop::collection::vec(act, STEPS)
}

/// One liar, since two could be a jury's quorum; and of the rest most are honest.
fn characters() -> impl Strategy<Value = Vec<Character>> {
    let others =
        prop_oneof![6 => Just(Character::Honest), 1 => Just(Character::Echo), 1 => Just(Character::Hider), 1 => Just(Character::Sleeper)];
    prop::collection::vec(others, PROVIDERS as usize - 1).prop_map(|mut all| {
        all.insert(3, Character::Liar);
        all
    })
}

fn signed(who: AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

/// Somebody with money: a customer or a provider's owner.
fn somebody(who: u8) -> AccountId {
    match who {
        0 => CUSTOMER,
        1 => OTHER,
        owner_of => owner(owner_of.into()),
    }
}

/// A backer.
fn backer() -> AccountId {
    MODELLER
}

fn pick(job: u8) -> JobId {
    JobId::from(job) % NextJobId::<Test>::get().max(1)
}

/// The node of a provider of this character does what is due.
fn turn(provider: ProviderId, character: Character) {
    let everything = |verdict: u16| Verdicts((0..8).fold(0, |bits, at| bits | verdict << (2 * at)));
    match character {
        Character::Honest => work(provider, 0),
        Character::Liar => work_as(provider, 10_000, |_, _| Some(everything(3))),
        // Its own digest follows from nothing that others have.
        Character::Echo => {
            work_as(provider, -20_000 - 1_000 * provider as i32, |_, _| Some(everything(1)));
            steal(provider);
        }
        Character::Hider => hide(provider),
        Character::Sleeper => {}
    }
}

/// Tries to open what others have opened in the same rounds.
fn steal(thief: ProviderId) {
    for duty in JobMarket::duties(&operator(thief)) {
        let Some(round) = Rounds::<Test>::get(duty.job, duty.tier) else { continue };
        let Some(shown) = round.members.iter().find_map(|m| m.revealed.map(|revealed| (m.provider, revealed))) else { continue };
        let (job, tier, salt) = (duty.job, duty.tier, [shown.0 as u8; 32]);
        let (digest, output) = (shown.1.digest, shown.1.output);
        let line = match shown.1.verdicts {
            Some(verdicts) => Report::Judge { job, tier, digest, output, verdicts, salt },
            None => Report::Reveal { job, tier, digest, output, salt },
        };
        let _ = report(thief, vec![line]);
        let Some(now) = Rounds::<Test>::get(job, tier) else { continue };
        let mine = now.members.iter().find(|m| m.provider == thief).and_then(|m| m.revealed);
        assert!(mine.is_none_or(|mine| mine.digest != digest), "a commitment opened for a thief");
    }
}

/// Commits like an honest one, and stops there.
fn hide(provider: ProviderId) {
    for duty in JobMarket::duties(&operator(provider)) {
        if duty.step == hearth_primitives::market::DutyStep::Commit {
            let line = Report::Commit { job: duty.job, tier: duty.tier, commitment: duty.seed };
            let _ = report(provider, vec![line]);
        }
    }
}

fn perform(act: Act, characters: &[Character]) {
    match act {
        Act::Wait { blocks, full: true } => run_full_blocks(blocks.into()),
        Act::Wait { blocks, full: false } => run_for(blocks.into()),
        Act::Submit { other, replicas, price, audit } => {
            let who = if other { OTHER } else { CUSTOMER };
            // One in four wants to be sure.
            let audit = (audit == 0).then_some(Perbill::one());
            let _ = JobMarket::submit_job(signed(who), model(), input(), replicas, Balance::from(price) * UNIT, audit);
        }
        Act::Work { provider } => turn(provider.into(), characters[usize::from(provider)]),
        Act::WorkAll => characters.iter().enumerate().for_each(|(provider, character)| turn(provider as u32, *character)),
        Act::Poke { job } => drop(JobMarket::poke(signed(OTHER), pick(job))),
        Act::Challenge { who, job } => drop(JobMarket::challenge(signed(somebody(who)), pick(job))),
        Act::Appeal { who, job } => drop(JobMarket::appeal(signed(somebody(who)), pick(job))),
        Act::Cancel { which } => {
            if let Some(slash) = nth_slash(which) {
                assert!(ProviderRegistry::cancel_slash(slash.id));
                assert!(!ProviderRegistry::cancel_slash(slash.id));
            }
        }
        Act::AppealSlash { which } => {
            if let Some(slash) = nth_slash(which) {
                let _ = ProviderRegistry::appeal_slash(signed(slash.offender), slash.id);
            }
        }
        Act::Unjail { provider } => drop(ProviderRegistry::unjail(signed(owner(provider.into())))),
        Act::Leave { provider } => drop(ProviderRegistry::leave(signed(owner(provider.into())))),
        Act::Back { provider, amount } => {
            let _ = ProviderRegistry::accept_backing(signed(owner(provider.into())), ENDOWMENT);
            let _ = ProviderRegistry::back(signed(backer()), provider.into(), Balance::from(amount) * UNIT);
        }
        Act::Unback { provider, amount } => {
            let _ = ProviderRegistry::unback(signed(backer()), provider.into(), Balance::from(amount) * UNIT);
            let _ = ProviderRegistry::withdraw_backing(signed(backer()), provider.into());
        }
        Act::Calibrate { pay_only } => JobMarket::set_pay_only(RuntimeOrigin::root(), model(), pay_only).expect("the model is there"),
    }
}

fn nth_slash(which: u8) -> Option<hearth_primitives::governance::SlashView<AccountId, Balance>> {
    let slashes = ProviderRegistry::slash_views();
    let count = slashes.len().max(1);
    slashes.into_iter().nth(usize::from(which) % count)
}

/// What all accounts own together.
fn wealth() -> Balance {
    let people = [CUSTOMER, OTHER, MODELLER, TREASURY, AUTHOR, JobMarket::pool_account()];
    people.into_iter().chain((0..PROVIDERS).flat_map(|p| [owner(p), operator(p)])).map(|who| total(&who)).sum()
}

/// Nobody honest is convicted, and what pays for a job is what came in for it.
fn check_jobs(characters: &[Character]) {
    for (id, job) in Jobs::<Test>::iter() {
        let members = Rounds::<Test>::get(id, 0).map(|round| round.members.into_inner()).unwrap_or_default();
        for member in &members {
            let honest = characters[member.provider as usize] == Character::Honest;
            assert!(!honest || member.outcome != Some(MemberOutcome::Slashed), "provider {} was honest in job {id}", member.provider);
        }
        if job.state.is_terminal() {
            let quote = crate::math::quote(job.replicas, job.price, FeeRate::get(), job.audit);
            let paid: Balance = members.iter().map(|m| m.paid).sum();
            assert_eq!(paid + job.fee + job.premium + job.refunded, quote.escrow, "the money of job {id}");
            assert!(job.state != JobState::Finalised || job.jury_fees == 0 || job.premium <= quote.premium);
        }
        let late = job.submitted_at + 4 * u64::from(MAX_EXEC) + 800;
        assert!(job.state.is_terminal() || System::block_number() <= late + 100, "job {id} does not end");
    }
    for (id, provider) in pallet_provider_registry::Providers::<Test>::iter() {
        assert!(characters[id as usize] != Character::Honest || (provider.slashes == 0 && !provider.is_jailed()));
    }
}

/// Everybody acts, and then nobody does any more.
fn play(salt: u64, characters: &[Character], acts: Vec<Act>) {
    TestExt::market(PROVIDERS).execute_with(|| {
        Salt::set(salt);
        AuditRate::set(Perbill::from_percent(20));
        calibrate();
        let issuance = Balances::total_issuance() + Burned::get();
        for act in acts {
            perform(act, characters);
            check();
            check_jobs(characters);
            assert_eq!(Balances::total_issuance() + Burned::get(), issuance);
            assert_eq!(wealth(), Balances::total_issuance(), "money went to a stranger");
        }
        // Every job ends, every slash is executed, and nothing is bound.
        run_for(4 * u64::from(MAX_EXEC) + 800 + DEFERRAL);
        check();
        check_jobs(characters);
        assert!(Jobs::<Test>::iter_values().all(|job| job.state.is_terminal() && job.held == 0));
        assert_eq!(pallet_provider_registry::Deferred::<Test>::iter().count(), 0);
        assert!(pallet_provider_registry::Providers::<Test>::iter_values().all(|provider| provider.is_idle()));
        assert_eq!((held(&CUSTOMER), held(&OTHER)), (0, 0));
        assert_eq!((wealth(), Balances::total_issuance() + Burned::get()), (Balances::total_issuance(), issuance));
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_planck_is_lost_and_nobody_honest_convicted(salt in any::<u64>(), characters in characters(), acts in acts()) {
        play(salt, &characters, acts);
    }

    #[test]
    fn no_planck_is_lost_and_nobody_honest_convicted_either(salt in any::<u64>(), characters in characters(), acts in acts()) {
        play(salt, &characters, acts);
    }
}

#[test]
fn every_job_ends_in_time_when_only_disputes_are_made() {
    TestExt::market(PROVIDERS).execute_with(|| {
        calibrate();
        let start = System::block_number();
        let job = accepted(2);
        run_for(199);
        assert!(JobMarket::challenge(signed(OTHER), job).is_ok());
        let jury = seat_jury(job);
        run_for(u64::from(MAX_EXEC) - 1);
        jury.iter().for_each(|id| work(*id, 0));
        run_for(RevealPeriod::get() - 1);
        jury.iter().for_each(|id| work(*id, 0));
        assert_eq!(state(job), JobState::Appealable);
        run_for(199);
        assert!(JobMarket::appeal(signed(CUSTOMER), job).is_ok());
        seat_jury(job);
        run_for(u64::from(MAX_EXEC) + RevealPeriod::get());
        assert_eq!(view(job).state, JobState::Unresolved(hearth_primitives::market::UnresolvedReason::NoQuorum));
        assert!(System::block_number() < start + 4 * u64::from(MAX_EXEC) + 800);
    });
}
