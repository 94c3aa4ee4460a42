"""The loader of service models reads what botocore's own reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from botocore.exceptions import DataNotFoundError
from botocore.loaders import Loader

from lyo_dr.adapters.aws import session
from lyo_dr.adapters.aws.session import DirectLoader

_FOLDER = Path(session.__file__).parent
_CALLED = sorted(
    {name for path in _FOLDER.glob("*.py") for name in re.findall(r'client\("([\w-]+)"', path.read_text())}
)


def test_the_adapters_call_services() -> None:
    assert {"dynamodb", "rds", "stepfunctions"} <= set(_CALLED)


@pytest.mark.parametrize("service", _CALLED)
@pytest.mark.parametrize("kind", ["service-2", "endpoint-rule-set-1"])
def test_each_model_is_the_one_botocore_would_choose(service: str, kind: str) -> None:
    assert DirectLoader().load_service_model(service, kind) == Loader().load_service_model(service, kind)


@pytest.mark.parametrize("service", ["dynamo", "no-such-service"])
def test_a_service_that_does_not_exist_is_refused(service: str) -> None:
    with pytest.raises(Exception, match=service):
        DirectLoader().load_service_model(service, "service-2")


def test_a_folder_without_a_model_of_that_kind_is_refused() -> None:
    with pytest.raises(DataNotFoundError):
        DirectLoader().load_service_model("dynamodb", "no-such-kind")


def test_our_clients_use_it() -> None:
    assert isinstance(session._session().get_component("data_loader"), DirectLoader)
