"""Which language a page speaks: the reader's own choice first, then the service's request, then the browser's.

Negotiation is Babel's `negotiate_locale`; Werkzeug's `best_match` answers `ar-EG, en;q=0.5` with English.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from datetime import date as calendar
from pathlib import Path
from urllib.parse import quote, unquote_plus

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_time, get_datetime_format
from flask import Flask, g, redirect, request
from flask_babel import Babel, get_locale, get_timezone, gettext
from jinja2 import pass_context
from markupsafe import Markup
from werkzeug.wrappers import Response

from idp.web.cookies import Cookies

_COOKIE = _PARAMETER = "lang"
LONGEST_QUERY = 16 * 1024
"""Octets; in longer ones nobody looks for a wish."""
_AS_SENT = "".join(map(chr, range(0x21, 0x7F)))
"""What an address may hold; other octets are percent-encoded, or they would be taken for characters."""
_YEAR = 31_536_000
_TRADITIONAL = ("zh_hant", "zh_tw", "zh_hk", "zh_mo")
_OWN_NAMES = {"zh_Hant": "繁體中文"}
"""Where CLDR's own name is not what readers call the written form."""
_MOST_PREFERENCES = 20
_CATALOGUES = Path(__file__).parents[1] / "translations"


def init(app: Flask, languages: Sequence[str], *, cookie_secure: bool = True, timezone: str = "UTC") -> None:
    """Teach `app` its `languages` (Babel names, the first is the default), and `?lang=` on every page.

    Templates get `lang` (BCP 47), `dir` (ltr or rtl), `languages` (for the switcher) and the filters `moment` and
    `day` for Unix seconds.
    """
    cookies = Cookies(cookie_secure)
    names = {language: _own_name(language) for language in languages}

    def select() -> str:
        chosen = cookies.get(request, _COOKIE) or ""
        return negotiate([chosen, *g.get("ui_locales", ()), *request.accept_languages.values()], languages)

    def switch() -> Response | None:
        wishes = _wishes() if request.method == "GET" else []
        if not wishes:
            return None
        response = redirect(_address(_other_parameters()), 303)
        chosen = match(wishes[0], languages)
        if chosen:
            cookies.set(response, _COOKIE, bcp47(chosen), _YEAR)  # type: ignore[arg-type]
        return response

    def variables() -> dict[str, object]:
        locale = _current()
        return {"lang": bcp47(str(locale)), "dir": locale.text_direction, "languages": _choices(names)}

    Babel(
        app,
        default_locale=languages[0],
        default_timezone=timezone,
        default_translation_directories=str(_CATALOGUES),
        locale_selector=select,
    )
    app.before_request(switch)
    app.context_processor(variables)
    app.jinja_env.globals["date_order"] = date_order
    app.jinja_env.globals["_"] = _sayer()
    # With the context, or Jinja would fold a constant into the language of the first reader.
    app.jinja_env.filters["moment"] = pass_context(lambda _context, at: moment(at))
    app.jinja_env.filters["hour"] = pass_context(lambda _context, at: hour(at))
    app.jinja_env.filters["day"] = pass_context(lambda _context, at: day(at))


def match(tag: str, languages: Sequence[str]) -> str | None:
    """The one of `languages` that serves a reader of `tag` (BCP 47), or None."""
    return negotiate_locale([_canonical(tag)], languages)


def negotiate(tags: Iterable[str], languages: Sequence[str]) -> str:
    """The one of `languages` that serves the first possible of `tags`, most wanted first; else the first."""
    wanted = [_canonical(tag) for tag in list(tags)[:_MOST_PREFERENCES]]
    return negotiate_locale(wanted, languages) or languages[0]


def bcp47(language: str) -> str:
    """`zh_Hant` as HTML spells it."""
    return language.replace("_", "-")


def moment(at: int) -> Markup:
    """A date and time, to the minute, in the reader's language and the country's time zone."""
    locale, when = _writing(), _local(at)
    joined = str(get_datetime_format("medium", locale=locale)).replace("'", "")
    time, on = format_time(when, "short", locale=locale), format_date(when, "long", locale=locale)
    return _time(when, joined.replace("{0}", time).replace("{1}", on))


def day(at: int) -> Markup:
    """A date in the reader's language and the country's time zone."""
    when = _local(at)
    return _time(when, format_date(when, "long", locale=_writing()))


def date(at: int) -> str:
    """The day in the country's time zone, YYYY-MM-DD."""
    return _local(at).date().isoformat()


def hour(at: int) -> Markup:
    """The time of the day, to the minute, in the reader's language and the country's time zone."""
    when = _local(at)
    return _time(when, format_time(when, "short", locale=_writing()))


def calendar_day(text: str) -> str:
    """A date (YYYY-MM-DD) in the reader's language; what is none, such as a year alone, as it stands."""
    try:
        return str(format_date(calendar.fromisoformat(text), "long", locale=_writing()))
    except ValueError:
        return text


def date_order() -> tuple[str, str, str]:
    """The order in which this language writes the parts of a date."""
    return ("year", "month", "day") if _current().language == "zh" else ("day", "month", "year")


def _current() -> Locale:
    return get_locale() or Locale("en")


def _writing() -> Locale:
    # Bare "en" writes dates as the United States do; the fields of a form here ask for the day first.
    locale = _current()
    return Locale("en", "GB") if str(locale) == "en" else locale


def _local(at: int) -> datetime:
    return datetime.fromtimestamp(at, get_timezone() or UTC)


def _time(when: datetime, text: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(when.isoformat(), text)


def _sayer() -> Callable[..., Markup]:
    """The `_` of templates. Their texts are constants, and most have no values: each is made once in each language."""
    constants: defaultdict[str, dict[str, Markup]] = defaultdict(dict)

    def say(text: str, **values: object) -> Markup:
        if values:
            return Markup(gettext(text)) % values  # noqa: S704 (the catalogue is ours, and the values are escaped)
        if "constant_texts" not in g:
            g.constant_texts = constants[str(_current())]
        said: Markup | None = g.constant_texts.get(text)
        if said is None:
            said = g.constant_texts[text] = Markup(gettext(text)) % {}  # noqa: S704 (as above)
        return said

    return say


def _canonical(tag: str) -> str:
    name = tag.replace("-", "_")
    return "zh_Hant" if name.lower().startswith(_TRADITIONAL) else name


def _wishes() -> list[str]:
    """The values of `lang`, and of nothing that only looks like it: others' parameters are not ours to act on."""
    if len(request.query_string) > LONGEST_QUERY:
        return []
    pairs = (pair.partition(b"=") for pair in _pairs() if _is_wish(pair))
    return [unquote_plus(value.decode("latin-1")) for _, _, value in pairs]


def _other_parameters() -> str:
    # As sent, byte for byte: an authorization request must survive the change of language.
    return quote(b"&".join(pair for pair in _pairs() if not _is_wish(pair)), safe=_AS_SENT)


def _pairs() -> list[bytes]:
    return request.query_string.split(b"&")


def _is_wish(pair: bytes) -> bool:
    return unquote_plus(pair.partition(b"=")[0].decode("latin-1")) == _PARAMETER


def _address(query: str) -> str:
    # One leading slash and no backslash: "//host" would lead away from here.
    path = f"{request.root_path.rstrip('/')}/{quote(request.path.lstrip('/'))}"
    return f"{path}?{query}" if query else path


def _own_name(language: str) -> str:
    return _OWN_NAMES.get(language) or Locale.parse(language).get_language_name(language) or language


def _choices(names: Mapping[str, str]) -> list[dict[str, object]]:
    current, here, others = str(_current()), _address(""), _other_parameters()
    return [
        {
            "lang": bcp47(language),
            "name": name,
            "href": f"{here}?" + f"{others}&lang={bcp47(language)}".lstrip("&"),
            "current": language == current,
        }
        for language, name in names.items()
    ]
