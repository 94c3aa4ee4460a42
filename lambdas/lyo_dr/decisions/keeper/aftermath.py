"""What responders are told of a deposed region, once each: it fenced itself, the fence holds, these rows diverged."""

from __future__ import annotations

from lyo_dr.decisions.common.messages import Message, to_responders


def fenced_itself(region: str, sentence: str) -> list[Message]:
    """The region came back, read who is active, and stopped itself."""
    return [
        to_responders(
            f"{region} came back and fences itself",
            f"{sentence}.\n\nTraffic stays where it is. Nobody has to do anything now; keep the deposed databases, "
            "rows that exist only there will be counted. The region-loss runbook says how a new standby is made.\n",
        )
    ]


def fence_confirmed(region: str, sentence: str) -> list[Message]:
    """Seen from the active region."""
    return [to_responders(f"The fence of {region} is confirmed", f"{sentence}.\n\nTraffic stays where it is.\n")]


def rows_diverged(incident_id: str, sentences: list[str], missing: int) -> list[Message]:
    """How much work is on the deposed database alone; the ids are on the incident."""
    lines = "\n".join(f"- {sentence}" for sentence in sentences)
    subject = f"ACTION NEEDED: {missing} divergent rows" if missing else "No divergent rows"
    return [
        to_responders(
            subject,
            f"{lines}\n\nIncident {incident_id}; the ids are its DIVERGENT notes. A person decides what becomes of "
            "them: the region-loss runbook, 'Divergent rows'.\n",
        )
    ]
