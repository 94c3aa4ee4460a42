"""What a plan may say, and a person should know before an incident does: nothing of it is a fault."""

from __future__ import annotations

from lyo_dr.model.plan import Plan


def notices(plan: Plan) -> list[str]:
    """Sentences with path and remedy, in the order of the file."""
    found = [
        f"databases[{index}]: no secret leads to {database.name!r}, so after a restore nothing leads its users to the "
        "restored instance; name its login under secrets[].logins, or change its address yourself"
        for index, database in enumerate(plan.databases)
        if not plan.logins_to(database.name)
    ]
    why = plan.not_rotatable()
    if plan.breach is not None and not plan.breach.roles:
        found += [
            f"secrets[{index}]: the application asks AWS for tokens to {login.database!r}, and a breach ends them with "
            "the sessions of its role; name it under breach.roles"
            for index, secret in enumerate(plan.secrets)
            for login in plan.logins_of(secret)
            if login.auth == "iam"
        ]
    return found + [
        f"secrets[{index}]: the database login in {secret.name!r} is not rotated: {why[secret.name]}"
        for index, secret in enumerate(plan.secrets)
        if secret.name in why and plan.passwords_of(secret)
    ]
