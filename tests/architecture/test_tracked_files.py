import re
import subprocess
from pathlib import Path

from tests.architecture.source import ROOT, modules, place

THIS_MACHINE = re.compile(r"(?<![\w.])/(?:work|root|farm|home/\w+)/|/tmp/\w+/")
REGISTRIES = re.compile(r"registry\.npmjs|pypi\.org|pythonhosted\.org|deb\.debian\.org|crates\.io|proxy\.golang")
SHORTCUTS = re.compile(r"unittest\.mock|MagicMock|pytest\.(?:mark\.)?(?:skip|xfail)|mark\.skipif|importorskip")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|NotImplementedError|HACK)\b")
HERE = Path(__file__)


def tracked():
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = (ROOT / name for name in names.split("\0") if name)
    return [path for path in paths if path.is_file() and path != HERE]


def text(path):
    return path.read_bytes().decode("utf-8", "replace")


def test_no_tracked_file_knows_the_machine_it_was_written_on():
    assert [place(path) for path in tracked() if THIS_MACHINE.search(text(path))] == []


def test_no_tracked_file_names_a_package_registrys_host():
    assert [place(path) for path in tracked() if REGISTRIES.search(text(path))] == []


def test_no_test_is_skipped_or_mocked():
    assert [place(path) for path in modules("tests") if path != HERE and SHORTCUTS.search(path.read_text())] == []


def test_nothing_in_the_product_is_unfinished():
    assert [place(path) for path in modules("idp", "demo", "migrations") if UNFINISHED.search(path.read_text())] == []


def test_no_private_key_is_tracked():
    keys = re.compile(rb"-----BEGIN (?:\w+ )?PRIVATE KEY-----")
    assert [place(path) for path in tracked() if keys.search(path.read_bytes())] == []
