"""Every order of steps, by everybody: skipped, repeated, reordered, in another browser, of another sign-in, and after
the end. From each state that can be reached, each deed is tried; no way leads to a code without its evidence.

What counts as evidence is kept by the test, apart from the product: who typed what right, in which sign-in, and since
when a browser holds a session.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from idp.domain.authenticators.methods import recovery_code
from idp.domain.clients.registry import Client
from idp.foundation.refusal import Refusal
from idp.journeys.provider import Provider
from idp.journeys.signin import approve_elsewhere, enrol, handover, second_factor
from idp.journeys.signin.finish import abandon
from idp.journeys.signin.pending_secret import read
from idp.protocol.assurance import Level, Strength
from tests.builders import Citizen, a_client
from tests.fixtures.storage import Clock
from tests.journeys.signin.conftest import Browser, asking, essential

NOBODYS = "NOBODYNOBODYNOBODYNOBODYNOBODYNO"
State = tuple[object, ...]


@dataclass
class World:
    """Two browsers, two sign-ins of the first, two citizens; and what was truly proved in each sign-in."""

    provider: Provider
    clock: Clock
    mine: Browser
    thief: Browser
    people: dict[str, Citizen]
    logins: dict[str, str]
    recovery: dict[str, list[str]]
    evidence: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: {"one": set(), "two": set()})
    session: tuple[str, frozenset[str]] | None = None
    over: set[str] = field(default_factory=set)
    codes: list[str] = field(default_factory=list)
    is_strict: bool = False
    """Whether sign-in one is for a service that accepts no single factor either."""

    def password(self, browser: Browser, login: str, name: str) -> None:
        browser.types_password(self.logins[login], self.people[name])
        # Somebody else's proofs are dropped, and with them the consent, which was not theirs.
        kept = {fact for fact in self.evidence[login] if fact[0] == name or fact[1] == "consent"}
        self.evidence[login] = kept | {(name, "knowledge")}

    def code(self, browser: Browser, login: str, name: str) -> None:
        # Before an app is added, any code is a guess.
        citizen = self.people[name]
        browser.types_code(
            self.logins[login], citizen if citizen.totp_secret else replace(citizen, totp_secret=NOBODYS)
        )
        self.evidence[login].add((name, "possession"))

    def handover(self, browser: Browser, login: str, name: str) -> None:
        """Somebody signs in afresh at her telephone and approves there what this browser asks."""
        login_id, citizen = self.logins[login], self.people[name]
        handover.begin(self.provider, login_id, browser.visitor, "a kiosk")
        shown = handover.shown_of(self.provider, handover.look_at(self.provider, login_id, browser.secret))
        phone = Browser(self.provider, self.clock, "a telephone's")
        opened = approve_elsewhere.open_typed(self.provider, shown.code, phone.visitor, "a telephone")
        phone.signs_in(citizen, strength=Strength.RESTRICTED if citizen.totp_secret else Strength.ONE_FACTOR)
        assert phone.session is not None
        approve_elsewhere.approve(self.provider, opened, phone.visitor, phone.session, shown.matching)
        handover.take_over(self.provider, login_id, browser.visitor)
        kept = {fact for fact in self.evidence[login] if fact[0] == name or fact[1] == "consent"}
        self.evidence[login] = kept | {(name, "handover")}

    def recovery_code(self, browser: Browser, login: str, name: str) -> None:
        code = self.recovery[name][-1]
        second_factor.with_recovery_code(self.provider, self.logins[login], browser.visitor, code)
        self.recovery[name].pop()
        self.evidence[login].add((name, "possession"))

    def app(self, browser: Browser, login: str, _name: str) -> None:
        """Add an authenticator app in the middle of the sign-in."""
        login_id = self.logins[login]
        name = self.name_of(browser.looks_at(login_id).person_id)
        secret = enrol.begin_totp(self.provider, login_id, browser.visitor).secret
        kept = browser.looks_at(login_id).login.facts["totp"]
        assert read(self.provider.box, kept) == secret
        holder = replace(self.people[name], totp_secret=secret)
        enrol.add_totp(self.provider, login_id, browser.visitor, holder.code(self.clock.now))
        self.people[name] = holder
        self.evidence[login].add((name, "possession"))

    def consent(self, browser: Browser, login: str, _name: str) -> None:
        name = self.name_of(browser.looks_at(self.logins[login]).person_id)
        browser.consents(self.logins[login])
        self.evidence[login].add((name, "consent"))

    def finish(self, browser: Browser, login: str, _name: str) -> None:
        done = browser.finishes(self.logins[login])
        assert login not in self.over, "a sign-in led somewhere twice"
        self.over.add(login)
        assert browser.session is not None
        name = self.name_of(browser.session.person_id)
        factors = {fact for who, fact in self.evidence[login] if who == name} - {"consent"}
        if self.session is not None and self.session[0] == name:
            factors |= self.session[1]
        self.session = (name, frozenset(factors))
        if name == "anna" and not browser.session.handed_over:
            assert factors >= {"knowledge", "possession"}, "a session of her own without both factors"
        if done.answer is None:
            assert not browser.session.handed_over, "a page that wants her here had an approval"
            self.codes.append(login)
        elif "code" in done.answer.parameters:
            self.codes.append(login)
            self.judge(login, name, factors)

    def abandon(self, browser: Browser, login: str, _name: str) -> None:
        done = abandon(self.provider, self.logins[login], browser.visitor)
        assert login not in self.over, "a sign-in led somewhere twice"
        self.over.add(login)
        assert done.answer is None or done.answer.parameters["error"] == "access_denied"

    def name_of(self, person_id: str) -> str:
        return next(name for name, citizen in self.people.items() if citizen.id == person_id)

    def judge(self, login: str, name: str, factors: set[str]) -> None:
        """A code was issued: was that right?"""
        handed_over = "handover" in factors
        assert handed_over or "knowledge" in factors, "a code for somebody who never signed in"
        if name == "anna" or login == "two" or self.is_strict:
            assert handed_over or "possession" in factors, "a code without the second factor"
        if login == "two":
            assert name == "anna", "a code at a level that the person does not have"
        consents = {who for facts in self.evidence.values() for who, fact in facts if fact == "consent"}
        assert name in consents, "a code without consent"

    def state(self) -> State:
        """What the deeds so far amount to: two ways to the same state are one state."""
        facts = tuple(tuple(sorted(self.evidence[login])) for login in ("one", "two"))
        steps = tuple(None if login in self.over else self.mine.step(self.logins[login]) for login in ("one", "two"))
        return (*facts, *steps, frozenset(self.over), self.session, len(self.codes))


DEEDS = [
    (deed, who, login, name)
    for deed in ("password", "code", "recovery_code", "handover", "app", "consent", "finish", "abandon")
    for who in ("mine", "thief")
    for login in ("one", "two")
    for name in (("anna", "boris") if deed in ("password", "code", "recovery_code", "handover") else ("",))
]
Walk = tuple[int, ...]


@pytest.fixture
def a_world(
    provider: Provider,
    clock: Clock,
    a_browser: Callable[..., Browser],
    anna: Citizen,
    boris: Citizen,
    service: Client,
) -> Callable[..., World]:
    """Sign-in one asks for nothing, sign-in two insists on the highest level; both begin in my browser."""
    careful = a_client(provider, client_id="careful", single_factor=False)

    def make(*, is_strict: bool = False) -> World:
        mine, thief = a_browser("mine"), a_browser("the thief's")
        with provider.transaction() as tx:
            recovery = {"anna": recovery_code.issue(tx, anna.id), "boris": ["never-issued"]}
            forget_what_earlier_worlds_left(tx, boris.id)
        logins = {
            "one": mine.begins(asking(careful if is_strict else service)),
            "two": mine.begins(asking(service, claims=essential(Level.HIGH))),
        }
        people = {"anna": anna, "boris": boris}
        return World(provider, clock, mine, thief, people, logins, recovery, is_strict=is_strict)

    return make


def forget_what_earlier_worlds_left(tx, person_id: str) -> None:
    tx.connection.exec_driver_sql("DELETE FROM counters")
    tx.connection.exec_driver_sql("DELETE FROM consents")
    tx.connection.exec_driver_sql(
        f"UPDATE authenticators SET removed_at = 1 WHERE method = 'totp' AND person_id = '{person_id}'"
    )


def attempted(world: World, number: int) -> bool:
    """Do one deed; whether it was not refused. Being refused often is another test's subject."""
    deed, who, login, name = DEEDS[number]
    try:
        getattr(world, deed)(world.mine if who == "mine" else world.thief, login, name)
    except (Refusal, KeyError):
        with world.provider.transaction() as tx:
            tx.connection.exec_driver_sql("DELETE FROM counters")
        return False
    return True


def after(world: World, walk: Walk) -> World:
    for number in walk:
        attempted(world, number)
    return world


def every_walk(a_world: Callable[[], World], deeds: Sequence[int]) -> tuple[int, set[str]]:
    """How many sign-ins one walk brought to their ends, and the deeds that were not refused everywhere."""
    frontier: list[Walk] = [()]
    seen: set[State] = set()
    ended, done = 0, set()
    while frontier:
        walk = frontier.pop(0)
        world = after(a_world(), walk)
        here = world.state()
        for number in deeds:
            deed, who, _login, _name = DEEDS[number]
            went = attempted(world, number)
            assert not (went and who == "thief"), (walk, number)
            done |= {deed} if went else set()
            there = world.state()
            ended = max(ended, len(world.codes))
            if there not in seen:
                frontier.append((*walk, number))
            seen.add(there)
            if there != here:
                world = after(a_world(), walk)
    return ended, done


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_order_of_steps_leads_to_a_code_without_its_evidence(a_world: Callable[[], World]):
    ended, done = every_walk(a_world, range(len(DEEDS)))
    assert ended == 2, "no walk brought both sign-ins to a code, so the walks prove little"
    assert done == {deed for deed, *_ in DEEDS}


def test_no_order_of_steps_leads_an_approval_to_a_page_that_wants_her_here(a_world: Callable[[], World]):
    """Sign-in two is that page's. One of a service may be handed over before, between and after."""

    def world_with_a_page() -> World:
        world = a_world()
        world.logins["two"] = world.mine.begins(return_to="/account/security/add", first_hand=True)
        return world

    deeds = [
        number
        for number, (deed, who, _login, name) in enumerate(DEEDS)
        if who == "mine" and name in ("", "anna") and deed in ("password", "code", "handover", "consent", "finish")
    ]
    ended, done = every_walk(world_with_a_page, deeds)
    assert ended == 2
    assert done == {"password", "code", "handover", "consent", "finish"}


def test_no_order_of_steps_leads_to_a_service_that_wants_two_factors_with_one(a_world: Callable[..., World]):
    """Sign-in two is our own page's, whose session of one factor must not count."""

    def world_with_a_page() -> World:
        world = a_world(is_strict=True)
        world.logins["two"] = world.mine.begins(return_to="/account")
        return world

    wanted = ("password", "app", "code", "consent", "finish")
    deeds = [
        number
        for number, (deed, who, _login, name) in enumerate(DEEDS)
        if who == "mine" and name in ("", "boris") and deed in wanted
    ]
    ended, done = every_walk(world_with_a_page, deeds)
    assert ended == 2
    assert done == set(wanted)
