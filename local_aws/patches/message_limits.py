"""Messages that Amazon SNS refuses.

Upstream takes any subject and an empty message. AWS refuses with ``InvalidParameter`` a subject with line breaks or
control characters, one that is not "less than 100 characters long", and an empty message (SNS API reference, Publish).
Until 2025 the reference asked for ASCII that begins with a letter, number or punctuation mark; who keeps to that is
refused by neither, so it is what is asked for here. A message over 256 KiB is refused upstream, too.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import sns

from local_aws.patch_context import PatchContext

REQUIRES = (
    "ministack.services.sns:_publish",
    "ministack.services.sns:_p",
    "ministack.services.sns:_error",
    "ministack.services.sns:publish_internal",
    "ministack.services.sns:_SNS_MAX_PAYLOAD_BYTES",
)
_LONGEST = 99


def apply(_world: PatchContext) -> None:
    """Look at a message before it is published."""
    sns._publish = _checked(sns._publish)


def _checked(publish: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    def publish_checked(params: dict[str, Any]) -> Any:
        if not sns._p(params, "Message"):
            return sns._error("InvalidParameter", "Invalid parameter: Empty message", 400)
        if "Subject" in params and not _fits(sns._p(params, "Subject")):
            return sns._error("InvalidParameter", "Invalid parameter: Subject", 400)
        return publish(params)

    return publish_checked


def _fits(subject: str) -> bool:
    """Printable ASCII that begins with more than a space, on one line."""
    return subject.isascii() and subject.isprintable() and not subject.startswith(" ") and len(subject) <= _LONGEST
