"""The bucket of evidence: what is put there is locked for as long as the plan says. There is no way to delete."""

from __future__ import annotations

import base64
import hashlib

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
