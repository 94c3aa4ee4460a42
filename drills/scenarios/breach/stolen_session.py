"""The session of a role in the hands of an intruder."""

from __future__ import annotations

import boto3
import botocore.exceptions

from drills.engine.context import DrillContext


def take(ctx: DrillContext, role: str) -> dict[str, str]:
    """Assume a role before anything is contained; returns the credentials."""
    arn = f"arn:aws:iam::{ctx.world.plan.account}:role/{role}"
    sts = ctx.world.client("sts", ctx.primary)
    taken: dict[str, str] = sts.assume_role(RoleArn=arn, RoleSessionName="stolen")["Credentials"]
    ctx.notes["session before"] = answer(ctx, taken)
    return taken


def answer(ctx: DrillContext, session: dict[str, str]) -> str:
    """Return ``accepted``, or the error code with which AWS refuses the session."""
    client = boto3.client(
        "sns",
        region_name=ctx.primary,
        endpoint_url=ctx.world.aws.endpoint,
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )
    try:
        client.list_topics()
    except botocore.exceptions.ClientError as refusal:
        return str(refusal.response["Error"]["Code"])
    return "accepted"
