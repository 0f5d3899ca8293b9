"""A person at a browser, who walks from page to page and looks hard at every page she meets.

Each page is judged by axe, wide in light and at 320 px in dark, and must not scroll sideways. A page that is built of
the same kinds of elements as another of its name and language was judged with it. Pictures of both are kept if they are
wanted (tests/eyes.py): WALK/LANGUAGE/WHO-NN-PAGE-light.jpg and -dark.jpg.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from babel.support import Translations
from playwright.sync_api import Locator, Page, expect

from idp.config import ROOT
from tests import eyes
from tests.browser.country import Country

TRANSLATIONS = ROOT / "idp" / "translations"
WIDE, NARROW, HEIGHT = 1280, 320, 900
IDENTIFIER = re.compile(r"[\w-]{20,}|[\d-]{4,}")
"""A segment of an address that says which, not what."""
BUILD = """[...new Set([...document.querySelectorAll("body *")].map(e => [e.tagName, e.className, e.id].join(".")))]
.sort().join()"""
"""The kinds of elements of a page."""
SCRIPTS = {
    "ar": re.compile(r"[\N{ARABIC LETTER HAMZA}-\N{ARABIC LETTER YEH}]"),
    "zh_Hant": re.compile(r"[\N{CJK UNIFIED IDEOGRAPH-4E00}-\N{CJK UNIFIED IDEOGRAPH-9FFF}]"),
}
"""What a heading is written in, at least in part."""


@dataclass
class Walker:
    """One window. `language` is that of the provider's pages; the agencies of the demo speak English."""

    page: Page
    country: Country
    walk: str
    who: str
    language: str
    judged: eyes.Judged
    run: Callable[..., None] = lambda *, scripts: None
    """Called with scripts=True before a page is judged and with False after: axe is a script too."""
    met: list[str] = field(default_factory=list)
    """The names of the pages, in order."""

    @property
    def tag(self) -> str:
        """The language as pages and services name it (BCP 47)."""
        return self.language.replace("_", "-")

    def goes(self, address: str) -> None:
        """Type an address, as a path of the provider or in full."""
        self.page.goto(address if "://" in address else self.country.issuer + address)
        self.looks()

    def presses(self, selector: str) -> None:
        """Press what leads to another page."""
        with self.page.expect_navigation():
            self.page.click(selector)
        self.looks()

    def types(self, field: str, text: str) -> None:
        """Fill in a field."""
        self.page.fill(f"#{field}", text)

    def chooses(self, field: str) -> None:
        """Tick a box or a choice by its label."""
        self.page.click(f"label[for='{field}']")

    def speaks(self, language: str) -> None:
        """Choose a language in the page's own switcher, and keep it."""
        self.language = language
        self.presses(f"nav.languages a[hreflang='{self.tag}']")

    def reloads(self) -> None:
        """Look again at what may have changed."""
        self.page.reload()
        self.looks()

    def sees(self, *texts: str, at: str = "main") -> None:
        """Read these words on the page."""
        for text in texts:
            expect(self.page.locator(at)).to_contain_text(text)

    def reads(self, *texts: str, at: str = "main") -> None:
        """Read these words of ours in the language of the page."""
        words = Translations.load(TRANSLATIONS, [self.language], "messages")
        self.sees(*map(words.gettext, texts), at=at)

    def is_at(self, page: str) -> None:
        """Stand on the page of this name."""
        assert self.met[-1] == page, f"{self.page.url}: {self.page.inner_text('main')}"

    def all(self, selector: str) -> Locator:
        """Everything on the page that the selector means."""
        return self.page.locator(selector)

    def looks(self) -> None:
        """Judge the page as everybody meets it."""
        name = _name(self.page.url, self.country)
        self.met.append(name)
        self.page.wait_for_load_state()
        self.run(scripts=True)
        if self.page.url.startswith(self.country.issuer):
            self._hears()
        is_new = self.judged.claims(name, self.language, self.page.evaluate(BUILD))
        for scheme, width in (("dark", NARROW), ("light", WIDE)):
            self._wears(scheme, width)
            self._fits(width)
            self._keeps(name, scheme)
            if is_new:
                self._judges(scheme)
        self.run(scripts=False)

    def examines(self, name: str) -> None:
        """Judge what has opened on the page without leading to another."""
        self.met.append(name)
        for scheme, width in (("dark", NARROW), ("light", WIDE)):
            self._wears(scheme, width)
            self._fits(width)
            self._keeps(name, scheme)
            self._judges(scheme)

    def _hears(self) -> None:
        language, heading = self.page.get_attribute("html", "lang"), self.page.inner_text("h1")
        assert language == self.tag, f"{self.page.url} speaks {language}: {heading}"
        script = SCRIPTS.get(self.language)
        assert script is None or script.search(heading), f"not translated: {heading}"

    def _judges(self, scheme: str) -> None:
        found = eyes.violations(self.page)
        assert not found, f"{self.page.url} in {scheme}: {found}"

    def _fits(self, width: int) -> None:
        beyond = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert beyond <= 0, f"{self.page.url} is {beyond} px wider than {width} px"

    def _wears(self, scheme: str, width: int) -> None:
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        self.page.set_viewport_size({"width": width, "height": HEIGHT})

    def _keeps(self, name: str, scheme: str) -> None:
        eyes.keep(self.page, f"{self.walk}/{self.language}/{self.who}-{len(self.met):02}-{name}-{scheme}")


def without_scripts(walker: Walker) -> Walker:
    """The same window with scripts off while pages load and forms are sent."""
    session = walker.page.context.new_cdp_session(walker.page)

    def run(*, scripts: bool) -> None:
        session.send("Emulation.setScriptExecutionDisabled", {"value": not scripts})

    run(scripts=False)
    walker.run = run
    return walker


def _name(address: str, country: Country) -> str:
    """What a page is called: its path without identifiers, after the agency whose page it is."""
    place = urlsplit(address)
    whose = {country.revenue: "revenue", country.registry: "registry"}.get(f"{place.scheme}://{place.netloc}", "")
    steps = place.path.strip("/").split("/")
    named = [step for step in steps if not IDENTIFIER.fullmatch(step)]
    one = "one" if len(steps) > 1 and steps[-1] not in named else ""
    return "-".join(filter(None, [whose, *named, one])) or "home"
