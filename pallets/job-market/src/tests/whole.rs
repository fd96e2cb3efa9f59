//! The market and the registry together, against everybody: customers, challengers and appellants, governance, and providers who are honest,
//! lie, echo, hide or sleep, in any order. After every step the state of both pallets holds and no planck is made or lost; whatever is done,
//! nobody honest is convicted but by a jury of liars alone, and everything ends.

use crate::{mock::*, Jobs, NextJobId, Rounds, JURY1, JURY2, MAX_TRIES, REPLICAS};
use hearth_primitives::{
    jury::{JuryCause, Verdicts},
    market::{DeclineReason, JobState, MemberOutcome, Report},
    provider::BackendClass,
    JobId, ProviderId, Tier,
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
    /// Gives another result, the same as all liars, and calls the honest one wrong.
    Liar,
    /// Computes nothing, agrees with everything, shows as a juror what a replica has revealed, and tries to open what others opened.
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
    /// A provider declines all that is to be computed.
    Decline {
        provider: u8,
    },
    Update {
        provider: u8,
        class: u8,
        slots: u8,
    },
    Offer {
        provider: u8,
        ask: Option<u8>,
    },
    Pause {
        on: bool,
    },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let p = || 0u8..PROVIDERS as u8;
    let act = prop_oneof![
        30 => (1u8..6, prop::bool::weighted(0.1)).prop_map(|(blocks, full)| Act::Wait { blocks, full }),
        2 => (60u8..220).prop_map(|blocks| Act::Wait { blocks, full: false }),
        12 => (any::<bool>(), 1u32..=5, 2u8..20, 0u8..4)
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
        4 => p().prop_map(|provider| Act::Decline { provider }),
        2 => (p(), 0u8..7, 1u8..6).prop_map(|(provider, class, slots)| Act::Update { provider, class, slots }),
        2 => (p(), prop::option::weighted(0.8, 1u8..4)).prop_map(|(provider, ask)| Act::Offer { provider, ask }),
        1 => prop::bool::weighted(0.2).prop_map(|on| Act::Pause { on }),
    ];
    prop::collection::vec(act, STEPS)
}

/// One liar, or a cartel of three, which can be a first jury's quorum; and of the rest most are honest.
fn characters() -> impl Strategy<Value = Vec<Character>> {
    let others =
        prop_oneof![6 => Just(Character::Honest), 1 => Just(Character::Echo), 1 => Just(Character::Hider), 1 => Just(Character::Sleeper)];
    (prop::collection::vec(others, PROVIDERS as usize), any::<bool>()).prop_map(|(mut all, cartel)| {
        let liars: &[usize] = if cartel { &[3, 6, 9] } else { &[3] };
        liars.iter().for_each(|liar| all[*liar] = Character::Liar);
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
        Character::Liar => work(provider, 10_000),
        Character::Echo => {
            work_with(provider, |duty| {
                // A replica has nothing to repeat: what it shows follows from nothing that others have.
                let shown = duty.accused.first().map(|accused| accused.digest);
                let mut run = result(provider, -20_000 - 1_000 * provider as i32);
                run.digest = shown.unwrap_or(run.digest);
                run.verdicts = (duty.tier != REPLICAS).then(|| everything(1));
                run
            });
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
        Act::Decline { provider } => {
            for duty in JobMarket::duties(&operator(provider.into())) {
                let line = Report::Decline { job: duty.job, tier: duty.tier, reason: DeclineReason::InputInvalid };
                let _ = report(provider.into(), vec![line]);
            }
        }
        Act::Update { provider, class, slots } => {
            let _ = ProviderRegistry::update(signed(owner(provider.into())), BackendClass::ALL[usize::from(class)], slots.into());
        }
        Act::Offer { provider, ask: Some(ask) } => {
            let _ = ProviderRegistry::offer(signed(owner(provider.into())), model(), Balance::from(ask) * UNIT);
        }
        Act::Offer { provider, ask: None } => {
            let _ = ProviderRegistry::withdraw_offer(signed(owner(provider.into())), model());
        }
        Act::Pause { on } => Paused::set(if on { vec![model()] } else { Vec::new() }),
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

/// Whether only liars have a say in the last jury of a job that found a verdict.
fn judged_by_liars(job: JobId, characters: &[Character]) -> bool {
    let agreed = |tier: Tier| {
        let members = Rounds::<Test>::get(job, tier).map(|round| round.members.into_inner()).unwrap_or_default();
        members.into_iter().filter(|m| m.outcome == Some(MemberOutcome::Valid)).map(|m| characters[m.provider as usize]).collect::<Vec<_>>()
    };
    let last = [agreed(JURY2), agreed(JURY1)].into_iter().find(|jurors| !jurors.is_empty());
    last.is_some_and(|jurors| jurors.iter().all(|juror| *juror == Character::Liar))
}

/// Nobody honest is convicted but by liars alone, and what pays for a job is what came in for it.
fn check_jobs(characters: &[Character]) {
    for (id, job) in Jobs::<Test>::iter() {
        let members = Rounds::<Test>::get(id, 0).map(|round| round.members.into_inner()).unwrap_or_default();
        for member in &members {
            let honest = characters[member.provider as usize] == Character::Honest;
            let convicted = member.outcome == Some(MemberOutcome::Slashed);
            assert!(!honest || !convicted || judged_by_liars(id, characters), "provider {} was honest in job {id}", member.provider);
        }
        if job.state.is_terminal() {
            let quote = crate::math::quote(job.replicas, job.price, FeeRate::get(), job.audit);
            let paid: Balance = members.iter().map(|m| m.paid).sum();
            assert_eq!(paid + job.fee + job.premium + job.refunded, quote.escrow, "the money of job {id}");
            // Where nobody is slashed the pool pays no more than three prices that the job did not bring.
            let bonds = [&job.challenger, &job.appellant].into_iter().flatten().filter(|dispute| dispute.returned == Some(false));
            let brought = job.brought + job.premium + bonds.map(|dispute| dispute.bond).sum::<Balance>();
            let lot = if job.cause == Some(JuryCause::Audit) { 3 * job.price } else { 0 };
            assert!(job.slashes || job.jury_fees <= brought.max(lot), "jurors of job {id} took what others brought");
        }
        let late = job.submitted_at + 4 * u64::from(MAX_EXEC) + 800;
        assert!(job.state.is_terminal() || System::block_number() <= late + 100, "job {id} does not end");
    }
    for (id, provider) in pallet_provider_registry::Providers::<Test>::iter() {
        let alone = characters.iter().filter(|character| **character == Character::Liar).count() == 1;
        assert!(!alone || characters[id as usize] != Character::Honest || (provider.slashes == 0 && !provider.is_jailed()));
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
        Paused::set(Vec::new());
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
fn every_job_ends_in_time_though_every_jury_is_put_off() {
    // The longest way there is: members are replaced, a challenge and an appeal come in the last block, and each jury is drawn at the last try.
    let draws = 2 * DrawDelay::get() + 2 * DrawDelay::get() * (1 + u64::from(MAX_TRIES));
    let rest = draws + 3 * RevealPeriod::get() + 2 * AcceptedWindow::get();
    assert!(rest <= 800, "{rest}");
    TestExt::market(PROVIDERS).execute_with(|| {
        let start = System::block_number();
        let job = accepted(2);
        run_for(199);
        assert!(JobMarket::challenge(signed(OTHER), job).is_ok());
        // Nobody has anything left to lock.
        let set = |id: ProviderId, locked: Balance| {
            pallet_provider_registry::Providers::<Test>::mutate(id, |slot| slot.as_mut().unwrap().locked = locked)
        };
        let records: Vec<_> = pallet_provider_registry::Providers::<Test>::iter().collect();
        records.iter().for_each(|(id, record)| set(*id, record.bonded));
        run_for(DrawDelay::get() * u64::from(MAX_TRIES));
        assert!(state(job).jury_step().is_some());
        run_for(DrawDelay::get());
        // The window is over, so it is paid at once.
        records
            .iter()
            .for_each(|(id, record)| set(*id, record.locked.saturating_sub(if members(job).contains(id) { 250 * UNIT } else { 0 })));
        assert_eq!(state(job), JobState::Finalised);
        assert!(System::block_number() < start + 4 * u64::from(MAX_EXEC) + 800);
    });
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
        // The first verdict stands.
        assert_eq!(state(job), JobState::Finalised);
        assert!(System::block_number() < start + 4 * u64::from(MAX_EXEC) + 800);
    });
}
