"""What the tests need from Debian, beside Python: run it to learn what is missing. Imports the standard library only.

`python3 tests/debian.py` fails and says what to install; with `--names` it prints the bare package names for a script.
"""

import shutil
import sys
from pathlib import Path

PROGRAMS = {
    "chromium-headless-shell": "chromium-headless-shell",  # tests/browser
    "postgresql": "postgres",
    "poppler-utils": "pdfsig",  # the judge of our signatures
    "openssl": "openssl",
    "nodejs": "node",  # tests/interop: openid-client
    "npm": "npm",
    "golang-go": "go",  # tests/interop: go-oidc
    "default-jdk-headless": "java",  # tests/interop: pac4j
    "maven": "mvn",
    "apache2": "apache2",  # tests/interop: mod_auth_openidc
    "nginx-light": "nginx",  # tests/interop: mutual TLS
    "git": "git",  # tests/architecture: which files are tracked
    "util-linux": "setpriv",  # PostgreSQL refuses to run as root
}
FILES = {
    "libapache2-mod-auth-openidc": "usr/lib/apache2/modules/mod_auth_openidc.so",
    "fonts-noto-core": "usr/share/fonts/truetype/noto/NotoNaskhArabic-Regular.ttf",
    "fonts-noto-cjk": "usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
}
BESIDE_PATH = ("usr/sbin", "usr/lib/postgresql/*/bin")


def missing() -> list[str]:
    """Names of the Debian packages whose program or file is not there."""
    programs = [package for package, program in PROGRAMS.items() if not _runs(program)]
    return programs + [package for package, file in FILES.items() if not Path("/", file).exists()]


def _runs(program: str) -> bool:
    return shutil.which(program) is not None or any(any(Path("/").glob(f"{place}/{program}")) for place in BESIDE_PATH)


def main() -> int:
    """Print and judge."""
    packages = missing()
    if "--names" in sys.argv:
        print(*packages)  # noqa: T201 (what it is for)
        return 0
    if packages:
        print("The tests need what this machine lacks. Install it and try again:", file=sys.stderr)  # noqa: T201
        print("  apt-get install", *packages, file=sys.stderr)  # noqa: T201
    return len(packages) > 0


if __name__ == "__main__":
    sys.exit(main())
