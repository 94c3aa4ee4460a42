"""What responders are told of a ledger: that there is work to give back, and how."""

from __future__ import annotations

from lyo_dr.decisions.common.messages import Message, to_responders


def ledger_made(incident_id: str, sentences: list[str], replayable: int) -> list[Message]:
    """After the two databases were compared."""
    lines = "\n".join(f"- {sentence}" for sentence in sentences)
    subject = f"ACTION NEEDED: {replayable} rows can be given back" if replayable else "Nothing has to be given back"
    return [
        to_responders(
            subject,
            f"{lines}\n\nThey were written after the restored moment and are in the damaged database alone. Nothing "
            f"is replayed without a person:\n  lyo-dr replay {incident_id}\n"
            "shows them, asks, and writes what conflicts with nothing.\n",
        )
    ]


def not_compared(incident_id: str, database: str, reason: str) -> list[Message]:
    """The comparison failed; what is in the damaged database is there still."""
    return [
        to_responders(
            f"ACTION NEEDED: {database} was not compared with its damaged instance",
            f"{reason}.\n\nIncident {incident_id}. Users are served. What was written after the restored moment is in "
            "the damaged instance, which is kept: see 'Giving work back' in the runbook of damaged data.\n",
        )
    ]


def replay_failed(incident_id: str, reason: str) -> list[Message]:
    """A replay stopped; it may be asked for again, whatever it had written."""
    return [
        to_responders(
            f"ACTION NEEDED: the replay of {incident_id[:60]} stopped",
            f"{reason}.\n\nWhat was written is right and stays. `lyo-dr replay {incident_id}` may be asked for again: "
            "rows that are there already are not written twice.\n",
        )
    ]
