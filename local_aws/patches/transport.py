"""Policies that demand TLS are met: loopback stands for it.

The endpoint of the local AWS is plain HTTP, so ``aws:SecureTransport`` would be false and every policy that denies
insecure transport, as is usual for topics and queues, would deny everybody. On AWS the SDKs always use TLS. The price:
nothing here shows that TLS works.
"""

from ministack import app as emulator

from local_aws.patch_context import PatchContext

REQUIRES = ("ministack.app:pin_request_origin",)


def apply(_world: PatchContext) -> None:
    """Call every request secure."""
    pin = emulator.pin_request_origin
    emulator.pin_request_origin = lambda source_ip, _secure: pin(source_ip, True)
