"""Notifications about a deposed region, once each: it fenced itself, its fence is confirmed, rows diverged."""

from __future__ import annotations

from lyo_dr.decisions.common.messages import Message, to_responders
from lyo_dr.model.plurals import counted


def fenced_itself(region: str, sentence: str) -> list[Message]:
    """The region is back, has read which region is active, and is stopping itself."""
    return [
        to_responders(
            f"{region} is back and fences itself",
            f"{sentence}.\n\nTraffic stays where it is. No action needed now. Keep the deposed databases: "
            "rows that exist only there will be counted. The region-loss runbook describes how to create a new "
            "standby.\n",
        )
    ]


def fence_confirmed(region: str, sentence: str) -> list[Message]:
    """The active region has verified the fence of the deposed one."""
    return [to_responders(f"Fence of {region} confirmed", f"{sentence}.\n\nTraffic stays where it is.\n")]


def rows_diverged(incident_id: str, sentences: list[str], missing: int) -> list[Message]:
    """Number of rows that exist only in the deposed database; their keys are on the incident."""
    lines = "\n".join(f"- {sentence}" for sentence in sentences)
    subject = f"ACTION NEEDED: {counted(missing, 'divergent row')}" if missing else "No divergent rows"
    return [
        to_responders(
            subject,
            f"{lines}\n\nIncident {incident_id}; the keys are in its DIVERGENT records. A person decides what to do "
            "with them: see the region-loss runbook, 'Divergent rows'.\n",
        )
    ]
