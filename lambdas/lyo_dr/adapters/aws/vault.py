"""The bucket of evidence: what is put there is locked for as long as the plan says. There is no way to delete."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

from lyo_dr.adapters.aws.session import calling, client


def put(bucket: str, region: str, key: str, content: bytes) -> str:
    """Store bytes, and the version they got.

    Amazon S3 compares them with the SHA-256 that is sent along, and refuses what was damaged on the way (S3 API
    reference, PutObject). The bucket's default retention locks the version. Raises AccessRefused, CallRefused,
    ServiceUnreachable.
    """
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    with calling(f"storing {key} in {bucket}"):
        answer = client("s3", region).put_object(Bucket=bucket, Key=key, Body=content, ChecksumSHA256=digest)
    return str(answer.get("VersionId", ""))


def keys_below(bucket: str, region: str, prefix: str) -> Iterator[str]:
    """Every object somebody else has put below a prefix. Raises AccessRefused."""
    with calling(f"listing what lies below {prefix} in {bucket}"):
        for page in client("s3", region).get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            yield from (str(found["Key"]) for found in page.get("Contents", []))


def weigh(bucket: str, region: str, key: str) -> tuple[str, str, int]:
    """Version, SHA-256 and size of an object, read once and kept nowhere. Raises AccessRefused."""
    digest, size = hashlib.sha256(), 0
    with calling(f"reading {key} of {bucket}"):
        answer = client("s3", region).get_object(Bucket=bucket, Key=key)
        for chunk in answer["Body"].iter_chunks(1 << 20):
            digest.update(chunk)
            size += len(chunk)
    return str(answer.get("VersionId", "")), digest.hexdigest(), size
