"""Child processes: each leads a group of its own, so that it and its workers, and nobody else, can be ended by number."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

# A node closes its database on SIGTERM; what has not ended by then is killed.
STOP_SECONDS = 20

PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """In the child: ask Linux for SIGTERM when this script is killed without a chance to clean up."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Process:
    """A running program whose output goes to a log."""

    def __init__(self, name: str, command: list[str], log: Path):
        self.name = name
        self.log = log
        with log.open("ab") as output:
            self.child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent if sys.platform == "linux" else None,
            )

    def running(self) -> bool:
        """Whether it has not ended."""
        return self.child.poll() is None

    def signal(self, number: int) -> None:
        """Signals the whole group; one that has ended is no error."""
        try:
            os.killpg(self.child.pid, number)
        except ProcessLookupError:
            pass

    def tail(self, lines: int = 5) -> str:
        """The end of the log."""
        text = self.log.read_text(errors="replace").splitlines()
        return "\n".join(text[-lines:])


def stop(processes: list[Process]) -> None:
    """Ends them all: asks first, then insists. The group is signalled last in any case, for workers that outlive their node."""
    for process in processes:
        if process.running():
            process.signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        process.signal(signal.SIGKILL)
        process.child.wait()
