"""How dates are written where Django's own way does not suit; languages that are not here keep Django's."""
