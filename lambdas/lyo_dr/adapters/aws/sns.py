"""SNS: telling people."""

from __future__ import annotations

from lyo_dr.adapters.aws.session import calling, client


def publish(topic_arn: str, subject: str, text: str, region: str) -> None:
    """Send one message. SNS refuses a subject over 100 characters (SNS API reference, Publish)."""
    with calling(f"publishing to {topic_arn}"):
        client("sns", region).publish(TopicArn=topic_arn, Subject=subject[:100], Message=text)
