"""Notifications about a ledger: the rows that can be replayed, and how."""

from __future__ import annotations

from lyo_dr.decisions.common.messages import Message, to_responders
from lyo_dr.model.plurals import counted


def ledger_made(incident_id: str, sentences: list[str], replayable: int, unknown: int = 0) -> list[Message]:
    """Result of comparing the damaged and the restored database."""
    lines = "\n".join(f"- {sentence}" for sentence in sentences)
    subject = f"ACTION NEEDED: {counted(replayable, 'row')} can be replayed" if replayable else "No rows to replay"
    doubt = ""
    if unknown:
        subject = f"ACTION NEEDED: {counted(replayable, 'row')} can be replayed, {unknown} may be damage"
        doubt = (
            f"\nWhether {counted(unknown, 'row')} of them may be the damage or are users' work is not known. They are "
            "not written back unless you add --also-unknown; the command shows samples and the reasons.\n"
        )
    return [
        to_responders(
            subject,
            f"{lines}\n\nThey were written after the recovery point and exist only in the damaged database. Nothing "
            f"is replayed without approval:\n  lyo-dr replay {incident_id}\n"
            f"shows them, asks for confirmation, and writes the rows without a conflict.\n{doubt}",
        )
    ]


def not_compared(incident_id: str, database: str, reason: str) -> list[Message]:
    """Warning that the comparison failed; the damaged database is kept."""
    return [
        to_responders(
            f"ACTION NEEDED: {database} was not compared with its damaged instance",
            f"{reason}.\n\nIncident {incident_id}. The service is up. Rows written after the recovery point are in "
            "the damaged instance, which is kept: see 'Giving work back' in the runbook of damaged data.\n",
        )
    ]


def replay_failed(incident_id: str, reason: str) -> list[Message]:
    """Warning that a replay stopped; replays are idempotent, so it may simply be started again."""
    return [
        to_responders(
            f"ACTION NEEDED: the replay of {incident_id[:60]} stopped",
            f"{reason}.\n\nRows written so far are correct and stay. Run `lyo-dr replay {incident_id}` again: it is "
            "idempotent, no row is written twice.\n",
        )
    ]
