"""The cases of ``deploy_service``."""

from __future__ import annotations

from tests.killed.given import of_service
from tests.killed.harness import Case

CASES = {
    "raise_capacity": Case(of_service),
    "check_capacity": Case(of_service, reads_only=True),
}
