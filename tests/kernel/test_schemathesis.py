"""The REST interface does what its document says: schemathesis with every check, on a real server with real data."""

from __future__ import annotations

import pytest

from tests.kernel.contract import GENERATION, conformance, sample, served

# The other half has a file of its own, so that two processes share the work.
NOT_AUTH = "^/api/(?!auth/)"


@pytest.mark.committed
def test_the_interface_does_what_its_document_says() -> None:
    with served() as contract:
        found = sample(contract, at=NOT_AUTH)
    assert found == [], "\n\n".join(found)


@pytest.mark.prove
@pytest.mark.committed
def test_every_list_does_what_its_document_says() -> None:
    with served() as contract:
        found = conformance(contract, generation=GENERATION)
    assert found == [], "\n\n".join(found)
