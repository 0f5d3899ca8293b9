"""A password that leaked elsewhere opens the door once more: to choose another (NIST SP 800-63B section 3.1.1.2)."""

from idp.domain.authenticators import lockout, registry
from idp.domain.authenticators.methods import password, password_policy
from idp.domain.people import attributes, identifiers
from idp.domain.sessions import logins
from idp.foundation.refusal import Refusal
from idp.journeys.notify import announce
from idp.journeys.oidc.log_out import end_every_session
from idp.journeys.provider import Provider
from idp.journeys.signin.authenticate import Visitor
from idp.journeys.signin.login import at_step, look_at
from idp.protocol.assurance import Strength

STEP = "new-password"


def has_second_factor(provider: Provider, person_id: str) -> bool:
    """Whether signing in takes a second factor, so that a password may be shorter."""
    with provider.reading() as connection:
        return registry.reachable(connection, person_id) > Strength.ONE_FACTOR


def encode(provider: Provider, person_id: str, text: str) -> str:
    """The hash of what may be the person's password. Raises Refusal("authenticators.password....") or ("too_busy").

    Slow on purpose, so never within a transaction.
    """
    second = has_second_factor(provider, person_id)
    with provider.reading() as connection:
        own = attributes.read(connection, provider.vault, person_id, ("name", "given_name", "family_name"))
        names = [one.value for one in identifiers.of(connection, provider.vault, person_id)]
    personal = [*names, *map(str, own.values())]
    password_policy.check(text, second_factor=second, breached=provider.breached, personal=personal)
    provider.hasher.refuse_if_full()
    return provider.hasher.hash(text)


def renew(provider: Provider, login_id: str, visitor: Visitor, text: str) -> None:
    """Replace it and go on; wherever the old one had opened a session, that ends.

    Raises Refusal("authenticators.password....") or ("signin.out_of_turn").
    """
    person_id = look_at(provider, login_id, visitor.browser, visitor.session).person_id
    encoded = encode(provider, person_id, text)
    with provider.transaction() as tx:
        progress = at_step(tx, provider, login_id, visitor.browser, visitor.session, STEP)
        if progress.person_id != person_id:
            raise Refusal("signin.out_of_turn", "somebody else signed in meanwhile")
        password.set_password(tx, person_id, encoded)
        lockout.success(tx, password.METHOD, person_id)
        mine = visitor.session if visitor.session and visitor.session.person_id == person_id else None
        end_every_session(tx, provider, person_id, "password changed", person_id, mine)
        logins.establish(tx, login_id, visitor.browser, leaked=None)
        announce(tx, provider, person_id, "password_changed")
