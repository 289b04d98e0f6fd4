import pytest
from tests.support.scopes import House


def test_smoke(house: House, other_house: House):
    from apps.kernel.tenancy.scope import using_scope
    from apps.kernel.tenancy.transactions import scoped_transaction
    from apps.directory.models import Organization
    with using_scope(house.scope()), scoped_transaction():
        assert Organization.objects.count() == 3
    from apps.kernel.tenancy.catalog import faults
    assert faults("default") == []
