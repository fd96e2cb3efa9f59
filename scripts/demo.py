#!/usr/bin/env python3
"""The demo behind scripts/demo.sh: a network, a market, jobs on real files, and an account of what happened."""

import argparse
import json
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from safetensors.numpy import save_file

from lib import account, hearth, magika, market, minilm, network, paths, samples
from lib.progress import Progress

KINDS = ["rust", "png", "pdf", "zip"]


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Buys inference on a network of its own; see scripts/demo.sh --help.")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--keep", action="store_true", help="keep the nodes' data and logs")
    return parser.parse_args()


def orders(directory: Path) -> list[market.Order]:
    """What the customer wants to know: the kind of four files, and which of ten sentences are related."""
    found = samples.collect(directory / "samples")
    wanted = []
    for kind in KINDS:
        file = directory / f"magika-{kind}.safetensors"
        save_file(magika.inputs([found[kind].path]), file)
        wanted.append(market.Order(kind, "magika", file, f"{found[kind].path}, {found[kind].origin}"))
    file = directory / "minilm-sentences.safetensors"
    save_file(minilm.inputs(minilm.SENTENCES), file)
    wanted.append(market.Order("sentences", "minilm", file, "ten sentences on five subjects"))
    return wanted


def run(directory: Path, progress: Progress) -> list[dict]:
    """The whole story; returns the account of each job."""
    everyone = market.providers()
    progress.step("devices")
    market.look_up_devices(everyone)
    wanted = orders(directory)
    progress.step("network")
    with network.Network(directory, [provider.plan() for provider in everyone]) as net:
        net.start()
        net.wait_ready(progress.update)
        progress.step("providers")
        market.set_up(net, everyone, progress.update)
        progress.step("models")
        models = {"magika": magika.model(), "minilm": minilm.model()}
        market.add_models(net, models, progress.update)
        progress.step("offers")
        market.offer(net, everyone, list(models), progress.update)
        progress.step("submitting")
        market.submit(net, wanted, progress.update)
        progress.step("jobs")
        market.follow(net, wanted, progress.update)
        progress.step("results")
        market.fetch(net, wanted, directory)
        market.read_devices(net, everyone)
        accounts = [account.job(order, everyone) for order in wanted]
        progress.step("stopping the network")
    progress.clear()
    return accounts


def main() -> int:
    """Runs the demo in a directory of its own; a failure leaves the logs and says where."""
    arguments = parse()
    progress = Progress()
    # A signal ends the demo as an exception does: through the network's exit.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    paths.cache().mkdir(parents=True, exist_ok=True)
    directory = Path(tempfile.mkdtemp(prefix="demo-", dir=paths.cache()))
    failed = True
    try:
        jobs = run(directory, progress)
        report = {"jobs": jobs, "ok": all(job["state"] == "finalised" for job in jobs)}
        print(json.dumps(report) if arguments.json else account.text(jobs))
        failed = not report["ok"]
        if failed:
            print(f"demo: not every job was finalised; the nodes' logs are {directory}/*.log", file=sys.stderr)
    except network.NetworkError as error:
        progress.clear()
        print(f"demo: {error}\ndemo: read {error.log}", file=sys.stderr)
    except (hearth.HearthError, RuntimeError, OSError, KeyError) as error:
        progress.clear()
        print(f"demo: {error!r}\ndemo: the nodes' logs are {directory}/*.log", file=sys.stderr)
    except KeyboardInterrupt:
        progress.clear()
        failed = False
        print("demo: stopped", file=sys.stderr)
        return 130
    finally:
        if arguments.keep:
            print(f"demo: data and logs are in {directory}", file=sys.stderr)
        elif not failed:
            shutil.rmtree(directory, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
