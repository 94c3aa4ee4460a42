"""``lyo-dr status`` says when a delayed replica of the plan would be of no use."""

from __future__ import annotations

from pathlib import Path

import pytest

from lyo_dr.adapters.aws.session import client
from tests.cli.aws import IRELAND, TwoRegions
from tests.cli.conftest import Type
from tests.plans import PLAN_FILE

NAME, SOURCE = "lyo-saas-production-postgres-delayed", "lyo-saas-production-postgres"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """The committed plan with its commented example in force."""
    lines = PLAN_FILE.read_text(encoding="utf-8").splitlines()
    begin = next(number for number, line in enumerate(lines) if "# delayed:" in line)
    lines[begin : begin + 3] = [line.replace("# ", "", 1) for line in lines[begin : begin + 3]]
    path = tmp_path / "plan.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def given_replica(milliseconds: int) -> None:
    rds = client("rds", IRELAND)
    rds.create_db_parameter_group(DBParameterGroupName=NAME, DBParameterGroupFamily="postgres17", Description="late")
    delay = {"ParameterName": "recovery_min_apply_delay", "ParameterValue": str(milliseconds)}
    rds.modify_db_parameter_group(DBParameterGroupName=NAME, Parameters=[{**delay, "ApplyMethod": "immediate"}])
    kind = {"DBInstanceClass": "db.t4g.medium", "Engine": "postgres", "AllocatedStorage": 20}
    rds.create_db_instance(
        DBInstanceIdentifier=SOURCE, MasterUsername="ada", MasterUserPassword="secret-of-moto", **kind
    )
    rds.create_db_instance_read_replica(
        DBInstanceIdentifier=NAME, SourceDBInstanceIdentifier=SOURCE, DBParameterGroupName=NAME
    )


def test_one_that_is_missing_is_said_in_the_active_region_alone(lyo_dr: Type, aws: TwoRegions, plan: Path) -> None:
    said = lyo_dr("status", plan=plan).output
    assert said.count("delayed ") == 1
    assert f"the plan names instance {NAME}, which does not exist" in " ".join(said.split())


@pytest.mark.parametrize(
    ("milliseconds", "sentence"),
    [(3_600_000, ""), (0, f"recovery_min_apply_delay of {NAME} is 0 ms, the plan says 3600000 ms")],
)
def test_one_with_another_delay_is_said_and_one_as_planned_is_not(
    lyo_dr: Type, aws: TwoRegions, plan: Path, milliseconds: int, sentence: str
) -> None:
    given_replica(milliseconds)
    said = " ".join(lyo_dr("status", plan=plan).output.split())
    assert ("delayed " in said) is bool(sentence)
    assert sentence in said
