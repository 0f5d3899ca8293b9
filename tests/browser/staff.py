"""Members of staff at the console, and what verifiers do there."""

from dataclasses import dataclass, field
from typing import Any

from idp.cli.demo_country import people
from tests.browser.authenticators import App
from tests.browser.errands import signs_in
from tests.browser.walker import Walker


@dataclass
class Colleague:
    """Somebody who works here. `cookies` are those of her session, once she has one."""

    username: str
    password: str
    app: App
    cookies: list[Any] = field(default_factory=list)


def colleague(username: str) -> Colleague:
    """A seeded member of staff."""
    entry = next(entry for entry in people() if entry["username"] == username)
    return Colleague(username, entry["password"], App(entry["totp_secret"]))


def comes_to_work(walker: Walker, who: Colleague) -> None:
    """To the console; signs in if she has not yet."""
    walker.page.context.add_cookies(who.cookies)
    walker.goes("/console")
    if not who.cookies:
        signs_in(walker, who.username, who.app, who.password)
        who.cookies = [cookie for cookie in walker.page.context.cookies() if cookie["name"] == "session"]
    walker.is_at("console")


def opens_case(walker: Walker, reference: str) -> None:
    """From the queue to the outside of a case."""
    walker.goes("/console/cases")
    walker.presses(f"table a:has-text('{reference}')")


def claims(walker: Walker, reference: str) -> None:
    """From anywhere to the inside of a case."""
    opens_case(walker, reference)
    walker.presses("#case-claim")
    pictures = walker.page.evaluate("[...document.querySelectorAll('figure img')].map(one => one.naturalWidth)")
    assert len(pictures) == 2, "portrait and document are there"
    assert all(pictures), pictures


def decides(walker: Walker, reference: str) -> None:
    """Claim a case and approve it."""
    claims(walker, reference)
    walker.chooses("choice")
    walker.presses("#case-decide")
    walker.is_at("console-cases")
