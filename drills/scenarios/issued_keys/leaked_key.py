"""A key only its issuer can change has leaked: a person is asked, hands over a new one, and revokes the former."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping

import psutil

from drills.engine import operators, secret_canary
from drills.engine.context import DrillContext
from drills.engine.incident_view import IncidentView
from drills.scenarios.rotation import findings
from drills.world.app_logins import app_login
from drills.world.issuer import Issuer
from lyo_dr.adapters.http import try_key
from lyo_dr.decisions.common.addresses.secret_text import with_value
from lyo_dr.decisions.rotation.issued_keys import header_of
from lyo_dr.model.issuer import KeyName
from lyo_dr.model.plan import environment_of
from lyo_dr.model.rotation import HOLDER

_SECONDS = 45.0
_DRAINING = 10.0
"""How long a task that was replaced may take to be gone."""


class NoIssuerError(RuntimeError):
    """The issuer is needed before it was started."""


class Story:
    """What happens to one key. Its values are kept here, and never shown."""

    def __init__(self) -> None:
        self._issuer: Issuer | None = None
        self._keys: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    # -- what happens -------------------------------------------------------------------------------------
    def prepare(self, ctx: DrillContext) -> None:
        """The application works with a key that is valid at its issuer."""
        issuer = self._issuer = Issuer(ctx.world.addresses.issuer_port)
        self._keys = {"leaked": issuer.create(), "mistyped": f"sk-rehearsal-{secrets.token_urlsafe(24)}"}
        name = _name(ctx)
        for region in ctx.pair:
            text = with_value(findings.current(ctx, name.secret, region), name.key, self._keys["leaked"])
            store = ctx.world.client("secretsmanager", region)
            store.put_secret_value(SecretId=ctx.world.plan.secret_in(name.secret, region), SecretString=text)
            self._texts[region] = text
        _redeploy(ctx)
        ctx.notes["tasks began with the leaked key"] = ctx.wait_until(
            lambda: self._held_by_tasks(ctx) == {self._keys["leaked"]}, _SECONDS
        )

    def inject(self, ctx: DrillContext) -> float:
        """An operator requests a new key after a report that it has leaked."""
        at = time.time()
        ctx.view = IncidentView(ctx.world, ctx.world.names(ctx.primary), "secret_rotation", HOLDER)
        operators.lyo_dr(ctx, "rotate", "--key", _name(ctx).key, "--by", "ada", "--yes")
        return at

    def recover(self, ctx: DrillContext) -> None:
        """The person who was asked mistypes the new key first, then hands it over, then revokes the former one."""
        ctx.notes["outstanding while nothing is handed over"] = self._outstanding(ctx)
        ctx.notes["ending with a mistyped key"] = self._hand_over(ctx, "mistyped")
        ctx.notes["a refused key changes nothing"] = self._unchanged(ctx)
        ctx.notes["outstanding while the issuer refuses it"] = self._outstanding(ctx)
        self._keys["new"] = self._issuing().create()
        ctx.notes["ending with the new key"] = self._hand_over(ctx, "new", {"ProveKey": self._revoke})
        ctx.notes["outstanding in the end"] = self._outstanding(ctx)

    def _hand_over(
        self, ctx: DrillContext, which: str, at: Mapping[str, Callable[[DrillContext], None]] | None = None
    ) -> str:
        """Typed into the command line, which reads it from standard input; how the rotation it starts has ended."""
        name, since = _name(ctx), time.time()
        operators.lyo_dr(ctx, "hand-over", name.secret, name.key, "--by", "ada", typed=f"{self._keys[which]}\n")
        found, lines = ctx.follow(since, at, _SECONDS)
        ctx.other_lines += lines
        return str(ctx.view.head(found).get("ending", "")) if found else ""

    def _revoke(self, ctx: DrillContext) -> None:
        """Once notified that the new key is in use, check the tasks and revoke the former key at the issuer.

        A replaced task may be on its way out still when its service is stable; one that stays would be found.
        """
        ctx.wait_until(lambda: self._held_by_tasks(ctx) == {self._keys["new"]}, _DRAINING)
        held = self._held_by_tasks(ctx)
        ctx.notes["tasks hold before the former is revoked"] = sorted(
            next((which for which, key in self._keys.items() if key == value), "another") for value in held
        )
        ctx.screen.stage("A person revokes the former key at its issuer")
        self._issuing().revoke(self._keys["leaked"])

    # -- what is there afterwards -------------------------------------------------------------------------
    def collect(self, ctx: DrillContext) -> dict[str, str]:
        """Compare the secrets and search for leaks, knowing every key there was."""
        name = _name(ctx)
        texts = {region: findings.current(ctx, name.secret, region) for region in ctx.pair}
        wanted = {region: with_value(text, name.key, self._keys["new"]) for region, text in self._texts.items()}
        ctx.notes["one value changed in both copies, every other byte stayed"] = texts == wanted
        ctx.notes["nothing is left handed over"] = not any(
            label.startswith("LYODR_NEW_") for label in self._labels(ctx, ctx.primary)
        )
        ctx.notes["the issuer accepts"] = [which for which in self._keys if self._valid(ctx, which)]
        leaks, searched = secret_canary.search(ctx, set(self._keys.values()), list(ctx.pair))
        ctx.notes["leaks"], ctx.notes["searched"] = list(leaks), searched
        ctx.notes["answers of the issuer"] = len(self._issuing().answers)
        self._issuing().stop()
        return {}

    def _issuing(self) -> Issuer:
        if self._issuer is None:
            raise NoIssuerError("no issuer was started: prepare comes first")
        return self._issuer

    def _valid(self, ctx: DrillContext, which: str) -> bool:
        test = ctx.world.plan.issued()[_name(ctx)].test
        answer = try_key(test.url, 3.0, method=test.method, header=header_of(test, self._keys[which]))
        return answer.status in test.accepted

    def _unchanged(self, ctx: DrillContext) -> bool:
        return all(findings.current(ctx, _name(ctx).secret, region) == text for region, text in self._texts.items())

    def _outstanding(self, ctx: DrillContext) -> bool:
        """Whether `lyo-dr status` says so."""
        return "outstanding" in operators.lyo_dr(ctx, "status").text

    def _labels(self, ctx: DrillContext, region: str) -> set[str]:
        name = ctx.world.plan.secret_in(_name(ctx).secret, region)
        answer = ctx.world.client("secretsmanager", region).describe_secret(SecretId=name)
        return {label for stages in answer["VersionIdsToStages"].values() for label in stages}

    def _held_by_tasks(self, ctx: DrillContext) -> set[str]:
        """The key in the environment of every task of this world's primary."""
        name = _name(ctx)
        held = json.loads(findings.current(ctx, name.secret, ctx.primary))
        mine = {key: str(held[value]) for key, value in environment_of(*app_login(ctx.world.plan)).items()}
        return {found.get(name.key, "") for found in _environments() if mine.items() <= found.items()}


def _environments() -> Iterator[dict[str, str]]:
    for process in psutil.process_iter(["environ"]):
        yield process.info["environ"] or {}


def _redeploy(ctx: DrillContext) -> None:
    for service in ctx.world.plan.services:
        place = service.places[ctx.primary]
        ecs = ctx.world.client("ecs", ctx.primary)
        ecs.update_service(cluster=place.cluster, service=place.service, forceNewDeployment=True)


def _name(ctx: DrillContext) -> KeyName:
    """The first key of the plan that only its issuer can change."""
    return next(iter(ctx.world.plan.issued()))
