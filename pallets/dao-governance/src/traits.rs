//! What a runtime supplies besides types and numbers.

use alloc::{string::ToString, vec::Vec};
use codec::MaxEncodedLen;
use frame_support::traits::dynamic_params::AggregatedKeyValue;
use hearth_primitives::governance::{Bound, Guardian, ParameterInfo, SlashId, SlashView, Unit};

/// What a governed parameter is, as it stands in code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Description {
    /// What it belongs to.
    pub group: &'static str,
    /// Its name within the group.
    pub name: &'static str,
    /// What it says.
    pub meaning: &'static str,
    /// What its number counts.
    pub unit: Unit,
    /// Whose referenda set it.
    pub guardian: Guardian,
    /// Between which numbers it stays, until Root moves the bound.
    pub bound: Bound,
}

impl Description {
    /// As anybody may see it, with the bound in force.
    pub fn info(&self, bound: Bound) -> ParameterInfo {
        let Self { group, name, meaning, unit, guardian, .. } = *self;
        let [group, name, meaning] = [group, name, meaning].map(str::to_string);
        ParameterInfo { group, name, meaning, unit, guardian, bound }
    }
}

/// The key of a parameter among those of `P`.
pub type KeyAmong<P> = <<P as GovernedParameters>::KeyValue as AggregatedKeyValue>::Key;

/// The value of a parameter among those of `P`.
pub type ValueAmong<P> = <<P as GovernedParameters>::KeyValue as AggregatedKeyValue>::Value;

/// The numbers that holders govern, one by one and together.
pub trait GovernedParameters {
    /// A parameter and the value that it is to have; none for the value with which the chain began.
    type KeyValue: AggregatedKeyValue + MaxEncodedLen;

    /// All of them.
    fn keys() -> Vec<KeyAmong<Self>>;

    /// What one is.
    fn describe(key: &KeyAmong<Self>) -> Description;

    /// The value in force.
    fn value(key: &KeyAmong<Self>) -> ValueAmong<Self>;

    /// A value as a number.
    fn number(value: &ValueAmong<Self>) -> u128;

    /// Puts a value in force, whatever it is. Nothing else may.
    fn set(key_value: Self::KeyValue);

    /// Whether a value was put in force; else it is the one with which the chain began.
    fn is_set(key: &KeyAmong<Self>) -> bool;

    /// Whether all values in force are sound together; if not, why.
    fn check() -> Result<(), &'static str>;

    /// A value in force that passes every check.
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_key_value() -> Self::KeyValue;
}

/// The slashes that wait to be executed, whoever keeps them.
pub trait DeferredSlashes<AccountId, Balance> {
    /// All of them, those that are due first before others.
    fn list() -> Vec<SlashView<AccountId, Balance>>;

    /// Takes one away, so that it can never be executed; returns whether there was one.
    fn cancel(id: SlashId) -> bool;

    /// Makes as many as there can be at once; returns the one that is found last.
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_slash() -> SlashId;
}

/// What the benchmarks need of the runtime around the pallet.
#[cfg(feature = "runtime-benchmarks")]
pub trait BenchmarkHelper<AccountId> {
    /// Makes so many providers with a voice in the house; returns the owner of the last.
    fn providers(count: u32) -> AccountId;
}
