"""What the handbooks name is there: files, headings, settings, commands."""

import re
import shlex

import click
import pytest

from idp.cli.main import main
from idp.config import SETTINGS
from tests.architecture.source import ROOT
from tests.architecture.test_tracked_files import tracked

PAGES = [path for path in tracked() if path.suffix == ".md"]
OPERATORS = ROOT / "docs" / "operators.md"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
SETTING = re.compile(r"\bIDP_[A-Z0-9_]+\b")
COMMAND = re.compile(r"(?:`|^ *|/bin/)idp ([^`\n|]+)", re.MULTILINE)


def named(page):
    return str(page.relative_to(ROOT))


def anchors(page):
    """The fragments of a page's headings, as forges make them."""
    headings = HEADING.findall(FENCED.sub("", page.read_text()))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_leads_somewhere(page):
    links = [link for link in LINK.findall(FENCED.sub("", page.read_text())) if "://" not in link]
    lost = []
    for link in links:
        path, _, fragment = link.partition("#")
        target = (page.parent / path) if path else page
        if not target.exists() or (fragment and fragment not in anchors(target)):
            lost.append(link)
    assert lost == []


def test_every_setting_is_in_the_operators_table_and_no_other():
    rows = re.findall(r"^\| `(IDP_[A-Z0-9_]+)` \|", OPERATORS.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(["IDP_CONFIG", *(f"IDP_{name.upper()}" for name in SETTINGS)])


@pytest.mark.parametrize("name", [name for name, setting in SETTINGS.items() if setting.default.isdecimal()])
def test_a_default_that_is_a_number_is_the_documented_one(name):
    assert f"| `IDP_{name.upper()}` | `{SETTINGS[name].default}` |" in OPERATORS.read_text()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_page_names_a_setting_that_does_not_exist(page):
    known = {"IDP_CONFIG", *(f"IDP_{name.upper()}" for name in SETTINGS)}
    assert set(SETTING.findall(page.read_text())) - known == set()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_exists_with_its_options(page):
    told = [shlex.split(command, comments=True) for command in COMMAND.findall(page.read_text())]
    assert [words for words in told if not understood(words)] == []


def understood(words):
    """Whether the words lead to a command, and every option is one of its own."""
    command, context = main, click.Context(main)
    for word in words:
        if word.startswith("-") or not isinstance(command, click.Group):
            break
        command = command.get_command(context, word)
        if command is None:
            return False
    options = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    known = {"--help", "--version"} | options
    return {word for word in words if word.startswith("-")} <= known
