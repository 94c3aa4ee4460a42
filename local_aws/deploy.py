"""Deploy a synthesised assembly into the local AWS, as the CDK would, only faster.

Assets are zipped and put into the staging buckets, stacks created or updated through the endpoint. Stacks of one group
are deployed side by side, groups one after the other. A template is sent by its address once it is too long to be sent
itself.
"""

import functools
import io
import json
import time
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.config
import botocore.exceptions

from local_aws.sessions import make_client
from local_aws.settings import DEFAULT_ACCOUNT

STACK_DEADLINE_SECONDS = 240.0
LONGEST_TEMPLATE_SENT = 51_200
BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
BOOTSTRAP_VERSION = "30"
_LOOK_EVERY_SECONDS = 0.1
_DEFAULT_REGION = "us-east-1"

# A zip with the same content is the same file: the time of its entries is fixed.
_EPOCH = (2020, 1, 1, 0, 0, 0)


class DeployFailed(Exception):
    """A stack could not be deployed. ``reasons`` has one sentence per resource that failed."""

    def __init__(self, stack: str, reasons: Sequence[str]) -> None:
        super().__init__(f"{stack}: " + "; ".join(reasons))
        self.stack = stack
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class Stack:
    """One stack of the assembly and where it goes."""

    name: str
    region: str
    template: str
    assets: Mapping[str, Any]
    protected: bool = False


def deploy(
    assembly: Path,
    stacks: Iterable[str | Iterable[str]],
    endpoint: str,
    account: str = DEFAULT_ACCOUNT,
) -> dict[str, dict[str, str]]:
    """Deploy the stacks and return the outputs of each; raises DeployFailed with the reasons of failed resources."""
    target = _Target(assembly, endpoint, account)
    outputs: dict[str, dict[str, str]] = {}
    for group in stacks:
        names = [group] if isinstance(group, str) else list(group)
        pool = ThreadPoolExecutor(max_workers=max(1, len(names)))
        try:
            outputs.update(zip(names, pool.map(target.deploy, names), strict=True))
        except BaseException:
            # Ctrl-C must not wait for stacks: stopping the local AWS ends what is in progress.
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        pool.shutdown()
    return outputs


def stack_names(assembly: Path) -> list[str]:
    """Every stack of the assembly, in its order."""
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    return [name for name, artifact in artifacts.items() if artifact["type"] == "aws:cloudformation:stack"]


def read_stack(assembly: Path, name: str, account: str = DEFAULT_ACCOUNT) -> Stack:
    """Read one stack of the assembly; raises DeployFailed when there is none of this name."""
    manifest = json.loads((assembly / "manifest.json").read_text())
    artifact = manifest["artifacts"].get(name)
    if artifact is None or artifact["type"] != "aws:cloudformation:stack":
        raise DeployFailed(name, [f"the assembly {assembly.name} has no such stack"])
    properties = artifact["properties"]
    region = artifact["environment"].rsplit("/", 1)[-1]
    if region == "unknown-region":
        region = _DEFAULT_REGION
    listing = assembly / f"{name}.assets.json"
    text = listing.read_text() if listing.exists() else '{"files": {}}'
    filled = text.replace("${AWS::AccountId}", account).replace("${AWS::Region}", region)
    template = (assembly / properties["templateFile"]).read_text()
    protected = bool(properties.get("terminationProtection"))
    return Stack(properties.get("stackName", name), region, template, json.loads(filled)["files"], protected)


class _Target:
    """The account an assembly is deployed into."""

    def __init__(self, assembly: Path, endpoint: str, account: str) -> None:
        self._assembly = assembly
        self._endpoint = endpoint
        self._account = account

    def deploy(self, name: str) -> dict[str, str]:
        """Publish the assets of a stack, create or update it, and return its outputs."""
        stack = read_stack(self._assembly, name, self._account)
        addresses = self._publish(stack)
        ssm = self._client("ssm", stack.region)
        ssm.put_parameter(Name=BOOTSTRAP_PARAMETER, Value=BOOTSTRAP_VERSION, Type="String", Overwrite=True)
        formation = self._client("cloudformation", stack.region)
        try:
            changed = _start(formation, stack, addresses)
        except botocore.exceptions.ClientError as error:
            raise DeployFailed(name, [error.response["Error"]["Message"]]) from error
        return _outputs(_wait(formation, stack) if changed else _describe(formation, stack))

    def _publish(self, stack: Stack) -> dict[str, str]:
        """Put every asset of the stack into its bucket; returns the addresses by path in the assembly."""
        addresses: dict[str, str] = {}
        for asset in stack.assets.values():
            path = asset["source"]["path"]
            body = packed(self._assembly / path, asset["source"].get("packaging", "file"))
            for destination in asset["destinations"].values():
                bucket, key = destination["bucketName"], destination["objectKey"]
                self._upload(destination.get("region", stack.region), bucket, key, body)
                addresses[path] = f"{self._endpoint}/{bucket}/{key}"
        return addresses

    def _upload(self, region: str, bucket: str, key: str, body: bytes) -> None:
        s3 = self._client("s3", region)
        where = {} if region == _DEFAULT_REGION else {"LocationConstraint": region}
        try:
            s3.create_bucket(Bucket=bucket, **({"CreateBucketConfiguration": where} if where else {}))
        except botocore.exceptions.ClientError as error:
            if not error.response["Error"]["Code"].startswith("BucketAlready"):
                raise
        s3.put_object(Bucket=bucket, Key=key, Body=body)

    @functools.cache  # noqa: B019 - the target lives as long as one deployment
    def _client(self, service: str, region: str) -> Any:
        config = botocore.config.Config(
            user_agent_appid="deploy", s3={"addressing_style": "path"}, read_timeout=STACK_DEADLINE_SECONDS
        )
        return make_client(service, region, self._endpoint, config, self._account)


@functools.lru_cache(maxsize=64)
def packed(source: Path, packaging: str) -> bytes:
    """Return an asset as it is uploaded: a directory zipped, a file as it is."""
    if packaging != "zip" or source.is_file():
        return source.read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(source.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                entry = zipfile.ZipInfo(path.relative_to(source).as_posix(), _EPOCH)
                entry.external_attr = (path.stat().st_mode & 0xFFFF) << 16
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 1)
    return buffer.getvalue()


def _start(formation: Any, stack: Stack, addresses: Mapping[str, str]) -> bool:
    """Create or update the stack; False when there is nothing to change."""
    request: dict[str, Any] = {"StackName": stack.name, "Capabilities": ["CAPABILITY_NAMED_IAM"]}
    by_address = [address for path, address in addresses.items() if path.endswith(".template.json")]
    if len(stack.template.encode()) > LONGEST_TEMPLATE_SENT and by_address:
        request["TemplateURL"] = by_address[0]
    else:
        request["TemplateBody"] = stack.template
    status = _status(formation, stack.name)
    if status in _FAILED_CREATIONS:
        _delete(formation, stack)
        status = None
    if status is None:
        formation.create_stack(**request, EnableTerminationProtection=stack.protected)
        return True
    formation.update_termination_protection(StackName=stack.name, EnableTerminationProtection=stack.protected)
    try:
        formation.update_stack(**request)
    except botocore.exceptions.ClientError as error:
        if "No updates are to be performed" in error.response["Error"]["Message"]:
            return False
        raise
    return True


_FAILED_CREATIONS = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED")
"""What the CDK deletes before it creates it again."""


def _status(formation: Any, name: str) -> str | None:
    """The status of a stack; None where there is none."""
    try:
        status = formation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    except botocore.exceptions.ClientError:
        return None
    return None if status == "DELETE_COMPLETE" else str(status)


def _delete(formation: Any, stack: Stack) -> None:
    """Delete a stack whose creation failed; raises DeployFailed, and botocore's error where it is protected."""
    stack_id = _describe(formation, stack)["StackId"]
    formation.delete_stack(StackName=stack.name)
    deadline = time.monotonic() + STACK_DEADLINE_SECONDS
    while time.monotonic() < deadline:
        status = formation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]
        if status == "DELETE_COMPLETE":
            return
        if status == "DELETE_FAILED":
            break
        time.sleep(_LOOK_EVERY_SECONDS)
    raise DeployFailed(stack.name, ["its creation had failed, and it cannot be deleted"])


def _describe(formation: Any, stack: Stack) -> dict[str, Any]:
    described: dict[str, Any] = formation.describe_stacks(StackName=stack.name)["Stacks"][0]
    return described


def _wait(formation: Any, stack: Stack) -> dict[str, Any]:
    deadline = time.monotonic() + STACK_DEADLINE_SECONDS
    while time.monotonic() < deadline:
        described = _describe(formation, stack)
        status = described["StackStatus"]
        if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return described
        if not status.endswith("_IN_PROGRESS"):
            raise DeployFailed(stack.name, _reasons(formation, stack) or [f"ended as {status}"])
        time.sleep(_LOOK_EVERY_SECONDS)
    raise DeployFailed(stack.name, [f"not finished after {STACK_DEADLINE_SECONDS:.0f} s"])


def _reasons(formation: Any, stack: Stack) -> list[str]:
    events = formation.describe_stack_events(StackName=stack.name)["StackEvents"]
    return [
        f"{event['LogicalResourceId']} ({event.get('ResourceType', 'stack')}): {event['ResourceStatusReason']}"
        for event in reversed(events)
        if event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason")
    ]


def _outputs(described: Mapping[str, Any]) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
