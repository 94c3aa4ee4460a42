"""One value of a secret is changed, and not a byte beside it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyo_dr.decisions.common.addresses.database_address import Login
from lyo_dr.decisions.common.addresses.secret_text import value_of, with_value
from lyo_dr.errors import InvalidSecret

WORDS = st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"]), min_size=1, max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner)
)


@given(st.dictionaries(WORDS, VALUES), WORDS, st.text(), st.sampled_from([None, 1, "\t"]), st.booleans())
def test_everything_beside_the_value_stays_byte_for_byte(
    others: dict[str, object], key: str, value: str, indent: int | str | None, ascii_only: bool
) -> None:
    text = " " + json.dumps({**others, key: "PLACE"}, indent=indent, ensure_ascii=ascii_only) + "\r\n"
    changed = with_value(text, key, value)
    assert json.loads(changed) == {**others, key: value}
    assert with_value(changed, key, "PLACE") == text
    assert value_of(changed, key) == value


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "binary"),
        ("not json hunter2", "is not JSON"),
        ('["hunter2"]', "not a JSON object"),
        ('{"OTHER": "hunter2"}', "has no key DATABASE_URL"),
        ('{"DATABASE_URL": "a", "x": 1, "DATABASE_URL": "hunter2"}', "twice"),
        ('{"DATABASE_URL": "hunter2', "is not JSON"),
        ("{}", "has no key"),
    ],
)
def test_fault_46_a_secret_that_is_not_what_it_should_be_is_refused_unquoted(text: str | None, sentence: str) -> None:
    for work in (lambda: value_of(text, "DATABASE_URL"), lambda: with_value(text, "DATABASE_URL", "new")):
        with pytest.raises(InvalidSecret, match=sentence) as refusal:
            work()
        assert "hunter2" not in str(refusal.value)


def test_a_login_never_shows_its_password() -> None:
    assert "hunter2" not in repr(Login("lyo_app", "hunter2"))
