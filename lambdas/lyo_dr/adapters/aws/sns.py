"""SNS: telling people."""

from __future__ import annotations

from lyo_dr.adapters.aws.session import calling, client

MOST_BYTES = 262_144
"""A message is at most 256 KiB, in bytes of UTF-8 (SNS API reference, Publish)."""
_CUT = "\n[cut: the message was too long]\n"


def publish(topic_arn: str, subject: str, text: str, region: str) -> None:
    """Send one message, a text that is too long cut at its end. Two attempts of 5 s: the sender tries again later.

    Raises MessageRefused where SNS refuses the message itself.
    """
    with calling(f"publishing to {topic_arn}"):
        client("sns", region, read_seconds=5.0, attempts=2).publish(
            TopicArn=topic_arn, Subject=subject, Message=_fitting(text)
        )


def _fitting(text: str) -> str:
    written = text.encode()
    if len(written) <= MOST_BYTES:
        return text
    return written[: MOST_BYTES - len(_CUT)].decode(errors="ignore") + _CUT
