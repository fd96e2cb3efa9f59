"""Progress on standard error: one line that is rewritten on a terminal, and a line per change elsewhere."""

import sys
import time


class Progress:
    """What is going on now. `step` names a part of the work, `update` says how far it is."""

    def __init__(self):
        self.terminal = sys.stderr.isatty()
        self.began = time.monotonic()
        self.title = ""
        self.last = ""

    def step(self, title: str) -> None:
        """Begins a part."""
        self.clear()
        self.title, self.last = title, ""
        self.update("")

    def update(self, text: str) -> None:
        """Says how far the part is."""
        line = f"{self.title}: {text}" if text else self.title
        if line == self.last and not self.terminal:
            return
        self.last = line
        stamp = f"[{time.monotonic() - self.began:4.0f} s] "
        if self.terminal:
            sys.stderr.write(f"\r\x1b[2K{stamp}{line}")
        else:
            sys.stderr.write(f"{stamp}{line}\n")
        sys.stderr.flush()

    def clear(self) -> None:
        """Leaves the line as it is and goes to the next."""
        if self.terminal and self.last:
            sys.stderr.write("\n")
            sys.stderr.flush()
        self.last = ""
