"""A part of one version of an object.

Upstream answers with the whole version, whatever range was asked for. Amazon S3 answers with the range and status 206,
of a version as of the newest object (S3 API reference, GetObject).
"""

from collections.abc import Mapping
from typing import Any

from ministack.services import s3

from local_aws.patch_context import PatchContext

REQUIRES = ("ministack.services.s3:_get_object", "ministack.services.s3:_parse_range")


def apply(_world: PatchContext) -> None:
    """Cut the answer where a version and a range were asked for; a range beyond the end stays upstream's business."""
    get = s3._get_object

    def get_part(bucket: str, key: str, headers: Mapping[str, str], query: Any = None) -> tuple[int, Any, Any]:
        status, answered, body = get(bucket, key, headers, query)
        wanted = headers.get("range", "")
        if status != 200 or not wanted or not isinstance(body, bytes):
            return status, answered, body
        found = s3._parse_range(wanted, len(body))
        if found is None:
            return status, answered, body
        start, end = found
        part = body[start : end + 1]
        size = {"Content-Length": str(len(part)), "Content-Range": f"bytes {start}-{end}/{len(body)}"}
        kept = {name: value for name, value in answered.items() if not name.lower().startswith("x-amz-checksum")}
        return 206, {**kept, **size}, part

    s3._get_object = get_part
