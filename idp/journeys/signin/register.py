"""A new citizen: an address that was proved, a way to sign in, a second factor, recovery codes.

The journey's own facts live in a login row, so it survives a restart and belongs to one browser. Each step finds its
turn in `step_of`, as signing in does. Only at the end does the newcomer count as signed in: until then the sign-in that
the row stands for knows nobody, so no step can be skipped by going there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from idp.domain.authenticators import levels
from idp.domain.authenticators.methods import new_passkey, one_time_code, password, password_policy, recovery_code, totp
from idp.domain.authenticators.methods.totp import Enrolment
from idp.domain.authenticators.proof import Proof
from idp.domain.people import attributes, identifiers, records
from idp.domain.people.records import Person
from idp.domain.sessions import logins
from idp.domain.sessions.logins import Login
from idp.foundation.limits import Limit, network_of, take
from idp.foundation.once import first_sight
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.notify import notify, write_to
from idp.journeys.provider import Provider
from idp.journeys.signin.authenticate import Visitor
from idp.journeys.signin.pending_secret import read, sealed
from idp.protocol.assurance import Strength

PURPOSE = "registration"
PER_ADDRESS = Limit("registration.mail", 5, 3600)
PER_NETWORK = Limit("registration.network", 60, 3600)


@dataclass(frozen=True, slots=True)
class Turn:
    """One step of registration, and when it is due."""

    name: str
    due: Callable[[Mapping[str, Any]], bool]


STEPS = (
    Turn("address", lambda facts: "code" not in facts and "proved" not in facts),
    Turn("code", lambda facts: "proved" not in facts),
    Turn("method", lambda facts: "newcomer" not in facts),
    Turn("second-factor", lambda facts: not facts.get("two_factors")),
    Turn("recovery-codes", lambda facts: not facts.get("codes_saved")),
)


def step_of(login: Login) -> str | None:
    """The step that is due; None when the citizen can go on."""
    return next((turn.name for turn in STEPS if turn.due(login.facts)), None)


def look_at(provider: Provider, login_id: str, visitor: Visitor) -> Login:
    """Where the registration stands. Raises Refusal("signin.gone")."""
    with provider.reading() as connection:
        return logins.get(connection, login_id, visitor.browser, provider.store.now())


def address_of(provider: Provider, login: Login) -> str:
    """The e-mail address given, which is kept sealed until there is a person to seal it for."""
    return read(provider.box, login.facts.get("address"))


def give_address(provider: Provider, login_id: str, visitor: Visitor, email: str, locale: str) -> None:
    """Send a code to the address. The answer is the same whether or not it has an account; its owner is told which."""
    blind = provider.vault.blind("email", email)
    with provider.transaction() as tx:
        _turn(tx, login_id, visitor, "address", "code")
        take(tx, PER_NETWORK, network_of(visitor.address))
        take(tx, PER_ADDRESS, blind)
        code_id, code = one_time_code.issue(tx, PURPOSE, blind)
        owner = _owner(tx, provider, email)
        link = f"{provider.issuer}/register/{login_id}/link?code={code}"
        template = "registration_code" if owner is None else "registration_known"
        language = locale if owner is None else owner.locale
        write_to(tx, provider, "email", email, template, language, code=code, link=link)
        kept = sealed(provider.box, email)
        facts = {"address": kept, "code": code_id, "known": owner is not None, "locale": locale}
        logins.establish(tx, login_id, visitor.browser, **facts)


def prove_address(provider: Provider, login_id: str, visitor: Visitor, code: str) -> None:
    """Check the code. Raises Refusal("authenticators.wrong_code") or ("authenticators.code_expired")."""
    with provider.transaction() as tx:
        login = _turn(tx, login_id, visitor, "code")
        blind = provider.vault.blind("email", address_of(provider, login))
        one_time_code.verify(tx, login.facts["code"], code, PURPOSE, blind)
        if login.facts["known"]:
            # A lucky guess: the code was sent to nobody. Its owner was told by mail; whoever tries here learns nothing.
            raise Refusal("authenticators.wrong_code", "the address has an account")
        logins.establish(tx, login_id, visitor.browser, proved=True)


def change_address(provider: Provider, login_id: str, visitor: Visitor) -> None:
    """Start again with another address, or ask for another code."""
    with provider.transaction() as tx:
        _turn(tx, login_id, visitor, "code")
        logins.establish(tx, login_id, visitor.browser, address=None, code=None, known=None)


def choose_password(provider: Provider, login_id: str, visitor: Visitor, text: str) -> None:
    """Make the record with a password; a second factor must follow. Raises Refusal("authenticators.password....")."""
    login = look_at(provider, login_id, visitor)
    if step_of(login) != "method":
        raise Refusal("signin.out_of_turn", "it is not the turn of this step")
    password_policy.check(
        text, second_factor=True, breached=provider.breached, personal=_words(address_of(provider, login))
    )
    provider.hasher.refuse_if_full()
    encoded = provider.hasher.hash(text)  # Slow on purpose, so outside the transaction.
    with provider.transaction() as tx:
        login = _turn(tx, login_id, visitor, "method")
        person_id = _admit(tx, provider, login)
        password.set_password(tx, person_id, encoded)
        held = password.stored(tx.connection, person_id)
        proofs = [] if held is None else [password.proof(tx, held[0]).document()]
        logins.establish(tx, login_id, visitor.browser, newcomer=person_id, evidence=proofs)


def passkey_options(provider: Provider, login_id: str, visitor: Visitor) -> tuple[str, str]:
    """(challenge id, options as JSON) for making a passkey, as the way in or as the second factor."""
    with provider.transaction() as tx:
        login = _turn(tx, login_id, visitor, "method", "second-factor")
        person_id = login.facts.get("newcomer") or login.facts.get("reserved")
        if person_id is None:
            person_id = records.reserve()
            logins.establish(tx, login_id, visitor.browser, reserved=person_id)
        name = address_of(provider, login)
        return new_passkey.registration_options(tx, person_id, provider.rp_id, provider.rp_name, name)


def add_passkey(
    provider: Provider, login_id: str, visitor: Visitor, challenge_id: str, response: str, label: str
) -> None:
    """Bind a passkey: after a password any, without one such as verifies its user, which is two factors.

    Raises Refusal("authenticators.passkey....").
    """
    with provider.transaction() as tx:
        login = _turn(tx, login_id, visitor, "method", "second-factor")
        newcomer = login.facts.get("newcomer")
        person_id = newcomer or login.facts.get("reserved", "")
        made = new_passkey.check_new(tx, person_id, provider.rp, challenge_id, response, provider.makes)
        if newcomer is None:
            if not made.user_verified:
                raise Refusal("authenticators.passkey.unverified", "the device did not verify its user")
            _admit(tx, provider, login, person_id)
        _, proof = new_passkey.bind(tx, made, label)
        _prove(tx, login_id, visitor, login, person_id, proof)


def begin_totp(provider: Provider, login_id: str, visitor: Visitor) -> Enrolment:
    """The secret and its QR code; the same one until it is confirmed, so that a reload does not spoil it."""
    with provider.transaction() as tx:
        login = _turn(tx, login_id, visitor, "second-factor")
        secret = read(provider.box, login.facts.get("totp"))
        enrolment = totp.begin(provider.rp_name, address_of(provider, login), secret)
        logins.establish(tx, login_id, visitor.browser, totp=sealed(provider.box, enrolment.secret))
        return enrolment


def add_totp(provider: Provider, login_id: str, visitor: Visitor, code: str, label: str) -> None:
    """Bind the app that shows the right code. Raises Refusal("authenticators.wrong_code")."""
    with provider.transaction() as tx:
        login = _turn(tx, login_id, visitor, "second-factor")
        person_id = login.facts["newcomer"]
        secret = read(provider.box, login.facts.get("totp"))
        _, proof = totp.add(tx, provider.vault, person_id, secret, code, label)
        _prove(tx, login_id, visitor, login, person_id, proof)


def recovery_codes(provider: Provider, login_id: str, visitor: Visitor) -> list[str]:
    """The codes to save, made once; a reload shows the same ones until they are said to be saved."""
    with provider.transaction() as tx:
        login = _turn(tx, login_id, visitor, "recovery-codes")
        if "codes" in login.facts:
            return read(provider.box, login.facts["codes"]).split()
        codes = recovery_code.issue(tx, login.facts["newcomer"])
        logins.establish(tx, login_id, visitor.browser, codes=sealed(provider.box, " ".join(codes)))
        return codes


def codes_saved(provider: Provider, login_id: str, visitor: Visitor) -> None:
    """The last step: the codes are forgotten here, and the citizen is welcomed."""
    with provider.transaction() as tx:
        login = _turn(tx, login_id, visitor, "recovery-codes")
        notify(tx, provider, login.facts["newcomer"], "welcome")
        signed_in = {"person": login.facts["newcomer"], "proofs": login.facts["evidence"]}
        cleared = dict.fromkeys(("codes", "totp", "address", "code", "known", "reserved", "evidence"))
        logins.establish(tx, login_id, visitor.browser, codes_saved=True, **signed_in, **cleared)


def _owner(tx: Tx, provider: Provider, email: str) -> Person | None:
    """Who signs in by this address, or has it on record unproved: a second record would be one person twice.

    The same is looked up whoever it is, so that the time it takes tells nothing.
    """
    by_name = identifiers.sign_in_name(tx.connection, provider.vault, email)
    by_address = identifiers.owner(tx.connection, provider.vault, "email", email)
    return records.find(tx.connection, by_name or by_address or "nobody")


def _turn(tx: Tx, login_id: str, visitor: Visitor, *steps: str) -> Login:
    login = logins.get(tx.connection, login_id, visitor.browser, tx.now, lock=True)
    if step_of(login) not in steps:
        raise Refusal("signin.out_of_turn", f"it is not the turn of {steps[0]}")
    return login


def _admit(tx: Tx, provider: Provider, login: Login, reserved: str | None = None) -> str:
    email = address_of(provider, login)
    locale = login.facts.get("locale", "en")
    # Two registrations that proved one address: the second waits here for the first, and then finds its record.
    first_sight(tx, PURPOSE, provider.vault.blind("email", email), tx.now + provider.lifetimes.login)
    if _owner(tx, provider, email) is not None:
        raise Refusal("people.identifier_taken", "the address has an account by now")
    person = records.create(tx, provider.vault, locale=locale, person_id=reserved)
    identifiers.claim(tx, provider.vault, person.id, "email", email, tx.now)
    attributes.put(tx, provider.vault, person.id, {"email": email, "email_verified": True}, "person")
    return person.id


def _prove(tx: Tx, login_id: str, visitor: Visitor, login: Login, person_id: str, proof: Proof) -> None:
    proofs = [Proof.of(document) for document in login.facts.get("evidence", [])] + [proof]
    enough = levels.strength(proofs) > Strength.ONE_FACTOR
    documents = [one.document() for one in proofs]
    logins.establish(tx, login_id, visitor.browser, newcomer=person_id, evidence=documents, two_factors=enough or None)


def _words(email: str) -> list[str]:
    name, _, host = email.partition("@")
    return [email, name, host.partition(".")[0]]
