"""The demo's account of itself: each job as JSON, and the same for people."""

import numpy as np
from safetensors.numpy import load_file

from . import magika, market, minilm, reference

# Components in each half of a digest: distances are sums over them, and are read as means.
HALF_LENGTH = 16


def job(order: market.Order, everyone: list[market.Provider]) -> dict:
    """What became of a job."""
    view = order.view
    names = {provider.id: provider for provider in everyone}
    valid = [member for member in view["members"] if member["outcome"] == "valid"]
    return {
        "job": order.job,
        "model": order.model,
        "input": order.name,
        "origin": order.origin,
        "state": market.state(view),
        "replicas": view["replicas"],
        "replicas_agreed": len(valid),
        "max_digest_difference": difference(view["max_distance"]),
        "devices": [device(member, names) for member in view["members"]],
        "output": output(order),
        "payouts": [{"provider": names[member["provider"]].name, "hrt": hrt(member["paid"])} for member in view["members"]],
        "fee_hrt": hrt(view["fee"]),
        "premium_hrt": hrt(order.premium),
        "refunded_hrt": hrt(view["refunded"]),
        "blocks_to_result": blocks(view, "revealed_at"),
        "blocks_to_finalised": blocks(view, "ended_at"),
    }


def difference(distance: dict | None) -> dict | None:
    """The largest distance of two digests: the mean over each half, in 2^-16."""
    return distance and {half: distance[half] / HALF_LENGTH for half in ("hidden", "output")}


def device(member: dict, names: dict) -> dict:
    """What a member computed on."""
    provider = names[member["provider"]]
    return {"provider": provider.name, "backend": member["backend"], "device": provider.device_name}


def blocks(view: dict, until: str) -> int | None:
    """Blocks from the submission to another moment of the job."""
    return None if view[until] is None else view[until] - view["submitted_at"]


def hrt(amount: dict) -> float:
    """An amount in HRT; the command line gives it as text, for no digit to be lost."""
    return float(amount["hrt"])


def output(order: market.Order) -> dict | None:
    """What the customer wanted to know, and how far it is from what onnxruntime computes from the same input."""
    if order.output is None:
        return None
    given, result = load_file(order.input), load_file(order.output)
    model = magika if order.model == "magika" else minilm
    expected = reference.run(model.model(), given)[model.OUTPUT]
    answer = {"difference_to_onnxruntime": float(np.abs(result[model.OUTPUT] - expected).max())}
    if model is magika:
        label, score = magika.labels(result)[0]
        return {"label": label, "score": round(score, 6), **answer}
    cosines = minilm.similarities(minilm.embeddings(given, result))
    return {"sentences": minilm.SENTENCES, "nearest": minilm.nearest(cosines), "similarities": cosines.round(4).tolist(), **answer}


def text(jobs: list[dict]) -> str:
    """The account for people."""
    return "\n\n".join(paragraph(job) for job in jobs)


def paragraph(job: dict) -> str:
    """One job in a few lines."""
    lines = [f"job {job['job']}: {job['model']} on {job['input']} ({job['origin']}): {job['state']}"]
    if job["output"]:
        lines += answer(job["output"])
        lines.append(f"  onnxruntime's result differs by at most {job['output']['difference_to_onnxruntime']:.1e}")
    apart = job["max_digest_difference"]
    if apart:
        lines.append(
            f"  {job['replicas_agreed']} of {job['replicas']} replicas agreed; their digests differ by {apart['hidden']:.2f} inside"
            f" and {apart['output']:.2f} at the output, in 1/65536"
        )
    for device, payout in zip(job["devices"], job["payouts"]):
        lines.append(f"  {device['provider']} on {device['device']} ({device['backend']}) was paid {payout['hrt']:g} HRT")
    if job["refunded_hrt"]:
        lines.append(f"  {job['refunded_hrt']:g} HRT came back, of {job['premium_hrt']:g} for audits: in so small a network too few could judge")
    if job["blocks_to_result"] is not None:
        lines.append(f"  {job['blocks_to_result']} blocks to the result, {job['blocks_to_finalised']} until everybody was paid")
    return "\n".join(lines)


def answer(output: dict) -> list[str]:
    """The result itself."""
    if "label" in output:
        return [f"  it is {output['label']}, score {output['score']:.4f}"]
    lines = []
    for index, sentence in enumerate(output["sentences"]):
        nearest = output["nearest"][index]
        lines.append(f"  {sentence}\n    is nearest to: {output['sentences'][nearest]} ({output['similarities'][index][nearest]:.3f})")
    return lines
