"""The country pack: names, emblem, colours, legal links and support contact, read once from theme.toml.

Colours reach the pages as a generated stylesheet, because the content security policy allows no inline style.
"""

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, url_for
from flask_babel import get_locale

from idp.protocol import detail_types
from idp.protocol.assurance import STRICT, Level, Policy, Strength

LIGHT_SURFACES = ("#ffffff", "#f6f4ef")
"""What accent-coloured text lies on, and what text on an accent ground is made of; as in tessera.css."""
DARK_SURFACES = ("#1b2226", "#12171a")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ENOUGH = 4.5
"""WCAG 2.2, success criterion 1.4.3, contrast (minimum)."""
_FOREVER = "public, max-age=31536000, immutable"

Words = Mapping[str, str]
"""One text in every language, keyed by Babel's language name."""
METADATA = {"op_policy_uri": "/legal/privacy", "op_tos_uri": "/legal/terms"}
"""Which links are also told to programs (OpenID Connect Discovery 1.0 section 3)."""


@dataclass(frozen=True, slots=True)
class Link:
    """A legal link of the footer."""

    href: str
    words: Words


@dataclass(frozen=True, slots=True)
class Theme:
    """A country pack.

    `code` is ISO 3166-1 alpha-2 (XA is user-assigned), colours are `#rrggbb`, `logo` is the SVG itself, `policy` says
    what each level asks of a sign-in, and `telephone_region` in which country a number without a country code is.
    `detail_types` are what services may ask to be allowed, beside knowing somebody.
    """

    code: str
    country: Words
    service: Words
    logo: bytes
    accent_light: str
    accent_dark: str
    gold_light: str
    gold_dark: str
    links: tuple[Link, ...]
    phone: str
    email: str
    hours: Words
    timezone: str
    trust_framework: str
    policy: Policy
    telephone_region: str
    detail_types: detail_types.Catalogue

    def stylesheet(self) -> str:
        """The custom properties that tessera.css reads."""
        return (
            ":root{"
            f"--theme-light:{self.accent_light};--theme-dark:{self.accent_dark};"
            f"--gold-light:{self.gold_light};--gold-dark:{self.gold_dark}"
            "}"
        )

    def metadata(self) -> dict[str, str]:
        """The legal links that metadata names, if the pack has them, by their names there."""
        linked = {link.href for link in self.links}
        return {name: path for name, path in METADATA.items() if path in linked}

    def problems(self) -> tuple[str, ...]:
        """Each colour pair that is too faint to read, as a sentence; none if the theme is fit for use."""
        pairs = [("accent_light", self.accent_light, ground) for ground in LIGHT_SURFACES]
        pairs += [("accent_dark", self.accent_dark, ground) for ground in DARK_SURFACES]
        return tuple(
            f"{name} {colour} on {ground} has contrast {ratio:.1f}; at least {_ENOUGH} is needed"
            for name, colour, ground in pairs
            if (ratio := contrast(colour, ground)) < _ENOUGH
        )


def load(path: Path) -> Theme:
    """Read a theme.toml and the emblem it names.

    Raises OSError if a file cannot be read and ValueError, naming the missing key, if the pack is incomplete.
    """
    pack = tomllib.loads(path.read_text("utf-8"))
    try:
        return _theme(pack, path.parent)
    except KeyError as missing:
        raise ValueError(f"{path} lacks {missing.args[0]!r}") from None


def _theme(pack: Mapping[str, Any], folder: Path) -> Theme:
    colours, support = pack["colours"], pack["support"]
    return Theme(
        code=pack["code"],
        country=pack["country"],
        service=pack["service"],
        logo=(folder / pack["logo"]).read_bytes(),
        **{name: _colour(colours[name]) for name in ("accent_light", "accent_dark", "gold_light", "gold_dark")},
        links=tuple(Link(link["href"], link) for link in pack["links"]),
        phone=support["phone"],
        email=support["email"],
        hours=support["hours"],
        timezone=pack["timezone"],
        trust_framework=pack["trust_framework"],
        policy=_policy(pack.get("assurance", {})),
        telephone_region=pack.get("telephone_region", pack["code"]),
        detail_types=detail_types.read(pack.get("authorization_details", {})),
    )


def _policy(words: Mapping[str, str]) -> Policy:
    """What a sign-in must prove before the highest level may be claimed: certified hardware, or any two factors."""
    known = {"AAL2": Strength.TWO_FACTORS, "AAL3": Strength.HARDWARE}
    given = words.get("high", "AAL3")
    if given not in known:
        raise ValueError(f"[assurance] high must be AAL2 or AAL3, not {given!r}")
    return {**STRICT, Level.HIGH: known[given]}


def _colour(text: str) -> str:
    # Strict, because it is copied into a stylesheet.
    if not _COLOUR.fullmatch(text):
        raise ValueError(f"{text!r} is not a colour of the form #rrggbb")
    return text


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    # The threshold and the curve are those of sRGB, IEC 61966-2-1.
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004


def init(app: Flask, theme: Theme) -> None:
    """Serve /theme.css and /theme.svg, and give templates `theme` in the reader's language and `asset_url`."""
    served = {"css": (theme.stylesheet().encode(), "text/css"), "svg": (theme.logo, "image/svg+xml")}

    def file(kind: str) -> Response:
        body, mimetype = served[kind]
        return Response(body, mimetype=mimetype, headers={"Cache-Control": _FOREVER})

    versions = {kind: _version(body) for kind, (body, _) in served.items()}
    spoken = cache(lambda language: _spoken(theme, language))
    app.add_url_rule("/theme.<any(css, svg):kind>", "theme_file", file)
    app.jinja_env.globals["theme_url"] = _made_once(lambda kind: url_for("theme_file", kind=kind, v=versions[kind]))
    app.context_processor(lambda: {"theme": spoken(str(get_locale() or "en"))})
    _serve_assets(app)


def _serve_assets(app: Flask) -> None:
    """Make `asset_url(name)` name static files by content, so that browsers need never ask twice."""
    versions = {file.name: _version(file.read_bytes()) for file in Path(app.static_folder or "").glob("*.*")}

    def keep(response: Response) -> Response:
        if request.endpoint == "static" and "v" in request.args:
            response.headers["Cache-Control"] = _FOREVER
        return response

    app.jinja_env.globals["asset_url"] = _made_once(lambda name: url_for("static", filename=name, v=versions[name]))
    app.after_request(keep)


def _made_once(address: Callable[[str], str]) -> Callable[[str], str]:
    """The same address for every page; where the application is mounted is the server's word, not a request's."""
    kept = cache(lambda _mounted_at, name: address(name))
    return lambda name: kept(request.root_path, name)


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _spoken(theme: Theme, language: str) -> dict[str, object]:
    return {
        "country": _in(language, theme.country),
        "service": _in(language, theme.service),
        "links": [{"href": link.href, "text": _in(language, link.words)} for link in theme.links],
        "phone": theme.phone,
        "email": theme.email,
        "hours": _in(language, theme.hours),
    }


def _in(language: str, words: Words) -> str:
    return words.get(language) or words["en"]
