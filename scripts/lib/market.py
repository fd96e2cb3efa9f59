"""The demo's market: three providers, two models, and jobs followed from submission to payment."""

import json
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from . import hearth, network, paths

# Through whose node everybody but the providers' nodes themselves speaks to the chain.
GATE = "validator-alice"
# Each buys one inference; the first ones also own the models.
CUSTOMERS = ["//Alice", "//Bob", "//Charlie", "//Dave", "//Two"]
REPLICAS = 2
# In HRT: what a replica costs, and what each provider puts up.
PRICE = 2
BOND = 1_000
# As many as there are jobs, so that all can be computed at the same time whoever is drawn.
SLOTS = len(CUSTOMERS)
# A job goes through a draw, commitments, reveals and ten blocks of waiting; on a slow machine each takes its time.
JOB_SECONDS = 900
# How a node's log names the device of a worker that has started.
RUNS_ON = re.compile(r"worker \d+ of provider \d+ runs on (.+) \((\w+)\) as (\w+), because")


@dataclass
class Provider:
    """A provider of the demo: its node's name, the device that it asks for, and who owns it."""

    name: str
    device: str
    owner: str
    device_name: str = ""
    backend: str = ""
    id: int = -1

    @property
    def operator(self) -> str:
        """The key that reports."""
        return f"{self.owner}//operator"

    def plan(self) -> network.Plan:
        """How its node is started."""
        worker = paths.binaries() / "hearth-inference-worker"
        flags = ["--name", self.name, "--inference-worker", str(worker), "--inference-device", self.device]
        return network.Plan(self.name, flags)


def providers() -> list[Provider]:
    """The demo's three: one on the processor, one on a GPU (real or lavapipe), one on what its worker finds best."""
    return [
        Provider("provider-flex", "flex", "//Eve"),
        Provider("provider-wgpu", "wgpu", "//Ferdie"),
        Provider("provider-auto", "auto", "//One"),
    ]


@dataclass
class Order:
    """An inference to buy: what it is, on which model, the input's file."""

    name: str
    model: str
    input: Path
    origin: str = ""
    job: int = -1
    premium: dict = field(default_factory=dict)
    view: dict = field(default_factory=dict)
    output: Path | None = None


def look_up_devices(everyone: list[Provider]) -> None:
    """Asks the worker what it would compute on for each provider, for its registration."""
    command = [str(paths.binaries() / "hearth-inference-worker"), "devices", "--json"]
    result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {result.stderr.strip()}")
    found = json.loads(result.stdout)
    adapters = [adapter for adapter in found["wgpu"] if adapter["self_test"]]
    if not adapters:
        raise RuntimeError("no adapter passes wgpu's self-test; run scripts/setup.sh, which installs one in software (lavapipe)")
    # The best one is what `auto` takes, if it takes any.
    adapter = found["auto"] if found["auto"]["backend"] != "flex" else adapters[0]
    choices = {"flex": found["flex"], "wgpu": adapter, "auto": found["auto"]}
    for provider in everyone:
        choice = choices[provider.device]
        kind = "flex" if choice["class"] == "cpu" else "wgpu"
        provider.backend, provider.device_name = choice["class"], f"{kind}: {choice['name']}"


def set_up(net: network.Network, everyone: list[Provider], progress) -> None:
    """Gives each node its operator's key and registers the providers, all at once."""

    def register(provider: Provider) -> None:
        hearth.Hearth(net.node(provider.name).url, provider.operator)("key", "insert")
        terms = ["--operator-suri", provider.operator, "--backend", provider.backend, "--slots", SLOTS, "--bond", BOND]
        provider.id = hearth.Hearth(net.node(GATE).url, provider.owner)("provider", "register", *terms)["provider"]

    at_once(register, everyone, progress, lambda provider: f"{provider.name} on {provider.device_name}")


def add_models(net: network.Network, models: dict[str, Path], progress) -> None:
    """Uploads and registers the models, each by another owner."""

    def add(owned: tuple) -> None:
        owner, (name, file) = owned
        hearth.Hearth(net.node(GATE).url, owner)("model", "add", file, "--name", name)

    at_once(add, list(zip(CUSTOMERS, models.items())), progress, lambda owned: owned[1][0])


def offer(net: network.Network, everyone: list[Provider], models: list[str], progress) -> None:
    """Has every provider offer every model at half of what the customers pay."""

    def offer_all(provider: Provider) -> None:
        for model in models:
            hearth.Hearth(net.node(GATE).url, provider.owner)("provider", "offer", "--model", model, "--ask", PRICE / 2)

    at_once(offer_all, everyone, progress, lambda provider: provider.name)


def submit(net: network.Network, orders: list[Order], progress) -> None:
    """Submits the orders, each as another customer."""

    def place(owned: tuple) -> None:
        customer, order = owned
        terms = ["--model", order.model, "--input", order.input, "--replicas", REPLICAS, "--price", PRICE]
        submitted = hearth.Hearth(net.node(GATE).url, customer)("job", "submit", *terms)
        order.job, order.premium = submitted["job"], submitted["premium"]

    at_once(place, list(zip(CUSTOMERS, orders, strict=True)), progress, lambda owned: f"{owned[1].model} on {owned[1].name}")


def at_once(work, things: list, progress, name) -> None:
    """Does the work for all things at the same time: each command waits for its block to be final. Raises the first error."""
    with ThreadPoolExecutor(len(things)) as pool:
        running = {pool.submit(work, thing): name(thing) for thing in things}
        waiting = list(running.values())
        progress(", ".join(waiting))
        for done in as_completed(running):
            done.result()
            waiting.remove(running[done])
            progress(", ".join(waiting) or "done")


def follow(net: network.Network, orders: list[Order], progress) -> None:
    """Waits until every job has ended, showing where each stands."""
    command = hearth.Hearth(net.node(GATE).url)
    deadline = time.monotonic() + JOB_SECONDS
    open_orders = list(orders)
    while open_orders:
        net.check()
        for order in open_orders:
            order.view = command("job", "show", order.job)
        open_orders = [order for order in open_orders if order.view["ended_at"] is None]
        progress(", ".join(f"{order.name} {state(order.view)}" for order in orders))
        if open_orders and time.monotonic() > deadline:
            late = open_orders[0]
            raise RuntimeError(f"job {late.job} ({late.name}) had not ended after {JOB_SECONDS} s: {state(late.view)}")
        time.sleep(1)


def fetch(net: network.Network, orders: list[Order], directory: Path) -> None:
    """Fetches the result of each job that has one, through the customer's node."""
    command = hearth.Hearth(net.node(GATE).url)
    for order in orders:
        if state(order.view) == "finalised":
            order.output = directory / f"{order.model}-{order.name}.output.safetensors"
            command("job", "result", order.job, "--output", order.output)


def read_devices(net: network.Network, everyone: list[Provider]) -> None:
    """Takes from each provider's log what its workers really ran on."""
    for provider in everyone:
        found = RUNS_ON.findall(net.node(provider.name).running.log.read_text(errors="replace"))
        if found:
            name, backend, _ = found[-1]
            provider.device_name = f"{backend}: {name}"


def state(view: dict) -> str:
    """A job's state as one word."""
    return view["state"] if isinstance(view["state"], str) else next(iter(view["state"]))
