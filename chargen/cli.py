"""chargen's click group."""
def main() -> None:
    """Placeholder until commands exist."""
