"""Least privilege as data: which function may do what, on what, and why. No CDK in here."""

from stacks.grants.grant import REGION_KEY, Grant
from stacks.grants.table import NoGrant, grants_for, speaks_sql

__all__ = ["REGION_KEY", "Grant", "NoGrant", "grants_for", "speaks_sql"]
