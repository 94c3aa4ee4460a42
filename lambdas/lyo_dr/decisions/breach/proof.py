"""Proof that a breach is contained: by tests of the result, not by the actions taken."""

from __future__ import annotations

from typing import Literal

import msgspec

from lyo_dr.model.breach import Access
from lyo_dr.model.deadline import Deadline
from lyo_dr.model.durations import humanize
from lyo_dr.model.facts import Probe
from lyo_dr.model.plurals import counted
from lyo_dr.model.rotation import LoginTry


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the response that may be pending; the Choice state reads ``status``."""

    part: str = "proof"
    status: Literal["done", "failed", "pending"]
    sentence: str
    wait_seconds: int = 1


def login_gaps(secret: str, region: str, old: LoginTry | None, new: LoginTry) -> list[str]:
    """Faults of the logins of one copy of a secret. ``old`` is None if no former version is known."""
    found = []
    if old is None:
        found.append(f"{secret} in {region} has no former version, so nothing was rotated")
    elif not old.refused:
        found.append(f"the former login of {secret} is not refused in {region} ({old.reason or 'accepted'})")
    if not new.accepted:
        found.append(f"the new login of {secret} is not accepted in {region} ({new.reason})")
    return found


def session_gaps(access: Access, in_use: set[str]) -> list[str]:
    """Open sessions of users that the application no longer uses."""
    if access.error is not None:
        return [f"{access.database} does not report its sessions ({access.error})"]
    old = {user: count for user, count in access.sessions.items() if user not in in_use and count}
    return [f"{counted(count, 'session')} of {user} still open in {access.database}" for user, count in old.items()]


def app_gap(answer: Probe) -> list[str]:
    """Whether the application is ready through the public DNS name."""
    if answer.ready:
        return []
    return [f"{answer.url} is not ready ({answer.database or answer.error or answer.status})"]


def proof(gaps: list[str], *, rotated: list[str], blocked: list[str], deadline: Deadline) -> Proof:
    """Done without a gap; pending within the budget; then failed, with every gap named."""
    if not gaps:
        logins = f"the former login of {', '.join(rotated)} was tested and is refused, none of its sessions is open; "
        block = f"{', '.join(blocked)} in the blocked IP sets of the web ACL; " if blocked else ""
        sentence = f"{logins if rotated else ''}{block}the application is ready"
        begins = "Proven" if rotated else "Proven, without a rotation"
        return Proof(status="done", sentence=f"{begins}: {sentence}")
    missing = "; ".join(gaps)
    if not deadline.expired:
        return Proof(status="pending", sentence=f"Not proven yet: {missing}", wait_seconds=deadline.poll)
    return Proof(status="failed", sentence=f"After {humanize(deadline.elapsed)} not proven: {missing}")
