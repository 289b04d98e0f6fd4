"""How near a text must be for the lookup `trigram_similar` to find it."""

from __future__ import annotations

from django.db import connection


def similar_from(part: float) -> None:
    """Until the transaction ends, let texts be similar from this part of their trigrams on (0 to 1; otherwise 0.3).

    The higher it is, the fewer rows an index on trigrams has to look at.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(part)])
