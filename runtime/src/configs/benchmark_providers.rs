//! The providers that the benchmarks of the registry, the market, the rewards and governance need, with operators that can sign.

use crate::{AccountId, Balance, Balances, ProviderRegistry, RewardEmission, Runtime, Signature, HRT};
use alloc::{format, vec::Vec};
use codec::Encode;
use frame_support::traits::fungible::Mutate;
use hearth_primitives::{blake2_256, provider::BackendClass, reward::RewardAccounts, ModelId, ProviderId, OPERATOR_KEY_TYPE};
use pallet_provider_registry::{Backing, BackingOf, BackingTotal, BackingTotals, Backings, BenchmarkHelper};
use sp_core::crypto::KeyTypeId;
use sp_io::crypto::{sr25519_generate, sr25519_sign};

/// The keystore's part for the operators.
const KEYS: KeyTypeId = KeyTypeId(OPERATOR_KEY_TYPE);

/// Registers providers for benchmarks. The keys of their operators go into the keystore, which the benchmarks must have.
pub struct BenchmarkProviders;

impl BenchmarkProviders {
    /// Registers a provider of the owner `index` with an operator of its own; returns both accounts.
    fn register(index: u32, slots: u32, bond: Balance) -> (AccountId, AccountId) {
        let owner = AccountId::new(blake2_256(&("benchmark owner", index).encode()).0);
        let (operator, consent) = Self::operator(index, &ProviderRegistry::consent_message(&owner));
        Balances::set_balance(&owner, bond + 1_000 * HRT);
        ProviderRegistry::register(Some(owner.clone()).into(), operator.clone(), Some(consent), BackendClass::Cpu, slots, bond)
            .expect("a fresh owner with enough money and a consent can register");
        (owner, operator)
    }

    /// Lets `provider` have so many backers. Their records alone: to hold their money as well would take most of a benchmark's time, and
    /// changes nothing of what is measured.
    fn back(provider: ProviderId, backers: u32) {
        let backing: BackingOf<Runtime> = Backing { active: 10 * HRT, ..Default::default() };
        for index in 0..backers {
            let backer = <Self as pallet_reward_emission::BenchmarkHelper<AccountId>>::backer(index);
            Backings::<Runtime>::insert(provider, backer, &backing);
        }
        let active = backing.active * Balance::from(backers);
        BackingTotals::<Runtime>::insert(provider, BackingTotal { active, backers, ..Default::default() });
    }
}

impl BenchmarkHelper<AccountId, Signature> for BenchmarkProviders {
    fn operator(index: u32, message: &[u8]) -> (AccountId, Signature) {
        // A seed in hex: the derivation of a phrase would take most of a benchmark's time.
        let seed = format!("{:?}", blake2_256(&("benchmark operator", index).encode()));
        let key = sr25519_generate(KEYS, Some(seed.into_bytes()));
        let signature = sr25519_sign(KEYS, &key, message).expect("the key was put into the keystore just now");
        (key.into(), signature.into())
    }
}

impl pallet_job_market::BenchmarkHelper<AccountId, Balance> for BenchmarkProviders {
    fn provider(index: u32, slots: u32, model: ModelId, ask: Balance, lock: Balance) -> AccountId {
        let (owner, operator) = Self::register(index, slots, lock + ProviderRegistry::bond_for(slots));
        let provider = ProviderRegistry::provider_of_account(&owner).expect("the owner's provider is registered");
        // A penalty settles first what was earned, and shares it out among those who are behind the provider.
        Self::back(provider, 2);
        RewardEmission::benchmark_earnings(provider);
        ProviderRegistry::offer(Some(owner).into(), model, ask).expect("a fresh provider can offer a model that accepts offers");
        operator
    }
}

impl pallet_dao_governance::BenchmarkHelper<AccountId> for BenchmarkProviders {
    fn providers(count: u32) -> AccountId {
        let mut owners: Vec<_> = (0..count).map(|index| Self::register(index, 1, ProviderRegistry::bond_for(1)).0).collect();
        for id in pallet_provider_registry::Providers::<Runtime>::iter_keys().collect::<Vec<_>>() {
            pallet_provider_registry::Providers::<Runtime>::mutate(id, |provider| {
                provider.as_mut().expect("the provider was found").standing.valid_in_a_row = 1_000;
            });
        }
        owners.pop().expect("a house has a provider")
    }
}

impl pallet_reward_emission::BenchmarkHelper<AccountId> for BenchmarkProviders {
    fn provider(index: u32, backers: u32) -> ProviderId {
        let (owner, _) = Self::register(index, 1, 1_000 * HRT);
        let provider = ProviderRegistry::provider_of_account(&owner).expect("the owner's provider is registered");
        Self::back(provider, backers);
        Balances::set_balance(&Self::backer(0), HRT);
        provider
    }

    fn backer(index: u32) -> AccountId {
        AccountId::new(blake2_256(&("benchmark backer", index).encode()).0)
    }
}
