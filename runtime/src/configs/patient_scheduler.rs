//! The scheduler as Referenda sees it: where a block's agenda is full, a call is made in one of the next blocks.
//!
//! Referenda asks for each call once: to wake a referendum when its time has come, to free a track's place, to enact what was passed. If the
//! scheduler refused, that would never happen, and whoever fills an agenda could stop a track for ever. Referenda takes what comes late as well
//! as what comes in time: it counts from the block in which it is woken, and cancels an alarm by the address that it got, which is the real
//! one.

use crate::{BlockNumber, OriginCaller, RuntimeCall, Scheduler};
use frame_support::traits::{
    schedule::{
        v3::{Anon, Named, TaskName},
        DispatchTime, Period, Priority,
    },
    Bounded,
};
use sp_runtime::DispatchError;

/// Blocks that are tried, the one that was asked for among them.
pub const PATIENCE: BlockNumber = 32;

type Hasher = <Scheduler as Anon<BlockNumber, RuntimeCall, OriginCaller>>::Hasher;
type Address = <Scheduler as Anon<BlockNumber, RuntimeCall, OriginCaller>>::Address;
type BoundedCall = Bounded<RuntimeCall, Hasher>;

/// [`Scheduler`], of which a full agenda is passed over.
pub struct PatientScheduler;

/// Has `schedule` try `when`, and then the blocks after it as long as the agendas are full.
fn patiently(
    when: DispatchTime<BlockNumber>,
    mut schedule: impl FnMut(DispatchTime<BlockNumber>) -> Result<Address, DispatchError>,
) -> Result<Address, DispatchError> {
    let mut result = schedule(when);
    for later in 1..PATIENCE {
        if result != Err(DispatchError::Exhausted) {
            break;
        }
        result = schedule(match when {
            DispatchTime::At(block) => DispatchTime::At(block.saturating_add(later)),
            DispatchTime::After(blocks) => DispatchTime::After(blocks.saturating_add(later)),
        });
    }
    result
}

impl Anon<BlockNumber, RuntimeCall, OriginCaller> for PatientScheduler {
    type Address = Address;
    type Hasher = Hasher;

    fn schedule(
        when: DispatchTime<BlockNumber>,
        maybe_periodic: Option<Period<BlockNumber>>,
        priority: Priority,
        origin: OriginCaller,
        call: BoundedCall,
    ) -> Result<Address, DispatchError> {
        patiently(when, |when| {
            <Scheduler as Anon<BlockNumber, RuntimeCall, OriginCaller>>::schedule(
                when,
                maybe_periodic,
                priority,
                origin.clone(),
                call.clone(),
            )
        })
    }

    fn cancel(address: Address) -> Result<(), DispatchError> {
        <Scheduler as Anon<BlockNumber, RuntimeCall, OriginCaller>>::cancel(address)
    }

    fn reschedule(address: Address, when: DispatchTime<BlockNumber>) -> Result<Address, DispatchError> {
        <Scheduler as Anon<BlockNumber, RuntimeCall, OriginCaller>>::reschedule(address, when)
    }

    fn next_dispatch_time(address: Address) -> Result<BlockNumber, DispatchError> {
        <Scheduler as Anon<BlockNumber, RuntimeCall, OriginCaller>>::next_dispatch_time(address)
    }
}

impl Named<BlockNumber, RuntimeCall, OriginCaller> for PatientScheduler {
    type Address = Address;
    type Hasher = Hasher;

    fn schedule_named(
        id: TaskName,
        when: DispatchTime<BlockNumber>,
        maybe_periodic: Option<Period<BlockNumber>>,
        priority: Priority,
        origin: OriginCaller,
        call: BoundedCall,
    ) -> Result<Address, DispatchError> {
        patiently(when, |when| {
            <Scheduler as Named<BlockNumber, RuntimeCall, OriginCaller>>::schedule_named(
                id,
                when,
                maybe_periodic,
                priority,
                origin.clone(),
                call.clone(),
            )
        })
    }

    fn cancel_named(id: TaskName) -> Result<(), DispatchError> {
        <Scheduler as Named<BlockNumber, RuntimeCall, OriginCaller>>::cancel_named(id)
    }

    fn reschedule_named(id: TaskName, when: DispatchTime<BlockNumber>) -> Result<Address, DispatchError> {
        <Scheduler as Named<BlockNumber, RuntimeCall, OriginCaller>>::reschedule_named(id, when)
    }

    fn next_dispatch_time(id: TaskName) -> Result<BlockNumber, DispatchError> {
        <Scheduler as Named<BlockNumber, RuntimeCall, OriginCaller>>::next_dispatch_time(id)
    }
}
