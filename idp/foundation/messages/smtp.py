"""A Channel over SMTP (RFC 5321), with TLS, by the standard library."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

TIMEOUT = 10


class SmtpChannel:
    """`url` is smtp://user:password@host:port (STARTTLS when it is offered) or smtps://… (TLS from the start)."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._tls else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender

    def deliver(self, address: str, subject: str, text: str, reference: str = "") -> None:
        """See Channel.deliver. Raises smtplib.SMTPException or OSError."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, address, subject
        if reference:
            message["Message-ID"] = f"<{reference}@{parseaddr(self._sender)[1].rpartition('@')[2]}>"
        message.set_content(text)
        with self._connected() as server:
            if self._user:
                server.login(self._user, self._password)
            server.send_message(message)

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._tls:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT, context=context)
        server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
        elif self._user:
            server.close()
            raise smtplib.SMTPException("a password is never sent without TLS")
        return server
