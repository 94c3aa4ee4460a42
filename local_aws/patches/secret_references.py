"""Secrets named in a template.

Upstream resolves ``{{resolve:secretsmanager:...}}`` from its own store. The secrets live in the data host, so the value
is read there, in the region of the stack.
"""

from ministack.core.responses import get_region
from ministack.services import secretsmanager

from local_aws.patch_context import PatchContext

REQUIRES = ("ministack.services.secretsmanager:resolve_secret_string", "ministack.core.responses:get_region")


def apply(context: PatchContext) -> None:
    """Read references from the data host, if there is one."""
    host = context.data_host
    if host is None:
        return

    def resolve(secret_id: str, version_stage: str = "AWSCURRENT", version_id: str | None = None) -> str | None:
        wanted = {"VersionId": version_id} if version_id else {"VersionStage": version_stage}
        found = host.secret(get_region(), "GetSecretValue", {"SecretId": secret_id, **wanted})
        return found.get("SecretString") if found else None

    secretsmanager.resolve_secret_string = resolve
