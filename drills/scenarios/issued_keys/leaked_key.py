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
from drills.scenarios.rotation import rotation
from drills.world.issuer import Issuer
from lyo_dr.adapters.http import try_key
from lyo_dr.decisions.common.secret_text import with_value
from lyo_dr.decisions.rotation.issued_keys import header_of
from lyo_dr.model.issuer import KeyName
from lyo_dr.model.plan import DATABASE_URL
from lyo_dr.model.rotation import HOLDER

_SECONDS = 45.0
_DRAINING = 10.0
"""How long a task that was replaced may take to be gone."""


class NoIssuerError(RuntimeError):
    """The story was begun in its middle."""


class Story:
    """What happens to one key. Its values are kept here, and never shown."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    # -- what happens -------------------------------------------------------------------------------------
    def prepare(self, scene: DrillContext) -> None:
        """The application works with a key that is valid at its issuer."""
        scene.issuer = Issuer(scene.world.places.issuer_port)
        self._keys = {"leaked": scene.issuer.create(), "mistyped": f"sk-rehearsal-{secrets.token_urlsafe(24)}"}
        name = _name(scene)
        for region in scene.pair:
            text = with_value(rotation.current(scene, name.secret, region), name.key, self._keys["leaked"])
            store = scene.world.client("secretsmanager", region)
            store.put_secret_value(SecretId=name.secret, SecretString=text)
            self._texts[region] = text
        _redeploy(scene)
        scene.notes["tasks began with the leaked key"] = scene.wait_until(
            lambda: self._held_by_tasks(scene) == {self._keys["leaked"]}, _SECONDS
        )

    def strike(self, scene: DrillContext) -> float:
        """Somebody reports that the key has leaked; an operator asks for a new one."""
        at = time.time()
        scene.view = IncidentView(scene.world, scene.world.names(scene.primary), "secret_rotation", HOLDER)
        operators.lyo_dr(scene, "rotate", "--key", _name(scene).key, "--by", "ada", "--yes")
        return at

    def repair(self, scene: DrillContext) -> None:
        """The person who was asked mistypes the new key first, then hands it over, then revokes the former one."""
        scene.notes["outstanding while nothing is handed over"] = self._outstanding(scene)
        scene.notes["ending with a mistyped key"] = self._hand_over(scene, "mistyped")
        scene.notes["a refused key changes nothing"] = self._unchanged(scene)
        scene.notes["outstanding while the issuer refuses it"] = self._outstanding(scene)
        self._keys["new"] = _issuer(scene).create()
        scene.notes["ending with the new key"] = self._hand_over(scene, "new", {"ProveKey": self._revoke})
        scene.notes["outstanding in the end"] = self._outstanding(scene)

    def _hand_over(
        self, scene: DrillContext, which: str, at: Mapping[str, Callable[[DrillContext], None]] | None = None
    ) -> str:
        """Typed into the command line, which reads it from standard input; how the rotation it starts has ended."""
        name, since = _name(scene), time.time()
        operators.lyo_dr(scene, "hand-over", name.secret, name.key, "--by", "ada", typed=f"{self._keys[which]}\n")
        found, lines = scene.follow(since, at, _SECONDS)
        scene.also += lines
        return str(scene.view.head(found).get("ending", "")) if found else ""

    def _revoke(self, scene: DrillContext) -> None:
        """Told that the new key is in use, the person looks at the tasks and revokes the former one at the issuer.

        A replaced task may be on its way out still when its service is stable; one that stays would be found.
        """
        scene.wait_until(lambda: self._held_by_tasks(scene) == {self._keys["new"]}, _DRAINING)
        held = self._held_by_tasks(scene)
        scene.notes["tasks hold before the former is revoked"] = sorted(
            next((which for which, key in self._keys.items() if key == value), "another") for value in held
        )
        scene.screen.stage("A person revokes the former key at its issuer")
        _issuer(scene).revoke(self._keys["leaked"])

    # -- what is there afterwards -------------------------------------------------------------------------
    def look(self, scene: DrillContext) -> dict[str, str]:
        """By somebody outside the product who knows every key there was."""
        name = _name(scene)
        texts = {region: rotation.current(scene, name.secret, region) for region in scene.pair}
        wanted = {region: with_value(text, name.key, self._keys["new"]) for region, text in self._texts.items()}
        scene.notes["one value changed in both copies, every other byte stayed"] = texts == wanted
        scene.notes["nothing is left handed over"] = not any(
            label.startswith("LYODR_NEW_") for label in self._labels(scene, scene.primary)
        )
        scene.notes["the issuer accepts"] = [which for which in self._keys if self._valid(scene, which)]
        leaks, searched = secret_canary.search(scene, set(self._keys.values()), list(scene.pair))
        scene.notes["leaks"], scene.notes["searched"] = list(leaks), searched
        scene.notes["answers of the issuer"] = len(_issuer(scene).answers)
        _issuer(scene).stop()
        return {}

    def _valid(self, scene: DrillContext, which: str) -> bool:
        test = scene.world.plan.issued()[_name(scene)].test
        answer = try_key(test.url, 3.0, method=test.method, header=header_of(test, self._keys[which]))
        return answer.status in test.accepted

    def _unchanged(self, scene: DrillContext) -> bool:
        return all(rotation.current(scene, _name(scene).secret, region) == text for region, text in self._texts.items())

    def _outstanding(self, scene: DrillContext) -> bool:
        """Whether `lyo-dr status` says so."""
        return "outstanding" in operators.lyo_dr(scene, "status").text

    def _labels(self, scene: DrillContext, region: str) -> set[str]:
        answer = scene.world.client("secretsmanager", region).describe_secret(SecretId=_name(scene).secret)
        return {label for stages in answer["VersionIdsToStages"].values() for label in stages}

    def _held_by_tasks(self, scene: DrillContext) -> set[str]:
        """The key in the environment of every task of this world's primary."""
        name = _name(scene)
        url = json.loads(rotation.current(scene, name.secret, scene.primary))[DATABASE_URL]
        return {found.get(name.key, "") for found in _environments() if found.get(DATABASE_URL) == url}


def _environments() -> Iterator[dict[str, str]]:
    for process in psutil.process_iter(["environ"]):
        yield process.info["environ"] or {}


def _redeploy(scene: DrillContext) -> None:
    for service in scene.world.plan.services:
        place = service.places[scene.primary]
        ecs = scene.world.client("ecs", scene.primary)
        ecs.update_service(cluster=place.cluster, service=place.service, forceNewDeployment=True)


def _name(scene: DrillContext) -> KeyName:
    """The first key of the plan that only its issuer can change."""
    return next(iter(scene.world.plan.issued()))


def _issuer(scene: DrillContext) -> Issuer:
    if scene.issuer is None:
        raise NoIssuerError("nobody gives out keys in this drill")
    return scene.issuer
