from tests.agents import Browser, Page
from tests.fixtures.house import PASSWORD, House

REASON = ("--reason", "security_incident")


def silently(house: House, browser: Browser) -> dict[str, str]:
    """What the agency learns when nobody may be asked anything."""
    path, _ = house.agency.request(prompt="none")
    return browser.get(path).parameters


def typed(house: House, browser: Browser) -> Page:
    path, _ = house.agency.request()
    return browser.submit(browser.get(path), username="ben", password=PASSWORD)


def test_a_locked_record_is_out_everywhere_at_once_and_comes_back_when_unlocked(house: House) -> None:
    path, verifier = house.agency.request(scope="openid offline_access")
    browser = house.browser()
    landed = browser.sign_in(browser.get(path), "ben", PASSWORD)
    tokens = house.agency.redeem(landed.parameters["code"], verifier).json()
    assert "code" in silently(house, browser)

    locked = house.server.run("people", "lock", "ben", *REASON)

    assert silently(house, browser)["error"] == "login_required"
    assert not house.agency.is_active(tokens["access_token"])
    assert house.agency.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert "cannot be used to sign in" in typed(house, house.browser()).text
    ended = house.server.run("audit", "search", "--about", locked["id"], "--name", "sessions.browser.ended")
    assert [(leaf["actor"], leaf["facts"]["reason"]) for leaf in ended] == [("operator", "locked")]

    house.server.run("people", "unlock", "ben", "--reason", "resolved")

    assert "code" in typed(house, house.browser()).parameters
