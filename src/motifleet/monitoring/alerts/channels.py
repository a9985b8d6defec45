"""How an alert is told: in a log, to a webhook, by e-mail."""

import http.client
import json
import smtplib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from motifleet.config import Settings
from motifleet.errors import InvalidArgumentError, MonitoringError
from motifleet.monitoring.alerts.addresses import checked_url, resolved

_SECONDS, _MOST_READ = 10.0, 65_536
KINDS = ("log", "webhook", "email")


@dataclass(frozen=True, slots=True)
class Message:
    """What is told.

    Args:
        title: in a few words.
        text: in a sentence or two.
        details: the same for a program.
    """

    title: str
    text: str
    details: Mapping[str, Any]


def checked_channel(channel: str) -> str:
    """See that somebody can be told like this.

    Raises:
        InvalidArgumentError: it is none of the ways.

    >>> checked_channel("email:ann@example.org")
    'email:ann@example.org'
    """
    kind, _, address = channel.partition(":")
    if kind == "webhook":
        checked_url(address)
    elif kind == "email":
        name, _, host = address.partition("@")
        if not (name and host) or not address.isprintable() or set(address) & set(" ,;<>"):
            raise InvalidArgumentError(f"expected email:NAME@HOST, got {channel[:200]!r}")
    elif channel != "log":
        raise InvalidArgumentError(
            f"expected log, webhook:ADDRESS or email:NAME@HOST, got {channel[:100]!r}"
        )
    return channel


@dataclass(frozen=True, slots=True)
class Channels:
    """Tells people and programs of alerts.

    Args:
        settings: of the home.
        log: the file of the channel "log".
    """

    settings: Settings
    log: Path

    def send(self, channel: str, message: Message) -> None:
        """Tell one of them.

        Raises:
            MonitoringError: it could not be told, and why.
        """
        kind, _, address = channel.partition(":")
        try:
            if kind == "webhook":
                post(address, message, private=self.settings.webhook_private)
            elif kind == "email":
                self._mail(address, message)
            else:
                self._write(message)
        except (OSError, http.client.HTTPException, smtplib.SMTPException) as error:
            raise MonitoringError(f"{kind}: {type(error).__name__}: {error}") from error

    def _write(self, message: Message) -> None:
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        line = json.dumps({"title": message.title, "text": message.text, **message.details})
        with self.log.open("a", encoding="utf-8") as log:
            log.write(line + "\n")

    def _mail(self, address: str, message: Message) -> None:
        settings = self.settings
        if not settings.smtp_host:
            raise MonitoringError("expected the setting smtp_host, got none: e-mail needs it")
        letter = EmailMessage()
        # A name comes from people, and a line break in it would begin another header.
        letter["Subject"] = " ".join(message.title.split())
        letter["From"], letter["To"] = settings.smtp_from, address
        letter.set_content(f"{message.text}\n\n{json.dumps(dict(message.details), indent=2)}\n")
        kind = smtplib.SMTP_SSL if settings.smtp_security == "tls" else smtplib.SMTP
        with kind(settings.smtp_host, settings.smtp_port, timeout=_SECONDS) as server:
            if settings.smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            server.send_message(letter)


def post(url: str, message: Message, *, private: bool = False) -> None:
    """Send a message to a webhook; redirects are not followed.

    Args:
        url: its address.
        message: what is told; sent as JSON.
        private: whether it may be on this machine or network.

    Raises:
        MonitoringError: the address is not allowed, or the answer is no success.
        OSError, http.client.HTTPException: it cannot be reached.
    """
    parts = checked_url(url)
    address, port = resolved(parts, private=private)
    connection = _Pinned(address, parts.hostname or "", port, secure=parts.scheme == "https")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    body = json.dumps({"title": message.title, "text": message.text, **message.details})
    headers = {"Content-Type": "application/json", "User-Agent": "motifleet", "Host": parts.netloc}
    try:
        connection.request("POST", path, body.encode(), headers)
        answer = connection.getresponse()
        answer.read(_MOST_READ)
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        told = "redirects are not followed" if 300 <= answer.status < 400 else answer.reason
        raise MonitoringError(f"webhook: expected a success, got {answer.status}: {told}")


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, under the name that it was found by."""

    def __init__(self, address: str, name: str, port: int, *, secure: bool) -> None:
        super().__init__(name, port, timeout=_SECONDS)
        self._address, self._name, self._secure = address, name, secure

    def connect(self) -> None:
        """Connect to the address, whatever the name stands for by now."""
        plain = socket.create_connection((self._address, self.port), _SECONDS)
        if self._secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self._name)
        else:
            self.sock = plain
