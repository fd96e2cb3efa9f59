//! For Prometheus: runs by outcome, jurors' among them and what they say, jobs that wait, jobs that run, how long runs take, and the watch over
//! the agenda.

use hearth_primitives::{
    digest::Agreement,
    mailbox::{RunResult, Watch},
    market::DeclineReason,
};
use std::time::Duration;
use substrate_prometheus_endpoint::{
    exponential_buckets, register, Counter, CounterVec, Gauge, Histogram, HistogramOpts, Opts, PrometheusError, Registry, U64,
};

struct Registered {
    outcomes: CounterVec<U64>,
    jurors: CounterVec<U64>,
    opinions: CounterVec<U64>,
    waiting: Gauge<U64>,
    running: Gauge<U64>,
    seconds: Histogram,
    failures: Counter<U64>,
    late: Gauge<U64>,
    pokes: Counter<U64>,
}

/// The metrics; without a registry they count nothing.
pub struct Metrics(Option<Registered>);

/// Counts while it lives.
pub struct Count(Option<Gauge<U64>>);

impl Count {
    fn of(gauge: Option<&Gauge<U64>>) -> Self {
        if let Some(gauge) = gauge {
            gauge.inc();
        }
        Self(gauge.cloned())
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        if let Some(gauge) = &self.0 {
            gauge.dec();
        }
    }
}

impl Metrics {
    /// Registers them. A failure to do so is logged and costs nothing else.
    pub fn register(registry: Option<&Registry>) -> Self {
        let registered = registry.map(Registered::new).transpose();
        Self(registered.unwrap_or_else(|error| {
            log::warn!(target: "hearth::inference", "no metrics: {error}");
            None
        }))
    }

    /// A job that waits for its blobs or a slot.
    pub fn waiting(&self) -> Count {
        Count::of(self.0.as_ref().map(|metrics| &metrics.waiting))
    }

    /// A job in a worker.
    pub fn running(&self) -> Count {
        Count::of(self.0.as_ref().map(|metrics| &metrics.running))
    }

    /// A run's wall time in the worker.
    pub fn run_took(&self, time: Duration) {
        if let Some(metrics) = &self.0 {
            metrics.seconds.observe(time.as_secs_f64());
        }
    }

    /// A worker that did not start or failed at a job.
    pub fn worker_failed(&self) {
        if let Some(metrics) = &self.0 {
            metrics.failures.inc();
        }
    }

    /// What became of a job, of a juror's too.
    pub fn outcome(&self, outcome: &Result<RunResult, DeclineReason>, juror: bool) {
        if let Some(metrics) = &self.0 {
            metrics.outcomes.with_label_values(&[label(outcome)]).inc();
            if juror {
                metrics.jurors.with_label_values(&[label(outcome)]).inc();
            }
        }
    }

    /// A juror's opinion on one result.
    pub fn opinion(&self, opinion: Agreement) {
        let label = match opinion {
            Agreement::Agree => "agree",
            Agreement::Grey => "grey",
            Agreement::Deviant => "deviant",
        };
        if let Some(metrics) = &self.0 {
            metrics.opinions.with_label_values(&[label]).inc();
        }
    }

    /// What the watch over the agenda has come to.
    pub fn watch(&self, watch: Watch) {
        if let Some(metrics) = &self.0 {
            metrics.late.set(watch.late.into());
            // It is counted where it outlasts this process.
            metrics.pokes.inc_by(watch.pokes.saturating_sub(metrics.pokes.get()));
        }
    }
}

fn label(outcome: &Result<RunResult, DeclineReason>) -> &'static str {
    match outcome {
        Ok(_) => "done",
        Err(DeclineReason::ModelUnavailable) => "model_unavailable",
        Err(DeclineReason::InputUnavailable) => "input_unavailable",
        Err(DeclineReason::ModelInvalid) => "model_invalid",
        Err(DeclineReason::UnsupportedOperator) => "unsupported_operator",
        Err(DeclineReason::InputInvalid) => "input_invalid",
        Err(DeclineReason::LimitExceeded) => "limit_exceeded",
        Err(DeclineReason::ResultFault) => "result_fault",
        Err(DeclineReason::WorkerFailed) => "worker_failed",
    }
}

impl Registered {
    fn new(registry: &Registry) -> Result<Self, PrometheusError> {
        Ok(Self {
            outcomes: register(
                CounterVec::new(Opts::new("hearth_inference_outcomes_total", "Jobs by their outcome"), &["outcome"])?,
                registry,
            )?,
            jurors: register(
                CounterVec::new(Opts::new("hearth_inference_jury_outcomes_total", "Jurors' jobs by their outcome"), &["outcome"])?,
                registry,
            )?,
            opinions: register(
                CounterVec::new(Opts::new("hearth_inference_jury_opinions_total", "Results of others that were judged"), &["opinion"])?,
                registry,
            )?,
            waiting: register(Gauge::new("hearth_inference_waiting", "Jobs that wait for blobs or a slot")?, registry)?,
            running: register(Gauge::new("hearth_inference_running", "Jobs in a worker")?, registry)?,
            seconds: register(
                Histogram::with_opts(
                    HistogramOpts::new("hearth_inference_run_seconds", "Wall time of runs in the worker")
                        .buckets(exponential_buckets(0.01, 2.0, 16)?),
                )?,
                registry,
            )?,
            failures: register(
                Counter::new("hearth_inference_worker_failures_total", "Workers that did not start or failed at a job")?,
                registry,
            )?,
            late: register(Gauge::new("hearth_watch_agenda_late_blocks", "Blocks by which the chain's agenda is behind")?, registry)?,
            pokes: register(Counter::new("hearth_watch_pokes_total", "Overdue jobs that this node has poked, ever")?, registry)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_count_what_happens() {
        let registry = Registry::new();
        let metrics = Metrics::register(Some(&registry));
        let running = metrics.running();
        metrics.waiting();
        metrics.run_took(Duration::from_millis(20));
        metrics.worker_failed();
        metrics.outcome(&Err(DeclineReason::InputInvalid), true);
        metrics.outcome(&Err(DeclineReason::InputInvalid), false);
        metrics.opinion(Agreement::Deviant);
        metrics.watch(Watch { late: 12, pokes: 3 });
        metrics.watch(Watch { late: 11, pokes: 4 });
        let value = |name: &str| {
            let families = registry.gather();
            let family = families.iter().find(|family| family.get_name() == name).unwrap();
            let metric = &family.get_metric()[0];
            metric.get_gauge().get_value() + metric.get_counter().get_value() + metric.get_histogram().get_sample_count() as f64
        };
        assert_eq!(value("hearth_inference_running"), 1.0);
        assert_eq!(value("hearth_inference_waiting"), 0.0);
        assert_eq!(value("hearth_inference_run_seconds"), 1.0);
        assert_eq!(value("hearth_inference_worker_failures_total"), 1.0);
        assert_eq!(value("hearth_inference_outcomes_total"), 2.0);
        assert_eq!(value("hearth_inference_jury_outcomes_total"), 1.0);
        assert_eq!(value("hearth_inference_jury_opinions_total"), 1.0);
        assert_eq!(value("hearth_watch_agenda_late_blocks"), 11.0);
        assert_eq!(value("hearth_watch_pokes_total"), 4.0);
        drop(running);
        assert_eq!(value("hearth_inference_running"), 0.0);
        // The names are taken: the second set counts nothing, and does no harm.
        Metrics::register(Some(&registry)).worker_failed();
        assert_eq!(value("hearth_inference_worker_failures_total"), 1.0);
    }
}
