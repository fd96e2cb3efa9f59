//! The adapters that wgpu finds.

use crate::tensor::Devices;
use burn::backend::{CubeDevice, DispatchDevice, WgpuBackend, WgpuDevice, WgpuDeviceKind};
use hearth_primitives::provider::BackendClass;
use serde::{Deserialize, Serialize};

/// What sort of adapter it is, best first.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AdapterKind {
    /// A card of its own.
    Discrete,
    /// A part of the processor.
    Integrated,
    /// A virtual machine's.
    Virtual,
    /// The driver does not say.
    Other,
    /// Computed by the processor: lavapipe, SwiftShader.
    Software,
}

/// An adapter, under one graphics interface.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Adapter {
    /// `vulkan`, `metal`, `dx12` or `gl`.
    pub backend: String,
    /// What sort it is.
    pub kind: AdapterKind,
    /// Its number among those of its interface and sort.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// The driver and its version.
    pub driver: String,
    /// The PCI vendor.
    pub vendor: u32,
    /// The largest buffer, in bytes.
    pub max_buffer: u64,
}

/// The interfaces in order of preference, with wgpu's and burn's names for them.
const BACKENDS: [(wgpu::Backend, WgpuBackend, &str); 4] = [
    (wgpu::Backend::Vulkan, WgpuBackend::Vulkan, "vulkan"),
    (wgpu::Backend::Metal, WgpuBackend::Metal, "metal"),
    (wgpu::Backend::Dx12, WgpuBackend::Dx12, "dx12"),
    (wgpu::Backend::Gl, WgpuBackend::Gl, "gl"),
];

impl Adapter {
    /// All adapters, best first. A driver may crash or hang in here.
    pub fn list() -> Vec<Self> {
        let mut all = vec![];
        for (backend, _, name) in BACKENDS {
            if !wgpu::Instance::enabled_backend_features().contains(backend.into()) {
                continue;
            }
            let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
            descriptor.backends = backend.into();
            let instance = wgpu::Instance::new(descriptor);
            // The future is ready at once on every native system.
            let adapters = burn_backend::try_read_sync(instance.enumerate_adapters(backend.into())).unwrap_or_default();
            let mut counts = std::collections::BTreeMap::new();
            for adapter in adapters {
                let info = adapter.get_info();
                let kind = match info.device_type {
                    wgpu::DeviceType::DiscreteGpu => AdapterKind::Discrete,
                    wgpu::DeviceType::IntegratedGpu => AdapterKind::Integrated,
                    wgpu::DeviceType::VirtualGpu => AdapterKind::Virtual,
                    wgpu::DeviceType::Other => AdapterKind::Other,
                    wgpu::DeviceType::Cpu => AdapterKind::Software,
                };
                let count = counts.entry(kind).or_insert(0);
                let index = std::mem::replace(count, *count + 1);
                // burn reaches one software adapter of an interface only.
                if kind == AdapterKind::Software && index > 0 {
                    continue;
                }
                let limits = adapter.limits();
                all.push(Self {
                    backend: name.into(),
                    kind,
                    index,
                    name: info.name,
                    driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
                    vendor: info.vendor,
                    max_buffer: limits.max_buffer_size.min(limits.max_storage_buffer_binding_size),
                });
            }
        }
        // Stable, so that Vulkan stays before GL.
        all.sort_by_key(|adapter| adapter.kind);
        all
    }

    /// How commands name it: `vulkan/discrete/0`.
    pub fn id(&self) -> String {
        let kind = match self.kind {
            AdapterKind::Discrete => "discrete",
            AdapterKind::Integrated => "integrated",
            AdapterKind::Virtual => "virtual",
            AdapterKind::Other => "other",
            AdapterKind::Software => "software",
        };
        format!("{}/{kind}/{}", self.backend, self.index)
    }

    /// Whether a lower-case text is part of its id, name or driver.
    pub fn matches(&self, filter: &str) -> bool {
        [self.id(), self.name.clone(), self.driver.clone()].iter().any(|text| text.to_lowercase().contains(filter))
    }

    /// The class for the provider's registration.
    pub fn class(&self) -> BackendClass {
        if self.kind == AdapterKind::Software {
            return BackendClass::SoftwareGpu;
        }
        // PCI vendors; on a Mac wgpu reports none, but the name begins with Apple.
        match self.vendor {
            0x10de => BackendClass::Nvidia,
            0x1002 | 0x1022 => BackendClass::Amd,
            0x8086 => BackendClass::Intel,
            0x106b => BackendClass::Apple,
            _ if self.name.starts_with("Apple") => BackendClass::Apple,
            _ => BackendClass::OtherGpu,
        }
    }

    /// Opens it. A driver may crash or hang in here.
    pub fn open(&self) -> Devices {
        let kind = match self.kind {
            AdapterKind::Discrete => WgpuDeviceKind::DiscreteGpu(self.index),
            AdapterKind::Integrated => WgpuDeviceKind::IntegratedGpu(self.index),
            AdapterKind::Virtual => WgpuDeviceKind::VirtualGpu(self.index),
            AdapterKind::Other => WgpuDeviceKind::Other(self.index),
            AdapterKind::Software => WgpuDeviceKind::Cpu,
        };
        let backend = BACKENDS.iter().find(|(_, _, name)| *name == self.backend).map_or(WgpuBackend::Auto, |(_, backend, _)| *backend);
        Devices::gpu(DispatchDevice::Cube(CubeDevice::Wgpu(WgpuDevice::new(kind).on(backend))), self.max_buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_follow_vendor_and_kind() {
        let adapter = |vendor, kind, name: &str| Adapter {
            backend: "vulkan".into(),
            kind,
            index: 0,
            name: name.into(),
            driver: String::new(),
            vendor,
            max_buffer: 0,
        };
        assert_eq!(adapter(0x10de, AdapterKind::Discrete, "").class(), BackendClass::Nvidia);
        assert_eq!(adapter(0x1002, AdapterKind::Discrete, "").class(), BackendClass::Amd);
        assert_eq!(adapter(0x8086, AdapterKind::Integrated, "").class(), BackendClass::Intel);
        assert_eq!(adapter(0, AdapterKind::Integrated, "Apple M2").class(), BackendClass::Apple);
        assert_eq!(adapter(0x5143, AdapterKind::Integrated, "").class(), BackendClass::OtherGpu);
        assert_eq!(adapter(0x10005, AdapterKind::Software, "llvmpipe").class(), BackendClass::SoftwareGpu);
    }
}
