"""A cache that does not come up: a drill cannot be run, and one sentence says what to do."""

from __future__ import annotations

from typing import Any

import pytest

from drills.world.onboard import onboard
from drills.world.plan_variants import with_cache
from local_aws.data_plane.processes import ProcessError
from tests.plans import lyo_plan


class Failing:
    """A cloud in which no group is ever made."""

    def client(self, service: str, _region: str) -> Any:
        """Itself."""
        assert service == "elasticache"
        return self

    def create_replication_group(self, **_asked: Any) -> None:
        """Accepted."""

    def describe_replication_groups(self, **_asked: Any) -> dict[str, Any]:
        """Failed."""
        return {"ReplicationGroups": [{"Status": "create-failed"}]}


def test_a_cache_that_does_not_come_up_is_one_sentence_with_a_way_out() -> None:
    with pytest.raises(ProcessError) as said:
        onboard(Failing(), with_cache(lyo_plan()))
    assert "did not come up (create-failed): end other work on this machine and try again" in str(said.value)
