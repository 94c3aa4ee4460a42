"""What the resource types are built with: clients of the endpoint, and properties turned into parameters."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import botocore.config
import botocore.exceptions
from ministack.core.responses import get_account_id, get_region

from local_aws.sessions import make_client

Properties = Mapping[str, Any]
Created = tuple[str, dict[str, Any]]
Create = Callable[[str, Properties], Created]
Update = Callable[[str, Properties], Created]
Delete = Callable[[str, Properties], None]


@dataclass(frozen=True)
class ResourceType:
    """How one type is created, updated and deleted.

    ``create`` gets the name CloudFormation would invent and the properties, and returns physical id and attributes.
    Without ``update`` a change creates the resource anew.
    """

    create: Create
    delete: Delete
    update: Update | None = None


@dataclass(frozen=True)
class Kit:
    """Clients of the local AWS for the account and region of the stack at work."""

    endpoint: str

    def client(self, service: str) -> Any:
        """Return a client acting as CloudFormation with the rights of the account."""
        return _client(service, get_region(), get_account_id(), self.endpoint)

    def call(self, service: str, method: str, properties: Properties, /, **more: Any) -> dict[str, Any]:
        """Call a method with those of the properties it knows, typed as it wants them."""
        client = self.client(service)
        operation = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
        answer: dict[str, Any] = getattr(client, method)(**fit(operation.input_shape, {**properties, **more}))
        return answer

    def quietly(self, service: str, method: str, /, **parameters: Any) -> None:
        """Delete something that may be gone already."""
        try:
            getattr(self.client(service), method)(**parameters)
        except botocore.exceptions.ClientError as error:
            if not _is_gone(error.response["Error"]["Code"]):
                raise


@functools.cache
def _client(service: str, region: str, account: str, endpoint: str) -> Any:
    config = botocore.config.Config(user_agent_appid="cloudformation")
    return make_client(service, region, endpoint, config, account)


def arn(service: str, resource: str) -> str:
    """Return an ARN in the account and region of the stack at work."""
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


def fit(shape: Any, value: Any) -> Any:
    """Shape a template's value as the API wants it: ``"20"`` becomes 20, unknown members go, names find their case."""
    convert = _CONVERTERS.get(shape.type_name)
    return convert(shape, value) if convert else str(value)


def _structure(shape: Any, value: Mapping[str, Any]) -> dict[str, Any]:
    members = {name.lower(): name for name in shape.members}
    known = {members[name.lower()]: item for name, item in value.items() if name.lower() in members}
    return {name: fit(shape.members[name], item) for name, item in known.items() if item is not None}


def _boolean(_shape: Any, value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).lower() == "true"


_CONVERTERS: dict[str, Callable[[Any, Any], Any]] = {
    "structure": _structure,
    "list": lambda shape, value: [fit(shape.member, item) for item in value],
    "map": lambda shape, value: {key: fit(shape.value, item) for key, item in value.items()},
    "integer": lambda _shape, value: int(value),
    "long": lambda _shape, value: int(value),
    "float": lambda _shape, value: float(value),
    "double": lambda _shape, value: float(value),
    "boolean": _boolean,
}


def _is_gone(code: str) -> bool:
    return "NotFound" in code or code.startswith("NoSuch") or code in ("ServiceNotActiveException", "ResourceNotFound")
