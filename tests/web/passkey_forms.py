"""What the script of a page would read from a form for passkeys, and what it would send."""

import html
import re

from tests.passkeys import SoftKey
from tests.web.pages import Window


def options_of(window: Window, action_ends: str) -> str:
    """The options of the form that goes there, as JSON."""
    assert window.response is not None
    for tag in re.findall(r"<form[^>]*>", window.response.text):
        found = re.search(r'data-options="([^"]*)"', tag)
        if found and re.search(rf'action="[^"]*{re.escape(action_ends)}"', tag):
            return html.unescape(found[1])
    raise AssertionError(f"no form for passkeys goes to {action_ends}")


def signals_of(window: Window) -> dict[str, str]:
    """What the password manager is told, by method."""
    assert window.response is not None
    found = re.findall(r'data-passkey-signal="([^"]*)" data-options="([^"]*)"', window.response.text)
    return {name: html.unescape(options) for name, options in found}


def makes(window: Window, key: SoftKey, action_ends: str) -> Window:
    """Have the device make a credential for the form, and send it."""
    return window.submits(action_ends, credential=key.make(options_of(window, action_ends)))


def answers(window: Window, key: SoftKey, action_ends: str) -> Window:
    """Have the device answer the form, and send it."""
    return window.submits(action_ends, credential=key.answer(options_of(window, action_ends)))
