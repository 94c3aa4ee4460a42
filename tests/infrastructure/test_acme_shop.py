"""The example that is not the sample: its templates can be made, and nothing in them comes from its rehearsal."""

from __future__ import annotations

from pathlib import Path

from drills.world.synth import ROOT, synthesise

ACME = ROOT / "examples" / "acme-shop" / "plan.yaml"


def test_acme_shop_is_synthesised_and_what_is_deployed_knows_nothing_of_its_rehearsal(tmp_path: Path) -> None:
    assembly = synthesise(ACME, "local", tmp_path)
    assert list(assembly.glob("*.template.json"))
    deployed = [path for path in assembly.rglob("*") if path.is_file() and path.suffix in (".json", ".py")]
    assert not [path.name for path in deployed if "orders-seed.sql" in path.read_text(encoding="utf-8")]
