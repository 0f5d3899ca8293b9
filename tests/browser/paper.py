"""Signed documents as they lie on somebody's disk, and what Poppler, which is no program of ours, says of them."""

import subprocess
from pathlib import Path

from tests.browser.walker import Walker


def downloads(walker: Walker, link: str, folder: Path) -> Path:
    """Follow a link to a file, and keep the file."""
    with walker.page.expect_download() as begun:
        walker.page.click(link)
    file = folder / begun.value.suggested_filename
    begun.value.save_as(file)
    return file


def poppler_says(file: Path) -> str:
    """The judgement of every signature in a PDF. Whom we trust to name people, Poppler is not told."""
    done = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr
