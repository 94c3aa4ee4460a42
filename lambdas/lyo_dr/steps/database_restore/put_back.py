"""PutBack: a restore that failed leaves the service on what it had: its secrets, its number of tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from lyo_dr.adapters.aws.backups import Backups
from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.doorman import Here, step
from lyo_dr.guard import containing
from lyo_dr.model.incident import Incident
from lyo_dr.steps.addresses import put_secrets_back
from lyo_dr.steps.delayed import let_go_on
from lyo_dr.steps.reading_only import let_write_again


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("PutBack", Request)
@containing
def handler(request: Request, here: Here) -> Any:
    """By the notes the other steps left; what was never changed is not touched."""
    incident = request.incident
    secrets = _secrets_back(request, here)
    services = [_service_back(note, bool(secrets), here) for note in here.incidents.notes(incident.id, "STOPPED")]
    opened = let_write_again(here, incident, request.database)
    replays = let_go_on(here, incident, request.database)
    back = [*secrets, *services, *([opened] if opened else []), *([replays] if replays else [])]
    told = [f"put back: {', '.join(back)}"] if back else ["nothing had been changed"]
    sentence = f"The service is left on what it had; {told[0]}"
    here.tell(incident.id, sentence)
    return {"status": "ready", "sentence": sentence}


def _secrets_back(request: Request, here: Here) -> list[str]:
    incident, name = request.incident, request.database
    pointed = here.incidents.read_note(incident.id, "POINTED", name)
    found = Backups(here.region).find(pointed["instance"]) if pointed else None
    if pointed is None or found is None or "Endpoint" not in found:
        return []
    new = (found["Endpoint"]["Address"], int(found["Endpoint"]["Port"]))
    back = put_secrets_back(here, name, incident.id, new)
    damaged = here.incidents.read_note(incident.id, "DAMAGED", name)
    if damaged is not None:
        here.databases.move(name, damaged["instance"])
        # From here on the restored instance answered what the damaged one is asked again.
        here.databases.disown_runs(name, datetime.fromisoformat(pointed["at"]), here.now())
    return back


def _service_back(note: dict[str, Any], redeploy: bool, here: Here) -> str:
    name = str(note["sk"]).rpartition("#")[2]
    place, ecs = here.plan.service(name).places[here.region], Ecs(here.region)
    refused = ecs.scale(place, minimum=note["minimum"], maximum=note["maximum"], desired=note["desired"])
    if redeploy:
        ecs.deploy_again(place)
    return f"{name}{refused}"
