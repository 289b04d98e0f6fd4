"""SQL function for servers without pgvector: how far two vectors point apart."""

from __future__ import annotations

# 1 minus the cosine, as pgvector's `<=>`; NULL for vectors of different length and for one of length zero.
DISTANCE_FUNCTION = """
CREATE OR REPLACE FUNCTION search_distance(one double precision[], other double precision[]) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN cardinality(one) = cardinality(other) THEN
        (SELECT 1 - sum(a * b) / NULLIF(sqrt(sum(a * a)) * sqrt(sum(b * b)), 0) FROM unnest(one, other) AS pair (a, b))
    END
$$
"""
