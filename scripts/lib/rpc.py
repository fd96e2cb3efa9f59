"""JSON-RPC over HTTP, as far as the scripts need it."""

import json
import urllib.error
import urllib.request


class RpcError(RuntimeError):
    """The node said no, or nothing."""


def call(url: str, method: str, *params, timeout: float = 10.0):
    """One request; its result."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            answer = json.load(response)
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise RpcError(f"{url} does not answer {method}: {error}") from error
    if "error" in answer:
        raise RpcError(f"{method}: {answer['error'].get('message')} {answer['error'].get('data', '')}".strip())
    return answer["result"]


def best_number(url: str) -> int:
    """The number of the best block."""
    return int(call(url, "chain_getHeader")["number"], 16)


def finalised_number(url: str) -> int:
    """The number of the last finalised block."""
    return int(call(url, "chain_getHeader", call(url, "chain_getFinalizedHead"))["number"], 16)


def peers(url: str) -> int:
    """How many nodes it is connected to."""
    return call(url, "system_health")["peers"]
