"""One message in the outbox: sealed, because it holds an address and often a code."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from idp.foundation.messages.port import Channel
from idp.foundation.outbox import Handler, Job
from idp.foundation.vault.box import Box

KIND = "message"


def compose(box: Box, channel: str, address: str, subject: str, text: str) -> Job:
    """The job that delivers a message through `channel` ("email" or "sms")."""
    body = json.dumps({"address": address, "subject": subject, "text": text}).encode()
    return Job(KIND, {"channel": channel, "sealed": base64.b64encode(box.seal(KIND, body)).decode()})


def handler(channels: Mapping[str, Channel], box: Box) -> Handler:
    """The courier's handler for Job("message")."""

    def deliver(payload: Mapping[str, Any]) -> None:
        body = json.loads(box.open(KIND, base64.b64decode(payload["sealed"])))
        channels[payload["channel"]].deliver(body["address"], body["subject"], body["text"])

    return deliver
