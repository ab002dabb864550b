"""Mails: made whole, then left as a file or handed to an SMTP server."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from pathlib import Path

from journeykit.errors import ChannelError
from journeykit.files import publish_bytes
from journeykit.settings import MailSection

PASSWORD = "JOURNEYKIT_SMTP_PASSWORD"  # noqa: S105 - the variable's name, not a password
_SECONDS = 30


@dataclass(frozen=True)
class Attachment:
    """An HTML page that travels with a mail."""

    name: str
    html: str


def write_mail(
    key: str,
    *,
    sender: str,
    recipients: Sequence[str],
    subject: str,
    text: str,
    html: str = "",
    attachment: Attachment | None = None,
) -> EmailMessage:
    """One mail; `key` makes its Message-ID, so that a mail server can tell a repetition.

    Examples
    --------
    >>> mail = write_mail("r1", sender="bank@example.org", recipients=["a@example.org"], subject="Report",
    ...                   text="Good morning")
    >>> mail["Message-ID"]
    '<r1@journeykit.invalid>'
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = ", ".join(recipients)
    message["Subject"] = subject
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = f"<{key}@journeykit.invalid>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    if attachment:
        # as bytes, so that it arrives as it was sent, line ends included
        message.add_attachment(
            attachment.html.encode(),
            maintype="text",
            subtype="html",
            filename=attachment.name,
            params={"charset": "utf-8"},
        )
    return message


def send_mail(message: EmailMessage, settings: MailSection, folder: Path, name: str) -> str:
    """Leave a mail as `<name>.eml` in `folder`, or hand it to the server; says where it went.

    Raises
    ------
    ChannelError
        The server cannot be reached, or refuses; the message never holds the password.
    """
    if settings.transport == "file":
        return str(publish_bytes(folder / f"{name}.eml", message.as_bytes(), private=folder))
    where = f"{settings.host}:{settings.port}"
    try:
        with smtplib.SMTP(settings.host, settings.port, timeout=_SECONDS) as server:
            if settings.starttls:
                server.starttls(context=ssl.create_default_context())
            if settings.username:
                server.login(settings.username, os.environ.get(PASSWORD, ""))
            refused = server.send_message(message)
    except smtplib.SMTPAuthenticationError as error:
        raise ChannelError(
            f"The mail server {where} refuses user '{settings.username}'. Set {PASSWORD}."
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise ChannelError(
            f"The mail server {where} does not take mail: {error}. Check [mail] in journeykit.toml."
        ) from error
    if refused:
        raise ChannelError(f"The mail server {where} refuses {', '.join(refused)}. Correct the job's owners.")
    return f"smtp://{where}"
