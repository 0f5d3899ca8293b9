"""What to call somebody's device in a list: browser and system, from the User-Agent; never used to decide anything."""

import unicodedata
from functools import cache
from typing import Any

from flask_babel import gettext as _

from idp.foundation.deferred import deferred

# The recogniser takes 17 MB of memory and a fifth of a second, and is needed by whoever signs in: a server loads it
# before it forks its workers. Left out are its patterns for makes of telephones, which would take 9 MB more.
ua_parser: Any = deferred("ua_parser")
loaders: Any = deferred("ua_parser.loaders")
regex: Any = deferred("ua_parser.regex")

LONGEST_USER_AGENT = 512
LONGEST_NAME = 30
LINK = ", "
ASIDES = frozenset({"Mobile", "iOS", "WebView", "UI/WKWebView"})
"""What the recogniser adds to the name of a browser, and what its system says already."""
FROZEN = {"Windows": "Windows", "Mac OS X": "macOS", "Chrome OS": "ChromeOS"}
"""Systems whose version browsers do not tell truly any more, and their names today.

https://www.chromium.org/updates/ua-reduction/.
"""
FROZEN_ANDROID = "Android 10; K"


def device_name(user_agent: str) -> str:
    """What is kept: such as "Firefox, Windows" or "Chrome, Android 14"; empty if nothing is recognised."""
    found = _recogniser().parse(user_agent[:LONGEST_USER_AGENT])
    browser = "" if found.user_agent is None else _browser(found.user_agent.family)
    system = "" if found.os is None else _system(found.os.family, found.os.major, user_agent)
    return LINK.join(filter(None, (_clean(browser), _clean(system))))


def device_words(name: str) -> str:
    """What was kept, in the reader's language."""
    browser, _link, system = name.partition(LINK)
    if system:
        return str(_("%(browser)s on %(system)s", browser=browser, system=system))
    return browser or str(_("A browser"))


@cache
def _recogniser() -> Any:
    browsers, systems, _makes = loaders.load_lazy_builtins()
    return ua_parser.Parser(regex.Resolver((browsers, systems, [])))


def _browser(family: str) -> str:
    return " ".join(word for word in family.split() if word not in ASIDES) or family


def _system(family: str, version: str | None, user_agent: str) -> str:
    if version is None or family in FROZEN or FROZEN_ANDROID in user_agent:
        return FROZEN.get(family, family)
    return f"{family} {version}"


def _clean(text: str) -> str:
    """Some patterns repeat what was sent: no control characters, nothing that turns the direction of a line."""
    shown = "".join(letter for letter in text if not unicodedata.category(letter).startswith("C"))
    return shown.replace(LINK, " ")[:LONGEST_NAME].strip()
