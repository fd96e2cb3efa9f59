//! The weights of calls and transitions. A runtime generates its own from `benchmarking`; the implementation for `()` is for tests.

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// What each benchmark measures.
pub trait WeightInfo {
    /// `register_model`.
    fn register_model() -> Weight;
    /// `retire_model` that drops `d` offers and removes the model.
    fn retire_model(d: u32) -> Weight;
    /// `submit_job`.
    fn submit_job() -> Weight;
    /// `report` with `n` lines, none of which ends anything.
    fn report(n: u32) -> Weight;
    /// `poke`, besides the transitions.
    fn poke() -> Weight;
    /// `set_benchmark` with the longest input.
    fn set_benchmark() -> Weight;
    /// `set_pay_only`.
    fn set_pay_only() -> Weight;
    /// `challenge` and `appeal`, besides what the job is behind with and the jury.
    fn dispute() -> Weight;
    /// A draw of a full round, of replicas or of the second jury, from `c` offers.
    fn draw(c: u32) -> Weight;
    /// The verdict of a full second jury, without the end of the job.
    fn conclude_jury() -> Weight;
    /// The end of computing with a full round absent and penalised.
    fn close_computing() -> Weight;
    /// The end of a job with a full round paid, or convicted, the jurors of both juries paid, and both bonds settled.
    fn settle() -> Weight;
    /// The end of a capability challenge's group, full and proven.
    fn settle_challenge() -> Weight;
    /// The beginning of a capability challenge of `g` full groups; none if there is none.
    fn challenge(g: u32) -> Weight;
    /// The removal of a job with the largest round.
    fn prune() -> Weight;
    /// The ring's entry of a block.
    fn extend_ring() -> Weight;
    /// A block of the agenda, empty.
    fn serve_block() -> Weight;
    /// Finding a job in the agenda.
    fn serve_job() -> Weight;
}

/// For tests: near what a benchmark gives, with the database's costs.
impl WeightInfo for () {
    fn register_model() -> Weight {
        at(60, 3, 4)
    }
    fn retire_model(d: u32) -> Weight {
        at(60, 3, 4).saturating_add(at(15, 1, 2).saturating_mul(d.into()))
    }
    fn submit_job() -> Weight {
        at(90, 6, 9)
    }
    fn report(n: u32) -> Weight {
        at(10, 1, 0).saturating_add(at(40, 5, 4).saturating_mul(n.into()))
    }
    fn poke() -> Weight {
        at(10, 2, 2)
    }
    fn set_benchmark() -> Weight {
        at(30, 2, 1)
    }
    fn set_pay_only() -> Weight {
        at(20, 1, 1)
    }
    fn dispute() -> Weight {
        at(90, 7, 7)
    }
    fn conclude_jury() -> Weight {
        at(500, 30, 34)
    }
    fn draw(c: u32) -> Weight {
        at(120, 24, 20).saturating_add(at(10, 2, 0).saturating_mul(c.into()))
    }
    fn close_computing() -> Weight {
        at(500, 40, 44)
    }
    fn settle() -> Weight {
        at(1_200, 62, 74)
    }
    fn settle_challenge() -> Weight {
        at(300, 34, 40)
    }
    fn challenge(g: u32) -> Weight {
        at(40, 40, 20).saturating_add(at(150, 10, 12).saturating_mul(g.into()))
    }
    fn prune() -> Weight {
        at(70, 14, 16)
    }
    fn extend_ring() -> Weight {
        at(12, 4, 1)
    }
    fn serve_block() -> Weight {
        at(6, 2, 1)
    }
    fn serve_job() -> Weight {
        at(6, 2, 0)
    }
}

/// So many microseconds, reads and writes.
fn at(micros: u64, reads: u64, writes: u64) -> Weight {
    Weight::from_parts(micros.saturating_mul(1_000_000), 4_000).saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}
