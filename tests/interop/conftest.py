"""What the clients of other makers need: their libraries, as the lock files have them."""

import fcntl
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder of the scripts for Node, with node_modules installed: by one process, while the others wait."""
    installed = HERE / "node_modules" / "openid-client" / "package.json"
    with (HERE / ".installing").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not installed.exists():
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=HERE, check=True, timeout=180)
    return HERE
