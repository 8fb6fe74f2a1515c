"""A password in front of everything, where whoever runs the server sets one: HTTP Basic (RFC 7617), under any name."""

import hmac
import os
import struct
import time
from hashlib import sha256
from ipaddress import IPv4Address, ip_address, ip_network
from urllib.parse import urlsplit

from flask import Flask, request

from turdify.errors import PasswordNeeded, TooManyGuesses
from turdify.slots import OTHERS, locked

# So many wrong passwords may come from one address in as many seconds; then none of its is looked at.
GUESSES, GUESSES_S = 10, TooManyGuesses.retry_after_s

# Where all processes of a server count them: since when, and how many, in so many places. Which one is an address's
# nobody can tell who hasn't the key; two addresses in one place, a rare thing, have their guesses together.
COUNTED, PLACES = struct.Struct("dQ"), 2**16


class Door:
    """Who may come in: whoever has the password. Doors of the same `key` count together."""

    def __init__(self, password: str, key: str) -> None:
        self.digest, self.key = digest(password), key.encode()

    def check(self, password: str, address: str) -> None:
        """Raises PasswordNeeded, and TooManyGuesses without a look at the password."""
        place = OTHERS + COUNTED.size * self.place(address)
        with locked(place) as file:
            now = time.monotonic()
            since, count = COUNTED.unpack(os.pread(file, COUNTED.size, place) or bytes(COUNTED.size))
            if count == 0 or now - since > GUESSES_S:
                since, count = now, 0
            right = count < GUESSES and hmac.compare_digest(digest(password), self.digest)
            if not right:  # one that is right forgives no wrong ones: it may be a neighbor's
                os.pwrite(file, COUNTED.pack(since, count + 1), place)
        if not right:
            raise TooManyGuesses if count >= GUESSES else PasswordNeeded

    def place(self, address: str) -> int:
        return int.from_bytes(hmac.digest(self.key, address.encode(), "sha256")) % PLACES


def register(app: Flask, password: str) -> None:
    """Everything but the health checks, which those who run it ask, needs the password; "" is none."""
    door = Door(password, app.config["SECRET_KEY"])

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
    """An IPv4 address, mapped into IPv6 or not, or the network of an IPv6 one (/64): a home has billions of those.

    Without the port that some load balancers add: 192.0.2.1:51234, [2001:db8::1]:443. "" for what is no address.
    """
    has_port = address.startswith("[") or address.count(":") == 1
    try:
        known = ip_address(urlsplit(f"//{address}").hostname or "" if has_port else address)
    except ValueError:
        return ""
    if isinstance(known, IPv4Address):
        return str(known)
    return str(known.ipv4_mapped or ip_network((known, 64), strict=False))
