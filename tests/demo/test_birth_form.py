"""The agency's own form tells everybody which field is wrong, and why."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import demo.registry

FIELDS = ("child", "born_on", "place")


@pytest.fixture
def page():
    folder = Path(demo.registry.__file__).parent / "templates"
    env = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
    env.globals.update(url_for=lambda *_names, **_more: "#", form_token=lambda: "token")
    given = dict.fromkeys(FIELDS, "")
    return lambda errors: env.get_template("birth.html").render(person={"name": "Anna"}, errors=errors, given=given)


def test_a_wrong_field_says_so_and_is_described_by_the_reason(page):
    told = page({"child": "Enter the <name>", "place": "Enter the place"})
    fields = {re.search(r'id="([^"]*)"', tag)[1]: tag for tag in re.findall("<input[^>]*>", told) if 'id="' in tag}

    for name in ("child", "place"):
        assert f'aria-invalid="true" aria-describedby="{name}-wrong"' in fields[name]
        assert told.count(f'id="{name}-wrong"') == 1
    assert "aria-" not in fields["born_on"]
    assert '<p class="wrong" id="child-wrong">Enter the &lt;name&gt;</p>' in told


def test_a_form_that_nobody_has_filled_in_accuses_nobody(page):
    assert "wrong" not in page({})
