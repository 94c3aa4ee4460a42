"""What a drill needs of the plan it is given; asked before anything is started, so that nobody waits for a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from drills.world.own_system import OwnSystem, UnfitSystem, drill_table
from lyo_dr.model.plan import Plan

Need = Callable[[Plan, OwnSystem], str | None]
"""What is missing, as the rest of a sentence that begins with the name of the drill; None where nothing is."""


def a_table(plan: Plan, own: OwnSystem) -> str | None:
    """A restore looks at the tables of the plan."""
    if drill_table(plan, own).planned:
        return None
    return f"needs a table with users' work; name one under databases[0].tables of {plan.databases[0].name}"


def its_schema(plan: Plan, own: OwnSystem) -> str | None:
    """Questions about data read more than the keys and times that the built-in application makes."""
    database = plan.databases[0]
    if own.is_demonstration(database) or own.files(database) or not database.integrity:
        return None
    return (
        f"asks the integrity queries of {database.name}, which read its own tables; name their SQL as "
        f"rehearsal.databases.{database.name}.schema"
    )


def the_demonstration(plan: Plan, own: OwnSystem) -> str | None:
    """Data, times and questions that only the sample has."""
    if drill_table(plan, own).sample:
        return None
    return "is about the sample's own data and queries, and has no meaning for another plan's; run it with plan.yaml"


def a_login(plan: Plan, _own: OwnSystem) -> str | None:
    """A database login that can change."""
    login = plan.logins_to(plan.databases[0].name)
    if not login:
        return f"needs a secret with a database login of {plan.databases[0].name}; name its keys under secrets"
    why = plan.cannot_rotate(login[0][0])
    return None if why is None else f"needs a login that can be rotated: in {login[0][0].name!r}, {why}"


def a_breach_section(plan: Plan, _own: OwnSystem) -> str | None:
    """Contacts, web ACLs and roles that a breach is answered with."""
    if plan.breach is None:
        return "needs the section breach of the plan; docs/runbooks/breach.md says what belongs into it"
    if not plan.breach.web_acls or not plan.breach.ip_sets or not plan.breach.roles:
        return "needs breach.web_acls, breach.ip_sets and breach.roles in the plan"
    return None


def an_issued_key(plan: Plan, _own: OwnSystem) -> str | None:
    """A key that only its issuer can change."""
    return None if plan.issued() else "needs a key that only its issuer can change; name one under secrets[].issued"


def unmet(needs: tuple[Need, ...], plan: Plan, own: OwnSystem) -> Iterator[str]:
    """Everything that is missing. A drill works on a table, so one that cannot be found is missing in each."""
    try:
        drill_table(plan, own)
    except UnfitSystem as unfit:
        yield f"cannot begin: {unfit}"
        return
    yield from (missing for need in needs if (missing := need(plan, own)) is not None)
