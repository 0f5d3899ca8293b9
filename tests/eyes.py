"""What people see: Debian's Chromium without a window, axe, and pictures for whoever wants to look.

PICTURES=tests/browser/screenshots in the environment names the folder to keep them in; without it none is made.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Browser, Page, sync_playwright

PROGRAM: Final = "/usr/bin/chromium-headless-shell"
"""The same engine without a browser's own surface, which nobody here would see."""
PICTURES: Final = os.environ.get("PICTURES", "")
_JUDGE = "axe.run({resultTypes: ['violations']}).then(({violations}) => ({violations}))"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser. No longer than a module: its event loop would be in everybody's way."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        yield browser
        browser.close()


def violations(page: Page) -> str:
    """What axe finds wrong with the page as it is now, in words; nothing if all is well."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    results = AxeResults(page.evaluate(_JUDGE))
    report: str = results.generate_report()
    return report if results.violations_count else ""


def keep(page: Page, name: str) -> None:
    """A picture of the whole page, for whoever asked for pictures."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES, f"{name}.jpg"), full_page=True, type="jpeg", quality=80)


@dataclass(frozen=True)
class Judged:
    """Which pages were judged already, by any of the processes that test side by side: a file each."""

    folder: Path

    def claims(self, *page: str) -> bool:
        """Whether this page is for whoever asks to judge; nobody else is given it."""
        try:
            (self.folder / sha256(repr(page).encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True
