"""chargen: pictures for illustrated worlds kept in git."""

__version__ = "0.1.0"
