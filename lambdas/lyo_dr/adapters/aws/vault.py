"""The bucket of evidence: what is put there is locked for as long as the plan says. There is no way to delete."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

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


def written_below(bucket: str, region: str, prefix: str) -> Iterator[tuple[str, str, str, int]]:
    """Key, version, SHA-256 and size of every object somebody else has put below a prefix. Raises AccessRefused."""
    s3: Any = client("s3", region)
    with calling(f"reading what lies below {prefix} in {bucket}"):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for found in page.get("Contents", []):
                answer = s3.get_object(Bucket=bucket, Key=found["Key"])
                digest, size = hashlib.sha256(), 0
                for chunk in answer["Body"].iter_chunks(1 << 20):
                    digest.update(chunk)
                    size += len(chunk)
                yield found["Key"], str(answer.get("VersionId", "")), digest.hexdigest(), size
