"""Amazon S3: evidence, locked for as long as the plan says and never deleted here, and replay files."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from lyo_dr.adapters.aws.session import calling, client


def put(bucket: str, region: str, key: str, content: bytes) -> str:
    """Store bytes, and the version they got.

    Amazon S3 compares them with the SHA-256 that is sent along, and refuses what was damaged on the way (S3 API
    reference, PutObject). The bucket's default retention locks the version. Raises AccessDenied, AwsCallFailed,
    ServiceUnreachable.
    """
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    with calling(f"storing {key} in {bucket}"):
        answer = client("s3", region).put_object(Bucket=bucket, Key=key, Body=content, ChecksumSHA256=digest)
    return str(answer.get("VersionId", ""))


def keys_below(bucket: str, region: str, prefix: str) -> Iterator[str]:
    """Every object below a prefix, written by AWS. Raises AccessDenied."""
    with calling(f"listing what lies below {prefix} in {bucket}"):
        for page in client("s3", region).get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            yield from (str(found["Key"]) for found in page.get("Contents", []))


def weigh(bucket: str, region: str, key: str) -> tuple[str, str, int]:
    """Version, SHA-256 and size of an object, read once and kept nowhere. Raises AccessDenied."""
    digest, size = hashlib.sha256(), 0
    with calling(f"reading {key} of {bucket}"):
        answer = client("s3", region).get_object(Bucket=bucket, Key=key)
        for chunk in answer["Body"].iter_chunks(1 << 20):
            digest.update(chunk)
            size += len(chunk)
    return str(answer.get("VersionId", "")), digest.hexdigest(), size


_READ_SECONDS = 20.0


def put_file(bucket: str, name: str, content: BinaryIO, region: str) -> str:
    """Write a whole object; its version. The bucket encrypts it by its own default."""
    with calling(f"writing {name} to bucket {bucket}"):
        answer = client("s3", region, read_seconds=_READ_SECONDS).put_object(Bucket=bucket, Key=name, Body=content)
    return str(answer["VersionId"])


def read_lines(bucket: str, name: str, version: str, offset: int, region: str) -> Iterator[bytes]:
    """Lines of one version from a byte on, read as they are asked for; none at its end. Raises our errors."""
    with calling(f"reading {name} from bucket {bucket}"):
        s3 = client("s3", region, read_seconds=_READ_SECONDS)
        size = s3.head_object(Bucket=bucket, Key=name, VersionId=version)["ContentLength"]
        if offset >= size:
            return
        answer: Any = s3.get_object(Bucket=bucket, Key=name, VersionId=version, Range=f"bytes={offset}-")
        yield from answer["Body"].iter_lines(chunk_size=65536)
