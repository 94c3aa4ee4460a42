"""S3: a part of one version is that part."""

from __future__ import annotations

from local_aws.local import LocalAws
from tests.local_aws.builders import WEST, unique


def test_a_range_of_an_older_version_is_cut_out_of_it(aws: LocalAws) -> None:
    s3, bucket = aws.client("s3", WEST), unique("bucket")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": WEST})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key="file", Body=b"header\nrow 1\nrow 2\n")["VersionId"]
    s3.put_object(Bucket=bucket, Key="file", Body=b"another")
    part = s3.get_object(Bucket=bucket, Key="file", VersionId=first, Range="bytes=7-")
    assert (part["Body"].read(), part["ContentRange"]) == (b"row 1\nrow 2\n", "bytes 7-18/19")
    assert part["ResponseMetadata"]["HTTPStatusCode"] == 206
    whole = s3.get_object(Bucket=bucket, Key="file", VersionId=first)
    assert whole["Body"].read() == b"header\nrow 1\nrow 2\n"
    newest = s3.get_object(Bucket=bucket, Key="file", Range="bytes=0-3")
    assert newest["Body"].read() == b"anot"
