"""A password in front of everything, where whoever runs the server sets one: HTTP Basic (RFC 7617), under any name."""

import time
from hashlib import sha256
from hmac import compare_digest
from ipaddress import ip_address, ip_network
from threading import Lock

from flask import Flask, request

from turdify.errors import PasswordNeeded, TooManyGuesses

# So many wrong passwords may come from one address in as many seconds; then none of its is looked at. A process counts
# for itself, and remembers so many addresses.
GUESSES, GUESSES_S = 10, TooManyGuesses.retry_after_s
ADDRESSES = 10_000


class Door:
    """Who may come in: whoever has the password."""

    def __init__(self, password: str) -> None:
        self.digest = digest(password)
        self.wrong: dict[str, tuple[float, int]] = {}  # by address: since when, and how many
        self.lock = Lock()

    def check(self, password: str, address: str) -> None:
        """Raises PasswordNeeded, and TooManyGuesses without a look at the password."""
        with self.lock:
            now = time.monotonic()
            since, count = self.wrong.pop(address, (now, 0))
            if now - since > GUESSES_S:
                since, count = now, 0
            right = count < GUESSES and compare_digest(digest(password), self.digest)
            if count or not right:  # one that is right forgives no wrong ones: it may be a neighbor's
                self.wrong[address] = (since, count + (not right))
                if len(self.wrong) > ADDRESSES:
                    del self.wrong[next(iter(self.wrong))]
        if not right:
            raise TooManyGuesses if count >= GUESSES else PasswordNeeded


def register(app: Flask, password: str) -> None:
    """Everything but the health checks, which those who run it ask, needs the password; "" is none."""
    door = Door(password)

    def ask() -> None:
        if request.blueprint == "health":
            return
        given = request.authorization
        if given is None or given.type != "basic" or given.password is None:
            raise PasswordNeeded
        door.check(given.password, network(request.remote_addr or ""))

    if password:
        app.before_request(ask)


def digest(password: str) -> bytes:
    """As long as any other's, so that to compare them tells no length."""
    return sha256(password.encode("utf-8", "surrogateescape")).digest()


def network(address: str) -> str:
    """An IPv4 address, or the network of an IPv6 one (/64): a home has billions of those."""
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    return address if known.version == 4 else str(ip_network((address, 64), strict=False))
