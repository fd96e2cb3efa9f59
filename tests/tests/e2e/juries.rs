//! Juries on real nodes: nine honest providers on processors and on GPUs in software, and everybody who cheats them, each on a model of its own,
//! so that a draw of two takes one honest provider and that cheat. All of it side by side on one network.
//!
//! Two liars run the real worker on a quantised copy of the model. The others have no node: the test reports in their names. One of four
//! validators withholds its blocks now and then.

use futures::future::join_all;
use hearth_primitives::{
    blob::BlobRef,
    digest::Agreement,
    governance::{SlashId, SlashView},
    jury::JuryCause,
    market::{JobState, MemberOutcome},
    provider::{BackendClass, ProviderStatus},
    reason::{Reason, Refusal, Why},
    ModelId, ProviderId,
};
use hearth_runtime::{AccountId, Balance, BlockNumber, Runtime, RuntimeCall, RuntimeEvent};
use hearth_tests::{
    binaries::{self, Model},
    client::Client,
    governance::{ballot, delegate, enacted, patience_for, propose, Proposal},
    market::{self, Job, Order, ProviderInfo, Registration, Submitted, HRT},
    network::{account, keypair, Network, Provider, TRUSTED_BOND},
    node::Node,
    onnx,
    puppet::{Fiction, Puppet},
    snapshot::Snapshot,
    standin::Fault,
    wait::wait_until,
};
use pallet_conviction_voting::Conviction;
use pallet_dao_governance::Origin;
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use subxt_signer::sr25519::Keypair;

type DaoCall = pallet_dao_governance::Call<Runtime>;
type DaoError = pallet_dao_governance::Error<Runtime>;
type MarketCall = pallet_job_market::Call<Runtime>;
type RegistryCall = pallet_provider_registry::Call<Runtime>;
type RegistryEvent = pallet_provider_registry::Event<Runtime>;

/// From a submission to the last payment, with a redraw and a jury, on a busy machine.
const JOB: Duration = Duration::from_secs(1_200);

/// Blocks from a draw to the last commitment.
const MAX_EXEC: u32 = 40;

/// What honest providers compute on. Jurors of a first jury, three, are of both kinds.
const HONEST: [(&str, BackendClass); 9] = [
    ("flex", BackendClass::Cpu),
    ("wgpu", BackendClass::SoftwareGpu),
    ("flex", BackendClass::Cpu),
    ("wgpu", BackendClass::SoftwareGpu),
    ("flex", BackendClass::Cpu),
    ("wgpu", BackendClass::SoftwareGpu),
    ("flex", BackendClass::Cpu),
    ("wgpu", BackendClass::SoftwareGpu),
    ("flex", BackendClass::Cpu),
];

/// One scenario each, with a model, a customer and, but for the third, a cheat of that name.
const SCENARIOS: [&str; 8] = ["quantiser", "pardoned", "accused", "hider", "copier", "doubler", "late", "silent"];

/// Whose wrong results are slashed: the models of these are calibrated.
const CALIBRATED: [&str; 4] = ["quantiser", "pardoned", "accused", "doubler"];

/// Cheats without a node.
const PUPPETS: [&str; 5] = ["hider", "copier", "doubler", "late", "silent"];

/// What a cheat bonds.
const BOND: Balance = 2_000 * HRT;

/// What a conviction costs at a price of one HRT.
const SLASH: Balance = 25 * HRT;

/// With what each holder votes: seven together have more than half of all that can vote.
const STAKE: Balance = 90_000_000 * HRT;

/// Who decides for the holders.
const DELEGATE: &str = "//Bob";

#[tokio::test(flavor = "multi_thread")]
async fn cheats_are_found_out_and_the_honest_lose_nothing() {
    let mut builder = Network::builder().validators(4);
    for (device, backend) in HONEST {
        builder = builder.trusted_provider(device, backend);
    }
    let mut network = builder.faulty_provider(Fault::Quantise).faulty_provider(Fault::Quantise).start().await;
    let client = network.client().await;
    let from = client.finalised_number().await.expect("the chain finalises");
    let (honest, liars) = network.providers.split_at(HONEST.len());
    let scene = Scene::set_up(client.clone(), from, honest, liars).await;

    let [hider, copier, doubler, late, silent] = &scene.puppets[..] else { panic!("five puppets") };
    let everything = async {
        tokio::join!(
            scene.quantiser_is_slashed(&liars[0].owner, scene.liars[0]),
            scene.slash_is_cancelled_on_appeal(&liars[1].owner, scene.liars[1]),
            scene.honest_providers_are_challenged_for_nothing(),
            scene.result_is_hidden(hider),
            scene.reveal_is_copied(copier),
            scene.second_commitment_is_refused(doubler),
            scene.answer_is_late(late),
            scene.nobody_answers(silent),
        )
    };
    let withholder = &network.validators[3];
    let withheld = AtomicU32::new(0);
    tokio::select! {
        _ = everything => {}
        () = blocks_are_withheld(&client, withholder, &withheld) => {}
    }
    withholder.thaw();
    assert!(withheld.into_inner() > 0, "the validator withheld blocks while all this went on");

    let mut state = Snapshot::finalised(&client).await.expect("the state can be read");
    state.assert_try_state();
    for id in &scene.honest {
        let it = scene.provider(*id).await;
        assert_eq!((it.bonded, it.slashes, it.status), (TRUSTED_BOND, 0, ProviderStatus::Active), "provider {id} was honest: {it:?}");
    }
    let pardoned = account(&liars[1].owner);
    assert_eq!(state.money().held_of(&pardoned), BOND, "its bond is held and nothing else: that of the appeal came back");
    market::assert_idle(&client).await;
    network.assert_healthy();
}

/// Where it all happens.
struct Scene {
    client: Client,
    /// A block before everything.
    from: BlockNumber,
    /// In the order of [`SCENARIOS`].
    models: Vec<ModelId>,
    input: BlobRef,
    honest: Vec<ProviderId>,
    /// Those with a quantised model.
    liars: Vec<ProviderId>,
    /// In the order of [`PUPPETS`].
    puppets: Vec<Puppet>,
}

fn customer(scenario: &str) -> Keypair {
    keypair(&format!("//Hearth//customer-{scenario}"))
}

async fn signed(client: &Client, who: Keypair, call: RuntimeCall) {
    client.submit(&who, call).await.unwrap_or_else(|error| panic!("somebody cannot prepare: {error}"));
}

/// A validator leaves its slots empty, for a few blocks of the others at a time, and comes back, until nobody asks any more.
async fn blocks_are_withheld(client: &Client, validator: &Node, withheld: &AtomicU32) {
    let pass = async |blocks: u32| {
        let from = client.finalised_number().await.expect("the first validator answers");
        wait_until("the others' blocks are finalised", patience_for(blocks), async || {
            let finalised = client.finalised_number().await.map_err(|error| error.to_string())?;
            (finalised >= from + blocks).then_some(()).ok_or_else(|| format!("block {finalised}"))
        })
        .await
    };
    loop {
        validator.freeze();
        pass(4).await;
        withheld.fetch_add(4, Ordering::Relaxed);
        validator.thaw();
        pass(12).await;
    }
}

fn place(scenario: &str) -> usize {
    SCENARIOS.iter().position(|name| *name == scenario).expect("a scenario has a name")
}

impl Scene {
    /// Models, providers and offers; holders let one of them vote for all, who has models calibrated.
    async fn set_up(client: Client, from: BlockNumber, honest: &[Provider], liars: &[Provider]) -> Self {
        let customers = SCENARIOS.iter().map(|name| account(&customer(name)));
        let owners = liars.iter().map(|liar| liar.owner_account()).chain(PUPPETS.iter().map(|name| account(&Puppet::owner_of(name))));
        market::fund(&client, customers.chain(owners), 10_000 * HRT).await;

        let files = Model::open("magika");
        let onnx = binaries::read(&files.onnx());
        let mut blobs = Vec::new();
        for scenario in SCENARIOS {
            blobs.push(market::upload(&client, &onnx::relabel(&onnx, scenario)).await.expect("a model can be uploaded"));
        }
        let input = market::upload(&client, &binaries::read(&files.cases()[1].input)).await.expect("an input can be uploaded");
        let models: Vec<ModelId> = blobs.iter().map(|blob| blob.id).collect();
        let registrations = SCENARIOS.iter().zip(&blobs).map(|(name, blob)| market::register_model(name, *blob, MAX_EXEC)).collect();
        let delegations = || {
            let tracks = [Origin::ModelCurator.track(), Origin::SlashCanceller.track()];
            let to = account(&keypair(DELEGATE));
            market::batch(tracks.map(|track| delegate(track, &to, Conviction::Locked1x, STAKE)).to_vec())
        };
        tokio::join!(
            signed(&client, customer(SCENARIOS[0]), market::batch(registrations)),
            signed(&client, keypair("//Charlie"), delegations()),
            signed(&client, keypair("//Dave"), delegations()),
            signed(&client, keypair("//Eve"), delegations()),
            signed(&client, keypair("//Ferdie"), delegations()),
            signed(&client, keypair("//One"), delegations()),
            signed(&client, keypair("//Two"), delegations()),
        );

        let terms = |scenario: &str| Registration {
            backend: BackendClass::Cpu,
            slots: 2,
            bond: BOND,
            models: vec![models[place(scenario)]],
            ask: HRT / 2,
        };
        let offer = |provider: &Provider| signed(&client, provider.owner.clone(), market::batch(market::offers(&models, HRT / 2)));
        let offered = join_all(honest.iter().map(offer));
        let quantisers = [(&liars[0], terms(SCENARIOS[0])), (&liars[1], terms(SCENARIOS[1]))];
        let puppets = join_all(PUPPETS.map(|name| {
            let (client, terms) = (&client, terms(name));
            async move { Puppet::register(client, name, &terms).await }
        }));
        let calibrated = async {
            let calibrate = |name| MarketCall::set_pay_only { model: models[place(name)], pay_only: false };
            let proposals = CALIBRATED.map(|name| Proposal::new(Origin::ModelCurator, calibrate(name)));
            for index in propose(&client, &keypair(DELEGATE), &proposals, Some(ballot(true, Conviction::Locked1x, STAKE))).await {
                assert_eq!(enacted(&client, index, from).await.1, Ok(()));
            }
        };
        let (_, liars, puppets, ()) = tokio::join!(offered, market::register_providers(&client, &quantisers), puppets, calibrated);
        let mut ids = Vec::new();
        for provider in honest {
            let id: Option<ProviderId> = client.market("provider_of", provider.owner_account()).await.expect("providers can be read");
            ids.push(id.expect("the genesis registered it"));
        }
        Self { client, from, models, input, honest: ids, liars, puppets }
    }

    /// Submits a scenario's job, of two replicas at one HRT.
    async fn submit(&self, scenario: &str) -> Submitted {
        let order = Order { model: self.models[place(scenario)], input: self.input, replicas: 2, price: HRT };
        market::submit_jobs(&self.client, &customer(scenario), &[order]).await.expect("a job can be submitted")[0]
    }

    async fn provider(&self, id: ProviderId) -> ProviderInfo {
        market::provider(&self.client, id).await.expect("the provider can be read")
    }

    /// How the job of a scenario ended: the result of the honest member stood, and the other's outcome is `expected`.
    async fn ended(&self, submitted: &Submitted, id: ProviderId, expected: MemberOutcome) -> Job {
        let job = market::wait_terminal(&self.client, submitted, JOB).await;
        assert_eq!(job.state, JobState::Finalised, "{job:?}");
        for member in &job.members {
            let due = if member.provider == id { expected } else { MemberOutcome::Valid };
            assert_eq!(member.outcome, Some(due), "provider {}: {job:?}", member.provider);
        }
        assert!(job.members.iter().any(|member| member.provider == id), "{job:?}");
        job
    }

    /// Whether an account is told of an amount for this reason.
    async fn assert_told(&self, job: &Job, who: AccountId, reason: Reason, amount: Balance) {
        let lines: Vec<Why<Balance>> = self.client.market("why", (job.id, who)).await.expect("reasons can be read");
        assert!(lines.iter().any(|line| (line.reason, line.amount) == (reason, amount)), "{reason:?}, {amount}: {lines:?}");
    }

    /// The job of a liar, whom a jury convicts; returns also the slash that waits.
    async fn convicted(&self, submitted: &Submitted, owner: &Keypair, id: ProviderId) -> (Job, SlashView<AccountId, Balance>) {
        let job = self.ended(submitted, id, MemberOutcome::Slashed).await;
        assert_eq!(job.cause, Some(JuryCause::Dissent));
        let [jury] = &job.juries[..] else { panic!("one jury was enough: {job:?}") };
        let agreeing = jury.members.iter().filter(|juror| juror.outcome == Some(MemberOutcome::Valid));
        let classes: BTreeSet<BackendClass> = agreeing.clone().map(|juror| juror.backend).collect();
        assert!(agreeing.count() as u32 >= jury.quorum && classes.len() >= 2, "the jury spans two backends: {jury:?}");
        let judged = job.members.iter().find(|member| member.provider == id).and_then(|member| member.judged);
        assert_eq!(judged, Some(Agreement::Deviant));
        assert!(jury.members.iter().all(|juror| self.honest.contains(&juror.provider)), "who judges is trusted: {jury:?}");
        self.assert_told(&job, account(owner), Reason::Convicted, SLASH).await;

        let it = self.provider(id).await;
        assert!(matches!(it.status, ProviderStatus::Jailed(_)), "{it:?}");
        let waiting = self.deferred().await.into_iter().find(|slash| slash.offender == account(owner));
        let slash = waiting.unwrap_or_else(|| panic!("no slash waits of provider {id}"));
        assert_eq!((slash.own, slash.others, it.slashes), (SLASH, 0, 1));
        (job, slash)
    }

    async fn deferred(&self) -> Vec<SlashView<AccountId, Balance>> {
        self.client.runtime("GovernanceApi_deferred_slashes", ()).await.expect("the slashes can be read")
    }

    /// Waits until a slash is executed, in the block in which it is due and not before.
    async fn executed(&self, slash: SlashId) {
        let patience = patience_for(slash.due.saturating_sub(self.from));
        let executed = |event: &RuntimeEvent| match event {
            RuntimeEvent::ProviderRegistry(RegistryEvent::SlashExecuted { slash: found, own, .. }) if *found == slash => Some(*own),
            _ => None,
        };
        let (number, own) = self.client.wait_event("a slash is executed", self.from, patience, executed).await;
        assert_eq!((number, own), (slash.due, SLASH));
    }

    async fn until(&self, number: BlockNumber) {
        wait_until(&format!("block {number} is finalised"), patience_for(number.saturating_sub(self.from)), async || {
            let finalised = self.client.finalised_number().await.map_err(|error| error.to_string())?;
            (finalised >= number).then_some(()).ok_or_else(|| format!("block {finalised}"))
        })
        .await
    }

    /// Who quantises is found out by the replica beside it, convicted by a jury, slashed when the deferral is over, and may come back.
    async fn quantiser_is_slashed(&self, owner: &Keypair, id: ProviderId) {
        let submitted = self.submit("quantiser").await;
        let (job, slash) = self.convicted(&submitted, owner, id).await;
        self.assert_told(&job, account(&customer("quantiser")), Reason::SlashToCustomer, HRT).await;
        assert_eq!(self.provider(id).await.bonded, BOND, "nothing is taken yet");
        self.executed(slash.id).await;
        let it = self.provider(id).await;
        assert_eq!((it.bonded, it.locked, it.slashes), (BOND - SLASH, 0, 0));
        let unjail = RuntimeCall::ProviderRegistry(RegistryCall::unjail {});
        self.client.submit(owner, unjail).await.expect("its time in jail is over with the deferral");
        assert_eq!(self.provider(id).await.status, ProviderStatus::Active);
    }

    /// An owner appeals against a slash, holders cancel it, and when its time comes nothing happens. Twice is once too often.
    async fn slash_is_cancelled_on_appeal(&self, owner: &Keypair, id: ProviderId) {
        let submitted = self.submit("pardoned").await;
        let (_, slash) = self.convicted(&submitted, owner, id).await;
        let appeal = RuntimeCall::ProviderRegistry(RegistryCall::appeal_slash { slash: slash.id });
        self.client.submit(owner, appeal).await.expect("an owner can appeal");
        assert!(self.deferred().await.iter().any(|found| found.id == slash.id && found.appealed));

        let cancel = [Proposal::new(Origin::SlashCanceller, DaoCall::cancel_slash { slash: slash.id })];
        let (bob, aye) = (keypair(DELEGATE), Some(ballot(true, Conviction::Locked1x, STAKE)));
        let index = propose(&self.client, &bob, &cancel, aye).await[0];
        let (cancelled_in, result) = enacted(&self.client, index, self.from).await;
        assert_eq!(result, Ok(()));
        assert!(cancelled_in < slash.id.due, "in time: {cancelled_in} of {}", slash.id.due);
        assert!(self.deferred().await.iter().all(|found| found.id != slash.id));
        let it = self.provider(id).await;
        assert_eq!((it.bonded, it.locked, it.slashes, it.status), (BOND, 0, 0, ProviderStatus::Active));
        let again = propose(&self.client, &bob, &cancel, aye).await[0];
        assert_eq!(enacted(&self.client, again, self.from).await.1, Err(DaoError::UnknownSlash.into()));

        self.until(slash.id.due + 2).await;
        for number in cancelled_in..=slash.id.due + 2 {
            let block = self.client.hash(number).await.expect("the block is there");
            for event in self.client.events(block).await.expect("the events can be read") {
                let executed = match event {
                    RuntimeEvent::ProviderRegistry(RegistryEvent::SlashExecuted { slash: found, .. }) => found == slash.id,
                    _ => false,
                };
                assert!(!executed, "a slash that was cancelled is executed in block {number}");
            }
        }
        assert_eq!(self.provider(id).await.bonded, BOND);
    }

    /// A customer challenges what two honest providers agree about. It loses its bond, and they lose nothing.
    async fn honest_providers_are_challenged_for_nothing(&self) {
        // If the lot falls on the job first, there is nothing left to challenge, and another one is submitted.
        for _ in 0..4 {
            let submitted = self.submit("accused").await;
            let computed = |job: &Job| job.revealed_at.is_some() && !job.state.is_revealing();
            market::wait_job(&self.client, submitted.id, "has its answer", JOB, computed).await;
            let challenge = RuntimeCall::JobMarket(MarketCall::challenge { job: submitted.id });
            let challenged = self.client.submit(&customer("accused"), challenge).await;
            let job = market::wait_terminal(&self.client, &submitted, JOB).await;
            assert_eq!(job.state, JobState::Finalised, "{job:?}");
            assert!(job.members.iter().all(|member| member.outcome == Some(MemberOutcome::Valid)), "{job:?}");
            match challenged {
                Ok(_) => {
                    assert_eq!(job.cause, Some(JuryCause::Challenge));
                    assert!(job.members.iter().all(|member| member.judged == Some(Agreement::Agree)), "{job:?}");
                    return self.assert_told(&job, account(&customer("accused")), Reason::BondLost, 4 * HRT).await;
                }
                Err(error) => assert!(error.to_string().contains("NotAccepted"), "{error}"),
            }
        }
        panic!("the lot fell four times in a row");
    }

    /// Who commits and never reveals pays ten prices at once, and the other's result is judged and paid.
    async fn result_is_hidden(&self, puppet: &Puppet) {
        let submitted = self.submit("hider").await;
        puppet.wait_drawn(submitted.id).await;
        let refused = puppet.report(vec![puppet.commitment(submitted.id, &Fiction::new(1))]).await;
        assert_eq!(refused, []);
        let job = self.ended(&submitted, puppet.id, MemberOutcome::NotRevealed).await;
        assert_eq!(job.cause, Some(JuryCause::NotRevealed));
        self.assert_lost(puppet, &job, Reason::NotRevealed, 10 * HRT).await;
    }

    /// A commitment is copied, and what opens it opens it for its owner alone.
    async fn reveal_is_copied(&self, puppet: &Puppet) {
        let submitted = self.submit("copier").await;
        puppet.wait_drawn(submitted.id).await;
        let copy = puppet.peers_commitment(submitted.id).await;
        assert_eq!(puppet.report(vec![copy]).await, []);
        let stolen = puppet.peers_opening(submitted.id, self.from).await;
        assert_eq!(puppet.report(vec![stolen]).await, [Refusal::DoesNotOpen]);
        let job = self.ended(&submitted, puppet.id, MemberOutcome::NotRevealed).await;
        self.assert_lost(puppet, &job, Reason::NotRevealed, 10 * HRT).await;
    }

    /// Who commits twice is held to the first, and convicted by it.
    async fn second_commitment_is_refused(&self, puppet: &Puppet) {
        let (submitted, first, second) = (self.submit("doubler").await, Fiction::new(2), Fiction::new(3));
        puppet.wait_drawn(submitted.id).await;
        let lines = [&first, &second].map(|fiction| puppet.commitment(submitted.id, fiction));
        let refused = puppet.report(lines.to_vec()).await;
        // If the other one was faster, commitments are closed by then.
        assert!(matches!(refused[..], [Refusal::AlreadyCommitted | Refusal::NotComputing]), "{refused:?}");
        market::wait_job(&self.client, submitted.id, "is being opened", JOB, |job| job.state == JobState::Revealing).await;
        let refused = puppet.report(vec![second.opening(submitted.id), first.opening(submitted.id)]).await;
        assert_eq!(refused, [Refusal::DoesNotOpen]);
        let (_, slash) = self.convicted(&submitted, &puppet.owner, puppet.id).await;
        self.executed(slash.id).await;
        assert_eq!(self.provider(puppet.id).await.bonded, BOND - SLASH);
    }

    /// Who commits when it is too late is refused and replaced.
    async fn answer_is_late(&self, puppet: &Puppet) {
        let submitted = self.submit("late").await;
        puppet.wait_drawn(submitted.id).await;
        let absent =
            |job: &Job| job.members.iter().any(|member| member.provider == puppet.id && member.outcome == Some(MemberOutcome::Absent));
        market::wait_job(&self.client, submitted.id, "has waited for everybody", JOB, absent).await;
        let refused = puppet.report(vec![puppet.commitment(submitted.id, &Fiction::new(4))]).await;
        assert_eq!(refused.len(), 1, "{refused:?}");
        let job = self.ended(&submitted, puppet.id, MemberOutcome::Absent).await;
        assert_eq!(job.members.len(), 3, "somebody took its place: {job:?}");
        self.assert_lost(puppet, &job, Reason::NoShow, HRT).await;
    }

    /// So is who does nothing at all.
    async fn nobody_answers(&self, puppet: &Puppet) {
        let submitted = self.submit("silent").await;
        let job = self.ended(&submitted, puppet.id, MemberOutcome::Absent).await;
        self.assert_lost(puppet, &job, Reason::NoShow, HRT).await;
    }

    /// A penalty was taken of a puppet's bond, and it is told why.
    async fn assert_lost(&self, puppet: &Puppet, job: &Job, reason: Reason, amount: Balance) {
        self.assert_told(job, account(&puppet.owner), reason, amount).await;
        let it = self.provider(puppet.id).await;
        assert_eq!((it.bonded, it.locked), (BOND - amount, 0), "{it:?}");
    }
}
