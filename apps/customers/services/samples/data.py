"""Words that sample customers are made of: names, streets and trades of four countries, put together at random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Land:
    """What people and companies of a country are called, and where they are.

    `company` makes a legal name of a trade and a name. `phone` begins each number, `digits` more follow. Surnames of
    women may end otherwise: `feminine` pairs endings.
    """

    country: str
    women: tuple[str, ...]
    men: tuple[str, ...]
    surnames: tuple[str, ...]
    feminine: tuple[tuple[str, str], ...]
    cities: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]
    street: str
    trades: tuple[str, ...]
    forms: tuple[str, ...]
    phone: str
    digits: int
    jobs: tuple[str, ...]
    departments: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(","))


def _cities(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (item.strip().rpartition(" ") for item in text.split(","))
    return tuple((name, code) for name, _space, code in pairs)


LANDS: Final[Mapping[str, Land]] = {
    "pl": Land(
        country="PL",
        women=_words("Agnieszka, Alicja, Barbara, Dorota, Ewa, Hanna, Joanna, Julia, Katarzyna, Lena, Magdalena"),
        men=_words("Adam, Bartosz, Filip, Grzegorz, Jakub, Jan, Krzysztof, Łukasz, Marek, Paweł, Tomasz, Wojciech"),
        surnames=_words(
            "Adamczyk, Baran, Borkowski, Czerwiński, Dąbrowski, Gajewski, Jabłoński, Kaczmarek, Kamiński, Kowalczyk,"
            "Lewandowski, Maciejewski, Mazur, Nowicki, Pawlak, Piotrowski, Sikora, Szewczyk, Tomaszewski, Walczak,"
            "Wieczorek, Wiśniewski, Zając, Żukowski"
        ),
        feminine=(("ski", "ska"), ("cki", "cka")),
        cities=_cities(
            "Gdańsk 80-001, Gdynia 81-301, Kraków 30-001, Łódź 90-001, Poznań 60-101, Rzeszów 35-001,"
            "Szczecin 70-001, Toruń 87-100, Warszawa 00-838, Wrocław 50-001"
        ),
        streets=_words("Długa, Kwiatowa, Leśna, Lipowa, Ogrodowa, Polna, Portowa, Słoneczna, Szkolna, Wodna"),
        street="ul. {street} {number}",
        trades=_words("Meble, Stolarnia, Wnętrza, Drewno, Biura, Hotele, Kuchnie, Transport, Lakiery, Tkaniny, Szkło"),
        forms=_words("Sp. z o.o., S.A., Sp. k., Sp. j."),
        phone="+4822",
        digits=7,
        jobs=_words("Dyrektor zakupów, Kierownik działu, Specjalista ds. zakupów, Prezes, Kierownik hotelu, Księgowa"),
        departments=_words("Zakupy, Zarząd, Projekty, Finanse, Logistyka"),
    ),
    "de": Land(
        country="DE",
        women=_words("Andrea, Birgit, Clara, Elke, Franziska, Hannah, Ingrid, Katja, Leonie, Monika, Petra, Sabine"),
        men=_words("Andreas, Bernd, Christian, Dieter, Florian, Jan, Klaus, Lukas, Matthias, Stefan, Thomas, Uwe"),
        surnames=_words(
            "Bauer, Böhm, Braun, Fischer, Graf, Günther, Hartmann, Hoffmann, Jäger, Keller, Köhler, Krüger, Lehmann,"
            "Maier, Neumann, Pohl, Richter, Schäfer, Schröder, Seidel, Vogel, Weber, Winkler, Zimmermann"
        ),
        feminine=(),
        cities=_cities(
            "Berlin 10115, Bremen 28195, Dresden 01067, Erfurt 99084, Halle 06108, Hamburg 20095,"
            "Hannover 30159, Leipzig 04109, Magdeburg 39104, Potsdam 14467"
        ),
        streets=_words("Bahnhof, Berg, Garten, Goethe, Hafen, Linden, Markt, Mühlen, Schul, Wald"),
        street="{street}straße {number}",
        trades=_words("Möbel, Tischlerei, Einrichtung, Holzbau, Büro, Hotelbetriebe, Küchen, Spedition, Lacke"),
        forms=_words("GmbH, AG, GmbH & Co. KG, KG"),
        phone="+493023125",
        digits=3,
        jobs=_words("Einkaufsleitung, Abteilungsleitung, Einkauf, Geschäftsführung, Instandhaltung, Buchhaltung"),
        departments=_words("Einkauf, Geschäftsführung, Projekte, Finanzen, Logistik"),
    ),
    "en": Land(
        country="GB",
        women=_words("Alice, Amelia, Charlotte, Emily, Grace, Hannah, Isla, Lucy, Megan, Olivia, Ruby, Sophie"),
        men=_words("Alfie, Benjamin, Charlie, Daniel, George, Harry, Jack, James, Oliver, Oscar, Thomas, William"),
        surnames=_words(
            "Bailey, Barker, Carter, Cooper, Dawson, Edwards, Fletcher, Gibson, Harper, Hughes, Knight, Marshall,"
            "Mason, Palmer, Pearson, Reynolds, Saunders, Shaw, Turner, Walker, Watts, Webb, Wells, Wright"
        ),
        feminine=(),
        cities=_cities("Bath BA1, Bristol BS1, Edinburgh EH1, Leeds LS1, London EC1, Manchester M1, York YO1"),
        streets=_words("Church, Harbour, High, Mill, Orchard, Park, Queen, School, Station, Victoria"),
        street="{number} {street} Street",
        trades=_words("Furniture, Joinery, Interiors, Timber, Offices, Hotels, Kitchens, Haulage, Glass, Textiles"),
        forms=_words("Ltd, plc, LLP"),
        phone="+441632960",
        digits=3,
        jobs=_words("Head of Purchasing, Buyer, Office Manager, Managing Director, Interior Designer, Accountant"),
        departments=_words("Purchasing, Management, Projects, Finance, Logistics"),
    ),
    "es": Land(
        country="ES",
        women=_words("Ana, Carmen, Elena, Inés, Isabel, Laura, Lucía, María, Marta, Nuria, Paula, Sofía"),
        men=_words("Álvaro, Carlos, Diego, Hugo, Iván, Javier, Jorge, Luis, Manuel, Pablo, Raúl, Sergio"),
        surnames=_words(
            "Álvarez, Blanco, Calvo, Castro, Delgado, Díaz, Fernández, García, Gil, Gómez, Iglesias, Lozano, Marín,"
            "Molina, Moreno, Navarro, Núñez, Ortega, Peña, Prieto, Ramos, Romero, Serrano, Vega"
        ),
        feminine=(),
        cities=_cities("Barcelona 08001, Bilbao 48001, Madrid 28001, Málaga 29001, Sevilla 41001, Valencia 46001"),
        streets=_words("Alcalá, Goya, Mayor, Nueva, Real, San Juan, Sol, Toledo, Velázquez"),
        street="Calle {street} {number}",
        trades=_words("Muebles, Carpintería, Interiores, Maderas, Oficinas, Hoteles, Cocinas, Transportes, Vidrios"),
        forms=_words("S.L., S.A., S.L.U."),
        phone="+3491",
        digits=7,
        jobs=_words("Jefa de compras, Compras, Gerente, Director general, Interiorista, Contabilidad"),
        departments=_words("Compras, Dirección, Proyectos, Finanzas, Logística"),
    ),
}
# Which countries customers of a tenant come from, in hundredths, by the tenant's language.
SHARES: Final[Mapping[str, Mapping[str, int]]] = {
    "pl": {"pl": 72, "de": 14, "en": 9, "es": 5},
    "de": {"de": 74, "pl": 12, "en": 9, "es": 5},
    "es": {"es": 76, "de": 9, "en": 10, "pl": 5},
    "en": {"en": 70, "de": 12, "pl": 10, "es": 8},
}
TAGS: Final[Mapping[str, tuple[str, ...]]] = {
    "pl": _words("Kluczowy klient, Targi, Sieć sklepów, Hotel, Newsletter, Prasa, Do odwiedzenia, Płaci późno"),
    "de": _words("Schlüsselkunde, Messe, Werkstatt, Hotel, Newsletter, Presse, Besuch geplant, Zahlt spät"),
    "es": _words("Cliente clave, Feria, Arquitecto, Hotel, Boletín, Prensa, Por visitar, Paga tarde"),
    "en": _words("Key account, Trade fair, Architect, Hotel, Newsletter, Press, To be visited, Pays late"),
}
COLORS: Final = ("#0A7D4F", "#1D4ED8", "#7C3AED", "#B45309", "#0E7490", "#BE185D", "#4D7C0F", "#B91C1C")
GROUPS: Final[Mapping[str, Mapping[str, str]]] = {
    "wholesale": {"pl": "Hurt", "de": "Großhandel", "es": "Mayoristas", "en": "Wholesale"},
    "hotels": {"pl": "Hotele i restauracje", "de": "Hotels und Gastronomie", "es": "Hostelería", "en": "Hospitality"},
    "partners": {"pl": "Partnerzy", "de": "Partner", "es": "Socios", "en": "Partners"},
    "retail": {"pl": "Detal", "de": "Einzelhandel", "es": "Minoristas", "en": "Retail"},
}
SIZES: Final = ("1–10", "11–50", "51–200", "201–1000")
