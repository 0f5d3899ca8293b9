"""Telling a person something, at every proven address, in her language."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection

from idp.domain.people import identifiers, records
from idp.domain.recovery import alarms
from idp.foundation.messages.message import compose
from idp.foundation.transaction import Tx
from idp.journeys.provider import Provider

ROOT = Path(__file__).parent.parent.parent
TRANSLATIONS = ROOT / "idp" / "translations"


def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([ROOT / "templates" / "mail", ROOT / "templates"]),
        extensions=["jinja2.ext.i18n"],
        autoescape=False,  # noqa: S701 (plain text for a mail body, never HTML)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    catalogue = Translations.load(str(TRANSLATIONS), [language])
    environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    return environment


_ENVIRONMENTS = {language: _environment(language) for language in ("en", "zh_Hant", "ar")}


def notify(tx: Tx, provider: Provider, person_id: str, template: str, **facts: object) -> None:
    """Queue templates/mail/<template>.txt to every proven e-mail address and telephone number of the person.

    The first line of the template is the subject.
    """
    locale = records.get(tx.connection, person_id).locale
    for kind, address in _addresses(tx.connection, provider, person_id):
        write_to(tx, provider, kind, address, template, locale, **facts)


def announce(
    tx: Tx,
    provider: Provider,
    person_id: str,
    template: str,
    *,
    device: str = "",
    authenticator_id: str | None = None,
    **facts: object,
) -> None:
    """As `notify`, with a link by which she says that it was not she (NIST SP 800-63B section 4.6).

    `authenticator_id` is what was bound; the link takes it away again.
    """
    secret = alarms.prepare(tx, person_id, template, device, authenticator_id)
    link = f"{provider.issuer}/not-me/{secret}"
    notify(tx, provider, person_id, template, not_me=link, device=device, **facts)


def spoken_day(provider: Provider, at: int, locale: str) -> str:
    """The day of a time in Unix seconds, in words, in the country's time zone."""
    when = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(provider.timezone))
    return str(format_date(when, "long", locale="en_GB" if locale == "en" else locale))


def write_to(tx: Tx, provider: Provider, kind: str, address: str, template: str, locale: str, **facts: object) -> None:
    """Queue a message to one address, also of somebody who is no person here yet. `kind` is "email" or "sms".

    A text message ends without a line break: the browsers that fill in its code look at the last line.
    """
    words = _ENVIRONMENTS.get(locale, _ENVIRONMENTS["en"]).get_template(f"{template}.txt")
    subject, _, text = words.render(issuer=provider.issuer, name=provider.rp_name, **facts).partition("\n")
    if kind in provider.channels:
        tx.send(compose(provider.box, kind, address, subject.strip(), text.strip() + ("\n" if kind == "email" else "")))


def _addresses(connection: Connection, provider: Provider, person_id: str) -> list[tuple[str, str]]:
    channel = {"email": "email", "phone": "sms"}
    return [
        (channel[one.kind], one.value)
        for one in identifiers.of(connection, provider.vault, person_id)
        if one.kind in channel and one.verified_at is not None
    ]
