//! Capability challenges at the pace of a public chain, answered by machines that run one seat after the other.

use super::*;
use crate::{
    constants::{DAYS, HRT},
    JobMarket, ProviderRegistry, RewardEmission,
};
use frame_support::traits::Hooks;
use hearth_primitives::{
    blake2_256,
    blob::BlobRef,
    commitment::commitment,
    digest::Digest,
    market::{DutyStep, Report},
    provider::{operator_consent, BackendClass, ProviderStatus},
    JobId, ProviderId,
};
use std::collections::{BTreeSet, VecDeque};

/// Blocks that a run of the benchmark takes on the machines of these tests: within the 30 that a challenge gives, they run one.
const RUN: u32 = 20;

/// A machine that runs one seat at a time, in the name of one provider or of several.
struct Machine {
    operators: Vec<AccountId>,
    /// Seats that wait, with the provider's operator.
    queue: VecDeque<(AccountId, JobId)>,
    /// The seat that runs, and the block in which it is done.
    running: Option<(AccountId, JobId, u32)>,
    done: BTreeSet<(AccountId, JobId)>,
}

impl Machine {
    /// Registers providers that claim so many slots each, all on one machine.
    fn new(name: &str, slots: &[u32]) -> (Self, Vec<ProviderId>) {
        let mut operators = Vec::new();
        let mut ids = Vec::new();
        for (n, slots) in slots.iter().enumerate() {
            let owner = genesis_presets::account(&format!("Hearth//{name}//{n}"));
            let pair = sr25519::Pair::from_string(&format!("//Hearth//{name}//{n}//operator"), None).unwrap();
            let operator = AccountId::from(pair.public());
            let consent = Signature::Sr25519(pair.sign(&operator_consent(JobMarket::genesis_hash(), &owner)));
            let funds = BalancesCall::force_set_balance { who: owner.clone().into(), new_free: 100_000 * HRT };
            assert!(sp_runtime::traits::Dispatchable::dispatch(RuntimeCall::from(funds), frame_system::RawOrigin::Root.into()).is_ok());
            let bond = ProviderRegistry::bond_for(*slots);
            ProviderRegistry::register(Some(owner.clone()).into(), operator.clone(), Some(consent), BackendClass::Cpu, *slots, bond)
                .unwrap();
            ids.push(ProviderRegistry::provider_of_account(&owner).unwrap());
            operators.push(operator);
        }
        (Self { operators, queue: VecDeque::new(), running: None, done: BTreeSet::new() }, ids)
    }

    /// What it does in block `now`: takes up new seats, runs, commits to what is done, and opens.
    fn work(&mut self, now: u32) {
        for operator in self.operators.clone() {
            for duty in JobMarket::duties(&operator) {
                let seat = (operator.clone(), duty.job);
                let known = self.done.contains(&seat)
                    || self.queue.contains(&seat)
                    || self.running.as_ref().is_some_and(|(who, job, _)| (who, *job) == (&operator, duty.job));
                match duty.step {
                    DutyStep::Commit if !known => self.queue.push_back(seat),
                    DutyStep::Reveal(_) => report(&operator, duty.job, true),
                    _ => {}
                }
            }
        }
        if let Some((operator, job, _)) = self.running.take_if(|(_, _, done)| *done <= now) {
            report(&operator, job, false);
            self.done.insert((operator, job));
        }
        if self.running.is_none() {
            self.running = self.queue.pop_front().map(|(operator, job)| (operator, job, now + RUN));
        }
    }
}

/// So many machines that claim what they are, with their providers.
fn honest(count: u32) -> (Vec<Machine>, Vec<ProviderId>) {
    (0..count).map(|n| Machine::new(&format!("honest{n}"), &[1])).map(|(machine, ids)| (machine, ids[0])).unzip()
}

/// Commits to the result that every honest machine has, or opens it. Too late is too late.
fn report(operator: &AccountId, job: JobId, open: bool) {
    let digest = Digest { hidden: [job as i32; 16], output: [7; 16] };
    let output = BlobRef::of(&job.to_le_bytes());
    let salt = blake2_256(&operator.encode()).0;
    let line = if open {
        Report::Reveal { job, tier: 0, digest, output, salt }
    } else {
        let commitment = commitment(JobMarket::genesis_hash(), job, 0, operator, &digest, output.id, &[], &salt);
        Report::Commit { job, tier: 0, commitment }
    };
    JobMarket::report(Some(operator.clone()).into(), vec![line].try_into().unwrap()).unwrap();
}

/// Runs a day of blocks in which the machines work; `each` is called after every block.
fn day(machines: &mut [Machine], mut each: impl FnMut(u32)) {
    for now in 2..2 + DAYS {
        System::reset_events();
        System::set_block_number(now);
        JobMarket::on_initialize(now);
        machines.iter_mut().for_each(|machine| machine.work(now));
        each(now);
    }
}

fn points(id: ProviderId) -> u128 {
    RewardEmission::rewards_of(id).points
}

fn provider(id: ProviderId) -> pallet_provider_registry::ProviderOf<Runtime> {
    pallet_provider_registry::Providers::<Runtime>::get(id).unwrap()
}

#[test]
fn a_claim_of_four_slots_on_a_machine_of_one_is_lost_within_a_day() {
    genesis("testnet").execute_with(|| {
        System::set_block_number(1);
        let (mut machines, honest) = honest(5);
        let (machine, ids) = Machine::new("boaster", &[4]);
        machines.push(machine);
        let boaster = ids[0];
        let mut lost = None;
        day(&mut machines, |now| {
            if provider(boaster).slots == 1 {
                lost.get_or_insert(now);
            }
        });
        let lost = lost.expect("the claim is lost");
        println!("the claim was lost in block {lost} of {DAYS}");
        assert_eq!((provider(boaster).slots, provider(boaster).status), (1, ProviderStatus::Active));
        assert!(honest.iter().all(|id| points(*id) > 0 && provider(*id).status == ProviderStatus::Active));
        let most = honest.iter().map(|id| points(*id)).max().unwrap();
        assert!(points(boaster) <= most, "a claim earns no more than the machine proves: {} and {most}", points(boaster));
        check_state();
    });
}

#[test]
fn one_machine_in_four_names_earns_no_more_than_in_one() {
    genesis("testnet").execute_with(|| {
        System::set_block_number(1);
        let (mut machines, honest) = honest(20);
        let (machine, names) = Machine::new("sybil", &[1; 4]);
        machines.push(machine);
        day(&mut machines, |_| {});
        let most = honest.iter().map(|id| points(*id)).max().unwrap();
        let together: u128 = names.iter().map(|id| points(*id)).sum();
        println!("{together} units in four names, {most} by one machine in one");
        assert!(most > 0 && together <= most);
        // All but one of the names are offline at any time.
        assert!(names.iter().filter(|id| provider(**id).status == ProviderStatus::Active).count() <= 1);
        check_state();
    });
}
