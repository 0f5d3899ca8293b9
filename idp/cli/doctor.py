"""`idp doctor`: looks at settings, database, keys and theme, and says what to do about each fault."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import click
from sqlalchemy.exc import DBAPIError

from idp.cli.house import House, pass_house, tell
from idp.config import MIGRATIONS, SETTINGS, Misconfigured
from idp.domain.clients import registrations, registry
from idp.domain.signatures.authority import AuthorityMaterial
from idp.foundation import database
from idp.foundation.keyring.port import MissingKey
from idp.journeys.clients.grading import Report, reports
from idp.parts import create_authorities, create_breached, create_outbound
from idp.protocol.assurance import Level, Strength

BAD_GRADES = "DEF"
BEFORE_BAD = "C"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: `ok`, `warning` or `fault`, and what to do."""

    check: str
    state: str
    advice: str


def _settings(house: House) -> Iterator[Finding]:
    settings = house.settings
    yield Finding("settings", "ok", f"issuer {settings.issuer}")
    if settings.on_loopback:
        yield Finding("issuer", "warning", "is a loopback address: fit for development only. Set IDP_ISSUER.")
    if settings.mail == "inbox":
        yield Finding("mail", "warning", "goes to the development inbox. Set IDP_MAIL to smtp://… for real mail.")
    if settings.sms == "inbox":
        yield Finding("sms", "warning", "goes to the development inbox. Set IDP_SMS to https://… of a gateway.")
    if settings.sms == "none":
        yield Finding("sms", "warning", "does not leave, so nobody can prove a telephone number. Set IDP_SMS.")
    if settings.https and not settings.trusted_proxies:
        yield Finding("proxy", "warning", "is not trusted, so everybody shares its limits. Set IDP_TRUSTED_PROXIES.")
    if settings.argon2_memory_kib < 19456:  # noqa: PLR2004 (OWASP's least for two passes)
        yield Finding("passwords", "warning", "are hashed below OWASP's least. Raise IDP_ARGON2_MEMORY_KIB to 19456.")


def _breached(house: House) -> Iterator[Finding]:
    if house.settings.breached_passwords is None:
        yield Finding("breaches", "warning", "are not known, so leaked passwords are accepted. See `idp passwords -h`.")
        return
    try:
        create_breached(house.settings)
    except Misconfigured as error:
        yield Finding("breaches", "fault", str(error))
    else:
        yield Finding("breaches", "ok", str(house.settings.breached_passwords))


def _outbound(house: House) -> Iterator[Finding]:
    if house.settings.outbound_ca is None:
        return
    try:
        create_outbound(house.settings)
    except Misconfigured as error:
        yield Finding("outbound", "fault", str(error))
    else:
        yield Finding("outbound", "ok", f"TLS also trusts {house.settings.outbound_ca}")


def _database(house: House) -> Iterator[Finding]:
    try:
        database.check(house.store, MIGRATIONS)
    except database.Outdated as error:
        yield Finding("database", "fault", f"{error} Run `idp db upgrade`.")
    except DBAPIError as error:
        reason = str(error.orig).partition("\n")[0]
        yield Finding("database", "fault", f"{reason} See that it runs and that IDP_DATABASE_URL is right.")
    else:
        yield Finding("database", "ok", house.store.url.render_as_string(hide_password=True))


def _keys(house: House) -> Iterator[Finding]:
    try:
        for entry in house.keyring.inventory:
            house.keyring.signer(entry.purpose, entry.algorithm)
        AuthorityMaterial.load(house.settings.keys_dir / "authority")
    except MissingKey as error:
        yield Finding("keys", "fault", str(error))
        return
    except DBAPIError:
        yield Finding("keys", "fault", "cannot be looked up before the database is right.")
        return
    yield Finding("keys", "ok", f"{len(house.keyring.inventory)} purposes have an active key, and so has signing")
    secret = (*house.settings.keys_dir.glob("*.json"), *house.settings.keys_dir.glob("authority/*.key"))
    loose = [file.name for file in secret if file.stat().st_mode & 0o077]
    if loose:
        yield Finding("keys", "fault", f"others can read {', '.join(loose)}. Run chmod 600 on them.")


def _theme(house: House) -> Iterator[Finding]:
    problems = house.country.problems()
    yield from (Finding("theme", "fault", problem) for problem in problems)
    if not problems:
        yield Finding("theme", "ok", "every colour pair can be read")


def _assurance(house: House) -> Iterator[Finding]:
    if house.country.policy[Level.HIGH] < Strength.HARDWARE:
        advice = "`high` can be reached without certified hardware: a key that can be copied, or a code, will do."
        yield Finding("assurance", "warning", f"{advice} Say AAL3 under [assurance] in the country pack.")


def _single_factor(house: House) -> Iterator[Finding]:
    """A service that accepts one factor says so itself, so whoever looks after this installation is told which do."""
    try:
        with house.store.reading() as connection:
            names = [client.id for client in registry.listing(connection).sound if client.metadata.single_factor]
    except DBAPIError:
        return  # The database has a finding of its own.
    listed = ", ".join(names)
    if house.settings.single_factor:
        advice = f"is accepted by {listed}." if names else "is accepted by no service. Set IDP_SINGLE_FACTOR=no."
        yield Finding("one factor", "warning", f"is allowed, and {advice}")
    elif names:
        yield Finding("one factor", "warning", f"is wanted by {listed}, and IDP_SINGLE_FACTOR does not allow it.")
    else:
        yield Finding("one factor", "ok", "is accepted nowhere")


def _services(house: House) -> Iterator[Finding]:
    try:
        with house.store.reading() as connection:
            found = reports(connection, production=not house.settings.on_loopback)
            waiting = registrations.count_waiting(connection)
    except DBAPIError:
        return  # The database is a fault of its own.
    for report in found:
        if report.faults:
            yield Finding("services", "fault", _refused_today(report))
    bad = [f"{one.client_id} ({one.grade})" for one in found if one.grade in BAD_GRADES and not one.faults]
    if bad:
        yield Finding("services", "warning", f"could be safer: {', '.join(bad)}. Run `idp clients lint`.")
    elif found and not any(report.faults for report in found):
        yield Finding("services", "ok", f"{len(found)} are registered, none graded worse than {BEFORE_BAD}")
    if waiting:
        yield Finding("services", "warning", f"{waiting} registrations wait for approval in the console.")


def _refused_today(report: Report) -> str:
    remedy = (
        "Correct what `idp clients export` prints of it, add its secret if it has one, and `idp clients import` it."
    )
    return f"{report.client_id} can do nothing, because today's rules refuse it: {' '.join(report.faults)} {remedy}"


def _software(house: House) -> Iterator[Finding]:
    try:
        known = create_authorities(house.settings)
    except Misconfigured as error:
        yield Finding("software", "fault", str(error))
        return
    if known and house.settings.registration == "off":
        yield Finding("software", "warning", "has authorities, but IDP_REGISTRATION is off.")


CHECKS: tuple[Callable[[House], Iterator[Finding]], ...] = (
    _settings,
    _breached,
    _outbound,
    _database,
    _keys,
    _theme,
    _assurance,
    _single_factor,
    _services,
    _software,
)


@click.command(
    epilog="Settings:\n\n" + "\n\n".join(f"IDP_{name.upper()}: {one.help}" for name, one in SETTINGS.items())
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@pass_house
def doctor(house: House, as_json: bool) -> None:
    """Check that this installation is fit to run; exits with 1 if something is at fault."""
    findings = [finding for check in CHECKS for finding in check(house)]
    lines = [f"{finding.state:8} {finding.check:10} {finding.advice}" for finding in findings]
    tell(as_json, [asdict(finding) for finding in findings], *lines)
    if any(finding.state == "fault" for finding in findings):
        raise SystemExit(1)
