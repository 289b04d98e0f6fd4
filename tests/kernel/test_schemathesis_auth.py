"""The half of `test_schemathesis` that is about users, roles, keys and sessions."""

from __future__ import annotations

import pytest

from tests.kernel.contract import sample, served

AUTH = "^/api/auth/"


@pytest.mark.matrix
@pytest.mark.committed
def test_users_roles_keys_and_sessions_do_what_the_document_says() -> None:
    with served() as contract:
        found = sample(contract, at=AUTH)
    assert found == [], "\n\n".join(found)
