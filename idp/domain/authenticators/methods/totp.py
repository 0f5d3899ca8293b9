"""RFC 6238, https://www.rfc-editor.org/rfc/rfc6238: codes of an authenticator app. pyotp does the arithmetic.

A step is spent once, for all nodes: neither a replayed code nor two parallel requests with one code succeed twice.
"""

import base64
import hmac
import io
import re
from dataclasses import dataclass

import pyotp
import segno
from sqlalchemy import Connection, select

from idp.domain.authenticators import registry
from idp.domain.authenticators.port import Answer
from idp.domain.authenticators.proof import POSSESSION, Proof
from idp.domain.authenticators.registry import Authenticator
from idp.domain.authenticators.tables import authenticators
from idp.foundation.once import first_sight
from idp.foundation.randomness import octets
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.foundation.vault.vault import Vault
from idp.protocol.assurance import Amr

METHOD = registry.TOTP
STEP = 30
DRIFT = 1
"""Steps a clock may be off, either way."""
MASK = 3
"""Trying all eight masks (ISO/IEC 18004 section 7.8) takes four times as long, and any of them can be scanned."""
OLD = 20
"""Steps for which a code is known to be old, and not merely wrong."""
DECOY = (("", "A" * 32),)
"""Compared for whoever has no app, so that this takes the same time; it opens nothing."""
TABLE, COLUMN = "authenticators", "sealed"
_SECRET = re.compile(r"[A-Z2-7]{16,128}")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What is shown once: the secret to type, the address behind the code, and the code as inline SVG."""

    secret: str
    uri: str
    qr_svg: str


def begin(issuer_name: str, account: str, secret: str = "") -> Enrolment:
    """A new secret of 160 bits, or the page of one that was begun."""
    secret = secret or base64.b32encode(octets(20)).decode()
    uri = pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer_name)
    drawn = io.BytesIO()
    segno.make(uri, error="m", mask=MASK).save(drawn, kind="svg", xmldecl=False, scale=5, border=4)
    return Enrolment(secret, uri, drawn.getvalue().decode())


def add(tx: Tx, vault: Vault, person_id: str, secret: str, code: str, label: str) -> tuple[Authenticator, Proof]:
    """Bind an app that shows the right code now, which was a proof. Raises Refusal("authenticators.wrong_code").

    The code is spent before the app is bound, so a form that is sent twice binds it once.
    """
    check_new(tx, person_id, secret, code)
    added = adopt(tx, vault, person_id, secret, label)
    return added, _proof(tx, added.id)


def check_new(tx: Tx, person_id: str, secret: str, code: str) -> None:
    """The first half of `add`, for an app that is bound later. Raises Refusal("authenticators.wrong_code")."""
    step = _matching_step(secret, code, tx.now)
    if step is None or not _spend_step(tx, person_id, step, code):
        raise Refusal("authenticators.wrong_code", "the code does not match, or was used before")


def adopt(tx: Tx, vault: Vault, person_id: str, secret: str, label: str = "") -> Authenticator:
    """Bind a secret that another system has proved.

    Raises Refusal("authenticators.totp.secret") if it is no Base32, or has less than the 80 bits that the oldest apps
    were given; secrets made here have 160.
    """
    secret = secret.replace(" ", "").upper().rstrip("=")
    if not _is_usable(secret):
        raise Refusal("authenticators.totp.secret", "a TOTP secret is 16 to 128 characters of Base32")
    sealed = vault.seal(tx.connection, person_id, TABLE, COLUMN, secret)
    return registry.add(tx, person_id, METHOD, label, sealed=sealed)


class TotpMethod:
    """An authenticator app."""

    name = METHOD

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def attempt(self, tx: Tx, person_id: str | None, answer: Answer) -> "TotpAttempt":
        """Open the secrets of the person's apps."""
        whose = person_id or "nobody"
        secrets = [
            (authenticator_id, self._vault.open(tx.connection, whose, TABLE, COLUMN, sealed))
            for authenticator_id, sealed in _held(tx.connection, whose)
        ]
        return TotpAttempt(whose, secrets, answer.text, tx.now)


class TotpAttempt:
    """A code typed, and the secrets of the apps that may have shown it."""

    def __init__(self, person_id: str, secrets: list[tuple[str, str]], code: str, now: int) -> None:
        self.person_id = person_id
        self._secrets, self._code, self._now = secrets, code, now
        self._matches: list[tuple[str, int]] = []
        self._is_old = False

    def evaluate(self) -> None:
        """Compare the code with what each app shows, and has shown lately."""
        for one, secret in self._secrets or DECOY:
            step = _matching_step(secret, self._code, self._now)
            was_shown = _was_shown(secret, self._code, self._now)
            if step is not None and one:
                self._matches.append((one, step))
            self._is_old |= was_shown and bool(one)

    def settle(self, tx: Tx) -> Proof:
        """Spend the step. Raises Refusal("authenticators.wrong_code" | "authenticators.code_used" | "….code_old").

        What was used or is old is never right again, so saying so helps nobody but its owner.
        """
        for authenticator_id, step in self._matches:
            if _spend_step(tx, self.person_id, step, self._code):
                return _proof(tx, authenticator_id)
        if self._matches:
            raise Refusal("authenticators.code_used", "the code was used before")
        if self._is_old:
            raise Refusal("authenticators.code_old", "the code is one of some minutes ago")
        raise Refusal("authenticators.wrong_code", "no app shows this code")


def is_held(connection: Connection, vault: Vault, person_id: str, secret: str) -> bool:
    """Whether one of the person's apps has this very secret."""
    opened = [vault.open(connection, person_id, TABLE, COLUMN, sealed) for _, sealed in _held(connection, person_id)]
    return any(hmac.compare_digest(one.encode(), secret.encode()) for one in opened)


def _is_usable(secret: str) -> bool:
    if not _SECRET.fullmatch(secret):
        return False
    try:
        pyotp.TOTP(secret)
    except ValueError:
        return False
    return True


def _held(connection: Connection, person_id: str) -> list[tuple[str, bytes]]:
    mine = (authenticators.c.person_id == person_id, authenticators.c.method == METHOD)
    statement = select(authenticators.c.id, authenticators.c.sealed)
    return [
        (row.id, row.sealed)
        for row in connection.execute(statement.where(*mine, authenticators.c.removed_at.is_(None)))
    ]


def _matching_step(secret: str, code: str, now: int) -> int | None:
    """The time step whose code this is, of those that count."""
    return _step_among(range(-DRIFT, DRIFT + 1), secret, code, now)


def _was_shown(secret: str, code: str, now: int) -> bool:
    """Whether the code was right some minutes ago. Of codes to come nothing is said: they could be kept until then."""
    return _step_among(range(-OLD, -DRIFT), secret, code, now) is not None


def _step_among(offsets: range, secret: str, code: str, now: int) -> int | None:
    """Every step is compared, in constant time each."""
    totp = pyotp.TOTP(secret)
    steps = [now // STEP + offset for offset in offsets]
    matches = [step for step in steps if hmac.compare_digest(totp.at(step * STEP).encode(), code.encode())]
    return matches[0] if matches else None


def _spend_step(tx: Tx, person_id: str, step: int, code: str) -> bool:
    """By person and code, not by app: two apps with one secret show one code, which works once all the same."""
    expires_at = (step + DRIFT + 2) * STEP
    return first_sight(tx, "totp_step", f"{person_id}|{step}|{code}", expires_at)


def _proof(tx: Tx, authenticator_id: str) -> Proof:
    registry.used(tx, authenticator_id)
    return Proof(METHOD, authenticator_id, frozenset({POSSESSION}), (Amr.ONE_TIME_PASSWORD,), tx.now)
