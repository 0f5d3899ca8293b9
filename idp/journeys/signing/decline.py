"""A citizen declines to sign, and says why; the service learns it."""

from idp.domain.signatures import ceremonies
from idp.journeys.provider import Provider
from idp.journeys.signing.review import mine


def decline(provider: Provider, ceremony_id: str, person_id: str, reason: str, comment: str) -> None:
    """End the ceremony without a signature. `reason` is one of `ceremonies.DECLINE_REASONS`.

    Raises what `review.mine` raises, and Refusal("signatures.over").
    """
    with provider.transaction() as tx:
        ceremony = mine(tx.connection, provider, ceremony_id, person_id, tx.now)
        ceremonies.decline(tx, provider.box, ceremony, person_id, reason, comment)
