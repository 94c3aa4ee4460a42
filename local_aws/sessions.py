"""boto3 clients of the local AWS.

All come from one session, so that each service's model is read once. Making a client is not safe in several threads at
once, using one is; hence the lock.
"""

import threading
from typing import Any

import boto3
import botocore.config

# The emulator takes the account's number for the key of its root user and does not check the secret.
ROOT_SECRET = "unchecked"  # noqa: S105

_lock = threading.Lock()
_session = boto3.session.Session()


def make_client(
    service: str,
    region: str,
    endpoint: str,
    config: botocore.config.Config,
    access_key: str,
    secret_key: str = ROOT_SECRET,
    token: str | None = None,
) -> Any:
    """Return a client acting with this key; a 12-digit account id is the key of the account itself."""
    with _lock:
        return _session.client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            config=config,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            aws_session_token=token,
        )
