"""Client of the operator API: one signed POST, answered with one sentence.

The URL is looked up by the computed name of the function. The request is signed with the operator's own AWS
credentials (Signature Version 4, service ``lambda``), so AWS itself authenticates them.
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
from cli.identity import check_account
from cli.output import say, working
from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.errors import LyoDrError, ServiceUnreachable
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames

_SECONDS = 35.0
"""Longer than the timeout of the function (30 s)."""
_LOOKUP_SECONDS = 4.0


@dataclass(frozen=True)
class Reply:
    """Reply of the operator API."""

    status: int
    sentence: str

    @property
    def done(self) -> bool:
        """Whether the command was carried out."""
        return self.status == 200


class OperatorApiUnreachable(Exception):
    """The operator API of a region cannot be reached. One sentence."""


def send_command(plan: Plan, region: str, **fields: Any) -> Reply:
    """Send one command to the operator API of a region. Raises OperatorApiUnreachable."""
    try:
        with working(f"Calling the operator API in {region}"):
            check_account(plan, region)
            return _post(_url(plan, region), region, json.dumps(fields).encode())
    except LyoDrError as refusal:
        raise OperatorApiUnreachable(f"nothing was changed in {region}: {explain(refusal, region)}") from refusal


def print_reply(reply: Reply) -> int:
    """Print it; the exit code: 0 when the command was carried out, 1 when it was refused."""
    say(f"{_capitalised(reply.sentence)}.", "bold green" if reply.done else "bold red")
    return 0 if reply.done else 1


def _capitalised(sentence: str) -> str:
    """An id keeps its spelling, also at the beginning: it is going to be pasted."""
    word = sentence.partition(" ")[0]
    return sentence[:1].upper() + sentence[1:] if word.isalpha() else sentence


def _url(plan: Plan, region: str) -> str:
    function = ResourceNames(plan, region).function("operator", "AnswerOperator")
    with calling(f"looking up the operator API in {region}"):
        brief = client("lambda", region, read_seconds=_LOOKUP_SECONDS, attempts=1)
        found = brief.get_function_url_config(FunctionName=function)
    return str(found["FunctionUrl"])


def _post(url: str, region: str, body: bytes) -> Reply:
    request = AWSRequest("POST", url, data=body, headers={"content-type": "application/json"})
    with calling("signing a request"):
        credentials = get_session().get_credentials()
        if credentials is None:
            raise NoCredentialsError
    SigV4Auth(credentials.get_frozen_credentials(), "lambda", region).add_auth(request)
    headers = {**dict(request.headers.items()), "Host": urlsplit(url).netloc}
    connection = _connection(endpoint() or url)
    try:
        connection.request("POST", urlsplit(url).path or "/", body, headers)
        answer = connection.getresponse()
        return _reply(answer.status, answer.read())
    except (OSError, http.client.HTTPException) as error:
        raise ServiceUnreachable(f"calling the operator API: no answer ({type(error).__name__})") from error
    finally:
        connection.close()


def _connection(address: str) -> http.client.HTTPConnection:
    """To AWS, or to a local AWS; the Host header names the function either way."""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=_SECONDS)


def _reply(status: int, body: bytes) -> Reply:
    """Sentence of the function; an error of AWS in front of it has another form."""
    try:
        content: Any = json.loads(body)
    except ValueError:
        content = None
    found = content if isinstance(content, dict) else {}
    sentence = found.get("sentence") or found.get("Message") or found.get("message")
    if status == 403 and "sentence" not in found:
        sentence = "AWS denies you access to the operator API; attach the managed policy of operators to your role"
    return Reply(status, str(sentence or f"the operator API answered {status}"))
