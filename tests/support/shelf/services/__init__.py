from tests.support.shelf.services.books import create_book, delete_book, update_book
from tests.support.shelf.services.loans import save_loan
from tests.support.shelf.services.shelves import create_shelf, delete_shelf, update_shelf

__all__ = ["create_book", "create_shelf", "delete_book", "delete_shelf", "save_loan", "update_book", "update_shelf"]
