"""A network on this machine, as real processes: the four validators of the chain `local`, and providers' nodes beside them."""

import secrets
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import paths, process, rpc

NODE = str(paths.binaries() / "hearth-node")
VALIDATORS = ["alice", "bob", "charlie", "dave"]

# A busy machine with two cores may take this long until the first block is final.
READY_SECONDS = 600


class NetworkError(RuntimeError):
    """The network does not come up or has broken."""

    def __init__(self, message: str, log: Path):
        super().__init__(message)
        self.log = log


@dataclass
class Node:
    """One node."""

    name: str
    rpc_port: int
    running: process.Process

    @property
    def url(self) -> str:
        """For the command line `hearth`."""
        return f"ws://127.0.0.1:{self.rpc_port}"

    @property
    def http(self) -> str:
        """For lib.rpc."""
        return f"http://127.0.0.1:{self.rpc_port}"


@dataclass(frozen=True)
class Plan:
    """A node to start: its name and its own flags."""

    name: str
    flags: list[str]


class Network:
    """Nodes that know each other's addresses from the start. Use it as a context: whatever happens, what it started ends."""

    def __init__(self, directory: Path, providers: list[Plan]):
        self.directory = directory
        plans = [Plan(f"validator-{name}", [f"--{name}", "--no-inference"]) for name in VALIDATORS] + providers
        ports = free_ports(2 * len(plans))
        keys = [node_key(directory, plan.name) for plan in plans]
        specification = raw_specification(directory)
        addresses = [f"/ip4/127.0.0.1/tcp/{port}/p2p/{peer}" for port, (_, peer) in zip(ports, keys)]
        self.nodes: list[Node] = []
        self.commands = []
        for index, plan in enumerate(plans):
            others = [address for other, address in enumerate(addresses) if other != index]
            command = [NODE, "--chain", str(specification), "--base-path", str(directory / plan.name / "data")]
            command += ["--no-mdns", "--no-telemetry", "--no-prometheus", "--discover-local"]
            command += ["--node-key-file", str(keys[index][0]), "--listen-addr", f"/ip4/127.0.0.1/tcp/{ports[index]}"]
            # The RPC listens on the loopback only, where inserting keys is safe.
            command += ["--rpc-port", str(ports[len(plans) + index]), "--rpc-methods", "unsafe"]
            command += ["--bootnodes", *others, *plan.flags]
            self.commands.append((plan.name, ports[len(plans) + index], command))

    def __enter__(self) -> "Network":
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def start(self) -> None:
        """Starts every node, and returns when all have peers and have seen a finalised block."""
        for name, rpc_port, command in self.commands:
            self.nodes.append(Node(name, rpc_port, process.Process(name, command, self.directory / f"{name}.log")))

    def wait_ready(self, progress) -> None:
        """Waits until every node has peers and sees a finalised block; tells `progress` how many do."""
        deadline = time.monotonic() + READY_SECONDS
        waiting = list(self.nodes)
        while waiting:
            self.check()
            waiting = [node for node in waiting if not ready(node)]
            progress(f"{len(self.nodes) - len(waiting)} of {len(self.nodes)} nodes are connected and see finalised blocks")
            if waiting and time.monotonic() > deadline:
                node = waiting[0]
                raise NetworkError(f"{node.name} was not ready after {READY_SECONDS} s", node.running.log)
            time.sleep(1)

    def check(self) -> None:
        """Raises when a node has ended."""
        for node in self.nodes:
            if not node.running.running():
                status = node.running.child.returncode
                raise NetworkError(f"{node.name} ended with status {status}:\n{node.running.tail()}", node.running.log)

    def node(self, name: str) -> Node:
        """The node of that name."""
        return next(node for node in self.nodes if node.name == name)

    def stop(self) -> None:
        """Ends every node that was started."""
        process.stop([node.running for node in self.nodes])
        self.nodes.clear()


def ready(node: Node) -> bool:
    """Whether it answers, has peers and has seen a finalised block."""
    try:
        return rpc.peers(node.http) > 0 and rpc.finalised_number(node.http) > 0
    except rpc.RpcError:
        return False


def free_ports(count: int) -> list[int]:
    """Ports that are free now; held until all are found, so that none is given twice."""
    sockets = []
    try:
        for _ in range(count):
            held = socket.socket()
            sockets.append(held)
            held.bind(("127.0.0.1", 0))
        return [held.getsockname()[1] for held in sockets]
    finally:
        for held in sockets:
            held.close()


def node(*arguments: str) -> str:
    """Runs a subcommand of hearth-node; what it printed."""
    result = subprocess.run([NODE, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if result.returncode != 0:
        raise RuntimeError(f"hearth-node {' '.join(arguments)}: {result.stderr.strip()}")
    return result.stdout


def raw_specification(directory: Path) -> Path:
    """The chain's genesis as bare storage, made once: from the preset's name each node would compile the runtime twice."""
    file = directory / "local.json"
    node("export-chain-spec", "--chain", "local", "--raw", "--output", str(file))
    return file


def node_key(directory: Path, name: str) -> tuple[Path, str]:
    """A fresh identity for a node: its key's file and its peer id."""
    file = directory / name / "node.key"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(secrets.token_hex(32))
    file.chmod(0o600)
    return file, node("key", "inspect-node-key", "--file", str(file)).split()[-1]
