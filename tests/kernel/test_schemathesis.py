"""The REST interface does what its document says: schemathesis with every check, on a real server with real data."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kernel.contract import GENERATION, conformance, sample, served
from tests.support.sizes import IS_FULL

# The other half has a file of its own, so that two processes share the work.
NOT_AUTH = "^/api/(?!auth/)"


@pytest.mark.matrix
@pytest.mark.committed
def test_the_interface_does_what_its_document_says() -> None:
    with served() as contract:
        found = sample(contract, at=NOT_AUTH)
    assert found == [], "\n\n".join(found)


@pytest.mark.prove
@pytest.mark.committed
def test_every_list_does_what_its_document_says() -> None:
    # Every value of every parameter is sent at full size only: that takes longer than everything else together.
    phases: dict[str, Any] = {} if IS_FULL else {"phases": {"coverage": {"enabled": False}}}
    with served() as contract:
        found = conformance(contract, generation=GENERATION, **phases)
    assert found == [], "\n\n".join(found)
