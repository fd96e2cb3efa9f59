//! Parameters: every number that holders govern, each with its meaning, its first value and its bounds, written once.
//!
//! A bound says how far holders may go without Root; first values are those of a public chain, or what the genesis says. What is no number
//! here cannot change on a living chain: limits of what is stored, and the lengths of epochs and eras.
//!
//! The bounds of DrawDelay (d), RevealPeriod (r) and AcceptedWindow (w) keep every job's end within 4·`max_exec` + 800 blocks, whatever anybody
//! does. Without a dispute a job waits for 2d + r + w besides twice its time to run. With two juries it waits for 4d + 3r + 2w, as each jury is
//! drawn and reveals, and the first one's verdict can be appealed for as long as a result can be disputed: 4·10 + 3·40 + 2·320 = 800.

use crate::{
    chain_parameters::{ChainAcceptedWindow, ChainChallengePeriod, ChainEpochSlots, ChainSessionsPerEra, ChainSlashDeferral},
    configs::{
        governance::{HouseWindow, MaxPause},
        market::SlashDeferral,
    },
    constants::{BONDING_ERAS, DAYS, HOURS, HRT, MILLI_HRT, MINUTES},
    Balance, BlockNumber, JobMarket, ProviderRegistry, RewardEmission, Runtime, RuntimeEvent,
};
use alloc::{vec, vec::Vec};
use frame_support::{
    dynamic_params::{dynamic_pallet_params, dynamic_params},
    ensure,
    traits::{dynamic_params::AggregatedKeyValue, Get},
};
use frame_system::EnsureNever;
use hearth_primitives::governance::{Bound, Guardian, Unit};
use pallet_dao_governance::{Description, GovernedParameters};
use sp_runtime::{Perbill, Perquintill};

/// What a parameter's value can be: anything that is a number.
trait Quantity {
    /// The number.
    fn number(&self) -> u128;
}

impl Quantity for u32 {
    fn number(&self) -> u128 {
        (*self).into()
    }
}

impl Quantity for u128 {
    fn number(&self) -> u128 {
        *self
    }
}

impl Quantity for Perbill {
    fn number(&self) -> u128 {
        self.deconstruct().into()
    }
}

impl Quantity for Perquintill {
    fn number(&self) -> u128 {
        self.deconstruct().into()
    }
}

/// So many hundredths.
const fn percent(x: u32) -> Perbill {
    Perbill::from_percent(x)
}

/// So many hundredths in a year.
const fn yearly(x: u64) -> Perquintill {
    Perquintill::from_percent(x)
}

/// The numbers that holders govern in this runtime.
pub struct Governed;

/// Declares groups of parameters. Each line: its meaning, its index for good, name, type, first value, bounds, unit and guardian.
macro_rules! governed {
    ($(
        $(#[doc = $about:tt])+
        [$group_index:tt] $group:ident as $variant:ident {$(
            $(#[doc = $meaning:tt])+
            [$index:tt] $name:ident: $type:ident = $first:expr, $least:expr => $most:expr, $unit:ident by $guardian:ident;
        )+}
    )+) => {
        #[dynamic_params(RuntimeParameters, pallet_parameters::Parameters::<Runtime>)]
        pub mod dynamic_params {
            use super::*;

            $(
                $(#[doc = $about])+
                #[dynamic_pallet_params]
                #[codec(index = $group_index)]
                pub mod $group {
                    $(
                        $(#[doc = $meaning])+
                        #[codec(index = $index)]
                        pub static $name: $type = $first;
                    )+
                }
            )+
        }

        impl GovernedParameters for Governed {
            type KeyValue = RuntimeParameters;

            fn keys() -> Vec<RuntimeParametersKey> {
                vec![$($(
                    RuntimeParametersKey::$variant(dynamic_params::$group::ParametersKey::$name(dynamic_params::$group::$name))
                ),+),+]
            }

            fn describe(key: &RuntimeParametersKey) -> Description {
                match key {$($(
                    RuntimeParametersKey::$variant(dynamic_params::$group::ParametersKey::$name(_)) => {
                        let (least, most): ($type, $type) = ($least, $most);
                        Description {
                            group: stringify!($group),
                            name: stringify!($name),
                            meaning: concat!($($meaning),+).trim(),
                            unit: Unit::$unit,
                            guardian: Guardian::$guardian,
                            bound: Bound { least: least.number(), most: most.number() },
                        }
                    }
                )+)+}
            }

            fn value(key: &RuntimeParametersKey) -> RuntimeParametersValue {
                match key {$($(
                    RuntimeParametersKey::$variant(dynamic_params::$group::ParametersKey::$name(_)) => {
                        let value = <dynamic_params::$group::$name as Get<$type>>::get();
                        RuntimeParametersValue::$variant(dynamic_params::$group::ParametersValue::$name(value))
                    }
                )+)+}
            }

            fn number(value: &RuntimeParametersValue) -> u128 {
                match value {$($(
                    RuntimeParametersValue::$variant(dynamic_params::$group::ParametersValue::$name(value)) => value.number(),
                )+)+}
            }

            fn set(key_value: RuntimeParameters) {
                let (key, value) = key_value.into_parts();
                pallet_parameters::Parameters::<Runtime>::set(key, value);
            }

            fn is_set(key: &RuntimeParametersKey) -> bool {
                pallet_parameters::Parameters::<Runtime>::contains_key(key)
            }

            fn check() -> Result<(), &'static str> {
                check()
            }

            #[cfg(any(feature = "std", feature = "runtime-benchmarks"))]
            fn benchmark_key_value() -> RuntimeParameters {
                let value = dynamic_params::emission::JobShare::get();
                RuntimeParameters::Emission(dynamic_params::emission::Parameters::JobShare(dynamic_params::emission::JobShare, Some(value)))
            }
        }
    };
}

governed! {
    /// What jobs cost, and how long their states last.
    [0] market as Market {
        /// The fee of a job, on top of what its replicas are paid.
        [0] FeeRate: Perbill = percent(5), Perbill::zero() => percent(20), Billionths by MarketParams;
        /// The probability of an audit, on which a job's premium rests. Where too few could judge, nobody is audited or pays for it.
        [1] AuditRate: Perbill = percent(5), Perbill::zero() => percent(50), Billionths by MarketParams;
        /// How many prices of a job are locked of each member's bond.
        [2] LockMultiple: u32 = 25, 5 => 100, Count by MarketParams;
        /// The lowest price of a replica.
        [3] MinPrice: Balance = MILLI_HRT, MILLI_HRT => 10 * HRT, Plancks by MarketParams;
        /// Blocks from a submission to its draw, and from a missed deadline to the redraw.
        [4] DrawDelay: BlockNumber = 3, 2 => 10, Blocks by MarketParams;
        /// Blocks in which commitments are opened.
        [5] RevealPeriod: BlockNumber = 20, 10 => 2 * MINUTES, Blocks by MarketParams;
        /// Blocks from agreement to payment, in which a result can be disputed; and those in which a first verdict can be appealed.
        [6] AcceptedWindow: BlockNumber = ChainAcceptedWindow::get(), 10 => 16 * MINUTES, Blocks by MarketParams;
        /// Blocks for which an ended job can still be read.
        [7] Retention: BlockNumber = DAYS, HOURS => 30 * DAYS, Blocks by MarketParams;
        /// Blocks from one capability challenge to the next, on average.
        [8] ChallengePeriod: BlockNumber = ChainChallengePeriod::get(), 50 => 7 * DAYS, Blocks by MarketParams;
        /// Blocks for which an ended capability challenge can still be read.
        [9] ChallengeRetention: BlockNumber = HOURS, 10 * MINUTES => DAYS, Blocks by MarketParams;
        /// The shortest time that a model may give for a run.
        [10] MinExec: BlockNumber = 10, 5 => 5 * MINUTES, Blocks by MarketParams;
        /// The longest time that a model may give for a run.
        [11] MaxExec: BlockNumber = HOURS, 5 * MINUTES => DAYS, Blocks by MarketParams;
        /// The most jobs of one customer that are not pruned.
        [12] MaxJobsPerCustomer: u32 = 256, 16 => 4_096, Count by MarketParams;
        /// A model's deposit before its size is counted.
        [13] ModelDepositBase: Balance = 10 * HRT, HRT => 1_000 * HRT, Plancks by MarketParams;
        /// The further deposit for each MiB of a model.
        [14] ModelDepositPerMib: Balance = 100 * MILLI_HRT, 10 * MILLI_HRT => 10 * HRT, Plancks by MarketParams;
        /// The part of a block that transitions of jobs may take.
        [15] ServiceShare: Perbill = percent(25), percent(10) => percent(40), Billionths by MarketParams;
        /// How many prices of a job it costs to be drawn and not to commit in time.
        [16] NoShowPenalty: u32 = 1, 0 => 5, Count by MarketParams;
        /// How many prices of a job it costs to commit and not to reveal. As many are locked of a juror's bond.
        [17] NonRevealPenalty: u32 = 10, 1 => 50, Count by MarketParams;
        /// How many prices of a job are held from whoever challenges its result.
        [18] ChallengeBond: u32 = 4, 3 => 50, Count by MarketParams;
        /// How many prices of a job are held from whoever appeals against a verdict.
        [19] AppealBond: u32 = 8, 7 => 100, Count by MarketParams;
        /// How many prices of a slash are the customer's, who was deceived.
        [20] CustomerShare: u32 = 1, 0 => 5, Count by MarketParams;
        /// The part of a slash that is the challenger's. Whoever challenges itself must lose by it.
        [21] ChallengerShare: Perbill = percent(20), Perbill::zero() => percent(40), Billionths by MarketParams;
        /// How many must be there who may judge, or nobody is judged.
        [22] MinJurors: u32 = 5, 4 => 64, Count by MarketParams;
        /// The part of a model's jobs that may find no verdict before wrong results of it are not slashed any more.
        [23] FaultLimit: Perbill = percent(2), Perbill::from_rational(1u32, 256) => percent(20), Billionths by MarketParams;
        /// The jobs of a model among which those without a verdict are counted.
        [24] FaultWindow: u32 = 256, 64 => 4_096, Count by MarketParams;
    }

    /// What a provider bonds and may claim, and on which terms others back it.
    [1] registry as Registry {
        /// The bond of a provider before its slots are counted.
        [0] MinBond: Balance = 100 * HRT, 10 * HRT => 10_000 * HRT, Plancks by MarketParams;
        /// The further bond for each slot.
        [1] BondPerSlot: Balance = 100 * HRT, 10 * HRT => 10_000 * HRT, Plancks by MarketParams;
        /// The most slots of one provider. Challenges ask for no more than the bound allows.
        [2] MaxSlots: u32 = pallet_job_market::challenge::MAX_SEATS, 1 => pallet_job_market::challenge::MAX_SEATS, Count by MarketParams;
        /// Blocks between a provider's leaving and the release of its bond, and between unbacking and the release of what backed.
        [3] UnbondingPeriod: BlockNumber = 14 * DAYS, 14 * DAYS => 28 * DAYS, Blocks by MarketParams;
        /// What an operator's account is filled up to by its owner.
        [4] OperatorFloat: Balance = HRT, 100 * MILLI_HRT => 10 * HRT, Plancks by MarketParams;
        /// Valid jobs in a row after which a provider may be a job's only replica, and speaks with its whole bond.
        [5] TrustedAfter: u32 = 20, 5 => 1_000, Count by MarketParams;
        /// The least that a backer has active behind a provider.
        [6] MinBacking: Balance = 10 * HRT, HRT => 1_000 * HRT, Plancks by MarketParams;
        /// The commission of a new provider: the owner's part of what its backers would earn.
        [7] DefaultCommission: Perbill = percent(10), Perbill::zero() => percent(50), Billionths by MarketParams;
        /// The most that an owner raises its commission to.
        [8] MaxCommission: Perbill = percent(50), percent(10) => percent(100), Billionths by MarketParams;
        /// The most by which an owner raises its commission in an era.
        [9] MaxCommissionStep: Perbill = percent(5), percent(1) => percent(20), Billionths by MarketParams;
        /// For how long a slash waits after a conviction, in which it can be cancelled: a referendum for that takes up to three and a half days.
        [10] SlashHours: u32 = 7 * 24, 96 => 13 * 24, Hours by MarketParams;
        /// For how long a convicted provider is drawn for nothing.
        [11] JailHours: u32 = 7 * 24, 24 => 28 * 24, Hours by MarketParams;
        /// What is held from an owner who appeals against a slash.
        [12] SlashAppealBond: Balance = 50 * HRT, HRT => 10_000 * HRT, Plancks by MarketParams;
        /// The part of a block that slashes of providers may take.
        [13] SlashShare: Perbill = percent(5), percent(1) => percent(10), Billionths by MarketParams;
    }

    /// How much is minted, for whom, and what becomes of the fees of jobs.
    [2] emission as Emission {
        /// The yearly rate at which the chain mints in its first year.
        [0] InitialRate: Perquintill = yearly(8), Perquintill::zero() => yearly(20), Quintillionths by EmissionParams;
        /// The part of the yearly rate that each year takes away.
        [1] Decay: Perquintill = yearly(15), yearly(5) => yearly(50), Quintillionths by EmissionParams;
        /// The yearly rate below which it never falls.
        [2] TailRate: Perquintill = Perquintill::from_rational(15u64, 1_000), Perquintill::zero() => yearly(3), Quintillionths by EmissionParams;
        /// The part of what is minted for validators and nominators. What stands for nobody is the treasury's.
        [3] StakingShare: Perbill = percent(40), percent(20) => percent(60), Billionths by EmissionParams;
        /// The part of what is minted for providers.
        [4] ProviderShare: Perbill = percent(45), percent(20) => percent(70), Billionths by EmissionParams;
        /// The part of a job's fee that is burned. Were it nothing, trading with oneself would cost less.
        [5] FeeBurned: Perbill = percent(50), percent(20) => percent(80), Billionths by EmissionParams;
        /// The part of a job's fee for the treasury. What is left is the block author's.
        [6] FeeToTreasury: Perbill = percent(30), Perbill::zero() => percent(80), Billionths by EmissionParams;
        /// The part of the providers' pool that paid jobs may earn at most. The rest is for proven capacity.
        [7] JobShare: Perbill = percent(20), Perbill::zero() => percent(50), Billionths by EmissionParams;
        /// For how many eras' lengths one era mints at most, after the chain stood still.
        [8] CatchUpEras: u32 = 2, 1 => 8, Count by EmissionParams;
    }

    /// How far those who decide for the holders may go.
    [3] authority as Authority {
        /// The most that small spenders may spend at once.
        [0] SmallSpendLimit: Balance = 10_000 * HRT, HRT => 100_000 * HRT, Plancks by Root;
        /// The most that big spenders may spend at once.
        [1] BigSpendLimit: Balance = 1_000_000 * HRT, HRT => 20_000_000 * HRT, Plancks by Root;
        /// For how long providers can stop a change that holders passed, and see the next model of challenges. Votes are locked no shorter.
        [2] HouseHours: u32 = 3 * 24, 24 => 7 * 24, Hours by Root;
        /// The part of all providers' voices that stops a change.
        [3] HouseThreshold: Perbill = Perbill::from_rational(1u32, 3), percent(20) => percent(60), Billionths by Root;
        /// The longest pause by the emergency brake, and for how long what was paused rests.
        [4] PauseHours: u32 = 3 * 24, 6 => 6 * 24, Hours by Root;
    }
}

/// Whether all numbers are sound together; if not, why.
fn check() -> Result<(), &'static str> {
    let (small, big) = (dynamic_params::authority::SmallSpendLimit::get(), dynamic_params::authority::BigSpendLimit::get());
    ensure!(small < big, "small spenders would spend as much as big ones");
    // Else a bond could speak, be released, and speak again in another name.
    ensure!(HouseWindow::get() <= dynamic_params::registry::UnbondingPeriod::get(), "a bond must outlast what it objects to");
    ensure!(paused_slash_finds_its_stake(), "a slash that the brake puts off must find its stake bonded");
    // What is locked stays, but a backer who ran would leave its part of the slash to those who did not.
    let put_off = SlashDeferral::get().saturating_add(MaxPause::get());
    let outlasts = put_off < dynamic_params::registry::UnbondingPeriod::get();
    ensure!(outlasts, "what unbonds must outlast a provider's slash that the brake puts off");
    JobMarket::check_numbers()?;
    ProviderRegistry::check_numbers()?;
    RewardEmission::check_numbers()
}

/// Whether a validator's slash that is put off by the longest pause is executed before the stake behind it can be withdrawn. It is due an era
/// after its deferral. A pause is counted in blocks and an era in slots: of the longest pause within the bound two eras are left for slots
/// without a block.
fn paused_slash_finds_its_stake() -> bool {
    let era = ChainEpochSlots::get().saturating_mul(ChainSessionsPerEra::get().into()).max(1);
    let paused = u64::from(MaxPause::get()).div_ceil(era);
    u64::from(ChainSlashDeferral::get()).saturating_add(1).saturating_add(paused) < u64::from(BONDING_ERAS)
}

impl pallet_parameters::Config for Runtime {
    // Whoever changes a number does it by DaoGovernance, which checks the rails and writes the storage itself: an origin that somebody has, Root
    // could have too.
    type AdminOrigin = EnsureNever<()>;
    type RuntimeEvent = RuntimeEvent;
    type RuntimeParameters = RuntimeParameters;
    // Nobody can call it.
    type WeightInfo = ();
}
