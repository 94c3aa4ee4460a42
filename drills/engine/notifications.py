"""Notifications, recorded by a queue on every topic; and every file in the evidence bucket."""

from __future__ import annotations

import json
from collections.abc import Iterator

from drills.engine.context import DrillContext

AUDIENCES = ("legal", "responders", "stakeholders")


def listen(ctx: DrillContext, region: str) -> None:
    """Subscribe a queue to every topic of a region; it keeps every message."""
    names, sns, sqs = ctx.world.names(region), ctx.world.client("sns", region), ctx.world.client("sqs", region)
    for audience in AUDIENCES:
        topic = names.topic(audience)
        queue = sqs.create_queue(QueueName=_queue(audience), Attributes={"Policy": _lets_in(topic)})["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)


def _lets_in(topic: str) -> str:
    """Without such a policy the messages of a topic are dropped, here as on AWS."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "*",
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def messages(ctx: DrillContext, region: str, audience: str) -> list[tuple[str, str]]:
    """Subject and text of every notification of an audience so far; empty where no queue was subscribed."""
    sqs = ctx.world.client("sqs", region)
    found: list[tuple[str, str]] = ctx.notes.setdefault("overheard", {}).setdefault(f"{region} {audience}", [])
    urls = sqs.list_queues(QueueNamePrefix=_queue(audience)).get("QueueUrls", [])
    for url in urls:
        while received := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in received:
                sent = json.loads(message["Body"])
                found.append((str(sent.get("Subject")), str(sent["Message"])))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def places(ctx: DrillContext, region: str) -> Iterator[tuple[str, str, bytes]]:
    """Kind, name and content of every notification and every file in the evidence bucket."""
    for audience in AUDIENCES:
        for subject, text in messages(ctx, region, audience):
            yield "messages", f"{region} {audience}: {subject}", f"{subject}\n{text}".encode()
    s3 = ctx.world.client("s3", region)
    bucket = ctx.world.names(region).evidence_bucket
    if bucket not in {one["Name"] for one in s3.list_buckets()["Buckets"]}:
        return
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for one in page.get("Contents", []):
            yield "evidence", one["Key"], s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()


def _queue(audience: str) -> str:
    return f"overheard-{audience}"
