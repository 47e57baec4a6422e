"""What an error of a connection means: what is wrong in a phrase, and what the operator does about it."""

import socket
import ssl
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`finding` begins a sentence or stands after a colon; `remedy` is a sentence for the operator."""

    finding: str
    remedy: str


def of_network(error: BaseException, *, what: str, setting: str) -> Fault | None:
    """What keeps us from `what`, whose address is in `setting`, on the way there; None when it lies elsewhere."""
    # The order counts: an error of a certificate is an error of TLS, which is an OSError.
    for found in _causes(error):
        match found:
            case ssl.SSLCertVerificationError():
                return Fault(
                    finding=f"{what} shows a certificate that is not trusted here",
                    remedy=f"Correct the host in {setting}, or give it the certificate of who signed.",
                )
            case ssl.SSLError():
                return Fault(
                    finding=f"{what} does not speak TLS with us",
                    remedy=f"Ask for no TLS in {setting}, or switch it on at the other end.",
                )
            case socket.gaierror():
                return Fault(
                    finding=f"the host of {setting} has no address",
                    remedy=f"Correct the host in {setting}, or the name service.",
                )
            case ConnectionRefusedError():
                return Fault(
                    finding=f"nothing listens at the address of {what}",
                    remedy=f"Start {what}, or correct host and port in {setting}.",
                )
            case TimeoutError():
                return Fault(
                    finding=f"{what} does not answer in time",
                    remedy=f"Look whether {what} hangs, or whether a firewall lies before the address in {setting}.",
                )
            case OSError() if found.errno is not None:
                return Fault(
                    finding=f"{what} cannot be reached ({found.strerror or found})",
                    remedy=f"Look at the network, or correct the address in {setting}.",
                )
    return None


def _causes(error: BaseException) -> "list[BaseException]":
    """The error and what it came from, the innermost first: a driver wraps what the system said."""
    found: list[BaseException] = []
    seen: BaseException | None = error
    while seen is not None and seen not in found:
        found.insert(0, seen)
        seen = seen.__cause__ or seen.__context__
    return found
