"""Words that sample products are made of, in the four languages of the house."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

Words = Mapping[str, str]
LANGUAGES: Final = ("en", "pl", "de", "es")


def _words(text: str) -> Words:
    """Four texts with `|` between them: English, Polish, German, Spanish."""
    return dict(zip(LANGUAGES, (item.strip() for item in text.split("|")), strict=True))


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of goods: its name, the group that it stands in, and what one of it costs about, in euros.

    `pack` is how much of `unit_price` one of it holds, "" for goods whose price per kilogram or litre is not shown.
    `excise` names what duty is owed for, `age` the youngest buyer.
    """

    name: Words
    group: str
    euros: Decimal
    cn_code: str = ""
    unit_price: str = ""
    pack: tuple[str, ...] = ()
    unit: str = "pc"
    excise: str = ""
    age: int | None = None


def _sort(name: str, group: str, euros: str, cn_code: str = "", **more: object) -> Sort:
    return Sort(_words(name), group, Decimal(euros), cn_code, **more)  # type: ignore[arg-type]


# Names of lines, which no language translates.
LINES: Final = (
    *("Alba", "Bruno", "Cleo", "Dorian", "Elba", "Fjord", "Garda", "Helio", "Istra", "Juno", "Kaja", "Lido", "Mira"),
    *("Nova", "Orkan", "Polar", "Quarz", "Riva", "Sora", "Tilia", "Ursa", "Vela", "Wega", "Yuma", "Zenit"),
)
MAKERS: Final = (
    *("Adler", "Borowik", "Castell", "Drava", "Elbing"),
    *("Fenix", "Gotland", "Hanza", "Iberia", "Jasmund"),
)
ORIGINS: Final = ("PL", "DE", "ES", "IT", "FR", "PT", "GR", "CZ", "AT", "NL")
SIZES: Final = ("xs", "s", "m", "l", "xl")
COLOURS: Final = {
    "white": _words("White | Biały | Weiß | Blanco"),
    "blue": _words("Blue | Niebieski | Blau | Azul"),
    "red": _words("Red | Czerwony | Rot | Rojo"),
    "green": _words("Green | Zielony | Grün | Verde"),
    "black": _words("Black | Czarny | Schwarz | Negro"),
}
SIZE, COLOUR = _words("Size | Rozmiar | Größe | Talla"), _words("Colour | Kolor | Farbe | Color")
CLOTHING_OPTIONS: Final = _words("Clothing sizes | Rozmiary odzieży | Kleidergrößen | Tallas de ropa")
ROOTS: Final[Mapping[str, Words]] = {
    "clothing": _words("Clothing | Odzież | Kleidung | Ropa"),
    "parts": _words("Machine parts | Części maszyn | Maschinenteile | Piezas de máquinas"),
    "food": _words("Food and drink | Żywność i napoje | Lebensmittel | Alimentación"),
}
GROUPS: Final[Mapping[str, Words]] = {
    "women": _words("Women | Damska | Damen | Mujer"),
    "men": _words("Men | Męska | Herren | Hombre"),
    "outdoor": _words("Outdoor | Na zewnątrz | Draußen | Exterior"),
    "fasteners": _words("Fasteners | Elementy złączne | Befestigung | Fijación"),
    "drives": _words("Drives | Napędy | Antriebe | Transmisiones"),
    "fluids": _words("Hydraulics | Hydraulika | Hydraulik | Hidráulica"),
    "electrics": _words("Electrics | Elektryka | Elektrik | Electricidad"),
    "pantry": _words("Pantry | Spiżarnia | Vorrat | Despensa"),
    "hot": _words("Coffee and tea | Kawa i herbata | Kaffee und Tee | Café y té"),
    "soft": _words("Soft drinks | Napoje | Getränke | Refrescos"),
    "alcohol": _words("Wine and spirits | Wina i alkohole | Wein und Spirituosen | Vinos y licores"),
    "sweets": _words("Sweets | Słodycze | Süßes | Dulces"),
}
SORTS: Final[Mapping[str, tuple[Sort, ...]]] = {
    "clothing": (
        _sort("Blouse | Bluzka | Bluse | Blusa", "women", "39", "6206"),
        _sort("Dress | Sukienka | Kleid | Vestido", "women", "79", "6204"),
        _sort("Skirt | Spódnica | Rock | Falda", "women", "45", "6204"),
        _sort("Cardigan | Kardigan | Strickjacke | Chaqueta de punto", "women", "55", "6110"),
        _sort("Shirt | Koszula | Hemd | Camisa", "men", "49", "6205"),
        _sort("Polo shirt | Koszulka polo | Poloshirt | Polo", "men", "29", "6105"),
        _sort("Trousers | Spodnie | Hose | Pantalón", "men", "69", "6203"),
        _sort("Pullover | Sweter | Pullover | Jersey", "men", "59", "6110"),
        _sort("Jacket | Kurtka | Jacke | Chaqueta", "outdoor", "129", "6201"),
        _sort("Coat | Płaszcz | Mantel | Abrigo", "outdoor", "189", "6202"),
        _sort("Vest | Kamizelka | Weste | Chaleco", "outdoor", "65", "6211"),
        _sort("T-shirt | Koszulka | T-Shirt | Camiseta", "outdoor", "19", "6109"),
    ),
    "parts": (
        _sort(
            "Hexagon bolt | Śruba sześciokątna | Sechskantschraube | Tornillo hexagonal", "fasteners", "0.42", "7318"
        ),
        _sort("Nut | Nakrętka | Mutter | Tuerca", "fasteners", "0.12", "7318"),
        _sort("Washer | Podkładka | Unterlegscheibe | Arandela", "fasteners", "0.06", "7318"),
        _sort("Ball bearing | Łożysko kulkowe | Kugellager | Rodamiento de bolas", "drives", "8.90", "8482"),
        _sort("V-belt | Pasek klinowy | Keilriemen | Correa trapezoidal", "drives", "6.40", "4010", unit="m"),
        _sort("Roller chain | Łańcuch rolkowy | Rollenkette | Cadena de rodillos", "drives", "11.20", "7315", unit="m"),
        _sort(
            "Hydraulic hose | Wąż hydrauliczny | Hydraulikschlauch | Manguera hidráulica",
            "fluids",
            "9.80",
            "4009",
            unit="m",
        ),
        _sort("Seal ring | Pierścień uszczelniający | Dichtring | Junta", "fluids", "0.38", "4016"),
        _sort("Valve | Zawór | Ventil | Válvula", "fluids", "24.50", "8481"),
        _sort("Cable | Przewód | Kabel | Cable", "electrics", "1.95", "8544", unit="m"),
        _sort("Relay | Przekaźnik | Relais | Relé", "electrics", "7.30", "8536"),
        _sort("Terminal block | Złączka | Reihenklemme | Borne", "electrics", "1.10", "8536"),
    ),
    "food": (
        _sort("Honey | Miód | Honig | Miel", "pantry", "6.90", "0409", unit_price="kg", pack=("0.25", "0.5")),
        _sort(
            "Olive oil | Oliwa z oliwek | Olivenöl | Aceite de oliva",
            "pantry",
            "9.50",
            "1509",
            unit_price="l",
            pack=("0.5", "0.75"),
        ),
        _sort("Pasta | Makaron | Nudeln | Pasta", "pantry", "1.80", "1902", unit_price="kg", pack=("0.5", "1")),
        _sort("Jam | Dżem | Marmelade | Mermelada", "pantry", "3.20", "2007", unit_price="kg", pack=("0.22", "0.34")),
        _sort(
            "Coffee beans | Kawa ziarnista | Kaffeebohnen | Café en grano",
            "hot",
            "12.90",
            "0901",
            unit_price="kg",
            pack=("0.25", "1"),
        ),
        _sort(
            "Green tea | Zielona herbata | Grüner Tee | Té verde",
            "hot",
            "5.40",
            "0902",
            unit_price="kg",
            pack=("0.1", "0.2"),
        ),
        _sort(
            "Apple juice | Sok jabłkowy | Apfelsaft | Zumo de manzana",
            "soft",
            "2.10",
            "2009",
            unit_price="l",
            pack=("0.3", "1"),
        ),
        _sort(
            "Mineral water | Woda mineralna | Mineralwasser | Agua mineral",
            "soft",
            "0.90",
            "2201",
            unit_price="l",
            pack=("0.5", "1.5"),
        ),
        _sort(
            "Red wine | Wino czerwone | Rotwein | Vino tinto",
            "alcohol",
            "8.90",
            "2204",
            unit_price="l",
            pack=("0.375", "0.75"),
            excise="alcohol",
            age=18,
        ),
        _sort(
            "White wine | Wino białe | Weißwein | Vino blanco",
            "alcohol",
            "7.90",
            "2204",
            unit_price="l",
            pack=("0.375", "0.75"),
            excise="alcohol",
            age=18,
        ),
        _sort(
            "Gin | Gin | Gin | Ginebra",
            "alcohol",
            "24.90",
            "2208",
            unit_price="l",
            pack=("0.5", "0.7"),
            excise="alcohol",
            age=18,
        ),
        _sort(
            "Chocolate | Czekolada | Schokolade | Chocolate",
            "sweets",
            "2.90",
            "1806",
            unit_price="kg",
            pack=("0.1", "0.2"),
        ),
    ),
}
FLAVOURS: Final = tuple(
    _words(text)
    for text in (
        "Classic | klasyczny | klassisch | clásico",
        "Forest | leśny | Wald | del bosque",
        "Organic | ekologiczny | bio | ecológico",
        "Mild | łagodny | mild | suave",
        "Strong | mocny | kräftig | intenso",
    )
)
TAGS: Final = tuple(
    _words(text)
    for text in (
        "New | Nowość | Neu | Nuevo",
        "Bestseller | Bestseller | Bestseller | Superventas",
        "Organic | Ekologiczne | Bio | Ecológico",
        "Last pieces | Ostatnie sztuki | Restposten | Últimas unidades",
        "Made here | Z naszych stron | Von hier | De aquí",
    )
)
OFFERS: Final[Mapping[str, Words]] = {
    "over": _words("Spring sale | Wyprzedaż wiosenna | Frühlingsaktion | Rebajas de primavera"),
    "running": _words("Offer of the month | Oferta miesiąca | Angebot des Monats | Oferta del mes"),
    "planned": _words("Winter sale | Wyprzedaż zimowa | Winterschlussverkauf | Rebajas de invierno"),
}
BASKET = _words("Gift basket | Kosz prezentowy | Geschenkkorb | Cesta de regalo")
KINDS: Final[Mapping[str, Words]] = {
    "regular": _words("Regular price | Cena regularna | Normalpreis | Precio normal"),
    "sale": _words("Sale | Promocja | Aktion | Oferta"),
}
CATALOGUE = _words("Catalogue prices | Ceny katalogowe | Katalogpreise | Precios de catálogo")
WHOLESALE = _words("Wholesale | Hurt | Großhandel | Mayoristas")
DESCRIPTION: Final[Mapping[str, Words]] = {
    "clothing": _words(
        "Comfortable cut, washable at 30 degrees. | Wygodny krój, prać w 30 stopniach. | "
        "Bequemer Schnitt, waschbar bei 30 Grad. | Corte cómodo, lavable a 30 grados."
    ),
    "parts": _words(
        "For machines in continuous operation; data sheet on request. | "
        "Do maszyn w pracy ciągłej; karta katalogowa na życzenie. | "
        "Für Maschinen im Dauerbetrieb; Datenblatt auf Anfrage. | "
        "Para máquinas en servicio continuo; ficha técnica a petición."
    ),
    "food": _words(
        "Keep cool and dry, best before the date on the pack. | "
        "Przechowywać w chłodnym i suchym miejscu, najlepiej spożyć przed datą na opakowaniu. | "
        "Kühl und trocken lagern, mindestens haltbar bis zum Datum auf der Packung. | "
        "Conservar en lugar fresco y seco, consumir antes de la fecha del envase."
    ),
}
