#!/usr/bin/env python3
"""Checks what `scripts/demo.sh --json` printed: one JSON object, and in it jobs that came out as they must."""

import json
import sys
from pathlib import Path

# Results on any device stand this close to onnxruntime's.
TOLERANCE = 1e-4


def faults(job: dict) -> list[str]:
    """What is wrong with one job."""
    wrong = []

    def expect(holds: bool, what: str) -> None:
        if not holds:
            wrong.append(what)

    expect(job["state"] == "finalised", f"its state is {job['state']}")
    expect(job["replicas_agreed"] == job["replicas"] == 2, f"{job['replicas_agreed']} of {job['replicas']} replicas agreed")
    expect(len({device["provider"] for device in job["devices"]}) == 2, "its replicas are not of two providers")
    expect(all(device["backend"] and device["device"] for device in job["devices"]), "a replica does not say its device")
    expect(bool(job["max_digest_difference"]), "it has no digest difference")
    expect([payout["hrt"] > 0 for payout in job["payouts"]] == [True, True], f"its payouts are {job['payouts']}")
    # Three providers are too few for a jury: nobody is audited, and what was put up for that comes back, and nothing else.
    expect(job["refunded_hrt"] == job["premium_hrt"] > 0, f"{job['refunded_hrt']} HRT were refunded, of a premium of {job['premium_hrt']}")
    expect(0 < (job["blocks_to_result"] or 0) < (job["blocks_to_finalised"] or 0), "its blocks are out of order")
    output = job["output"]
    if not output:
        return [*wrong, "it has no output"]
    apart = output["difference_to_onnxruntime"]
    expect(apart <= TOLERANCE, f"its output differs from onnxruntime's by {apart}")
    if job["model"] == "magika":
        expect(output["label"] == job["input"], f"a {job['input']} file was called {output['label']}")
    else:
        # Sentences 0 and 1, 2 and 3, … are on one subject.
        expect(output["nearest"] == [index ^ 1 for index in range(10)], f"the nearest sentences are {output['nearest']}")
    return wrong


def main() -> None:
    """Checks the file named."""
    try:
        # loads() refuses anything before or after the one object.
        report = json.loads(Path(sys.argv[1]).read_text())
    except (IndexError, OSError, ValueError) as error:
        sys.exit(f"check_demo: {error}")
    jobs = report["jobs"]
    lines = [f"job {job['job']} ({job['model']} on {job['input']}): {fault}" for job in jobs for fault in faults(job)]
    if sorted(job["model"] for job in jobs) != ["magika"] * 4 + ["minilm"]:
        lines.append("four jobs of magika and one of minilm were expected")
    if lines:
        sys.exit("\n".join(lines))
    print(f"{len(jobs)} jobs finalised, every replica paid, every output as onnxruntime's")


if __name__ == "__main__":
    main()
