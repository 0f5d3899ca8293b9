"""Passkeys and security keys of somebody who is signed in: made when asked, or beside a password that was just used.

What the browser is told of them follows the signal methods of Web Authentication Level 3 section 5.1.10.
"""

import json
from base64 import urlsafe_b64encode

from idp.domain.authenticators import registry
from idp.domain.authenticators.methods import new_passkey, password
from idp.domain.authenticators.methods.passkey import METHOD, descriptors
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.notify import announce
from idp.journeys.provider import Provider
from idp.journeys.signin.enrol import account_name, options_to_make
from idp.protocol.assurance import Strength


def options(provider: Provider, person_id: str, *, security_key: bool = False) -> tuple[str, str]:
    """(challenge id, options as JSON) for making a passkey, or for adding a security key."""
    with provider.transaction() as tx:
        return options_to_make(tx, provider, person_id, security_key=security_key)


def add(provider: Provider, person_id: str, challenge_id: str, response: str, label: str) -> None:
    """Bind a passkey; to an account without a password one that verifies its user, for it is a way in by itself.

    Raises Refusal("authenticators.passkey....").
    """
    with provider.transaction() as tx:
        made = new_passkey.check_new(tx, person_id, provider.rp, challenge_id, response, provider.makes)
        if not made.user_verified and password.stored(tx.connection, person_id) is None:
            raise Refusal("authenticators.passkey.unverified", "the device did not verify its user")
        added, _ = new_passkey.bind(tx, made, label)
        announce(tx, provider, person_id, "authenticator_added", authenticator_id=added.id, method=METHOD)


def quiet_options(provider: Provider, person_id: str) -> tuple[str, str] | None:
    """As `options`, for a browser that makes one without asking; None for somebody who has a passkey already.

    None, too, for somebody with nothing but a password: from then on she would be asked for a passkey of which she
    does not know, on devices that do not have it.
    """
    with provider.reading() as connection:
        held = registry.of(connection, person_id)
    if any(one.method == METHOD for one in held) or all(one.strength is Strength.ONE_FACTOR for one in held):
        return None
    with provider.transaction() as tx:
        return options_to_make(tx, provider, person_id, purpose=new_passkey.QUIETLY)


def add_quietly(provider: Provider, person_id: str, challenge_id: str, response: str, label: str) -> None:
    """Bind what the browser made beside the password. Raises Refusal("authenticators.passkey....")."""
    with provider.transaction() as tx:
        bind_quietly(tx, provider, person_id, challenge_id, response, label)


def bind_quietly(tx: Tx, provider: Provider, person_id: str, challenge_id: str, response: str, label: str) -> None:
    """As `add_quietly`, for a sign-in that is still going on."""
    quietly = new_passkey.QUIETLY
    made = new_passkey.check_new(tx, person_id, provider.rp, challenge_id, response, provider.makes, quietly)
    added, _ = new_passkey.bind(tx, made, label)
    announce(tx, provider, person_id, "authenticator_added", authenticator_id=added.id, method=METHOD)


def signals(provider: Provider, person_id: str) -> list[tuple[str, str]]:
    """What the browser's password manager should know, as (method of PublicKeyCredential, options as JSON)."""
    user_id = urlsafe_b64encode(person_id.encode()).rstrip(b"=").decode()
    with provider.reading() as connection:
        accepted = [one["id"] for one in descriptors(connection, person_id)]
        name = account_name(connection, provider, person_id)
    whose = {"rpId": provider.rp_id, "userId": user_id}
    return [
        ("signalAllAcceptedCredentials", json.dumps(whose | {"allAcceptedCredentialIds": accepted})),
        ("signalCurrentUserDetails", json.dumps(whose | {"name": name, "displayName": name})),
    ]


def unknown(provider: Provider, credential_id: str) -> tuple[str, str]:
    """The same for a passkey that was offered and that we do not know, or not any more."""
    options = {"rpId": provider.rp_id, "credentialId": credential_id}
    return "signalUnknownCredential", json.dumps(options)
