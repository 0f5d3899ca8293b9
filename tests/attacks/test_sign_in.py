"""The sign-in: enumeration, fixation, skipped steps, stolen sign-ins, guessed and replayed codes."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.agents import Browser, Page
from tests.fixtures.house import PASSWORD, House, within_one_window

SECRETS = re.compile(
    r'name="(csrf_token|challenge)" value="[^"]*"|data-options="[^"]*"|nonce="[^"]*"|/signin/[A-Za-z0-9_-]+|'
    r"/register/[A-Za-z0-9_-]+|/recover\?from=[A-Za-z0-9_-]+"
)


def shape(page: Page) -> tuple[int, str, list[tuple[str, str]]]:
    """What an observer can compare: status, body and headers, without what is random in every answer."""
    body = SECRETS.sub("", page.text)
    random = {"date", "content-length", "set-cookie"}
    headers = [(name.lower(), value) for name, value in page.headers.items() if name.lower() not in random]
    return page.status, body, [(name, re.sub(r"nonce-[A-Za-z0-9_-]+", "", value)) for name, value in headers]


def at_sign_in(house: House, browser: Browser) -> Page:
    return browser.get(house.agency.request()[0])


def typed(house: House, username: str, password: str) -> Page:
    browser = house.browser()
    return browser.submit(at_sign_in(house, browser), username=username, password=password)


def test_a_wrong_name_and_a_wrong_password_look_alike(house: House) -> None:
    known = shape(typed(house, "ben", "wrong wrong wrong"))
    unknown = shape(typed(house, "xxx", "wrong wrong wrong"))
    assert known[0] == unknown[0] == 422
    assert known[1].replace("ben", "xxx") == unknown[1]
    assert known[2] == unknown[2]


def test_a_locked_account_with_a_wrong_password_looks_like_any_other(house: House) -> None:
    locked, unknown = shape(typed(house, "dora", "wrong wrong")), shape(typed(house, "yyyy", "wrong wrong"))
    assert locked[1].replace("dora", "yyyy") == unknown[1]


def test_registering_a_known_address_looks_like_a_new_one(house: House) -> None:
    def asked(email: str) -> Page:
        browser = house.browser()
        return browser.submit(browser.get("/register"), email=email)

    new, again = asked("newcomer@a.example"), asked("newcomer@a.example")
    other = asked("somebody@b.example")
    assert new.status == again.status == other.status == 200
    assert shape(new)[1].replace("newcomer@a.example", "somebody@b.example") == shape(other)[1]


def test_the_session_cookie_is_new_after_signing_in(house: House) -> None:
    browser = house.browser()
    page = at_sign_in(house, browser)
    browser.http.cookies.set("session", "planted-by-an-attacker", domain="localhost.local", path="/")
    browser.http.cookies.set("session", "planted-by-an-attacker", domain="localhost", path="/")
    browser.sign_in(page, "ana", PASSWORD)
    values = [cookie.value for cookie in browser.http.cookies if cookie.name == "session"]
    assert any(value != "planted-by-an-attacker" and len(value or "") == 43 for value in values)
    thief = house.browser()
    thief.http.cookies.set("session", "planted-by-an-attacker")
    assert at_sign_in(house, thief).path.endswith("/authenticate")


def test_a_second_sign_in_gives_the_session_a_new_secret(house: House) -> None:
    browser = house.browser()
    browser.sign_in(at_sign_in(house, browser), "ana", PASSWORD)
    before = browser.http.cookies["session"]
    page = browser.get(house.agency.request(prompt="login")[0])
    browser.sign_in(page, "ana", PASSWORD)
    assert browser.http.cookies["session"] != before
    thief = house.browser()
    thief.http.cookies.set("session", before)
    assert at_sign_in(house, thief).path.endswith("/authenticate")


def test_a_sign_in_of_another_browser_cannot_be_continued(house: House) -> None:
    page = at_sign_in(house, house.browser())
    thief = house.browser()
    assert thief.get(page.path).status == 400
    action, values = page.forms()[0]
    assert thief.post(action, values | {"username": "ana", "password": PASSWORD}).status in (400, 403)


@pytest.mark.parametrize(
    "step", ["second-factor", "second-factor/recovery-code", "enrol", "consent", "verify-identity"]
)
def test_no_step_is_reached_by_its_address(house: House, step: str) -> None:
    browser = house.browser()
    page = at_sign_in(house, browser)
    assert browser.get(page.path.replace("authenticate", step)).path == page.path


@pytest.mark.parametrize(
    "step", ["second-factor", "second-factor/passkey", "second-factor/recovery-code", "enrol", "consent"]
)
def test_no_step_is_done_by_posting_to_it(house: House, step: str) -> None:
    browser = house.browser()
    page = at_sign_in(house, browser)
    token = page.forms()[0][1]["csrf_token"]
    target = page.path.replace("authenticate", step)
    after = browser.post(target, {"csrf_token": token, "code": "123456"})
    assert after.path == page.path
    assert "code" not in browser.get(page.path.replace("/authenticate", "")).parameters


def test_a_password_alone_does_not_pass_a_second_factor(house: House) -> None:
    browser = house.browser()
    page = browser.submit(at_sign_in(house, browser), username="cleo", password=PASSWORD)
    assert page.path.endswith("/second-factor")
    assert browser.get(page.path.replace("/second-factor", "")).path == page.path
    assert browser.get(page.path.replace("second-factor", "consent")).path == page.path
    assert browser.get("/account").path.endswith("/authenticate")


def test_an_authenticator_code_works_once(house: House) -> None:
    code = house.code_now()
    first, second = house.browser(), house.browser()
    pages = [
        browser.submit(at_sign_in(house, browser), username="cleo", password=PASSWORD) for browser in (first, second)
    ]
    assert first.submit(pages[0], code=code).path.endswith("/consent")
    again = second.submit(pages[1], code=code)
    assert again.status == 422
    assert again.path.endswith("/second-factor")


def test_of_parallel_uses_of_one_authenticator_code_one_succeeds(house: House) -> None:
    browsers = [house.browser() for _ in range(8)]
    pages = [browser.submit(at_sign_in(house, browser), username="emil", password=PASSWORD) for browser in browsers]
    code = house.code_now()
    with ThreadPoolExecutor(8) as rivals:
        after = list(rivals.map(lambda pair: pair[0].submit(pair[1], code=code), zip(browsers, pages, strict=True)))
    assert sum(page.path.endswith("/consent") for page in after) == 1


def test_parallel_guesses_of_a_code_stop_being_evaluated(house: House) -> None:
    browser = house.browser()
    page = browser.submit(at_sign_in(house, browser), username="fay", password=PASSWORD)
    action, values = page.forms()[0]

    def guess(number: int) -> Page:
        rival = Browser(browser.base)
        rival.http.cookies.update(browser.http.cookies)
        return rival.post(action, values | {"code": f"{number:06d}"})

    within_one_window(20)
    with ThreadPoolExecutor(16) as rivals:
        answers = list(rivals.map(guess, range(100)))
    assert sum(answer.status == 422 for answer in answers) <= 10
    assert sum(answer.status == 429 for answer in answers) >= 90
    assert browser.submit(page, code=house.code_now()).status == 429


def test_guessing_a_password_stops_and_does_not_stop_at_another_address(house: House) -> None:
    within_one_window(20)
    statuses = [typed(house, "gus", f"wrong password {number}").status for number in range(14)]
    assert statuses[-1] == 429
    assert 429 not in statuses[:8]
    spoofed = house.browser()
    spoofed.http.headers["X-Forwarded-For"] = "203.0.113.9"
    assert spoofed.submit(at_sign_in(house, spoofed), username="gus", password="wrong").status == 429


@pytest.mark.parametrize("password", ["x" * 2000, "nul\x00nul", "x" * 1_000_000])
def test_an_absurd_password_is_a_cheap_refusal(house: House, password: str) -> None:
    assert typed(house, "ana", password).status in (400, 413)
