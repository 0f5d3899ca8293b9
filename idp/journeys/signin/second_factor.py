"""The second proof: a code of an app, a passkey, a code by text message, or a saved recovery code."""

from collections.abc import Callable

from idp.domain.authenticators import registry
from idp.domain.authenticators.methods import passkey, recovery_code, sms, totp
from idp.domain.authenticators.port import Answer
from idp.domain.authenticators.proof import Proof
from idp.domain.authenticators.registry import Authenticator
from idp.domain.sessions import logins
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.notify import announce
from idp.journeys.provider import Provider
from idp.journeys.signin.authenticate import Visitor
from idp.journeys.signin.enrol import needs_hardware
from idp.journeys.signin.login import InProgress, add_proof, at_step, look_at
from idp.journeys.signin.prove import Claim, prove
from idp.protocol.assurance import Amr, Strength

STEP = "second-factor"


def with_code(provider: Provider, login_id: str, visitor: Visitor, code: str, *, remember: bool = False) -> None:
    """Check a code of an authenticator app; `remember` has the browser remember her at the end of the sign-in.

    Raises Refusal("authenticators.wrong_code"), ("too_many_attempts") or ("authenticators.switched_off").
    """
    _prove(provider, login_id, visitor, totp.METHOD, Answer(code), _wish(login_id, visitor, remember=remember))


def with_recovery_code(provider: Provider, login_id: str, visitor: Visitor, code: str) -> None:
    """Check a saved recovery code; every address of the person is told. Raises as `with_code`."""

    def tell(tx: Tx, person_id: str) -> None:
        left = recovery_code.left(tx.connection, person_id)
        announce(tx, provider, person_id, "recovery_code_used", left=left)

    _prove(provider, login_id, visitor, recovery_code.METHOD, Answer(code), tell)


def with_text_message(
    provider: Provider, login_id: str, visitor: Visitor, code: str, *, remember: bool = False
) -> None:
    """Check the code that was sent last. As `with_code`; raises also Refusal("authenticators.code_expired")."""
    login = look_at(provider, login_id, visitor.browser, visitor.session).login
    challenge_id = login.facts.get("sms", {}).get("challenge", "")
    wish = _wish(login_id, visitor, remember=remember)
    _prove(provider, login_id, visitor, sms.METHOD, Answer(code, challenge_id), wish)


def passkey_options(provider: Provider, progress: InProgress) -> tuple[str, str]:
    """(challenge id, options as JSON) for those of the person's own passkeys that are enough."""
    with provider.transaction() as tx:
        hardware = _only_hardware(tx, progress)
        return passkey.authentication_options(tx, provider.rp_id, progress.person_id, hardware=hardware)


def with_passkey(provider: Provider, login_id: str, visitor: Visitor, challenge_id: str, response: str) -> None:
    """Check a passkey's answer. Raises Refusal("authenticators.passkey...."), of one too weak for the service too."""
    _prove(provider, login_id, visitor, passkey.METHOD, Answer(response, challenge_id))


def held_by(provider: Provider, progress: InProgress) -> tuple[Authenticator, ...]:
    """The second factors to offer: those that bring the sign-in as far as the service needs, or as they can."""
    with provider.reading() as connection:
        held = [one for one in registry.of(connection, progress.person_id) if one.strength > Strength.ONE_FACTOR]
    most = max((one.strength for one in held), default=Strength.RESTRICTED)
    wanted = min(most, max(progress.goal.authentication, Strength.RESTRICTED))
    return tuple(one for one in held if one.strength >= wanted)


def _prove(
    provider: Provider,
    login_id: str,
    visitor: Visitor,
    method: str,
    answer: Answer,
    then: Callable[[Tx, str], None] | None = None,
) -> None:
    def claim(tx: Tx) -> Claim:
        person_id = _turn(tx, provider, login_id, visitor).person_id
        return Claim(person_id, person_id)

    def accept(tx: Tx, person_id: str, proof: Proof) -> None:
        progress = _turn(tx, provider, login_id, visitor)
        if progress.person_id != person_id:
            raise Refusal("signin.out_of_turn", "somebody else signed in meanwhile")
        if method == passkey.METHOD and Amr.HARDWARE_KEY not in proof.amr and _only_hardware(tx, progress):
            raise Refusal("authenticators.passkey.not_hardware", "the service needs a key that cannot be copied")
        add_proof(tx, login_id, visitor.browser, person_id, proof)
        if then is not None:
            then(tx, person_id)

    prove(provider, method, answer, claim, accept)


def _wish(login_id: str, visitor: Visitor, *, remember: bool) -> Callable[[Tx, str], None]:
    def keep(tx: Tx, _person_id: str) -> None:
        logins.establish(tx, login_id, visitor.browser, remember=remember or None)

    return keep


def _only_hardware(tx: Tx, progress: InProgress) -> bool:
    """Whether the service needs a key that cannot be copied, and the person holds one."""
    most = registry.reachable(tx.connection, progress.person_id)
    return most is Strength.HARDWARE and needs_hardware(progress)


def _turn(tx: Tx, provider: Provider, login_id: str, visitor: Visitor) -> InProgress:
    return at_step(tx, provider, login_id, visitor.browser, visitor.session, STEP)
