"""The page in a real browser, on a phone and on a desk: drawn, and never wider than the screen."""

from __future__ import annotations

import html
import os
import re
import shutil
import signal
import struct
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pytest

from drills.report.html import render
from tests.drills.report.results import missed, never_recovered, passed

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
NARROWEST, PHONE, DESK = 360, 390, 1280
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--proxy-server=127.0.0.1:9",  # nothing listens there: what would leave the machine fails
)
DEADLINE = 90.0

pytestmark = pytest.mark.skipif(
    not BROWSER, reason="no chromium on PATH: install the package chromium to look at pages"
)

# A frame of the page's own origin may be measured from outside; the page itself allows no script.
FRAME = """<!DOCTYPE html><body style="margin:0">
<iframe style="border:0;width:{width}px;height:900px" srcdoc="{page}"></iframe>
<output></output><script>addEventListener("load", () => {{
  const page = document.querySelector("iframe").contentDocument, root = page.documentElement;
  const wide = [...page.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > {width} + 0.5);
  const figures = [root.scrollWidth, root.scrollHeight, page.querySelectorAll("svg rect").length];
  document.querySelector("output").textContent = figures.join(" ") + ";" + wide.map(e => e.outerHTML.slice(0, 80));
}})</script>"""


def browse(home: Path, *arguments: str) -> str:
    """Run the browser to its end; its processes are a group of their own and none outlives the test."""
    command = [BROWSER, *FLAGS, f"--user-data-dir={home / 'profile'}", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        out, _ = process.communicate(timeout=DEADLINE)
        assert process.returncode == 0
        return out.decode("utf-8", "replace")
    finally:
        _end_group(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait(timeout=10)


def shot(home: Path, result: dict[str, Any], width: int) -> list[bytes]:
    """The rows of pixels of the page's first screen."""
    page, picture = home / "page.html", home / "page.png"
    page.write_text(render(result), encoding="utf-8")
    browse(home, f"--window-size={width},900", f"--screenshot={picture}", page.as_uri())
    return pixels(picture.read_bytes())


def pixels(png: bytes) -> list[bytes]:
    """The filtered rows of a PNG: enough to see whether something is drawn in them."""
    at, data, header = 8, b"", (0, 0, 0, 0)
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        header = struct.unpack(">IIBB", body[:10]) if kind == b"IHDR" else header
        data += body if kind == b"IDAT" else b""
        at += 12 + length
    width, height, _, colour = header
    row = 1 + width * {2: 3, 6: 4}[colour]
    raw = zlib.decompress(data)
    return [raw[number * row : (number + 1) * row] for number in range(height)]


@pytest.mark.parametrize("width", [NARROWEST, PHONE, DESK])
@pytest.mark.parametrize(
    "result", [passed(), missed(), never_recovered(), {}], ids=["passed", "missed", "never", "empty"]
)
def test_the_page_is_never_wider_than_the_screen(result: dict[str, Any], width: int, tmp_path: Path) -> None:
    frame = tmp_path / "frame.html"
    frame.write_text(FRAME.format(width=width, page=html.escape(render(result))), encoding="utf-8")
    dom = browse(tmp_path, f"--window-size={width + 100},1000", "--dump-dom", frame.as_uri())
    told = re.search(r"<output>(\d+) (\d+) (\d+);(.*?)</output>", dom)
    assert told is not None
    assert told[4] == "", "these elements reach over the edge"
    assert int(told[1]) <= width
    assert int(told[2]) > 900
    assert int(told[3]) > 30 or not result


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_first_screen_is_not_blank(width: int, tmp_path: Path) -> None:
    rows = shot(tmp_path, passed(), width)
    assert len(rows) == 900
    assert len(set(rows)) > 200
