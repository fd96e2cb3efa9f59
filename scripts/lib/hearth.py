"""The command line `hearth`, as a user runs it; answers are its JSON."""

import json
import subprocess

from . import paths

# A command that waits for its extrinsic's block takes a few slots; on a busy machine more.
TIMEOUT_SECONDS = 180


class HearthError(RuntimeError):
    """The command failed; the message is its own."""


class Hearth:
    """Commands against one node, some signed with the key `suri`."""

    def __init__(self, url: str, suri: str | None = None):
        self.url = url
        self.suri = suri

    def signed_by(self, suri: str) -> "Hearth":
        """The same node, another key."""
        return Hearth(self.url, suri)

    def __call__(self, *arguments):
        """Runs a command; its answer."""
        command = [str(paths.binaries() / "hearth"), "--url", self.url, "--json"]
        if self.suri:
            command += ["--suri", self.suri]
        command += [str(argument) for argument in arguments]
        shown = " ".join(["hearth", *command[4 + 2 * bool(self.suri) :]])
        try:
            result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            raise HearthError(f"{shown}: no answer after {TIMEOUT_SECONDS} s") from None
        if result.returncode != 0:
            raise HearthError(f"{shown}: {result.stderr.strip().splitlines()[-1] if result.stderr.strip() else 'no message'}")
        try:
            return json.loads(result.stdout)
        except ValueError:
            raise HearthError(f"{shown}: answered something that is not JSON: {result.stdout[:200]!r}") from None
