"""A DNS server on loopback, UDP and TCP, in front of a function that answers questions."""

import logging
import socket
import socketserver
import struct
import threading
from collections.abc import Callable
from typing import Self, cast

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdatatype
import dns.rrset

from local_aws.route53.answers import Answer, Code, Line

logger = logging.getLogger(__name__)

Answerer = Callable[[str, str], Answer]
"""Answers a question (name, record type); called from several threads."""

ADDRESS = "127.0.0.1"
_ATTEMPTS = 20
_TCP_TIMEOUT = 5.0


class DnsServerError(OSError):
    """The server could not be bound; the message names the port."""


class DnsServer:
    """Serves until :meth:`stop`. With port 0 the system chooses one, the same for UDP and TCP."""

    def __init__(self, answer: Answerer, port: int = 0) -> None:
        self._udp, self._tcp = _bind(answer, port)
        self.port: int = self._udp.server_address[1]
        self._threads = [
            threading.Thread(target=server.serve_forever, args=(0.05,), name=f"dns-{label}", daemon=True)
            for label, server in (("udp", self._udp), ("tcp", self._tcp))
        ]

    def start(self) -> Self:
        """Answer from now on."""
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Close both sockets; returns when nothing answers any more."""
        for server, thread in zip((self._udp, self._tcp), self._threads, strict=True):
            if thread.is_alive():
                server.shutdown()
                thread.join(timeout=2)
            server.server_close()


class _Udp(socketserver.UDPServer):
    def __init__(self, answer: Answerer, port: int) -> None:
        self.answer = answer
        super().__init__((ADDRESS, port), _UdpHandler)


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, answer: Answerer, port: int) -> None:
        self.answer = answer
        super().__init__((ADDRESS, port), _TcpHandler)


class _UdpHandler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        query, connection = self.request
        reply = respond(query, cast(_Udp, self.server).answer)
        if reply is not None:
            connection.sendto(reply, self.client_address)


class _TcpHandler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.settimeout(_TCP_TIMEOUT)
        try:
            while (query := _framed(self.request)) is not None:
                reply = respond(query, cast(_Tcp, self.server).answer)
                if reply is None:
                    return
                self.request.sendall(struct.pack("!H", len(reply)) + reply)
        except OSError:
            return  # the client went away or fell silent: its affair


def respond(query: bytes, answer: Answerer) -> bytes | None:
    """Return the reply to a query in wire format; None for what is no DNS query and deserves silence."""
    try:
        message = dns.message.from_wire(query, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError, struct.error):
        return None
    if message.flags & dns.flags.QR:
        return None
    return _reply(message, answer).to_wire()


def _reply(message: dns.message.Message, answer: Answerer) -> dns.message.Message:
    reply = dns.message.make_response(message)
    if message.opcode() != dns.opcode.QUERY or len(message.question) != 1:
        reply.set_rcode(dns.rcode.NOTIMP)
        return reply
    question = message.question[0]
    try:
        found = answer(question.name.to_text(), dns.rdatatype.to_text(question.rdtype))
        records = [_rrset(line) for line in found.lines]
    except Exception:  # one broken record must not take the server down; the client gets an error, the log says why
        logger.exception("no answer for %s", question)
        found, records = Answer(Code.SERVFAIL), []
    reply.set_rcode(dns.rcode.Rcode(found.code.value))
    reply.flags |= dns.flags.AA
    reply.answer.extend(records)
    return reply


def _rrset(line: Line) -> dns.rrset.RRset:
    return dns.rrset.from_text(line.name + ".", line.ttl, "IN", line.kind, line.value)


def _framed(connection: socket.socket) -> bytes | None:
    """Read one length-prefixed message; None when the client has closed."""
    size = _exactly(connection, 2)
    return None if size is None else _exactly(connection, struct.unpack("!H", size)[0])


def _exactly(connection: socket.socket, size: int) -> bytes | None:
    data = b""
    while len(data) < size:
        chunk = connection.recv(size - len(data))
        if not chunk:
            return None
        data += chunk
    return data


def _bind(answer: Answerer, port: int) -> tuple[_Udp, _Tcp]:
    """Bind UDP and TCP to one port; where the system's choice for UDP is taken for TCP, choose again."""
    for _ in range(_ATTEMPTS if port == 0 else 1):
        try:
            udp = _Udp(answer, port)
        except OSError as error:
            raise DnsServerError(f"cannot serve DNS on {ADDRESS}:{port}: {error}") from error
        try:
            return udp, _Tcp(answer, udp.server_address[1])
        except OSError:
            udp.server_close()
    raise DnsServerError(f"cannot serve DNS on {ADDRESS}:{port}: taken for TCP")
