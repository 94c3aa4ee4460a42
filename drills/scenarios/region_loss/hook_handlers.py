"""The user's own functions in the drill ``hooks``: deployed alone, as a customer would deploy them."""

from __future__ import annotations

import os
import time
from typing import Any

import boto3

TABLE = "drill-hook-actions"
_SILENT_SECONDS = 12


def note_action(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Note in a table of the user's that consumers may start; the key of the event makes it idempotent."""
    table = boto3.resource("dynamodb", region_name=os.environ["AWS_REGION"]).Table(TABLE)
    if event["attempt"] == 1:
        return {"status": "pending", "why": "consumers are being told"}
    table.put_item(Item={"key": event["key"], "stage": event["stage"], "from": event["lost_region"]})
    return {"status": "done", "why": f"consumers may start in {event['recovery_region']}"}


def stay_silent(_event: dict[str, Any], _context: object) -> dict[str, str]:
    """Answer long after anybody listens."""
    time.sleep(_SILENT_SECONDS)
    return {"status": "done"}
