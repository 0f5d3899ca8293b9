"""One message in the outbox: sealed, because it holds an address and often a code."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from idp.foundation.messages.port import Channel
from idp.foundation.outbox import Handler, Job
from idp.foundation.randomness import identifier
from idp.foundation.refusal import Refusal
from idp.foundation.vault.box import Box

KIND = "message"


def compose(box: Box, channel: str, address: str, subject: str, text: str) -> Job:
    """The job that delivers a message through `channel` ("email" or "sms")."""
    body = {"address": address, "subject": subject, "text": text, "reference": identifier()}
    sealed = box.seal(KIND, json.dumps(body).encode())
    return Job(KIND, {"channel": channel, "sealed": base64.b64encode(sealed).decode()}, about=channel)


def handler(channels: Mapping[str, Channel], box: Box) -> Handler:
    """The courier's handler for Job("message")."""

    def deliver(payload: Mapping[str, Any]) -> None:
        body = json.loads(box.open(KIND, base64.b64decode(payload["sealed"])))
        channel = channels.get(payload["channel"])
        if channel is None:
            raise Refusal("messages.no_channel", f"there is no channel for {payload['channel']} any more")
        channel.deliver(body["address"], body["subject"], body["text"], body.get("reference", ""))

    return deliver
