import ast
import re

import pytest

from tests.architecture.source import ROOT, modules, place, tree

VAGUE = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "managers",
    "base",
    "common",
    "misc",
    "stuff",
    "shared",
    "lib",
}
SPECIFICATION = re.compile(r"https://\S+")
NUMBER = re.compile(r"\d")


@pytest.mark.parametrize("folder", ["idp", "demo", "tests", "bench", "migrations"])
def test_no_module_has_a_name_that_says_nothing(folder):
    assert [place(path) for path in modules(folder) if path.stem in VAGUE or path.parent.name in VAGUE] == []


def test_every_package_has_a_name_plate():
    """One sentence on what it owns, one on what it leaves to others."""
    folders = {path.parent for path in modules("idp")} - {ROOT / "idp"}
    without = [place(folder) for folder in folders if not sentences(folder / "__init__.py")]
    assert without == []


def sentences(plate):
    text = (ast.get_docstring(tree(plate)) or "") if plate.exists() else ""
    first, _, rest = text.partition("\n\n")
    return first and rest


def test_every_published_rule_names_its_specification():
    """The first line gives number, section and address."""
    specifications = [path for path in modules("idp/protocol") if path.name != "__init__.py"]
    first_lines = {place(path): (ast.get_docstring(tree(path)) or "").partition("\n")[0] for path in specifications}
    silent = [name for name, line in first_lines.items() if not (SPECIFICATION.search(line) and NUMBER.search(line))]
    assert silent == []
