//! Which devices the machine has, which of them compute rightly, and which one is chosen.
//!
//! Drivers crash and hang, so nothing here touches one in this process before it has proved itself in a child process: adapters are listed
//! by a child, and each is tried on a small model by a child of its own, with a time limit.

mod adapter;
mod canary;
mod child;

pub use adapter::{Adapter, AdapterKind};
pub use canary::{Canary, Verdict};
pub use child::{TEST_TIME, end_with_parent, list_in_child, list_with, test_in_child};

use crate::{error::Error, tensor::Devices};
use hearth_primitives::{provider::BackendClass, worker};
use std::time::{Duration, Instant};

/// How long all self-tests may take before a device is chosen. With the time for the listing it must stay below the 120 s that a node gives
/// a worker to say hello, so that a driver that hangs costs the GPU and not the worker.
const CHOICE_TIME: Duration = Duration::from_secs(90);

/// How long one GPU's self-test may take of that.
const GPU_TEST_TIME: Duration = Duration::from_secs(30);

/// What a caller asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DeviceSpec {
    /// The best GPU that passes the self-test, else the processor. Not a GPU in software: the processor is faster.
    Auto,
    /// The processor, with burn's flex.
    Flex,
    /// The best adapter, in software too, that has the text in its id, name or driver.
    Wgpu(Option<String>),
}

impl std::str::FromStr for DeviceSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "flex" => Ok(Self::Flex),
            "wgpu" => Ok(Self::Wgpu(None)),
            _ => match text.strip_prefix("wgpu:") {
                Some(filter) if !filter.is_empty() => Ok(Self::Wgpu(Some(filter.to_lowercase()))),
                _ => Err(format!("{text:?} is no device; say auto, flex, wgpu, or wgpu: and a part of an adapter's name")),
            },
        }
    }
}

/// A device that was chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The adapter; none is the processor.
    pub adapter: Option<Adapter>,
    /// Why, a sentence.
    pub reason: String,
}

impl Choice {
    /// Opens the device. It has passed its self-test, so a driver's crash here is unlikely; it would end the process.
    pub fn open(&self) -> Devices {
        self.adapter.as_ref().map_or_else(Devices::flex, Adapter::open)
    }

    /// As the node's protocol names it.
    pub fn describe(&self) -> worker::Device {
        match &self.adapter {
            Some(adapter) => worker::Device {
                backend: "wgpu".into(),
                name: adapter.name.clone(),
                driver: adapter.driver.clone(),
                class: adapter.class(),
                reason: self.reason.clone(),
            },
            None => worker::Device {
                backend: "flex".into(),
                name: processor(),
                driver: String::new(),
                class: BackendClass::Cpu,
                reason: self.reason.clone(),
            },
        }
    }
}

/// The processor's name, as far as the system tells it.
fn processor() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).map(|rest| rest.trim_start_matches([' ', '\t', ':']));
    format!("{} ({cores} threads)", model.unwrap_or(std::env::consts::ARCH))
}

/// An adapter and how it did.
#[derive(Clone, Debug)]
pub struct Tested {
    /// The adapter.
    pub adapter: Adapter,
    /// What its self-test said.
    pub verdict: Result<Verdict, String>,
}

/// Chooses by what was asked, given the adapters best first and a way to test one.
///
/// # Errors
/// [`Error::NoDevice`] if `wgpu` was asked for and no adapter fits and passes.
pub fn choose(
    spec: &DeviceSpec,
    adapters: Result<Vec<Adapter>, String>,
    mut test: impl FnMut(&Adapter) -> Result<Verdict, String>,
) -> Result<Choice, Error> {
    let flex = |reason: String| Ok(Choice { adapter: None, reason });
    let filter = match spec {
        DeviceSpec::Flex => return flex("flex was asked for".into()),
        DeviceSpec::Wgpu(filter) => filter.as_deref(),
        DeviceSpec::Auto => None,
    };
    let auto = *spec == DeviceSpec::Auto;
    let adapters = match adapters {
        Ok(adapters) => adapters,
        Err(error) if auto => return flex(format!("adapters could not be listed ({error}), so the processor computes")),
        Err(error) => return Err(Error::NoDevice(format!("adapters could not be listed: {error}"))),
    };
    let mut passed_over = vec![];
    for adapter in adapters.iter().filter(|adapter| filter.is_none_or(|filter| adapter.matches(filter))) {
        if auto && adapter.kind == AdapterKind::Software {
            passed_over.push(format!("{} is a GPU in software", adapter.name));
            continue;
        }
        match test(adapter) {
            Ok(verdict) => {
                let why = if auto { "the best adapter that passes the self-test" } else { "it was asked for and passes the self-test" };
                let failed = if passed_over.is_empty() { String::new() } else { format!("; passed over: {}", passed_over.join(", ")) };
                let reason = format!("{} ({}): {why}, off by {:.1e} at most{failed}", adapter.name, adapter.id(), verdict.max_difference);
                return Ok(Choice { adapter: Some(adapter.clone()), reason });
            }
            Err(error) => passed_over.push(format!("{} failed the self-test ({error})", adapter.name)),
        }
    }
    let why = if passed_over.is_empty() { "there is no adapter".into() } else { passed_over.join(", ") };
    if auto {
        return flex(format!("{why}, so the processor computes"));
    }
    let known = if adapters.is_empty() {
        "this machine has none; install a Vulkan driver, or ask for flex".into()
    } else {
        format!("known: {}", adapters.iter().map(|a| format!("{} ({})", a.name, a.id())).collect::<Vec<_>>().join(", "))
    };
    let asked = filter.map_or_else(|| "no adapter is usable".into(), |filter| format!("no adapter that matches {filter:?} is usable"));
    Err(Error::NoDevice(format!("{asked}: {why}; {known}")))
}

/// How long an adapter's self-test may take when so much is left of [`CHOICE_TIME`]. A GPU in software compiles each kernel for seconds, and
/// is tried only where it was asked for.
fn test_time(adapter: &Adapter, left: Duration) -> Duration {
    if adapter.kind == AdapterKind::Software { left } else { left.min(GPU_TEST_TIME) }
}

/// [`choose`], with children that list and test, in the time that a node waits for.
pub fn choose_safely(spec: &DeviceSpec) -> Result<Choice, Error> {
    let adapters = if *spec == DeviceSpec::Flex { Ok(vec![]) } else { list_in_child() };
    let end = Instant::now() + CHOICE_TIME;
    choose(spec, adapters, |adapter| {
        let time = test_time(adapter, end.saturating_duration_since(Instant::now()));
        if time.is_zero() { Err("no time was left for it".into()) } else { test_in_child(adapter, time) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(name: &str, kind: AdapterKind) -> Adapter {
        Adapter {
            backend: "vulkan".into(),
            kind,
            index: 0,
            name: name.into(),
            driver: "driver 1".into(),
            vendor: 0x10de,
            max_buffer: 1 << 30,
        }
    }

    fn pass() -> Result<Verdict, String> {
        Ok(Verdict { max_difference: 1e-6, millis: 5 })
    }

    fn pick(spec: &str, adapters: &[Adapter], broken: &[&str]) -> Result<Choice, Error> {
        choose(&spec.parse().unwrap(), Ok(adapters.to_vec()), |adapter| {
            if broken.contains(&adapter.name.as_str()) { Err("it crashed".into()) } else { pass() }
        })
    }

    #[test]
    fn specs_parse() {
        assert_eq!("auto".parse(), Ok(DeviceSpec::Auto));
        assert_eq!("wgpu:RTX".parse(), Ok(DeviceSpec::Wgpu(Some("rtx".into()))));
        assert!("cuda".parse::<DeviceSpec>().is_err());
        assert!("wgpu:".parse::<DeviceSpec>().is_err());
    }

    #[test]
    fn auto_takes_the_best_that_passes() {
        let all =
            [adapter("Big", AdapterKind::Discrete), adapter("Small", AdapterKind::Integrated), adapter("Soft", AdapterKind::Software)];
        let choice = pick("auto", &all, &[]).unwrap();
        assert_eq!(choice.adapter.map(|a| a.name), Some("Big".into()));
        let choice = pick("auto", &all, &["Big"]).unwrap();
        assert!(choice.reason.contains("Big failed") && choice.reason.contains("it crashed"), "{}", choice.reason);
        assert_eq!(choice.describe().class, BackendClass::Nvidia);
        let choice = pick("auto", &all, &["Big", "Small"]).unwrap();
        assert!(choice.adapter.is_none() && choice.reason.contains("Soft is a GPU in software"), "{}", choice.reason);
        assert_eq!(choice.describe().backend, "flex");
        assert!(pick("auto", &[], &[]).unwrap().reason.contains("no adapter"));
        assert!(choose(&DeviceSpec::Auto, Err("it hung".into()), |_| pass()).unwrap().reason.contains("it hung"));
    }

    #[test]
    fn test_time_shares_what_is_left() {
        let (gpu, soft) = (adapter("Big", AdapterKind::Discrete), adapter("Soft", AdapterKind::Software));
        assert_eq!((test_time(&gpu, CHOICE_TIME), test_time(&soft, CHOICE_TIME)), (GPU_TEST_TIME, CHOICE_TIME));
        let little = Duration::from_secs(1);
        assert_eq!((test_time(&gpu, little), test_time(&soft, little)), (little, little));
    }

    #[test]
    fn wgpu_takes_software_too_but_never_flex() {
        let all = [adapter("Big", AdapterKind::Discrete), adapter("Soft", AdapterKind::Software)];
        assert_eq!(pick("wgpu:soft", &all, &[]).unwrap().describe().class, BackendClass::SoftwareGpu);
        assert_eq!(pick("wgpu", &all, &["Big"]).unwrap().adapter.map(|a| a.name), Some("Soft".into()));
        let error = pick("wgpu:radeon", &all, &[]).unwrap_err().to_string();
        assert!(error.contains("radeon") && error.contains("Big (vulkan/discrete/0)"), "{error}");
        assert!(pick("wgpu", &all, &["Big", "Soft"]).is_err());
        assert!(pick("wgpu", &[], &[]).unwrap_err().to_string().contains("install a Vulkan driver"));
        assert!(pick("flex", &all, &[]).unwrap().adapter.is_none());
    }
}
