"""Frozen settings, read once from the environment or a TOML file, and handed down: nothing below reads either.

`IDP_CONFIG` names a TOML file whose keys are the settings' names in lower case; a variable `IDP_NAME` beats the file.
Every fault is found before anything starts, and all are reported at once, by name.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parent.parent
MIGRATIONS = str(ROOT / "migrations")
LONGEST_CLOSING = 365
LONGEST_REMEMBERED = 90
LONGEST_RECOVERY = 28
"""Letters carry a link that stops it, and those last thirty days."""
LONGEST_CODE = 60
"""FAPI 2.0 Security Profile section 5.3.2.2, item 9."""
LONGEST_PUSHED = 599
"""Item 13 there: less than 600."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Misconfigured(Exception):
    """One or more settings are missing or wrong; `faults` says each in a sentence that begins with its name."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table: how a text becomes a value, what holds without one, and what it is for."""

    parse: Callable[[str], Any]
    default: str
    help: str


def _issuer(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("must be an https URL, such as https://id.example.org")
    if parts.path or parts.query or parts.fragment or parts.username:
        raise ValueError("must be scheme, host and port only, without a final slash")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("must be https; http is for loopback addresses only")
    return text


def _second_issuer(text: str) -> str:
    return _issuer(text) if text else ""


def _header(text: str) -> str:
    if text and (not text.isascii() or not text.replace("-", "").isalnum() or not text.lower().startswith("x-")):
        raise ValueError("must be the name of a header of your own, such as X-SSL-Client-Cert")
    return text


def _nonce(text: str) -> str:
    if text not in ("optional", "required"):
        raise ValueError("must be optional or required")
    return text


def _database(text: str) -> str:
    if text.startswith("sqlite:///"):
        return text
    for scheme in ("postgresql://", "postgres://", "postgresql+psycopg://"):
        if text.startswith(scheme):
            return "postgresql+psycopg://" + text.removeprefix(scheme)
    raise ValueError("must begin with sqlite:/// or postgresql://")


def _seconds(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ValueError("must be a positive number of seconds")
    return int(text)


def _seconds_up_to(longest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if _seconds(text) > longest:
            raise ValueError(f"must be at most {longest} seconds")
        return int(text)

    return parse


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LONGEST_CLOSING:
        raise ValueError(f"must be a number of days from 1 to {LONGEST_CLOSING}")
    return int(text)


def _recovery_days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LONGEST_RECOVERY:
        raise ValueError(f"must be a number of days from 1 to {LONGEST_RECOVERY}")
    return int(text)


def _remember_days(text: str) -> int:
    if not text.isdecimal() or int(text) > LONGEST_REMEMBERED:
        raise ValueError(f"must be a number of days from 0 (never) to {LONGEST_REMEMBERED}")
    return int(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ValueError("must be a positive whole number")
    return int(text)


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return text == "yes"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def _optional_file(text: str) -> Path | None:
    return Path(text) if text else None


def _networks(text: str) -> tuple[str, ...]:
    for word in _words(text):
        try:
            ip_network(word)
        except ValueError as error:
            raise ValueError("must list addresses or networks, such as 10.0.0.5 or 10.0.0.0/8") from error
    return _words(text)


def _channel(text: str) -> str:
    if text != "inbox" and not text.startswith(("smtp://", "smtps://")):
        raise ValueError("must be inbox, or smtp://user:password@host:port, or smtps://…")
    return text


def _gateway(text: str) -> str:
    if text in ("", "inbox", "none"):
        return text
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username:
        raise ValueError("must be inbox, none, or https://… of a gateway, without a user name")
    return text


def _registration(text: str) -> str:
    if text not in ("off", "approval"):
        raise ValueError("must be off or approval")
    return text


SETTINGS: Mapping[str, Setting] = {
    "issuer": Setting(_issuer, "http://localhost:8000", "The provider's own address, as relying parties know it."),
    "database_url": Setting(_database, "", "sqlite:///file or postgresql://…; default: tessera.db in the data folder."),
    "data_dir": Setting(Path, str(ROOT / "var"), "Where the embedded database and audit checkpoints are kept."),
    "keys_dir": Setting(Path, str(ROOT / "keys"), "Where the key files are kept."),
    "theme": Setting(Path, str(ROOT / "theme.toml"), "The country pack: names, colours, legal links."),
    "register": Setting(Path, str(ROOT / "demo" / "register.csv"), "The population register, as CSV."),
    "mail": Setting(
        _channel, "inbox", "How e-mail leaves: inbox (development page) or smtp://user:password@host:port."
    ),
    "mail_from": Setting(str, "no-reply@localhost", "The sender of e-mail."),
    "sms": Setting(_gateway, "", "How text messages leave: inbox (development page), https://… of a gateway, or none."),
    "sms_token": Setting(str, "", "The bearer token for that gateway."),
    "sms_from": Setting(str, "Tessera", "The sender of text messages: a name or number that the gateway may use."),
    "outbound_allow": Setting(
        _words, "", "Private hosts (host or host:port) that may be called, for example for logout."
    ),
    "outbound_ca": Setting(
        _optional_file, "", "A PEM file of authorities that outbound TLS trusts beside those of the system."
    ),
    "client_failures": Setting(
        _positive, "50", "Failed authentications of a client from one address in ten minutes before more are refused."
    ),
    "public_pushes": Setting(
        _positive, "60", "Requests that a client which proves nothing may push from one address in a minute."
    ),
    "request_fetches": Setting(
        _positive, "60", "Signed requests (request_uri) of a client that one address may have us fetch in a minute."
    ),
    "opened_sign_ins": Setting(_positive, "3000", "Sign-ins that may be opened from one address in a minute."),
    "trusted_proxies": Setting(
        _networks, "", "Addresses or networks of the reverse proxies whose X-Forwarded-For is believed."
    ),
    "certificate_header": Setting(
        _header, "", "The header in which those proxies hand over a client's certificate, such as X-SSL-Client-Cert."
    ),
    "client_ca": Setting(
        _optional_file, "", "A PEM file of the authorities that may issue certificates of clients (tls_client_auth)."
    ),
    "mtls_url": Setting(
        _second_issuer, "", "The second address of the provider, where clients are asked for a certificate."
    ),
    "dpop_nonce": Setting(_nonce, "optional", "Whether a DPoP proof must carry a nonce of ours: optional or required."),
    "argon2_memory_kib": Setting(_positive, "19456", "Memory cost of password hashing, in KiB."),
    "argon2_time": Setting(_positive, "2", "Time cost of password hashing, in passes."),
    "breached_passwords": Setting(
        _optional_file, "", "A sorted file of SHA-1 hashes of leaked passwords, which nobody may choose."
    ),
    "attestation": Setting(
        _optional_file, "", "A TOML list of the makes of security keys that cannot be copied, and who vouches for them."
    ),
    "code_lifetime": Setting(_seconds_up_to(LONGEST_CODE), "60", "Seconds an authorization code may wait; at most 60."),
    "par_lifetime": Setting(
        _seconds_up_to(LONGEST_PUSHED), "60", "Seconds a pushed authorization request may wait; less than 600."
    ),
    "access_token_lifetime": Setting(_seconds, "900", "Seconds an access token is valid."),
    "id_token_lifetime": Setting(_seconds, "300", "Seconds an ID token is valid."),
    "refresh_token_lifetime": Setting(_seconds, "2592000", "Seconds a refresh token may rest unused."),
    "session_idle": Setting(_seconds, "3600", "Seconds a browser session may rest unused."),
    "session_absolute": Setting(_seconds, "43200", "Seconds a browser session lasts at most."),
    "fonts_dir": Setting(Path, "/usr/share/fonts", "Where the fonts are that a PDF of somebody's own data is set in."),
    "recovery_days": Setting(
        _recovery_days, "7", "Days in which an account can be kept from who proved to staff that it is theirs."
    ),
    "remember_days": Setting(
        _remember_days, "30", "Days for which a browser remembers who asks for it: her password is enough there."
    ),
    "single_factor": Setting(
        _yes_or_no, "no", "Whether services that want it may accept one factor, such as a password alone: yes or no."
    ),
    "registration": Setting(
        _registration, "off", "Whether services register over the network: off, or approval (in the console)."
    ),
    "software_authorities": Setting(
        _optional_file, "", "A JSON file of who signs software statements: issuer to JWK Set."
    ),
    "closing_days": Setting(_days, "30", "Days from a citizen's wish to close her account to its erasure."),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """See SETTINGS for what each is for."""

    issuer: str
    database_url: str
    data_dir: Path
    keys_dir: Path
    theme: Path
    register: Path
    mail: str
    mail_from: str
    sms: str
    sms_token: str
    sms_from: str
    outbound_allow: tuple[str, ...]
    outbound_ca: Path | None
    client_failures: int
    public_pushes: int
    request_fetches: int
    opened_sign_ins: int
    trusted_proxies: tuple[str, ...]
    certificate_header: str
    client_ca: Path | None
    mtls_url: str
    dpop_nonce: str
    argon2_memory_kib: int
    argon2_time: int
    breached_passwords: Path | None
    attestation: Path | None
    code_lifetime: int
    par_lifetime: int
    access_token_lifetime: int
    id_token_lifetime: int
    refresh_token_lifetime: int
    session_idle: int
    session_absolute: int
    fonts_dir: Path
    recovery_days: int
    remember_days: int
    single_factor: bool
    registration: str
    software_authorities: Path | None
    closing_days: int

    @property
    def https(self) -> bool:
        """Whether cookies are Secure and HSTS is sent."""
        return self.issuer.startswith("https://")

    @property
    def host(self) -> str:
        """The issuer's host: the WebAuthn relying party identifier."""
        return urlsplit(self.issuer).hostname or ""

    @property
    def on_loopback(self) -> bool:
        """Whether this is somebody's own machine: the development inbox and the demo need that."""
        return self.host in LOOPBACK


def load(environment: Mapping[str, str]) -> Settings:
    """Read every setting. Raises Misconfigured naming all faults at once."""
    faults: list[str] = []
    given = _file(environment, faults) | _variables(environment, faults)
    values = {name: _value(name, setting, given, faults) for name, setting in SETTINGS.items()}
    if faults:
        raise Misconfigured(faults)
    values["database_url"] = values["database_url"] or f"sqlite:///{Path(values['data_dir']) / 'tessera.db'}"
    settings = Settings(**values)
    if not settings.sms:
        settings = replace(settings, sms="inbox" if settings.on_loopback else "none")
    contradictions = _contradictions(settings)
    if contradictions:
        raise Misconfigured(contradictions)
    return settings


def _file(environment: Mapping[str, str], faults: list[str]) -> dict[str, str]:
    name = environment.get("IDP_CONFIG")
    if not name:
        return {}
    try:
        document = tomllib.loads(Path(name).read_text())
    except (OSError, ValueError) as error:
        faults.append(f"IDP_CONFIG: {name} cannot be read: {error}")
        return {}
    faults += [f"{key} in {name}: no such setting" for key in document if key not in SETTINGS]
    return {key: _text(value) for key, value in document.items()}


def _text(value: object) -> str:
    return " ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _variables(environment: Mapping[str, str], faults: list[str]) -> dict[str, str]:
    given = {name.removeprefix("IDP_").lower(): value for name, value in environment.items() if name.startswith("IDP_")}
    given.pop("config", None)
    faults += [f"IDP_{key.upper()}: no such setting" for key in given if key not in SETTINGS]
    return given


def _value(name: str, setting: Setting, given: Mapping[str, str], faults: list[str]) -> Any:
    text = given.get(name, "").strip() or setting.default
    if not text:
        return setting.parse(text) if setting.parse is not _database else ""
    try:
        return setting.parse(text)
    except ValueError as error:
        shown = "the address" if "@" in text else repr(text)  # An address with a user name may hold a password.
        faults.append(f"IDP_{name.upper()}: {shown} {error}")
        return None


def _contradictions(settings: Settings) -> list[str]:
    faults = []
    if settings.mail == "inbox" and not settings.on_loopback:
        faults.append("IDP_MAIL: the inbox shows everybody's mail and works on a loopback issuer only; give smtp://…")
    if settings.sms == "inbox" and not settings.on_loopback:
        faults.append("IDP_SMS: the inbox shows everybody's codes and works on a loopback issuer only; give https://…")
    gateway = urlsplit(settings.sms)
    if gateway.scheme == "http" and {gateway.hostname, gateway.netloc}.isdisjoint(settings.outbound_allow):
        faults.append("IDP_SMS: must be https; http is for a host that IDP_OUTBOUND_ALLOW names")
    if settings.certificate_header and not settings.trusted_proxies:
        faults.append("IDP_CERTIFICATE_HEADER: nobody is believed about certificates without IDP_TRUSTED_PROXIES")
    for name, value in {"IDP_CLIENT_CA": settings.client_ca, "IDP_MTLS_URL": settings.mtls_url}.items():
        if value and not settings.certificate_header:
            faults.append(f"{name}: no certificate ever arrives without IDP_CERTIFICATE_HEADER")
    files = {"IDP_THEME": settings.theme, "IDP_REGISTER": settings.register}
    return faults + [f"{name}: {file} does not exist" for name, file in files.items() if not file.exists()]


assert {field.name for field in fields(Settings)} == set(SETTINGS)  # noqa: S101 (the table and the type agree)
