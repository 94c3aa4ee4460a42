"""The master user of an instance, with a password that works."""

import json
import secrets

from moto.rds.exceptions import RDSClientError

from local_aws.rds.databases import Master
from local_aws.rds.instance import Instance


def master_of(instance: Instance) -> Master:
    """The login an instance is created with; raises RDSClientError where one is not given."""
    if not instance.master_username:
        raise RDSClientError("InvalidParameterCombination", "MasterUsername is required.")
    managed = instance.manage_master_user_password
    password = _managed_password(instance) if managed else instance._master_user_password
    if not password:
        raise RDSClientError("InvalidParameterCombination", "MasterUserPassword is required.")
    return Master(instance.master_username, password, instance.db_name)


def _managed_password(instance: Instance) -> str:
    """Put a login that works into the secret of an instance; moto puts the same invented one into all."""
    password = secrets.token_urlsafe(24)
    secret = instance.master_user_secret.secret
    secret.secret_string = json.dumps({"username": instance.master_username, "password": password})
    secret.versions[secret.default_version_id]["secret_string"] = secret.secret_string
    return password
