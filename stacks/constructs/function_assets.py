"""Assets shared by the functions of one stack: the code, the dependency layer, the plan layer."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from pathlib import Path

import aws_cdk as cdk
import jsii
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lam
from constructs import Construct
from uv import find_uv_bin

from stacks.site import Site, Sources

_LOCAL_NOTE = "The rehearsal's own environment holds the locked versions of requirements/layer.txt.\n"

_NOT_CODE = ["**/__pycache__", "**/*.pyc", "*.egg-info"]


class FunctionAssets(Construct):
    """Code and layers, created once per stack.

    A layer is not shared between stacks: an exported layer version could not be replaced while another stack
    uses it, and the recovery region must stay updatable stack by stack.
    """

    def __init__(self, scope: Construct, site: Site, key: kms.IKey) -> None:
        super().__init__(scope, "Kit")  # part of logical ids: another word would replace every layer
        self.site = site
        self.key = key
        self.code = lam.Code.from_asset(str(site.sources.lambdas), exclude=_NOT_CODE, ignore_mode=cdk.IgnoreMode.GIT)
        self.layers = [self._dependencies(), self._plan()]

    def _dependencies(self) -> lam.LayerVersion:
        sources = self.site.sources
        code = lam.Code.from_asset(
            str(sources.lock.parent),
            asset_hash=_layer_hash(sources),
            asset_hash_type=cdk.AssetHashType.CUSTOM,
            bundling=cdk.BundlingOptions(
                # Never pulled: the bundling below runs here, without Docker.
                image=cdk.DockerImage.from_registry("none"),
                local=_LocalNote() if sources.platform == "local" else _LockedWheels(sources.lock),
            ),
        )
        return self._layer("Dependencies", code, "The locked requirements of the functions")

    def _plan(self) -> lam.LayerVersion:
        plan = self.site.plan
        with tempfile.TemporaryDirectory() as folder:
            module = Path(folder, "python", "lyo_dr_plan.py")
            module.parent.mkdir()
            module.write_text(plan_module(plan.to_json(), plan.digest()), encoding="utf-8")
            # The asset is copied when the layer is made, so the folder may go afterwards.
            return self._layer("Plan", lam.Code.from_asset(folder), f"The plan, {plan.digest()}")

    def _layer(self, ident: str, code: lam.Code, description: str) -> lam.LayerVersion:
        return lam.LayerVersion(
            self,
            ident,
            code=code,
            description=description,
            compatible_runtimes=[lam.Runtime.PYTHON_3_13],
            compatible_architectures=[lam.Architecture.ARM_64],
        )


def plan_module(canonical: str, digest: str) -> str:
    """Source of the module from which handlers read the plan."""
    return f'"""Written at synth from plan.yaml."""\n\nPLAN = {canonical!r}\nDIGEST = {digest!r}\n'


def _layer_hash(sources: Sources) -> str:
    """Hash over all inputs of the layer. The lock file counts for the local note, too: a new lock is a new layer."""
    content = hashlib.sha256(sources.lock.read_bytes())
    content.update(sources.platform.encode())
    content.update(Path(__file__).read_bytes())
    return content.hexdigest()


@jsii.implements(cdk.ILocalBundling)
class _LockedWheels:
    """Locked wheels for AWS Lambda on arm64, downloaded with hashes and never built."""

    def __init__(self, lock: Path) -> None:
        self._lock = lock

    def try_bundle(self, output_dir: str, *_: object, **__: object) -> bool:
        """Fill ``output_dir``. Raises CalledProcessError with uv's own words when a wheel is missing."""
        command = [find_uv_bin(), "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        command += ["--python-platform", "aarch64-manylinux2014", "--python-version", "3.13"]
        command += ["--only-binary", ":all:", "-r", str(self._lock), "--target", f"{output_dir}/python"]
        subprocess.run(command, check=True, timeout=300)  # noqa: S603 - fixed words and our own lock file
        return True


@jsii.implements(cdk.ILocalBundling)
class _LocalNote:
    """A layer without wheels: the runtime of a drill already has them."""

    def try_bundle(self, output_dir: str, *_: object, **__: object) -> bool:
        """Write a note that explains why there are no wheels."""
        note = Path(output_dir, "python", "README.txt")
        note.parent.mkdir(parents=True)
        note.write_text(_LOCAL_NOTE, encoding="utf-8")
        return True
