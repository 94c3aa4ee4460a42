"""The shop's worker: it listens on nothing, and works off what is there until it is ended."""

from __future__ import annotations

import time

if __name__ == "__main__":
    while True:
        time.sleep(1)
