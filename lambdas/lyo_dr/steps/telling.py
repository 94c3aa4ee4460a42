"""Sending messages and keeping on record what could not be sent: recovery never stops for a message."""

from __future__ import annotations

from lyo_dr.adapters.aws.messages import publish
from lyo_dr.decisions.messages import Message
from lyo_dr.doorman import Here
from lyo_dr.errors import LyoDrError


def tell_people(here: Here, incident_id: str, messages: list[Message]) -> dict[str, list[str]]:
    """Publish each once per incident; a failure is a line on the timeline, and the next message still goes out."""
    told, missed = [], []
    for message in messages:
        if here.incidents.read_note(incident_id, "TOLD", f"{here.step}#{message.audience}") is not None:
            told.append(message.audience)
            continue
        try:
            publish(here.names.topic(message.audience), message.subject, message.text, here.region)
        except LyoDrError as failure:
            missed.append(message.audience)
            here.tell(incident_id, f"Could not tell {message.audience}: {failure}")
            continue
        here.incidents.note(incident_id, "TOLD", f"{here.step}#{message.audience}", subject=message.subject)
        here.tell(incident_id, f"Told {message.audience}: {message.subject}")
        told.append(message.audience)
    return {"told": told, "missed": missed}
