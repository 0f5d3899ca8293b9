"""Admitting people that another system has verified already."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from idp.domain.authenticators.methods import password, totp
from idp.domain.oversight import roles
from idp.domain.people import attributes, identifiers, records
from idp.domain.people.records import Status
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.provider import Provider
from idp.protocol import email_address, telephone_number, username
from idp.protocol.assurance import Level
from idp.protocol.identity_assurance import CLAIMS, Check, CheckMethod, Evidence, Verification

OPERATOR = "operator"
CONTACTS = {"email": ("email", "email_verified"), "phone": ("phone_number", "phone_number_verified")}


@dataclass(frozen=True, slots=True)
class Newcomer:
    """One person of an import, as written there; `claims` by their OpenID Connect names."""

    username: str
    password: str
    totp_secret: str = ""
    claims: Mapping[str, object] = field(default_factory=dict)
    assurance: str = "low"
    status: str = "active"
    locale: str = "en"
    roles: tuple[str, ...] = ()


def read(document: Mapping[str, object]) -> Newcomer:
    """Check the shape of one entry. Raises Refusal("people.import") naming what is wrong."""
    name, secret = document.get("username"), document.get("password")
    if not isinstance(name, str) or not name or not isinstance(secret, str) or not secret:
        raise Refusal("people.import", "username and password are needed, both as text.")
    document = {**document, "username": _as_written(name)}
    unknown = set(document) - set(Newcomer.__slots__)
    if unknown:
        raise Refusal("people.import", f"{name}: unknown members {', '.join(sorted(unknown))}.")
    newcomer = Newcomer(**{**document, "roles": tuple(document.get("roles", ()))})  # type: ignore[arg-type]
    if Level.of(newcomer.assurance) is None or newcomer.status not in set(Status) - {Status.CLOSING}:
        raise Refusal("people.import", f"{name}: assurance or status is not one that exists.")
    if not isinstance(newcomer.claims, dict):
        raise Refusal("people.import", f"{name}: claims must be an object.")
    return newcomer


def admit(provider: Provider, newcomer: Newcomer) -> str | None:
    """Make the record; returns its identifier, or None if the user name was known (then nothing is changed).

    Raises Refusal("people.confusable") for one that only looks like somebody's, and ("people.import") for a telephone
    number that is none.
    """
    if _is_known(provider, newcomer.username):
        return None
    newcomer = replace(newcomer, claims=_with_one_number(newcomer, provider.telephone_region))
    encoded = provider.hasher.hash(newcomer.password)  # Slow on purpose, so outside the transaction.
    with provider.transaction() as tx:
        person = records.create(tx, provider.vault, locale=newcomer.locale)
        identifiers.claim(tx, provider.vault, person.id, "username", newcomer.username, tx.now)
        _fill(tx, provider, person.id, newcomer)
        password.set_password(tx, person.id, encoded)
        if newcomer.totp_secret:
            totp.adopt(tx, provider.vault, person.id, newcomer.totp_secret)
        for role in newcomer.roles:
            roles.grant(tx, person.id, roles.Role(role), OPERATOR)
        if newcomer.status != Status.ACTIVE:
            records.set_status(tx, person.id, Status(newcomer.status), OPERATOR, "import")
    return person.id


def _as_written(name: str) -> str:
    """The user name in its one spelling. An e-mail address may be one, too."""
    try:
        return email_address.canonical(name) if "@" in name else username.enforced(name)
    except Refusal as refusal:
        raise Refusal("people.import", f"{name}: {refusal.reason}.") from refusal


def _with_one_number(newcomer: Newcomer, region: str) -> dict[str, object]:
    """The claims, with the telephone number in its one form, which is also the one that services expect (E.164)."""
    claims = dict(newcomer.claims)
    number = claims.get("phone_number")
    if number is None:
        return claims
    try:
        return claims | {"phone_number": telephone_number.e164(str(number), region)}
    except Refusal as refusal:
        raise Refusal("people.import", f"{newcomer.username}: phone_number: {refusal.reason}.") from refusal


def _is_known(provider: Provider, name: str) -> bool:
    with provider.reading() as connection:
        owner = identifiers.owner(connection, provider.vault, "username", name)
        held = identifiers.of(connection, provider.vault, owner, "username") if owner else ()
    if held and username.folded(name) not in {username.folded(one.value) for one in held}:
        like = ", ".join(one.value for one in held)
        raise Refusal("people.confusable", f"The user name {name} looks like {like}, which is another person's.")
    return bool(held)


def _fill(tx: Tx, provider: Provider, person_id: str, newcomer: Newcomer) -> None:
    claims = newcomer.claims
    attributes.put(tx, provider.vault, person_id, claims, "import")
    for kind, (claim, proven) in CONTACTS.items():
        value = claims.get(claim)
        if isinstance(value, str):
            identifiers.claim(tx, provider.vault, person_id, kind, value, tx.now if claims.get(proven) else None)
    national = claims.get("national_identifier")
    if isinstance(national, str):
        identifiers.claim(tx, provider.vault, person_id, "national_identifier", national, tx.now)
    level = Level.of(newcomer.assurance) or Level.LOW
    if level > Level.LOW:
        records.set_assurance(
            tx,
            provider.vault,
            person_id,
            level,
            _verification(provider.trust_framework, tx.now, level, claims),
            OPERATOR,
        )


def _verification(framework: str, now: int, level: Level, claims: Mapping[str, object]) -> Verification:
    check = Check(method=CheckMethod.LOOKED_UP, at=now, organisation="Population Register")
    evidence = Evidence(type="electronic_record", kind="population_register", checks=(check,))
    verified = tuple(name for name in CLAIMS if name in claims)
    return Verification(framework, level.word, now, verified, process="import", evidence=(evidence,))
