"""Speak SMTP, one command at a time. Nothing else imports `smtplib`.

`smtplib.sendmail` raises the same error whether or not the server took the message; here each
command is given by itself, so that it is known how far a try had come.
"""

import smtplib
import ssl
import time
from typing import Any
from urllib.parse import SplitResult, unquote

from typing_extensions import override

from coopoutreach.mail.outgoing.rules import Answer, Phase

#: The answer to a command that is as good as done.
OK = 250
_CONNECT_SECONDS = 5.0
_BLOCK = 65536


class Failed(Exception):
    """A step did not go well; says at which one, and what was answered."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.text)
        self.answer = answer


def open_connection(url: SplitResult, until: float) -> "Connection":
    """Connect, encrypt where the server can, and sign in where the address names somebody."""
    connection = Connection(url, until)
    try:
        connection.greet()
        if url.scheme == "smtp" and connection.client.has_extn("starttls"):
            connection.encrypt()
        if url.username:
            connection.sign_in(unquote(url.username), unquote(url.password or ""))
    except BaseException:
        connection.close()
        raise
    return connection


class _Client(smtplib.SMTP):
    """smtplib's client; every wait of it ends when the time of the whole try does."""

    until = 0.0

    def left(self) -> float:
        """Return how many seconds are left.

        :raises TimeoutError: when there are none
        """
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("time is up")
        return left

    @override
    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.file: Any = _Lines(self)
        return super().getreply()

    @override
    def send(self, s: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(self.left())
        super().send(s)


class _TlsClient(_Client, smtplib.SMTP_SSL):
    """The same over a connection that is encrypted from the first byte."""


class _Lines:
    """Reads lines as they come; a server that drips gets no more time than one that is quick."""

    def __init__(self, client: _Client) -> None:
        self._client = client
        self._kept = b""

    def readline(self, limit: int) -> bytes:
        while b"\n" not in self._kept and len(self._kept) < limit:
            sock = self._client.sock
            if sock is None:
                return b""
            sock.settimeout(self._client.left())
            received = sock.recv(_BLOCK)
            if not received:
                break
            self._kept += received
        end = min(self._kept.find(b"\n") + 1 or len(self._kept), limit)
        line, self._kept = self._kept[:end], self._kept[end:]
        return line

    def close(self) -> None:
        self._kept = b""


class Connection:
    """One conversation with a server; what goes wrong in it says at which step."""

    def __init__(self, url: SplitResult, until: float) -> None:
        self._host = url.hostname or ""
        self._url = url
        self._secure = url.scheme == "smtps"
        local = "localhost" if self._loopback else None
        if self._secure:
            self.client: _Client = _TlsClient(
                local_hostname=local,
                timeout=_CONNECT_SECONDS,
                context=ssl.create_default_context(),
            )
        else:
            self.client = _Client(local_hostname=local, timeout=_CONNECT_SECONDS)
        self.until = until

    @property
    def until(self) -> float:
        """When the time of this try is over, by the monotonic clock."""
        return self.client.until

    @until.setter
    def until(self, until: float) -> None:
        self.client.until = until

    @property
    def _loopback(self) -> bool:
        return self._host in ("localhost", "127.0.0.1", "::1")

    def greet(self) -> None:
        """Connect, hear the banner and say hello."""
        phase = Phase.CONNECT
        try:
            port = self._url.port or (smtplib.SMTP_SSL_PORT if self._secure else smtplib.SMTP_PORT)
            # smtplib names the server in STARTTLS by what it was made with.
            self.client._host = self._host  # type: ignore[attr-defined]  # noqa: SLF001
            code, text = self.client.connect(self._host, port)
            phase = Phase.BANNER
            _expect(phase, code, text, 220)
            phase = Phase.HELLO
            code, text = self.client.ehlo()
            if code != OK:
                code, text = self.client.helo()
            _expect(phase, code, text, OK)
        except (OSError, smtplib.SMTPException) as error:
            raise Failed(_broken(phase, error)) from error

    def encrypt(self) -> None:
        """Go over to TLS and say hello again; the server has to be who it says it is."""
        try:
            code, text = self.client.starttls(context=ssl.create_default_context())
            _expect(Phase.TLS, code, text, 220)
            self.client.ehlo()
            self._secure = True
        except (OSError, smtplib.SMTPException) as error:
            raise Failed(_broken(Phase.TLS, error)) from error

    def sign_in(self, user: str, password: str) -> None:
        """Sign in; never by a password that others on the way could read."""
        if not (self._secure or self._loopback):
            why = "the server offers no encryption, and a password must not travel without"
            raise Failed(Answer(Phase.AUTH, None, why, untrusted=True))
        try:
            self.client.login(user, password)
        except smtplib.SMTPResponseException as error:
            raise Failed(Answer(Phase.AUTH, error.smtp_code, _text(error.smtp_error))) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Failed(Answer(Phase.AUTH, None, str(error), untrusted=True)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Failed(_broken(Phase.AUTH, error)) from error

    def step(self, phase: Phase, command: str, wanted: int) -> Answer:
        """Give a command; whatever else than `wanted` is answered ends the try."""
        try:
            self.client.putcmd(command)
            code, text = self.client.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise Failed(_broken(phase, error)) from error
        return _expect(phase, code, text, wanted)

    def body(self, raw: bytes) -> Answer:
        """Send the message and its dot; from then on the server may have taken it."""
        # A line that is a dot would end the message; ours rarely begin with one at all.
        dotted = raw.replace(b"\r\n.", b"\r\n..") if b"\r\n." in raw else raw
        ending = b".\r\n" if dotted.endswith(b"\r\n") else b"\r\n.\r\n"
        try:
            self.client.send(dotted + ending)
        except (OSError, smtplib.SMTPException) as error:
            raise Failed(_broken(Phase.BODY, error)) from error
        try:
            code, text = self.client.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise Failed(_broken(Phase.DOT, error)) from error
        return _expect(Phase.DOT, code, text, OK)

    def leave(self) -> None:
        """Say QUIT, and do not mind what is answered."""
        try:
            self.client.until = time.monotonic() + 1.0
            self.client.quit()
        except (OSError, smtplib.SMTPException):
            self.close()

    def close(self) -> None:
        """Hang up."""
        self.client.close()


def _expect(phase: Phase, code: int, text: bytes, wanted: int) -> Answer:
    answer = Answer(phase, code if code > 0 else None, _text(text))
    if code // 10 != wanted // 10:
        raise Failed(answer)
    return answer


def _broken(phase: Phase, error: Exception) -> Answer:
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code > 0:
        return Answer(phase, error.smtp_code, _text(error.smtp_error))
    untrusted = isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError)
    what = "time is up" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
    return Answer(phase, None, what, untrusted=untrusted and phase is not Phase.DOT)


def _text(text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(said.split())[:500]
