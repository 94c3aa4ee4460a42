"""Patch: a DB subnet group is created without looking its subnets up in moto's EC2.

moto refuses subnets that its own EC2 does not know. Here ministack serves EC2, and nothing of a subnet but its name
matters.
"""

from dataclasses import dataclass
from typing import Any

from moto.core.responses import ActionResult
from moto.rds import responses

_ZONES = "abc"


@dataclass(frozen=True)
class Subnet:
    """What moto's DB subnet group wants to know of a subnet."""

    id: str
    availability_zone: str
    vpc_id: str = "vpc-local"


def apply() -> None:
    """Patch creation and change of DB subnet groups; AttributeError when moto no longer has them."""
    response = responses.RDSResponse
    _ = (response.create_db_subnet_group, response.modify_db_subnet_group)
    response.create_db_subnet_group = _create
    response.modify_db_subnet_group = _modify


def _create(self: Any) -> Any:
    arguments = (self.params.get("DBSubnetGroupDescription"), _subnets(self), self.params.get("Tags", []))
    group = self.backend.create_subnet_group(self.params.get("DBSubnetGroupName"), *arguments)
    return ActionResult({"DBSubnetGroup": group})


def _modify(self: Any) -> Any:
    name, text = self.params.get("DBSubnetGroupName"), self.params.get("DBSubnetGroupDescription")
    return ActionResult({"DBSubnetGroup": self.backend.modify_db_subnet_group(name, text, _subnets(self))})


def _subnets(response: Any) -> list[Subnet]:
    identifiers = response.params.get("SubnetIds", [])
    return [Subnet(name, response.region + _ZONES[i % len(_ZONES)]) for i, name in enumerate(identifiers)]
