"""A Channel over a gateway for text messages: one POST of JSON for each, over HTTPS (RFC 9110, RFC 6750)."""

from http import HTTPStatus

from idp.foundation.outbound import OutboundClient
from idp.foundation.refusal import Refusal


class GatewayChannel:
    """`url` takes an object of to, from, text and reference, and answers 2xx for what it will deliver.

    A reference comes again when an answer was lost: the gateway should send such a message once. `token` is sent as
    a bearer token if there is one; `sender` is a name or a number that the gateway may send from.
    """

    def __init__(self, outbound: OutboundClient, url: str, token: str, sender: str) -> None:
        self._outbound, self._url, self._token, self._sender = outbound, url, token, sender

    def deliver(self, address: str, _subject: str, text: str, reference: str = "") -> None:
        """See Channel.deliver; the text says everything. Raises Refusal("messages.gateway") or ("outbound.…")."""
        message = {"to": address, "from": self._sender, "text": text, "reference": reference}
        status = self._outbound.post_json(self._url, message, self._token)
        if not HTTPStatus(200) <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise Refusal("messages.gateway", f"the gateway for text messages answered {status}")
