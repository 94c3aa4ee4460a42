"""The operator's door, from outside: one signed POST, answered with one sentence.

The URL is looked up by the function's computed name. The signature is that of the person's own AWS credentials
(Signature Version 4, service ``lambda``), so AWS itself says who they are.
"""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import NoCredentialsError
from botocore.session import get_session

from cli.aws_errors import explain
from cli.environment import endpoint
from cli.output import say
from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.errors import LyoDrError, ServiceUnreachable
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames

_SECONDS = 35.0
"""Longer than the function may run (30 s)."""


@dataclass(frozen=True)
class Said:
    """What the door answered."""

    status: int
    sentence: str

    @property
    def done(self) -> bool:
        """Whether the order was carried out."""
        return self.status == 200


class DoorClosed(Exception):
    """The door of a region cannot be reached. One sentence."""


def order(plan: Plan, region: str, **fields: Any) -> Said:
    """Put one order to the door of a region. Raises DoorClosed when it cannot be reached."""
    try:
        return _post(_url(plan, region), region, json.dumps(fields).encode())
    except LyoDrError as refusal:
        raise DoorClosed(f"nothing was ordered in {region}: {explain(refusal, region)}") from refusal


def report(said: Said) -> int:
    """Say it; the exit code: 0 when it was done, 1 when it was refused."""
    # A name keeps its spelling, also at the beginning.
    first = said.sentence[:1] if said.sentence.startswith("arn:") else said.sentence[:1].upper()
    say(f"{first}{said.sentence[1:]}.", "bold green" if said.done else "bold red")
    return 0 if said.done else 1


def _url(plan: Plan, region: str) -> str:
    function = ResourceNames(plan, region).function("operator", "AnswerOperator")
    with calling(f"looking for the operator's door in {region}"):
        found = client("lambda", region).get_function_url_config(FunctionName=function)
    return str(found["FunctionUrl"])


def _post(url: str, region: str, body: bytes) -> Said:
    request = AWSRequest("POST", url, data=body, headers={"content-type": "application/json"})
    with calling("signing an order"):
        credentials = get_session().get_credentials()
        if credentials is None:
            raise NoCredentialsError
    SigV4Auth(credentials.get_frozen_credentials(), "lambda", region).add_auth(request)
    headers = {**dict(request.headers.items()), "Host": urlsplit(url).netloc}
    connection = _connection(endpoint() or url)
    try:
        connection.request("POST", urlsplit(url).path or "/", body, headers)
        answer = connection.getresponse()
        return _said(answer.status, answer.read())
    except (OSError, http.client.HTTPException) as silence:
        raise ServiceUnreachable(f"asking the operator's door: no answer ({type(silence).__name__})") from silence
    finally:
        connection.close()


def _connection(address: str) -> http.client.HTTPConnection:
    """To AWS, or to where AWS is instead; the Host header names the function either way."""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=_SECONDS)


def _said(status: int, body: bytes) -> Said:
    """The door's own sentence; AWS in front of it has another form."""
    try:
        content: Any = json.loads(body)
    except ValueError:
        content = None
    found = content if isinstance(content, dict) else {}
    sentence = found.get("sentence") or found.get("Message") or found.get("message")
    if status == 403 and "sentence" not in found:
        sentence = "AWS does not let you use the operator's door; attach the managed policy of operators to your role"
    return Said(status, str(sentence or f"the door answered {status}"))
