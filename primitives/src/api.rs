//! The runtime API: what front ends, the command line and a node's supervisor ask of the chain's state.

use crate::{
    account::{AccountView, YieldView},
    blob::BlobId,
    governance::{BudgetView, ChangeView, ParameterView, PauseView, ReferendumStage, ReferendumView, SlashView, TrackView},
    market::{Duty, JobView, ModelView},
    provider::{BackingView, ProviderView},
    reason::Why,
    reward::{EraView, RewardsView},
    JobId, ModelId, ProviderId,
};
use alloc::vec::Vec;
use codec::Codec;

sp_api::decl_runtime_apis! {
    /// Models, jobs and providers.
    pub trait InferenceMarketApi<AccountId, Balance, BlockNumber>
    where
        AccountId: Codec,
        Balance: Codec,
        BlockNumber: Codec,
    {
        /// Every model, in order of id.
        fn models() -> Vec<ModelView<AccountId, Balance, BlockNumber>>;

        /// One model.
        fn model(id: ModelId) -> Option<ModelView<AccountId, Balance, BlockNumber>>;

        /// One job; none once it was pruned.
        fn job(id: JobId) -> Option<JobView<AccountId, Balance, BlockNumber>>;

        /// What a job means for an account's money, and why: as its customer, as the owner or operator of a member or juror, as whoever
        /// disputes it. Nothing for an account that had no part in it.
        fn why(job: JobId, account: AccountId) -> Vec<Why<Balance>>;

        /// The ids of a customer's jobs that are not pruned.
        fn jobs_of(customer: AccountId) -> Vec<JobId>;

        /// One provider.
        fn provider(id: ProviderId) -> Option<ProviderView<AccountId, Balance, BlockNumber>>;

        /// Every provider, in order of id.
        fn providers() -> Vec<ProviderView<AccountId, Balance, BlockNumber>>;

        /// The provider of an owner or an operator.
        fn provider_of(account: AccountId) -> Option<ProviderId>;

        /// What `backer` has bonded behind a provider.
        fn backing_of(provider: ProviderId, backer: AccountId) -> Option<BackingView<Balance, BlockNumber>>;

        /// All that `backer` has bonded, in order of the providers' ids.
        fn backings_of(backer: AccountId) -> Vec<BackingView<Balance, BlockNumber>>;

        /// What is to be done for the provider whose operator is given.
        fn duties(operator: AccountId) -> Vec<Duty<BlockNumber>>;

        /// For each blob, whether the chain refers to it.
        fn blobs_referenced(ids: Vec<BlobId>) -> Vec<bool>;

        /// The price of a job: (escrow held, of which the fee) for so many replicas at so much each.
        fn quote(replicas: u32, price: Balance) -> (Balance, Balance);
    }

    /// What holders decide, how it stands, and what they have decided.
    pub trait GovernanceApi<AccountId, Balance, BlockNumber>
    where
        AccountId: Codec,
        Balance: Codec,
        BlockNumber: Codec,
    {
        /// Every track, in order of number.
        fn tracks() -> Vec<TrackView<Balance, BlockNumber>>;

        /// Those of the newest 1,000 referenda that have not ended, in order of number.
        fn referenda() -> Vec<ReferendumView<AccountId, Balance, BlockNumber>>;

        /// Where a referendum stands, also when it has ended; none if there never was one.
        fn referendum(index: u32) -> Option<ReferendumStage<BlockNumber>>;

        /// Every governed parameter.
        fn parameters() -> Vec<ParameterView>;

        /// The changes of parameters that wait for the providers, oldest first.
        fn changes() -> Vec<ChangeView<Balance, BlockNumber>>;

        /// The budgets from which something can be claimed, now or later.
        fn budgets() -> Vec<BudgetView<AccountId, Balance, BlockNumber>>;

        /// What the brake pauses.
        fn pauses() -> Vec<PauseView<BlockNumber>>;

        /// The slashes that can still be cancelled.
        fn deferred_slashes() -> Vec<SlashView<AccountId, Balance>>;

        /// What is held of whoever puts a call of so many bytes on chain, until it takes the call away.
        fn preimage_deposit(len: u32) -> Balance;
    }

    /// What was minted, and what providers have earned of it.
    pub trait RewardsApi<Balance>
    where
        Balance: Codec,
    {
        /// The last ended eras, newest first, as many as asked for and still known.
        fn eras(last: u32) -> Vec<EraView<Balance>>;

        /// What a provider has earned.
        fn rewards_of(provider: ProviderId) -> RewardsView<Balance>;

        /// The yearly rate at which the chain mints now, in parts of 10^18.
        fn inflation() -> u64;
    }

    /// What an account has and can claim, and what money and work may earn.
    pub trait AccountApi<AccountId, Balance, BlockNumber>
    where
        AccountId: Codec,
        Balance: Codec,
        BlockNumber: Codec,
    {
        /// An account's money. For one that has never bonded stake this is a few reads.
        ///
        /// For others it goes through the eras whose rewards can be claimed, and in each through the validators that earned something: on
        /// this chain 84 eras of 100 validators at most, two reads for each. Where a validator was not paid out, its nominators are read
        /// too, of whom an era has as many as an election counts: 5,000, behind 16 validators each at most.
        fn account(who: AccountId) -> AccountView<AccountId, Balance, BlockNumber>;

        /// What stake and work may earn, estimated from what is minted and staked now. A few reads.
        fn yields() -> YieldView<Balance>;
    }
}
