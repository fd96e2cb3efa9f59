//! The protocol's invariants under random calls of honest and hostile actors: money is conserved, every job ends in time, and neither the
//! order of reveals nor the time of serving changes an outcome.

use crate::{mock::*, Event, Jobs, NextJobId, Refusal};
use hearth_primitives::{
    market::{DeclineReason, JobState, JobView},
    JobId, ProviderId,
};
use proptest::prelude::*;

const PROVIDERS: u32 = 6;

/// A thing that somebody does.
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
    },
    Commit {
        provider: u8,
        job: u8,
        off: i32,
    },
    Reveal {
        provider: u8,
        job: u8,
        off: i32,
    },
    Decline {
        provider: u8,
        job: u8,
        reason: bool,
    },
    /// All members answer as they should: commit, then open. One may lie.
    Answer {
        job: u8,
        liar: u8,
        off: i32,
    },
    /// Commits to what another would, or opens what another opened.
    Copy {
        thief: u8,
        victim: u8,
        job: u8,
        reveal: bool,
    },
    Poke {
        job: u8,
    },
    Offer {
        provider: u8,
        ask: u8,
    },
    Withdraw {
        provider: u8,
    },
    Leave {
        provider: u8,
    },
    Rotate {
        provider: u8,
        back: bool,
    },
    Retire,
}

fn off() -> impl Strategy<Value = i32> {
    prop_oneof![5 => Just(0), 1 => Just(5), 1 => Just(1_000)]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let p = 0u8..PROVIDERS as u8;
    // One of those that were submitted.
    let job = any::<u8>();
    let replicas = prop_oneof![12 => 1u32..=4, 1 => 5u32..9, 1 => Just(0)];
    let price = prop_oneof![1 => 0u8..2, 9 => 2u8..20];
    let act = prop_oneof![
        24 => (1u8..8, prop::bool::weighted(0.2)).prop_map(|(blocks, full)| Act::Wait { blocks, full }),
        16 => (any::<bool>(), replicas, price).prop_map(|(other, replicas, price)| Act::Submit { other, replicas, price }),
        10 => (p.clone(), job, off()).prop_map(|(provider, job, off)| Act::Commit { provider, job, off }),
        10 => (p.clone(), job, off()).prop_map(|(provider, job, off)| Act::Reveal { provider, job, off }),
        6 => (p.clone(), job, any::<bool>()).prop_map(|(provider, job, reason)| Act::Decline { provider, job, reason }),
        24 => (job, p.clone(), off()).prop_map(|(job, liar, off)| Act::Answer { job, liar, off }),
        6 => (p.clone(), p.clone(), job, any::<bool>())
            .prop_map(|(thief, victim, job, reveal)| Act::Copy { thief, victim, job, reveal }),
        6 => job.prop_map(|job| Act::Poke { job }),
        1 => (p.clone(), 0u8..20).prop_map(|(provider, ask)| Act::Offer { provider, ask }),
        1 => p.clone().prop_map(|provider| Act::Withdraw { provider }),
        1 => p.clone().prop_map(|provider| Act::Leave { provider }),
        2 => (p, any::<bool>()).prop_map(|(provider, back)| Act::Rotate { provider, back }),
        1 => Just(Act::Retire),
    ];
    prop::collection::vec(act, 1..60)
}

impl Act {
    /// Does it, whatever comes of it.
    fn perform(self) {
        let signed = RuntimeOrigin::signed;
        let boss = |provider: u8| signed(owner(provider.into()));
        let pick = |job: u8| JobId::from(job) % NextJobId::<Test>::get().max(1);
        let _ = match self {
            Act::Wait { blocks, full: true } => return run_full_blocks(blocks.into()),
            Act::Wait { blocks, full: false } => return run_for(blocks.into()),
            Act::Submit { other, replicas, price } => {
                let who = if other { OTHER } else { CUSTOMER };
                JobMarket::submit_job(signed(who), model(), input(), replicas, Balance::from(price) * UNIT, None)
            }
            Act::Commit { provider, job, off } => {
                let line = commit_line(pick(job), provider.into(), &result(provider.into(), off));
                report(provider.into(), vec![line])
            }
            Act::Reveal { provider, job, off } => report(provider.into(), vec![reveal_line(pick(job), &result(provider.into(), off))]),
            Act::Decline { provider, job, reason } => {
                let reason = if reason { DeclineReason::InputInvalid } else { DeclineReason::WorkerFailed };
                report(provider.into(), vec![decline_line(pick(job), reason)])
            }
            Act::Answer { job, liar, off } => return answer(pick(job), liar.into(), off),
            Act::Copy { thief, victim, job, reveal: true } => report(thief.into(), vec![reveal_line(pick(job), &result(victim.into(), 0))]),
            Act::Copy { thief, victim, job, reveal: false } => {
                report(thief.into(), vec![commit_line(pick(job), victim.into(), &result(victim.into(), 0))])
            }
            Act::Poke { job } => JobMarket::poke(signed(OTHER), pick(job)),
            Act::Offer { provider, ask } => {
                ProviderRegistry::offer(boss(provider), model(), Balance::from(ask) * UNIT).map(|_| ().into()).map_err(Into::into)
            }
            Act::Withdraw { provider } => ProviderRegistry::withdraw_offer(boss(provider), model()).map(|_| ().into()).map_err(Into::into),
            Act::Leave { provider } => ProviderRegistry::leave(boss(provider)),
            Act::Rotate { provider, back } => {
                let to = if back { operator(provider.into()) } else { AccountId::new([200 + provider; 32]) };
                set_operator(provider.into(), to).map(|_| ().into()).map_err(Into::into)
            }
            Act::Retire => JobMarket::retire_model(signed(MODELLER), model()),
        };
    }
}

/// All members of a job that can report by the genesis' operators commit and open.
fn answer(job: JobId, liar: ProviderId, off: i32) {
    let Some(view) = JobMarket::job(job) else { return };
    let of = |p: ProviderId| result(p, if p == liar { off } else { 0 });
    for provider in view.members.iter().map(|m| m.provider) {
        let _ = report(provider, vec![commit_line(job, provider, &of(provider))]);
    }
    for provider in view.members.iter().map(|m| m.provider) {
        let _ = report(provider, vec![reveal_line(job, &of(provider))]);
    }
}

/// What the accounts that the market touches own together.
fn wealth() -> Balance {
    let people = [CUSTOMER, OTHER, MODELLER, TREASURY, AUTHOR].into_iter().chain((0..PROVIDERS).flat_map(|p| [owner(p), operator(p)]));
    let rotated = (0..PROVIDERS).map(|p| AccountId::new([200 + p as u8; 32]));
    people.chain(rotated).chain([JobMarket::pool_account()]).map(|who| total(&who)).sum()
}

fn overdue(job: JobId) -> bool {
    let job = Jobs::<Test>::get(job).unwrap();
    !job.state.is_terminal() && System::block_number() > job.submitted_at + 4 * u64::from(MAX_EXEC) + 800
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn money_is_conserved_and_every_job_ends(salt in any::<u64>(), trusted in 0..=PROVIDERS, acts in acts()) {
        let mut ext = TestExt::market(trusted).newcomers(PROVIDERS - trusted).challenges().build();
        ext.execute_with(|| {
            Salt::set(salt);
            let issuance = Balances::total_issuance();
            for act in acts {
                act.perform();
                check();
                assert_eq!(Balances::total_issuance() + Burned::get(), issuance);
                assert_eq!(wealth(), Balances::total_issuance(), "money went to a stranger");
            }
            // Nobody does anything any more, and nobody is challenged.
            crate::CapabilityBenchmark::<Test>::kill();
            for _ in 0..4 * u64::from(MAX_EXEC) + 800 {
                run_for(1);
                assert!(!Jobs::<Test>::iter_keys().any(overdue));
            }
            check();
            assert!(Jobs::<Test>::iter_values().all(|job| job.state.is_terminal() && job.held == 0));
            assert_eq!((held(&CUSTOMER), held(&OTHER)), (0, 0));
            for (_, provider) in pallet_provider_registry::Providers::<Test>::iter() {
                assert!(provider.is_idle());
            }
            assert_eq!(Balances::total_issuance() + Burned::get(), issuance);
        });
    }

    #[test]
    fn copied_lines_never_open(salt in any::<u64>(), replicas in 2u32..=5) {
        TestExt::market(PROVIDERS).execute_with(|| {
            Salt::set(salt);
            let job = drawn(replicas);
            let all = members(job);
            let victim = all[0];
            let stolen = commit_line(job, victim, &result(victim, 0));
            all.iter().for_each(|p| report_ok(*p, stolen.clone()));
            let opening = reveal_line(job, &result(victim, 0));
            for thief in &all[1..] {
                assert_eq!(refused(*thief, opening.clone()), Refusal::DoesNotOpen);
            }
            report_ok(victim, opening);
            run_for(20 + DrawDelay::get());
            let paid: Vec<Balance> = view(job).members.iter().map(|m| m.paid).collect();
            assert_eq!(paid.iter().sum::<Balance>(), paid[0]);
        });
    }

    #[test]
    fn outcome_ignores_the_order_of_answers_and_who_serves(
        salt in any::<u64>(),
        replicas in 1u32..=5,
        offs in prop::collection::vec(off(), 5),
        silent in prop::collection::vec(prop::bool::weighted(0.2), 5),
        order in Just((0..5usize).collect::<Vec<_>>()).prop_shuffle(),
        late in 0u64..10,
        poked in any::<bool>(),
    ) {
        let job = |order: &[usize], late: u64, poked: bool| play(salt, replicas, &offs, &silent, order, late, poked);
        prop_assert_eq!(job(&order, late, poked), job(&[0, 1, 2, 3, 4], 0, false));
    }
}

type Balances3 = (Balance, Balance, Vec<Balance>);

/// One job, played in one way; returns what became of it and of everybody's money.
fn play(
    salt: u64,
    replicas: u32,
    offs: &[i32],
    silent: &[bool],
    order: &[usize],
    late: u64,
    poked: bool,
) -> (JobView<AccountId, Balance, BlockNumber>, Balances3) {
    let mut ext = TestExt::market(5).build();
    ext.execute_with(|| {
        Salt::set(salt);
        let job = drawn(replicas);
        let all: Vec<ProviderId> = members(job);
        let turns: Vec<usize> = order.iter().copied().filter(|i| *i < all.len()).collect();
        for i in &turns {
            report_ok(all[*i], commit_line(job, all[*i], &result(all[*i], offs[*i])));
        }
        for i in turns.iter().filter(|i| !silent[**i]) {
            report_ok(all[*i], reveal_line(job, &result(all[*i], offs[*i])));
        }
        // The deadline of the reveals and the end of the window are both served late, by whoever.
        for blocks in [20, 180 + 20] {
            run_full_blocks(blocks);
            run_full_blocks(late);
            if poked {
                let _ = JobMarket::poke(RuntimeOrigin::signed(OTHER), job);
            }
            if blocks == 20 {
                // Until the draw of a jury for which there are too few.
                run_for(1 + DrawDelay::get());
                check();
                if state(job).is_terminal() {
                    break;
                }
            }
        }
        run_for(1);
        check();
        assert!(matches!(state(job), JobState::Finalised | JobState::Unresolved(_) | JobState::Cancelled(_)));
        let paid = (0..5).map(|p| total(&owner(p))).collect();
        (view(job), (total(&CUSTOMER), Balances::total_issuance(), paid))
    })
}

#[test]
fn every_job_of_a_market_in_which_nobody_acts_ends() {
    TestExt::market(PROVIDERS).execute_with(|| {
        for replicas in 1..=PROVIDERS {
            submit(replicas, PRICE);
        }
        let before = total(&CUSTOMER);
        run_for(3 + u64::from(MAX_EXEC) + 3 + u64::from(MAX_EXEC));
        assert!(Jobs::<Test>::iter_values().all(|job| job.state.is_terminal()));
        assert_eq!((total(&CUSTOMER), held(&CUSTOMER), NextJobId::<Test>::get()), (before, 0, 6));
        let ended = System::events().into_iter().filter(|e| matches!(e.event, RuntimeEvent::JobMarket(Event::JobEnded { .. })));
        assert_eq!(ended.count(), 6);
    });
}
