"""What a device is called: in words that its owner knows, short, and never by what somebody else wrote into it."""

import subprocess
import sys
import unicodedata

import pytest
from flask import Flask

from idp.web import locale
from idp.web.signin.device import device_name, device_words

APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
CHROMIUM = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0"
NAMES = {
    f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {CHROMIUM} Mobile Safari/537.36": "Chrome on Android 14",
    f"Mozilla/5.0 (Linux; Android 10; K) {CHROMIUM} Mobile Safari/537.36": "Chrome on Android",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {APPLE} Version/17.5 Mobile/15E148 Safari/604.1": (
        "Safari on iOS 17"
    ),
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {APPLE} FxiOS/127.0 Mobile/15E148 Safari/605.1.15": (
        "Firefox on iOS 17"
    ),
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Version/17.5 Safari/605.1.15": "Safari on macOS",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROMIUM} Safari/537.36 Edg/126.0": "Edge on Windows",
    f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROMIUM} Safari/537.36": "Chrome on ChromeOS",
    f"Mozilla/5.0 (Linux; Android 13; SM-S911B) AppleWebKit/537.36 SamsungBrowser/25.0 {CHROMIUM} Mobile": (
        "Samsung Internet on Android 13"
    ),
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0": "Firefox on Linux",
    "curl/8.5.0": "curl",
}
BIDI = "\N{RIGHT-TO-LEFT OVERRIDE}"


@pytest.fixture
def said():
    app = Flask("devices")
    locale.init(app, ("en", "zh_Hant", "ar"))
    with app.test_request_context():
        yield lambda user_agent: device_words(device_name(user_agent))


@pytest.mark.parametrize(("user_agent", "words"), NAMES.items(), ids=NAMES.values())
def test_a_device_is_called_by_its_browser_and_its_system(said, user_agent, words):
    assert said(user_agent) == words


@pytest.mark.parametrize("user_agent", ["", "x" * 10_240, "Mozilla/5.0", "\x00\x1b[31m", "%00", "(" * 5000, BIDI])
def test_a_device_that_nobody_knows_is_a_browser(said, user_agent):
    assert said(user_agent) == "A browser"


@pytest.mark.parametrize(
    "user_agent",
    [
        f"Ring {BIDI}us now\x07, today {'!' * 180}/1.0 CFNetwork/1",
        "<script>alert(1)</script>/1.0 CFNetwork/1.0",
        f"{'call 0900 1234 ' * 12}/1.0 CFNetwork/1.0 Linux",
        "A, B, C/1.0 CFNetwork/1.0",
    ],
)
def test_what_somebody_writes_there_is_cut_and_cleaned(user_agent):
    name = device_name(user_agent)

    assert 0 < len(name) <= 62
    assert not [letter for letter in name if unicodedata.category(letter).startswith("C")]
    assert name.count(", ") <= 1


def test_the_recogniser_is_loaded_by_the_first_sign_in_and_not_before():
    program = "import sys, idp.app; assert not [name for name in sys.modules if name.startswith('ua_parser')]"
    subprocess.run([sys.executable, "-c", program], check=True)
