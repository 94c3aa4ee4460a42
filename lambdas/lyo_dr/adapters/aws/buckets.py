"""S3: the replay files. Rows pass between a database and its bucket, and through nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from lyo_dr.adapters.aws.session import calling, client

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
