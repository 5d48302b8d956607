"""``python -m mailtriage``."""

from mailtriage.cli import main

if __name__ == "__main__":
    main()
