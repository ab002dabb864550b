"""Mails against a real SMTP server on loopback that insists on encryption and a password."""

import email
import email.policy
import ipaddress
import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from journeykit.errors import ChannelError
from journeykit.reports.mail import send_mail, write_mail
from journeykit.settings import MailSection


def certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder / "cert.pem", folder / "key.pem"


class Handler:
    def __init__(self):
        self.received = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        encrypted = session.ssl is not None
        self.received.append(
            (encrypted, email.message_from_bytes(envelope.content, policy=email.policy.default))
        )
        return "250 OK"


@pytest.fixture
def server(tmp_path, monkeypatch):
    certificate_file, key_file = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_file, key_file)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    def check(_server, _session, _envelope, _mechanism, data):
        return AuthResult(
            handled=False, success=data.password == b"right-password" and data.login == b"journeykit"
        )

    handler = Handler()
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=port,
        tls_context=context,
        require_starttls=True,
        authenticator=check,
        auth_required=True,
    )
    controller.start()
    yield (
        handler,
        MailSection(transport="smtp", host="127.0.0.1", port=port, starttls=True, username="journeykit"),
    )
    controller.stop()


MAIL = write_mail(
    "r1", sender="bank@example.org", recipients=["a@example.org"], subject="日报", text="早", html="<p>早</p>"
)


def test_a_mail_arrives_encrypted_after_the_password_from_the_environment(server, monkeypatch, tmp_path):
    handler, settings = server
    monkeypatch.setenv("JOURNEYKIT_SMTP_PASSWORD", "right-password")
    send_mail(MAIL, settings, tmp_path, "r1")
    ((encrypted, message),) = handler.received
    assert encrypted and message["Subject"] == "日报"
    assert message.get_body(("plain",)).get_content().strip() == "早"


def test_a_wrong_password_is_refused_and_never_shown(server, monkeypatch, tmp_path):
    _, settings = server
    monkeypatch.setenv("JOURNEYKIT_SMTP_PASSWORD", "wrong-password")
    with pytest.raises(ChannelError, match="refuses user 'journeykit'") as caught:
        send_mail(MAIL, settings, tmp_path, "r1")
    assert "wrong-password" not in str(caught.value)


def test_an_unknown_certificate_is_refused(server, monkeypatch, tmp_path):
    handler, settings = server
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    with pytest.raises(ChannelError, match="does not take mail"):
        send_mail(MAIL, settings, tmp_path, "r1")
    assert handler.received == []


def test_a_mail_as_a_file_replaces_the_one_before(tmp_path):
    for _ in range(2):
        send_mail(MAIL, MailSection(), tmp_path, "r1")
    (path,) = tmp_path.iterdir()
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert message["Message-ID"] == "<r1@journeykit.invalid>"
    assert message.get_body(("html",)).get_content().strip() == "<p>早</p>"
