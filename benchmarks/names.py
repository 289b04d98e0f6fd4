"""Names as they are spread among people: a few first names that very many have, last names of syllables that recur."""

from __future__ import annotations

from typing import Final

PARTS: Final = {
    "first": "Anna Maria Katarzyna Małgorzata Agnieszka Barbara Ewa Krystyna Elżbieta Magdalena Piotr Krzysztof Andrzej"
    " Tomasz Paweł Jan Michał Marcin Jakub Adam Marek Łukasz Grzegorz Mateusz Wojciech Peter Hans Klaus Ursula Sabine"
    " Monika Petra Andreas Stefan Thomas Michael José Carmen Antonio Lucía",
    "beginnings": "Ko No Wi Wo Ka Ma Le Zie Szy Du Gra Pa Mi Ja Kro Ada Sta Ol Ry Sob Jan Piet Bor Gor Wal Zaw Gar Ch"
    " Klim Mar",
    "middles": "wal wa sniew jcik min zur wan lin man dek bow lik cha no lak mcz nia sze ja ro zic ner der el tor kop"
    " mac ber gie lew",
    "ends": "ski ska czyk iak ak ek owski owska ewicz ik er mann ez ka uk wicz icz arz asz ita",
}
LISTS: Final = {name: text.split() for name, text in PARTS.items()}  # parameters of what follows
# Of a number that is as good as drawn, `dice`; the first ones of the first names are the most frequent.
FIRST_NAME: Final = "(%(first)s::text[])[1 + floor(power(dice %% 9973 / 9973.0, 1.7) * cardinality(%(first)s::text[]))]"
LAST_NAME: Final = """(%(beginnings)s::text[])[1 + dice / 7 %% cardinality(%(beginnings)s::text[])]
        || (%(middles)s::text[])[1 + dice / 211 %% cardinality(%(middles)s::text[])]
        || (%(ends)s::text[])[1 + dice / 6337 %% cardinality(%(ends)s::text[])]"""
